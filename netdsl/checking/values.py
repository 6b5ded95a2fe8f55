"""What expressions give, as far as it can be known before anything runs.

Ints are `Dimension`s, so that they may be symbolic; other plain values are Python's own. What is
not known is `UNKNOWN`, which silences whatever is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeAlias

from netdsl.analysis import program as ir
from netdsl.records import Frozen, Mutable, field
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape
from netdsl.source import Span


class Unknown(Enum):
    """The value of which nothing is known."""

    UNKNOWN = "?"


UNKNOWN = Unknown.UNKNOWN

Value: TypeAlias = Any
"""A Dimension, float, bool, str, None, one of the classes below, or UNKNOWN."""


class Number(Frozen):
    """A number of Python that is not known: `kind` is `int`, or None if it may have a point.
    Tensors keep their shapes beside it."""

    kind: str | None = None


class Tensor(Frozen):
    """A tensor. `dtype` is `float`, `int`, `bool`, `complex` or None if it is not known.
    `origin` is the expression that gave it its shape."""

    shape: Shape = ANY
    dtype: str | None = None
    origin: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return str(self.shape)


class Dtype(Frozen):
    """A type of numbers, as far as it is told apart; see `Tensor`."""

    kind: str | None


class Items(Frozen):
    """A list, a tuple or a `torch.Size`: `elements`, all of them known to be there."""

    elements: tuple[Value, ...]
    kind: str = "list"


class Repeated(Frozen):
    """A list of unknown length whose every element is like `element`."""

    element: Value


class Either(Frozen):
    """One of several layers, which is not decided."""

    options: tuple[Value, ...]


class Named(Frozen):
    """A dict with string keys; `complete` if it has no others."""

    values: Mapping[str, Value]
    complete: bool = True


class Record(Frozen):
    """A record of the program."""

    name: str
    fields: Mapping[str, Value]


class Recipe(Frozen):
    """A layer that is not built: the callable, and arguments that it has already. Of these, the
    ones at the places of `anew` are layers that each use builds."""

    func: Value
    arguments: tuple[tuple[str | None, Value], ...] = ()
    anew: frozenset[int] = frozenset()


class Closure(Frozen):
    """A function of build time or of tensor time, with what it sees around it."""

    definition: ir.LetFunction | ir.Function | ir.Deferred
    scope: Mapping[str, Value]
    owner: Module | None = None


class Class(Frozen):
    """A class: of torch.nn by its name, a module of the program, or what else it declares: a
    record, or a class of some package. The compiler's own kinds of layers count as torch's."""

    name: str
    definition: ir.ModuleDef | None = None
    declared: ir.RecordDef | ir.ExternDef | None = None

    @property
    def torch(self) -> str:
        """Its name, if it is torch's: a program may call its own classes as torch does."""
        return self.name if self.definition is None and self.declared is None else ""


@cache  # there are not many, and nobody changes one
def torch_class(name: str) -> Class:
    """A class of torch.nn, or one of the compiler's own kinds."""
    return Class(name)


Registered: TypeAlias = Literal["child", "parameter", "buffer"]


class Module(Mutable):
    """A module that exists. Of a torch layer, `arguments` are those it was made with; of a
    module of the program, `attributes` are what `self` has. `items` are those of a container,
    by name; None if they are not known. `layers` are what a combinator applies."""

    cls: Class
    span: Span
    arguments: Mapping[str, Value] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    items: dict[str, Value] | None = None
    written: Mapping[str, Span] = field(default_factory=dict)
    """Where the items of a container were written."""
    combined: ir.Combined | None = None
    repeated: Value = None
    """What a container of unknown length holds, if it holds one kind of thing."""
    steps: tuple[Value, ...] = (Unknown.UNKNOWN,)
    """What such a container applies in order: modules, some of them `Repeated` or `Either`."""
    registered: dict[str, Registered] = field(default_factory=dict)
    """What its body registers with torch, by name, in order; what it is stands in `attributes`."""
    unnamed: frozenset[str] = frozenset()
    """The items of a combinator that have a position for a name."""
    parts: dict[str, Value] | None = None
    """What a layer of torch is made of, once somebody asked."""
    parametrized: dict[str, Module] = field(default_factory=dict)
    """What its parameters are worked out of that are, by name."""
    undecided: bool = False
    """Whether it is not known what all its body registers."""
    tied: dict[str, tuple[Module, str] | None] = field(default_factory=dict)
    """Parameters that are those of another module: of which one, and their name there; None if
    that is not known."""
    output: Value = Unknown.UNKNOWN
    """What it gave when it was last applied."""
    alternatives: tuple[Value, ...] = ()
    """What its `forward` may have given then, where it states that it gives one or the other."""
    made_of: Hashable = None
    """What it was made of, if that are plain values; see `repeats`."""
    caller: Span | None = None
    """The call of a function of build time that made it, the outermost of several."""
    work: list[Callable[[], Axis]] = field(default_factory=list)
    """What tells the multiply-adds of what it computed itself, sizes or None: summaries ask."""


