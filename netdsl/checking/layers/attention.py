"""Rules of attention and the Transformer's layers.

Sources: https://docs.pytorch.org/docs/stable/nn.html#transformer-layers
"""

from __future__ import annotations

from netdsl.checking.layers.common import refuse_ints
from netdsl.checking.rules import LAYERS, Call, size_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Shape, spelled


@LAYERS(
    "MultiheadAttention",
    "query key value key_padding_mask=None need_weights=True attn_mask=None"
    " average_attn_weights=True is_causal=False",
)
def multihead_attention(call: Call) -> Value:
    width = call.size("embed_dim")
    query, key, value = (call.shape(name) for name in ("query", "key", "value"))
    for name, setting in (("query", None), ("key", "kdim"), ("value", "vdim")):
        own = None if setting is None else call.setting(setting)
        _wants_width(call, name, width if own is None else size_of(own), f"in its {name}")
    first = call.flag("batch_first")
    if query.rank is None or first is None:
        return UNKNOWN
    for name, shape in (("key", key), ("value", value)):
        if shape.rank not in (None, query.rank):
            raise Mismatch(
                f"`{call.name}` gets a query {query}, but a {name} {shape}",
                "give all of them a batch, or none.",
            )
    length_at, batch_at = (0, None) if query.rank == 2 else (1, 0) if first else (0, 1)
    batch = None if batch_at is None else query.axis(batch_at)
    if key.rank == query.rank:
        if value.rank == query.rank:
            _same(call, key, value, "key", "value", length_at)
        if batch_at is not None:
            _same(call, query, key, "query", "key", batch_at)
            if value.rank == query.rank:
                _same(call, key, value, "key", "value", batch_at)
    length, seen = query.axis(length_at), key.axis(length_at) if key.rank else None
    heads = call.size("num_heads")
    hold_masks(call, "attn_mask", "key_padding_mask", query.rank == 3, batch, heads, length, seen)
    output = Tensor(query, "float")
    if call.get("need_weights") is False:
        return Items((output, None), "tuple")
    if call.get("need_weights") is not True or key.rank != query.rank:
        return Items((output, UNKNOWN), "tuple")
    before = () if batch_at is None else (batch,)
    each = () if call.get("average_attn_weights") is True else (heads,)
    more = sum(call.flag(name) is not False for name in ("add_bias_kv", "add_zero_attn"))
    kept = seen if not more else None if seen is None else seen + more
    return Items((output, Tensor(Shape((*before, *each, length, kept)), "float")), "tuple")


def _wants_width(call: Call, name: str, wanted: Axis, where: str) -> None:
    tensor = call.tensor(name)
    refuse_ints(call, tensor)
    call.wants_rank(tensor.shape, 2, 3)
    if not call.sizes.fits(tensor.shape, -1, wanted):
        raise Mismatch(
            f"`{call.name}` wants {spelled(call.sizes.known(wanted))} features {where},"
            f" but gets {tensor.shape}",
            "make the two sizes equal.",
        )


def _same(call: Call, one: Shape, other: Shape, name: str, other_name: str, axis: int) -> None:
    if not call.sizes.equal(one.axis(axis), other.axis(axis)):
        raise Mismatch(
            f"{name} and {other_name} of `{call.name}` differ in axis {axis}: {one} and {other}",
            "they have one batch; key and value have one length.",
        )


def hold_masks(
    call: Call, mask: str, padding: str, batched: bool, batch: Axis, heads: Axis, length: Axis,
    seen: Axis,
) -> None:  # fmt: skip
    """Holds masks against what they mask: one for all, or one for each head of each element of
    the batch; and one that says where there is only padding.

    Raises:
        Mismatch: they have other sizes, or hold ints.
    """
    every = heads
    if batched:
        every = None if batch is None or heads is None else batch * heads
    _hold(call, mask, {2: Shape((length, seen)), 3: Shape((every, length, seen))})
    _hold(call, padding, {2: Shape((batch, seen))} if batched else {1: Shape((seen,))})


