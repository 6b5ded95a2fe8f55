"""Methods and functions, followed with shapes in the place of tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdsl import limits, torchlib
from netdsl.analysis import program as ir
from netdsl.analysis.pattern import ELLIPSIS, read_pattern
from netdsl.analysis.rearrange import (
    Flatten,
    Lowered,
    MoveDim,
    Permute,
    Squeeze,
    Transpose,
    Unflatten,
    Unsqueeze,
)
from netdsl.checking import functions, layers, products, windows  # noqa: F401  rules register
from netdsl.checking.build import Builder, Given
from netdsl.checking.costs import function_work, layer_work
from netdsl.checking.counting import parameter_count
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import element_at
from netdsl.checking.notes import Notes
from netdsl.checking.python import builtin, math_function
from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, bound
from netdsl.checking.signatures import Signatures
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Items,
    Module,
    Named,
    Recipe,
    Repeated,
    Tensor,
    Value,
    joined,
)
from netdsl.diagnostics import Diagnostics, Label
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY
from netdsl.source import Span
from netdsl.syntax import tree


class Runner(Signatures, Builder):
    """Follows calls and statements."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.notes = Notes()
        self.inside: dict[Span, int] = {}
        """How often each `def` is entered and not left."""
        self.running: list[Module] = []
        """The modules that are applied, inside each other."""

    def binary(self, op: str, one: Value, other: Value) -> Value:
        result = super().binary(op, one, other)
        if op == "@" and self.running and isinstance(one, Tensor):
            call = Call("@", self.sizes, {"input": one, "other": other})
            self.running[-1].work.append(function_work(call, result))
        return result

    # ---- calls ---------------------------------------------------------------

    def call(self, node: ir.Call, frame: Frame) -> Value:
        func = node.func
        given = self.arguments(node.args, frame)
        if isinstance(func, ir.Field):
            receiver = self.value(func.value, frame)
            if not isinstance(receiver, Module):
                return self._method_call(receiver, func, given, node, frame)
            if func.name in ("items", "keys", "values") and receiver.items is not None:
                held = Named(receiver.items)
                return self._method_call(held, func, given, node, frame)
        if given is None:
            return UNKNOWN
        if isinstance(func, ir.Ref) and func.kind in ("builtin", "math", "torch"):
            return self._library(func, given, node)
        callee = self.value(func, frame)
        if isinstance(callee, Module):
            return self.apply(callee, given, node.span)
        if isinstance(callee, Closure) and isinstance(callee.definition, ir.Function):
            return self.run_function(callee, given, node.span)
        return self.build_call(callee, given, node.span)

    def _library(self, func: ir.Ref, given: Given, node: ir.Call) -> Value:
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        if func.kind == "builtin":
            if func.name == "params":
                count = parameter_count(positional[0]) if positional else None
                return UNKNOWN if count is None else Dimension(count)
            if func.name == "accumulate" and (len(positional) > 1 or named):
                return self._accumulated(positional, named, node.span)
            return builtin(func.name, positional, named, self)
        if func.kind == "math":
            return math_function(func.name, positional)
        short = func.name.rpartition(".")[2]
        return self.function(short, positional, named, node.span)

    def _accumulated(
        self, positional: Sequence[Value], named: Mapping[str, Value], span: Span
    ) -> Value:
        """`accumulate` with a function of the program."""
        function = positional[1] if len(positional) > 1 else named.get("func")
        values = self.elements(positional[0])
        if values is None or isinstance(values, Repeated) or function is None:
            return UNKNOWN
        found = list(values)
        if "initial" in named:
            found.insert(0, named["initial"])
        totals = found[:1]
        for each in found[1:]:
            totals.append(self.build_call(function, [(None, totals[-1]), (None, each)], span))
        return Items(tuple(totals), "list")

    def function(
        self, name: str, positional: Sequence[Value], named: dict[str, Value], span: Span
    ) -> Value:
        """What a function of torch, or a method of a tensor, gives."""
        entry = FUNCTIONS.entries.get(name)
        if entry is None:
            return UNKNOWN
        taken = bound(entry, positional, named)
        if taken is None:
            return UNKNOWN
        call = Call(name, self.sizes, taken[0], extra=taken[1])
        result = self.ruled(entry.rule, call, span, positional)
        if self.running:
            self.running[-1].work.append(function_work(call, result))
        return result

    def ruled(
        self,
        rule: object,
        call: Call,
        span: Span,
        inputs: Sequence[Value],
        extra: Sequence[Label] = (),
    ) -> Value:
        """What a rule says; what it refuses is reported, with where its inputs come from."""
        assert callable(rule)
        try:
            return self._marked(rule(call), span)
        except Mismatch as found:
            origins = [
                Label(each.origin, f"this is {each.shape}")
                for each in inputs
                if isinstance(each, Tensor) and each.origin is not None
            ]
            self.report(found, span, [*extra, *origins[:2]])
        except (ArithmeticError, AssertionError, TypeError, ValueError, IndexError):
            pass
        return UNKNOWN

    def _method_call(
        self, receiver: Value, func: ir.Field, given: Given | None, node: ir.Call, frame: Frame
    ) -> Value:
        if given is None:
            return UNKNOWN
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        match receiver:
            case Tensor():
                if func.name in ("size", "dim", "numel", "ndimension"):
                    return self._asked(receiver, func.name, positional)
                return self.function(func.name, [receiver, *positional], named, node.span)
            case Items(elements, kind):
                return self._list_method(func, elements, kind, positional, frame)
            case Named(values, complete) if func.name in ("items", "keys", "values") and complete:
                if func.name == "items":
                    return Items(tuple(Items(pair, "tuple") for pair in values.items()), "list")
                return Items(tuple(values if func.name == "keys" else values.values()), "list")
            case Class() | Recipe() | Closure():
                return self.build_call(self.field(receiver, func.name, node.span), given, node.span)
            case _:
                return UNKNOWN

    def _asked(self, tensor: Tensor, name: str, values: Sequence[Value]) -> Value:
        shape = tensor.shape
        if name == "size":
            sizes = self._tensor_field(shape, tensor.dtype, "shape")
            return element_at(sizes.elements, "size", values[0]) if values else sizes
        if name == "numel":
            return shape.size() or UNKNOWN
        return UNKNOWN if shape.rank is None else Dimension(shape.rank)

    def _list_method(
        self,
        func: ir.Field,
        elements: tuple[Value, ...],
        kind: str,
        values: Sequence[Value],
        frame: Frame,
    ) -> Value:
        """A list that changes: the variable that holds it gets the new one."""
        match func.name, list(values):
            case "append", [value]:
                changed: Value = Items((*elements, value), kind)
            case "extend", [Items(more)]:
                changed = Items((*elements, *more), kind)
            case "pop", [] if elements:
                self._store(func.value, Items(elements[:-1], kind), frame)
                return elements[-1]
            case "numel", [] if kind == "size":
                return UNKNOWN
            case _:
                changed = UNKNOWN
        self._store(func.value, changed, frame)
        return None if changed is not UNKNOWN else UNKNOWN

    def _store(self, target: tree.Node, value: Value, frame: Frame) -> None:
        if isinstance(target, ir.Ref) and target.kind in ("local", "parameter"):
            frame.variables[target.name] = value

    # ---- applying modules ----------------------------------------------------

    def apply(self, module: Module, given: Given, span: Span) -> Value:
        """What a module gives for its inputs."""
        self.tick()
        self.running.append(module)
        try:
            module.output = self._applied(module, given, span)
        except Mismatch as found:
            self.report(found, span, self.label(module))
            module.output = UNKNOWN
        finally:
            self.running.pop()
        return module.output

    def _applied(self, module: Module, given: Given, span: Span) -> Value:
        definition = module.cls.definition
        forward = self._method(module, "forward") if definition is not None else UNKNOWN
        if isinstance(forward, Closure):
            return self.run_function(forward, given, span)
        if module.combined is not None:
            return self._combined(module, module.combined.kind, given, span)
        parent = module.attributes.get("super()")
        if isinstance(parent, Module):
            return self.apply(parent, given, span)
        if definition is not None and definition.base is None:
            raise Mismatch(
                f"`{definition.name}` has no `forward`, and cannot be applied",
                "give it a `def forward`, or apply its children.",
                "not-callable",
            )
        extern = self.definitions.get(module.cls.name)
        if isinstance(extern, ir.ExternDef):
            return self._foreign(extern, given)
        name = module.cls.name
        if name == "rearrange":
            steps, pattern = module.attributes["lowered"], module.attributes["pattern"]
            return self._lowered(given, steps, module.arguments, pattern, span)
        if name == "Sequential" or (
            definition is not None
            and isinstance(definition.base, ir.Container)
            and definition.base.kind == "seq"
        ):
            return self._chain(module, given, span)
        return self._layer(module, given, span)

    def _foreign(self, extern: ir.ExternDef, given: Given) -> Value:
        """What a module of a Python package is declared to give.

        Raises:
            Mismatch: an input is not as declared.
        """
        annotation = extern.annotation
        if annotation is None or annotation.result is None or len(given) != 1:
            return UNKNOWN
        frame = Frame()
        self.fitted(annotation.input, given[0][1], frame, f"the input of `{extern.name}`")
        return self.fitted(annotation.result, UNKNOWN, frame, "the result")

    def _layer(self, module: Module, given: Given, span: Span) -> Value:
        """A layer of torch."""
        found = torchlib.layer(module.cls.name)
        entry = LAYERS.entries.get(module.cls.name)
        if found is None or entry is None:
            return UNKNOWN
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        wanted = len(entry.parameters)
        if entry.strict and len(positional) + len(named) != wanted:
            raise Mismatch(
                f"`{found.snake}` takes {wanted} input{'s' if wanted > 1 else ''}, but gets"
                f" {len(positional) + len(named)}",
                "apply it to tensors; what it is made with stands where it is declared.",
                "not-callable",
            )
        taken = bound(entry, positional, named)
        if taken is None:
            return UNKNOWN
        call = Call(found.snake, self.sizes, taken[0], module.arguments)
        result = self.ruled(entry.rule, call, span, positional, self.label(module))
        first = positional[0] if positional else UNKNOWN
        module.work.append(layer_work(module.cls.name, module.arguments, first, result))
        return result

    def _chain(self, module: Module, given: Given, span: Span) -> Value:
        """Items, one after the other; each is blamed for itself."""
        if module.items is None:
            return self._again(module.repeated, given, span)
        value: Value = given[0][1] if given else UNKNOWN
        for name, item in module.items.items():
            if not isinstance(item, Module):
                return UNKNOWN
            value = self.apply(item, [(None, value)], item.span)
            value = self._marked(value, item.span)
            self.notes.item(module.written.get(name), value)
        return value

    def _again(self, item: Value, given: Given, span: Span) -> Value:
        """An item that is applied any number of times."""
        if not isinstance(item, Module) or not given:
            return UNKNOWN
        before = given[0][1]
        after = self.apply(item, [(None, before)], span)
        return joined(before, after)

    def _combined(self, module: Module, kind: str, given: Given, span: Span) -> Value:
        if kind in ("nest", "residual"):
            after = self._chain(module, given, span)
            before = given[0][1] if given else UNKNOWN
            if kind == "nest" or not (isinstance(before, Tensor) and isinstance(after, Tensor)):
                return after if kind == "nest" else UNKNOWN
            return self._joined(module, "add", [before, after], span)
        if module.items is None:
            return UNKNOWN
        results = [
            self.apply(each, given, each.span) if isinstance(each, Module) else UNKNOWN
            for each in module.items.values()
        ]
        return self._joined(module, kind, results, span)

    def _joined(self, module: Module, kind: str, results: list[Value], span: Span) -> Value:
        """What the branches of a combinator give together."""
        if kind == "parallel":
            return Items(tuple(results), "tuple")
        if kind == "concat":
            named = {"tensors": Items(tuple(results)), "dim": module.attributes.get("dim", UNKNOWN)}
            call = Call("cat", self.sizes, named)
            return self.ruled(FUNCTIONS.entries["cat"].rule, call, module.span, results)
        if not all(isinstance(each, Tensor) for each in results):
            return UNKNOWN

        def rule(call: Call) -> Value:
            return Tensor(call.sizes.broadcast(*(each.shape for each in results)), results[0].dtype)

        return self.ruled(rule, Call(kind, self.sizes, {}), module.span, results)

    # ---- rearrange -----------------------------------------------------------

    def rearranged(self, node: ir.Rearrange, frame: Frame) -> Value:
        named = {name: self.value(size, frame) for name, size in node.sizes}
        value = self.value(node.value, frame)
        return self._lowered([(None, value)], node.lowered, named, node.pattern, node.span)

    def _lowered(
        self, given: Given, lowered: Lowered, sizes: object, pattern: str, span: Span
    ) -> Value:
        value: Value = given[0][1] if given else UNKNOWN
        assert isinstance(sizes, dict)
        if isinstance(value, Tensor):
            try:
                self._refuse_pattern(value, pattern, sizes)
            except Mismatch as found:
                origin = [] if value.origin is None else [Label(value.origin, f"this is {value}")]
                self.report(found, span, origin)
                return UNKNOWN
        for step in lowered:
            name, rest = _step(step, sizes)
            value = self.function(name, [value, *rest], {}, span)
        return value

    def _refuse_pattern(self, tensor: Tensor, pattern: str, sizes: dict[str, Value]) -> None:
        """
        Raises:
            Mismatch: a pattern names another number of axes than there are, or a `1` for one
                that is longer.
        """
        left = read_pattern(pattern, list(sizes)).left
        named = [group.axes for group in left]
        any_number = any(len(axes) == 1 and axes[0].name == ELLIPSIS for axes in named)
        count, shape = len(named) - any_number, tensor.shape
        fits = shape.rank is None or (count <= shape.rank if any_number else count == shape.rank)
        if not fits:
            raise Mismatch(
                f"the pattern names {count} axes, but there are {shape.rank}: {shape}",
                "name every axis of the input on the left of `->`.",
            )
        for at, axes in enumerate(named):
            one = len(axes) == 1 and axes[0].name == "1"
            if one and not any_number and not self.sizes.equal(shape.axis(at), Dimension(1)):
                raise Mismatch(f"the pattern says that axis {at} of {shape} has length 1")

    # ---- functions -----------------------------------------------------------

    def run_function(self, closure: Closure, given: Given, span: Span) -> Value:
        """What a `def` gives for its arguments, which are held against its signature."""
        function = closure.definition
        assert isinstance(function, ir.Function)
        self.tick()
        frame = Frame({}, closure.owner)
        self.bind_parameters(function.parameters, given, frame)
        if not self.bind_shapes(function, frame, span):
            return self.promised(function, frame)
        depth = self.inside.get(function.span, 0)
        if depth == limits.CHECK_RECURSION:
            return self.promised(function, frame)
        self.inside[function.span] = depth + 1
        self.block(function.body, frame)
        self.inside[function.span] = depth
        value: Value = frame.returned[0] if frame.returned else None
        for other in frame.returned[1:]:
            value = joined(value, other)
        return self.kept(function, value, frame)

    def block(self, statements: Sequence[tree.Node], frame: Frame) -> bool:
        """Statements in order. Whether their end is reached."""
        for node in statements:
            self.tick()
            if not self._statement(node, frame):
                return False
        return True

    def _statement(self, node: tree.Node, frame: Frame) -> bool:
        match node:
            case tree.Assign(target, value):
                given = self.value(value, frame)
                self._assign(target, given, frame, node.span)
                if not isinstance(target, tree.Tuple):
                    self.notes.statement(node.span, given, frame)
            case ir.NamedAssign(name, value):
                given = self.value(value, frame)
                self._named(node, name, given, frame)
                self.notes.statement(node.span, given, frame)
            case tree.AugAssign(target, op, value):
                self._changed(target, op, value, node.span, frame)
            case tree.ExprStatement(value):
                self.value(value, frame)
            case tree.Return(value):
                given = None if value is None else self.value(value, frame)
                frame.returned.append(given)
                self.notes.statement(node.span, given, frame)
                return False
            case tree.Break() | tree.Continue():
                return False
            case tree.Assert():
                self.hold(node, frame)
            case tree.If(branches, otherwise):
                return self._if(list(branches), otherwise, frame)
            case tree.For(target, iterable, body):
                self._for(target, self.value(iterable, frame), body, frame)
            case tree.While(condition, body):
                self.value(condition, frame)
                self._any_times(body, frame)
        return True

    def _assign(self, target: tree.Node, value: Value, frame: Frame, span: Span) -> None:
        try:
            self.bind(target, value, frame)
        except Mismatch as found:
            self.report(found, span)
        if isinstance(target, tree.Index) and isinstance(target.value, ir.Ref):
            self._set_item(target, value, frame)

    def _set_item(self, target: tree.Index, value: Value, frame: Frame) -> None:
        """`y["a"] = …`: a dict with one more item; of anything else, what it holds is not
        known from here on, if it is no tensor."""
        held = self.value(target.value, frame)
        if isinstance(held, Tensor):
            return
        key = self.value(target.subscripts[0], frame)
        changed: Value = UNKNOWN
        if isinstance(held, Named) and isinstance(key, str):
            changed = Named({**held.values, key: value}, held.complete)
        self._store(target.value, changed, frame)

    def _named(self, node: ir.NamedAssign, name: ir.Ref, value: Value, frame: Frame) -> None:
        frame.variables[name.name] = value
        for dim in node.dims:
            shape = value.shape if isinstance(value, Tensor) else ANY
            frame.variables[dim.name] = UNKNOWN if dim.run else shape.axis(dim.axis) or UNKNOWN

    def _changed(
        self, target: tree.Node, op: str, value: tree.Node, span: Span, frame: Frame
    ) -> None:
        before, change = self.value(target, frame), self.value(value, frame)
        try:
            after = self.binary(op.removesuffix("="), before, change)
        except Mismatch as found:
            self.report(found, span)
            after = UNKNOWN
        except (ArithmeticError, TypeError, ValueError):
            after = UNKNOWN
        if isinstance(before, Tensor):
            after = before
        self.bind(target, after, frame)

    def _if(
        self,
        branches: list[tuple[tree.Node, Sequence[tree.Node]]],
        otherwise: Sequence[tree.Node],
        frame: Frame,
    ) -> bool:
        if not branches:
            return self.block(otherwise, frame)
        (condition, body), *rest = branches
        known = self.truth(self.value(condition, frame))
        if known is True:
            return self.block(body, frame)
        if known is False:
            return self._if(rest, otherwise, frame)
        facts = self.sizes.facts
        one, other = frame.inner(), frame.inner()
        self.assume(condition, True, frame)
        first = self.block(body, one)
        facts_after = self.sizes.facts
        self.sizes.facts = facts
        self.assume(condition, False, frame)
        second = self._if(rest, otherwise, other)
        if first and second:
            self.sizes.facts = facts
            frame.join(one.variables, other.variables)
        elif first or second:
            frame.variables.update(one.variables if first else other.variables)
            self.sizes.facts = facts_after if first else self.sizes.facts
        return first or second

    def _for(self, target: tree.Node, over: Value, body: Sequence[tree.Node], frame: Frame) -> None:
        elements = self.elements(over)
        if elements is None or isinstance(elements, Repeated):
            element = elements.element if isinstance(elements, Repeated) else UNKNOWN
            self.bind(target, element, frame)
            self._any_times(body, frame)
            return
        if _jumps(body):
            if elements:
                self.bind(target, joined_all(list(elements)), frame)
            self._any_times(body, frame)
            return
        for value in elements:
            self.tick()
            try:
                self.bind(target, value, frame)
            except Mismatch as found:
                assert isinstance(target, tree.Node)
                self.report(found, target.span)
            if not self.block(body, frame):
                return

    def _any_times(self, body: Sequence[tree.Node], frame: Frame) -> None:
        """A body that runs any number of times: what it changes is known only if it stays as it
        is. Nothing is said of what a second round would meet."""
        facts = self.sizes.facts
        before = dict(frame.variables)
        inner = frame.inner()
        self.block(body, inner)
        self.sizes.facts = facts
        for name, value in inner.variables.items():
            if name not in before:
                frame.variables[name] = UNKNOWN
            elif value is not before[name]:
                frame.variables[name] = joined(before[name], value)


