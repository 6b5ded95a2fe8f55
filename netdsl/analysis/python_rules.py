"""What Python refuses of its own values, or warns of: indices of lists, identity of literals."""

from __future__ import annotations

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.syntax import tree

_WITHOUT_ITEMS = (
    types.INT,
    types.FLOAT,
    types.BOOL,
    types.NONE,
    types.DTYPE,
    types.DEVICE,
    types.ELLIPSIS,
)


def check_index(node: tree.Index, diagnostics: Diagnostics) -> None:
    """Says so if a value has no items, or is asked for them in a way that it has no word for."""
    of = type_of(node.value)
    if of in _WITHOUT_ITEMS or isinstance(of, types.FunctionType):
        diagnostics.error(
            "wrong-type",
            f"there are no items in {types.describe(of)}",
            node.span,
            hint="ask a list, a tuple, a dict or a tensor for an item.",
        )
        return
    if not _is_sequence(of) and not isinstance(of, types.Tensor):
        return
    for each in node.subscripts:
        if isinstance(each, tree.Slice):
            _check_bounds(each, diagnostics)
    if isinstance(of, types.Tensor):
        return
    if len(node.subscripts) != 1 or node.trailing:
        _refuse(node, of, "more than one", diagnostics)
        return
    (subscript,) = node.subscripts
    if isinstance(subscript, tree.Slice):
        return
    asked = type_of(subscript)
    if not _counts(asked):
        _refuse(node, of, types.describe(asked), diagnostics)


def _is_sequence(of: Type) -> bool:
    return isinstance(of, types.ListOf | types.TupleOf) or of == types.STR


def _counts(asked: Type) -> bool:
    """Whether a value of the type may stand for a position; a tensor of one int does."""
    if isinstance(asked, types.Either):
        return any(map(_counts, asked.options))
    return asked in (types.INT, types.BOOL, types.UNKNOWN) or isinstance(asked, types.Tensor)


def _check_bounds(node: tree.Slice, diagnostics: Diagnostics) -> None:
    """Says so if something else than a position stands before or behind a colon."""
    for each in (node.lower, node.upper, node.step):
        of = types.NONE if each is None else type_of(each)
        if each is None or of == types.NONE or _counts(of):
            continue
        diagnostics.error(
            "wrong-type",
            f"a slice goes from an int to an int, and this is {types.describe(of)}",
            each.span,
            hint=(
                "divide with `//`, which gives an int."
                if of == types.FLOAT
                else "count from 0: `items[1:3]` holds the second and the third."
            ),
        )


def _refuse(node: tree.Index, of: Type, given: str, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "wrong-type",
        f"an item of {types.describe(of)} is asked for by an int or a slice, not {given}",
        node.span,
        hint="count from 0: `items[0]` is the first.",
    )


def check_identity(node: tree.Compare, diagnostics: Diagnostics) -> None:
    """Says so if a literal is compared with `is`."""
    left = node.first
    for op, right in node.rest:
        if op in ("is", "is not") and (_is_literal(left) or _is_literal(right)):
            instead = "==" if op == "is" else "!="
            diagnostics.error(
                "wrong-operand",
                f"`{op}` asks whether both sides are one thing, which means nothing of a literal",
                node.span,
                hint=f"write `{instead}`, which asks whether they are equal.",
            )
        left = right


def _is_literal(node: object) -> bool:
    """Whether an expression is a value that is written out, other than `True`, `False`, `None`:
    Python may make a new one each time that it is reached."""
    return isinstance(node, tree.Number | tree.String | ir.Text | tree.Tuple)
