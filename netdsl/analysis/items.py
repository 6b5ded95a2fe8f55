"""Lists of layers: containers, combinators and `[…]`, with their groups and splices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal, cast

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import check_child_name
from netdsl.analysis.presence import may_be_none
from netdsl.analysis.rearrange import Lowered, PatternError, lower
from netdsl.analysis.template import name_parts
from netdsl.analysis.type_of import type_of
from netdsl.diagnostics import Label
from netdsl.source import Span
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.build import BuildTime
    from netdsl.analysis.phase import Phase

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
        _all_named(phase, items)
    if kind == "list":
        _none_named(phase, items, "list")
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
        _unnamed_together(phase, items, kind)
    else:
        _static_if_mixed(phase, items, kind)
    return ir.Combined(cast(CombinatorKind, kind), items, dim, span=node.span)


def rearrange_layer(phase: BuildTime, node: tree.Call) -> ir.Expr:
    """`rearrange "b c h w -> b (h w) c"` as a layer."""
    span = node.span
    pattern: tree.String | None = None
    sizes: list[tuple[str, ir.Expr]] = []
    for item in node.items:
        match item:
            case tree.Item(name=None, value=tree.String() as text, clauses=()) if not pattern:
                pattern = text
            case tree.Item(name=tree.Name(id=name), value=value, clauses=()):
                sizes.append((name, phase.value(value, types.INT, f"`{name}` of `rearrange`")))
            case _:
                phase.diagnostics.error(
                    "bad-pattern",
                    "`rearrange` takes one pattern and sizes by name",
                    item.span,
                    hint='write `rearrange "b (h e) -> b h e" h=8`.',
                )
    if pattern is None:
        phase.diagnostics.error(
            "bad-pattern",
            "`rearrange` needs a pattern",
            span,
            hint='write `rearrange "b c h w -> b (h w) c"`.',
        )
        return ir.Ref("local", "rearrange", types.UNKNOWN, span=span)
    lowered = lower_pattern(phase, pattern, [name for name, _ in sizes])
    return ir.Deferred(ir.Rearranged(pattern.value, lowered, tuple(sizes), span=span), span=span)


# ---- items ---------------------------------------------------------------


def layer_items(
    phase: BuildTime, items: Sequence[tree.ItemLike], owner: str
) -> tuple[ir.LayerItemLike, ...]:
    """Items, each built; their names can be those of children of a torch class."""
    resolved = tuple(_built_item(phase, item, owner) for item in items)
    _check_repeats(phase, resolved)
    return _as_comprehension(resolved)


def _built_item(phase: BuildTime, item: tree.ItemLike, owner: str) -> ir.LayerItemLike:
    span = item.span
    match item:
        case tree.Item(name, value, clauses):
            if not clauses:
                built = _built(phase, value, owner)
                return ir.LayerItem(_item_name(phase, name, owner), built, span=span)
            phase.open_scope()
            resolved = phase.clauses(clauses)
            built = _built(phase, value, owner)
            named = _item_name(phase, name, owner)
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
            return _chosen(phase, item, lambda each: _built_item(phase, each, owner))
        case tree.Spread():
            phase.diagnostics.error(
                "items-in-call",
                "a list of layers takes no `**`",
                span,
                hint="splice a list with `*`.",
            )
            return ir.LayerSplice(phase.expr(item.value), span=span)


def _as_comprehension(items: tuple[ir.LayerItemLike, ...]) -> tuple[ir.LayerItemLike, ...]:
    """A list that is one group which repeats one item is that item, repeated."""
    match items:
        case (ir.LayerFor(target, iterable, (ir.LayerItem(name, value, clauses),)),):
            span = items[0].span
            clause = tree.Clause(target, iterable, (), span=span)
            return (ir.LayerItem(name, value, (clause, *clauses), span=span),)
        case _:
            return items


def _chosen(
    phase: BuildTime, item: tree.IfItems, resolve: Callable[[tree.ItemLike], ir.LayerItemLike]
) -> ir.LayerIf:
    """A group of alternatives, each resolved where its condition holds."""
    branches: list[tuple[ir.Expr, tuple[ir.LayerItemLike, ...]]] = []
    with ExitStack() as earlier:
        for condition, inner in item.branches:
            resolved = phase.expr(condition)
            with phase.assuming(resolved, True):
                branches.append((resolved, tuple(resolve(each) for each in inner)))
            earlier.enter_context(phase.assuming(resolved, False))
        otherwise = tuple(resolve(each) for each in item.otherwise)
    return ir.LayerIf(tuple(branches), otherwise, span=item.span)


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


def _item_name(
    phase: BuildTime, name: tree.Name | tree.String | None, owner: str
) -> str | ir.Text | None:
    if name is None:
        return None
    return child_name(phase, name, owner)


def child_name(phase: BuildTime, name: tree.Name | tree.String, owner: str) -> str | ir.Text:
    """The name of a child: fixed, or computed from what stands in braces."""
    if isinstance(name, tree.Name):
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
        phase.files.chosen(text)
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


def _check_repeats(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    """Two items that are there at the same time cannot have one name."""
    seen: dict[str, Span] = {}
    position: int | None = 0
    named = any(item.name is not None for item in _leaves(items))
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


def _all_named(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    for item in _leaves(items):
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


def _none_named(phase: BuildTime, items: Sequence[ir.LayerItemLike], what: str) -> None:
    for item in _leaves(items):
        if item.name is not None:
            phase.diagnostics.error(
                "named-item",
                f"`{what}` numbers its items, so that they have no names",
                item.span,
                hint="use `dict` or `seq` to name them, or leave the name out.",
            )


def _unnamed_together(phase: BuildTime, items: Sequence[ir.LayerItemLike], kind: str) -> None:
    """Unnamed items become one Sequential, which is applied in one place."""
    runs = 0
    previous = False
    for item in items:
        unnamed = not _has_names(item)
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
        leaves = list(_leaves([item]))
        if not unnamed and any(leaf.name is None for leaf in leaves):
            bare = next(leaf for leaf in leaves if leaf.name is None)
            phase.diagnostics.error(
                "unnamed-item",
                "an item of a group that has names needs one as well",
                bare.span,
                hint='write `name = layer`, or `"name{i}" = layer` in a loop.',
            )
    names = {item.name for item in _leaves(items)}
    if runs and "net" in names:
        _net_taken(phase, items)


def _net_taken(phase: BuildTime, items: Sequence[ir.LayerItemLike]) -> None:
    item = next(item for item in _leaves(items) if item.name == "net")
    phase.diagnostics.error(
        "duplicate-name",
        "`net` is what the unnamed items become",
        item.span,
        hint="give this item another name.",
    )


def _static_if_mixed(phase: BuildTime, items: Sequence[ir.LayerItemLike], kind: str) -> None:
    """Branches run in the order written; named and unnamed ones beside each other can be
    put in order only if their number is known."""
    leaves = list(_leaves(items))
    named = any(item.name is not None for item in leaves)
    unnamed = any(not _has_names(item) for item in items)
    dynamic = [item for item in items if not isinstance(item, ir.LayerItem) or item.clauses]
    if named and unnamed and dynamic:
        phase.diagnostics.error(
            "mixed-branches",
            f"the branches of `{kind}` repeat, and only some of them have names",
            dynamic[0].span,
            hint="name all branches or none.",
        )
    if unnamed and any(item.name == "branches" for item in leaves):
        item = next(item for item in leaves if item.name == "branches")
        phase.diagnostics.error(
            "duplicate-name",
            "`branches` is what holds the unnamed items",
            item.span,
            hint="give this item another name.",
        )


# ---- Python lists --------------------------------------------------------


def sequence(phase: BuildTime, node: tree.List) -> ir.Expr:
    """`[…]`: a list of recipes if it holds layers, else a value."""
    items = _as_comprehension(tuple(_plain_item(phase, item) for item in node.items))
    leaves = [type_of(item.value) for item in _leaves(items)]
    splices = [type_of(item.value) for item in items if isinstance(item, ir.LayerSplice)]
    layered = any(types.is_layer(of) or types.is_instance(of) for of in leaves) or any(
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
            return _chosen(phase, item, lambda each: _plain_item(phase, each))


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


def _leaves(items: Sequence[ir.LayerItemLike]) -> Iterator[ir.LayerItem]:
    for item in items:
        match item:
            case ir.LayerItem():
                yield item
            case ir.LayerFor(items=inner):
                yield from _leaves(inner)
            case ir.LayerIf(branches, otherwise):
                for _, inner in branches:
                    yield from _leaves(inner)
                yield from _leaves(otherwise)


def _has_names(item: ir.LayerItemLike) -> bool:
    return any(leaf.name is not None for leaf in _leaves([item]))


def _static_names(items: Sequence[ir.LayerItemLike]) -> dict[str, Span]:
    return {
        item.name: item.span
        for item in items
        if isinstance(item, ir.LayerItem) and isinstance(item.name, str)
    }


def lower_pattern(phase: Phase, pattern: tree.String, sizes: list[str]) -> Lowered:
    """The torch calls of a pattern; says what is wrong with it."""
    try:
        return lower(pattern.value, sizes)
    except PatternError as error:
        phase.diagnostics.error(
            "bad-pattern", error.message, _inside(pattern, error), hint=error.hint
        )
        return ()


def _inside(pattern: tree.String, error: PatternError) -> Span:
    """Where in the source a part of a pattern stands, if nothing in it is escaped."""
    source, start, end = pattern.span
    if source.text[start + 1 : end - 1] == pattern.value:
        return Span(source, start + 1 + error.start, start + 1 + error.end)
    return pattern.span
