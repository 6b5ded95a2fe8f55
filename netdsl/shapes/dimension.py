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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

MAX_TERMS = 200
"""Of how many terms a dimension may be made, and the operands of an atom with all they hold."""

MAX_DEGREE = 12
MAX_DEPTH = 16
MAX_OPERANDS = 16
MAX_COEFFICIENT = 2**256


class TooLarge(ArithmeticError):
    """An expression beyond the limits above: nothing can be said of it."""


@dataclass(frozen=True)
class Symbol:
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


class _Operation:
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


@dataclass(frozen=True)
class _Division(_Operation):
    numerator: Dimension
    denominator: Dimension

    @property
    def parts(self) -> tuple[Dimension, ...]:
        return (self.numerator, self.denominator)

    def _spelled(self, sign: str) -> str:
        left, right = str(self.numerator), str(self.denominator)
        if len(self.numerator.items) > 1 or isinstance(self.numerator.atom, _Division):
            left = f"({left})"
        if not right.isalnum() and not isinstance(self.denominator.atom, Symbol | _Extreme):
            right = f"({right})"
        return f"{left} {sign} {right}"


class FloorDiv(_Division):
    """`numerator // denominator`."""

    def __str__(self) -> str:
        return self._spelled("//")


class Mod(_Division):
    """`numerator % denominator`."""

    def __str__(self) -> str:
        return self._spelled("%")


@dataclass(frozen=True)
class _Extreme(_Operation):
    operands: tuple[Dimension, ...]

    @property
    def parts(self) -> tuple[Dimension, ...]:
        return self.operands

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}({', '.join(map(str, self.operands))})"


class Max(_Extreme):
    """The largest of its operands."""


class Min(_Extreme):
    """The smallest of its operands."""


Atom: TypeAlias = Symbol | FloorDiv | Mod | Max | Min
Monomial: TypeAlias = tuple[Atom, ...]


def _order(monomial: Monomial) -> tuple[int, tuple[Any, ...]]:
    """High degrees first, then by name. This is an order in which polynomials can be divided."""
    return -len(monomial), tuple(atom.order for atom in monomial)


def _times(left: Monomial, right: Monomial) -> Monomial:
    return tuple(sorted(left + right, key=lambda a: a.order)) if left and right else left or right


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """What is left of a product when `part` is taken out; None if it is not in there."""
    if not part:
        return monomial
    left, taken = Counter(monomial), Counter(part)
    return tuple((left - taken).elements()) if taken <= left else None


