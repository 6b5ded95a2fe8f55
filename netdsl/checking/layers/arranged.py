"""Rules of layers that move elements from axis to axis, and that compare two tensors.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.layers.common import at_least_rank
from netdsl.checking.rules import LAYERS, Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Shape


@LAYERS("PixelShuffle PixelUnshuffle")
def pixel_shuffle(call: Call) -> Value:
    shape, up = call.shape("input"), call.name == "pixel_shuffle"
    factor = call.size("upscale_factor" if up else "downscale_factor")
    at_least_rank(call, shape, 3)
    if shape.has_axis(-3) is not True or factor is None:
        return Tensor(ANY, call.tensor("input").dtype)
    depth, height, width = (shape.axis(at) for at in (-3, -2, -1))
    if up:
        if not call.sizes.divides(factor * factor, depth):
            raise Mismatch(
                f"`{call.name}` by {factor} wants a multiple of {factor * factor} channels,"
                f" but gets {shape}"
            )
        sizes = [_over(call, depth, factor * factor), _times(height, factor), _times(width, factor)]
    else:
        if not (call.sizes.divides(factor, height) and call.sizes.divides(factor, width)):
            raise Mismatch(f"`{call.name}` by {factor} does not divide the sizes of {shape}")
        sizes = [
            _times(depth, factor * factor),
            _over(call, height, factor),
            _over(call, width, factor),
        ]
    return Tensor(Shape((*shape.parts[:-3], *sizes)), call.tensor("input").dtype)


def _over(call: Call, size: Dimension | None, factor: Dimension) -> Dimension | None:
    return None if size is None else call.sizes.known(size // factor)


def _times(size: Dimension | None, factor: Dimension) -> Dimension | None:
    return None if size is None else size * factor


@LAYERS("ChannelShuffle")
def channel_shuffle(call: Call) -> Value:
    shape, groups = call.shape("input"), call.size("groups")
    at_least_rank(call, shape, 3)
    if not call.sizes.divides(groups, shape.axis(1)):
        raise Mismatch(f"{groups} groups do not divide the channels of {shape}")
    return call.tensor("input")


@LAYERS("CosineSimilarity PairwiseDistance", "x1 x2")
def similarity(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x1"), call.shape("x2"))
    if call.name == "cosine_similarity":
        axis = call.axis(shape, call.setting("dim"))
        found = None if axis is None else shape.replaced(axis, [])
        return Tensor(found or ANY, "float")
    kept = call.flag("keepdim")
    if kept is None:
        return Tensor()
    found = shape.replaced(-1, [Dimension(1)] if kept else [])
    return Tensor(found or ANY, "float")
