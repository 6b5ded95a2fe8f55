"""Python code before it is laid out: logical lines, functions, classes, and how they become
text. Where blank lines stand is up to the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from netdsl import limits
from netdsl.emit.black_door import WIDTH
from netdsl.emit.layout import lay_out_or_black
from netdsl.emit.layout.comments import attached
from netdsl.emit.literals import docstring
from netdsl.emit.rendering import render
from netdsl.emit.source_map import Marks
from netdsl.records import Frozen, Mutable, field, replace
from netdsl.source import Span

if TYPE_CHECKING:
    from netdsl.analysis.program import Note


class Line(Frozen):
    """A logical line, on one physical line, `depth` blocks deep. `note` tells the
    shape of what it gives, `shape` and `elements` are the comments beside it and beside the
    arguments of its call."""

    text: str
    depth: int = 0
    note: Note | None = None
    shape: str | None = None
    elements: tuple[str | None, ...] = ()
    span: Span | None = None
    """What of the program it says."""
    parts: tuple[Span, ...] = ()
    """What the arguments of its call say."""


class FunctionCode(Frozen):
    """A function; its body may hold others."""

    header: str
    doc: str | None
    body: tuple[Code, ...]
    depth: int = 0
    span: Span | None = None


Code = Line | FunctionCode


class ClassCode(Frozen):
    """A class. `late` are attributes that stand below the functions."""

    header: str
    doc: str | None
    attributes: tuple[str, ...]
    functions: tuple[FunctionCode, ...]
    decorators: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    span: Span | None = None


def placed(lines: Iterable[Code], span: Span) -> list[Code]:
    """The lines, as what a part of the program says; those that say another stay so."""
    return [line if line.span is not None else replace(line, span=span) for line in lines]


def spanned(code: ClassCode, span: Span) -> ClassCode:
    """A class as what a part of the program says, in all lines that do not say another."""
    functions = (replace(each, span=each.span or span) for each in code.functions)
    filled = (replace(each, body=tuple(placed(each.body, span))) for each in functions)
    return replace(code, functions=tuple(filled), span=span)


def indented(lines: Iterable[Code]) -> tuple[Code, ...]:
    """The lines, one block deeper; `pass` where there are none."""
    deeper: list[Code] = []
    for line in lines:
        if isinstance(line, Line):
            deeper.append(replace(line, depth=line.depth + 1))
        else:
            deeper.append(replace(line, depth=line.depth + 1))
    return tuple(deeper) or (Line("pass", 1),)


class Writer(Mutable):
    """Turns code into text, and counts the lines that black had to lay out. `marks` collects
    what of the program the lines say, if that is wanted."""

    fallbacks: int = field(default=0)
    marks: Marks | None = None
    characters: int = 0

    def lines(self, texts: Iterable[str], indent: int = 0) -> list[str]:
        """Logical lines, laid out."""
        return [self.line(text, indent) for text in texts]

    def function(self, code: FunctionCode, indent: int = 0) -> str:
        """A function, as far to the right as it stands."""
        indent += 4 * code.depth
        inner = indent + 4
        doc = docstring(code.doc, inner) if code.doc else ""
        body = [self._part(part, inner) for part in code.body]
        if not doc and not body:
            body = [self._part(Line("pass"), inner)]
        return render(
            "function.py.jinja",
            header=self._marked(self.line(code.header, indent), code.span),
            doc=doc,
            body=body,
        )

    def _part(self, part: Code, indent: int) -> dict[str, object]:
        if isinstance(part, FunctionCode):
            return {"text": self.function(part, indent), "nested": True}
        text = self.line(part.text, indent + 4 * part.depth)
        bare, text = len(text), attached(text, part.shape, part.elements, WIDTH)
        self._count(len(text) - bare)
        return {"text": self._marked(text, part.span, part.parts), "nested": False}

    def _marked(self, text: str, span: Span | None, parts: Sequence[Span] = ()) -> str:
        return text if self.marks is None or span is None else self.marks.on(text, span, parts)

    def klass(self, code: ClassCode) -> str:
        """A class at file level."""
        functions = [self.function(each, 4) for each in code.functions]
        attributes = [self.line(each, 4, code.span) for each in code.attributes]
        late = [self.line(each, 4, code.span) for each in code.late]
        doc = docstring(code.doc, 4) if code.doc else ""
        if not (doc or attributes or functions or late):
            attributes = ["    pass"]
        return render(
            "class.py.jinja",
            decorators=code.decorators,
            header=self._marked(self.line(code.header, 0), code.span),
            doc=doc,
            attributes=attributes,
            functions=functions,
            late=late,
        )

    def module(
        self, imports: Sequence[Sequence[str]], definitions: Sequence[tuple[bool, str]]
    ) -> str:
        """A whole module; each definition says whether it is a block."""
        sections = [self.lines(section) for section in imports]
        parts = [{"block": block, "text": text} for block, text in definitions]
        text = render("module.py.jinja", imports=sections, definitions=parts)
        return text + "\n" if text else ""

    def line(self, text: str, indent: int = 0, span: Span | None = None) -> str:
        """A logical line, laid out."""
        limits.tick()
        laid_out, by_black = lay_out_or_black(text, indent)
        self.fallbacks += by_black
        self._count(len(laid_out) + 1)
        return self._marked(laid_out, span)

    def _count(self, characters: int) -> None:
        """
        Raises:
            LimitReached: the output is too long.
        """
        self.characters += characters
        most = limits.current().output
        if self.characters > most:
            raise limits.LimitReached(
                "output-too-long",
                f"the source for this program is longer than {most:,} characters",
                "split the program into files, and blocks that nest into definitions.",
            )
