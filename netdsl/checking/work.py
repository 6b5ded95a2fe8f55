"""The multiply-adds of what layers and functions compute, in training.

They are counted where torch's FlopCounterMode counts (two flops each): products of matrices,
convolutions, attention, what recurrent layers and Transformers make of these.
Source: https://docs.pytorch.org/docs/stable/generated/torch.utils.flop_counter.FlopCounterMode.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from netdsl.checking.costs import number_of_layers
from netdsl.checking.rules import Call, per_axis, size_of
from netdsl.checking.values import Module, Tensor, Value
from netdsl.patterns import compiled
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape, product_of

Settings = Mapping[str, Value]
Given = Mapping[str, Value]
NONE = Dimension(0)
"""What is not counted costs nothing."""


def layer_work(name: str, settings: Settings, given: Given, result: Value) -> Axis:
    """The multiply-adds of a torch layer, None where they are not known. `given` are its inputs,
    by the names of its rule."""
    rule = _LAYERS.get(name)
    with suppress(ArithmeticError):
        return NONE if rule is None else rule(settings, given, result)
    return None


def function_work(call: Call, result: Value) -> Axis:
    """The multiply-adds of a function of torch, None where they are not known."""
    with suppress(ArithmeticError):
        return _function(call, result)
    return None


def _function(call: Call, result: Value) -> Axis:
    shape = result.shape if isinstance(result, Tensor) else ANY
    match call.name:
        case "matmul" | "mm" | "bmm" | "@" | "linear":
            return _times(shape.size(), call.shape("input").axis(-1))
        case "addmm":
            return _times(shape.size(), call.shape("mat1").axis(-1))
        case "baddbmm":
            return _times(shape.size(), call.shape("batch1").axis(-1))
        case "scaled_dot_product_attention":
            query, key, value = (call.shape(each) for each in ("query", "key", "value"))
            scores = _times(Shape(query.parts[:-1]).size(), key.axis(-2))
            return _sum(_times(scores, query.axis(-1)), _times(scores, value.axis(-1)))
        case "einsum":
            return _einsum(call)
        case "conv1d" | "conv2d" | "conv3d":
            return _times(shape.size(), product_of(call.shape("weight").parts[1:]))
        case "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d":
            return _times(call.shape("input").size(), product_of(call.shape("weight").parts[1:]))
        case _:
            return NONE


# ---- layers ------------------------------------------------------------------


def _get(settings: Settings, name: str) -> Axis:
    return size_of(settings.get(name))


def _shape(given: Given, name: str) -> Shape:
    found = given.get(name)
    return found.shape if isinstance(found, Tensor) else ANY


def _linear(settings: Settings, given: Given, result: Value) -> Axis:
    shape = result.shape if isinstance(result, Tensor) else ANY
    return _times(shape.size(), _get(settings, "in_features"))


def _conv(count: int, transposed: bool) -> Callable[[Settings, Given, Value], Axis]:
    def work(settings: Settings, given: Given, result: Value) -> Axis:
        shape = result.shape if isinstance(result, Tensor) else ANY
        over = _shape(given, "input") if transposed else shape
        inner = product_of(per_axis(settings.get("kernel_size"), count))
        depth = _get(settings, "out_channels" if transposed else "in_channels")
        groups = _get(settings, "groups")
        if depth is None or groups is None:
            return None
        return _times(over.size(), _times(depth // groups, inner))

    return work


def _recurrent(gates: int) -> Callable[[Settings, Given, Value], Axis]:
    def work(settings: Settings, given: Given, result: Value) -> Axis:
        shape = _shape(given, "input")
        width, hidden = _get(settings, "input_size"), _get(settings, "hidden_size")
        layers, projected = number_of_layers(settings, "num_layers"), _get(settings, "proj_size")
        steps = product_of(shape.parts[:-1])
        if width is None or hidden is None or layers is None:
            return None
        ways = 2 if settings.get("bidirectional") is True else 1
        kept = projected if projected is not None and projected.as_int() else hidden
        total: Dimension = NONE
        for at in range(layers):
            taken = width if at == 0 else kept * ways
            total += hidden * gates * (taken + kept) * ways
            if kept is not hidden:
                total += hidden * kept * ways
        return _times(steps, total)

    return work


def _cell(gates: int) -> Callable[[Settings, Given, Value], Axis]:
    def work(settings: Settings, given: Given, result: Value) -> Axis:
        width, hidden = _get(settings, "input_size"), _get(settings, "hidden_size")
        if width is None or hidden is None:
            return None
        batch = product_of(_shape(given, "input").parts[:-1])
        return _times(batch, hidden * gates * (width + hidden))

    return work


def _attended(width: Axis, steps: Axis, query: Axis, key: Axis, batch: Axis) -> Axis:
    """The scores and what they weigh; `steps` more keys than there are."""
    if steps is None or key is None:
        return None
    return _times(_times(_times(batch, query), key + steps), _times(width, Dimension(2)))


def _attention(settings: Settings, given: Given, result: Value) -> Axis:
    query, key, value = (_shape(given, each) for each in ("query", "key", "value"))
    return _heads(settings, "embed_dim", query, key, value)


def _heads(settings: Settings, width_name: str, query: Shape, key: Shape, value: Shape) -> Axis:
    """Attention with its projections."""
    width, first = _get(settings, width_name), settings.get("batch_first")
    if query.rank not in (2, 3) or key.rank != query.rank or width is None:
        return None
    if not isinstance(first, bool):
        return None
    length, batch = (0, Dimension(1)) if query.rank == 2 else (int(first), query.axis(not first))
    inner = [_times(shape.size(), width) for shape in (query, key, value)]
    extra = int(settings.get("add_bias_kv") is True) + int(settings.get("add_zero_attn") is True)
    attended = _attended(width, Dimension(extra), query.axis(length), key.axis(length), batch)
    out = _times(product_of(query.parts[:-1]), width * width)
    return _sum(*inner, attended, out)


def _layer(settings: Settings, source: Shape, memory: Shape | None) -> Axis:
    """A layer of a Transformer: attention to itself, to the memory, and what follows."""
    width, hidden = _get(settings, "d_model"), _get(settings, "dim_feedforward")
    steps = product_of(source.parts[:-1])
    if width is None or hidden is None:
        return None
    total = _sum(
        _heads(settings, "d_model", source, source, source),
        _times(steps, width * hidden * 2),
    )
    if memory is None:
        return total
    return _sum(total, _heads(settings, "d_model", source, memory, memory))


def _encoder_layer(settings: Settings, given: Given, result: Value) -> Axis:
    return _layer(settings, _shape(given, "src"), None)


def _decoder_layer(settings: Settings, given: Given, result: Value) -> Axis:
    return _layer(settings, _shape(given, "tgt"), _shape(given, "memory"))


def _stack(key: str) -> Callable[[Settings, Given, Value], Axis]:
    def work(settings: Settings, given: Given, result: Value) -> Axis:
        layer = settings.get(key)
        if not isinstance(layer, Module):
            return None
        return _times(
            _get(settings, "num_layers"),
            layer_work(layer.cls.torch, layer.arguments, given, result),
        )

    return work


def _transformer(settings: Settings, given: Given, result: Value) -> Axis:
    if any(settings.get(f"custom_{each}") is not None for each in ("encoder", "decoder")):
        return None
    source, target = _shape(given, "src"), _shape(given, "tgt")
    return _sum(
        _times(_get(settings, "num_encoder_layers"), _layer(settings, source, None)),
        _times(_get(settings, "num_decoder_layers"), _layer(settings, target, source)),
    )


_LAYERS: dict[str, Callable[[Settings, Given, Value], Axis]] = {
    "Linear": _linear,
    "LazyLinear": _linear,
    **{f"Conv{count}d": _conv(count, False) for count in (1, 2, 3)},
    **{f"ConvTranspose{count}d": _conv(count, True) for count in (1, 2, 3)},
    "RNN": _recurrent(1),
    "GRU": _recurrent(3),
    "LSTM": _recurrent(4),
    "RNNCell": _cell(1),
    "GRUCell": _cell(3),
    "LSTMCell": _cell(4),
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": _encoder_layer,
    "TransformerDecoderLayer": _decoder_layer,
    "TransformerEncoder": _stack("encoder_layer"),
    "TransformerDecoder": _stack("decoder_layer"),
    "Transformer": _transformer,
}


# ---- functions ---------------------------------------------------------------

_TERMS = compiled(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]*)")


def _einsum(call: Call) -> Axis:
    """Two tensors are multiplied as matrices are, if they have a letter that is summed."""
    equation, operands = call.get("equation"), call.get("operands")
    found = _TERMS.fullmatch(equation.replace(" ", "")) if isinstance(equation, str) else None
    values = getattr(operands, "elements", ())
    if found is None or len(values) != 2:
        return None
    sizes: dict[str, Axis] = {}
    for term, value in zip(found.groups(), values, strict=False):
        if not isinstance(value, Tensor) or value.shape.rank != len(term):
            return None
        sizes.update(zip(term, value.shape.axes, strict=True))
    one, other, kept = map(set, found.groups())
    if not (one & other) - kept:
        return NONE
    return product_of(sizes[each] for each in sizes if each in kept or each in one & other)


def _times(one: Axis, other: Axis) -> Axis:
    return None if one is None or other is None else one * other


def _sum(*parts: Axis) -> Axis:
    known = [each for each in parts if each is not None]
    return sum(known, NONE) if len(known) == len(parts) else None
