"""Rules of tensors that are made from sizes and numbers."""

from __future__ import annotations

import math

from netdsl.checking.functions.axes import ONE, sizes_in
from netdsl.checking.functions.dtypes import as_said, kind_of, only, promoted
from netdsl.checking.rules import FUNCTIONS, Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Run, Shape


@FUNCTIONS("zeros ones rand randn empty", "*size")
def filled(call: Call) -> Value:
    return _of_sizes(call, call.get("size"), as_said(call, "float"))


@FUNCTIONS("full", "size fill_value")
def full(call: Call) -> Value:
    return _of_sizes(call, call.get("size"), as_said(call, kind_of(call.get("fill_value"))))


@FUNCTIONS("new_zeros new_ones new_empty", "input *size")
def new_filled(call: Call) -> Value:
    return _of_sizes(call, call.get("size"), as_said(call, call.tensor("input").dtype))


@FUNCTIONS("new_full", "input size fill_value")
def new_full(call: Call) -> Value:
    return _of_sizes(call, call.get("size"), as_said(call, call.tensor("input").dtype))


@FUNCTIONS("randint", "low high=None size=None")
def randint(call: Call) -> Value:
    size = call.get("size")
    if size is None:
        size = call.get("high")
    return _of_sizes(call, size, as_said(call, "int"))


@FUNCTIONS("randperm", "n")
def randperm(call: Call) -> Value:
    return _of_sizes(call, Items((call.get("n"),)), as_said(call, "int"))


def _of_sizes(call: Call, size: Value, dtype: str | None) -> Tensor:
    parts = sizes_in(call, size)
    if parts is None:
        return Tensor(ANY, dtype)
    for each in parts:
        if isinstance(each, Dimension) and not call.sizes.at_least(each, 0):
            raise Mismatch(
                f"`{call.name}` is given a size of {call.sizes.known(each)}",
                "give sizes of 0 or more.",
            )
    single = sum(isinstance(each, Run) for each in parts) < 2
    return Tensor(Shape(tuple(parts)) if single else ANY, dtype)


@FUNCTIONS("tensor as_tensor", "data dtype=None")
def tensor(call: Call) -> Value:
    data = call.get("data")
    shape = _nested(data)
    if shape is None:
        return Tensor(ANY, None)
    dtype = promoted(_leaves(data)) if _leaves(data) else "float"
    return Tensor(Shape(shape), as_said(call, dtype))


def _nested(data: Value) -> tuple[Axis, ...] | None:
    """The sizes of lists inside lists.

    Raises:
        Mismatch: they are not of one length.
    """
    if isinstance(data, Tensor):
        return data.shape.axes if data.shape.rank is not None else None
    if not isinstance(data, Items):
        return None if data is UNKNOWN or kind_of(data) is None else ()
    if any(isinstance(each, Run) for each in data.elements):
        return None
    inner = [_nested(each) for each in data.elements]
    if None in inner:
        return None
    if any(isinstance(each, Tensor) for each in data.elements):
        return None
    if len(set(inner)) > 1:
        raise Mismatch("`tensor` is given lists of other lengths", "give all rows one length.")
    return (Dimension(len(inner)), *(inner[0] or ())) if inner else (Dimension(0),)


def _leaves(data: Value) -> list[Value]:
    if isinstance(data, Items):
        return [leaf for each in data.elements for leaf in _leaves(each)]
    return [data]


