"""`let`: functions and values, of a file and of a module's body."""

from __future__ import annotations

from typing import Literal

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.annotations import check_signature
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.layer_lists import build_list
from netdsl.analysis.learn import Learnt
from netdsl.analysis.parameters import (
    Declared,
    as_targets,
    declare,
    finished,
    needed_type,
    open_names,
    taught_layers,
)
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.analysis.targets import Target, TargetParameter
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.records import Frozen, replace
from netdsl.syntax import tree


class Let(Frozen):
    """A resolved `let`, and what its names stand for from then on."""

    definition: ir.LetFunction | ir.LetValue
    bindings: tuple[Binding, ...]


def resolve_function(node: tree.Let, files: Files, outer: Scope) -> Let:
    """A `let` with parameters. A first reading teaches which parameters are recipes, since
    those are built where they stand; the second one is the result."""
    node = replace(node, annotation=check_signature(node.annotation, files))
    _, first = _read(node, files.quiet(), outer, Learnt())
    declared, learnt = _read_declared(node, files, outer, taught_layers(first))
    phase, value = _value(node, files, outer, declared, learnt)
    learnt.also(first)
    result = _result(phase, value, node, as_recipes=not files.only_spliced(node.name.id))
    function = ir.LetFunction(
        node.name.id,
        tuple(finished(each, learnt) for each in declared),
        None if node.doc is None else node.doc.value,
        node.annotation,
        result,
        type_of(result),
        span=node.span,
    )
    target = _target(function, as_targets(declared, learnt))
    return Let(function, (_function_binding(function, node.name, target),))


def _read(node: tree.Let, files: Files, outer: Scope, taught: Learnt) -> tuple[ir.Expr, Learnt]:
    declared, learnt = _read_declared(node, files, outer, taught)
    _, value = _value(node, files, outer, declared, learnt)
    return value, learnt


def _read_declared(
    node: tree.Let, files: Files, outer: Scope, taught: Learnt
) -> tuple[list[Declared], Learnt]:
    declared = declare(node.parameters or (), BuildTime(files, outer, Learnt()))
    learnt = Learnt(open_names(declared))
    learnt.also(taught)
    return declared, learnt


def _value(
    node: tree.Let, files: Files, outer: Scope, declared: list[Declared], learnt: Learnt
) -> tuple[BuildTime, ir.Expr]:
    scope = Scope(parent=outer)
    for each in declared:
        scope.names[each.name] = each.binding(needed_type(each, learnt))
    phase = BuildTime(files, scope, learnt)
    return phase, phase.expr(node.value)


def _result(phase: BuildTime, value: ir.Expr, node: tree.Let, as_recipes: bool) -> ir.Expr:
    """What a function gives: layers are built, and so are lists of layers if they are only
    ever spliced."""
    if isinstance(value, ir.LayerList):
        return value if as_recipes else build_list(phase, value)
    if types.is_layer(type_of(value)) or node.annotation is not None:
        return phase.build(value)
    return value


def _target(
    function: ir.LetFunction, parameters: tuple[TargetParameter, ...], recipe: Target | None = None
) -> Target:
    """How callers see a function. A let without parameters whose value is a recipe takes what
    the recipe still takes."""
    of = function.type
    if recipe is not None:
        return replace(recipe, label=function.name, result=of)
    makes: Literal["layer", "layers", "value"] = "value"
    if types.is_instance(of) and of != types.NONE:
        makes = "layer"
    elif isinstance(of, types.ListOf) and types.is_instance(of.element):
        makes = "layers"
    return Target(function.name, parameters, makes, of)


def _function_binding(function: ir.LetFunction, name: tree.Name, target: Target) -> Binding:
    known: Type = types.FunctionType()
    if target.makes == "layer":
        of = function.type
        known = types.LAYER if types.without_none(of) == of else types.optional(types.LAYER)
    return Binding("function", function.name, known, name.span, target)


def resolve_value(node: tree.Let, phase: BuildTime, *, in_body: bool, network: bool = False) -> Let:
    """A `let` without parameters: a value, a recipe, or a function that builds, which the
    file's network and whatever has a signature always is."""
    node = replace(node, annotation=check_signature(node.annotation, phase.files))
    value = phase.expr(node.value)
    name = node.name
    if network and (isinstance(value, ir.LayerList) or type_of(value) == types.NONE):
        phase.diagnostics.error(
            "not-a-layer",
            f"what stands alone at file level is the file's network, not"
            f" {'a list of layers' if isinstance(value, ir.LayerList) else 'None'}",
            node.value.span,
            hint="put the layers into `seq(…)`, or give the value a name: `let name = …`.",
        )
        value = ir.Deferred(value, span=value.span)
    recipe = value.target if isinstance(value, ir.Recipe) else None
    bare = isinstance(value, ir.Recipe) and (not value.args or in_body or recipe is None)
    incomplete = recipe is not None and bool(recipe.missing)
    signed = network or node.annotation is not None
    if isinstance(value, ir.Recipe) and (bare or incomplete) and not signed:
        return _named_value(name, value, types.LAYER, recipe)
    if isinstance(value, ir.LayerList) and not value.built:
        if in_body or not phase.files.only_spliced(name.id):
            return _named_value(name, value, types.ListOf(types.LAYER))
        built = build_list(phase, value)
    elif types.is_layer(type_of(value)) or signed:
        built = phase.build(value)
    else:
        return _named_value(name, value, type_of(value))
    function = ir.LetFunction(
        name.id,
        (),
        None if node.doc is None else node.doc.value,
        node.annotation,
        built,
        type_of(built),
        span=node.span,
    )
    return Let(function, (_function_binding(function, name, _target(function, (), recipe)),))


def _named_value(name: tree.Name, value: ir.Expr, of: Type, target: Target | None = None) -> Let:
    definition = ir.LetValue((name.id,), value, of, span=name.span)
    if target is not None:
        target = replace(target, label=name.id)
    return Let(definition, (Binding("let", name.id, of, name.span, target, value),))


def _written(value: ir.Expr) -> tuple[Type, ...] | None:
    """The elements of a list that is written out."""
    if not isinstance(value, tree.List):
        return None
    items = [item for item in value.items if isinstance(item, tree.Item) and not item.clauses]
    return tuple(type_of(item.value) for item in items) if len(items) == len(value.items) else None


def resolve_unpack(node: tree.LetUnpack, phase: BuildTime) -> Let:
    """`let a, b = value`."""
    value = phase.expr(node.value)
    of = type_of(value)
    parts = of.elements if isinstance(of, types.TupleOf) else _written(value)
    if parts is not None and len(parts) != len(node.names):
        phase.diagnostics.error(
            "not-unpackable",
            f"{len(node.names)} names stand for {len(parts)} values",
            node.value.span,
            hint="give as many names as there are values; `_` drops one.",
        )
    if any(map(types.is_layer, (of, *(parts or ())))) or isinstance(value, ir.LayerList):
        phase.diagnostics.error(
            "not-unpackable",
            "layers cannot be taken apart into names",
            node.value.span,
            hint="give each layer a `let` of its own.",
        )
    bindings = []
    for at, name in enumerate(node.names):
        match of:
            case types.TupleOf(elements) if elements and at < len(elements):
                each = elements[at]
            case _:
                each = types.element_of(of)
        if name.id != "_":
            bindings.append(Binding("let", name.id, each, name.span))
    names = tuple(name.id for name in node.names)
    return Let(ir.LetValue(names, value, of, span=node.span), tuple(bindings))
