"""Signatures with shapes, as the language spells them: they become docstrings."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.analysis import program as ir
from netdsl.analysis.annotations import has_shape
from netdsl.emit.expressions import write
from netdsl.emit.place import Place
from netdsl.syntax import tree


def signature_line(
    parameters: Sequence[ir.Parameter], result: tree.TypeExpr | None, place: Place
) -> str | None:
    """`x: [B, 3] -> [B, n].`, if there is a shape in it."""
    inputs = [f"{each.name}: {show_type(each.shape, place)}" for each in parameters if each.shape]
    return _line(", ".join(inputs), result, place)


def annotation_line(annotation: tree.Annotation | None, place: Place) -> str | None:
    """`[B, 3] -> [B, n].`, or `Takes [B, 3].`"""
    if annotation is None or not has_shape(annotation.input):
        return None
    inputs = show_type(annotation.input, place)
    if annotation.result is None:
        return f"Takes {inputs}."
    return _line(inputs, annotation.result, place)


def documentation(doc: str | None, line: str | None) -> str | None:
    """What the program says, and its shapes below."""
    parts = [part.strip() for part in (doc, line) if part and part.strip()]
    return "\n\n".join(parts) or None


def _line(inputs: str, result: tree.TypeExpr | None, place: Place) -> str | None:
    output = show_type(result, place) if result is not None and has_shape(result) else ""
    if inputs and output:
        return f"{inputs} -> {output}."
    if output:
        return f"-> {output}."
    return f"{inputs}." if inputs else None


def show_type(node: tree.TypeExpr, place: Place) -> str:
    """A type or a shape."""
    match node:
        case tree.NamedType(name, None):
            return name or "tensor"
        case tree.NamedType(name, dims):
            inner = ", ".join(_show_dim(dim, place) for dim in dims or ())
            return f"{name or ''}[{inner}]"
        case tree.OptionalType(inner):
            shown = show_type(inner, place)
            return f"({shown})?" if isinstance(inner, tree.UnionType) else f"{shown}?"
        case tree.TupleType(elements):
            return f"({', '.join(show_type(each, place) for each in elements)})"
        case tree.DictType(fields):
            return (
                "{" + ", ".join(f"{name}: {show_type(each, place)}" for name, each in fields) + "}"
            )
        case tree.UnionType(options):
            return " | ".join(show_type(each, place) for each in options)


def _show_dim(dim: tree.Expr | tree.AnyDims, place: Place) -> str:
    if isinstance(dim, tree.AnyDims):
        return f"*{dim.name}"
    return write(dim, place)
