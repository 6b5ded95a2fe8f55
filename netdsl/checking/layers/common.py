"""What the rules of several layers ask.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.rules import Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Tensor
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Run, Shape, spelled


def features(call: Call, setting: str, what: str = "features") -> Tensor:
    """The input, whose last axis a layer's setting fixes."""
    tensor = call.tensor("input")
    shape, size = tensor.shape, call.size(setting)
    refuse_ints(call, tensor)
    if not call.sizes.fits(shape, -1, size):
        raise Mismatch(
            f"`{call.name}` wants {spelled(call.sizes.known(size))} {what}, but gets {shape}",
            "make the two sizes equal, or put a layer between that changes the last one.",
        )
    if not shape.parts or isinstance(shape.parts[-1], Run):
        return Tensor(Shape((*shape.parts, size)), tensor.dtype)
    return tensor


def refuse_ints(call: Call, tensor: Tensor) -> None:
    if tensor.dtype in ("int", "bool"):
        raise Mismatch(
            f"`{call.name}` computes on floats, but gets a tensor of {tensor.dtype}s",
            "convert it first: `x.float()`.",
            "wrong-dtype",
        )


def at_least_rank(call: Call, shape: Shape, rank: int) -> None:
    """
    Raises:
        Mismatch: the shape has fewer axes.
    """
    if shape.rank is not None and shape.rank < rank:
        raise Mismatch(
            f"`{call.name}` wants {rank} axes at least, but gets {shape}",
            "add axes before it, such as a batch.",
        )


def channels(call: Call, shape: Shape, axis: int, count: Dimension | None) -> Shape:
    """The shape, whose axis of channels must have a size."""
    if not call.sizes.fits(shape, axis, count):
        raise Mismatch(
            f"`{call.name}` wants {spelled(call.sizes.known(count))} channels, but gets"
            f" {spelled(call.sizes.known(shape.axis(axis)))} of them: {shape}",
            "make the two sizes equal.",
        )
    return shape
