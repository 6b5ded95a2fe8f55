"""Methods and functions, followed with shapes in the place of tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from netdsl import limits, torchlib
from netdsl.analysis import program as ir
from netdsl.analysis.names import similar
from netdsl.analysis.rearrange import (
    Lowered,
)
from netdsl.checking import products  # noqa: F401  rules register
from netdsl.checking.arity import (
    refuse_collection,
    refuse_count,
    refuse_holder,
    what_it_is,
    wrong_count,
)
from netdsl.checking.builder import Builder, Given
from netdsl.checking.counting import parameter_count
from netdsl.checking.evaluate.base import origins
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import element_at
from netdsl.checking.inference import Inference
from netdsl.checking.mutation import Change, can_change, changeable, fresh
from netdsl.checking.notes import Notes
from netdsl.checking.python import builtin, math_function
from netdsl.checking.rearranges import refuse_pattern, step_of
from netdsl.checking.repeats import Repeats, quiet
from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, bound
from netdsl.checking.signatures import Signatures
from netdsl.checking.sizes import Mismatch, Sizes, refuse_too_large
from netdsl.checking.statements import Statements
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Items,
    Joined,
    Maybe,
    Module,
    Named,
    Recipe,
    Record,
    Repeated,
    Tensor,
    Value,
    ancestor,
    as_int,
    is_number,
    joined,
)
from netdsl.checking.work import function_work, layer_work
from netdsl.diagnostics import Diagnostics, Label
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Run
from netdsl.source import Span

_WORDS = {"Sequential": "seq"}
"""What programs call a class."""


class Runner(Signatures, Builder, Statements):
    """Follows calls."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.inside: dict[Span, int] = {}
        """How often each `def` is entered and not left."""
        self.running: list[Module] = []
        """The modules that are applied, inside each other."""
        self.repeats: Repeats | None = Repeats()
        """None where each module is to be followed by itself, as for a summary."""
        self.changes: list[Change] = []
        """What calls made of lists and dicts that they were given, and the caller does not know."""

    def begin(self) -> None:
        """Begins to follow something by itself: of what came before, only the values of the file
        are known, and how much was done."""
        self.sizes = Sizes()
        self.sized = Inference(count=self.sized.count)
        self.notes = Notes()
        self.repeats = None if self.repeats is None else Repeats()
        self.asked, self.inside = {}, {}
        self.jump, self.unsure = None, False
        self.context.clear()
        self.running.clear()
        self.changes.clear()

    def binary(self, op: str, one: Value, other: Value) -> Value:
        result = super().binary(op, one, other)
        if op == "@" and self.running and isinstance(one, Tensor):
            call = Call("@", self.sizes, {"input": one, "other": other})
            self.running[-1].work.append(partial(function_work, call, result))
        return result

    # ---- calls ---------------------------------------------------------------

    def call(self, node: ir.Call, frame: Frame) -> Value:
        value = self._called(node, frame)
        while self.changes:
            frame.changed(self.changes.pop(0))
        return value

    def _called(self, node: ir.Call, frame: Frame) -> Value:
        func = node.func
        given = self.arguments(node.args, frame)
        if isinstance(func, ir.Field):
            receiver = self.value(func.value, frame)
            if not isinstance(receiver, Module):
                return self._method_call(receiver, func, given, node, frame)
            if func.name in ("items", "keys", "values") and receiver.items is not None:
                held = Named(receiver.items)
                return self._method_call(held, func, given, node, frame)
            if func.name == "get_submodule" and given and isinstance(given[0][1], str):
                return self._submodule(receiver, given[0][1])
            if func.name == "forward" and given is not None:
                return self.apply(receiver, given, node.span)
        if given is None:
            return UNKNOWN
        if isinstance(func, ir.Ref) and func.kind in ("builtin", "math", "torch"):
            return self._library(func, given, node)
        callee = self.value(func, frame)
        if isinstance(callee, Maybe):
            callee = callee.module
        if isinstance(callee, Module):
            return self.apply(callee, given, node.span)
        if isinstance(callee, Closure) and isinstance(callee.definition, ir.Function):
            return self.run_function(callee, given, node.span)
        if callee is UNKNOWN:
            self._forget(given)
        if isinstance(callee, Tensor):
            raise Mismatch(
                f"this is a tensor, {callee}, which cannot be called",
                "call a child, a function or a method.",
                "not-callable",
            )
        return self.build_call(callee, given, node.span)

    def _forget(self, given: Given) -> None:
        """Lists and dicts that went to where nobody follows them may be others now."""
        self.changes += [(each, UNKNOWN) for _, value in given for each in changeable(value)]

    def _submodule(self, module: Module, path: str) -> Value:
        """What `get_submodule("layer1.0")` gives."""
        found: Value = module
        for name in path.split("."):
            found = self.attribute(found, name) if isinstance(found, Module) else UNKNOWN
        return found if isinstance(found, Module) else UNKNOWN

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
        entry = FUNCTIONS.get(name)
        if entry is None:
            return UNKNOWN
        taken = bound(entry, positional, named)
        if taken is None:
            return UNKNOWN
        call = Call(name, self.sizes, taken[0], extra=taken[1])
        result = self.ruled(entry.rule, call, span, positional)
        if self.running:
            self.running[-1].work.append(partial(function_work, call, result))
        return result

    def ruled(
        self,
        rule: object,
        call: Call,
        span: Span,
        inputs: Sequence[Value],
        made: Module | None = None,
    ) -> Value:
        """What a rule says; what it refuses is reported, with where its inputs come from and
        where the layer was made."""
        assert callable(rule)
        try:
            result: Value = rule(call)
            if isinstance(result, Tensor):
                refuse_too_large([each for each in result.shape.parts if not isinstance(each, Run)])
            return self._marked(result, span)
        except Mismatch as found:
            labels = [] if made is None else self.label(made)
            self.report(found, span, [*labels, *origins(inputs)[:2]])
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
        self._refuse_method(receiver, func.name)
        match receiver:
            case Tensor():
                if func.name in ("size", "dim", "numel", "ndimension"):
                    return self._asked(receiver, func.name, positional)
                return self.function(func.name, [receiver, *positional], named, node.span)
            case Items():
                return self._list_method(func.name, receiver, positional, frame)
            case Named(values, complete) if func.name in ("items", "keys", "values") and complete:
                if func.name == "items":
                    return Items(tuple(Items(pair, "tuple") for pair in values.items()), "list")
                return Items(tuple(values if func.name == "keys" else values.values()), "list")
            case Class() | Recipe() | Closure() | Record():
                return self.build_call(self.field(receiver, func.name, node.span), given, node.span)
            case _:
                return UNKNOWN

    def _refuse_method(self, receiver: Value, name: str) -> None:
        """
        Raises:
            Mismatch: the value surely has no such method.
        """
        if isinstance(receiver, Tensor):
            if torchlib.method(name) is not None or torchlib.attribute(name) is not None:
                return
            owner = "a tensor"
        elif (
            torchlib.method(name) is None
            or torchlib.python_method(name)
            or (isinstance(receiver, Items) and receiver.kind == "size")
        ):
            return
        elif isinstance(receiver, Items | Named):
            owner = "a dict" if isinstance(receiver, Named) else f"{len(receiver.elements)} values"
        elif is_number(receiver) or isinstance(receiver, str):
            owner = str(what_it_is(receiver))
        else:
            return
        raise Mismatch(
            f"{owner} {'have' if owner.endswith('s') else 'has'} no method `{name}`",
            "see to what stands before the dot.",
            "unknown-attribute",
        )

    def _asked(self, tensor: Tensor, name: str, values: Sequence[Value]) -> Value:
        shape = tensor.shape
        if name == "size":
            sizes = self._tensor_field(shape, tensor.dtype, "shape")
            return element_at(sizes.elements, "size", values[0]) if values else sizes
        if name == "numel":
            return shape.size() or UNKNOWN
        return UNKNOWN if shape.rank is None else Dimension(shape.rank)

    def _list_method(self, name: str, given: Items, values: Sequence[Value], frame: Frame) -> Value:
        """What a method of a list gives, and what becomes of the list."""
        if not can_change(given):
            return UNKNOWN
        elements, kind = given.elements, given.kind
        match name, list(values):
            case "append", [value]:
                changed: Value = Items((*elements, value), kind)
            case "extend", [Items(more)]:
                changed = Items((*elements, *more), kind)
            case "pop", [] if elements:
                frame.changed((given, Items(elements[:-1], kind)))
                return elements[-1]
            case "pop", [at] if _place(at, len(elements)) is not None:
                place = _place(at, len(elements))
                assert place is not None
                rest = (*elements[:place], *elements[place + 1 :])
                frame.changed((given, Items(rest, kind)))
                return elements[place]
            case "insert", [at, value] if (number := as_int(at)) is not None:
                changed = Items((*elements[:number], value, *elements[number:]), kind)
            case "reverse", []:
                changed = Items(elements[::-1], kind)
            case "copy", []:
                return Items(elements, kind)
            case _:
                changed = UNKNOWN
        frame.changed((given, changed))
        return None if changed is not UNKNOWN else UNKNOWN

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
        forward = self._method(module, "forward")
        if isinstance(forward, Closure):
            refuse_count(module.cls.name, forward.definition, given)
            return self._forward(module, forward, given, span)
        if module.combined is not None:
            return self._combined(module, module.combined.kind, given, span)
        if applies_items(module):
            return self._chain(module, given, span)
        base = ancestor(module)
        definition = base.cls.definition
        if definition is not None and definition.base is None:
            near = similar("forward", [each.name for each in definition.methods])
            raise Mismatch(
                f"`{module.cls.name}` has no `forward`, and cannot be applied",
                (
                    f"a `def` with a similar name exists: `{near}`."
                    if near
                    else "give it a `def forward`, or apply its children."
                ),
                "not-callable",
            )
        if isinstance(base.cls.declared, ir.ExternDef):
            return self._foreign(base.cls.declared, given)
        refuse_holder(base)
        if base.cls.torch == "rearrange":
            steps, pattern = base.attributes["lowered"], base.attributes["pattern"]
            return self._lowered(given, steps, base.arguments, pattern, span)
        return self._layer(base, given, span)

    def _forward(self, module: Module, forward: Closure, given: Given, span: Span) -> Value:
        """What a module of the program gives, which may be known from another one like it."""
        facts = self.sizes.facts
        key = self.repeats.key(module, given, facts, self.notes.entry) if self.repeats else None
        if self.repeats is None or key is None:
            return self.run_function(forward, given, span)
        known = self.repeats.get(key)
        if known is not None:
            return fresh(known[0])
        mark, changes = self.diagnostics.mark(), len(self.changes)
        value = self.run_function(forward, given, span)
        unchanged = len(self.changes) == changes
        if unchanged and quiet(self.diagnostics, mark, facts, self.sizes.facts):
            self.repeats.put(key, facts, value)
        return value

    def _foreign(self, extern: ir.ExternDef, given: Given) -> Value:
        """What a module of a Python package is declared to give.

        Raises:
            Mismatch: an input is not as declared.
        """
        self._forget(given)
        annotation = extern.annotation
        if annotation is None or annotation.result is None or len(given) != 1:
            return UNKNOWN
        frame = Frame()
        self.fitted(annotation.input, given[0][1], frame, f"the input of `{extern.name}`")
        return self.fitted(annotation.result, UNKNOWN, frame, "the result")

    def _layer(self, module: Module, given: Given, span: Span) -> Value:
        """A layer of torch."""
        found = torchlib.layer(module.cls.torch)
        entry = LAYERS.get(module.cls.torch)
        if found is None or entry is None:
            return UNKNOWN
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        wanted, count = len(entry.required), len(positional) + len(named)
        if count < wanted or (entry.strict and count > wanted):
            hint = "apply it to tensors; what it is made with stands where it is declared."
            raise wrong_count(found.snake, entry.required, count, hint)
        taken = bound(entry, positional, named)
        if taken is None:
            return UNKNOWN
        for name in entry.required:
            refuse_collection(found.snake, taken[0].get(name, UNKNOWN))
        call = Call(found.snake, self.sizes, taken[0], module.arguments)
        result = self.ruled(entry.rule, call, span, positional, module)
        work = partial(layer_work, module.cls.torch, module.arguments, taken[0], result)
        self.running[-1].work.append(work)  # a class that is derived from a layer does its work
        return result

    def _chain(self, module: Module, given: Given, span: Span) -> Value:
        """Items, one after the other; each is blamed for itself."""
        if len(given) > 1:
            raise wrong_count(_WORDS.get(module.cls.name, module.cls.name), ["x"], len(given))
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
        self._forget(given)
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
            dim = module.attributes.get("concat()", UNKNOWN)
            named = {"tensors": Items(tuple(results)), "dim": dim}
            call = Call("cat", self.sizes, named)
            return self.ruled(FUNCTIONS["cat"].rule, call, module.span, results)
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
                refuse_pattern(value, pattern, sizes, self.sizes)
            except Mismatch as found:
                origin = [] if value.origin is None else [Label(value.origin, f"this is {value}")]
                self.report(found, span, origin)
                return UNKNOWN
        for step in lowered:
            name, rest = step_of(step, sizes)
            value = self.function(name, [value, *rest], {}, span)
        return value

    # ---- functions -----------------------------------------------------------

    def run_function(self, closure: Closure, given: Given, span: Span) -> Value:
        """What a `def` gives for its arguments, which are held against its signature."""
        function = closure.definition
        assert isinstance(function, ir.Function)
        self.tick()
        frame = Frame(dict(closure.scope), closure.owner)
        self.bind_parameters(function.parameters, given, frame)
        if not self.bind_shapes(function, frame, span):  # of its inputs nothing is known
            return self.promised(function, Frame(dict(closure.scope), closure.owner))
        depth = self.inside.get(function.span, 0)
        if depth == limits.current().recursion:
            self._forget(given)
            return self.promised(function, frame)
        lists = [each for _, value in given for each in changeable(value)]
        frame.variables.update((_given(at), each) for at, each in enumerate(lists))
        self.inside[function.span] = depth + 1
        ends = self.block(function.body, frame)
        self.inside[function.span] = depth
        before: Joined = {}
        value: Value = frame.returned[0] if frame.returned else None
        for other in frame.returned[1:]:
            value = joined(value, other, before)
        exits = [*frame.left, *([frame.variables] if ends else [])]
        for at, each in enumerate(lists):
            self._left(each, [left[_given(at)] for left in exits], before)
        return self.kept(function, value, frame)

    def _left(self, given: Value, found: Sequence[Value], before: Joined) -> None:
        """What a function has made of a list or dict that it was given, by one exit or another."""
        after = found[0] if found else UNKNOWN
        for other in found[1:]:
            after = joined(after, other, before)
        if after is not given:
            self.changes.append((given, after))


def applies_items(module: Module) -> bool:
    """Whether a module without a `forward` of the program applies what it holds, in order."""
    base = ancestor(module)
    definition = base.cls.definition
    if definition is not None and isinstance(definition.base, ir.Container):
        return definition.base.kind == "seq"
    return base.cls.torch == "Sequential"


def _given(number: int) -> str:
    """The variable, of a name that no program has, that keeps what a function was given under
    whatever name it goes on."""
    return f"given {number}"


def _place(at: Value, length: int) -> int | None:
    """Where an index points to, counted from the front; None if that is not known, or nowhere."""
    number = as_int(at)
    return None if number is None or not -length <= number < length else number % length
