"""The sizes of the parameters of torch's layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netdsl.checking.rules import per_axis, size_of
from netdsl.checking.values import UNKNOWN, Items, Module, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Shape, product_of

Sizes = tuple[Axis, ...]
Parameters = Iterator[tuple[str, Sizes]]
Settings = Mapping[str, Value]


def parameters_of(module: Module) -> dict[str, Axis]:
    """The numbers of elements of a torch layer's own parameters, by name."""
    return {name: product_of(sizes) for name, sizes in _sizes_of(module)}


def parameter(module: Module, name: str) -> Value:
    """A parameter that a torch layer itself has; None if it is made without."""
    if module.cls.torch not in _PARAMETERS or "." in name:
        return UNKNOWN
    found = dict(_sizes_of(module))
    if name in found:
        plain = module.arguments.get("dtype") is None
        return Tensor(Shape(found[name]), "float" if plain else None)
    decided = all(isinstance(module.arguments.get(each, True), bool) for each in _SWITCHES)
    return None if decided and found.keys() <= _ALL and name in _ALL else UNKNOWN


_SWITCHES = ("bias", "affine", "elementwise_affine")
_ALL = {"weight", "bias"}


def _sizes_of(module: Module) -> Parameters:
    rule = _PARAMETERS.get(module.cls.torch)
    return iter(()) if rule is None else rule(module.arguments)


def _get(settings: Settings, name: str) -> Axis:
    return size_of(settings.get(name, UNKNOWN))


def _has(settings: Settings, name: str) -> bool:
    return settings.get(name, True) is not False


def _linear(settings: Settings) -> Parameters:
    out = _get(settings, "out_features")
    yield "weight", (out, _get(settings, "in_features"))
    if _has(settings, "bias"):
        yield "bias", (out,)


def _bilinear(settings: Settings) -> Parameters:
    out = _get(settings, "out_features")
    yield "weight", (out, _get(settings, "in1_features"), _get(settings, "in2_features"))
    if _has(settings, "bias"):
        yield "bias", (out,)


def _conv(count: int, transposed: bool) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        first, second = _get(settings, "out_channels"), _get(settings, "in_channels")
        groups = _get(settings, "groups")
        out = first
        if transposed:
            first, second = second, first
        inner = None if second is None or groups is None else second // groups
        yield "weight", (first, inner, *per_axis(settings.get("kernel_size"), count))
        if _has(settings, "bias"):
            yield "bias", (out,)

    return rule


def _norm(size: str, switch: str) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        wanted = settings.get(size, UNKNOWN)
        sizes = wanted.elements if isinstance(wanted, Items) else (wanted,)
        shape = tuple(map(size_of, sizes))
        if settings.get(switch) is True:
            yield "weight", shape
            if _has(settings, "bias") and size != "rms":
                yield "bias", shape

    return rule


def _rms_norm(settings: Settings) -> Parameters:
    found = dict(_norm("normalized_shape", "elementwise_affine")(settings))
    if "weight" in found:
        yield "weight", found["weight"]


def _table(settings: Settings) -> Parameters:
    yield "weight", (_get(settings, "num_embeddings"), _get(settings, "embedding_dim"))


def _prelu(settings: Settings) -> Parameters:
    yield "weight", (_get(settings, "num_parameters"),)


def _recurrent(gates: int, cell: bool) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        inputs, hidden = _get(settings, "input_size"), _get(settings, "hidden_size")
        if hidden is None:
            yield "weight", (None,)
            return
        projected = None if cell else _get(settings, "proj_size")
        kept = projected if projected is not None and projected.as_int() else hidden
        layers = 1 if cell else (_get(settings, "num_layers") or Dimension(1)).as_int() or 1
        ways = ["", "_reverse"] if settings.get("bidirectional") is True else [""]
        for layer in range(layers):
            width = inputs if layer == 0 else kept * len(ways)
            for way in ways:
                name = "" if cell else f"_l{layer}{way}"
                yield f"weight_ih{name}", (hidden * gates, width)
                yield f"weight_hh{name}", (hidden * gates, kept)
                if _has(settings, "bias"):
                    yield f"bias_ih{name}", (hidden * gates,)
                    yield f"bias_hh{name}", (hidden * gates,)
                if kept is not hidden:
                    yield f"weight_hr{name}", (kept, hidden)

    return rule


