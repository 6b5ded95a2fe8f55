"""Modules, made as the output would make them, with sizes in the place of weights."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.inits import torch_presence
from netdsl.checking.arity import Takes, refuse_arguments, takes
from netdsl.checking.builder.bodies import BodyBuilder
from netdsl.checking.builder.lists import Given
from netdsl.checking.composed import copied
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import missing_item
from netdsl.checking.parametrized import parametrized
from netdsl.checking.repeats import made_of
from netdsl.checking.schemes import of_kinds, restricted
from netdsl.checking.settings import check_settings
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Items,
    Module,
    Named,
    Number,
    Recipe,
    Record,
    Value,
    torch_class,
)
from netdsl.diagnostics import Label
from netdsl.records import NamedTuple
from netdsl.shapes.dimension import Dimension, symbol
from netdsl.source import Span
from netdsl.syntax import tree

__all__ = ["Builder", "Given", "default_of"]


class Builder(BodyBuilder):
    """Makes modules. What applying one does is said by the one that derives from it."""

    calls: list[Span]
    """The calls of functions of build time that are followed, inside each other."""

    @abstractmethod
    def run_function(self, closure: Closure, given: Given, span: Span) -> Value:
        """What a `def` gives."""

    # ---- calls that build ----------------------------------------------------

    def build_call(self, callee: Value, given: Given, span: Span) -> Value:
        match callee:
            case Class(_, ir.ModuleDef() as definition):
                return self.module(callee, definition, given, span)
            case Class(declared=ir.ExternDef() as extern):
                frame = Frame()
                self.bind_parameters(extern.parameters, given, frame)
                return parametrized(extern, frame.variables) or Module(
                    callee, span, frame.variables
                )
            case Class(declared=ir.RecordDef() as record):
                return self._record(record, given)
            case Class(name):
                return self.torch_module(name, given, span)
            case Recipe(func, arguments, anew):
                held = [
                    (name, copied(value, {}) if at in anew else value)
                    for at, (name, value) in enumerate(arguments)
                ]
                return self.build_call(func, [*held, *given], span)
            case Closure(ir.LetFunction() as function, scope, owner):
                refuse_arguments(function.name, _takes(function.parameters), given)
                frame = Frame(dict(scope), owner)
                self.bind_parameters(function.parameters, given, frame)
                calls = self.calls
                if not self.context or self.context[-1][0] != span:  # nobody calls an entry
                    self.calls = [*calls, span]
                made = self.value(function.result, frame)
                self.calls = calls
                return made
            case Closure(ir.Deferred(value), scope, owner):
                return self.value(value, Frame(dict(scope), owner))
            case Closure(ir.Function()):
                return self.run_function(callee, given, span)
            case _:
                self.refuse_plain(callee, span)
                return UNKNOWN

    def _record(self, definition: ir.RecordDef, given: Given) -> Value:
        frame = Frame()
        self.bind_parameters(definition.parameters, given, frame)
        return Record(definition.name, dict(frame.variables))

    def bind_parameters(
        self, parameters: Sequence[ir.Parameter], given: Given, frame: Frame
    ) -> None:
        """Gives parameters their values: what is given, or else their defaults."""
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        for parameter in parameters:
            if parameter.kind == "variadic":
                rest = Items(tuple(positional), "tuple")
                frame.variables[parameter.name] = named.get(parameter.name, rest)
                positional = []
            elif parameter.kind == "normal" and positional:
                frame.variables[parameter.name] = positional.pop(0)
            elif parameter.name in named:
                frame.variables[parameter.name] = named[parameter.name]
            elif parameter.default is not None:
                frame.variables[parameter.name] = self.value(parameter.default, Frame())
            else:
                frame.variables[parameter.name] = UNKNOWN

    # ---- layers of torch -----------------------------------------------------

    def torch_module(self, name: str, given: Given, span: Span) -> Value:
        """A layer of torch.nn, whose arguments are checked as far as they are known."""
        found = torchlib.layer(name)
        if found is None:
            return UNKNOWN
        made = _made_with(found.name)
        refuse_arguments(found.snake, made.takes, given)
        arguments = dict(made.defaults)
        places = iter(made.takes.positional)
        named = {keyword: value for keyword, value in given if keyword is not None}
        for keyword, value in given:
            key = next(places, None) if keyword is None else keyword
            if key in arguments:
                arguments[key] = value
        for key in made.keywords:
            arguments[key] = Named(named)
        for key, wanted in made.plain:
            _refuse_other(found.snake, key, wanted, arguments[key])
        module = Module(torch_class(name), span, _inherited(name, arguments))
        module.caller = self.calls[0] if self.calls else None
        try:
            check_settings(found.snake, module.arguments, self.sizes)
        except Mismatch as mismatch:
            self.report(mismatch, span)
            return UNKNOWN
        return module

    # ---- modules of the program ----------------------------------------------

    def module(self, cls: Class, definition: ir.ModuleDef, given: Given, span: Span) -> Value:
        """An instance of a module of the program."""
        refuse_arguments(definition.name, _takes(definition.parameters), given)
        module = Module(cls, span)
        module.caller = self.calls[0] if self.calls else None
        wanted = self.sized.count
        outer, self.calls = self.calls, []
        self._fill(module, definition, given)
        self.calls = outer
        if self.sized.count == wanted:  # else its own sizes are to be worked out
            module.made_of = made_of(definition.name, given)
        return module

    def root_module(self, cls: Class, given: Given, span: Span) -> Module:
        """The module that is followed itself: sizes that are wanted in it are its own."""
        module = Module(cls, span)
        self.sized.root = module
        assert cls.definition is not None
        self._fill(module, cls.definition, given)
        return module

    def _fill(self, module: Module, definition: ir.ModuleDef, given: Given) -> None:
        frame = Frame({}, module, building=True)
        self.bind_parameters(definition.parameters, given, frame)
        module.attributes.update(frame.variables)
        self._base(definition, module, frame)
        self.declarations(definition.body, frame)
        self._rules(definition.rules, module, frame)

    def _rules(self, rules: Sequence[object], module: Module, frame: Frame) -> None:
        """Rules of initialisation, and those on a condition that is decided."""
        for rule in rules:
            match rule:
                case ir.PathRule():
                    self._rule(rule, frame)
                case ir.KindRule(classes, inits) if restricted(inits):
                    names = frozenset(each.name.removeprefix("nn.") for each in classes)
                    for each in of_kinds(module, names):
                        self.fillable(inits, each)
                case ir.BodyIf(branches, otherwise):
                    for condition, body in branches:
                        known = self.condition(condition, frame)
                        if known is not False:
                            self._rules(body if known else (), module, frame)
                            break
                    else:
                        self._rules(otherwise, module, frame)

    def _rule(self, rule: ir.PathRule, frame: Frame) -> None:
        """`init head[1] ~ …`: what it fills has to be there."""
        path = rule.path
        holder = self.value(path.value, frame) if isinstance(path, ir.Field) else None
        if isinstance(path, ir.Field) and isinstance(holder, Module):
            items = holder.items
            if items is not None and path.name not in {**items, **holder.attributes}:
                self.report(missing_item(path.name, items), path.span)
                return
        value = self.value(path, frame)
        self.fillable(rule.inits, value)
        if not isinstance(value, Module) or torchlib.layer(value.cls.torch) is None:
            return
        presence = torch_presence(value.cls.torch)
        for each in rule.inits:
            if each.parameter and presence(each.parameter) is None:
                found = Mismatch(
                    f"`{path.span.text}` is a `{value.cls.name}`, which has no"
                    f" `{each.parameter}`",
                    "name a layer that has one.",
                    "no-such-parameter",
                )
                self.report(found, path.span)

    def _base(self, definition: ir.ModuleDef, module: Module, frame: Frame) -> None:
        match definition.base:
            case ir.Container() as base:
                found = self.value(base, frame)
                if isinstance(found, Module):
                    module.items = found.items
                    module.repeated, module.steps = found.repeated, found.steps
                    module.written = found.written
            case ir.Combined() as base:
                module.combined = base
                found = self.value(base, frame)
                if isinstance(found, Module):
                    module.items, module.written = found.items, found.written
                    module.repeated, module.steps = found.repeated, found.steps
                    module.attributes.update(found.attributes)
                    module.registered = dict(found.registered)
            case ir.Call() as base:
                parent = self.value(base, frame)
                if isinstance(parent, Module):
                    module.arguments = parent.arguments
                    module.attributes = {**parent.attributes, **module.attributes}
                    module.items, module.combined = parent.items, parent.combined
                    module.repeated, module.steps = parent.repeated, parent.steps
                    module.registered, module.tied = dict(parent.registered), dict(parent.tied)
                    module.undecided = parent.undecided
                    module.attributes["super()"] = parent

    # ---- symbolic arguments --------------------------------------------------

    def symbolic(self, parameters: Sequence[ir.Parameter]) -> list[tuple[str | None, Value]]:
        """Arguments that stand for all there may be: an int is any that a size can be."""
        found: list[tuple[str | None, Value]] = []
        for parameter in parameters:
            known = parameter.kind != "variadic"
            value = self._any(parameter.name, parameter) if known else UNKNOWN
            found.append((parameter.name, value))
        return found

    def _any(self, name: str, parameter: ir.Parameter) -> Value:
        self.tick()
        match parameter.type:
            case types.Scalar("int"):
                default = parameter.default
                low = default.value if isinstance(default, tree.Number) else 1
                return symbol(name, 1 if low >= 1 else 0 if low == 0 else None)
            case types.Scalar("float"):
                return Number()
            case types.RecordType(record):
                definition = self.definition(record)
                if isinstance(definition, ir.RecordDef):
                    fields = {
                        each.name: self._any(f"{name}.{each.name}", each)
                        for each in definition.parameters
                    }
                    return Record(record, fields)
                return UNKNOWN
            case _:
                return UNKNOWN

    def label(self, module: Module) -> list[Label]:
        """Where a module was made, and by which call."""
        made = [Label(module.span, "it is made here")]
        if module.caller is not None and module.caller != module.span:
            made.append(Label(module.caller, "by this call"))
        return made


def _takes(parameters: Sequence[ir.Parameter]) -> Takes:
    return takes(
        (each.name, each.kind, each.default is None and each.kind != "variadic")
        for each in parameters
    )


class _MadeWith(NamedTuple):
    """The arguments of a class of torch: what is not given, which of them take all further ones
    by name, and which are a bool or an int, of which it is said."""

    takes: Takes
    defaults: Mapping[str, Value]
    keywords: tuple[str, ...]
    plain: tuple[tuple[str, str], ...]


@cache
def _made_with(name: str) -> _MadeWith:
    found = torchlib.layer(name)
    assert found is not None
    parameters = found.signature.parameters
    return _MadeWith(
        takes((each.name, each.kind, each.required) for each in parameters),
        {
            each.name: default_of(each.default)
            for each in parameters
            if each.kind not in ("variadic", "keywords")
        },
        tuple(each.name for each in parameters if each.kind == "keywords"),
        tuple(
            (each.name, each.type)
            for each in parameters
            if each.type in ("bool", "int") and each.kind not in ("variadic", "keywords")
        ),
    )


def _refuse_other(label: str, name: str, wanted: str, value: Value) -> None:
    """
    Raises:
        Mismatch: a switch is given a number, or a size one that is not whole, as by a layer that
            is given its arguments in another order.
    """
    if isinstance(value, float) or (wanted == "bool" and isinstance(value, Dimension)):
        kind, instead = _PLAIN_KINDS[wanted]
        text = f"`{name}` of `{label}` is {kind}, not {value}"
        raise Mismatch(text, f"give {kind}{instead}.", "wrong-type")


_PLAIN_KINDS = {
    "bool": ("a bool", ", or fewer arguments"),
    "int": ("an int", ": `a // b` instead of `a / b`, `int(…)`, or the arguments in order"),
}


@cache
def default_of(text: str | None) -> Value:
    """A default, from its source."""
    if text is None:
        return UNKNOWN
    if text in _WORDS:
        return _WORDS[text]
    if text[1:-1].isidentifier() and text == repr(text[1:-1]):
        return text[1:-1]
    for number in (int, float):
        with suppress(ValueError):
            return _value_of(number(text))
    from ast import literal_eval  # which is slow to import, for what is left

    try:
        return _value_of(literal_eval(text))
    except (ValueError, SyntaxError):
        return UNKNOWN


_WORDS: dict[str, Value] = {"None": None, "True": True, "False": False}


def _value_of(value: object) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return Dimension(value)
    if isinstance(value, tuple | list):
        return Items(tuple(map(_value_of, value)), "tuple")
    return value


def _inherited(name: str, arguments: dict[str, Value]) -> dict[str, Value]:
    """What a layer takes from one that it is given."""
    if name in ("TransformerEncoder", "TransformerDecoder"):
        inner = arguments.get("encoder_layer", arguments.get("decoder_layer"))
        if isinstance(inner, Module):
            for name in ("d_model", "nhead", "batch_first"):
                arguments[name] = inner.arguments.get(name, UNKNOWN)
    return arguments
