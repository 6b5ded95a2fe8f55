"""What a layer makes of the shapes that it gets: its rule, asked with symbols for sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from netdsl import torchlib
from netdsl.checking.reference.settings import Settings
from netdsl.checking.rules import LAYERS, Call, Entry
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import Items, Named, Tensor, Value
from netdsl.records import Frozen
from netdsl.shapes.dimension import Dimension, symbol
from netdsl.shapes.shape import Part, Run, Shape

_NAMES = {0: "", 1: "L", 2: "N C", 3: "N C L", 4: "N C H W", 5: "N C D H W"}
_SEQUENCES = {2: "T E", 3: "T N E"}
_SPACE = {"1d": "L", "2d": "H W", "3d": "D H W"}
_MOST = 5
"""How many axes are tried."""


class Input(Frozen):
    """An input: its name, its type of numbers and its shape."""

    name: str
    dtype: str
    shape: Shape

    def __str__(self) -> str:
        return f"{'' if self.dtype == 'float' else self.dtype}{self.shape}"


class Relation(Frozen):
    """Inputs of these shapes give that. Names are those of settings, and of axes."""

    inputs: tuple[Input, ...]
    output: Value

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.inputs))} -> {told(self.output)}"

    def to_json(self) -> dict[str, object]:
        """The relation as data that `json` can write."""
        inputs = {each.name: str(each) for each in self.inputs}
        return {"inputs": inputs, "output": told(self.output)}


def told(value: Value) -> str:
    """What a layer gives, as programs write it."""
    match value:
        case Tensor(shape):
            return str(shape)
        case Items(elements):
            return f"({', '.join(map(told, elements))})"
        case Named(values):
            return "{" + ", ".join(f"{key}: {told(each)}" for key, each in values.items()) + "}"
        case _:
            return "?"


def relations(layer: torchlib.LayerClass, settings: Settings) -> tuple[Relation, ...]:
    """What a layer with some settings makes of shapes: one relation for any number of axes, if
    there is one, or one for each number that it takes. Empty if nothing is known of it."""
    entry = LAYERS.get(layer.name)
    if entry is None:
        return ()
    asked = _Asked(layer, entry, settings)
    ways = (False,) if len(entry.required) == 1 else (False, True)
    general = (asked.general(count, shared) for shared in ways for count in range(4))
    found = [each for each in [next(filter(None, general), None)] if each is not None]
    if found and "target" not in entry.required:
        return tuple(found)
    fixed = [each for rank in range(_MOST + 1) for each in asked.of_rank(rank)]
    if found:  # classes may be given as ints
        fixed = [each for each in fixed if any(of.dtype == "int" for of in each.inputs)]
    whole = [each for each in fixed if _is_known(each.output)]
    return (*found, *(whole or [each for each in fixed if told(each.output) not in ("?", "[...]")]))


class _Asked:
    """A layer's rule, which is asked about shapes."""

    def __init__(self, layer: torchlib.LayerClass, entry: Entry, settings: Settings) -> None:
        self.layer, self.entry, self.settings = layer, entry, settings

    def general(self, count: int, shared: bool) -> Relation | None:
        """The relation for any number of axes before the last few, if there is one: it is held
        against those of each number. If `shared`, all inputs have one shape."""
        behind = _symbols(_NAMES[count + 2].split()[2:] if count else [])
        found = self._ask([(Run("S"), *behind)] * len(self.entry.required), shared)
        if found is None or not _is_known(found.output):
            return None
        for more in range(_MOST + 1 - count):
            before = _symbols([f"S{at}" for at in range(more)])
            fixed = self._ask([(*before, *behind)] * len(self.entry.required), shared)
            named = ", ".join(map(str, before))
            if fixed is None or str(fixed) != _without_run(str(found), named):
                return None
        return found

    def of_rank(self, rank: int) -> Iterator[Relation]:
        """The relations of inputs with so many axes; a target may have one less."""
        names = self.entry.required
        axes = self._axes(rank)
        whole = _symbols(axes)
        yield from self._most_telling([whole] * len(names))
        if "target" in names and rank:
            less = _symbols([*axes[:1], *axes[2:]] if rank > 1 else [])
            yield from self._most_telling([less if each == "target" else whole for each in names])

    def _plain(self, rank: int) -> list[str]:
        """The names of so many axes: attention and recurrent layers take sequences."""
        room = self.entry.rule.__module__.rpartition(".")[2]
        cell = self.layer.snake.endswith("cell")
        if room in ("attention", "recurrent") and not cell and rank in _SEQUENCES:
            return _SEQUENCES[rank].split()
        return _NAMES[rank].split()

    def _axes(self, rank: int) -> list[str]:
        """The names of so many axes. With one axis less than a batch has, a layer of space takes
        a batch of nothing else, or one sample."""
        space = _SPACE.get(self.layer.snake[-2:], "").split()
        if space and rank == len(space) + 1:
            found = self._ask(
                [_symbols(["N", "C", *space][:rank])] * len(self.entry.required), True
            )
            sample = ["C", *space]
            first = None if found is None else found.inputs[0].shape.parts[1]
            return ["N", "C", *space][:rank] if first in self.settings.values() else sample
        if space and rank == len(space) + 2:
            return ["N", "C", *space]
        return self._plain(rank)

    def _most_telling(self, shapes: Sequence[tuple[Part, ...]]) -> Iterator[Relation]:
        """The relation of inputs of any such shapes if settings tell them apart, or else of those
        of one shape."""
        apart = self._ask(shapes, False)
        shared = apart if len(shapes) == 1 else self._ask(shapes, True)
        if shared is None or apart is None or str(apart) == str(shared):
            found = shared or apart
        else:
            named = {str(each) for each in self.settings.values()}
            parts = (str(part) for each in apart.inputs for part in each.shape.parts)
            found = apart if named.intersection(parts) else shared
        if found is not None and all(map(_has_names_apart, found.inputs)):
            yield found

    def _ask(self, shapes: Sequence[tuple[Part, ...]], shared: bool) -> Relation | None:
        """What the rule says of inputs of these shapes, if it takes them: of floats, if it does.
        Axes of several inputs have names of their own, unless they are `shared`; those that have
        to be equal get one name: that of a setting, or of the first input."""
        numbered = [
            tuple(part if shared else _numbered(part, at) for part in shape)
            for at, shape in enumerate(shapes)
        ]
        for dtypes in product(("float", "int"), repeat=len(shapes)):
            first = self._run(numbered, dtypes)
            if first is None:
                continue
            known = [each for each in self.settings.values() if isinstance(each, Dimension)]
            renamed: list[tuple[Part, ...]] = []
            for shape in numbered:
                found = [_named(part, known, first[0]) for part in shape]
                renamed.append(tuple(found))
                known += [each for each in found if isinstance(each, Dimension)]
            again = first if renamed == numbered else self._run(renamed, dtypes)
            if again is None:
                continue
            sizes, output = again
            named = zip(self.entry.required, dtypes, renamed, strict=True)
            return Relation(
                tuple(Input(name, of, _resolved(Shape(shape), sizes)) for name, of, shape in named),
                _resolved_value(output, sizes),
            )
        return None

    def _run(
        self, shapes: Sequence[tuple[Part, ...]], dtypes: Sequence[str]
    ) -> tuple[Sizes, Value] | None:
        sizes = Sizes()
        given: Mapping[str, Value] = dict(self.entry.parameters) | {
            name: Tensor(Shape(shape), of)
            for name, shape, of in zip(self.entry.required, shapes, dtypes, strict=True)
        }
        try:
            return sizes, self.entry.rule(Call(self.layer.snake, sizes, given, self.settings))
        except (Mismatch, ArithmeticError, AssertionError, TypeError, ValueError, IndexError):
            return None


