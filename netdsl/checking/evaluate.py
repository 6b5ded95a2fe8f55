"""Expressions, evaluated as far as sizes are known."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking.frame import Frame, GaveUp
from netdsl.checking.functions import combined
from netdsl.checking.inference import Inference
from netdsl.checking.products import subscripted
from netdsl.checking.rules import Call, size_of
from netdsl.checking.sizes import Mismatch, Sizes
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
    as_int,
    is_number,
    joined,
)
from netdsl.diagnostics import Diagnostics, Label
from netdsl.shapes.dimension import Dimension, maximum, minimum
from netdsl.shapes.facts import Truth, equal, less_equal
from netdsl.shapes.shape import Run, Shape
from netdsl.source import Span
from netdsl.syntax import tree

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


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
        self.steps += 1
        if self.steps > limits.CHECK_STEPS:
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
                return UNKNOWN if None in texts else "".join(texts)  # type: ignore[arg-type]
            case tree.Tuple(elements):
                return self._items(elements, frame, "tuple")
            case tree.List():
                return self._list(node, frame)
            case ir.Generator(element, clauses):
                return self._comprehension(element, clauses, frame)
            case tree.Dict(pairs):
                return self._dict(pairs, frame)
            case tree.Index(inner, subscripts):
                return self._index(self.value(inner, frame), subscripts, frame)
            case tree.Unary(op, operand):
                return self._unary(op, self.value(operand, frame))
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
        return owner.arguments.get(name, UNKNOWN)

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
        if name in ("mT", "T", "mH") and shape.rank is not None:
            if name == "T" or shape.rank < 2:
                return Tensor(Shape(tuple(reversed(shape.parts))), dtype)
            return Tensor(Shape((*shape.parts[:-2], shape.parts[-1], shape.parts[-2])), dtype)
        if name == "ndim":
            return UNKNOWN if shape.rank is None else Dimension(shape.rank)
        if name in ("data", "grad", "real", "imag"):
            return Tensor(shape, dtype)
        return UNKNOWN

    # ---- operators -----------------------------------------------------------

    def _unary(self, op: str, operand: Value) -> Value:
        if op == "not":
            known = self.truth(operand)
            return UNKNOWN if known is None else not known
        if isinstance(operand, Tensor):
            return Tensor(operand.shape, operand.dtype)
        if is_number(operand):
            number = operand if not isinstance(operand, bool) else Dimension(int(operand))
            return -number if op == "-" else number if op == "+" else UNKNOWN
        return UNKNOWN

    def binary(self, op: str, one: Value, other: Value) -> Value:
        if isinstance(one, Tensor) or isinstance(other, Tensor):
            call = Call(op, self.sizes, {})
            if op == "@":
                from netdsl.checking.products import multiplied

                if not (isinstance(one, Tensor) and isinstance(other, Tensor)):
                    return UNKNOWN
                dtype = one.dtype if one.dtype == other.dtype else None
                return Tensor(multiplied(call, one.shape, other.shape), dtype)
            return combined(call, one, other, "float" if op == "/" else None)
        if isinstance(one, Items) and isinstance(other, Items) and op == "+":
            return Items(one.elements + other.elements, one.kind)
        if isinstance(one, Items) and op == "*":
            count = as_int(other)
            if count is None or count * len(one.elements) > limits.CHECK_ITEMS:
                return UNKNOWN
            return Items(one.elements * count, one.kind)
        if isinstance(one, str) and isinstance(other, str) and op == "+":
            return one + other
        if op not in _ARITHMETIC or not (is_number(one) and is_number(other)):
            return UNKNOWN
        return self._number(op, one, other)

    def _number(self, op: str, one: Value, other: Value) -> Value:
        left, right = (Dimension(int(x)) if isinstance(x, bool) else x for x in (one, other))
        if op in ("/", "//", "%") and right in (Dimension(0), 0.0):
            raise Mismatch(f"`{op}` divides by 0", "divide by another number.", "bad-value")
        if isinstance(left, Dimension) and isinstance(right, Dimension):
            if op == "/":
                a, b = left.as_int(), right.as_int()
                return a / b if a is not None and b else UNKNOWN
            if op == "**":
                power = right.as_int()
                base = left.as_int()
                if power is None:
                    return UNKNOWN
                if power < 0:
                    return float(base) ** power if base else UNKNOWN
                return self.sizes.known(left**power)
            return self.sizes.known(_ARITHMETIC[op](left, right))
        numbers = [as_int(x) if isinstance(x, Dimension) else x for x in (left, right)]
        if None in numbers:
            return UNKNOWN
        result = _ARITHMETIC[op](*numbers)
        return result if isinstance(result, float) else UNKNOWN

    def _compare(self, first: tree.Node, rest: tuple[tuple[str, Any], ...], frame: Frame) -> Value:
        left = self.value(first, frame)
        result: Value = True
        for op, operand in rest:
            right = self.value(operand, frame)
            found = self._compared(op, left, right)
            if found is not True:
                if found is False:
                    return False
                result = found if len(rest) == 1 else UNKNOWN
            left = right
        return result

    def _compared(self, op: str, one: Value, other: Value) -> Value:
        if op in ("is", "is not"):
            if one is UNKNOWN or other is UNKNOWN:
                return UNKNOWN
            same = one is other
            return same if op == "is" else not same
        if isinstance(one, Tensor) or isinstance(other, Tensor):
            return combined(Call(op, self.sizes, {}), one, other, "bool")
        if op in ("in", "not in"):
            return self._contains(op, one, other)
        if one is UNKNOWN or other is UNKNOWN:
            return UNKNOWN
        if isinstance(one, Dimension) and isinstance(other, Dimension):
            return self._compared_sizes(op, one, other)
        if op in ("==", "!="):
            if isinstance(one, str | float | bool | None | Dimension) and isinstance(
                other, str | float | bool | None | Dimension
            ):
                a, b = (as_int(x) if isinstance(x, Dimension) else x for x in (one, other))
                if (a is None and one is not None) or (b is None and other is not None):
                    return UNKNOWN
                return (a == b) == (op == "==")
            return UNKNOWN
        numbers = [as_int(x) if isinstance(x, Dimension | bool) else x for x in (one, other)]
        if all(isinstance(x, int | float) for x in numbers):
            return _COMPARED[op](*numbers)
        return UNKNOWN

    def _compared_sizes(self, op: str, one: Dimension, other: Dimension) -> Value:
        facts = self.sizes.facts
        match op:
            case "==" | "!=":
                truth = equal(one, other, facts)
                yes = op == "=="
            case "<=":
                truth, yes = less_equal(one, other, facts), True
            case ">=":
                truth, yes = less_equal(other, one, facts), True
            case "<":
                truth, yes = less_equal(other, one, facts), False
            case _:
                truth, yes = less_equal(one, other, facts), False
        if truth is Truth.SOMETIMES_OR_UNKNOWN:
            return UNKNOWN
        return (truth is Truth.ALWAYS) == yes

    def _contains(self, op: str, one: Value, other: Value) -> Value:
        if isinstance(other, Items) and all(map(_plain, (one, *other.elements))):
            return (one in other.elements) == (op == "in")
        if isinstance(other, str) and isinstance(one, str):
            return (one in other) == (op == "in")
        return UNKNOWN

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true, if that is known."""
        match value:
            case bool():
                return value
            case None:
                return False
            case str() | float():
                return bool(value)
            case Dimension():
                zero = equal(value, 0, self.sizes.facts)
                if zero is Truth.SOMETIMES_OR_UNKNOWN:
                    return None
                return zero is Truth.NEVER
            case Items(elements):
                return bool(elements) if not any(isinstance(x, Run) for x in elements) else None
            case _:
                return None

    def _logical(self, op: str, left: tree.Node, right: tree.Node, frame: Frame) -> Value:
        one = self.value(left, frame)
        known = self.truth(one)
        if known is None:
            other = self.value(right, frame)
            decided = self.truth(other)
            return decided if decided is (op == "or") else UNKNOWN
        return self.value(right, frame) if known == (op == "and") else one

    def _ternary(
        self, condition: tree.Node, then: tree.Node, otherwise: tree.Node, frame: Frame
    ) -> Value:
        known = self.truth(self.value(condition, frame))
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
                    self._assume(op, one, other, outcome)
            case tree.Unary("not", operand):
                self.assume(operand, not outcome, frame)
            case tree.Logical("and", left, right) if outcome:
                self.assume(left, True, frame)
                self.assume(right, True, frame)
            case tree.Logical("or", left, right) if not outcome:
                self.assume(left, False, frame)
                self.assume(right, False, frame)

    def _assume(self, op: str, one: Dimension, other: Dimension, outcome: bool) -> None:
        if not outcome:
            op = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}.get(op, "")
        facts = self.sizes.facts
        found = facts
        match op:
            case "==":
                found = facts.assume_equal(one, other) or facts
            case "<=":
                found = facts.assume_less_equal(one, other) or facts
            case "<":
                found = facts.assume_less_equal(one + 1, other) or facts
            case ">=":
                found = facts.assume_less_equal(other, one) or facts
            case ">":
                found = facts.assume_less_equal(other + 1, one) or facts
        self.sizes.facts = found

    # ---- lists, tuples, dicts ------------------------------------------------

    def _items(self, elements: Sequence[object], frame: Frame, kind: str) -> Value:
        found: list[Value] = []
        for each in elements:
            if isinstance(each, tree.Splice):
                inner = self.value(each.value, frame)
                if not isinstance(inner, Items):
                    return UNKNOWN
                found += inner.elements
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
                    if not isinstance(each, Items):
                        return each if len(node.items) == 1 else UNKNOWN
                    found += each.elements
                case tree.Splice(value):
                    inner = self.value(value, frame)
                    if not isinstance(inner, Items):
                        return UNKNOWN
                    found += inner.elements
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
                    known = [self.truth(self.value(each, inner)) for each in clause.conditions]
                    if None in known:
                        return None
                    if all(known):
                        following.append(inner)
            scopes = following
        return scopes, whole

    def elements(self, value: Value) -> Sequence[Value] | Repeated | None:
        """What iterating over a value gives."""
        match value:
            case Items(elements):
                return None if any(isinstance(x, Run) for x in elements) else elements
            case Repeated():
                return value
            case Module(items=items, repeated=repeated) if (
                items is not None or repeated is not None
            ):
                if repeated is not None:
                    return Repeated(repeated)
                assert items is not None
                return list(items.values()) if value.cls.name != "ModuleDict" else list(items)
            case Tensor(shape):
                count = (
                    None
                    if shape.rank is None or not shape.rank
                    else self.sizes.number(shape.axis(0))
                )
                part = Tensor(Shape(shape.parts[1:])) if shape.rank else UNKNOWN
                if count is None or count > limits.CHECK_ITEMS:
                    return Repeated(part)
                return [part] * count
            case Named(values, True):
                return list(values)
            case _:
                return None

    def bind(self, target: tree.Node | None, value: Value, frame: Frame) -> None:
        """Gives variables their values."""
        match target:
            case ir.Ref("local" | "parameter" | "dim", name):
                frame.variables[name] = value
            case tree.Tuple(elements):
                values = self.unpacked(value, elements)
                for element, each in zip(elements, values, strict=True):
                    inner = element.value if isinstance(element, tree.Splice) else element
                    self.bind(inner, each, frame)
            case _:
                pass

    def unpacked(self, value: Value, targets: Sequence[object]) -> Iterator[Value] | list[Value]:
        """A value for each target of an assignment to several.

        Raises:
            Mismatch: there are more or fewer values than targets.
        """
        count = len(targets)
        starred = [at for at, each in enumerate(targets) if isinstance(each, tree.Splice)]
        found = self.elements(value)
        if found is None or isinstance(found, Repeated):
            element = found.element if isinstance(found, Repeated) else UNKNOWN
            return [UNKNOWN if at in starred else element for at in range(count)]
        if starred:
            at, rest = starred[0], len(found) - count + 1
            if rest < 0:
                raise Mismatch(f"{count - 1} names at least stand for {len(found)} values")
            middle = Items(tuple(found[at : at + rest]), "list")
            return [*found[:at], middle, *found[at + rest :]]
        if len(found) != count:
            raise Mismatch(
                f"{count} names stand for {len(found)} values",
                "give as many names as there are values.",
            )
        return list(found)

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

    def _index(self, value: Value, subscripts: Sequence[object], frame: Frame) -> Value:
        found = [self._subscript(each, frame) for each in subscripts]
        if isinstance(value, Tensor):
            call = Call("index", self.sizes, {})
            return Tensor(subscripted(call, value.shape, found), value.dtype)
        if len(found) != 1:
            return UNKNOWN
        index = found[0]
        match value:
            case Items(elements, kind):
                return self._element(elements, kind, index)
            case Repeated(element):
                return value if isinstance(index, Items) else element
            case Named(values, complete) if isinstance(index, str):
                if index not in values and complete:
                    raise missing_item(index, values)
                return values.get(index, UNKNOWN)
            case Module(items=items) if items is not None:
                if isinstance(index, str):
                    if index not in items:
                        raise missing_item(index, items)
                    return items[index]
                return self._element(tuple(items.values()), "list", index)
            case Module(repeated=repeated) if repeated is not None:
                return UNKNOWN if isinstance(index, Items) else repeated
            case _:
                return UNKNOWN

    def _element(self, elements: tuple[Value, ...], kind: str, index: Value) -> Value:
        run = next((at for at, each in enumerate(elements) if isinstance(each, Run)), None)
        if isinstance(index, Items) and index.kind == "slice":
            bounds = [None if each is None else as_int(each) for each in index.elements]
            if any(
                each is None and of is not None
                for each, of in zip(bounds, index.elements, strict=True)
            ):
                return UNKNOWN
            lower, upper, step = bounds
            if run is not None and not _keeps_run(run, len(elements), lower, upper, step):
                return UNKNOWN
            return Items(elements[slice(lower, upper, step)], kind)
        at = as_int(index)
        if at is None:
            return UNKNOWN
        if run is not None:
            inside = (at <= -1 and at + len(elements) > run) or 0 <= at < run
            return elements[at] if inside else UNKNOWN
        if not -len(elements) <= at < len(elements):
            count = len(elements)
            raise Mismatch(
                f"index {at} is out of range: there {'is' if count == 1 else 'are'} {count}",
                f"the last has index {count - 1}." if count else "there is nothing to take.",
                "bad-value",
            )
        return elements[at]

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
                if not isinstance(value, Items):
                    return None
                found += [(None, each) for each in value.elements]
            elif arg.star == "**":
                if not isinstance(value, Named) or not value.complete:
                    return None
                found += list(value.values.items())
            else:
                found.append((arg.name, value))
        return found

    # ---- Python's functions --------------------------------------------------

    def builtin(self, name: str, values: list[Value], named: dict[str, Value]) -> Value:
        """What one of Python's functions gives."""
        match name, values:
            case "range", _:
                return self._range(values)
            case "len", [value]:
                if isinstance(value, Tensor):
                    return value.shape.axis(0) or UNKNOWN
                found = self.elements(value)
                return Dimension(len(found)) if isinstance(found, Sequence) else UNKNOWN
            case ("min" | "max"), _:
                return self._extreme(name, values)
            case "sum", [value, *start]:
                return self._sum(value, start)
            case "abs", [value]:
                number = as_int(value) if isinstance(value, Dimension) else value
                if isinstance(number, float):
                    return abs(number)
                return Dimension(abs(number)) if isinstance(number, int) else UNKNOWN
            case ("int" | "float" | "bool" | "round"), [value]:
                return self._converted(name, value)
            case "str", [value]:
                number = as_int(value)
                return (
                    value if isinstance(value, str) else UNKNOWN if number is None else str(number)
                )
            case ("list" | "tuple" | "sorted" | "reversed" | "enumerate" | "zip" | "accumulate"), _:
                return self._sequence(name, values, named)
            case ("all" | "any"), [Items(elements)]:
                known = [self.truth(each) for each in elements]
                if (name == "any") in known:
                    return name == "any"
                return UNKNOWN if None in known else name == "all"
            case _:
                return UNKNOWN

    def _range(self, values: list[Value]) -> Value:
        numbers = [as_int(each) for each in values]
        if None not in numbers and numbers:
            found = range(*numbers)  # type: ignore[arg-type]
            if len(found) > limits.CHECK_ITEMS:
                return UNKNOWN
            return Items(tuple(map(Dimension, found)), "list")
        return Repeated(UNKNOWN) if all(isinstance(x, Dimension) for x in values) else UNKNOWN

    def _extreme(self, name: str, values: list[Value]) -> Value:
        if len(values) == 1 and isinstance(values[0], Items):
            values = list(values[0].elements)
        if values and all(isinstance(each, Dimension) for each in values):
            return self.sizes.known((minimum if name == "min" else maximum)(*values))
        numbers = [as_int(x) if isinstance(x, Dimension | bool) else x for x in values]
        plain = [each for each in numbers if isinstance(each, int | float)]
        if plain and len(plain) == len(numbers):
            best = (min if name == "min" else max)(plain)
            return best if isinstance(best, float) else Dimension(best)
        return UNKNOWN

    def _sum(self, value: Value, start: list[Value]) -> Value:
        found = self.elements(value)
        if found is None or isinstance(found, Repeated):
            return UNKNOWN
        total: Value = start[0] if start else Dimension(0)
        for each in found:
            total = self.binary("+", total, each)
        return total

    def _converted(self, name: str, value: Value) -> Value:
        if name == "bool":
            known = self.truth(value)
            return UNKNOWN if known is None else known
        if isinstance(value, Dimension):
            number = value.as_int()
            return value if name != "float" else UNKNOWN if number is None else float(number)
        if isinstance(value, bool | float):
            if name == "float":
                return float(value)
            return Dimension(int(value) if name == "int" else round(value))
        return UNKNOWN

    def _sequence(self, name: str, values: list[Value], named: dict[str, Value]) -> Value:
        found = [self.elements(each) for each in values]
        if name == "enumerate" and found:
            inner = found[0]
            start = (
                as_int(values[1]) if len(values) > 1 else as_int(named.get("start", Dimension(0)))
            )
            if isinstance(inner, Repeated):
                return Repeated(Items((UNKNOWN, inner.element), "tuple"))
            if inner is None or start is None:
                return UNKNOWN
            pairs = (Items((Dimension(at), x), "tuple") for at, x in enumerate(inner, start))
            return Items(tuple(pairs), "list")
        if name == "zip":
            if any(isinstance(each, Repeated) for each in found):
                parts = [each.element if isinstance(each, Repeated) else UNKNOWN for each in found]
                return Repeated(Items(tuple(parts), "tuple"))
            if None in found:
                return UNKNOWN
            return Items(tuple(Items(each, "tuple") for each in zip(*found, strict=False)), "list")
        if not found or found[0] is None or isinstance(found[0], Repeated):
            return (
                found[0]
                if found and isinstance(found[0], Repeated) and name != "accumulate"
                else UNKNOWN
            )
        elements = tuple(found[0])
        if name == "reversed":
            return Items(elements[::-1], "list")
        if name in ("list", "tuple"):
            return Items(elements, name)
        if name == "accumulate" and len(values) == 1:
            totals: list[Value] = []
            for each in elements:
                totals.append(each if not totals else self.binary("+", totals[-1], each))
            return Items(tuple(totals), "list")
        if name == "sorted" and not named:
            numbers = [as_int(each) for each in elements]
            if None not in numbers:
                return Items(tuple(map(Dimension, sorted(numbers))), "list")  # type: ignore[type-var,arg-type]
        return UNKNOWN

    def math_function(self, name: str, values: list[Value]) -> Value:
        """What one of Python's functions of `math` gives."""
        numbers = [as_int(each) if isinstance(each, Dimension) else each for each in values]
        if not all(isinstance(each, int | float) for each in numbers):
            if name in ("ceil", "floor") and isinstance(values[0], Dimension):
                return values[0]
            return UNKNOWN
        result = getattr(math, name)(*numbers)
        return result if isinstance(result, bool | float) else Dimension(result)


def _plain(value: Value) -> bool:
    return isinstance(value, str) or (size_of(value) is not None and as_int(value) is not None)


def _keeps_run(
    run: int, count: int, lower: int | None, upper: int | None, step: int | None
) -> bool:
    """Whether a slice of sizes takes all of a run, or none of it."""
    if step not in (None, 1):
        return False
    begins = lower is None or 0 <= lower <= run or (lower < 0 and lower + count > run)
    ends = upper is None or (upper < 0 and upper + count > run) or 0 <= upper <= run
    return begins and ends


def missing_item(name: str, among: Iterable[str]) -> Mismatch:
    """What is said of a key that is not there."""
    known = ", ".join(f"`{each}`" for each in list(among)[:8])
    message = f"there is no `{name}`"
    return Mismatch(message, f"there is: {known}." if known else None, "bad-value")
