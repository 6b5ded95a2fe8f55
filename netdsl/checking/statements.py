"""Statements, followed in order: what each variable is after it, and what may be returned."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Literal

from netdsl.analysis import program as ir
from netdsl.analysis.walk import walk
from netdsl.checking import operators
from netdsl.checking.evaluate import Evaluator
from netdsl.checking.frame import Frame
from netdsl.checking.functions.subscripts import refuse_written, without_ones
from netdsl.checking.mutation import can_change
from netdsl.checking.notes import Notes
from netdsl.checking.rules import Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Joined,
    Module,
    Named,
    Repeated,
    Tensor,
    Value,
    joined,
    joined_all,
)
from netdsl.diagnostics import Diagnostics, Label
from netdsl.source import Span
from netdsl.syntax import tree

ROUNDS = 200
"""So many rounds of a `while` are followed."""

WIDENED = 3
"""After so many rounds of a loop whose end is not known, what still changes is not known."""

_End = Literal["next", "break", "return"]
_ENDS: dict[type, _End] = {tree.Break: "break", tree.Continue: "next", tree.Return: "return"}
"""How the round of a loop ends that a jump is met in."""


class Statements(Evaluator):
    """Follows statements."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.notes = Notes()
        self.jump: tree.Node | None = None
        """The `break`, `continue` or `return` at which a block has ended last."""
        self.unsure = False
        """Whether a jump was met on one side of a condition that is not decided."""
        self.jumped: list[Mapping[str, Value]] = []
        """The variables at each `break` and `continue` of the loop that is followed."""

    @abstractmethod
    def hold(self, node: tree.Assert, frame: Frame) -> None:
        """An assertion."""

    @abstractmethod
    def stated(self, node: tree.TypeExpr, value: Value, frame: Frame, what: str) -> Value:
        """A value that keeps what is stated of it."""

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
            case ir.NamedAssign():
                self._named(node, frame)
            case tree.AugAssign(target, op, value):
                self._changed(target, op, value, node.span, frame)
            case tree.ExprStatement(value):
                self.value(value, frame)
            case tree.Return(value):
                given = None if value is None else self.value(value, frame)
                frame.returned.append(given)
                frame.left.append(frame.variables)
                self.notes.statement(node.span, given, frame)
                self.jump = node
                return False
            case tree.Break() | tree.Continue():
                self.jump = node
                self.jumped.append(dict(frame.variables))
                return False
            case tree.Assert():
                self.hold(node, frame)
            case tree.If(branches, otherwise):
                return self._if(list(branches), otherwise, frame)
            case tree.For(target, iterable, body):
                return self._for(target, self.gone_over(iterable, frame), body, frame)
            case tree.While(condition, body):
                return self._while(condition, body, frame)
        return True

    def _assign(self, target: tree.Node, value: Value, frame: Frame, span: Span) -> None:
        self._bind(target, value, frame, span)
        if isinstance(target, ir.Ref) and target.kind == "child" and frame.owner is not None:
            self._set_buffer(target.name, value, frame.owner)
        if isinstance(target, tree.Index) and isinstance(target.value, ir.Ref):
            self._set_item(target, value, frame, span)

    def _bind(self, target: tree.Node, value: Value, frame: Frame, span: Span) -> None:
        """Gives variables their values; they are not known if there are not as many values."""
        try:
            self.bind(target, value, frame)
        except Mismatch as found:
            self.report(found, span)
            self.bind(target, UNKNOWN, frame)

    def _set_buffer(self, name: str, value: Value, owner: Module) -> None:
        """`self.mean = …`: a buffer that is given another shape may have either from then on."""
        held = owner.attributes.get(name, UNKNOWN)
        if isinstance(held, Tensor) and isinstance(value, Tensor):
            owner.attributes[name] = joined(held, value)
        else:
            owner.attributes[name] = UNKNOWN

    def _set_item(self, target: tree.Index, value: Value, frame: Frame, span: Span) -> None:
        """`y["a"] = …`: a dict with one more item; of anything else, what it holds is not
        known from here on, if it is no tensor."""
        held = self.value(target.value, frame)
        if isinstance(held, Tensor):
            part = self.value(target, frame)
            if isinstance(part, Tensor) and isinstance(value, Tensor):
                given = Tensor(without_ones(value.shape), value.dtype)
                try:
                    refuse_written(Call("=", self.sizes, {}), part.shape, given)
                except Mismatch as found:
                    labels = [Label(each, f"this is {value}") for each in [value.origin] if each]
                    self.report(found, span, labels)
            return
        key = self.value(target.subscripts[0], frame)
        changed: Value = UNKNOWN
        if isinstance(held, Named) and isinstance(key, str):
            changed = Named({**held.values, key: value}, held.complete)
        if can_change(held):
            frame.changed((held, changed))

    def _named(self, node: ir.NamedAssign, frame: Frame) -> None:
        """`y: [B, n] = …`: held against its shape, whose new names get the sizes that are found,
        each time it is reached."""
        value = self.value(node.value, frame)
        for name in node.new:
            frame.variables.pop(name, None)
            frame.variables.pop(f"*{name}", None)
        name = node.name.name
        value = self.stated(node.type, value, frame, f"`{name}`")
        frame.variables[name] = value
        self.notes.statement(node.span, value, frame)

    def _changed(
        self, target: tree.Node, op: str, value: tree.Node, span: Span, frame: Frame
    ) -> None:
        change = self.value(value, frame)
        before = self.value(target, frame)
        try:
            after = operators.changed(op, before, change, self.sizes)
        except Mismatch as found:
            self.report(found, span)
            after = UNKNOWN
        except (ArithmeticError, TypeError, ValueError):
            after = UNKNOWN
        if can_change(before):
            frame.changed((before, after))
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
        known = self.condition(condition, frame)
        if known is True:
            return self.block(body, frame)
        if known is False:
            return self._if(rest, otherwise, frame)
        facts = self.sizes.facts
        one, other = frame.inner(), frame.inner()
        self.assume(condition, True, frame)
        first = self.block(body, one)
        facts_after = self.sizes.facts
        self.sizes.leave(facts)
        facts = self.sizes.facts
        self.assume(condition, False, frame)
        second = self._if(rest, otherwise, other)
        self.unsure = self.unsure or not (first and second)
        if first and second:
            self.sizes.leave(facts)
            frame.join(one.variables, other.variables)
        elif first:
            self.sizes.leave(facts_after)
            frame.variables.update(one.variables)
        elif second:
            frame.variables.update(other.variables)
        return first or second

    def _for(
        self,
        target: tree.Node,
        elements: Sequence[Value] | Repeated | None,
        body: Sequence[tree.Node],
        frame: Frame,
    ) -> bool:
        """A loop over elements. Whether what follows it is reached."""
        if elements is None or isinstance(elements, Repeated):
            element = elements.element if isinstance(elements, Repeated) else UNKNOWN
            self.bind(target, element, frame)
            self._any_times(body, frame)
            return True
        for at, value in enumerate(elements):
            self.tick()
            self._bind(target, value, frame, target.span)
            before, facts, mark = dict(frame.variables), self.sizes.facts, len(self.working)
            left = len(elements) - at - 1
            match self._round(body, frame):
                case "next" if at and left and self.sizes.facts is facts:
                    if _alike(before, frame.variables) and not _mentions(body, target):
                        self.again(mark, left)  # no round differs from this one
                        self._bind(target, elements[-1], frame, target.span)
                        return True
                case None:
                    self.bind(target, joined_all(list(elements[at:])), frame)
                    self._any_times(body, frame)
                    return True
                case "break":
                    return True
                case "return":
                    return False
        return True

    def _while(self, condition: tree.Node, body: Sequence[tree.Node], frame: Frame) -> bool:
        """A loop on a condition, round by round as long as it is decided. Whether what follows it
        is reached."""
        for _ in range(ROUNDS):
            known = self.condition(condition, frame)
            if known is False:
                return True
            if known is None:
                break
            match self._round(body, frame):
                case None:
                    break
                case "break":
                    return True
                case "return":
                    return False
        self._any_times(body, frame)
        return True

    def _round(self, body: Sequence[tree.Node], frame: Frame) -> _End | None:
        """How one round of a loop ends; None if that is not decided, with the variables that there
        were before."""
        before, facts, unsure = dict(frame.variables), self.sizes.facts, self.unsure
        self.unsure, done = False, len(self.working)
        outer, self.jumped = self.jumped, []
        ended = self.block(body, frame)
        decided, self.unsure, self.jumped = not self.unsure, unsure, outer
        if decided:
            return "next" if ended else _ENDS[type(self.jump)]
        self.undo(done)
        self.sizes.leave(facts)
        frame.variables.clear()
        frame.variables.update(before)
        return None

    def _any_times(self, body: Sequence[tree.Node], frame: Frame) -> None:
        """A body that runs any number of times: of a variable is known what every round leaves as
        it is. Nothing is said of what a round after the first would meet."""
        known = dict(frame.variables)
        ends = self._turn(body, frame)
        for turns in count(1):
            before: Joined = {}
            merged = {
                name: joined_all([value, *(end.get(name, UNKNOWN) for end in ends)], before)
                for name, value in known.items()
            }
            if turns > WIDENED:
                merged = {n: each if each == known[n] else UNKNOWN for n, each in merged.items()}
            if merged == known:
                break
            known = merged
            frame.variables.update(known)
            ends = self._quiet_turn(body, frame)
        for end in ends:
            frame.variables.update((name, UNKNOWN) for name in end if name not in known)

    def _turn(self, body: Sequence[tree.Node], frame: Frame) -> list[Mapping[str, Value]]:
        """The variables with which one round may end, at its end or at a jump."""
        facts, outer, self.jumped = self.sizes.facts, self.jumped, []
        inner = frame.inner()
        if self.block(body, inner):
            self.jumped.append(inner.variables)
        ends, self.jumped = self.jumped, outer
        self.sizes.leave(facts)
        return ends

    def _quiet_turn(self, body: Sequence[tree.Node], frame: Frame) -> list[Mapping[str, Value]]:
        """The same, of which nothing is said, and nothing counted."""
        said, done = self.diagnostics.mark(), len(self.working)
        ends = self._turn(body, frame)
        self.undo(done)
        self.diagnostics.forget_since(said)
        return ends


def _alike(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Whether variables have the values that they had."""
    return one.keys() == other.keys() and all(
        value is other[name] or (type(value) is type(other[name]) and value == other[name])
        for name, value in one.items()
    )


def _mentions(body: Sequence[tree.Node], target: tree.Node) -> bool:
    """Whether statements use a variable of a loop."""
    names = {each.name for each in walk(target) if isinstance(each, ir.Ref)}
    return any(isinstance(each, ir.Ref) and each.name in names for each in walk(tuple(body)))
