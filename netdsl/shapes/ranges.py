"""Between which numbers a dimension lies."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from netdsl.shapes.atoms import Atom, FloorDiv, Max, Min, Mod, Symbol
from netdsl.shapes.dimension import Dimension, Size, TooLarge, atom_as_size, product

Bound: TypeAlias = int | float
"""An integer, or an infinity."""

Range: TypeAlias = tuple[Bound, Bound]
_ANY: Range = (-math.inf, math.inf)

MAX_FACTS = 10_000
"""How many facts are looked at for the bounds of one dimension, whoever asks."""


class Work:
    """How many facts may still be looked at for a question, over all of its cases."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, units: int = 1) -> bool:
        """Whether there was as much left; if not, nothing is left."""
        enough = self.left >= units
        self.left = self.left - units if enough else 0
        return enough


def bounds(
    dimension: Size, assumptions: Collection[Dimension] = (), work: Work | None = None
) -> tuple[int | None, int | None]:
    """The least and the greatest that it can be, as far as known, if every assumption is >= 0. With
    no work left they are wider.

    >>> from netdsl.shapes.dimension import symbol
    >>> bounds((symbol("H") - 1) // 2 + 3)
    (3, None)
    >>> bounds(symbol("H") - symbol("k"), [symbol("H") - symbol("k") - 4])
    (4, None)
    """
    dimension = Dimension.of(dimension)
    if not dimension.terms:
        return dimension.constant, dimension.constant
    if not assumptions:
        found, cost = _without_assumptions(dimension)
        if work is None or (work.left >= cost and work.spend(cost)):
            return found
    return _known(_Ranges(assumptions, work).of(dimension))


@lru_cache(maxsize=1000)  # every `//` and `%` asks for it, mostly of the same few
def _without_assumptions(dimension: Dimension) -> tuple[tuple[int | None, int | None], int]:
    """The bounds, and how many facts were looked at for them."""
    work = Work(MAX_FACTS)
    found = _known(_Ranges((), work).of(dimension))
    return found, MAX_FACTS - work.left


def _known(found: Range) -> tuple[int | None, int | None]:
    low, high = found
    return low if isinstance(low, int) else None, high if isinstance(high, int) else None


