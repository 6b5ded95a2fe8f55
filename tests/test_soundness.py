"""What the check accepts runs, with the shape that it predicts; what it refuses does not run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, Rule, Table
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.shape import Shape
from tests.soundness import Found, Tally, follow_all, make, outcome
from tests.soundness.maker import Dropped, Maker
from tests.soundness.outcome import Text
from tests.soundness.probes import RULES, ask

COUNT = 5_000


@pytest.fixture(scope="module")
def followed() -> tuple[Tally, list[Found]]:
    tally = Tally()
    found = list(follow_all(range(COUNT), tally))
    return tally, found


def test_the_check_and_torch_agree(followed: tuple[Tally, list[Found]]) -> None:
    wrong = [str(each) for each in followed[1] if not each.outcome.agreed]
    assert not wrong, f"{len(wrong)} programs:\n" + "\n".join(wrong[:20])


def test_many_programs_are_refused_and_few_shapes_are_unknown(
    followed: tuple[Tally, list[Found]],
) -> None:
    tally = followed[0]
    assert tally.programs == COUNT
    assert 0.25 < tally.refused / COUNT < 0.5
    assert tally.unknown / COUNT < 0.1
    assert tally.unfit / COUNT < 0.01
    assert tally.refused_unbroken / COUNT < 0.005, "programs are drawn with sizes that fit"


def test_every_kind_of_step_and_every_rule_has_its_turn(
    followed: tuple[Tally, list[Found]],
) -> None:
    tally = followed[0]
    assert min(tally.kinds.values()) >= 10
    assert [(count, name) for count, name in tally.least() if count < 2] == []


@pytest.mark.parametrize("name", RULES)
def test_every_rule_can_be_asked(name: str) -> None:
    """By a call that torch takes."""
    for seed in range(5):
        maker = Maker(random.Random(seed))
        try:
            ask(maker, name)
        except Dropped:
            continue
        assert maker.results
        return
    pytest.fail(f"no call of {name} was found that torch takes")


# ---- bugs that are put in on purpose -----------------------------------------

Bug = Callable[[Rule, Call], Value]


def longer(axis: int, rule: Rule, call: Call) -> Value:
    """One too many along an axis."""
    return _changed(rule(call), lambda sizes: [*sizes[:axis], *_more(sizes, axis)])


def _more(sizes: list[Value], axis: int) -> list[Value]:
    at = axis % len(sizes)
    found = sizes[at]
    return [None if found is None else found + 1, *sizes[at + 1 :]]


def reversed_axes(rule: Rule, call: Call) -> Value:
    return _changed(rule(call), lambda sizes: sizes[::-1])


def without_last(rule: Rule, call: Call) -> Value:
    return _changed(rule(call), lambda sizes: sizes[:-1])


def silent(rule: Rule, call: Call) -> Value:
    """It refuses nothing."""
    try:
        return rule(call)
    except Mismatch:
        return UNKNOWN


def strict(rule: Rule, call: Call) -> Value:
    """It refuses what has an axis of 4."""
    found = rule(call)
    if (
        isinstance(found, Tensor)
        and found.shape.rank
        and call.sizes.number(found.shape.axis(0)) == 2
    ):
        raise Mismatch("no reason")
    return found


def ints(rule: Rule, call: Call) -> Value:
    """It gives ints."""
    found = rule(call)
    return replace(found, dtype="int") if isinstance(found, Tensor) else found


def _changed(value: Value, change: Callable[[list[Value]], list[Value]]) -> Value:
    if isinstance(value, Tensor) and value.shape.rank:
        return replace(value, shape=Shape(tuple(change(list(value.shape.axes)))))
    if isinstance(value, Items):
        return replace(value, elements=tuple(_changed(each, change) for each in value.elements))
    return value


BUGS: list[tuple[Table, str, Bug]] = [
    (LAYERS, "Linear", partial(longer, -1)),
    (LAYERS, "Conv2d", partial(longer, -1)),
    (LAYERS, "ConvTranspose2d", partial(longer, -2)),
    (LAYERS, "MaxPool2d", partial(longer, -1)),
    (LAYERS, "AdaptiveAvgPool2d", partial(longer, -1)),
    (LAYERS, "LSTM", partial(longer, 0)),
    (LAYERS, "Linear", silent),
    (LAYERS, "Conv1d", silent),
    (LAYERS, "BatchNorm2d", silent),
    (LAYERS, "MultiheadAttention", silent),
    (LAYERS, "LayerNorm", strict),
    (LAYERS, "Embedding", without_last),
    (FUNCTIONS, "flatten", partial(longer, -1)),
    (FUNCTIONS, "cat", partial(longer, 0)),
    (FUNCTIONS, "cat", silent),
    (FUNCTIONS, "permute", reversed_axes),
    (FUNCTIONS, "chunk", partial(longer, 0)),
    (FUNCTIONS, "unsqueeze", partial(longer, 0)),
    (FUNCTIONS, "sum", without_last),
    (FUNCTIONS, "reshape", silent),
    (FUNCTIONS, "scaled_dot_product_attention", silent),
    (FUNCTIONS, "einsum", reversed_axes),
    (FUNCTIONS, "interpolate", partial(longer, -1)),
    (FUNCTIONS, "mean", ints),
    (FUNCTIONS, "stack", strict),
]


def _name(value: object) -> str:
    if isinstance(value, partial):
        return f"{value.func.__name__}{value.args}"
    return getattr(value, "__name__", value if isinstance(value, str) else type(value).__name__)


@pytest.mark.parametrize(("table", "name", "bug"), BUGS, ids=_name)
def test_a_wrong_rule_is_caught(
    table: Table, name: str, bug: Bug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a program that says so, and says nothing when the rule is right again."""
    entry = table.entries[name]
    for text in _programs_with(name):
        with monkeypatch.context() as patch:
            patch.setitem(table.entries, name, replace(entry, rule=partial(bug, entry.rule)))
            caught = not outcome(text).agreed
        if caught and outcome(text).agreed:
            return
    pytest.fail("no program of the first thousands says so")


def _programs_with(name: str) -> Iterator[Text]:
    """The programs that call a layer or a function, however its name is written."""
    wanted = name.lower().replace("_", "")
    for seed in range(COUNT):
        text = make(seed)[0]
        if wanted in text.text.lower().replace("_", ""):
            yield text
