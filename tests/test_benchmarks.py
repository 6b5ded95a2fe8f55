"""The benchmarks measure what they say; what they find out is no matter of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import descent, measuring, programs
from benchmarks.measuring import Once, Times, in_turn, process, ratio, repeated
from benchmarks.table import Row, as_markdown, row
from netdsl.compiler import check_source, compile_source
from netdsl.source import Source


def times(*processor: float) -> Times:
    return Times([Once(2 * each, each) for each in processor])


def test_a_ratio_is_that_of_the_rounds() -> None:
    assert ratio(times(2, 30, 4), times(1, 10, 2)) == 2


def test_a_case_is_run_once_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "left", lambda: 60.0)  # however long the tests already take
    order: list[str] = []

    def case(name: str) -> Once:
        order.append(name)
        return Once(1.0, 1.0)

    found = in_turn({"a": lambda: case("a"), "b": lambda: case("b")}, 3, 60)
    assert order == ["a", "b"] * 3
    assert {name: len(each.runs) for name, each in found.items()} == {"a": 3, "b": 3}


def test_what_fails_is_not_measured() -> None:
    with pytest.raises(SystemExit, match="exit code 3"):
        process(["sh", "-c", "exit 3"])


def test_what_is_repeated_has_the_time_of_one() -> None:
    runs = 0

    def do() -> None:
        nonlocal runs
        runs += 1

    once = repeated(do, least=0.001)
    before = runs
    found = once()
    assert runs > before and 0 <= found.processor < 0.001


def test_a_table_says_which_goals_are_reached() -> None:
    found = {"one": times(0.001, 0.002, 0.003), "two": times(0.001, 0.001, 0.001)}
    rows = [
        row("Times", found, "one", "two", 1.5),
        Row("Others", "fast", "slow", 2.0, 1.8, more=True),
        Row("Times", "same", "two", 1.0),
    ]
    assert as_markdown(rows) == (
        "**Times**\n\n"
        "| | against | ratio | goal | | processor, ms | clock, ms |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| one | two | 2.00 | ≤ 1.5 | not reached | 2 (1 to 3) | 4 |\n"
        "| same | two | 1.00 |  |  |  |  |\n\n"
        "**Others**\n\n"
        "| | against | ratio | goal | | processor, ms | clock, ms |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| fast | slow | 2.00 | ≥ 1.8 | reached |  |  |\n"
    )


def test_a_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(bench.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    for text in ("| former |\n", "| second \\1 |\n"):
        bench.put(page, "loaded", text)
        bench.put(page, "quiet", text)
    assert page.read_text(encoding="utf-8").count("| second \\1 |") == 2
    assert "| former |" not in page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="no place"):
        bench.put(page, "other", "")


@pytest.mark.parametrize("text", [programs.NETDSL, programs.LINE, programs.layers(3)])
def test_what_is_measured_is_right(text: str) -> None:
    assert compile_source(Source(text)).diagnostics == ()


def test_long_programs_are_as_long_as_they_say() -> None:
    for lines in (10, 200):
        text = programs.blocks(lines)
        assert text.count("\n") == lines + 1
        assert check_source(Source(text)).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("relu", "relu"),
        ("linear 4 8 bias=0", ("call", "linear", [4, 8], {"bias": 0})),
        ("f(g(1.5), h 2)", ("call", "f", [("call", "g", [1.5], {}), ("call", "h", [2], {})], {})),
    ],
)
def test_the_parser_by_hand_reads_its_part_of_the_language(text: str, tree: object) -> None:
    assert descent.parse(text) == tree
    with pytest.raises((ValueError, IndexError)):
        descent.parse(text + ")")


def test_a_program_changes_in_one_module() -> None:
    text = programs.blocks(200)
    other = programs.changed(text)
    assert check_source(Source(other)).diagnostics == ()
    different = [
        one for one, two in zip(text.split("}\n"), other.split("}\n"), strict=True) if one != two
    ]
    assert [each.split("(")[0] for each in different] == ["module Block10"]
