"""Every rule of a layer says what torch says, on settings and inputs drawn at random.

What torch runs is never refused, and has the shapes and dtypes that the rule gives; what torch
refuses is refused, but for what stands in `tests/samples/exceptions.py` with a reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from netdsl import torchlib
from netdsl.checking.rules import LAYERS
from netdsl.checking.run import Runner  # noqa: F401  the rules are there
from netdsl.checking.values import Tensor
from tests.samples.drawing import LAYER_SAMPLES
from tests.samples.exceptions import ACCEPTED_OF_LAYERS, OPEN_OF_LAYERS, STRICTER
from tests.samples.findings import findings, longer
from tests.samples.judging import run
from tests.samples.layers import FAMILIES, samples_of

NAMES = sorted(LAYERS.entries)
NEVER = frozenset(
    [
        "Identity",
        "Dropout",
        "AlphaDropout",
        "FeatureAlphaDropout",
        "ReLU",
        "ReLU6",
        "GELU",
        "SiLU",
        "Mish",
        "ELU",
        "CELU",
        "SELU",
        "LeakyReLU",
        "RReLU",
        "Sigmoid",
        "LogSigmoid",
        "Hardsigmoid",
        "Hardswish",
        "Hardtanh",
        "Hardshrink",
        "Softshrink",
        "Softplus",
        "Softsign",
        "Tanh",
        "Tanhshrink",
        "Threshold",
        "Dropout2d",
        "Dropout3d",
    ]
)
"""Layers that take any tensor of floats: there is nothing to refuse."""


def _found(name: str) -> tuple[list[str], Counter[str]]:
    return findings(name, samples_of(name), OPEN_OF_LAYERS, ACCEPTED_OF_LAYERS, STRICTER)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_says_what_torch_says(name: str) -> None:
    found, counted = _found(name)
    assert not found, "\n".join(found)
    assert counted["runs"] >= 5, counted
    assert (counted["refused"] >= 1) == (name not in NEVER), counted
    assert (name in OPEN_OF_LAYERS) == (counted["open"] > 0), "OPEN lists what it need not"
    assert (name in ACCEPTED_OF_LAYERS) == (counted["accepted"] > 0), "lists what it need not"


def test_samples_are_of_rules() -> None:
    assert len(FAMILIES) > 5
    assert set(LAYER_SAMPLES.makers) == set(NAMES)
    assert {*OPEN_OF_LAYERS, *ACCEPTED_OF_LAYERS, *NEVER} <= set(NAMES)
    assert {name for name in NAMES if torchlib.layer(name) is None} == set()


def test_many_samples_are_refused_and_many_run() -> None:
    """A maker that draws only right settings, or only wrong ones, tests little."""
    counted: Counter[str] = Counter()
    for name in sorted(set(NAMES) - NEVER)[::3]:
        for sample in samples_of(name):
            counted["refused" if run(sample)[0] else "runs"] += 1
    assert 0.15 < counted["refused"] / counted.total() < 0.5, counted


# ---- rules with bugs in them -------------------------------------------------

BUGS = (
    "Linear Conv2d ConvTranspose1d MaxPool2d LSTM MultiheadAttention Flatten Unflatten Embedding"
    " Fold PixelShuffle Upsample CrossEntropyLoss ReflectionPad2d"
)


@pytest.mark.parametrize("name", BUGS.split())
def test_a_rule_that_gives_one_size_wrong_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = LAYERS.entries[name]
    wrong = replace(entry, rule=lambda call: longer(entry.rule(call)))
    monkeypatch.setitem(LAYERS.entries, name, wrong)
    if name == "CrossEntropyLoss":  # whose result has no axes: a shape is what is wrong then
        monkeypatch.setitem(
            LAYERS.entries, name, replace(entry, rule=lambda call: call.tensor("input"))
        )
    assert _found(name)[0]


@pytest.mark.parametrize(
    "name", ["Linear", "Conv1d", "GroupNorm", "GRU", "MaxUnpool2d", "NLLLoss", "GLU"]
)
def test_a_rule_that_refuses_nothing_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = LAYERS.entries[name]
    monkeypatch.setitem(LAYERS.entries, name, replace(entry, rule=lambda call: Tensor()))
    assert any(each.startswith("accepts") for each in _found(name)[0])
