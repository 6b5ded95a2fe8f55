"""Shapes worth a comment in the output: what statements and items give."""

from __future__ import annotations

from netdsl.analysis.program import Note
from netdsl.checking.frame import Frame
from netdsl.checking.values import Tensor, Value
from netdsl.records import Mutable, field
from netdsl.shapes.atoms import Atom
from netdsl.shapes.dimension import Dimension, symbol
from netdsl.shapes.shape import ANY, Run, Shape
from netdsl.source import Span

LENGTH = 28
"""The longest shape with symbols that is still easier to read than the code beside it."""


class Notes(Mutable):
    """The shapes of the tensors that were given where; of what differs from time to time nothing
    is known.

    `exact` holds what networks gave that state their input; `general` what a `def` gave by
    itself, for any sizes.
    """

    exact: dict[Span, Shape] = field(default_factory=dict)
    general: dict[Span, Shape] = field(default_factory=dict)
    call: list[Value] | None = None
    """What the `def` that is followed by itself returns: frames of one call share it."""
    entry: bool = False
    """Whether a network that states its input is being followed."""

    def statement(self, span: Span, value: Value, frame: Frame) -> None:
        """A statement assigned or returned a value."""
        if self.entry:
            _keep(self.exact, span, _in_words_of(frame, value))
        elif frame.returned is self.call:
            _keep(self.general, span, value)

    def item(self, span: Span | None, value: Value) -> None:
        """An item of a container was applied."""
        if self.entry and span is not None:
            _keep(self.exact, span, value)

    def also(self, other: Notes) -> None:
        """What was given while something else was followed."""
        for known, more in ((self.exact, other.exact), (self.general, other.general)):
            for span, shape in more.items():
                known[span] = shape if known.get(span, shape) == shape else ANY

    def found(self) -> dict[Span, Note]:
        """What can be said of each place where a tensor was given."""
        return {
            span: Note(_general(self.general.get(span)), _text(self.exact.get(span)))
            for span in {**self.exact, **self.general}
        }


def _keep(known: dict[Span, Shape], span: Span, value: Value) -> None:
    if isinstance(value, Tensor):
        known[span] = value.shape if known.get(span, value.shape) == value.shape else ANY


def _in_words_of(frame: Frame, value: Value) -> Value:
    """A tensor whose sizes that are open have the names that the function gives them, not those
    that the network gave them that is followed."""
    if not isinstance(value, Tensor):
        return value
    sizes = [part for part in value.shape.parts if isinstance(part, Dimension) and part.terms]
    used = {each: None for size in sizes for each in size.symbols()}
    names: dict[Atom, str] = {}
    for name, known in frame.variables.items() if used else ():
        if isinstance(known, Dimension) and known.atom is not None:
            names.setdefault(known.atom, name)
    kept = {each.name for each in used if each not in names}
    renamed = {
        each: symbol(names[each], each.minimum)
        for each in used
        if names.get(each, each.name) not in {each.name, *kept}
    }
    if not renamed:
        return value
    parts = [
        part.substitute(renamed) if isinstance(part, Dimension) else part
        for part in value.shape.parts
    ]
    return Tensor(Shape(tuple(parts)), value.dtype)


def _general(shape: Shape | None) -> str | None:
    text = _text(shape)
    if text is None or len(text) > LENGTH or "(-" in text:  # (-n // 2): half of n, rounded up
        return None
    return text


def _text(shape: Shape | None) -> str | None:
    return None if shape is None or not all(map(_is_told, shape.parts)) else str(shape)


def _is_told(part: Dimension | Run | None) -> bool:
    """Whether an axis is known, by names that the program has."""
    if isinstance(part, Dimension):
        symbols = part.symbols() if part.terms else ()
        return all(not symbol.flexible and symbol.name != "_" for symbol in symbols)
    return part is not None and part.name is not None
