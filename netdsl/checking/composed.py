"""What torch's layers are made of: their own parameters and buffers, and the layers below them.

Names and order are those of the `state_dict` of torch 2.13, whose sources make them:
https://github.com/pytorch/pytorch/tree/v2.13.0/torch/nn/modules
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from netdsl import limits, torchlib
from netdsl.checking.costs import MADE, own_sizes_of
from netdsl.checking.rules import size_of
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Items,
    Module,
    Named,
    Tensor,
    Value,
    as_int,
    torch_class,
)
from netdsl.records import replace
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis

Settings = Mapping[str, Value]
Sizes = tuple[Axis, ...] | None
"""The sizes of a tensor; None if not even their number is known."""
Below = Iterator[tuple[str, Value]]

_DECIDES = frozenset(
    (
        "bias", "affine", "elementwise_affine", "track_running_stats", "num_layers", "mode",
        "bidirectional", "proj_size", "hidden_size", "kdim", "vdim", "embed_dim", "d_model",
        "add_bias_kv", "num_encoder_layers", "num_decoder_layers", "custom_encoder",
        "custom_decoder", "cutoffs", "n_classes", "in_features", "div_value", "out_features",
        "weight", "pos_weight", "_random_samples", "modules", "kwargs", "values",
    )
)  # fmt: skip
"""The settings on which it depends which tensors a layer has."""


def is_told(layer: Module) -> bool:
    """Whether it is known which tensors a layer of torch has."""
    name, settings = layer.cls.torch, layer.arguments
    found = torchlib.layer(name)
    if found is None:
        return name in MADE
    if name in ("ParameterList", "ParameterDict"):
        return not _elements(settings.get("values", settings.get("parameters")))
    if name == "Upsample":
        return True
    takes = [each.name for each in found.signature.parameters if each.name in _DECIDES]
    return not any(settings.get(each) is UNKNOWN for each in takes)


# ---- a layer's own tensors -----------------------------------------------------


def parameters_of(layer: Module) -> dict[str, Sizes]:
    """A layer's own parameters, in torch's order."""
    found = torchlib.layer(layer.cls.torch)
    if found is not None and layer.cls.torch.startswith("Lazy"):
        return {key: None for key in found.parameters if _is_made(layer.arguments, key)}
    return dict(own_sizes_of(layer))


def _is_made(settings: Settings, key: str) -> bool:
    """Whether a lazy layer, whose sizes its first input tells, has a parameter."""
    if settings.get("affine", True) is False:
        return False
    return key != "bias" or settings.get("bias", True) is not False


def buffers_of(layer: Module) -> dict[str, Sizes]:
    """A layer's own buffers that are saved, in torch's order."""
    settings = layer.arguments
    found = torchlib.layer(layer.cls.torch)
    if layer.cls.torch == "SpectralNorm":
        return {name: _sizes(value) for name, value in settings.items()}
    known = {} if found is None else found.buffers
    if "running_mean" in known:
        if settings.get("track_running_stats", True) is False:
            return {}
        lazy = layer.cls.torch.startswith("Lazy")
        size: Sizes = None if lazy else (size_of(settings.get("num_features")),)
        return {"running_mean": size, "running_var": size, "num_batches_tracked": ()}
    given = {name: settings.get(name) for name in known}
    return {name: _sizes(value) for name, value in given.items() if value is not None}


def _sizes(value: Value) -> Sizes:
    known = isinstance(value, Tensor) and value.shape.rank is not None
    return value.shape.axes if known else None


# ---- what a layer is made of ---------------------------------------------------


def layers_of(layer: Module) -> dict[str, Value]:
    """The modules that a layer of torch holds, by name, in torch's order."""
    if layer.parts is None:
        rule = _HOLD.get(layer.cls.torch)
        layer.parts = {} if rule is None else dict(rule(layer))
        if layer.parametrized:
            found = Module(torch_class("ModuleDict"), layer.span)
            found.items = dict(layer.parametrized)
            layer.parts["parametrizations"] = found
    return layer.parts


def is_given(layer: Module) -> bool:
    """Whether a container was given all its modules as one value, or none at all."""
    settings = layer.arguments
    given = settings.get("modules", settings.get("kwargs", UNKNOWN))
    return given is None or isinstance(given, Items | Named)


def _made(layer: Module, name: str, **settings: Value) -> Module:
    """A layer inside another one, which has its dtype."""
    return Module(Class(name), layer.span, {"dtype": layer.arguments.get("dtype"), **settings})


def _linear(layer: Module, inputs: Axis, outputs: Axis, bias: Value) -> Module:
    return _made(layer, "Linear", in_features=inputs, out_features=outputs, bias=bias)


def _norm(layer: Module, width: Axis, bias: Value) -> Module:
    settings = {"normalized_shape": width, "elementwise_affine": True, "bias": bias}
    return _made(layer, "LayerNorm", **settings)


def _container(layer: Module, name: str, values: list[Value]) -> Module:
    found = Module(Class(name), layer.span)
    found.items = {str(at): value for at, value in enumerate(values)}
    return found


def _attention(layer: Module) -> Below:
    width = size_of(layer.arguments.get("embed_dim"))
    yield "out_proj", _linear(layer, width, width, layer.arguments.get("bias", True))


