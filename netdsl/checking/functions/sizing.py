"""Rules of axes that come, go, grow and are cut."""

from __future__ import annotations

from netdsl.checking.functions.axes import (
    ONE,
    axis_of,
    one_of,
    places_of,
    resized_at,
    sizes_in,
)
from netdsl.checking.functions.dtypes import only
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape

ZERO = Dimension(0)


@FUNCTIONS("unsqueeze unsqueeze_", "input dim")
def unsqueeze(call: Call) -> Value:
    tensor = call.tensor("input")
    shape, axis = tensor.shape, call.axis(tensor.shape, call.get("dim"), extra=1)
    if axis is None:
        if shape.rank is not None:
            return Tensor(Shape((None,) * (shape.rank + 1)), tensor.dtype)
        return unknown(tensor.dtype)
    run = shape.run_at
    at = axis if axis >= 0 else axis + len(shape.parts) + 1
    if run is not None and not (0 <= axis <= run or (axis < 0 and at > run)):
        return unknown(tensor.dtype)
    return Tensor(Shape((*shape.parts[:at], ONE, *shape.parts[at:])), tensor.dtype)


@FUNCTIONS("squeeze squeeze_", "input dim=None")
def squeeze(call: Call) -> Value:
    tensor, dim = call.tensor("input"), call.get("dim")
    shape = tensor.shape
    if dim is None:
        places: list[int] | None = list(range(shape.rank)) if shape.rank is not None else None
    else:
        places = places_of(call, shape, dim)
    if places is None:
        return unknown(tensor.dtype)
    parts: list[Part] = []
    for at, part in enumerate(shape.parts):
        if at in places and not isinstance(part, Run):
            if call.sizes.number(part) == 1:
                continue
            if part is None or not call.sizes.never_equal(part, ONE):
                return unknown(tensor.dtype)
        parts.append(part)
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("atleast_1d atleast_2d atleast_3d", "*tensors")
def at_least(call: Call) -> Value:
    given, least = list(call.extra), int(call.name[-2])
    several = len(given) > 1 or any(isinstance(each, Items) for each in given)
    found = call.get("tensors")
    if not isinstance(found, Items):
        return UNKNOWN
    grown = tuple(_grown(each, least) for each in found.elements)
    return Items(grown, "tuple") if several else grown[0]


def _grown(tensor: Value, least: int) -> Tensor:
    if not isinstance(tensor, Tensor) or tensor.shape.rank is None:
        return unknown()
    parts = tensor.shape.parts
    if len(parts) < least:
        before = {(1, 0): 1, (2, 0): 2, (2, 1): 1, (3, 0): 3, (3, 1): 1, (3, 2): 0}
        ahead = before[least, len(parts)]
        parts = ((ONE,) * ahead + parts + (ONE,) * 3)[:least]
    return Tensor(Shape(parts), tensor.dtype)


