"""Equations and divisibilities solved for one symbol."""

from __future__ import annotations

import math
from collections.abc import Iterator

from netdsl.records import Frozen
from netdsl.shapes.atoms import Symbol
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.questions import fresh, split
from netdsl.shapes.ranges import bounds


class Linear(Frozen, slots=False):
    """The equation `factor * unknown + rest = 0`, whose factor and rest do without the unknown."""

    unknown: Symbol
    factor: Dimension
    rest: Dimension
    place: int

    @property
    def solvable(self) -> bool:
        """By a division only if the unknown is there to be solved for."""
        if self.factor in (1, -1):
            return True
        low, high = bounds(self.factor)
        nonzero = (low is not None and low > 0) or (high is not None and high < 0)
        return self.unknown.flexible and nonzero

    @property
    def value(self) -> Dimension:
        return -self.rest // self.factor

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """Which to take first: flexible, without division, surely at least its minimum."""
        low, _ = bounds(self.value)
        least = self.unknown.minimum
        fits = least is None or (low is not None and low >= least)
        return not self.unknown.flexible, self.factor not in (1, -1), not fits, self.place


def linear_forms(value: Dimension) -> Iterator[Linear]:
    """The ways to read value = 0 as linear in one symbol, late names first."""
    symbols = sorted(value.symbols(), key=lambda each: each.order, reverse=True)
    for place, unknown in enumerate(symbols):
        factor = Dimension.build(
            {
                tuple(atom for atom in monomial if atom != unknown): each
                for monomial, each in value.terms
                if unknown in monomial
            }
        )
        rest = value - factor * unknown
        if factor != 0 and unknown not in factor.atoms | rest.atoms:
            yield Linear(unknown, factor, rest, place)


def quotient_symbol(k: Dimension, n: Dimension) -> tuple[Symbol, Dimension] | None:
    """The symbol that a divisibility is about, and it by a new one that may be anything."""
    if len(n.terms) != 1 or len(n.terms[0][0]) != 1:
        return None
    (unknown,), factor = n.terms[0]
    if not isinstance(unknown, Symbol):
        return None
    if k.terms:
        if factor not in (1, -1) or n.constant or unknown in k.atoms:
            return None
        lowest, _ = bounds(k)
        signed = lowest is None or lowest < 1 or unknown.minimum is None or unknown.minimum < 0
        least = None if signed else min(unknown.minimum or 0, 1)
        return unknown, k * fresh(unknown, least)
    common = math.gcd(factor, k.constant)
    modulus = abs(k.constant) // common
    if n.constant % common or modulus < 2:
        return None
    residue = -n.constant // common * pow(factor // common, -1, modulus) % modulus
    return unknown, split(unknown, modulus, residue)
