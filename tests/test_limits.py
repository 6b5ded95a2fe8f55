"""Every bound of the table is reached by a program, which is told so, at a price that is bounded."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netdsl
from netdsl import limits
from netdsl.compiler import check_source, compile_source
from netdsl.diagnostics import Diagnostics, codes, explanation
from netdsl.limits import DEFAULT, LimitReached, Limits, tick, using
from netdsl.source import Source
from netdsl.syntax.bounds import NODES_PER_CHARACTER, size_of
from netdsl.syntax.parse import parse
from tests.strategies import PROGRAMS

SECONDS = 10.0
"""Far more than any program here takes."""

MEGABYTES = 100


def found(text: str, bounds: Limits, read: Callable[[str], Source] | None = None) -> list[str]:
    """The codes of what is said of a program, compiled within bounds."""
    source = Source(text, "limits.nd")
    try:
        result = compile_source(source, read=read or _no_file, limits=bounds)
    except netdsl.CompileError as error:
        return [each.code for each in error.diagnostics]
    return [each.code for each in result.diagnostics]


def _no_file(place: str) -> Source:
    raise FileNotFoundError(2, "No such file or directory")


def _chain(place: str) -> Source:
    """A folder in which each file imports from the next."""
    number = int(place[1:-3])
    return Source(f'from "a{number + 1}.nd" import f as g; let f = g', place)


STATEMENTS = "def f(x: [B]) -> [B] {\n" + "x = x + 1\n" * 500 + "return x\n}"
LAYERS = "seq({}linear 8 8 for _ in range(50))"
FOLLOWED = """\
def down(x: [B], n: int) -> [B] { return down(cat([x, x]), n - 1) if n > 0 else x }
"""

REACHED = {
    "source": (Limits(source=100), "seq(linear 8 8)" + " " * 100, ["source-too-long"]),
    "nesting": (Limits(nesting=10), "let a = " + "(" * 11 + "1" + ")" * 11, ["nested-too-deeply"]),
    "number": (Limits(number=5), "let a = 123456", ["number-too-long"]),
    "name": (Limits(name=5), "let abcdef = 1", ["name-too-long"]),
    "syntax_errors": (Limits(syntax_errors=3), "let a = 4d\n" * 10, ["malformed-number"] * 3),
    "findings": (
        Limits(findings=2),
        "def f(x) {\n" + "x.y()\n" * 5 + "}",
        ["unknown-attribute"] * 2 + ["too-many-findings"],
    ),
    "files": (Limits(files=3), 'from "a1.nd" import f', ["too-many-imports"]),
    "nodes": (Limits(nodes=1000), STATEMENTS, ["program-too-large"]),
    "steps": (Limits(steps=1000), STATEMENTS, ["check-incomplete"]),
    "dimension": (Limits(dimension=1000), "let net: [B, 4] = seq(linear 4 1001)", ["bad-value"]),
    "output": (Limits(output=1000), STATEMENTS, ["output-too-long"]),
    "seconds": (Limits(seconds=0.001), STATEMENTS, ["out-of-time"]),
}
"""What reaches a bound, and what is said then."""

SILENT = {
    # Nothing is said of a list that is too long to be followed.
    "items": (Limits(items=5), "seq(linear 8 8 for _ in range(6))\nassert len(range(6)) == 6", "assertion-undecided"),
    "recursion": (Limits(recursion=1), FOLLOWED, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", REACHED)
def test_what_reaches_a_bound_is_told_so(name: str) -> None:
    bounds, program, expected = REACHED[name]
    begun = time.perf_counter()
    assert found(program, bounds, _chain) == expected
    assert time.perf_counter() - begun < SECONDS
    assert set(expected) <= set(codes())


@pytest.mark.parametrize("name", sorted(set(REACHED) - {"files"}))
def test_the_same_program_is_fine_within_the_default_bounds(name: str) -> None:
    """So that it is the bound that is reached; two programs are wrong whatever the bounds are."""
    _, program, expected = REACHED[name]
    wrong = {"syntax_errors": ["malformed-number"] * 10, "findings": ["unknown-attribute"] * 5}.get(
        name, []
    )
    assert found(program, DEFAULT) == wrong != expected


def test_every_bound_is_tried() -> None:
    assert {each.name for each in fields(Limits)} == {*REACHED, *SILENT}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "mistake", ["let a@ = b@", "let a@ = linear 4 8 bais@=True", "def f@(x) = x.siz@"]
)
def test_many_mistakes_cost_what_their_number_costs(mistake: str) -> None:
    """Each is told until there are too many, and is not compared with all names for ever."""
    begun = time.process_time()
    said = netdsl.check("\n".join(mistake.replace("@", str(at)) for at in range(8000)))
    assert len(said) == DEFAULT.findings + 1
    assert said[-1].code == "too-many-findings" and said[-1].message.startswith("7000 more")
    assert time.process_time() - begun < SECONDS


def test_a_longer_list_is_not_followed() -> None:
    program = "let n = len(range(6))\nassert n == 6\nlinear n 8"
    assert found(program, Limits(items=5)) == ["assertion-undecided"]
    assert found(program, Limits(items=6)) == []


@pytest.mark.parametrize("double", ['"xxxxxxxx"', "[1, 2]"])
def test_what_doubles_is_not_followed_to_its_end(double: str) -> None:
    program = f"let a0 = {double}\n" + "\n".join(f"let a{k + 1} = a{k} + a{k}" for k in range(60))
    tracemalloc.start()
    try:
        assert found(program, DEFAULT) == []
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES << 20
    finally:
        tracemalloc.stop()


def asserts(count: int, text: str) -> str:
    """A function with so many assertions that nobody can decide: `{k}` counts in them."""
    sizes = ", ".join(f"s{k}" for k in range(count + 1))
    lines = "\n".join(f"assert {text.format(k=k, next=k + 1)}" for k in range(count))
    return f"def f(x: [{sizes}]) {{\n{lines}\nreturn x\n}}"


@pytest.mark.parametrize("text", ["s{k} % 8 == 0", "s{k} * s{k} == s{next} * s{next} + {k}"])
def test_what_cannot_be_solved_costs_what_its_length_costs(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(limits, "spend", looked_at.append)
    costs = []
    for count in (100, 200):
        looked_at.clear()
        assert found(asserts(count, text), replace(DEFAULT, seconds=None)) == []
        costs.append(sum(looked_at))
    few, many = costs
    assert 0 < few < many < 3 * few


def test_what_facts_are_looked_at_is_counted_among_the_steps() -> None:
    program = asserts(60, "s0 * {k} < s1 * s1 + {k}")
    assert found(program, DEFAULT) == []
    assert found(program, Limits(steps=2000)) == ["check-incomplete"]


def test_a_def_is_followed_into_itself_as_often_as_is_said() -> None:
    """Each step down doubles the size, which only the deepest one finds too large."""
    program = "def f(x: [B], n: int) -> [B] { return x if n == 0 else f(x, n - 1) }\n"
    bounded = found(program, Limits(recursion=1, steps=100))
    assert bounded == found(program, Limits(recursion=50, steps=10_000)) == []
    assert "check-incomplete" in found(program, Limits(recursion=50, steps=100))


# ---- the table ---------------------------------------------------------------


@pytest.mark.parametrize("name", [each.name for each in fields(Limits)])  # type: ignore[arg-type]
def test_a_bound_is_a_number_above_zero(name: str) -> None:
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=name):
            replace(DEFAULT, **{name: wrong})
    for nonsense in ("9", True, float("nan")):
        with pytest.raises((TypeError, ValueError), match=name):
            replace(DEFAULT, **{name: nonsense})


def test_time_alone_may_be_without_bound() -> None:
    assert found(STATEMENTS, Limits(seconds=None)) == []
    with pytest.raises(TypeError, match="nodes"):
        Limits(nodes=None)  # type: ignore[arg-type]


def test_a_table_never_changes() -> None:
    with pytest.raises(AttributeError):
        DEFAULT.source = 5  # type: ignore[misc]
    assert Limits() == DEFAULT == replace(Limits(source=5), source=DEFAULT.source)


# ---- where it holds ----------------------------------------------------------


def test_bounds_hold_for_one_call() -> None:
    assert found("seq(linear 8 8)", Limits(source=5)) == ["source-too-long"]
    assert limits.current() == DEFAULT
    assert found("seq(linear 8 8)", DEFAULT) == []


def test_checking_has_the_same_bounds() -> None:
    checked = check_source(Source(STATEMENTS), limits=Limits(nodes=10))
    assert [each.code for each in checked.diagnostics] == ["program-too-large"]
    assert checked.program is None


DENSE = ["x", "f x", "f(a,b)", "x;y", "-x", "[a,b]", "a~b", "a~b@c", "def f(x)=x", "a if b else c"]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(PROGRAMS | st.sampled_from(DENSE))
def test_what_is_short_enough_needs_no_count_of_its_nodes(text: str) -> None:
    file = parse(Source(text), Diagnostics())
    assert file is None or size_of(file) <= max(NODES_PER_CHARACTER * len(text), 1)


def test_the_prelude_is_not_bounded_by_a_program() -> None:
    """It is read once, for whichever program comes first."""
    from netdsl import prelude

    prelude.load.cache_clear()
    try:
        assert found("seq(relu)", Limits(source=20, name=5, nesting=4)) == []
    finally:
        prelude.load.cache_clear()


def test_bounds_of_several_threads_do_not_meet() -> None:
    """Half of them allow what the others refuse, at the same time."""
    program = "seq(linear 8 8)" + " " * 100
    said: dict[int, list[list[str]]] = {}
    together = threading.Barrier(6)

    def work(at: int) -> None:
        together.wait()
        said[at] = [found(program, Limits(source=50 if at % 2 else 500)) for _ in range(20)]

    threads = [threading.Thread(target=work, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for at in range(6):
        assert said[at] == [["source-too-long"] if at % 2 else []] * 20


def test_a_program_compiled_while_another_is_keeps_its_own_bounds() -> None:
    """What reads an imported file may compile something itself."""

    def read(place: str) -> Source:
        assert found("let abcdefghij = 1", Limits(name=5)) == ["name-too-long"]
        return Source("let abcdefghij = linear 8 8", place)

    assert found('from "a.nd" import abcdefghij\nabcdefghij', Limits(name=20), read) == []


def test_the_clock_is_looked_at_only_where_there_is_one() -> None:
    for _ in range(1000):
        tick()
    with using(Limits(seconds=None)):
        for _ in range(1000):
            tick()
    with using(Limits(seconds=1e-9)), pytest.raises(LimitReached, match="longer than 1e-09 s"):
        for _ in range(1000):
            tick()


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8])
def test_time_may_end_anywhere(share: float) -> None:
    """Wherever it does, all that comes of it is one finding."""
    program = STATEMENTS.replace("return", "x = x * 2\n" * 1500 + "return")
    begun = time.perf_counter()
    assert found(program, DEFAULT) == []
    whole = time.perf_counter() - begun
    begun = time.perf_counter()
    said = found(program, Limits(seconds=whole * share))
    assert said in (["out-of-time"], [])
    assert said or time.perf_counter() - begun < whole * share + 1
    assert time.perf_counter() - begun < whole * share + SECONDS


@pytest.mark.parametrize("code", ["program-too-large", "output-too-long", "out-of-time"])
def test_a_bound_has_a_page(code: str) -> None:
    page = explanation(code) or ""
    assert page.startswith("# ") and len(page.splitlines()) > 2
