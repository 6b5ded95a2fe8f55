"""Signatures that `inspect` can see, made whole where torch's annotations say too little.

Annotations are narrower than what torch takes (`F.interpolate(size: int)`), missing
(`MultiheadAttention`), or lost (`BroadcastingList2` is None at run time). What they lack is
listed here, since a call that torch takes must not be refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from netdsl.torchlib.recording.type_text import normalise, or_none
from netdsl.torchlib.signature import RecordedParameter, write_signature

_SIZES = "int | Sequence[int]"

LOST: dict[str, str] = {
    "kernel_size": _SIZES,
    "stride": _SIZES,
    "padding": _SIZES,
    "dilation": _SIZES,
    "output_size": "int | Sequence[int | None] | None",
    "output_ratio": "Sequence[float]",
}
"""Parameters whose annotation is None at run time."""

MISSING: dict[str, str] = {
    "device": "device | None",
    "dtype": "dtype | None",
    "size_average": "bool | None",
    "reduce": "bool | None",
    "embed_dim": "int",
    "num_heads": "int",
    "kdim": "int | None",
    "vdim": "int | None",
    "input": "Tensor",
    "tensors": "Tensor | Sequence[Tensor]",
    "matrices": "Tensor",
    "shapes": "int | Sequence[int]",
    "size": "int | Sequence[int] | None",
    "scale_factor": "float | Sequence[float] | None",
    "align_corners": "bool | None",
    "x1": "Tensor",
    "x2": "Tensor",
    "a": "Tensor",
    "b": "Tensor",
    "dim": "int | Sequence[int] | None",
    "out": "Tensor | None",
    "args": "Any",
}
"""Parameters without an annotation, by name, where the default does not tell the type."""

WIDER: dict[str, dict[str, str]] = {
    "interpolate": {
        "size": "int | Sequence[int] | None",
        "scale_factor": "float | Sequence[float] | None",
    },
    "normalize": {"dim": "int | Sequence[int]"},
    "ctc_loss": {
        "input_lengths": "Tensor | Sequence[int]",
        "target_lengths": "Tensor | Sequence[int]",
    },
    "lp_pool1d": {"stride": f"{_SIZES} | None"},
    "softmax": {"dtype": "dtype | None"},
    "log_softmax": {"dtype": "dtype | None"},
    "softmin": {"dtype": "dtype | None"},
    "tensordot": {"dims": "Any"},
    "split": {"split_size": _SIZES, "split_size_or_sections": _SIZES},
    "unflatten": {"dim": "int", "sizes": "Sequence[int]"},
    "dim_order": {"ambiguity_check": "bool | Sequence[memory_format]"},
    "Unflatten": {"unflattened_size": "Sequence[int]"},
    "AdaptiveLogSoftmaxWithLoss": {"cutoffs": "Sequence[int]"},
    "ModuleList": {"modules": "Sequence[Module] | None"},
    "LazyConvTranspose2d": {"dilation": "int | tuple[int, int]"},
    "LPPool1d": {"kernel_size": "int"},
    "LazyBatchNorm1d": {"momentum": "float | None"},
    "LazyBatchNorm2d": {"momentum": "float | None"},
    "LazyBatchNorm3d": {"momentum": "float | None"},
}
"""Annotations that are narrower than what the function or class takes."""

RESULTS: dict[str, str] = {
    "atleast_1d": "Tensor | tuple[Tensor, ...]",
    "atleast_2d": "Tensor | tuple[Tensor, ...]",
    "atleast_3d": "Tensor | tuple[Tensor, ...]",
    "block_diag": "Tensor",
    "broadcast_shapes": "tuple[int, ...]",
    "broadcast_tensors": "tuple[Tensor, ...]",
    "cdist": "Tensor",
    "chain_matmul": "Tensor",
    "dim_order": "tuple[int, ...]",
    "istft": "Tensor",
    "lu": "tuple[Tensor, ...]",
    "norm": "Tensor",
    "softsign": "Tensor",
    "split": "tuple[Tensor, ...]",
    "stft": "Tensor",
    "tanhshrink": "Tensor",
    "tensordot": "Tensor",
    "unflatten": "Tensor",
    "unique": "Tensor | tuple[Tensor, ...]",
    "unique_consecutive": "Tensor | tuple[Tensor, ...]",
    "upsample": "Tensor",
    "upsample_bilinear": "Tensor",
    "upsample_nearest": "Tensor",
}
"""Results that have no annotation."""

_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "normal",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "variadic",
    inspect.Parameter.VAR_KEYWORD: "keywords",
}


def signature_of(
    name: str, found: inspect.Signature, returned: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The recorded form of a signature. `self` and private parameters are left out; what comes
    after a private one can be given by keyword only."""
    takes: list[RecordedParameter] = []
    hidden = False
    for each in found.parameters.values():
        if each.name.startswith("_"):
            hidden = True
        elif each.name != "self":
            kind = "keyword" if hidden and each.kind is each.POSITIONAL_OR_KEYWORD else None
            takes.append(_parameter(name, each, kind or _KINDS[each.kind]))
    annotation = found.return_annotation
    if annotation is inspect.Signature.empty:
        return write_signature(takes, RESULTS.get(name, "Any"))
    return write_signature(takes, RESULTS.get(name, _annotation(annotation, returned)))


def _parameter(owner: str, found: inspect.Parameter, kind: str) -> RecordedParameter:
    default = None if found.default is inspect.Parameter.empty else _source(found.default)
    return [found.name, kind, default, _type(owner, found)]


def _type(owner: str, found: inspect.Parameter) -> str:
    wider = WIDER.get(owner, {}).get(found.name)
    if wider is not None:
        return wider
    if found.annotation is inspect.Parameter.empty:
        text = _from_default(found)
    elif found.annotation in (None, type(None)):
        text = LOST.get(found.name, "Any")
    else:
        text = _annotation(found.annotation)
    return or_none(text) if found.default is None else text


def _annotation(annotation: Any, returned: Mapping[str, str] | None = None) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return normalise(text, returned)


def _from_default(found: inspect.Parameter) -> str:
    default = found.default
    if isinstance(default, bool | int | float | str):
        return type(default).__name__
    return MISSING.get(found.name, "Any")


def _source(default: Any) -> str:
    """The default as source text: functions and dtypes by their names."""
    if inspect.isfunction(default):
        return f"F.{default.__name__}"
    return repr(default)
