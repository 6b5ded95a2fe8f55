"""Where text comes from, and how an offset becomes a line and a column."""

from __future__ import annotations

from netdsl.records import NamedTuple


class Source:
    """The text of one program and the name people know it by.

    Newlines are normalised and a leading byte order mark is dropped, so that every
    offset in the compiler counts characters of `text`.

    >>> source = Source("a = 1\\r\\nb = 2", name="model.nd")
    >>> source.position(6)
    Position(line=2, column=1)
    """

    def __init__(self, text: str, name: str = "<string>", path: str | None = None) -> None:
        for what, value in (("the text", text), ("the name", name)):
            if not isinstance(value, str):
                raise TypeError(f"{what} of a program is a str, not {type(value).__name__}")
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.name = name
        self.path = path
        self._starts: list[int] = []

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    @property
    def _line_starts(self) -> list[int]:
        if not self._starts:
            starts = [0]
            at = self.text.find("\n")
            while at != -1:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """The line and column of a character, both counted from 1."""
        from bisect import bisect_right

        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, without its newline; lines count from 1."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end == -1 else self.text[start:end]


class Position(NamedTuple):
    """A place in a text as people count: lines and columns from 1."""

    line: int
    column: int


class Span(NamedTuple):
    """The characters `start` to `end` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the beginning of this one to the end of another."""
        return Span(self.source, self.start, other.end)

    @property
    def text(self) -> str:
        """What was written there."""
        return self.source.text[self.start : self.end]
