"""What the products of a dimension are made of: symbols, and operations that could not be worked
out."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from netdsl.records import Frozen

if TYPE_CHECKING:
    from netdsl.shapes.dimension import Dimension


class Hashed(Frozen, slots=False):
    """A record that is looked for often: its hash is worked out once."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


class Symbol(Hashed, slots=False):
    """An unknown integer, at least `minimum` (None: any). `key` tells apart symbols of one name;
    `flexible` ones are there to be solved for."""

    name: str
    minimum: int | None = 1
    key: int | str = 0
    flexible: bool = False

    @cached_property
    def order(self) -> tuple[Any, ...]:
        return (0, self.name, repr(self.key), repr(self.minimum), self.flexible)

    def __str__(self) -> str:
        return self.name


class Operation(Hashed, slots=False):
    """An atom that holds dimensions."""

    @property
    def parts(self) -> tuple[Dimension, ...]:
        raise NotImplementedError

    @cached_property
    def order(self) -> tuple[Any, ...]:
        return (1, type(self).__name__, *(part.order for part in self.parts))

    @cached_property
    def weight(self) -> int:
        return sum(part.weight for part in self.parts)

    @cached_property
    def depth(self) -> int:
        return 1 + max(part.depth for part in self.parts)


class Division(Operation, slots=False):
    numerator: Dimension
    denominator: Dimension

    @property
    def parts(self) -> tuple[Dimension, ...]:
        return (self.numerator, self.denominator)

    def _spelled(self, sign: str) -> str:
        left, right = str(self.numerator), str(self.denominator)
        if len(self.numerator.items) > 1 or isinstance(self.numerator.atom, Division):
            left = f"({left})"
        if not right.isalnum() and not isinstance(self.denominator.atom, Symbol | Extreme):
            right = f"({right})"
        return f"{left} {sign} {right}"


class FloorDiv(Division):
    """`numerator // denominator`."""

    def __str__(self) -> str:
        return self._spelled("//")


class Mod(Division):
    """`numerator % denominator`."""

    def __str__(self) -> str:
        return self._spelled("%")


class Extreme(Operation, slots=False):
    operands: tuple[Dimension, ...]

    @property
    def parts(self) -> tuple[Dimension, ...]:
        return self.operands

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}({', '.join(map(str, self.operands))})"


class Max(Extreme):
    """The largest of its operands."""


class Min(Extreme):
    """The smallest of its operands."""


Atom: TypeAlias = Symbol | FloorDiv | Mod | Max | Min
Monomial: TypeAlias = tuple[Atom, ...]


def order_of(monomial: Monomial) -> tuple[int, tuple[Any, ...]]:
    """High degrees first, then by name. This is an order in which polynomials can be divided."""
    return -len(monomial), tuple(atom.order for atom in monomial)


def times(left: Monomial, right: Monomial) -> Monomial:
    return tuple(sorted(left + right, key=lambda a: a.order)) if left and right else left or right


def without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """What is left of a product when `part` is taken out; None if it is not in there."""
    if not part:
        return monomial
    left, taken = Counter(monomial), Counter(part)
    return tuple((left - taken).elements()) if taken <= left else None
