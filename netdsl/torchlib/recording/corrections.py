"""Where torch's stubs say something else than torch does."""

from __future__ import annotations

from typing import cast

from netdsl.torchlib.signature import RecordedParameter, write_signature

Signatures = list[dict[str, object]]

_POSITIONAL = {
    "tensor": 1,
    "as_tensor": 1,
    "new_tensor": 1,
    "new_ones": 1,
    "contiguous": 0,
    "is_contiguous": 0,
}
"""Functions that take so many arguments by position, where the stub says any."""

_RENAMED = {("numel", "self"): "input", ("to", "other"): "tensor"}

_REQUIRED = frozenset({("linspace", "steps"), ("logspace", "steps")})
"""Parameters that older overloads of the stub give a default."""

_FROM = frozenset({("random_", "from_"), ("uniform_", "from_")})
"""What torch calls `from`, so that no keyword of Python's can spell it."""

_NUMBERS = frozenset(
    {
        ("copy_", "other"),
        ("divide", "input"),
        ("gaussian_nll_loss", "target"),
        ("multilabel_soft_margin_loss", "target"),
        ("multilabel_soft_margin_loss", "weight"),
        ("multiply", "input"),
        ("subtract", "input"),
    }
)
"""Parameters that take a number too, where what is recorded says a tensor. Others take none."""

_RESULTS = {"item": "Any", "tolist": "Any"}
"""Results that depend on the tensor: a number of any type, nested lists or a number."""

_CONVERSION: Signatures = [
    write_signature([["memory_format", "keyword", "None", "memory_format | None"]], "Tensor")
]
_TRANSFER: Signatures = [
    write_signature(
        [
            ["device", "normal", "None", "device | None"],
            ["non_blocking", "normal", "False", "bool"],
            ["memory_format", "keyword", "None", "memory_format | None"],
        ],
        "Tensor",
    )
]
UNTOLD_METHODS: dict[str, Signatures] = {
    **dict.fromkeys(
        ("bfloat16", "bool", "byte", "cdouble", "cfloat", "chalf", "char"), _CONVERSION
    ),
    **dict.fromkeys(("cpu", "double", "float", "half", "int", "long", "short"), _CONVERSION),
    **dict.fromkeys(("cuda", "ipu", "mtia", "xpu"), _TRANSFER),
    "type": [
        write_signature([], "str"),
        write_signature(
            [
                ["dtype", "normal", None, "str | dtype"],
                ["non_blocking", "normal", "False", "bool"],
                ["memory_format", "keyword", "None", "memory_format | None"],
            ],
            "Tensor",
        ),
    ],
}
"""Methods that the stub lacks, or whose parameters it leaves out."""

UNTOLD_CLASSES: dict[str, Signatures] = {
    "finfo": [write_signature([["type", "normal", "None", "dtype | None"]], "finfo")],
    "iinfo": [write_signature([["type", "normal", None, "dtype"]], "iinfo")],
}
"""What is called like a function, but is a class that says nothing of its arguments."""


def corrected(name: str, signatures: Signatures, *, method: bool = False) -> Signatures:
    """The overloads as torch takes them.

    Named dimensions are gone from torch, private parameters are not for programs, and methods
    take no `out`, which stubs give them as to the functions of their name.
    """
    without = {"names", "out"} if method else {"names"}
    found: Signatures = []
    for signature in signatures:
        takes = cast(list[RecordedParameter], signature["takes"])
        if any(_impossible(name, parameter) for parameter in takes):
            continue
        kept = [
            _parameter(name, at, parameter)
            for at, parameter in enumerate(takes)
            if parameter[0] not in without and not str(parameter[0]).startswith("_")
        ]
        entry = write_signature(kept, _RESULTS.get(name, str(signature["gives"])))
        if entry not in found:
            found.append(entry)
    return found


def _impossible(name: str, parameter: RecordedParameter) -> bool:
    if parameter[0] == "names":
        return parameter[2] is None
    return (name, parameter[0]) in _REQUIRED and parameter[2] is not None


def _parameter(name: str, at: int, parameter: RecordedParameter) -> RecordedParameter:
    parameter_name, kind, default, of = parameter
    if (name, parameter_name) in _FROM:
        kind = "positional"
    elif kind == "normal" and at >= _POSITIONAL.get(name, at + 1):
        kind = "keyword"
    if (name, parameter_name) in _NUMBERS:
        of = str(of).replace("Tensor", "Tensor | float", 1)
    return [_RENAMED.get((name, str(parameter_name)), parameter_name), kind, default, of]
