"""The classes of torch.nn, and the names that modules have already."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Literal, TypeAlias

from netdsl.patterns import compiled
from netdsl.records import Frozen, field
from netdsl.torchlib.signature import Signature, read_signature
from netdsl.torchlib.table import table

Presence: TypeAlias = Literal["always", "optional"]


class LayerClass(Frozen):
    """A class of torch.nn.

    `parameters` and `buffers` say which tensors an instance has always, and which only with
    some arguments; where the layers of a recurrent network are numbered, a name holds `{k}`.
    `attributes` are names of an instance's data; `parts` are those of the modules that it
    always holds; `reserved` are all the names that it has and that Module has not, so that a
    child of a subclass cannot have them.
    """

    name: str
    snake: str
    signature: Signature
    ancestors: tuple[str, ...]
    parameters: dict[str, Presence] = field(hash=False)
    buffers: dict[str, Presence] = field(hash=False)
    attributes: frozenset[str]
    parts: frozenset[str]
    reserved: frozenset[str]

    @property
    def variadic(self) -> bool:
        """Whether the class takes any number of arguments, as Sequential does."""
        return any(each.kind == "variadic" for each in self.signature.parameters)

    def has_parameter(self, name: str) -> bool:
        """Whether an instance may have a parameter of that name.

        >>> lstm = layer("lstm")
        >>> assert lstm is not None
        >>> lstm.has_parameter("weight_ih_l3_reverse"), lstm.has_parameter("weight")
        (True, False)
        """
        return name in self.parameters or _NUMBER.sub("_l{k}", name) in self.parameters


_NUMBER = compiled(r"_l(?:0|[1-9]\d*)(?=_|\Z)")


@lru_cache(maxsize=1000)  # what programs write is not bounded
def layer(name: str) -> LayerClass | None:
    """The class with that name, whatever the case and underscores.

    >>> [found.name for found in map(layer, ("conv2d", "batchnorm2d", "LSTM")) if found]
    ['Conv2d', 'BatchNorm2d', 'LSTM']
    """
    exact = _exact_names().get(_plain(name))
    return None if exact is None else _layer(exact)


def layers() -> tuple[LayerClass, ...]:
    """All classes of modules in torch.nn, by name."""
    return tuple(_layer(name) for name in table("layers"))


@cache
def layer_names() -> tuple[str, ...]:
    """All names of layers as programs write them."""
    return tuple(each.snake for each in layers())


@cache
def reserved_names(base: str = "Module") -> frozenset[str]:
    """The attributes that an instance of `base` has anyway, so that a child cannot.

    >>> "half" in reserved_names(), "keys" in reserved_names("ModuleDict")
    (True, True)
    """
    of_module = table("module")["reserved"]
    assert isinstance(of_module, list)
    return frozenset(of_module) | _extras(base, "reserved")


@cache
def kept_name(name: str) -> str:
    """What a value that a module keeps is called on self: `half` is a method of modules already.

    >>> kept_name("width"), kept_name("half"), kept_name("parameters")
    ('width', '_half', '_parameters_')
    """
    kept, taken = name, reserved_names()
    while kept in taken:
        kept = f"{kept}_" if kept.startswith("_") else f"_{kept}"
    return kept


def has_attribute(base: str, name: str) -> bool:
    """Whether instances of the class `base` hold data of that name, as LayerNorm does `eps`."""
    return name in _extras(base, "attributes")


def is_layer_attribute(name: str) -> bool:
    """Whether instances of any class of torch.nn hold data of that name."""
    return name in _every_attribute()


def is_layer_parameter(name: str) -> bool:
    """Whether a class of torch.nn takes an argument of that name.

    >>> is_layer_parameter("kernel_size"), is_layer_parameter("size_of_kernel")
    (True, False)
    """
    return any(each.name == name for one in layers() for each in one.signature.parameters)


def has_part(base: str | None, name: str) -> bool:
    """Whether instances of a class, or of any class of torch.nn, are made of a module of that
    name.

    >>> has_part("Transformer", "encoder"), has_part("Linear", "encoder"), has_part(None, "encoder")
    (True, False, True)
    """
    known = layers() if base is None else [_layer(base)] if base in table("layers") else []
    return any(name in each.parts for each in known)


@cache
def names_parameter(name: str) -> bool:
    """Whether that is what some layer calls a parameter of its own.

    >>> names_parameter("weight"), names_parameter("in_proj_bias"), names_parameter("encoder")
    (True, True, False)
    """
    return any(each.has_parameter(name) for each in layers())


@cache
def _every_attribute() -> frozenset[str]:
    return frozenset().union(*(each.attributes for each in layers()))


def _extras(base: str, what: Literal["reserved", "attributes"]) -> frozenset[str]:
    if base not in table("layers"):
        return frozenset()
    found = _layer(base)
    return found.reserved if what == "reserved" else found.attributes


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


@cache
def _exact_names() -> dict[str, str]:
    return {_plain(name): name for name in table("layers")}


@cache
def _layer(name: str) -> LayerClass:
    entry: Any = table("layers")[name]
    return LayerClass(
        name,
        entry["snake"],
        read_signature(entry["signature"]),
        tuple(entry["ancestors"]),
        entry["parameters"],
        entry["buffers"],
        frozenset(entry["attributes"]),
        frozenset(entry["parts"]),
        frozenset(entry["reserved"]),
    )
