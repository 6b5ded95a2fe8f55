"""The shape of `x[...]`."""

from __future__ import annotations

from netdsl.checking.functions.axes import ONE
from netdsl.checking.rules import Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Number, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.facts import less_equal
from netdsl.shapes.questions import Truth
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape


def subscripted(call: Call, shape: Shape, subscripts: list[Value]) -> Shape:
    """The shape after an index: `subscripts` are ints, bools, None (a new axis), Ellipsis, slices
    as `Items` of kind `slice`, lists of ints, and tensors."""
    if len(subscripts) == 1 and isinstance(subscripts[0], Items) and subscripts[0].kind == "tuple":
        subscripts = list(subscripts[0].elements)
    if any(each is UNKNOWN or each == Number() for each in subscripts):
        return ANY
    used = sum(map(_takes, subscripts))
    if None in map(_axes_of, subscripts):
        return ANY
    if shape.rank is not None and used > shape.rank:
        raise Mismatch(f"{used} indices for {shape}", "give one for each axis at most.")
    if sum(each is ... for each in subscripts) > 1:
        return ANY
    parts: list[Part] = []
    rest = list(shape.parts)
    chosen: list[tuple[int, Shape]] = []
    for at, each in enumerate(subscripts):
        if each is None:
            parts.append(ONE)
        elif isinstance(each, bool):
            chosen.append((len(parts), Shape((ONE if each else ONE - 1,))))
        elif each is ...:
            behind = sum(map(_takes, subscripts[at + 1 :]))
            if shape.rank is None and not _run_before(rest, behind):
                return ANY
            keep = len(rest) - behind
            parts += rest[:keep]
            rest = rest[keep:]
        else:
            taken = _takes(each)
            if len(rest) < taken or any(isinstance(part, Run) for part in rest[:taken]):
                return ANY
            axes = [part for part in rest[:taken] if not isinstance(part, Run)]
            rest = rest[taken:]
            index = _index(call, shape, axes, each)
            if isinstance(index, Shape):
                chosen.append((len(parts), index))
            elif not isinstance(index, bool):
                parts.append(index)
            elif chosen or _tensors_follow(subscripts[at:]):
                chosen.append((len(parts), Shape(())))
    return _with_chosen(call, [*parts, *rest], chosen)


def refuse_written(call: Call, part: Shape, value: Value) -> None:
    """
    Raises:
        Mismatch: a value cannot be written into a part of a tensor.
    """
    if not isinstance(value, Tensor) or part.rank is None or value.shape.rank is None:
        return
    if value.shape.rank > part.rank or not call.sizes.same_shape(
        part, call.sizes.broadcast(part, value.shape)
    ):
        raise Mismatch(
            f"{value.shape} cannot be written into {part}",
            "counted from the last, its sizes are those of the part, or 1.",
        )


def without_ones(shape: Shape) -> Shape:
    """The shape without the axes of 1 before all others, which an assignment does not mind."""
    parts = list(shape.parts)
    while parts and parts[0] == ONE:
        parts.pop(0)
    return Shape(tuple(parts))


def _takes(each: Value) -> int:
    """How many axes an index takes."""
    if each is None or each is ... or isinstance(each, bool):
        return 0
    return _axes_of(each) or 0


def _axes_of(each: Value) -> int | None:
    """As `_takes`, or None if that is not known: a mask takes as many axes as it has."""
    if isinstance(each, Tensor):
        if each.dtype == "int":
            return 1
        return each.shape.rank if each.dtype == "bool" else 1 if each.dtype else None
    return 1


def _run_before(rest: list[Part], behind: int) -> bool:
    """Whether the last `behind` parts are axes, all of them behind the run."""
    run = (
        next(at for at, part in enumerate(rest) if isinstance(part, Run))
        if any(isinstance(part, Run) for part in rest)
        else -1
    )
    return len(rest) - run - 1 >= behind


def _tensors_follow(subscripts: list[Value]) -> bool:
    return any(isinstance(each, Tensor) for each in subscripts)


