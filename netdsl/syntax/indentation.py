"""Warns of a line that is indented like the rest of the line above but is a statement.

Indentation means nothing, so `stride = 2` on a line of its own declares a child, however
much it looks like one more argument of the layer above it.
"""

from __future__ import annotations

from collections.abc import Iterator

from netdsl.diagnostics import Diagnostics, Label
from netdsl.source import Span
from netdsl.syntax import tree

_LOOKS_LIKE_MORE = (tree.Net, tree.Child, tree.Assign, tree.ExprStatement)
"""Statements that begin with no keyword, and so could be meant as the rest of another."""

_Statements = tuple[tree.FileStatement | tree.Declaration | tree.Statement, ...]


def warn_of_indented(file: tree.File, diagnostics: Diagnostics) -> None:
    """A warning for each statement that is indented deeper than the first of its block."""
    waiting: list[_Statements] = [file.statements]
    while waiting:
        block = waiting.pop()
        _check_block(block, diagnostics)
        for statement in block:
            waiting.extend(_blocks(statement))


def _check_block(block: _Statements, diagnostics: Diagnostics) -> None:
    first: str | None = None
    for above, statement in zip((None, *block), block, strict=False):
        indent = _indent(statement.span)
        if indent is None:
            continue
        if first is None:
            first = indent
        if above is None or not isinstance(statement, _LOOKS_LIKE_MORE):
            continue
        if len(indent) > len(first) and indent.startswith(first):
            diagnostics.warning(
                "indented-declaration",
                "this indented line is a statement of its own, not the rest of the one above",
                statement.span,
                hint="end the line above with an open bracket, a comma or an operator to go on,"
                " or indent the statement like the others.",
                labels=[Label(above.span, "the statement above ends here")],
            )


def _indent(span: Span) -> str | None:
    """The blanks before a statement that begins its line."""
    text = span.source.text
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    return before if not before or before.isspace() else None


def _blocks(statement: tree.Node) -> Iterator[_Statements]:
    match statement:
        case tree.Module(body=body) if body is not None:
            yield body
        case tree.Def(body=body, one_line=False):
            yield body
        case tree.DeclFor(body=body) | tree.For(body=body) | tree.While(body=body):
            yield body
        case tree.DeclIf(branches, otherwise) | tree.If(branches, otherwise):
            for _, body in branches:
                yield body
            yield otherwise
