"""Rules of torch.nn's layers: linear ones, activations, norms, embeddings, attention, losses.

Sources: the Shape sections of https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from netdsl.checking.rules import LAYERS, Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Run, Shape, spelled

SAME = (
    "Identity Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout"
    " ReLU ReLU6 GELU SiLU Mish ELU CELU SELU LeakyReLU RReLU Sigmoid LogSigmoid Hardsigmoid"
    " Hardswish Hardtanh Hardshrink Softshrink Softplus Softsign Tanh Tanhshrink Threshold"
    " LocalResponseNorm CrossMapLRN2d Softmin Softmax LogSoftmax"
)


@LAYERS(SAME)
def same(call: Call) -> Value:
    """What works element by element gives the shape it gets."""
    found = call.get("input")
    if call.name in ("Softmax", "LogSoftmax", "Softmin") and isinstance(found, Tensor):
        call.axis(found.shape, call.setting("dim"))
    return found if isinstance(found, Tensor) else UNKNOWN


@LAYERS("Softmax2d")
def softmax2d(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 3, 4)
    return call.tensor("input")


@LAYERS("PReLU")
def prelu(call: Call) -> Value:
    shape, count = call.shape("input"), call.size("num_parameters")
    if call.sizes.number(count) not in (None, 1):
        axis = 1 if shape.rank is None or shape.rank > 1 else 0
        call.sizes.wants(
            shape,
            axis,
            count,
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


def features(call: Call, setting: str, what: str = "features") -> Tensor:
    """The input, whose last axis a layer's setting fixes."""
    tensor = call.tensor("input")
    shape, size = tensor.shape, call.size(setting)
    refuse_ints(call, tensor)
    call.sizes.wants(
        shape,
        -1,
        size,
        f"`{call.name}` wants {spelled(call.sizes.known(size))} {what}, but gets {shape}",
        "make the two sizes equal, or put a layer between that changes the last one.",
    )
    if not shape.parts or isinstance(shape.parts[-1], Run):
        return Tensor(Shape((*shape.parts, size)), tensor.dtype)
    return tensor


def refuse_ints(call: Call, tensor: Tensor) -> None:
    if tensor.dtype in ("int", "bool"):
        raise Mismatch(
            f"`{call.name}` computes on floats, but gets a tensor of {tensor.dtype}s",
            "convert it first: `x.float()`.",
            "wrong-dtype",
        )


@LAYERS("Linear LazyLinear")
def linear(call: Call) -> Value:
    shape = features(call, "in_features").shape
    return Tensor(shape.replaced(-1, [call.size("out_features")]) or ANY, "float")


@LAYERS("Bilinear", "input1 input2")
def bilinear(call: Call) -> Value:
    one, other = call.shape("input1"), call.shape("input2")
    for shape, name in ((one, "in1_features"), (other, "in2_features")):
        size = call.size(name)
        message = f"`bilinear` wants {spelled(size)} features in `{name}`, but gets {shape}"
        call.sizes.wants(shape, -1, size, message, "make the two sizes equal.")
    return Tensor(one.replaced(-1, [call.size("out_features")]) or ANY, "float")


# ---- norms -------------------------------------------------------------------


@LAYERS(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d"
)
def batch_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    ranks = {
        "batch_norm1d": (2, 3),
        "batch_norm2d": (4,),
        "batch_norm3d": (5,),
        "instance_norm1d": (2, 3),
        "instance_norm2d": (3, 4),
        "instance_norm3d": (4, 5),
    }.get(call.name)
    shape = tensor.shape if ranks is None else call.wants_rank(tensor.shape, *ranks)
    count = call.size("num_features")
    axis = 1
    if call.name.startswith("instance") and shape.rank is not None and ranks is not None:
        axis = 1 if shape.rank == ranks[1] else 0
        if call.flag("affine") is not True and call.flag("track_running_stats") is not True:
            return tensor
    if call.name.startswith("instance") and shape.rank is None:
        return tensor
    return Tensor(channels(call, shape, axis, count), "float", tensor.origin)


def channels(call: Call, shape: Shape, axis: int, count: Dimension | None) -> Shape:
    """The shape, whose axis of channels must have a size."""
    call.sizes.wants(
        shape,
        axis,
        count,
        f"`{call.name}` wants {spelled(call.sizes.known(count))} channels, but gets"
        f" {spelled(call.sizes.known(shape.axis(axis)))} of them: {shape}",
        "make the two sizes equal.",
    )
    return shape


@LAYERS("GroupNorm")
def group_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    return Tensor(channels(call, tensor.shape, 1, call.size("num_channels")), "float")


@LAYERS("LayerNorm RMSNorm")
def layer_norm(call: Call) -> Value:
    tensor = call.tensor("input")
    refuse_ints(call, tensor)
    wanted = call.setting("normalized_shape")
    sizes = wanted.elements if isinstance(wanted, Items) else (wanted,)
    shape = tensor.shape
    for at, size in enumerate(reversed(sizes)):
        shown = ", ".join(spelled(call.sizes.known(size_of(each))) for each in sizes)
        call.sizes.wants(
            shape,
            -at - 1,
            size_of(size),
            f"`{call.name}` normalises over [{shown}], but gets {shape}",
            "give it the sizes of the last axes.",
        )
    return tensor


