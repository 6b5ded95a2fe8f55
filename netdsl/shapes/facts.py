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
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from itertools import product as combinations
from typing import TypeAlias

from netdsl import limits
from netdsl.hashing import sha256
from netdsl.records import Frozen, field, replace
from netdsl.shapes.dimension import (
    Atom,
    Dimension,
    FloorDiv,
    Max,
    Min,
    Mod,
    Monomial,
    Size,
    Symbol,
)
from netdsl.shapes.division import exact_quotient, primitive
from netdsl.shapes.ranges import bounds

MAX_CASES = 64
"""Into how many cases a question is split at a time."""

MAX_WORK = 5000
"""How many facts are looked at for one question, over all of its cases."""

MAX_STEPS = 50
"""How often equations are applied to one size."""


class Truth(Enum):
    """Whether something holds for all sizes that meet the facts."""

    ALWAYS = "always"
    NEVER = "never"
    SOMETIMES_OR_UNKNOWN = "sometimes, or unknown"

    def __bool__(self) -> bool:
        raise TypeError("which truth is meant has to be said")


class _Known(Frozen, slots=False):
    """Facts as questions use them: each equation is 0, each of the others is >= 0."""

    equations: tuple[Dimension, ...]
    nonnegative: tuple[Dimension, ...]

    def substitute(self, values: Mapping[Atom, Dimension]) -> _Known:
        return _Known(
            tuple(each.substitute(values) for each in self.equations),
            tuple(each.substitute(values) for each in self.nonnegative),
        )

    def given(self, *nonnegative: Dimension) -> _Known:
        return replace(self, nonnegative=(*self.nonnegative, *nonnegative))

    def reduce(self, value: Dimension, scaled: bool = False) -> Dimension:
        """With multiples of equations taken away, as long as their first products occur; times a
        positive number if `scaled`."""
        for _ in range(MAX_STEPS):
            pairs = combinations(self.equations, value.terms)
            step = next(filter(None, (_step(*pair, scaled) for pair in pairs)), None)
            if step is None:
                break
            scale, less = step
            value = value * scale - less
        return value


def _step(
    equation: Dimension, term: tuple[Monomial, int], scaled: bool
) -> tuple[int, Dimension] | None:
    """A scale, and the multiple of the equation that has the term times that scale."""
    lead, divisor = equation.items[0] if equation.terms else ((), 1)
    scale = abs(divisor) // math.gcd(divisor, term[1]) if scaled else 1
    product = Dimension.build({term[0]: term[1] * scale})
    times = exact_quotient(product, Dimension.build({lead: divisor})) if lead else None
    return (scale, times * equation) if times is not None else None


