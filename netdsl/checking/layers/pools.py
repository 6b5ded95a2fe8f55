"""Rules of pools.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.layers.common import refuse_ints
from netdsl.checking.layers.windows import (
    ONE,
    refuse_small,
    shrunk,
    spatial,
    split,
    with_space,
)
from netdsl.checking.rules import LAYERS, Call, per_axis
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis


@LAYERS("MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d")
def pool(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    shape = tensor.shape
    sizes = split(call, shape, count)
    kernels = call.sizes_of("kernel_size", count)
    given = call.setting("stride")
    strides = kernels if given is None else per_axis(given, count)
    pads = call.sizes_of("padding", count)
    dilations = call.sizes_of("dilation", count) if call.name.startswith("max") else (ONE,) * count
    ceil = call.flag("ceil_mode")
    places = tuple(
        shrunk(call, shape, *each, ceil)
        for each in zip(sizes, kernels, strides, pads, dilations, strict=True)
    )
    if call.name == "avg_pool3d":
        refuse_small(call, shape, sizes, kernels)
    for place in (*places, shape.axis(-count - 1) if count == 3 else None):
        if place is not None and not call.sizes.at_least(place, 1):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}", "take a smaller kernel.")
    result = Tensor(with_space(shape, count, None, places), tensor.dtype)
    indices = call.setting("return_indices")
    if call.name.startswith("max") and indices is True:
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return UNKNOWN if call.name.startswith("max") and indices is not False else result


@LAYERS("LPPool1d LPPool2d LPPool3d")
def lp_pool(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    sizes = split(call, tensor.shape, count)
    kernels = call.sizes_of("kernel_size", count)
    given = call.setting("stride")
    strides = kernels if given is None else per_axis(given, count)
    ceil = call.flag("ceil_mode")
    zero = Dimension(0)
    places = tuple(
        shrunk(call, tensor.shape, size, kernel, stride, zero, ONE, ceil)
        for size, kernel, stride in zip(sizes, kernels, strides, strict=True)
    )
    if count == 3:
        refuse_small(call, tensor.shape, sizes, kernels)
    for place in places:
        if place is not None and not call.sizes.at_least(place, 1):
            raise Mismatch(f"`{call.name}` leaves nothing of {tensor.shape}")
    return Tensor(with_space(tensor.shape, count, None, places), tensor.dtype)


@LAYERS(
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d"
    " AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d"
)
def adaptive_pool(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    sizes = split(call, tensor.shape, count)
    wanted = call.setting("output_size")
    given = wanted.elements if isinstance(wanted, Items) else (wanted,) * count
    places: list[Axis] = []
    depth = tensor.shape.axis(-count - 1) if "max" in call.name or count == 3 else None
    for size in (*sizes, depth):
        if size is not None and not call.sizes.at_least(size, 1):
            raise Mismatch(f"`{call.name}` has nothing to choose from in {tensor.shape}")
    for size, each in zip(sizes, given, strict=False):
        places.append(size if each is None else each if isinstance(each, Dimension) else None)
    if len(places) != count:
        return Tensor(ANY, tensor.dtype)
    result = Tensor(with_space(tensor.shape, count, None, tuple(places)), tensor.dtype)
    if "max" not in call.name:
        return result
    indices = call.setting("return_indices")
    if indices is True:
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return result if indices is False else UNKNOWN


@LAYERS("FractionalMaxPool2d FractionalMaxPool3d")
def fractional_pool(call: Call) -> Value:
    """Windows at random places, of which there are as many as is said."""
    tensor, count = call.tensor("input"), spatial(call)
    shape = tensor.shape
    refuse_ints(call, tensor)
    sizes = split(call, shape, count)
    kernels = call.sizes_of("kernel_size", count)
    wanted = call.setting("output_size")
    ratios = call.setting("output_ratio")
    places = per_axis(wanted, count)
    if wanted is None:
        shares = ratios.elements if isinstance(ratios, Items) else (ratios,) * count
        places = tuple(_share(call, *each) for each in zip(sizes, shares, strict=False))
        places = places if len(places) == count else (None,) * count
    for size, kernel, place in zip(sizes, kernels, places, strict=True):
        if size is None or kernel is None or place is None:
            continue
        within = 0 if count == 2 else 1  # along three axes, windows leave one place free
        if not call.sizes.at_least(size - kernel - place + 1, within):
            raise Mismatch(
                f"`{call.name}` cannot have {call.sizes.known(place)} windows of"
                f" {call.sizes.known(kernel)} along an axis of {shape}",
                "take a smaller kernel, or fewer places.",
            )
    result = Tensor(with_space(shape, count, None, places), tensor.dtype)
    indices = call.setting("return_indices")
    if indices is True:
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return result if indices is False else UNKNOWN


def _share(call: Call, size: Axis, ratio: Value) -> Axis:
    number = call.sizes.number(size)
    if number is None or not isinstance(ratio, float):
        return None
    return Dimension(int(number * ratio))


@LAYERS("MaxUnpool1d MaxUnpool2d MaxUnpool3d", "input indices output_size=None")
def unpool(call: Call) -> Value:
    """The shape that a pool with the same settings takes to this one."""
    tensor, count = call.tensor("input"), spatial(call)
    shape = tensor.shape
    sizes = split(call, shape, count)
    if call.tensor("indices").dtype in ("float", "bool", "complex"):
        raise Mismatch(
            f"the indices of `{call.name}` are {call.tensor('indices').dtype}s, not ints",
            "give it the indices that the pool gave.",
            "wrong-dtype",
        )
    if not call.sizes.same_shape(shape, call.shape("indices")):
        raise Mismatch(
            f"`{call.name}` wants one index for each element, but gets"
            f" {call.shape('indices')} of them for {shape}",
            "give it the indices that the pool gave.",
        )
    places: list[Axis] = []
    kernels, pads = call.sizes_of("kernel_size", count), call.sizes_of("padding", count)
    given = call.setting("stride")
    strides = kernels if given is None else per_axis(given, count)
    for size, kernel, stride, padding in zip(sizes, kernels, strides, pads, strict=True):
        open_ = call.get("output_size") is not None or None in (size, kernel, stride, padding)
        if open_ or size is None or kernel is None or stride is None or padding is None:
            places.append(None)
            continue
        grown = (size - 1) * stride - 2 * padding + kernel
        if not call.sizes.at_least(grown, 1):
            raise Mismatch(f"`{call.name}` would give {grown} along an axis of {shape}")
        places.append(call.sizes.known(grown))
    return Tensor(with_space(shape, count, None, tuple(places)), tensor.dtype)
