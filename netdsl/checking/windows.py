"""Rules of layers that move a window over space: convolutions, pools, padding, upsampling.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.layers import channels, refuse_ints
from netdsl.checking.rules import LAYERS, Call, per_axis
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Run, Shape, product_of, spelled

ONE, TWO = Dimension(1), Dimension(2)


def spatial(call: Call) -> int:
    """How many axes of space a layer works on, by its name."""
    return int(call.name.rstrip("d")[-1])


def split(call: Call, shape: Shape, count: int, what: str | None = None) -> tuple[Axis, ...]:
    """The axes of space of an input that may have a batch.

    Raises:
        Mismatch: it has another number of axes.
    """
    call.wants_rank(shape, count + 1, count + 2, what=what)
    return tuple(shape.axis(at - count) for at in range(count))


def with_space(shape: Shape, count: int, depth: Axis | None, sizes: tuple[Axis, ...]) -> Shape:
    """The result of a window: the same batch, `depth` channels (None keeps them), `sizes`."""
    if shape.rank is None and shape.least_rank < count + 1:
        head: tuple[object, ...] = (Run(),)
        kept: Axis = None
    else:
        head, kept = shape.parts[: -count - 1], shape.axis(-count - 1)
    return Shape((*head, kept if depth is None else depth, *sizes))  # type: ignore[arg-type]


def shrunk(
    call: Call, shape: Shape, size: Axis, kernel: Axis, stride: Axis, padding: Axis, dilation: Axis,
    ceil: bool | None = False,
) -> Axis:  # fmt: skip
    """How many places a window has along one axis.

    Raises:
        Mismatch: the window is larger than what it moves over.
    """
    if None in (size, kernel, stride, padding, dilation):
        return None
    assert size is not None and kernel is not None and stride is not None
    assert padding is not None and dilation is not None
    reach = dilation * (kernel - 1) + 1
    room = size + 2 * padding - reach
    if not ceil and not call.sizes.at_least(room, 0):
        raise Mismatch(
            f"the window of `{call.name}` spans {call.sizes.known(reach)}, but there are"
            f" {call.sizes.known(size + 2 * padding)} to move over in {shape}",
            "take a smaller `kernel_size`, or more `padding`.",
        )
    if ceil is None:
        return None
    if not ceil:
        return call.sizes.known(room // stride + 1)
    number = call.sizes.number(size)
    numbers = [call.sizes.number(each) for each in (kernel, stride, padding, dilation)]
    if number is None or None in numbers:
        return None
    return Dimension(_ceiled(number, *numbers))  # type: ignore[arg-type]


def _ceiled(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """The places of a window that may stand over the edge, but begins inside."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


@LAYERS("Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d")
def conv(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    refuse_ints(call, tensor)
    shape = tensor.shape
    sizes = split(call, shape, count)
    shape = channels(call, shape, -count - 1, call.size("in_channels"))
    if not call.sizes.divides(call.size("groups"), shape.axis(-count - 1)):
        raise Mismatch(
            f"`{call.name}` has {call.sizes.known(call.size('groups'))} groups, which do not divide"
            f" the channels of {shape}",
            "make the channels a multiple of `groups`.",
        )
    kernels = call.sizes_of("kernel_size", count)
    strides = call.sizes_of("stride", count)
    dilations = call.sizes_of("dilation", count)
    padding = call.setting("padding")
    if padding == "same":
        places: tuple[Axis, ...] = sizes
    else:
        pads = (Dimension(0),) * count if padding == "valid" else per_axis(padding, count)
        _refuse_negative(call, "padding", pads)
        places = tuple(
            shrunk(call, shape, *each)
            for each in zip(sizes, kernels, strides, pads, dilations, strict=True)
        )
    return Tensor(with_space(shape, count, call.size("out_channels"), places), "float")


def _refuse_negative(call: Call, name: str, sizes: tuple[Axis, ...]) -> None:
    """
    Raises:
        Mismatch: an amount is below 0.
    """
    for size in sizes:
        if size is not None and not call.sizes.at_least(size, 0):
            raise Mismatch(
                f"`{name}` of `{call.name}` is {call.sizes.known(size)}, which is below 0",
                "give 0 or more.",
                "bad-value",
            )


@LAYERS("ConvTranspose1d ConvTranspose2d ConvTranspose3d", "input output_size=None")
def conv_transpose(call: Call) -> Value:
    tensor, count = call.tensor("input"), spatial(call)
    refuse_ints(call, tensor)
    shape = tensor.shape
    sizes = split(call, shape, count)
    shape = channels(call, shape, -count - 1, call.size("in_channels"))
    named = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    settings = [call.sizes_of(name, count) for name in named]
    _refuse_negative(call, "padding", settings[2])
    _refuse_negative(call, "output_padding", settings[3])
    found: list[Axis] = []
    for size, kernel, stride, pad, extra, dilation in zip(sizes, *settings, strict=True):
        if call.get("output_size") is not None or None in (
            size,
            kernel,
            stride,
            pad,
            extra,
            dilation,
        ):
            found.append(None)
            continue
        assert size is not None and kernel is not None and stride is not None
        assert pad is not None and extra is not None and dilation is not None
        if not call.sizes.at_least(stride - extra, 1) and not call.sizes.at_least(
            dilation - extra, 1
        ):
            raise Mismatch(
                f"`output_padding` of `{call.name}` is {call.sizes.known(extra)}, not below"
                f" its stride, {call.sizes.known(stride)}, or its dilation",
                "take less of it: it makes one of the sizes that a stride leaves open.",
                "bad-value",
            )
        grown = (size - 1) * stride - 2 * pad + dilation * (kernel - 1) + extra + 1
        if not call.sizes.at_least(grown, 1 if count == 3 else 0):
            raise Mismatch(f"`{call.name}` would give {grown} along an axis of {shape}")
        found.append(call.sizes.known(grown))
    return Tensor(with_space(shape, count, call.size("out_channels"), tuple(found)), "float")


# ---- pools -------------------------------------------------------------------


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
    for place in places:
        if place is not None and not call.sizes.at_least(place, 1):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}", "take a smaller kernel.")
    result = Tensor(with_space(shape, count, None, places), tensor.dtype)
    indices = call.setting("return_indices")
    if call.name.startswith("max") and indices is True:
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return UNKNOWN if call.name.startswith("max") and indices is not False else result


def refuse_small(
    call: Call, shape: Shape, sizes: tuple[Axis, ...], kernels: tuple[Axis, ...]
) -> None:
    """torch's averages over three axes want the window inside of what is not padded.

    Raises:
        Mismatch: a window is larger than its axis.
    """
    for size, kernel in zip(sizes, kernels, strict=True):
        if size is not None and kernel is not None and not call.sizes.at_least(size - kernel, 0):
            raise Mismatch(
                f"the window of `{call.name}` spans {call.sizes.known(kernel)}, but there are"
                f" {call.sizes.known(size)} in {shape}",
                "take a smaller `kernel_size`; padding does not count here.",
            )


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


# ---- padding and sizes -------------------------------------------------------

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