class Facts(Frozen, slots=False):
    """Symbols that are known, and what else holds, with the known symbols replaced."""

    solved: Mapping[Symbol, Dimension] = field(default_factory=dict)
    equations: tuple[Dimension, ...] = ()
    """What is 0."""
    divisible: tuple[tuple[Dimension, Dimension], ...] = ()
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
        return bounds(self.resolve(size), self.nonnegative)

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
        linear = list(_linear(value))
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
        facts: Facts | None = Facts({**solved, unknown: value})
        if unknown.minimum is not None and facts:
            facts = facts.assume_less_equal(unknown.minimum, value)
        for each in self.nonnegative:
            facts = facts and facts.assume_less_equal(0, each)
        for k, n in self.divisible:
            facts = facts and facts.assume_divides(k, n)
        for each in self.equations:
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

    @cached_property
    def _known(self) -> tuple[dict[Atom, Dimension], _Known]:
        """Symbols written with the quotients that divisibilities say there are, and the rest."""
        quotients: dict[Atom, Dimension] = {}
        known = _Known(self.equations, self.nonnegative)
        for k, n in self.divisible:
            found = _quotient(k.substitute(quotients), n.substitute(quotients))
            if found is None:
                continue
            unknown, value = found
            values: dict[Atom, Dimension] = {unknown: value}
            quotients = {each: old.substitute(values) for each, old in quotients.items()} | values
            known = known.substitute(values)
            if unknown.minimum is not None:
                known = known.given(value - unknown.minimum)
        equations = [primitive(each) for each in known.equations]
        for k, n in self.divisible:
            k, n = k.substitute(quotients), n.substitute(quotients)
            equations += [n % k, n // k * k - n]
        equations = [each for each in dict.fromkeys(equations) if each.terms]
        return quotients, replace(known, equations=tuple(equations))

    def _prepared(self, size: Size) -> Dimension:
        return Dimension.of(size).substitute(self.solved).substitute(self._known[0])


NO_FACTS = Facts()


def _decided(holds: bool) -> Truth:
    """Of numbers it is known."""
    return Truth.ALWAYS if holds else Truth.NEVER


def equal(a: Size, b: Size, facts: Facts = NO_FACTS) -> Truth:
    a, b = Dimension.of(a), Dimension.of(b)
    if not a.terms and not b.terms:
        return _decided(a.constant == b.constant)
    try:
        return _by_cases(_zero, facts._prepared(a - b), facts._known[1])
    except ArithmeticError:
        return Truth.SOMETIMES_OR_UNKNOWN


def less_equal(a: Size, b: Size, facts: Facts = NO_FACTS) -> Truth:
    a, b = Dimension.of(a), Dimension.of(b)
    if not a.terms and not b.terms:
        return _decided(a.constant <= b.constant)
    try:
        return _by_cases(_nonnegative, facts._prepared(b - a), facts._known[1])
    except ArithmeticError:
        return Truth.SOMETIMES_OR_UNKNOWN


def positive(a: Size, facts: Facts = NO_FACTS) -> Truth:
    return less_equal(1, a, facts)


def divides(k: Size, n: Size, facts: Facts = NO_FACTS) -> Truth:
    """Whether n is a multiple of k; 0 divides only 0."""
    try:
        known = facts._known[1]
        k, n = facts._prepared(k), facts._prepared(n)
        if k == 0:
            return _by_cases(_zero, n, known)
        if exact_quotient(n, k) is not None:
            return Truth.ALWAYS
        if _zero(k, known) is not Truth.NEVER:
            return Truth.SOMETIMES_OR_UNKNOWN
        return _by_cases(_zero, known.reduce(n) % k, known)
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


class _Linear(Frozen, slots=False):
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


def _linear(value: Dimension) -> Iterator[_Linear]:
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
            yield _Linear(unknown, factor, rest, place)


def _quotient(k: Dimension, n: Dimension) -> tuple[Symbol, Dimension] | None:
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
        return unknown, k * _fresh(unknown, least)
    common = math.gcd(factor, k.constant)
    modulus = abs(k.constant) // common
    if n.constant % common or modulus < 2:
        return None
    residue = -n.constant // common * pow(factor // common, -1, modulus) % modulus
    return unknown, _split(unknown, modulus, residue)


def _fresh(unknown: Symbol, minimum: int | None) -> Symbol:
    """A symbol that only questions see, in place of another one. It may be in place of such a one
    itself: what tells them apart must not double each time."""
    key = repr(unknown.order)
    if len(key) > 100:
        key = sha256(key.encode()).hexdigest()
    return Symbol(f"{unknown.name}'", minimum, key)


def _split(unknown: Symbol, modulus: int, residue: int) -> Dimension:
    """The integers of that residue from the symbol's minimum on."""
    least = unknown.minimum
    quotient = _fresh(unknown, None if least is None else -((residue - least) // modulus))
    return Dimension.of(quotient) * modulus + residue


def _forms(value: Dimension, known: _Known) -> Iterator[Dimension]:
    """One size, or a positive multiple of it, in the forms that may show what it is."""
    yield value
    if known.equations:
        yield known.reduce(value)
        yield known.reduce(value, scaled=True)
    quotients: dict[Atom, Dimension] = {}
    for atom in value.atoms:
        if isinstance(atom, Mod):
            n, d = atom.parts
            quotients[atom] = n - n // d * d
    if quotients:
        yield known.reduce(value.substitute(quotients), scaled=True)


def _zero(value: Dimension, known: _Known) -> Truth:
    for form in _forms(value, known):
        common = math.gcd(*(factor for _, factor in form.terms))
        low, high = bounds(form, known.nonnegative)
        if low == high == 0:
            return Truth.ALWAYS
        if (common and form.constant % common) or (low or 0) > 0 or (high or 0) < 0:
            return Truth.NEVER
    return Truth.SOMETIMES_OR_UNKNOWN


def _nonnegative(value: Dimension, known: _Known) -> Truth:
    for form in _forms(value, known):
        low, high = bounds(form, known.nonnegative)
        if low is not None and low >= 0:
            return Truth.ALWAYS
        if high is not None and high < 0:
            return Truth.NEVER
    return Truth.SOMETIMES_OR_UNKNOWN


Test: TypeAlias = Callable[[Dimension, _Known], Truth]


def _by_cases(
    test: Test, value: Dimension, known: _Known, depth: int = 2, work: list[int] | None = None
) -> Truth:
    """`work` is what was done for the question so far."""
    limits.tick()
    work = [0] if work is None else work
    work[0] += 1 + len(known.equations) + len(known.nonnegative)
    if work[0] > MAX_WORK:
        return Truth.SOMETIMES_OR_UNKNOWN
    truth = test(value, known)
    if truth is not Truth.SOMETIMES_OR_UNKNOWN or not depth:
        return truth
    answers = set()
    for values, facts in _cases(value):
        case = known.substitute(values).given(*facts)
        if all((bounds(each)[1] or 0) >= 0 for each in case.nonnegative):
            answers.add(_by_cases(test, value.substitute(values), case, depth - 1, work))
        if len(answers) > 1 or Truth.SOMETIMES_OR_UNKNOWN in answers:
            return Truth.SOMETIMES_OR_UNKNOWN
    return answers.pop() if answers else Truth.SOMETIMES_OR_UNKNOWN


def _cases(value: Dimension) -> Iterator[tuple[dict[Atom, Dimension], list[Dimension]]]:
    """What may be put for atoms, and what is >= 0 then: each operand of a `max` or `min`, or the
    residues of the symbols that are divided by numbers."""
    extremes = [atom for atom in value.atoms if isinstance(atom, Max | Min)]
    if extremes:
        inner = min(extremes, key=lambda each: (each.depth, each.order))
        sign = 1 if isinstance(inner, Max) else -1
        for each in inner.operands:
            yield {inner: each}, [(each - other) * sign for other in inner.operands]
        return
    divisions = [
        atom
        for atom in value.atoms
        if isinstance(atom, FloorDiv | Mod) and not atom.denominator.terms
    ]
    modulus = math.lcm(*(each.denominator.constant for each in divisions))
    divided = {s for each in divisions for s in each.numerator.symbols()}
    symbols = sorted(divided, key=lambda each: each.order)
    if symbols and modulus ** len(symbols) <= MAX_CASES:
        for residues in combinations(range(modulus), repeat=len(symbols)):
            pairs = zip(symbols, residues, strict=True)
            yield {each: _split(each, modulus, residue) for each, residue in pairs}, []
