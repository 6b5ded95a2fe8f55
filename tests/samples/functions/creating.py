"""Samples of tensors that are made from sizes and numbers."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


def some_sizes(r: Draw) -> list[object]:
    found: list[object] = [r.one(1, 2, 3, 4, 0) for _ in range(r.random.randint(0, 3))]
    if found and r.chance(0.12):
        found[0] = r.one(-1, -2)
    if found and r.chance(0.3):
        found[-1] = r.one("x.shape[0]", "len(x)", "x.size(-1)", "2 * x.shape[0]")
    return found


@SAMPLES("zeros ones rand randn empty", 24)
def filled(name: str, r: Draw) -> Given:
    more = r.one("", "", "", ", dtype=float32", ", device=x.device")
    sizes = r.many(some_sizes(r))
    return given(f"{sizes}{more}" if sizes else "2", "[4, 3]")


@SAMPLES("full", 24)
def full(name: str, r: Draw) -> Given:
    value = r.one("1", "0.5", "True", "2, dtype=float32")
    return given(f"{r.sizes(some_sizes(r))}, {value}", "[4, 3]")


@SAMPLES("new_zeros new_ones new_empty", 20)
def new_filled(name: str, r: Draw) -> Given:
    return given(f"x, {r.many(some_sizes(r)) or '2'}", typed([4, 3], r.kind()))


@SAMPLES("new_full", 20)
def new_full(name: str, r: Draw) -> Given:
    return given(f"x, {r.sizes(some_sizes(r))}, 1", typed([4, 3], r.kind()))


@SAMPLES("randint", 20)
def randint(name: str, r: Draw) -> Given:
    return given(r.one("", "0, ") + f"5, {r.sizes(some_sizes(r))}", "[4, 3]")


@SAMPLES("randperm", 14)
def randperm(name: str, r: Draw) -> Given:
    return given(r.one("5", "0", "x.shape[0]", "-1", "len(x) * 2"), "[4, 3]")


@SAMPLES("tensor as_tensor", 24)
def tensor(name: str, r: Draw) -> Given:
    data = r.one("1", "[1, 2]", "[0.5, 1]", "[[1, 2], [3, 4]]", "[]", "[True, False]", "0.5", "[[1], [2, 3]]",
                 "[[1.0, 2.0]]", "(1, 2, 3)", "[x.shape[0], 2]", "[[1, 2], 3]")  # fmt: skip
    return given(data + r.one("", "", ", dtype=float32"), "[4, 3]")


@SAMPLES("arange", 40)
def arange(name: str, r: Draw) -> Given:
    args = r.one("5", "0", "x.shape[0]", "1, 5", "0, 10, 2", "0, 10, 3", "10, 0, -3", "5, 1", "0.5, 3",
                 "0, 1, 0.25", "-1", "3.5", "0, 5, 0", "1, x.shape[0]", "0, x.shape[0], 2",
                 "0, 2 * x.shape[0], 2", "x.shape[0] - 1, -1, -1")  # fmt: skip
    return given(args + r.one("", "", ", dtype=float32", ", device=x.device"), "[4, 3]")


@SAMPLES("linspace logspace", 20)
def linspace(name: str, r: Draw) -> Given:
    args = r.one("0, 1, 5", "0, 1, steps=3", "-1, 1, x.shape[0]", "0, 1, 0", "0, 1, -1", "y, 1, 4")
    return given(args, "[4, 3]", r.one("[]", "[]", "[2]"))


@SAMPLES("eye", 16)
def eye(name: str, r: Draw) -> Given:
    return given(r.one("3", "3, 4", "x.shape[0]", "x.shape[0], 2", "-1", "n=2, m=5", "0"), "[4, 3]")


@SAMPLES("tril_indices triu_indices", 24)
def triangle_indices(name: str, r: Draw) -> Given:
    sizes = f"{r.one(0, 1, 3, 4)}, {r.one(0, 1, 3, 5)}"
    return given(r.one(sizes, f"{sizes}, {r.one(0, 1, -1, 3, -4)}", f"{sizes}, offset=1", "-1, 2"))


@SAMPLES("hann_window hamming_window blackman_window bartlett_window kaiser_window", 16)
def window(name: str, r: Draw) -> Given:
    return given(r.one("5", "1", "x.shape[0]", "-1", "8, periodic=False"), typed([r.one(1, 2, 3)]))


@SAMPLES("normal", 20)
def normal(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = r.one("0.0, 1.0, (2, 3)", "0.0, 1.0, size=[4]", "x", "x, 0.5", "x, y", "0.0, y")
    return given(args, typed(shape), typed(r.same(shape)))


@SAMPLES("multinomial", 24)
def multinomial(name: str, r: Draw) -> Given:
    args = r.one("x, 1", "x, 2", "x, 4, replacement=True", "x, 4, True", "x, 9", "x, 0")
    return given(args, typed(r.wide(1, r.one(2, 2, 2, 3)), r.one("", "", "", "", "int")))


@SAMPLES("complex polar", 16)
def complex_(name: str, r: Draw) -> Given:
    shape = r.shape()
    return given("x, y", typed(shape, r.one("", "", "", "", "int")), typed(r.like(shape)))


@SAMPLES("view_as_real", 14)
def view_as_real(name: str, r: Draw) -> Given:
    shape = typed(r.shape(), r.one("", "", "", "int"))
    return given(r.one("complex(x, x)", "complex(x, x)", "x"), shape)


@SAMPLES("view_as_complex", 16)
def view_as_complex(name: str, r: Draw) -> Given:
    return given("x", typed([*r.shape(0, 3), r.one(2, 2, 2, 3)], r.one("", "", "", "", "int")))


@SAMPLES("real imag", 14)
def real(name: str, r: Draw) -> Given:
    return given(r.one("complex(x, x)", "x"), typed(r.shape()))
