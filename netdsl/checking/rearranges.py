"""`rearrange`: its pattern held against a shape, its steps as methods of tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdsl.analysis.pattern import ELLIPSIS, read_pattern
from netdsl.analysis.rearrange import (
    Flatten,
    MoveDim,
    Permute,
    Squeeze,
    Transpose,
    Unflatten,
    Unsqueeze,
)
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, product_of


def refuse_pattern(tensor: Tensor, pattern: str, named: Mapping[str, Value], sizes: Sizes) -> None:
    """Holds the left side of a pattern against a shape.

    Raises:
        Mismatch: it names another number of axes than there are, or a `1` for one
            that is longer.
    """
    left = read_pattern(pattern, list(named)).left
    groups = [group.axes for group in left]
    any_number = any(len(axes) == 1 and axes[0].name == ELLIPSIS for axes in groups)
    count, shape = len(groups) - any_number, tensor.shape
    fits = shape.rank is None or (count <= shape.rank if any_number else count == shape.rank)
    if not fits:
        raise Mismatch(
            f"the pattern names {count} axes, but there are {shape.rank}: {shape}",
            "name every axis of the input on the left of `->`.",
        )
    for at, axes in enumerate(groups):
        one = len(axes) == 1 and axes[0].name == "1"
        if one and not any_number and not sizes.equal(shape.axis(at), Dimension(1)):
            raise Mismatch(f"the pattern says that axis {at} of {shape} has length 1")
        if not any_number and len(axes) > 1:
            _refuse_parts([axis.name for axis in axes], named, shape.axis(at), sizes)


def _refuse_parts(
    names: Sequence[str], named: Mapping[str, Value], whole: Axis, sizes: Sizes
) -> None:
    """An axis that is taken apart.

    Raises:
        Mismatch: its parts cannot make it up.
    """
    given = [named[name] for name in names if isinstance(named.get(name), Dimension)]
    known = sizes.known(product_of(given))
    group = f"({' '.join(names)})"
    if len(given) < len(names):
        if not sizes.divides(known, whole):
            raise Mismatch(
                f"`{group}` of the pattern is {sizes.known(whole)}, which {known} does not divide",
                "give lengths whose product divides that of the axis.",
            )
    elif not sizes.equal(known, whole):
        raise Mismatch(
            f"`{group}` of the pattern is {sizes.known(whole)}, but its parts make {known}",
            "leave one length out, which is worked out then.",
        )


def step_of(step: object, named: Mapping[str, Value]) -> tuple[str, list[Value]]:
    """A step of `rearrange` as a call of a method."""

    def numbers(values: Sequence[int]) -> Items:
        return Items(tuple(map(Dimension, values)), "tuple")

    match step:
        case Unflatten(axis, parts):
            found = (
                named.get(each, UNKNOWN) if isinstance(each, str) else Dimension(each)
                for each in parts
            )
            return "unflatten", [Dimension(axis), Items(tuple(found), "tuple")]
        case Transpose(first, second):
            return "transpose", [Dimension(first), Dimension(second)]
        case Permute(order):
            return "permute", [numbers(order)]
        case MoveDim(source, destination):
            return "movedim", [numbers(source), numbers(destination)]
        case Flatten(start, end):
            return "flatten", [Dimension(start), Dimension(end)]
        case Squeeze(axis):
            return "squeeze", [Dimension(axis)]
        case Unsqueeze(axis):
            return "unsqueeze", [Dimension(axis)]
        case _:
            raise AssertionError(step)