@dataclass(frozen=True, eq=False, repr=False)
class Dimension:
    """An integer, or an integer expression. Its operators take integers and symbols too."""

    constant: int = 0
    terms: tuple[tuple[Monomial, int], ...] = ()

    def __post_init__(self) -> None:
        if not -MAX_COEFFICIENT < self.constant < MAX_COEFFICIENT:
            raise TooLarge("a number is too large")
        if self.terms and (
            len(self.terms) > MAX_TERMS
            or len(self.terms[0][0]) > MAX_DEGREE
            or any(abs(factor) >= MAX_COEFFICIENT for _, factor in self.terms)
        ):
            raise TooLarge("a size has too many terms")

    @staticmethod
    def of(value: Size | Atom) -> Dimension:
        if isinstance(value, Dimension):
            return value
        return Dimension(int(value)) if isinstance(value, int) else _atom(value)

    @staticmethod
    def build(coefficients: Mapping[Monomial, int]) -> Dimension:
        """The sum of products, each times its factor; the factor of `()` is the constant."""
        terms = [(m, factor) for m, factor in coefficients.items() if factor and m]
        terms.sort(key=lambda term: _order(term[0]))
        return Dimension(coefficients.get((), 0), tuple(terms))

    @cached_property
    def items(self) -> tuple[tuple[Monomial, int], ...]:
        """The terms, the highest first, and the constant, unless it is 0, as one of them."""
        return (*self.terms, ((), self.constant)) if self.constant else self.terms

    @cached_property
    def order(self) -> tuple[Any, ...]:
        return tuple((_order(monomial), factor) for monomial, factor in self.terms), self.constant

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """Every atom, at any depth."""
        here = {atom for monomial, _ in self.terms for atom in monomial}
        inner = (p.atoms for atom in here if isinstance(atom, _Operation) for p in atom.parts)
        return frozenset(here).union(*inner)

    @cached_property
    def operations(self) -> tuple[_Operation, ...]:
        return tuple(a for m, _ in self.terms for a in m if isinstance(a, _Operation))

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
        return frozenset(atom for atom in self.atoms if isinstance(atom, Symbol))

    def __neg__(self) -> Dimension:
        return self * -1

    def __add__(self, other: Size) -> Dimension:
        if not isinstance(other, Dimension):
            other = Dimension.of(other)
        if not self.terms or not other.terms:
            return Dimension(self.constant + other.constant, self.terms or other.terms)
        total = dict(self.items)
        for monomial, factor in other.items:
            total[monomial] = total.get(monomial, 0) + factor
        return Dimension.build(total)

    def __sub__(self, other: Size) -> Dimension:
        return self + -other if isinstance(other, int) else self + Dimension.of(other) * -1

    def __mul__(self, other: Size) -> Dimension:
        if not isinstance(other, Dimension):
            other = Dimension.of(other)
        if self.terms and other.terms:
            total: dict[Monomial, int] = {}
            for left, a in self.items:
                for right, b in other.items:
                    monomial = _times(left, right)
                    total[monomial] = total.get(monomial, 0) + a * b
            return Dimension.build(total)
        body, factor = (self, other.constant) if self.terms else (other, self.constant)
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
        return _floor_divide(self, Dimension.of(other))

    def __mod__(self, other: Size) -> Dimension:
        return _modulo(self, Dimension.of(other))

    def __rsub__(self, other: Size) -> Dimension:
        return Dimension.of(other) - self

    def __rfloordiv__(self, other: Size) -> Dimension:
        return _floor_divide(Dimension.of(other), self)

    def __rmod__(self, other: Size) -> Dimension:
        return _modulo(Dimension.of(other), self)

    __radd__ = __add__
    __rmul__ = __mul__

    def substitute(self, values: Mapping[Any, Size]) -> Dimension:
        """With symbols, or whole atoms, replaced by what meets the symbols' minimums."""
        if self.atoms.isdisjoint(values):
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
        items = sorted(self.terms, key=lambda term: term[1] < 0)
        if self.constant:
            first = self.constant > 0 and all(factor < 0 for _, factor in items)
            items.insert(0 if first else len(items), ((), self.constant))
        text = ""
        for monomial, factor in items:
            sign = "-" if factor < 0 else "+"
            text += f" {sign} " if text else sign.strip("+")
            text += _spelled(monomial, abs(factor), brackets=text == "-")
        return text or "0"

    def __repr__(self) -> str:
        return f"<{self}>"


Size: TypeAlias = Dimension | Symbol | int


def symbol(name: str, minimum: int | None = 1) -> Dimension:
    return Dimension.of(Symbol(name, minimum))


def product(sizes: Iterable[Size]) -> Dimension:
    result = Dimension(1)
    for size in sizes:
        result = result * size
    return result


def maximum(*sizes: Size) -> Dimension:
    return _extreme(Max, sizes)


def minimum(*sizes: Size) -> Dimension:
    return _extreme(Min, sizes)


def _spelled(monomial: Monomial, factor: int, brackets: bool) -> str:
    """A product of positive factor; `brackets` are what a lone `a // b` needs as well."""
    runs = [(atom, len(list(run))) for atom, run in groupby(monomial)]
    brackets = brackets or factor != 1 or len(monomial) > 1
    texts = [str(factor)] if factor != 1 or not runs else []
    for atom, power in runs:
        text = f"({atom})" if brackets and isinstance(atom, _Division) else str(atom)
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
            return _extreme(type(atom), [each.substitute(values) for each in atom.operands])
    return _atom(atom)


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


def _atom(atom: Atom) -> Dimension:
    if isinstance(atom, _Operation) and (atom.weight > MAX_TERMS or atom.depth > MAX_DEPTH):
        raise TooLarge("a size is too large")
    return Dimension(0, (((atom,), 1),))


