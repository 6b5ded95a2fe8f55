"""Layouts to text: where lines end, and where comments go."""

from __future__ import annotations

from netdsl.emit.layout.width import width
from netdsl.formatting.columns import Row, lined_up
from netdsl.formatting.doc import (
    CLOSING,
    Broken,
    Choice,
    Doc,
    Fill,
    Group,
    Hard,
    Indent,
    Leaf,
    Line,
    Tight,
    Value,
    below,
    first_leaf,
)
from netdsl.formatting.words import Comment
from netdsl.records import NamedTuple

WIDTH = 100
STEP = 2


class _Part(NamedTuple):
    """What is still to be written: how far it is indented, and whether it is broken."""

    indent: int
    broken: bool
    doc: Doc


class _End(NamedTuple):
    """The end of a line that is due before the next word."""

    indent: int
    limit: int
    blank: int


class _Rest(NamedTuple):
    """The items of a `Fill` that are not written yet; whether there is one before them, and
    whether that has more than one line."""

    items: tuple[Doc, ...]
    begun: bool = False
    tall: bool = False


def render(doc: Doc, indent: int = 0) -> str:
    """The text of a layout, whose lines all end in a newline."""
    return _Renderer().run(doc, indent)


class _Renderer:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.column = 0
        self.due: _End | None = None
        self.waiting: list[tuple[_Part, _Rest | None]] = []
        self.tall: dict[int, bool] = {}

    def run(self, doc: Doc, indent: int) -> str:
        self._tell_tall(doc)
        self._push(indent, True, doc)
        self.due = _End(indent, 2, 0)
        while self.waiting:
            part, rest = self.waiting.pop()
            if rest is not None:
                self._fill(part, rest)
            else:
                self._write(part)
        return lined_up(self.rows)

    def _push(self, indent: int, broken: bool, doc: Doc) -> None:
        self.waiting.append((_Part(indent, broken, doc), None))

    # ---- what cannot stand on one line ---------------------------------------

    def _tell_tall(self, root: Doc) -> None:
        """Remembers which parts have more than one line in any case: parts that are open, and
        those with a comment before any but the first word."""
        order: list[Doc] = []
        waiting = [root]
        while waiting:
            here = waiting.pop()
            order.append(here)
            waiting.extend(below(here))
        commented: dict[int, bool | None] = {}
        """Whether the first word has a comment; None if there is no word."""
        for doc in reversed(order):
            tall = isinstance(doc, Hard) or getattr(doc, "open", False)
            tall = tall or (isinstance(doc, Value) and doc.apart)
            first: bool | None = bool(doc.comments) if isinstance(doc, Leaf) else None
            for part in below(doc):
                inner = commented[id(part)]
                tall = tall or self.tall[id(part)] or (first is not None and bool(inner))
                first = inner if first is None else first
            self.tall[id(doc)], commented[id(doc)] = tall, first

    def _is_tall(self, doc: Doc) -> bool:
        return self.tall.get(id(doc), False)

    # ---- what has room --------------------------------------------------------

    def _fits(self, doc: Doc, room: int, *, broken: bool = False) -> bool:
        """Whether a layout, and what follows it up to the next place where a line may end, has
        room; `broken` asks that of its first line alone."""
        work = [(broken, doc)]
        rest = len(self.waiting)
        while room >= 0:
            if not work:
                rest -= 1
                if rest < 0:
                    return True
                part, items = self.waiting[rest]
                if items is not None:
                    return True
                work.append((part.broken, part.doc))
            mode, here = work.pop()
            match here:
                case str():
                    room -= width(here)
                case Leaf():
                    if here.comments and here is not first_leaf(doc):
                        return True
                    first, newline, _ = here.text.partition("\n")
                    room -= width(first)
                    if newline:
                        return room >= 0
                case Line(flat=flat):
                    if mode:
                        return True
                    room -= width(flat)
                case Hard():
                    return True
                case Value():
                    if mode:
                        return True
                    work += [(False, here.inner), (False, " ")]
                case Broken(leaf):
                    room -= len(leaf.text) if mode else 0
                case Choice():
                    work.append((mode, here.broken if mode else here.flat))
                case Tight(inner=inner):
                    work.append((False, inner))
                case Fill(items=inner):
                    between: Doc = Line(" ")
                    for at, each in enumerate(reversed(inner)):
                        work += [(mode, between)] if at else []
                        work.append((mode, each))
                case _:
                    work += [(mode, each) for each in reversed(below(here))]
        return False

    # ---- writing --------------------------------------------------------------

    def _write(self, part: _Part) -> None:
        indent, broken, doc = part
        match doc:
            case str():
                self._text(doc)
            case Leaf():
                self._leaf(doc, indent)
            case Line(flat, limit):
                if broken:
                    self.due = _End(indent, limit, 0)
                else:
                    self._text(flat)
            case Hard(limit, blank):
                self.due = _End(indent, limit, blank)
            case Indent(inner):
                self._push(indent + STEP, broken, inner)
            case Group(inner):
                self._push(indent, broken and not self._has_room(doc), inner)
            case Broken(leaf):
                if broken:
                    self._leaf(leaf, indent)
            case Choice():
                one = not broken or self._is_short(doc)
                if one:
                    _hand_over(doc)
                self._push(indent, not one, doc.flat if one else doc.broken)
            case Fill(items):
                self.waiting.append((part, _Rest(items)))
            case Value():
                self._value(part, doc)
            case _:
                for each in reversed(below(doc)):
                    self._push(indent, broken, each)

    def _room(self) -> int:
        return WIDTH - (self.column if self.due is None else self.due.indent)

    def _is_short(self, doc: Choice) -> bool:
        return not self._is_tall(doc) and self._fits(doc.flat, self._room())

    def _has_room(self, doc: Doc) -> bool:
        return not self._is_tall(doc) and self._fits(doc, self._room())

    def _fill(self, part: _Part, rest: _Rest) -> None:
        """Writes the first of the items, behind the one before it if there is room."""
        first, *more = rest.items
        if rest.begun:
            leaf = first_leaf(first)
            commented = leaf is not None and bool(leaf.comments)
            ends = rest.tall or commented or self._is_tall(first)
            if part.broken and (ends or not self._fits(first, self._room() - 1)):
                self.due = _End(part.indent, 0, 0)
            else:
                self._text(" ")
        tall = part.broken and not self._has_room(first)
        if more:
            self.waiting.append((part, _Rest(tuple(more), True, tall)))
        self._push(part.indent, tall, first)

    def _value(self, part: _Part, doc: Value) -> None:
        indent, broken, _ = part
        inner = doc.inner
        leaf = first_leaf(inner)
        here = WIDTH - self.column - 1
        tall = self._is_tall(inner)
        if not broken:
            mode: bool | None = False
        elif doc.apart or (leaf is not None and leaf.comments):
            mode = None
        elif not tall and self._fits(inner, here):
            mode = False
        elif doc.hug != "never" and (tall or doc.hug == "first"):
            mode = True if self._fits(inner, here, broken=True) else None
        elif not tall and self._fits(inner, WIDTH - indent - STEP):
            mode = None
        else:
            hugs = doc.hug == "last" and self._fits(inner, here, broken=True)
            mode = True if hugs else None
        if mode is None:
            self.due = _End(indent + STEP, 0, 0)
            flat = not tall and self._fits(inner, WIDTH - indent - STEP)
            self._push(indent + STEP, not flat, inner)
        else:
            self._text(" ")
            self._push(indent, mode, inner)

    def _text(self, text: str) -> None:
        """Writes what holds no comment; the end of a line swallows what is blank."""
        if self.due is None:
            self.rows[-1].text += text
            self.column += width(text)

    def _leaf(self, leaf: Leaf, indent: int) -> None:
        if leaf.comments and self.due is None:
            within = indent if leaf.text in ("else", "elif", "}") else indent + STEP
            self.due = _End(within, 0, 0)
        if self.due is not None:
            self._end_line(leaf, self.due)
        if leaf.text:
            self.rows[-1].text += leaf.text
        _, newline, last = leaf.text.rpartition("\n")
        self.column = width(last) if newline else self.column + width(leaf.text)

    def _end_line(self, leaf: Leaf, due: _End) -> None:
        """Begins the line of a word, after the comments before it."""
        if self.rows:
            self.rows[-1].text = self.rows[-1].text.rstrip(" ")
        first = not self.rows or self.rows[-1].text.endswith("{")
        inner = due.indent + STEP if leaf.text in CLOSING else due.indent
        for comment in leaf.comments:
            if comment.own or not self.rows:
                self._blank(comment.blank, due, first)
                self.rows.append(Row(" " * inner + comment.text))
                first = False
            else:
                self._beside(comment)
        if leaf.text and leaf.text not in CLOSING:
            self._blank(leaf.blank, due, first)
        if leaf.text:
            self.rows.append(Row(" " * due.indent))
        self.column = due.indent
        self.due = None

    def _blank(self, written: int, due: _End, first: bool) -> None:
        if not first:
            count = max(due.blank, min(written, due.limit))
            self.rows += [Row("") for _ in range(count)]

    def _beside(self, comment: Comment) -> None:
        self.rows[-1].comment = comment


def _hand_over(doc: Choice) -> None:
    """What stands before the first word stands before it without the brackets, too."""
    first, bare = first_leaf(doc.broken), first_leaf(doc.flat)
    if first is not None and bare is not None and first is not bare:
        bare.comments, first.comments = first.comments + bare.comments, []
        bare.blank = max(first.blank, bare.blank)
