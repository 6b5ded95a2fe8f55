"""Programs in colour, for whatever shows source with Pygments: `pygmentize model.nd`, Sphinx,
notebooks. Pygments finds the lexer by an entry point, and nothing else imports this module.

Words are those of the grammar's own tables, and names those that the compiler knows, so that a
word of the language is a word here as soon as there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from netdsl import torchlib
from netdsl.analysis.names import BUILD_FUNCTIONS, COMBINATORS, CONTAINERS
from netdsl.records import NamedTuple
from netdsl.syntax.grammar import tables

_KINDS = {
    "STRING": String,
    "INT": Number.Integer,
    "FLOAT": Number.Float,
    "COMMENT": Comment.Single,
    "TRUE": Keyword.Constant,
    "FALSE": Keyword.Constant,
    "NONE": Keyword.Constant,
    "ELLIPSIS": Keyword.Constant,
    "AND": Operator.Word,
    "OR": Operator.Word,
    "NOT": Operator.Word,
    "IN": Operator.Word,
    "IS": Operator.Word,
    "NOT_IN": Operator.Word,
    "IS_NOT": Operator.Word,
}
"""The terminals that are more than their texts tell: other words are keywords, and what has no
letters is an operator or stands between."""

_NAMED = {"def": Name.Function, "let": Name.Function, "module": Name.Class, "record": Name.Class}
"""What a name is after a keyword."""

_BETWEEN = frozenset("()[]{},:;.")
_LAYERS = frozenset(
    {*torchlib.layer_names(), *CONTAINERS, *COMBINATORS, *BUILD_FUNCTIONS, "rearrange"}
)
_FUNCTIONS = frozenset(torchlib.function_names())
_PIECE = re.compile(r"#[^\n]*|\s+|[^\s#]+")
_BOUND = re.compile(r"[ \t]*=(?!=)")
"""What follows a name that is given something."""


class _Word(NamedTuple):
    """Where a terminal stands, and which it is."""

    start: int
    kind: str
    text: str


class NetdslLexer(Lexer):
    """Programs of netdsl."""

    name = "netdsl"
    aliases = ("netdsl", "nd")
    filenames = ("*.nd",)
    mimetypes = ("text/x-netdsl",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        place = _Place()
        for word in _words(text):
            yield from _pieces(word, _kind(word, place, text))
            place.pass_by(word)


class _Place:
    """What stands before a word, as far as it decides what the word is."""

    def __init__(self) -> None:
        self.begins = True
        """Whether a statement can begin here."""
        self.first = ""
        """The word that this statement begins with."""
        self.before = ""
        self.depth = 0

    def pass_by(self, word: _Word) -> None:
        text = word.text
        if word.kind in tables().ignored:
            return
        if word.kind == "_NL":
            self.begins = self.begins or self.depth == 0
            return
        if text in "([":
            self.depth += 1
        elif text in ")]":
            self.depth = max(0, self.depth - 1)
        if self.begins:
            self.first = text
        self.begins = text in ";{}" and self.depth == 0
        self.before = text


def _words(text: str) -> Iterator[_Word]:
    at = 0
    for match in _terminals().finditer(text):
        yield from (_Word(place, "", text[place]) for place in range(at, match.start()))
        yield _Word(match.start(), str(match.lastgroup), match[0])
        at = match.end()
    yield from (_Word(place, "", text[place]) for place in range(at, len(text)))


@cache
def _terminals() -> re.Pattern[str]:
    """The terminals in the parser's own order. Words that are names elsewhere are names here."""
    inside = {kind for words in tables().words.values() for kind in words.values()}
    found = [(kind, text) for kind, text in tables().terminals if kind not in inside]
    return re.compile("|".join(f"(?P<{kind}>{text})" for kind, text in found))


def _kind(word: _Word, place: _Place, text: str) -> _TokenType:
    if not word.kind:
        return Error
    if word.kind == "NAME":
        return _kind_of_name(word, place, text)
    if word.kind in _KINDS:
        return _KINDS[word.kind]
    if word.text.isalpha():
        return Keyword
    return Punctuation if word.text in _BETWEEN else Operator


def _kind_of_name(word: _Word, place: _Place, text: str) -> _TokenType:
    name = word.text
    if name in tables().words["NAME"] and _is_keyword(name, place):
        return Keyword
    if place.before in _NAMED and place.first in (*_NAMED, "extern"):
        return _NAMED[place.before]
    after = word.start + len(name)
    if place.before == "." or _BOUND.match(text, after):
        return Name
    if name in ("self", "training"):
        return Name.Builtin.Pseudo
    called = text.startswith("(", after)
    return Name.Builtin if name in _LAYERS or (called and name in _FUNCTIONS) else Name


def _is_keyword(name: str, place: _Place) -> bool:
    """Whether a word that may be a name as well is none here."""
    if name in ("as", "import"):
        return place.first in ("from", "extern")
    return place.begins or place.before in ("extern", "}")


def _pieces(word: _Word, kind: _TokenType) -> Iterator[tuple[int, _TokenType, str]]:
    """A word may hold comments and white space: a newline does, with all that follows it."""
    if kind is Error or word.kind == "STRING":
        yield word.start, kind, word.text
        return
    for piece in _PIECE.finditer(word.text):
        is_comment = piece[0][0] == "#"
        of = Comment.Single if is_comment else Whitespace if piece[0].isspace() else kind
        yield word.start + piece.start(), of, piece[0]
