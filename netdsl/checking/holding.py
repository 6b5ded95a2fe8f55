"""What a module holds, as torch registers it."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.checking import composed
from netdsl.checking.costs import MADE
from netdsl.checking.values import UNKNOWN, Items, Module, Value, ancestor

_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")


def children(module: Module) -> dict[str, Value]:
    """What a module holds, by name: a layer of torch or a container what that holds, and then what
    its body declares."""
    layer = ancestor(module)
    found = dict(composed.layers_of(layer)) if is_of_torch(layer) else {}
    if module.combined is None:
        found |= module.items or {}
    for name, kind in module.registered.items():
        if kind == "child":
            found[name] = module.attributes.get(name, UNKNOWN)
    return found


def is_told(module: Module) -> bool:
    """Whether it is known what a module holds."""
    if module.undecided:
        return False
    base = ancestor(module)
    definition = base.cls.definition
    holds = base.combined is not None or base.cls.torch in _CONTAINERS
    if definition is not None:
        holds = isinstance(definition.base, ir.Container | ir.Combined)
    if holds:
        return module.items is not None or composed.is_given(base)
    return definition is not None or base.cls.torch == "rearrange" or composed.is_told(base)


def is_of_torch(module: Module) -> bool:
    return torchlib.layer(module.cls.torch) is not None or module.cls.torch in MADE


def listed(module: Module, named: bool) -> Value:
    """What `children()` gives, or `named_children()`: each module once."""
    held = {name: each for name, each in children(module).items() if each is not None}
    if not is_told(module) or not all(isinstance(each, Module) for each in held.values()):
        return UNKNOWN
    once: dict[int, tuple[Value, Value]] = {}
    for name, each in held.items():
        once.setdefault(id(each), (name, each))
    pairs = once.values()
    return Items(tuple(Items(each, "tuple") if named else each[1] for each in pairs), "tuple")
