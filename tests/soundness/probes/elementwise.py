"""Functions that work element by element, on one tensor or on several that are broadcast."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.table import called, probe


def some(m: Maker, *ranks: int, dtypes: str = "float") -> tuple[str, list[int]]:
    """A tensor with one of these numbers of axes, and its shape."""
    shape = m.sizes(*ranks)
    return m.tensor(shape, m.pick(*dtypes.split())), shape


def beside(m: Maker, shape: list[int]) -> list[int]:
    """A shape that is broadcast to this one."""
    found = [m.pick(size, size, 1) for size in shape]
    return found[m.random.randrange(len(found) + 1) if m.chance(0.3) else 0 :]


def written(name: str, tensor: str) -> str:
    """What is changed in place is a copy."""
    return f"{tensor}.clone()" if name.endswith("_") else tensor


MIXED = "float float float float int bool complex"


def unary(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, 4, dtypes=MIXED)
    return called(m, name, written(name, tensor))


def binary(m: Maker, name: str) -> str:
    """Two tensors, or a tensor and a number."""
    tensor, shape = some(m, 1, 2, 3, dtypes=MIXED)
    if m.chance(0.2):
        return called(m, name, written(name, tensor), m.pick("2", "0.5"))
    other = beside(m, shape)
    if name.endswith("_") or m.chance(0.5):
        return called(m, name, written(name, tensor), m.tensor(other, m.pick(*MIXED.split())))
    return called(m, name, m.tensor(other, m.pick(*MIXED.split())), tensor)


@probe("conj_physical to_dense detach_")
def of_floats(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return called(m, name, written(name, tensor))


@probe("poisson multigammaln")
def of_positive(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return called(m, name, f"({tensor}.abs() + 5)", *(["2"] if name == "multigammaln" else []))


@probe(
    "gcd lcm gcd_ lcm_ bitwise_and bitwise_or bitwise_xor bitwise_and_ bitwise_or_ bitwise_xor_"
    " bitwise_left_shift bitwise_right_shift bitwise_left_shift_ bitwise_right_shift_"
)
def of_ints(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="int")
    return called(m, name, written(name, tensor), m.tensor(beside(m, shape), "int"))


@probe("div divide div_ divide_")
def divided(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="float float int")
    mode = m.pick([], ['rounding_mode="floor"'], ['rounding_mode="trunc"'])
    other = f"({m.tensor(beside(m, shape))} + 9)"
    return called(m, name, written(name, tensor), other, *mode)


@probe("ldexp ldexp_")
def ldexp(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, written(name, tensor), m.tensor(beside(m, shape), "int"))


@probe("clamp clip clamp_ clip_")
def clamp(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    low, high = m.tensor(beside(m, shape)), m.tensor(beside(m, shape))
    limits = m.pick(["0", "1"], [low, high], [f"max={high}"], [f"min={low}"], ["max=0.5"])
    return called(m, name, written(name, tensor), *limits)


@probe("clamp_min clamp_max clamp_min_ clamp_max_")
def clamp_one(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, written(name, tensor), m.pick("0", m.tensor(beside(m, shape))))


@probe("lerp addcmul addcdiv lerp_ addcmul_ addcdiv_")
def of_three(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    others = [m.tensor(beside(m, shape)) for _ in range(2)]
    if name.startswith("lerp") and m.chance(0.4):
        others[1] = "0.5"
    return called(m, name, written(name, tensor), *others)


@probe("where")
def where(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    mask = m.tensor(beside(m, shape), "bool")
    other = m.pick("0.5", m.tensor(beside(m, shape)), m.tensor(beside(m, shape), "int"))
    return m.pick(f"where({mask}, {tensor}, {other})", f"{tensor}.where({mask}, {other})")


@probe("masked_fill masked_fill_")
def masked_fill(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    mask = m.tensor(beside(m, shape), "bool")
    return called(m, name, written(name, tensor), mask, m.pick("0.5", "-1"))


@probe("copy_")
def copied(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="float int")
    return f"{tensor}.clone().copy_({m.tensor(beside(m, shape))})"


@probe("dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout")
def dropout(m: Maker, name: str) -> str:
    ranks = {"1": (2, 3), "2": (3, 4), "3": (4, 5)}.get(name[-2], (1, 2, 3))
    tensor, _ = some(m, *ranks)
    return f"{name}({tensor}, 0.1{m.pick('', ', training')})"


@probe("threshold threshold_")
def threshold(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return f"{name}({written(name, tensor)}, 0.1, 2)"


@probe("prelu")
def prelu(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    count = shape[1] if len(shape) > 1 and m.chance(0.6) else 1
    return called(m, name, tensor, m.tensor([count]))


@probe("softmax log_softmax softmin cumsum cumprod logcumsumexp cumsum_ cumprod_ cummax cummin"
       " gumbel_softmax")  # fmt: skip
def along_axis(m: Maker, name: str) -> str:
    """An axis, and sometimes another type of numbers."""
    tensor, shape = some(m, 1, 2, 3, dtypes="float" if "soft" in name else "float float int")
    axis = marks.axis(m.axis(len(shape)))
    return called(
        m,
        name,
        written(name, tensor),
        m.pick(axis, f"dim={axis}") if name != "gumbel_softmax" else f"dim={axis}",
    )


@probe("flip")
def flip(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axes = m.random.sample(range(len(shape)), m.random.randrange(1, len(shape) + 1))
    return called(m, name, tensor, f"[{', '.join(map(marks.axis, axes))}]")


@probe("fliplr flipud t t_ tril triu tril_ triu_ matrix_exp trace")
def of_matrices(m: Maker, name: str) -> str:
    """Of two axes, or of more where that is possible."""
    if name == "trace" or (name in ("t", "t_") and m.chance(0.8)):
        tensor, _ = some(m, 2)
    elif name == "matrix_exp":
        size = m.pick(2, 3)
        tensor = m.tensor([*m.sizes(0, 1), size, size])
    else:
        tensor, _ = some(m, 2, 2, 3)
    return called(m, name, written(name, tensor))


@probe("roll")
def roll(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    ways = [["1"], ["1", marks.axis(axis)], [f"[1, 2], [{marks.axis(0)}, {marks.axis(-1)}]"]]
    return called(m, name, tensor, *m.pick(*ways))


@probe("bernoulli")
def bernoulli(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return m.pick(f"bernoulli(sigmoid({tensor}))", f"{tensor}.bernoulli(0.5)")


@probe("rrelu_ leaky_relu_ elu_ celu_ selu_ hardtanh_")
def activated_in_place(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return f"{name}({tensor}.clone())"


@probe("zeros_like ones_like empty_like rand_like randn_like")
def like(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, dtypes="float" if name.startswith("rand") else MIXED)
    return f"{name}({tensor}{m.pick('', ', dtype=float64')})"


@probe("full_like randint_like")
def like_with(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, dtypes="float int")
    return f"{name}({tensor}, {m.pick('3', '5')})"


@probe("fill_ zero_ random_ bernoulli_ normal_ uniform_ exponential_ log_normal_ cauchy_")
def filled_in_place(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3)
    return f"{tensor}.clone().{name}({'0.5' if name == 'fill_' else ''})"


@probe("to type type_as")
def converted(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, dtypes="float int bool")
    if name == "type_as":
        return f"{tensor}.type_as({m.tensor(m.sizes(1, 2), m.pick('float', 'int', 'bool'))})"
    other = m.tensor(m.sizes(1, 2), m.pick("float", "int"))
    dtype = m.pick("int64", "float64", "float32", f"{other}.dtype")
    more = m.pick(other, f"{other}.device", dtype, "bool") if name == "to" else dtype
    return f"{tensor}.{name}({more})"


@probe("isclose allclose equal")
def near(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    other = shape if name == "equal" else beside(m, shape)
    return called(m, name, tensor, m.tensor(other))


@probe("is_same_size is_nonzero is_floating_point is_complex")
def asked(m: Maker, name: str) -> str:
    if name == "is_nonzero":
        return called(m, name, m.tensor([1]))
    tensor, shape = some(m, 1, 2, dtypes="float int")
    return called(m, name, tensor, *([m.tensor(shape)] if name == "is_same_size" else []))
