"""Functions that take elements out, or put them in, by index."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import beside, some, written
from tests.soundness.probes.table import called, probe


def picks(m: Maker, count: int) -> str:
    """A vector of indices, all of them 0."""
    return m.tensor([count], "index")


@probe("gather take_along_dim")
def gather(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    index = [m.random.randrange(1, each + 1) for each in shape] if name == "gather" else list(shape)
    index[axis] = m.pick(1, 2, 5)
    where = marks.axis(axis)
    if name == "gather":
        return called(m, name, tensor, where, m.tensor(index, "index"))
    return called(m, name, tensor, m.tensor(index, "index"), where)


@probe("index_select")
def index_select(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, tensor, marks.axis(m.axis(len(shape))), picks(m, m.pick(1, 3)))


@probe("masked_select")
def masked_select(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    return called(m, name, tensor, m.tensor(beside(m, shape), "bool"))


@probe("masked_scatter masked_scatter_")
def masked_scatter(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    return called(
        m, name, written(name, tensor), m.tensor(beside(m, shape), "bool"), m.tensor(shape)
    )


@probe("take")
def take(m: Maker, name: str) -> str:
    return called(m, name, some(m, 1, 2)[0], m.tensor(m.sizes(1, 2), "index"))


@probe("nonzero argwhere unique unique_consecutive")
def found_in(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, dtypes="float int")
    return called(m, name, tensor, *(m.pick([], ["as_tuple=True"]) if name == "nonzero" else []))


@probe("scatter scatter_ scatter_add scatter_add_ scatter_reduce scatter_reduce_")
def scatter(m: Maker, name: str) -> str:
    """Indices along an axis, and what is put there, which may be larger."""
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    index = [m.random.randrange(1, each + 1) for each in shape]
    source = [each + m.pick(0, 0, 1) for each in index]
    given = [marks.axis(axis), m.tensor(index, "index"), m.tensor(source)]
    if name in ("scatter", "scatter_") and m.chance(0.3):
        given[2] = "0.5"
    if "reduce" in name:
        given.append(m.pick('"sum"', '"mean"', '"amax"'))
    return called(m, name, written(name, tensor), *given)


@probe("index_add index_add_ index_copy index_copy_ index_reduce index_reduce_")
def index_add(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis, count = m.axis(len(shape)), m.pick(1, 2, 3)
    source = list(shape)
    source[axis] = count
    given = [marks.axis(axis), picks(m, count), m.tensor(source)]
    if "reduce" in name:
        given.append('"mean"')
    return called(m, name, written(name, tensor), *given)


@probe("index_fill index_fill_")
def index_fill(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    given = [marks.axis(m.axis(len(shape))), picks(m, m.pick(1, 3)), "0.5"]
    return called(m, name, written(name, tensor), *given)


@probe("index_put index_put_")
def index_put(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    count = m.pick(1, 2, 3)
    indices = [picks(m, count) for _ in range(m.random.randrange(1, len(shape) + 1))]
    values = [count, *shape[len(indices) :]]
    given = [f"[{', '.join(indices)}]", m.tensor(m.pick(values, values[1:], [1]))]
    return called(m, name, written(name, tensor), *given)


@probe("select_scatter")
def select_scatter(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    source = list(shape)
    index = m.random.randrange(source[axis])
    del source[axis]
    return called(m, name, tensor, m.tensor(source), marks.axis(axis), marks.size(index))


@probe("slice_scatter")
def slice_scatter(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    start = m.random.randrange(shape[axis])
    end, step = m.pick(shape[axis], 9, -1), m.pick(1, 2)
    source = list(shape)
    source[axis] = len(range(shape[axis])[start:end:step])
    given = [marks.axis(axis), marks.size(start), marks.size(end), marks.size(step)]
    return called(m, name, tensor, m.tensor(source), *given)


@probe("diagonal_scatter")
def diagonal_scatter(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2)
    return called(m, name, tensor, m.tensor([min(shape)]))


@probe("one_hot")
def one_hot(m: Maker, name: str) -> str:
    return f"one_hot({m.tensor(m.sizes(1, 2), 'index')}, {marks.size(m.pick(3, 5))})"


@probe("embedding")
def embedding(m: Maker, name: str) -> str:
    rows, width = m.pick(3, 5), m.pick(2, 4)
    return f"embedding({m.tensor(m.sizes(1, 2), 'index')}, {m.tensor([rows, width])})"


@probe("bincount")
def bincount(m: Maker, name: str) -> str:
    return called(
        m, name, m.tensor(m.sizes(1), "index"), *m.pick([], [f"minlength={marks.size(4)}"])
    )


@probe("histc")
def histc(m: Maker, name: str) -> str:
    return called(m, name, some(m, 1, 2)[0], *m.pick([], [marks.size(m.pick(3, 5))]))


@probe("searchsorted bucketize")
def searchsorted(m: Maker, name: str) -> str:
    if name == "bucketize":
        return f"bucketize({some(m, 1, 2, 3)[0]}, {m.tensor(m.sizes(1))})"
    shape = m.sizes(1, 2)
    other = [*shape[:-1], m.pick(1, 3)] if len(shape) > 1 or m.chance(0.5) else m.sizes(1, 2)
    return f"searchsorted({m.tensor(shape)}, {m.tensor(other)})"


@probe("isin")
def isin(m: Maker, name: str) -> str:
    return f"isin({m.tensor(m.sizes(1, 2), 'index')}, {m.tensor(m.sizes(1), 'int')})"
