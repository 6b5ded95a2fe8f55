"""Names of items: of children, fixed or computed, and which items of what may have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis.names import check_attribute, check_child_name
from netdsl.analysis.template import name_parts
from netdsl.diagnostics import Label
from netdsl.source import Span
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.item_groups import has_names, leaves


def item_name(
    phase: BuildTime, name: tree.Name | tree.String | None, owner: str
) -> str | ir.Text | None:
    if name is None:
        return None
    return child_name(phase, name, owner)


def child_name(phase: BuildTime, name: tree.Name | tree.String, owner: str) -> str | ir.Text:
    """The name of a child: fixed, or computed from what stands in braces."""
    if isinstance(name, tree.Name):
        check_attribute(name.id, name.span, phase.diagnostics)
        text: str | ir.Text = name.id
    else:
        parts = name_parts(name, phase.diagnostics)
        resolved = tuple(part if isinstance(part, str) else phase.expr(part) for part in parts)
        static = all(isinstance(part, str) for part in resolved)
        text = (
            "".join(cast(tuple[str, ...], resolved))
            if static
            else ir.Text(resolved, span=name.span)
        )
    if isinstance(text, str):
        reserved = torchlib.reserved_names(owner)
        check_child_name(text, reserved, owner, name.span, phase.diagnostics)
    else:
        _check_parts(phase, text, owner)
    return text


def _check_parts(phase: BuildTime, text: ir.Text, owner: str) -> None:
    if any(isinstance(part, str) and "." in part for part in text.parts):
        fixed = "".join(part if isinstance(part, str) else "{…}" for part in text.parts)
        check_child_name(fixed, frozenset(), owner, text.span, phase.diagnostics)


def same_each_time(phase: BuildTime, name: str, span: Span) -> None:
    phase.diagnostics.error(
        "duplicate-name",
        f"the name `{name}` is the same each time that the item repeats",
        span,
        hint=f'put the loop variable into the name: `"{name}{{i}}" = …`.',
    )


def check_repeats(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    """Two items that are there at the same time cannot have one name."""
    seen: dict[str, Span] = {}
    position: int | None = 0
    named = any(item.name is not None for item in leaves(items))
    for item in items:
        match item:
            case ir.LayerItem(name=str(name), clauses=()):
                _repeat(phase, name, item.span, seen)
            case ir.LayerItem(name=None, clauses=()) if named and position is not None:
                _repeat(phase, str(position), item.span, seen)
            case ir.LayerIf(branches, otherwise):
                alternatives = [inner for _, inner in branches] + [otherwise]
                inside = [_static_names(inner) for inner in alternatives]
                for name, span in inside[0].items():
                    _repeat(phase, name, span, dict(seen))
                for each in inside:
                    seen.update(each)
        single = isinstance(item, ir.LayerItem) and not item.clauses
        position = position + 1 if position is not None and single else None


def _repeat(phase: BuildTime, name: str, span: Span, seen: dict[str, Span]) -> None:
    if name in seen:
        phase.diagnostics.error(
            "duplicate-name",
            f"two items are called `{name}`",
            span,
            labels=[Label(seen[name], "the first is here")],
            hint="give each item a name of its own.",
        )
    seen[name] = span


# ---- rules of single kinds -----------------------------------------------


def all_named(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    for item in leaves(items):
        if item.name is None:
            phase.diagnostics.error(
                "unnamed-item",
                "an item of `dict` has no name",
                item.span,
                hint='write `name = layer`, or `"name {i}" = layer for i in …`.',
            )
    for each in items:
        if isinstance(each, ir.LayerSplice):
            phase.diagnostics.error(
                "unnamed-item",
                "what a splice brings has no names, which `dict` needs",
                each.span,
                hint="write the items with their names.",
            )


def none_named(phase: BuildTime, items: Sequence[ir.LayerItemLike], what: str) -> None:
    for item in leaves(items):
        if item.name is not None:
            phase.diagnostics.error(
                "named-item",
                f"`{what}` numbers its items, so that they have no names",
                item.span,
                hint="use `dict` or `seq` to name them, or leave the name out.",
            )


def unnamed_together(phase: BuildTime, items: Sequence[ir.LayerItemLike], kind: str) -> None:
    """Unnamed items become one Sequential, which is applied in one place."""
    runs = 0
    previous = False
    for item in items:
        unnamed = not has_names(item)
        if unnamed and not previous:
            runs += 1
            if runs == 2:
                phase.diagnostics.error(
                    "unnamed-apart",
                    f"the unnamed items of `{kind}` become one `net`, so that they stand together",
                    item.span,
                    hint="name this item, or move the unnamed ones together.",
                )
        previous = unnamed
        inside = list(leaves([item]))
        if not unnamed and any(leaf.name is None for leaf in inside):
            bare = next(leaf for leaf in inside if leaf.name is None)
            phase.diagnostics.error(
                "unnamed-item",
                "an item of a group that has names needs one as well",
                bare.span,
                hint='write `name = layer`, or `"name{i}" = layer` in a loop.',
            )
    names = {item.name for item in leaves(items)}
    if runs and "net" in names:
        _net_taken(phase, items)


def _net_taken(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    item = next(item for item in leaves(items) if item.name == "net")
    phase.diagnostics.error(
        "duplicate-name",
        "`net` is what the unnamed items become",
        item.span,
        hint="give this item another name.",
    )


def static_if_mixed(phase: BuildTime, items: Sequence[ir.LayerItemLike], kind: str) -> None:
    """Branches run in the order written; named and unnamed ones beside each other can be
    put in order only if their number is known."""
    every = list(leaves(items))
    named = any(item.name is not None for item in every)
    unnamed = any(not has_names(item) for item in items)
    dynamic = [item for item in items if not isinstance(item, ir.LayerItem) or item.clauses]
    if named and unnamed and dynamic:
        phase.diagnostics.error(
            "mixed-branches",
            f"the branches of `{kind}` repeat, and only some of them have names",
            dynamic[0].span,
            hint="name all branches or none.",
        )
    if unnamed and any(item.name == "branches" for item in every):
        item = next(item for item in every if item.name == "branches")
        phase.diagnostics.error(
            "duplicate-name",
            "`branches` is what holds the unnamed items",
            item.span,
            hint="give this item another name.",
        )


def _static_names(items: Sequence[ir.LayerItemLike]) -> dict[str, Span]:
    return {
        item.name: item.span
        for item in items
        if isinstance(item, ir.LayerItem) and isinstance(item.name, str)
    }
