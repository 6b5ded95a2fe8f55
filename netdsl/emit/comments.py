"""Shapes as comments: beside the statements and the layers whose sizes differ from the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netdsl.analysis import program as ir
from netdsl.emit.code import ClassCode, Code, FunctionCode, Line
from netdsl.records import replace
from netdsl.source import Span


def of_elements(node: ir.Expr, notes: Mapping[Span, ir.Note]) -> tuple[str | None, ...]:
    """What each item of a Sequential gives, where it is not what the one before gives."""
    if not isinstance(node, ir.Container) or node.kind != "seq":
        return ()
    found = (notes.get(item.span) for item in node.items)
    return tuple(_changing(None if note is None else note.exact for note in found))


def of_statements(
    lines: Iterable[Code], before: str | None, result: str | None
) -> tuple[Code, ...]:
    """The lines of a `def` with comments that do not repeat the last one, or what its header
    says of its input and its result.

    Sizes in terms of the parameters say most. If they are not known in every place, those of
    the networks may be; where even those are not, a comment here and none there would mislead.
    """
    found = tuple(lines)
    shown = [_shown(line, result) for line in found]
    notes = [note for note in shown if note is not None]
    if all(note.general is not None for note in notes):
        texts = [None if note is None else note.general for note in shown]
    elif all(note.exact is not None for note in notes):
        texts = [None if note is None else note.exact for note in shown]
    else:
        return found
    return tuple(
        replace(line, shape=shape) if isinstance(line, Line) else line
        for line, shape in zip(found, _changing(texts, before), strict=True)
    )


def _shown(line: Code, result: str | None) -> ir.Note | None:
    if isinstance(line, FunctionCode) or (result is not None and line.text.startswith("return ")):
        return None
    return line.note


def _changing(shapes: Iterable[str | None], last: str | None = None) -> Iterator[str | None]:
    for shape in shapes:
        yield shape if shape != last else None
        last = shape or last


def without(code: ClassCode) -> ClassCode:
    """A class that several networks may share, whose sizes differ."""
    return replace(code, functions=tuple(map(_bare, code.functions)))


def _bare(code: FunctionCode) -> FunctionCode:
    return replace(code, body=tuple(map(_bare_part, code.body)))


def _bare_part(part: Code) -> Code:
    if isinstance(part, FunctionCode):
        return _bare(part)
    return replace(part, shape=None, elements=())