def _attention(settings: Settings) -> Parameters:
    width = _get(settings, "embed_dim")
    if width is None:
        yield "in_proj_weight", (None,)
        return
    key, value = settings.get("kdim"), settings.get("vdim")
    if key is None and value is None:
        yield "in_proj_weight", (width * 3, width)
    else:
        yield "q_proj_weight", (width, width)
        yield "k_proj_weight", (width, width if key is None else size_of(key))
        yield "v_proj_weight", (width, width if value is None else size_of(value))
    if _has(settings, "bias"):
        yield "in_proj_bias", (width * 3,)
        yield "out_proj.bias", (width,)
    yield "out_proj.weight", (width, width)
    if settings.get("add_bias_kv") is True:
        yield "bias_k", (Dimension(1), Dimension(1), width)
        yield "bias_v", (Dimension(1), Dimension(1), width)


def _transformer_layer(attentions: int) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        width, hidden = _get(settings, "d_model"), _get(settings, "dim_feedforward")
        bias = _has(settings, "bias")
        inner = {"embed_dim": width, "kdim": None, "vdim": None, "bias": bias}
        for at in range(attentions):
            for name, sizes in _attention(inner):
                yield f"attention{at}.{name}", sizes
        yield "linear1.weight", (hidden, width)
        yield "linear2.weight", (width, hidden)
        for at in range(attentions + 1):
            yield f"norm{at}.weight", (width,)
        if bias:
            yield "linear1.bias", (hidden,)
            yield "linear2.bias", (width,)
            for at in range(attentions + 1):
                yield f"norm{at}.bias", (width,)

    return rule


def _stack(key: str, attentions: int) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        layer, count = settings.get(key), _get(settings, "num_layers")
        number = None if count is None else count.as_int()
        if not isinstance(layer, Module) or number is None:
            yield "layers", (None,)
            return
        for at in range(number):
            for name, sizes in _transformer_layer(attentions)(layer.arguments):
                yield f"layers.{at}.{name}", sizes
        norm = settings.get("norm")
        if isinstance(norm, Module):
            for name, size in parameters_of(norm).items():
                yield f"norm.{name}", (size,)
        elif norm is not None:
            yield "norm", (None,)

    return rule


def _transformer(settings: Settings) -> Parameters:
    for word, attentions in (("encoder", 1), ("decoder", 2)):
        count = _get(settings, f"num_{word}_layers")
        number = None if count is None else count.as_int()
        if number is None or settings.get(f"custom_{word}") is not None:
            yield word, (None,)
            continue
        for at in range(number):
            for name, sizes in _transformer_layer(attentions)(settings):
                yield f"{word}.layers.{at}.{name}", sizes
        yield f"{word}.norm.weight", (_get(settings, "d_model"),)
        if _has(settings, "bias"):
            yield f"{word}.norm.bias", (_get(settings, "d_model"),)


_PARAMETERS: dict[str, Callable[[Settings], Parameters]] = {
    "Linear": _linear,
    "Bilinear": _bilinear,
    **{f"Conv{count}d": _conv(count, False) for count in (1, 2, 3)},
    **{f"ConvTranspose{count}d": _conv(count, True) for count in (1, 2, 3)},
    **{f"{kind}Norm{count}d": _norm("num_features", "affine")
       for kind in ("Batch", "Instance") for count in (1, 2, 3)},
    "SyncBatchNorm": _norm("num_features", "affine"),
    "GroupNorm": _norm("num_channels", "affine"),
    "LayerNorm": _norm("normalized_shape", "elementwise_affine"),
    "RMSNorm": _rms_norm,
    "Embedding": _table,
    "EmbeddingBag": _table,
    "PReLU": _prelu,
    "RNN": _recurrent(1, False),
    "GRU": _recurrent(3, False),
    "LSTM": _recurrent(4, False),
    "RNNCell": _recurrent(1, True),
    "GRUCell": _recurrent(3, True),
    "LSTMCell": _recurrent(4, True),
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": _transformer_layer(1),
    "TransformerDecoderLayer": _transformer_layer(2),
    "TransformerEncoder": _stack("encoder_layer", 1),
    "TransformerDecoder": _stack("decoder_layer", 2),
    "Transformer": _transformer,
}  # fmt: skip
