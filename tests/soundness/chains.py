"""Layers one after the other, residuals, products: what most programs are made of."""

from __future__ import annotations

from tests.soundness.maker import Maker
from tests.soundness.steps import step

ACTIVATIONS = ("relu", "gelu", "silu", "tanh", "sigmoid", "elu", "mish", "softplus")


@step(1, 2, 3, 4)
def linear(m: Maker) -> None:
    width, bias = m.pick(4, 6, 8, 12, 16), m.pick("", "", " bias=False")
    m.say(f"{m.child(f'linear {m.number(m.shape[-1])} {m.number(width)}{bias}')}(x)")
    m.became([*m.shape[:-1], width])


@step(1, 2, 3, 4)
def inferred(m: Maker) -> None:
    """A size that is left open. Torch gets a layer that works it out as well."""
    width = m.pick(4, 6, 8)
    m.say(f"{m.child(f'linear _ {m.number(width)}')}(x)")
    m.became([*m.shape[:-1], width])


@step(3, 4, 5)
def inferred_conv(m: Maker) -> None:
    space, out = len(m.shape) - 2, m.pick(2, 4, 6)
    kernel = m.pick(1, 3)
    text = f"conv{space}d _ {m.number(out)} {m.number(kernel)} padding={m.number(kernel // 2)}"
    m.say(f"{m.child(text)}(x)")
    m.became([m.shape[0], out, *m.shape[2:]])


@step(1, 2, 3, 4, 5)
def activation(m: Maker) -> None:
    name = m.pick(*ACTIVATIONS)
    if m.chance(0.3):
        m.say(f"{m.child(name)}(x)")
    else:
        m.say(m.pick(f"{name}(x)", "x.relu()", "x.tanh()", "-x", "x ** 2", "x * 0.5 + 1"))


@step(1, 2, 3, 4)
def layer_norm(m: Maker) -> None:
    count = m.pick(1, min(2, len(m.shape)))
    last = m.shape[-count:]
    sizes = m.number(last[0]) if count == 1 else f"[{', '.join(map(m.number, last))}]"
    kind = m.pick("layer_norm", "rms_norm")
    m.say(f"{m.child(f'{kind} {sizes}')}(x)")


@step(1, 2, 3, 4)
def residual(m: Maker) -> None:
    width = m.shape[-1]
    inner = m.child(f"linear {m.number(width)} {m.number(width)}")
    m.say(m.pick(f"x + {inner}(x)", f"x * sigmoid({inner}(x))", f"x - {inner}(relu(x))"))


@step(2, 3, 4)
def gated(m: Maker) -> None:
    """Two halves of one product, one of which lets the other through."""
    width, out = m.shape[-1], m.pick(2, 3, 4)
    inner = m.child(f"linear {m.number(width)} {m.number(2 * out)}")
    ways = [f"glu({inner}(x), {m.place(m.pick(-1, len(m.shape) - 1))})"]
    if m.chance(0.5):
        m.lines.append(f"    a, b = {inner}(x).chunk({m.number(2)}, {m.place(-1)})")
        ways = ["a * silu(b)"]
    m.say(m.pick(*ways), [*m.shape[:-1], out])


@step(2, 3, 4)
def product_of_parts(m: Maker) -> None:
    first, second = m.place(-2), m.place(-1)
    m.say(m.pick(f"x @ x.transpose({first}, {second})", "x @ x.mT", "matmul(x, x.mT)"))
    m.became([*m.shape[:-1], m.shape[-2]])


@step(2, 3)
def product_with_weights(m: Maker) -> None:
    """A parameter of the module's own."""
    width, out = m.shape[-1], m.pick(2, 3, 5)
    name = f"w{len(m.children)}"
    m.children.append(f"  param {name}: [{width}, {out}] ~ normal(std=0.1)")
    if m.chance(0.5):
        m.children[-1] = f"  param {name} = zeros({m.number(width)}, {m.number(out)})"
    m.say(f"x @ {name}", [*m.shape[:-1], out])


@step(2, 3, 4, 5)
def batch_norm(m: Maker) -> None:
    space = max(1, len(m.shape) - 2)
    width = m.number(m.shape[1])
    kind = f"batch_norm{space}d {width}"
    if len(m.shape) > 2 and m.chance(0.4):
        kind = f"instance_norm{space}d {width} affine=True"
    m.say(f"{m.child(kind)}(x)")


@step(2, 3, 4, 5)
def group_norm(m: Maker) -> None:
    groups = m.divisor(m.shape[1])
    m.say(f"{m.child(f'group_norm {m.number(groups)} {m.number(m.shape[1])}')}(x)")


@step(1, 2, 3, 4)
def broadcast(m: Maker) -> None:
    sizes = [m.pick(size, size, 1) for size in m.shape]
    sizes = sizes[m.random.randrange(len(sizes)) :]
    shown = ", ".join(map(m.number, sizes))
    if m.chance(0.5):
        m.children.append(f"  const k{len(m.children)} = ones({shown})")
        m.say(f"x {m.pick('+', '*', '-', '/')} k{len(m.children) - 1}")
    else:
        m.say(f"x {m.pick('+', '*', '-', '/')} ones({shown})")


@step(2, 3, 4)
def squeezed_and_excited(m: Maker) -> None:
    """Squeeze and excite: a mean, two layers, a product that is broadcast."""
    width, low = m.shape[-1], m.pick(1, 2, 4)
    down = m.child(f"linear {m.number(width)} {m.number(low)}")
    up = m.child(f"linear {m.number(low)} {m.number(width)}")
    m.say(f"x * sigmoid({up}(relu({down}(x.mean({m.place(-2)}, keepdim=True)))))")
