"""Ways that part and meet: residuals, sums, concatenations, layers by name, loops, helpers."""

from __future__ import annotations

from tests.soundness.maker import Maker
from tests.soundness.steps import step


def _keeps(m: Maker) -> str:
    """A layer that keeps the shape."""
    width = m.shape[-1]
    ways = [f"linear {m.number(width)} {m.number(width)}", f"layer_norm {m.number(width)}"]
    if len(m.shape) > 2:
        space, depth = len(m.shape) - 2, m.shape[1]
        conv = f"conv{space}d {m.number(depth)} {m.number(depth)} {m.number(3)}"
        ways += [f"{conv} padding={m.number(1)}", f"group_norm 1 {m.number(depth)}"]
    return m.pick(*ways, "relu", "dropout 0.1")


@step(2, 3, 4)
def added(m: Maker) -> None:
    kind = m.pick("residual", "add")
    m.say(f"{m.child(f'{kind}({_keeps(m)}, {_keeps(m)})')}(x)")


@step(3, 4, 5)
def concatenated(m: Maker) -> None:
    """Branches side by side, as in Inception."""
    space, depth = len(m.shape) - 2, m.shape[1]
    first, second = m.pick(2, 3), m.pick(2, 4)
    branches = [
        f"conv{space}d {m.number(depth)} {m.number(first)} {m.number(1)}",
        f"seq(conv{space}d {m.number(depth)} {m.number(4)} {m.number(1)}, relu,"
        f" conv{space}d {m.number(4)} {m.number(second)} {m.number(3)} padding={m.number(1)})",
    ]
    total = first + second
    if m.chance(0.5):
        branches.append(
            f"max_pool{space}d {m.number(3)} stride={m.number(1)} padding={m.number(1)}"
        )
        total += depth
    if m.chance(0.5):
        m.say(f"{m.child('concat(' + ', '.join(branches) + f', dim={m.place(1)})')}(x)")
    else:
        names = [m.child(each) for each in branches]
        m.say(f"cat([{', '.join(f'{each}(x)' for each in names)}], {m.place(1)})")
    m.became([m.shape[0], total, *m.shape[2:]])


@step(2, 3, 4)
def parallel(m: Maker) -> None:
    width, out = m.shape[-1], m.pick(2, 5)
    both = [f"linear {m.number(width)} {m.number(out)}" for _ in range(2)]
    m.lines.append(f"    a, b = {m.child(f'parallel({both[0]}, {both[1]})')}(x)")
    shape = [*m.shape[:-1], out]
    if m.chance(0.4):
        m.results.append(m.keep("b"))
        m.say("a", shape)
    else:
        m.say("a + b", shape)


@step(2, 3, 4)
def looped(m: Maker) -> None:
    """A list of layers, run through in forward."""
    width, count = m.shape[-1], m.pick(2, 3)
    name = m.child(f"list(linear {m.number(width)} {m.number(width)} for _ in range({count}))")
    ways = (
        f"for each in {name} {{ x = relu(each(x)) }}",
        f"for i, each in enumerate({name}) {{ if i > 0 {{ x = x + each(x) }} }}",
        f"for i in range(len({name})) {{ x = {name}[i](x) }}",
        f"for one, other in zip({name}, {name}) {{ x = one(x) + other(x) }}",
        f"for each in {name}[1:] {{ x = each(x) }}",
    )
    m.lines.append(f"    {m.pick(*ways)}")
    m.became(m.shape)


@step(2, 3, 4)
def looped_widths(m: Maker) -> None:
    """Widths from a list: each layer takes what the one before gives."""
    widths = [m.shape[-1], m.pick(4, 6), m.pick(3, 5)]
    shown = ", ".join(map(m.number, widths))
    name = m.pick("seq", "list")
    made = f"{name}(linear i o for i, o in zip([{shown}], [{shown}][1:]))"
    child = m.child(made)
    if name == "seq":
        m.say(f"{child}(x)", [*m.shape[:-1], widths[-1]])
    else:
        m.lines.append(f"    for each in {child} {{ x = each(x) }}")
        m.became([*m.shape[:-1], widths[-1]])


@step(2, 3, 4)
def by_name(m: Maker) -> None:
    """Layers in a dict."""
    width, out = m.shape[-1], m.pick(2, 4)
    layers = f"left = linear {m.number(width)} {m.number(out)}, right = {_keeps(m)}"
    name = m.child(f"dict({layers})")
    m.say(f'{name}["left"]({name}["right"](x))', [*m.shape[:-1], out])


@step(2, 3, 4)
def chosen(m: Maker) -> None:
    """A child that is there on a condition of build time, and is asked for."""
    width, there = m.shape[-1], m.chance(0.6)
    condition = m.pick("2 > 1", "not False") if there else m.pick("1 > 2", "False")
    out = m.pick(3, width)
    layer = f"linear {m.number(width)} {m.number(out)}"
    way = m.pick("choice", "if", "else")
    if way == "choice":
        name = m.child(f"{layer} if {condition} else None")
        m.say(f"{name}(x) if {name} is not None else x")
    elif way == "if":
        name = f"c{len(m.children)}"
        m.children.append(f"  if {condition} {{ {name} = {layer} }}")
        m.lines.append(f"    if {name} is not None {{ x = {name}(x) }}")
    else:
        name = f"c{len(m.children)}"
        other = f"linear {m.number(width)} {m.number(m.pick(2, 4))}"
        other_out = int(other.rpartition("‹")[2][:-1])
        m.children.append(f"  if {condition} {{ {name} = {layer} }} else {{ {name} = {other} }}")
        m.say(f"{name}(x)", [*m.shape[:-1], out if there else other_out])
        return
    m.became([*m.shape[:-1], out if there else width])


