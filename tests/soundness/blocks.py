"""Modules with parameters: sizes that are computed, guards, groups of items, several uses."""

from __future__ import annotations

from tests.soundness.maker import Dropped, Maker
from tests.soundness.steps import step


def _hidden(m: Maker, share: str) -> str:
    """A local value of the block."""
    factor = m.pick(2, 3)
    ways = (f"{share} * {m.number(factor)}", f"{share} + {m.number(factor)}", f"max({share}, 6)")
    return f"  let h = {m.pick(*ways)}"


def spatial_block(m: Maker, name: str, space: int) -> None:
    """`name(i, o, k=3, s=1)`: convolutions, and a way round them that fits."""
    share = m.pick("i", "o")
    norm = m.pick("batch_norm", "instance_norm")
    lines = [f"module {name}(i, o, k=3, s=1, act: layer = relu) {{", _hidden(m, share)]
    lines.append(f"  conv1 = conv{space}d i h k padding=(k // {m.number(2)}) stride=s")
    lines.append(
        f"  norm1 = {norm}{space}d {m.pick('h', '_')}" + " affine=True" * (norm != "batch_norm")
    )
    bottleneck = m.chance(0.5)
    lines.append(f"  conv2 = conv{space}d h {'h' if bottleneck else 'o'} {m.number(1)} bias=False")
    if bottleneck:
        lines.append(f"  conv3 = conv{space}d h o k padding=((k - 1) // {m.number(2)})")
    lines.append("  act = act")
    way = m.pick("if", "choice", "none")
    fits = m.pick("s != 1 or i != o", "i != o or s > 1")
    short = f"conv{space}d i o {m.number(1)} stride=s"
    if way == "if":
        lines.append(f"  if {fits} {{ short = {short} }} else {{ short = None }}")
    elif way == "choice":
        lines.append(f"  short = {short} if {fits} else None")
    sizes = ", ".join("HWU"[:space])
    stated = f"x: [B, i, {sizes}]"
    lines.append(f"  def forward({stated}) {{")
    lines.append("    y = conv2(act(norm1(conv1(x))))")
    if bottleneck:
        lines.append("    y = conv3(relu(y))")
    if way == "none":
        lines.append("    if i == o and s == 1 { y = y + x }")
    else:
        lines.append(m.pick(
            "    if short is not None { x = short(x) }", "    x = x if short is None else short(x)"
        ))  # fmt: skip
        lines.append(f"    y = {m.pick('x + y', 'act(x) + y', 'y * sigmoid(x)')}")
    lines += ["    return y", "  }", "}"]
    m.define("\n".join(lines))


def token_block(m: Maker, name: str) -> None:
    """`name(i, o, r=2)`: a norm, two layers, attention if it is wanted."""
    lines = [f"module {name}(i, o, r=2, heads=1, gate: bool = False) {{"]
    ways = (
        f"r * {m.pick('i', 'o')}",
        f"i + {m.number(m.pick(1, 2))} * r",
        "max(i, o) // r * r + r",
    )
    lines.append(f"  let h = {m.pick(*ways)}")
    lines.append("  norm = layer_norm i")
    lines.append("  fc1 = linear i h")
    lines.append("  fc2 = linear h (o * heads)")
    lines.append("  out = linear (o * heads) o")
    if m.chance(0.5):
        lines.append("  if gate { scale = linear i (o * heads) }")
        gate = "    if scale is not None { y = y * sigmoid(scale(x)) }"
    else:
        lines.append("  scale = linear i o if gate else None")
        gate = (
            "    if scale is not None {\n"
            "      y = y.unflatten(-1, [heads, o]) * scale(x)[..., None, :]\n"
            "      y = y.flatten(-2)\n    }"
        )
    if m.chance(0.5):
        lines.append('  assert h >= heads, "room for the heads"')
    lines.append(f"  def forward(x: {m.pick('[*S, i]', '[B, T, i]')}) {{")
    lines.append("    y = fc2(gelu(fc1(norm(x))))")
    lines.append(gate)
    lines.append("    y = out(y)")
    lines.append(m.pick("    if i == o { return x + y }", "    y = x + y if i == o else y"))
    lines += ["    return y", "  }", "}"]
    m.define("\n".join(lines))


@step(3, 4, 5)
def spatial_blocks(m: Maker) -> None:
    space = len(m.shape) - 2
    name = f"Block{len(m.definitions)}"
    spatial_block(m, name, space)
    items, width, sizes = [], m.shape[1], list(m.shape[2:])
    for _ in range(m.pick(1, 2, 3)):
        out, kernel, stride = m.pick(width, 4, 6), m.pick(1, 3, 3, 5), m.pick(1, 1, 2)
        text = f"{name} {m.number(width)} {m.number(out)}"
        if kernel != 3 or m.chance(0.2):
            text += f" k={m.number(kernel)}"
        if stride != 1:
            text += f" s={m.number(stride)}"
        if m.chance(0.2):
            text += f" act={m.pick('silu', 'tanh', '(leaky_relu 0.1)')}"
        sizes = [(each - 1) // stride + 1 for each in sizes]
        if kernel == 5 and min(sizes) < 1:
            raise Dropped
        items.append(text)
        width = out
    _use(m, items, f"{name} {m.number(width)} {m.number(width)}", [m.shape[0], width, *sizes])


@step(2, 3, 4)
def token_blocks(m: Maker) -> None:
    name = f"Block{len(m.definitions)}"
    token_block(m, name)
    if len(m.shape) != 3 and "[*S, i]" not in m.definitions[-1]:
        raise Dropped
    items, width = [], m.shape[-1]
    for _ in range(m.pick(1, 2, 3)):
        out = m.pick(width, width, 4, 6)
        text = f"{name} {m.number(width)} {m.number(out)}"
        if m.chance(0.4):
            text += f" r={m.number(m.pick(1, 2, 3))}"
        if m.chance(0.3):
            text += f" heads={m.number(m.pick(1, 2))}"
        if m.chance(0.3):
            text += " gate=True"
        items.append(text)
        width = out
    _use(m, items, f"{name} {m.number(width)} {m.number(width)}", [*m.shape[:-1], width])


def _use(m: Maker, items: list[str], again: str, shape: list[int]) -> None:
    """Layers one after the other; `again` keeps the shape."""
    more = list(items)
    times = m.number(m.pick(1, 2))
    kind = m.pick("seq", "seq", "each", "list", "let", "nest")
    if kind in ("seq", "nest", "let"):
        if m.chance(0.3):
            more.append(f"{again} for _ in range({times})")
        if m.chance(0.3):
            more.append(
                f"if {m.pick('True', '2 > 1', 'len([1]) == 1')} {{ {again} }} else {{ identity }}"
            )
        if m.chance(0.2):
            more.append(f"for n in [{times}, {m.number(1)}] {{ if n > 0 {{ {again} }} }}")
        if m.chance(0.2):
            more.append(f"*[{again}, relu]")
    if kind == "let":
        made = f"make{len(m.definitions)}"
        m.define(f"let {made}(n=1) = seq({', '.join(more)}, relu)")
        m.say(f"{m.child(made + m.pick('', ' 2', ' n=3'))}(x)")
    elif kind in ("seq", "nest"):
        shown = ", ".join(more)
        m.say(f"{m.child(f'{kind}({shown})')}(x)")
    elif kind == "list":
        name = m.child(f"list({', '.join(more)})")
        m.lines.append(f"    for layer in {name} {{ x = layer(x) }}")
    else:
        for each in more:
            m.say(f"{m.child(each)}(x)")
    m.became(shape)
