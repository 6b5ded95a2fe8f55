"""Signatures from torch's operator schemas: torch.linalg, torch.fft and torch.special have no
stubs."""

from __future__ import annotations

import re
from typing import Any

from netdsl.torchlib.recording.type_text import normalise, or_none
from netdsl.torchlib.signature import RecordedParameter, write_signature

_TYPES = {"number": "float", "Device": "device"}
_SEQUENCE = re.compile(r"Sequence\[(\w+)\]")
_CODES = {"ScalarType": "dtype", "Layout": "layout", "MemoryFormat": "memory_format"}


def operator_signatures(torch: Any, name: str) -> list[dict[str, object]]:
    """All overloads of `aten::NAME`, as Python calls it: an overload that writes into given
    tensors is one with the overload that makes them, which gains `out`."""
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    makes = [each for each in schemas if not any(arg.is_out for arg in each.arguments)]
    writes = [_inputs(each) for each in schemas if each not in makes]
    found = []
    for schema in makes:
        signature = _signature(schema, _inputs(schema) in writes)
        if signature not in found:
            found.append(signature)
    return found


def _inputs(schema: Any) -> list[tuple[str, str]]:
    """What tells overloads apart. Those that write may lack the options of making."""
    return [
        (str(arg.type), _text(arg))
        for arg in schema.arguments
        if not arg.is_out and arg.name not in ("dtype", "layout", "device", "pin_memory")
    ]


def _signature(schema: Any, has_out: bool) -> dict[str, object]:
    takes: list[RecordedParameter] = []
    for arg in schema.arguments:
        text = _text(arg)
        name = "input" if arg.name == "self" and text == "Tensor" else arg.name
        default = repr(arg.default_value) if arg.has_default_value() else None
        if default == "None":
            text = or_none(text)
        takes.append([name, "keyword" if arg.kwarg_only else "normal", default, text])
    gives = [_plain(each.type) for each in schema.returns]
    if has_out:
        out = "Tensor" if len(gives) == 1 else "Sequence[Tensor]"
        takes.append(["out", "keyword", "None", f"{out} | None"])
    return write_signature(takes, gives[0] if len(gives) == 1 else f"tuple[{', '.join(gives)}]")


def _text(arg: Any) -> str:
    real = str(arg.real_type).removeprefix("Optional[").removesuffix("]")
    if real in _CODES:
        return _CODES[real]
    text = _plain(arg.type)
    item = _SEQUENCE.search(text)
    if arg.N is None or item is None:
        return text
    return normalise(f"{item[1]} | {text}")  # `int[1]`: one number stands for all


def _plain(of: Any) -> str:
    text = str(of.annotation_str)
    for spelt, ours in _TYPES.items():
        text = text.replace(spelt, ours)
    return normalise(text)
