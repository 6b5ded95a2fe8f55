"""Rules of padding, and of layers that give axes other sizes.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

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


@LAYERS(PADDED)
def pad(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    shape = tensor.shape
    amounts = per_axis(call.setting("padding"), 2 * count)
    places: list[Axis] = []
    for at in range(count):
        size, before, after = shape.axis(-at - 1), amounts[2 * at], amounts[2 * at + 1]
        if size is None or before is None or after is None:
            places.insert(0, None)
            continue
        grown = size + before + after
        least = 0 if call.name.startswith(("zero", "constant", "circular")) else 1
        if not call.sizes.at_least(grown, least):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}")
        if call.name.startswith("circular") and not all(
            call.sizes.at_least(size - each, 0) for each in (before, after)
        ):
            raise Mismatch(
                f"`{call.name}` pads by more than there is to go round in {shape}",
                "pad by the size of the axis at most.",
            )
        if call.name.startswith(("reflection", "replication")) and not call.sizes.at_least(size, 1):
            raise Mismatch(f"`{call.name}` has nothing to pad with in {shape}")
        if call.name.startswith("reflection"):
            fits = all(call.sizes.at_least(size - each, 1) for each in (before, after))
            if not fits:
                raise Mismatch(f"`{call.name}` pads by more than it can reflect in {shape}")
        places.insert(0, call.sizes.known(grown))
    if not call.name.startswith(("constant", "zero")):
        call.wants_rank(shape, count + 1, count + 2)
    if shape.rank is not None and shape.rank < count:
        raise Mismatch(f"`{call.name}` wants {count} axes at least, but gets {shape}")
    if shape.rank is None and shape.least_rank < count:
        return Tensor(Shape((Run(), *places)), tensor.dtype)
    return Tensor(Shape((*shape.parts[:-count], *places)), tensor.dtype)


@LAYERS("Upsample UpsamplingNearest2d UpsamplingBilinear2d")
def upsample(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(
        resized(call, tensor.shape, call.setting("size"), call.setting("scale_factor")),
        tensor.dtype,
    )


def resized(call: Call, shape: Shape, size: Value, factor: Value) -> Shape:
    """The shape after its axes of space, all but two, get other sizes."""
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
    from netdsl.checking.functions import flattened

    tensor = call.tensor("input")
    return Tensor(
        flattened(call, tensor.shape, call.setting("start_dim"), call.setting("end_dim")),
        tensor.dtype,
    )


@LAYERS("Unflatten")
def unflatten(call: Call) -> Value:
    from netdsl.checking.functions import unflattened

    tensor = call.tensor("input")
    return Tensor(
        unflattened(call, tensor.shape, call.setting("dim"), call.setting("unflattened_size")),
        tensor.dtype,
    )
