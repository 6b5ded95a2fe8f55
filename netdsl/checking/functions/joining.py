"""Rules of tensors that are joined, and of one that is taken apart."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.checking.functions.axes import ONE, resized_at
from netdsl.checking.functions.dtypes import promoted
from netdsl.checking.rules import FUNCTIONS, Call, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Repeated, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Part, Run, Shape


def _tensors(call: Call, name: str = "tensors") -> list[Tensor] | None:
    """The tensors that an argument lists; None if one of them is not known.

    Raises:
        Mismatch: there are none.
    """
    found = call.get(name)
    if not isinstance(found, Items):
        return None
    if not found.elements:
        raise Mismatch(f"`{call.name}` has nothing to join")
    known = [each for each in found.elements if isinstance(each, Tensor)]
    return known if len(known) == len(found.elements) else None


@FUNCTIONS("cat concat concatenate", "tensors dim=0")
def cat(call: Call) -> Value:
    found = call.get("tensors")
    if isinstance(found, Repeated) and isinstance(found.element, Tensor):
        each = found.element
        axis = call.axis(each.shape, call.get("dim"))
        return Tensor(resized_at(each.shape, axis, [None]), each.dtype)
    tensors = _tensors(call)
    if tensors is None:
        return unknown()
    return Tensor(
        _joined(call, [each.shape for each in tensors], call.get("dim")), promoted(tensors)
    )


def _joined(call: Call, shapes: list[Shape], dim: Value) -> Shape:
    """
    Raises:
        Mismatch: the shapes differ in another axis.
    """
    if any(shape.rank == 0 for shape in shapes):
        raise Mismatch(f"`{call.name}` cannot join tensors without axes", "use `stack`.")
    # torch leaves out a tensor of the shape [0], whatever the others are
    shapes = [shape for shape in shapes if not _is_nothing(call, shape)] or shapes[:1]
    ranks = {shape.rank for shape in shapes if shape.rank is not None}
    if len(ranks) > 1:
        raise Mismatch(
            f"`{call.name}` joins {_listed(shapes)}, whose numbers of axes differ",
            "add or flatten axes first.",
        )
    first = next((shape for shape in shapes if shape.rank is not None), shapes[0])
    axis = call.axis(first, dim)
    at = None if axis is None else first.place(axis)
    if axis is None or at is None:
        return Shape((None,) * first.rank) if first.rank is not None else Shape((Run(),))
    aligned = {(shape.run_at, len(shape.parts)) for shape in shapes if shape.rank is None}
    if first.rank is None and len(aligned) > 1:
        return Shape((Run(),))
    parts = list(first.parts)
    for shape in shapes:
        for here, part in enumerate(first.parts):
            if here == at or isinstance(part, Run) or shape.rank != first.rank:
                continue
            other = shape.parts[here]
            if isinstance(other, Run):
                continue
            if not call.sizes.equal(part, other):
                raise Mismatch(
                    f"`{call.name}` along axis {axis} joins {_listed(shapes)}, which differ in axis"
                    f" {here}: {call.sizes.known(part)} and {call.sizes.known(other)}",
                    "all axes but the one along which they are joined are equal.",
                )
            known = parts[here]
            assert not isinstance(known, Run)
            parts[here] = call.sizes.meet(known, other)
    parts[at] = call.sizes.known(sum_of([shape.axis(axis) for shape in shapes]))
    return Shape(tuple(parts))


def _is_nothing(call: Call, shape: Shape) -> bool:
    return shape.rank == 1 and call.sizes.number(shape.axis(0)) == 0


def sum_of(sizes: Sequence[Axis]) -> Axis:
    """The sum, if all of them are known."""
    total = Dimension(0)
    for each in sizes:
        if each is None:
            return None
        total = total + each
    return total


def _listed(shapes: list[Shape]) -> str:
    shown = [str(shape) for shape in shapes]
    return ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) > 1 else shown[0]


@FUNCTIONS("stack", "tensors dim=0")
def stack(call: Call) -> Value:
    found = call.get("tensors")
    if isinstance(found, Repeated) and isinstance(found.element, Tensor):
        return Tensor(_stacked(call, found.element.shape, None), found.element.dtype)
    tensors = _tensors(call)
    if tensors is None:
        return unknown()
    shapes = [each.shape for each in tensors]
    for shape in shapes[1:]:
        if not call.sizes.same_shape(shapes[0], shape):
            raise Mismatch(f"`stack` joins {_listed(shapes)}, which differ", "give all one shape.")
    first = next((shape for shape in shapes if shape.rank is not None), shapes[0])
    return Tensor(_stacked(call, first, Dimension(len(shapes))), promoted(tensors))


def _stacked(call: Call, shape: Shape, count: Axis) -> Shape:
    axis = call.axis(shape, call.get("dim"), extra=1)
    if axis is None or shape.rank is None:
        if axis is not None and shape.run_at is not None and 0 <= axis <= shape.run_at:
            return Shape((*shape.parts[:axis], count, *shape.parts[axis:]))
        return Shape((Run(),))
    at = axis if axis >= 0 else axis + shape.rank + 1
    return Shape((*shape.parts[:at], count, *shape.parts[at:]))


@FUNCTIONS("hstack vstack row_stack dstack column_stack", "tensors")
def side_by_side(call: Call) -> Value:
    """`cat` of tensors that got axes first: along the second one, but of vectors in `hstack`."""
    tensors = _tensors(call)
    if tensors is None or any(each.shape.rank is None for each in tensors):
        return unknown()
    grown = [_grown(call.name, each.shape) for each in tensors]
    flat = call.name == "hstack" and all(shape.rank == 1 for shape in grown)
    axis = {"vstack": 0, "row_stack": 0, "dstack": 2}.get(call.name, 0 if flat else 1)
    return Tensor(_joined(call, grown, Dimension(axis)), promoted(tensors))


def _grown(name: str, shape: Shape) -> Shape:
    parts = shape.parts
    if name == "column_stack" and len(parts) < 2:
        return Shape((*parts, ONE, ONE)[:2]) if parts else Shape((ONE, ONE))
    if name in ("vstack", "row_stack") and len(parts) < 2:
        return Shape((ONE, *(parts or (ONE,))))
    if name == "dstack" and len(parts) < 3:
        return Shape(((ONE, *parts, ONE) if len(parts) == 1 else (*parts, ONE, ONE, ONE))[:3])
    return shape if parts else Shape((ONE,))


@FUNCTIONS("broadcast_tensors", "*tensors")
def broadcast_tensors(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or not all(isinstance(x, Tensor) for x in found.elements):
        return UNKNOWN
    if not found.elements:
        return Items((), "tuple")
    shape = call.sizes.broadcast(*(each.shape for each in found.elements))
    return Items(tuple(Tensor(shape, each.dtype) for each in found.elements), "tuple")


@FUNCTIONS("meshgrid", "*tensors")
def meshgrid(call: Call) -> Value:
    found, indexing = call.get("tensors"), call.given.get("indexing", "ij")
    if isinstance(indexing, str) and indexing not in ("ij", "xy"):
        raise Mismatch(
            f"`meshgrid` has no indexing {indexing!r}", 'give "ij" or "xy".', "bad-value"
        )
    if not isinstance(found, Items) or not isinstance(indexing, str):
        return UNKNOWN
    tensors = [each for each in found.elements if isinstance(each, Tensor)]
    if len(tensors) < len(found.elements):
        return UNKNOWN
    for each in tensors:
        call.wants_rank(each.shape, 0, 1)
    if not tensors:
        raise Mismatch("`meshgrid` is given no tensors")
    if any(each.shape.rank is None for each in tensors):
        return Items((Tensor(Shape((None,) * len(tensors))),) * len(tensors), "tuple")
    parts: list[Part] = [each.shape.parts[0] if each.shape.rank else ONE for each in tensors]
    if indexing == "xy" and len(parts) > 1:
        parts[0], parts[1] = parts[1], parts[0]
    return Items(tuple(Tensor(Shape(tuple(parts)), each.dtype) for each in tensors), "tuple")


@FUNCTIONS("cartesian_prod", "*tensors")
def cartesian_prod(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or not all(isinstance(x, Tensor) for x in found.elements):
        return unknown()
    for each in found.elements:
        call.wants_rank(each.shape, 1)
    if len(found.elements) < 2:
        return found.elements[0] if found.elements else unknown()
    sizes = [each.shape.axis(0) for each in found.elements]
    total: Axis = ONE
    for size in sizes:
        total = None if total is None or size is None else total * size
    return Tensor(Shape((call.sizes.known(total), Dimension(len(sizes)))), promoted(found.elements))


@FUNCTIONS("block_diag", "*tensors")
def block_diag(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or not all(isinstance(x, Tensor) for x in found.elements):
        return unknown()
    whole = []
    for each in found.elements:
        call.wants_rank(each.shape, 0, 1, 2)
        if each.shape.rank is None:
            return Tensor(Shape((None, None)), promoted(found.elements))
        whole.append((ONE, ONE, *each.shape.axes)[-2:])
    rows, columns = (sum_of([each[at] for each in whole]) for at in (0, 1))
    return Tensor(
        Shape((call.sizes.known(rows), call.sizes.known(columns))), promoted(found.elements)
    )
