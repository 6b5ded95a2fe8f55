"""Python lists of layers, `[…]`: recipes, and what is built of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.item_groups import as_comprehension, chosen, leaves


def sequence(phase: BuildTime, node: tree.List) -> ir.Expr:
    """`[…]`: a list of recipes if it holds layers, else a value."""
    items = as_comprehension(tuple(_plain_item(phase, item) for item in node.items))
    kinds = [type_of(item.value) for item in leaves(items)]
    splices = [type_of(item.value) for item in items if isinstance(item, ir.LayerSplice)]
    layered = any(types.is_layer(of) or types.is_instance(of) for of in kinds) or any(
        isinstance(of, types.ListOf)
        and (types.is_layer(of.element) or types.is_instance(of.element))
        for of in splices
    )
    grouped = any(isinstance(item, ir.LayerFor | ir.LayerIf) for item in items)
    if layered or grouped:
        return ir.LayerList(items, not layered, span=node.span)
    return tree.List(tuple(_as_tree(item) for item in items), span=node.span)


def _plain_item(phase: BuildTime, item: tree.ItemLike) -> ir.LayerItemLike:
    span = item.span
    match item:
        case tree.Item(name, value, clauses):
            if name is not None:
                phase.diagnostics.error(
                    "named-item",
                    "an item of `[…]` has no name",
                    name.span,
                    hint="leave the name out, or use `seq` or `dict`.",
                )
            phase.open_scope()
            resolved = phase.clauses(clauses)
            plain = phase.expr(value)
            phase.close_scope()
            return ir.LayerItem(None, plain, resolved, span=span)
        case tree.Splice(value) | tree.Spread(value):
            if isinstance(item, tree.Spread):
                phase.diagnostics.error(
                    "items-in-call", "a list takes no `**`", span, hint="splice with `*`."
                )
            return ir.LayerSplice(phase.iterable(value, loop=False), span=span)
        case tree.ForItems(target, iterable, inner):
            over = phase.iterable(iterable)
            phase.open_scope()
            variables = phase.bind_target(target, over)
            body = tuple(_plain_item(phase, each) for each in inner)
            phase.close_scope()
            return ir.LayerFor(variables, over, body, span=span)
        case tree.IfItems():
            return chosen(phase, item, lambda each: _plain_item(phase, each))


def build_list(phase: BuildTime, expr: ir.Expr) -> ir.Expr:
    """An iterable of instances, from an expression that is spliced into a list of layers."""
    span = expr.span
    match expr:
        case ir.LayerList(items, built):
            return expr if built else ir.LayerList(build_all(phase, items), True, span=span)
        case tree.List(items=()):
            return expr
        case tree.Ternary(condition, then, otherwise):
            built_then, built_other = build_list(phase, then), build_list(phase, otherwise)
            return tree.Ternary(condition, built_then, built_other, span=span)
    of = type_of(expr)
    element = types.element_of(of)
    if types.is_instance(element) or types.is_instance(of):
        return expr
    if types.is_layer(element) or of == types.UNKNOWN or element == types.UNKNOWN:
        phase.learnt.learn(expr, types.ListOf(types.LAYER), phase.scope)
        return ir.BuildEach(expr, span=span)
    phase.diagnostics.error(
        "not-layers",
        f"a list of layers is wanted here, not {types.describe(of)}",
        span,
        hint="splice a list of layers, such as `*[linear 8 8, relu]`.",
    )
    return expr


def build_all(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> tuple[ir.LayerItemLike, ...]:
    """Items of a list of recipes, built."""
    return tuple(_build_item(phase, item) for item in items)


def _build_item(phase: BuildTime, item: ir.LayerItemLike) -> ir.LayerItemLike:
    span = item.span
    match item:
        case ir.LayerItem(name, value, clauses):
            return ir.LayerItem(name, phase.build(value), clauses, span=span)
        case ir.LayerSplice(value):
            return ir.LayerSplice(build_list(phase, value), span=span)
        case ir.LayerFor(target, iterable, items):
            return ir.LayerFor(target, iterable, build_all(phase, items), span=span)
        case ir.LayerIf(branches, otherwise):
            built = []
            with ExitStack() as earlier:
                for condition, inner in branches:
                    with phase.assuming(condition, True):
                        built.append((condition, build_all(phase, inner)))
                    earlier.enter_context(phase.assuming(condition, False))
                return ir.LayerIf(tuple(built), build_all(phase, otherwise), span=span)


def _as_tree(item: ir.LayerItemLike) -> tree.ItemLike:
    match item:
        case ir.LayerItem(value=value, clauses=clauses):
            return tree.Item(None, value, clauses, span=item.span)
        case ir.LayerSplice(value):
            return tree.Splice(value, span=item.span)
        case _:
            raise AssertionError(item)
