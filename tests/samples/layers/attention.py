"""Samples of attention and of the Transformer's layers."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed


def _sequence(r: Draw, first: bool, batch: int, length: int, width: int) -> list[int]:
    """A sequence, mostly of that width and batch."""
    batch, width = r.off(batch, 1), r.off(width, 1)
    return [batch, length, width] if first else [length, batch, width]


@LAYER_SAMPLES("MultiheadAttention", 80)
def multihead(name: str, r: Draw) -> Given:
    width, heads, first = r.one(4, 8), r.one(1, 2, 4, 3), r.chance(0.6)
    batch, length, keys = r.one(2, 3), r.one(2, 4), r.one(3, 5)
    args = [str(width), str(heads)] + ["batch_first=True"] * first
    key_width = value_width = width
    if r.chance(0.2):
        key_width, value_width = 6, 5
        args += ["kdim=6", "vdim=5"]
    if r.chance(0.3):
        shape = typed(_sequence(r, first, batch, length, width))
        asked = r.one("", ", need_weights=False", ", average_attn_weights=False")
        return given(", ".join(args), shape, call=f"layer(x, x, x{asked})")
    query = _sequence(r, first, batch, length, width)
    key = _sequence(r, first, batch, keys, key_width)
    value = _sequence(r, first, batch, keys if r.chance(0.9) else length, value_width)
    inputs, call = [typed(query), typed(key), typed(value)], ""
    if r.chance(0.3):
        inputs.append(typed(r.one([batch, keys], [keys, batch], [batch, length]), "bool"))
        call = "layer(x, y, z, key_padding_mask=w)"
    elif r.chance(0.3):
        inputs.append(typed(r.one([length, keys], [batch * heads, length, keys], [keys, length])))
        call = "layer(x, y, z, attn_mask=w)"
    return given(", ".join(args), *inputs, call=call)


@LAYER_SAMPLES("TransformerEncoderLayer TransformerEncoder", 40)
def encoder(name: str, r: Draw) -> Given:
    width, first = r.one(4, 8), r.chance(0.6)
    batch, length = r.one(2, 3), r.one(2, 4)
    layer = f"{width}, {r.one(1, 2, 4, 3)}, {r.one(8, 16)}" + ", batch_first=True" * first
    if name == "TransformerEncoder":
        layer = f"transformer_encoder_layer({layer}), 2, enable_nested_tensor=False"
    shape = _sequence(r, first, batch, length, width)
    shape = shape[1:] if r.chance(0.1) else shape
    if r.chance(0.3):
        mask = typed(r.one([length, length], [length, length + 1]))
        named = "mask" if name == "TransformerEncoder" else "src_mask"
        return given(layer, typed(shape), mask, call=f"layer(x, {named}=y)")
    return given(layer, typed(shape))


@LAYER_SAMPLES("TransformerDecoderLayer TransformerDecoder Transformer", 40)
def decoder(name: str, r: Draw) -> Given:
    width, first = r.one(4, 8), r.chance(0.6)
    batch, length, keys = r.one(2, 3), r.one(2, 4), r.one(3, 5)
    heads, inner = r.one(1, 2, 4, 3), r.one(8, 16)
    layer = f"{width}, {heads}, {inner}"
    if name == "Transformer":
        layer = f"{width}, {heads}, 1, 1, {inner}"
    layer += ", batch_first=True" * first
    if name == "TransformerDecoder":
        layer = f"transformer_decoder_layer({layer}), 2"
    one = _sequence(r, first, batch, length, width)
    other = _sequence(r, first, batch, keys, width)
    return given(layer, typed(one), typed(other))
