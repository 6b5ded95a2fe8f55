"""Rules of what takes elements by tensors of indices or by masks, and of what writes there."""

from __future__ import annotations

from netdsl.checking.functions.axes import ONE, axis_of, one_of, resized_at
from netdsl.checking.functions.dtypes import alike, only
from netdsl.checking.functions.subscripts import refuse_written, subscripted
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Part, Shape


def _with_axis(shape: Shape) -> Shape:
    """A tensor without axes counts as one with one."""
    return Shape((ONE,)) if shape.rank == 0 else shape


def _same_axes(call: Call, one: Shape, other: Shape, what: str) -> bool:
    """Whether the numbers of axes are known.

    Raises:
        Mismatch: they differ.
    """
    a, b = one.rank, other.rank
    if a is None or b is None:
        return False
    if max(a, 1) != max(b, 1):
        raise Mismatch(f"`{call.name}` wants {what} of as many axes as {one}, but gets {other}")
    return True


def _inside(call: Call, index: Shape, whole: Shape, but: int | None, what: str) -> None:
    """
    Raises:
        Mismatch: an index is longer than what it is about, in another axis than `but`.
    """
    index, whole = _with_axis(index), _with_axis(whole)
    if index.rank is None or index.rank != whole.rank:
        return
    for at, (one, other) in enumerate(zip(index.axes, whole.axes, strict=True)):
        if but is not None and at == but % index.rank:
            continue
        if one is not None and other is not None and not call.sizes.at_least(other - one, 0):
            raise Mismatch(
                f"`{call.name}` with an index {index} reaches past {what} {whole} in axis {at}"
            )


@FUNCTIONS("gather", "input dim index")
def gather(call: Call) -> Value:
    tensor, index = call.tensor("input"), call.tensor("index")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    only(call, index, "int")
    if call.sizes.number(index.shape.size()) != 0:
        _same_axes(call, tensor.shape, index.shape, "an index")
        if axis is not None:
            _inside(call, index.shape, tensor.shape, axis, "the axes of")
    return Tensor(index.shape, tensor.dtype)


@FUNCTIONS("take_along_dim", "input indices dim=None")
def take_along_dim(call: Call) -> Value:
    tensor, index, dim = call.tensor("input"), call.tensor("indices"), call.get("dim")
    only(call, index, "int")
    if dim is None:
        return Tensor(Shape((index.shape.size(),)), tensor.dtype)
    axis = axis_of(call, tensor.shape, dim)
    if not _same_axes(call, tensor.shape, index.shape, "an index") or axis is None:
        return unknown(tensor.dtype)
    if tensor.shape.rank == 0 or index.shape.rank == 0:
        return unknown(tensor.dtype)
    open_ = tensor.shape.replaced(axis, [ONE]) or ANY
    return Tensor(call.sizes.broadcast(open_, index.shape), tensor.dtype)


@FUNCTIONS("index_select", "input dim index")
def index_select(call: Call) -> Value:
    tensor, index = call.tensor("input"), call.tensor("index")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    only(call, index, "int")
    call.wants_rank(index.shape, 0, 1, what=" in its index")
    if tensor.shape.rank == 0:
        if call.sizes.never_equal(index.shape.size(), 1):
            raise Mismatch(f"`index_select` takes {index} elements of a single number")
        return tensor
    rank = index.shape.rank
    size = ONE if rank == 0 else index.shape.axis(0) if rank == 1 else None
    return Tensor(resized_at(tensor.shape, axis, [size]), tensor.dtype)


@FUNCTIONS("masked_select", "input mask")
def masked_select(call: Call) -> Value:
    only(call, call.tensor("mask"), "bool")
    call.sizes.broadcast(call.shape("input"), call.shape("mask"))
    return Tensor(Shape((None,)), call.tensor("input").dtype)


@FUNCTIONS("take", "input index")
def take(call: Call) -> Value:
    only(call, call.tensor("index"), "int")
    return Tensor(call.shape("index"), call.tensor("input").dtype)