def _symbols(names: Sequence[str]) -> tuple[Dimension, ...]:
    return tuple(symbol(name, 1) for name in names)


def _numbered(part: Part, input_: int) -> Part:
    """An axis of a later input has a name of its own."""
    if not input_ or not isinstance(part, Dimension):
        return part
    return symbol(f"{part}{input_ + 1}", 1)


def _named(part: Part, known: Sequence[Dimension], sizes: Sizes) -> Part:
    if isinstance(part, Dimension):
        for each in known:
            if each.symbols() and sizes.surely_equal(part, each):
                return each
    return part


def _resolved(shape: Shape, sizes: Sizes) -> Shape:
    return Shape(
        tuple(part if isinstance(part, Run) else sizes.known(part) for part in shape.parts)
    )


def _resolved_value(value: Value, sizes: Sizes) -> Value:
    match value:
        case Tensor(shape, dtype):
            return Tensor(_resolved(shape, sizes), dtype)
        case Items(elements, kind):
            return Items(tuple(_resolved_value(each, sizes) for each in elements), kind)
        case Named(values):
            return Named({key: _resolved_value(each, sizes) for key, each in values.items()})
        case _:
            return value


def _is_known(value: Value) -> bool:
    """Whether every size of a result is told."""
    match value:
        case Tensor(shape):
            return not any(
                part is None or (isinstance(part, Run) and part.name is None)
                for part in shape.parts
            )
        case Items(elements):
            return all(map(_is_known, elements))
        case _:
            return False


def _has_names_apart(given: Input) -> bool:
    """Whether no two axes of an input have to be equal."""
    names = [
        str(part) for part in given.shape.parts if isinstance(part, Dimension) and part.symbols()
    ]
    return len(set(names)) == len(names)


def _without_run(text: str, names: str) -> str:
    """A relation with some axes in the place of any number of them."""
    if names:
        return text.replace("*S", names)
    return text.replace("*S, ", "").replace("*S", "")
