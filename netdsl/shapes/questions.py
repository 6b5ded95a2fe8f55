"""How a question about sizes is answered: in several forms, by cases, and at bounded cost.

What is not found by then is not known, which is an answer, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from itertools import product as combinations
from typing import TypeAlias

from netdsl import limits
from netdsl.hashing import sha256
from netdsl.records import Frozen, replace
from netdsl.shapes.atoms import Atom, FloorDiv, Max, Min, Mod, Monomial, Symbol
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.division import exact_quotient
from netdsl.shapes.ranges import Work, bounds

MAX_CASES = 64
"""Into how many cases a question is split at a time."""

MAX_WORK = 1000
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


class Known(Frozen, slots=False):
    """Facts as questions use them: each equation is 0, each of the others is >= 0."""

    equations: tuple[Dimension, ...]
    nonnegative: tuple[Dimension, ...]

    def substitute(self, values: Mapping[Atom, Dimension]) -> Known:
        return Known(
            tuple(each.substitute(values) for each in self.equations),
            tuple(each.substitute(values) for each in self.nonnegative),
        )

    def given(self, *nonnegative: Dimension) -> Known:
        return replace(self, nonnegative=(*self.nonnegative, *nonnegative))

    def reduce(self, value: Dimension, work: Work, scaled: bool = False) -> Dimension:
        """With multiples of equations taken away, as long as their first products occur; times a
        positive number if `scaled`."""
        for _ in range(MAX_STEPS):
            pairs = combinations(self.equations, value.terms)
            tried = (_step(*pair, scaled) for pair in pairs if work.spend())
            step = next(filter(None, tried), None)
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


def fresh(unknown: Symbol, minimum: int | None) -> Symbol:
    """A symbol that only questions see, in place of another one. It may be in place of such a one
    itself: what tells them apart must not double each time."""
    key = repr(unknown.order)
    if len(key) > 100:
        key = sha256(key.encode()).hexdigest()
    return Symbol(f"{unknown.name}'", minimum, key)


def split(unknown: Symbol, modulus: int, residue: int) -> Dimension:
    """The integers of that residue from the symbol's minimum on."""
    least = unknown.minimum
    quotient = fresh(unknown, None if least is None else -((residue - least) // modulus))
    return Dimension.of(quotient) * modulus + residue


def _forms(value: Dimension, known: Known, work: Work) -> Iterator[Dimension]:
    """One size, or a positive multiple of it, in the forms that may show what it is."""
    yield value
    if known.equations:
        yield known.reduce(value, work)
        yield known.reduce(value, work, scaled=True)
    quotients: dict[Atom, Dimension] = {}
    for atom in value.atoms:
        if isinstance(atom, Mod):
            n, d = atom.parts
            quotients[atom] = n - n // d * d
    if quotients:
        yield known.reduce(value.substitute(quotients), work, scaled=True)


def zero(value: Dimension, known: Known, work: Work) -> Truth:
    for form in _forms(value, known, work):
        common = math.gcd(*(factor for _, factor in form.terms))
        low, high = bounds(form, known.nonnegative, work)
        if low == high == 0:
            return Truth.ALWAYS
        if (common and form.constant % common) or (low or 0) > 0 or (high or 0) < 0:
            return Truth.NEVER
    return Truth.SOMETIMES_OR_UNKNOWN


def nonnegative(value: Dimension, known: Known, work: Work) -> Truth:
    for form in _forms(value, known, work):
        low, high = bounds(form, known.nonnegative, work)
        if low is not None and low >= 0:
            return Truth.ALWAYS
        if high is not None and high < 0:
            return Truth.NEVER
    return Truth.SOMETIMES_OR_UNKNOWN


Test: TypeAlias = Callable[[Dimension, Known, Work], Truth]


def answer(test: Test, value: Dimension, known: Known) -> Truth:
    """What a test says of a size, as far as that is found."""
    work = Work(MAX_WORK)
    try:
        return _by_cases(test, value, known, work)
    finally:
        limits.spend(MAX_WORK - work.left)


def _by_cases(test: Test, value: Dimension, known: Known, work: Work, depth: int = 2) -> Truth:
    limits.tick()
    if not work.spend(len(known.equations) + len(known.nonnegative)):
        return Truth.SOMETIMES_OR_UNKNOWN
    truth = test(value, known, work)
    if truth is not Truth.SOMETIMES_OR_UNKNOWN or not depth:
        return truth
    answers = set()
    for values, facts in _cases(value):
        case = known.substitute(values).given(*facts)
        if all((bounds(each)[1] or 0) >= 0 for each in case.nonnegative):
            answers.add(_by_cases(test, value.substitute(values), case, work, depth - 1))
        if len(answers) > 1 or Truth.SOMETIMES_OR_UNKNOWN in answers:
            return Truth.SOMETIMES_OR_UNKNOWN
    return answers.pop() if answers else Truth.SOMETIMES_OR_UNKNOWN


def _counted(size: Dimension) -> Iterator[Symbol]:
    """The symbols whose residues bear on that of the size: not those that are only divided by
    another unknown, or divide it."""
    for atom in (atom for monomial, _ in size.terms for atom in monomial):
        if isinstance(atom, Symbol):
            yield atom
        elif not isinstance(atom, FloorDiv | Mod) or not atom.denominator.terms:
            for part in atom.parts:
                yield from _counted(part)


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
    divided = {s for each in divisions for s in _counted(each.numerator)}
    symbols = sorted(divided, key=lambda each: each.order)
    if symbols and modulus ** len(symbols) <= MAX_CASES:
        for residues in combinations(range(modulus), repeat=len(symbols)):
            pairs = zip(symbols, residues, strict=True)
            yield {each: split(each, modulus, residue) for each, residue in pairs}, []
