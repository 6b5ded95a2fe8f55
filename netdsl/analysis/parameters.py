"""Parameters of modules, lets, defs and records: names, types, defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.annotations import resolve_type, shape_of
from netdsl.analysis.learn import Learnt, meet, number_of
from netdsl.analysis.names import check_identifier
from netdsl.analysis.phase import Phase
from netdsl.analysis.scope import Binding
from netdsl.analysis.targets import TargetParameter
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.diagnostics import Label
from netdsl.records import Frozen
from netdsl.source import Span
from netdsl.syntax import tree


class Declared(Frozen):
    """A parameter as it was written: `stated` is the type that the program gave it."""

    name: str
    stated: Type
    default: ir.Expr | None
    kind: Literal["normal", "keyword", "variadic"]
    node: tree.Parameter | tree.VariadicParameter

    @property
    def first_type(self) -> Type:
        """What is known before any use: what is stated, or that the default is a layer."""
        if self.kind == "variadic":
            return types.ListOf(self.stated)
        if self.stated == types.UNKNOWN and self.default is not None:
            of = type_of(self.default)
            if types.is_layer(of):
                return types.LAYER
        return self.stated

    def binding(self, known: Type) -> Binding:
        return Binding("parameter", self.name, known, self.node.name.span)


def declare(
    parameters: Sequence[tree.ParameterLike], phase: Phase, *, foreign: bool = False
) -> list[Declared]:
    """The parameters of a header; their defaults are resolved by `phase`, which does not see
    the parameters themselves. `foreign` names were chosen by a Python package."""
    found: list[Declared] = []
    seen: dict[str, Span] = {}
    kind: Literal["normal", "keyword"] = "normal"
    optional_before = False
    for node in parameters:
        starred = isinstance(node, tree.KeywordOnlyMarker | tree.VariadicParameter)
        if starred and kind == "keyword":
            phase.diagnostics.error(
                "unexpected-symbol",
                "a header has one `*` at most",
                node.span,
                hint="leave it out; what follows the first one is given by name.",
            )
        if isinstance(node, tree.KeywordOnlyMarker):
            kind = "keyword"
            continue
        name, span = node.name.id, node.name.span
        if not foreign:
            check_identifier(name, span, phase.diagnostics)
            phase.files.chosen(name)
        if name in seen:
            phase.diagnostics.error(
                "duplicate-name",
                f"two parameters are called `{name}`",
                span,
                labels=[Label(seen[name], "the first is here")],
                hint="give each parameter a name of its own.",
            )
        seen[name] = span
        if isinstance(node, tree.VariadicParameter):
            found.append(Declared(name, types.UNKNOWN, None, "variadic", node))
            kind = "keyword"
            continue
        stated = types.UNKNOWN if node.type is None else resolve_type(node.type, phase.files)
        default = None if node.default is None else _default(node.default, stated, name, phase)
        if default is None and optional_before and kind == "normal":
            phase.diagnostics.error(
                "required-after-default",
                f"`{name}` has no default, but a parameter before it has one",
                span,
                hint="put the parameters with defaults last.",
            )
        optional_before = optional_before or (default is not None and kind == "normal")
        found.append(Declared(name, stated, default, kind, node))
    return found


def _default(node: tree.Expr, stated: Type, name: str, phase: Phase) -> ir.Expr:
    default = phase.expr(node)
    if types.is_instance(type_of(default)):
        phase.expect(default, types.LAYER, f"the default of `{name}`")
    elif (
        type_of(default) == types.NONE
        and stated != types.UNKNOWN
        and (types.without_none(stated) == stated)
    ):
        phase.diagnostics.error(
            "wrong-type",
            f"the default of `{name}` is None, which its type leaves out",
            node.span,
            hint="write `?` behind the type of what may be None, such as `[B, T]? = None`.",
        )
    else:
        phase.expect(default, stated, f"the default of `{name}`")
    return default


def open_names(declared: Sequence[Declared]) -> frozenset[str]:
    """The parameters whose type the program does not state."""
    return frozenset(each.name for each in declared if each.stated == types.UNKNOWN)


def needed_type(each: Declared, learnt: Learnt) -> Type:
    """What callers must give: what is stated, or what the uses need."""
    known = each.first_type
    if each.stated == types.UNKNOWN and each.kind != "variadic":
        known = meet(learnt.needed.get(each.name, types.UNKNOWN), known)
    if each.kind == "variadic":
        known = meet(learnt.needed.get(each.name, types.UNKNOWN), known)
    default_none = isinstance(each.default, tree.Constant) and each.default.value is None
    asked = each.stated == types.UNKNOWN and each.name in learnt.may_be_none
    if known != types.UNKNOWN and (default_none or asked):
        return types.optional(known)
    return known


def finished(each: Declared, learnt: Learnt, fallback: Type = types.UNKNOWN) -> ir.Parameter:
    """The parameter with the type that annotations show: needed, else suggested."""
    known = needed = needed_type(each, learnt)
    if each.stated == types.UNKNOWN and each.kind != "variadic":
        known = _shown(each, known, learnt)
    elif types.is_layer(known) and learnt.needed.get(each.name) == types.Layer(attributes=True):
        none = types.without_none(known) != known
        known = types.Layer(attributes=True)
        known = types.optional(known) if none else known
    if each.kind == "variadic":
        known = types.element_of(known)
    shape = None
    if isinstance(each.node, tree.Parameter) and shape_of(each.node.type) is not None:
        shape = each.node.type
    if known == types.UNKNOWN and each.default is None:
        known = fallback
    guessed = needed == types.UNKNOWN and each.default is None
    return ir.Parameter(
        each.name, known, each.default, each.kind, shape, guessed, span=each.node.span
    )


def _shown(each: Declared, known: Type, learnt: Learnt) -> Type:
    default = types.UNKNOWN if each.default is None else type_of(each.default)
    if default == types.ELLIPSIS:  # which only stands for what may be given
        default = types.UNKNOWN
    suggested = learnt.suggested.get(each.name, types.UNKNOWN)
    if default == types.UNKNOWN:
        if suggested != types.UNKNOWN:  # a number is computed with, never a tuple of them
            known = number_of(known)
        return meet(known, suggested)
    if default == types.NONE:
        inner = types.without_none(known)
        inner = inner if inner != types.UNKNOWN else suggested
        return types.UNKNOWN if inner == types.UNKNOWN else types.optional(inner)
    if types.is_layer(default):
        return known
    if default == types.INT and known == types.FLOAT:
        default = types.FLOAT
    return types.optional(default) if each.name in learnt.may_be_none else default


def as_targets(declared: Sequence[Declared], learnt: Learnt) -> tuple[TargetParameter, ...]:
    """The parameters as callers see them."""
    return tuple(
        TargetParameter(
            each.name,
            (
                types.element_of(needed_type(each, learnt))
                if each.kind == "variadic"
                else needed_type(each, learnt)
            ),
            each.default is None and each.kind != "variadic",
            each.kind,
            finished(each, learnt).type,
        )
        for each in declared
    )


def taught_layers(learnt: Learnt) -> Learnt:
    """What a first reading taught of parameters that are recipes, or lists of them: only that
    changes how a second reading goes."""
    taught = Learnt(learnt.open_names)
    for name, of in learnt.needed.items():
        if types.is_layer(of) or types.is_layer(types.element_of(of)):
            taught.needed[name] = of
    return taught
