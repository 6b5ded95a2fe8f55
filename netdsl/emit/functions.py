"""Functions of the output: `let` with parameters, and `def`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.emit.annotations import annotation
from netdsl.emit.building import return_lines
from netdsl.emit.code import Code, FunctionCode, Line, placed
from netdsl.emit.combinators import class_of
from netdsl.emit.comments import of_statements
from netdsl.emit.constructs import builds, recipe
from netdsl.emit.place import Place, names_in_target, variables_of
from netdsl.emit.shapes import annotation_line, documentation, show_type, signature_line
from netdsl.emit.signatures import header, parameter_types
from netdsl.emit.statements import block, dim_lines
from netdsl.syntax import tree

# ---- let ---------------------------------------------------------------------


def let_function(node: ir.LetFunction, outer: Place, called: str) -> FunctionCode:
    """A function that builds a layer or computes a value, at file level or in `__init__`."""
    if outer.where == "file":  # whose names are those of the definition itself
        variables = outer.function.copy()
    else:
        variables = variables_of(node, outer.out.definitions, outer.function)
    own = {each.name: each.name for each in node.parameters}
    inner = Place(
        outer.out,
        outer.where,
        variables,
        {**outer.variables, **own},
        {**outer.types, **parameter_types(node.parameters)},
        outer.members,
        holder=node.name,
    )
    doc = documentation(node.doc, annotation_line(node.annotation, outer))
    call = node.result
    if node.extended and isinstance(call, ir.Call) and not node.parameters and builds(call.args):
        return _extensible(node, call, inner, called, doc)
    result = _result(node, inner)
    return FunctionCode(
        header(called, node.parameters, result, outer),
        doc,
        tuple(placed(return_lines(node.result, inner), node.result.span)),
        span=node.span,
    )


def _result(node: ir.LetFunction, place: Place) -> str:
    """What the function gives: the class itself where a combinator has one."""
    if isinstance(node.result, ir.Combined | ir.Rearranged):
        return class_of(node.result, place)[0]
    of = node.type if node.type != types.UNKNOWN else type_of(node.result)
    return annotation(of, place.out)


def is_recipe(node: ir.LetFunction) -> bool:
    """Whether a let without parameters must be the recipe itself, and can be."""
    return (
        node.extended
        and not node.parameters
        and isinstance(node.result, ir.Call)
        and not builds(node.result.args)
    )


def as_function(node: ir.LetValue) -> ir.LetFunction | None:
    """A let that names a recipe, as a function, if the recipe can be no partial."""
    value = node.value
    if not isinstance(value, ir.Recipe) or not builds(value.args):
        return None
    of = types.MODULE if value.target is None else value.target.result
    call = ir.Call(value.func, value.args, of, span=node.span)
    return ir.LetFunction(node.names[0], (), None, None, call, of, True, span=node.span)


def recipe_of(node: ir.LetFunction, place: Place) -> str:
    """`partial(nn.LayerNorm, eps=1e-6)`."""
    assert isinstance(node.result, ir.Call)
    return recipe(node.result.func, node.result.args, place)[0]


def _extensible(
    node: ir.LetFunction, call: ir.Call, place: Place, called: str, doc: str | None
) -> FunctionCode:
    """A function that takes the arguments which are given where it is used, since one of its
    own is an instance that each layer needs one of its own of."""
    more, named = place.fresh("args"), place.fresh("kwargs")
    unknown = place.out.names.imported("Any")
    positional = [arg for arg in call.args if arg.name is None and arg.star != "**"]
    keywords = [arg for arg in call.args if arg not in positional]
    rest = [
        ir.Arg(ir.Ref("local", more, types.UNKNOWN, span=node.span), star="*", span=node.span),
        ir.Arg(ir.Ref("local", named, types.UNKNOWN, span=node.span), star="**", span=node.span),
    ]
    whole = ir.Call(
        call.func, (*positional, rest[0], *keywords, rest[1]), call.type, span=call.span
    )
    return FunctionCode(
        f"def {called}(*{more}: {unknown}, **{named}: {unknown}) -> {_result(node, place)}:",
        doc,
        tuple(placed(return_lines(whole, place), node.span)),
        span=node.span,
    )


# ---- def ---------------------------------------------------------------------


def function(node: ir.Function, outer: Place) -> FunctionCode:
    """A `def` of the file, or a method."""
    variables = variables_of(node.body, outer.out.definitions)
    parameters = [each.name for each in node.parameters]
    local = [*(dim.name for dim in node.dims), *assigned(node.body)]
    called = {name: name for name in parameters}
    variables.used.update(parameters)
    for name in local:
        if name not in called:
            called[name] = variables.named(name, lambda _: False)
    place = Place(outer.out, "method", variables, called)
    body: list[Code] = block(node.body, place) or [Line("pass")]
    shapes = [show_type(each.shape, place) for each in node.parameters if each.shape]
    result = show_type(node.result, place) if node.result is not None else None
    return FunctionCode(
        header(
            node.name,
            node.parameters,
            annotation(node.type, outer.out),
            outer,
            method=node.method,
        ),
        documentation(node.doc, signature_line(node.parameters, node.result, place)),
        (*dim_lines(node.dims, place), *of_statements(body, shapes[0] if shapes else None, result)),
        span=node.span,
    )


def assigned(statements: Sequence[tree.Node]) -> Iterator[str]:
    """The variables that statements assign, in the order they appear."""
    for node in statements:
        match node:
            case tree.Assign(target=to) | tree.AugAssign(target=to):
                yield from names_in_target(to)
            case tree.AnnotatedAssign(name=name):
                yield name.id
            case ir.NamedAssign(name=ref, dims=dims):
                yield ref.name
                yield from (dim.name for dim in dims)
            case tree.For(target=to, body=body):
                yield from names_in_target(to)
                yield from assigned(body)
            case tree.While(body=body):
                yield from assigned(body)
            case tree.If(branches, otherwise):
                for _, body in branches:
                    yield from assigned(body)
                yield from assigned(otherwise)
            case _:
                pass
