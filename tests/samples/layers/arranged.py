"""Samples of layers that give their input another shape, and of distances."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed
from tests.samples.functions.windowed import image


@LAYER_SAMPLES("Flatten", 32)
def flatten(name: str, r: Draw) -> Given:
    shape = r.wide(1, 4)
    start, end = r.axis(shape), r.axis(shape)
    return given(r.one("", f"{start}", f"start_dim={start}", f"{start}, {end}"), typed(shape))


@LAYER_SAMPLES("Unflatten", 32)
def unflatten(name: str, r: Draw) -> Given:
    shape, sizes = r.wide(1, 3), [r.one(2, 3), r.one(1, 2, 4)]
    at = r.random.randrange(len(shape))
    shape[at] = r.off(sizes[0] * sizes[1], 1)
    if r.chance(0.2):
        sizes[r.one(0, 1)] = -1
    dim = at - len(shape) if r.chance(0.4) else at
    dim = r.axis(shape, wrong=0.6) if r.chance(0.15) else dim
    return given(f"{dim}, ({sizes[0]}, {sizes[1]})", typed(shape))


@LAYER_SAMPLES("PixelShuffle PixelUnshuffle", 32)
def pixels(name: str, r: Draw) -> Given:
    factor = r.one(1, 2, 3)
    square = factor * factor
    space = [r.off(factor * r.one(1, 2), 1) for _ in range(2)]
    shape = [*r.wide(0, 2), r.off(square * r.one(1, 2), 1), *space]
    return given(str(factor), typed(shape[1:] if r.chance(0.1) else shape))


@LAYER_SAMPLES("ChannelShuffle")
def channels(name: str, r: Draw) -> Given:
    return given(str(r.one(1, 2, 3)), typed([2, r.one(4, 6, 5), *r.wide(0, 2)]))


@LAYER_SAMPLES("Upsample", 32)
def upsample(name: str, r: Draw) -> Given:
    n = r.one(1, 2, 2, 3)
    shape = [2, 3, *image(r, n)[-n:]]
    size = r.sizes([r.one(2, 5) for _ in range(n)])
    modes = {1: "linear", 2: "bilinear", 3: "trilinear"}
    mode = r.one("", ', mode="nearest"', f', mode="{modes[n]}"')
    how = r.one("scale_factor=2", "scale_factor=1.5", f"size={size}", "size=6", "scale_factor=3.0")
    return given(how + mode, typed(shape[1:] if r.chance(0.12) else shape))


@LAYER_SAMPLES("UpsamplingNearest2d UpsamplingBilinear2d", 24)
def upsampling(name: str, r: Draw) -> Given:
    how = r.one("scale_factor=2", "scale_factor=1.5", "size=(5, 6)", "size=6")
    return given(how, typed([2, 3, *r.wide(2, 2)] if r.chance(0.85) else r.wide(2, 3)))


@LAYER_SAMPLES("CosineSimilarity PairwiseDistance", 32)
def distance(name: str, r: Draw) -> Given:
    shape = r.wide(1, 3)
    more = r.one("", "", "eps=0.1")
    if name == "PairwiseDistance":
        more = r.one(more, "keepdim=True", "2.0")
    elif r.chance(0.4):
        more = f"dim={r.axis(shape)}"
    return given(more, typed(shape), typed(r.like(shape)))
