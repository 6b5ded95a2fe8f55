"""Programs made by hand, for tests of emission, and what to do with their output."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

import black

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.types import Type
from netdsl.emit.python import emit
from netdsl.source import Source, Span
from netdsl.syntax import tree

AT = Span(Source("", "test.nd"), 0, 0)
MODE = black.Mode(target_versions={black.TargetVersion.PY311})


_INTS = types.ListOf(types.INT)


def ref(kind: str, name: str, of: Type = types.UNKNOWN) -> ir.Ref:
    return ir.Ref(kind, name, of, span=AT)  # type: ignore[arg-type]


def num(value: float) -> tree.Number:
    return tree.Number(value, str(value), span=AT)


def text(value: str) -> tree.String:
    return tree.String(value, span=AT)


NONE = tree.Constant(None, span=AT)


def local(name: str, of: Type = types.INT) -> ir.Ref:
    return ref("local", name, of)


def par(name: str, of: Type = types.INT) -> ir.Ref:
    return ref("parameter", name, of)


def args(positional: Sequence[Any] = (), **keywords: Any) -> tuple[ir.Arg, ...]:
    return tuple(ir.Arg(_expr(each), span=AT) for each in positional) + tuple(
        ir.Arg(_expr(value), name, span=AT) for name, value in keywords.items()
    )


def _expr(value: Any) -> Any:
    match value:
        case None | bool():
            return tree.Constant(value, span=AT)
        case int() | float():
            return num(value)
        case str():
            return par(value)
        case _:
            return value


def layer(name: str, *positional: Any, **keywords: Any) -> ir.Call:
    of = types.Instance(name, torch=True)
    return ir.Call(ref("layer", name, types.LAYER), args(positional, **keywords), of, span=AT)


def call(func: ir.Expr, *positional: Any, of: Type = types.UNKNOWN, **keywords: Any) -> ir.Call:
    return ir.Call(func, args(positional, **keywords), of, span=AT)


def builtin(name: str, *positional: Any, of: Type = _INTS) -> ir.Call:
    return call(ref("builtin", name), *positional, of=of)


def op(symbol: str, left: Any, right: Any) -> tree.Binary:
    return tree.Binary(symbol, _expr(left), _expr(right), span=AT)  # type: ignore[arg-type]


def compare(left: Any, symbol: str, right: Any) -> tree.Compare:
    return tree.Compare(_expr(left), ((symbol, _expr(right)),), span=AT)


def item(value: Any, name: str | ir.Text | None = None, *clauses: tree.Clause) -> ir.LayerItem:
    return ir.LayerItem(name, _expr(value), clauses, span=AT)


def clause(target: Any, iterable: Any, *conditions: Any) -> tree.Clause:
    return tree.Clause(target, iterable, conditions, span=AT)


def computed(*parts: Any) -> ir.Text:
    return ir.Text(parts, span=AT)


def seq(*items: ir.LayerItemLike) -> ir.Container:
    return ir.Container("seq", items, span=AT)


def combined(kind: str, *items: ir.LayerItemLike, dim: Any = None) -> ir.Combined:
    return ir.Combined(kind, items, dim, span=AT)  # type: ignore[arg-type]


def parameter(name: str, of: Type = types.INT, default: Any = ..., **rest: Any) -> ir.Parameter:
    given = None if default is ... else _expr(default)
    return ir.Parameter(name, of, given, span=AT, **rest)


def let(
    name: str, result: Any, *parameters: ir.Parameter, of: Type = types.UNKNOWN, **rest: Any
) -> ir.LetFunction:
    doc, annotation = rest.pop("doc", None), rest.pop("annotation", None)
    return ir.LetFunction(name, parameters, doc, annotation, result, of, span=AT, **rest)


def value(name: str, what: Any, **rest: Any) -> ir.LetValue:
    return ir.LetValue((name,), _expr(what), types.UNKNOWN, span=AT, **rest)


def child(name: str | ir.Text, what: Any) -> ir.ChildDecl:
    return ir.ChildDecl(name, _expr(what), span=AT)


def module(
    name: str,
    *body: ir.Declaration,
    parameters: Sequence[ir.Parameter] = (),
    base: Any = None,
    rules: Sequence[ir.Rule] = (),
    methods: Sequence[ir.Function] = (),
    stored: Sequence[str] = (),
    doc: str | None = None,
) -> ir.ModuleDef:
    return ir.ModuleDef(
        name,
        tuple(parameters),
        doc,
        None,
        base,
        body,
        tuple(rules),
        tuple(methods),
        tuple(stored),
        span=AT,
    )


def function(
    name: str,
    *body: Any,
    parameters: Sequence[ir.Parameter] = (),
    of: Type = types.TENSOR,
    dims: Sequence[ir.DimBinding] = (),
    method: bool = True,
    result: tree.TypeExpr | None = None,
) -> ir.Function:
    return ir.Function(
        name, tuple(parameters), None, result, of, tuple(dims), body, method, span=AT
    )


def assign(target: Any, what: Any) -> tree.Assign:
    return tree.Assign(target, what, span=AT)


def ret(what: Any) -> tree.Return:
    return tree.Return(what, span=AT)


def scheme(parameter_: str, name: str, *, optional: bool = False, **keywords: Any) -> Any:
    return ir.ParameterInit(parameter_, ref("init", name), args((), **keywords), optional, span=AT)


def shape(*dims: str) -> tree.NamedType:
    return tree.NamedType(None, tuple(tree.Name(dim, span=AT) for dim in dims), span=AT)


def output(*definitions: ir.Definition, names: Iterable[str] = ()) -> str:
    """The text of a program, checked: it is Python, and black changes nothing."""
    emitted = emit(ir.Program("test.nd", definitions, frozenset(names)))
    ast.parse(emitted.text)
    assert black.format_str(emitted.text, mode=MODE) == emitted.text
    return emitted.text


def below_imports(text: str) -> str:
    """What stands below the imports."""
    lines = text.split("\n")
    last = max(
        (at for at, line in enumerate(lines) if line.startswith(("import ", "from "))), default=-1
    )
    return "\n".join(lines[last + 1 :]).strip("\n")


def expect(found: str, wanted: str) -> None:
    assert below_imports(found) == wanted.strip("\n")


def run(text: str) -> ModuleType:
    made = ModuleType("netdsl_test_output")
    sys.modules[made.__name__] = made
    exec(compile(text, "<output>", "exec"), made.__dict__)
    return made


def recipe(name: str, *positional: Any, **keywords: Any) -> ir.Recipe:
    return ir.Recipe(ref("layer", name, types.LAYER), args(positional, **keywords), span=AT)


X = parameter("x", types.TENSOR)
x = par("x", types.TENSOR)
i, o, n = par("i"), par("o"), par("n")
K = local("k")
RANGE = builtin("range", "n")
