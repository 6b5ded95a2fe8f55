"""What is known of sizes, and what follows from it for all sizes that meet it.

Answers are sound: `Truth.ALWAYS` and `Truth.NEVER` hold for all values of the symbols that meet
their minimums and the facts, as far as both sides are defined. They are not complete. Facts never
change; what is assumed makes new ones, or None if it cannot be. An assumption that is too large to
work with is forgotten.

>>> from netdsl.shapes.dimension import symbol
>>> d, heads = symbol("d"), symbol("heads")
>>> equal(d // heads * heads, d).name
'SOMETIMES_OR_UNKNOWN'
>>> facts = NO_FACTS.assume_divides(heads, d)
>>> facts and equal(d // heads * heads, d, facts).name
'ALWAYS'
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TypeAlias

from netdsl.records import Frozen, field, replace
from netdsl.shapes.atoms import Atom, FloorDiv, Mod, Symbol
from netdsl.shapes.dimension import Dimension, Size
from netdsl.shapes.division import exact_quotient, primitive
from netdsl.shapes.linear import linear_forms, quotient_symbol
from netdsl.shapes.questions import (
    MAX_WORK,
    Known,
    Test,
    Truth,
    answer,
    nonnegative,
    zero,
)
from netdsl.shapes.ranges import Work, bounds

FEW_FACTS, MANY_FACTS = 16, 64
"""From how many facts on a question is answered by those that have to do with it, and by how many
of these: the nearest."""

_SOLVED_PER_STEP, _UNSOLVED_PER_STEP = 32, 256

Divisible: TypeAlias = tuple[Dimension, Dimension]
"""What divides, and what it divides."""


class Facts(Frozen, slots=False):
    """Symbols that are known, and what else holds, with the known symbols replaced."""

    solved: Mapping[Symbol, Dimension] = field(default_factory=dict)
    equations: tuple[Dimension, ...] = ()
    """What is 0."""
    divisible: tuple[Divisible, ...] = ()
    """What divides what."""
    nonnegative: tuple[Dimension, ...] = ()

    def resolve(self, size: Size) -> Dimension:
        """The size by what is known; itself if that would be too large."""
        size = Dimension.of(size)
        if not size.terms:
            return size
        try:
            return self._tidied(size.substitute(self.solved))
        except ArithmeticError:
            return size

    def bounds(self, size: Size) -> tuple[int | None, int | None]:
        size = self.resolve(size)
        return bounds(size, self._about(size.symbols()).nonnegative, Work(MAX_WORK))

    def assume_equal(self, a: Size, b: Size) -> Facts | None:
        """With a symbol replaced, a flexible one first, if the equation can be solved for one."""
        try:
            return self._with_equation(self.resolve(a) - self.resolve(b))
        except ArithmeticError:
            return self

    def assume_less_equal(self, a: Size, b: Size) -> Facts | None:
        try:
            difference = self.resolve(b) - self.resolve(a)
            truth = less_equal(0, difference, self)
            if truth is not Truth.SOMETIMES_OR_UNKNOWN:
                return self if truth is Truth.ALWAYS else None
            common = math.gcd(*(factor for _, factor in difference.terms))
            least = Dimension.build({m: factor // common for m, factor in difference.items})
            return replace(self, nonnegative=(*self.nonnegative, least))
        except ArithmeticError:
            return self

    def assume_divides(self, k: Size, n: Size) -> Facts | None:
        try:
            k, n = self.resolve(k), self.resolve(n)
            if k == 0:
                return self._with_equation(n)
            truth = divides(k, n, self)
            if truth is not Truth.SOMETIMES_OR_UNKNOWN:
                return self if truth is Truth.ALWAYS else None
            n = -n if n.items[0][1] < 0 else n
            return replace(self, divisible=(*self.divisible, (k, n)))
        except ArithmeticError:
            return self

    def _with_equation(self, value: Dimension) -> Facts | None:
        truth = equal(value, 0, self)
        if truth is not Truth.SOMETIMES_OR_UNKNOWN:
            return self if truth is Truth.ALWAYS else None
        value = primitive(value)
        linear = list(linear_forms(value))
        solutions = [each for each in linear if each.solvable]
        if solutions:
            best = min(solutions, key=lambda each: each.rank)
            divided = self.assume_divides(best.factor, best.rest)
            return divided and divided._with_solution(best.unknown, best.value)
        facts: Facts | None = replace(self, equations=(*self.equations, value))
        for each in linear:
            if not each.factor.terms:
                facts = facts and facts.assume_divides(each.factor, each.rest)
        return facts

    def _with_solution(self, unknown: Symbol, value: Dimension) -> Facts | None:
        """With a symbol replaced in everything that is known, which may solve more."""
        values = {unknown: value}
        solved = {each: known.substitute(values) for each, known in self.solved.items()}
        changed = self._places.get(unknown, [])
        kept = sorted(set(range(len(self._unsolved))) - set(changed))
        facts: Facts | None = replace(self._some(kept), solved={**solved, unknown: value})
        if unknown.minimum is not None and facts:
            facts = facts.assume_less_equal(unknown.minimum, value)
        again = self._some(changed)
        for each in again.nonnegative:
            facts = facts and facts.assume_less_equal(0, each)
        for k, n in again.divisible:
            facts = facts and facts.assume_divides(k, n)
        for each in again.equations:
            facts = facts and facts.assume_equal(each, 0)
        return facts

    def _tidied(self, size: Dimension) -> Dimension:
        """With `k * (n // k)` as n, and `n % k` as 0, where k divides n."""
        if not self.divisible:
            return size
        whole = [
            atom
            for atom in sorted(size.atoms, key=lambda each: each.order)
            if isinstance(atom, FloorDiv | Mod)
            and divides(atom.denominator, atom.numerator, self) is Truth.ALWAYS
        ]
        size = size.substitute({atom: 0 for atom in whole if isinstance(atom, Mod)})
        for atom in whole:
            times = Dimension.of(atom) * atom.denominator
            for monomial, factor in size.terms:
                term = Dimension.build({monomial: factor})
                quotient = exact_quotient(term, times) if atom in monomial else None
                if quotient is not None:
                    size += quotient * atom.numerator - term
        return size

    # ---- questions -----------------------------------------------------------

    @cached_property
    def burden(self) -> int:
        """How many steps one costs that has to go over all of this."""
        return len(self.solved) // _SOLVED_PER_STEP + len(self._unsolved) // _UNSOLVED_PER_STEP

    @cached_property
    def _unsolved(self) -> tuple[Dimension | Divisible, ...]:
        return (*self.equations, *self.divisible, *self.nonnegative)

    @cached_property
    def _places(self) -> Mapping[Symbol, list[int]]:
        """Which of the facts that are not solved each symbol is in."""
        found: dict[Symbol, list[int]] = {}
        for place, fact in enumerate(self._unsolved):
            for each in _symbols(fact):
                found.setdefault(each, []).append(place)
        return found

    def _some(self, places: Iterable[int]) -> Facts:
        """The facts at some places, which come in order, without what is solved."""
        first = len(self.equations)
        second = first + len(self.divisible)
        wanted = list(places)
        one, two = bisect_left(wanted, first), bisect_left(wanted, second)
        return Facts(
            {},
            tuple(self.equations[at] for at in wanted[:one]),
            tuple(self.divisible[at - first] for at in wanted[one:two]),
            tuple(self.nonnegative[at - second] for at in wanted[two:]),
        )

    def _about(self, symbols: Iterable[Symbol]) -> Facts:
        """The facts that have to do with some symbols: they share one, or share one with such a
        fact. Of many the nearest, and of these the last."""
        if len(self._unsolved) <= FEW_FACTS:
            return self
        found: set[int] = set()
        waiting = deque(_sorted(symbols))
        seen = set(waiting)
        while waiting and len(found) < MANY_FACTS:
            for place in reversed(self._places.get(waiting.popleft(), ())):
                if place in found:
                    continue
                found.add(place)
                if len(found) == MANY_FACTS:
                    break
                new = _symbols(self._unsolved[place]) - seen
                seen |= new
                waiting += _sorted(new)
        return self._some(sorted(found))

    def _prepared(self, *sizes: Dimension) -> tuple[list[Dimension], Known]:
        """Sizes as questions are asked of them, and what is known of them."""
        solved = [each.substitute(self.solved) for each in sizes]
        about = self._about(symbol for each in solved for symbol in each.symbols())
        quotients, known = _known(about.equations, about.divisible, about.nonnegative)
        return [each.substitute(quotients) for each in solved], known

    def _answer(self, test: Test, size: Dimension) -> Truth:
        (size,), known = self._prepared(size)
        if not self._unsolved:
            return answer(test, size, known)
        asked = test, size
        if asked not in self._answers:
            self._answers[asked] = answer(test, size, known)
        return self._answers[asked]

    @cached_property
    def _answers(self) -> dict[tuple[Test, Dimension], Truth]:
        """What was asked already: whoever assumes something has mostly asked for it before."""
        return {}


def _symbols(fact: Dimension | Divisible) -> frozenset[Symbol]:
    if isinstance(fact, Dimension):
        return fact.symbols()
    k, n = fact
    return k.symbols() | n.symbols()


def _sorted(symbols: Iterable[Symbol]) -> list[Symbol]:
    return sorted(symbols, key=lambda each: each.order)


@lru_cache(maxsize=256)
def _known(
    equations: tuple[Dimension, ...],
    divisible: tuple[Divisible, ...],
    nonnegative: tuple[Dimension, ...],
) -> tuple[dict[Symbol, Dimension], Known]:
    """Symbols written with the quotients that divisibilities say there are, and the rest."""
    quotients: dict[Symbol, Dimension] = {}
    known = Known(equations, nonnegative)
    for k, n in divisible:
        found = quotient_symbol(k.substitute(quotients), n.substitute(quotients))
        if found is None:
            continue
        unknown, value = found
        values: dict[Atom, Dimension] = {unknown: value}
        quotients = {each: old.substitute(values) for each, old in quotients.items()}
        quotients[unknown] = value
        known = known.substitute(values)
        if unknown.minimum is not None:
            known = known.given(value - unknown.minimum)
    rest = [
        each if each is old else primitive(each)
        for each, old in zip(known.equations, equations, strict=True)
    ]
    for k, n in divisible:
        k, n = k.substitute(quotients), n.substitute(quotients)
        rest += [n % k, n // k * k - n]
    rest = [each for each in dict.fromkeys(rest) if each.terms]
    return quotients, replace(known, equations=tuple(rest))


NO_FACTS = Facts()


def _decided(holds: bool) -> Truth:
    """Of numbers it is known."""
    return Truth.ALWAYS if holds else Truth.NEVER


def equal(a: Size, b: Size, facts: Facts = NO_FACTS) -> Truth:
    a, b = Dimension.of(a), Dimension.of(b)
    if not a.terms and not b.terms:
        return _decided(a.constant == b.constant)
    try:
        return facts._answer(zero, a - b)
    except ArithmeticError:
        return Truth.SOMETIMES_OR_UNKNOWN


def less_equal(a: Size, b: Size, facts: Facts = NO_FACTS) -> Truth:
    a, b = Dimension.of(a), Dimension.of(b)
    if not a.terms and not b.terms:
        return _decided(a.constant <= b.constant)
    try:
        return facts._answer(nonnegative, b - a)
    except ArithmeticError:
        return Truth.SOMETIMES_OR_UNKNOWN


def positive(a: Size, facts: Facts = NO_FACTS) -> Truth:
    return less_equal(1, a, facts)


def divides(k: Size, n: Size, facts: Facts = NO_FACTS) -> Truth:
    """Whether n is a multiple of k; 0 divides only 0."""
    try:
        (k, n), known = facts._prepared(Dimension.of(k), Dimension.of(n))
        if k == 0:
            return answer(zero, n, known)
        if exact_quotient(n, k) is not None:
            return Truth.ALWAYS
        if zero(k, known, Work(MAX_WORK)) is not Truth.NEVER:
            return Truth.SOMETIMES_OR_UNKNOWN
        return answer(zero, known.reduce(n, Work(MAX_WORK)) % k, known)
    except ArithmeticError:
        return Truth.SOMETIMES_OR_UNKNOWN


def divide_exactly(n: Size, k: Size, facts: Facts = NO_FACTS) -> Dimension | None:
    """n / k, wherever k is not 0; None unless k is known to divide n."""
    try:
        n, k = facts.resolve(n), facts.resolve(k)
        quotient = exact_quotient(n, k)
        if quotient is None and k != 0 and divides(k, n, facts) is Truth.ALWAYS:
            quotient = facts.resolve(n // k)
        return quotient
    except ArithmeticError:
        return None
