"""Rules of losses: what is compared has one shape, and the result is a number or none is."""

from __future__ import annotations

from netdsl.checking.functions.axes import ONE
from netdsl.checking.functions.dtypes import only
from netdsl.checking.rules import FUNCTIONS, Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Tensor, Value
from netdsl.shapes.shape import ANY, Shape


def summed_up(call: Call, shape: Shape, dtype: str | None = "float") -> Tensor:
    """
    Raises:
        Mismatch: there is no such reduction.
    """
    reduction = call.get("reduction")
    if reduction == "none":
        return Tensor(shape, dtype)
    if not isinstance(reduction, str):
        return Tensor(ANY, dtype)
    if reduction not in ("mean", "sum", "batchmean"):
        raise Mismatch(
            f"`{call.name}` has no reduction {reduction!r}",
            'give "none", "mean" or "sum".',
            "bad-value",
        )
    return Tensor(Shape(()), dtype)


@FUNCTIONS("mse_loss", "input target size_average=None reduce=None reduction=mean")
def mse_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("l1_loss", "input target size_average=None reduce=None reduction=mean")
def l1_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("smooth_l1_loss", "input target size_average=None reduce=None reduction=mean beta=1")
def smooth_l1_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("huber_loss", "input target reduction=mean delta=1")
def huber_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("kl_div", "input target size_average=None reduce=None reduction=mean log_target=False")
def kl_div(call: Call) -> Value:
    return _broadcast_loss(call)


def _broadcast_loss(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("input"), call.shape("target"))
    ints = {call.tensor("input").dtype, call.tensor("target").dtype} - {"float"}
    return summed_up(call, shape, None if ints else "float")


