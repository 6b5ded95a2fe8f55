"""What is recorded about torch, held against the torch that is installed."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import typing
from typing import Any

import pytest
import torch
from torch import nn

from netdsl import torchlib
from netdsl.torchlib import record
from netdsl.torchlib.recording.layers import construct, sample_arguments, sample_instances
from netdsl.torchlib.recording.samples import SAMPLES

CLASSES = {
    name: value
    for name, value in vars(nn).items()
    if isinstance(value, type) and issubclass(value, nn.Module)
}
ITEM_HOLDERS = {"Container", "ParameterDict", "ParameterList", "ModuleDict", "ModuleList"}


# ---- the record --------------------------------------------------------------


def test_the_record_is_what_the_installed_torch_gives_in_any_process() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "netdsl.torchlib.record", "--check"],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_check_fails_on_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "recorded", lambda: {"layers.json": "{}\n"})
    assert "layers.json" in record.differences()
    assert record.main(["--check"]) == 1


def test_lookups_import_no_torch() -> None:
    program = (
        "import sys; from netdsl import torchlib;"
        "torchlib.layer('conv2d'); torchlib.function('cat'); torchlib.method('view');"
        "torchlib.reserved_names(); print('torch' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said.strip() == "False"


# ---- layers ------------------------------------------------------------------


def test_every_class_is_there_and_any_spelling_finds_it() -> None:
    found = torchlib.layers()
    assert {each.name for each in found} == set(CLASSES)
    assert len(found) == 163
    assert len({each.name.lower() for each in found}) == 163
    for each in found:
        spellings = {each.name, each.snake, each.name.lower(), each.name.upper()}
        assert {torchlib.layer(spelling) for spelling in spellings if spelling} == {each}
    assert torchlib.layer("conv4d") is None
    assert torchlib.layer("") is None


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Conv2d", "conv2d"),
        ("BatchNorm2d", "batch_norm2d"),
        ("ReLU", "relu"),
        ("PReLU", "prelu"),
        ("GELU", "gelu"),
        ("SiLU", "silu"),
        ("LeakyReLU", "leaky_relu"),
        ("MultiheadAttention", "multihead_attention"),
        ("LSTM", "lstm"),
        ("LSTMCell", "lstm_cell"),
        ("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
        ("ConvTranspose2d", "conv_transpose2d"),
        ("RMSNorm", "rms_norm"),
        ("KLDivLoss", "kl_div_loss"),
    ],
)
def test_the_spelling_is_that_of_functional(name: str, snake: str) -> None:
    found = torchlib.layer(name)
    assert found is not None
    assert found.snake == snake


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_a_class_takes_what_its_constructor_takes(name: str) -> None:
    cls: Any = CLASSES[name]
    found = torchlib.layer(name)
    assert found is not None
    recorded = [(each.name, each.default) for each in found.signature.parameters]
    overloads = typing.get_overloads(cls.__init__)
    signature = inspect.signature(overloads[0] if overloads else cls)
    if cls.__init__ is nn.Module.__init__:
        assert recorded == []
        return
    if name == "NLLLoss2d":
        signature = inspect.signature(nn.NLLLoss)
    expected = []
    for each in signature.parameters.values():
        if each.name == "self" or each.name.startswith("_"):
            continue
        default = None if each.default is each.empty else each.default
        text = repr(default) if each.default is not each.empty else None
        expected.append((each.name, f"F.{default.__name__}" if callable(default) else text))
    assert recorded == expected
    assert found.variadic == any(
        each.kind is each.VAR_POSITIONAL for each in signature.parameters.values()
    )


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_samples_construct_and_show_what_instances_have(name: str) -> None:
    found = torchlib.layer(name)
    assert found is not None
    assert len(SAMPLES[name]) >= 2
    for sample in SAMPLES[name]:
        args, kwargs = sample_arguments(torch, sample)
        takes = {each.name: each.kind for each in found.signature.parameters}
        assert "keywords" in takes.values() or set(kwargs) <= set(takes)
        assert isinstance(construct(torch, name, args, kwargs), CLASSES[name])
    for one in sample_instances(torch, name) if name not in ITEM_HOLDERS else ():
        for kept, recorded in ((one._parameters, found.parameters), (one._buffers, found.buffers)):
            present = {each for each, tensor in kept.items() if tensor is not None}
            assert present >= {each for each, how in recorded.items() if how == "always"}
        assert all(found.has_parameter(each) for each in one._parameters)


def test_samples_are_of_all_classes() -> None:
    assert set(SAMPLES) == set(CLASSES)


@pytest.mark.parametrize("base", ["Module", "Sequential", "ModuleList", "ModuleDict", "LayerNorm"])
def test_reserved_names_are_those_that_torch_refuses(base: str) -> None:
    args = ((8,),) if base == "LayerNorm" else ()
    instance = CLASSES[base](*args)
    reserved = torchlib.reserved_names(base)
    added = {  # to every module, once they are used
        "smart_apply",  # by transformers
        "___needs_generation_tag_patch",  # by torch.compile
    }
    assert reserved - added == frozenset(dir(instance)) - added
    for name in reserved:
        with pytest.raises(KeyError):
            instance.add_module(name, nn.Identity())
    assert "layer1" not in reserved


def test_recurrent_networks_know_their_numbered_parameters() -> None:
    lstm = torchlib.layer("lstm")
    assert lstm is not None
    instance = nn.LSTM(2, 4, num_layers=3, bidirectional=True, proj_size=2)
    assert all(lstm.has_parameter(name) for name in instance._parameters)
    assert lstm.parameters["weight_ih_l0"] == "always"
    assert not lstm.has_parameter("weight_ih_l{k}_forward")
    assert not lstm.has_parameter("weight_ih_l01")
    assert not lstm.has_parameter("weight")


def test_attributes_are_data_of_instances() -> None:
    norm, linear = torchlib.layer("layer_norm"), torchlib.layer("linear")
    assert norm is not None and linear is not None
    assert {"weight", "bias", "eps", "normalized_shape"} <= norm.attributes
    assert linear.attributes == {"in_features", "out_features", "weight", "bias"}
    assert torchlib.has_attribute("LayerNorm", "eps")
    assert torchlib.is_layer_attribute("num_heads")
    assert not torchlib.is_layer_attribute("training")
    assert linear.parameters == {"weight": "always", "bias": "optional"}
    assert norm.ancestors == ("Module",)
    lazy = torchlib.layer("lazy_conv2d")
    assert lazy is not None and lazy.ancestors[:1] == ("Conv2d",) and lazy.ancestors[-1] == "Module"
