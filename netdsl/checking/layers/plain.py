"""Rules of linear layers, activations, norms and embeddings.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.checking.layers.common import at_least_rank, channels, features, refuse_ints
from netdsl.checking.rules import LAYERS, Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape, product_of, spelled

SAME = (
    "Identity Dropout Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout"
    " ReLU ReLU6 GELU SiLU Mish ELU CELU SELU LeakyReLU RReLU Sigmoid LogSigmoid Hardsigmoid"
    " Hardswish Hardtanh Hardshrink Softshrink Softplus Softsign Tanh Tanhshrink Threshold"
    " Softmin Softmax LogSoftmax"
)


@LAYERS(SAME)
def same(call: Call) -> Value:
    """What works element by element gives the shape it gets."""
    found = call.get("input")
    if call.name in ("softmax", "log_softmax", "softmin") and isinstance(found, Tensor):
        call.axis(found.shape, call.setting("dim"))
    return found if isinstance(found, Tensor) else UNKNOWN


@LAYERS("LocalResponseNorm CrossMapLRN2d")
def response_norm(call: Call) -> Value:
    if call.name == "cross_map_lrn2d":
        call.wants_rank(call.shape("input"), 4)
    else:
        at_least_rank(call, call.shape("input"), 3)
    return call.tensor("input")


@LAYERS("Dropout1d")
def dropout1d(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 2, 3)
    return call.tensor("input")


@LAYERS("Softmax2d")
def softmax2d(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 3, 4)
    return call.tensor("input")


@LAYERS("PReLU")
def prelu(call: Call) -> Value:
    shape, count = call.shape("input"), call.size("num_parameters")
    if call.sizes.number(count) not in (None, 1):
        axis = 1 if shape.rank is None or shape.rank > 1 else 0
        if not call.sizes.fits(shape, axis, count):
            raise Mismatch(
                f"`{call.name}` has {spelled(count)} parameters, but its input is {shape}",
                "give `num_parameters` the size of axis 1.",
            )
    return call.tensor("input")


@LAYERS("GLU")
def glu(call: Call) -> Value:
    shape = call.shape("input")
    axis = call.axis(shape, call.setting("dim"))
    if axis is None:
        return Tensor()
    size = shape.axis(axis)
    if not call.sizes.divides(Dimension(2), size):
        raise Mismatch(f"`glu` halves axis {axis} of {shape}, which is odd")
    half = None if size is None else call.sizes.known(size // 2)
    return Tensor(shape.replaced(axis, [half]) or ANY, "float")


@LAYERS("Linear LazyLinear")
def linear(call: Call) -> Value:
    shape = features(call, "in_features").shape
    return Tensor(shape.replaced(-1, [call.size("out_features")]) or ANY, "float")


@LAYERS("Bilinear", "input1 input2")
def bilinear(call: Call) -> Value:
    one, other = call.shape("input1"), call.shape("input2")
    for shape, name in ((one, "in1_features"), (other, "in2_features")):
        size = call.size(name)
        if not call.sizes.fits(shape, -1, size):
            raise Mismatch(
                f"`bilinear` wants {spelled(size)} features in `{name}`, but gets {shape}",
                "make the two sizes equal.",
            )
    known = one.rank is not None and other.rank is not None
    if known and not call.sizes.same_shape(Shape(one.parts[:-1]), Shape(other.parts[:-1])):
        raise Mismatch(f"`bilinear` of {one} and {other}: the axes before the last differ")
    return Tensor(one.replaced(-1, [call.size("out_features")]) or ANY, "float")


# ---- norms -------------------------------------------------------------------


@LAYERS(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d"
    " LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d"
    " LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d"
)
def batch_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    name = call.name.removeprefix("lazy_")
    ranks = {
        "batch_norm1d": (2, 3),
        "batch_norm2d": (4,),
        "batch_norm3d": (5,),
        "instance_norm1d": (2, 3),
        "instance_norm2d": (3, 4),
        "instance_norm3d": (4, 5),
    }.get(name)
    shape = tensor.shape if ranks is None else call.wants_rank(tensor.shape, *ranks)
    count = call.size("num_features")
    axis = 1
    if name.startswith("instance") and shape.rank is not None and ranks is not None:
        axis = 1 if shape.rank == ranks[1] else 0
        lazy = axis == 0 and call.name.startswith("lazy")
        if lazy and not call.sizes.fits(shape, 0, shape.axis(1)):
            message = f"`{call.name}` takes its channels from axis 1, but {shape} has no batch"
            raise Mismatch(message, "give it a batch.")
        _refuse_single(call, shape, shape.axes[axis + 1 :])
        if call.flag("affine") is not True and call.flag("track_running_stats") is not True:
            return tensor
    if name.startswith("instance") and shape.rank is None:
        return tensor
    return Tensor(channels(call, shape, axis, count), "float", tensor.origin)


def _refuse_single(call: Call, shape: Shape, space: Sequence[Axis]) -> None:
    """
    Raises:
        Mismatch: what is normalised is one element, which has no deviation.
    """
    count = product_of(space)
    alone = count is not None and call.sizes.number(count) == 1
    if alone and call.flag("track_running_stats") is False:
        raise Mismatch(
            f"`{call.name}` normalises over the axes of space, and {shape} has one element there",
            "take it away, or use it before the axes get that small.",
        )


@LAYERS("GroupNorm")
def group_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    shape = channels(call, tensor.shape, 1, call.size("num_channels"))
    count, groups = product_of(shape.axes), call.size("num_groups")
    single = None if count is None or groups is None else call.sizes.number(count - groups) == 0
    if single and shape.rank is not None:
        raise Mismatch(
            f"`{call.name}` normalises each group, and those of {shape} have one element",
            "take fewer groups.",
        )
    return Tensor(shape, "float")


@LAYERS("LayerNorm RMSNorm")
def layer_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    wanted = call.setting("normalized_shape")
    sizes = wanted.elements if isinstance(wanted, Items) else (wanted,)
    shape = tensor.shape
    if call.name == "layer_norm" and not sizes:
        raise Mismatch(
            f"`{call.name}` normalises over no axis", "give it the size of the last one."
        )
    for at, size in enumerate(reversed(sizes)):
        if not call.sizes.fits(shape, -at - 1, size_of(size)):
            shown = ", ".join(spelled(call.sizes.known(size_of(each))) for each in sizes)
            raise Mismatch(
                f"`{call.name}` normalises over [{shown}], but gets {shape}",
                "give it the sizes of the last axes.",
            )
    return tensor


# ---- embeddings --------------------------------------------------------------


@LAYERS("Embedding")
def embedding(call: Call) -> Value:
    tensor = call.tensor("input")
    _refuse_all_but_ints(call, tensor)
    return Tensor(Shape((*tensor.shape.parts, call.size("embedding_dim"))), "float")


def _refuse_all_but_ints(call: Call, tensor: Tensor) -> None:
    """
    Raises:
        Mismatch: rows are looked up by what is no int.
    """
    if tensor.dtype in ("float", "bool", "complex"):
        raise Mismatch(
            f"`{call.name}` looks rows up by int, but gets a tensor of {tensor.dtype}s",
            "state that the input holds ints: `ids: int[B, T]`, or convert it: `x.long()`.",
            "wrong-dtype",
        )


@LAYERS("EmbeddingBag", "input offsets=None per_sample_weights=None")
def embedding_bag(call: Call) -> Value:
    tensor = call.tensor("input")
    _refuse_all_but_ints(call, tensor)
    shape = call.wants_rank(tensor.shape, 1, 2)
    if shape.rank == 1 and call.given.get("offsets") is None:
        raise Mismatch(
            f"`{call.name}` gets one row of ints, {shape}, and no `offsets`",
            "say where the bags begin: `bag(x, offsets)`, or give a row for each.",
        )
    if shape.rank == 2:
        return Tensor(Shape((shape.parts[0], call.size("embedding_dim"))), "float")
    return Tensor(Shape((None, call.size("embedding_dim"))), "float")
