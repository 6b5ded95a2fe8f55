"""Rules of what makes fewer elements of many: sums, extremes, statistics."""

from __future__ import annotations

from collections.abc import Iterable

from netdsl.checking.functions.arithmetic import combined
from netdsl.checking.functions.axes import ONE, axis_of, places_of, resized_at
from netdsl.checking.functions.dtypes import alike, as_said, only, recast
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.records import replace
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Part, Shape


def reduced(call: Call, shape: Shape, dim: Value, keep: Value) -> Shape:
    """The shape without some axes, or with ones in their places; all of them if `dim` is
    None."""
    if dim is None or (isinstance(dim, Items) and not dim.elements):
        _refuse_choice_of_nothing(call, shape, range(shape.rank or 0))
        if keep is False:
            return Shape(())
        return Shape((ONE,) * shape.rank) if keep is True and shape.rank is not None else ANY
    places = places_of(call, shape, dim)
    if places is None or not isinstance(keep, bool):
        return ANY
    _refuse_choice_of_nothing(call, shape, places)
    parts: list[Part] = []
    for at, part in enumerate(shape.parts):
        if at not in places:
            parts.append(part)
        elif keep:
            parts.append(ONE)
    return Shape(tuple(parts))


_CHOOSES = frozenset(
    ("max", "min", "amax", "amin", "argmax", "argmin", "aminmax", "mode", "median", "nanmedian")
)
"""Reductions whose results are among what they reduce."""


def _refuse_choice_of_nothing(call: Call, shape: Shape, places: Iterable[int]) -> None:
    """
    Raises:
        Mismatch: there is nothing along an axis, of which one is to be chosen.
    """
    for at in places if call.name in _CHOOSES else ():
        part = shape.parts[at]
        if isinstance(part, Dimension) and not call.sizes.at_least(part, 1):
            raise Mismatch(
                f"`{call.name}` has nothing to choose from along axis {at} of {shape}",
                "reduce an axis that has elements.",
            )


def _reduced(call: Call, dtype: str | None, dim: str = "dim") -> Tensor:
    shape = reduced(call, call.shape("input"), call.get(dim), call.get("keepdim"))
    return Tensor(shape, dtype)


@FUNCTIONS("sum prod nansum", "input dim=None keepdim=False")
def summed(call: Call) -> Value:
    dtype = call.tensor("input").dtype
    if call.name == "prod" and isinstance(call.get("dim"), Items):
        raise Mismatch("`prod` multiplies along one axis", "call it once for each axis.")
    return _reduced(call, as_said(call, "int" if dtype == "bool" else dtype))


@FUNCTIONS("mean nanmean", "input dim=None keepdim=False")
def mean(call: Call) -> Value:
    if not recast(call):
        only(call, call.tensor("input"), "float")
    return _reduced(call, as_said(call, call.tensor("input").dtype))


@FUNCTIONS("amax amin", "input dim=None keepdim=False")
def amax(call: Call) -> Value:
    return _reduced(call, call.tensor("input").dtype)


@FUNCTIONS("logsumexp", "input dim keepdim=False")
def logsumexp(call: Call) -> Value:
    return _reduced(call, "float")


@FUNCTIONS("count_nonzero", "input dim=None")
def count_nonzero(call: Call) -> Value:
    return Tensor(reduced(call, call.shape("input"), call.get("dim"), False), "int")


