"""Samples of the functional forms of layers."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


@SAMPLES("linear", 44)
def linear(name: str, r: Draw) -> Given:
    width, out = r.one(2, 3, 4), r.one(1, 2, 5)
    shape = [*r.shape(0, 3), width] if r.chance(0.96) else []
    weight = [out, r.off(width, 1)] if r.chance(0.9) else r.one([width], [2, out, width])
    bias = r.one([out], [out], [out], [out + 1], [1], [])
    args = r.one("x, y", "x, y, z", "x, y, bias=z", "x, y, None")
    kinds = ["int" if r.chance(0.04) else "" for _ in range(3)]
    shapes = zip((shape, weight, bias), kinds, strict=True)
    return given(args, *(typed(sizes, kind) for sizes, kind in shapes))


@SAMPLES("bilinear", 24)
def bilinear(name: str, r: Draw) -> Given:
    head, a, b = r.shape(0, 2), r.one(2, 3), r.one(2, 4)
    weight = [5, r.off(a), r.off(b)]
    return given("x, y, z", typed([*head, a]), typed([*r.same(head, 0.1), b]), typed(weight))


@SAMPLES("layer_norm rms_norm", 34)
def layer_norm(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    last = r.same(shape[-r.one(1, 1, 2) :], 0.2)
    weight = typed(last if r.chance(0.85) else r.same(last, 1))
    args = r.one(f"x, {r.sizes(last)}", f"x, {r.sizes(last)}, y", f"x, {r.sizes(last)}, weight=y")
    if name == "layer_norm":
        args = r.one(args, f"x, {r.sizes(last)}, y, y", f"x, {r.sizes(last)}, None, y, 1e-6")
    return given(args, typed(shape, r.one("", "", "", "", "int")), weight)


@SAMPLES("batch_norm", 24)
def batch_norm(name: str, r: Draw) -> Given:
    shape = r.wide(2, 4) if r.chance(0.95) else r.wide(1, 1)
    count = [r.off(shape[min(1, len(shape) - 1)], 1)]
    args = r.one("x, y, y", "x, y, y, y, y", "x, None, None, training=True", "x, y, y, weight=y")
    return given(args, typed(shape, r.one("", "", "", "", "", "int")), typed(count))


@SAMPLES("instance_norm", 24)
def instance_norm(name: str, r: Draw) -> Given:
    shape = r.wide(3, 5) if r.chance(0.9) else r.wide(1, 2)
    count = [r.off(shape[min(1, len(shape) - 1)], 1)]
    args = r.one("x", "x", "x, weight=y, bias=y", "x, None, None, y")
    return given(args, typed(shape, r.one("", "", "", "", "", "int")), typed(count))


@SAMPLES("group_norm", 28)
def group_norm(name: str, r: Draw) -> Given:
    shape = r.wide(2, 4) if r.chance(0.95) else r.wide(1, 1)
    if len(shape) > 1:
        shape[1] = r.one(2, 4, 6)
    count = [r.off(shape[min(1, len(shape) - 1)], 1)]
    groups = r.one(1, 2, 2, 3, 0)
    args = r.one(f"x, {groups}", f"x, {groups}, y, y", f"x, num_groups={groups}")
    return given(args, typed(shape, r.one("", "", "", "", "", "int")), typed(count))


@SAMPLES("local_response_norm", 16)
def local_response_norm(name: str, r: Draw) -> Given:
    return given("x, 2", typed(r.shape(2, 5)))


@SAMPLES("normalize", 28)
def normalize(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axes(shape) if r.chance(0.2) else r.axis(shape)
    args = r.one("x", f"x, dim={dim}", f"x, 2, {dim}", f"x, p=1.0, dim={dim}")
    return given(args, typed(shape, r.one("", "", "", "", "int")))


@SAMPLES("glu", 24)
def glu(name: str, r: Draw) -> Given:
    shape = [r.one(2, 4, 6, 2, 3) for _ in range(r.random.randint(0, 4))]
    args = r.one("x", f"x, {r.axis(shape)}", f"x, dim={r.axis(shape)}")
    return given(args, typed(shape, r.one("", "", "", "", "int")))


@SAMPLES("cosine_similarity", 24)
def cosine_similarity(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = r.one("x, y", f"x, y, {r.axis(shape)}", f"x, y, dim={r.axis(shape)}")
    return given(args, typed(shape), typed(r.like(shape)))


@SAMPLES("pairwise_distance", 20)
def pairwise_distance(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    args = r.one("x, y", "x, y, p=1.0", "x, y, keepdim=True")
    return given(args, typed(shape), typed(r.like(shape)))


@SAMPLES("cdist", 24)
def cdist(name: str, r: Draw) -> Given:
    head, width = r.shape(0, 2), r.one(2, 3)
    first = [*head, r.one(2, 3), width] if r.chance(0.95) else [width]
    second = [*r.like(head), r.one(2, 4), r.off(width)]
    return given(r.one("x, y", "x, y, p=1.0"), typed(first), typed(second))


# ---- padding and sizes ---------------------------------------------------------


@SAMPLES("pad", 60)
def pad(name: str, r: Draw) -> Given:
    mode = r.one("constant", "constant", "reflect", "replicate", "circular")
    axes = r.random.randint(1, 3)
    shape = r.wide(1, 5) if mode == "constant" else r.near(axes + r.one(1, 2))
    amounts: list[object] = [r.one(0, 1, 1, 2, -1) for _ in range(2 * axes)]
    if r.chance(0.06):
        amounts = amounts[:-1]
    if r.chance(0.06):
        amounts[0] = r.one(6, -6)
    args = f'x, {r.sizes(amounts)}, mode="{mode}"'
    if mode == "constant":
        args = r.one(f"x, {r.sizes(amounts)}", args, f"{args}, value=1.0")
    return given(args, typed(shape, r.one("", "", "", "", "int")))


@SAMPLES("interpolate upsample", 44)
def interpolate(name: str, r: Draw) -> Given:
    rank = r.one(3, 4, 4, 5)
    shape = r.near(rank)
    modes = {3: ["nearest", "linear", "area"], 4: ["nearest", "bilinear", "bicubic", "area"]}
    mode = r.one(*modes.get(rank, ["nearest", "trilinear"]))
    if name == "upsample" and mode == "area":
        mode = "nearest"
    space = rank - 2
    size = r.one(
        str(r.one(1, 4, 6)), r.sizes([r.one(3, 4, 6)] * space), r.sizes([4] * r.one(space, 1))
    )
    factor = r.one("2", "2.0", "0.5", "1.5", r.sizes([2] * space), r.sizes([2.0] * space), "0.1")
    args = r.one(
        f"x, {size}", f"x, size={size}", f"x, scale_factor={factor}", f"x, scale_factor={factor}",
        f'x, scale_factor={factor}, mode="{mode}"', f'x, {size}, mode="{mode}"',
        f'x, {size}, None, "{mode}"', f"x, {size}, {factor}", "x",
    )  # fmt: skip
    return given(args, typed(shape, r.one("", "", "", "", "", "", "int")))


@SAMPLES("pixel_shuffle pixel_unshuffle", 28)
def pixel_shuffle(name: str, r: Draw) -> Given:
    by = r.one(1, 2, 2, 3, 2, 0)
    depth = r.one(4, 8, 9, 16, 3)
    space = [r.one(2, 4, 6, 3), r.one(2, 4, 6)]
    shape = [*r.shape(0, 2), depth, *space] if r.chance(0.92) else space
    return given(f"x, {by}", typed(shape, r.kind()))


@SAMPLES("channel_shuffle", 20)
def channel_shuffle(name: str, r: Draw) -> Given:
    shape = [2, r.one(2, 4, 6), *r.shape(0 if r.chance(0.2) else 1, 3)]
    return given(f"x, {r.one(1, 2, 2, 3, 0)}", typed(shape))


@SAMPLES("grid_sample", 30)
def grid_sample(name: str, r: Draw) -> Given:
    space = r.one(2, 2, 3)
    shape = r.near(space + 2)
    grid = [r.off(shape[0], 1), *r.shape(space, space), r.off(space)] if shape else [2]
    args = r.one("x, y", "x, y, align_corners=False", 'x, y, mode="nearest", align_corners=True')
    return given(args, typed(shape), typed(grid))


@SAMPLES("affine_grid", 24)
def affine_grid(name: str, r: Draw) -> Given:
    space, batch = r.one(2, 2, 3), r.one(1, 2)
    theta = [r.off(batch, 1), r.off(space, 1), space + 1]
    sizes = r.sizes([batch, 3, *(r.one(2, 4) for _ in range(space))])
    return given(f"x, {sizes}, align_corners=False", typed(theta))
