"""Python text as black lays it out, without black where that is possible."""

from __future__ import annotations

from netdsl.emit.black_door import WIDTH, format_line
from netdsl.emit.layout.leaves import Unsupported
from netdsl.emit.layout.lines import CannotSplit, line_of
from netdsl.emit.layout.roles import leaves_of
from netdsl.emit.layout.split import Splitter
from netdsl.emit.layout.width import width as width_of

__all__ = ["Unsupported", "lay_out", "lay_out_or_black"]


def lay_out(line: str, indent: int, width: int = WIDTH) -> str:
    """The text of a logical line, given on one physical line in canonical spacing, at an
    indentation.

    Raises:
        Unsupported: the line is too long, and has something that only black knows how to
            lay out.

    >>> lay_out("x = 1", 4)
    '    x = 1'
    >>> print(lay_out("value = first(1, 2) + second(3)", 0, width=20))
    value = first(
        1, 2
    ) + second(3)
    """
    text = " " * indent + line
    if width_of(text) <= width and not _may_have_magic_comma(line):
        return text
    try:
        lines = _split(line, indent, width)
        if len(lines) > 1:
            # Black looks twice too: the commas and parentheses of the first look count now.
            lines = _split(_joined(lines), indent, width)
    except (CannotSplit, RecursionError) as error:
        raise Unsupported(str(error)) from error
    return "\n".join(lines)


def lay_out_or_black(line: str, indent: int, width: int = WIDTH) -> tuple[str, bool]:
    """The laid out line, and whether black did it. Without black it stays on one line.

    >>> lay_out_or_black("x = 1", 0)
    ('x = 1', False)
    """
    try:
        return lay_out(line, indent, width), False
    except Unsupported:
        pass
    try:
        return format_line(line, indent, width), True
    except Exception:  # black is absent, or cannot read what is valid Python
        return " " * indent + line, True


def _may_have_magic_comma(line: str) -> bool:
    """Whether a comma may stand before a closing bracket, where it asks for a line of its own
    for every element."""
    return ",)" in line or ",]" in line or ",}" in line


def _split(line: str, indent: int, width: int) -> list[str]:
    return [str(each) for each in Splitter(width).split(line_of(leaves_of(line), indent))]


def _joined(lines: list[str]) -> str:
    text = ""
    for line in lines:
        piece = line.strip()
        close = not text or text[-1] in "([{" or piece[0] in ")]}."
        text += piece if close else " " + piece
    return text
