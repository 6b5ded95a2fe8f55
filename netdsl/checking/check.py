"""Which parts of a program are followed: every module with any sizes, every entry with its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.checking.applying import applies_items
from netdsl.checking.builder import Given
from netdsl.checking.frame import Frame, GaveUp
from netdsl.checking.inference import Inference, with_sizes
from netdsl.checking.left import followed, names_of
from netdsl.checking.notes import Notes
from netdsl.checking.run import Runner
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import Class, Closure, Items, Module, Record, Tensor, Value
from netdsl.diagnostics import Diagnostics
from netdsl.memory import NOTHING, Memory
from netdsl.records import replace
from netdsl.shapes.dimension import Dimension, TooLarge
from netdsl.source import Span
from netdsl.syntax import tree


def check_sizes(
    program: ir.Program, diagnostics: Diagnostics, memory: Memory = NOTHING
) -> ir.Program:
    """The program with the sizes that it leaves open; says which sizes cannot meet.

    Each module is followed once with symbols in the place of its ints, so that only what holds
    for no sizes at all is wrong; each `let` that states its input, and the file's network, with
    the sizes that they have.
    """
    runner = Runner(by_name(program), diagnostics)
    sized, notes = _follow(program, runner, {}, memory)
    if not diagnostics.has_errors:
        definitions = with_sizes(program.definitions, sized, diagnostics, memory)
        program = replace(program, definitions=definitions, notes=notes.found())
    if program.asserts and not diagnostics.has_errors:
        _hold(program, diagnostics, memory)
    memory.settle()
    return program


def _follow(
    program: ir.Program, runner: Runner, results: dict[str, Value], memory: Memory = NOTHING
) -> tuple[Inference, Notes]:
    """What following each definition tells. Each is followed by itself: what it gives depends on
    nothing but the definitions that it leads to."""
    sized, notes = Inference(), Notes()
    for definition in program.definitions:
        follow = Entry(runner, definition, results).follow
        try:
            left = followed(names_of(definition), definition, follow, runner, memory)
        except (GaveUp, TooLarge):
            _gave_up(definition.span, runner.diagnostics)
            sized.also(runner.sized)
            notes.also(runner.notes)
            break
        sized.also(left.sized)
        notes.also(left.notes)
    return sized, notes


def _gave_up(span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.warning(
        "check-incomplete",
        "this is too much to be followed whole: from here on sizes are not checked",
        span,
        hint=f"make it smaller; {limits.current().steps:,} steps are followed.",
    )


def _hold(program: ir.Program, diagnostics: Diagnostics, memory: Memory) -> None:
    """Says which assertions of files do not hold, or cannot be decided."""
    runner = Runner(by_name(program), diagnostics)
    parts: list[tuple[tree.Node, Callable[[], None]]] = [
        (each, Entry(runner, each, {}).follow)
        for each in program.definitions
        if isinstance(each, ir.LetValue)
    ]
    parts += [(each, partial(_held, each, runner)) for each in program.asserts]
    try:
        for each, follow in parts:
            followed(("held", each.span), each, follow, runner, memory)
    except (GaveUp, TooLarge):
        _gave_up(each.span, diagnostics)


def _held(node: tree.Assert, runner: Runner) -> None:
    if runner.truth(runner.value(node.condition, Frame())) is not None:
        runner.hold(node, Frame())
        return
    found = Mismatch(
        "it cannot be worked out whether this holds",
        "assert what follows from numbers that the file has.",
        "assertion-undecided",
    )
    runner.report(found, node.span)


def without_sizes(program: ir.Program, diagnostics: Diagnostics) -> ir.Program:
    """The program as it is; says so if it leaves sizes open, which nobody works out then."""
    definitions = with_sizes(program.definitions, Inference(), diagnostics)
    return replace(program, definitions=definitions)


def results_of(program: ir.Program) -> dict[str, Value]:
    """What each entry gives: every `let` that states its input, and the file's network."""
    found: dict[str, Value] = {}
    _follow(program, Runner(by_name(program), Diagnostics()), found)
    return found


def by_name(program: ir.Program) -> dict[str, ir.Definition]:
    return {name: each for each in program.definitions for name in names_of(each)}


class UnknownInput(ValueError):
    """An input is given by a name that no input has."""


def _replaced(
    values: list[Value], module: Module, inputs: Mapping[str, Value] | None
) -> list[Value]:
    """Inputs, some of which are given by name.

    Raises:
        UnknownInput: there is none of that name.
    """
    if not inputs:
        return values
    definition = module.cls.definition
    forward = [each for each in definition.methods if each.name == "forward"] if definition else []
    names = [each.name for each in forward[0].parameters] if forward else []
    found = list(values)
    for at, (name, value) in enumerate(inputs.items()):
        if names and name and not name.isdigit() and name not in names:
            raise UnknownInput(f"no input called {name}; there is: {', '.join(names)}")
        place = names.index(name) if name in names else at
        if place < len(found):
            of = found[place].dtype if isinstance(found[place], Tensor) else None
            found[place] = Tensor(value.shape, of)
    return found


