"""Axes merged, taken apart, moved, dropped and cut."""

from __future__ import annotations

import math

from tests.soundness.maker import Dropped, Maker
from tests.soundness.steps import step


@step(2, 3, 4, 5)
def flatten(m: Maker) -> None:
    start = m.random.randrange(len(m.shape))
    end = m.random.randrange(start, len(m.shape))
    total = math.prod(m.shape[start : end + 1])
    whole = end == len(m.shape) - 1
    ends = m.place(end) if not whole else m.place(-1)
    call = f"x.flatten({m.place(start)}, {ends})"
    if start == 1 and whole and m.chance(0.5):
        call = f"{m.child('flatten')}(x)"
    m.say(call, [*m.shape[:start], total, *m.shape[end + 1 :]])


@step(1, 2, 3, 4)
def unflatten(m: Maker) -> None:
    at = m.random.randrange(len(m.shape))
    factor = m.divisor(m.shape[at])
    sizes = [factor, m.shape[at] // factor]
    shown = [m.number(each) for each in sizes]
    if m.chance(0.5):
        shown[m.pick(0, 1)] = "-1"
    axis = m.place(m.pick(at, at - len(m.shape)))
    call = f"x.unflatten({axis}, [{', '.join(shown)}])"
    if m.chance(0.3) and at:
        sizes_ = ", ".join(shown)
        call = f"{m.child(f'unflatten {m.place(at)} ({sizes_})')}(x)"
    m.say(call, [*m.shape[:at], *sizes, *m.shape[at + 1 :]])


@step(1, 2, 3, 4)
def view(m: Maker) -> None:
    """Any sizes with the same product, one of them left to torch."""
    left = math.prod(m.shape)
    sizes: list[int] = []
    while len(sizes) < 3 and m.chance(0.7):
        factor = m.divisor(left)
        sizes.append(factor)
        left //= factor
    sizes.append(left)
    shown = [m.number(each) for each in sizes]
    if m.chance(0.6):
        shown[m.random.randrange(len(shown))] = "-1"
    name = m.pick("x.reshape", "x.contiguous().view")
    m.say(f"{name}({', '.join(shown)})", sizes)


@step(2, 3, 4)
def view_by_shape(m: Maker) -> None:
    """Sizes that are taken from the tensor itself."""
    last = m.shape[-1]
    factor = m.divisor(last)
    kept = [m.pick(f"x.shape[{at}]", f"x.size({at})") for at in range(len(m.shape) - 1)]
    tail = m.pick(
        f"{m.number(factor)}, x.shape[-1] // {m.number(factor)}",
        f"x.size(-1) // {m.number(last // factor)}, -1",
    )
    start = m.pick(", ".join(kept), "*x.shape[:-1]")
    m.say(f"x.reshape({start}, {tail})", [*m.shape[:-1], factor, last // factor])


@step(2, 3, 4, 5)
def permute(m: Maker) -> None:
    order = list(range(len(m.shape)))
    m.random.shuffle(order)
    shown = [m.place(m.pick(each, each - len(order))) for each in order]
    call = m.pick(f"x.permute({', '.join(shown)})", f"x.permute([{', '.join(shown)}])")
    m.say(f"{call}.contiguous()", [m.shape[at] for at in order])


@step(2, 3, 4)
def transpose(m: Maker) -> None:
    one, other = m.axis(len(m.shape)), m.axis(len(m.shape))
    found = list(m.shape)
    found[one], found[other] = found[other], found[one]
    name = m.pick("transpose", "swapaxes", "swapdims")
    m.say(f"x.{name}({m.place(one)}, {m.place(other)}).contiguous()", found)


@step(1, 2, 3, 4)
def unsqueeze(m: Maker) -> None:
    at = m.axis(len(m.shape), 1)
    found = list(m.shape)
    found.insert(at if at >= 0 else at + len(found) + 1, 1)
    m.say(f"x.unsqueeze({m.place(at)})", found)


@step(2, 3, 4, 5)
def squeeze(m: Maker) -> None:
    at = m.axis(len(m.shape))
    m.say(f"x.squeeze({m.place(at)})")
    found = list(m.shape)
    if found[at] == 1:
        del found[at]
    m.became(found)


@step(1, 2, 3, 4)
def new_axis(m: Maker) -> None:
    """An index with None and dots."""
    where, index = m.pick((0, "None"), (1, ":, None"), (len(m.shape), "..., None"))
    found = list(m.shape)
    found.insert(where, 1)
    m.say(f"x[{index}]", found)


@step(1, 2, 3, 4, 5)
def part(m: Maker) -> None:
    """Slices and indices, with bounds beyond the end and before the start."""
    shown, found = [], []
    for size in m.shape[: m.pick(1, len(m.shape))]:
        low, high, by = m.pick(0, 1, -2), m.pick(2, 9, -1, size), m.pick(1, 1, 2)
        kind = m.pick("all", "slice", "index") if len(m.shape) > 1 else "slice"
        if kind == "index":
            shown.append(m.number(m.random.randrange(size)))
            continue
        if kind == "all":
            shown.append(":")
            found.append(size)
            continue
        step_ = f":{m.number(by)}" if by > 1 else ""
        shown.append(f"{m.number(low)}:{m.number(high)}{step_}")
        found.append(len(range(size)[low:high:by]))
    if not all(found):
        raise Dropped
    rest = m.shape[len(shown) :]
    if len([*found, *rest]) == 0:
        raise Dropped
    m.say(f"x[{', '.join(shown)}]", [*found, *rest])


@step(3, 4)
def part_with_dots(m: Maker) -> None:
    size, low = m.shape[-1], m.pick(0, 1)
    if size <= low:
        raise Dropped
    m.say(f"x[..., {m.number(low)}:]", [*m.shape[:-1], size - low])


@step(2, 3, 4)
def chunk(m: Maker) -> None:
    at = m.axis(len(m.shape))
    half, rest = -(-m.shape[at] // 2), m.shape[at] // 2
    if not rest:
        raise Dropped
    m.lines.append(f"    a, b = x.chunk({m.number(2)}, {m.place(at)})")
    whole = half == rest
    m.say("a + b" if whole and m.chance(0.7) else "a")
    found = list(m.shape)
    found[at] = half
    m.became(found)


@step(2, 3, 4)
def split(m: Maker) -> None:
    at = m.axis(len(m.shape))
    first = m.random.randrange(0, m.shape[at])
    sizes = [first, m.shape[at] - first]
    shown = ", ".join(map(m.number, sizes))
    m.lines.append(f"    a, b = split(x, [{shown}], dim={m.place(at)})")
    if first and m.chance(0.5):
        m.say(f"cat([b, a], {m.place(at)})")
        return
    found = list(m.shape)
    found[at] = sizes[1]
    m.say("b", found)


@step(1, 2, 3, 4)
def joined(m: Maker) -> None:
    at = m.axis(len(m.shape))
    found = list(m.shape)
    if m.chance(0.7):
        more = m.pick(1, 2)
        other = list(m.shape)
        other[at] = more
        m.say(f"cat([x, ones({', '.join(map(m.number, other))})], {m.place(at)})")
        found[at] += more
    else:
        m.say(f"cat([x, {m.pick('x', 'relu(x)')}], dim={m.place(at)})")
        found[at] *= 2
    m.became(found)


@step(1, 2, 3)
def stacked(m: Maker) -> None:
    at = m.axis(len(m.shape), 1)
    found = list(m.shape)
    found.insert(at if at >= 0 else at + len(found) + 1, 2)
    m.say(f"stack([x, x + 1], {m.place(at)})", found)


@step(2, 3, 4, 5)
def reduce(m: Maker) -> None:
    at, keep = m.axis(len(m.shape)), m.chance(0.5)
    m.say(f"x.{m.pick('sum', 'mean', 'amax', 'logsumexp')}({m.place(at)}, keepdim={keep})")
    found = list(m.shape)
    if keep:
        found[at] = 1
    else:
        del found[at]
    m.became(found)


@step(3, 4, 5)
def reduce_two(m: Maker) -> None:
    first, second = m.random.sample(range(len(m.shape)), 2)
    keep = m.chance(0.3)
    axes = f"{m.place(first)}, {m.place(second - len(m.shape))}"
    m.say(f"x.{m.pick('sum', 'mean', 'amax', 'std')}(({axes}), keepdim={keep})")
    kept = [1 if at in (first, second) else size for at, size in enumerate(m.shape)]
    m.became(kept if keep else [s for at, s in enumerate(m.shape) if at not in (first, second)])


@step(3, 4)
def extremes(m: Maker) -> None:
    """A tuple with names: values and where they are."""
    at = m.axis(len(m.shape))
    name = m.pick("max", "min", "median", "mode")
    m.lines.append(m.pick(
        f"    v, _ = x.{name}({m.place(at)})", f"    v = x.{name}(dim={m.place(at)}).values"
    ))  # fmt: skip
    found = list(m.shape)
    del found[at]
    m.say("v", found)


@step(2, 3)
def best(m: Maker) -> None:
    at = m.axis(len(m.shape))
    count = m.random.randrange(1, m.shape[at] + 1)
    m.lines.append(f"    v, _ = topk(x, {m.number(count)}, dim={m.place(at)})")
    found = list(m.shape)
    found[at] = count
    m.say("v", found)


@step(1, 2, 3)
def expanded(m: Maker) -> None:
    count = m.pick(2, 3)
    shown = ["-1" if m.chance(0.5) else m.number(each) for each in m.shape]
    once = ", ".join([m.number(1)] * len(m.shape))
    call = m.pick(
        f"x.expand({m.number(count)}, {', '.join(shown)})", f"x.repeat({m.number(count)}, {once})"
    )
    m.say(call, [count, *m.shape])


REARRANGED = {
    3: ("b t d -> b d t", "b t d -> t b d", "b t d -> (b t) d", "b t d -> b (t d)",
        "b t d -> b t d 1", "b t d -> (t b d)"),
    4: ("b c h w -> b (h w) c", "b c h w -> b h w c", "b c h w -> (b h) w c",
        "b c h w -> b (c h w)", "b c h w -> h (w b) c", "b ... w -> b w ..."),
    2: ("b d -> d b", "b d -> (b d)", "b d -> b 1 d", "b d -> b d 1 1"),
}  # fmt: skip


@step(2, 3, 4)
def rearranged(m: Maker) -> None:
    pattern = m.pick(*REARRANGED[len(m.shape)])
    made = f'rearrange "{pattern}"'
    if m.chance(0.4):
        m.say(f"{m.child(made)}(x)")
    else:
        m.say(f'rearrange(x, "{pattern}")')
    left, right = pattern.split("->")
    m.became(_lengths(left, right, m.shape))


@step(3, 4)
def rearranged_apart(m: Maker) -> None:
    """An axis is taken apart, and its parts stand elsewhere."""
    size = m.shape[-1]
    parts = m.divisor(size)
    names = "b t u"[: 2 * len(m.shape) - 3]
    right = m.pick(
        f"{names} h e", f"h {names} e", f"{names} e h", f"b h {names[2:]} e", f"(h b) {names[2:]} e"
    )
    pattern = f"{names} (h e) -> {right}"
    by = m.pick(f"h={m.number(parts)}", f"e={m.number(size // parts)}")
    m.say(f'rearrange(x, "{pattern}", {by})')
    m.became(_lengths(f"{names} h e", right, [*m.shape[:-1], parts, size // parts]))


def _lengths(left: str, right: str, shape: list[int]) -> list[int]:
    names = left.split()
    if "..." in names:
        at = names.index("...")
        count = len(shape) - len(names) + 1
        inner = [f"_{each}" for each in range(count)]
        names[at : at + 1] = inner
        right = right.replace("...", " ".join(inner))
    length = {**dict(zip(names, shape, strict=True)), "1": 1}
    found: list[int] = []
    inside: list[int] | None = None
    for word in right.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            inside = []
        elif word == ")":
            found.append(math.prod(inside or []))
            inside = None
        elif inside is not None:
            inside.append(length[word])
        else:
            found.append(length[word])
    return found
