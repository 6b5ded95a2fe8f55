"""What programs may use at tensor time: torch's functions, methods, attributes, values."""

from __future__ import annotations

from functools import cache
from typing import Any

from netdsl.records import Frozen
from netdsl.torchlib.signature import Signature, read_signature
from netdsl.torchlib.table import table


class TorchFunction(Frozen):
    """A function or method of torch that programs may use, with all its overloads.

    `qualified` is how the output spells it: `F.relu`, `torch.linalg.norm`, `nn.init.zeros_`.
    """

    name: str
    qualified: str
    signatures: tuple[Signature, ...]


def function(name: str) -> TorchFunction | None:
    """The function that a bare name means at tensor time: torch.nn.functional's, else torch's.

    >>> [found.qualified for found in map(function, ("relu", "cat", "linalg.norm")) if found]
    ['F.relu', 'torch.cat', 'torch.linalg.norm']
    """
    return _entry("functions", name)


def method(name: str) -> TorchFunction | None:
    """The method of tensors with that name; its signatures are without the tensor."""
    return _entry("methods", name)


def scheme(name: str) -> TorchFunction | None:
    """The scheme of torch.nn.init with that name, written without its final `_`."""
    return _entry("schemes", name)


def attribute(name: str) -> str | None:
    """The type of an attribute of tensors, as text.

    >>> attribute("ndim"), attribute("grad_fn")
    ('int', None)
    """
    found = table("attributes").get(name)
    return None if found is None else str(found)


def value(name: str) -> str | None:
    """The value of torch that a bare name means: a dtype, a constant, a memory format.

    >>> value("float32"), value("channels_last"), value("relu")
    ('torch.float32', 'torch.channels_last', None)
    """
    found = table("values").get(name)
    return None if found is None else str(found)


def result_field(name: str) -> bool:
    """Whether a named tuple that torch returns has a field of that name, as `x.max(0).values`."""
    return name in _fields()


@cache
def _fields() -> frozenset[str]:
    entries: list[Any] = list(table("fields").values())
    return frozenset(name for entry in entries for name in entry)


def refusal(name: str) -> str | None:
    """Why programs may not use a function or value that torch has, or None if torch has none
    of that name or programs may use it.

    >>> refusal("load"), refusal("relu")
    ('it reads or writes files, or loads code', None)
    """
    from netdsl.torchlib.review import review

    if name in table("functions") or name in table("values"):
        return None
    files = ("functional", "torch", "namespaces")
    return next(
        (review(file).reasons[name] for file in files if name in review(file).reasons), None
    )


def method_refusal(name: str) -> str | None:
    """Why programs may not use a method or attribute that tensors have.

    >>> method_refusal("data_ptr")
    'it hands out memory that is no tensor, or a pointer'
    """
    from netdsl.torchlib.review import review

    return review("tensor").reasons.get(name)


def namespaces() -> frozenset[str]:
    """The modules of torch whose functions are written with the module before them."""
    return frozenset({"linalg", "fft", "special"})


def function_names() -> tuple[str, ...]:
    """All functions of tensor time."""
    return tuple(table("functions"))


def method_names() -> tuple[str, ...]:
    """All methods and attributes of tensors."""
    return (*table("methods"), *table("attributes"))


def scheme_names() -> tuple[str, ...]:
    """All schemes of initialisation."""
    return tuple(table("schemes"))


@cache
def _entry(file: str, name: str) -> TorchFunction | None:
    entry: Any = table(file).get(name)
    if entry is None:
        return None
    signatures = (read_signature(each, aliases=entry["parsed"]) for each in entry["signatures"])
    return TorchFunction(name, entry["qualified"], tuple(signatures))
