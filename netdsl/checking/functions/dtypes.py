"""Kinds of numbers: which one an operation gives, and which ones it refuses.

A dtype is known as its class: `bool`, `int` or `float`; what may also be complex is not known.
"""

from __future__ import annotations

from collections.abc import Iterable

from netdsl.checking.rules import Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Dtype, Number, Tensor, Value
from netdsl.shapes.dimension import Dimension

ORDER = ("bool", "int", "float")


def kind_of(value: Value) -> str | None:
    """The class of a tensor or a number."""
    if isinstance(value, Tensor):
        return value.dtype if value.dtype in ORDER else None
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Dimension):
        return "int"
    if isinstance(value, Number):
        return value.kind
    return "float" if isinstance(value, float) else None


def promoted(values: Iterable[Value]) -> str | None:
    """What several tensors and numbers give together: the highest class among them."""
    given = list(values)
    if any(isinstance(each, Tensor) and each.dtype == "complex" for each in given):
        return "complex"
    kinds = [kind_of(each) for each in given if each != Number()]
    if not kinds or None in kinds or (len(kinds) < len(given) and "float" not in kinds):
        return None
    return max(kinds, key=lambda kind: ORDER.index(kind or ""))


def higher(one: str | None, other: str | None) -> bool:
    """Whether both classes are known, and the first is above the second."""
    return one in ORDER and other in ORDER and ORDER.index(one) > ORDER.index(other)


def recast(call: Call) -> bool:
    """Whether a call names the dtype of its result."""
    return call.given.get("dtype") is not None


def as_said(call: Call, dtype: str | None) -> str | None:
    """A dtype, unless the call names another."""
    said = call.given.get("dtype")
    if isinstance(said, Dtype):
        return said.kind
    return None if recast(call) else dtype


def only(call: Call, value: Value, *kinds: str) -> None:
    """
    Raises:
        Mismatch: the value is a tensor of another kind.
    """
    found = value.dtype if isinstance(value, Tensor) else None
    if found in ORDER and found not in kinds:
        wanted = " or ".join(f"{kind}s" for kind in kinds or ("complex number",))
        converter = next((name for kind, name in _CONVERTERS if kind in kinds), "cfloat")
        raise Mismatch(
            f"`{call.name}` computes on {wanted}, but gets a tensor of {found}s",
            f"convert it first: `x.{converter}()`.",
            "wrong-dtype",
        )


_CONVERTERS = (("float", "float"), ("int", "long"), ("bool", "bool"))


def alike(call: Call, *values: Value) -> None:
    """
    Raises:
        Mismatch: tensors are of different kinds, where torch converts none of them.
    """
    kinds = {each.dtype for each in values if isinstance(each, Tensor) and each.dtype in ORDER}
    if len(kinds) > 1:
        shown = " and ".join(f"{kind}s" for kind in ORDER if kind in kinds)
        raise Mismatch(
            f"`{call.name}` gets tensors of {shown}, and converts none of them",
            "convert one of them first: `x.float()`.",
            "wrong-dtype",
        )


def refuse_complex(call: Call, *values: Value) -> None:
    """
    Raises:
        Mismatch: complex numbers, which have no order.
    """
    if any(isinstance(each, Tensor) and each.dtype == "complex" for each in values):
        raise Mismatch(
            f"`{call.name}` orders numbers, but gets complex ones",
            "compare `x.abs()`, `x.real` or `x.imag`.",
            "wrong-dtype",
        )
