"""A line cut once: at its first or last brackets, or at its delimiters."""

from __future__ import annotations

from collections.abc import Collection

from netdsl.emit.layout.leaves import Leaf
from netdsl.emit.layout.lines import CannotSplit, Line, matched
from netdsl.emit.layout.roles import COMMA, DOT
from netdsl.emit.layout.width import STEP
from netdsl.records import Frozen


class Parts(Frozen):
    """A line cut at a pair of brackets."""

    head: Line
    body: Line
    tail: Line
    opening: Leaf
    closing: Leaf

    def lines(self) -> list[Line]:
        """The parts, brackets in sight."""
        _show(self.opening)
        _show(self.closing)
        return [part for part in (self.head, self.body, self.tail) if part.leaves]


def _show(leaf: Leaf) -> None:
    if leaf.shape in ("(", ")"):
        leaf.text = leaf.shape


def left_parts(line: Line) -> Parts:
    """Cut at the first brackets that have content."""
    head: list[Leaf] = []
    body: list[Leaf] = []
    tail: list[Leaf] = []
    current = head
    opening: Leaf | None = None
    for leaf in line.leaves:
        if current is body and opening is not None and leaf.closes and leaf.partner is opening:
            _show(leaf)
            _show(opening)
            current = tail if body else head
        current.append(leaf)
        if current is head and leaf.shape == "(":
            opening = leaf
            current = body
    if opening is None or not tail:
        raise CannotSplit("no brackets")
    parts = Parts(
        _head(head, line), _body(body, line, opening), _tail(tail, line), opening, tail[0]
    )
    _worth(parts.body, parts.tail)
    return parts


def right_parts(line: Line, omit: Collection[Leaf]) -> Parts:
    """Cut at the last brackets but those that are left out."""
    tail: list[Leaf] = []
    body: list[Leaf] = []
    head: list[Leaf] = []
    current = tail
    opening: Leaf | None = None
    closing: Leaf | None = None
    for leaf in reversed(line.leaves):
        if current is body and leaf is opening:
            current = head if body else tail
        current.append(leaf)
        if current is tail and leaf.closes and leaf not in omit:
            opening, closing, current = leaf.partner, leaf, body
    if opening is None or closing is None or not head:
        raise CannotSplit("no brackets")
    for part in (head, body, tail):
        part.reverse()
    parts = Parts(
        _head(head, line), _body(body, line, opening), _tail(tail, line), opening, closing
    )
    _worth(parts.body, parts.tail)
    return parts


def _worth(body: Line, tail: Line) -> None:
    if not body.leaves and (not tail.leaves or len(str(tail).strip()) < 3):
        raise CannotSplit("nothing to put on a line of its own")


def _head(leaves: list[Leaf], line: Line) -> Line:
    head = Line(line.margin)
    tracked = matched(leaves)
    for leaf in leaves:
        head.add(leaf, watch=leaf in tracked)
    return head


def _tail(leaves: list[Leaf], line: Line) -> Line:
    tail = Line(line.margin)
    for leaf in leaves:
        tail.add(leaf)
    return tail


def _body(leaves: list[Leaf], line: Line, opening: Leaf) -> Line:
    body = Line(line.margin + STEP, inside=True)
    for leaf in leaves:
        body.add(leaf)
    if leaves and leaves[-1].text != "," and _needs_comma(leaves, line, opening):
        body.add(_comma())
    commas = body.loosest(_last_comma(body)) == COMMA
    if commas and (opening.owner in ("atom", "import") or _last_comma(body) is not None):
        body.exploded = True
    return body


def _last_comma(line: Line) -> Leaf | None:
    return line.leaves[-1] if line.leaves and line.leaves[-1].text == "," else None


def _needs_comma(leaves: list[Leaf], line: Line, opening: Leaf) -> bool:
    if line.is_import:
        return True
    if line.first != "def" or opening.text != "(":
        return False
    if any(leaf.text == "," and not leaf.note for leaf in leaves):
        return False
    return leaves[0].note != "returned"


def _comma() -> Leaf:
    comma = Leaf("op", ",")
    comma.after = COMMA
    comma.rooted = False
    return comma


def at_delimiters(line: Line) -> list[Line]:
    """Cut wherever the line breaks most readily."""
    priority = line.loosest(line.leaves[-1])
    if not priority:
        raise CannotSplit("no delimiters")
    if priority == DOT and line.count(priority) == 1:
        raise CannotSplit("one attribute stays with its owner")
    pieces = [Line(line.margin, line.inside)]
    for leaf in line.leaves:
        pieces[-1].add(leaf)
        if line.breaks.get(leaf) == priority:
            pieces.append(Line(line.margin, line.inside))
    if not pieces[-1].leaves:
        pieces.pop()
    elif priority == COMMA and pieces[-1].leaves[-1].text != ",":
        pieces[-1].add(_comma())
    for piece in pieces:
        piece.leaves[0].space = ""
    return pieces
