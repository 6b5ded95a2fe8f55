"""The types of what torch's layers, methods and attributes give."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import types
from netdsl.analysis.types import Type


def attribute_type(name: str) -> Type:
    match name:
        case "shape":
            return types.ListOf(types.INT)
        case "ndim" | "itemsize" | "nbytes":
            return types.INT
        case "T" | "mT" | "H" | "mH" | "real" | "imag":
            return types.TENSOR
        case "dtype":
            return types.DTYPE
        case "device":
            return types.DEVICE
        case _:
            return types.UNKNOWN


def gives_tensor(method: torchlib.TorchFunction | None) -> bool:
    return method is not None and all(each.result == "Tensor" for each in method.signatures)


_TWO = types.TupleOf((types.TENSOR, types.TENSOR))
_RESULTS: dict[str, Type] = {
    "LSTM": types.TupleOf((types.TENSOR, _TWO)),
    "GRU": _TWO,
    "RNN": _TWO,
    "LSTMCell": _TWO,
    "MultiheadAttention": types.TupleOf((types.TENSOR, types.optional(types.TENSOR))),
    "AdaptiveLogSoftmaxWithLoss": types.UNKNOWN,
    "Sequential": types.UNKNOWN,
    "Identity": types.UNKNOWN,
    "Module": types.UNKNOWN,
}


def layer_result(cls: str) -> Type:
    """What applying a layer of torch gives."""
    found = torchlib.layer(cls)
    if found is not None and may_give_indices(found):
        return types.UNKNOWN
    return _RESULTS.get(cls, types.TENSOR)


def may_give_indices(found: torchlib.LayerClass) -> bool:
    return any(each.name == "return_indices" for each in found.signature.parameters)
