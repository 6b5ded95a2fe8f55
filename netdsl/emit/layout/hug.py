"""`x**2`: powers of simple operands stand close."""

from __future__ import annotations

from netdsl.emit.layout.leaves import Leaf
from netdsl.emit.layout.lines import CannotSplit, Line

_SIMPLE = ("name", "number")


def hug(line: Line) -> Line:
    """The line with its simple powers drawn together."""
    if not any(leaf.text == "**" for leaf in line.leaves):
        raise CannotSplit("no power")
    result = Line(line.margin, line.inside)
    result.exploded, result.magic = line.exploded, line.magic
    leaves = line.leaves
    close = False
    for at, leaf in enumerate(leaves):
        after = close
        close = (
            leaf.text == "**"
            and 0 < at < len(leaves) - 1
            and leaves[at - 1].kind in _SIMPLE
            and leaves[at - 1].text != "lambda"
            and _simple_before(leaves, at - 1)
            and _simple_after(leaves, at + 1)
        )
        if after or close:
            leaf = leaf.copy()
            leaf.space = ""
            leaf.before = 0
            leaf.rooted = False
        result.add(leaf)
    return result


def _simple_after(leaves: list[Leaf], at: int) -> bool:
    if leaves[at].text in ("+", "-", "~") and at + 1 < len(leaves):
        at += 1
    if leaves[at].kind not in _SIMPLE:
        return False
    for leaf in leaves[at:]:
        if leaf.shape in ("(", "["):
            return False
        if leaf.text == "for" or not (leaf.kind == "name" or leaf.text == "."):
            return True
    return True


def _simple_before(leaves: list[Leaf], at: int) -> bool:
    """Whether what the operand is looked up in has no brackets."""
    later: Leaf | None = None
    bracketed = False
    while at >= 0:
        leaf = leaves[at]
        bracketed = bracketed or leaf.shape in (")", "]")
        if later is not None and not _chained(later, leaf):
            return not bracketed
        later = leaf
        at -= 1
    return True


def _chained(later: Leaf, leaf: Leaf) -> bool:
    if later.kind == "name":
        return leaf.text == "."
    if later.shape in (")", "]"):
        return leaf.shape in (")", "]")
    if later.shape in ("(", "["):
        return leaf.kind == "name" or leaf.shape in ("(", "[")
    return False
