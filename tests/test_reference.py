"""What `netdsl layers` tells is so: shapes and tensors are torch's, examples compile and build."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netdsl
from netdsl import torchlib
from netdsl.analysis.names import COMBINATORS
from netdsl.checking.reference.examples import _GIVEN
from netdsl.checking.reference.listing import functions, groups
from netdsl.checking.reference.lookup import looked_up, missing
from netdsl.checking.reference.pages import Page, page
from netdsl.checking.reference.relations import Relation, told
from netdsl.checking.reference.words import Word, combinators, prelude_names
from netdsl.checking.rules import LAYERS
from tests.generated import ROOT, load
from tests.test_layers import NAMES

pytestmark = pytest.mark.filterwarnings("ignore")


@cache
def page_of(name: str) -> Page:
    layer = torchlib.layer(name)
    assert layer is not None
    return page(layer)


# ---- layers --------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_example_compiles_and_holds_what_is_told(name: str) -> None:
    found = page_of(name)
    assert netdsl.check(found.example) == ()
    built = load(found.example).net()
    assert type(built).__name__ == name
    own = [
        *((key, "parameter") for key, value in built._parameters.items() if value is not None),
        *((key, "buffer") for key, value in built._buffers.items() if value is not None),
    ]
    untold = name in ("RNNBase", "RNNCellBase")  # a mode, or a number, tells how many there are
    assert untold or [(each.name, each.kind) for each in found.tensors] == own
    for part, cls in found.parts:
        assert isinstance(getattr(built, part), getattr(nn, cls))


AXES = {"N": 2, "C": 8, "D": 8, "H": 12, "W": 16, "L": 20, "T": 5, "E": 8}
"""A size for each axis; those of later inputs have a number behind, and the same sizes."""


def sizes(text: str, known: dict[str, int]) -> list[int]:
    """The sizes that a shape tells, for some sizes of its axes."""
    parts = [each for each in re.split(r", (?![^()]*\))", text.strip("[]")) if each]
    found: list[int] = []
    for part in parts:
        found += [2, 4, 6] if part == "*S" else [eval(part, {}, dict(known))]
    return found


def data(shape: list[int], dtype: str) -> Tensor:
    return torch.rand(shape) if dtype == "float" else torch.zeros(shape, dtype=torch.int64)


def shapes_in(value: Any) -> list[list[int]]:
    if isinstance(value, Tensor):
        return [list(value.shape)]
    return [each for one in value for each in shapes_in(one)]


def holds(relation: Relation, layer: nn.Module, known: dict[str, int]) -> bool:
    """Whether torch gives what a relation tells, on inputs of the shapes that it tells."""
    given = [data(sizes(str(each.shape), known), each.dtype) for each in relation.inputs]
    result = layer(*given)
    wanted = re.findall(r"\[[^\[\]]*\]", told(relation.output))
    return [sizes(each, known) for each in wanted] == shapes_in(result)


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(LAYERS.entries)))
def test_shapes_are_torchs(name: str) -> None:
    found = page_of(name)
    given = {key: int(value) for key, value in _GIVEN.items() if value.isdecimal()}
    known = {
        **given,
        **AXES,
        **{f"{axis}{at}": size for axis, size in AXES.items() for at in (2, 3)},
    }
    if name == "Fold":  # its channels are those of a window
        known |= {"N": 18, "C": 18}
    layer = torchlib.layer(name)
    assert layer is not None
    needed = [
        f"{each.name}={_GIVEN[each.name]}" for each in layer.signature.parameters if each.required
    ]
    if "Transformer" in name and name[-1] == "r" and name != "Transformer" and "Layer" not in name:
        needed[0] = f"{needed[0].split('=')[0]}=nn.{name}Layer(8, 2)"
    for window, relations in (("", found.shapes), (_window(layer), found.general)):
        for relation in relations:
            if "?" in str(relation):
                continue
            made = eval(f"nn.{name}({', '.join(filter(None, [*needed, window]))})", {"nn": nn})
            more = {"stride": 2, "dilation": 1, "output_padding": 1, **known}
            more["padding"] = known["padding"] if "padding" in given and not window else 1
            assert holds(relation, made.eval(), more), str(relation)


def _window(layer: torchlib.LayerClass) -> str:
    """Settings of a window that are not the default."""
    chosen = {"stride": 2, "padding": 1, "output_padding": 1, "dilation": 1}
    names = {each.name for each in layer.signature.parameters if not each.required}
    return ", ".join(f"{key}={value}" for key, value in chosen.items() if key in names)


def test_what_is_not_known_of_a_rule_is_not_told() -> None:
    assert page_of("Unflatten").shapes == ()
    assert page_of("CTCLoss").shapes == ()
    told_of = [name for name in LAYERS.entries if page_of(name).shapes]
    assert len(told_of) > 135


def test_pages_tell_what_the_signature_and_the_windows_say() -> None:
    text = page_of("Conv2d").text()
    for line in (
        "conv2d: torch.nn.Conv2d (convolutions and windows that are laid out)",
        "  stride: int | tuple[int, int] = 1",
        "  [N, in_channels, H, W] -> [N, out_channels, H - kernel_size + 1, W - kernel_size + 1]",
        "  weight: parameter [out_channels, in_channels, kernel_size, kernel_size]",
        "  let net: [N, 3, H, W] -> [N, 8, H - 2, W - 2] = conv2d 3 8 3",
        "  https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html",
    ):
        assert line in text.splitlines(), line


# ---- other words ---------------------------------------------------------------


@pytest.mark.parametrize("name", combinators())
def test_an_example_of_a_combinator_compiles(name: str) -> None:
    found = looked_up(name)
    assert isinstance(found, Word) and found.example is not None
    assert netdsl.check(found.example) == ()
    assert f"{name}" in found.example


def test_every_combinator_and_every_group_is_there() -> None:
    assert set(combinators()) == COMBINATORS | {"rearrange"}
    found = groups()
    listed = [name for names in found.values() for name in names]
    layers = {torchlib.layer(name) for name in torchlib.layer_names()}
    shown = {"seq": "sequential", "list": "module_list", "dict": "module_dict"}
    assert layers <= {torchlib.layer(shown.get(name, name)) for name in listed}
    assert "fancy" in prelude_names() and set(prelude_names()) <= set(listed)
    assert set(torchlib.scheme_names()) <= set(listed)
    assert sum(map(len, functions().values())) == len(torchlib.function_names())


@pytest.mark.parametrize("name", ["fancy", "FancyMLP", "kaiming_normal", "cat", "linalg.norm"])
def test_other_names_have_signatures(name: str) -> None:
    found = looked_up(name)
    assert isinstance(found, Word)
    assert name in found.text() and any(name in each for each in found.spelt)


def test_names_that_mean_nothing() -> None:
    assert (
        missing("lienar") == "there is no layer lienar: a layer with a similar name exists: linear"
    )
    assert missing("attention").endswith("a layer with a similar name exists: multihead_attention")
    assert missing("kaiming_norml").endswith("something with a similar name exists: kaiming_normal")
    assert missing("qqqqq") == "there is no layer qqqqq: 'netdsl layers' lists all"
    assert looked_up("qqqqq") is None


# ---- the command ---------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "netdsl", "layers", *arguments],
        capture_output=True, text=True, cwd=ROOT, env={"PYTHONUTF8": "1", "PATH": ""},
    )  # fmt: skip
    return run.returncode, run.stdout, run.stderr


def test_the_command_lists_and_tells() -> None:
    status, out, err = command()
    assert (status, err) == (0, "")
    assert "batch_norm1d, batch_norm2d" in out and "\ncombinators\n  add, concat, nest" in out
    assert "seq" in out and "kaiming_normal" in out
    status, out, _ = command("--functions")
    assert status == 0 and "\ntorch.nn.functional\n" in f"\n{out}" and "softmax" in out
    for spelling in ("BatchNorm2d", "batchnorm2d", "batch_norm2d"):
        assert command(spelling)[1].startswith("batch_norm2d: torch.nn.BatchNorm2d (")
    assert command("seq")[1].startswith("seq, sequential: torch.nn.Sequential (")


def test_the_command_refuses_what_is_not_there() -> None:
    status, out, err = command("lienar")
    assert (status, out) == (1, "")
    assert err == "netdsl: there is no layer lienar: a layer with a similar name exists: linear\n"


def test_json() -> None:
    found = json.loads(command("linear", "--format", "json")[1])
    assert found == page_of("Linear").to_json()
    assert found["shapes"] == [
        {"inputs": {"input": "[*S, in_features]"}, "output": "[*S, out_features]"}
    ]
    assert found["tensors"][0] == {
        "name": "weight", "kind": "parameter", "shape": "[out_features, in_features]",
    }  # fmt: skip
    assert json.loads(command("nest", "--format", "json")[1])["kind"] == "combinator"
    assert json.loads(command("--format", "json")[1]) == groups()


def test_torch_is_not_imported() -> None:
    code = (
        "import sys; from netdsl.cli import main; main(['layers', 'lstm']);"
        " sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
