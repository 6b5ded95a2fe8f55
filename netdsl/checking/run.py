"""Methods and functions, followed with shapes in the place of tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking.applying import Applying
from netdsl.checking.builder import Given
from netdsl.checking.frame import Frame
from netdsl.checking.holding import listed
from netdsl.checking.inference import Inference
from netdsl.checking.mutation import changeable
from netdsl.checking.notes import Notes
from netdsl.checking.repeats import Repeats
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import (
    UNKNOWN,
    Closure,
    Joined,
    Maybe,
    Module,
    Named,
    Tensor,
    Value,
    joined,
)
from netdsl.diagnostics import Diagnostics
from netdsl.source import Span


class Runner(Applying):
    """Follows calls, and what the program defines."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.inside: dict[Span, int] = {}
        """How often each `def` is entered and not left."""

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
        self.calls.clear()
        self.working.clear()
        self.changes.clear()

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
                return self.method_call(receiver, func, given, node, frame)
            if func.name in ("items", "keys", "values") and receiver.items is not None:
                held = Named(receiver.items)
                return self.method_call(held, func, given, node, frame)
            if func.name in ("children", "named_children") and not given:
                return listed(receiver, func.name == "named_children")
            if func.name == "get_submodule" and given and isinstance(given[0][1], str):
                return self._submodule(receiver, given[0][1])
            if func.name == "forward" and given is not None:
                return self.apply(receiver, given, node.span)
        if given is None:
            return UNKNOWN
        if isinstance(func, ir.Ref) and func.kind in ("builtin", "math", "torch"):
            return self.library(func, given, node)
        callee = self.value(func, frame)
        if isinstance(callee, Maybe):
            callee = callee.module
        if isinstance(callee, Module):
            return self.apply(callee, given, node.span)
        if isinstance(callee, Closure) and isinstance(callee.definition, ir.Function):
            return self.run_function(callee, given, node.span)
        if callee is UNKNOWN:
            self.forget(given)
        if isinstance(callee, Tensor):
            raise Mismatch(
                f"this is a tensor, {callee}, which cannot be called",
                "call a child, a function or a method.",
                "not-callable",
            )
        return self.build_call(callee, given, node.span)

    def _submodule(self, module: Module, path: str) -> Value:
        """What `get_submodule("layer1.0")` gives."""
        found: Value = module
        for name in path.split("."):
            found = self.attribute(found, name) if isinstance(found, Module) else UNKNOWN
        return found if isinstance(found, Module) else UNKNOWN

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
            self.forget(given)
            return self.promised(function, frame)
        lists = [each for _, value in given for each in changeable(value)]
        frame.variables.update((_given(at), each) for at, each in enumerate(lists))
        unsure = self.unsure
        self.inside[function.span] = depth + 1
        ends = self.block(function.body, frame)
        self.inside[function.span] = depth
        self.unsure = unsure  # a return of this one ends no round of a loop that calls it
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


def _given(number: int) -> str:
    """The variable, of a name that no program has, that keeps what a function was given under
    whatever name it goes on."""
    return f"given {number}"
