"""The functions that are Python's in both phases: `range`, `len`, `sum`, `math.sqrt` …"""

from __future__ import annotations

from collections.abc import Sequence

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import similar
from netdsl.analysis.phase import Phase, unlisted
from netdsl.analysis.targets import Target, TargetParameter, report_missing
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.syntax import tree

ANY = types.UNKNOWN
LAZY = frozenset({"zip", "reversed", "enumerate", "accumulate"})
"""Those that give an iterator, which could be read only once."""

CONSUMERS = frozenset(
    {"sum", "min", "max", "all", "any", "sorted", "enumerate", "zip", "accumulate"}
)
"""Those that read an iterator once and to its end."""


def _positional(*names: str, optional: Sequence[str] = ()) -> tuple[TargetParameter, ...]:
    return tuple(TargetParameter(name, ANY, name not in optional, "positional") for name in names)


_REST = TargetParameter("values", ANY, False, "variadic")


def _keyword(name: str) -> TargetParameter:
    return TargetParameter(name, ANY, False, "keyword")


_SIGNATURES: dict[str, tuple[TargetParameter, ...]] = {
    "range": tuple(
        TargetParameter(name, types.INT, name == "start", "positional")
        for name in ("start", "stop", "step")
    ),
    "len": _positional("values"),
    "sum": (*_positional("values"), TargetParameter("start", ANY, False)),
    "min": (*_positional("first"), _REST, _keyword("default")),
    "max": (*_positional("first"), _REST, _keyword("default")),
    "abs": _positional("number"),
    "int": _positional("value"),
    "float": _positional("value"),
    "bool": _positional("value"),
    "str": _positional("value"),
    "round": (*_positional("number"), TargetParameter("ndigits", ANY, False)),
    "enumerate": (*_positional("values"), TargetParameter("start", types.INT, False)),
    "zip": (_REST, _keyword("strict")),
    "sorted": (*_positional("values"), _keyword("reverse")),
    "reversed": _positional("values"),
    "all": _positional("values"),
    "any": _positional("values"),
    "accumulate": (
        *_positional("values"),
        TargetParameter("func", ANY, False),
        _keyword("initial"),
    ),
}


def call_builtin(phase: Phase, node: tree.Call, func: tree.Name) -> ir.Expr:
    """A call of one of Python's functions."""
    name = func.id
    target = Target(name, _SIGNATURES[name], "value", types.UNKNOWN)
    matched = phase.match(target, node.items)
    ref = ir.Ref("builtin", name, types.FunctionType(), span=func.span)
    if matched is None:
        return ir.Call(ref, (), types.UNKNOWN, span=node.span)
    pairs, filled = matched
    report_missing(filled, node.span, phase.diagnostics)
    args = []
    mark = phase.diagnostics.mark()
    for argument, parameter in pairs:
        item = argument.value
        if item.clauses:
            value: ir.Expr = phase.generator(item, len(pairs) == 1)
        else:
            value = phase.expr(item.value)
        if parameter is not None and not argument.star:
            called = "stop" if name == "range" and len(pairs) == 1 else parameter.name
            phase.expect(value, parameter.type, f"`{called}` of `{name}`")
            if not item.clauses and _is_read(name, parameter, len(pairs)):
                phase.goes_over(value)
        if name == "sum":
            _refuse_sum(value, phase.diagnostics)
        if name in CONSUMERS:
            value = unlisted(value)
        args.append(ir.Arg(value, argument.name, argument.star, span=argument.span))
    wrong = phase.diagnostics.errors_since(mark)
    result = types.UNKNOWN if wrong else _result(name, [arg.value for arg in args])
    return ir.Call(ref, tuple(args), result, name in LAZY, span=node.span)


def _is_read(name: str, parameter: TargetParameter, count: int) -> bool:
    """Whether an argument is something whose elements are read."""
    if parameter.kind == "variadic":
        return name == "zip"
    return parameter.name == "values" or (parameter.name == "first" and count == 1)


def _refuse_sum(value: ir.Expr, diagnostics: Diagnostics) -> None:
    element = types.element_of(type_of(value))
    if types.is_layer(element) or types.is_instance(element) or element == types.STR:
        diagnostics.error(
            "wrong-type",
            f"`sum` adds numbers or tensors, and here it gets {types.describe(element)}",
            value.span,
            hint=(
                "join strings with `+`."
                if element == types.STR
                else "`add(…)` is the layer that adds what several layers give."
            ),
        )


def _result(name: str, args: Sequence[ir.Expr]) -> Type:
    of = [type_of(arg) for arg in args]
    first = of[0] if of else types.UNKNOWN
    element = types.element_of(first)
    match name:
        case "range":
            return types.ListOf(types.INT)
        case "len" | "int":
            return types.INT
        case "float":
            return types.FLOAT
        case "bool" | "all" | "any":
            return types.BOOL
        case "str":
            return types.STR
        case "round":
            return types.INT if len(of) == 1 else types.FLOAT
        case "sum":
            return element if element != types.BOOL else types.INT
        case "min" | "max":
            return types.either(*of) if len(of) > 1 else element
        case "abs":
            return first
        case "enumerate":
            return types.ListOf(types.TupleOf((types.INT, element)))
        case "zip":
            return types.ListOf(types.TupleOf(tuple(types.element_of(each) for each in of)))
        case "sorted" | "reversed" | "accumulate":
            return types.ListOf(element)
        case _:
            return types.UNKNOWN


_WHOLE = frozenset({"ceil", "floor", "trunc", "gcd", "lcm", "comb", "perm", "factorial", "isqrt"})


def math_member(node: tree.Attribute, diagnostics: Diagnostics) -> ir.Expr:
    """`math.ceil`, `math.pi`."""
    member = torchlib.math_member(node.name)
    if member is None:
        near = similar(node.name, torchlib.math_names())
        diagnostics.error(
            "unknown-name",
            f"Python's math has no `{node.name}`",
            node.name_span,
            hint=(
                f"a name that is similar exists: `math.{near}`."
                if near
                else "see Python's documentation of math for its functions."
            ),
        )
    constant = member is not None and not member.callable
    of = types.FLOAT if constant else types.FunctionType()
    return ir.Ref("math", node.name, of, span=node.span)


def math_result(name: str) -> Type:
    """What a function of math gives."""
    if name in _WHOLE:
        return types.INT
    if name.startswith("is"):
        return types.BOOL
    return types.UNKNOWN if name in ("prod", "modf", "frexp") else types.FLOAT
