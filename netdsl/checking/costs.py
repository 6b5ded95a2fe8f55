"""The sizes of the parameters that torch's layers have themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netdsl import limits
from netdsl.checking.rules import per_axis, size_of
from netdsl.checking.values import UNKNOWN, Items, Module, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Shape, product_of

Sizes = tuple[Axis, ...]
Parameters = Iterator[tuple[str, Sizes]]
Settings = Mapping[str, Value]


def parameters_of(module: Module) -> dict[str, Axis]:
    """The numbers of elements of a torch layer's own parameters, by name."""
    return {name: product_of(sizes) for name, sizes in own_sizes_of(module)}


def own_sizes_of(module: Module) -> Parameters:
    """As `sizes_of`, but for the parameters that are worked out of others."""
    return (each for each in sizes_of(module) if each[0] not in module.parametrized)


MADE = ("ParametrizationList", "SpectralNorm")
"""Classes that torch makes for layers one of whose parameters is worked out of others. Here their
arguments are what they hold."""


def _held(settings: Settings) -> Parameters:
    for name, value in settings.items():
        if isinstance(value, Tensor):
            yield name, value.shape.axes


def parameter(module: Module, name: str) -> Value:
    """A parameter that a torch layer itself has; None if it is made without."""
    if module.cls.torch not in _PARAMETERS or "." in name:
        return UNKNOWN
    found = dict(sizes_of(module))
    if name in found:
        plain = module.arguments.get("dtype") is None
        return Tensor(Shape(found[name]), "float" if plain else None)
    decided = all(isinstance(module.arguments.get(each, True), bool) for each in _SWITCHES)
    return None if decided and found.keys() <= _ALL and name in _ALL else UNKNOWN


_SWITCHES = ("bias", "affine", "elementwise_affine")
_ALL = {"weight", "bias"}


def sizes_of(module: Module) -> Parameters:
    """The sizes of a torch layer's own parameters, by name, in torch's order."""
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


def number_of_layers(settings: Settings, name: str) -> int | None:
    """How many layers are stacked, if that is known and can be followed."""
    count = _get(settings, name)
    number = None if count is None else count.as_int()
    return None if number is None or number > limits.current().items else number


def _recurrent(gates: int, cell: bool) -> Callable[[Settings], Parameters]:
    def rule(settings: Settings) -> Parameters:
        inputs, hidden = _get(settings, "input_size"), _get(settings, "hidden_size")
        if hidden is None:
            yield "weight", (None,)
            return
        projected = None if cell else _get(settings, "proj_size")
        kept = projected if projected is not None and projected.as_int() else hidden
        layers = 1 if cell else number_of_layers(settings, "num_layers")
        if layers is None:
            yield "weight", (None,)
            return
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


def _recurrent_base(settings: Settings) -> Parameters:
    return _of_gates(_GATES.get(settings.get("mode", UNKNOWN)), False, settings)


def _recurrent_cell_base(settings: Settings) -> Parameters:
    return _of_gates(as_int(settings.get("num_chunks")), True, settings)


_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _of_gates(gates: int | None, cell: bool, settings: Settings) -> Parameters:
    """The parameters of as many gates as a setting tells."""
    if gates is None:
        yield "weight_ih" if cell else "weight_ih_l0", (None, _get(settings, "input_size"))
    else:
        yield from _recurrent(gates, cell)(settings)


def _attention(settings: Settings) -> Parameters:
    width = _get(settings, "embed_dim")
    inner = [settings.get(name) for name in ("kdim", "vdim")]
    key, value = (width if each is None else size_of(each) for each in inner)
    times = None if width is None else width * 3
    if (key, value) == (width, width):
        yield "in_proj_weight", (times, width)
    else:
        yield "q_proj_weight", (width, width)
        yield "k_proj_weight", (width, key)
        yield "v_proj_weight", (width, value)
    if _has(settings, "bias"):
        yield "in_proj_bias", (times,)
    if settings.get("add_bias_kv") is True:
        yield "bias_k", (Dimension(1), Dimension(1), width)
        yield "bias_v", (Dimension(1), Dimension(1), width)


_PARAMETERS: dict[str, Callable[[Settings], Parameters]] = {
    "Linear": _linear,
    "ParametrizationList": _held,
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
    "RNNBase": _recurrent_base,
    "RNNCellBase": _recurrent_cell_base,
    "MultiheadAttention": _attention,
}  # fmt: skip
