"""Samples of linear layers, activations, norms and embeddings."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed


@LAYER_SAMPLES(
    "Identity Dropout AlphaDropout FeatureAlphaDropout ReLU ReLU6 GELU SiLU Mish ELU CELU SELU"
    " LeakyReLU RReLU Sigmoid LogSigmoid Hardsigmoid Hardswish Hardtanh Hardshrink Softshrink"
    " Softplus Softsign Tanh Tanhshrink",
    16,
)
def elementwise(name: str, r: Draw) -> Given:
    args = r.one("", "", "2.0") if name == "LeakyReLU" else ""
    return given(args, typed(r.shape()))


@LAYER_SAMPLES("Dropout1d Dropout2d Dropout3d", 16)
def dropout_of_channels(name: str, r: Draw) -> Given:
    return given(r.one("", "0.3", "p=0.1"), typed(r.wide(2, 5)))


@LAYER_SAMPLES("Threshold", 12)
def threshold(name: str, r: Draw) -> Given:
    return given("0.1, 20.0", typed(r.shape()))


@LAYER_SAMPLES("Softmin Softmax LogSoftmax")
def normalised(name: str, r: Draw) -> Given:
    shape = r.wide(1, 4)
    return given(f"dim={r.axis(shape, wrong=0.3)}", typed(shape))


@LAYER_SAMPLES("Softmax2d")
def softmax2d(name: str, r: Draw) -> Given:
    return given("", typed(r.wide(1, 5)))


@LAYER_SAMPLES("LocalResponseNorm CrossMapLRN2d", 16)
def response_norm(name: str, r: Draw) -> Given:
    return given(r.one("2", "3", "5"), typed(r.wide(1, 5) if r.chance(0.4) else r.wide(4, 4)))


@LAYER_SAMPLES("PReLU")
def prelu(name: str, r: Draw) -> Given:
    shape = r.wide(2, 4)
    return given(r.one("", "", f"{r.off(shape[1], 1)}"), typed(shape))


@LAYER_SAMPLES("GLU")
def glu(name: str, r: Draw) -> Given:
    shape = r.wide(1, 4)
    dim = r.axis(shape)
    if -len(shape) <= dim < len(shape) and r.chance(0.8):
        shape[dim] = r.one(2, 4, 6)
    return given(r.one(f"{dim}", f"dim={dim}"), typed(shape))


@LAYER_SAMPLES("Linear LazyLinear", 32)
def linear(name: str, r: Draw) -> Given:
    shape, out = r.wide(1, 4), r.one(1, 5, 8)
    sizes = f"{r.off(shape[-1], 1)}, {out}" if name == "Linear" else str(out)
    return given(sizes + r.one("", "", ", bias=False"), typed(shape, r.kind("int")))


@LAYER_SAMPLES("Bilinear", 32)
def bilinear(name: str, r: Draw) -> Given:
    head = r.wide(0, 2)
    one, other = r.one(2, 3), r.one(2, 4)
    args = f"{r.off(one, 1)}, {r.off(other, 1)}, {r.one(3, 5)}"
    return given(args, typed([*head, one]), typed([*r.same(head, 0.1), other]))


# ---- norms -------------------------------------------------------------------


def _features(r: Draw, low: int, high: int) -> list[int]:
    return [r.one(2, 3), r.one(2, 4, 6), *(r.one(2, 3, 5) for _ in range(r.one(low, high)))]


@LAYER_SAMPLES(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm"
    " LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d",
    32,
)
def batch_norm(name: str, r: Draw) -> Given:
    space = 1 if name == "SyncBatchNorm" else int(name[-2])
    shape = _features(r, space if space > 1 else r.one(0, 1), space)
    shape = r.near(len(shape)) if r.chance(0.2) else shape
    depth = r.off(shape[1], 1) if len(shape) > 1 else 2
    more = r.one("", "", "affine=False", "eps=0.1, momentum=None", "track_running_stats=True")
    args = [*([] if name.startswith("Lazy") else [str(depth)]), *([more] if more else [])]
    return given(", ".join(args), typed(shape, r.one("", "", "", "", "int")))


@LAYER_SAMPLES(
    "InstanceNorm1d InstanceNorm2d InstanceNorm3d"
    " LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d",
    40,
)
def instance_norm(name: str, r: Draw) -> Given:
    shape = _features(r, int(name[-2]), int(name[-2]))
    shape = shape[1:] if r.chance(0.2) else shape
    shape = r.near(len(shape)) if r.chance(0.2) else shape
    if r.chance(0.1):
        shape[2:] = [1] * len(shape[2:])
    depth = shape[-1 - int(name[-2])] if len(shape) > int(name[-2]) else 2
    more = r.one("", "", "affine=True", "track_running_stats=True", "affine=True, eps=0.1")
    lazy = name.startswith("Lazy")
    args = [*([] if lazy else [str(r.off(depth, 1))]), *([more] if more else [])]
    return given(", ".join(args), typed(shape, r.one("", "", "", "", "int")))


@LAYER_SAMPLES("GroupNorm", 40)
def group_norm(name: str, r: Draw) -> Given:
    shape = _features(r, 0, 3)
    depth = r.off(shape[1], 1)
    return given(f"{r.one(1, 2, 2, 3, 4)}, {depth}", typed(shape, r.one("", "", "", "int")))


@LAYER_SAMPLES("LayerNorm RMSNorm", 32)
def layer_norm(name: str, r: Draw) -> Given:
    shape = r.wide(1, 4)
    inner = r.same(shape[-r.one(1, 1, 2) :])
    sizes = str(inner[0]) if len(inner) == 1 and r.chance(0.5) else r.sizes(inner)
    more = r.one("", "", ", elementwise_affine=False", ", eps=0.1")
    return given(sizes + more, typed(shape, r.one("", "", "", "int")))


# ---- embeddings --------------------------------------------------------------


@LAYER_SAMPLES("Embedding", 32)
def embedding(name: str, r: Draw) -> Given:
    more = r.one("", "", ", padding_idx=0", ", padding_idx=-1", ", padding_idx=9", ", max_norm=1.0")
    kind = r.one("int", "int", "int", "", "bool")
    return given(f"{r.one(2, 4)}, {r.one(1, 3, 8)}{more}", typed(r.shape(), kind))


@LAYER_SAMPLES("EmbeddingBag", 32)
def embedding_bag(name: str, r: Draw) -> Given:
    width, mode = r.one(1, 3, 8), r.one("", ', mode="sum"', ', mode="max"')
    return given(f"4, {width}{mode}", typed([r.one(2, 3), r.one(2, 4)], r.one("int", "int", "")))
