"""Modules, applied to shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis.names import similar
from netdsl.analysis.rearrange import (
    Lowered,
)
from netdsl.checking.arity import (
    refuse_collection,
    refuse_count,
    refuse_holder,
    what_it_is,
    wrong_count,
)
from netdsl.checking.builder import Given
from netdsl.checking.evaluate.base import origins
from netdsl.checking.frame import Frame
from netdsl.checking.methods import Methods
from netdsl.checking.mutation import fresh
from netdsl.checking.rearranges import refuse_pattern, step_of
from netdsl.checking.repeats import Repeats, quiet
from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, bound
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Closure,
    Either,
    Items,
    Module,
    Named,
    Repeated,
    Tensor,
    Value,
    ancestor,
    joined,
    joined_all,
)
from netdsl.checking.work import layer_work
from netdsl.diagnostics import Diagnostics, Label
from netdsl.source import Span

_WORDS = {"Sequential": "seq"}
"""What programs call a class."""


class Applying(Methods):
    """Follows modules."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.repeats: Repeats | None = Repeats()
        """None where each module is to be followed by itself, as for a summary."""

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
            return self._foreign(base, base.cls.declared, given)
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

    def _foreign(self, module: Module, extern: ir.ExternDef, given: Given) -> Value:
        """What a module of a Python package is declared to give, with what it was made with.

        Raises:
            Mismatch: an input is not as declared.
        """
        self.forget(given)
        annotation = extern.annotation
        if annotation is None or annotation.result is None or len(given) != 1:
            return UNKNOWN
        frame = Frame(dict(module.arguments))
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
        self.does(self.running[-1], work)  # a class that is derived from a layer does its work
        return result

    def _chain(self, module: Module, given: Given, span: Span) -> Value:
        """Items, one after the other; each is blamed for itself."""
        if len(given) > 1:
            raise wrong_count(_WORDS.get(module.cls.name, module.cls.name), ["x"], len(given))
        value: Value = given[0][1] if given else UNKNOWN
        if module.items is None:
            for each in module.steps:
                value = self._step(each, value, span)
            self.forget(given)
            return value
        for name, item in module.items.items():
            if not isinstance(item, Module):
                return UNKNOWN
            value = self.apply(item, [(None, value)], item.span)
            value = self._marked(value, item.span)
            self.notes.item(module.written.get(name), value)
        return value

    def _step(self, step: Value, before: Value, span: Span) -> Value:
        """What a step gives of a container of which it is not known how many layers it holds."""
        match step:
            case Module():
                return self._marked(self.apply(step, [(None, before)], span), step.span)
            case Repeated(element):
                facts = self.sizes.facts
                after = self._step(element, before, span)
                self.sizes.leave(facts)
                return joined(before, after)
            case Either(options):
                results: list[Value] = []
                for each in options:
                    facts = self.sizes.facts
                    results.append(self._step(each, before, span))
                    self.sizes.leave(facts)
                return joined_all(results)
            case _:
                return UNKNOWN

    def _combined(self, module: Module, kind: str, given: Given, span: Span) -> Value:
        if kind in ("nest", "residual"):
            after = self._chain(module, given, span)
            before = given[0][1] if given else UNKNOWN
            if kind == "nest":
                return after
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
            self._refuse_parts(module, results)
            return UNKNOWN

        def rule(call: Call) -> Value:
            return Tensor(call.sizes.broadcast(*(each.shape for each in results)), results[0].dtype)

        return self.ruled(rule, Call(kind, self.sizes, {}), module.span, results)

    def _refuse_parts(self, module: Module, results: Sequence[Value]) -> None:
        """Says which of what is to be added is no tensor."""
        for each in results:
            other = "several values" if isinstance(each, Items | Named) else what_it_is(each)
            if other is not None:
                found = Mismatch(
                    f"tensors are added here, but one branch gives {other}",
                    "take them apart in a `module` of its own: `y, _ = rnn(x)`.",
                    "wrong-operand",
                )
                self.report(found, module.span, origins([each]))
                return

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


def applies_items(module: Module) -> bool:
    """Whether a module without a `forward` of the program applies what it holds, in order."""
    base = ancestor(module)
    definition = base.cls.definition
    if definition is not None and isinstance(definition.base, ir.Container):
        return definition.base.kind == "seq"
    return base.cls.torch == "Sequential"
