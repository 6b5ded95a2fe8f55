"""Rules of operations on two or three tensors, element by element, and of what they do in place."""

from __future__ import annotations

from netdsl.checking.functions.dtypes import alike, higher, only, promoted, refuse_complex
from netdsl.checking.rules import FUNCTIONS, Call, Entry, Rule, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.shape import ANY, Shape


def combined(call: Call, one: Value, other: Value, dtype: str | None = None) -> Value:
    """An operation on two tensors, or on a tensor and a number."""
    tensors = [each for each in (one, other) if isinstance(each, Tensor)]
    if dtype is None:
        _refuse_kinds(call, one, other)
    if one is UNKNOWN or other is UNKNOWN:
        return Tensor(ANY, None if dtype == "float" else dtype) if tensors else UNKNOWN
    shape = call.sizes.broadcast(*(each.shape for each in tensors))
    kind = promoted((one, other))
    if dtype is None or (dtype == "float" and kind in (None, "complex")):
        return Tensor(shape, kind)
    return Tensor(shape, dtype)


def _refuse_kinds(call: Call, one: Value, other: Value) -> None:
    """
    Raises:
        Mismatch: torch has no such operation on tensors of these kinds.
    """
    name = call.name.rstrip("_")
    tensors = [each for each in (one, other) if isinstance(each, Tensor)]
    kinds = [each.dtype for each in tensors]
    if name in ("-", "sub", "subtract", "rsub") and "bool" in kinds:
        raise Mismatch(
            f"`{call.name}` subtracts numbers, but gets a tensor of bools",
            "write `~mask` for the opposite of a mask, or convert it first: `mask.float()`.",
            "wrong-dtype",
        )
    if name in _WHOLE and kinds == ["bool", "bool"]:
        raise Mismatch(
            f"`{call.name}` works on numbers, but gets two tensors of bools",
            "convert one of them first: `x.float()`.",
            "wrong-dtype",
        )
    if name in _BITS:
        for each in tensors:
            only(call, each, "int", "bool")
        if isinstance(one, float) or isinstance(other, float):
            raise Mismatch(f"`{call.name}` works on ints and bools, but gets a number with a point")


_WHOLE = ("//", "%", "**", "floor_divide", "fmod", "remainder", "pow")
_BITS = ("&", "|", "^", "bitwise_and", "bitwise_or", "bitwise_xor")


@FUNCTIONS(
    "add sub subtract rsub mul multiply pow fmod remainder floor_divide bitwise_and bitwise_or"
    " bitwise_xor",
    "input other",
)
def arithmetic(call: Call) -> Value:
    return combined(call, call.get("input"), call.get("other"))


@FUNCTIONS("div divide", "input other rounding_mode=None")
def divided(call: Call) -> Value:
    whole = call.given.get("rounding_mode") is not None
    return combined(call, call.get("input"), call.get("other"), None if whole else "float")


@FUNCTIONS("true_divide xlogy xlog1py zeta copysign float_power atan2 arctan2 ldexp", "input other")
def to_floats(call: Call) -> Value:
    if call.name.startswith("ldexp") and call.tensor("input").dtype == "float":
        only(call, call.get("other"), "float", "int")
    return combined(call, call.get("input"), call.get("other"), "float")


@FUNCTIONS("maximum minimum fmax fmin", "input other")
def larger(call: Call) -> Value:
    _two_tensors(call)
    return combined(call, call.get("input"), call.get("other"))


@FUNCTIONS("hypot logaddexp logaddexp2 nextafter igamma igammac gammainc gammaincc", "input other")
def of_floats(call: Call) -> Value:
    _two_tensors(call)
    one, other = call.get("input"), call.get("other")
    if promoted((one, other)) in ("int", "bool"):
        only(call, one, "float")
    return combined(call, one, other)


@FUNCTIONS("heaviside", "input other")
def heaviside(call: Call) -> Value:
    _two_tensors(call)
    alike(call, call.get("input"), call.get("other"))
    return combined(call, call.get("input"), call.get("other"))


@FUNCTIONS("bitwise_left_shift bitwise_right_shift", "input other")
def shifted(call: Call) -> Value:
    one, other = call.get("input"), call.get("other")
    for each in (one, other):
        only(call, each, "int", "bool")
    if promoted((one, other)) in ("bool", "float"):
        raise Mismatch(f"`{call.name}` shifts ints", "convert it first: `x.long()`.", "wrong-dtype")
    return combined(call, one, other)


@FUNCTIONS("gcd lcm", "input other")
def of_ints(call: Call) -> Value:
    one, other = call.get("input"), call.get("other")
    only(call, one, "int", "bool")
    only(call, other, "int", "bool")
    if promoted((one, other)) == "bool":
        only(call, one, "int")
    return combined(call, one, other)


def _two_tensors(call: Call) -> None:
    """
    Raises:
        Mismatch: the second is a number.
    """
    other = call.get("other")
    if promoted((other,)) is not None and not isinstance(other, Tensor):
        raise Mismatch(
            f"`{call.name}` wants two tensors, but gets a number",
            "use `clamp` with a number, or make a tensor of it: `full([], number)`.",
        )


@FUNCTIONS(
    "eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_and logical_or"
    " logical_xor",
    "input other",
)
def compares(call: Call) -> Value:
    if call.name.startswith(("l", "g")) and not call.name.startswith("logical"):
        refuse_complex(call, call.get("input"), call.get("other"))
    return combined(call, call.get("input"), call.get("other"), "bool")


