"""A program as it is drawn: what it has so far, and the shape that a right one has here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from torch import Tensor

from tests.soundness import marks
from tests.soundness.tried import kind_of, tensor_of, value_of

T = TypeVar("T")
Saved: TypeAlias = tuple[list[list[Any]], dict[str, int], dict[str, Any], list[int], bool]


class Dropped(Exception):
    """What was drawn does not fit here; something else is drawn."""


@dataclass
class Input:
    """An input of the network: the entry states its sizes, marked or by name."""

    name: str
    dtype: str
    sizes: list[str]
    stated: list[str]
    """What `forward` says of them."""

    def written(self, sizes: Sequence[str]) -> str:
        return f"{'' if self.dtype == 'float' else self.dtype}[{', '.join(sizes)}]"


@dataclass
class Program:
    """A program with marks: `inputs` are those of the entry, `symbols` what their names are."""

    definitions: str
    inputs: list[Input]
    symbols: dict[str, int]
    network: str
    kinds: list[str]
    broken: bool = False

    def text(self) -> str:
        return self.definitions + self.header(False)

    def header(self, concrete: bool) -> str:
        """The entry, whose sizes may be names."""
        shapes = []
        for each in self.inputs:
            sizes = [str(self.symbols[one]) if concrete and one in self.symbols else one
                     for one in each.sizes]  # fmt: skip
            shapes.append(each.written(sizes))
        whole = shapes[0] if len(shapes) == 1 else f"({', '.join(shapes)})"
        return f"let entry(): {whole} = {self.network}\n"


@dataclass
class Maker:
    """Draws one program."""

    random: random.Random
    shape: list[int] = field(default_factory=list)
    """The shape of `x`."""
    inputs: list[Input] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    symbols: dict[str, int] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    """What torch has for the names of the body, as far as it was asked for."""
    known: bool = True
    """Whether the variable `x` has the shape that `shape` says."""

    # ---- drawing -------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *options: T) -> T:
        return options[int(self.random.random() * len(options))]

    def sizes(self, *ranks: int) -> list[int]:
        """A shape with one of these numbers of axes."""
        return [self.pick(2, 3, 4, 4, 5, 6) for _ in range(self.pick(*ranks))]

    def axis(self, rank: int, extra: int = 0) -> int:
        """An axis, counted from either end."""
        return self.random.randrange(-rank - extra, rank + extra)

    def divisor(self, number: int) -> int:
        found = [each for each in range(1, 9) if number % each == 0]
        return self.random.choice(found)

    # ---- the text ------------------------------------------------------------

    def number(self, number: int) -> str:
        return marks.size(number)

    def place(self, axis: int) -> str:
        return marks.axis(axis)

    def child(self, text: str, prefix: str = "c") -> str:
        name = f"{prefix}{len(self.children)}"
        self.children.append(f"  {name} = {text}")
        return name

    def define(self, text: str) -> None:
        self.definitions.append(text)

    def fresh(self, prefix: str) -> str:
        """A name that nothing has."""
        count = sum(len(each) for each in (self.lines, self.definitions, self.children))
        return f"{prefix}{count + len(self.inputs) + len(self.variables)}"

    def say(self, expression: str, shape: list[int] | None = None) -> None:
        """`x` becomes something else."""
        self.lines.append(f"    x = {expression}")
        self.became(self.shape if shape is None else shape)

    def became(self, shape: list[int]) -> None:
        self.shape = list(shape)
        self.known = False

    # ---- tensors -------------------------------------------------------------

    def given(self, shape: list[int], dtype: str = "float", name: str | None = None) -> str:
        """A new input of the network."""
        name = name or f"x{len(self.inputs)}"
        sizes, stated = [], []
        for at, size in enumerate(shape):
            axis = f"{'BTHWUV'[at]}{len(self.inputs) or ''}"
            named, symbolic = self.chance(0.7), size > 0 and self.chance(0.2)
            stated.append(axis if named else "_")
            sizes.append(axis if symbolic else marks.size(size))
            if symbolic:
                self.symbols[axis] = size
        if stated and self.chance(0.1):
            stated = ["*S" + str(len(self.inputs))]
        self.inputs.append(Input(name, dtype, sizes, stated))
        self.variables[name] = tensor_of(shape, dtype)
        return name

    def tensor(self, shape: list[int], dtype: str = "float") -> str:
        """A name for a tensor of that shape: an input, or one that is made in the body. An
        "index" is made of zeros, which are an index of whatever is not empty."""
        may_be_given = dtype not in ("complex", "index") and len(self.inputs) < 3
        if may_be_given and (not self.inputs or self.chance(0.5)):
            return self.given(shape, dtype)
        sizes = marks.sizes(shape)
        made = {
            "float": f"randn({sizes})",
            "index": f"zeros([{sizes}], dtype=int64)",
            "int": f"randint(0, 2, [{sizes}])",
            "bool": f"randn({sizes}) > 0",
            "complex": f"complex(randn({sizes}), randn({sizes}))",
        }[dtype]
        return self.let(made)

    def let(self, expression: str, prefix: str = "t") -> str:
        """A local, worked out by torch as well.

        Raises:
            Dropped: torch refuses the expression.
        """
        value = self.tried(expression)
        name = self.fresh(prefix)
        self.lines.append(f"    {name} = {expression}")
        self.variables[name] = value
        return name

    def layer(self, text: str) -> str:
        """A child, made by torch as well: `Conv2d(3, 4, 1)`.

        Raises:
            Dropped: torch cannot make it.
        """
        module = self.tried(text)
        name = self.child(text)
        self.variables[name] = module.eval()
        return name

    def tried(self, expression: str) -> Any:
        """
        Raises:
            Dropped: torch refuses the expression.
        """
        if not self.known and self.shape:
            self.variables["x"] = tensor_of(self.shape, "float")
            self.known = True
        try:
            return value_of(expression, self.variables)
        except (RuntimeError, ValueError, IndexError, TypeError, NotImplementedError) as error:
            raise Dropped(f"{expression}: {error}") from None

    def say_tried(self, expression: str) -> None:
        """`x` becomes what torch makes of an expression.

        Raises:
            Dropped: torch refuses it, or it is no tensor of floats.
        """
        value = self.tried(expression)
        if not isinstance(value, Tensor) or kind_of(value.dtype) != "float":
            raise Dropped(expression)
        self.say(expression, list(value.shape))
        self.variables["x"] = value
        self.known = True

    def keep(self, expression: str) -> str:
        """A result of the program, under a name of its own."""
        name = self.fresh("r")
        self.lines.append(f"    {name} = {expression}")
        return name

    # ---- going back ----------------------------------------------------------

    def saved(self) -> Saved:
        """What is put back if a step does not fit."""
        lists = (self.inputs, self.definitions, self.children, self.lines, self.results, self.kinds)
        kept = [list(each) for each in lists]
        return kept, dict(self.symbols), dict(self.variables), list(self.shape), self.known

    def restore(self, saved: Saved) -> None:
        kept, self.symbols, self.variables, self.shape, self.known = saved
        (
            self.inputs, self.definitions, self.children, self.lines, self.results, self.kinds,
        ) = kept  # fmt: skip

    # ---- the whole -----------------------------------------------------------

    def program(self) -> Program:
        """The program, with the network `M`."""
        parameters = ", ".join(f"{each.name}: {each.written(each.stated)}" for each in self.inputs)
        result = self._result()
        body = [*self.children, f"  def forward({parameters}) {{", *self.lines]
        module = "\n".join(["module M {", *body, f"    return {result}", "  }", "}", ""])
        definitions = "".join(f"{each}\n" for each in self.definitions) + module
        return Program(definitions, self.inputs, self.symbols, "M", self.kinds)

    def _result(self) -> str:
        if len(self.results) == 1 and self.chance(0.7):
            return self.results[0]
        if self.chance(0.3):
            return "{" + ", ".join(f'"r{at}": {each}' for at, each in enumerate(self.results)) + "}"
        return ", ".join(self.results) if len(self.results) > 1 else f"({self.results[0]},)"
