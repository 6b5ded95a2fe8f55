"""Operators on values: of Python's numbers, of sizes that may be symbols, of tensors' shapes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Container
from typing import Any

from netdsl import limits
from netdsl.checking.alone import ASK, none_there
from netdsl.checking.functions.arithmetic import combined, in_place
from netdsl.checking.functions.dtypes import only, refuse_complex
from netdsl.checking.products import product
from netdsl.checking.rules import Call, size_of
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import (
    UNKNOWN,
    Items,
    Maybe,
    Module,
    Named,
    Number,
    Tensor,
    Value,
    as_int,
    is_number,
    kind_of_number,
)
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.facts import equal, less_equal
from netdsl.shapes.questions import Truth
from netdsl.shapes.shape import Run

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def unary(op: str, operand: Value, sizes: Sizes) -> Value:
    """What an operator before a value gives."""
    if op == "not":
        known = asked(operand, sizes)
        return UNKNOWN if known is None else not known
    if isinstance(operand, Tensor):
        if op == "~":
            only(Call(op, sizes, {}), operand, "int", "bool")
        elif operand.dtype == "bool":
            raise Mismatch(
                f"`{op}` works on numbers, but gets a tensor of bools",
                "write `~mask` for the opposite of a mask, or convert it first: `mask.float()`.",
                "wrong-dtype",
            )
        return Tensor(operand.shape, operand.dtype)
    if operand is None:
        raise none_there(f"`{op}`")
    if isinstance(operand, Number):
        return operand if op != "~" else UNKNOWN
    if is_number(operand):
        number = operand if not isinstance(operand, bool) else Dimension(int(operand))
        return -number if op == "-" else number if op == "+" else UNKNOWN
    return UNKNOWN


def binary(op: str, one: Value, other: Value, sizes: Sizes) -> Value:
    """What an operator between two values gives.

    Raises:
        Mismatch: their sizes do not go together, or it divides by 0; or one is None.
    """
    if one is None or other is None:
        raise Mismatch(
            f"`{op}` cannot join None, and one side is None here", ASK, "unguarded-optional"
        )
    if isinstance(one, Tensor) or isinstance(other, Tensor):
        call = Call(op, sizes, {})
        if op == "@":
            if is_number(one) or is_number(other):
                raise Mismatch(
                    "`@` multiplies matrices, but one side is a number",
                    "`*` multiplies by numbers.",
                    "wrong-operand",
                )
            if not (isinstance(one, Tensor) and isinstance(other, Tensor)):
                return UNKNOWN
            return product(call, one, other)
        return combined(call, one, other, "float" if op == "/" else None)
    if isinstance(one, Items) and isinstance(other, Items) and op == "+":
        if len(one.elements) + len(other.elements) > limits.current().items:
            return UNKNOWN
        return Items(one.elements + other.elements, one.kind)
    if isinstance(one, Items) and op == "*":
        count = as_int(other)
        if count is None or count * len(one.elements) > limits.current().items:
            return UNKNOWN
        return Items(one.elements * count, one.kind)
    if isinstance(one, str) and isinstance(other, str) and op == "+":
        return one + other if len(one) + len(other) <= limits.current().items else UNKNOWN
    if op not in _ARITHMETIC or not all(
        is_number(each) or isinstance(each, Number) for each in (one, other)
    ):
        return UNKNOWN
    return _number(op, one, other, sizes)


def _number(op: str, one: Value, other: Value, sizes: Sizes) -> Value:
    left, right = (Dimension(int(x)) if isinstance(x, bool) else x for x in (one, other))
    found = _known_number(op, left, right, sizes)
    if found is not UNKNOWN:
        return found
    whole = op not in ("/", "**") and kind_of_number(left) == kind_of_number(right) == "int"
    return Number("int" if whole else None)


def _known_number(op: str, left: Value, right: Value, sizes: Sizes) -> Value:
    if op in ("/", "//", "%") and right in (Dimension(0), 0.0):
        raise Mismatch(f"`{op}` divides by 0", "divide by another number.", "bad-value")
    if isinstance(left, Dimension) and isinstance(right, Dimension):
        if op == "/":
            a, b = left.as_int(), right.as_int()
            return a / b if a is not None and b else UNKNOWN
        if op == "**":
            power = right.as_int()
            base = left.as_int()
            if power is None:
                return UNKNOWN
            if power < 0:
                return float(base) ** power if base else UNKNOWN
            return sizes.known(left**power)
        return sizes.known(_ARITHMETIC[op](left, right))
    numbers = [as_int(x) if isinstance(x, Dimension) else x for x in (left, right)]
    if not all(isinstance(each, int | float) for each in numbers):
        return UNKNOWN
    result = _ARITHMETIC[op](*numbers)
    return result if isinstance(result, float) else UNKNOWN


def compared(op: str, one: Value, other: Value, sizes: Sizes) -> Value:
    """What a comparison of two values gives."""
    if op in ("is", "is not"):
        if any(each is UNKNOWN or isinstance(each, Maybe | Number) for each in (one, other)):
            return UNKNOWN
        same = one is other
        return same if op == "is" else not same
    if isinstance(one, Tensor) or isinstance(other, Tensor):
        call = Call(op, sizes, {})
        if op in ("<", "<=", ">", ">="):
            refuse_complex(call, one, other)
        return combined(call, one, other, "bool")
    if op in ("in", "not in"):
        return _contains(op, one, other)
    if one is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    if isinstance(one, Dimension) and isinstance(other, Dimension):
        return _compared_sizes(op, one, other, sizes)
    if op in ("==", "!="):
        if isinstance(one, str | float | bool | None | Dimension) and isinstance(
            other, str | float | bool | None | Dimension
        ):
            a, b = (as_int(x) if isinstance(x, Dimension) else x for x in (one, other))
            if (a is None and one is not None) or (b is None and other is not None):
                return UNKNOWN
            return (a == b) == (op == "==")
        return UNKNOWN
    numbers = [as_int(x) if isinstance(x, Dimension | bool) else x for x in (one, other)]
    if all(isinstance(x, int | float) for x in numbers):
        return _COMPARED[op](*numbers)
    if isinstance(one, str) and isinstance(other, str):
        return _COMPARED[op](one, other)
    if any(isinstance(x, str) for x in numbers) and all(
        x is None or isinstance(x, str | int | float) for x in numbers
    ):
        raise Mismatch(
            f"`{op}` orders numbers or texts, and here it gets one of each",
            "make a number of the text, `int(…)`, or compare with `==`.",
            "wrong-operand",
        )
    return UNKNOWN


def _compared_sizes(op: str, one: Dimension, other: Dimension, sizes: Sizes) -> Value:
    facts = sizes.facts
    match op:
        case "==" | "!=":
            truth = equal(one, other, facts)
            yes = op == "=="
        case "<=":
            truth, yes = less_equal(one, other, facts), True
        case ">=":
            truth, yes = less_equal(other, one, facts), True
        case "<":
            truth, yes = less_equal(other, one, facts), False
        case _:
            truth, yes = less_equal(one, other, facts), False
    if truth is Truth.SOMETIMES_OR_UNKNOWN:
        return UNKNOWN
    return (truth is Truth.ALWAYS) == yes


def _contains(op: str, one: Value, other: Value) -> Value:
    if isinstance(other, Items) and all(map(_plain, (one, *other.elements))):
        return (one in other.elements) == (op == "in")
    if not isinstance(one, str):
        return UNKNOWN
    match other:
        case str():
            held: Container[str] = other
        case Named(values, True):
            held = values
        case Module(items=dict(items)):
            held = items
        case _:
            return UNKNOWN
    return (one in held) == (op == "in")


def changed(op: str, one: Value, other: Value, sizes: Sizes) -> Value:
    """What `one += other` leaves in `one`: a tensor is written over.

    Raises:
        Mismatch: their sizes do not go together, or what is computed has no place in a tensor.
    """
    if not isinstance(one, Tensor) or op == "@=":
        return binary(op.removesuffix("="), one, other, sizes)

    def rule(call: Call) -> Value:
        return binary(op.removesuffix("="), one, other, sizes)

    return in_place(rule)(Call(op, sizes, {"input": one}))


def asked(value: Value, sizes: Sizes) -> bool | None:
    """Whether a value counts as true where the program asks for it.

    Raises:
        Mismatch: it is a tensor of more elements than one.
    """
    if isinstance(value, Tensor) and sizes.never_equal(value.shape.size(), 1):
        raise Mismatch(
            f"a tensor {value.shape} is neither true nor false as a whole",
            "ask for one element, or for `x.any()` or `x.all()`; to choose element by element use"
            " `where`.",
        )
    return truth(value, sizes)


def truth(value: Value, sizes: Sizes) -> bool | None:
    """Whether a value counts as true, if that is known."""
    match value:
        case bool():
            return value
        case None:
            return False
        case str() | float():
            return bool(value)
        case Dimension():
            zero = equal(value, 0, sizes.facts)
            if zero is Truth.SOMETIMES_OR_UNKNOWN:
                return None
            return zero is Truth.NEVER
        case Items(elements):
            return bool(elements) if not any(isinstance(x, Run) for x in elements) else None
        case _:
            return None


def assume(op: str, one: Dimension, other: Dimension, outcome: bool, sizes: Sizes) -> None:
    """Takes what a comparison says of two sizes as a fact."""
    if not outcome:
        op = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}.get(op, "")
    facts = sizes.facts
    found = facts
    match op:
        case "==":
            found = facts.assume_equal(one, other) or facts
        case "<=":
            found = facts.assume_less_equal(one, other) or facts
        case "<":
            found = facts.assume_less_equal(one + 1, other) or facts
        case ">=":
            found = facts.assume_less_equal(other, one) or facts
        case ">":
            found = facts.assume_less_equal(other + 1, one) or facts
    sizes.facts = found


def _plain(value: Value) -> bool:
    return isinstance(value, str) or (size_of(value) is not None and as_int(value) is not None)