def _symbols_of(given: Given) -> Iterator[str]:
    """The names of the symbols that stand for parameters."""
    for name, value in given:
        if isinstance(value, Dimension) and name is not None:
            yield name
        elif isinstance(value, Record):
            yield from (f"{name}.{each}" for each in value.fields)


class Entry:
    """One definition, followed by itself."""

    def __init__(
        self, runner: Runner, definition: ir.Definition, results: dict[str, Value]
    ) -> None:
        self.runner = runner
        self.results = results
        self.definition = definition

    def follow(self) -> None:
        try:
            self._follow()
        except Mismatch as found:  # in what stands outside of expressions, as sizes in a header
            self.runner.report(found, self.definition.span)

    def _follow(self) -> None:
        runner = self.runner
        match self.definition:
            case ir.ModuleDef() as module:
                self._module(module)
            case ir.LetFunction() as function:
                runner.context.append((function.span, function.name))
                self._let(function)
                runner.sized.collect(runner.sizes, frozenset())
            case ir.Function() as function:
                self._def(function, None)
            case ir.LetValue(names):
                for name in names:
                    runner.global_value(name)

    def _module(self, definition: ir.ModuleDef) -> None:
        runner = self.runner
        given = runner.symbolic(definition.parameters)
        module = runner.root_module(Class(definition.name, definition), given, definition.span)
        facts = runner.sizes.facts
        names = frozenset(_symbols_of(given))
        for method in definition.methods:
            runner.sizes.facts = facts
            self._def(method, module)
            runner.sized.collect(runner.sizes, names)
        if not any(method.name == "forward" for method in definition.methods):
            runner.sizes.facts = facts
            self._applied(module, Tensor(), definition.span)
            runner.sized.collect(runner.sizes, names)

    def _def(self, function: ir.Function, owner: Module | None) -> None:
        """A `def`, with inputs of any sizes that its header allows."""
        runner = self.runner
        frame = Frame({}, owner)
        for parameter in function.parameters:
            value: Value
            if parameter.type == types.INT:
                value = dict(runner.symbolic([parameter])).get(parameter.name)
            elif parameter.shape is None and isinstance(parameter.type, types.Tensor):
                value = Tensor()
            else:
                value = runner.symbolic_input(parameter.shape, frame)
            frame.variables[parameter.name] = value
        runner.context.clear()
        runner.notes.call = frame.returned
        runner.block(function.body, frame)
        found = frame.returned[0] if len(frame.returned) == 1 else None
        if found is not None:
            runner.kept(function, found, frame)
        elif function.result is not None:
            for each in frame.returned:
                runner.kept(function, each, frame)

    def run(self, inputs: Mapping[str, Value]) -> Module | None:
        """The module that an entry makes, after it was applied; `inputs` stand in the place of
        those that it states, by name, or by "" for the only one."""
        assert isinstance(self.definition, ir.LetFunction)
        self.runner.sizes = Sizes()
        return self._let(self.definition, inputs)

    def _let(
        self, function: ir.LetFunction, inputs: Mapping[str, Value] | None = None
    ) -> Module | None:
        runner = self.runner
        given = [
            (name, value)
            for (name, value), parameter in zip(
                runner.symbolic(function.parameters), function.parameters, strict=True
            )
            if parameter.default is None and parameter.kind != "variadic"
        ]
        module = runner.build_call(Closure(function, {}), given, function.span)
        if not isinstance(module, Module):
            return None
        annotation = function.annotation
        if annotation is None:
            self._unsigned(module, function, inputs)
            return module
        frame = Frame()
        runner.bind_parameters(function.parameters, given, frame)
        stated = runner.symbolic_input(annotation.input, frame)
        whole = isinstance(annotation.input, tree.TupleType)
        values = list(stated.elements) if whole and isinstance(stated, Items) else [stated]
        values = _replaced(values, module, inputs)
        runner.notes.entry = True
        result = runner.apply(module, [(None, each) for each in values], module.span)
        self.results[function.name] = result
        if isinstance(annotation.result, tree.UnionType) and module.alternatives:
            runner.one_of(annotation.result, module.alternatives, frame)
        elif annotation.result is not None:
            runner.stated(annotation.result, result, frame, "the result")
        return module

    def _unsigned(
        self, module: Module, function: ir.LetFunction, inputs: Mapping[str, Value] | None
    ) -> None:
        """A network that does not state its input: its class may, or its layers tell."""
        if inputs:
            given: Given = [(None, value) for value in inputs.values()]
            self.runner.apply(module, given, function.span)
            return
        definition = module.cls.definition
        forward = None
        for method in definition.methods if definition is not None else ():
            if method.name == "forward":
                forward = method
        if forward is not None:
            self._def(forward, module)
            return
        self._applied(module, Tensor(), function.span)

    def _applied(self, module: Module, value: Value, span: object) -> None:
        """Layers that are applied one after the other, or side by side, to one input."""
        if module.combined is not None or applies_items(module):
            self.runner.apply(module, [(None, value)], module.span)
