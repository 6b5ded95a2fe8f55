"""A line on its way to the page: leaves, how far they are indented, and where it may break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netdsl.emit.layout.leaves import PARTNER, Leaf
from netdsl.emit.layout.width import width


class CannotSplit(Exception):
    """The line cannot be cut in this way."""


class Line:
    """Leaves that go on one line of the page, unless they are cut further.

    `breaks` are the leaves after which the line may break, outside its brackets, with how
    readily it does; only a watched line has them.
    """

    def __init__(self, margin: int, inside: bool = False) -> None:
        self.margin = margin
        self.inside = inside
        """Whether this is the content of a bracket."""
        self.leaves: list[Leaf] = []
        self.breaks: dict[Leaf, int] = {}
        self.unseen: list[Leaf] = []
        self.exploded = False
        """Whether the commas of the line are to be broken at, however short it is."""
        self.magic: Leaf | None = None
        """The last bracket that closes after a comma, which keeps it from being joined."""
        self._depth = 0
        self._open: dict[tuple[int, str], Leaf] = {}
        self._previous: Leaf | None = None
        self._targets: list[int] = []
        self._lambdas: list[int] = []

    def __str__(self) -> str:
        head, *rest = self.leaves
        return (
            head.space
            + " " * self.margin
            + head.text
            + "".join([leaf.space + leaf.text for leaf in rest])
        )

    def fits(self, room: int) -> bool:
        """Whether the line is no wider than that."""
        return width(str(self)) <= room

    @property
    def first(self) -> str:
        """The word that the line begins with."""
        leaf = self.leaves[0]
        return leaf.text if leaf.kind == "name" else ""

    @property
    def is_import(self) -> bool:
        """Whether this imports."""
        return self.first in ("import", "from") and not self.inside

    def add(self, leaf: Leaf, watch: bool = False) -> None:
        """Put a leaf at the end."""
        if watch or self.inside:
            self._mark(leaf)
            if leaf.closes and self._is_magic(leaf):
                self.magic = leaf
        self.leaves.append(leaf)

    def loosest(self, without: Leaf | None = None) -> int:
        """How readily the line breaks where it does so best, 0 if it does nowhere."""
        return max((at for leaf, at in self.breaks.items() if leaf is not without), default=0)

    def count(self, priority: int) -> int:
        """In how many places the line breaks as readily."""
        return sum(1 for each in self.breaks.values() if each == priority)

    def _mark(self, leaf: Leaf) -> None:
        if self._depth == 0 and leaf.closes and (0, leaf.shape) not in self._open:
            return
        name = leaf.text if leaf.kind == "name" else ""
        if name == "in" and self._targets and self._targets[-1] == self._depth:
            self._depth -= 1
            self._targets.pop()
        if leaf.text == ":" and self._lambdas and self._lambdas[-1] == self._depth:
            self._depth -= 1
            self._lambdas.pop()
        if leaf.closes:
            self._depth -= 1
            leaf.partner = self._open.pop((self._depth, leaf.shape), None)
            if leaf.partner is None:
                raise CannotSplit("brackets that do not match")
            if not leaf.text:
                self.unseen.append(leaf)
        leaf.depth = self._depth
        if self._depth == 0:
            if leaf.before and self._previous is not None:
                self.breaks[self._previous] = leaf.before
            elif leaf.after:
                self.breaks[leaf] = leaf.after
        if leaf.opens:
            self._open[self._depth, PARTNER[leaf.shape]] = leaf
            self._depth += 1
            if not leaf.text:
                self.unseen.append(leaf)
        self._previous = leaf
        if name == "lambda":
            self._depth += 1
            self._lambdas.append(self._depth)
        if name == "for":
            self._depth += 1
            self._targets.append(self._depth)

    def _is_magic(self, closing: Leaf) -> bool:
        if not self.leaves or self.leaves[-1].text != ",":
            return False
        match closing.shape:
            case "}":
                return True
            case "]":
                return closing.owner != "trailer" or not single(closing, self.leaves, "[")
        return self.is_import or (
            closing.partner is not None and not single(closing, self.leaves, "(")
        )


def single(closing: Leaf, leaves: list[Leaf], shape: str = "(") -> bool:
    """Whether between a bracket of that shape and its partner there is one element, which ends
    with a comma because that is what it means: a tuple of one."""
    opening = closing.partner
    if opening is None or opening.shape != shape or opening not in leaves:
        return False
    commas = 0
    for leaf in leaves[leaves.index(opening) + 1 :]:
        if leaf is closing:
            break
        if leaf.depth == closing.depth + 1 and leaf.text == ",":
            commas += 2 if leaf.owner == "arguments" else 1
    return commas < 2


def line_of(leaves: Iterable[Leaf], margin: int) -> Line:
    """A whole logical line."""
    line = Line(margin)
    for leaf in leaves:
        line.add(leaf, watch=True)
    return line


def matched(leaves: list[Leaf]) -> set[Leaf]:
    """The leaves in brackets that open and close among them."""
    found: set[Leaf] = set()
    stack: list[tuple[str, list[Leaf]]] = []
    started = False
    for leaf in leaves:
        if leaf.opens:
            started = True
            stack.append((PARTNER[leaf.shape], [leaf]))
        elif leaf.closes and started:
            if not stack or stack[-1][0] != leaf.shape:
                break
            found.update(stack.pop()[1])
            found.add(leaf)
        elif stack:
            stack[-1][1].append(leaf)
    return found


def lengths(line: Line) -> Iterator[tuple[Leaf, int]]:
    """The leaves with the characters that they take."""
    return ((leaf, len(leaf.space) + len(leaf.text)) for leaf in line.leaves)
