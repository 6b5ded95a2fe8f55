"""Attributes that every module has already."""

from __future__ import annotations

from functools import cache

from netdsl import torchlib


@cache
def attribute_name(name: str) -> str:
    """What a value that the program stores is called on self: `half` is a method of modules
    already, so that it is kept as `_half`."""
    return f"_{name}" if name in torchlib.reserved_names("Module") else name
