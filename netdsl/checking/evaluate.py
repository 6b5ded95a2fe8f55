"""Expressions, evaluated as far as sizes are known."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking import operators
from netdsl.checking.costs import parameter
from netdsl.checking.frame import Frame, GaveUp
from netdsl.checking.indexing import elements_of, indexed, unpacked
from netdsl.checking.inference import Inference
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Dtype,
    Items,
    Module,
    Named,
    Recipe,
    Record,
    Repeated,
    Tensor,
    Value,
    as_int,
    joined,
)
from netdsl.diagnostics import Diagnostics, Label
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Shape
from netdsl.source import Span
from netdsl.syntax import tree


class Evaluator(ABC):
    """Evaluates expressions. What a call does is said by those that derive from it."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        self.definitions = definitions
        self.diagnostics = diagnostics
        self.sizes = Sizes()
        self.steps = 0
        self.values: dict[str, Value] = {}
        self.sized = Inference()
        self.context: list[tuple[Span, str]] = []
        """Where the entry that is followed was written, and what it is called."""

    @abstractmethod
    def call(self, node: ir.Call, frame: Frame) -> Value:
        """What a call gives."""

    @abstractmethod
    def built(self, node: tree.Node, frame: Frame) -> Value:
        """A container, a combinator, a list of layers."""

    # ---- saying what is wrong ------------------------------------------------

    def report(self, found: Mismatch, span: Span, labels: Sequence[Label] = ()) -> None:
        """One finding, with the entry whose sizes led to it."""
        shown = [label for label in labels if label.span != span]
        if self.context:
            where, name = self.context[-1]
            if where.source is not span.source or not where.start <= span.start < where.end:
                shown.append(Label(where, f"in `{name}`"))
        self.diagnostics.error(found.code, found.message, span, hint=found.hint, labels=shown)

    def tick(self) -> None:
        limits.tick()
        self.steps += 1
        if self.steps > limits.current().steps:
            raise GaveUp

    # ---- expressions ---------------------------------------------------------

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
                return Dimension(number) if isinstance(number, int) else number
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
                return Recipe(found, tuple(given)) if given else found
            case ir.Deferred():
                return Closure(node, dict(frame.variables), frame.owner)
            case ir.Initialised(layer):
                return self.value(layer, frame)
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
                found = [self._subscript(each, frame) for each in subscripts]
                return indexed(self.value(inner, frame), found, self.sizes)
            case tree.Unary(op, operand):
                return operators.unary(op, self.value(operand, frame), self.sizes)
            case tree.Binary(op, left, right):
                one, other = self.value(left, frame), self.value(right, frame)
                return self._marked(self.binary(op, one, other), node.span)
            case tree.Compare(first, rest):
                return self._compare(first, rest, frame)
            case tree.Logical(op, left, right):
                return self._logical(op, left, right, frame)
            case tree.Ternary(condition, then, otherwise):
                return self._ternary(condition, then, otherwise, frame)
            case _:
                assert isinstance(node, tree.Node)
                return self.built(node, frame)

    def _marked(self, value: Value, span: Span) -> Value:
        """A tensor, with the expression that it comes from."""
        return Tensor(value.shape, value.dtype, span) if isinstance(value, Tensor) else value

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

    # ---- names ---------------------------------------------------------------

    def name(self, ref: ir.Ref, frame: Frame) -> Value:
        name = ref.name
        match ref.kind:
            case "parameter" | "local" | "dim" | "share":
                return frame.variables.get(name, UNKNOWN)
            case "let" | "function":
                if name in frame.variables:
                    return frame.variables[name]
                return self.global_value(name)
            case "class" | "stored" | "child":
                if frame.building and name in frame.variables and ref.kind != "child":
                    return frame.variables[name]
                owner = frame.owner
                return UNKNOWN if owner is None else self.attribute(owner, name)
            case "self":
                return frame.owner if frame.owner is not None else UNKNOWN
            case "module" | "def" | "record" | "extern":
                return self.global_value(name)
            case "layer":
                return Class(name)
            case "method":
                return self._method(frame.owner, name)
            case "torch":
                return _dtype(name)
            case "math":
                constant = getattr(math, name, None)
                return constant if isinstance(constant, float) else UNKNOWN
            case _:
                return UNKNOWN

    def global_value(self, name: str) -> Value:
        """What a name of the file stands for; a value is worked out once."""
        if name not in self.values:
            self.values[name] = UNKNOWN
            self.values[name] = self._global(name)
        return self.values[name]

    def _global(self, name: str) -> Value:
        definition = self.definitions.get(name)
        match definition:
            case ir.ModuleDef():
                return Class(name, definition)
            case ir.LetFunction() | ir.Function():
                return Closure(definition, {})
            case ir.LetValue(names, value):
                found = self.value(value, Frame())
                if len(names) == 1:
                    return found
                if isinstance(found, Items) and len(found.elements) == len(names):
                    return found.elements[names.index(name)]
                return UNKNOWN
            case ir.RecordDef() | ir.ExternDef(kind="module"):
                return Class(name)
            case _:
                return UNKNOWN

    def _method(self, owner: Module | None, name: str) -> Value:
        definition = None if owner is None else owner.cls.definition
        for method in definition.methods if definition is not None else ():
            if method.name == name:
                return Closure(method, {}, owner)
        return UNKNOWN

    def attribute(self, owner: Module, name: str) -> Value:
        """What `self.name` is."""
        if name in owner.attributes:
            return owner.attributes[name]
        if owner.items is not None and name in owner.items:
            return owner.items[name]
        parent = owner.attributes.get("super()")
        if isinstance(parent, Module) and name not in owner.arguments:
            return self.attribute(parent, name)
        found = parameter(owner, name)  # before the argument `bias`
        return found if found is not UNKNOWN else owner.arguments.get(name, UNKNOWN)

    def field(self, value: Value, name: str, span: Span) -> Value:
        match value:
            case Record(_, fields):
                return fields.get(name, UNKNOWN)
            case Tensor(shape, dtype):
                return self._tensor_field(shape, dtype, name)
            case Module():
                found = self.attribute(value, name)
                return found if found is not UNKNOWN else self._method(value, name)
            case Class(_, definition) if definition is not None:
                for each in definition.body:
                    if isinstance(each, ir.LetValue) and each.class_level and each.names == (name,):
                        return self.value(each.value, Frame())
                return UNKNOWN
            case Items(elements, "values") if name in ("values", "indices"):
                return elements[name == "indices"]
            case _:
                return UNKNOWN

    def _tensor_field(self, shape: Shape, dtype: str | None, name: str) -> Value:
        if name == "shape":
            return Items(tuple(UNKNOWN if part is None else part for part in shape.parts), "size")
        if name in ("mT", "T", "mH", "H") and shape.rank is not None:
            if shape.rank and name != "T" and (shape.rank < 2 or (name == "H" and shape.rank > 2)):
                raise Mismatch(
                    f"`.{name}` turns matrices, but this is {shape}",
                    "`x.transpose(a, b)` changes any two axes.",
                )
            if name == "T" or shape.rank < 2:
                return Tensor(Shape(tuple(reversed(shape.parts))), dtype)
            return Tensor(Shape((*shape.parts[:-2], shape.parts[-1], shape.parts[-2])), dtype)
        if name == "dtype":
            return Dtype(dtype)
        if name == "ndim":
            return UNKNOWN if shape.rank is None else Dimension(shape.rank)
        if name in ("data", "grad", "real", "imag"):
            return Tensor(shape, dtype)
        return UNKNOWN

    # ---- operators -----------------------------------------------------------

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true, if that is known."""
        return operators.truth(value, self.sizes)

    def condition(self, node: tree.Node, frame: Frame) -> bool | None:
        """Whether a condition holds, if that is known."""
        found = self.value(node, frame)
        try:
            return operators.asked(found, self.sizes)
        except Mismatch as wrong:
            self.report(wrong, node.span)
            return None

    def binary(self, op: str, one: Value, other: Value) -> Value:
        """What an operator between two values gives."""
        return operators.binary(op, one, other, self.sizes)

    def _compare(self, first: tree.Node, rest: tuple[tuple[str, Any], ...], frame: Frame) -> Value:
        left = self.value(first, frame)
        result: Value = True
        for op, operand in rest:
            right = self.value(operand, frame)
            found = operators.compared(op, left, right, self.sizes)
            if found is not True:
                if found is False:
                    return False
                result = found if len(rest) == 1 else UNKNOWN
                if len(rest) > 1 and operand is not rest[-1][1]:
                    operators.asked(found, self.sizes)
            left = right
        return result

    def _logical(self, op: str, left: tree.Node, right: tree.Node, frame: Frame) -> Value:
        one = self.value(left, frame)
        known = operators.asked(one, self.sizes)
        if known is None:
            other = self.value(right, frame)
            decided = self.truth(other)
            return decided if decided is (op == "or") else UNKNOWN
        return self.value(right, frame) if known == (op == "and") else one

    def _ternary(
        self, condition: tree.Node, then: tree.Node, otherwise: tree.Node, frame: Frame
    ) -> Value:
        known = self.condition(condition, frame)
        if known is not None:
            return self.value(then if known else otherwise, frame)
        facts = self.sizes.facts
        self.assume(condition, True, frame)
        one = self.value(then, frame)
        self.sizes.facts = facts
        self.assume(condition, False, frame)
        other = self.value(otherwise, frame)
        self.sizes.facts = facts
        return joined(one, other)

    def assume(self, condition: tree.Node, outcome: bool, frame: Frame) -> None:
        """Takes what a condition says of sizes as a fact."""
        match condition:
            case tree.Compare(first, ((op, second),)):
                one, other = self.value(first, frame), self.value(second, frame)
                if isinstance(one, Dimension) and isinstance(other, Dimension):
                    operators.assume(op, one, other, outcome, self.sizes)
            case tree.Unary("not", operand):
                self.assume(operand, not outcome, frame)
            case tree.Logical("and", left, right) if outcome:
                self.assume(left, True, frame)
                self.assume(right, True, frame)
            case tree.Logical("or", left, right) if not outcome:
                self.assume(left, False, frame)
                self.assume(right, False, frame)

    # ---- lists, tuples, dicts ------------------------------------------------

    def _items(self, elements: Sequence[object], frame: Frame, kind: str) -> Value:
        found: list[Value] = []
        for each in elements:
            if isinstance(each, tree.Splice):
                if not _extended(found, self.value(each.value, frame)):
                    return UNKNOWN
            else:
                found.append(self.value(each, frame))
        return Items(tuple(found), kind)

    def _list(self, node: tree.List, frame: Frame) -> Value:
        found: list[Value] = []
        for item in node.items:
            match item:
                case tree.Item(_, value, ()):
                    found.append(self.value(value, frame))
                case tree.Item(_, value, clauses):
                    each = self._comprehension(value, clauses, frame)
                    if len(node.items) == 1:
                        return each
                    if not _extended(found, each):
                        return UNKNOWN
                case tree.Splice(value):
                    if not _extended(found, self.value(value, frame)):
                        return UNKNOWN
                case _:
                    return UNKNOWN
        return Items(tuple(found), "list")

    def _comprehension(
        self, element: tree.Node, clauses: Sequence[tree.Clause], frame: Frame
    ) -> Value:
        scopes = self.iterations(clauses, frame)
        if scopes is None:
            return UNKNOWN
        found, whole = scopes
        if not whole:
            return Repeated(self.value(element, found[0])) if found else UNKNOWN
        return Items(tuple(self.value(element, each) for each in found), "list")

    def iterations(
        self, clauses: Sequence[tree.Clause], frame: Frame
    ) -> tuple[list[Frame], bool] | None:
        """The scopes that clauses run through: all of them, or one that is like each of those
        whose number is not known. None if nothing is known."""
        scopes, whole = [frame.inner()], True
        for clause in clauses:
            following: list[Frame] = []
            for scope in scopes:
                over = self.elements(self.value(clause.iterable, scope))
                if isinstance(over, Repeated):
                    whole = False
                    over_ = [over.element]
                elif over is None:
                    return None
                else:
                    over_ = list(over)
                for value in over_:
                    self.tick()
                    inner = scope.inner()
                    self.bind(clause.target, value, inner)
                    known = [self.condition(each, inner) for each in clause.conditions]
                    if None in known:
                        return None
                    if all(known):
                        following.append(inner)
            scopes = following
        return scopes, whole

    def elements(self, value: Value) -> Sequence[Value] | Repeated | None:
        """What iterating over a value gives."""
        return elements_of(value, self.sizes)

    def bind(self, target: tree.Node | None, value: Value, frame: Frame) -> None:
        """Gives variables their values."""
        match target:
            case ir.Ref("local" | "parameter" | "dim", name):
                frame.variables[name] = value
            case tree.Tuple(elements):
                values = unpacked(value, elements, self.sizes)
                for element, each in zip(elements, values, strict=True):
                    inner = element.value if isinstance(element, tree.Splice) else element
                    self.bind(inner, each, frame)
            case _:
                pass

    def _dict(self, pairs: Sequence[tree.Pair | tree.Spread], frame: Frame) -> Value:
        found: dict[str, Value] = {}
        complete = True
        for pair in pairs:
            if isinstance(pair, tree.Spread):
                inner = self.value(pair.value, frame)
                if not isinstance(inner, Named):
                    return UNKNOWN
                found.update(inner.values)
                complete = complete and inner.complete
                continue
            key = self.value(pair.key, frame)
            if not isinstance(key, str):
                return UNKNOWN
            found[key] = self.value(pair.value, frame)
        return Named(found, complete)

    def _subscript(self, node: object, frame: Frame) -> Value:
        if isinstance(node, tree.Slice):
            parts = (node.lower, node.upper, node.step)
            return Items(tuple(None if p is None else self.value(p, frame) for p in parts), "slice")
        return self.value(node, frame)

    # ---- arguments -----------------------------------------------------------

    def arguments(
        self, args: Sequence[ir.Arg], frame: Frame
    ) -> list[tuple[str | None, Value]] | None:
        """The arguments of a call; None if it is not known how many there are."""
        found: list[tuple[str | None, Value]] = []
        for arg in args:
            value = self.value(arg.value, frame)
            if arg.star == "*":
                more: list[Value] = []
                if not _extended(more, value) or len(found) + len(more) > limits.current().items:
                    return None
                found += [(None, each) for each in more]
            elif arg.star == "**":
                if not isinstance(value, Named) or not value.complete:
                    return None
                found += list(value.values.items())
            else:
                found.append((arg.name, value))
        return found


_KINDS = (("bool", "bool"), ("float", "float"), ("double", "float"), ("half", "float"),
          ("bfloat", "float"), ("int", "int"), ("uint", "int"), ("long", "int"), ("short", "int"),
          ("complex", "complex"), ("cfloat", "complex"), ("cdouble", "complex"))  # fmt: skip


def _dtype(qualified: str) -> Value:
    """The type of numbers that a name of torch stands for."""
    name = qualified.removeprefix("torch.")
    kind = next((kind for start, kind in _KINDS if name.rstrip("0123456789") == start), None)
    return UNKNOWN if kind is None else Dtype(kind)


def _extended(found: list[Value], more: Value) -> bool:
    """Adds the elements of a list to others; not if they are unknown, or too many in all."""
    if not isinstance(more, Items):
        return False
    if len(found) + len(more.elements) > limits.current().items:
        return False
    found += more.elements
    return True
