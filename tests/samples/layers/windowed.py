"""Samples of layers that move a window over space."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed
from tests.samples.functions.windowed import image


def space_of(name: str) -> int:
    return int(name[-2])


@LAYER_SAMPLES("Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d", 48)
def conv(name: str, r: Draw) -> Given:
    n, depth = space_of(name), 4
    kernel = r.pair(1, 2, 3, 3, 9, count=n)
    channels = f"{r.one(4, 8, 6)}"
    if name.startswith("Conv"):
        channels = f"{r.off(depth, 1)}, {channels}"
    more = r.one(
        "", f", {r.pair(1, 2, 3, count=n)}", f", stride={r.pair(1, 2, count=n)}", ", padding=1",
        f", 2, {r.pair(0, 1, 2, count=n)}", ', padding="same"', ', padding="valid"',
        f", groups={r.one(2, 4, 3)}", ", dilation=2", ", dilation=2, padding=2, stride=2",
        ", bias=False", ', padding=1, padding_mode="circular"',
        ', padding="same", stride=2',
    )  # fmt: skip
    kind = r.one("", "", "", "", "", "int")
    return given(f"{channels}, {kernel}{more}", typed(image(r, n, depth), kind))


@LAYER_SAMPLES(
    "ConvTranspose1d ConvTranspose2d ConvTranspose3d"
    " LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
    40,
)
def conv_transpose(name: str, r: Draw) -> Given:
    n, depth = space_of(name), 4
    channels = f"{r.one(4, 8, 6)}"
    if name.startswith("Conv"):
        channels = f"{r.off(depth, 1)}, {channels}"
    more = r.one(
        "", ", 2", f", stride={r.pair(1, 2, count=n)}", ", padding=1", ", 2, 1, 1",
        f", stride=2, output_padding={r.one(0, 1, 2)}", ", groups=2", ", dilation=2",
        ", stride=2, padding=1, output_padding=1", ", padding=4",
    )  # fmt: skip
    kind = r.one("", "", "", "", "", "int")
    kernel = r.pair(1, 2, 3, 4, count=n)
    return given(f"{channels}, {kernel}{more}", typed(image(r, n, depth), kind))


@LAYER_SAMPLES("MaxPool1d MaxPool2d MaxPool3d", 32)
def max_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    more = r.one(
        "", f", {r.pair(1, 2, 3, count=n)}", f", stride={r.pair(1, 2, count=n)}", ", padding=1",
        ", ceil_mode=True", ", 2, 1, 1, True", ", dilation=2", ", return_indices=True",
        ", 2, return_indices=True", ", stride=3, padding=1, ceil_mode=True",
    )  # fmt: skip
    return given(f"{r.pair(1, 2, 3, 2, 3, 8, count=n)}{more}", typed(image(r, n)))


@LAYER_SAMPLES("AvgPool1d AvgPool2d AvgPool3d", 32)
def avg_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    more = r.one(
        "", f", {r.pair(1, 2, 3, count=n)}", f", stride={r.pair(1, 2, count=n)}", ", padding=1",
        ", ceil_mode=True", ", 2, 1, True", ", count_include_pad=False",
    )  # fmt: skip
    return given(f"{r.pair(1, 2, 3, 2, 3, 8, count=n)}{more}", typed(image(r, n)))


@LAYER_SAMPLES("LPPool1d LPPool2d LPPool3d")
def lp_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    more = r.one("", f", {r.pair(1, 2, count=n)}", ", stride=2", ", ceil_mode=True")
    return given(f"{r.one(1, 2)}, {r.pair(1, 2, 3, 8, count=n)}{more}", typed(image(r, n)))


@LAYER_SAMPLES(
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d"
    " AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d",
)
def adaptive_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    some = r.sizes([r.one(1, 2, "None", 3) for _ in range(n)])
    size = r.one("1", "3", "7", some if n > 1 else "2")
    more = ", return_indices=True" if "Max" in name and r.chance(0.3) else ""
    return given(f"{size}{more}", typed(image(r, n)))


@LAYER_SAMPLES("FractionalMaxPool2d FractionalMaxPool3d", 32)
def fractional_pool(name: str, r: Draw) -> Given:
    n = space_of(name)
    how = r.one(
        f"output_size={r.pair(2, 3, 4, 5, count=n)}",
        f"output_ratio={r.one('0.5', '0.6', '0.9')}",
        f"output_ratio={r.sizes([r.one('0.5', '0.7') for _ in range(n)])}",
    )
    more = r.one("", "", ", return_indices=True")
    return given(f"{r.pair(1, 2, 3, count=n)}, {how}{more}", typed(image(r, n)))


@LAYER_SAMPLES("MaxUnpool1d MaxUnpool2d MaxUnpool3d", 32)
def unpool(name: str, r: Draw) -> Given:
    shape = image(r, space_of(name))
    more = r.one("", "", ", stride=3", ", padding=1", ", 2, 1")
    return given(
        f"{r.one(2, 3, 3)}{more}",
        typed(shape),
        typed(r.same(shape), r.one("int", "int", "int", "")),
    )


PADS = " ".join(
    f"{kind}Pad{n}d"
    for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
    for n in (1, 2, 3)
)


@LAYER_SAMPLES(PADS, 32)
def padded(name: str, r: Draw) -> Given:
    n = space_of(name)
    least = -1 if name.startswith("Circular") else -7
    each = [r.one(0, 1, 1, 2, 2, 3, 4, 6, -1, -1, least) for _ in range(2 * n)]
    amount = r.one(str(r.one(0, 1, 2, 5)), f"({', '.join(map(str, each))})")
    value = ", 1.0" if name.startswith("Constant") else ""
    return given(amount + value, typed(image(r, n)))


@LAYER_SAMPLES("Unfold", 32)
def unfold(name: str, r: Draw) -> Given:
    more = r.one("", ", stride=2", ", padding=1", ", dilation=2", ", 1, 1, 2")
    return given(f"{r.pair(1, 2, 3, 8)}{more}", typed(image(r, 2)))


@LAYER_SAMPLES("Fold", 40)
def fold(name: str, r: Draw) -> Given:
    height, width, kernel = r.one(4, 5), r.one(4, 6), r.one(1, 2)
    count = (height - kernel + 1) * (width - kernel + 1)
    shape = [2, r.off(3 * kernel * kernel, 1), r.off(count, 1)]
    shape = shape[1:] if r.chance(0.2) else shape
    return given(f"({height}, {width}), {kernel}", typed(shape))
