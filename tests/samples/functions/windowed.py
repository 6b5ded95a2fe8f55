"""Samples of convolutions and pools."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def space_of(name: str) -> int:
    return int(name.removesuffix("_with_indices").rstrip("d")[-1])


def image(r: Draw, space: int, channels: int = 2) -> list[int]:
    sizes = [r.one(4, 5, 6, 7) for _ in range(space)]
    shape = [*r.one([2], [2], [2], []), channels, *sizes]
    if r.chance(0.06):
        return r.one(shape[1:], [2, *shape], sizes)
    return shape


@SAMPLES(
    "max_pool1d max_pool2d max_pool3d max_pool1d_with_indices max_pool2d_with_indices"
    " max_pool3d_with_indices",
    30,
)
def max_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    kernel = r.pair(1, 2, 3, 2, 3, 8, count=n)
    more = r.one(
        "", f", {r.pair(1, 2, 3, count=n)}", f", stride={r.pair(1, 2, count=n)}", ", padding=1",
        f", 2, {r.pair(0, 1, count=n)}", ", ceil_mode=True", ", 2, 1, 1, True",
        f", stride={r.one(1, 2, 3)}, padding={r.one(0, 1)}, ceil_mode=True", ", dilation=2",
        ", stride=0",
    )  # fmt: skip
    if "with" not in name and r.chance(0.15):
        more += ", return_indices=True"
    return given(f"x, {kernel}{more}", typed(image(r, n), r.one("", "", "", "", "", "int", "bool")))


@SAMPLES("avg_pool1d avg_pool2d avg_pool3d", 30)
def avg_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    kernel = r.pair(1, 2, 3, 2, 3, 8, count=n)
    more = r.one(
        "", f", {r.pair(1, 2, 3, count=n)}", f", stride={r.pair(1, 2, count=n)}", ", padding=1",
        f", 2, {r.pair(0, 1, count=n)}", ", ceil_mode=True", ", 2, 1, True",
        ", stride=3, padding=1, ceil_mode=True", ", count_include_pad=False",
    )  # fmt: skip
    return given(f"x, {kernel}{more}", typed(image(r, n), r.one("", "", "", "", "", "", "int")))


@SAMPLES("lp_pool1d lp_pool2d lp_pool3d", 20)
def lp_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    more = r.one("", f", {r.pair(1, 2, count=n)}", ", stride=2", ", ceil_mode=True")
    return given(f"x, {r.one('2', '1')}, {r.pair(1, 2, 3, 8, count=n)}{more}", typed(image(r, n)))


@SAMPLES(
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d"
    " adaptive_max_pool2d adaptive_max_pool3d adaptive_max_pool1d_with_indices"
    " adaptive_max_pool2d_with_indices adaptive_max_pool3d_with_indices",
    24,
)
def adaptive_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    sizes: list[object] = [r.one(1, 2, 3, "None") for _ in range(n)]
    size = r.one("1", "2", "7", r.sizes(sizes), r.sizes([2] * n), r.sizes([2] * (n + 1)))
    more = ", return_indices=True" if name.startswith("adaptive_max") and r.chance(0.2) else ""
    if "with" in name:
        more = ""
    kind = r.one("", "", "", "", "", "int")
    return given(f"x, {size}{more}", typed(image(r, n), kind))


@SAMPLES("conv1d conv2d conv3d", 40)
def conv(name: str, r: Draw) -> Given:
    n = space_of(name)
    groups = r.one(1, 1, 1, 2, 4)
    depth, out = 4, r.one(4, 8, 6)
    weight = [out, r.off(depth // groups, 1), *(r.one(1, 2, 3, 5) for _ in range(n))]
    bias = [r.off(out)]
    more = r.one(
        "", f", stride={r.pair(1, 2, 3, count=n)}", f", padding={r.pair(0, 1, 2, count=n)}",
        ", stride=2, padding=1", f", dilation={r.pair(1, 2, count=n)}", ', padding="same"',
        ', padding="valid"', ", padding=3, dilation=2", ', padding="same", stride=2', ", stride=0",
    )  # fmt: skip
    args = r.one("x, y", "x, y, z", "x, y, bias=z", "x, y, None")
    if groups > 1:
        more += f", groups={groups}"
    kind = "int" if r.chance(0.04) else ""
    weight = weight if r.chance(0.95) else weight[:-1]
    return given(f"{args}{more}", typed(image(r, n, depth), kind), typed(weight), typed(bias))


@SAMPLES("conv_transpose1d conv_transpose2d conv_transpose3d", 34)
def conv_transpose(name: str, r: Draw) -> Given:
    n = space_of(name)
    groups = r.one(1, 1, 1, 2)
    weight = [r.off(4, 1), r.one(2, 3), *(r.one(1, 2, 3, 4) for _ in range(n))]
    bias = [r.off(weight[1] * groups, 1)]
    more = r.one(
        "", f", stride={r.pair(1, 2, 3, count=n)}", f", padding={r.pair(0, 1, count=n)}",
        ", stride=2, padding=1, output_padding=1", ", dilation=2", ", output_padding=1",
        ", stride=2, output_padding=2", ", 2, 1", ", padding=4",
    )  # fmt: skip
    args = r.one("x, y", "x, y, bias=z") if more != ", 2, 1" else "x, y, None"
    if groups > 1:
        more += f", groups={groups}"
    return given(f"{args}{more}", typed(image(r, n, 4)), typed(weight), typed(bias))


@SAMPLES("unfold", 60)
def unfold(name: str, r: Draw) -> Given:
    shape = image(r, 2, 3)
    if r.chance(0.5):
        shape = r.wide(0 if r.chance(0.1) else 1)
        return given(f"x, {r.axis(shape)}, {r.one(1, 2, 3)}, {r.one(1, 2, 0)}", typed(shape))
    kernel = r.pair(1, 2, 3, 8)
    more = r.one("", ", stride=2", ", padding=1", ", 1, 1, 2", ", dilation=2, padding=1, stride=1")
    return given(f"x, {kernel}{more}", typed(shape))


@SAMPLES("fold", 34)
def fold(name: str, r: Draw) -> Given:
    kernel, stride, padding = r.one(1, 2, 3), r.one(1, 2), r.one(0, 1)
    size = r.one(4, 5)
    places = (size + 2 * padding - kernel) // stride + 1
    shape = [*r.one([2], []), r.off(3 * kernel * kernel), r.off(places * places)]
    args = f"x, ({size}, {size}), {kernel}, stride={stride}, padding={padding}"
    return given(args, typed(shape))
