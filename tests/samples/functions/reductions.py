"""Samples of what makes fewer elements of many, and of what sorts them."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def reduced(r: Draw, shape: list[int], several: bool = True) -> str:
    """The axes that are reduced, written in some way."""
    dim = r.axes(shape) if several and r.chance(0.35) else str(r.axis(shape))
    keep = r.one("True", "False")
    return r.one(
        "x", f"x, {dim}", f"x, {dim}", f"x, dim={dim}", f"x, {dim}, keepdim={keep}",
        f"x, {dim}, {keep}", f"x, dim={dim}, keepdim={keep}",
    )  # fmt: skip


@SAMPLES("sum mean nansum nanmean amax amin all any", 34)
def several(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = reduced(r, shape)
    if name in ("sum", "mean") and r.chance(0.15):
        args = r.one("x, dtype=float32", f"x, {r.axis(shape)}, dtype=float32")
    return given(args, typed(shape, r.kind()))


@SAMPLES("prod argmax argmin max min median nanmedian aminmax", 30)
def along_one(name: str, r: Draw) -> Given:
    shape = r.shape()
    if name in ("max", "min") and r.chance(0.25):
        return given("x, y", typed(shape, r.kind()), typed(r.like(shape), r.kind()))
    if name == "aminmax":
        dim, keep = r.axis(shape), r.one("True", "False")
        args = r.one("x", f"x, dim={dim}", f"x, dim={dim}, keepdim={keep}")
        return given(args, typed(shape, r.kind("int")))
    return given(reduced(r, shape, r.chance(0.15)), typed(shape, r.kind()))


@SAMPLES("logsumexp", 24)
def logsumexp(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = reduced(r, shape)
    return given(args if args != "x" else "x, 0", typed(shape, r.kind("int")))


@SAMPLES("count_nonzero", 20)
def count_nonzero(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axes(shape) if r.chance(0.4) else str(r.axis(shape))
    return given(r.one("x", f"x, {dim}", f"x, dim={dim}"), typed(shape, r.kind()))


@SAMPLES("std var std_mean var_mean", 36)
def spread(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim, keep = r.axes(shape) if r.chance(0.3) else str(r.axis(shape)), r.one("True", "False")
    args = r.one(
        "x", f"x, {dim}", f"x, {dim}, {keep}", f"x, {dim}, {keep}, True",
        f"x, {dim}, keepdim={keep}", f"x, {dim}, unbiased=False, keepdim={keep}",
        f"x, {dim}, correction=0", f"x, {keep}", f"x, dim={dim}, correction=1, keepdim={keep}",
        "x, correction=0",
    )  # fmt: skip
    return given(args, typed(shape, r.one("", "", "", "", "int")))


@SAMPLES("norm vector_norm", 34)
def norm(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim, keep = r.axis(shape), r.one("True", "False")
    args = r.one(
        "x", "x, 2", f"x, dim={dim}", f"x, 2, {dim}", f"x, 1, dim={dim}, keepdim={keep}",
        f"x, dim={dim}, keepdim={keep}", f"x, 2, ({dim},)", f"x, 2, {dim}, {keep}",
    )  # fmt: skip
    return given(args, typed(shape, r.one("", "", "", "", "", "int")))


@SAMPLES("mode", 20)
def mode(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given(reduced(r, shape, several=False), typed(shape, r.kind()))


@SAMPLES("kthvalue", 24)
def kthvalue(name: str, r: Draw) -> Given:
    shape = r.wide(0)
    dim, k = r.axis(shape), r.one(1, 1, 2, 4, 0)
    args = r.one(f"x, {k}", f"x, {k}, {dim}", f"x, {k}, dim={dim}, keepdim=True")
    return given(args, typed(shape, r.kind()))


@SAMPLES("quantile nanquantile", 24)
def quantile(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    dim = r.axis(shape)
    args = r.one("x, 0.5", f"x, 0.5, {dim}", f"x, 0.5, dim={dim}, keepdim=True", "x, y",
                 f"x, y, dim={dim}", f"x, y, {dim}, True")  # fmt: skip
    return given(args, typed(shape, r.one("", "", "", "", "int")), typed(r.shape(0, 2)))


@SAMPLES("dist", 14)
def dist(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given(r.one("x, y", "x, y, 1"), typed(shape), typed(r.like(shape)))


@SAMPLES("trace", 14)
def trace(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(1, 3), r.kind()))


@SAMPLES("topk", 34)
def topk(name: str, r: Draw) -> Given:
    shape = r.wide(0)
    dim, k = r.axis(shape), r.one(1, 1, 2, 3, 4, -1)
    args = r.one(f"x, {k}", f"x, {k}, {dim}", f"x, k={k}, dim={dim}", f"x, {k}, {dim}, False")
    return given(args, typed(shape, r.kind("int")))


@SAMPLES("sort argsort", 24)
def sort(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axis(shape)
    args = r.one("x", f"x, {dim}", f"x, dim={dim}, descending=True", "x, descending=True")
    return given(args, typed(shape, r.kind()))


@SAMPLES("msort", 10)
def msort(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(1), r.kind()))


@SAMPLES("trapezoid trapz", 20)
def trapezoid(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    dim = r.axis(shape)
    args = r.one("x", f"x, dim={dim}", f"x, dx=0.5, dim={dim}")
    return given(args, typed(shape, r.one("", "", "int")))


@SAMPLES("diff", 24)
def diff(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim, n = r.axis(shape), r.one(1, 2, 0, 6, -1)
    args = r.one("x", f"x, {n}", f"x, dim={dim}", f"x, {n}, {dim}")
    return given(args, typed(shape, r.kind("int")))


@SAMPLES("equal allclose is_same_size", 10)
def of_two(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given("x, y", typed(shape), typed(shape))


@SAMPLES("is_floating_point is_complex", 10)
def of_one(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))


@SAMPLES("is_nonzero", 10)
def is_nonzero(name: str, r: Draw) -> Given:
    return given("x", typed(r.one([], [1], [1, 1]), r.kind()))


@SAMPLES("numel nelement", 10)
def numel(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))
