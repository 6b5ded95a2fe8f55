"""Patterns of `rearrange`, and the torch calls that do the same.

`"b t (three h e) -> three b h t e"` becomes an unflatten, a permute and nothing else; einops
is never needed. Source of the notation: https://einops.rocks/api/rearrange/
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from netdsl.analysis.pattern import ELLIPSIS, PatternError, Side, read_pattern
from netdsl.records import Frozen, NamedTuple

__all__ = [
    "Flatten",
    "Lowered",
    "MoveDim",
    "PatternError",
    "Permute",
    "Squeeze",
    "Step",
    "Transpose",
    "Unflatten",
    "Unsqueeze",
    "lower",
]


class Unflatten(Frozen):
    """`unflatten(axis, sizes)`; a size is a name, a number, or -1 for the one that is left."""

    axis: int
    sizes: tuple[str | int, ...]


class Transpose(Frozen):
    """`transpose(first, second)`."""

    first: int
    second: int


class Permute(Frozen):
    """`permute(*order)`."""

    order: tuple[int, ...]


class MoveDim(Frozen):
    """`movedim(source, destination)`: a permutation beside a `...` of any length."""

    source: tuple[int, ...]
    destination: tuple[int, ...]


class Flatten(Frozen):
    """`flatten(start, end)`; an `end` of -1 is the last axis."""

    start: int
    end: int


class Squeeze(Frozen):
    """`squeeze(axis)`: a `1` that only the input has."""

    axis: int


class Unsqueeze(Frozen):
    """`unsqueeze(axis)`: a `1` that only the output has."""

    axis: int


Step: TypeAlias = Unflatten | Transpose | Permute | MoveDim | Flatten | Squeeze | Unsqueeze
Lowered: TypeAlias = tuple[Step, ...]


def lower(pattern: str, sizes: Collection[str] = ()) -> Lowered:
    """The torch calls that rearrange as a pattern says; `sizes` names the axes whose length
    is given.

    Two things are left to torch and to the check of shapes: a `1` on the left counts on its
    axis being of length one, as `squeeze` does, and `(...)` counts on there being an axis to
    merge.

    >>> lower("b d h w -> b (h w) d")
    (Flatten(start=2, end=-1), Transpose(first=1, second=2))
    >>> lower("b t (three h e) -> three b h t e", ["three", "h"])
    (Unflatten(axis=2, sizes=('three', 'h', -1)), Permute(order=(2, 0, 3, 1, 4)))

    Raises:
        PatternError: the pattern is no rearrangement.
    """
    left, right = read_pattern(pattern, sizes)
    same_ones = _ones(left) == _ones(right)
    source, result = _row(left, same_ones), _row(right, same_ones)
    split = _split(source, sizes)
    apart = [item for item in split.items if item.names]
    target = [item for item in result if item.names]
    return (
        *split.steps,
        *_squeeze(split.items),
        *_merge_and_order(apart, target),
        *_unsqueeze(result),
    )


class _Item(NamedTuple):
    """An axis on its way: the names that are merged in it, none for a `1`. A run is `...`
    while it is any number of axes."""

    names: tuple[str, ...]
    is_run: bool = False


class _Stage(NamedTuple):
    """Steps, and the axes that there are after them."""

    steps: tuple[Step, ...]
    items: Sequence[_Item]


_RUN = _Item((ELLIPSIS,), is_run=True)


def _ones(side: Side) -> int:
    return sum(not group.axes for group in side)


def _row(side: Side, same_ones: bool) -> list[_Item]:
    """The axes of a side. Where both sides have the same number of `1`s they are axes like
    any other; else those of the left are dropped and those of the right are new."""
    row: list[_Item] = []
    ones = 0
    for group in side:
        names = tuple(axis.name for axis in group.axes)
        if not names and same_ones:
            ones += 1
            names = (f"1 {ones}",)
        row.append(_RUN if names == (ELLIPSIS,) and not group.bracketed else _Item(names))
    return row


def _front(items: Sequence[_Item], index: int) -> int:
    """An axis as a number: counted from the back if a run stands before it."""
    return index - len(items) if _RUN in items[:index] else index


def _end(items: Sequence[_Item], index: int) -> int:
    """The last of several axes as a number: -1 for the tensor's last."""
    last = index == len(items) - 1
    return index - len(items) if last or _RUN in items[: index + 1] else index


