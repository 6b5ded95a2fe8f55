"""Expressions, evaluated as far as sizes are known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking import operators
from netdsl.checking.evaluate.base import origins
from netdsl.checking.evaluate.collections import CollectionEvaluation
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import indexed
from netdsl.checking.schemes import refuse_scheme
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Closure,
    Module,
    Recipe,
    Tensor,
    Value,
    as_int,
)
from netdsl.shapes.dimension import Dimension
from netdsl.source import Span
from netdsl.syntax import tree


class Evaluator(CollectionEvaluation):
    """Evaluates expressions. What a call does is said by those that derive from it."""

    @abstractmethod
    def call(self, node: ir.Call, frame: Frame) -> Value:
        """What a call gives."""

    @abstractmethod
    def built(self, node: tree.Node, frame: Frame) -> Value:
        """A container, a combinator, a list of layers."""

    def value(self, node: object, frame: Frame) -> Value:
        """What an expression gives, or UNKNOWN."""
        self.tick()
        try:
            return self._value(node, frame)
        except Mismatch as found:
            assert isinstance(node, tree.Node)
            self.report(found, node.span)
            return UNKNOWN
        except (ArithmeticError, ValueError, TypeError, OverflowError):
            return UNKNOWN

    def _value(self, node: object, frame: Frame) -> Value:
        match node:
            case tree.Number(number):
                return Dimension.of(number) if isinstance(number, int) else number
            case tree.String(text):
                return text
            case tree.Constant(constant):
                return constant
            case ir.Ref():
                return self.name(node, frame)
            case ir.Call():
                return self.call(node, frame)
            case ir.Field(inner, name):
                return self.field(self.value(inner, frame), name, node.span)
            case ir.Recipe(func, args):
                found = self.value(func, frame)
                given = self.arguments(args, frame)
                if found is UNKNOWN or given is None:
                    return UNKNOWN
                return Recipe(found, tuple(given), _anew(args, given)) if given else found
            case ir.Deferred():
                return Closure(node, dict(frame.variables), frame.owner)
            case ir.Initialised(layer, inits):
                found = self.value(layer, frame)
                self.fillable(inits, found)
                return found
            case ir.Inferred():
                return self.sized.wanted(node, frame)
            case ir.Text(parts):
                texts = [
                    each if isinstance(each, str) else self._text(each, frame) for each in parts
                ]
                return self._bounded_text(texts)
            case tree.Tuple(elements):
                return self._items(elements, frame, "tuple")
            case tree.List():
                return self._list(node, frame)
            case ir.Generator(element, clauses):
                return self._comprehension(element, clauses, frame)
            case tree.Dict(pairs):
                return self._dict(pairs, frame)
            case tree.Index(inner, subscripts):
                held = self.value(inner, frame)
                found = [self._subscript(each, frame) for each in subscripts]
                return self._told(lambda: indexed(held, found, self.sizes), [held], node.span)
            case tree.Unary(op, operand):
                return operators.unary(op, self.value(operand, frame), self.sizes)
            case tree.Binary(op, left, right):
                one, other = self.value(left, frame), self.value(right, frame)
                result = self._told(lambda: self.binary(op, one, other), [one, other], node.span)
                return self._marked(result, node.span)
            case tree.Compare(first, rest):
                return self._compare(first, rest, frame)
            case tree.Logical(op, left, right):
                return self._logical(op, left, right, frame)
            case tree.Ternary(condition, then, otherwise):
                return self._ternary(condition, then, otherwise, frame)
            case _:
                assert isinstance(node, tree.Node)
                return self.built(node, frame)

    def _told(self, compute: Callable[[], Value], inputs: Sequence[Value], span: Span) -> Value:
        """What is computed of some values; what is refused is said, with where they come from."""
        try:
            return compute()
        except Mismatch as found:
            self.report(found, span, origins(inputs))
            return UNKNOWN

    def fillable(self, inits: tuple[ir.ParameterInit, ...], value: Value) -> None:
        """Says which of its parameters a scheme cannot fill."""
        for init in inits:
            try:
                refuse_scheme(init, value)
            except Mismatch as found:
                self.report(found, init.span)

    def _marked(self, value: Value, span: Span) -> Value:
        """A tensor, with the expression that it comes from."""
        if not isinstance(value, Tensor) or value.origin is span:
            return value
        return Tensor(value.shape, value.dtype, span)

    @staticmethod
    def _bounded_text(parts: Sequence[str | None]) -> Value:
        known = [each for each in parts if each is not None]
        if len(known) < len(parts) or sum(map(len, known)) > limits.current().items:
            return UNKNOWN
        return "".join(known)

    def _text(self, node: tree.Node, frame: Frame) -> str | None:
        found = self.value(node, frame)
        if isinstance(found, str):
            return found
        number = as_int(found)
        return None if number is None else str(number)


def _anew(args: Sequence[ir.Arg], given: Sequence[tuple[str | None, Value]]) -> frozenset[int]:
    """Which arguments of a recipe are layers that are built there, not those that exist."""
    if any(each.star for each in args):
        return frozenset()
    pairs = enumerate(zip(args, given, strict=True))
    return frozenset(
        at
        for at, (each, (_, held)) in pairs
        if isinstance(held, Module) and not isinstance(each.value, ir.Ref | ir.Field)
    )