@FUNCTIONS("nonzero", "input as_tuple=False")
def nonzero(call: Call) -> Value:
    rank, apart = call.shape("input").rank, call.get("as_tuple")
    if apart is not False:
        if apart is not True or rank is None:
            return UNKNOWN
        return Items((Tensor(Shape((None,)), "int"),) * (rank or 1), "tuple")
    return Tensor(Shape((None, None if rank is None else Dimension(rank))), "int")


@FUNCTIONS("argwhere")
def argwhere(call: Call) -> Value:
    rank = call.shape("input").rank
    return Tensor(Shape((None, None if rank is None else Dimension(rank))), "int")


# ---- writing -----------------------------------------------------------------


@FUNCTIONS("scatter scatter_", "input dim index src=None value=None")
def scatter(call: Call) -> Value:
    source = call.get("src")
    if call.given.get("reduce") is None:
        alike(call, call.tensor("input"), source)
    return _scattered(call, source)


@FUNCTIONS("scatter_add scatter_add_", "input dim index src")
def scatter_add(call: Call) -> Value:
    alike(call, call.tensor("input"), call.get("src"))
    return _scattered(call, call.get("src"))


@FUNCTIONS("scatter_reduce scatter_reduce_", "input dim index src reduce include_self=True")
def scatter_reduce(call: Call) -> Value:
    alike(call, call.tensor("input"), call.get("src"))
    return _scattered(call, call.get("src"))


def _scattered(call: Call, source: Value) -> Value:
    tensor, index = call.tensor("input"), call.tensor("index")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    only(call, index, "int")
    if call.sizes.number(index.shape.size()) == 0:
        return tensor
    _same_axes(call, tensor.shape, index.shape, "an index")
    if axis is not None:
        _inside(call, index.shape, tensor.shape, axis, "the axes of")
    if isinstance(source, Tensor):
        _same_axes(call, tensor.shape, source.shape, "a source")
        _inside(call, index.shape, source.shape, None, "its source")
    return tensor


@FUNCTIONS("index_add index_add_ index_copy index_copy_", "input dim index source")
def index_add(call: Call) -> Value:
    tensor, index, source = (call.tensor(name) for name in ("input", "index", "source"))
    axis = axis_of(call, tensor.shape, call.get("dim"))
    only(call, index, "int")
    alike(call, tensor, source)
    call.wants_rank(index.shape, 0, 1, what=" in its index")
    one, other = _with_axis(tensor.shape), _with_axis(source.shape)
    scalar = "copy" in call.name and source.shape.rank == 0
    if axis is None or index.shape.rank is None or scalar:
        return tensor
    count = index.shape.axis(0) if index.shape.rank else ONE
    if one.rank is None or other.rank is None or one.place(axis) is None:
        return tensor
    if not call.sizes.same_shape(resized_at(one, axis, [count]), other):
        raise Mismatch(
            f"`{call.name}` puts {call.sizes.known(count)} parts into axis {axis} of"
            f" {tensor.shape}, but gets {source.shape}"
        )
    return tensor


@FUNCTIONS("index_fill index_fill_", "input dim index value")
def index_fill(call: Call) -> Value:
    tensor, index = call.tensor("input"), call.tensor("index")
    axis_of(call, tensor.shape, call.get("dim"))
    only(call, index, "int")
    call.wants_rank(index.shape, 0, 1, what=" in its index")
    return tensor


@FUNCTIONS("index_put index_put_", "input indices values")
def index_put(call: Call) -> Value:
    tensor, indices = call.tensor("input"), call.get("indices")
    alike(call, tensor, call.get("values"))
    if isinstance(indices, Items) and tensor.shape.rank is not None:
        part = subscripted(call, tensor.shape, list(indices.elements))
        refuse_written(call, part, call.get("values"))
    return tensor


@FUNCTIONS("masked_scatter masked_scatter_", "input mask source")
def masked_scatter(call: Call) -> Value:
    tensor, mask, source = (call.tensor(name) for name in ("input", "mask", "source"))
    only(call, mask, "bool")
    alike(call, tensor, source)
    whole = call.sizes.broadcast(tensor.shape, mask.shape)
    return tensor if call.name.endswith("_") else Tensor(whole, tensor.dtype)


