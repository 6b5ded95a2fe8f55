"""Lists of layers: containers and combinators, with their groups and splices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import shorten
from netdsl.analysis.presence import may_be_none
from netdsl.analysis.type_of import type_of
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.item_groups import as_comprehension, chosen
from netdsl.analysis.item_names import (
    all_named,
    check_repeats,
    item_name,
    none_named,
    same_each_time,
    static_if_mixed,
    unnamed_together,
)
from netdsl.analysis.layer_lists import build_list

_CLASS_OF = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}

ContainerKind = Literal["seq", "list", "dict"]
CombinatorKind = Literal["nest", "residual", "add", "concat", "parallel"]


# ---- containers and combinators ------------------------------------------


def container(phase: BuildTime, node: tree.Call, kind: str) -> ir.Expr:
    """`seq(…)`, `list(…)`, `dict(…)`."""
    return ir.Deferred(container_items(phase, node, kind), span=node.span)


def container_items(phase: BuildTime, node: tree.Call, kind: str) -> ir.Container:
    """The container itself, with its items built."""
    owner = _CLASS_OF[kind]
    items = layer_items(phase, node.items, owner)
    if kind == "dict":
        all_named(phase, items)
    if kind == "list":
        none_named(phase, items, "list")
    return ir.Container(cast(ContainerKind, kind), items, span=node.span)


def combinator(phase: BuildTime, node: tree.Call, kind: str) -> ir.Expr:
    """`nest(…)`, `residual(…)`, `add(…)`, `concat(…)`, `parallel(…)`."""
    return ir.Deferred(combined(phase, node, kind), span=node.span)


def combined(phase: BuildTime, node: tree.Call, kind: str) -> ir.Combined:
    """The combinator itself, with its items built."""
    dim: ir.Expr | None = None
    rest: list[tree.ItemLike] = []
    for item in node.items:
        match item:
            case tree.Item(name=tree.Name(id="dim"), value=value) if kind == "concat":
                dim = phase.value(value, types.INT, "`dim` of `concat`")
            case _:
                rest.append(item)
    items = layer_items(phase, tuple(rest), "Module")
    if not items:
        phase.diagnostics.error(
            "no-items",
            f"`{kind}` has no items",
            node.span,
            hint=f"give `{kind}` the layers that it joins.",
        )
    if kind in ("nest", "residual"):
        unnamed_together(phase, items, kind)
    else:
        static_if_mixed(phase, items, kind)
    return ir.Combined(cast(CombinatorKind, kind), items, dim, span=node.span)


# ---- items ---------------------------------------------------------------


def layer_items(
    phase: BuildTime, items: Sequence[tree.ItemLike], owner: str
) -> tuple[ir.LayerItemLike, ...]:
    """Items, each built; their names can be those of children of a torch class."""
    sound = _without_strays(phase, items)
    resolved = tuple(_built_item(phase, item, owner) for item in sound)
    check_repeats(phase, resolved)
    return as_comprehension(resolved)


def _without_strays(phase: BuildTime, items: Sequence[tree.ItemLike]) -> list[tree.ItemLike]:
    """The items but for layers whose arguments go on behind a comma, `linear 8, 8`: of these it is
    said."""
    kept: list[tree.ItemLike] = []
    before: tree.ItemLike | None = None
    for item in items:
        match before, item:
            case tree.Item(value=tree.Call() as call), tree.Item(
                None, tree.Number()
            ) if _lacks_arguments(phase, call):
                if kept and kept[-1] is before:
                    kept.pop()
                    phase.diagnostics.error(
                        "not-a-layer",
                        f"`{item.span.text}` is an item of its own, since a comma stands before it",
                        item.span,
                        hint=f"leave the comma out: `{shorten(call.span.text)} {item.span.text}`.",
                    )
            case _:
                kept.append(item)
                before = item
    return kept


def _lacks_arguments(phase: BuildTime, call: tree.Call) -> bool:
    found = phase.find(call.func) if call.juxtaposed and isinstance(call.func, tree.Name) else None
    if found is None or found.target is None:
        return False
    required = [each for each in found.target.parameters or () if each.required]
    return len(call.items) < len(required)


def _built_item(phase: BuildTime, item: tree.ItemLike, owner: str) -> ir.LayerItemLike:
    span = item.span
    match item:
        case tree.Item(name, value, clauses):
            if not clauses:
                built = _built(phase, value, owner)
                return ir.LayerItem(item_name(phase, name, owner), built, span=span)
            phase.open_scope()
            resolved = phase.clauses(clauses)
            built = _built(phase, value, owner)
            named = item_name(phase, name, owner)
            phase.close_scope()
            if isinstance(named, str):
                same_each_time(phase, named, span)
            return ir.LayerItem(named, built, resolved, span=span)
        case tree.Splice(value):
            return ir.LayerSplice(build_list(phase, phase.iterable(value, loop=False)), span=span)
        case tree.ForItems(target, iterable, inner):
            over = phase.iterable(iterable)
            phase.open_scope()
            variables = phase.bind_target(target, over)
            body = tuple(_built_item(phase, each, owner) for each in inner)
            phase.close_scope()
            for each in body:
                if isinstance(each, ir.LayerItem) and isinstance(each.name, str):
                    same_each_time(phase, each.name, each.span)
            return ir.LayerFor(variables, over, body, span=span)
        case tree.IfItems():
            return chosen(phase, item, lambda each: _built_item(phase, each, owner))
        case tree.Spread():
            phase.diagnostics.error(
                "items-in-call",
                "a list of layers takes no `**`",
                span,
                hint="splice a list with `*`.",
            )
            return ir.LayerSplice(phase.expr(item.value), span=span)


_MAY_HOLD_NONE = frozenset({"ModuleList", "ModuleDict"})


def _built(phase: BuildTime, value: tree.Expr, owner: str) -> ir.Expr:
    """An item's layer, which must be there if it is to be applied."""
    built = phase.layer(value)
    if owner not in _MAY_HOLD_NONE and may_be_none(type_of(built)):
        phase.diagnostics.error(
            "optional-item",
            "this item may be None, which cannot be applied",
            value.span,
            hint="make the item itself depend on the condition: `if … { layer }`.",
        )
    return built
