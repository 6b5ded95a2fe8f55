"""A line of any form, cut by its leaves as black cuts it."""

from __future__ import annotations

from netdsl.emit.black_door import Unsupported
from netdsl.emit.layout.lines import CannotSplit, line_of
from netdsl.emit.layout.pairs import leaves_of
from netdsl.emit.layout.split import Splitter


def cut(line: str, indent: int, width: int) -> list[str]:
    """The lines that a line becomes.

    Raises:
        Unsupported: it has something that only black knows how to lay out.
    """
    try:
        lines = _split(line, indent, width)
        if len(lines) > 1:
            # Black looks twice too: the commas and parentheses of the first look count now.
            lines = _split(_joined(lines), indent, width)
    except (CannotSplit, RecursionError) as error:
        raise Unsupported(str(error)) from error
    return lines


def _split(line: str, indent: int, width: int) -> list[str]:
    return [str(each) for each in Splitter(width).split(line_of(leaves_of(line), indent))]


def _joined(lines: list[str]) -> str:
    text = ""
    for line in lines:
        piece = line.strip()
        close = not text or text[-1] in "([{" or piece[0] in ")]}."
        text += piece if close else " " + piece
    return text
