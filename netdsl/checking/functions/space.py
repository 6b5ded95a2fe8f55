"""Rules of what pads, resizes, shuffles and samples space."""

from __future__ import annotations

from netdsl.checking.functions.dtypes import alike
from netdsl.checking.layers.space import padded, resized
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Part, Run, Shape, product_of, spelled


@FUNCTIONS("pad", "input pad mode=constant value=None")
def pad(call: Call) -> Value:
    tensor, amounts, mode = call.tensor("input"), call.get("pad"), call.get("mode")
    shape = tensor.shape
    if not isinstance(amounts, Items):
        return unknown(tensor.dtype)
    given = [size_of(each) for each in amounts.elements]
    if len(given) % 2:
        raise Mismatch("`pad` takes two amounts for an axis, before and after, the last axis first")
    count = len(given) // 2
    if mode in ("reflect", "replicate", "circular"):
        call.wants_rank(shape, count + 1, count + 2, what=f" to pad {count} by `{mode}`")
        if count > 3:
            raise Mismatch(f"`pad` by `{mode}` pads 3 axes at most, but is given {count}")
    sizes: list[Axis] = []
    for at in range(count):
        if shape.has_axis(-at - 1) is False:
            raise Mismatch(f"`pad` is given amounts for {count} axes of {shape}")
        sizes.append(shape.axis(-at - 1))
    parts, known = list(shape.parts), True
    for at, size in enumerate(padded(call, shape, mode, sizes, given)):
        place = shape.place(-at - 1)
        if place is None:
            known = False
        else:
            parts[place] = size
    return Tensor(Shape(tuple(parts)), tensor.dtype) if known else unknown(tensor.dtype)


@FUNCTIONS(
    "interpolate upsample", "input size=None scale_factor=None mode=nearest align_corners=None"
)
def interpolate(call: Call) -> Value:
    tensor, mode = call.tensor("input"), call.get("mode")
    size, factor = call.get("size"), call.get("scale_factor")
    return Tensor(resized(call, tensor.shape, size, factor, mode), tensor.dtype)


@FUNCTIONS("pixel_shuffle pixel_unshuffle", "input factor")
def pixel_shuffle(call: Call) -> Value:
    """Blocks of space from channels, and back."""
    tensor = call.tensor("input")
    shape = tensor.shape
    named = (
        call.get("factor"),
        call.given.get("upscale_factor"),
        call.given.get("downscale_factor"),
    )
    by = next((size_of(each) for each in named if size_of(each) is not None), None)
    if shape.rank is not None and shape.rank < 3:
        raise Mismatch(f"`{call.name}` wants 3 axes at least, but gets {shape}")
    if by is not None and not call.sizes.at_least(by, 1):
        raise Mismatch(f"`{call.name}` by {call.sizes.known(by)}")
    if shape.rank is None or by is None:
        return unknown(tensor.dtype)
    if call.name == "pixel_unshuffle" and call.sizes.number(product_of(shape.parts)) == 0:
        return tensor  # torch gives back what is empty as it is
    depth, height, width = shape.axes[-3:]
    parts: tuple[Part, ...]
    if call.name == "pixel_shuffle":
        if not call.sizes.divides(by * by, depth):
            raise Mismatch(
                f"`pixel_shuffle` by {by} wants a multiple of {by * by} channels: {shape}"
            )
        parts = (_over(call, depth, by * by), _times(height, by), _times(width, by))
    else:
        for size in (height, width):
            if not call.sizes.divides(by, size):
                raise Mismatch(f"`pixel_unshuffle` by {by} wants multiples of it, but gets {shape}")
        parts = (_times(depth, by * by), _over(call, height, by), _over(call, width, by))
    return Tensor(Shape((*shape.parts[:-3], *parts)), tensor.dtype)


def _times(size: Axis, by: Dimension) -> Axis:
    return None if size is None else size * by


def _over(call: Call, size: Axis, by: Dimension) -> Axis:
    return None if size is None else call.sizes.known(size // by)


@FUNCTIONS("channel_shuffle", "input groups")
def channel_shuffle(call: Call) -> Value:
    shape, groups = call.shape("input"), size_of(call.get("groups"))
    if shape.rank is not None and shape.rank < 3:
        raise Mismatch(f"`channel_shuffle` wants 3 axes at least, but gets {shape}")
    if groups is not None and not call.sizes.at_least(groups, 1):
        raise Mismatch(f"`channel_shuffle` of {call.sizes.known(groups)} groups")
    if not call.sizes.divides(groups, shape.axis(1)):
        raise Mismatch(f"`channel_shuffle` of {spelled(groups)} groups of the channels of {shape}")
    return call.tensor("input")


@FUNCTIONS("grid_sample", "input grid mode=bilinear")
def grid_sample(call: Call) -> Value:
    tensor, grid = call.tensor("input"), call.shape("grid")
    shape = tensor.shape
    alike(call, tensor, call.tensor("grid"))
    call.wants_rank(shape, 4, 5)
    call.wants_rank(grid, 4, 5, what=" in its grid")
    if shape.rank is None or grid.rank is None:
        return unknown(tensor.dtype)
    fits = shape.rank == grid.rank and call.sizes.equal(shape.axis(0), grid.axis(0))
    if not fits or not call.sizes.equal(grid.axis(-1), Dimension(shape.rank - 2)):
        raise Mismatch(
            f"`grid_sample` of {shape} gets a grid {grid}",
            "a grid is [batch, height, width, 2], or has a depth and 3.",
        )
    return Tensor(Shape((*shape.parts[:2], *grid.parts[1:-1])), tensor.dtype)


@FUNCTIONS("affine_grid", "theta size")
def affine_grid(call: Call) -> Value:
    theta, size = call.shape("theta"), call.get("size")
    if not isinstance(size, Items) or any(isinstance(x, Run) for x in size.elements):
        return unknown("float")
    parts = [size_of(each) for each in size.elements]
    space = Dimension(len(parts) - 2)
    wanted = Shape((parts[0] if parts else None, space, space + 1))
    if len(parts) not in (4, 5) or not call.sizes.same_shape(theta, wanted):
        raise Mismatch(f"`affine_grid` for {len(parts)} sizes gets {theta}, not {wanted}")
    return Tensor(Shape((parts[0], *parts[2:], space)), "float")
