"""Rules of functions of one tensor, element by element, and of what sorts, sums up or flips."""

from __future__ import annotations

from netdsl.checking.functions.arithmetic import write_in_place
from netdsl.checking.functions.axes import ONE, axis_of, places_of
from netdsl.checking.functions.dtypes import as_said, only, recast
from netdsl.checking.rules import FUNCTIONS, Call, Rule
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value, as_int

# What a function makes of a tensor of floats, of ints and of bools; `-` where it refuses it.
KINDS = {
    "fff": (
        "acos acosh angle arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh cos"
        " cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 expit i0 lgamma log log10 log1p log2"
        " logit rad2deg reciprocal rsqrt sigmoid sin sinc sinh sqrt tan tanh"
    ),
    "fff ": (
        "airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 entr erfcx gammaln i0e i1 i1e log_ndtr"
        " modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 ndtr ndtri"
        " psi scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0"
    ),
    "fi-": (
        "abs absolute ceil fix floor hardtanh neg negative positive relu relu6 round trunc"
    ),
    "fii": "square",
    "fib": (
        "contiguous clone detach to_dense sign sgn nan_to_num conj conj_physical resolve_conj"
        " resolve_neg alpha_dropout feature_alpha_dropout"
    ),
    "f--": (
        "frac elu celu selu leaky_relu gelu silu mish softplus logsigmoid hardsigmoid hardswish"
        " hardshrink softshrink rrelu"
        " poisson"
    ),
    "ff-": "softsign tanhshrink",
    "bbb": "isnan isinf isfinite logical_not isneginf isposinf isreal signbit",
    "-ib": "bitwise_not",
}  # fmt: skip

_LETTERS = {"f": "float", "i": "int", "b": "bool"}


def _rule_of(kinds: str) -> Rule:
    results = dict(zip(("float", "int", "bool"), kinds, strict=True))
    taken = [kind for kind, letter in results.items() if letter != "-"]

    def rule(call: Call) -> Value:
        tensor = call.tensor("input")
        only(call, tensor, *taken)
        if set(kinds) == {"b"}:
            return Tensor(tensor.shape, "bool")
        return Tensor(tensor.shape, _LETTERS.get(results.get(tensor.dtype or "", "")))

    return rule


for _kinds, _names in KINDS.items():
    FUNCTIONS(_names)(_rule_of(_kinds.strip()))

IN_PLACE = (
    "acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh cos cosh deg2rad"
    " digamma erf erfc erfinv exp exp2 expm1 i0 lgamma log log10 log1p log2 logit rad2deg"
    " reciprocal rsqrt sigmoid sin sinc sinh sqrt tan tanh abs absolute ceil fix floor hardtanh neg"
    " negative relu round trunc square detach sign sgn nan_to_num frac elu celu selu leaky_relu"
    " rrelu logical_not bitwise_not"
)

write_in_place(IN_PLACE)


@FUNCTIONS("dropout dropout1d dropout2d dropout3d", "input p=None training=True")
def dropout(call: Call) -> Value:
    tensor, probability = call.tensor("input"), call.get("p")
    if isinstance(probability, float) and not 0 <= probability <= 1:
        raise Mismatch(
            f"`{call.name}` drops with a probability of {probability}",
            "give one from 0 to 1.",
            "bad-value",
        )
    if call.get("training") is True:
        only(call, tensor, "float")
    return tensor


@FUNCTIONS("bernoulli", "input p=None")
def bernoulli(call: Call) -> Value:
    if call.get("p") is None:
        only(call, call.tensor("input"), "float")
    return call.tensor("input")


@FUNCTIONS("threshold threshold_")
def threshold(call: Call) -> Value:
    only(call, call.tensor("input"), "float", "int")
    return call.tensor("input")


