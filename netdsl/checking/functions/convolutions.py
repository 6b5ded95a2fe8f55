"""Rules of convolutions, and of windows as columns."""

from __future__ import annotations

from netdsl.checking.functions.axes import ONE
from netdsl.checking.functions.dtypes import alike, only
from netdsl.checking.functions.pools import ZERO, numbers_of, positive, space_of
from netdsl.checking.layers.convolutions import fold as fold_layer
from netdsl.checking.layers.windows import refuse_negative, shrunk, with_space
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.shape import Axis, Part, Shape, product_of, spelled


@FUNCTIONS("conv1d conv2d conv3d", "input weight bias=None stride=1 padding=0 dilation=1 groups=1")
def conv(call: Call) -> Value:
    weight, count = call.shape("weight"), space_of(call)
    shape, groups = _checked(call, weight, count)
    if weight.rank is None:
        return unknown("float")
    depth = weight.axis(1)
    wanted = None if groups is None or depth is None else call.sizes.known(depth * groups)
    if not call.sizes.equal(shape.axis(-count - 1), wanted):
        raise Mismatch(
            f"`{call.name}` with a weight {weight} wants {spelled(wanted)} channels, but gets"
            f" {shape}"
        )
    if not call.sizes.divides(groups, weight.axis(0)):
        raise Mismatch(f"`{call.name}` makes {spelled(groups)} groups of a weight {weight}")
    _bias_fits(call, weight.axis(0))
    strides, dilations = (numbers_of(call, name, count) for name in ("stride", "dilation"))
    positive(call, "stride", strides)
    positive(call, "dilation", dilations)
    padding = call.get("padding")
    sizes = tuple(shape.axis(at - count) for at in range(count))
    if padding == "same":
        if any(call.sizes.never_equal(each, 1) for each in strides):
            raise Mismatch(f"`{call.name}` cannot keep sizes with a stride of {strides[0]}")
        return Tensor(with_space(shape, count, weight.axis(0), sizes), "float")
    pads = (ZERO,) * count if isinstance(padding, str) else numbers_of(call, "padding", count)
    kernels = tuple(weight.axis(at - count) for at in range(count))
    places = tuple(
        shrunk(call, shape, *each)
        for each in zip(sizes, kernels, strides, pads, dilations, strict=True)
    )
    return Tensor(with_space(shape, count, weight.axis(0), places), "float")


def _checked(call: Call, weight: Shape, count: int) -> tuple[Shape, Axis]:
    """The input of a convolution, whose ranks and kinds fit, and the number of groups."""
    tensor = call.tensor("input")
    only(call, tensor, "float", "int")
    alike(call, tensor, call.tensor("weight"), call.get("bias"))
    call.wants_rank(tensor.shape, count + 1, count + 2)
    call.wants_rank(weight, count + 2, what=" in its weight")
    if call.sizes.number(weight.axis(0)) == 0:
        raise Mismatch(f"`{call.name}` has nothing to compute with in a weight {weight}")
    groups = size_of(call.get("groups"))
    if not call.sizes.at_least(groups, 1):
        raise Mismatch(f"`{call.name}` makes {spelled(groups)} groups", "give a positive number.")
    return tensor.shape, groups


def _bias_fits(call: Call, depth: Axis) -> None:
    bias = call.get("bias")
    if isinstance(bias, Tensor):
        call.wants_rank(bias.shape, 1, what=" in its bias")
        if not call.sizes.equal(bias.shape.axis(0), depth):
            raise Mismatch(f"`{call.name}` gives {spelled(depth)} channels a bias {bias.shape}")


