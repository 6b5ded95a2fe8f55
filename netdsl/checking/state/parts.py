"""A network as a tree of what its modules register with torch."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Literal

from netdsl import torchlib
from netdsl.checking import composed
from netdsl.checking.holding import children, is_of_torch, is_told
from netdsl.checking.run import Runner
from netdsl.checking.values import UNKNOWN, Module, Tensor, Value, ancestor
from netdsl.records import Frozen, Mutable, field
from netdsl.shapes.shape import Axis

Kind = Literal["parameter", "buffer"]


class Saved(Frozen):
    """A tensor of a state_dict."""

    key: str
    shape: tuple[int | None, ...] | None
    """Its sizes. None is one that is not known, or a number of axes that is not; a lazy layer
    has none before its first input."""
    kind: Kind
    dtype: str | None
    """`float`, `int`, `bool` or `complex`, or None if that is not known."""
    layer: str
    """The class that has it."""
    tied: str | None = None
    """The first key of the same tensor, if this one is not the first."""

    @property
    def name(self) -> str:
        """What the module that has it calls it."""
        return self.key.rpartition(".")[2]

    @property
    def sized(self) -> bool:
        """Whether all its sizes are known."""
        return self.shape is not None and None not in self.shape

    def to_json(self) -> dict[str, object]:
        """It as data that `json` can write."""
        return {
            "key": self.key,
            "shape": None if self.shape is None else list(self.shape),
            "kind": self.kind,
            "dtype": self.dtype,
            "class": self.layer,
            "tied_to": self.tied,
        }


class Part(Frozen):
    """A module: where it is, its class, the tensors that it has itself, and what it holds."""

    path: str
    kind: str
    tensors: tuple[Saved, ...]
    parts: tuple[Part, ...]
    told: bool = True
    """Whether it is known what it has itself."""
    own: bool = False
    """Whether its class is one of the program."""

    @property
    def name(self) -> str:
        """What the module that holds it calls it."""
        return self.path.rpartition(".")[2]


class _Own(Mutable):
    """A tensor that a module has itself, whatever it is tied to."""

    sizes: composed.Sizes
    kind: Kind
    dtype: str | None = "float"


class Walk(Mutable):
    """Goes through a network in the order in which torch saves it."""

    runner: Runner
    first: dict[Hashable, str] = field(default_factory=dict)
    """The first key of each tensor."""

    def part(self, module: Value, path: str = "") -> Part:
        self.runner.tick()
        if not isinstance(module, Module):
            return Part(path, "?", (), (), False)
        tensors = tuple(self._saved(module, path))
        parts = tuple(
            self.part(value, _joined(path, name))
            for name, value in children(module).items()
            if value is not None
        )
        own = module.cls.definition is not None
        return Part(path, module.cls.name, tensors, parts, is_told(module), own)

    def _saved(self, module: Module, path: str) -> Iterator[Saved]:
        """Parameters before buffers."""
        found = [(name, *_origin(module, name, own)) for name, own in _slots(module).items()]
        for name, has, identity in sorted(found, key=lambda each: each[1].kind == "buffer"):
            key = _joined(path, name)
            first = self.first.setdefault(identity, key)
            shape = None if has.sizes is None else tuple(map(self._number, has.sizes))
            tied = None if first == key else first
            yield Saved(key, shape, has.kind, has.dtype, module.cls.name, tied)

    def _number(self, size: Axis) -> int | None:
        known = self.runner.sizes.known(size)
        return None if known is None else known.as_int()


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# ---- tensors -----------------------------------------------------------------


def _own(module: Module) -> dict[str, _Own]:
    """The tensors that a module has itself."""
    base = ancestor(module)
    plain = base.arguments.get("dtype") is None
    dtype = "float" if plain else None
    found: dict[str, _Own] = {}
    if is_of_torch(base):
        for name, sizes in composed.parameters_of(base).items():
            found[name] = _Own(sizes, "parameter", dtype)
        for name, sizes in composed.buffers_of(base).items():
            counts = name == "num_batches_tracked"
            found[name] = _Own(sizes, "buffer", "int" if counts else dtype)
    for name, kind in module.registered.items():
        value = module.attributes.get(name, UNKNOWN)
        if kind != "child" and value is not None:
            found[name] = _tensor(value, kind)
    return found


def _tensor(value: Value, kind: Kind) -> _Own:
    if not isinstance(value, Tensor):
        return _Own(None, kind, None)
    return _Own(None if value.shape.rank is None else value.shape.axes, kind, value.dtype)


def _slots(module: Module) -> dict[str, _Own | None]:
    """The tensors of a module, in torch's order; None for one that it has from another module
    alone, in the place of a None."""
    own: dict[str, _Own | None] = dict(_own(module))
    base = ancestor(module)
    layer = torchlib.layer(base.cls.torch)
    places = [] if layer is None else list(layer.parameters)
    for name in module.tied:
        if name not in own:
            own[name] = None
            own = {each: own[each] for each in [*places, *own] if each in own}
    return own


def _origin(module: Module, name: str, own: _Own | None) -> tuple[_Own, Hashable]:
    """A tensor of a module as it was made, and what tells it from all others."""
    made = module.tied.get(name, (module, name)) or (module, name)
    if made[0] is not module or own is None:
        own = _own(made[0]).get(made[1], own)
    return own or _Own(None, "parameter", None), (id(ancestor(made[0])), made[1])
