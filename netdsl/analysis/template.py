"""Computed names: what stands in braces in `"denseblock{k + 1}"`."""

from __future__ import annotations

from netdsl.analysis.walk import relocated
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.parse import parse


def name_parts(name: tree.String, diagnostics: Diagnostics) -> tuple[str | tree.Expr, ...]:
    """The parts of a name: text, and the expressions that stood in braces."""
    text = name.value
    if "{" not in text and "}" not in text:
        return (text,)
    parts: list[str | tree.Expr] = []
    at = 0
    while at < len(text):
        opening = text.find("{", at)
        stray = text.find("}", at, opening if opening != -1 else len(text))
        if stray != -1:
            _bad(name, stray, "a `}` in a name closes nothing", diagnostics)
            return (text,)
        if opening == -1:
            parts.append(text[at:])
            break
        if opening > at:
            parts.append(text[at:opening])
        closing = _closing(text, opening)
        if closing == -1:
            _bad(name, opening, "a `{` in a name is not closed", diagnostics)
            return (text,)
        expression = _parse(name, opening + 1, closing, diagnostics)
        if expression is None:
            return (text,)
        parts.append(expression)
        at = closing + 1
    return tuple(parts)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return -1


def _parse(name: tree.String, start: int, end: int, diagnostics: Diagnostics) -> tree.Expr | None:
    inside = name.value[start:end]
    if not inside.strip():
        _bad(name, start - 1, "there is nothing between `{` and `}`", diagnostics)
        return None
    found = Diagnostics()
    file = parse(Source(f"let x = ({inside})", name=name.span.source.name), found)
    statements = file.statements if file is not None else ()
    if found.has_errors or len(statements) != 1 or not isinstance(statements[0], tree.Let):
        _bad(name, start, f"`{{{inside}}}` holds no expression", diagnostics)
        return None
    return _moved(statements[0].value, name, start - len("let x = ("))


def _moved(expression: tree.Expr, name: tree.String, by: int) -> tree.Expr:
    """The expression with spans in the program that holds the name."""
    source, start, end = name.span
    plain = source.text[start + 1 : end - 1] == name.value

    def at(span: Span) -> Span:
        if not plain:
            return name.span
        return Span(source, start + 1 + by + span.start, start + 1 + by + span.end)

    return relocated(expression, at)


def _bad(name: tree.String, at: int, message: str, diagnostics: Diagnostics) -> None:
    source, start, end = name.span
    plain = source.text[start + 1 : end - 1] == name.value
    where = Span(source, start + 1 + at, start + 2 + at) if plain else name.span
    diagnostics.error(
        "bad-name-braces",
        message,
        where,
        hint='write `"block{i + 1}" = …`: braces in a name hold a build-time expression.',
    )
