"""Functions that put tensors together."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import beside
from tests.soundness.probes.table import probe


def several(m: Maker, shape: list[int], axis: int) -> list[str]:
    """Tensors that differ along one axis."""
    found = []
    for _ in range(m.pick(2, 2, 3)):
        other = list(shape)
        other[axis] = m.pick(1, 2, 3)
        found.append(m.tensor(other))
    return found


def listed(m: Maker, tensors: list[str]) -> str:
    shown = ", ".join(tensors)
    return m.pick(f"[{shown}]", f"({shown},)")


@probe("cat concat concatenate")
def cat(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2, 3)
    axis = m.axis(len(shape))
    given = listed(m, several(m, shape, axis))
    if axis in (0, -len(shape)) and m.chance(0.4):
        return f"{name}({given})"
    return f"{name}({given}, {m.pick('', 'dim=')}{marks.axis(axis)})"


@probe("stack")
def stack(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2, 3)
    given = listed(m, [m.tensor(shape) for _ in range(m.pick(1, 2, 3))])
    return f"stack({given}, {marks.axis(m.axis(len(shape), 1))})"


@probe("hstack vstack row_stack dstack column_stack")
def side_by_side(m: Maker, name: str) -> str:
    """The axis along which sizes may differ depends on the function and on the rank."""
    rank = m.pick(1, 2, 3)
    shape = m.sizes(rank)
    axis = {"hstack": min(1, rank - 1), "column_stack": 1, "dstack": 2}.get(name, 0)
    if axis >= rank or (rank == 1 and name != "hstack"):
        return f"{name}({listed(m, [m.tensor(shape) for _ in range(2)])})"
    return f"{name}({listed(m, several(m, shape, axis))})"


@probe("broadcast_tensors meshgrid cartesian_prod block_diag")
def all_together(m: Maker, name: str) -> str:
    count = m.pick(2, 2, 3)
    if name == "broadcast_tensors":
        shape = m.sizes(1, 2, 3)
        given = [m.tensor(shape), *(m.tensor(beside(m, shape)) for _ in range(count - 1))]
    elif name == "block_diag":
        given = [m.tensor(m.sizes(1, 2)) for _ in range(count)]
    else:
        given = [m.tensor(m.sizes(1)) for _ in range(count)]
    more = m.pick(', indexing="ij"', ', indexing="xy"') if name == "meshgrid" else ""
    if name == "meshgrid" and m.chance(0.5):
        return f"meshgrid([{', '.join(given)}]{more})"
    return f"{name}({', '.join(given)}{more})"


@probe("einsum")
def einsum(m: Maker, name: str) -> str:
    """Letters drawn for the axes of one or two tensors; what comes out is some of them."""
    length = {letter: m.pick(2, 3, 4) for letter in "abcd"}
    words = ["".join(m.random.sample("abcd", m.pick(1, 2, 3))) for _ in range(m.pick(1, 2, 2, 3))]
    letters = sorted(set("".join(words)))
    out = "".join(m.random.sample(letters, m.random.randrange(len(letters) + 1)))
    tensors = [m.tensor([length[letter] for letter in word]) for word in words]
    if m.chance(0.2):
        tensors = [m.tensor([2, *(length[letter] for letter in word)]) for word in words]
        words, out = [f"...{each}" for each in words], f"...{out}"
    arrow = f" -> {out}" if m.chance(0.85) or "..." in out else ""
    return f'einsum("{m.pick(", ", ",").join(words)}{arrow}", {", ".join(tensors)})'
