"""Rules of one tensor that is taken apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from netdsl import limits
from netdsl.checking.functions.axes import resized_at
from netdsl.checking.functions.joining import sum_of
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Repeated, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.facts import divides
from netdsl.shapes.questions import Truth
from netdsl.shapes.shape import Axis


def _cut(tensor: Tensor, axis: int, sizes: Sequence[Axis]) -> Items:
    parts = (Tensor(resized_at(tensor.shape, axis, [each]), tensor.dtype) for each in sizes)
    return Items(tuple(parts), "tuple")


def _cut_into(tensor: Tensor, axis: int, count: int, size: Callable[[int], Axis]) -> Value:
    """So many parts, as long as that can be followed; `size` tells how large each is."""
    if count > limits.current().items:
        return _any_number(tensor, axis)
    return _cut(tensor, axis, [size(at) for at in range(count)])


def _any_number(tensor: Tensor, axis: int | None) -> Repeated:
    """Parts, of which it is not known how many there are."""
    return Repeated(Tensor(resized_at(tensor.shape, axis, [None]), tensor.dtype))


def _divided_axis(call: Call, tensor: Tensor, dim: Value) -> int | None:
    if tensor.shape.rank == 0:
        raise Mismatch(f"`{call.name}` wants a tensor with axes")
    return call.axis(tensor.shape, dim)


@FUNCTIONS("chunk", "input chunks dim=0")
def chunk(call: Call) -> Value:
    tensor, count = call.tensor("input"), call.number("chunks")
    axis = _divided_axis(call, tensor, call.get("dim"))
    if count is not None and count < 1:
        raise Mismatch(f"`chunk` makes {count} parts", "make one at least.")
    if count is None or axis is None:
        return _any_number(tensor, axis)
    size = tensor.shape.axis(axis)
    total = call.sizes.number(size)
    if total is None:
        if size is None or divides(count, size, call.sizes.facts) is not Truth.ALWAYS:
            return _any_number(tensor, axis)
        part = call.sizes.known(size // count)
        return _cut_into(tensor, axis, count, lambda at: part)
    step = -(-total // count)
    return _in_steps(tensor, axis, total, step) if step else _empty(tensor, axis, count)


def _in_steps(tensor: Tensor, axis: int, total: int, step: int) -> Value:
    """Parts of one size, of which the last may be smaller."""
    return _cut_into(
        tensor, axis, -(-total // step), lambda at: Dimension(min(step, total - at * step))
    )


def _empty(tensor: Tensor, axis: int, count: int) -> Value:
    return _cut_into(tensor, axis, count, lambda at: Dimension(0))


@FUNCTIONS("split", "input split_size dim=0 split_size_or_sections=None")
def split(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("split_size")
    if wanted is UNKNOWN and call.get("split_size_or_sections") is not None:
        wanted = call.get("split_size_or_sections")
    axis = _divided_axis(call, tensor, call.get("dim"))
    if isinstance(wanted, Items):
        return _by_sizes(call, tensor, axis, wanted)
    step = call.sizes.number(size_of(wanted))
    size = None if axis is None else tensor.shape.axis(axis)
    total = call.sizes.number(size)
    if step is not None and (step < 0 or (step == 0 and total != 0)):
        raise Mismatch(f"`split` takes parts of {step}", "give a positive number.")
    if axis is None or step is None or total is None:
        if axis is not None and size is not None and call.sizes.surely_equal(size, size_of(wanted)):
            return Items((tensor,), "tuple")
        return _any_number(tensor, axis)
    return _in_steps(tensor, axis, total, step) if total else _empty(tensor, axis, 1)


@FUNCTIONS("split_with_sizes", "input split_sizes dim=0")
def split_with_sizes(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("split_sizes")
    axis = _divided_axis(call, tensor, call.get("dim"))
    if not isinstance(wanted, Items):
        return _any_number(tensor, axis)
    return _by_sizes(call, tensor, axis, wanted)


def _by_sizes(call: Call, tensor: Tensor, axis: int | None, wanted: Items) -> Value:
    sizes = [size_of(each) for each in wanted.elements]
    if axis is None:
        return Items(tuple(unknown(tensor.dtype) for _ in sizes), "tuple")
    for each in sizes:
        if each is not None and not call.sizes.at_least(each, 0):
            raise Mismatch(f"`{call.name}` takes a part of {call.sizes.known(each)}")
    total = sum_of(sizes)
    if not call.sizes.equal(total, tensor.shape.axis(axis)):
        raise Mismatch(
            f"`{call.name}` takes {call.sizes.known(total)} of axis {axis} of {tensor.shape}",
            "the sizes of the parts add up to the size of the axis.",
        )
    return _cut(tensor, axis, sizes)


@FUNCTIONS("tensor_split", "input sections dim=0 indices=None")
def tensor_split(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = _divided_axis(call, tensor, call.get("dim"))
    return _at_indices(call, tensor, axis, call.get("sections"))


def _at_indices(call: Call, tensor: Tensor, axis: int | None, sections: Value) -> Value:
    """Parts as even as can be, or those between indices."""
    total = None if axis is None else call.sizes.number(tensor.shape.axis(axis))
    count = as_int(sections)
    if count is not None and count < 1:
        raise Mismatch(f"`{call.name}` makes {count} parts", "make one at least.")
    if axis is None or total is None:
        if axis is not None and count is not None:
            return _cut_into(tensor, axis, count, lambda at: None)
        return _any_number(tensor, axis)
    if count is not None:
        least, more = divmod(total, count)
        return _cut_into(tensor, axis, count, lambda at: Dimension(least + (at < more)))
    if not isinstance(sections, Items) or None in map(as_int, sections.elements):
        return _any_number(tensor, axis)
    ends = [as_int(each) for each in sections.elements]
    cuts = [0, *(each for each in ends if each is not None), None]
    lengths = [len(range(total)[one:other]) for one, other in pairwise(cuts)]
    return _cut(tensor, axis, list(map(Dimension, lengths)))


@FUNCTIONS("hsplit vsplit dsplit", "input sections")
def split_along(call: Call) -> Value:
    tensor, sections = call.tensor("input"), call.get("sections")
    rank = tensor.shape.rank
    least = {"hsplit": 1, "vsplit": 2, "dsplit": 3}[call.name]
    if rank is None:
        return UNKNOWN
    if rank < least:
        raise Mismatch(f"`{call.name}` wants {least} axes at least, but gets {tensor.shape}")
    axis = {"hsplit": 1 if rank > 1 else 0, "vsplit": 0, "dsplit": 2}[call.name]
    count, size = as_int(sections), tensor.shape.axis(axis)
    if count is not None and count > 0 and not call.sizes.divides(Dimension(count), size):
        raise Mismatch(f"`{call.name}` makes {count} parts of axis {axis} of {tensor.shape}")
    return _at_indices(call, tensor, axis, sections)


@FUNCTIONS("unbind", "input dim=0")
def unbind(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = _divided_axis(call, tensor, call.get("dim"))
    part = Tensor(resized_at(tensor.shape, axis, []), tensor.dtype)
    count = None if axis is None else call.sizes.number(tensor.shape.axis(axis))
    if count is None or count > limits.current().items:
        return Repeated(part)
    return Items((part,) * count, "tuple")
