"""The functions that are Python's own: `range`, `len`, `sum`, those of `math`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from netdsl import limits
from netdsl.checking.rules import FUNCTIONS, Call
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import UNKNOWN, Items, Number, Repeated, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension, maximum, minimum
from netdsl.shapes.shape import Shape


class Python(Protocol):
    """What an evaluator does for them."""

    sizes: Sizes

    def elements(self, value: Value) -> Sequence[Value] | Repeated | None: ...

    def truth(self, value: Value) -> bool | None: ...

    def binary(self, op: str, one: Value, other: Value) -> Value: ...


def builtin(name: str, values: Sequence[Value], named: Mapping[str, Value], to: Python) -> Value:
    """What one of Python's functions gives."""
    match name, values:
        case "range", _:
            return _range(values)
        case "len", [value]:
            if isinstance(value, Tensor):
                refuse_number(name, value)
                return value.shape.axis(0) or UNKNOWN
            found = to.elements(value)
            return Dimension(len(found)) if isinstance(found, Sequence) else UNKNOWN
        case ("min" | "max"), _:
            return _extreme(name, values, to.sizes)
        case "sum", [value, *start]:
            return _sum(value, start, to)
        case "abs", [Tensor() as value]:
            return FUNCTIONS["abs"].rule(Call("abs", to.sizes, {"input": value}))
        case "abs", [value]:
            number = as_int(value) if isinstance(value, Dimension) else value
            if isinstance(number, float):
                return abs(number)
            return Dimension(abs(number)) if isinstance(number, int) else UNKNOWN
        case ("int" | "float" | "bool"), [Tensor() as value]:
            if to.sizes.never_equal(value.shape.size(), 1):
                raise Mismatch(
                    f"`{name}` takes a tensor of one element, but gets {value}",
                    "take one element first, or a sum: `x.sum()`.",
                )
            return UNKNOWN
        case ("int" | "float" | "bool" | "round"), [value]:
            return _converted(name, value, to)
        case "str", [value]:
            number = as_int(value)
            return value if isinstance(value, str) else UNKNOWN if number is None else str(number)
        case ("list" | "tuple" | "sorted" | "reversed" | "enumerate" | "zip" | "accumulate"), _:
            return _sequence(name, values, named, to)
        case ("all" | "any"), [Items(elements)]:
            known = [to.truth(each) for each in elements]
            if (name == "any") in known:
                return name == "any"
            return UNKNOWN if None in known else name == "all"
        case _:
            return UNKNOWN


def _range(values: Sequence[Value]) -> Value:
    numbers = [as_int(each) for each in values]
    if None not in numbers and numbers:
        found = range(*numbers)  # type: ignore[arg-type]
        if len(found) > limits.current().items:
            return UNKNOWN
        return Items(tuple(map(Dimension, found)), "list")
    return Repeated(Number("int"))


def refuse_number(name: str, value: Tensor) -> None:
    """
    Raises:
        Mismatch: the tensor has no axes, and so no elements to count or to run through.
    """
    if value.shape.rank == 0:
        raise Mismatch(
            f"`{name}` wants a tensor with axes, but gets {value}",
            "it is a single number, which is used as it is.",
        )


def _extreme(name: str, values: Sequence[Value], sizes: Sizes) -> Value:
    if len(values) == 1 and isinstance(values[0], Tensor):
        refuse_number(name, values[0])
        parts = Tensor(Shape(values[0].shape.parts[1:]), values[0].dtype)
        values = [parts] if sizes.number(values[0].shape.axis(0)) == 1 else [parts, parts]
    if any(isinstance(each, Tensor) for each in values):
        for each in values:
            if len(values) > 1 and isinstance(each, Tensor):
                _refuse_many(name, each, sizes)
        return values[0] if all(each == values[0] for each in values) else UNKNOWN
    if len(values) == 1 and isinstance(values[0], Items):
        values = list(values[0].elements)
    if values and all(isinstance(each, Dimension) for each in values):
        return sizes.known((minimum if name == "min" else maximum)(*values))
    numbers = [as_int(x) if isinstance(x, Dimension | bool) else x for x in values]
    plain = [each for each in numbers if isinstance(each, int | float)]
    if plain and len(plain) == len(numbers):
        best = (min if name == "min" else max)(plain)
        return best if isinstance(best, float) else Dimension(best)
    return UNKNOWN


def _refuse_many(name: str, value: Tensor, sizes: Sizes) -> None:
    """
    Raises:
        Mismatch: the tensor has more elements than one, so that it is not larger as a whole.
    """
    if sizes.never_equal(value.shape.size(), 1):
        raise Mismatch(
            f"`{name}` compares whole values, but gets tensors {value}",
            f"use `x.{name}()` for the elements of one tensor, `{name}imum(x, y)` for those of"
            " two.",
        )


