"""Sizes of axes: normal forms and spelling against plain integers, decisions by enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from netdsl.shapes import dimension
from netdsl.shapes.atoms import FloorDiv, Mod, Symbol
from netdsl.shapes.dimension import Dimension, TooLarge, maximum, minimum, product, symbol
from netdsl.shapes.division import exact_quotient
from netdsl.shapes.facts import (
    NO_FACTS,
    Facts,
    Truth,
    divide_exactly,
    divides,
    equal,
    less_equal,
    positive,
)
from netdsl.shapes.ranges import bounds

ALWAYS, NEVER, UNKNOWN = Truth.ALWAYS, Truth.NEVER, Truth.SOMETIMES_OR_UNKNOWN

SYMBOLS = {"x": Symbol("x"), "y": Symbol("y"), "n": Symbol("n", 0), "z": Symbol("z", None)}
x, y, n, z = (Dimension.of(each) for each in SYMBOLS.values())
d, heads, H, k, p, s = map(symbol, ["d", "heads", "H", "k", "p", "s"])

NAMES = {**{name: Dimension.of(each) for name, each in SYMBOLS.items()}, "i": Dimension(3)}
WORDS = {"max": maximum, "min": minimum}
INTEGERS = {"i": 3, "max": max, "min": min}


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner),
        pairs.map(lambda pair: f"max{pair}".replace("'", "")),
        pairs.map(lambda pair: f"min{pair}".replace("'", "")),
        inner.map("(-{})".format),
        inner.map("({} ** 2)".format),
    )


LEAVES = st.sampled_from(["x", "x", "y", "n", "z", "i", "2", "2", "3", "4", "1", "0"])
EXPRESSIONS = st.recursive(LEAVES, _bigger, max_leaves=7)


def build(text: str) -> Dimension:
    """The dimension that an expression makes; what divides by zero or is too large is not tried."""
    try:
        return Dimension.of(eval(text, {**NAMES, **WORDS}))
    except (ZeroDivisionError, TooLarge):
        assume(False)
        raise


def compute(text: object, values: Mapping[Symbol, int]) -> int | None:
    """Its value by Python itself, None where it divides by zero."""
    try:
        result = eval(str(text), {**{each.name: v for each, v in values.items()}, **INTEGERS})
    except ZeroDivisionError:
        return None
    assert isinstance(result, int)
    return result


def assignments(*symbols: Symbol, up_to: int = 4) -> Iterator[dict[Symbol, int]]:
    """All small values of the symbols."""
    lows = [-up_to if each.minimum is None else each.minimum for each in symbols]
    for values in itertools.product(*(range(low, low + up_to + 1) for low in lows)):
        yield dict(zip(symbols, values, strict=True))


def values_where_defined(
    texts: list[str], where: tuple[str, ...] = ()
) -> Iterator[tuple[dict[Symbol, int], list[int]]]:
    """The values of expressions for all small values of their symbols that meet the conditions."""
    used = [each for name, each in SYMBOLS.items() if any(name in t for t in (*texts, *where))]
    codes = [compile(text, text, "eval") for text in texts]
    conditions = [compile(text, text, "eval") for text in where]
    for values in assignments(*used):
        try:
            names = {**{each.name: value for each, value in values.items()}, **INTEGERS}
            if all(eval(condition, names) for condition in conditions):
                yield values, [eval(code, names) for code in codes]
        except ZeroDivisionError:
            continue


@example("(x // 2 + y) // 3")
@example("(2 * x + 1) // (2 * z)")
@example("(2 * x + 1) % (2 * z)")
@example("(x % 4) % 6")
@example("(x % 4) % 3")
@example("x % -(x ** 2)")
@given(EXPRESSIONS)
def test_normal_form_has_the_values_of_the_expression(text: str) -> None:
    size = build(text)
    for values, [expected] in values_where_defined([text]):
        assert size.evaluate(values) == expected


@given(EXPRESSIONS)
def test_what_is_printed_is_python_for_the_same_dimension(text: str) -> None:
    size = build(text)
    assert build(str(size)) == size
    for values, [expected] in values_where_defined([text]):
        assert compute(size, values) == expected


@given(EXPRESSIONS)
def test_a_sum_starts_with_a_minus_only_if_all_of_it_is_taken_away(text: str) -> None:
    size = build(text)
    assume(not any(isinstance(each, FloorDiv | Mod) for each in size.operations))
    taken = bool(size.items) and all(factor < 0 for _, factor in size.items)
    assert str(size).startswith("-") == taken


@given(EXPRESSIONS)
def test_bounds_hold(text: str) -> None:
    low, high = bounds(build(text))
    for _, [value] in values_where_defined([text]):
        assert (low is None or low <= value) and (high is None or value <= high)


@given(EXPRESSIONS, EXPRESSIONS)
def test_bounds_hold_under_an_assumption(text: str, assumption: str) -> None:
    low, high = bounds(build(text), [build(assumption)])
    for _, [value] in values_where_defined([text], (f"{assumption} >= 0",)):
        assert (low is None or low <= value) and (high is None or value <= high)


@given(EXPRESSIONS, EXPRESSIONS, st.sampled_from(list(SYMBOLS)))
def test_substitution_is_evaluation_in_two_steps(text: str, inner: str, name: str) -> None:
    size, value = build(text), build(inner)
    try:
        replaced = size.substitute({SYMBOLS[name]: value})
    except (ZeroDivisionError, TooLarge):
        assume(False)
        raise
    for values, [number] in values_where_defined([f"{inner} + 0 * ({text})"]):
        least = SYMBOLS[name].minimum
        expected = compute(text, {**values, SYMBOLS[name]: number})
        if expected is not None and (least is None or number >= least):
            everything = {each: values.get(each, 1) for each in SYMBOLS.values()}
            assert replaced.evaluate(everything) == expected


RELATED = st.sampled_from(["{}", "{} + 1", "2 * {}", "-{}", "{} // 2 * 2", "{} + x", "max({}, 3)"])


def check_answers(a: str, b: str, facts: Facts, where: tuple[str, ...]) -> None:
    """Each question about two sizes, answered by hand for small values."""
    found = list(values_where_defined([a, b], where))
    for question, holds in (
        (equal, lambda left, right: left == right),
        (less_equal, lambda left, right: left <= right),
        (divides, lambda left, right: right % left == 0 if left else right == 0),
        (lambda left, _, given: positive(left, given), lambda left, _: left > 0),
    ):
        truth = question(build(a), build(b), facts)
        for values, [left, right] in found:
            assert truth is UNKNOWN or holds(left, right) == (truth is ALWAYS), values
    quotient = divide_exactly(build(b), build(a), facts)
    for values, [divisor, whole] in found:
        if quotient is not None and divisor:
            assert quotient.evaluate(values) * divisor == whole


@settings(deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, RELATED)
def test_answers_hold_for_all_small_sizes(a: str, b: str, related: str) -> None:
    check_answers(a, b, NO_FACTS, ())
    check_answers(a, related.format(a), NO_FACTS, ())


FACTS = st.lists(
    st.tuples(st.sampled_from(["==", "<=", "|"]), EXPRESSIONS, EXPRESSIONS), min_size=1, max_size=3
)


@settings(deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, RELATED, FACTS)
def test_answers_hold_for_all_small_sizes_that_meet_the_facts(
    a: str, b: str, related: str, assumed: list[tuple[str, str, str]]
) -> None:
    facts: Facts | None = NO_FACTS
    where = []
    for kind, left, right in assumed:
        where.append(f"{left} {kind} {right}" if kind != "|" else f"{right} % {left} == 0")
        assumption = {"==": "equal", "<=": "less_equal", "|": "divides"}[kind]
        facts = facts and getattr(facts, f"assume_{assumption}")(build(left), build(right))
    if facts is None:
        assert not list(values_where_defined(["0"], tuple(where)))
        return
    check_answers(a, b, facts, tuple(where))
    check_answers(a, related.format(a), facts, tuple(where))
    resolved = facts.resolve(build(a))
    names = {each.name for each in resolved.symbols()}
    mentioned = " + ".join(["0", *(f"0 * {name}" for name in sorted(names))])
    for values, [value, _] in values_where_defined([a, mentioned], tuple(where)):
        assert resolved.evaluate(values) == value


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (2 * d, "2 * d"),
        ((H + 2 * p - k) // s + 1, "(H + 2 * p - k) // s + 1"),
        (d // 2 - 1, "d // 2 - 1"),
        (5 - x, "5 - x"),
        (y - x, "y - x"),
        (-x - y - 1, "-x - y - 1"),
        (-(x // 2), "-(x // 2)"),
        (-x // 2, "-x // 2"),
        (1 - x // 2, "1 - x // 2"),
        (x // 2 * 2, "2 * (x // 2)"),
        (x * x + 3 * y * x + 1, "x ** 2 + 3 * x * y + 1"),
        ((x + 1) % (y + 1), "(x + 1) % (y + 1)"),
        (x % y // s, "(x % y) // s"),
        (6 * x % 7, "-x % 7"),
        (5 * x % 2, "x % 2"),
        (x // (2 * y), "x // (2 * y)"),
        ((x // y) ** 2, "(x // y) ** 2"),
        (maximum(1, d // 4), "max(d // 4, 1)"),
        (minimum(y, x) // 2, "min(x, y) // 2"),
        (x - x, "0"),
        (Dimension(-3), "-3"),
    ],
)
def test_sizes_print_as_they_would_be_written(size: Dimension, text: str) -> None:
    assert str(size) == text


@pytest.mark.parametrize(
    ("size", "simple"),
    [
        (x * y // y, x),
        ((2 * x + 3) // 2, x + 1),
        ((H * s + k) // s, H + k // s),
        (x // 2 // 3, x // 6),
        ((x // 2 + 1) // 2, (x + 2) // 4),
        ((H + 2 * 3 - 7) // 2 + 1, (H + 1) // 2),
        (2 * x // 4, x // 2),
        (x * y // (x * d), y // d),
        ((x + 1) ** 3 // (x + 1), (x + 1) ** 2),
        (-x // -y, x // y),
        (x % 4 // 4, Dimension(0)),
        (1 // (x + 1), Dimension(0)),
        ((x - x % 4) // 4, x // 4),
        (7 * x % 7, Dimension(0)),
        (x % 4 % 2, x % 2),
        (2 * x % 4, 2 * (x % 2)),
        ((x * y + d) % y, d % y),
        (maximum(x, x + 1, 1), x + 1),
        (minimum(x, 1), Dimension(1)),
        (maximum(x, maximum(y, 4)), maximum(4, y, x)),
    ],
)
def test_what_can_be_simplified_is(size: Dimension, simple: Dimension) -> None:
    assert size == simple
    assert hash(size) == hash(simple)


def test_a_factor_that_may_be_zero_is_not_cancelled() -> None:
    assert n * y // n != y
    assert n * y // y == n


def test_dimensions_compare_with_integers_by_value() -> None:
    assert Dimension(4) == 4 and Dimension(4) != 5 and [Dimension(4)] == [4]
    assert x != 1 and x - x + 3 == 3
    assert {Dimension(4): "four"}[4] == "four"  # type: ignore[index]
    assert (Dimension(7) // 2, Dimension(-7) % 4, (x - x).as_int(), x.as_int()) == (3, 1, 0, None)


def test_symbols_of_one_name_are_told_apart_by_their_key() -> None:
    first, second = Symbol("B", key=1), Symbol("B", key=2)
    size = Dimension.of(first) * 2 + second
    assert size.evaluate({first: 10, second: 1}) == 21
    assert size.symbols() == {first, second}
    assert Dimension.of(first) // second != Dimension.of(second) // first


def test_the_order_of_operands_does_not_matter() -> None:
    atoms = [x, y // 2, z % 3, maximum(x, y), H]
    assert len({str(sum(each, Dimension(0))) for each in itertools.permutations(atoms)}) == 1
    assert len({product(each) for each in itertools.permutations(atoms)}) == 1


def test_what_has_no_value_is_an_error() -> None:
    for make in (lambda: x // 0, lambda: x % 0, lambda: Dimension(1) // 0, lambda: 1 % (x - x)):
        with pytest.raises(ZeroDivisionError):
            make()
    with pytest.raises(ValueError, match="negative"):
        x ** (-1)
    with pytest.raises(ValueError, match="no sizes"):
        maximum()
    with pytest.raises(ZeroDivisionError):
        (x // z).evaluate({SYMBOLS["x"]: 1, SYMBOLS["z"]: 0})


def test_what_is_too_large_is_refused_and_decided_by_nobody() -> None:
    deep = x
    with pytest.raises(TooLarge):
        for index in range(dimension.MAX_DEPTH + 1):
            deep = (deep + y) // symbol(f"d{index}")
    many = [symbol(f"s{index}") for index in range(dimension.MAX_TERMS + 1)]
    with pytest.raises(TooLarge):
        sum(many, Dimension(0))
    with pytest.raises(TooLarge):
        sum(many[:20], Dimension(0)) ** 6
    with pytest.raises(TooLarge):
        maximum(*many)
    for huge in (Dimension(10), x):
        with pytest.raises(TooLarge):
            huge ** (10**12)
    a, b = sum(many[:150], Dimension(0)), sum(many[100:], Dimension(0))
    assert equal(a, -b) is less_equal(a, -b) is UNKNOWN
    assert divide_exactly(a * 2, 2) == a
    assert NO_FACTS.assume_less_equal(a, -b) == NO_FACTS.assume_equal(a, -b) == NO_FACTS


def test_bounds_follow_minimums_and_assumptions() -> None:
    assert bounds(x + 2 * y) == (3, None)
    assert bounds(7 - x) == (None, 6)
    assert bounds(x * y - x) == (0, None)
    assert bounds(x - x // y * y) == (0, None)
    assert bounds(x % 5 + n % 3) == (0, 6)
    assert bounds(z * z) == (0, None)
    assert bounds((H - k) // s + 1) == (None, None)
    assert bounds((H - k) // s + 1, [H - k]) == (1, None)
    assert bounds(x - y, [x - d, d - y - 2]) == (2, None)
    assert bounds(x, [10 - x, x - 4]) == (4, 10)


@pytest.mark.parametrize(
    ("a", "b", "truth"),
    [
        (x + 1, x, NEVER),
        (2 * x, 2 * x + 1, NEVER),
        (2 * x, x, NEVER),
        (2 * n, n, UNKNOWN),
        (x * y + 1, x * y, NEVER),
        (x, 3, UNKNOWN),
        (n + 4, 3, NEVER),
        (x // 2 * 2, x, UNKNOWN),
        (x // y * y + x % y, x, ALWAYS),
        (x - x // 2, (x + 1) // 2, ALWAYS),
        (3 * x // 2, x + x // 2, ALWAYS),
        (4 * x + 2 * y, 6 * z + 1, NEVER),
        (maximum(x, y) + minimum(x, y), x + y, ALWAYS),
        (maximum(x, y), 0, NEVER),
        (x * y, y * x, ALWAYS),
        (4, 4, ALWAYS),
        (4, 5, NEVER),
    ],
)
def test_equality_is_decided(a: Dimension, b: Dimension, truth: Truth) -> None:
    assert equal(a, b) is equal(b, a) is truth


def test_order_and_divisibility_are_decided() -> None:
    assert less_equal(x // 2, x) is less_equal(x, x * y) is less_equal(x % 8, 7) is ALWAYS
    assert less_equal(x + y, x) is less_equal(8, x % 8) is NEVER
    assert less_equal(x, 3) is less_equal(n * x, x) is UNKNOWN
    assert positive(x) is ALWAYS and positive(-x) is NEVER and positive(n) is UNKNOWN
    assert divides(2, 4 * x) is divides(x, x * y) is divides(n, n * x) is divides(x, 0) is ALWAYS
    assert divides(2, 2 * x + 1) is divides(x + 1, x) is divides(4, 2 + 8 * x) is NEVER
    assert divides(2, x) is divides(n, 0 * n + 4) is divides(x, y) is UNKNOWN
    assert divides(7, H + -H % 7) is divides(2, x * (x + 1)) is divides(0, x - x) is ALWAYS


def test_a_truth_is_not_a_condition() -> None:
    with pytest.raises(TypeError, match="which truth"):
        bool(equal(x, 3))


def test_a_polynomial_is_divided_by_another_only_exactly() -> None:
    assert exact_quotient(x * x - 1, x + 1) == x - 1
    assert exact_quotient(6 * x * y, 4 * x) is None
    assert exact_quotient(x * x + 1, x + 1) is None
    assert exact_quotient(x, Dimension(0)) is None
