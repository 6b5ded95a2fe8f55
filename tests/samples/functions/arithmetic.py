"""Samples of operations on several tensors, element by element."""

from __future__ import annotations

from netdsl.checking.functions.arithmetic import IN_PLACE
from tests.samples.drawing import SAMPLES, Draw, Given, given, typed

BINARY = (
    "add sub subtract rsub mul multiply pow fmod remainder floor_divide bitwise_and bitwise_or"
    " bitwise_xor true_divide xlogy xlog1py zeta copysign float_power atan2 arctan2 ldexp maximum minimum fmax"
    " fmin hypot logaddexp logaddexp2 nextafter gcd lcm eq ne lt le gt ge not_equal less less_equal"
    " greater greater_equal logical_and logical_or logical_xor clamp_min clamp_max igamma igammac"
    " gammainc gammaincc heaviside bitwise_left_shift bitwise_right_shift"
)
_TENSORS = [
    "atan2",
    "arctan2",
    "ldexp",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "hypot",
    "logaddexp",
    "logaddexp2",
    "nextafter",
    "gcd",
    "lcm",
    "logical_and",
    "logical_or",
    "logical_xor",
    "igamma",
    "igammac",
    "gammainc",
    "gammaincc",
    "heaviside",
]


def written(names: str) -> str:
    """The names, and those of what works in place."""
    found = names.split()
    return " ".join([*found, *(f"{n}_" for n in found if n in IN_PLACE.split())])


def _number(r: Draw) -> str:
    return r.one("2", "0.5", "3")


@SAMPLES(written(BINARY), 10)
def binary(name: str, r: Draw) -> Given:
    shape, kind = r.shape(), r.one("", "", "int", "bool")
    if name.startswith(("gcd", "lcm", "bitwise")):
        kinds = r.one("int", "int", "bool"), r.one("int", "int", "bool", "")
        return given("x, y", typed(shape, kinds[0]), typed(r.like(shape), kinds[1]))
    if r.chance(0.25) and name.rstrip("_") not in _TENSORS:
        return given(f"x, {_number(r)}", typed(shape, kind))
    return given("x, y", typed(shape, kind), typed(r.like(shape), r.one("", "", "int", "bool")))


@SAMPLES(written("div divide"), 20)
def divided(name: str, r: Draw) -> Given:
    shape, kind = r.shape(), r.one("", "", "int", "bool")
    mode = r.one("", "", "", ', rounding_mode="floor"', ", rounding_mode=None")
    other = r.one("y", "y", _number(r))
    return given(f"x, {other}{mode}", typed(shape, kind), typed(r.like(shape), r.one("", "int")))


@SAMPLES("isclose", 16)
def isclose(name: str, r: Draw) -> Given:
    shape, kind = r.shape(), r.kind()
    other = kind if r.chance(0.8) else "int"
    return given("x, y", typed(shape, kind), typed(r.like(shape), other))


@SAMPLES(written("clamp clip"), 24)
def clamp(name: str, r: Draw) -> Given:
    shape = r.shape()
    args = r.one(
        "x, 0", "x, 0.1, 0.5", "x, min=0.5", "x, max=1", "x, None, 1", "x, y", "x, max=y",
        "x, y, y", "x",
    )  # fmt: skip
    return given(args, typed(shape, r.kind()), typed(r.like(shape), r.kind("int")))


@SAMPLES(written("lerp"), 16)
def lerp(name: str, r: Draw) -> Given:
    shape = r.shape()
    types = [typed(shape, r.one("", "", "", "int")), typed(r.like(shape)), typed(r.like(shape, 0))]
    return given(r.one("x, y, 0.5", "x, y, z", "x, y, 1"), *types)


@SAMPLES(written("addcmul addcdiv"), 16)
def addcmul(name: str, r: Draw) -> Given:
    shape, kind = r.shape(), r.one("", "", "", "int")
    types = [
        typed(shape, kind),
        typed(r.like(shape), r.one("", "", "int")),
        typed(r.like(shape, 0)),
    ]
    return given(r.one("x, y, z", "x, y, z, value=2"), *types)


@SAMPLES("where", 30)
def where(name: str, r: Draw) -> Given:
    shape = r.shape()
    kind = r.one("bool", "bool", "bool", "bool", "int", "")
    args = r.one("x, y, z", "x, y, 0.0", "x, 1, y", "x, 1.0, 0", "x, y, z", "x")
    types = [typed(r.like(shape), r.kind("int")), typed(r.like(shape, 0), r.kind())]
    return given(args, typed(shape, kind), *types)


@SAMPLES(written("masked_fill"), 24)
def masked_fill(name: str, r: Draw) -> Given:
    shape = r.shape()
    mask = typed(r.like(shape), r.one("bool", "bool", "bool", "bool", "bool", "int", ""))
    args = r.one("x, y, 1", "x, y, 0.0", "x, mask=y, value=1", "x, y, z", 'x, y, float("-inf")')
    return given(args, typed(shape, r.one("", "", "", "int")), mask, typed(r.one([], [], [2])))