@FUNCTIONS("arange", "start end=None step=1")
def arange(call: Call) -> Value:
    start, end, step = call.get("start"), call.get("end"), call.get("step")
    if end is None:
        start, end = Dimension(0), start
    dtype = as_said(call, promoted((start, end, step)))
    numbers = [each if isinstance(each, float) else as_int(each) for each in (start, end, step)]
    low, high, by = numbers
    if by == 0:
        raise Mismatch("`arange` never gets on with a step of 0", "give another step.")
    if low is not None and high is not None and by is not None:
        if (high - low) * (1 if by > 0 else -1) < 0:
            raise Mismatch(f"`arange` from {low} to {high} goes the other way than its step, {by}")
        return Tensor(Shape((Dimension(max(0, math.ceil((high - low) / by))),)), dtype)
    first, last, each = size_of(start), size_of(end), size_of(step)
    if first is None or last is None or each is None or by is None:
        return Tensor(Shape((None,)), dtype)
    return Tensor(Shape((call.sizes.known(-(-(last - first) // each)),)), dtype)


@FUNCTIONS("linspace logspace", "start end steps")
def linspace(call: Call) -> Value:
    steps = size_of(call.get("steps"))
    if steps is not None and not call.sizes.at_least(steps, 0):
        raise Mismatch(f"`{call.name}` takes {call.sizes.known(steps)} steps")
    for name in ("start", "end"):
        value = call.get(name)
        if isinstance(value, Tensor) and value.shape.rank not in (0, None):
            raise Mismatch(f"`{call.name}` goes from number to number, but gets {value.shape}")
    return Tensor(Shape((steps,)), as_said(call, "float"))


@FUNCTIONS("eye", "n m=None")
def eye(call: Call) -> Value:
    columns = call.get("m")
    sizes = (call.get("n"), call.get("n") if columns is None else columns)
    return _of_sizes(call, Items(sizes), as_said(call, "float"))


@FUNCTIONS("tril_indices triu_indices", "row col offset=0")
def triangle_indices(call: Call) -> Value:
    rows, columns, offset = (call.number(name) for name in ("row", "col", "offset"))
    two = Dimension(2)
    if rows is None or columns is None or offset is None:
        return Tensor(Shape((two, None)), as_said(call, "int"))
    if rows < 0 or columns < 0:
        raise Mismatch(f"`{call.name}` of {rows} rows and {columns} columns")
    below = sum(min(max(row + offset + 1, 0), columns) for row in range(min(rows, 10_000)))
    above = sum(columns - min(max(row + offset, 0), columns) for row in range(min(rows, 10_000)))
    count = below if call.name == "tril_indices" else above
    return Tensor(Shape((two, Dimension(count) if rows <= 10_000 else None)), as_said(call, "int"))


@FUNCTIONS(
    "hann_window hamming_window blackman_window bartlett_window kaiser_window", "window_length"
)
def window(call: Call) -> Value:
    return _of_sizes(call, Items((call.get("window_length"),)), as_said(call, "float"))


@FUNCTIONS("normal", "mean std=None size=None")
def normal(call: Call) -> Value:
    size = call.get("size")
    if size is not None:
        return _of_sizes(call, size, as_said(call, "float"))
    shapes = [x.shape for x in (call.get("mean"), call.get("std")) if isinstance(x, Tensor)]
    if UNKNOWN in (call.get("mean"), call.get("std")) or not shapes:
        return Tensor(ANY, None)
    return Tensor(call.sizes.broadcast(*shapes), None)


@FUNCTIONS("multinomial", "input num_samples replacement=False")
def multinomial(call: Call) -> Value:
    tensor, count = call.tensor("input"), size_of(call.get("num_samples"))
    only(call, tensor, "float")
    shape = call.wants_rank(tensor.shape, 1, 2)
    if count is not None and not call.sizes.at_least(count, 1):
        raise Mismatch(f"`multinomial` draws {call.sizes.known(count)} times")
    size = shape.axis(-1)
    once = call.get("replacement") is False and size is not None and count is not None
    if once and not call.sizes.at_least(size - count, 0):  # type: ignore[operator]
        raise Mismatch(f"`multinomial` draws {call.sizes.known(count)} different ones of {shape}")
    return Tensor(Shape((*shape.parts[:-1], count)) if shape.rank else ANY, "int")


@FUNCTIONS("complex polar", "real imag")
def complex_(call: Call) -> Value:
    only(call, call.get("real"), "float")
    only(call, call.get("imag"), "float")
    return Tensor(call.sizes.broadcast(call.shape("real"), call.shape("imag")), "complex")


@FUNCTIONS("view_as_real")
def view_as_real(call: Call) -> Value:
    only(call, call.get("input"))
    return Tensor(Shape((*call.shape("input").parts, Dimension(2))), "float")


@FUNCTIONS("view_as_complex")
def view_as_complex(call: Call) -> Value:
    shape = call.shape("input")
    only(call, call.get("input"), "float")
    if shape.rank == 0 or not call.sizes.equal(shape.axis(-1), ONE * 2):
        raise Mismatch(f"`view_as_complex` wants 2 numbers in the last axis, but gets {shape}")
    return Tensor(shape.replaced(-1, []) or ANY, "complex")