@FUNCTIONS("expand broadcast_to", "input *size")
def expand(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("size")
    if not isinstance(wanted, Items):
        return unknown(tensor.dtype)
    shape, sizes = tensor.shape, sizes_in(call, wanted) or []
    if shape.rank is None or any(isinstance(each, Run) for each in sizes):
        runs = sum(isinstance(each, Run) for each in sizes)
        parts = tuple(None if each == -1 else each for each in sizes)
        return Tensor(Shape(parts) if runs < 2 else ANY, tensor.dtype)
    if len(sizes) < shape.rank:
        raise Mismatch(
            f"`{call.name}` gives {len(sizes)} sizes for {shape}", "give one for each axis."
        )
    new = len(sizes) - shape.rank
    if any(each == -1 for each in sizes[:new]):
        raise Mismatch(
            f"`{call.name}` keeps with -1 what is there, but an axis is new for {shape}",
            "give the size of the new axis.",
        )
    parts_: list[Part] = list(sizes[:new])
    for each, own in zip(sizes[new:], shape.axes, strict=True):
        parts_.append(_expanded(call, shape, own, each))
    return Tensor(Shape(tuple(parts_)), tensor.dtype)


def _expanded(call: Call, shape: Shape, own: Axis, wanted: Part) -> Axis:
    assert not isinstance(wanted, Run)
    if wanted is not None and wanted == -1:
        return own
    if call.sizes.never_equal(own, ONE) and not call.sizes.equal(own, wanted):
        raise Mismatch(
            f"`{call.name}` makes ones larger, and nothing else: {shape} has"
            f" {call.sizes.known(own)} where {call.sizes.known(wanted)} is wanted"
        )
    return wanted


@FUNCTIONS("expand_as", "input other")
def expand_as(call: Call) -> Value:
    tensor, other = call.tensor("input"), call.shape("other")
    if other.rank is not None and tensor.shape.rank is not None:
        if tensor.shape.rank > other.rank:
            raise Mismatch(f"`expand_as` of {tensor.shape} to {other}, which has fewer axes")
        ahead = other.rank - tensor.shape.rank
        for own, wanted in zip(tensor.shape.axes, other.axes[ahead:], strict=True):
            _expanded(call, tensor.shape, own, wanted)
    return Tensor(other, tensor.dtype)


@FUNCTIONS("repeat", "input *repeats")
def repeat(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.get("repeats")
    if not isinstance(times, Items) or tensor.shape.rank is None:
        return unknown(tensor.dtype)
    if len(times.elements) < tensor.shape.rank:
        raise Mismatch(
            f"`repeat` gives {len(times.elements)} numbers for {tensor.shape}",
            "give one for each axis.",
        )
    return Tensor(_repeated(call, tensor.shape, times), tensor.dtype)


@FUNCTIONS("tile", "input *dims")
def tile(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.get("dims")
    if not isinstance(times, Items) or tensor.shape.rank is None:
        return unknown(tensor.dtype)
    return Tensor(_repeated(call, tensor.shape, times), tensor.dtype)


def _repeated(call: Call, shape: Shape, times: Items) -> Shape:
    factors = [size_of(each) for each in times.elements]
    for each in factors:
        if each is not None and not call.sizes.at_least(each, 0):
            raise Mismatch(f"`{call.name}` repeats {call.sizes.known(each)} times")
    factors = [*[ONE] * (len(shape.axes) - len(factors)), *factors]
    sizes = (ONE,) * (len(factors) - len(shape.axes)) + shape.axes
    return Shape(
        tuple(
            None if size is None or factor is None else call.sizes.known(size * factor)
            for size, factor in zip(sizes, factors, strict=True)
        )
    )


@FUNCTIONS("repeat_interleave", "input repeats=None dim=None")
def repeat_interleave(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.get("repeats")
    if times is None:
        call.wants_rank(tensor.shape, 1)
        return Tensor(Shape((None,)), "int")
    dim = call.get("dim")
    if tensor.shape.rank == 0 and dim is not None:
        raise Mismatch("`repeat_interleave` along an axis wants a tensor with axes")
    shape = Shape((tensor.shape.size(),)) if dim is None else tensor.shape
    axis = 0 if dim is None else axis_of(call, shape, dim)
    count = size_of(times)
    if count is not None and not call.sizes.at_least(count, 0):
        raise Mismatch(f"`repeat_interleave` repeats {call.sizes.known(count)} times")
    if shape.rank == 0:
        shape = Shape((ONE,))
    size = None if axis is None else shape.axis(axis)
    if isinstance(times, Tensor) and times.shape.rank is not None:
        only(call, times, "int")
        if times.shape.rank > 1:
            raise Mismatch(f"`repeat_interleave` wants one axis of numbers, but gets {times.shape}")
        length = times.shape.axis(0)
        several = times.shape.rank == 1 and call.sizes.never_equal(length, 1)
        if several and not call.sizes.equal(size, length):
            raise Mismatch(
                f"`repeat_interleave` gets {call.sizes.known(length)} numbers for"
                f" {call.sizes.known(size)} elements of {shape}"
            )
    grown = None if size is None or count is None else call.sizes.known(size * count)
    return Tensor(resized_at(shape, axis, [grown]), tensor.dtype)


# ---- one axis, in part -------------------------------------------------------


@FUNCTIONS("narrow narrow_copy", "input dim start length")
def narrow(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = call.axis(tensor.shape, call.get("dim"))
    start, length = call.get("start"), size_of(call.get("length"))
    if tensor.shape.rank == 0:
        raise Mismatch("`narrow` wants a tensor with axes")
    size = None if axis is None else tensor.shape.axis(axis)
    begin = as_int(start)
    fits = call.sizes.at_least(length, 0)
    if length is not None and size is not None and begin is not None:
        room = size - begin if begin >= 0 else ONE * -begin
        fits = fits and call.sizes.at_least(room - length, 0)
        fits = fits and call.sizes.at_least(size, abs(begin))
    if not fits:
        raise Mismatch(
            f"`{call.name}` takes {call.sizes.known(length)} of {call.sizes.known(size)} elements"
            f" of {tensor.shape}",
            "the part lies inside the axis.",
        )
    return Tensor(resized_at(tensor.shape, axis, [length]), tensor.dtype)


@FUNCTIONS("select", "input dim index")
def select(call: Call) -> Value:
    tensor = call.tensor("input")
    if tensor.shape.rank == 0:
        raise Mismatch("`select` wants a tensor with axes")
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is not None:
        one_of(call, tensor.shape.axis(axis), call.get("index"), tensor.shape)
    return Tensor(resized_at(tensor.shape, axis, []), tensor.dtype)


@FUNCTIONS("diagonal", "input offset=0 dim1=None dim2=None")
def diagonal(call: Call) -> Value:
    tensor, offset = call.tensor("input"), call.number("offset")
    shape, dims = tensor.shape, (call.get("dim1"), call.get("dim2"))
    if shape.rank is not None and shape.rank < 2:
        raise Mismatch(f"`{call.name}` wants 2 axes at least, but gets {shape}")
    if shape.rank is None or offset is None:
        return unknown(tensor.dtype)
    if dims == (None, None) and shape.rank == 2:
        dims = (ZERO, ONE)
    if None in dims:  # torch's takes the first two axes, that of torch.linalg the last two
        return Tensor(Shape((None,) * (shape.rank - 1)), tensor.dtype)
    return Tensor(_diagonal(call, shape, offset, dims), tensor.dtype)


def _diagonal(call: Call, shape: Shape, offset: int, dims: tuple[Value, Value]) -> Shape:
    places = places_of(call, shape, Items(dims))
    if places is None:
        return Shape((None,) * (len(shape.parts) - 1))
    rest = [part for at, part in enumerate(shape.parts) if at not in places]
    numbers = [call.sizes.number(shape.axes[at]) for at in places]
    rows, columns = numbers
    length: Axis = None
    if rows is not None and columns is not None:
        over = min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)
        length = ONE * max(over, 0)
    elif offset == 0 and call.sizes.surely_equal(*(shape.axes[at] for at in places)):
        length = shape.axes[places[0]]
    return Shape((*rest, length))


@FUNCTIONS("diag", "input diagonal=0")
def diag(call: Call) -> Value:
    tensor, offset = call.tensor("input"), call.number("diagonal")
    shape = tensor.shape
    call.wants_rank(shape, 1, 2)
    if shape.rank is None or offset is None:
        return unknown(tensor.dtype)
    if shape.rank == 1:
        size = shape.axis(0)
        grown = None if size is None else call.sizes.known(size + abs(offset))
        return Tensor(Shape((grown, grown)), tensor.dtype)
    return Tensor(_diagonal(call, shape, offset, (ZERO, ONE)), tensor.dtype)


@FUNCTIONS("diag_embed", "input offset=0 dim1=-2 dim2=-1")
def diag_embed(call: Call) -> Value:
    tensor, offset = call.tensor("input"), call.number("offset")
    shape = tensor.shape
    if shape.rank is None or offset is None:
        return unknown(tensor.dtype)
    if shape.rank == 0:
        raise Mismatch("`diag_embed` wants a tensor with axes")
    whole = Shape((None,) * (shape.rank + 1))
    places = places_of(call, whole, Items((call.get("dim1"), call.get("dim2"))))
    if places is None:
        return Tensor(whole, tensor.dtype)
    size = shape.axis(-1)
    grown = None if size is None else call.sizes.known(size + abs(offset))
    rest = iter(shape.parts[:-1])
    parts = tuple(grown if at in places else next(rest) for at in range(shape.rank + 1))
    return Tensor(Shape(parts), tensor.dtype)
