"""How rules are told what is called, and where they are kept.

A rule gets a `Call` and gives a value. It raises `Mismatch` for what torch would refuse, and says
nothing of what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TypeAlias

from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import UNKNOWN, Dtype, Items, Tensor, Value, as_int, unless_known
from netdsl.records import Frozen, Mutable, field
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape


class Call(Mutable):
    """What a rule is about: `name` is what messages call it, `given` are the arguments by the
    rule's own names for them, and, of a layer, `settings` those that it was made with."""

    name: str
    sizes: Sizes
    given: Mapping[str, Value]
    settings: Mapping[str, Value] = field(default_factory=dict)
    extra: Sequence[Value] = ()
    """Positional arguments that stand for one list: `x.view(2, 3)`."""

    # ---- arguments -----------------------------------------------------------

    def get(self, name: str) -> Value:
        return self.given.get(name, UNKNOWN)

    def setting(self, name: str) -> Value:
        return unless_known(self.settings.get(name, UNKNOWN))

    def tensor(self, name: str) -> Tensor:
        """An argument that is a tensor; one of which nothing is known if it is not known to
        be."""
        found = self.get(name)
        return found if isinstance(found, Tensor) else Tensor()

    def shape(self, name: str) -> Shape:
        return self.tensor(name).shape

    def size(self, name: str) -> Axis:
        """A setting that is an int."""
        return size_of(self.setting(name))

    def number(self, name: str) -> int | None:
        """An argument that is a known int."""
        return as_int(self.get(name))

    def sizes_of(self, name: str, count: int) -> tuple[Axis, ...]:
        """A setting that is an int, or one for each of some axes."""
        return per_axis(self.setting(name), count)

    def flag(self, name: str) -> bool | None:
        found = self.setting(name)
        return found if isinstance(found, bool) else None

    # ---- axes ----------------------------------------------------------------

    def axis(self, shape: Shape, dim: Value, extra: int = 0) -> int | None:
        """An axis that is counted from either end, if it is known which.

        Raises:
            Mismatch: there is no such axis.
        """
        at = as_int(dim)
        if at is None:
            return None
        rank = shape.rank
        if rank is not None and not -(rank + extra) <= at < max(rank + extra, 1):
            raise Mismatch(
                f"`{self.name}` has no axis {at} to work on: {shape} has {rank}",
                (
                    f"give an axis from {-(rank + extra)} to {rank + extra - 1}."
                    if rank + extra
                    else "this is a single number; work on what it was made of."
                ),
            )
        return at

    def wants_rank(self, shape: Shape, *ranks: int, what: str | None = None) -> Shape:
        """The shape, with all its axes if they can be one number only.

        Raises:
            Mismatch: the shape has another number of axes.
        """
        fits = shape.rank in ranks if shape.rank is not None else shape.least_rank <= max(ranks)
        if not fits:
            shown = " or ".join(map(str, ranks))
            raise Mismatch(
                f"`{self.name}` wants {shown} axes{what or ''}, but gets {shape}",
                "add or flatten axes before it.",
            )
        run = shape.run_at
        if run is None or len(ranks) > 1:
            return shape
        between = (None,) * (ranks[0] - shape.least_rank)
        return Shape((*shape.parts[:run], *between, *shape.parts[run + 1 :]))


def size_of(value: Value) -> Axis:
    """A value as the size of an axis."""
    if isinstance(value, bool):
        return Dimension(int(value))
    return value if isinstance(value, Dimension) else None


def per_axis(value: Value, count: int) -> tuple[Axis, ...]:
    """An int for all axes, or one for each."""
    if isinstance(value, Items):
        found = tuple(map(size_of, value.elements))
        if len(found) == count:
            return found
        return found * count if len(found) == 1 else (None,) * count
    return (size_of(value),) * count


def unknown(dtype: str | None = None) -> Tensor:
    return Tensor(ANY, dtype)


Rule: TypeAlias = Callable[[Call], Value]


class Entry(Frozen, slots=False):
    """A rule, and the names of the arguments that it reads, with their defaults."""

    rule: Rule
    parameters: tuple[tuple[str, Value], ...]
    rest: str | None = None
    """The parameter that takes all positional arguments from there on."""

    @cached_property
    def names(self) -> list[str]:
        """The names of the arguments."""
        return [name for name, _ in self.parameters]

    @cached_property
    def required(self) -> list[str]:
        """The inputs that a layer cannot do without."""
        return [name for name, default in self.parameters if default is UNKNOWN]

    @cached_property
    def strict(self) -> bool:
        """Whether a layer takes exactly these inputs."""
        return self.names in (["input"], ["input", "target"])