@FUNCTIONS("prelu", "input weight")
def prelu(call: Call) -> Value:
    tensor, weight = call.tensor("input"), call.shape("weight")
    only(call, tensor, "float")
    only(call, call.tensor("weight"), "float")
    if weight.rank is not None and weight.rank > 1:
        raise Mismatch(f"`prelu` wants a weight of one axis, but gets {weight}")
    count, rank = weight.axis(0), tensor.shape.rank
    if weight.rank == 1 and rank is not None and call.sizes.never_equal(count, 1):
        channels = tensor.shape.axis(1) if rank > 1 else ONE
        if not call.sizes.equal(channels, count):
            raise Mismatch(
                f"`prelu` has {call.sizes.known(count)} weights, but gets {tensor.shape}",
                "give it one weight, or one for each channel.",
            )
    return tensor


@FUNCTIONS("softmax log_softmax softmin", "input dim=None *rest")
def softmax(call: Call) -> Value:
    tensor = call.tensor("input")
    axis_of(call, tensor.shape, call.get("dim"))
    if recast(call) or call.extra:
        return Tensor(tensor.shape, None)
    only(call, tensor, "float")
    return Tensor(tensor.shape, "float")


@FUNCTIONS("gumbel_softmax", "input tau=1 hard=False eps=0 dim=-1")
def gumbel_softmax(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    axis_of(call, call.shape("input"), call.get("dim"))
    return Tensor(call.shape("input"), "float")


@FUNCTIONS("cumsum cumprod logcumsumexp cumsum_ cumprod_", "input dim")
def cumulated(call: Call) -> Value:
    tensor = call.tensor("input")
    axis_of(call, tensor.shape, call.get("dim"))
    if call.name == "logcumsumexp":
        only(call, tensor, "float")
    if call.name.endswith("_"):
        if tensor.shape.rank:
            only(call, tensor, "float", "int")
        return tensor
    return Tensor(tensor.shape, as_said(call, "int" if tensor.dtype == "bool" else tensor.dtype))


@FUNCTIONS("cummax cummin", "input dim")
def running_extreme(call: Call) -> Value:
    tensor = call.tensor("input")
    axis_of(call, tensor.shape, call.get("dim"))
    return Items((tensor, Tensor(tensor.shape, "int")), "values")


@FUNCTIONS("flip", "input *dims")
def flip(call: Call) -> Value:
    places_of(call, call.shape("input"), call.get("dims"))
    return call.tensor("input")


@FUNCTIONS("fliplr")
def fliplr(call: Call) -> Value:
    return _at_least(call, 2)


@FUNCTIONS("flipud")
def flipud(call: Call) -> Value:
    return _at_least(call, 1)


@FUNCTIONS("tril triu tril_ triu_")
def triangle(call: Call) -> Value:
    return _at_least(call, 2)


def _at_least(call: Call, rank: int) -> Value:
    tensor = call.tensor("input")
    if tensor.shape.rank is not None and tensor.shape.rank < rank:
        raise Mismatch(
            f"`{call.name}` wants {rank} axes at least, but gets {tensor.shape}",
            "add axes first: `x[None]`.",
        )
    return tensor


@FUNCTIONS("roll", "input shifts dims=None")
def roll(call: Call) -> Value:
    tensor, shifts, dims = call.tensor("input"), call.get("shifts"), call.get("dims")
    if dims is None or (isinstance(dims, Items) and not dims.elements):
        if isinstance(shifts, Items) and len(shifts.elements) != 1:
            raise Mismatch(f"`roll` by {len(shifts.elements)} numbers wants as many axes")
        return tensor
    wanted = dims.elements if isinstance(dims, Items) else (dims,)
    for each in wanted:
        call.axis(tensor.shape, each)
    if tensor.shape.rank == 0 and wanted:
        raise Mismatch("`roll` along an axis wants a tensor with axes")
    count = len(shifts.elements) if isinstance(shifts, Items) else 1
    if as_int(shifts) is None and not isinstance(shifts, Items):
        return tensor
    if count != len(wanted):
        raise Mismatch(f"`roll` is given {count} numbers for {len(wanted)} axes")
    return tensor


@FUNCTIONS("frexp")
def frexp(call: Call) -> Value:
    only(call, call.tensor("input"), "float")
    shape = call.shape("input")
    return Items((Tensor(shape, "float"), Tensor(shape, "int")), "tuple")
