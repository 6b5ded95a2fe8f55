"""The shape of a tensor: sizes of axes, of which any number may be unknown.

An axis is a `Dimension`, or None where its size is not known. One `Run` stands for any number of
axes, as `*S` does in a signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from netdsl.records import Frozen
from netdsl.shapes.dimension import Dimension, Size, product


class Run(Frozen):
    """Any number of axes. Runs of one name and key are the same axes; one without a name is
    some axes of which nothing is known."""

    name: str | None = None
    key: object = None


Axis: TypeAlias = Dimension | None
Part: TypeAlias = Axis | Run


class Shape(Frozen):
    """The axes of a tensor, first to last.

    >>> print(Shape.of(2, 3), Shape.of(None, 4), Shape((Run("S"), Dimension(4))))
    [2, 3] [?, 4] [*S, 4]
    """

    parts: tuple[Part, ...]

    @staticmethod
    def of(*sizes: Size | None) -> Shape:
        return Shape(tuple(None if each is None else Dimension.of(each) for each in sizes))

    @property
    def run_at(self) -> int | None:
        """Where the run stands, if there is one."""
        for at, part in enumerate(self.parts):
            if type(part) is Run:
                return at
        return None

    @property
    def rank(self) -> int | None:
        """The number of axes, if it is known."""
        return None if self.run_at is not None else len(self.parts)

    @property
    def least_rank(self) -> int:
        """How many axes there are at least."""
        return len(self.parts) - (self.run_at is not None)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis of a shape of known rank."""
        assert self.rank is not None
        return tuple(part for part in self.parts if not isinstance(part, Run))

    def place(self, axis: int) -> int | None:
        """Where an axis, counted from either end, stands among the parts; None if that is
        inside the run."""
        run = self.run_at
        if run is None:
            at = axis if axis >= 0 else axis + len(self.parts)
            return at if 0 <= at < len(self.parts) else None
        if axis >= 0:
            return axis if axis < run else None
        at = axis + len(self.parts)
        return at if at > run else None

    def axis(self, axis: int) -> Axis:
        """The size of an axis, counted from either end; None if it is not known."""
        at = self.place(axis)
        if at is None:
            return None
        part = self.parts[at]
        return None if isinstance(part, Run) else part

    def has_axis(self, axis: int) -> bool | None:
        """Whether there is such an axis; None if that is not known."""
        if self.rank is not None:
            return -self.rank <= axis < self.rank
        needed = axis + 1 if axis >= 0 else -axis
        return True if needed <= self.least_rank else None

    def replaced(self, axis: int, sizes: Sequence[Part]) -> Shape | None:
        """With some parts in the place of an axis."""
        at = self.place(axis)
        if at is None:
            return None
        return Shape((*self.parts[:at], *sizes, *self.parts[at + 1 :]))

    def size(self) -> Axis:
        """The number of elements."""
        return product_of(self.parts)

    def __str__(self) -> str:
        return f"[{', '.join(map(spelled, self.parts))}]"


def spelled(part: Part) -> str:
    """A part of a shape as programs write it."""
    if part is None:
        return "?"
    if isinstance(part, Run):
        return f"*{part.name}" if part.name else "..."
    return str(part)


def product_of(parts: Iterable[Part]) -> Axis:
    """The product of sizes, if all of them are known."""
    found: list[Dimension] = []
    for part in parts:
        if part is None or isinstance(part, Run):
            return None
        found.append(part)
    try:
        return product(found)
    except ArithmeticError:
        return None


ANY = Shape((Run(),))
"""A shape of which nothing is known."""
