"""An example of each layer of torch: a program, with the shapes that go in and out."""

from __future__ import annotations

from collections.abc import Mapping

from netdsl import torchlib
from netdsl.checking.reference.relations import relations
from netdsl.checking.reference.settings import Settings, concrete, taken

_GIVEN = {
    "in_features": "8", "out_features": "16", "in1_features": "8", "in2_features": "4",
    "in_channels": "3", "out_channels": "8", "kernel_size": "3", "num_features": "8",
    "num_channels": "8", "num_groups": "2", "normalized_shape": "8", "num_embeddings": "100",
    "embedding_dim": "8", "embed_dim": "8", "num_heads": "2", "d_model": "8", "nhead": "2",
    "input_size": "8", "hidden_size": "16", "n_classes": "20", "num_classes": "10",
    "cutoffs": "[5, 10]", "upscale_factor": "2", "downscale_factor": "2", "groups": "2",
    "output_size": "4", "padding": "1", "value": "0.0", "size": "3", "dim": "1",
    "unflattened_size": "(2, 4)", "norm_type": "2", "threshold": "0.1", "mode": '"LSTM"',
    "scale_factor": "2", "bias": "True", "num_chunks": "4", "num_layers": "2",
    "module": "linear(8, 16)",
    "encoder_layer": "transformer_encoder_layer(8, 2)",
    "decoder_layer": "transformer_decoder_layer(8, 2)",
}  # fmt: skip
"""A value for each parameter that some layer needs."""
_MORE = {
    "FractionalMaxPool2d": "output_size",
    "FractionalMaxPool3d": "output_size",
    "Upsample": "scale_factor",
    "UpsamplingBilinear2d": "scale_factor",
    "UpsamplingNearest2d": "scale_factor",
}
"""What layers need that may be given in two ways, so that no single one has to be."""
_CALLS = {
    "Sequential": "seq(linear 8 16, relu)",
    "ModuleList": "list(linear 8 16, relu)",
    "ModuleDict": "dict(a = linear 8 16)",
    "Container": "container(a=linear(8, 16))",
}


def example(layer: torchlib.LayerClass) -> str:
    """A program that uses a layer, with the shapes that go in and out, where they are known."""
    required, more = _required(layer), {}
    if layer.name in _MORE:
        more = {_MORE[layer.name]: _GIVEN[_MORE[layer.name]]}
    call = _CALLS.get(layer.name) or _call(layer.snake, required, more)
    known = relations(layer, concrete(layer, {**required, **more}, _inner))
    if not known:
        return f"let net() = {call}"
    found = known[-1]
    inputs = ", ".join(map(str, found.inputs))
    given = inputs if len(found.inputs) == 1 else f"({inputs})"
    result = str(found).rpartition(" -> ")[2]
    return f"let net: {given}{'' if '?' in result else f' -> {result}'} = {call}"


def _required(layer: torchlib.LayerClass) -> dict[str, str]:
    return {each.name: _GIVEN[each.name] for each in taken(layer) if each.required}


def _inner(layer: torchlib.LayerClass) -> Settings:
    return concrete(layer, _required(layer), _inner)


def _call(name: str, required: Mapping[str, str], named: Mapping[str, str]) -> str:
    """A call as people write it: without brackets, if its arguments are scalars."""
    given = [*required.values(), *(f"{key}={value}" for key, value in named.items())]
    if any(each[0] in "[(" or each[-1] == ")" for each in given):
        return f"{name}({', '.join(given)})"
    return " ".join([name, *given])
