"""Programs in colour: every character is there, and is what the parser takes it for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from pygments import lex
from pygments.token import Comment, Error, Keyword, Name, String

from netdsl.highlighting import NetdslLexer
from netdsl.source import Source
from netdsl.syntax.driver import Driver, Stopped
from netdsl.syntax.grammar import tables
from netdsl.syntax.newlines import NestedTooDeeply, Newlines
from tests.generated import ROOT
from tests.strategies import BROKEN, PROGRAMS


def coloured(text: str) -> list[tuple[Any, str]]:
    return list(lex(text, NetdslLexer(stripnl=False, ensurenl=False)))


class Heard(Newlines):
    """Keeps the words as the parser hears them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[int, str]] = []

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        for token in super().process(stream):
            self.words.append((token.start_pos, token.type))
            yield token


class NoTree:
    """Makes nothing of what is parsed."""

    def __getattr__(self, name: str) -> Any:
        return list


PARSER = Driver(tables(), NoTree())


def assert_true(text: str) -> None:
    """What is coloured is the text, and its keywords, names and strings are the parser's."""
    found = coloured(text)
    assert "".join(piece for _, piece in found) == text
    heard = Heard()
    try:
        PARSER.parse(text, heard)
    except (Stopped, NestedTooDeeply):
        return  # no program
    places: dict[int, Any] = {}
    at = 0
    for kind, piece in found:
        assert kind is not Error, piece
        places[at] = kind
        at += len(piece)
    soft = tables().words["NAME"].values()
    for at, kind in heard.words:
        if kind in soft:
            assert places[at] is Keyword, (kind, text[at : at + 40])
        elif kind == "NAME":
            begins = text[:at].rstrip(" ")[-1:] in ("", "\n", ";", "{", "}")
            misplaced = begins and places[at] is Keyword  # a declaration where none can be
            assert places[at] in Name or misplaced, text[at : at + 40]
        elif kind == "STRING":
            assert places[at] is String


@pytest.mark.parametrize("folder", ["examples", "netdsl", "tests"])
def test_files_are_coloured_as_the_parser_reads_them(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.nd"))
    assert files
    for path in files:
        assert_true(Source(path.read_text(encoding="utf-8")).text)


@given(PROGRAMS)
def test_any_program_is_coloured_as_the_parser_reads_it(text: str) -> None:
    assert_true(text)


@given(BROKEN)
def test_what_is_no_program_is_coloured_whole(text: str) -> None:
    text = Source(text).text
    assert "".join(piece for _, piece in coloured(text)) == text


def test_what_words_are() -> None:
    text = 'module M(d) "Doc." { fc = linear d d  # made\n def forward(x) = relu(fc(x)) }\n'
    found = {piece: kind for kind, piece in coloured(text)}
    assert found["M"] is Name.Class and found["forward"] is Name.Function
    assert found["linear"] is found["relu"] is Name.Builtin and found["fc"] is Name
    assert found["# made"] is Comment.Single and found['"Doc."'] is String
    assert found["module"] is found["def"] is Keyword
