"""Rules of tensors like another one: filled anew, copied, or of another dtype."""

from __future__ import annotations

from netdsl.checking.functions.dtypes import as_said, only, recast
from netdsl.checking.rules import FUNCTIONS, Call, Rule
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Tensor, Value


@FUNCTIONS("zeros_like ones_like empty_like")
def like(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(tensor.shape, as_said(call, tensor.dtype))


@FUNCTIONS("rand_like randn_like")
def random_like(call: Call) -> Value:
    tensor = call.tensor("input")
    if not recast(call):
        only(call, tensor, "float")
    return Tensor(tensor.shape, as_said(call, "float"))


@FUNCTIONS("full_like", "input fill_value")
def full_like(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(tensor.shape, as_said(call, tensor.dtype))


@FUNCTIONS("randint_like", "input low high=None")
def randint_like(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(tensor.shape, as_said(call, tensor.dtype))


@FUNCTIONS("copy_", "input other")
def copy(call: Call) -> Value:
    tensor, other = call.tensor("input"), call.shape("other")
    if not call.sizes.same_shape(tensor.shape, call.sizes.broadcast(tensor.shape, other)):
        raise Mismatch(f"`copy_` writes {other} into {tensor}", "the two have one shape.")
    return tensor


@FUNCTIONS("zero_ fill_ random_ bernoulli_", "input value=None")
def filled_in_place(call: Call) -> Value:
    value = call.get("value")
    if call.name == "fill_" and isinstance(value, Tensor) and value.shape.rank not in (0, None):
        raise Mismatch(f"`fill_` fills with one number, but gets {value.shape}")
    return call.tensor("input")


@FUNCTIONS("normal_ uniform_ exponential_ log_normal_ cauchy_")
def drawn_in_place(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    return call.tensor("input")


# ---- other dtypes ------------------------------------------------------------

CONVERTERS = {
    "float": "float double half bfloat16",
    "int": "int long short byte char",
    "bool": "bool",
}


def _converter(dtype: str) -> Rule:
    def rule(call: Call) -> Value:
        return Tensor(call.shape("input"), dtype)

    return rule


for _dtype, _names in CONVERTERS.items():
    FUNCTIONS(_names)(_converter(_dtype))


@FUNCTIONS("type_as", "input other")
def type_as(call: Call) -> Value:
    return Tensor(call.shape("input"), call.tensor("other").dtype)


@FUNCTIONS("to", "input dtype=None")
def to(call: Call) -> Value:
    """To a dtype, to that of a tensor, or to a device, which keeps it."""
    other = call.get("dtype")
    if isinstance(other, Tensor):
        return Tensor(call.shape("input"), other.dtype)
    if isinstance(other, str):
        return call.tensor("input")
    return Tensor(call.shape("input"), as_said(call, call.tensor("input").dtype))


@FUNCTIONS("type", "input dtype=None")
def type_(call: Call) -> Value:
    if call.get("dtype") is None:
        return UNKNOWN
    return Tensor(call.shape("input"), as_said(call, None))


@FUNCTIONS("cpu")
def moved(call: Call) -> Value:
    return call.tensor("input")