# ---- embeddings --------------------------------------------------------------


@LAYERS("Embedding")
def embedding(call: Call) -> Value:
    tensor = call.tensor("input")
    if tensor.dtype in ("float", "bool", "complex"):
        raise Mismatch(
            f"`{call.name}` looks rows up by int, but gets a tensor of {tensor.dtype}s",
            "state that the input holds ints: `ids: int[B, T]`, or convert it: `x.long()`.",
            "wrong-dtype",
        )
    return Tensor(Shape((*tensor.shape.parts, call.size("embedding_dim"))), "float")


@LAYERS("EmbeddingBag", "input offsets=None per_sample_weights=None")
def embedding_bag(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank == 2:
        return Tensor(Shape((shape.parts[0], call.size("embedding_dim"))), "float")
    return Tensor(Shape((None, call.size("embedding_dim"))), "float")


# ---- recurrent ---------------------------------------------------------------


@LAYERS("RNN GRU LSTM", "input hx=None")
def recurrent(call: Call) -> Value:
    shape = call.shape("input")
    call.wants_rank(shape, 2, 3)
    wanted = call.size("input_size")
    call.sizes.wants(
        shape,
        -1,
        wanted,
        f"`{call.name}` wants {spelled(call.sizes.known(wanted))} features, but gets {shape}",
        "make the two sizes equal.",
    )
    if shape.rank is None:
        return UNKNOWN
    hidden, projected = call.size("hidden_size"), call.size("proj_size")
    ways, layers = call.flag("bidirectional"), call.size("num_layers")
    if ways is None or hidden is None or layers is None:
        return UNKNOWN
    both = 2 if ways else 1
    given = call.sizes.number(projected)
    out = projected if call.name == "lstm" and given else hidden
    assert out is not None
    output = shape.replaced(-1, [out * both])
    batch: tuple[Dimension | None, ...] = ()
    if shape.rank == 3:
        first = call.flag("batch_first")
        batch = () if first is None else (shape.axis(0 if first else 1),)
        if first is None:
            return UNKNOWN
    state = Tensor(Shape((layers * both, *batch, out)), "float")
    cell = Tensor(Shape((layers * both, *batch, hidden)), "float")
    last = Items((state, cell), "tuple") if call.name == "lstm" else state
    return Items((Tensor(output or ANY, "float"), last), "tuple")


@LAYERS("RNNCell GRUCell LSTMCell", "input hx=None")
def cell(call: Call) -> Value:
    shape, wanted = call.shape("input"), call.size("input_size")
    message = f"`{call.name}` wants {spelled(wanted)} features, but gets {shape}"
    call.wants_rank(shape, 1, 2)
    call.sizes.wants(shape, -1, wanted, message, "make the two sizes equal.")
    state = Tensor(shape.replaced(-1, [call.size("hidden_size")]) or ANY, "float")
    return Items((state, state), "tuple") if call.name == "lstm_cell" else state


# ---- attention ---------------------------------------------------------------


@LAYERS(
    "MultiheadAttention",
    "query key value key_padding_mask=None need_weights=True attn_mask=None"
    " average_attn_weights=True is_causal=False",
)
def multihead_attention(call: Call) -> Value:
    width = call.size("embed_dim")
    query, key, value = (call.shape(name) for name in ("query", "key", "value"))
    for name, shape, setting in (
        ("query", query, None),
        ("key", key, "kdim"),
        ("value", value, "vdim"),
    ):
        own = None if setting is None else call.setting(setting)
        wanted = width if own is None else size_of(own)
        call.wants_rank(shape, 2, 3)
        message = (
            f"`{call.name}` wants {spelled(call.sizes.known(wanted))} features in its {name},"
            f" but gets {shape}"
        )
        call.sizes.wants(shape, -1, wanted, message, "make the two sizes equal.")
    first = call.flag("batch_first")
    if query.rank is None or first is None:
        return UNKNOWN
    batched = query.rank == 3
    length_at, batch_at = (0, None) if not batched else (1, 0) if first else (0, 1)
    if key.rank == query.rank:
        if value.rank == query.rank and not call.sizes.equal(
            key.axis(length_at), value.axis(length_at)
        ):
            raise Mismatch(f"key and value of `{call.name}` differ in length: {key} and {value}")
        if batch_at is not None and not call.sizes.equal(query.axis(batch_at), key.axis(batch_at)):
            raise Mismatch(f"query and key of `{call.name}` differ in batch: {query} and {key}")
    output = Tensor(query, "float")
    if call.get("need_weights") is False:
        return Items((output, None), "tuple")
    if call.get("need_weights") is not True or key.rank != query.rank:
        return Items((output, UNKNOWN), "tuple")
    batch = () if batch_at is None else (query.axis(batch_at),)
    heads = () if call.get("average_attn_weights") is True else (call.size("num_heads"),)
    weights = Shape((*batch, *heads, query.axis(length_at), key.axis(length_at)))
    return Items((output, Tensor(weights, "float")), "tuple")


@LAYERS("TransformerEncoderLayer TransformerEncoder", "src mask=None src_mask=None")
def transformer_encoder(call: Call) -> Value:
    return _transformer(call, "src")


@LAYERS("TransformerDecoderLayer TransformerDecoder", "tgt memory")
def transformer_decoder(call: Call) -> Value:
    _transformer(call, "memory")
    return _transformer(call, "tgt")


@LAYERS("Transformer", "src tgt")
def transformer(call: Call) -> Value:
    _transformer(call, "src")
    return _transformer(call, "tgt")


def _transformer(call: Call, name: str) -> Tensor:
    tensor = call.tensor(name)
    refuse_ints(call, tensor)
    width = call.size("d_model")
    call.wants_rank(tensor.shape, 2, 3)
    message = (
        f"`{call.name}` wants {spelled(call.sizes.known(width))} features in `{name}`,"
        f" but gets {tensor.shape}"
    )
    call.sizes.wants(tensor.shape, -1, width, message, "make the two sizes equal.")
    return Tensor(tensor.shape, "float")


# ---- shapes ------------------------------------------------------------------


@LAYERS("PixelShuffle PixelUnshuffle")
def pixel_shuffle(call: Call) -> Value:
    shape, up = call.shape("input"), call.name == "pixel_shuffle"
    factor = call.size("upscale_factor" if up else "downscale_factor")
    if shape.rank is not None and shape.rank < 3:
        raise Mismatch(f"`{call.name}` wants 3 axes at least, but gets {shape}")
    if shape.has_axis(-3) is not True or factor is None:
        return Tensor(ANY, call.tensor("input").dtype)
    depth, height, width = (shape.axis(at) for at in (-3, -2, -1))
    if up:
        if not call.sizes.divides(factor * factor, depth):
            raise Mismatch(
                f"`{call.name}` by {factor} wants a multiple of {factor * factor} channels,"
                f" but gets {shape}"
            )
        sizes = [_over(call, depth, factor * factor), _times(height, factor), _times(width, factor)]
    else:
        if not (call.sizes.divides(factor, height) and call.sizes.divides(factor, width)):
            raise Mismatch(f"`{call.name}` by {factor} does not divide the sizes of {shape}")
        sizes = [
            _times(depth, factor * factor),
            _over(call, height, factor),
            _over(call, width, factor),
        ]
    return Tensor(Shape((*shape.parts[:-3], *sizes)), call.tensor("input").dtype)


def _over(call: Call, size: Dimension | None, factor: Dimension) -> Dimension | None:
    return None if size is None else call.sizes.known(size // factor)


def _times(size: Dimension | None, factor: Dimension) -> Dimension | None:
    return None if size is None else size * factor


@LAYERS("ChannelShuffle")
def channel_shuffle(call: Call) -> Value:
    shape, groups = call.shape("input"), call.size("groups")
    if not call.sizes.divides(groups, shape.axis(1)):
        raise Mismatch(f"{groups} groups do not divide the channels of {shape}")
    return call.tensor("input")


@LAYERS("CosineSimilarity PairwiseDistance", "x1 x2")
def similarity(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x1"), call.shape("x2"))
    if call.name == "cosine_similarity":
        axis = call.axis(shape, call.setting("dim"))
        found = None if axis is None else shape.replaced(axis, [])
        return Tensor(found or ANY, "float")
    kept = call.flag("keepdim")
    if kept is None:
        return Tensor()
    found = shape.replaced(-1, [Dimension(1)] if kept else [])
    return Tensor(found or ANY, "float")


# ---- losses ------------------------------------------------------------------


@LAYERS(
    "L1Loss MSELoss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss"
    " SoftMarginLoss",
    "input target",
)
def elementwise_loss(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("target")
    if call.name.startswith("bce") and not call.sizes.same_shape(one, other):
        raise Mismatch(f"`{call.name}` compares {one} with {other}", "give both the same shape.")
    shape = call.sizes.broadcast(one, other)
    reduced = call.setting("reduction")
    if reduced == "none":
        return Tensor(shape, "float")
    return Tensor(Shape(()) if isinstance(reduced, str) else ANY, "float")


@LAYERS("CrossEntropyLoss NLLLoss", "input target")
def cross_entropy(call: Call) -> Value:
    one, target = call.shape("input"), call.tensor("target")
    if one.rank is not None and target.shape.rank is not None and target.dtype == "int":
        classes_at = 0 if one.rank == 1 else 1
        wanted = one.replaced(classes_at, [])
        if wanted is None or not call.sizes.same_shape(wanted, target.shape):
            raise Mismatch(
                f"`{call.name}` of {one} wants a target {wanted}, but gets {target.shape}",
                "axis 1 of the input holds the classes; the target has the others.",
            )
    reduced = call.setting("reduction")
    return Tensor(Shape(()) if isinstance(reduced, str) and reduced != "none" else ANY, "float")


def known_number(value: Value) -> int | None:
    return as_int(value)
