"""The names of all that there is to build with, in groups."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis.names import CONTAINER_WORDS
from netdsl.checking.reference.pages import families
from netdsl.checking.reference.words import combinators, prelude_names


def groups() -> dict[str, list[str]]:
    """What build time has."""
    layers = {title: sorted(_short(each) for each in found) for title, found in families().items()}
    return {
        **layers,
        "combinators": sorted(combinators()),
        "prelude": sorted(prelude_names()),
        "schemes of initialisation": sorted(torchlib.scheme_names()),
    }


def _short(layer: torchlib.LayerClass) -> str:
    return CONTAINER_WORDS.get(layer.name, layer.snake)


def functions() -> dict[str, list[str]]:
    """What tensor time has, by where torch keeps it; methods of tensors are called on them."""
    found: dict[str, list[str]] = {}
    for name in torchlib.function_names():
        function = torchlib.function(name)
        assert function is not None
        place = function.qualified.removesuffix(f".{name.rpartition('.')[2]}")
        title = {"F": "torch.nn.functional"}.get(place, place)
        found.setdefault(title, []).append(name)
    return {title: sorted(names) for title, names in sorted(found.items())}