def _hold(call: Call, name: str, wanted: dict[int, Shape]) -> None:
    given = call.given.get(name)
    if not isinstance(given, Tensor):
        return
    if given.dtype == "int":
        raise Mismatch(
            f"`{name}` of `{call.name}` is a tensor of ints",
            "give bools, or floats that are added: `mask.bool()`.",
            "wrong-dtype",
        )
    rank = given.shape.rank
    if rank is None:
        return
    if rank not in wanted or not call.sizes.same_shape(given.shape, wanted[rank]):
        shown = [
            Shape(tuple(_known(call, part) for part in each.parts)) for each in wanted.values()
        ]
        raise Mismatch(
            f"`{name}` of `{call.name}` is {given}, not {' or '.join(map(str, shown))}",
            "it has an element for each pair of query and key, or for each key.",
        )


def _known(call: Call, part: object) -> Axis:
    return call.sizes.known(part) if isinstance(part, Dimension) else None


# ---- the Transformer's layers --------------------------------------------------


def _ends(call: Call, name: str) -> tuple[Shape, bool | None, Axis, Axis]:
    """A sequence: its shape, whether it has a batch, its batch and its length."""
    _wants_width(call, name, call.size("d_model"), f"in `{name}`")
    shape, first = call.shape(name), call.flag("batch_first")
    if shape.rank is None:
        return shape, None, None, None
    if shape.rank == 2:
        return shape, False, None, shape.axis(0)
    if first is None:
        return shape, True, None, None
    return shape, True, shape.axis(0 if first else 1), shape.axis(1 if first else 0)


@LAYERS("TransformerEncoderLayer", "src src_mask=None src_key_padding_mask=None is_causal=False")
def encoder_layer(call: Call) -> Value:
    shape, batched, batch, length = _ends(call, "src")
    if batched is not None:
        names = ("src_mask", "src_key_padding_mask")
        hold_masks(call, *names, batched, batch, call.size("nhead"), length, length)
    return Tensor(shape, "float")


@LAYERS("TransformerEncoder", "src mask=None src_key_padding_mask=None is_causal=None")
def encoder(call: Call) -> Value:
    shape, batched, batch, length = _ends(call, "src")
    if batched is not None:
        names = ("mask", "src_key_padding_mask")
        hold_masks(call, *names, batched, batch, call.size("nhead"), length, length)
    return Tensor(shape, "float")


_DECODER = (
    "tgt memory tgt_mask=None memory_mask=None tgt_key_padding_mask=None"
    " memory_key_padding_mask=None"
)


@LAYERS("TransformerDecoderLayer TransformerDecoder", _DECODER)
def decoder_layer(call: Call) -> Value:
    return _decoded(call, "tgt", "memory")


@LAYERS(
    "Transformer",
    "src tgt src_mask=None tgt_mask=None memory_mask=None src_key_padding_mask=None"
    " tgt_key_padding_mask=None memory_key_padding_mask=None",
)
def transformer(call: Call) -> Value:
    _, batched, batch, length = _ends(call, "src")
    if batched is not None:
        names = ("src_mask", "src_key_padding_mask")
        hold_masks(call, *names, batched, batch, call.size("nhead"), length, length)
    return _decoded(call, "tgt", "src")


def _decoded(call: Call, name: str, memory: str) -> Value:
    """A sequence that looks at itself, and at another one."""
    shape, batched, batch, length = _ends(call, name)
    seen, also_batched, other_batch, other_length = _ends(call, memory)
    if batched is None or also_batched is None:
        return Tensor(shape, "float")
    if batched != also_batched or not call.sizes.equal(batch, other_batch):
        raise Mismatch(
            f"`{name}` and `{memory}` of `{call.name}` differ in batch: {shape} and {seen}",
            "give both the same batch.",
        )
    heads = call.size("nhead")
    own = (f"{name}_mask", f"{name}_key_padding_mask")
    hold_masks(call, *own, batched, batch, heads, length, length)
    masks = ("memory_mask", "memory_key_padding_mask")
    hold_masks(call, *masks, batched, batch, heads, length, other_length)
    return Tensor(shape, "float")
