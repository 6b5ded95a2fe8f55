"""Rules of convolutions and windows that are laid out.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.layers.common import channels, refuse_ints
from netdsl.checking.layers.space import padded
from netdsl.checking.layers.windows import (
    refuse_negative,
    shrunk,
    spatial,
    split,
    with_space,
)
from netdsl.checking.rules import LAYERS, Call, per_axis, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Run, Shape, product_of, spelled


def _refuse_nothing(call: Call, *names: str) -> None:
    """
    Raises:
        Mismatch: there are no channels to compute, which torch cannot.
    """
    for name in names:
        if call.sizes.number(call.size(name)) == 0:
            raise Mismatch(
                f"`{name}` of `{call.name}` is 0, which can be made but not applied",
                "give 1 or more.",
                "bad-value",
            )


def _grouped(call: Call, shape: Shape, axis: int) -> Shape:
    """The shape, whose channels are the layer's.

    Raises:
        Mismatch: they are not, or no groups can be made of them, which the layer itself cannot say
            if it waits for its channels.
    """
    shape = channels(call, shape, axis, call.size("in_channels"))
    if not call.sizes.divides(call.size("groups"), shape.axis(axis)):
        raise Mismatch(
            f"`{call.name}` has {call.sizes.known(call.size('groups'))} groups, which do not divide"
            f" the channels of {shape}",
            "make the channels a multiple of `groups`.",
        )
    return shape


@LAYERS("Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d")
def conv(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    refuse_ints(call, tensor)
    _refuse_nothing(call, "out_channels")
    shape = tensor.shape
    sizes = split(call, shape, count)
    shape = _grouped(call, shape, -count - 1)
    kernels = call.sizes_of("kernel_size", count)
    strides = call.sizes_of("stride", count)
    dilations = call.sizes_of("dilation", count)
    padding = call.setting("padding")
    if padding == "same":
        for size in sizes:
            if size is not None and not call.sizes.at_least(size, 1):
                raise Mismatch(f"`{call.name}` has nothing to move over in {shape}")
        places: tuple[Axis, ...] = sizes
    else:
        pads = (Dimension(0),) * count if padding == "valid" else per_axis(padding, count)
        refuse_negative(call, "padding", pads)
        mode = call.setting("padding_mode")
        if mode != "zeros" and all(each is not None for each in pads):
            both = [each for each in reversed(pads) for _ in range(2)]
            padded(call, shape, mode, sizes[::-1], both)
        places = tuple(
            shrunk(call, shape, *each)
            for each in zip(sizes, kernels, strides, pads, dilations, strict=True)
        )
    return Tensor(with_space(shape, count, call.size("out_channels"), places), "float")


@LAYERS(
    "ConvTranspose1d ConvTranspose2d ConvTranspose3d"
    " LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
    "input output_size=None",
)
def conv_transpose(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    refuse_ints(call, tensor)
    _refuse_nothing(call, "in_channels", "out_channels")
    shape = tensor.shape
    sizes = split(call, shape, count)
    shape = _grouped(call, shape, -count - 1)
    named = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    settings = [call.sizes_of(name, count) for name in named]
    refuse_negative(call, "padding", settings[2])
    refuse_negative(call, "output_padding", settings[3])
    asked = _asked_for(call, shape, count)
    found: list[Axis] = []
    wanted = (None,) * count if asked is None else asked
    for want, size, kernel, stride, pad, extra, dilation in zip(
        wanted, sizes, *settings, strict=True
    ):
        if size is None or kernel is None or stride is None or pad is None or dilation is None:
            found.append(want)
            continue
        least = (size - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1
        if asked is not None:
            _refuse_beyond(call, shape, want, least, least + stride - 1)
            found.append(want)
        else:
            found.append(_grown(call, shape, least, extra, stride, dilation))
    return Tensor(with_space(shape, count, call.size("out_channels"), tuple(found)), "float")


def _grown(
    call: Call, shape: Shape, least: Dimension, extra: Axis, stride: Dimension, dilation: Dimension
) -> Axis:
    """What an axis becomes with this `output_padding`."""
    if extra is None:
        return None
    if not call.sizes.at_least(stride - extra, 1) and not call.sizes.at_least(dilation - extra, 1):
        raise Mismatch(
            f"`output_padding` of `{call.name}` is {call.sizes.known(extra)}, not below"
            f" its stride, {call.sizes.known(stride)}, or its dilation",
            "take less of it: it makes one of the sizes that a stride leaves open.",
            "bad-value",
        )
    if not call.sizes.at_least(least + extra, 1):
        raise Mismatch(f"`{call.name}` would give {least + extra} along an axis of {shape}")
    return call.sizes.known(least + extra)


def _refuse_beyond(call: Call, shape: Shape, want: Axis, least: Dimension, most: Dimension) -> None:
    """Refuses a size that no `output_padding` gives."""
    if want is None:
        return
    if not call.sizes.at_least(want, least) or not call.sizes.at_least(most, want):
        raise Mismatch(
            f"`{call.name}` is asked for {want} along an axis of {shape}, and gives"
            f" {call.sizes.known(least)} to {call.sizes.known(most)}",
            "ask for a size that its stride leaves open.",
        )


def _asked_for(call: Call, shape: Shape, count: int) -> tuple[Axis, ...] | None:
    """The sizes that `output_size` asks for, which may say all axes; None if it is not given."""
    given = call.get("output_size")
    if given is None:
        return None
    if not isinstance(given, Items) or any(isinstance(each, Run) for each in given.elements):
        return (None,) * count
    said = len(given.elements)
    if said != count and shape.rank is not None and said != shape.rank:
        raise Mismatch(
            f"`output_size` of `{call.name}` has the length {said}, not {count}",
            "give a size for each axis that is convolved.",
        )
    return tuple(map(size_of, given.elements))[-count:] if said >= count else (None,) * count


@LAYERS("Unfold")
def unfold(call: Call) -> Value:
    tensor = call.tensor("input")
    shape = tensor.shape
    call.wants_rank(shape, 3, 4)
    named = ("kernel_size", "stride", "padding", "dilation")
    kernels, strides, pads, dilations = (call.sizes_of(name, 2) for name in named)
    if shape.rank is None:
        return Tensor(ANY, tensor.dtype)
    places = [
        shrunk(call, shape, shape.axis(at - 2), kernels[at], strides[at], pads[at], dilations[at])
        for at in range(2)
    ]
    depth = shape.axis(-3)
    if depth is None or None in kernels or None in places:
        return Tensor(Shape((*shape.parts[:-3], None, None)), tensor.dtype)
    rows, columns = product_of((depth, *kernels)), product_of(places)
    return Tensor(Shape((*shape.parts[:-3], rows, columns)), tensor.dtype)


@LAYERS("Fold")
def fold(call: Call) -> Value:
    tensor = call.tensor("input")
    shape = tensor.shape
    call.wants_rank(shape, 2, 3)
    named = ("output_size", "kernel_size", "stride", "padding", "dilation")
    outputs, kernels, strides, pads, dilations = (call.sizes_of(name, 2) for name in named)
    if shape.rank is None or None in (*outputs, *kernels):
        return Tensor(ANY, tensor.dtype)
    window = product_of(kernels)
    assert window is not None
    rows = shape.axis(-2)
    if not call.sizes.divides(window, rows):
        raise Mismatch(f"`fold` wants a multiple of {window} rows, but gets {shape}")
    places = [
        shrunk(call, shape, outputs[at], kernels[at], strides[at], pads[at], dilations[at])
        for at in range(2)
    ]
    columns = product_of(places)
    if columns is not None and not call.sizes.equal(shape.axis(-1), columns):
        raise Mismatch(
            f"`fold` to {spelled(outputs[0])} by {spelled(outputs[1])} wants"
            f" {columns} columns, but gets {shape}"
        )
    depth = None if rows is None else call.sizes.known(rows // window)
    return Tensor(Shape((*shape.parts[:-2], depth, *outputs)), tensor.dtype)