@FUNCTIONS(
    "conv_transpose1d conv_transpose2d conv_transpose3d",
    "input weight bias=None stride=1 padding=0 output_padding=0 groups=1 dilation=1",
)
def conv_transpose(call: Call) -> Value:
    weight, count = call.shape("weight"), space_of(call)
    shape, groups = _checked(call, weight, count)
    if weight.rank is None:
        return unknown("float")
    if not call.sizes.equal(shape.axis(-count - 1), weight.axis(0)):
        raise Mismatch(f"`{call.name}` with a weight {weight} gets {shape}")
    if not call.sizes.divides(groups, weight.axis(0)):
        raise Mismatch(f"`{call.name}` makes {spelled(groups)} groups of a weight {weight}")
    width = weight.axis(1)
    depth = None if width is None or groups is None else call.sizes.known(width * groups)
    _bias_fits(call, depth)
    named = ("stride", "padding", "output_padding", "dilation")
    settings = [numbers_of(call, name, count) for name in named]
    refuse_negative(call, "padding", settings[1])
    refuse_negative(call, "output_padding", settings[2])
    places: list[Axis] = []
    for at, (stride, pad, extra, dilation) in enumerate(zip(*settings, strict=True)):
        size, kernel = shape.axis(at - count), weight.axis(at - count)
        given = (size, kernel, stride, pad, extra, dilation)
        if None in given:
            places.append(None)
            continue
        assert size is not None and kernel is not None and stride is not None
        assert pad is not None and extra is not None and dilation is not None
        positive(call, "stride", (stride,))
        positive(call, "kernel_size", (kernel,))
        grown = (size - 1) * stride - 2 * pad + dilation * (kernel - 1) + extra + 1
        numbers = [call.sizes.number(each) for each in (extra, stride, dilation)]
        over, step, gap = numbers
        if None not in numbers and over and not (over < (step or 0) or over < (gap or 0)):
            raise Mismatch(f"`output_padding` of `{call.name}` is not below its stride")
        if not call.sizes.at_least(grown, 0):
            raise Mismatch(f"`{call.name}` would give {call.sizes.known(grown)} of {shape}")
        places.append(call.sizes.known(grown))
    return Tensor(with_space(shape, count, depth, tuple(places)), "float")


@FUNCTIONS("unfold", "input *rest")
def unfold(call: Call) -> Value:
    """`unfold(x, kernel_size, dilation=1, padding=0, stride=1)` of images, or the method
    `x.unfold(dimension, size, step)`, which is spelt the same if it gets three numbers."""
    rest = call.extra
    method = "step" in call.given or "size" in call.given
    functional = len(rest) in (1, 2) or any(
        name in call.given for name in ("kernel_size", "dilation", "padding", "stride")
    )
    functional = (functional or any(isinstance(each, Items) for each in rest)) and not method
    named = dict(zip(("kernel_size", "dilation", "padding", "stride"), rest, strict=False))
    defaults = {"dilation": ONE, "padding": ZERO, "stride": ONE}
    if functional or len(rest) == 4:
        return columns(Call(call.name, call.sizes, {**defaults, **call.given, **named}))
    named = dict(zip(("dimension", "size", "step"), rest, strict=False))
    windows = Call(call.name, call.sizes, {**call.given, **named})
    if not method and call.shape("input").rank in (3, 4, None):
        return unknown(call.tensor("input").dtype)
    return _slid(windows)


def _slid(call: Call) -> Value:
    """Windows of one axis, which get an axis of their own at the end."""
    tensor = call.tensor("input")
    size, step = size_of(call.get("size")), size_of(call.get("step"))
    axis = call.axis(tensor.shape, call.get("dimension"))
    if axis is None or tensor.shape.rank == 0:
        return unknown(tensor.dtype)
    whole = tensor.shape.axis(axis)
    if not call.sizes.at_least(size, 0) or not call.sizes.at_least(step, 1):
        raise Mismatch(f"`unfold` takes {spelled(size)} elements in steps of {spelled(step)}")
    if whole is None or size is None or step is None:
        count: Axis = None
    else:
        if not call.sizes.at_least(whole - size, 0):
            raise Mismatch(f"`unfold` takes {size} elements of axis {axis} of {tensor.shape}")
        count = call.sizes.known((whole - size) // step + 1)
    inner = tensor.shape.replaced(axis, [count])
    return (
        unknown(tensor.dtype)
        if inner is None
        else Tensor(Shape((*inner.parts, size)), tensor.dtype)
    )


def columns(call: Call) -> Value:
    """The windows of images as columns."""
    tensor = call.tensor("input")
    shape = tensor.shape
    only(call, tensor, "float", "bool")
    call.wants_rank(shape, 3, 4)
    kernels, strides, pads, dilations = (
        numbers_of(call, name, 2) for name in ("kernel_size", "stride", "padding", "dilation")
    )
    if shape.rank is None:
        return unknown(tensor.dtype)
    places = [
        shrunk(call, shape, shape.axis(at - 2), kernels[at], strides[at], pads[at], dilations[at])
        for at in range(2)
    ]
    parts: list[Part] = [*shape.parts[:-3]]
    parts += [product_of((shape.axis(-3), *kernels)), product_of(places)]
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("fold", "input output_size kernel_size dilation=1 padding=0 stride=1")
def fold(call: Call) -> Value:
    only(call, call.tensor("input"), "float", "bool")
    named = ("output_size", "kernel_size", "dilation", "padding", "stride")
    settings = {name: call.get(name) for name in named}
    return fold_layer(Call(call.name, call.sizes, call.given, settings))
