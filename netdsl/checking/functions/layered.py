"""Rules of the functional forms of layers: linear ones, norms, distances, padding, sizes."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.checking.functions.axes import ONE, axis_of, places_of, resized_at
from netdsl.checking.functions.dtypes import alike, only
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Part, Run, Shape, product_of, spelled


@FUNCTIONS("linear", "input weight bias=None")
def linear(call: Call) -> Value:
    tensor, weight, bias = call.tensor("input"), call.shape("weight"), call.get("bias")
    alike(call, tensor, call.tensor("weight"), bias)
    shape = tensor.shape
    if weight.rank == 1:
        if not call.sizes.fits(shape, -1, weight.axis(0)):
            message = f"`linear` with a weight {weight} gets {shape}"
            raise Mismatch(message, "make the two sizes equal.")
        if isinstance(bias, Tensor):
            raise Mismatch(f"`linear` with a bias wants a weight of two axes, but gets {weight}")
        return Tensor(Shape(shape.parts[:-1]) if shape.rank else ANY, tensor.dtype)
    call.wants_rank(weight, 2, what=" in its weight")
    if weight.rank is None:
        return unknown(tensor.dtype)
    if not call.sizes.fits(shape, -1, weight.axis(1)):
        wanted = spelled(weight.axis(1))
        message = f"`linear` with a weight {weight} wants {wanted} features, but gets {shape}"
        raise Mismatch(message, "make the two sizes equal.")
    result = resized_at(shape, -1, [weight.axis(0)])
    if isinstance(bias, Tensor):
        _must_grow_to(call, bias.shape, result, "a bias")
    return Tensor(result, tensor.dtype)


def _must_grow_to(call: Call, one: Shape, whole: Shape, what: str) -> None:
    """
    Raises:
        Mismatch: a shape cannot be broadcast to another.
    """
    if one.rank is not None and whole.rank is not None and one.rank > whole.rank:
        raise Mismatch(f"`{call.name}` gets {what} {one} for {whole}")
    call.sizes.broadcast(whole, one)
    last, own = one.axis(-1), whole.axis(-1)
    if call.sizes.never_equal(last, 1) and not call.sizes.equal(last, own):
        raise Mismatch(f"`{call.name}` gets {what} {one} for {whole}")


@FUNCTIONS("bilinear", "input1 input2 weight bias=None")
def bilinear(call: Call) -> Value:
    one, other = call.shape("input1"), call.shape("input2")
    weight = call.wants_rank(call.shape("weight"), 3, what=" in its weight")
    for shape, at in ((one, 1), (other, 2)):
        if not call.sizes.fits(shape, -1, weight.axis(at)):
            message = f"`bilinear` with a weight {weight} gets {shape}"
            raise Mismatch(message, "make the two sizes equal.")
    known = one.rank is not None and other.rank is not None
    if known and not call.sizes.same_shape(Shape(one.parts[:-1]), Shape(other.parts[:-1])):
        raise Mismatch(f"`bilinear` of {one} and {other}: the axes before the last differ")
    bias = call.get("bias")
    if isinstance(bias, Tensor) and not call.sizes.equal(bias.shape.axis(0), weight.axis(0)):
        raise Mismatch(f"`bilinear` with a weight {weight} gets a bias {bias}")
    return Tensor(resized_at(one, -1, [weight.axis(0)]), "float")


# ---- norms -------------------------------------------------------------------


@FUNCTIONS("layer_norm rms_norm", "input normalized_shape weight=None bias=None")
def layer_norm(call: Call) -> Value:
    shape, wanted = call.shape("input"), call.get("normalized_shape")
    only(call, call.tensor("input"), "float")
    if not isinstance(wanted, Items) or any(isinstance(x, Run) for x in wanted.elements):
        return Tensor(shape, "float")
    sizes = [size_of(each) for each in wanted.elements]
    shown = ", ".join(map(spelled, sizes))
    if not sizes:
        raise Mismatch(f"`{call.name}` normalises over no axis", "give it the last sizes.")
    for at, size in enumerate(reversed(sizes)):
        if not call.sizes.fits(shape, -at - 1, size):
            message = f"`{call.name}` normalises over [{shown}], but gets {shape}"
            raise Mismatch(message, "give it the last sizes.")
    for name in ("weight", "bias"):
        given = call.given.get(name)
        if isinstance(given, Tensor) and not call.sizes.same_shape(
            given.shape, Shape(tuple(sizes))
        ):
            raise Mismatch(f"`{call.name}` over [{shown}] gets a {name} {given.shape}")
    return Tensor(shape, "float")


@FUNCTIONS(
    "batch_norm", "input running_mean=None running_var=None weight=None bias=None training=False"
)
def batch_norm(call: Call) -> Value:
    shape = call.shape("input")
    only(call, call.tensor("input"), "float")
    if shape.rank is not None and shape.rank < 2:
        raise Mismatch(f"`batch_norm` wants 2 axes at least, but gets {shape}")
    _channels_fit(call, shape, ("running_mean", "running_var", "weight", "bias"))
    if call.get("training") is True and shape.rank is not None:
        _several(call, shape, (shape.parts[0], *shape.parts[2:]))
    return Tensor(shape, "float")


@FUNCTIONS(
    "instance_norm",
    "input running_mean=None running_var=None weight=None bias=None use_input_stats=True",
)
def instance_norm(call: Call) -> Value:
    shape = call.shape("input")
    only(call, call.tensor("input"), "float")
    if shape.rank is not None and shape.rank < 2:
        raise Mismatch(f"`instance_norm` wants a batch and channels, but gets {shape}")
    _channels_fit(call, shape, ("running_mean", "running_var", "weight", "bias"))
    if call.get("use_input_stats") is True and shape.rank is not None:
        _several(call, shape, shape.parts[2:])
    return Tensor(shape, "float")


def _several(call: Call, shape: Shape, parts: Sequence[Part]) -> None:
    """
    Raises:
        Mismatch: there is one number for each channel, of which there is no spread.
    """
    if call.sizes.number(product_of(parts)) == 1:
        raise Mismatch(f"`{call.name}` of {shape} has one number for each channel, and no spread")


@FUNCTIONS("group_norm", "input num_groups weight=None bias=None")
def group_norm(call: Call) -> Value:
    shape, groups = call.shape("input"), size_of(call.get("num_groups"))
    only(call, call.tensor("input"), "float")
    if shape.rank is not None and shape.rank < 2:
        raise Mismatch(f"`group_norm` wants 2 axes at least, but gets {shape}")
    count = shape.axis(1)
    if groups is not None and not call.sizes.at_least(groups, 1):
        raise Mismatch(f"`group_norm` makes {call.sizes.known(groups)} groups")
    if not call.sizes.divides(groups, count):
        raise Mismatch(
            f"`group_norm` makes {spelled(groups)} groups of {spelled(count)} channels of {shape}",
            "the number of groups divides that of channels.",
        )
    _channels_fit(call, shape, ("weight", "bias"))
    return Tensor(shape, "float")


def _channels_fit(call: Call, shape: Shape, names: Sequence[str]) -> None:
    """
    Raises:
        Mismatch: what a norm has for each channel is of another size.
    """
    for name in names:
        given = call.given.get(name)
        count = given.shape.axis(0) if isinstance(given, Tensor) else None
        if not call.sizes.equal(count, shape.axis(1)):
            raise Mismatch(
                f"`{call.name}` of {shape} gets a `{name}` {given}",
                "give one number for each channel.",
            )


@FUNCTIONS("local_response_norm", "input size")
def local_response_norm(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank is not None and shape.rank < 3:
        raise Mismatch(f"`local_response_norm` wants 3 axes at least, but gets {shape}")
    return call.tensor("input")


@FUNCTIONS("normalize", "input p=2 dim=1")
def normalize(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    places_of(call, call.shape("input"), call.get("dim"))
    return call.tensor("input")


@FUNCTIONS("glu", "input dim=-1")
def glu(call: Call) -> Value:
    shape = call.shape("input")
    only(call, call.tensor("input"), "float")
    if shape.rank == 0:
        raise Mismatch("`glu` wants a tensor with axes")
    axis = call.axis(shape, call.get("dim"))
    if axis is None:
        return unknown("float")
    size = shape.axis(axis)
    if not call.sizes.divides(Dimension(2), size):
        raise Mismatch(f"`glu` halves axis {axis} of {shape}, which is odd")
    half = None if size is None else call.sizes.known(size // 2)
    return Tensor(resized_at(shape, axis, [half]), "float")


# ---- distances ---------------------------------------------------------------


@FUNCTIONS("cosine_similarity", "x1 x2 dim=1")
def cosine_similarity(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x1"), call.shape("x2"))
    axis = axis_of(call, shape, call.get("dim"))
    return Tensor(shape if shape.rank == 0 else resized_at(shape, axis, []), "float")


@FUNCTIONS("pairwise_distance", "x1 x2 p=2 eps=0 keepdim=False")
def pairwise_distance(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x1"), call.shape("x2"))
    keep = call.get("keepdim")
    if not isinstance(keep, bool):
        return unknown("float")
    if shape.rank == 0:
        return unknown("float")
    return Tensor(resized_at(shape, -1, [ONE] if keep else []), "float")


@FUNCTIONS("cdist", "x1 x2 p=2")
def cdist(call: Call) -> Value:
    one, other = call.shape("x1"), call.shape("x2")
    for each in (one, other):
        only(call, call.tensor("x1"), "float")
        if each.rank is not None and each.rank < 2:
            raise Mismatch(f"`cdist` wants 2 axes at least, but gets {each}")
    if one.rank is None or other.rank is None:
        return unknown("float")
    if not call.sizes.equal(one.axis(-1), other.axis(-1)):
        raise Mismatch(f"`cdist` of {one} and {other}: the points differ in width")
    head = call.sizes.broadcast(Shape(one.parts[:-2]), Shape(other.parts[:-2]))
    return Tensor(Shape((*head.parts, one.parts[-2], other.parts[-2])), "float")
