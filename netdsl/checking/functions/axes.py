"""Axes that arguments name, and what several rules do with them."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.checking.rules import Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape

ONE = Dimension(1)


def axis_of(call: Call, shape: Shape, dim: Value, extra: int = 0) -> int | None:
    """An axis that is counted from either end; a tensor without axes counts as one with one.

    Raises:
        Mismatch: there is no such axis.
    """
    if shape.rank == 0 and extra == 0 and as_int(dim) in (0, -1):
        return 0
    return call.axis(shape, dim, extra)


def listed(value: Value) -> tuple[Value, ...] | None:
    """One value, or several; None if that is not known."""
    if value is UNKNOWN:
        return None
    return tuple(value.elements) if isinstance(value, Items) else (value,)


def places_of(call: Call, shape: Shape, dims: Value) -> list[int] | None:
    """Where the axes that an argument names stand among the parts of a shape.

    Raises:
        Mismatch: there is no such axis, or one is named twice.
    """
    wanted = listed(dims)
    if wanted is None:
        return None
    axes = [axis_of(call, shape, each) for each in wanted]
    places = [None if each is None else shape.place(each) for each in axes]
    known = [each for each in places if each is not None]
    if shape.rank == 0 and len(wanted) > 1:
        raise Mismatch(f"`{call.name}` names {len(wanted)} axes of a tensor that has none")
    if len(set(known)) < len(known):
        raise Mismatch(f"`{call.name}` is given one axis of {shape} twice", "name each axis once.")
    if shape.rank == 0 and None not in axes:
        return []
    return known if len(known) == len(places) else None


def sizes_in(call: Call, value: Value) -> list[Part] | None:
    """Sizes that are given as a list or as one int; None if it is not known how many.

    Raises:
        Mismatch: one of them is below -1.
    """
    wanted = listed(value)
    if wanted is None:
        return None
    for each in wanted:
        if isinstance(each, Tensor) and (each.shape.rank not in (None, 0) or each.dtype == "float"):
            raise Mismatch(
                f"`{call.name}` is given a tensor for a size: {each}",
                "a size is an int: a name of the header, `x.shape[0]`, `len(xs)`.",
                "wrong-type",
            )
        if isinstance(each, float):
            raise Mismatch(
                f"`{call.name}` is given a size of {each}, a float",
                "a size is an int: divide with `//`, or write `int(…)`.",
                "wrong-type",
            )
    found: list[Part] = [each if isinstance(each, Run) else size_of(each) for each in wanted]
    for each in found:
        if isinstance(each, Dimension) and not call.sizes.at_least(each, -1):
            raise Mismatch(
                f"`{call.name}` is given a size of {call.sizes.known(each)}",
                "give a size of 0 or more, or -1 where it is to be worked out.",
            )
    return found


def resized_at(shape: Shape, axis: int | None, sizes: Sequence[Part]) -> Shape:
    """The shape with some parts in the place of an axis, which may not be known."""
    if axis is None:
        return ANY
    return shape.replaced(axis, sizes) or ANY


def one_of(call: Call, size: Axis, index: Value, shape: Shape) -> None:
    """
    Raises:
        Mismatch: there is no element of that index.
    """
    at = as_int(index)
    if at is None or size is None:
        return
    if not call.sizes.at_least(size, at + 1 if at >= 0 else -at):
        raise Mismatch(
            f"`{call.name}` takes index {at}, but there are {call.sizes.known(size)} in {shape}"
        )
