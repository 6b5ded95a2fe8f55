"""Expressions that make layers: built, or as recipes for later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.emit.combinators import class_of, instance
from netdsl.emit.containers import container, layer_list
from netdsl.emit.expressions import Binds, arguments, handed_in, write
from netdsl.emit.inits import initialised
from netdsl.emit.place import Place, free_names
from netdsl.records import field_types, replace
from netdsl.syntax import tree


def construct(expr: object, place: Place) -> tuple[str, int]:
    """The expression, and how tightly it holds together."""
    match expr:
        case ir.Container():
            return container(expr, place), Binds.ATOM
        case ir.LayerList():
            return layer_list(expr, place), Binds.ATOM
        case ir.Combined() | ir.Rearranged():
            return instance(expr, place), Binds.ATOM
        case ir.Initialised():
            return initialised(expr, place), Binds.ATOM
        case ir.BuildEach(value):
            layer = place.own("layer")
            over = write(value, place, Binds.OR)
            return f"({layer}() for {layer} in {over})", Binds.ATOM
        case ir.Recipe(func, args):
            return recipe(func, args, place)
        case ir.Deferred(value):
            return _deferred(value, place)
        case _:
            raise AssertionError(expr)


def recipe(func: ir.Expr, args: Sequence[ir.Arg], place: Place) -> tuple[str, int]:
    """A callable that builds a layer: the class itself, a partial, or, where an argument is an
    instance that each layer needs one of its own of, a lambda."""
    if not args:
        return write(func, place, Binds.ATOM), Binds.ATOM
    if not builds(args):
        partial = place.out.names.imported("partial")
        shown = ", ".join([write(func, place), arguments(args, place)])
        return f"{partial}({shown})", Binds.ATOM
    inner, captured = _inside_lambda((func, tuple(args)), place)
    more, named = place.own("args"), place.own("kwargs")
    positional = [arg for arg in args if arg.name is None and arg.star != "**"]
    keywords = [arg for arg in args if arg not in positional]
    shown = ", ".join(
        filter(
            None,
            [
                arguments(positional, inner),
                f"*{more}",
                arguments(keywords, inner),
                f"**{named}",
            ],
        )
    )
    parameters = ", ".join([f"*{more}", *captured, f"**{named}"])
    return f"lambda {parameters}: {write(func, inner, Binds.ATOM)}({shown})", Binds.TERNARY


def _deferred(value: ir.Expr, place: Place) -> tuple[str, int]:
    """A complete recipe. A combinator is a class already, so that no lambda is needed."""
    if isinstance(value, ir.Combined | ir.Rearranged):
        name, given = class_of(value, place)
        if not given:
            return name, Binds.ATOM
        return f"{place.out.names.imported('partial')}({name}, {', '.join(given)})", Binds.ATOM
    inner, captured = _inside_lambda(value, place)
    parameters = f" {', '.join(captured)}" if captured else ""
    return f"lambda{parameters}: {write(value, inner)}", Binds.TERNARY


def _inside_lambda(root: object, place: Place) -> tuple[Place, list[str]]:
    """The place in a lambda, and its parameters: the variables of loops, which would have moved
    on by the time that it is called."""
    names = (
        place.variables[each.name]
        for each in free_names(root, place)
        if not each.own and place.variables[each.name] in place.looped
    )
    captured = [f"{name}={name}" for name in dict.fromkeys([*names, *handed_in(root, place)])]
    return replace(place.nested(), looped=frozenset()), captured


def builds(args: Sequence[ir.Arg]) -> bool:
    """Whether evaluating the arguments makes a layer."""
    return any(_is_instance(node) for arg in args for node in _evaluated(arg.value))


def _evaluated(root: object) -> Iterator[tree.Node]:
    """The nodes that are evaluated with the expression, not when a recipe is called."""
    if isinstance(root, ir.Deferred):
        return
    if isinstance(root, ir.Recipe) and builds(root.args):
        return
    if isinstance(root, tree.Node):
        yield root
        for name in field_types(type(root)):
            if name != "span":
                yield from _evaluated(getattr(root, name))
    elif isinstance(root, tuple):
        for each in root:
            yield from _evaluated(each)


_MAKERS = (ir.Container, ir.Combined, ir.Rearranged, ir.Initialised, ir.BuildEach)


def _is_instance(node: tree.Node) -> bool:
    match node:
        case ir.Call(type=of):
            return types.is_instance(of) or _holds_instances(of)
        case ir.LayerList(built=built):
            return built
        case _:
            return isinstance(node, _MAKERS)


def _holds_instances(of: types.Type) -> bool:
    return isinstance(of, types.ListOf) and types.is_instance(of.element)
