"""Attention: heads split in several ways, masks, torch's own layers."""

from __future__ import annotations

from tests.soundness.maker import Dropped, Maker
from tests.soundness.steps import step


def split_heads(m: Maker, name: str, heads: int, each: int) -> str:
    """From `[b, t, h * e]` to `[b, h, t, e]`."""
    h, e = m.number(heads), m.number(each)
    return m.pick(
        f'rearrange({name}, "b t (h e) -> b h t e", h={h})',
        f"{name}.contiguous().view({name}.shape[0], -1, {h}, {e}).transpose({m.place(1)}, {m.place(2)})",
        f"{name}.unflatten(-1, [{h}, {e}]).permute(0, 2, 1, 3)",
        f"{name}.reshape({name}.size(0), {name}.size(1), {h}, -1).transpose(-3, -2)",
    )


def merge_heads(m: Maker) -> str:
    return m.pick(
        'rearrange(y, "b h t e -> b t (h e)")',
        f"y.transpose(1, 2).flatten({m.place(2)})",
        "y.transpose(1, 2).reshape(y.size(0), -1, y.size(1) * y.size(3))",
        "y.permute(0, 2, 1, 3).contiguous().view(y.shape[0], y.shape[2], -1)",
    )


def mask_of(m: Maker, batch: int, heads: int, query: int, key: int) -> str:
    """A mask that is broadcast to `[b, h, t, s]`."""
    q, k = m.number(query), m.number(key)
    one = m.number(1)
    return m.pick(
        f"ones({q}, {k})",
        f"ones({one}, {one}, {q}, {k})",
        f"ones({m.number(batch)}, {one}, {one}, {k}) > 0",
        f"ones({q}, {k}, dtype=bool).tril()",
        f"zeros({m.number(heads)}, {q}, {k})",
    )


@step(3)
def scaled_dot_product(m: Maker) -> None:
    """Queries, keys and values from one product, or from three."""
    _, length, width = m.shape
    heads, each = m.pick(1, 2, 3), m.pick(2, 4)
    inner = heads * each
    names = ("q", "k", "v")
    if m.chance(0.4):
        qkv = m.child(f"linear {m.number(width)} {m.number(3 * inner)} bias=False")
        m.lines.append(f"    q, k, v = {qkv}(x).chunk({m.number(3)}, {m.place(-1)})")
        for name in names:
            m.lines.append(f"    {name} = {split_heads(m, name, heads, each)}")
    elif m.chance(0.4):
        qkv = m.child(f"linear {m.number(width)} {m.number(3 * inner)}")
        pattern = m.pick("b t (n h e) -> n b h t e", "b t (h e n) -> n b h t e")
        sizes = f"n={m.number(3)}, h={m.number(heads)}"
        m.lines.append(f'    q, k, v = rearrange({qkv}(x), "{pattern}", {sizes})')
    else:
        for name in names:
            layer = m.child(f"linear {m.number(width)} {m.number(inner)}")
            m.lines.append(f"    {name} = {layer}(x)")
            m.lines.append(f"    {name} = {split_heads(m, name, heads, each)}")
    _attended(m, heads, each, length, length)
    out = m.child(f"linear {m.number(inner)} {m.number(width)}")
    m.say(m.pick(f"{out}({merge_heads(m)})", f"x + {out}({merge_heads(m)})"))


def _attended(m: Maker, heads: int, each: int, query: int, key: int) -> None:
    """`y` is what `q` finds in `v`."""
    if m.chance(0.5):
        extra = m.pick("", "", ", is_causal=True")
        if not extra and m.chance(0.5):
            extra = f", attn_mask={mask_of(m, m.shape[0], heads, query, key)}"
        m.lines.append(f"    y = scaled_dot_product_attention(q, k, v{extra})")
        return
    m.lines.append(f"    w = q @ k.transpose({m.place(-2)}, {m.place(-1)}) / math.sqrt({each})")
    if m.chance(0.4):
        q, k = m.number(query), m.number(key)
        mask = m.pick(f"ones({q}, {k}).tril() == 0", f"zeros({k}) > 0", f"zeros({q}, 1) > 0")
        m.lines.append(f'    w = w.masked_fill({mask}, float("-inf"))')
    m.lines.append(f"    y = w.softmax({m.place(-1)}) @ v")


@step(3)
def cross_attention(m: Maker) -> None:
    """Keys and values come from another input."""
    batch, length, width = m.shape
    heads, each, other, more = m.pick(1, 2), m.pick(2, 4), m.pick(2, 3, 5), m.pick(4, 6)
    memory = m.tensor([batch, other, more])
    inner = heads * each
    for name, source, size in (("q", "x", width), ("k", memory, more), ("v", memory, more)):
        layer = m.child(f"linear {m.number(size)} {m.number(inner)}")
        m.lines.append(f"    {name} = {layer}({source})")
        m.lines.append(f"    {name} = {split_heads(m, name, heads, each)}")
    _attended(m, heads, each, length, other)
    m.say(merge_heads(m), [batch, length, inner])


