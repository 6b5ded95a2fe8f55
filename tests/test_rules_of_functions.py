"""Every rule of a function or a method says what torch says, on arguments drawn at random.

What torch runs is never refused, and has the shape and the dtype that the rule gives; what torch
refuses is refused, but for what stands in `tests/samples/exceptions.py` with a reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from netdsl import torchlib
from netdsl.checking.rules import FUNCTIONS, Call
from netdsl.checking.run import Runner  # noqa: F401  the rules are there
from netdsl.checking.values import Tensor, Value
from tests.samples.drawing import SAMPLES
from tests.samples.exceptions import ACCEPTED, OPEN
from tests.samples.findings import findings, longer
from tests.samples.forms import samples_of
from tests.samples.functions import FAMILIES
from tests.samples.judging import run

NAMES = sorted(FUNCTIONS.entries)
ENOUGH, RUNNING = 5, 1


def _found(name: str) -> tuple[list[str], Counter[str]]:
    return findings(name, samples_of(name), OPEN, ACCEPTED)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_says_what_torch_says(name: str) -> None:
    assert name in SAMPLES.makers, f"there are no samples of `{name}` in tests/samples/functions"
    found, counted = _found(name)
    assert not found, "\n".join(found)
    assert counted["runs"] >= RUNNING and counted.total() - counted["open"] >= ENOUGH, counted
    assert (name in OPEN) == (counted["open"] > 0), "OPEN lists what it need not"
    assert (name in ACCEPTED) == (counted["accepted"] > 0), "ACCEPTED lists what it need not"


def test_samples_are_of_rules() -> None:
    assert len(FAMILIES) > 10
    assert set(SAMPLES.makers) == set(NAMES)
    assert {*OPEN, *ACCEPTED} <= set(NAMES)


def test_many_samples_are_refused_and_many_run() -> None:
    """A maker that draws only right arguments, or only wrong ones, tests little."""
    counted: Counter[str] = Counter()
    for name in NAMES[::7]:
        for sample in samples_of(name):
            counted["refused" if run(sample)[0] else "runs"] += 1
    assert 0.2 < counted["refused"] / counted.total() < 0.5


def test_rules_are_of_functions_that_programs_may_use() -> None:
    dotted = {each.rpartition(".")[2] for each in torchlib.function_names()}
    assert [
        name
        for name in NAMES
        if not (torchlib.function(name) or torchlib.method(name) or name in dotted)
    ] == []


# ---- rules with bugs in them -------------------------------------------------

BUGS = "sum flatten cat permute matmul split conv2d stack pad chunk topk einsum max_pool2d gather"


@pytest.mark.parametrize("name", BUGS.split())
def test_a_rule_that_gives_one_size_wrong_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = FUNCTIONS.entries[name]
    wrong = replace(entry, rule=lambda call: longer(entry.rule(call)))
    monkeypatch.setitem(FUNCTIONS.entries, name, wrong)
    assert _found(name)[0]


@pytest.mark.parametrize("name", BUGS.split()[::2])
def test_a_rule_that_refuses_nothing_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = FUNCTIONS.entries[name]
    monkeypatch.setitem(FUNCTIONS.entries, name, replace(entry, rule=_says_nothing))
    assert any(each.startswith("accepts") for each in _found(name)[0])


def _says_nothing(call: Call) -> Value:
    return Tensor()
