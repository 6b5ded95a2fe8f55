"""What follows from what is known of sizes."""

from __future__ import annotations

import pytest

from netdsl.shapes.atoms import Symbol
from netdsl.shapes.dimension import Dimension, maximum, product, symbol
from netdsl.shapes.facts import (
    NO_FACTS,
    Facts,
    divide_exactly,
    divides,
    equal,
    less_equal,
    positive,
)
from tests.test_dimension import ALWAYS, NEVER, UNKNOWN, H, d, heads, k, n, p, s, x, y, z


def known(facts: Facts | None) -> Facts:
    """Facts that do not contradict each other."""
    assert facts is not None
    return facts


def test_an_equation_that_is_linear_in_a_symbol_replaces_it() -> None:
    assert known(NO_FACTS.assume_equal(2 * d, 8)).resolve(d) == 4
    assert known(NO_FACTS.assume_equal(x + 1, y)).resolve(y * x) == x * x + x
    assert known(NO_FACTS.assume_equal(H * 64, k * 64)).resolve(k) == H
    assert known(NO_FACTS.assume_equal(x * H, k * x)).resolve(k - H) == 0
    assert known(NO_FACTS.assume_equal(x, y + 1)).resolve(x + y) == 2 * y + 1
    recorded = known(NO_FACTS.assume_equal(x + x // 2, 3 * H))
    assert recorded.resolve(x) == x and equal(2 * x + x // 2 * 2, 6 * H, recorded) is ALWAYS
    chain = known(known(NO_FACTS.assume_equal(y, 2 * x)).assume_equal(x, 3 * d))
    assert chain.resolve(y) == 6 * d == chain.resolve(2 * x)
    assert chain.assume_equal(y, 6 * d) is chain


def test_flexible_symbols_are_replaced_before_ordinary_ones() -> None:
    e = Symbol("a", flexible=True)
    assert known(NO_FACTS.assume_equal(e, d + 1)).resolve(e) == d + 1
    assert known(NO_FACTS.assume_equal(d + 1, e)).resolve(d) == d
    facts = known(NO_FACTS.assume_equal(heads * e, d))
    assert facts.resolve(e) == d // heads
    assert facts.resolve(heads * e * 3) == 3 * d
    assert divides(heads, d, facts) is ALWAYS


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (x + 5, 3),
        (2 * x, 5),
        (2 * x, 2 * y + 1),
        (x, x + 1),
        (x * y, 0),
        (y + x, 1),
        (4, 5),
        (x % 4, 4),
    ],
)
def test_what_cannot_be_equal_is_no_fact(a: Dimension, b: Dimension) -> None:
    assert NO_FACTS.assume_equal(a, b) is None


def test_facts_that_contradict_each_other_are_found() -> None:
    facts = known(NO_FACTS.assume_equal(x * y, 12))
    assert facts.assume_equal(x, 5) is None
    assert known(facts.assume_equal(x, 4)).resolve(y) == 3
    assert known(NO_FACTS.assume_less_equal(8, x)).assume_equal(x, 7) is None
    assert known(NO_FACTS.assume_less_equal(8, x)).assume_less_equal(x, 7) is None
    assert known(NO_FACTS.assume_divides(4, x)).assume_equal(x, 6) is None
    assert known(NO_FACTS.assume_divides(2, x)).assume_divides(2, x + 1) is None
    assert known(NO_FACTS.assume_divides(4, x)).assume_equal(x, 2 * y - 1) is None
    assert NO_FACTS.assume_divides(0, x) is None


def test_equations_that_solve_nothing_are_used_as_they_are() -> None:
    facts = known(NO_FACTS.assume_equal(x * y, d * heads * 3))
    assert equal(2 * x * y * H, 6 * d * heads * H, facts) is ALWAYS
    assert equal(x * y + 1, d * heads * 3, facts) is NEVER
    assert equal(x * y, d * heads, facts) is NEVER
    assert equal(x, d, facts) is UNKNOWN
    facts = known(NO_FACTS.assume_equal(2 * x, 3 * y))
    assert divides(2, y, facts) is divides(3, x, facts) is equal(4 * x, 6 * y, facts) is ALWAYS


def test_divisibility_undoes_a_division() -> None:
    facts = known(NO_FACTS.assume_divides(2, x))
    assert equal(x // 2 * 2, x, facts) is ALWAYS
    assert facts.resolve(x // 2 * 2 + x % 2) == x
    facts = known(NO_FACTS.assume_divides(heads, d))
    assert equal(d // heads * heads, d, facts) is ALWAYS
    assert facts.resolve(3 * heads * (d // heads)) == 3 * d
    assert positive(d // heads, facts) is less_equal(heads, d, facts) is ALWAYS
    facts = known(known(NO_FACTS.assume_divides(4, x)).assume_divides(6, x))
    assert divides(12, x, facts) is ALWAYS and divides(24, x, facts) is UNKNOWN
    assert divides(12, x + 3, facts) is NEVER
    facts = known(NO_FACTS.assume_divides(8, x * y))
    assert divides(4, x * y * d, facts) is ALWAYS
    facts = known(NO_FACTS.assume_divides(4, x + 1))
    assert divides(4, x + 5, facts) is ALWAYS and divides(4, x + 3, facts) is NEVER
    facts = known(NO_FACTS.assume_divides(16, H))
    assert equal(H // 2 // 2 // 2 // 2 * 16, H, facts) is ALWAYS


def test_a_quotient_has_the_sign_and_the_minimum_that_follow() -> None:
    wide = symbol("w", 5)
    assert less_equal(5, wide, known(NO_FACTS.assume_divides(x, wide))) is ALWAYS
    assert less_equal(0, n // x, known(NO_FACTS.assume_divides(x, n))) is ALWAYS
    assert positive(n // x, known(NO_FACTS.assume_divides(x, n))) is UNKNOWN
    assert less_equal(0, z // x, known(NO_FACTS.assume_divides(x, z))) is UNKNOWN


def test_facts_follow_the_symbols_that_are_replaced() -> None:
    facts = known(known(NO_FACTS.assume_divides(4, x)).assume_less_equal(10, x))
    facts = known(facts.assume_equal(x, 2 * y))
    assert divides(2, y, facts) is ALWAYS
    assert facts.bounds(y) == (5, None)
    assert known(NO_FACTS.assume_equal(x, y - 3)).bounds(y) == (4, None)
    assert less_equal(x, H + k - 1, known(NO_FACTS.assume_equal(x + y, H + k))) is ALWAYS


def test_lower_bounds_decide() -> None:
    facts = known(NO_FACTS.assume_less_equal(k, H + 2 * p))
    size = (H + 2 * p - k) // s + 1
    assert positive(size) is UNKNOWN and positive(size, facts) is ALWAYS
    facts = known(known(NO_FACTS.assume_less_equal(x, y)).assume_less_equal(y, x))
    assert equal(x, y, facts) is ALWAYS
    assert equal(maximum(x, 4), x, known(NO_FACTS.assume_less_equal(4, x))) is ALWAYS


def test_facts_are_not_changed_by_what_is_assumed() -> None:
    before = known(NO_FACTS.assume_divides(2, x))
    assert before.assume_equal(x, 6) != before
    assert before.resolve(x) == x and equal(x, 6, before) is UNKNOWN
    assert Facts() == NO_FACTS


def test_sizes_are_divided_only_where_that_is_known_to_be_exact() -> None:
    facts = known(NO_FACTS.assume_divides(heads, d))
    assert divide_exactly(product([x, y, H]), product([x, H])) == y
    assert divide_exactly(x * x - 1, x + 1) == x - 1
    assert divide_exactly(n * y, n) == y
    assert divide_exactly(12, 4) == 3 and divide_exactly(12, 5) is None
    assert divide_exactly(x, 2) is None and divide_exactly(x, 0) is None
    assert divide_exactly(x * y * d, x * heads) is None
    assert str(divide_exactly(x * d, x * heads, facts)) == "d // heads"
    assert divide_exactly(x * (x + 1), 2) == (x * x + x) // 2
