"""The one door to black, which is imported when it is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from black import Mode

WIDTH = 88
_STEP = 4
# What makes a header a whole statement.
_LEADS = {"elif": "if x:\n    pass\n", "else": "if x:\n    pass\n"}


class Unsupported(Exception):
    """A line with something in it that black alone knows how to lay out."""


@cache
def _mode(width: int) -> Mode:
    from black import Mode
    from black.mode import TargetVersion

    return Mode(target_versions={TargetVersion.PY311}, line_length=width)


def format_module(text: str, width: int = WIDTH) -> str:
    """A module as black lays it out.

    >>> format_module("x  =  1")
    'x = 1\\n'
    """
    from black import format_str

    return format_str(text, mode=_mode(width))


def format_line(line: str, indent: int, width: int = WIDTH) -> str:
    """A logical line as black lays it out at that indentation, headers and decorators
    included. Blocks around it put it where it stands.

    >>> format_line("if  x:", 4)
    '    if x:'
    """
    lead = _LEADS.get(line.split(maxsplit=1)[0].rstrip(":"), "")
    whole = lead + line
    if line.startswith("@"):
        whole += "\ndef f():\n    pass"
    elif line.endswith(":"):
        whole += "\n    pass"
    # A function around it, for `return` is at home in no other block.
    depth = indent // _STEP
    if depth:
        blocks = [f"{' ' * _STEP * at}if x:" for at in range(1, depth)]
        pad = " " * indent
        body = [pad + each for each in whole.split("\n")]
        whole = "\n".join(["def f():", *blocks, *body])
    lines = format_module(whole, width).rstrip("\n").split("\n")
    first = max(depth, 0) + lead.count("\n")
    last = len(lines)
    if line.startswith("@"):
        last -= 2
    elif line.endswith(":"):
        last -= 1
    return "\n".join(lines[first:last])
