"""Functions that change the shape and keep the numbers."""

from __future__ import annotations

import math

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import some, written
from tests.soundness.probes.reductions import axes
from tests.soundness.probes.table import called, probe


def product_sizes(m: Maker, total: int) -> list[int]:
    """Sizes with this product."""
    found: list[int] = []
    while len(found) < 3 and m.chance(0.6):
        found.append(m.divisor(total))
        total //= found[-1]
    return [*found, total]


def left_open(m: Maker, sizes: list[int]) -> str:
    shown = list(map(marks.size, sizes))
    if m.chance(0.5):
        shown[m.random.randrange(len(shown))] = "-1"
    return ", ".join(shown)


@probe("view reshape")
def view(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="float int")
    sizes = left_open(m, product_sizes(m, math.prod(shape)))
    if name == "reshape" and m.chance(0.3):
        return f"reshape({tensor}, [{sizes}])"
    return f"{tensor}.{name}({m.pick(sizes, f'[{sizes}]')})"


@probe("view_as reshape_as expand_as")
def as_other(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    if name == "expand_as":
        return f"{m.tensor([m.pick(each, 1) for each in shape])}.expand_as({tensor})"
    return f"{tensor}.{name}({m.tensor(product_sizes(m, math.prod(shape)))})"


@probe("flatten")
def flatten(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, 4)
    first = m.random.randrange(len(shape))
    last = m.random.randrange(first, len(shape))
    given = m.pick([], [marks.axis(first)], [marks.axis(first), marks.axis(last)])
    return called(m, name, tensor, *given)


@probe("unflatten")
def unflatten(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    return called(
        m, name, tensor, marks.axis(axis), f"[{left_open(m, product_sizes(m, shape[axis]))}]"
    )


@probe("transpose transpose_ swapdims swapdims_ swapaxes swapaxes_")
def transpose(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, 4)
    both = [marks.axis(m.axis(len(shape))) for _ in range(2)]
    return called(m, name, written(name, tensor), *both)


@probe("adjoint")
def adjoint(m: Maker, name: str) -> str:
    return called(m, name, some(m, 2, 3, 4, dtypes="float complex")[0])


@probe("permute")
def permute(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, 4)
    order = m.random.sample(range(len(shape)), len(shape))
    shown = ", ".join(marks.axis(m.pick(each, each - len(shape))) for each in order)
    return m.pick(f"{tensor}.permute({shown})", f"permute({tensor}, [{shown}])")


@probe("movedim moveaxis")
def movedim(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3, 4)
    count = m.random.randrange(1, len(shape))
    both = [m.random.sample(range(len(shape)), count) for _ in range(2)]
    shown = [f"[{', '.join(map(marks.axis, each))}]" for each in both]
    if m.chance(0.6):
        shown = [marks.axis(m.axis(len(shape))) for _ in range(2)]
    return called(m, name, tensor, *shown)


@probe("rot90")
def rot90(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3)
    one, other = m.random.sample(range(len(shape)), 2)
    dims = f"[{marks.axis(one)}, {marks.axis(other)}]"
    return called(m, name, tensor, *m.pick([], ["1"], [m.pick("1", "2", "3"), dims]))


@probe("unsqueeze unsqueeze_")
def unsqueeze(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, written(name, tensor), marks.axis(m.axis(len(shape), 1)))


@probe("squeeze squeeze_")
def squeeze(m: Maker, name: str) -> str:
    shape = [m.pick(1, each) for each in m.sizes(1, 2, 3)]
    tensor = m.tensor(shape)
    return called(m, name, written(name, tensor), *m.pick([], [axes(m, len(shape))]))


@probe("expand broadcast_to")
def expand(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2, 3)
    tensor = m.tensor([m.pick(each, 1) for each in shape])
    sizes = [*([m.pick(2, 3)] if m.chance(0.3) else []), *shape]
    shown = ", ".join(map(marks.size, sizes))
    return (
        called(m, name, tensor, f"[{shown}]")
        if m.chance(0.5) or name != "expand"
        else f"{tensor}.expand({shown})"
    )


@probe("repeat tile")
def repeat(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    count = len(shape) + m.pick(0, 1) - (m.pick(0, 1) if name == "tile" else 0)
    shown = ", ".join(marks.size(m.pick(1, 2)) for _ in range(max(1, count)))
    return m.pick(f"{tensor}.{name}({shown})", f"{tensor}.{name}([{shown}])")


@probe("repeat_interleave")
def repeat_interleave(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    times = marks.size(m.pick(1, 2, 3))
    return called(m, name, tensor, times, *m.pick([], [f"dim={marks.axis(m.axis(len(shape)))}"]))


@probe("narrow narrow_copy")
def narrow(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    start = m.random.randrange(shape[axis])
    length = m.random.randrange(1, shape[axis] - start + 1)
    return called(m, name, tensor, marks.axis(axis), marks.size(start), marks.size(length))


@probe("select")
def select(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    return called(m, name, tensor, marks.axis(axis), marks.size(m.random.randrange(shape[axis])))


@probe("diagonal diag_embed")
def diagonal(m: Maker, name: str) -> str:
    tensor, shape = some(m, *((2, 3) if name == "diagonal" else (1, 2)))
    rank = len(shape) + (name != "diagonal")
    one, other = m.random.sample(range(rank), 2)
    offset = m.pick("0", "1", "-1")
    given = m.pick(
        [], [offset], [f"offset={offset}, dim1={marks.axis(one)}, dim2={marks.axis(other)}"]
    )
    return called(m, name, tensor, *given)


@probe("diag diagflat")
def diag(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2)
    return called(m, name, tensor, *m.pick([], ["1"], ["-1"]))


@probe("atleast_1d atleast_2d atleast_3d")
def at_least(m: Maker, name: str) -> str:
    return f"{name}({some(m, 1, 2, 3)[0]})"


@probe("unfold")
def unfold(m: Maker, name: str) -> str:
    """A window along one axis, or patches as columns: torch has two functions of that name."""
    if m.chance(0.5):
        shape = [2, m.pick(2, 3), m.pick(4, 5), m.pick(4, 6)]
        given = [f"{marks.size(m.pick(2, 3))}", *m.pick([], [f"stride={marks.size(2)}"])]
        return f"unfold({m.tensor(shape)}, {', '.join(given)})"
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    size = m.random.randrange(1, shape[axis] + 1)
    return f"{tensor}.unfold({marks.axis(axis)}, {marks.size(size)}, {marks.size(m.pick(1, 2))})"


@probe("chunk tensor_split")
def chunk(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    count = marks.size(m.pick(2, 3))
    if name == "tensor_split" and m.chance(0.3):
        count = f"[{marks.size(1)}, {marks.size(2)}]"
    return called(m, name, tensor, count, *m.pick([], [f"dim={marks.axis(m.axis(len(shape)))}"]))


@probe("split split_with_sizes")
def split(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    cut = m.random.randrange(shape[axis] + 1)
    parts = f"[{marks.size(cut)}, {marks.size(shape[axis] - cut)}]"
    if name == "split" and m.chance(0.5):
        parts = marks.size(m.pick(1, 2, 3))
    return called(m, name, tensor, parts, m.pick("", "dim=") + marks.axis(axis))


@probe("hsplit vsplit dsplit")
def split_along(m: Maker, name: str) -> str:
    shape = [m.pick(2, 4, 6) for _ in range(m.pick(2, 3) if name != "dsplit" else 3)]
    return called(m, name, m.tensor(shape), m.pick(marks.size(2), f"[{marks.size(1)}]"))


@probe("unbind")
def unbind(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, tensor, *m.pick([], [marks.axis(m.axis(len(shape)))]))
