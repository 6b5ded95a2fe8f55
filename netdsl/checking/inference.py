"""`_`: sizes that follow from the others, and what stands for them in the output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.walk import holds, transform
from netdsl.checking.frame import Frame
from netdsl.checking.sizes import Sizes
from netdsl.checking.values import Module
from netdsl.diagnostics import Diagnostics
from netdsl.memory import NOTHING, Memory
from netdsl.patterns import compiled
from netdsl.records import Mutable, field
from netdsl.shapes.atoms import Atom, FloorDiv, Max, Min, Mod, Symbol
from netdsl.shapes.dimension import Dimension
from netdsl.source import Source, Span
from netdsl.syntax import tree


class Inference(Mutable):
    """The sizes that are wanted in one run, and what was found so far, by where `_` stands.

    `general` holds what follows in a module for any of its parameters; `numbers` what follows
    for the sizes of one use.
    """

    root: Module | None = None
    """The module that is followed with symbols for its parameters, itself."""
    wanted_here: list[tuple[Span, Symbol, bool]] = field(default_factory=list)
    general: dict[Span, Dimension] = field(default_factory=dict)
    numbers: dict[Span, dict[int, None]] = field(default_factory=dict)
    count: int = 0

    def wanted(self, node: ir.Inferred, frame: Frame) -> Dimension:
        """A size that is not known yet."""
        self.count += 1
        symbol = Symbol("_", 1, self.count, flexible=True)
        own = self.root is not None and frame.owner is self.root
        self.wanted_here.append((node.span, symbol, own))
        return Dimension.of(symbol)

    def collect(self, sizes: Sizes, parameters: frozenset[str]) -> None:
        """What is known of the sizes that were wanted, after something was followed; names of
        `parameters` may stand in an expression."""
        for span, symbol, own in self.wanted_here:
            found = sizes.known(Dimension.of(symbol))
            if found is None:
                continue
            number = found.as_int()
            if number is not None:
                self.numbers.setdefault(span, {})[number] = None
            elif (
                own
                and found.symbols()
                and all(each.name in parameters and not each.flexible for each in found.symbols())
            ):
                self.general.setdefault(span, found)

    def also(self, other: Inference) -> None:
        """What another run has found."""
        for span, numbers in other.numbers.items():
            self.numbers.setdefault(span, {}).update(numbers)
        for span, size in other.general.items():
            self.general.setdefault(span, size)


def with_sizes(
    program: tuple[ir.Definition, ...],
    found: Inference,
    diagnostics: Diagnostics,
    memory: Memory = NOTHING,
) -> tuple[ir.Definition, ...]:
    """The program with every `_` replaced by what it stands for; says so where that is not
    known, or differs from use to use."""
    sources = {each.span.source for each in program}
    if not any(map(_may_leave_open, sources)):
        return program
    return tuple(
        _replaced(each, found, diagnostics) if memory.once(_is_open, each) else each
        for each in program
    )


def _is_open(definition: ir.Definition) -> bool:
    return holds(definition, ir.Inferred)


_OPEN = compiled(r"\b_\b")


def _may_leave_open(source: Source) -> bool:
    """Whether there may be a `_` in a text: a character of another script may stand for one."""
    return not source.text.isascii() or _OPEN.search(source.text) is not None


def _replaced(
    definition: ir.Definition, found: Inference, diagnostics: Diagnostics
) -> ir.Definition:
    parameters = getattr(definition, "parameters", ())
    known = {each.name: each.type for each in parameters}

    def change(node: tree.Node) -> tree.Node | None:
        if not isinstance(node, ir.Inferred):
            return None
        numbers = list(found.numbers.get(node.span, {}))
        general = found.general.get(node.span)
        if general is not None and isinstance(definition, ir.ModuleDef):
            return expression(general, known, node.span)
        if len(numbers) == 1:
            return _number(numbers[0], node.span)
        message = "`_` cannot be worked out: nothing that is known decides this size"
        hint = "write the size, or state the shape of the input: `let net: [B, 784] = …`."
        if numbers:
            shown = " and ".join(map(str, sorted(numbers)))
            message = f"`_` cannot be worked out: its uses want {shown}"
            hint = "make it a parameter, and give each use its own."
        diagnostics.error("size-not-inferred", message, node.span, hint=hint)
        return None

    return transform(definition, change)


def _number(value: int, span: Span) -> tree.Expr:
    if value < 0:
        return tree.Unary("-", tree.Number(-value, str(-value), span=span), span=span)
    return tree.Number(value, str(value), span=span)


def expression(size: Dimension, known: Mapping[str, types.Type], span: Span) -> tree.Expr:
    """A size as an expression in the parameters of a module."""
    result: tree.Expr | None = None
    for monomial, factor in size.items:
        parts = list(_factors(monomial, known, span))
        if abs(factor) != 1 or not parts:
            parts.insert(0, _number(abs(factor), span))
        term = parts[0]
        for part in parts[1:]:
            term = tree.Binary("*", term, part, span=span)
        if result is None:
            result = tree.Unary("-", term, span=span) if factor < 0 else term
        else:
            result = tree.Binary("-" if factor < 0 else "+", result, term, span=span)
    return result if result is not None else _number(0, span)


def _factors(
    monomial: tuple[Atom, ...], known: Mapping[str, types.Type], span: Span
) -> Iterator[tree.Expr]:
    for atom in monomial:
        match atom:
            case Symbol(name):
                head, *fields = name.split(".")
                found: tree.Expr = ir.Ref(
                    "parameter", head, known.get(head, types.UNKNOWN), span=span
                )
                for each in fields:
                    found = ir.Field(found, each, types.INT, span=span)
                yield found
            case FloorDiv() | Mod():
                yield tree.Binary(
                    "//" if isinstance(atom, FloorDiv) else "%",
                    expression(atom.numerator, known, span),
                    expression(atom.denominator, known, span),
                    span=span,
                )
            case Max() | Min():
                name = "max" if isinstance(atom, Max) else "min"
                func = ir.Ref("builtin", name, types.FunctionType(), span=span)
                args = [expression(each, known, span) for each in atom.operands]
                yield ir.Call(func, tuple(ir.Arg(x, span=span) for x in args), types.INT, span=span)
            case _:
                assert_never(atom)
