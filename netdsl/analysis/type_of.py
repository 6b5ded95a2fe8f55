"""The type of a resolved expression, read off its leaves."""

from __future__ import annotations

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.types import Type
from netdsl.syntax import tree

_CONTAINER_CLASS = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}


def type_of(expr: ir.Expr | tree.Splice | tree.Slice) -> Type:
    """What kind of value the expression has; UNKNOWN where nothing tells."""
    match expr:
        case ir.Ref(type=known) | ir.Call(type=known) | ir.Field(type=known):
            return known
        case tree.Number(value):
            return types.INT if isinstance(value, int) else types.FLOAT
        case tree.String() | ir.Text():
            return types.STR
        case tree.Constant(value):
            return _constant(value)
        case ir.Recipe(func):
            known = type_of(func)
            return known if types.is_layer(known) else types.LAYER
        case ir.Deferred():
            return types.LAYER
        case ir.Container(kind):
            return types.Instance(_CONTAINER_CLASS[kind], torch=True)
        case ir.Combined() | ir.Rearranged():
            return types.MODULE
        case ir.Initialised(layer):
            return type_of(layer)
        case ir.LayerList(built=built):
            return types.ListOf(types.MODULE if built else types.LAYER)
        case ir.BuildEach():
            return types.ListOf(types.MODULE)
        case ir.Inferred():
            return types.INT
        case ir.Rearrange():
            return types.TENSOR
        case ir.Generator(element):
            return types.ListOf(type_of(element))
        case tree.Splice(value):
            return types.element_of(type_of(value))
        case _:
            return _operator(expr)


def _constant(value: object) -> Type:
    if value is None:
        return types.NONE
    return types.ELLIPSIS if value is ... else types.BOOL


def _operator(expr: ir.Expr | tree.Slice) -> Type:
    match expr:
        case tree.List(items):
            found = [type_of(item.value) for item in items if isinstance(item, tree.Item)]
            known = len(found) == len(items) and bool(found)
            return types.ListOf(types.either(*found) if known else types.UNKNOWN)
        case tree.Tuple(elements):
            if any(isinstance(element, tree.Splice) for element in elements):
                return types.TupleOf(None)
            return types.TupleOf(tuple(type_of(element) for element in elements))
        case tree.Dict(pairs):
            found = [type_of(pair.value) for pair in pairs if isinstance(pair, tree.Pair)]
            known = len(found) == len(pairs) and bool(found)
            return types.DictOf(types.either(*found) if known else types.UNKNOWN)
        case tree.Index(value, subscripts):
            return _indexed(type_of(value), subscripts)
        case tree.Unary(op, operand):
            of = type_of(operand)
            return types.BOOL if op == "not" else types.INT if of == types.BOOL else of
        case tree.Binary("**", left, tree.Number(int())) if type_of(left) == types.INT:
            return types.INT
        case tree.Binary(op, left, right):
            return _arithmetic(op, type_of(left), type_of(right))
        case tree.Compare(first, rest):
            operands = [type_of(first), *(type_of(operand) for _, operand in rest)]
            identity = all(op in ("is", "is not", "in", "not in") for op, _ in rest)
            tensors = any(isinstance(operand, types.Tensor) for operand in operands)
            if identity or not (tensors or types.UNKNOWN in operands):
                return types.BOOL
            return types.Tensor("bool") if tensors else types.UNKNOWN
        case tree.Logical(_, left, right):
            return types.either(type_of(left), type_of(right))
        case tree.Ternary(_, then, otherwise):
            return types.either(type_of(then), type_of(otherwise))
        case _:
            return types.UNKNOWN


def _indexed(of: Type, subscripts: tuple[object, ...]) -> Type:
    if isinstance(of, types.Tensor):
        return of
    if len(subscripts) != 1:
        return types.UNKNOWN
    match of, subscripts[0]:
        case ((types.ListOf() | types.Scalar("str")), tree.Slice()):
            return of
        case types.TupleOf(), tree.Slice():
            return types.TupleOf(None)
        case types.TupleOf(elements), tree.Number(int() as at) if elements:
            return elements[at] if at < len(elements) else types.UNKNOWN
        case types.DictOf(value), _:
            return value
        case types.Instance(), _:
            return types.UNKNOWN
        case _:
            return types.element_of(of)


def _arithmetic(op: str, left: Type, right: Type) -> Type:
    if isinstance(left, types.Tensor) or isinstance(right, types.Tensor):
        return left if isinstance(left, types.Tensor) else right
    numbers = (types.INT, types.FLOAT, types.BOOL)
    if left in numbers and right in numbers:
        if op == "/" or types.FLOAT in (left, right):
            return types.FLOAT
        return types.UNKNOWN if op == "**" else types.INT
    match op, left, right:
        case "+", types.ListOf(), types.ListOf():
            return types.either(left, right)
        case "*", (types.ListOf() | types.Scalar("str")), (types.Scalar("int") | types.Unknown()):
            return left
        case "+", types.Scalar("str"), types.Scalar("str"):
            return types.STR
        case _:
            return types.UNKNOWN
