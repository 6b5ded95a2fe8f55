"""Samples of products, linear algebra, frequencies and attention."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def kinds(r: Draw) -> tuple[str, str]:
    """Mostly two tensors of floats."""
    if r.chance(0.1):
        return r.one(("int", ""), ("", "int"), ("int", "int"), ("bool", ""))
    return "", ""


@SAMPLES("matmul", 40)
def matmul(name: str, r: Draw) -> Given:
    a, b, inner = r.one(1, 2, 3), r.one(1, 2, 4), r.one(1, 2, 3, 4)
    other = r.off(inner, 1)
    head = r.shape(0, 2)
    first = r.one([inner], [a, inner], [*head, a, inner], [*head, a, inner])
    second = r.one([other], [other, b], [*r.like(head), other, b], [*r.like(head), other, b])
    if r.chance(0.04):
        first = []
    one, two = kinds(r)
    return given("x, y", typed(first, one), typed(second, two))


@SAMPLES("mm", 20)
def mm(name: str, r: Draw) -> Given:
    a, b, inner = r.one(1, 2, 3), r.one(1, 2, 4), r.one(1, 2, 3, 4)
    first = [a, inner] if r.chance(0.9) else [2, a, inner]
    one, two = kinds(r)
    return given("x, y", typed(first, one), typed([r.off(inner, 1), b], two))


@SAMPLES("bmm", 24)
def bmm(name: str, r: Draw) -> Given:
    a, b, inner, batch = r.one(1, 2, 3), r.one(1, 2, 4), r.one(1, 2, 3, 4), r.one(1, 2, 3)
    first = [batch, a, inner] if r.chance(0.9) else [a, inner]
    one, two = kinds(r)
    second = [r.off(batch, 1), r.off(inner, 1), b]
    return given("x, y", typed(first, one), typed(second, two))


@SAMPLES("mv", 20)
def mv(name: str, r: Draw) -> Given:
    a, inner = r.one(1, 2, 3), r.one(2, 3, 4)
    one, two = kinds(r)
    first, second = r.one([a, inner], [a, inner], [a, inner], [inner]), [r.off(inner)]
    return given("x, y", typed(first, one), typed(second, two))


@SAMPLES("dot vdot inner outer ger", 24)
def vectors(name: str, r: Draw) -> Given:
    size = r.one(2, 3, 4)
    one, two = kinds(r)
    first = r.one([size], [size], [size], [2, size], [])
    return given("x, y", typed(first, one), typed([r.off(size)], two))


@SAMPLES("addmm addbmm baddbmm addmv", 34)
def added(name: str, r: Draw) -> Given:
    a, b, inner, batch = r.one(1, 2, 3), r.one(1, 2, 4), r.one(1, 2, 3, 4), r.one(1, 2, 3)
    first, second = [a, inner], [r.off(inner, 1), b]
    whole = [a, b]
    if name == "addmv":
        second, whole = second[:1], [a]
    if "bmm" in name:
        first, second = [batch, *first], [r.off(batch, 1), *second]
        whole = [batch, a, b] if name == "baddbmm" else whole
    args = r.one("x, y, z", "x, y, z", "x, y, z, beta=0.5, alpha=2")
    return given(args, typed(r.like(whole)), typed(r.same(first, 0.05)), typed(second))


@SAMPLES("chain_matmul multi_dot", 24)
def chain(name: str, r: Draw) -> Given:
    args = r.one("x, y", "x, y, z") if name == "chain_matmul" else r.one("[x, y]", "(x, y, z)")
    a, b = r.one(1, 2, 3), r.one(2, 4)
    return given(args, typed([2, a]), typed([r.off(a), b]), typed([r.off(b), 5]))


EQUATIONS = (
    "ij,jk->ik", "ij,kj->ik", "bij,bjk->bik", "i,j->ij", "ij->ji", "ij->i", "ii->i", "ij,jk",
    "...ij,...jk->...ik", "b...->...b", "bhid,bhjd->bhij", "ij,ij->", "bij,kj->bik", "i...,i->...",
    "ij,jk->iz", "ij,jk->ii", "ij", "ji", "b i j, b j -> b i", "...", "...i->...",
)  # fmt: skip


@SAMPLES("einsum", 80)
def einsum(name: str, r: Draw) -> Given:
    equation = r.one(*EQUATIONS)
    sizes = {letter: r.one(2, 3, 4) for letter in "bhijkd"}
    head = r.shape(0, 2)
    shapes = []
    for term in equation.replace(" ", "").partition("->")[0].split(","):
        before, dots, behind = term.partition("...")
        shape = [sizes[x] for x in before] + (r.like(head) if dots else [])
        shapes.append(r.same([*shape, *(sizes[x] for x in behind)], 0.1))
    names = ["x", "y", "z"][: len(shapes)]
    if r.chance(0.05):
        names = [*names, "x"]
    types = [typed(shape, "int" if r.chance(0.03) else "") for shape in shapes]
    return given(f'"{equation}", {", ".join(names)}', *types)


@SAMPLES("scaled_dot_product_attention", 60)
def attention(name: str, r: Draw) -> Given:
    head, length, width, values = r.shape(0, 2), r.one(2, 3), r.one(2, 4), r.one(2, 4)
    keys = r.one(2, 3, 5)
    query = [*head, length, width]
    key, value = [*r.like(head, 0.05), keys, r.off(width, 1)], [
        *r.like(head, 0),
        r.off(keys, 1),
        values,
    ]
    mask = r.one([length, keys], [*head, length, keys], [1, keys], [length, keys + 1], [length, 1])
    kind = r.one("bool", "bool", "", "", "int")
    args = r.one(
        "x, y, z", "x, y, z", "x, y, z, w", "x, y, z, attn_mask=w", "x, y, z, is_causal=True",
        "x, y, z, w, 0.0, True", "x, y, z, w, dropout_p=0.1", "x, y, z, scale=0.5",
    )  # fmt: skip
    if r.chance(0.2):
        heads, groups = r.one(2, 4, 6), r.one(1, 2, 4)
        query, key, value = (
            [2, heads, length, width],
            [2, groups, keys, width],
            [2, groups, keys, values],
        )
        args, mask = r.one("x, y, z, enable_gqa=True", "x, y, z, w, enable_gqa=True"), [
            length,
            keys,
        ]
    types = [typed(query, "int" if r.chance(0.03) else ""), typed(key), typed(value)]
    return given(args, *types, typed(mask, kind))


# ---- matrices ------------------------------------------------------------------


def square(r: Draw) -> list[int]:
    size = r.one(2, 3)
    matrix = [*r.shape(0, 2), size, r.off(size, 1)]
    return matrix if r.chance(0.92) else matrix[-1:]


@SAMPLES("inverse inv matrix_exp cholesky pinverse pinv det logdet slogdet eigh eigvalsh", 16)
def of_matrix(name: str, r: Draw) -> Given:
    matrix = typed(square(r), r.one("", "", "", "", "", "int"))
    if name in ("inverse", "inv", "cholesky"):
        return given("matrix_exp(x @ x.mT)" if r.chance(0.8) else "x", matrix)
    return given("x", matrix)


@SAMPLES("matrix_power", 14)
def matrix_power(name: str, r: Draw) -> Given:
    return given(r.one("x, 2", "x, 0", "x, n=3"), typed(square(r)))


@SAMPLES("svd svdvals", 14)
def svd(name: str, r: Draw) -> Given:
    return given("x", typed(r.shape(2 if r.chance(0.9) else 1, 4), r.one("", "", "", "", "int")))


@SAMPLES("cross", 30)
def cross(name: str, r: Draw) -> Given:
    shape = [*r.shape(0, 2), 3] if r.chance(0.8) else [3, *r.shape(0, 2)]
    shape = r.same(shape)
    args = r.one("x, y", "x, y, dim=-1", f"x, y, dim={r.axis(shape)}")
    return given(args, typed(shape), typed(r.like(shape) if r.chance(0.3) else shape))


@SAMPLES("kron", 16)
def kron(name: str, r: Draw) -> Given:
    return given("x, y", typed(r.shape(0, 3)), typed(r.shape(0, 3)))


@SAMPLES("tensordot", 30)
def tensordot(name: str, r: Draw) -> Given:
    shared = [r.one(2, 3), r.one(2, 4)]
    first, second = [*r.shape(0, 2), *shared], [*r.same(shared, 0.15), *r.shape(0, 2)]
    count = len(first)
    args = r.one("x, y, 2", "x, y", "x, y, dims=2", "x, y, 1", "x, y, 0", "x, y, 7",
                 f"x, y, ([{count - 2}, {count - 1}], [0, 1])", "x, y, dims=([-1], [1])",
                 "x, y, ([0, 1], [0])")  # fmt: skip
    return given(args, typed(first), typed(second))


@SAMPLES("addr", 20)
def addr(name: str, r: Draw) -> Given:
    a, b = r.one(2, 3), r.one(2, 4)
    vector = [a] if r.chance(0.9) else [a, 1]
    return given("x, y, z", typed(r.like([a, b])), typed(vector), typed([b]))


@SAMPLES("vecdot", 20)
def vecdot(name: str, r: Draw) -> Given:
    shape = r.shape(0 if r.chance(0.1) else 1)
    args = r.one("x, y", f"x, y, dim={r.axis(shape)}")
    return given(args, typed(shape), typed(r.like(shape)))


@SAMPLES("matrix_norm", 16)
def matrix_norm(name: str, r: Draw) -> Given:
    args = r.one("x", 'x, "fro"', "x, keepdim=True")
    return given(args, typed(r.shape(1, 4), r.one("", "", "", "", "int")))


@SAMPLES("qr", 16)
def qr(name: str, r: Draw) -> Given:
    shape = typed(r.shape(1 if r.chance(0.2) else 2, 4), r.one("", "", "", "", "int"))
    return given(r.one("x", "x", "x", 'x, "complete"', "x, some=False"), shape)


@SAMPLES("diagflat", 14)
def diagflat(name: str, r: Draw) -> Given:
    return given(r.one("x", "x, 1", "x, -2"), typed(r.shape(0, 2), r.kind()))


@SAMPLES("cov corrcoef", 14)
def cov(name: str, r: Draw) -> Given:
    return given("x", typed(r.wide(0, 3)))
