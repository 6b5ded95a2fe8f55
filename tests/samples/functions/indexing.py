"""Samples of what takes or writes elements by tensors of indices and by masks."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def index_of(r: Draw, shape: list[int]) -> list[int]:
    """An index of as many axes, mostly no longer than the tensor."""
    sizes = [max(1, size - r.one(0, 0, 1)) for size in shape]
    if sizes and r.chance(0.15):
        at = r.random.randrange(len(sizes))
        sizes[at] += r.one(2, 4)
    if r.chance(0.06):
        return r.one([2], [*sizes, 1], sizes[1:])
    return sizes


def ints(r: Draw) -> str:
    return r.one("int", "int", "int", "int", "int", "int", "", "bool")


@SAMPLES("gather", 44)
def gather(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    dim, index = r.axis(shape), typed(index_of(r, shape), ints(r))
    args = r.one(f"x, {dim}, y", f"x, dim={dim}, index=y")
    return given(args, typed(shape, r.kind()), index)


@SAMPLES("take_along_dim", 34)
def take_along_dim(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    index = typed(index_of(r, shape), ints(r))
    args = r.one(f"x, y, {r.axis(shape)}", f"x, y, dim={r.axis(shape)}", "x, y")
    return given(args, typed(shape, r.kind()), index)


@SAMPLES("index_select", 30)
def index_select(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    index = typed(r.one([3], [2], [1], [], [2, 2]), ints(r))
    return given(f"x, {r.axis(shape)}, y", typed(shape, r.kind()), index)


@SAMPLES("masked_select", 16)
def masked_select(name: str, r: Draw) -> Given:
    shape = r.shape()
    mask = typed(r.like(shape), r.one("bool", "bool", "bool", "bool", "int"))
    return given("x, y", typed(shape, r.kind()), mask)


@SAMPLES("take", 14)
def take(name: str, r: Draw) -> Given:
    return given("x, y", typed(r.wide(1), r.kind()), typed(r.shape(), ints(r)))


@SAMPLES("nonzero argwhere", 14)
def nonzero(name: str, r: Draw) -> Given:
    args = r.one("x", "x", "x, as_tuple=True") if name == "nonzero" else "x"
    return given(args, typed(r.shape(), r.kind()))


@SAMPLES("scatter scatter_ scatter_add scatter_add_", 44)
def scatter(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    dim, index = r.axis(shape), index_of(r, shape)
    source = index if r.chance(0.7) else r.same(index, 0.6)
    kind = "int" if r.chance(0.08) else ""
    args = f"x, {dim}, y, z" if r.chance(0.8) else f"x, dim={dim}, index=y, src=z"
    if "add" not in name and r.chance(0.2):
        args = f"x, {dim}, y, {r.one('1.0', '2')}"
    return given(args, typed(shape), typed(index, ints(r)), typed(source, kind))


@SAMPLES("scatter_reduce scatter_reduce_", 34)
def scatter_reduce(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    index = index_of(r, shape)
    source = index if r.chance(0.7) else r.same(index, 0.6)
    args = f'x, {r.axis(shape)}, y, z, "{r.one("sum", "amax", "mean")}"'
    return given(args, typed(shape), typed(index, ints(r)), typed(source))


@SAMPLES("index_add index_add_ index_copy index_copy_", 34)
def index_add(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    dim, count = r.axis(shape), r.one(1, 2, 2)
    source = list(shape)
    if -len(shape) <= dim < len(shape):
        source[dim] = count
    source = r.same(source, 0.15)
    index = typed([count] if r.chance(0.85) else r.one([], [count, 1], [count + 1]), ints(r))
    return given(f"x, {dim}, y, z", typed(shape, r.one("", "", "", "int")), index, typed(source))


@SAMPLES("index_fill index_fill_", 24)
def index_fill(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    index = typed(r.one([3], [2], [1], [], [2, 2]), ints(r))
    return given(f"x, {r.axis(shape)}, y, {r.one('1', '0.5')}", typed(shape, r.kind()), index)


@SAMPLES("index_put index_put_", 16)
def index_put(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    value = r.one([], [], shape[1:], [2, *shape[1:]])
    return given("x, (y,), z", typed(shape), typed([2], "int"), typed(value))


@SAMPLES("masked_scatter masked_scatter_", 24)
def masked_scatter(name: str, r: Draw) -> Given:
    shape = r.shape()
    mask = typed(r.like(shape), r.one("bool", "bool", "bool", "bool", "int"))
    return given("x, y, z", typed(shape, r.one("", "", "", "int")), mask, typed([3, 200]))


@SAMPLES("select_scatter", 24)
def select_scatter(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    dim = r.axis(shape)
    part = list(shape)
    if -len(shape) <= dim < len(shape):
        del part[dim]
    index = r.one(0, 1, -1, 4)
    return given(f"x, y, {dim}, {index}", typed(shape, r.kind()), typed(r.same(part)))


@SAMPLES("slice_scatter", 24)
def slice_scatter(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    dim, start = r.axis(shape), r.one(0, 1)
    part = list(shape)
    if -len(shape) <= dim < len(shape):
        part[dim] -= start
    args = r.one(f"x, y, {dim}, {start}", f"x, y, dim={dim}, start={start}")
    return given(args, typed(shape, r.kind()), typed(r.same(part)))


# ---- rows of a table -----------------------------------------------------------


@SAMPLES("one_hot", 24)
def one_hot(name: str, r: Draw) -> Given:
    kind = r.one("int", "int", "int", "", "bool")
    return given(r.one("x", "x, 5", "x, num_classes=3", "x, -1", "x, -2"), typed(r.shape(), kind))


@SAMPLES("embedding", 24)
def embedding(name: str, r: Draw) -> Given:
    weight = r.wide(2, r.one(2, 2, 2, 3)) if r.chance(0.9) else r.wide(1, 1)
    args = r.one("x, y", "x, y", "x, y, padding_idx=0", "x, y, 9")
    return given(args, typed(r.shape(), ints(r)), typed(weight))


@SAMPLES("bincount", 16)
def bincount(name: str, r: Draw) -> Given:
    return given(r.one("x", "x", "x, minlength=5"), typed(r.shape(1, r.one(1, 1, 2)), ints(r)))


@SAMPLES("histc", 14)
def histc(name: str, r: Draw) -> Given:
    args = r.one("x", "x, 10", "x, bins=5, min=0, max=1")
    return given(args, typed(r.shape(), r.one("", "", "", "int")))


@SAMPLES("searchsorted", 20)
def searchsorted(name: str, r: Draw) -> Given:
    shape = r.wide(1)
    return given(r.one("x, y", "x, 0.5", "x, y, right=True"), typed(shape[-1:]), typed(r.shape()))


@SAMPLES("bucketize", 20)
def bucketize(name: str, r: Draw) -> Given:
    return given(r.one("x, y", "0.5, y"), typed(r.shape()), typed(r.shape(1, r.one(1, 1, 2))))


@SAMPLES("isin", 16)
def isin(name: str, r: Draw) -> Given:
    return given(r.one("x, y", "x, 1", "1, y"), typed(r.shape(), "int"), typed(r.shape(), "int"))


@SAMPLES("unique unique_consecutive", 14)
def unique(name: str, r: Draw) -> Given:
    args = r.one("x", "x, return_inverse=True", "x, dim=0")
    return given(args, typed(r.shape(1), r.kind("int")))