def _index(call: Call, shape: Shape, axes: list[Axis], each: Value) -> Axis | Shape | bool:
    """What an index makes of the axes that it takes: a size, the axes of a tensor of indices, or
    nothing (True).

    Raises:
        Mismatch: it is out of range.
    """
    if isinstance(each, Tensor):
        if each.dtype == "float":
            raise Mismatch(
                "a tensor of floats cannot be an index",
                "index by ints or bools: `x[i.long()]`, `x[mask > 0]`.",
                "wrong-dtype",
            )
        if each.dtype == "int":
            return each.shape
        for one, other in zip(each.shape.axes, axes, strict=True):
            if not call.sizes.equal(one, other):
                raise Mismatch(
                    f"a mask of shape {each.shape} cannot choose from {shape}",
                    "a mask has the sizes of the axes that it chooses from.",
                )
        return Shape((None,))
    if isinstance(each, Items) and each.kind == "slice":
        return sliced(call, axes[0], each)
    if isinstance(each, Items):
        for element in each.elements:
            _in_range(call, shape, axes[0], element)
        return Shape((Dimension(len(each.elements)),))
    _in_range(call, shape, axes[0], each)
    return True


def _with_chosen(call: Call, parts: list[Part], chosen: list[tuple[int, Shape]]) -> Shape:
    """The axes of tensors of indices, which are broadcast, stand where the first of them does if
    nothing stands between them, and in front otherwise."""
    if not chosen:
        return Shape(tuple(parts))
    index = call.sizes.broadcast(*(each for _, each in chosen))
    places = {at for at, _ in chosen}
    at = chosen[0][0] if len(places) == 1 else 0
    whole = Shape((*parts[:at], *index.parts, *parts[at:]))
    return whole if sum(isinstance(part, Run) for part in whole.parts) < 2 else ANY


def _in_range(call: Call, shape: Shape, size: Axis, index: Value) -> None:
    at = as_int(index)
    if at is None or size is None:
        return
    if not call.sizes.at_least(size, at + 1 if at >= 0 else -at):
        known = call.sizes.known(size)
        number = None if known is None else known.as_int()
        raise Mismatch(
            f"index {at} is out of range for {known} of {shape}",
            f"the last has index {number - 1}." if number else None,
        )


def sliced(call: Call, size: Axis, bounds: Items) -> Axis:
    """How much of an axis a slice takes."""
    lower, upper, step = bounds.elements
    by = 1 if step is None else as_int(step)
    if by is not None and by < 1:
        raise Mismatch(f"a slice of a tensor has a step of {by}", "use `flip` to turn it around.")
    if lower is None and upper is None and by == 1:
        return size
    if size is None or by is None:
        return None
    low = Dimension(0) if lower is None else size_of(lower)
    high = size if upper is None else size_of(upper)
    if low is None or high is None:
        return None
    low, high = _clamped(call, low, size), _clamped(call, high, size)
    if low is None or high is None:
        return None
    length = call.sizes.known(high - low)
    if length is None or not _surely(call, length):
        number = call.sizes.number(length)
        return Dimension(0) if number is not None and number < 0 else None
    return call.sizes.known((length + (by - 1)) // by)


def _surely(call: Call, length: Dimension) -> bool:
    return less_equal(0, length, call.sizes.facts) is Truth.ALWAYS


def _clamped(call: Call, bound: Dimension, size: Dimension) -> Axis:
    """A bound of a slice as it counts: from the end if negative, and inside the axis."""
    facts = call.sizes.facts
    if less_equal(bound, -1, facts) is Truth.ALWAYS:
        bound = size + bound
        if less_equal(0, bound, facts) is Truth.ALWAYS:
            return call.sizes.known(bound)
        return Dimension(0) if less_equal(bound, 0, facts) is Truth.ALWAYS else None
    if less_equal(0, bound, facts) is not Truth.ALWAYS:
        return None
    if less_equal(bound, size, facts) is Truth.ALWAYS:
        return call.sizes.known(bound)
    return call.sizes.known(size) if less_equal(size, bound, facts) is Truth.ALWAYS else None
