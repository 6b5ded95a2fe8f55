"""How many parameters a network has."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis.walk import walk
from netdsl.checking.composed import layers_of
from netdsl.checking.costs import MADE, parameters_of
from netdsl.checking.values import UNKNOWN, Module, Tensor, Value, lineage
from netdsl.shapes.shape import Axis


def parameter_count(module: object) -> int | None:
    """The parameters of a module and of all below it, each counted once; None if some are not
    known."""
    if not isinstance(module, Module):
        return None
    total = 0
    seen: dict[int, None] = {}
    waiting = [module]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = None
        for count in own_parameters(each):
            if count is None:
                return None
            total += count
        waiting += [child for _, child in children_of(each)]
    return total


def children_of(module: Module) -> Iterator[tuple[str, Module]]:
    """The modules that a module holds, by name, in order."""
    items = module.items if module.combined is None else None  # else they are attributes as well
    held = {**(items or {}), **module.attributes}
    for name, value in held.items():
        if name != "super()" and isinstance(value, Module):
            yield name, value


def own_parameters(module: Module) -> list[int | None]:
    """The numbers of elements of the parameters that a module itself has; a None for some that
    are not known."""
    found: dict[str, Axis] = {}
    inside: list[int | None] = []
    for each in reversed(list(lineage(module))):
        if not _is_told(each):
            return [None]
        found |= parameters_of(each)
        inside += [count for part in layers_of(each).values() for count in _all_parameters(part)]
        for node in _declared(each.cls.definition):
            value = each.attributes.get(node.name, UNKNOWN)
            if value is not None:  # else there is none on this side of a choice
                found[node.name] = value.shape.size() if isinstance(value, Tensor) else None
    kept = [size for name, size in found.items() if name not in module.tied]
    return inside + [None if size is None else size.as_int() for size in kept]


def _is_told(module: Module) -> bool:
    """Whether it is known which parameters a class has."""
    name = module.cls.torch
    if module.cls.definition is not None or module.combined is not None:
        return True
    if name in ("Sequential", "ModuleList", "ModuleDict") and module.items is None:
        return bool(module.arguments)
    told = torchlib.layer(name) is not None or name in ("rearrange", *MADE)
    return told and not name.startswith("Lazy")


def _all_parameters(part: Value) -> list[int | None]:
    """The numbers of elements of all that a layer of torch is made of."""
    if part is None:
        return []
    if not isinstance(part, Module):
        return [None]
    below = [each for _, child in children_of(part) for each in _all_parameters(child)]
    return own_parameters(part) + below


def _declared(definition: ir.ModuleDef | None) -> Iterator[ir.ParameterDecl]:
    for node in walk(definition.body if definition is not None else ()):
        if isinstance(node, ir.ParameterDecl):
            yield node