def _transformer_layer(layer: Module) -> Below:
    settings = layer.arguments
    width, hidden = size_of(settings.get("d_model")), size_of(settings.get("dim_feedforward"))
    bias = settings.get("bias", True)
    names = ["self_attn"]
    if layer.cls.torch == "TransformerDecoderLayer":
        names.append("multihead_attn")
    for name in names:
        yield name, _made(layer, "MultiheadAttention", embed_dim=width, bias=bias)
    yield "linear1", _linear(layer, width, hidden, bias)
    yield "linear2", _linear(layer, hidden, width, bias)
    for at in range(len(names) + 1):
        yield f"norm{at + 1}", _norm(layer, width, bias)


def _stack(layer: Module) -> Below:
    settings = layer.arguments
    inner = settings.get("encoder_layer", settings.get("decoder_layer", UNKNOWN))
    count = as_int(settings.get("num_layers"))
    if count is not None and count > limits.current().items:
        count = None
    many = [copied(inner, {}) for _ in range(count or 0)]
    yield "layers", UNKNOWN if count is None else _container(layer, "ModuleList", many)
    yield "norm", settings.get("norm")


def copied(value: Value, seen: dict[int, Module]) -> Value:
    """A copy of a module and of all below it: what they share, their copies share."""
    match value:
        case Module():
            if id(value) in seen:
                return seen[id(value)]
            found = seen[id(value)] = replace(value)
            found.arguments = {key: copied(each, seen) for key, each in value.arguments.items()}
            found.attributes = {key: copied(each, seen) for key, each in value.attributes.items()}
            made = value.parametrized
            found.parametrized = {name: replace(each) for name, each in made.items()}
            found.parts = None
            if value.parts is not None:
                found.parts = {key: copied(each, seen) for key, each in value.parts.items()}
            if value.items is not None:
                found.items = {key: copied(each, seen) for key, each in value.items.items()}
            found.tied = {
                name: None if origin is None else (copied(origin[0], seen), origin[1])
                for name, origin in value.tied.items()
            }
            return found
        case Items(elements, kind):
            return Items(tuple(copied(each, seen) for each in elements), kind)
        case _:
            return value


def _transformer(layer: Module) -> Below:
    settings = layer.arguments
    width, bias = size_of(settings.get("d_model")), settings.get("bias", True)
    for word in ("encoder", "decoder"):
        own = settings.get(f"custom_{word}")
        if own is not None:
            yield word, own
            continue
        kind = word.capitalize()
        given = {
            f"{word}_layer": _made(layer, f"Transformer{kind}Layer", **settings),
            "num_layers": settings.get(f"num_{word}_layers", UNKNOWN),
            "norm": _norm(layer, width, bias),
        }
        yield word, _made(layer, f"Transformer{kind}", **given)


def _adaptive(layer: Module) -> Below:
    """Words in clusters: the frequent ones beside one output for each cluster of the others,
    whose width falls from one to the next."""
    settings = layer.arguments
    ends = [as_int(each) for each in _elements(settings.get("cutoffs"))]
    ends.append(as_int(settings.get("n_classes")))
    inputs, rate = as_int(settings.get("in_features")), settings.get("div_value")
    number = rate if isinstance(rate, float) else as_int(rate)
    if inputs is None or not number:
        yield "head", UNKNOWN
        yield "tail", UNKNOWN
        return
    width = Dimension(inputs)
    first = None if ends[0] is None else Dimension(ends[0] + len(ends) - 1)
    yield "head", _linear(layer, width, first, settings.get("head_bias", False))
    tail: list[Value] = []
    for at, (low, high) in enumerate(pairwise(ends)):
        inner = Dimension(int(inputs // number ** (at + 1)))
        outputs = None if low is None or high is None else Dimension(high - low)
        two = [_linear(layer, width, inner, False), _linear(layer, inner, outputs, False)]
        tail.append(_container(layer, "Sequential", [*two]))
    yield "tail", _container(layer, "ModuleList", tail)


def _loss(layer: Module) -> Below:
    settings = layer.arguments
    outputs = size_of(settings.get("num_classes"))
    for each in map(size_of, _elements(settings.get("out_features"))):
        outputs = None if outputs is None or each is None else outputs * each
    inputs = size_of(settings.get("in_features"))
    yield "linear", _linear(layer, inputs, outputs, settings.get("bias", False))


def _held(layer: Module) -> Below:
    yield from ((name, each) for name, each in layer.arguments.items() if isinstance(each, Module))


def _parallel(layer: Module) -> Below:
    yield "module", layer.arguments.get("module", UNKNOWN)


def _given(layer: Module) -> Below:
    """The modules that a container was given as one value."""
    settings = layer.arguments
    match settings.get("modules", settings.get("kwargs")):
        case Items(elements):
            yield from ((str(at), each) for at, each in enumerate(elements))
        case Named(values):
            yield from values.items()


def _elements(value: Value) -> tuple[Value, ...]:
    match value:
        case Items(elements):
            return elements
        case Named(values, True):
            return tuple(values.values())
        case None:
            return ()
        case _:
            return (UNKNOWN,)


_HOLD: dict[str, Callable[[Module], Below]] = {
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": _transformer_layer,
    "TransformerDecoderLayer": _transformer_layer,
    "TransformerEncoder": _stack,
    "TransformerDecoder": _stack,
    "Transformer": _transformer,
    "AdaptiveLogSoftmaxWithLoss": _adaptive,
    "LinearCrossEntropyLoss": _loss,
    "DataParallel": _parallel,
    "ParametrizationList": _held,
    "Container": _given,
    "ModuleList": _given,
    "ModuleDict": _given,
}
