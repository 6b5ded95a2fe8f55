"""What a network is made of: its modules as a tree, with what each gives, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from netdsl.analysis import program as ir
from netdsl.checking.check import Entry, UnknownInput, by_name
from netdsl.checking.counting import children_of, own_parameters
from netdsl.checking.frame import GaveUp
from netdsl.checking.run import Runner
from netdsl.checking.values import UNKNOWN, Items, Module, Named, Repeated, Tensor, Value
from netdsl.diagnostics import CompileError, Diagnostics
from netdsl.limits import LimitReached
from netdsl.records import Frozen
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Shape

BYTES = 4
"""The bytes of a float."""


class OneOf(Frozen):
    """What a module gives that gives one thing or another."""

    options: tuple[Value, ...]


class Row(Frozen):
    """A module: its name in the one that holds it, its class, what it gives, and its costs with
    all that is below it. A cost is None where it is not known."""

    name: str
    kind: str
    output: Value
    parameters: int
    """Those that are known: `untold` are the classes of modules that have others."""
    multiply_adds: int | None
    memory: int | None
    """The bytes of what its layers give, for a training step to keep."""
    children: tuple[Row, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """What it gives, as programs write it: `[B, 8]`; `-` for nothing, `?` for what is not
        known."""
        return shown(self.output)


class Summary(Frozen):
    """A network, and what it costs. `str` of it is a table for people."""

    entry: str
    root: Row
    """The network; its modules are below it."""

    @property
    def parameters(self) -> int:
        """How many there are, without those of the classes that `untold` names."""
        return self.root.parameters

    @property
    def multiply_adds(self) -> int | None:
        """How many a pass forward takes; None where that is not known."""
        return self.root.multiply_adds

    @property
    def memory(self) -> int | None:
        """The bytes of what its layers give, for a training step to keep; None if unknown."""
        return self.root.memory

    @property
    def untold(self) -> tuple[str, ...]:
        """The classes of other packages that may have parameters of their own."""
        return self.root.untold

    def text(self, depth: int | None = None) -> str:
        """The table, with the modules down to a depth."""
        return as_text(self.root, depth)

    def to_json(self) -> dict[str, object]:
        """The tree as data that `json` can write."""
        return as_data(self.root)

    def __str__(self) -> str:
        return self.text()


class NoSummary(ValueError):
    """There is no network to sum up, or none that is called so, or it has no such input."""


class TooLarge(NoSummary):
    """A network is too large to be summed up, within what a program may cost."""


def summary_of(
    program: ir.Program,
    entry: str | None = None,
    inputs: Mapping[str, Sequence[int]] | Sequence[int] | None = None,
) -> Summary:
    """The summary of an entry, of the first if none is named, on inputs of the sizes that it
    states, or of those that are given by name, or as one shape for the only input.

    Raises:
        NoSummary: see there.
        CompileError: the network does not take inputs of these sizes.
    """
    known = entries(program)
    if not known:
        raise NoSummary("there is no network that needs no arguments")
    entry = known[0] if entry is None else entry
    if entry not in known:
        raise NoSummary(f"there is no entry {entry}; there are: {', '.join(known)}")
    sizes = inputs if isinstance(inputs, Mapping) else {} if inputs is None else {"": inputs}
    for name, shape in sizes.items():
        for size in shape:
            if isinstance(size, bool) or not isinstance(size, int):
                raise TypeError(f"the size {size!r} of an input is no int")
        if any(size < 0 for size in shape):
            raise NoSummary(f"the input {name or list(shape)} has a size below 0")
    diagnostics = Diagnostics()
    try:
        row = summarise(program, entry, sizes, diagnostics)
    except UnknownInput as error:
        raise NoSummary(f"{entry} has {error}") from None
    except (GaveUp, RecursionError, ArithmeticError):
        raise TooLarge(f"{entry} is too large to be summed up") from None
    except LimitReached as reached:
        raise TooLarge(f"{entry} is too large to be summed up: {reached.message}") from None
    if diagnostics.has_errors:
        raise CompileError(diagnostics.sorted())
    if row is None:
        raise NoSummary(f"{entry} makes no module")
    return Summary(entry, row)


def entries(program: ir.Program) -> list[str]:
    """The networks that can be summed up, the file's own first."""
    found = [
        each.name
        for each in program.definitions
        if isinstance(each, ir.LetFunction)
        and not any(p.default is None and p.kind != "variadic" for p in each.parameters)
        and (each.annotation is not None or each.name == "net" or not each.parameters)
    ]
    return sorted(found, key=lambda name: name != "net")


def summarise(
    program: ir.Program,
    entry: str,
    sizes: Mapping[str, Sequence[int]] | None = None,
    diagnostics: Diagnostics | None = None,
) -> Row | None:
    """One network as a tree; None if the entry makes no module.

    `sizes` gives inputs other shapes than the entry states, by name, or by `""` for the only one.
    Sizes that are left open count as 1 in what is counted. What does not fit these shapes is
    added to the diagnostics.

    Raises:
        UnknownInput: there is no input of such a name.
    """
    definition = next(each for each in program.definitions if getattr(each, "name", None) == entry)
    runner = Runner(by_name(program), Diagnostics() if diagnostics is None else diagnostics)
    runner.repeats = None
    module = Entry(runner, definition, {}).run(_inputs(sizes or {}))
    if module is None:
        return None
    return _row(entry, module, runner, {})