def joined_all(values: list[Value]) -> Value:
    """What is known of one of several values."""
    result = values[0]
    for each in values[1:]:
        result = joined(result, each)
    return result


def _jumps(body: Sequence[tree.Node]) -> bool:
    from netdsl.analysis.walk import walk

    return any(
        isinstance(node, tree.Break | tree.Continue | tree.Return) for node in walk(tuple(body))
    )


def _step(step: object, sizes: dict[str, Value]) -> tuple[str, list[Value]]:
    """A step of `rearrange` as a call of a method."""

    def numbers(values: Sequence[int]) -> Items:
        return Items(tuple(map(Dimension, values)), "tuple")

    match step:
        case Unflatten(axis, parts):
            found = (
                sizes.get(each, UNKNOWN) if isinstance(each, str) else Dimension(each)
                for each in parts
            )
            return "unflatten", [Dimension(axis), Items(tuple(found), "tuple")]
        case Transpose(first, second):
            return "transpose", [Dimension(first), Dimension(second)]
        case Permute(order):
            return "permute", [numbers(order)]
        case MoveDim(source, destination):
            return "movedim", [numbers(source), numbers(destination)]
        case Flatten(start, end):
            return "flatten", [Dimension(start), Dimension(end)]
        case Squeeze(axis):
            return "squeeze", [Dimension(axis)]
        case Unsqueeze(axis):
            return "unsqueeze", [Dimension(axis)]
        case _:
            raise AssertionError(step)
