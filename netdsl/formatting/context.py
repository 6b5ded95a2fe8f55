"""What all layouts need to know, and how brackets are laid out."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.formatting.doc import Broken, Doc, Fill, Group, Indent, Leaf, Line, joined
from netdsl.formatting.house import House
from netdsl.formatting.written import Brackets, Nowhere
from netdsl.records import Frozen
from netdsl.syntax import tree


class Context(Frozen):
    """How the program was written, what its names are, and whether it is tensor time here."""

    written: Nowhere
    house: House
    tensor: bool = False


def word(text: str) -> Leaf:
    """A word that the language gives a meaning."""
    return Leaf(text, keyword=True)


def bracketed(
    opening: str,
    items: Sequence[Doc],
    closing: str,
    brackets: Brackets,
    rows: Sequence[int] = (),
    *,
    comma: bool = True,
    blank: str = "",
    clings: bool = False,
    dense: bool = False,
) -> Doc:
    """Items in brackets: on one line, or indented below the opening one, on the rows on which
    they were written; a single row that is too long has one item a line, or, if `dense`, as many
    as there is room for. `comma` says that one may follow the last item."""
    left: list[Doc] = [(item, Leaf(",")) for item in items[:-1]] + list(items[-1:])
    lines: list[Doc] = []
    for count in rows or [len(left)]:
        row, left = tuple(left[:count]), left[count:]
        filled = dense or len(rows) > 1 or count == 1
        lines.append(Fill(row) if filled else Group(joined(row, Line(" "))))
    end: Doc = Broken(Leaf(",")) if comma and items else ""
    inner: Doc = (Line(blank), joined(lines, Line(" ")), end) if items else ()
    opens = Leaf(opening, clings=clings, number=brackets.opening)
    closes = Leaf(closing, number=brackets.closing)
    return Group((opens, Indent(inner), Line(blank if items else ""), closes), brackets.open)


def in_brackets(c: Context, node: tree.Node, doc: Doc) -> Doc:
    """What is grouped, by the brackets that it was written in if there were any."""
    found = c.written.around(node) or Brackets()
    return bracketed("(", [doc], ")", found._replace(open=False), comma=False)
