"""What there is to know of a layer of torch, as a page of a reference has it."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl import torchlib
from netdsl.checking import composed
from netdsl.checking.reference.examples import example
from netdsl.checking.reference.relations import Relation, relations
from netdsl.checking.reference.settings import NOWHERE, symbolic
from netdsl.checking.reference.words import at_tensor_time
from netdsl.checking.rules import LAYERS
from netdsl.checking.values import Class, Module
from netdsl.records import Frozen
from netdsl.shapes.shape import spelled

_DOCUMENTED = "https://docs.pytorch.org/docs/stable/generated/torch.nn.{}.html"
_UNDOCUMENTED = frozenset({"Container", "CrossMapLRN2d", "NLLLoss2d", "RNNCellBase"})


class Held(Frozen):
    """A tensor that a layer has: `shape` tells its sizes by the names of settings."""

    name: str
    kind: str
    shape: str


class Page(Frozen):
    """A layer of torch.nn. `shapes` are with its defaults; `general` are with other settings of
    its window too, and are empty where that makes no difference."""

    name: str
    cls: str
    family: str
    signature: torchlib.Signature
    shapes: tuple[Relation, ...]
    general: tuple[Relation, ...]
    tensors: tuple[Held, ...]
    optional: tuple[str, ...]
    """Tensors that it has with other settings."""
    parts: tuple[tuple[str, str], ...]
    """The layers that it is made of: a name and a class."""
    example: str
    documentation: str | None
    """Where torch documents it, if it does."""
    function: tuple[str, ...]
    """How the function of torch is called that has its name, at tensor time."""

    def text(self) -> str:
        """The page for people."""
        from netdsl.checking.reference.text import page_text

        return page_text(self)

    def to_json(self) -> dict[str, object]:
        """The page as data that `json` can write."""
        return {
            "name": self.name,
            "kind": "layer",
            "class": self.cls,
            "family": self.family,
            "parameters": [
                {"name": each.name, "type": each.type, "default": each.default, "kind": each.kind}
                for each in self.signature.parameters
            ],
            "shapes": [each.to_json() for each in self.shapes],
            "general_shapes": [each.to_json() for each in self.general],
            "tensors": [
                {"name": each.name, "kind": each.kind, "shape": each.shape} for each in self.tensors
            ],
            "optional_tensors": list(self.optional),
            "parts": [{"name": name, "class": cls} for name, cls in self.parts],
            "example": self.example,
            "documentation": self.documentation,
            "function": list(self.function),
        }


def page(layer: torchlib.LayerClass) -> Page:
    """The page of a layer."""
    plain = symbolic(layer)
    shapes, general = (relations(layer, each) for each in (plain, symbolic(layer, window=True)))
    made = Module(Class(layer.name), NOWHERE, plain)
    tensors = tuple(_tensors(made))
    there = {each.name for each in tensors}
    return Page(
        layer.snake,
        layer.name,
        family_of(layer.name),
        layer.signature,
        shapes,
        () if list(map(str, shapes)) == list(map(str, general)) else general,
        tensors,
        tuple(each for each in (*layer.parameters, *layer.buffers) if each not in there),
        tuple(_parts(made)),
        example(layer),
        None if layer.name in _UNDOCUMENTED else _DOCUMENTED.format(layer.name),
        at_tensor_time(layer.snake),
    )


def _parts(module: Module) -> Iterator[tuple[str, str]]:
    for name, each in composed.layers_of(module).items():
        if isinstance(each, Module):
            yield name, each.cls.name


def _tensors(module: Module) -> Iterator[Held]:
    for kind, found in (
        ("parameter", composed.parameters_of(module)),
        ("buffer", composed.buffers_of(module)),
    ):
        for name, sizes in found.items():
            yield Held(name, kind, "?" if sizes is None else f"[{', '.join(map(spelled, sizes))}]")


# ---- families ------------------------------------------------------------------

OTHERS = "containers, and layers whose shapes are not worked out"


def families() -> dict[str, list[torchlib.LayerClass]]:
    """The layers by family: by where their rules stand."""
    titles = [_title(each.__doc__ or "") for each in LAYERS.families()]
    found: dict[str, list[torchlib.LayerClass]] = {title: [] for title in (*titles, OTHERS)}
    for each in torchlib.layers():
        found[family_of(each.name)].append(each)
    return found


def family_of(name: str) -> str:
    """The family of a class of torch.nn."""
    entry = LAYERS.get(name)
    for each in LAYERS.families():
        if entry is not None and entry.rule.__module__ == each.__name__:
            return _title(each.__doc__ or "")
    return OTHERS


def _title(doc: str) -> str:
    """What the first line of a module of rules is about."""
    return doc.partition("\n")[0].removeprefix("Rules of ").rstrip(".").partition(":")[0]