@step(2, 3, 4)
def shared(m: Maker) -> None:
    """One layer in several places."""
    width = m.shape[-1]
    name = f"s{len(m.children)}"
    m.children.append(f"  share {name} = linear {m.number(width)} {m.number(width)}")
    m.say(f"{m.child(f'seq({name}, relu, {name})')}(x)")


@step(2, 3, 4)
def tied(m: Maker) -> None:
    """One weight under two keys, used as it is and transposed."""
    width, out = m.shape[-1], m.pick(3, 5)
    one = m.child(f"linear {m.number(width)} {m.number(out)} bias=False")
    m.say(f"linear(linear(x, {one}.weight), {one}.weight.t())")


HELPERS = {
    "mean_of": ("def {n}(x: [*S, T, d]) -> [*S, d] = x.sum(-2) / T", "mean"),
    "scaled": ("def {n}(x: [*S, d], w: [d]) -> [*S, d] = x * w", "scale"),
    "halves": ("def {n}(x: [*S, d]) = x.chunk(2, -1)", "halves"),
    "normed": ("def {n}(x: [*S], eps=0.1) -> [*S] {{ y = x - x.mean(); return y / (y.std() + eps) }}", "same"),
    "outer_sum": ("def {n}(x: [*S, d]) -> [*S, d, d] = x[..., None] + x[..., None, :]", "outer"),
    "widened": ("def {n}(x: [*S, d], by: int = 2) -> [*S, by * d] = cat([x for _ in range(by)], -1)", "wide"),
    "flat": ("def {n}(x: [B, *S]) = x.reshape(B, -1)", "flat"),
    "padded": ("def {n}(x: [*S, d], to: int = 9) -> [*S, d] {{ return pad(x, [0, max(0, to - d)])[..., :d] }}", "same"),
}  # fmt: skip


@step(2, 3, 4)
def helped(m: Maker) -> None:
    """A def of the file, with sizes in its header that its body uses."""
    header, effect = HELPERS[m.pick(*HELPERS)]
    name = f"help{len(m.definitions)}"
    m.define(header.format(n=name))
    first, last = m.shape[:-1], m.shape[-1]
    match effect:
        case "mean":
            m.say(f"{name}(x)", [*m.shape[:-2], last])
        case "scale":
            m.say(f"{name}(x, randn({m.number(last)}))")
        case "halves":
            if last < 2:
                m.say(f"{name}(x)[0]", [*first, last])
                return
            m.lines.append(f"    a, b = {name}(x)")
            m.say("a", [*first, -(-last // 2)])
        case "outer":
            m.say(f"{name}(x)", [*first, last, last])
        case "wide":
            by = m.pick(1, 2, 3)
            m.say(f"{name}(x, {m.number(by)})", [*first, by * last])
        case "flat":
            total = last
            for each in m.shape[1:-1]:
                total *= each
            m.say(f"{name}(x)", [m.shape[0], total])
        case _:
            m.say(f"{name}(x)")


@step(2, 3, 4)
def combined(m: Maker) -> None:
    """Sums over named axes."""
    names = "abcd"[: len(m.shape)]
    last, out = m.shape[-1], m.pick(2, 5)
    other = f"randn({m.number(last)}, {m.number(out)})"
    ways = (
        (f'einsum("{names}, {names[-1]}o -> {names[:-1]}o", x, {other})', [*m.shape[:-1], out]),
        (f'einsum("...i, io -> ...o", x, {other})', [*m.shape[:-1], out]),
        (f'einsum("{names} -> {names[::-1]}", x)', m.shape[::-1]),
        (f'einsum("{names}, {names} -> {names[:-1]}", x, x)', m.shape[:-1]),
        (f'einsum("{names}, {names[:-1]}z -> {names[:-2]}{names[-1]}z", x, x)',
         [*m.shape[:-2], last, last]),
    )  # fmt: skip
    call, shape = m.pick(*ways)
    m.say(call, shape)


@step(2, 3, 4)
def configured(m: Maker) -> None:
    """Sizes from a record."""
    width, out = m.shape[-1], m.pick(4, 6)
    name = f"Config{len(m.definitions)}"
    m.define(f"record {name}(d={m.number(width)}, h=4, o={m.number(out)})")
    block = f"Net{len(m.definitions)}"
    m.define(
        f"module {block}(c: {name}) {{\n  up = linear c.d (c.h * c.d)\n"
        f"  down = linear (c.d * c.h) c.o\n"
        f"  def forward(x: [*S, c.d]) -> [*S, c.o] = down(relu(up(x)))\n}}"
    )
    made = m.pick(
        f"({name})", f"({name} h={m.number(2)})", f"({name} d={m.number(width)} o={m.number(out)})"
    )
    if made == f"({name})":
        made = f"({name}())"
    m.say(f"{m.child(f'{block} {made}')}(x)", [*m.shape[:-1], out])
