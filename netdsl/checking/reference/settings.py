"""The settings that a layer is asked about with: symbols, or the values of an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netdsl import torchlib
from netdsl.checking.builder import default_of
from netdsl.checking.values import UNKNOWN, Class, Module, Value
from netdsl.shapes.dimension import symbol
from netdsl.source import Source, Span

Settings = dict[str, Value]
Inner = Callable[[torchlib.LayerClass], Settings]

_WINDOW = {"stride": 1, "padding": 0, "dilation": 1, "output_padding": 0}
"""The settings of a window that have a default, and the least that each can be."""
NOWHERE = Span(Source("", "layers"), 0, 0)


def symbolic(layer: torchlib.LayerClass, window: bool = False) -> Settings:
    """The settings of a layer with its defaults, and with a symbol for each int that it has to be
    given; of a window also for those that need not."""
    found: Settings = {}
    for each in taken(layer):
        if window and each.name in _WINDOW and "int" in each.type:
            found[each.name] = symbol(each.name, _WINDOW[each.name])
        elif not each.required:
            found[each.name] = default_of(each.default)
        elif each.type == "Module":
            found[each.name] = _made(each.name, symbolic)
        else:
            found[each.name] = symbol(each.name, 1) if "int" in each.type else UNKNOWN
    return _with_inner(found)


def concrete(layer: torchlib.LayerClass, given: Mapping[str, str], inner: Inner) -> Settings:
    """The settings of a layer with its defaults, and with the values that it is given; `inner` are
    those of a layer that it is made with."""
    found: Settings = {}
    for each in taken(layer):
        plain = each.type != "Module"
        text = given.get(each.name, each.default)
        found[each.name] = default_of(text) if plain else _made(each.name, inner)
    return _with_inner(found)


def taken(layer: torchlib.LayerClass) -> list[torchlib.SignatureParameter]:
    """The parameters of a layer that have names."""
    return [
        each for each in layer.signature.parameters if each.kind not in ("variadic", "keywords")
    ]


def _made(name: str, settings: Inner) -> Value:
    """A layer that another one is made with."""
    cls = torchlib.layer(f"transformer_{name}")
    return UNKNOWN if cls is None else Module(Class(cls.name), NOWHERE, settings(cls))


def _with_inner(settings: Settings) -> Settings:
    """Stacks have the sizes of the layer that they are given."""
    inner = settings.get("encoder_layer", settings.get("decoder_layer"))
    return {**(inner.arguments if isinstance(inner, Module) else {}), **settings}