@FUNCTIONS("std var std_mean var_mean", "input dim=None unbiased=True keepdim=False")
def spread(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    dim = call.get("dim")
    if isinstance(dim, bool):  # `x.std(False)`
        dim = None
    result = Tensor(reduced(call, call.shape("input"), dim, call.get("keepdim")), "float")
    if not call.name.endswith("mean"):
        return result
    return Items((result, replace(result, dtype=call.tensor("input").dtype)), "tuple")


@FUNCTIONS("norm", "input p=None dim=None keepdim=False")
def norm(call: Call) -> Value:
    if not recast(call):
        only(call, call.tensor("input"), "float")
    return _reduced(call, as_said(call, "float"))


@FUNCTIONS("vector_norm", "input ord=2 dim=None keepdim=False")
def vector_norm(call: Call) -> Value:
    return norm(call)


@FUNCTIONS("all any", "input dim=None keepdim=False")
def truth(call: Call) -> Value:
    known = call.tensor("input").dtype in ("float", "bool")
    return _reduced(call, "bool" if known else None)


@FUNCTIONS("argmax argmin", "input dim=None keepdim=False")
def arg(call: Call) -> Value:
    only(call, call.tensor("input"), "float", "int")
    return _reduced(call, "int")


@FUNCTIONS("max min", "input dim=None keepdim=False other=None")
def extreme(call: Call) -> Value:
    tensor, dim = call.tensor("input"), call.get("dim")
    other = call.get("other")
    if isinstance(dim, Tensor) or isinstance(other, Tensor):
        return combined(call, tensor, dim if isinstance(dim, Tensor) else other)
    if dim is None:
        return Tensor(reduced(call, tensor.shape, None, False), tensor.dtype)
    return UNKNOWN if as_int(dim) is None else _with_indices(call, dim)


@FUNCTIONS("median nanmedian", "input dim=None keepdim=False")
def median(call: Call) -> Value:
    tensor, dim = call.tensor("input"), call.get("dim")
    only(call, tensor, "float", "int")
    if dim is None:
        return Tensor(Shape(()), tensor.dtype)
    return UNKNOWN if as_int(dim) is None else _with_indices(call, dim)


@FUNCTIONS("mode", "input dim=-1 keepdim=False")
def mode(call: Call) -> Value:
    return _with_indices(call, call.get("dim"))


@FUNCTIONS("kthvalue", "input k dim=-1 keepdim=False")
def kthvalue(call: Call) -> Value:
    tensor, k = call.tensor("input"), call.number("k")
    only(call, tensor, "float", "int")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    size = None if axis is None else ONE if tensor.shape.rank == 0 else tensor.shape.axis(axis)
    if k is not None and (k < 1 or (size is not None and not call.sizes.at_least(size, k))):
        raise Mismatch(f"`kthvalue` takes number {k} of axis {axis} of {tensor.shape}")
    return _with_indices(call, call.get("dim"))


def _with_indices(call: Call, dim: Value) -> Items:
    """A named tuple of values and of where they are."""
    tensor = call.tensor("input")
    shape = reduced(call, tensor.shape, dim, call.get("keepdim"))
    return Items((Tensor(shape, tensor.dtype), Tensor(shape, "int")), "values")


@FUNCTIONS("aminmax", "input dim=None keepdim=False")
def aminmax(call: Call) -> Value:
    result = _reduced(call, call.tensor("input").dtype)
    return Items((result, result), "tuple")


@FUNCTIONS("quantile nanquantile", "input q dim=None keepdim=False")
def quantile(call: Call) -> Value:
    q = call.get("q")
    only(call, call.tensor("input"), "float")
    result = _reduced(call, "float")
    if not isinstance(q, Tensor):
        return result if isinstance(q, float) else unknown("float")
    if q.shape.rank is not None and q.shape.rank > 1:
        raise Mismatch(f"`{call.name}` wants one number or a list of them, but gets {q.shape}")
    if q.shape.rank is None:
        return unknown("float")
    return Tensor(Shape((*q.shape.parts, *result.shape.parts)), "float")


@FUNCTIONS("dist", "input other p=2")
def dist(call: Call) -> Value:
    call.sizes.broadcast(call.shape("input"), call.shape("other"))
    return Tensor(Shape(()), "float")


@FUNCTIONS("trace")
def trace(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 2)
    dtype = call.tensor("input").dtype
    only(call, call.tensor("input"), "float", "int")
    return Tensor(Shape(()), dtype)


# ---- order -------------------------------------------------------------------


@FUNCTIONS("topk", "input k dim=-1 largest=True sorted=True")
def topk(call: Call) -> Value:
    tensor, k = call.tensor("input"), size_of(call.get("k"))
    only(call, tensor, "float", "int")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    if k is not None and not call.sizes.at_least(k, 0):
        raise Mismatch(f"`topk` takes {call.sizes.known(k)} elements", "give a positive number.")
    if axis is None:
        return Items((unknown(tensor.dtype), unknown("int")), "values")
    size = tensor.shape.axis(axis) if tensor.shape.rank != 0 else ONE
    if size is not None and k is not None and not call.sizes.at_least(size - k, 0):
        raise Mismatch(
            f"`topk` takes {call.sizes.known(k)} of axis {axis} of {tensor.shape}",
            "take as many as there are at most.",
        )
    shape = tensor.shape if tensor.shape.rank == 0 else resized_at(tensor.shape, axis, [k])
    return Items((Tensor(shape, tensor.dtype), Tensor(shape, "int")), "values")


@FUNCTIONS("sort", "input dim=-1 descending=False")
def sort(call: Call) -> Value:
    tensor = call.tensor("input")
    axis_of(call, tensor.shape, call.get("dim"))
    return Items((tensor, Tensor(tensor.shape, "int")), "values")


@FUNCTIONS("argsort", "input dim=-1 descending=False")
def argsort(call: Call) -> Value:
    axis_of(call, call.shape("input"), call.get("dim"))
    return Tensor(call.shape("input"), "int")


@FUNCTIONS("msort")
def msort(call: Call) -> Value:
    return call.tensor("input")


# ---- along an axis -----------------------------------------------------------


@FUNCTIONS("trapezoid trapz", "y x=None dim=-1")
def trapezoid(call: Call) -> Value:
    tensor = call.tensor("y")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    places = call.given.get("x")
    if isinstance(places, Tensor):
        return _between(call, tensor.shape, axis, places.shape)
    return unknown() if places is UNKNOWN else Tensor(resized_at(tensor.shape, axis, []), None)


def _between(call: Call, heights: Shape, axis: int | None, places: Shape) -> Tensor:
    """The shape of an integral over samples at some places: one for each sample, along the one
    axis or along that of all."""
    if axis is None or heights.rank is None or places.rank is None:
        return unknown()
    along = 0 if places.rank == 1 else axis if axis < 0 else axis - heights.rank
    fits = -places.rank <= along < places.rank
    if not fits or not call.sizes.equal(heights.axis(axis), places.axis(along)):
        raise Mismatch(
            f"`{call.name}` of {heights} gets its samples at {places}",
            "give as many places as there are samples along the axis.",
        )
    rest = resized_at(heights, axis, [])
    if places.rank == 1:
        return Tensor(rest, None)
    return Tensor(call.sizes.broadcast(rest, resized_at(places, along, [])), None)


@FUNCTIONS("diff", "input n=1 dim=-1 prepend=None append=None")
def diff(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.number("n")
    axis = axis_of(call, tensor.shape, call.get("dim"))
    if tensor.shape.rank == 0:
        raise Mismatch("`diff` wants a tensor with axes")
    size = None if axis is None else tensor.shape.axis(axis)
    for name in ("prepend", "append"):
        _refuse_neighbour(call, tensor.shape, axis, call.given.get(name))
    plain = call.get("prepend") is None and call.get("append") is None
    number = call.sizes.number(size)
    if times is not None and times < 0:
        raise Mismatch(f"`diff` is taken {times} times")
    if not plain or times is None or (number is None and times > 1):
        return Tensor(resized_at(tensor.shape, axis, [None]), tensor.dtype)
    left = None if size is None else size - times
    if number is not None:
        left = call.sizes.known(left) if number >= times else ONE - 1
    return Tensor(resized_at(tensor.shape, axis, [left]), tensor.dtype)


def _refuse_neighbour(call: Call, shape: Shape, axis: int | None, other: Value) -> None:
    """
    Raises:
        Mismatch: what is put before or behind differs in another axis.
    """
    if not isinstance(other, Tensor) or axis is None:
        return
    one, next_to = shape.rank, other.shape.rank
    if one is None or next_to is None:
        return
    if one != next_to or not call.sizes.same_shape(
        resized_at(shape, axis, []), resized_at(other.shape, axis, [])
    ):
        raise Mismatch(
            f"`{call.name}` along axis {axis} of {shape} is continued with {other.shape}",
            "the two have the same sizes in all other axes.",
        )


@FUNCTIONS("equal is_floating_point is_complex is_same_size", "input other=None")
def python_bool(call: Call) -> Value:
    """A bool of Python, which depends on what the tensors hold."""
    return UNKNOWN


@FUNCTIONS("allclose", "input other")
def allclose(call: Call) -> Value:
    alike(call, call.get("input"), call.get("other"))
    call.sizes.broadcast(call.shape("input"), call.shape("other"))
    return UNKNOWN


@FUNCTIONS("is_nonzero")
def is_nonzero(call: Call) -> Value:
    shape = call.shape("input")
    if call.sizes.never_equal(shape.size(), 1):
        raise Mismatch(f"`{call.name}` asks for one element, but gets {shape}")
    return UNKNOWN


@FUNCTIONS("numel nelement")
def numel(call: Call) -> Value:
    return call.shape("input").size() or UNKNOWN
