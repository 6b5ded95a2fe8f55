"""What the check accepts runs, with the shape that it predicts; what it refuses does not run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, Table
from netdsl.checking.run import Runner  # noqa: F401  the rules are there
from netdsl.checking.values import Tensor, Value
from netdsl.shapes.shape import Shape
from tests.soundness import make, outcome

COUNT = 300


def test_the_check_and_torch_agree() -> None:
    used: Counter[str] = Counter()
    refused = unknown = 0
    for seed in range(COUNT):
        text, maker = make(seed)
        found = outcome(text, maker.start, maker.symbolic)
        assert found.agreed, f"{seed}: {found}\n{text}"
        used.update(maker.used)
        refused += not found.accepted
        unknown += not found.known
    assert 0.1 < refused / COUNT < 0.5
    assert unknown / COUNT < 0.1
    assert min(used.values()) >= 10


BUGS: list[tuple[Table, str, int]] = [
    (LAYERS, "Linear", -1),
    (LAYERS, "Conv2d", -1),
    (LAYERS, "ConvTranspose2d", -2),
    (LAYERS, "MaxPool2d", -1),
    (LAYERS, "AdaptiveAvgPool2d", -1),
    (FUNCTIONS, "flatten", -1),
    (FUNCTIONS, "cat", 0),
    (FUNCTIONS, "permute", 0),
    (FUNCTIONS, "chunk", 0),
    (FUNCTIONS, "unsqueeze", 0),
    (FUNCTIONS, "sum", 0),
]


@pytest.mark.parametrize(("table", "name", "axis"), BUGS, ids=lambda each: str(each))
def test_a_wrong_rule_is_caught(
    table: Table, name: str, axis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule whose result is one too long along an axis."""
    entry = table.entries[name]

    def wrong(call: Call) -> Value:
        return _longer(entry.rule(call), axis)

    monkeypatch.setitem(table.entries, name, replace(entry, rule=wrong))
    found = (outcome(text, m.start, m.symbolic).agreed for text, m in map(make, range(COUNT)))
    assert not all(found)


def _longer(value: Value, axis: int) -> Value:
    if isinstance(value, Tensor) and value.shape.rank:
        sizes = list(value.shape.axes)
        size = sizes[axis]
        sizes[axis] = None if size is None else size + 1
        return replace(value, shape=Shape(tuple(sizes)))
    elements = getattr(value, "elements", None)
    if elements is not None:
        return replace(value, elements=tuple(_longer(each, axis) for each in elements))
    return value