def lineage(module: Module) -> Iterator[Module]:
    """A module, and those that it derives from, the nearest first."""
    yield module
    while isinstance(parent := module.attributes.get("super()"), Module):
        module = parent
        yield module


def ancestor(module: Module) -> Module:
    """The last one that a module derives from; itself, if it derives from none."""
    while isinstance(parent := module.attributes.get("super()"), Module):
        module = parent
    return module


class Maybe(Frozen):
    """A module that may be None, which is not decided. What asks for more than that, asks where it
    is there: of a child that is not guarded there is a finding already."""

    module: Module


def as_int(value: Value) -> int | None:
    """A number that is known."""
    if isinstance(value, bool):
        return int(value)
    return value.as_int() if isinstance(value, Dimension) else None


def is_number(value: Value) -> bool:
    return isinstance(value, Dimension | float) or value is True or value is False


def unless_known(number: Value) -> Value:
    """A number that a rule may read; of one that is not known it is told nothing."""
    return UNKNOWN if isinstance(number, Number) else number


def kind_of_number(value: Dimension | float | Number) -> str | None:
    """Whether a number is an int, or has a point; None if that is not known."""
    if isinstance(value, Number):
        return value.kind
    return "int" if isinstance(value, Dimension) else "float"


Joined: TypeAlias = dict[tuple[int, int], Value]
"""What was joined before, by the identity of both sides."""


def joined(one: Value, other: Value, before: Joined | None = None) -> Value:
    """What is known of a value that is one or the other. Where the same two are joined `before`,
    the result is the same as well, so that two names of one list stay names of one list."""
    if one is other or (type(one) is type(other) and one == other):
        return one
    before = {} if before is None else before
    key = id(one), id(other)
    if key not in before:
        before[key] = _joined(one, other, before)
    return before[key]


def _joined(one: Value, other: Value, before: Joined) -> Value:
    match one, other:
        case Tensor(), Tensor():
            return Tensor(joined_shapes(one.shape, other.shape), _same(one.dtype, other.dtype))
        case Items(), Items() if len(one.elements) == len(other.elements):
            both = zip(one.elements, other.elements, strict=True)
            return Items(tuple(joined(*each, before) for each in both), one.kind)
        case (Items(kind="list") | Repeated()), (Items(kind="list") | Repeated()):
            held = [*_held(one), *_held(other)]
            return Repeated(joined_all(held, before)) if held else UNKNOWN
        case Named(), Named() if one.values.keys() == other.values.keys():
            pairs = {key: (value, other.values[key]) for key, value in one.values.items()}
            return Named({key: joined(*pair, before) for key, pair in pairs.items()})
        case (Dimension() | float() | Number(), Dimension() | float() | Number()):
            whole = kind_of_number(one) == kind_of_number(other) == "int"
            return Number("int" if whole else None)
        case (Module() as module, None) | (None, Module() as module):
            return Maybe(module)
        case (Maybe() as maybe, None) | (None, Maybe() as maybe):
            return maybe
        case _:
            return UNKNOWN


def _held(value: Items | Repeated) -> tuple[Value, ...]:
    return value.elements if isinstance(value, Items) else (value.element,)


def joined_all(values: Sequence[Value], before: Joined | None = None) -> Value:
    """What is known of one of several values."""
    result = values[0]
    for each in values[1:]:
        result = joined(result, each, before)
    return result


def joined_shapes(one: Shape, other: Shape) -> Shape:
    """What two shapes have in common."""
    if one == other:
        return one
    if one.rank is None or one.rank != other.rank:
        return ANY
    both = zip(one.axes, other.axes, strict=True)
    return Shape(tuple(a if a == b else None for a, b in both))


def _same(one: str | None, other: str | None) -> str | None:
    return one if one == other else None
