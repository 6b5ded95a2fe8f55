"""Statements at build time: a layer that becomes an attribute, a result or a variable."""

from __future__ import annotations

from collections.abc import Callable

from netdsl.analysis import program as ir
from netdsl.emit.code import Code, Line
from netdsl.emit.comments import of_elements
from netdsl.emit.containers import CLASSES, spans_of
from netdsl.emit.expressions import write
from netdsl.emit.filling import filled, in_statements
from netdsl.emit.inits import scheme_lines
from netdsl.emit.place import Place


def value_lines(value: ir.Expr, place: Place, use: Callable[[str], str]) -> list[Code]:
    """Statements that end with `use` of the value."""
    if isinstance(value, ir.Container | ir.LayerList) and in_statements(value):
        lines, argument = filled(value, place)
        if isinstance(value, ir.Container):
            nn = place.out.names.imported("nn")
            argument = f"{nn}.{CLASSES[value.kind]}({argument})"
        return [*lines, Line(use(argument))]
    text = use(write(value, place))
    parts = spans_of(value.items) if isinstance(value, ir.Container) else ()
    return [Line(text, elements=of_elements(value, place.out.notes), parts=parts)]


def assign_lines(path: str, value: ir.Expr, place: Place) -> list[Code]:
    """`path = value`, with the value's own initialisers as statements below."""
    if isinstance(value, ir.Initialised):
        return [
            *assign_lines(path, value.layer, place),
            *scheme_lines(path, value.inits, place),
        ]
    return value_lines(value, place, lambda text: f"{path} = {text}")


def return_lines(value: ir.Expr, place: Place) -> list[Code]:
    """`return value`."""
    if isinstance(value, ir.Initialised):
        layer = place.fresh("layer")
        return [*assign_lines(layer, value, place), Line(f"return {layer}")]
    return value_lines(value, place, lambda text: f"return {text}")