def _inputs(sizes: Mapping[str, Sequence[int]]) -> dict[str, Value]:
    return {
        name: Tensor(Shape(tuple(map(Dimension, shape))), None) for name, shape in sizes.items()
    }


def _row(name: str, module: Module, runner: Runner, seen: dict[int, None]) -> Row:
    """A module and what is below it; one that is shared counts where it is met first."""
    first = id(module) not in seen
    seen[id(module)] = None
    children = tuple(_row(key, child, runner, seen) for key, child in children_of(module))
    own = own_parameters(module) if first else []
    parameters = sum(each or 0 for each in own) + sum(row.parameters for row in children)
    untold = dict.fromkeys(name for row in children for name in row.untold)
    if None in own:
        untold[module.cls.name] = None
    counted = [_number(each(), runner) for each in module.work] if first else []
    work = _total([*counted, *(row.multiply_adds for row in children)])
    leaf = [] if children or not first else _bytes(module.output, runner)
    memory = _total([*leaf, *(row.memory for row in children)])
    kind = module.cls.name
    output = _output(module)
    return Row(name, kind, output, parameters, work, memory, children, tuple(untold))


def _output(module: Module) -> Value:
    """What a module gives: nothing if it only holds others."""
    if module.cls.torch in ("ModuleList", "ModuleDict"):
        return None
    either = module.output is UNKNOWN and len(module.alternatives) > 1
    return OneOf(module.alternatives) if either else module.output


def _number(size: Axis, runner: Runner) -> int | None:
    """A size, with 1 for what is open."""
    if size is None:
        return None
    known = runner.sizes.known(size)
    assert known is not None
    try:
        return known.evaluate(dict.fromkeys(known.symbols(), 1))
    except (ArithmeticError, KeyError):
        return None


def _bytes(value: Value, runner: Runner) -> list[int | None]:
    match value:
        case Tensor():
            size = _number(value.shape.size(), runner)
            return [None if size is None else size * BYTES]
        case Items(elements):
            return [each for element in elements for each in _bytes(element, runner)]
        case _:
            return []


def _total(numbers: Sequence[int | None]) -> int | None:
    return None if None in numbers else sum(each for each in numbers if each is not None)


# ---- as text and as data -----------------------------------------------------


def shown(value: Value, fold: bool = False) -> str:
    """What a module gives, as programs write it; to `fold` is to write what repeats once."""
    match value:
        case Tensor():
            return str(value.shape)
        case Items(elements):
            texts = [shown(each, fold) for each in elements]
            return f"({', '.join(_folded(texts) if fold else texts)})"
        case Named(values):
            fields = (f"{key}: {shown(each, fold)}" for key, each in values.items())
            return "{" + ", ".join(fields) + "}"
        case OneOf(options):
            return " | ".join(dict.fromkeys(shown(each, fold) for each in options))
        case Repeated() | None:
            return "-"
        case _:
            return "?"


def _folded(texts: Sequence[str]) -> Iterator[str]:
    for text, run in groupby(texts):
        count = len(list(run))
        yield from [text] * count if count < 3 else [f"{count} × {text}"]


def as_data(row: Row) -> dict[str, object]:
    """A tree for programs to read."""
    return {
        "name": row.name,
        "class": row.kind,
        "output": shown(row.output),
        "parameters": row.parameters,
        "parameters_untold": list(row.untold),
        "multiply_adds": row.multiply_adds,
        "memory_bytes": row.memory,
        "children": [as_data(each) for each in row.children],
    }


def as_text(row: Row, depth: int | None = None) -> str:
    """A tree for people to read: like neighbours are folded, deep ones left out."""
    lines = list(_lines(row, 0, 1, depth))
    header = ("module", "output", "parameters", "multiply-adds")
    table = [header, *lines]
    widths = [max(len(line[at]) for line in table) for at in range(4)]
    text = [
        f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}".rstrip()
        for a, b, c, d in table
    ]
    memory = "?" if row.memory is None else f"{row.memory:,}"
    text += ["", f"{_count(row.parameters)} parameters, {_count(row.multiply_adds)} multiply-adds,"]
    text += [f"{memory} bytes of activations (a size that is left open counts as 1)"]
    if row.untold:
        text += [f"not counted are the parameters of {', '.join(row.untold)}, which are not told"]
    return "\n".join(text)


def _lines(row: Row, level: int, times: int, depth: int | None) -> Iterator[tuple[str, ...]]:
    repeat = f" (× {times})" if times > 1 else ""
    name = f"{'  ' * level}{row.name}: {row.kind}{repeat}"
    parameters = f"{row.parameters:,}{' + ?' if row.untold else ''}"
    yield name, shown(row.output, fold=True), parameters, _count(row.multiply_adds)
    if depth is not None and level >= depth:
        return
    at = 0
    while at < len(row.children):
        same = 1
        while at + same < len(row.children) and _alike(row.children[at], row.children[at + same]):
            same += 1
        yield from _lines(row.children[at], level + 1, same, depth)
        at += same


def _alike(one: Row, other: Row) -> bool:
    """Whether two modules differ in their names alone."""
    same = (one.kind, shown(one.output), one.parameters, one.multiply_adds) == (
        other.kind,
        shown(other.output),
        other.parameters,
        other.multiply_adds,
    )
    return (
        same
        and len(one.children) == len(other.children)
        and all(
            a.name == b.name and _alike(a, b)
            for a, b in zip(one.children, other.children, strict=True)
        )
    )


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"