class _Ranges:
    """Ranges of dimensions under assumptions; what an atom's is, is worked out once."""

    def __init__(self, assumptions: Iterable[Dimension], work: Work | None) -> None:
        self.work = work
        self.stated: dict[Atom, Range] = {}
        self.relations: list[Dimension] = []
        self.known: dict[Atom, Range] = {}
        self.implied: dict[Atom, list[Dimension]] = {}
        for each in assumptions:
            if len(each.terms) == 1 and len(each.terms[0][0]) == 1:
                ((atom,), factor), number = each.terms[0], each.constant
                low, high = self.stated.get(atom, _ANY)
                if factor > 0:
                    low = max(low, -(number // factor))
                else:
                    high = min(high, number // -factor)
                self.stated[atom] = low, high
            elif each.terms:
                self.relations.append(each)

    def of(self, dimension: Dimension, depth: int = 2) -> Range:
        """By the ranges of its atoms, and by what is known to be >= 0 and shares a product."""
        low, high = self.plain(dimension)
        if not depth:
            return low, high
        factors = dict(dimension.terms)
        atoms = dict.fromkeys(atom for monomial in factors for atom in monomial)
        implied = (fact for atom in atoms for fact in self.implications(atom))
        for fact in (*self.relations, *implied):
            for monomial, factor in fact.terms:
                if monomial not in factors or not (self.work is None or self.work.spend()):
                    continue
                # dimension * scale -+ fact * times has no such product any more.
                common = math.gcd(factor, factors[monomial])
                scale, times = abs(factor) // common, abs(factors[monomial]) // common
                if (factor > 0) == (factors[monomial] > 0):
                    bound, _ = self.of(dimension * scale - fact * times, depth - 1)
                    low = max(low, _divided(bound, scale, up=True))
                else:
                    _, bound = self.of(dimension * scale + fact * times, depth - 1)
                    high = min(high, _divided(bound, scale))
        return low, high

    def plain(self, dimension: Dimension) -> Range:
        """By the ranges of its atoms; products also with every atom counted from its minimum,
        which shows that x * y - x is not negative."""
        direct = self.total(dimension, {})
        if not dimension.terms or not 1 < len(dimension.terms[0][0]) <= 6:
            return direct
        lows = {a: self.atom(a)[0] for monomial, _ in dimension.terms for a in monomial}
        moves = {atom: low for atom, low in lows.items() if low and isinstance(low, int)}
        moved = Dimension(dimension.constant)
        for monomial, factor in dimension.terms:
            moved += product(atom_as_size(atom) + moves.get(atom, 0) for atom in monomial) * factor
        low, high = self.total(moved, moves)
        return max(low, direct[0]), min(high, direct[1])

    def total(self, dimension: Dimension, moves: Mapping[Atom, int]) -> Range:
        """The sum over the terms, where from each atom its move is taken away."""
        low: Bound = dimension.constant
        high: Bound = dimension.constant
        for monomial, factor in dimension.terms:
            part: Range = (factor, factor)
            for atom, run in groupby(monomial):
                move = -moves.get(atom, 0)
                bottom, top = (_plus(end, move) for end in self.atom(atom))
                part = _multiplied(part, _power((bottom, top), len(list(run))))
            low, high = _plus(low, part[0]), _plus(high, part[1])
        return low, high

    def atom(self, atom: Atom) -> Range:
        if atom not in self.known:
            # What an atom's own range may lead back to.
            self.known[atom] = self.stated.get(atom, _ANY)
            low, high = self.by_kind(atom)
            bottom, top = self.known[atom]
            self.known[atom] = max(low, bottom), min(high, top)
        return self.known[atom]

    def by_kind(self, atom: Atom) -> Range:
        if isinstance(atom, Symbol):
            return (-math.inf if atom.minimum is None else atom.minimum), math.inf
        ranges = [self.of(part) for part in atom.parts]
        if isinstance(atom, Max | Min):
            choose = max if isinstance(atom, Max) else min
            return choose(low for low, _ in ranges), choose(high for _, high in ranges)
        (low, high), (least, most) = ranges
        if least < 1:
            return _ANY
        if isinstance(atom, Mod):
            return 0, min(_plus(most, -1), high) if low >= 0 else _plus(most, -1)
        low = _divided(low, most if low >= 0 else least)
        return low, _divided(high, least if high >= 0 else most)

    def implications(self, atom: Atom) -> list[Dimension]:
        """What is never negative, whatever the assumptions are."""
        if atom not in self.implied:
            self.implied[atom] = []
            with suppress(TooLarge):
                self.implied[atom] = list(self.implications_by_kind(atom))
        return self.implied[atom]

    def implications_by_kind(self, atom: Atom) -> Iterator[Dimension]:
        this = atom_as_size(atom)
        match atom:
            case Max() | Min():
                sign = 1 if isinstance(atom, Max) else -1
                yield from ((this - each) * sign for each in atom.operands)
            case FloorDiv(n, d) if self.of(d, 0)[0] >= 1:
                yield n - this * d
                yield this * d - n + d - 1
            case Mod(n, d) if self.of(d, 0)[0] >= 1:
                yield d - 1 - this
                if self.of(n, 0)[0] >= 0:
                    yield n - this


def _plus(left: Bound, right: Bound) -> Bound:
    """Their sum, where a large integer does not meet an infinity."""
    return left if isinstance(left, float) else right if isinstance(right, float) else left + right


def _multiplied(left: Range, right: Range) -> Range:
    corners = [_corner(a, b) for a in left for b in right]
    return min(corners), max(corners)


def _corner(a: Bound, b: Bound) -> Bound:
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    return 0 if not a or not b else math.inf if (a > 0) == (b > 0) else -math.inf


def _power(base: Range, exponent: int) -> Range:
    low, high = base[0] ** exponent, base[1] ** exponent
    if exponent % 2:
        return low, high
    return (0 if base[0] <= 0 <= base[1] else min(low, high)), max(low, high)


def _divided(n: Bound, d: Bound, up: bool = False) -> Bound:
    """n / d for a positive d, rounded down or up."""
    if isinstance(n, float):
        return n
    if isinstance(d, float):
        return -1 if n < 0 else 0
    return -(-n // d) if up else n // d
