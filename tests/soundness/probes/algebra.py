"""Products, and functions of matrices."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import beside, some
from tests.soundness.probes.table import called, probe


def square(m: Maker) -> str:
    """Matrices that can be inverted and have real roots."""
    size, more = m.pick(2, 3, 4), m.sizes(0, 0, 1)
    one = m.tensor([*more, size, size])
    return f"({one} @ {one}.mT + 2 * eye({marks.size(size)}))"


@probe("inverse inv cholesky pinverse pinv det logdet slogdet eigh eigvalsh")
def of_square(m: Maker, name: str) -> str:
    return called(m, name, square(m))


@probe("matrix_power")
def matrix_power(m: Maker, name: str) -> str:
    return called(m, name, square(m), m.pick("0", "1", "2", "3", "-1"))


@probe("svd svdvals qr matrix_rank lu")
def decomposed(m: Maker, name: str) -> str:
    return called(m, name, some(m, 2, 3)[0])


@probe("solve cholesky_solve solve_triangular lstsq cholesky_inverse")
def solved(m: Maker, name: str) -> str:
    size, count = m.pick(2, 3), m.pick(1, 2)
    one, other = m.tensor([size, size]), m.tensor([size, count])
    matrix = f"({one} @ {one}.mT + 2 * eye({marks.size(size)}))"
    if name == "cholesky_solve":
        return f"cholesky_solve({other}, {matrix})"
    if name == "cholesky_inverse":
        return f"cholesky_inverse({matrix})"
    return f"linalg.{name}({matrix}, {other}{', upper=True' if 'triangular' in name else ''})"


@probe("cross")
def cross(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2)
    axis = m.axis(len(shape))
    shape[axis] = 3
    other = list(shape)
    return called(m, name, m.tensor(shape), m.tensor(other), f"dim={marks.axis(axis)}")


@probe("kron")
def kron(m: Maker, name: str) -> str:
    return called(m, name, some(m, 1, 2)[0], some(m, 1, 2)[0])


@probe("tensordot")
def tensordot(m: Maker, name: str) -> str:
    shape = m.sizes(2, 3)
    if m.chance(0.5):
        return f"tensordot({m.tensor(shape)}, {m.tensor([*shape[-2:], m.pick(2, 3)])}, {marks.size(2)})"
    one, other = m.random.sample(range(len(shape)), 2)
    dims = f"([{marks.axis(one)}, {marks.axis(other)}], [{marks.axis(1)}, {marks.axis(0)}])"
    return f"tensordot({m.tensor(shape)}, {m.tensor([shape[other], shape[one], 2])}, dims={dims})"


@probe("outer ger")
def outer(m: Maker, name: str) -> str:
    return called(m, name, some(m, 1)[0], some(m, 1)[0])


@probe("addr addmv addmm addbmm baddbmm")
def added(m: Maker, name: str) -> str:
    """Something that is broadcast, and a product that it is added to."""
    b, i, j, k = m.sizes(4)
    factors, shape = {
        "addr": (([i], [j]), [i, j]),
        "addmv": (([i, k], [k]), [i]),
        "addmm": (([i, k], [k, j]), [i, j]),
        "addbmm": (([b, i, k], [b, k, j]), [i, j]),
        "baddbmm": (([b, i, k], [b, k, j]), [b, i, j]),
    }[name]
    return called(m, name, m.tensor(beside(m, shape)), *map(m.tensor, factors))


@probe("vecdot")
def vecdot(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return f"linalg.vecdot({tensor}, {m.tensor(shape)}{m.pick('', f', dim={marks.axis(m.axis(len(shape)))}')})"


@probe("matmul")
def matmul(m: Maker, name: str) -> str:
    """Vectors, matrices, and batches of them that are broadcast."""
    i, j, k = m.sizes(3)
    batch = m.sizes(0, 1, 2)
    one = m.pick([k], [i, k], [*batch, i, k])
    other = m.pick([k], [k, j], [*beside(m, batch), k, j] if batch else [k, j])
    left, right = m.tensor(one), m.tensor(other)
    return m.pick(f"{left} @ {right}", f"matmul({left}, {right})", f"{left}.matmul({right})")


@probe("mm bmm mv dot vdot inner")
def product(m: Maker, name: str) -> str:
    b, i, j, k = m.sizes(4)
    one, other = {
        "mm": ([i, k], [k, j]),
        "bmm": ([b, i, k], [b, k, j]),
        "mv": ([i, k], [k]),
        "inner": m.pick(([i, k], [j, k]), ([k], [b, i, k])),
    }.get(name, ([k], [k]))
    return called(m, name, m.tensor(one), m.tensor(other))


@probe("chain_matmul multi_dot")
def chained(m: Maker, name: str) -> str:
    i, j, k, last = m.sizes(4)
    factors = [m.tensor([i, j]), m.tensor([j, k]), *m.pick([], [m.tensor([k, last])])]
    if name == "multi_dot":
        return f"linalg.multi_dot([{', '.join(factors)}])"
    return f"chain_matmul({', '.join(factors)})"


@probe("scaled_dot_product_attention")
def attention(m: Maker, name: str) -> str:
    batch, (t, s, e, v) = m.sizes(0, 1, 2), m.sizes(4)
    query, key, value = m.tensor([*batch, t, e]), m.tensor([*batch, s, e]), m.tensor([*batch, s, v])
    extra = m.pick(
        "", ", is_causal=True", f", attn_mask={m.tensor(m.pick([t, s], [*batch, t, s]))}"
    )
    return f"scaled_dot_product_attention({query}, {key}, {value}{extra})"
