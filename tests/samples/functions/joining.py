"""Samples of tensors that are joined, and of one that is taken apart."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


@SAMPLES("cat concat concatenate", 44)
def cat(name: str, r: Draw) -> Given:
    shape = r.shape(0 if r.chance(0.05) else 1)
    dim = r.axis(shape)
    other, third = r.same(shape, 0.1), r.same(shape, 0.1)
    if -len(other) <= dim < len(other) and r.chance(0.5):
        other[dim] = r.one(1, 2, 5)
    if r.chance(0.06):
        third = [0]
    listed = r.one("[x, y]", "[x, y, z]", "(y, x)", "[x]", "[z, x]")
    args = r.one(f"{listed}, {dim}", f"{listed}, dim={dim}", listed, f"tensors={listed}, dim={dim}")
    kinds = [r.kind("int") for _ in range(3)] if r.chance(0.3) else [""] * 3
    shapes = zip((shape, other, third), kinds, strict=True)
    return given(args, *(typed(sizes, kind) for sizes, kind in shapes))


@SAMPLES("stack", 34)
def stack(name: str, r: Draw) -> Given:
    shape = r.shape(0, 3)
    listed = r.one("[x, y]", "[x, y, x]", "(y, x)", "[x]")
    dim = r.axis(shape, 1)
    args = r.one(f"{listed}, {dim}", f"{listed}, dim={dim}", listed)
    return given(args, typed(shape, r.kind()), typed(r.same(shape)))


@SAMPLES("hstack vstack row_stack dstack column_stack", 30)
def side_by_side(name: str, r: Draw) -> Given:
    shape = r.shape(0, 4)
    other = r.same(shape, 0.4)
    if r.chance(0.1):
        other = r.shape(0, 2)
    listed = r.one("[x, y]", "(y, x, y)", "[x]")
    return given(listed, typed(shape, r.kind()), typed(other))


@SAMPLES("broadcast_tensors", 14)
def broadcast_tensors(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given(r.one("x, y", "x", "y, x"), typed(shape, r.kind()), typed(r.like(shape)))


@SAMPLES("meshgrid", 24)
def meshgrid(name: str, r: Draw) -> Given:
    listed = r.one("x, y", "[x, y]", "x, y, y", "[x]", "[x, y, x]")
    more = r.one("", ', indexing="ij"', ', indexing="xy"', ', indexing="yx"')
    return given(f"{listed}{more}", typed(r.shape(0, 1)), typed(r.shape(1, r.one(1, 1, 2))))


@SAMPLES("cartesian_prod", 14)
def cartesian_prod(name: str, r: Draw) -> Given:
    return given(
        r.one("x, y", "x", "x, y, x"), typed(r.shape(1, 1)), typed(r.shape(1, r.one(1, 1, 2)))
    )


@SAMPLES("block_diag", 14)
def block_diag(name: str, r: Draw) -> Given:
    return given(
        r.one("x, y", "x", "x, y, x"), typed(r.shape(0, 2)), typed(r.shape(2, r.one(2, 2, 3)))
    )


@SAMPLES("chunk", 34)
def chunk(name: str, r: Draw) -> Given:
    shape = r.shape(0 if r.chance(0.1) else 1)
    count, dim = r.one(1, 2, 3, 4, 7, 0), r.axis(shape)
    args = r.one(f"x, {count}", f"x, {count}, {dim}", f"x, chunks={count}, dim={dim}")
    return given(args, typed(shape, r.kind()))


@SAMPLES("split split_with_sizes", 44)
def split(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.05) else 1)
    dim = r.axis(shape)
    size = shape[dim] if -len(shape) <= dim < len(shape) else 2
    first = r.random.randint(0, size)
    parts: list[object] = [first, r.off(size - first)]
    if r.chance(0.1):
        parts = r.one([size, 0], [size + 1, -1], [1] * size)
    wanted = r.sizes(parts)
    if name == "split" and r.chance(0.5):
        wanted = str(r.one(1, 2, 3, 8, 0, -1))
    args = r.one(f"x, {wanted}, {dim}", f"x, {wanted}, dim={dim}", f"x, {wanted}")
    return given(args, typed(shape, r.kind()))


@SAMPLES("tensor_split", 34)
def tensor_split(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.05) else 1)
    wanted = r.one("1", "2", "3", "0", "-1", "(1, 2)", "[1]", "(1, -1)", "(3, 1)", "[5, 9]")
    dim = r.axis(shape)
    args = r.one(f"x, {wanted}, {dim}", f"x, {wanted}, dim={dim}", f"x, {wanted}")
    return given(args, typed(shape, r.kind()))


@SAMPLES("hsplit vsplit dsplit", 24)
def split_along(name: str, r: Draw) -> Given:
    wanted = r.one("1", "2", "3", "[1]", "[1, 2]")
    return given(f"x, {wanted}", typed([r.one(2, 4, 6) for _ in range(r.random.randint(0, 4))]))


@SAMPLES("unbind", 20)
def unbind(name: str, r: Draw) -> Given:
    shape = r.shape(0 if r.chance(0.1) else 1)
    args = r.one("x", f"x, {r.axis(shape)}", f"x, dim={r.axis(shape)}")
    return given(args, typed(shape, r.kind()))