@step(3)
def grouped_queries(m: Maker) -> None:
    """Fewer heads of keys and values than of queries."""
    batch, length, width = m.shape
    shared, times, each = m.pick(1, 2), m.pick(1, 2, 3), m.pick(2, 4)
    heads = shared * times
    for name, count in (("q", heads), ("k", shared), ("v", shared)):
        layer = m.child(f"linear {m.number(width)} {m.number(count * each)} bias=False")
        m.lines.append(f'    {name} = rearrange({layer}(x), "b t (h e) -> b h t e", e={each})')
    if m.chance(0.5):
        m.lines.append("    y = scaled_dot_product_attention(q, k, v, enable_gqa=True)")
    else:
        for name in ("k", "v"):
            repeated = f"{name}.repeat_interleave({m.number(times)}, {m.place(1)})"
            m.lines.append(f"    {name} = {repeated}")
        m.lines.append("    y = scaled_dot_product_attention(q, k, v, is_causal=True)")
    m.say(merge_heads(m), [batch, length, heads * each])


@step(2, 3)
def multihead(m: Maker) -> None:
    """torch's layer, with its masks and its two results."""
    first = m.chance(0.7)
    width = m.shape[-1]
    heads = m.divisor(width)
    text = f"multihead_attention {m.number(width)} {m.number(heads)}"
    name = m.child(text + (" batch_first=True" if first else ""))
    length = m.shape[-2] if first or len(m.shape) == 2 else m.shape[0]
    extra = m.pick("", "", ", need_weights=False", ", average_attn_weights=False")
    if m.chance(0.3):
        extra += f", attn_mask=zeros({m.number(length)}, {m.number(length)})"
    elif m.chance(0.3) and len(m.shape) == 3:
        batch = m.shape[0] if first else m.shape[1]
        extra += f", key_padding_mask=zeros({m.number(batch)}, {m.number(length)}) > 0"
    m.lines.append(f"    y, w = {name}(x, x, x{extra})")
    if "need_weights" not in extra and m.chance(0.5):
        m.results.append(m.keep("w"))
    m.say("y")


@step(3)
def multihead_across(m: Maker) -> None:
    """Keys and values of other widths."""
    batch, _, width = m.shape
    heads, other = m.divisor(width), m.pick(2, 5)
    key, value = m.pick(width, 6, 10), m.pick(width, 6, 10)
    text = f"multihead_attention {m.number(width)} {m.number(heads)} batch_first=True"
    if key != width:
        text += f" kdim={m.number(key)}"
    if value != width:
        text += f" vdim={m.number(value)}"
    k, v = m.tensor([batch, other, key]), m.tensor([batch, other, value])
    m.lines.append(f"    y, w = {m.child(text)}(x, {k}, {v})")
    if m.chance(0.5):
        m.results.append(m.keep("w"))
    m.say("y")


@step(2, 3)
def transformer_layer(m: Maker) -> None:
    width = m.shape[-1]
    heads = m.divisor(width)
    if width > 16:
        raise Dropped
    extra = f"dim_feedforward={m.number(8)} batch_first=True"
    layer = f"{m.number(width)} {m.number(heads)} {extra}"
    if m.chance(0.6):
        m.say(f"{m.child(f'transformer_encoder_layer {layer}')}(x)")
    elif m.chance(0.5) and len(m.shape) == 3:
        made = f"transformer_encoder(transformer_encoder_layer({_called(layer)}), 1)"
        m.say(f"{m.child(made)}(x)")
    else:
        memory = m.tensor([*m.shape[:-2], m.pick(2, 3), width])
        m.say(f"{m.child(f'transformer_decoder_layer {layer}')}(x, {memory})")


def _called(arguments: str) -> str:
    return ", ".join(arguments.split())


@step(3)
def rotated(m: Maker) -> None:
    """Rotary positions: halves that change places, tables that are broadcast."""
    _, length, width = m.shape
    if width % 2:
        raise Dropped
    t, half = m.number(length), m.number(width // 2)
    m.lines.append(f"    angle = outer(arange({t}), 1.0 / (arange({half}) + 1))")
    m.lines.append(f"    angle = cat([angle, angle], {m.place(-1)})")
    m.lines.append(f"    a, b = x.chunk({m.number(2)}, {m.place(-1)})")
    m.say(f"x * angle.cos() + cat([-b, a], {m.place(-1)}) * angle.sin()")