def _floor_divide(n: Dimension, d: Dimension) -> Dimension:
    """`n // d`: what divides is taken out, then common factors go, then what the bounds tell."""
    if not d.terms:
        if not n.terms or not d.constant:
            return Dimension(n.constant // d.constant)
        if d.constant == 1:
            return n
    if not n.items:
        return n
    if d.items[0][1] < 0:
        return _floor_divide(-n, -d)
    positive = _at_least(d, 1)
    if positive or _at_least(-d, 1):
        whole, rest = _divide(n, d)
        if whole != 0:
            return whole + _floor_divide(rest, d)
    common, smaller, divisor, _ = _cancelled(n, d, positive)
    if common != 1:
        return _floor_divide(smaller, divisor)
    if positive:
        known = _constant_quotient(n, d)
        if known is not None:
            return Dimension(known)
        for monomial, factor in n.terms:
            inner = monomial[0]
            if len(monomial) > 1:
                continue
            if isinstance(inner, Mod) and inner.denominator == d:
                # a % d is a - a // d * d.
                moved = n + (inner.numerator - _atom(inner)) * factor
                return _floor_divide(moved, d) - _floor_divide(inner.numerator, d) * factor
            if isinstance(inner, FloorDiv) and len(n.terms) == factor == 1:
                # (a // b + c) // d is (a + b * c) // (b * d).
                return (inner.numerator + inner.denominator * n.constant) // (inner.denominator * d)
    return _atom(FloorDiv(n, d))


def _modulo(n: Dimension, d: Dimension) -> Dimension:
    """`n % d`, in the same steps."""
    if not d.terms and (not n.terms or not d.constant):
        return Dimension(n.constant % d.constant)
    if not n.items:
        return n
    if d.items[0][1] < 0:
        return -_modulo(-n, -d)
    positive = _at_least(d, 1)
    if positive or _at_least(-d, 1):
        _, n = _divide(n, d)
    if not d.terms:
        # The factor nearest to 0, so that -x % 7 is not 6 * x % 7.
        half = (d.constant - 1) // 2
        near = {m: (f + half) % d.constant - half for m, f in n.terms}
        n = Dimension.build({**near, (): n.constant})
    common, smaller, divisor, left = _cancelled(n, d, positive)
    if common != 1:
        return common * _modulo(smaller, divisor) + left
    known = _constant_quotient(n, d) if positive else None
    if known is not None:
        return n - d * known
    for monomial, factor in n.terms:
        inner = monomial[0]
        if len(monomial) > 1 or not isinstance(inner, Mod):
            continue
        if exact_quotient(inner.denominator * factor, d) is not None:
            # (a % (b * d)) % d is a % d.
            return _modulo(n + (inner.numerator - _atom(inner)) * factor, d)
    return _atom(Mod(n, d))


def exact_quotient(n: Dimension, d: Dimension) -> Dimension | None:
    """The polynomial q with q * d = n, if there is one."""
    if d == 0:
        return None
    whole, rest = _divide(n, d)
    return whole if rest == 0 else None


def _divide(n: Dimension, d: Dimension) -> tuple[Dimension, Dimension]:
    """Some whole, rest with n = whole * d + rest: each term that d divides is taken out if d is
    one product; otherwise the rest is a number or the whole is 0."""
    (lead, divisor), *others = d.items
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    if not others:
        for monomial, factor in n.items:
            left = _without(monomial, lead)
            if left is None or (monomial and factor % divisor):
                rest[monomial] = factor
            else:
                whole[left] = factor // divisor
                rest[monomial] = factor % divisor
        return Dimension.build(whole), Dimension.build(rest)
    work = n
    while work.terms:
        monomial, factor = work.terms[0]
        left = _without(monomial, lead)
        if left is None or factor % divisor:
            return Dimension(0), n
        whole[left] = factor // divisor
        work -= Dimension.build({left: factor // divisor}) * d
    return Dimension.build(whole), work


def _cancelled(
    n: Dimension, d: Dimension, positive: bool
) -> tuple[Dimension, Dimension, Dimension, int]:
    """common, n', d', left with n = common * n' + left and d = common * d', 0 <= left < common."""
    common = math.gcd(*(factor for _, factor in (*n.terms, *d.items)))
    if not positive:
        common = math.gcd(common, n.constant)
    left = n.constant % common
    shared = Counter(d.items[0][0])
    for each, _ in (*n.items, *d.items[1:]):
        shared &= Counter(each)
    monomial = tuple(atom for atom in shared.elements() if _nonzero(atom))
    if common == 1 and not monomial:
        return Dimension(1), n, d, 0

    def smaller(dimension: Dimension) -> Dimension:
        parts = ((_without(each, monomial), factor // common) for each, factor in dimension.items)
        return Dimension.build({each: factor for each, factor in parts if each is not None})

    return Dimension.build({monomial: common}), smaller(n), smaller(d), left


def primitive(value: Dimension) -> Dimension:
    """Without the factors of all its terms that are known not to be 0."""
    return _cancelled(value, value, False)[1] if value.items else value


def _nonzero(atom: Atom) -> bool:
    return _at_least(_atom(atom), 1) or _at_least(-_atom(atom), 1)


def _constant_quotient(n: Dimension, d: Dimension) -> int | None:
    """What n // d is, for a positive d, if that is a number."""
    low, high = bounds(n)
    if not d.terms:
        same = low is not None and high is not None and low // d.constant == high // d.constant
        return low // d.constant if low is not None and same else None
    for known in (0, -1):
        if _at_least(n - d * known, 0) and _at_least(d * (known + 1) - n, 1):
            return known
    return None


def _at_least(dimension: Dimension, number: int) -> bool:
    low, _ = bounds(dimension)
    return low is not None and low >= number


def _extreme(kind: type[Max] | type[Min], sizes: Iterable[Size]) -> Dimension:
    """The largest or smallest: what another operand makes superfluous is left out."""
    operands: list[Dimension] = []
    for size in map(Dimension.of, sizes):
        atom = size.atom
        operands += atom.operands if isinstance(atom, kind) else [size]
    if not operands:
        raise ValueError("the largest of no sizes")
    numbers = [each.constant for each in operands if not each.terms]
    kept = [each for each in dict.fromkeys(operands) if each.terms]
    if numbers:
        kept.append(Dimension(max(numbers) if kind is Max else min(numbers)))
    if len(kept) > MAX_OPERANDS:
        raise TooLarge("the largest of too many sizes")
    for each in tuple(kept):
        others = (other for other in kept if other is not each)
        sign = 1 if kind is Max else -1
        if any(_at_least((other - each) * sign, 0) for other in others):
            kept.remove(each)
    if len(kept) == 1:
        return kept[0]
    return _atom(kind(tuple(sorted(kept, key=lambda each: (not each.terms, each.order)))))


Bound: TypeAlias = int | float
"""An integer, or an infinity."""

Range: TypeAlias = tuple[Bound, Bound]
_ANY: Range = (-math.inf, math.inf)


def bounds(dimension: Size, assumptions: Iterable[Dimension] = ()) -> tuple[int | None, int | None]:
    """The least and the greatest that it can be, as far as known, if every assumption is >= 0.

    >>> bounds((symbol("H") - 1) // 2 + 3)
    (3, None)
    >>> bounds(symbol("H") - symbol("k"), [symbol("H") - symbol("k") - 4])
    (4, None)
    """
    dimension = Dimension.of(dimension)
    low, high = _Ranges(assumptions).of(dimension) if dimension.terms else [dimension.constant] * 2
    return (
        low if isinstance(low, int) else None,
        high if isinstance(high, int) else None,
    )


class _Ranges:
    """Ranges of dimensions under assumptions; what an atom's is, is worked out once."""

    def __init__(self, assumptions: Iterable[Dimension]) -> None:
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
                if monomial not in factors:
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
            moved += product(_atom(atom) + moves.get(atom, 0) for atom in monomial) * factor
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
        this = _atom(atom)
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
