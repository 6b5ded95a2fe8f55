"""`//`, `%`, `max` and `min` of dimensions: as much of each as can be worked out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from netdsl.shapes.atoms import Atom, FloorDiv, Max, Min, Mod, Monomial, without
from netdsl.shapes.dimension import MAX_OPERANDS, Dimension, Size, TooLarge, atom_as_size, number
from netdsl.shapes.ranges import bounds


@lru_cache(maxsize=1000)  # a network divides few sizes, many times
def floor_divide(n: Dimension, d: Dimension) -> Dimension:
    """`n // d`: what divides is taken out, then common factors go, then what the bounds tell."""
    if not d.terms:
        if not n.terms or not d.constant:
            return number(n.constant // d.constant)
        if d.constant == 1:
            return n
    if not n.items:
        return n
    if d.items[0][1] < 0:
        return floor_divide(-n, -d)
    positive = _at_least(d, 1)
    if positive or _at_least(-d, 1):
        whole, rest = _divide(n, d)
        if whole != 0:
            return whole + floor_divide(rest, d)
    common, smaller, divisor, _ = _cancelled(n, d, positive)
    if common != 1:
        return floor_divide(smaller, divisor)
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
                moved = n + (inner.numerator - atom_as_size(inner)) * factor
                return floor_divide(moved, d) - floor_divide(inner.numerator, d) * factor
            if isinstance(inner, FloorDiv) and len(n.terms) == factor == 1:
                # (a // b + c) // d is (a + b * c) // (b * d).
                return (inner.numerator + inner.denominator * n.constant) // (inner.denominator * d)
    return atom_as_size(FloorDiv(n, d))


@lru_cache(maxsize=1000)
def modulo(n: Dimension, d: Dimension) -> Dimension:
    """`n % d`, in the same steps."""
    if not d.terms and (not n.terms or not d.constant):
        return Dimension(n.constant % d.constant)
    if not n.items:
        return n
    if d.items[0][1] < 0:
        return -modulo(-n, -d)
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
        return common * modulo(smaller, divisor) + left
    known = _constant_quotient(n, d) if positive else None
    if known is not None:
        return n - d * known
    for monomial, factor in n.terms:
        inner = monomial[0]
        if len(monomial) > 1 or not isinstance(inner, Mod):
            continue
        if exact_quotient(inner.denominator * factor, d) is not None:
            # (a % (b * d)) % d is a % d.
            return modulo(n + (inner.numerator - atom_as_size(inner)) * factor, d)
    return atom_as_size(Mod(n, d))


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
            left = without(monomial, lead)
            if left is None or (monomial and factor % divisor):
                rest[monomial] = factor
            else:
                whole[left] = factor // divisor
                rest[monomial] = factor % divisor
        return Dimension.build(whole), Dimension.build(rest)
    work = n
    while work.terms:
        monomial, factor = work.terms[0]
        left = without(monomial, lead)
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
        parts = ((without(each, monomial), factor // common) for each, factor in dimension.items)
        return Dimension.build({each: factor for each, factor in parts if each is not None})

    return Dimension.build({monomial: common}), smaller(n), smaller(d), left


def primitive(value: Dimension) -> Dimension:
    """Without the factors of all its terms that are known not to be 0."""
    return _cancelled(value, value, False)[1] if value.items else value


def _nonzero(atom: Atom) -> bool:
    return _at_least(atom_as_size(atom), 1) or _at_least(-atom_as_size(atom), 1)


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


def extreme(kind: type[Max] | type[Min], sizes: Iterable[Size]) -> Dimension:
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
    return atom_as_size(kind(tuple(sorted(kept, key=lambda each: (not each.terms, each.order)))))