@FUNCTIONS(
    "poisson_nll_loss",
    "input target log_input=True full=False size_average=None eps=0 reduce=None reduction=mean",
)
def poisson_nll_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("soft_margin_loss", "input target size_average=None reduce=None reduction=mean")
def soft_margin_loss(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank is not None and not call.sizes.same_shape(
        shape, call.sizes.broadcast(shape, call.shape("target"))
    ):
        raise Mismatch(
            f"`{call.name}` compares {shape} with {call.shape('target')}",
            "the target has the shape of the input.",
        )
    return _broadcast_loss(call)


@FUNCTIONS(
    "binary_cross_entropy", "input target weight=None size_average=None reduce=None reduction=mean"
)
def binary_cross_entropy(call: Call) -> Value:
    weight, shape = call.get("weight"), call.shape("input")
    if isinstance(weight, Tensor):
        whole = call.sizes.broadcast(shape, weight.shape)
        if not call.sizes.same_shape(shape, whole):
            raise Mismatch(f"`{call.name}` of {shape} gets weights {weight}")
    return _same_sizes(call)


@FUNCTIONS(
    "binary_cross_entropy_with_logits",
    "input target weight=None size_average=None reduce=None reduction=mean pos_weight=None",
)
def with_logits(call: Call) -> Value:
    return _same_sizes(call)


def _same_sizes(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("target")
    only(call, call.tensor("input"), "float")
    if not call.sizes.same_shape(one, other):
        raise Mismatch(f"`{call.name}` compares {one} with {other}", "the two have one shape.")
    for name in ("weight", "pos_weight"):
        given = call.given.get(name)
        if isinstance(given, Tensor):
            one = call.sizes.broadcast(one, given.shape)
    return summed_up(call, one)


@FUNCTIONS(
    "cross_entropy",
    "input target weight=None size_average=None ignore_index=-100 reduce=None reduction=mean"
    " label_smoothing=0",
)
def cross_entropy(call: Call) -> Value:
    return _classified(call)


@FUNCTIONS(
    "nll_loss",
    "input target weight=None size_average=None ignore_index=-100 reduce=None reduction=mean",
)
def nll_loss(call: Call) -> Value:
    only(call, call.tensor("target"), "int")
    return _classified(call)


def _classified(call: Call) -> Value:
    """One class, or a share of each, for each element of a batch and of space."""
    given, target = call.tensor("input"), call.tensor("target")
    one, other = given.shape, target.shape
    only(call, given, "float")
    only(call, target, "int", "float")
    if one.rank is None or other.rank is None:
        return summed_up(call, ANY)
    if one.rank == 0:
        raise Mismatch(f"`{call.name}` wants classes in its input, but gets a number")
    weight = call.given.get("weight")
    axis = 0 if one.rank == 1 else 1
    if isinstance(weight, Tensor):
        call.wants_rank(weight.shape, 1, what=" in its weights")
        if not call.sizes.equal(weight.shape.axis(0), one.axis(axis)):
            raise Mismatch(f"`{call.name}` of {one} gets weights {weight}")
    rest = Shape((*one.parts[:axis], *one.parts[axis + 1 :]))
    if target.dtype == "float" or (target.dtype is None and one.rank == other.rank):
        fits = call.sizes.same_shape(one, other)
    else:
        fits = call.sizes.same_shape(rest, other)
    if not fits:
        raise Mismatch(
            f"`{call.name}` compares classes {one} with {other}",
            "the target has the shape of the input without its axis of classes, or, as floats, all"
            " of it.",
        )
    return summed_up(call, rest)


@FUNCTIONS(
    "cosine_embedding_loss",
    "input1 input2 target margin=0 size_average=None reduce=None reduction=mean",
)
def cosine_embedding_loss(call: Call) -> Value:
    one = call.sizes.broadcast(call.shape("input1"), call.shape("input2"))
    target = call.wants_rank(call.shape("target"), 0, 1, what=" in its target")
    if one.rank is None or target.rank is None:
        return summed_up(call, ANY)
    if one.rank != target.rank + 1:
        raise Mismatch(f"`{call.name}` of {one} gets a target {target}")
    return summed_up(call, call.sizes.broadcast(Shape(one.parts[:-1]), target))


@FUNCTIONS(
    "hinge_embedding_loss",
    "input target margin=1 size_average=None reduce=None reduction=mean",
)
def hinge_embedding_loss(call: Call) -> Value:
    return _broadcast_loss(call)


@FUNCTIONS("gaussian_nll_loss", "input target var full=False eps=0 reduction=mean")
def gaussian_nll_loss(call: Call) -> Value:
    shape, spread = call.shape("input"), call.get("var")
    if isinstance(spread, Tensor) and shape.rank is not None and spread.shape.rank is not None:
        shapes = [shape, Shape(shape.parts[:-1])] if shape.rank else [shape]
        shapes += [shape.replaced(axis, [ONE]) or ANY for axis in range(shape.rank)]
        facts, fits = call.sizes.facts, False
        for each in shapes:
            fits = call.sizes.same_shape(spread.shape, each) or fits
            call.sizes.facts = facts
        if not fits:
            raise Mismatch(
                f"`{call.name}` of {shape} gets variances {spread.shape}",
                "give one for each element, or for each but along the last axis.",
            )
    return summed_up(call, call.sizes.broadcast(shape, call.shape("target")))


@FUNCTIONS(
    "margin_ranking_loss",
    "input1 input2 target margin=0 size_average=None reduce=None reduction=mean",
)
def margin_ranking_loss(call: Call) -> Value:
    shapes = [call.shape(name) for name in ("input1", "input2", "target")]
    ranks = {shape.rank for shape in shapes if shape.rank is not None}
    if len(ranks) > 1:
        raise Mismatch(f"`{call.name}` compares {shapes[0]}, {shapes[1]} and {shapes[2]}")
    return summed_up(call, call.sizes.broadcast(*shapes), None)


@FUNCTIONS(
    "triplet_margin_loss",
    "anchor positive negative margin=1 p=2 eps=0 swap=False size_average=None reduce=None"
    " reduction=mean",
)
def triplet_margin_loss(call: Call) -> Value:
    shapes = [call.shape(name) for name in ("anchor", "positive", "negative")]
    ranks = {shape.rank for shape in shapes if shape.rank is not None}
    if len(ranks) > 1:
        raise Mismatch(f"`{call.name}` compares {shapes[0]}, {shapes[1]} and {shapes[2]}")
    whole = call.sizes.broadcast(*shapes)
    return summed_up(call, whole.replaced(-1, []) or ANY)
