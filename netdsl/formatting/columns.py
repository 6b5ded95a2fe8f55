"""What stands in columns: comments at the ends of lines, and the `=` of neighbours."""

from __future__ import annotations

from netdsl.emit.layout.width import width
from netdsl.formatting.words import Comment
from netdsl.records import Mutable, NamedTuple


class Row(Mutable):
    """A line of the output, and the comment at its end."""

    text: str
    comment: Comment | None = None


def lined_up(rows: list[Row]) -> str:
    """The text of some lines. Comments at their ends stand two blanks away, or, where they stood
    in one column in lines that follow each other, in one column."""
    found: list[str] = []
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and _in_one_column(rows[end - 1], rows[end]):
            end += 1
        column = max(_width(row) for row in rows[at:end]) + 2
        found += [_line(row, column) for row in rows[at:end]]
        at = end
    return "".join(f"{line}\n" for line in found)


def _in_one_column(above: Row, below: Row) -> bool:
    return (
        above.comment is not None
        and below.comment is not None
        and above.comment.column == below.comment.column
    )


def _width(row: Row) -> int:
    return width(row.text.rpartition("\n")[2])


def _line(row: Row, column: int) -> str:
    if row.comment is None:
        return row.text
    return row.text + " " * (column - _width(row)) + row.comment.text


class Head(NamedTuple):
    """What stands before a `=`: how wide it is, in which column the `=` was written, None if it
    is to stand alone, and whether the statement follows another on the next line."""

    width: int
    column: int | None
    follows: bool


def padding(heads: list[Head]) -> list[int]:
    """How many blanks stand before the `=` of each of some statements. Those that follow each
    other, and were written in one column, stay in one.

    >>> padding([Head(2, 5, False), Head(4, 5, True), Head(7, 8, True), Head(1, None, True)])
    [3, 1, 1, 1]
    """
    found: list[int] = []
    at = 0
    while at < len(heads):
        end = at + 1
        column = heads[at].column
        while column is not None and end < len(heads) and heads[end][1:] == (column, True):
            end += 1
        widest = max(head.width for head in heads[at:end])
        found += [widest - head.width + 1 for head in heads[at:end]]
        at = end
    return found
