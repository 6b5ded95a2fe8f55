"""How a program was laid out, as far as its layout is kept."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.formatting.words import Words
from netdsl.records import NamedTuple
from netdsl.source import Source
from netdsl.syntax import tree
from netdsl.syntax.literals import string_value


class Brackets(NamedTuple):
    """Brackets as they were written: `open` if a comma and a line end stand before the closing
    one, `single` if they are on one line. Their numbers are below 0 if they were not written."""

    open: bool = False
    single: bool = False
    opening: int = -1
    closing: int = -1


class Nowhere:
    """What is known of a tree that nobody wrote."""

    known = False

    def string(self, node: tree.String) -> str | None:
        """The string as it was written."""
        return None

    def around(self, node: tree.Node) -> Brackets | None:
        """The brackets around it that only group."""
        return None

    def commented(self, node: tree.Node) -> bool:
        """Whether such brackets hold a comment."""
        return False

    def closed_by(self, end: int, start: int = 0) -> Brackets:
        """The brackets that end at a place, and begin at the other if that is given."""
        return Brackets(single=True)

    def opened_by(self, text: str, start: int) -> Brackets:
        """The first such brackets at a place or after it."""
        return Brackets(single=True)

    def rows(self, items: Sequence[tree.Node]) -> list[int]:
        """How many of some items stand on each line."""
        return [len(items)]

    def ends_line(self, value: tree.Node) -> bool:
        """Whether the line ends behind the `=` before a value."""
        return False

    def has_else(self, begins: int, end: int) -> bool:
        """Whether there is something behind the first block after a place."""
        return False

    def spare(self, node: tree.Slice) -> None:
        """Takes note of a slice without a step, in which nothing need stand for it."""

    def column(self, statement: tree.Node) -> int | None:
        """How far from the beginning of a statement its `=` stands, if on the same line and behind
        a blank."""
        return None

    def next_line(self, one: tree.Node, other: tree.Node) -> bool:
        """Whether a statement follows on the line after another, or on the same one."""
        return False


class Written(Nowhere):
    """A source, whose words are looked up by the places of nodes."""

    known = True

    def __init__(self, source: Source) -> None:
        self.words = Words(source.text)

    def string(self, node: tree.String) -> str | None:
        text = node.span.text
        return text if string_value(text)[0] == node.value else None

    def around(self, node: tree.Node) -> Brackets | None:
        found = self.words.around(node.span.start, node.span.end)
        return None if found is None else self._brackets(found[1])

    def commented(self, node: tree.Node) -> bool:
        found = self.words.around(node.span.start, node.span.end)
        return found is not None and self.words.comments_within(*found)

    def closed_by(self, end: int, start: int = 0) -> Brackets:
        closing = self.words.ending(end)
        opening = self.words.partner.get(closing, -1)
        if opening < 0 or (start and self.words.all[opening].start != start):
            return Brackets()
        return self._brackets(closing)

    def opened_by(self, text: str, start: int) -> Brackets:
        return self._brackets(self.words.partner[self.words.find(text, start)])

    def _brackets(self, closing: int) -> Brackets:
        words = self.words
        opening = words.partner[closing]
        comma = words.all[closing - 1].text == ","
        opens = comma and words.apart(closing - 1, closing)
        return Brackets(opens, not words.apart(opening, closing), opening, closing)

    def rows(self, items: Sequence[tree.Node]) -> list[int]:
        found: list[int] = []
        last = -1
        for item in items:
            if last >= 0 and "\n" not in self.words.text[last : item.span.start]:
                found[-1] += 1
            else:
                found.append(1)
            last = item.span.end
        return found

    def ends_line(self, value: tree.Node) -> bool:
        at = self.words.at_or_after(value.span.start) - 1
        while self.words.all[at].text == "(":
            at -= 1
        return self.words.all[at].text == "=" and self.words.apart(at, at + 1)

    def has_else(self, begins: int, end: int) -> bool:
        return self.words.all[self.words.partner[self.words.find("{", begins)]].end != end

    def spare(self, node: tree.Slice) -> None:
        before = node.span.start if node.lower is None else node.lower.span.end
        first, last = self.words.find(":", before), self.words.ending(node.span.end)
        if first != last and self.words.all[last].text == ":":
            self.words.all[last] = self.words.all[last]._replace(text=",")

    def column(self, statement: tree.Node) -> int | None:
        start = statement.span.start
        at = self.words.find("=", start)
        between = self.words.text[start : self.words.all[at].start]
        return len(between) if between.endswith(" ") and "\n" not in between else None

    def next_line(self, one: tree.Node, other: tree.Node) -> bool:
        return self.words.text.count("\n", one.span.end, other.span.start) <= 1
