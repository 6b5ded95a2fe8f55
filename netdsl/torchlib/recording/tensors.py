"""What programs may use on tensors: functions, methods, attributes, schemes, values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from netdsl.torchlib.recording import stubs
from netdsl.torchlib.recording.corrections import (
    UNTOLD_CLASSES,
    UNTOLD_METHODS,
    Signatures,
    corrected,
)
from netdsl.torchlib.recording.inspected import signature_of
from netdsl.torchlib.recording.schemas import operator_signatures
from netdsl.torchlib.review import review
from netdsl.torchlib.signature import RecordedParameter, write_signature

TORCH_FIRST = frozenset({"sigmoid", "tanh"})
"""Functions that torch.nn.functional has too, but deprecated."""

_IMPLEMENTATIONS = {
    "unique": "_unique_impl",
    "unique_consecutive": "_unique_consecutive_impl",
    "lu": "_lu_impl",
}
"""Functions of torch that take `*args` to choose between two with the same parameters."""


def tensor_tables(torch: Any) -> dict[str, dict[str, object]]:
    """The tables about tensors, by the names of their files."""
    folder = Path(torch.__file__).parent
    types = stubs.return_types(_stub(folder, "return_types.pyi"))
    tensor_stub = _stub(folder, "_C/__init__.pyi")
    return {
        "functions": _functions(torch, folder, types),
        "methods": _methods(torch, stubs.methods(tensor_stub, "TensorBase", types)),
        "attributes": _attributes(torch, stubs.attributes(tensor_stub, "TensorBase", types)),
        "schemes": _schemes(torch),
        "values": _values(torch),
        "fields": _fields(torch),
    }


def _stub(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


# ---- functions ---------------------------------------------------------------


def _functions(torch: Any, folder: Path, types: dict[str, str]) -> dict[str, object]:
    functional = stubs.functions(_stub(folder, "nn/functional.pyi"), types)
    variable = stubs.functions(_stub(folder, "_C/_VariableFunctions.pyi"), types)

    def of_functional(name: str) -> Signatures:
        found = getattr(torch.nn.functional, name)
        if hasattr(torch.nn.functional, f"{name}_with_indices"):
            return _with_indices(getattr(torch.nn.functional, f"{name}_with_indices"), name)
        return (
            _inspected(found, name, types)
            or functional.get(name)
            or variable.get(name)
            or operator_signatures(torch, found.__name__)
        )

    def of_torch(name: str) -> Signatures:
        found = getattr(torch.functional, _IMPLEMENTATIONS.get(name, ""), None)
        found = found or getattr(torch, name, None)
        return (
            UNTOLD_CLASSES.get(name)
            or _inspected(found, name, types)
            or variable.get(name)
            or operator_signatures(torch, name)
        )

    def of_namespace(name: str) -> Signatures:
        return operator_signatures(torch, name.replace(".", "_"))

    from_torch = sorted(name for name in review("torch").allowed if callable(getattr(torch, name)))
    from_namespaces = sorted(
        name for name in review("namespaces").allowed if not name.startswith("init.")
    )
    from_functional = sorted(review("functional").allowed - TORCH_FIRST)
    return {
        **_entries(from_torch, torch, "torch", of_torch),
        **_entries(from_namespaces, torch, "torch", of_namespace),
        **_entries(from_functional, torch.nn.functional, "F", of_functional),
    }


def _entries(
    names: Iterable[str], owner: Any, prefix: str, signatures: Callable[[str], Signatures]
) -> dict[str, object]:
    entries: dict[str, object] = {}
    for name in names:
        found = owner
        for part in name.split("."):
            found = getattr(found, part)
        entries[name] = _entry(f"{prefix}.{name}", found, corrected(name, signatures(name)))
    return entries


def _entry(qualified: str, found: Any, signatures: Signatures) -> object:
    if not signatures:
        raise ValueError(f"nothing tells the signature of {qualified}")
    return {
        "qualified": qualified,
        "parsed": not inspect.isfunction(found) and not inspect.isclass(found),
        "signatures": signatures,
    }


def _inspected(found: Any, name: str, types: dict[str, str]) -> Signatures | None:
    if not inspect.isfunction(found):
        return None
    return [signature_of(name, inspect.signature(found), types)]


def _with_indices(found: Any, name: str) -> Signatures:
    """Pooling that gives indices too if it is asked to: one overload for each."""
    signature = signature_of(name, inspect.signature(found))
    takes = signature["takes"]
    assert isinstance(takes, list)
    both: list[RecordedParameter] = [
        [parameter, kind, None if parameter == "return_indices" else default, of]
        for parameter, kind, default, of in takes
    ]
    return [write_signature(takes, "Tensor"), write_signature(both, "tuple[Tensor, Tensor]")]


# ---- methods, attributes, schemes, values ------------------------------------


def _methods(torch: Any, overloads: stubs.Overloads) -> dict[str, object]:
    names = [
        name for name in sorted(review("tensor").allowed) if callable(getattr(torch.Tensor, name))
    ]
    entries = {}
    for name in names:
        found = getattr(torch.Tensor, name)
        signatures = (
            UNTOLD_METHODS.get(name) or _inspected(found, name, {}) or overloads.get(name, [])
        )
        entries[name] = _entry(f"Tensor.{name}", found, corrected(name, signatures, method=True))
    return entries


def _attributes(torch: Any, types: dict[str, str]) -> dict[str, object]:
    example = torch.zeros(1, 1)
    entries: dict[str, object] = {}
    for name in sorted(review("tensor").allowed):
        if callable(getattr(torch.Tensor, name)):
            continue
        if name in types:
            entries[name] = types[name]
        elif isinstance(getattr(example, name), bool):
            entries[name] = "bool"
        else:
            raise ValueError(f"nothing tells the type of Tensor.{name}")
    return entries


def _schemes(torch: Any) -> dict[str, object]:
    names = [
        name.removeprefix("init.")
        for name in sorted(review("namespaces").allowed)
        if name.startswith("init.")
    ]
    return {
        name.removesuffix("_"): _entry(
            f"nn.init.{name}",
            getattr(torch.nn.init, name),
            [signature_of(name, inspect.signature(getattr(torch.nn.init, name)))],
        )
        for name in names
    }


def _values(torch: Any) -> dict[str, object]:
    return {
        name: f"torch.{name}"
        for name in sorted(review("torch").allowed)
        if not callable(getattr(torch, name))
    }


def _fields(torch: Any) -> dict[str, object]:
    """The names of what torch's named tuples hold, by the function that gives them."""
    return {
        name.replace("linalg_", "linalg."): list(found.__match_args__)
        for name, found in sorted(vars(torch.return_types).items())
        if hasattr(found, "n_fields") and not name.startswith("_") and not name.endswith("_out")
    }
