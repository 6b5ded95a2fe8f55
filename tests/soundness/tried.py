"""Expressions of tensor time, worked out by torch while a program is drawn.

They read as Python, and the names mean what they mean to the language: functions of
torch.nn.functional, then those of torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netdsl import torchlib
from tests.soundness.marks import plain


def _names() -> dict[str, Any]:
    found: dict[str, Any] = {"training": False, "math": math}
    for name in torchlib.function_names():
        entry = torchlib.function(name)
        if entry is not None and "." not in name:
            found[name] = _at(entry.qualified)
    for name in dir(torch):
        if isinstance(getattr(torch, name), torch.dtype):
            found[name] = getattr(torch, name)
    found.update((name, each) for name, each in vars(nn).items() if isinstance(each, type))
    for namespace in torchlib.namespaces():
        found[namespace] = getattr(torch, namespace)
    return found


def _at(qualified: str) -> Any:
    value: Any = {"torch": torch, "nn": nn, "F": nn.functional}[qualified.partition(".")[0]]
    for name in qualified.split(".")[1:]:
        value = getattr(value, name)
    return value


NAMES = _names()


def value_of(expression: str, variables: Mapping[str, Any]) -> Any:
    """What torch gives for an expression; it raises what torch raises."""
    with torch.no_grad():
        return eval(plain(expression), NAMES, dict(variables))


def tensor_of(shape: list[int], dtype: str) -> Tensor:
    """A tensor of that shape; ints are 0 and 1."""
    if dtype == "int":
        return torch.randint(0, 2, shape)
    if dtype == "bool":
        return torch.randint(0, 2, shape) > 0
    return torch.randn(shape)


def kind_of(dtype: torch.dtype) -> str:
    """What the check calls a dtype."""
    if dtype == torch.bool:
        return "bool"
    if dtype.is_complex:
        return "complex"
    return "float" if dtype.is_floating_point else "int"
