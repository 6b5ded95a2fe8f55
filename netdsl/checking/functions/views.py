"""Rules of views: other sizes, other orders of axes, as many elements."""

from __future__ import annotations

from collections.abc import Callable

from netdsl.checking.functions.axes import ONE, axis_of, places_of, sizes_in
from netdsl.checking.rules import FUNCTIONS, Call, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.facts import divide_exactly
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape, product_of


@FUNCTIONS("view", "input *size")
def view(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("size")
    if not isinstance(wanted, Items):  # `x.view(dtype)` looks the same as `x.view(size)`
        return unknown()
    return Tensor(viewed(call, tensor.shape, wanted), tensor.dtype)


@FUNCTIONS("reshape", "input *shape")
def reshape(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("shape")
    if not isinstance(wanted, Items):
        return unknown(tensor.dtype)
    return Tensor(viewed(call, tensor.shape, wanted), tensor.dtype)


def viewed(call: Call, shape: Shape, wanted: Items) -> Shape:
    """The shape after a view: as many elements, of which one size may be -1."""
    parts = sizes_in(call, wanted) or []
    if any(isinstance(part, Run) for part in parts):
        return _viewed_behind_run(call, shape, parts)
    left = [at for at, part in enumerate(parts) if part is not None and part == -1]
    if len(left) > 1:
        raise Mismatch(f"`{call.name}` can work out one size, but -1 is given {len(left)} times")
    total = shape.size()
    given = product_of(part for at, part in enumerate(parts) if at not in left)
    if total is None or given is None:
        return Shape(tuple(None if at in left else part for at, part in enumerate(parts)))
    shown = f"[{', '.join(map(str, parts))}]"
    if not left:
        if not call.sizes.equal(total, given):
            raise Mismatch(
                f"`{call.name}` of {shape} to {shown} would change the number of elements:"
                f" {call.sizes.known(total)} to {call.sizes.known(given)}",
                "the products of the sizes are equal.",
            )
        return Shape(tuple(map(_known(call), parts)))
    if call.sizes.number(given) == 0 or not call.sizes.divides(given, total):
        raise Mismatch(
            f"`{call.name}` of {shape} to {shown}: {call.sizes.known(given)} does not divide"
            f" {call.sizes.known(total)}",
            "what stands beside -1 divides the number of elements.",
        )
    parts[left[0]] = quotient(call, total, given)
    return Shape(tuple(map(_known(call), parts)))


def _viewed_behind_run(call: Call, shape: Shape, parts: list[Part]) -> Shape:
    """A view that keeps leading axes as they are."""
    run = next(part for part in parts if isinstance(part, Run))
    if run in shape.parts and shape.parts[0] == run and parts[0] == run:
        rest = viewed(call, Shape(shape.parts[1:]), Items(tuple(map(_as_value, parts[1:]))))
        return Shape((run, *rest.parts))
    if sum(isinstance(part, Run) for part in parts) > 1:
        return ANY
    return Shape(tuple(None if part == -1 else part for part in parts))


def _as_value(part: Part) -> Value:
    return UNKNOWN if part is None else part


def quotient(call: Call, total: Dimension, given: Dimension) -> Axis:
    """What is left for -1."""
    whole, part = call.sizes.known(total), call.sizes.known(given)
    assert whole is not None and part is not None
    found = divide_exactly(whole, part, call.sizes.facts)
    if found is not None:
        return found
    try:
        return call.sizes.known(total // given)
    except ArithmeticError:
        return None


def _known(call: Call) -> Callable[[Part], Part]:
    def known(part: Part) -> Part:
        return part if isinstance(part, Run) else call.sizes.known(part)

    return known


@FUNCTIONS("view_as reshape_as", "input other")
def view_as(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    if not call.sizes.equal(one.size(), other.size()):
        raise Mismatch(
            f"`{call.name}`: {one} and {other} have other numbers of elements",
            "the products of the sizes are equal.",
        )
    return Tensor(other, call.tensor("input").dtype)


@FUNCTIONS("flatten", "input start_dim=0 end_dim=-1")
def flatten(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(
        flattened(call, tensor.shape, call.get("start_dim"), call.get("end_dim")), tensor.dtype
    )


@FUNCTIONS("ravel")
def ravel(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(flattened(call, tensor.shape, Dimension(0), Dimension(-1)), tensor.dtype)


def flattened(call: Call, shape: Shape, start: Value, end: Value) -> Shape:
    first, last = axis_of(call, shape, start), axis_of(call, shape, end)
    if first is None or last is None:
        return ANY
    if shape.rank == 0:
        return Shape((ONE,))
    begin, finish = shape.place(first), shape.place(last)
    if begin is None or finish is None:
        if begin is not None and last == -1:
            return Shape((*shape.parts[:begin], None))
        return Shape((Run(), None)) if last == -1 else ANY
    if begin > finish:
        raise Mismatch(f"`{call.name}` begins at axis {first} of {shape}, behind its end, {last}")
    if any(isinstance(part, Run) for part in shape.parts[begin : finish + 1]):
        return Shape((*shape.parts[:begin], None, *shape.parts[finish + 1 :]))
    merged = product_of(shape.parts[begin : finish + 1])
    merged = call.sizes.known(merged)
    return Shape((*shape.parts[:begin], merged, *shape.parts[finish + 1 :]))


@FUNCTIONS("unflatten", "input dim sizes")
def unflatten(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(unflattened(call, tensor.shape, call.get("dim"), call.get("sizes")), tensor.dtype)


def unflattened(call: Call, shape: Shape, dim: Value, sizes: Value) -> Shape:
    axis = call.axis(shape, dim)
    if axis is None or not isinstance(sizes, Items):
        return ANY
    if shape.rank == 0 or not sizes.elements:
        raise Mismatch(f"`{call.name}` takes an axis of {shape} apart into nothing")
    inner = viewed(call, Shape((shape.axis(axis),)), sizes)
    return shape.replaced(axis, inner.parts) or ANY


# ---- the order of axes -------------------------------------------------------


@FUNCTIONS("transpose swapdims transpose_ swapdims_", "input dim0 dim1")
def transpose(call: Call) -> Value:
    return _swapped(call, call.get("dim0"), call.get("dim1"))


@FUNCTIONS("swapaxes swapaxes_", "input axis0 axis1")
def swapaxes(call: Call) -> Value:
    return _swapped(call, call.get("axis0"), call.get("axis1"))


def _swapped(call: Call, a: Value, b: Value) -> Tensor:
    tensor = call.tensor("input")
    shape = tensor.shape
    one, other = axis_of(call, shape, a), axis_of(call, shape, b)
    if shape.rank == 0:
        return tensor
    first = None if one is None else shape.place(one)
    second = None if other is None else shape.place(other)
    if first is None or second is None:
        if shape.rank is not None:
            return Tensor(Shape((None,) * shape.rank), tensor.dtype)
        return unknown(tensor.dtype)
    parts = list(shape.parts)
    parts[first], parts[second] = parts[second], parts[first]
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("t t_")
def t(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank is None:
        return unknown(call.tensor("input").dtype)
    if shape.rank > 2:
        raise Mismatch(f"`t` wants 2 axes at most, but gets {shape}", "use `transpose(-2, -1)`.")
    return Tensor(Shape(tuple(reversed(shape.parts))), call.tensor("input").dtype)


@FUNCTIONS("adjoint")
def adjoint(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank == 0:
        return call.tensor("input")
    if shape.rank == 1:
        raise Mismatch(f"`adjoint` wants 2 axes at least, but gets {shape}")
    return _swapped(call, Dimension(-1), Dimension(-2))


@FUNCTIONS("permute", "input *dims")
def permute(call: Call) -> Value:
    tensor, order = call.tensor("input"), call.get("dims")
    if not isinstance(order, Items):
        return unknown(tensor.dtype)
    shape, count = tensor.shape, len(order.elements)
    places = places_of(call, shape, order)
    fits = shape.least_rank <= count if shape.rank is None else shape.rank == count
    if not fits:
        raise Mismatch(
            f"`permute` puts {count} axes in order, but gets {shape}", "name every axis once."
        )
    if shape.rank is None or places is None:
        return Tensor(Shape((None,) * count), tensor.dtype)
    return Tensor(Shape(tuple(shape.parts[at] for at in places)), tensor.dtype)


@FUNCTIONS("movedim moveaxis", "input source destination")
def movedim(call: Call) -> Value:
    tensor = call.tensor("input")
    shape = tensor.shape
    source, target = call.get("source"), call.get("destination")
    froms, tos = places_of(call, shape, source), places_of(call, shape, target)
    counts = [len(x.elements) if isinstance(x, Items) else 1 for x in (source, target)]
    if UNKNOWN not in (source, target) and counts[0] != counts[1]:
        raise Mismatch(f"`{call.name}` moves {counts[0]} axes to {counts[1]} places")
    if shape.rank is None or froms is None or tos is None:
        return unknown(tensor.dtype)
    placed: dict[int, Part] = {b: shape.parts[a] for a, b in zip(froms, tos, strict=True)}
    rest = iter(part for at, part in enumerate(shape.parts) if at not in froms)
    parts = tuple(placed[at] if at in placed else next(rest) for at in range(shape.rank))
    return Tensor(Shape(parts), tensor.dtype)


@FUNCTIONS("rot90", "input k=1 dims=None")
def rot90(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.number("k")
    dims = call.get("dims")
    places = [0, 1] if dims is None else places_of(call, tensor.shape, dims)
    if tensor.shape.rank is not None and tensor.shape.rank < 2:
        raise Mismatch(f"`rot90` wants 2 axes at least, but gets {tensor.shape}")
    if isinstance(dims, Items) and len(dims.elements) != 2:
        raise Mismatch(f"`rot90` turns 2 axes, but is given {len(dims.elements)}")
    if tensor.shape.rank is None or places is None or times is None or len(places) != 2:
        return unknown(tensor.dtype)
    if times % 2 == 0:
        return tensor
    parts, (one, other) = list(tensor.shape.parts), places
    parts[one], parts[other] = parts[other], parts[one]
    return Tensor(Shape(tuple(parts)), tensor.dtype)
