"""Modules, made as the output would make them, with sizes in the place of weights."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache

from netdsl import limits, torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.inits import torch_presence
from netdsl.checking.evaluate import Evaluator
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import missing_item
from netdsl.checking.repeats import made_of
from netdsl.checking.settings import check_settings
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Items,
    Module,
    Named,
    Recipe,
    Record,
    Repeated,
    Tensor,
    Value,
)
from netdsl.diagnostics import Label
from netdsl.shapes.dimension import Dimension, symbol
from netdsl.shapes.shape import Shape
from netdsl.source import Span
from netdsl.syntax import tree

Given = Sequence[tuple[str | None, Value]]
"""The arguments of a call: a keyword or None, and what is given."""

_Item = tuple[str | None, Value, Span]
"""An item of a container: its name if it has one, what it is, and where it was written."""


class Builder(Evaluator):
    """Makes modules. What applying one does is said by the one that derives from it."""

    @abstractmethod
    def run_function(self, closure: Closure, given: Given, span: Span) -> Value:
        """What a `def` gives."""

    # ---- calls that build ----------------------------------------------------

    def build_call(self, callee: Value, given: Given, span: Span) -> Value:
        """What a callee of build time gives: an instance, or a value."""
        match callee:
            case Class(name, None):
                definition = self.definitions.get(name)
                if isinstance(definition, ir.ExternDef):
                    return Module(callee, span)
                if isinstance(definition, ir.RecordDef):
                    return self._record(definition, given)
                return self.torch_module(name, given, span)
            case Class(_, ir.ModuleDef() as definition):
                return self.module(callee, definition, given, span)
            case Recipe(func, arguments):
                return self.build_call(func, [*arguments, *given], span)
            case Closure(ir.LetFunction() as function, scope, owner):
                frame = Frame(dict(scope), owner)
                self.bind_parameters(function.parameters, given, frame)
                return self.value(function.result, frame)
            case Closure(ir.Deferred(value), scope, owner):
                return self.value(value, Frame(dict(scope), owner))
            case Closure(ir.Function()):
                return self.run_function(callee, given, span)
            case _:
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
                frame.variables[parameter.name] = Items(tuple(positional), "tuple")
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
        arguments: dict[str, Value] = {}
        positional = [value for keyword, value in given if keyword is None]
        named = {keyword: value for keyword, value in given if keyword is not None}
        for parameter in found.signature.parameters:
            if parameter.kind in ("variadic", "keywords"):
                continue
            if positional and parameter.kind != "keyword":
                arguments[parameter.name] = positional.pop(0)
            elif parameter.name in named:
                arguments[parameter.name] = named[parameter.name]
            else:
                arguments[parameter.name] = default_of(parameter.default)
        module = Module(Class(name), span, _inherited(name, arguments))
        try:
            check_settings(found.snake, module.arguments, self.sizes)
        except Mismatch as mismatch:
            self.report(mismatch, span)
        return module

    # ---- modules of the program ----------------------------------------------

    def module(self, cls: Class, definition: ir.ModuleDef, given: Given, span: Span) -> Value:
        """An instance of a module of the program."""
        module = Module(cls, span)
        wanted = self.sized.count
        self._fill(module, definition, given)
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
        for rule in definition.rules:
            if isinstance(rule, ir.PathRule):
                self._rule(rule, frame)

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
        if not isinstance(value, Module) or torchlib.layer(value.cls.name) is None:
            return
        presence = torch_presence(value.cls.name)
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
                    module.items, module.repeated = found.items, found.repeated
            case ir.Combined() as base:
                module.combined = base
                found = self.value(base, frame)
                module.items = found.items if isinstance(found, Module) else None
            case ir.Call() as base:
                parent = self.value(base, frame)
                if isinstance(parent, Module):
                    module.arguments = parent.arguments
                    module.attributes = {**parent.attributes, **module.attributes}
                    module.items, module.combined = parent.items, parent.combined
                    module.repeated = parent.repeated
                    module.attributes["super()"] = parent

    def declarations(self, nodes: Sequence[object], frame: Frame) -> None:
        """The declarations of a body, one after the other."""
        for node in nodes:
            self.tick()
            self._declaration(node, frame)

    def _declaration(self, node: object, frame: Frame) -> None:
        module = frame.owner
        assert module is not None
        match node:
            case ir.ChildDecl(name, value):
                self._child(name, self.value(value, frame), module, frame)
            case ir.ParameterDecl(name, shape, _, value):
                if value is not None:
                    module.attributes[name] = self.value(value, frame)
                    return
                sizes = [self.value(size, frame) for size in shape]
                known = tuple(size if isinstance(size, Dimension) else None for size in sizes)
                self._refuse_empty(known, node.span)
                module.attributes[name] = Tensor(Shape(known), "float", node.span)
            case ir.BufferDecl(name, value):
                module.attributes[name] = self.value(value, frame)
            case ir.ShareDecl(name, value):
                frame.variables[name] = self.value(value, frame)
            case ir.LetValue(names, value):
                self._let(names, self.value(value, frame), frame)
            case ir.LetFunction(name):
                frame.variables[name] = Closure(node, frame.variables, module)
            case ir.TieDecl(ir.Field(owner, name)):
                tied = self.value(owner, frame)
                if isinstance(tied, Module):
                    tied.tied.add(name)
            case ir.TieDecl(ir.Ref(_, name)):
                module.tied.add(name)
            case tree.Assert():
                self.hold(node, frame)
            case ir.BodyFor(target, iterable, body):
                self._loop(target, iterable, body, frame)
            case ir.BodyIf():
                self._choice(node, frame)

    def _child(self, name: str | ir.Text, value: Value, module: Module, frame: Frame) -> None:
        key = name if isinstance(name, str) else self.value(name, frame)
        if not isinstance(key, str):
            return
        module.attributes[key] = value
        if module.items is not None and module.combined is None and isinstance(value, Module):
            module.items = {**module.items, key: value}

    def _refuse_empty(self, sizes: Sequence[Dimension | None], span: Span) -> None:
        for size in sizes:
            if size is not None and not self.sizes.at_least(size, 0):
                self.report(Mismatch(f"a size of {size} is below 0", code="bad-value"), span)

    def _let(self, names: Sequence[str], value: Value, frame: Frame) -> None:
        values = [value]
        if len(names) > 1:
            whole = isinstance(value, Items) and len(value.elements) == len(names)
            values = list(value.elements) if whole else [UNKNOWN] * len(names)
        for name, each in zip(names, values, strict=True):
            frame.variables[name] = each
            if frame.owner is not None:
                frame.owner.attributes[name] = each

    def hold(self, node: tree.Assert, frame: Frame) -> None:
        """An assertion: what it says is known from here on."""
        condition, message, span = node.condition, node.message, node.span
        known = self.condition(condition, frame)
        if known is False:
            said = None if message is None else self.value(message, frame)
            why = f": {said}" if isinstance(said, str) else ""
            values = self._said_of(condition, frame)
            text = f"this does not hold{why}" + (f" ({values})" if values else "")
            self.report(Mismatch(text, "give sizes for which it does.", "assertion-fails"), span)
        elif known is None:
            self.assume(condition, True, frame)

    def _said_of(self, condition: tree.Node, frame: Frame) -> str:
        """`3 * d is 12`: what a condition compares, as far as that is not written out there."""
        if not isinstance(condition, tree.Compare):
            return ""
        sides = [condition.first, *(side for _, side in condition.rest)]
        found = [(side.span.text, self.value(side, frame)) for side in sides]
        return ", ".join(
            f"`{text}` is {value}"
            for text, value in found
            if isinstance(value, Dimension | float) and text.replace("_", "") != str(value)
        )

    def _loop(
        self, target: tree.Node, iterable: tree.Node, body: Sequence[object], frame: Frame
    ) -> None:
        over = self.elements(self.value(iterable, frame))
        if over is None or isinstance(over, Repeated):
            inner = frame.inner()
            self.bind(target, over.element if isinstance(over, Repeated) else UNKNOWN, inner)
            self.declarations(body, inner)
            return
        for value in over:
            inner = frame.inner()
            self.bind(target, value, inner)
            self.declarations(body, inner)

    def _choice(self, node: ir.BodyIf, frame: Frame) -> None:
        module = frame.owner
        assert module is not None
        absent = node.absent or ((),) * (len(node.branches) + 1)
        before = self.sizes.facts
        outcomes: list[tuple[dict[str, Value], dict[str, Value]]] = []
        start = dict(module.attributes)
        decided = False
        for at, (condition, body) in enumerate(node.branches):
            known = self.condition(condition, frame)
            if known is False:
                continue
            outcomes.append(self._branch(body, absent[at], frame, start, condition, known))
            if known:
                decided = True
                break
            self.assume(condition, False, frame)
        if not decided:
            outcomes.append(self._branch(node.otherwise, absent[-1], frame, start, None, None))
        self.sizes.facts = before
        first_variables, first_attributes = outcomes[0]
        frame.variables.update(first_variables)
        module.attributes = first_attributes
        for variables, attributes in outcomes[1:]:
            frame.join(dict(frame.variables), variables)
            merged = Frame(dict(module.attributes))
            merged.join(module.attributes, attributes)
            module.attributes = merged.variables

    def _branch(
        self,
        body: Sequence[object],
        absent: Sequence[str],
        frame: Frame,
        start: Mapping[str, Value],
        condition: tree.Node | None,
        known: bool | None,
    ) -> tuple[dict[str, Value], dict[str, Value]]:
        """The variables and the attributes after one branch of a body's `if`."""
        module = frame.owner
        assert module is not None
        module.attributes = dict(start)
        facts = self.sizes.facts
        if condition is not None and known is None:
            self.assume(condition, True, frame)
        inner = frame.inner()
        self.declarations(body, inner)
        for name in absent:
            module.attributes[name] = None
        self.sizes.facts = facts
        return inner.variables, module.attributes

    # ---- lists of layers -----------------------------------------------------

    def built(self, node: tree.Node, frame: Frame) -> Value:
        match node:
            case ir.Container(kind, items):
                name = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}[kind]
                return self._container(Class(name), items, frame, node.span)
            case ir.Combined(kind, items, dim):
                module = self._container(Class(kind), items, frame, node.span)
                module.combined = node
                module.attributes["dim"] = Dimension(1) if dim is None else self.value(dim, frame)
                return module
            case ir.Rearranged(pattern, lowered, sizes):
                named = {name: self.value(size, frame) for name, size in sizes}
                return Module(
                    Class("rearrange"), node.span, named, {"lowered": lowered, "pattern": pattern}
                )
            case ir.LayerList(items):
                found = self._gathered(items, frame)
                if found is None:
                    return UNKNOWN
                return Items(tuple(value for _, value, _ in found), "list")
            case ir.BuildEach(value):
                over = self.elements(self.value(value, frame))
                if over is None:
                    return UNKNOWN
                if isinstance(over, Repeated):
                    return Repeated(self.build_call(over.element, [], node.span))
                return Items(tuple(self.build_call(each, [], node.span) for each in over), "list")
            case ir.Rearrange():
                return self.rearranged(node, frame)
            case _:
                return UNKNOWN

    @abstractmethod
    def rearranged(self, node: ir.Rearrange, frame: Frame) -> Value:
        """`rearrange` at tensor time."""

    def _container(
        self, cls: Class, items: Sequence[ir.LayerItemLike], frame: Frame, span: Span
    ) -> Module:
        module = Module(cls, span)
        found = self._gathered(items, frame)
        if found is None:
            module.repeated = self._repeated(items, frame)
            return module
        named: dict[str, Value] = {}
        written: dict[str, Span] = {}
        for name, value, at in found:
            key = name if name is not None else str(len(named))
            named[key], written[key] = value, at
        module.items, module.written = named, written
        return module

    def _repeated(self, items: Sequence[ir.LayerItemLike], frame: Frame) -> Value:
        """What a container of unknown length holds, if it holds one kind of thing."""
        match items:
            case (ir.LayerItem(_, value, clauses),) if clauses:
                scopes = self.iterations(clauses, frame)
                return UNKNOWN if not scopes or not scopes[0] else self.value(value, scopes[0][0])
            case (ir.LayerSplice(value),):
                found = self.value(value, frame)
                return found.element if isinstance(found, Repeated) else UNKNOWN
            case _:
                return UNKNOWN

    def _gathered(self, items: Sequence[ir.LayerItemLike], frame: Frame) -> list[_Item] | None:
        """The items of a list; None if it is not known how many there are."""
        found: list[_Item] = []
        for item in items:
            more = self._item(item, frame)
            if more is None or len(found) + len(more) > limits.current().items:
                return None
            found += more
        return found

    def _item(self, item: ir.LayerItemLike, frame: Frame) -> list[_Item] | None:
        match item:
            case ir.LayerItem(name, value, clauses):
                scopes = self.iterations(clauses, frame)
                if scopes is None or not scopes[1]:
                    return None
                found: list[_Item] = []
                for scope in scopes[0]:
                    key = name if name is None or isinstance(name, str) else self.value(name, scope)
                    if key is not None and not isinstance(key, str):
                        return None
                    found.append((key, self.value(value, scope), item.span))
                return found
            case ir.LayerSplice(value):
                over = self.elements(self.value(value, frame))
                if over is None or isinstance(over, Repeated):
                    return None
                return [(None, each, item.span) for each in over]
            case ir.LayerFor(target, iterable, inner):
                over = self.elements(self.value(iterable, frame))
                if over is None or isinstance(over, Repeated):
                    return None
                found = []
                for value in over:
                    scope = frame.inner()
                    self.bind(target, value, scope)
                    more = self._gathered(inner, scope)
                    if more is None:
                        return None
                    found += more
                return found
            case ir.LayerIf(branches, otherwise):
                for condition, inner in branches:
                    known = self.condition(condition, frame)
                    if known is None:
                        return None
                    if known:
                        return self._gathered(inner, frame)
                return self._gathered(otherwise, frame)

    # ---- symbolic arguments --------------------------------------------------

    def symbolic(self, parameters: Sequence[ir.Parameter]) -> list[tuple[str | None, Value]]:
        """Arguments that stand for all there may be: an int is any that a size can be."""
        found: list[tuple[str | None, Value]] = []
        for parameter in parameters:
            if parameter.kind != "variadic":
                found.append((parameter.name, self._any(parameter.name, parameter)))
        return found

    def _any(self, name: str, parameter: ir.Parameter) -> Value:
        match parameter.type:
            case types.Scalar("int"):
                default = parameter.default
                low = default.value if isinstance(default, tree.Number) else 1
                return symbol(name, 1 if low >= 1 else 0 if low == 0 else None)
            case types.RecordType(record):
                definition = self.definitions.get(record)
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
        """Where a module was made."""
        return [Label(module.span, "it is made here")]


@cache
def default_of(text: str | None) -> Value:
    """A default, from its source."""
    if text is None:
        return UNKNOWN
    try:
        from ast import literal_eval

        return _value_of(literal_eval(text))
    except (ValueError, SyntaxError):
        return UNKNOWN


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


__all__ = ["Builder", "Given", "Named", "default_of"]
