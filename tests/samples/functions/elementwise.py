"""Samples of functions of one tensor, element by element."""

from __future__ import annotations

from netdsl.checking.functions.copies import CONVERTERS
from netdsl.checking.functions.elementwise import IN_PLACE, KINDS
from tests.samples.drawing import SAMPLES, Draw, Given, given, typed

UNARY = " ".join(KINDS.values()) + " " + " ".join(CONVERTERS.values())
_PLAIN = set(UNARY.split())
_WRITTEN = [f"{name}_" for name in IN_PLACE.split()]


@SAMPLES(" ".join(sorted({*_PLAIN, *_WRITTEN})), 8)
def unary(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.one("", "", "int", "bool")))


@SAMPLES("dropout dropout1d dropout2d dropout3d", 16)
def dropout(name: str, r: Draw) -> Given:
    rank = int(name[-2]) if name != "dropout" else 1
    rate = r.one("", ", 0.3", ", 0.3, False", ", p=0.5", ", p=1.5", ", -0.5", ", training=False")
    return given(f"x{rate}", typed(r.shape(rank + 1, rank + 2), r.one("", "", "int")))


@SAMPLES("bernoulli", 12)
def bernoulli(name: str, r: Draw) -> Given:
    return given(r.one("x", "x, 0.5"), typed(r.shape(), r.kind()))


@SAMPLES("threshold threshold_", 12)
def threshold(name: str, r: Draw) -> Given:
    return given("x, 1, 2", typed(r.shape(), r.kind()))


@SAMPLES("prelu")
def prelu(name: str, r: Draw) -> Given:
    shape = r.shape()
    count = r.off(shape[1] if len(shape) > 1 else 1, 1) if r.chance(0.6) else 1
    weight = [count] if r.chance(0.9) else r.one([], [1, count])
    return given("x, y", typed(shape, r.one("", "", "", "int")), typed(weight))


@SAMPLES("softmax log_softmax softmin")
def softmax(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axis(shape)
    args = r.one(f"x, {dim}", f"x, dim={dim}", f"x, {dim}", f"x, {dim}, dtype=float32")
    return given(args, typed(shape, r.kind("int")))


@SAMPLES("gumbel_softmax", 14)
def gumbel_softmax(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = r.one("x", "x, 0.5", "x, tau=0.5, hard=True", f"x, dim={r.axis(shape)}")
    return given(args, typed(shape, r.one("", "", "", "int")))


@SAMPLES("cumsum cumprod logcumsumexp cummax cummin cumsum_ cumprod_", 20)
def cumulated(name: str, r: Draw) -> Given:
    shape = r.shape()
    dtype = ", dtype=float32" if r.chance(0.1) and name in ("cumsum", "cumprod") else ""
    return given(f"x, {r.one('', 'dim=')}{r.axis(shape)}{dtype}", typed(shape, r.kind()))


@SAMPLES("flip", 20)
def flip(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given(f"x, {r.axes(shape)}", typed(shape, r.kind()))


@SAMPLES("fliplr flipud tril triu tril_ triu_", 12)
def ranked(name: str, r: Draw) -> Given:
    more = r.one("", ", 1", ", diagonal=-1") if name[:3] in ("tri", "tru") else ""
    return given(f"x{more}", typed(r.shape(0, 3), r.kind()))


@SAMPLES("roll", 24)
def roll(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = r.one(
        "x, 1", f"x, 1, {r.axis(shape)}", f"x, shifts=-1, dims={r.axis(shape)}",
        "x, (1, 1), (0, 1)", "x, (1, 2), dims=(-2, -1)", "x, (1, 2), 0", "x, (1, 1)",
    )  # fmt: skip
    return given(args, typed(shape, r.kind()))


@SAMPLES("zeros_like ones_like empty_like rand_like randn_like", 12)
def like(name: str, r: Draw) -> Given:
    return given(r.one("x", "x", "x, dtype=float32"), typed(r.shape(), r.kind()))


@SAMPLES("full_like", 12)
def full_like(name: str, r: Draw) -> Given:
    return given(r.one("x, 1", "x, 0.5", "x, fill_value=2"), typed(r.shape(), r.kind()))


@SAMPLES("randint_like", 12)
def randint_like(name: str, r: Draw) -> Given:
    return given(r.one("x, 5", "x, 1, 5"), typed(r.shape(), r.kind("int")))


@SAMPLES("zero_ normal_ uniform_ exponential_ log_normal_ cauchy_ random_ bernoulli_", 12)
def drawn(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))


@SAMPLES("fill_", 12)
def fill(name: str, r: Draw) -> Given:
    if r.chance(0.4):
        return given("x, y", typed(r.shape(), r.kind()), typed(r.shape(0, 1)))
    return given(r.one("x, 1", "x, 0.5", "x, True"), typed(r.shape(), r.kind()))


@SAMPLES("type_as", 12)
def type_as(name: str, r: Draw) -> Given:
    return given("x, y", typed(r.shape(), r.kind()), typed(r.shape(), r.kind()))


@SAMPLES("to", 16)
def to(name: str, r: Draw) -> Given:
    args = r.one("x, float32", "x, dtype=long", "x, y", 'x, "cpu"', "x, y.dtype", "x, y.device")
    return given(args, typed(r.shape(), r.kind()), typed(r.shape(), r.kind()))


@SAMPLES("type", 10)
def type_(name: str, r: Draw) -> Given:
    return given(r.one("x", "x, float32", "x, dtype=long"), typed(r.shape(), r.kind()))


@SAMPLES("cpu", 10)
def cpu(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))


@SAMPLES("copy_", 16)
def copy(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given("x, y", typed(shape, r.kind()), typed(r.like(shape), r.kind()))


@SAMPLES("frexp", 12)
def frexp(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))
