"""Tensor time: statements as they were written, and the dimensions that signatures name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from netdsl.analysis import program as ir
from netdsl.emit.code import Code, Line, indented, placed
from netdsl.emit.expressions import target, write
from netdsl.emit.place import Place
from netdsl.syntax import tree


def block(statements: Sequence[tree.Node], place: Place) -> list[Code]:
    """Statements, one after the other."""
    return [line for node in statements for line in placed(_statement(node, place), node.span)]


def _statement(node: tree.Node, place: Place) -> list[Code]:
    match node:
        case tree.Assign(to, value):
            return [_noted(f"{target(to, place)} = {_value(value, place)}", node, place)]
        case tree.AnnotatedAssign(name, _, value):
            return [Line(f"{write(name, place)} = {_value(value, place)}")]
        case ir.NamedAssign(name, _, value, dims):
            assigned = _noted(f"{write(name, place)} = {_value(value, place)}", node, place)
            return [assigned, *dim_lines(dims, place)]
        case tree.AugAssign(to, op, value):
            return [Line(f"{write(to, place)} {op} {_value(value, place)}")]
        case tree.ExprStatement(value):
            return [Line(write(value, place))]
        case tree.Return(value):
            text = "return" if value is None else f"return {_value(value, place)}"
            return [_noted(text, node, place)]
        case tree.Assert():
            return [assertion(node, place)]
        case tree.Break():
            return [Line("break")]
        case tree.Continue():
            return [Line("continue")]
        case tree.For(variables, iterable, body):
            head = Line(f"for {target(variables, place)} in {write(iterable, place)}:")
            return [head, *indented(block(body, place))]
        case tree.While(condition, body):
            head = Line(f"while {write(condition, place)}:")
            return [head, *indented(block(body, place))]
        case tree.If(branches, otherwise):
            lines: list[Code] = []
            for at, (condition, body) in enumerate(branches):
                lines.append(Line(f"{'elif' if at else 'if'} {write(condition, place)}:"))
                lines += indented(block(body, place))
            if otherwise:
                lines += [Line("else:"), *indented(block(otherwise, place))]
            return lines
        case _:
            raise AssertionError(node)


def _noted(text: str, node: tree.Node, place: Place) -> Line:
    """A statement and the shape of what it gives."""
    return Line(text, note=place.out.notes.get(node.span))


def assertion(node: tree.Assert, place: Place) -> Line:
    """`assert condition, message`."""
    message = f", {write(node.message, place)}" if node.message is not None else ""
    return Line(f"assert {write(node.condition, place)}{message}")


def _value(value: tree.Expr, place: Place) -> str:
    """What is assigned or returned: a tuple needs no brackets there."""
    if not isinstance(value, tree.Tuple) or len(value.elements) < 2:
        return write(value, place)
    if any(isinstance(element, tree.Splice) for element in value.elements):
        return write(value, place)
    return ", ".join(write(element, place) for element in value.elements)


# ---- dimensions --------------------------------------------------------------


def dim_lines(dims: Sequence[ir.DimBinding], place: Place) -> list[Line]:
    """`B, T = x.shape[:2]`: one line for what a tensor tells."""
    lines: list[Line] = []
    tensors = list(dict.fromkeys(dim.parameter for dim in dims))
    for tensor in tensors:
        own = [dim for dim in dims if dim.parameter == tensor]
        shape = f"{place.variables.get(tensor, tensor)}.shape"
        for dim in own:
            if dim.run:
                end = f"[:{dim.axis}]" if dim.axis else ""
                lines.append(Line(f"{_name(dim, place)} = {shape}{end}"))
        for _, side in groupby(
            sorted((dim for dim in own if not dim.run), key=lambda dim: (dim.axis < 0, dim.axis)),
            key=lambda dim: dim.axis < 0,
        ):
            lines += _axes(list(side), shape, place)
    return lines


def _axes(dims: Sequence[ir.DimBinding], shape: str, place: Place) -> list[Line]:
    """Axes that are all counted from one end, in order."""
    first, last = dims[0].axis, dims[-1].axis
    skipped = last - first + 1 - len(dims)
    if len(dims) == 1 or skipped > 2:
        return [Line(f"{_name(dim, place)} = {shape}[{dim.axis}]") for dim in dims]
    names = {dim.axis: _name(dim, place) for dim in dims}
    shown = ", ".join(names.get(axis, "_") for axis in range(first, last + 1))
    lower = str(first) if first else ""
    ends = -1 if first < 0 else (dims[0].rank or 0) - 1
    upper = "" if last == ends else str(last + 1)
    whole = not lower and not upper
    return [Line(f"{shown} = {shape}" + ("" if whole else f"[{lower}:{upper}]"))]


def _name(dim: ir.DimBinding, place: Place) -> str:
    return place.variables.get(dim.name, dim.name)
