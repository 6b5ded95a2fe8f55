"""What a layout is made of: words, and the places where a line may end.

A layout says how a text may be broken; `render` decides where it is. Words (`Leaf`) carry the
comments that stand before them, so that wherever a word goes, its comments go too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from netdsl.formatting.words import Comment
from netdsl.records import Frozen, Mutable, field

CLOSING = frozenset(")]}")
_ENDING_WORDS = frozenset({"return", "break", "continue"})
_GOES_ON_WITH = (*"~)]}{,.:=|&@%*/<>", "->")
_GOES_ON_WITH_WORDS = frozenset({"else", "elif", "and", "or", "in", "is", "as"})


class Leaf(Mutable):
    """A word of the output. `keyword` is one that the language gives a meaning here; `clings` ends
    no line before it, so that no comment can stand there; `starts` is the first of a statement;
    `number` says which word of the program a bracket is, if it is one."""

    text: str
    keyword: bool = False
    clings: bool = False
    number: int = -1
    starts: bool = False
    comments: list[Comment] = field(default_factory=list)
    blank: int = 0
    """How many empty lines were written between it and what stands before it."""

    @property
    def may_end(self) -> bool:
        """Whether a statement may end with it, so that a line end behind it may end one."""
        if self.keyword:
            return self.text in _ENDING_WORDS
        last = self.text[-1:]
        ends = last.isalnum() or last in ("_", '"', "'", ")", "]", "}", "?")
        return ends or self.text[:1].isdigit() or self.text == "..."

    @property
    def goes_on(self) -> bool:
        """Whether a line that begins with it goes on with the line above."""
        return self.text.startswith(_GOES_ON_WITH) or self.text in _GOES_ON_WITH_WORDS


class Line(Frozen):
    """A place where the line ends if what holds it is broken, else `flat`. Around comments there,
    at most `limit` of the empty lines stay that were written."""

    flat: str = ""
    limit: int = 0


class Hard(Frozen):
    """The end of a line, with at most `limit` of the empty lines that were written, and at least
    `blank`."""

    limit: int
    blank: int = 0


class Indent(Frozen):
    """What is indented where it is broken."""

    inner: Doc


class Group(Frozen):
    """What is broken as a whole or not at all; if `open`, broken."""

    inner: Doc
    open: bool = False


class Tight(Frozen):
    """What is broken only if it still has no room when all before it is."""

    inner: Doc


class Broken(Frozen):
    """A word for what is broken only: the comma after the last item."""

    leaf: Leaf


class Choice(Frozen):
    """One layout for a line, and one with all brackets for when it has to be broken."""

    flat: Doc
    broken: Doc


class Fill(Frozen):
    """Items of which as many stand on a line as there is room for."""

    items: tuple[Doc, ...]


Hug: TypeAlias = Literal["first", "last", "never"]


class Value(Frozen):
    """What stands behind a `=`: on the same line, or indented on the next. `hug` says when it may
    begin on the line of the `=` and be broken inside: before or after the next line is tried."""

    inner: Doc
    hug: Hug
    apart: bool = False
    """On the next line in any case."""


Doc: TypeAlias = (
    str
    | Leaf
    | Line
    | Hard
    | Indent
    | Group
    | Tight
    | Broken
    | Choice
    | Fill
    | Value
    | tuple["Doc", ...]
)


def below(doc: Doc) -> tuple[Doc, ...]:
    """The parts of a layout, as it is when it is broken."""
    match doc:
        case tuple():
            return doc
        case Indent(inner) | Group(inner) | Tight(inner) | Value(inner):
            return (inner,)
        case Broken(leaf):
            return (leaf,)
        case Choice(broken=broken):
            return (broken,)
        case Fill(items):
            return items
        case _:
            return ()


def leaves(doc: Doc) -> Iterator[Leaf]:
    """The words of a layout in their order, with all brackets and commas that it may have."""
    waiting = [doc]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Leaf):
            yield here
        else:
            waiting.extend(reversed(below(here)))


def first_leaf(doc: Doc) -> Leaf | None:
    return next(leaves(doc), None)


def flat_text(doc: Doc) -> str:
    """The text of a layout on one line."""
    match doc:
        case str():
            return doc
        case Leaf(text=text):
            return text
        case Line(flat=flat):
            return flat
        case Choice(flat=flat):
            return flat_text(flat)
        case Broken():
            return ""
        case Fill(items):
            return " ".join(map(flat_text, items))
        case _:
            return "".join(map(flat_text, below(doc)))


def joined(docs: Iterable[Doc], *between: Doc, comma: str = "") -> tuple[Doc, ...]:
    """Layouts with others between them, and before those a word such as a comma."""
    found: list[Doc] = []
    for doc in docs:
        if found:
            found += [Leaf(comma), *between] if comma else between
        found.append(doc)
    return tuple(found)


def unbroken(doc: Doc) -> Doc:
    """A layout that stays on one line, whatever its length."""
    match doc:
        case Line(flat=flat):
            return flat
        case Broken():
            return ""
        case str() | Leaf() | Hard():
            return doc
        case Fill(items):
            return joined(map(unbroken, items), " ")
        case _:
            return tuple(map(unbroken, below(doc)))
