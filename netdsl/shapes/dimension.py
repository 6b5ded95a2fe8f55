"""The size of an axis: an integer expression in normal form.

A `Dimension` is a polynomial with integer coefficients over atoms: symbols, and the `//`, `%`,
`max` and `min` that could not be worked out. `//` and `%` are Python's. Dimensions of one form are
equal wherever both are defined, that is, wherever no denominator is zero.

>>> h = symbol("H")
>>> print((h + 2 * symbol("p") - symbol("k")) // symbol("s") + 1, (2 * h + 3) // 2, 6 * h % 4)
(H + 2 * p - k) // s + 1 H + 1 2 * (H % 2)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

from netdsl.records import Frozen
from netdsl.shapes.atoms import (
    Atom,
    Division,
    FloorDiv,
    Max,
    Min,
    Mod,
    Monomial,
    Operation,
    Symbol,
    order_of,
    times,
)

MAX_TERMS = 200
"""Of how many terms a dimension may be made, and the operands of an atom with all they hold."""

MAX_DEGREE = 12
MAX_DEPTH = 16
MAX_OPERANDS = 16
MAX_COEFFICIENT = 2**256


class TooLarge(ArithmeticError):
    """An expression beyond the limits above: nothing can be said of it."""


class Dimension(Frozen, slots=False):
    """An integer, or an integer expression. Its operators take integers and symbols too."""

    constant: int = 0
    terms: tuple[tuple[Monomial, int], ...] = ()

    def __init__(self, constant: int = 0, terms: tuple[tuple[Monomial, int], ...] = ()) -> None:
        """Written out, since nothing is made as often. The first term is of the highest degree."""
        if not -MAX_COEFFICIENT < constant < MAX_COEFFICIENT:
            raise TooLarge("a number is too large")
        if terms:
            if len(terms) > MAX_TERMS or len(terms[0][0]) > MAX_DEGREE:
                raise TooLarge("a size has too many terms")
            for _, factor in terms:
                if not -MAX_COEFFICIENT < factor < MAX_COEFFICIENT:
                    raise TooLarge("a number is too large")
        fields = self.__dict__
        fields["constant"], fields["terms"] = constant, terms

    @staticmethod
    def of(value: Size | Atom) -> Dimension:
        if isinstance(value, Dimension):
            return value
        return number(int(value)) if isinstance(value, int) else atom_as_size(value)

    @staticmethod
    def build(coefficients: Mapping[Monomial, int]) -> Dimension:
        """The sum of products, each times its factor; the factor of `()` is the constant."""
        terms = [(m, factor) for m, factor in coefficients.items() if factor and m]
        terms.sort(key=lambda term: order_of(term[0]))
        return Dimension(coefficients.get((), 0), tuple(terms))

    @cached_property
    def items(self) -> tuple[tuple[Monomial, int], ...]:
        """The terms, the highest first, and the constant, unless it is 0, as one of them."""
        return (*self.terms, ((), self.constant)) if self.constant else self.terms

    @cached_property
    def order(self) -> tuple[Any, ...]:
        return tuple((order_of(monomial), factor) for monomial, factor in self.terms), self.constant

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """Every atom, at any depth."""
        here = {atom for monomial, _ in self.terms for atom in monomial}
        inner = (p.atoms for atom in here if isinstance(atom, Operation) for p in atom.parts)
        return frozenset(here).union(*inner)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(a for m, _ in self.terms for a in m if isinstance(a, Operation))

    @cached_property
    def weight(self) -> int:
        return len(self.items) + sum(operation.weight for operation in self.operations)

    @cached_property
    def depth(self) -> int:
        return max((operation.depth for operation in self.operations), default=0)

    @cached_property
    def _hash(self) -> int:
        return hash((self.constant, self.terms)) if self.terms else hash(self.constant)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, int):
            return not self.terms and self.constant == other
        if not isinstance(other, Dimension):
            return NotImplemented
        return self.constant == other.constant and self.terms == other.terms

    def as_int(self) -> int | None:
        return None if self.terms else self.constant

    @property
    def atom(self) -> Atom | None:
        """The atom that this is, and nothing else."""
        if self.constant or len(self.terms) != 1 or self.terms[0][1] != 1:
            return None
        monomial = self.terms[0][0]
        return monomial[0] if len(monomial) == 1 else None

    def symbols(self) -> frozenset[Symbol]:
        return self._symbols

    @cached_property
    def _symbols(self) -> frozenset[Symbol]:
        return frozenset(atom for atom in self.atoms if isinstance(atom, Symbol))

    def __neg__(self) -> Dimension:
        return self * -1

    def __add__(self, other: Size) -> Dimension:
        if not isinstance(other, Dimension):
            other = Dimension.of(other)
        if not other.terms and not other.constant:
            return self
        if not self.terms and not other.terms:
            return number(self.constant + other.constant)
        if not self.terms or not other.terms:
            return Dimension(self.constant + other.constant, self.terms or other.terms)
        total = dict(self.items)
        for monomial, factor in other.items:
            total[monomial] = total.get(monomial, 0) + factor
        return Dimension.build(total)

    def __sub__(self, other: Size) -> Dimension:
        if isinstance(other, int):
            return self + -other
        other = Dimension.of(other)
        return self + (other * -1 if other.terms else -other.constant)

    def __mul__(self, other: Size) -> Dimension:
        if not isinstance(other, Dimension):
            other = Dimension.of(other)
        if self.terms and other.terms:
            total: dict[Monomial, int] = {}
            for left, a in self.items:
                for right, b in other.items:
                    monomial = times(left, right)
                    total[monomial] = total.get(monomial, 0) + a * b
            return Dimension.build(total)
        if not self.terms and not other.terms:
            return number(self.constant * other.constant)
        body, factor = (self, other.constant) if self.terms else (other, self.constant)
        if factor == 1:
            return body
        terms = tuple((monomial, each * factor) for monomial, each in body.terms) if factor else ()
        return Dimension(body.constant * factor, terms)

    def __pow__(self, exponent: int) -> Dimension:
        if exponent < 0:
            raise ValueError("a size has no negative powers")
        longest = MAX_DEGREE if self.terms else MAX_COEFFICIENT.bit_length()
        if exponent > longest and (self.terms or abs(self.constant) > 1):
            raise TooLarge("a power is too large")
        if not self.terms:
            return Dimension(self.constant**exponent)
        return product([self] * exponent)

    def __floordiv__(self, other: Size) -> Dimension:
        return _division.floor_divide(self, Dimension.of(other))

    def __mod__(self, other: Size) -> Dimension:
        return _division.modulo(self, Dimension.of(other))

    def __rsub__(self, other: Size) -> Dimension:
        return Dimension.of(other) - self

    def __rfloordiv__(self, other: Size) -> Dimension:
        return _division.floor_divide(Dimension.of(other), self)

    def __rmod__(self, other: Size) -> Dimension:
        return _division.modulo(Dimension.of(other), self)

    __radd__ = __add__
    __rmul__ = __mul__

    def substitute(self, values: Mapping[Any, Size]) -> Dimension:
        """With symbols, or whole atoms, replaced by what meets the symbols' minimums."""
        if not self.terms or not any(atom in values for atom in self.atoms):
            return self
        total = Dimension(self.constant)
        for monomial, factor in self.terms:
            total += product(_substituted(atom, values) for atom in monomial) * factor
        return total

    def evaluate(self, values: Mapping[Symbol, int]) -> int:
        """Its value; ZeroDivisionError where it has none."""
        return sum(
            factor * math.prod(_evaluated(atom, values) for atom in monomial)
            for monomial, factor in self.items
        )

    def __str__(self) -> str:
        """As it would be written: what is added before what is taken away, the constant last."""
        if not self.terms:
            return str(self.constant)
        if self.atom is not None:
            return str(self.atom)
        items = sorted(self.terms, key=lambda term: term[1] < 0)
        if self.constant:
            first = self.constant > 0 and all(factor < 0 for _, factor in items)
            items.insert(0 if first else len(items), ((), self.constant))
        text = ""
        for monomial, factor in items:
            sign = "-" if factor < 0 else "+"
            text += f" {sign} " if text else sign.strip("+")
            text += _spelled(monomial, abs(factor), brackets=text == "-")
        return text

    def __repr__(self) -> str:
        return f"<{self}>"


