"""Windows that move over one, two or three axes: convolutions, their transposes, pools."""

from __future__ import annotations

from tests.soundness.maker import Dropped, Maker
from tests.soundness.steps import step


def moved(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a window has."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _each(m: Maker, numbers: list[int]) -> str:
    """One number for all axes, or a list."""
    if len(set(numbers)) == 1 and m.chance(0.8):
        return m.number(numbers[0])
    return f"[{', '.join(map(m.number, numbers))}]"


def _drawn(m: Maker, *options: int) -> list[int]:
    space = len(m.shape) - 2
    if m.chance(0.8):
        return [m.pick(*options)] * space
    return [m.pick(*options) for _ in range(space)]


@step(3, 4, 5)
def conv(m: Maker) -> None:
    kernels, strides = _drawn(m, 1, 2, 3, 5), _drawn(m, 1, 1, 2)
    paddings, dilations = _drawn(m, 0, 1, 2), _drawn(m, 1, 1, 2)
    groups = m.divisor(m.shape[1]) if m.chance(0.3) else 1
    out = m.pick(4, 6, 8) if groups == 1 else groups * m.pick(1, 2)
    sizes = [
        moved(*each)
        for each in zip(m.shape[2:], kernels, strides, paddings, dilations, strict=True)
    ]
    if min(sizes) < 1:
        raise Dropped
    text = (
        f"conv{len(sizes)}d {m.number(m.shape[1])} {m.number(out)} {_each(m, kernels)}"
        f" stride={_each(m, strides)} padding={_each(m, paddings)} dilation={_each(m, dilations)}"
    )
    if groups > 1:
        text += f" groups={m.number(groups)}"
    if m.chance(0.15) and max(paddings) < min(m.shape[2:]):
        mode = m.pick("zeros", "circular", "replicate", "reflect")
        text += f' padding_mode="{mode}"'
    m.say(f"{m.child(text)}(x)", [m.shape[0], out, *sizes])


@step(3, 4, 5)
def conv_same(m: Maker) -> None:
    space, out, kernel = len(m.shape) - 2, m.pick(4, 6), m.pick(1, 2, 3, 5)
    word = m.pick("same", "valid") if min(m.shape[2:]) >= kernel else "same"
    text = (
        f'conv{space}d {m.number(m.shape[1])} {m.number(out)} {m.number(kernel)} padding="{word}"'
    )
    if m.chance(0.3):
        text += f" stride={m.number(1)}"
    sizes = m.shape[2:] if word == "same" else [each - kernel + 1 for each in m.shape[2:]]
    m.say(f"{m.child(text)}(x)", [m.shape[0], out, *sizes])


@step(3, 4, 5)
def conv_transpose(m: Maker) -> None:
    kernels, strides, out = _drawn(m, 2, 3), _drawn(m, 1, 2), m.pick(4, 6)
    if max(m.shape[2:]) > 12:
        raise Dropped
    padding, dilation = m.pick(0, 0, 1), m.pick(1, 1, 2)
    extra = m.pick(0, 1) if min(strides) > 1 or dilation > 1 else 0
    sizes = [
        (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
        for size, stride, kernel in zip(m.shape[2:], strides, kernels, strict=True)
    ]
    if min(sizes) < 1:
        raise Dropped
    text = (
        f"conv_transpose{len(sizes)}d {m.number(m.shape[1])} {m.number(out)} {_each(m, kernels)}"
        f" stride={_each(m, strides)}"
    )
    for name, value, default in (
        ("padding", padding, 0), ("output_padding", extra, 0), ("dilation", dilation, 1),
    ):  # fmt: skip
        if value != default:
            text += f" {name}={m.number(value)}"
    m.say(f"{m.child(text)}(x)", [m.shape[0], out, *sizes])


@step(3, 4, 5)
def pool(m: Maker) -> None:
    """The last window may lie partly outside, but does not begin there."""
    kind = m.pick("max", "avg")
    kernels, padding = _drawn(m, 2, 3), m.pick(0, 0, 1)
    strides = kernels if m.chance(0.5) else _drawn(m, 1, 2)
    dilation = m.pick(1, 1, 2) if kind == "max" else 1
    ceil = m.chance(0.35)
    sizes = []
    for size, kernel, stride in zip(m.shape[2:], kernels, strides, strict=True):
        room = size + 2 * padding - dilation * (kernel - 1) - 1
        if room < 0:
            raise Dropped
        found = (-(-room // stride) if ceil else room // stride) + 1
        if ceil and (found - 1) * stride >= size + padding:
            found -= 1
        sizes.append(found)
    text = f"{kind}_pool{len(sizes)}d {_each(m, kernels)}"
    if strides != kernels:
        text += f" stride={_each(m, strides)}"
    if padding:
        text += f" padding={m.number(padding)}"
    if dilation > 1:
        text += f" dilation={m.number(dilation)}"
    if ceil:
        text += " ceil_mode=True"
    m.say(f"{m.child(text)}(x)", [*m.shape[:2], *sizes])


@step(3, 4, 5)
def adaptive(m: Maker) -> None:
    sizes = _drawn(m, 1, 2, 3)
    name = f"adaptive_{m.pick('avg', 'max')}_pool{len(sizes)}d"
    if m.chance(0.3):
        m.say(f"{name}(x, {_each(m, sizes)})")
    else:
        m.say(f"{m.child(f'{name} {_each(m, sizes)}')}(x)")
    m.became([*m.shape[:2], *sizes])


@step(3, 4, 5)
def upsampled(m: Maker) -> None:
    if max(m.shape[2:]) > 10:
        raise Dropped
    space = len(m.shape) - 2
    smooth = {1: "linear", 2: "bilinear", 3: "trilinear"}[space]
    mode = m.pick("nearest", smooth)
    sizes = _drawn(m, 3, 5, 8)
    ways = [
        f"scale_factor=2, mode={mode!r}", f"size={_each(m, sizes)}, mode={mode!r}",
    ]  # fmt: skip
    way = m.pick(*ways).replace("'", '"')
    found = [2 * each for each in m.shape[2:]] if way.startswith("scale") else sizes
    call = f"interpolate(x, {way})"
    if m.chance(0.4):
        call = f"{m.child('upsample ' + way.replace(',', ''))}(x)" if "[" not in way else call
    m.say(call, [*m.shape[:2], *found])


@step(4)
def shuffled(m: Maker) -> None:
    """Channels become pixels, or the other way."""
    batch, depth, height, width = m.shape
    if depth % 4 == 0 and m.chance(0.6):
        found = [batch, depth // 4, 2 * height, 2 * width]
        name = "pixel_shuffle"
    elif height % 2 == width % 2 == 0:
        found = [batch, 4 * depth, height // 2, width // 2]
        name = "pixel_unshuffle"
    else:
        raise Dropped
    two = m.number(2)
    m.say(m.pick(f"{name}(x, {two})", f"{m.child(f'{name} {two}')}(x)"), found)


@step(3, 4, 5)
def padded(m: Maker) -> None:
    """Pads the last axes, some of them by negative sizes."""
    count = m.pick(1, len(m.shape) - 2)
    sides = [m.pick(0, 1, 2, -1) for _ in range(2 * count)]
    found = list(m.shape)
    for at in range(count):
        found[-1 - at] += sides[2 * at] + sides[2 * at + 1]
    if min(found) < 1:
        raise Dropped
    m.say(f"pad(x, [{', '.join(map(m.number, sides))}])", found)


@step(3, 4, 5)
def pad_layer(m: Maker) -> None:
    space = len(m.shape) - 2
    kind = m.pick("zero", "reflection", "replication", "circular", "constant")
    by = 1
    if min(m.shape[2:]) < 2:
        raise Dropped
    value = " 0.5" if kind == "constant" else ""
    m.say(f"{m.child(f'{kind}_pad{space}d {m.number(by)}{value}')}(x)")
    m.became([*m.shape[:2], *(each + 2 * by for each in m.shape[2:])])


@step(4)
def unfolded(m: Maker) -> None:
    """Patches as columns."""
    batch, depth, height, width = m.shape
    kernel, stride = m.pick(1, 2), m.pick(1, 2)
    sizes = [moved(each, kernel, stride, 0, 1) for each in (height, width)]
    if min(sizes) < 1:
        raise Dropped
    text = f"unfold {m.number(kernel)} stride={m.number(stride)}"
    m.say(f"{m.child(text)}(x)", [batch, depth * kernel**2, sizes[0] * sizes[1]])