def parameters_of(text: str) -> tuple[tuple[tuple[str, Value], ...], str | None]:
    """The parameters of a rule, written as in `input dim=None keepdim=False *sizes`.

    >>> parameters_of("input dim=-1 *sizes")
    ((('input', <Unknown.UNKNOWN: '?'>), ('dim', <-1>), ('sizes', <Unknown.UNKNOWN: '?'>)), 'sizes')
    """
    found: list[tuple[str, Value]] = []
    rest = None
    for word in text.split():
        name, equals, default = word.partition("=")
        if name.startswith("*"):
            name = rest = name[1:]
        found.append((name, _default(default) if equals else UNKNOWN))
    return tuple(found), rest


def _default(text: str) -> Value:
    if text in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[text]
    return Dimension(int(text)) if text.lstrip("-").isdigit() else text


class Table:
    """Rules by name, which the modules of a package add, its families. A family is loaded when a
    rule is asked for that none before it has: most programs need a few of them."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._whole = False

    @property
    def entries(self) -> dict[str, Entry]:
        """All of them."""
        if not self._whole:
            self._load_until(None)
        return self._entries

    def get(self, name: str) -> Entry | None:
        """The rule of a name, if there is one."""
        if name not in self._entries and not self._whole:
            self._load_until(name)
        return self._entries.get(name)

    def __getitem__(self, name: str) -> Entry:
        """A rule that is there."""
        found = self.get(name)
        assert found is not None, name
        return found

    def families(self) -> list[ModuleType]:
        """The modules that have rules."""
        names = import_module(self._package).FAMILIES
        return [import_module(f"{self._package}.{each}") for each in names]

    def _load_until(self, name: str | None) -> None:
        """Loads families up to the one that has a rule; one that another thread loads is waited
        for."""
        for family in import_module(self._package).FAMILIES:
            import_module(f"{self._package}.{family}")
            if name in self._entries:
                return
        self._whole = True

    def __call__(self, names: str, parameters: str = "input") -> Callable[[Rule], Rule]:
        """Adds a rule under some names."""
        taken, rest = parameters_of(parameters)

        def add(rule: Rule) -> Rule:
            for name in names.split():
                self.add(name, Entry(rule, taken, rest))
            return rule

        return add

    def add(self, name: str, entry: Entry) -> None:
        assert name not in self._entries, name
        self._entries[name] = entry


LAYERS = Table("netdsl.checking.layers")
"""torch.nn classes: `settings` are the arguments of the class, `given` those of the call."""

FUNCTIONS = Table("netdsl.checking.functions")
"""Functions of torch and torch.nn.functional, and methods of tensors, whose first argument is
the tensor."""


def bound(
    entry: Entry, positional: Sequence[Value], named: Mapping[str, Value]
) -> tuple[dict[str, Value], Sequence[Value]] | None:
    """The arguments of a call by the rule's names; None if they are not those it knows."""
    names = entry.names
    given: dict[str, Value] = dict(entry.parameters)
    extra: Sequence[Value] = ()
    for at, value in enumerate(positional):
        if isinstance(value, Dtype) and names[at : at + 1] != ["dtype"]:
            value = UNKNOWN  # `x.view(int32)`, `x.to(int64)`: what else may stand there
        elif at < len(names) and names[at] not in _OPERANDS:
            value = unless_known(value)
        if at < len(names) and names[at] == entry.rest:
            extra = positional[at:]
            given[names[at]] = _gathered(extra)
            break
        if at >= len(names):  # what a rule does not read; signatures are checked elsewhere
            break
        given[names[at]] = value
    for name, value in named.items():
        word = _ALIASES.get(name, name) if name not in given else name
        given[word] = value if word in _OPERANDS else unless_known(value)
    return given, extra


_OPERANDS = frozenset({"input", "other", "min", "max"})
"""What may be a tensor or a number: there it counts that it is a number, known or not."""

_ALIASES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "self": "input"}


def _gathered(values: Sequence[Value]) -> Value:
    if len(values) == 1 and isinstance(values[0], Items):
        return values[0]
    if len(values) == 1 and (unless_known(values[0]) is UNKNOWN or isinstance(values[0], Dtype)):
        return UNKNOWN
    return Items(tuple(values), "tuple")
