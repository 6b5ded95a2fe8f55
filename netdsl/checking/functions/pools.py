"""Rules of pools, and what they share with convolutions."""

from __future__ import annotations

from netdsl.checking.functions.axes import ONE
from netdsl.checking.functions.dtypes import only
from netdsl.checking.layers.windows import shrunk, with_space
from netdsl.checking.rules import FUNCTIONS, Call, per_axis, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis

ZERO = Dimension(0)


def space_of(call: Call) -> int:
    """How many axes of space a function works on, by its name."""
    return int(call.name.removesuffix("_with_indices").rstrip("d")[-1])


def numbers_of(call: Call, name: str, count: int) -> tuple[Axis, ...]:
    """An int, or one for each axis.

    Raises:
        Mismatch: there are as many as for other axes.
    """
    value = call.get(name)
    if isinstance(value, Items) and len(value.elements) not in (1, count):
        raise Mismatch(
            f"`{name}` of `{call.name}` has {len(value.elements)} numbers",
            f"give one number, or {count}.",
        )
    return per_axis(value, count)


def positive(call: Call, name: str, sizes: tuple[Axis, ...]) -> None:
    for each in sizes:
        if not call.sizes.at_least(each, 1):
            raise Mismatch(
                f"`{name}` of `{call.name}` is {call.sizes.known(each)}",
                "give a positive number.",
                "bad-value",
            )


# ---- pools -------------------------------------------------------------------


@FUNCTIONS(
    "max_pool1d max_pool2d max_pool3d max_pool1d_with_indices max_pool2d_with_indices"
    " max_pool3d_with_indices",
    "input kernel_size stride=None padding=0 dilation=1 ceil_mode=False return_indices=False",
)
def max_pool(call: Call) -> Value:
    indices = call.get("return_indices")
    only(call, call.tensor("input"), "float", "int")
    if call.name == "max_pool1d" and indices is False:
        only(call, call.tensor("input"), "float")
    result = _pooled(call, numbers_of(call, "dilation", space_of(call)))
    if indices is True or call.name.endswith("indices"):
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return result if indices is False else UNKNOWN


@FUNCTIONS(
    "avg_pool1d avg_pool2d avg_pool3d", "input kernel_size stride=None padding=0 ceil_mode=False"
)
def avg_pool(call: Call) -> Value:
    only(call, call.tensor("input"), "float", "int")
    return _pooled(call, (ONE,) * space_of(call))


def _pooled(call: Call, dilations: tuple[Axis, ...]) -> Tensor:
    tensor, count, ceil = call.tensor("input"), space_of(call), call.get("ceil_mode")
    shape = tensor.shape
    call.wants_rank(shape, count + 1, count + 2)
    kernels = numbers_of(call, "kernel_size", count)
    strides = kernels if _none(call.get("stride")) else numbers_of(call, "stride", count)
    pads = numbers_of(call, "padding", count)
    for name, sizes in (("kernel_size", kernels), ("stride", strides), ("dilation", dilations)):
        positive(call, name, sizes)
    for kernel, pad, gap in zip(kernels, pads, dilations, strict=True):
        room: Axis = None
        if kernel is not None and pad is not None and gap is not None:
            room = (kernel - 1) * gap + 1 - 2 * pad
        if not call.sizes.at_least(pad, 0) or not call.sizes.at_least(room, 0):
            raise Mismatch(
                f"`{call.name}` pads by {pad}, more than half of its kernel, {kernel}",
                "take less `padding`.",
                "bad-value",
            )
    over = ceil if isinstance(ceil, bool) else None
    if (
        call.name in ("avg_pool3d", "lp_pool3d") and over
    ):  # which does not let a window be larger than all
        for at, (kernel, pad) in enumerate(zip(kernels, pads, strict=True)):
            shrunk(call, shape, shape.axis(at - count), kernel, ONE, pad, ONE)
    places = tuple(
        shrunk(call, shape, shape.axis(at - count), *each, over)
        for at, each in enumerate(zip(kernels, strides, pads, dilations, strict=True))
    )
    for place in places:
        if not call.sizes.at_least(place, 1):
            raise Mismatch(f"`{call.name}` leaves nothing of {shape}", "take a smaller kernel.")
    return Tensor(with_space(shape, count, None, places), tensor.dtype)


def _none(value: Value) -> bool:
    return value is None or (isinstance(value, Items) and not value.elements)


@FUNCTIONS(
    "lp_pool1d lp_pool2d lp_pool3d", "input norm_type kernel_size stride=None ceil_mode=False"
)
def lp_pool(call: Call) -> Value:
    only(call, call.tensor("input"), "float", "int")
    filled = {**call.given, "padding": ZERO}
    return _pooled(Call(call.name, call.sizes, filled), (ONE,) * space_of(call))


@FUNCTIONS(
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d"
    " adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d"
    " adaptive_max_pool1d_with_indices adaptive_max_pool2d_with_indices"
    " adaptive_max_pool3d_with_indices",
    "input output_size return_indices=False",
)
def adaptive_pool(call: Call) -> Value:
    tensor, count, wanted = call.tensor("input"), space_of(call), call.get("output_size")
    shape = tensor.shape
    only(call, tensor, "float")
    call.wants_rank(shape, count + 1, count + 2)
    given = wanted.elements if isinstance(wanted, Items) else (wanted,) * count
    if len(given) not in (1, count):
        raise Mismatch(f"`output_size` of `{call.name}` has {len(given)} numbers")
    if count == 1 and None in given:
        raise Mismatch(f"`{call.name}` keeps no size: its `output_size` is None")
    given = given * count if len(given) == 1 else given
    places = tuple(
        shape.axis(at - count) if each is None else size_of(each) for at, each in enumerate(given)
    )
    for place in places:
        if not call.sizes.at_least(place, 0):
            raise Mismatch(f"`{call.name}` is given a size of {call.sizes.known(place)}")
    result = Tensor(with_space(shape, count, None, places), tensor.dtype)
    indices = call.get("return_indices")
    if "max" in call.name and (indices is True or call.name.endswith("indices")):
        return Items((result, Tensor(result.shape, "int")), "tuple")
    return result if indices is False else UNKNOWN
