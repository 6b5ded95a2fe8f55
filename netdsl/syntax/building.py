"""What every grammar rule needs to make a node: spans, names and strings of the parse that
is under way.

One builder serves every thread, so what belongs to a single parse is kept here, by thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from lark import Token

from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.hints import PYTHON_IMPORT, operator_line
from netdsl.syntax.literals import normalised, string_value


class Group(NamedTuple):
    """Things in brackets that are no node of their own, and where the brackets stand."""

    values: tuple[Any, ...]
    start: int
    end: int


class _Parse(threading.local):
    """What belongs to the parse under way in this thread; the builder itself is shared."""

    source: Source
    diagnostics: Diagnostics
    outer: dict[int, tuple[object, int, int]]


current = _Parse()


@contextmanager
def building(source: Source, diagnostics: Diagnostics) -> Iterator[None]:
    """Within it, nodes are made for this source."""
    current.source, current.diagnostics, current.outer = source, diagnostics, {}
    try:
        yield
    finally:
        current.outer = {}


def span_of(start: int, end: int) -> Span:
    return Span(current.source, start, end)


def start_of(part: Any) -> int:
    """Where a token, a node (with the brackets around it) or a group begins."""
    if type(part) is Token:
        return part.start_pos  # type: ignore[return-value]
    if type(part) is Group:
        return part.start
    found = current.outer.get(id(part))
    return found[1] if found else part.span.start


def end_of(part: Any) -> int:
    if type(part) is Token:
        return part.end_pos  # type: ignore[return-value]
    if type(part) is Group:
        return part.end
    found = current.outer.get(id(part))
    return found[2] if found else part.span.end


def over(parts: list[Any]) -> Span:
    """The span of everything a rule matched; the last part may be absent."""
    last = -1
    while parts[last] is None:
        last -= 1
    return Span(current.source, start_of(parts[0]), end_of(parts[last]))


def nodes_in(parts: list[Any]) -> tuple[Any, ...]:
    """The parts that are neither tokens nor absent."""
    return tuple([part for part in parts if part is not None and type(part) is not Token])


def identifier(token: Token) -> str:
    if len(token) > limits.NAME_CHARACTERS:
        current.diagnostics.error(
            "name-too-long",
            f"a name of {len(token)} characters; at most {limits.NAME_CHARACTERS} are read",
            span_of(token.start_pos or 0, token.end_pos or 0),
            hint="choose a shorter name.",
        )
        token = Token(token.type, token[: limits.NAME_CHARACTERS], token.start_pos)
    return normalised(str(token))


def make_name(token: Token) -> tree.Name:
    span = Span(current.source, token.start_pos, token.end_pos)  # type: ignore[arg-type]
    return tree.Name(identifier(token), span=span)


def make_optional_name(token: Token | None) -> tree.Name | None:
    return None if token is None else make_name(token)


def make_string(token: Token) -> tree.String:
    value, bad_escapes = string_value(str(token))
    start = token.start_pos or 0
    for bad in bad_escapes:
        at = start + bad.at
        current.diagnostics.error(
            "bad-escape",
            f"`{bad.text}` is no escape that a string knows",
            span_of(at, at + len(bad.text)),
            hint="write `\\\\` for a backslash.",
        )
    return tree.String(value, span=span_of(start, token.end_pos or 0))


def make_optional_string(token: Token | None) -> tree.String | None:
    return None if token is None else make_string(token)


def make_name_or_string(token: Token) -> tree.Name | tree.String:
    return make_string(token) if token.type == "STRING" else make_name(token)


def check_begins_statement(value: tree.Expr) -> None:
    """Some statements parse and yet are certainly not what was meant: a line that begins
    with a sign, and Python's `import`."""
    start = start_of(value)
    if type(value) is tree.Call and value.func == tree.Name("import", span=value.span):
        code, message, hint = PYTHON_IMPORT
        current.diagnostics.error(code, message, value.func.span, hint=hint)
    sign = current.source.text[start]
    if sign in "+-":
        code, message, hint = operator_line(sign)
        current.diagnostics.error(code, message, span_of(start, start + 1), hint=hint)
