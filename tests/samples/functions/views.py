"""Samples of views, orders of axes, and axes that come and go."""

from __future__ import annotations

import math

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def regrouped(r: Draw, shape: list[int]) -> list[int]:
    """Other sizes of mostly the same product, one of them perhaps -1."""
    left, found = math.prod(shape), []
    for _ in range(r.random.randint(0, 3)):
        part = r.one(*[each for each in range(1, left + 1) if left % each == 0])
        found.append(part)
        left //= part
    found.append(left)
    r.random.shuffle(found)
    if r.chance(0.4):
        found[r.random.randrange(len(found))] = -1
    if r.chance(0.15):
        at = r.random.randrange(len(found))
        found[at] = r.one(-1, found[at] + 1, -2, 7)
    return found


@SAMPLES("view reshape", 50)
def view(name: str, r: Draw) -> Given:
    shape = r.shape()
    sizes = r.many(regrouped(r, shape))
    if "{" in sizes or (name == "reshape" and sizes[0] not in "(["):
        sizes = f"({sizes},)"
    return given(f"x, {sizes}", typed(shape, r.kind()))


@SAMPLES("view_as reshape_as", 16)
def view_as(name: str, r: Draw) -> Given:
    shape = r.shape()
    other = [each for each in regrouped(r, shape) if each >= 0]
    return given("x, y", typed(shape, r.kind()), typed(other))


@SAMPLES("flatten", 30)
def flatten(name: str, r: Draw) -> Given:
    shape = r.shape()
    start, end = r.axis(shape), r.axis(shape)
    args = r.one("x", f"x, {start}", f"x, {start}, {end}", f"x, start_dim={start}", "x, 1")
    return given(args, typed(shape, r.kind()))


@SAMPLES("ravel", 10)
def ravel(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))


@SAMPLES("unflatten", 40)
def unflatten(name: str, r: Draw) -> Given:
    shape = r.shape(0 if r.chance(0.1) else 1)
    dim = r.axis(shape)
    size = shape[dim] if -len(shape) <= dim < len(shape) else 2
    sizes = r.sizes(regrouped(r, [size]))
    return given(r.one(f"x, {dim}, {sizes}", f"x, dim={dim}, sizes={sizes}"), typed(shape))


@SAMPLES("transpose swapaxes swapdims transpose_ swapaxes_ swapdims_", 24)
def transpose(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given(f"x, {r.axis(shape)}, {r.axis(shape)}", typed(shape, r.kind()))


@SAMPLES("t t_", 12)
def t(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(0, 3), r.kind()))


@SAMPLES("adjoint", 12)
def adjoint(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(), r.kind()))


@SAMPLES("permute", 40)
def permute(name: str, r: Draw) -> Given:
    shape = r.shape()
    order = r.random.sample(range(len(shape)), len(shape))
    order = [each - len(shape) if r.chance(0.2) else each for each in order]
    if order and r.chance(0.2):
        order = r.one(order[:-1], [*order, len(order)], [order[0], *order[:-1]])
    sizes = r.many(order)
    return given(f"x, {sizes if sizes[0] in '([' else f'({sizes},)'}", typed(shape, r.kind()))


@SAMPLES("movedim moveaxis", 34)
def movedim(name: str, r: Draw) -> Given:
    shape = r.shape()
    if r.chance(0.6):
        return given(f"x, {r.axis(shape)}, {r.axis(shape)}", typed(shape, r.kind()))
    return given(f"x, {r.axes(shape)}, {r.axes(shape)}", typed(shape, r.kind()))