@FUNCTIONS("select_scatter", "input src dim index")
def select_scatter(call: Call) -> Value:
    tensor, source = call.tensor("input"), call.tensor("src")
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is None:
        return tensor
    one_of(call, tensor.shape.axis(axis), call.get("index"), tensor.shape)
    _fits(call, resized_at(tensor.shape, axis, []), source.shape)
    return tensor


@FUNCTIONS("slice_scatter", "input src dim=0 start=None end=None step=1")
def slice_scatter(call: Call) -> Value:
    from netdsl.checking.functions.subscripts import sliced

    tensor, source = call.tensor("input"), call.tensor("src")
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is None:
        return tensor
    bounds = Items((call.get("start"), call.get("end"), call.get("step")), "slice")
    part = sliced(call, tensor.shape.axis(axis), bounds)
    _fits(call, resized_at(tensor.shape, axis, [part]), source.shape)
    return tensor


def _fits(call: Call, part: Shape, source: Shape) -> None:
    if not call.sizes.same_shape(part, source):
        raise Mismatch(f"`{call.name}` writes into {part}, but gets {source}")


# ---- rows of a table ---------------------------------------------------------


@FUNCTIONS("one_hot", "input num_classes=-1")
def one_hot(call: Call) -> Value:
    only(call, call.tensor("input"), "int")
    count = call.number("num_classes")
    size: Axis = size_of(call.get("num_classes")) if count is None or count > 0 else None
    if count is not None and (count == 0 or count < -1):
        raise Mismatch(f"`one_hot` is of {count} classes", "give a positive number.")
    return Tensor(Shape((*call.shape("input").parts, size)), "int")


@FUNCTIONS("embedding", "input weight padding_idx=None")
def embedding(call: Call) -> Value:
    only(call, call.tensor("input"), "int")
    weight = call.wants_rank(call.shape("weight"), 2, what=" in its weight")
    padding = as_int(call.get("padding_idx"))
    if padding is not None:
        one_of(call, weight.axis(0), call.get("padding_idx"), weight)
    parts: tuple[Part, ...] = (*call.shape("input").parts, weight.axis(1))
    return Tensor(Shape(parts), call.tensor("weight").dtype)


@FUNCTIONS("bincount", "input weights=None minlength=0")
def bincount(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 1)
    only(call, call.tensor("input"), "int", "bool")
    plain = call.get("weights") is None
    return Tensor(Shape((None,)), "int" if plain else "float")


@FUNCTIONS("histc", "input bins=100")
def histc(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    return Tensor(Shape((size_of(call.get("bins")),)), "float")


@FUNCTIONS("searchsorted", "sorted_sequence input")
def searchsorted(call: Call) -> Value:
    value, table = call.get("input"), call.shape("sorted_sequence")
    shape = value.shape if isinstance(value, Tensor) else Shape(())
    if value is UNKNOWN:
        return unknown()
    if table.rank is not None and table.rank != 1 and shape.rank is not None:
        heads = (Shape(each.parts[:-1]) for each in (table, shape))
        if not table.rank or table.rank != shape.rank or not call.sizes.same_shape(*heads):
            raise Mismatch(
                f"`{call.name}` of {shape} looks in {table}",
                "a table of one axis is for all values; otherwise all axes but the last are the"
                " same.",
            )
    return Tensor(shape, None)


@FUNCTIONS("bucketize", "input boundaries")
def bucketize(call: Call) -> Value:
    call.wants_rank(call.shape("boundaries"), 1, what=" in its boundaries")
    value = call.get("input")
    return Tensor(value.shape if isinstance(value, Tensor) else Shape(()), "int")


@FUNCTIONS("isin", "elements test_elements")
def isin(call: Call) -> Value:
    value = call.get("elements")
    if value is UNKNOWN:
        return unknown("bool")
    return Tensor(value.shape if isinstance(value, Tensor) else Shape(()), "bool")


@FUNCTIONS("unique unique_consecutive", "input")
def unique(call: Call) -> Value:
    """How many there are depends on what the tensor holds."""
    plain = all(name == "input" for name in call.given)
    return Tensor(Shape((None,)), call.tensor("input").dtype) if plain else UNKNOWN
