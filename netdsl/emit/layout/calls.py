"""Lines that are one call after `return` or `=`, cut without a look at their leaves.

Most long lines are such calls. What black makes of them can be told from the brackets and commas
alone: what stands between the brackets of the call goes on a line of its own or, where it is too
long for that, each argument does; and so on with an argument that is a call, a list or a tuple
itself. Whatever else is too long, and whatever may be written with other brackets than it has, is
left to `split`.
"""

from __future__ import annotations

from netdsl.emit.layout.width import STEP
from netdsl.patterns import compiled

_LINE = compiled(r"(?:return |[\w.]+ = )?(?:super\(\)\.)?[A-Za-z_][\w.]*\(")
_ARGUMENT = compiled(r"(?:\w+=)?(?:[A-Za-z_][\w.]*\(|\[|\()")
_MARK = compiled(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()\[\]{},]""")
_OTHER = compiled(r"""\*\*|:=|\bfor\b|\blambda\b|,[)\]}]|""\"|'''""")
"""What may be broken elsewhere, or keeps a comma; and strings of many lines."""

_Ends = dict[int, list[int]]
"""By where the inside of a bracket begins: where each part of it ends, before a comma or, the last
one, before the bracket that closes."""


def cut(line: str, indent: int, width: int) -> list[str] | None:
    """The lines that a line becomes which is too long; None if this is none of those calls.

    >>> cut("x = first(1, second=2)", 0, 16)
    ['x = first(', '    1, second=2', ')']
    >>> cut("x = 1 + second(2)", 0, 16)
    """
    start = _LINE.match(line)
    if start is None or line[-1] != ")" or not line.isascii() or _OTHER.search(line):
        return None
    ends = _ends(line, start.end())
    if ends is None:
        return None
    return _Cutter(line, ends, width).cut(0, start.end(), indent)


def _ends(line: str, begin: int) -> _Ends | None:
    """The parts of all brackets from one that is open on; None if they are not those of one
    call, or one has nothing but a bracket in it, which black may take away."""
    ends: _Ends = {}
    opened = [begin]
    here: list[int] = []
    inside = [here]
    for found in _MARK.finditer(line, begin):
        mark, at = found[0], found.start()
        if mark in "([{":
            opened.append(at + 1)
            here = []
            inside.append(here)
        elif mark == ",":
            here.append(at)
        elif mark in ")]}":
            first = opened.pop()
            here.append(at)
            ends[first] = here
            inside.pop()
            if not inside:
                return ends if at == len(line) - 1 else None
            lone = len(here) == 1 and line[first - 2] in "[{" and line[at + 1] in "]}"
            if lone and mark == ")":
                return None
            here = inside[-1]
    return None


class _Cutter:
    """Cuts one line."""

    def __init__(self, line: str, ends: _Ends, width: int) -> None:
        self.line = line
        self.ends = ends
        self.width = width

    def cut(self, begin: int, opened: int, margin: int) -> list[str] | None:
        """The lines of what begins at a place and ends with the bracket that is opened at
        another. A list that is cut has a line for each of its elements, however short."""
        line, ends = self.line, self.ends[opened]
        inner = margin + STEP
        called = opened - 1 > begin and line[opened - 2] != "="
        grouped = not called and len(ends) == 1 and line[opened - 1] == "("
        if grouped or ends[0] == opened or margin + opened - begin > self.width:
            return None
        if (called or len(ends) == 1) and inner + ends[-1] - opened <= self.width:
            ends = ends[-1:]
        comma = "," if len(ends) > 1 else ""
        lines = [" " * margin + line[begin:opened]]
        first = opened
        for end in ends:
            if inner + end - first + len(comma) <= self.width:
                lines.append(f"{' ' * inner}{line[first:end]}{comma}")
            else:
                start = _ARGUMENT.match(line, first, end)
                closed = start is not None and self.ends[start.end()][-1] == end - 1
                below = self.cut(first, start.end(), inner) if start and closed else None
                if below is None:
                    return None
                below[-1] += comma
                lines += below
            first = end + 2
        lines.append(" " * margin + line[ends[-1]])
        return lines