Size: TypeAlias = Dimension | Symbol | int


_NUMBERS: dict[int, Dimension] = {}
"""Those below `_FEW` that were asked for: most sizes of a program are a few numbers."""

_FEW = 10_000


def number(value: int) -> Dimension:
    """An integer that is known."""
    found = _NUMBERS.get(value)
    if found is None:
        found = Dimension(value)
        if 0 <= value < _FEW:
            _NUMBERS[value] = found
    return found


def plain(size: Dimension) -> Dimension | int:
    """The size as a number of Python's, with which more is done sooner, if it is one."""
    return size if size.terms else size.constant


def symbol(name: str, minimum: int | None = 1) -> Dimension:
    return Dimension.of(Symbol(name, minimum))


def product(sizes: Iterable[Size]) -> Dimension:
    result = Dimension(1)
    for size in sizes:
        result = result * size
    return result


def maximum(*sizes: Size) -> Dimension:
    return _division.extreme(Max, sizes)


def minimum(*sizes: Size) -> Dimension:
    return _division.extreme(Min, sizes)


def _spelled(monomial: Monomial, factor: int, brackets: bool) -> str:
    """A product of positive factor; `brackets` are what a lone `a // b` needs as well."""
    runs = [(atom, len(list(run))) for atom, run in groupby(monomial)]
    brackets = brackets or factor != 1 or len(monomial) > 1
    texts = [str(factor)] if factor != 1 or not runs else []
    for atom, power in runs:
        text = f"({atom})" if brackets and isinstance(atom, Division) else str(atom)
        texts.append(f"{text} ** {power}" if power > 1 else text)
    return " * ".join(texts)


def _substituted(atom: Atom, values: Mapping[Any, Size]) -> Dimension:
    if atom in values:
        return Dimension.of(values[atom])
    match atom:
        case FloorDiv():
            return atom.numerator.substitute(values) // atom.denominator.substitute(values)
        case Mod():
            return atom.numerator.substitute(values) % atom.denominator.substitute(values)
        case Max() | Min():
            return _division.extreme(
                type(atom), [each.substitute(values) for each in atom.operands]
            )
    return atom_as_size(atom)


def _evaluated(atom: Atom, values: Mapping[Symbol, int]) -> int:
    if isinstance(atom, Symbol):
        return values[atom]
    parts = [part.evaluate(values) for part in atom.parts]
    match atom:
        case FloorDiv():
            return parts[0] // parts[1]
        case Mod():
            return parts[0] % parts[1]
        case Max():
            return max(parts)
        case Min():
            return min(parts)


def atom_as_size(atom: Atom) -> Dimension:
    if isinstance(atom, Operation) and (atom.weight > MAX_TERMS or atom.depth > MAX_DEPTH):
        raise TooLarge("a size is too large")
    return Dimension(0, (((atom,), 1),))


import netdsl.shapes.division as _division  # noqa: E402  it needs what is above
