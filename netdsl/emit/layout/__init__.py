"""Python text as black lays it out, without black where that is possible."""

from __future__ import annotations

from netdsl.emit.black_door import WIDTH, Unsupported, format_line
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
    from netdsl.emit.layout import calls

    lines = calls.cut(line, indent, width)
    if lines is None:
        from netdsl.emit.layout import general

        lines = general.cut(line, indent, width)
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
