"""The classes of torch.nn: signatures, ancestors, parameters, attributes.

What an instance has is learnt from instances: one for each sample, and for each bool
parameter one more with the flag the other way round.
"""

from __future__ import annotations

import inspect
import re
import typing
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from netdsl.torchlib.recording.inspected import signature_of
from netdsl.torchlib.recording.samples import SAMPLES
from netdsl.torchlib.signature import write_signature

_HOLDERS = frozenset(
    {"Container", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"}
)
"""Classes whose instances have the attributes that they are given."""

_NUMBERED = re.compile(r"_l\d+")


def module_classes(nn: Any) -> dict[str, Any]:
    """All classes of modules in torch.nn, by name, with their base itself."""
    return {
        name: value
        for name, value in sorted(vars(nn).items())
        if isinstance(value, type) and issubclass(value, nn.Module)
    }


def plain(name: str) -> str:
    """What is left of a name without case and underscores.

    >>> plain("batch_norm2d") == plain("BatchNorm2d")
    True
    """
    return name.replace("_", "").lower()


def snake_case(name: str, functions: Mapping[str, str]) -> str:
    """The class's name as torch.nn.functional spells it, or would spell it; `functions` are
    the functions there by their plain names.

    >>> snake_case("BatchNorm2d", {}), snake_case("PReLU", {"prelu": "prelu"})
    ('batch_norm2d', 'prelu')
    """
    if plain(name) in functions:
        return functions[plain(name)]
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).lower()


def layer_entries(torch: Any) -> dict[str, object]:
    """The record of each class, by its name."""
    nn = torch.nn
    functions = {
        plain(name): name
        for name in vars(nn.functional)
        if not name.startswith("_") and not name.endswith("_")
    }
    module_names = set(dir(nn.Module()))
    return {
        name: _entry(torch, name, cls, snake_case(name, functions), module_names)
        for name, cls in module_classes(nn).items()
    }


def _entry(torch: Any, name: str, cls: type, snake: str, module_names: set[str]) -> object:
    nn = torch.nn
    instances = list(sample_instances(torch, name))[: 1 if name in _HOLDERS else None]
    ancestors = [
        each.__name__
        for each in cls.__mro__[1:]
        if getattr(nn, each.__name__, None) is each and issubclass(each, nn.Module)
    ]
    reserved = {each for one in instances for each in dir(one)}
    return {
        "snake": snake,
        "ancestors": ancestors,
        "signature": class_signature(nn, name),
        "parameters": _presence([one._parameters for one in instances]),
        "buffers": _presence([one._buffers for one in instances]),
        "attributes": sorted(_attributes(nn, cls, instances)),
        "parts": _parts(instances),
        "reserved": sorted(reserved - module_names),
    }


def class_signature(nn: Any, name: str) -> dict[str, object]:
    """What the class's constructor takes, `Tensor`s of the instance's own apart."""
    cls = getattr(nn, name)
    overloads = typing.get_overloads(cls.__init__)
    if overloads:
        return _built(name, inspect.signature(overloads[0]))
    if cls.__init__ is nn.Module.__init__:
        return write_signature([], name)
    found = inspect.signature(cls)
    takes_all = {each.kind.name for each in found.parameters.values()} == {
        "VAR_POSITIONAL",
        "VAR_KEYWORD",
    }
    if takes_all and cls is not nn.Identity and cls.__mro__[1] is not nn.Module:
        return {**class_signature(nn, cls.__mro__[1].__name__), "gives": name}
    return _built(name, _as_eager(nn, cls, found))


def _as_eager(nn: Any, cls: Any, found: inspect.Signature) -> inspect.Signature:
    """A lazy layer takes what the layer that it becomes takes; torch annotates less."""
    eager = getattr(cls, "cls_to_become", None)
    if eager is None:
        return found
    known = inspect.signature(eager).parameters
    changed = [
        each.replace(annotation=known[name].annotation) if name in known else each
        for name, each in found.parameters.items()
    ]
    return found.replace(parameters=changed)


def _built(name: str, found: inspect.Signature) -> dict[str, object]:
    return {**signature_of(name, found), "gives": name}


def sample_instances(torch: Any, name: str) -> Iterator[Any]:
    """Instances of the class that differ in the parameters they have."""
    for text in SAMPLES[name]:
        args, kwargs = sample_arguments(torch, text)
        yield construct(torch, name, args, kwargs)
        yield from _flipped(torch, name, args, kwargs)


def _flipped(torch: Any, name: str, args: Any, kwargs: Any) -> Iterator[Any]:
    takes = class_signature(torch.nn, name)["takes"]
    assert isinstance(takes, list)
    for parameter, _, default, of in takes:
        if of == "bool" and default in ("True", "False") and parameter not in kwargs:
            flipped = {**kwargs, parameter: default == "False"}
            try:
                yield construct(torch, name, args, flipped)
            except ValueError:
                continue  # flags may exclude each other


def sample_arguments(torch: Any, text: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments that a sample spells."""

    def take(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, kwargs

    names = {"take": take, "torch": torch, "nn": torch.nn}
    found: tuple[tuple[Any, ...], dict[str, Any]] = eval(f"take({text})", names)
    return found


def construct(torch: Any, name: str, args: Any, kwargs: Any) -> Any:
    """An instance, without the warnings about classes that are deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(torch.nn, name)(*args, **kwargs)


def _presence(found: list[dict[str, object]]) -> dict[str, str]:
    """Names that each instance has, and names that some have. The layers of a recurrent network
    after the first share one pattern."""
    named: dict[str, str] = {}
    for name in dict.fromkeys(name for one in found for name in one):
        always = all(one.get(name) is not None for one in found)
        if always or not _NUMBERED.search(name):
            named[name] = "always" if always else "optional"
        if _NUMBERED.search(name):
            named[_NUMBERED.sub("_l{k}", name)] = "optional"
    return named


def _attributes(nn: Any, cls: Any, instances: list[Any]) -> set[str]:
    """Names that hold data of an instance: not methods, not private, not those of Module."""
    held = {name for one in instances for name in vars(one)}
    held |= {name for one in instances for name in (*one._parameters, *one._buffers)}
    held |= {name for one in instances for name in one._modules}
    properties = {name for name in dir(cls) if isinstance(getattr(cls, name), property)}
    return {
        name
        for name in held | properties
        if not name.startswith("_") and not hasattr(nn.Module, name) and name != "training"
    }


def _parts(instances: list[Any]) -> list[str]:
    """The modules that each instance is made of."""
    always = set.intersection(
        *({name for name, each in one._modules.items() if each is not None} for one in instances)
    )
    return sorted(name for name in always if name.isidentifier())


def reserved_names(nn: Any) -> list[str]:
    """The attributes that every module has, so that no child can have such a name."""
    return sorted(dir(nn.Module()))
