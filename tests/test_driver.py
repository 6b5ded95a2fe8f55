"""The parser of right programs gives what Lark gives, and stops where Lark does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lark import UnexpectedInput

from netdsl.analysis.walk import walk
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source
from netdsl.syntax import grammar
from netdsl.syntax.building import building
from netdsl.syntax.driver import Stopped
from netdsl.syntax.newlines import NestedTooDeeply, Newlines
from tests.generated import ROOT
from tests.strategies import BROKEN, PROGRAMS

FILES = sorted([*ROOT.glob("examples/**/*.nd"), *ROOT.glob("tests/cases/**/*.nd")])


def read(source: Source, parse: Callable[[str], Any]) -> Any:
    """The tree with the place of every node, or what is raised."""
    with building(source, Diagnostics()):
        try:
            tree = parse(source.text)
        except (Stopped, UnexpectedInput):
            return "stops"
        except NestedTooDeeply as error:
            return error.token.start_pos
    return tree, [(type(node), node.span) for node in walk(tree)]


def same(text: str) -> bool:
    source = Source(text, "program.nd")
    ours = read(source, lambda text: grammar.driver().parse(text, Newlines()))
    return bool(ours == read(source, grammar.parser().parse))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_programs_are_read_as_by_lark(path: Path) -> None:
    assert same(path.read_text(encoding="utf-8", errors="replace"))


@settings(max_examples=150, deadline=None)
@given(PROGRAMS | BROKEN)
def test_generated_programs_are_read_as_by_lark(text: str) -> None:
    assert same(text)


@pytest.mark.parametrize(
    "text",
    [
        "let a = f(x)(y)[0] . b",
        "def f(x) { return(x) }",
        "def f(x) = (x)if(x)else(x)",
        "let in_ = 1; let note = not(1)",
        "let f(init=1, module=2) = linear init module",
        "module M { init = linear 8 8; init linear ~ zeros }",
        'from "a.nd" import a as b, c',
        "let a = -1 * - 2 ** -3 // 4 - -5",
        "seq(linear 8 8, *a, **b, dim=-1, x for x in y if not z)",
        "let a = [1, 2\n, 3]\n\n# end",
        "let a = '''\n'''; \"b\"",
        "def f(x: [*S, d]?) -> {a: [1] | (int[B], bool[B])} = x[..., ::2, 1:, :-1]",
        "",
        "\n\n",
        "#",
        "let",
        "let a =",
        "a b c )",
        "import_x",
    ],
)
def test_words_that_are_close_to_others(text: str) -> None:
    assert same(text)


def test_the_tables_are_those_of_the_grammar() -> None:
    assert (
        Path(grammar.TABLES).read_bytes() == grammar.table_bytes()
    ), "python -m netdsl.syntax.grammar"