def _split(source: Sequence[_Item], sizes: Collection[str]) -> _Stage:
    """Takes merged axes apart. An axis alone is looked at too if its length is given: torch
    then says so where it has another."""
    items, steps = list(source), list[Step]()
    for index in reversed(range(len(items))):
        names = items[index].names
        if len(names) > 1 or any(name in sizes for name in names):
            parts = tuple(name if name in sizes else -1 for name in names)
            steps.append(Unflatten(_front(items, index), parts))
            items[index : index + 1] = [_Item((name,)) for name in names]
    return _Stage(tuple(steps), items)


def _squeeze(source: Sequence[_Item]) -> tuple[Step, ...]:
    items, steps = list(source), list[Step]()
    for index in reversed(range(len(items))):
        if not items[index].names:
            steps.append(Squeeze(_front(items, index)))
            del items[index]
    return tuple(steps)


def _unsqueeze(result: Sequence[_Item]) -> tuple[Step, ...]:
    run = result.index(_RUN) if _RUN in result else len(result)
    before = [Unsqueeze(index) for index in range(run) if not result[index].names]
    after = [
        Unsqueeze(index - len(result))
        for index in reversed(range(run + 1, len(result)))
        if not result[index].names
    ]
    return (*before, *after)


def _merge_and_order(apart: Sequence[_Item], target: Sequence[_Item]) -> tuple[Step, ...]:
    """Brings the axes into the order of the target, and merges them. Axes that stand together
    already are merged first: fewer are left to move, and no copy is made."""
    merged = [item for item in target if item not in apart]
    early = _merge(apart, merged)
    if early is not None:
        return (*early.steps, *_reorder(early.items, target))
    ordered = [
        _RUN if name == ELLIPSIS else _Item((name,)) for item in target for name in item.names
    ]
    late = _merge(ordered, merged)
    assert late is not None
    return (*_reorder(apart, ordered), *late.steps)


def _merge(source: Sequence[_Item], merged: Sequence[_Item]) -> _Stage | None:
    """Merges axes, the last ones first; None if some of them do not stand together."""
    names = [item.names[0] for item in source]
    places = sorted(((names.index(item.names[0]), item) for item in merged), reverse=True)
    items, steps = list(source), list[Step]()
    for start, item in places:
        end = start + len(item.names)
        if tuple(names[start:end]) != item.names:
            return None
        steps.append(Flatten(_front(items, start), _end(items, end - 1)))
        items[start:end] = [item]
    return _Stage(tuple(steps), items)


def _reorder(source: Sequence[_Item], target: Sequence[_Item]) -> tuple[Step, ...]:
    order = tuple(source.index(item) for item in target)
    moved = [place for place, index in enumerate(order) if place != index]
    if not moved:
        return ()
    if len(moved) == 2 and not any(source[place].is_run for place in moved):
        return (Transpose(*(_front(source, place) for place in moved)),)
    if _RUN not in source:
        return (Permute(order),)
    staying = _staying(order, source.index(_RUN))
    movers = [index for index in range(len(source)) if index not in staying]
    return (
        MoveDim(
            tuple(_front(source, index) for index in movers),
            tuple(_front(target, order.index(index)) for index in movers),
        ),
    )


def _staying(order: Sequence[int], run: int) -> frozenset[int]:
    """As many axes as can stay where they are while the others move round them: the longest
    increasing part of the order that holds the run."""
    place = order.index(run)
    before = _longest([index for index in order[:place] if index < run])
    after = _longest([index for index in order[place:] if index >= run])
    return frozenset(before + after)


def _longest(order: Sequence[int]) -> tuple[int, ...]:
    """The longest increasing part of a sequence, the first one if there are several."""
    best: list[tuple[int, ...]] = []
    for at, index in enumerate(order):
        shorter = [best[other] for other in range(at) if order[other] < index]
        best.append((*max(shorter, key=len, default=()), index))
    return max(best, key=len, default=())
