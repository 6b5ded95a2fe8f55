"""Rules of padding and layers that give axes other sizes.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.checking.layers.windows import (
    spatial,
)
from netdsl.checking.rules import LAYERS, Call, per_axis
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Run, Shape

PADDED = " ".join(
    f"{kind}Pad{count}d"
    for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
    for count in (1, 2, 3)
)


_MODES = {
    "zero": "constant",
    "constant": "constant",
    "reflection": "reflect",
    "replication": "replicate",
    "circular": "circular",
}
"""How a layer pads, by how its name begins."""


@LAYERS(PADDED)
def pad(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    shape, mode = tensor.shape, _MODES[call.name.partition("_")[0]]
    amounts = per_axis(call.setting("padding"), 2 * count)
    if mode != "constant":
        call.wants_rank(shape, count + 1, count + 2)
    if shape.rank is not None and shape.rank < count:
        raise Mismatch(f"`{call.name}` wants {count} axes at least, but gets {shape}")
    sizes = [shape.axis(-at - 1) for at in range(count)]
    places = padded(call, shape, mode, sizes, amounts)[::-1]
    if shape.rank is None and shape.least_rank < count:
        return Tensor(Shape((Run(), *places)), tensor.dtype)
    return Tensor(Shape((*shape.parts[:-count], *places)), tensor.dtype)


def padded(
    call: Call, shape: Shape, mode: Value, sizes: Sequence[Axis], amounts: Sequence[Axis]
) -> list[Axis]:
    """Axes, the last one first, with amounts before and after each of them.

    Raises:
        Mismatch: more is cut than there is, or there is too little to pad with.
    """
    places: list[Axis] = []
    for size, before, after in zip(sizes, amounts[::2], amounts[1::2], strict=True):
        if size is not None:
            _hold_amounts(call, shape, mode, size, (before, after))
        if size is None or before is None or after is None:
            places.append(None)
            continue
        grown = size + before + after
        least = 1 if mode in ("reflect", "replicate") and len(sizes) == 1 else 0
        if not call.sizes.at_least(grown, least):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}", "cut less.")
        places.append(call.sizes.known(grown))
    empty = [each is not None and not call.sizes.at_least(each, 1) for each in places]
    if mode in ("reflect", "replicate") and empty and all(empty):
        raise Mismatch(f"`{call.name}` leaves nothing of {shape}", "cut less.")
    return places


def _hold_amounts(
    call: Call, shape: Shape, mode: Value, size: Dimension, amounts: Sequence[Axis]
) -> None:
    """What is cut, or padded with, is there.

    Raises:
        Mismatch: it is not.
    """
    sizes = call.sizes
    known = [each for each in amounts if each is not None]
    if mode in ("reflect", "replicate") and not sizes.at_least(size, 1):
        raise Mismatch(f"`{call.name}` has nothing to pad with in {shape}")
    if mode == "reflect" and not all(sizes.at_least(size - each, 1) for each in known):
        raise Mismatch(f"`{call.name}` reflects more than there is in {shape}", "pad by less.")
    if mode == "circular" and not all(sizes.at_least(size - each, 0) for each in known):
        raise Mismatch(f"`{call.name}` goes around more than once in {shape}", "pad by less.")
    if mode in ("constant", "circular"):
        cut = [each for each in known if not sizes.at_least(each, 0)]
        for amount in (*cut, sum(cut, Dimension(0))):
            if not sizes.at_least(size + amount, 0):
                raise Mismatch(f"`{call.name}` cuts more than there is of {shape}", "cut less.")


@LAYERS("Upsample UpsamplingNearest2d UpsamplingBilinear2d")
def upsample(call: Call) -> Value:
    tensor = call.tensor("input")
    modes = {"upsampling_nearest2d": "nearest", "upsampling_bilinear2d": "bilinear"}
    mode = modes.get(call.name, call.setting("mode"))
    settings = (call.setting("size"), call.setting("scale_factor"), mode)
    return Tensor(resized(call, tensor.shape, *settings), tensor.dtype)


_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}
"""How many axes there are to interpolate between, by mode."""


def resized(call: Call, shape: Shape, size: Value, factor: Value, mode: Value) -> Shape:
    """The shape after its axes of space, all but two, get other sizes.

    Raises:
        Mismatch: the mode, or the sizes, are for another number of axes; nothing is left.
    """
    if (size is None) == (factor is None):
        raise Mismatch(
            f"`{call.name}` wants either a `size` or a `scale_factor`",
            "give one of them.",
        )
    if isinstance(mode, str) and mode in _RANKS:
        call.wants_rank(shape, *_RANKS[mode], what=f" for `{mode}`")
    space = None if shape.rank is None else shape.rank - 2
    for given in (size, factor):
        if isinstance(given, Items) and space not in (None, len(given.elements)):
            raise Mismatch(
                f"`{call.name}` of {shape} is given {len(given.elements)} sizes",
                "give one for each axis of space.",
            )
    found = _resized(call, shape, size, factor)
    for each in shape.parts[2:]:
        if not isinstance(each, Run) and not call.sizes.at_least(each, 1):
            raise Mismatch(f"`{call.name}` has nothing to go by in {shape}")
    for each in found.parts[2:]:
        if not isinstance(each, Run) and not call.sizes.at_least(each, 1):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}")
    return found


def _resized(call: Call, shape: Shape, size: Value, factor: Value) -> Shape:
    if shape.rank is None:
        return Shape((Run(),))
    if shape.rank not in (3, 4, 5):
        raise Mismatch(f"`{call.name}` wants 3, 4 or 5 axes, but gets {shape}")
    count = shape.rank - 2
    if size is not None and size is not UNKNOWN:
        return Shape((*shape.parts[:2], *per_axis(size, count)))
    factors = factor.elements if isinstance(factor, Items) else (factor,) * count
    if len(factors) != count:
        return Shape((*shape.parts[:2], *(None,) * count))
    return Shape(
        (
            *shape.parts[:2],
            *(_scaled(call, *each) for each in zip(shape.axes[2:], factors, strict=True)),
        )
    )


def _scaled(call: Call, size: Axis, factor: Value) -> Axis:
    if size is None:
        return None
    whole = as_int(factor)
    if whole is None and isinstance(factor, float) and factor.is_integer():
        whole = int(factor)
    if whole is not None:
        return size * whole
    number = call.sizes.number(size)
    return (
        Dimension(int(number * factor))
        if number is not None and isinstance(factor, float)
        else None
    )


@LAYERS("Flatten")
def flatten(call: Call) -> Value:
    from netdsl.checking.functions.views import flattened

    tensor = call.tensor("input")
    return Tensor(
        flattened(call, tensor.shape, call.setting("start_dim"), call.setting("end_dim")),
        tensor.dtype,
    )


@LAYERS("Unflatten")
def unflatten(call: Call) -> Value:
    from netdsl.checking.functions.views import unflattened

    tensor = call.tensor("input")
    return Tensor(
        unflattened(call, tensor.shape, call.setting("dim"), call.setting("unflattened_size")),
        tensor.dtype,
    )
