"""A line that is too long, cut at its brackets and at its delimiters until all pieces fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from netdsl.emit.layout.hug import hug
from netdsl.emit.layout.leaves import Leaf
from netdsl.emit.layout.lines import CannotSplit, Line, lengths, line_of, matched, single
from netdsl.emit.layout.parts import Parts, at_delimiters, left_parts, right_parts
from netdsl.emit.layout.roles import COMMA, DOT

Cut = Callable[[Line], list[Line]]


class Splitter:
    """Cuts lines to a width. `forced` keeps unseen parentheses from being left out."""

    def __init__(self, width: int, forced: bool = False) -> None:
        self.width = width
        self.forced = forced

    def fits(self, line: Line) -> bool:
        """Whether the line needs no cut for its width."""
        return line.fits(self.width)

    def split(self, line: Line) -> list[Line]:
        """The lines that a line becomes."""
        text = str(line)
        try:
            short = hug(line).fits(self.width)
        except CannotSplit:
            short = self.fits(line)
        cuts: list[Cut]
        if short and not line.exploded and line.magic is None:
            cuts = []
        elif line.first == "def" and not self._returns_at_length(line):
            cuts = [self._left]
        elif line.inside:
            cuts = [at_delimiters, self._right]
        else:
            cuts = [self._right]
        for cut in (*cuts, _hugged):
            try:
                return self._cut(line, cut, text)
            except CannotSplit:
                continue
        return [line]

    def _cut(self, line: Line, cut: Cut, text: str) -> list[Line]:
        unseen = [leaf for leaf in line.unseen if leaf.depth == 0]
        result: list[Line] = []
        for piece in cut(line):
            if str(piece) == text:
                raise CannotSplit("nothing changed")
            result += self.split(piece)
        if (
            self.forced
            or cut != self._right
            or not line.unseen
            or any(leaf.text for leaf in unseen)
            or self.fits(result[0])
            or not all(leaf.rooted for leaf in line.leaves)
        ):
            return result
        again = line_of((leaf.copy() for leaf in line.leaves), line.margin)
        again.leaves[0].space = ""
        again.inside, again.exploded = line.inside, line.exploded
        again.magic = again.magic or line.magic
        forced = Splitter(self.width, forced=True)
        other = forced._cut(again, forced._right, text)
        return other if all(self.fits(each) for each in other) else result

    def _returns_at_length(self, line: Line) -> bool:
        """Whether what a function returns has to be cut before its parameters."""
        returned: list[Leaf] = []
        inside = False
        for leaf in line.leaves:
            if leaf.text == ":":
                inside = False
            if inside:
                returned.append(leaf)
            if leaf.text == "->":
                inside = True
        if not returned:
            return False
        result = Line(line.margin)
        tracked = matched(returned)
        for leaf in returned:
            result.add(leaf, watch=leaf in tracked)
        seen = next((leaf for leaf in returned if leaf.text), None)
        quoted = seen is not None and seen.kind == "string"
        return result.magic is not None or (quoted and not self.fits(result))

    def _left(self, line: Line) -> list[Line]:
        """Cut at the first brackets that have content: for functions."""
        return left_parts(line).lines()

    def _right(self, line: Line) -> list[Line]:
        """Cut at the last brackets, or at earlier ones if the line then ends well."""
        default: list[Line] | None = None
        reach: dict[Leaf, int] = {}
        length = line.margin
        for leaf, size in lengths(line):
            reach[leaf] = length
            length += size
        for omit in _omissions(line, self.width):
            if omit:
                last = next(
                    (leaf for leaf in reversed(line.leaves) if leaf.closes and leaf not in omit),
                    None,
                )
                at = last.partner if last is not None else None
                if at is not None and at.text and reach.get(at, 0) > self.width:
                    continue
            pieces = self._right_once(line, omit)
            if default is None and not omit:
                default = pieces
            if self.fits(pieces[0]):
                return pieces
        return default if default is not None else self._right_once(line, ())

    def _right_once(self, line: Line, omit: Collection[Leaf]) -> list[Line]:
        return self._unless_optional(right_parts(line, omit), line, omit)

    def _unless_optional(self, parts: Parts, line: Line, omit: Collection[Leaf]) -> list[Line]:
        """These parts, or better ones if their brackets need not be there."""
        unseen = not parts.opening.text and not parts.closing.text
        optional = not self.forced and parts.opening.shape == "(" and unseen
        if optional and not line.is_import and self._may_omit(parts):
            try:
                wider = {parts.closing, *omit}
                without = right_parts(line, wider)
                if self._prefer(without, parts):
                    return self._unless_optional(without, line, wider)
            except CannotSplit:
                equals = sum(leaf.text == "=" for leaf in line.leaves)
                if equals < 2 and not _can_be_split(parts.body) and not self.fits(parts.body):
                    raise
        return parts.lines()

    def _prefer(self, without: Parts, parts: Parts) -> bool:
        head = parts.head
        if len(head.leaves) < 2 or head.leaves[-2].text != "=":
            return True
        if not any(leaf.shape for leaf in head.leaves[:-1]):
            return True
        if not head.fits(self.width - 1) or head.magic is not None:
            return True
        equals = sum(leaf.text == "=" for leaf in head.leaves)
        others = sum(leaf.text == "=" for leaf in without.head.leaves)
        if equals > 1 and equals > others:
            return False
        for leaf in reversed(without.head.leaves):
            if leaf.text == "=":
                break
            if leaf.closes:
                return True
        return others > 0 and self.fits(without.head)

    def _may_omit(self, parts: Parts) -> bool:
        """Whether the body has a form that reads well without parentheses around it."""
        line = parts.body
        if not line.breaks:
            return True
        priority = line.loosest()
        count = line.count(priority)
        if count > 1 or (priority == COMMA and parts.head.first == "with"):
            return False
        if priority == DOT:
            return True
        first, second = line.leaves[0], line.leaves[1]
        if first.opens and not second.closes and self._opening_helps(line, first):
            return True
        before, last = line.leaves[-2], line.leaves[-1]
        if last.shape in (")", "}") or (last.shape == "]" and last.owner != "trailer"):
            return not before.opens and self._closing_helps(line, last)
        return False

    def _opening_helps(self, line: Line, first: Leaf) -> bool:
        rest = False
        length = line.margin
        for leaf, size in lengths(line):
            if leaf.closes and leaf.partner is first:
                rest = True
            if rest:
                length += size
                if length > self.width:
                    return False
                if leaf.opens:
                    rest = False
        return True

    def _closing_helps(self, line: Line, last: Leaf) -> bool:
        length = line.margin
        others = False
        for leaf, size in lengths(line):
            length += size
            if leaf is last.partner:
                if others or length <= self.width:
                    return True
            elif leaf.opens:
                others = True
        return False


def _hugged(line: Line) -> list[Line]:
    return [hug(line)]


def _can_be_split(line: Line) -> bool:
    """Whether there is a chance to cut the line further; a guess that costs little."""
    leaves = line.leaves
    if len(leaves) < 2:
        return False
    if leaves[0].kind != "string" or leaves[1].text != ".":
        return True
    calls = dots = 0
    later = leaves[-1]
    for leaf in leaves[-2::-1]:
        if leaf.opens:
            if not later.closes:
                return False
            calls += 1
        elif leaf.text == ".":
            dots += 1
        elif leaf.kind == "name":
            if not (later.text == "." or later.opens):
                return False
        elif not leaf.closes:
            return False
        if dots > 1 and calls > 1:
            return False
    return True


def _omissions(line: Line, width: int) -> Iterator[set[Leaf]]:
    """Brackets at the end of a line that may stay together, more and more of them. The set is
    one and the same; and leaves may change between two looks at them."""
    omit: set[Leaf] = set()
    if line.magic is None:
        yield omit
    length = line.margin
    opening: Leaf | None = None
    closing: Leaf | None = None
    inner: set[Leaf] = set()
    for at in range(len(line.leaves) - 1, -1, -1):
        leaf = line.leaves[at]
        length += len(leaf.space) + len(leaf.text)
        if length > width:
            break
        before = line.leaves[at - 1] if at else None
        held = (
            leaf.closes
            and before is not None
            and before.text == ","
            and leaf.partner is not None
            and not single(leaf, line.leaves)
        )
        if opening is not None:
            if leaf is opening:
                opening = None
            elif leaf.closes:
                if held:
                    break
                inner.add(leaf)
        elif leaf.closes:
            if before is not None and before.opens:
                inner.add(leaf)
                continue
            if closing is not None:
                omit.add(closing)
                omit |= inner
                inner.clear()
                yield omit
            if held:
                break
            if leaf.text:
                opening, closing = leaf.partner, leaf