@SAMPLES("rot90", 24)
def rot90(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    args = r.one("x", "x, 1", "x, 2", "x, 3, (0, 1)", "x, 1, [-2, -1]", "x, 1, (0, 0)",
                 "x, k=-1, dims=(1, 2)", "x, 1, (0,)")  # fmt: skip
    return given(args, typed(shape, r.kind()))


# ---- axes that come and go -----------------------------------------------------


@SAMPLES("unsqueeze unsqueeze_", 24)
def unsqueeze(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axis(shape, extra=1)
    return given(f"x, {r.one('', 'dim=')}{dim}", typed(shape, r.kind()))


@SAMPLES("squeeze squeeze_", 34)
def squeeze(name: str, r: Draw) -> Given:
    shape = [r.one(1, 1, 2, 3) for _ in range(r.random.randint(0, 4))]
    args = r.one("x", f"x, {r.axis(shape)}", f"x, dim={r.axis(shape)}", f"x, {r.axes(shape)}")
    return given(args, typed(shape, r.kind()))


@SAMPLES("atleast_1d atleast_2d atleast_3d", 12)
def atleast(name: str, r: Draw) -> Given:
    return given(r.one("x", "x", "x", "[x, x]"), typed(r.shape(), r.kind()))


@SAMPLES("expand broadcast_to", 44)
def expand(name: str, r: Draw) -> Given:
    whole = r.shape()
    shape = r.like(whole)
    sizes: list[object] = [-1 if r.chance(0.2) else size for size in whole]
    if r.chance(0.1):
        sizes = r.one(sizes[1:], [-1, *sizes], [-2, *sizes[1:]])
    inner = r.many(sizes)
    if name == "broadcast_to" and inner[0] not in "([":
        inner = f"({inner},)"
    return given(f"x, {inner}", typed(shape, r.kind()))


@SAMPLES("expand_as", 20)
def expand_as(name: str, r: Draw) -> Given:
    whole = r.shape()
    return given("x, y", typed(r.like(whole), r.kind()), typed(whole))


@SAMPLES("repeat tile", 40)
def repeat(name: str, r: Draw) -> Given:
    shape = r.shape(0, 3)
    times = [r.one(1, 2, 3, 2, 0) for _ in range(max(0, len(shape) + r.one(0, 0, 0, 1, -1)))]
    if times and r.chance(0.05):
        times[0] = -1
    inner = r.many(times)
    if name == "tile" and inner[0] not in "([":
        inner = f"({inner},)"
    return given(f"x, {inner}", typed(shape, r.kind()))


@SAMPLES("repeat_interleave", 44)
def repeat_interleave(name: str, r: Draw) -> Given:
    shape = r.shape()
    dim = r.axis(shape)
    size = shape[dim] if -len(shape) <= dim < len(shape) else 2
    args = r.one("x, 2", f"x, 2, {dim}", f"x, 3, dim={dim}", f"x, repeats=2, dim={dim}",
                 f"x, y, {dim}", f"x, y, dim={dim}", "x, -1", "x, y", "y")  # fmt: skip
    repeats = typed(r.one([r.off(size)], [1], [], [size, 1]), r.one("int", "int", "int", ""))
    return given(args, typed(shape, r.kind()), repeats)


@SAMPLES("narrow narrow_copy", 34)
def narrow(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    dim, start, length = r.axis(shape), r.one(0, 0, 1, 2, -1, -3), r.one(0, 1, 1, 2, 3, -1)
    args = r.one(f"x, {dim}, {start}, {length}", f"x, dim={dim}, start={start}, length={length}")
    return given(args, typed(shape, r.kind()))


@SAMPLES("select", 28)
def select(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    return given(f"x, {r.axis(shape)}, {r.one(0, 1, -1, -2, 2, 5)}", typed(shape, r.kind()))


@SAMPLES("diagonal", 34)
def diagonal(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    offset, a, b = r.one(0, 1, -1, 4), r.axis(shape), r.axis(shape)
    args = r.one("x", f"x, offset={offset}", f"x, offset={offset}, dim1={a}, dim2={b}",
                 f"x, dim1={a}, dim2={b}")  # fmt: skip
    return given(args, typed(shape, r.kind()))


@SAMPLES("diag", 20)
def diag(name: str, r: Draw) -> Given:
    return given(r.one("x", f"x, {r.one(0, 1, -2)}"), typed(r.shape(0, 3), r.kind()))


@SAMPLES("diag_embed", 24)
def diag_embed(name: str, r: Draw) -> Given:
    shape = r.shape(0, 3)
    offset, a, b = r.one(0, 1, -1), r.axis(shape, 1), r.axis(shape, 1)
    args = r.one("x", f"x, {offset}", f"x, {offset}, {a}, {b}", f"x, dim1={a}, dim2={b}")
    return given(args, typed(shape, r.kind()))