@FUNCTIONS("isclose", "input other")
def isclose(call: Call) -> Value:
    alike(call, call.get("input"), call.get("other"))
    return combined(call, call.get("input"), call.get("other"), "bool")


@FUNCTIONS("clamp clip", "input min=None max=None")
def clamp(call: Call) -> Value:
    bounds = [each for each in (call.get("min"), call.get("max")) if each is not None]
    if not bounds:
        raise Mismatch(f"`{call.name}` is given no bound", "give it a `min`, a `max`, or both.")
    tensor = call.get("input")
    result = tensor
    for each in bounds:
        result = combined(call, result, each)
    return result


@FUNCTIONS("clamp_min", "input min")
def clamp_min(call: Call) -> Value:
    return combined(call, call.get("input"), call.get("min"))


@FUNCTIONS("clamp_max", "input max")
def clamp_max(call: Call) -> Value:
    return combined(call, call.get("input"), call.get("max"))


@FUNCTIONS("lerp", "input end weight")
def lerp(call: Call) -> Value:
    values = [call.get(name) for name in ("input", "end", "weight")]
    for each in values:
        only(call, each, "float")
    return _together(call, values, "float")


@FUNCTIONS("addcmul addcdiv", "input tensor1 tensor2")
def addcmul(call: Call) -> Value:
    values = [call.get(name) for name in ("input", "tensor1", "tensor2")]
    kind = promoted(values)
    if kind == "bool":
        only(call, values[0], "float")
    if call.name.startswith("addcdiv") and promoted(values[1:]) in ("int", "bool"):
        only(call, values[1], "float")
    return _together(call, values, kind)


def _together(call: Call, values: list[Value], dtype: str | None) -> Tensor:
    if UNKNOWN in values:
        return Tensor(ANY, dtype)
    shapes = [each.shape for each in values if isinstance(each, Tensor)]
    return Tensor(call.sizes.broadcast(*shapes), dtype)


@FUNCTIONS("where", "condition input=None other=None")
def where(call: Call) -> Value:
    """`where(condition, x, y)`, or the method, `x.where(condition, y)`."""
    values = [call.get(name) for name in ("condition", "input", "other")]
    if values[1:] == [None, None]:
        rank = call.shape("condition").rank
        if rank is None:
            return UNKNOWN
        return Items(tuple(Tensor(Shape((None,)), "int") for _ in range(rank or 1)), "tuple")
    one, other = (each.dtype if isinstance(each, Tensor) else None for each in values[:2])
    method = one != "bool" and other == "bool"
    if not method and (one is not None or not isinstance(values[1], Tensor)):
        only(call, values[0], "bool")
    return _together(call, values, promoted((values[0 if method else 1], values[2])))


@FUNCTIONS("masked_fill", "input mask value")
def masked_fill(call: Call) -> Value:
    tensor, mask, value = call.tensor("input"), call.get("mask"), call.get("value")
    only(call, mask, "bool")
    if isinstance(value, Tensor) and value.shape.rank not in (0, None):
        raise Mismatch(f"`{call.name}` fills with one number, but gets {value.shape}")
    if not isinstance(mask, Tensor):
        return unknown(tensor.dtype)
    return Tensor(call.sizes.broadcast(tensor.shape, mask.shape), tensor.dtype)


# ---- in place ----------------------------------------------------------------


def in_place(rule: Rule) -> Rule:
    """The same operation, which writes over what it is given."""

    def written(call: Call) -> Value:
        tensor, result = call.tensor("input"), rule(call)
        if not isinstance(result, Tensor):
            return tensor
        one, other = tensor.shape, result.shape
        fits = one.rank is None or other.rank is None or one.rank == other.rank
        if not fits or (one.rank is not None and not call.sizes.same_shape(one, other)):
            raise Mismatch(
                f"`{call.name}` writes into {one}, but what it computes is {other}",
                _instead(call.name),
            )
        if higher(result.dtype, tensor.dtype) and not call.name.startswith(_ASKS):
            raise Mismatch(
                f"`{call.name}` writes into a tensor of {tensor.dtype}s, but computes"
                f" {result.dtype}s",
                _instead(call.name),
                "wrong-dtype",
            )
        return tensor

    return written


def _instead(name: str) -> str:
    """What makes a new tensor, in the place of `add_` and of `+=`."""
    other = f"write `x = x {name[:-1]} …`" if name.endswith("=") else f"use `{name.rstrip('_')}`"
    return f"{other}, which makes a new tensor."


_ASKS = ("logical", "eq", "ne_", "not_", "less", "greater", "lt", "gt", "le_", "ge")


def write_in_place(names: str) -> None:
    """Adds `add_` for `add`, and so on."""
    for name in names.split():
        base = FUNCTIONS[name]
        FUNCTIONS.add(f"{name}_", Entry(in_place(base.rule), base.parameters, base.rest))


IN_PLACE = (
    "add sub subtract mul multiply div divide true_divide floor_divide pow fmod remainder xlogy"
    " copysign atan2 arctan2 ldexp hypot nextafter gcd lcm bitwise_and bitwise_or"
    " bitwise_xor eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_and"
    " logical_or logical_xor clamp clip clamp_min clamp_max lerp addcmul addcdiv masked_fill"
    " igamma igammac heaviside bitwise_left_shift bitwise_right_shift"
)

write_in_place(IN_PLACE)