def _sum(value: Value, start: Sequence[Value], to: Python) -> Value:
    if isinstance(value, Tensor) and not start:
        refuse_number("sum", value)
        if value.shape.rank is None or to.sizes.number(value.shape.axis(0)) == 0:
            return UNKNOWN
        if value.dtype == "bool":
            return Tensor(Shape(value.shape.parts[1:]))
        return Tensor(Shape(value.shape.parts[1:]), value.dtype)
    found = to.elements(value)
    if found is None or isinstance(found, Repeated):
        return UNKNOWN
    total: Value = start[0] if start else Dimension(0)
    for each in found:
        total = to.binary("+", total, each)
    return total


def _converted(name: str, value: Value, to: Python) -> Value:
    if name == "bool":
        known = to.truth(value)
        return UNKNOWN if known is None else known
    if isinstance(value, Dimension):
        number = value.as_int()
        return value if name != "float" else UNKNOWN if number is None else float(number)
    if isinstance(value, bool | float):
        if name == "float":
            return float(value)
        return Dimension(int(value) if name == "int" else round(value))
    if isinstance(value, str) and name != "round":
        return _read(name, value)
    return UNKNOWN


def _read(name: str, text: str) -> Value:
    """The number that a text spells.

    Raises:
        Mismatch: it spells none.
    """
    if len(text) > limits.current().number:
        return UNKNOWN
    try:
        return float(text) if name == "float" else Dimension(int(text))
    except ValueError:
        raise Mismatch(
            f'"{text}" spells no {name}', "write the digits of a number.", "bad-value"
        ) from None


def _sequence(name: str, values: Sequence[Value], named: Mapping[str, Value], to: Python) -> Value:
    found = [to.elements(each) for each in values]
    if name == "enumerate" and found:
        inner = found[0]
        start = as_int(values[1]) if len(values) > 1 else as_int(named.get("start", Dimension(0)))
        if isinstance(inner, Repeated):
            return Repeated(Items((Number("int"), inner.element), "tuple"))
        if inner is None or start is None:
            return UNKNOWN
        pairs = (Items((Dimension(at), x), "tuple") for at, x in enumerate(inner, start))
        return Items(tuple(pairs), "list")
    if name == "zip":
        if any(isinstance(each, Repeated) for each in found):
            parts = [each.element if isinstance(each, Repeated) else UNKNOWN for each in found]
            return Repeated(Items(tuple(parts), "tuple"))
        if None in found:
            return UNKNOWN
        return Items(tuple(Items(each, "tuple") for each in zip(*found, strict=False)), "list")
    if not found or found[0] is None or isinstance(found[0], Repeated):
        return (
            found[0]
            if found and isinstance(found[0], Repeated) and name != "accumulate"
            else UNKNOWN
        )
    elements = tuple(found[0])
    if name == "reversed":
        return Items(elements[::-1], "list")
    if name in ("list", "tuple"):
        return Items(elements, name)
    if name == "accumulate" and len(values) == 1:
        totals: list[Value] = []
        for each in elements:
            totals.append(each if not totals else to.binary("+", totals[-1], each))
        return Items(tuple(totals), "list")
    if name == "sorted" and not named:
        numbers = [as_int(each) for each in elements]
        if None not in numbers:
            return Items(tuple(map(Dimension, sorted(numbers))), "list")  # type: ignore[type-var,arg-type]
    return UNKNOWN


_GROWING = frozenset({"factorial", "comb", "perm"})
_GROWN = 1000
"""Beyond this those functions give numbers that no size has, and take long about it."""


def _is_long(number: object) -> bool:
    """Whether a number has more digits than anybody reads."""
    return isinstance(number, int) and abs(number) > 10**15


def math_function(name: str, values: Sequence[Value]) -> Value:
    """What one of Python's functions of `math` gives."""
    numbers = [as_int(each) if isinstance(each, Dimension) else each for each in values]
    if not all(isinstance(each, int | float) for each in numbers):
        if name in ("ceil", "floor") and isinstance(values[0], Dimension):
            return values[0]
        plain = all(isinstance(x, Dimension | bool | float | Number) for x in values)
        return Number() if plain else UNKNOWN
    if name in _GROWING and any(isinstance(each, int) and each > _GROWN for each in numbers):
        return UNKNOWN
    try:
        result = getattr(math, name)(*numbers)
    except ValueError:
        shown = ", ".join("…" if _is_long(each) else str(each) for each in numbers)
        raise Mismatch(
            f"`math.{name}({shown})` has no value",
            "give a number that the function is defined for.",
            "bad-value",
        ) from None
    except OverflowError:
        return UNKNOWN
    return result if isinstance(result, bool | float) else Dimension(result)
