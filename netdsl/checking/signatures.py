"""Signatures: inputs held against them, dimensions bound by them, results checked by them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.checking.arity import what_it_is
from netdsl.checking.evaluate import Evaluator
from netdsl.checking.evaluate.base import origins
from netdsl.checking.evaluate.names import own_names
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import element_at
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Module, Named, Number, Tensor, Value, is_number
from netdsl.diagnostics import Label
from netdsl.shapes.dimension import Dimension, symbol
from netdsl.shapes.shape import ANY, Part, Run, Shape
from netdsl.source import Span
from netdsl.syntax import tree

_DTYPES = {"int": "int", "bool": "bool", "float": "float", None: "float"}
_WRITTEN = {"float": "", "complex": "any"}
"""What stands before a shape, where that is not the kind itself."""


class Signatures(Evaluator):
    """What shapes in headers say."""

    @abstractmethod
    def apply(self, module: Module, given: Sequence[tuple[str | None, Value]], span: Span) -> Value:
        """What a module gives for its inputs."""

    # ---- inputs --------------------------------------------------------------

    def bind_shapes(self, function: ir.Function, frame: Frame, span: Span) -> bool:
        """Holds arguments against the shapes in a header, and binds the dimensions that it
        names. Whether they fit."""
        for parameter in function.parameters:
            value = frame.variables.get(parameter.name, UNKNOWN)
            if parameter.shape is None:
                if not self._plain(parameter, value, span):
                    return False
                continue
            try:
                fitted = self.fitted(parameter.shape, value, frame, parameter.name)
            except Mismatch as found:
                known = isinstance(value, Tensor) and value.origin is not None
                self.report(
                    found, span, [Label(value.origin, f"this is {value.shape}")] if known else []
                )
                return False
            frame.variables[parameter.name] = fitted
        return True

    def _plain(self, parameter: ir.Parameter, value: Value, span: Span) -> bool:
        """Whether what is declared a number or a string is no tensor of many numbers."""
        several = isinstance(value, Tensor) and value.shape.rank not in (None, 0)
        if not (several and isinstance(parameter.type, types.Scalar)):
            return True
        self.report(
            Mismatch(
                f"{parameter.name} is declared {parameter.type.name}, but is {value.shape}",
                "give one value; a tensor is declared by its shape.",
                "wrong-type",
            ),
            span,
            [Label(value.origin, f"this is {value.shape}")] if value.origin is not None else [],
        )
        return False

    def fitted(self, node: tree.TypeExpr, value: Value, frame: Frame, what: str) -> Value:
        """A value that meets a type, with what the type says of it.

        Raises:
            Mismatch: it does not.
        """
        match node:
            case tree.OptionalType(inner):
                return None if value is None else self.fitted(inner, value, frame, what)
            case tree.TupleType(elements):
                return self._fitted_tuple(elements, value, frame, what)
            case tree.DictType(fields):
                return self._fitted_dict(dict(fields), value, frame, what)
            case tree.NamedType(name, dims) if dims is not None and name != "list":
                return self._fitted_tensor(node, value, frame, what)
            case _:
                return value

    def _fitted_tuple(
        self, elements: tuple[tree.TypeExpr, ...], value: Value, frame: Frame, what: str
    ) -> Value:
        if not isinstance(value, Items):
            if value is UNKNOWN:
                found = [self.fitted(each, UNKNOWN, frame, what) for each in elements]
                return Items(tuple(found), "tuple")
            raise Mismatch(f"{what} is declared as {len(elements)} tensors, but is {_shown(value)}")
        if len(value.elements) != len(elements):
            raise Mismatch(
                f"{what} is declared as {len(elements)} tensors, but has {len(value.elements)}"
            )
        pairs = zip(elements, value.elements, strict=True)
        return Items(
            tuple(
                self.fitted(of, each, frame, f"item {at} of {what}")
                for at, (of, each) in enumerate(pairs)
            ),
            value.kind,
        )

    def _fitted_dict(
        self, fields: dict[str, tree.TypeExpr], value: Value, frame: Frame, what: str
    ) -> Value:
        if not isinstance(value, Named):
            return value
        found: dict[str, Value] = dict(value.values)
        for name, of in fields.items():
            if name in value.values:
                found[name] = self.fitted(of, value.values[name], frame, f'"{name}" of {what}')
            elif value.complete and not isinstance(of, tree.OptionalType):
                raise Mismatch(f'{what} is declared with "{name}", but has none')
        return Named(found, value.complete)

    def _fitted_tensor(self, node: tree.NamedType, value: Value, frame: Frame, what: str) -> Value:
        if value is not UNKNOWN and not isinstance(value, Tensor | Number):
            if value is None or isinstance(value, Items | Named):
                hint = (
                    "give a tensor, or declare that it may be None with a `?` behind the type."
                    if value is None
                    else "give one of them, or declare them all: `([B, d], [B, d])`."
                )
                raise Mismatch(f"{what} is declared {node.span.text}, but is {_shown(value)}", hint)
            other = what_it_is(value)
            if other is not None and (node.dims or not is_number(value)):
                raise Mismatch(
                    f"{what} is declared {node.span.text}, but is {other}",
                    "give a tensor.",
                    "wrong-type",
                )
            return value
        tensor = value if isinstance(value, Tensor) else Tensor()
        declared = _DTYPES.get(node.name)
        fits = tensor.dtype in (None, declared) or (tensor.dtype == "complex" and not node.name)
        if declared is not None and not fits:
            held = "complex numbers" if tensor.dtype == "complex" else f"{tensor.dtype}s"
            kind = _WRITTEN.get(tensor.dtype or "", tensor.dtype)
            shape = node.span.text.removeprefix(node.name or "")
            raise Mismatch(
                f"{what} is declared to hold {declared}s, but holds {held}",
                f"declare it so: `{kind}{shape}`, or convert it.",
                "wrong-dtype",
            )
        parts = self._matched(node, tensor.shape, frame, what)
        return Tensor(Shape(parts), tensor.dtype or declared, tensor.origin)

    def _matched(
        self, node: tree.NamedType, shape: Shape, frame: Frame, what: str
    ) -> tuple[Part, ...]:
        """The parts of a shape, where names that are not bound yet are bound to its sizes."""
        dims = node.dims or ()
        runs = [at for at, dim in enumerate(dims) if isinstance(dim, tree.AnyDims)]
        if not _can_have(shape, len(dims) - len(runs), bool(runs)):
            raise Mismatch(
                f"{what} is declared {node.span.text}, but is {shape}",
                "the number of axes, and the sizes that are known, are equal.",
            )
        if len(runs) > 1:
            return shape.parts
        behind = len(dims) - runs[0] - 1 if runs else 0
        parts: list[Part] = []
        for at, dim in enumerate(dims):
            if isinstance(dim, tree.AnyDims):
                parts += self._run(dim, shape, at, behind, frame)
                continue
            axis = at - len(dims) if runs and at > runs[0] else at
            if shape.rank is None and not runs and shape.place(axis) is None:
                axis = at - len(dims)
            found = shape.axis(axis)
            size = self._dim(dim, found, frame)
            if not self.sizes.equal(size, found):
                raise Mismatch(
                    f"{what} is declared {node.span.text}, but is {shape}:"
                    f" {self._meaning(dim, size)}, not {self.sizes.known(found)}",
                    "the sizes of a signature are equal to those of what it is given.",
                )
            parts.append(self.sizes.meet(size, found))
        return tuple(parts)

    def _meaning(self, dim: tree.Node, size: Dimension | None) -> str:
        text, value = dim.span.text, str(self.sizes.known(size))
        return f"`{text}` is {value}" if text != value else value

    def _run(
        self, dim: tree.AnyDims, shape: Shape, before: int, behind: int, frame: Frame
    ) -> list[Part]:
        """The axes that `*S` stands for."""
        key = f"*{dim.name}"
        if shape.rank is None and (shape.run_at is None or shape.run_at < before):
            found: list[Part] = [Run()]
        else:
            end = len(shape.parts) - behind
            inside = shape.run_at is None or before <= shape.run_at < end
            found = list(shape.parts[before:end]) if inside else [Run()]
        bound = frame.variables.get(key)
        if isinstance(bound, Items) and found == [Run()]:
            return list(bound.elements)
        if isinstance(bound, Items):
            if not self.sizes.same_shape(Shape(tuple(bound.elements)), Shape(tuple(found))):
                raise Mismatch(
                    f"`*{dim.name}` is {Shape(tuple(bound.elements))} and {Shape(tuple(found))}"
                )
            return found
        frame.variables[key] = Items(tuple(found), "size")
        frame.variables[dim.name] = Items(
            tuple(UNKNOWN if part is None else part for part in found), "size"
        )
        return found

    def _dim(self, dim: tree.Node, actual: Dimension | None, frame: Frame) -> Dimension | None:
        """The size that a dimension in a header stands for; a new name gets the actual one."""
        if isinstance(dim, tree.Name):
            if dim.id == "_":
                return None
            known = self._named_size(dim.id, frame)
            if known is None:
                frame.variables[dim.id] = actual if actual is not None else UNKNOWN
                return actual
            return known if isinstance(known, Dimension) else None
        found = self.size_in(dim, frame)
        return found if isinstance(found, Dimension) else None

    def _named_size(self, name: str, frame: Frame) -> Value:
        """What a name in a shape stands for; None if it is new."""
        if name in frame.variables:
            return frame.variables[name]
        owner = frame.owner
        if owner is not None and name in own_names(owner):
            return owner.attributes.get(name, UNKNOWN)
        definition_ = self.definition(name)
        if isinstance(definition_, ir.LetValue):
            return self.global_value(name)
        return None

    def size_in(self, node: tree.Node, frame: Frame) -> Value:
        """An expression in a shape, whose names are not resolved."""
        match node:
            case tree.Number(int() as number):
                return Dimension(number)
            case tree.Name(name):
                found = self._named_size(name, frame)
                return UNKNOWN if found is None else found
            case tree.Attribute(value, name):
                return self.field(self.size_in(value, frame), name, node.span)
            case tree.Binary(op, left, right):
                try:
                    return self.binary(op, self.size_in(left, frame), self.size_in(right, frame))
                except (ArithmeticError, TypeError, ValueError):
                    return UNKNOWN
            case tree.Index(value, (subscript,)) if not isinstance(subscript, tree.Slice):
                return self._element_of(self.size_in(value, frame), self.size_in(subscript, frame))
            case tree.Unary("-", operand):
                found = self.size_in(operand, frame)
                return -found if isinstance(found, Dimension) else UNKNOWN
            case _:
                return UNKNOWN

    def _element_of(self, value: Value, index: Value) -> Value:
        return (
            element_at(value.elements, value.kind, index) if isinstance(value, Items) else UNKNOWN
        )

    # ---- results -------------------------------------------------------------

    def kept(self, function: ir.Function, value: Value, frame: Frame) -> Value:
        """A result that keeps what the signature promises, which is said if it does not."""
        match function.result:
            case None:
                return value
            case tree.UnionType() as union:
                self.one_of(union, frame.returned, frame)
                if frame.owner is not None and function.name == "forward":
                    frame.owner.alternatives = tuple(frame.returned)
                return value
            case stated:
                return self.stated(stated, value, frame, "the result")

    def stated(self, node: tree.TypeExpr, value: Value, frame: Frame, what: str) -> Value:
        """A value that keeps what is stated of it, which is said if it does not."""
        if isinstance(node, tree.UnionType):
            self.one_of(node, [value], frame)
            return value
        try:
            return self.fitted(node, value, frame, what)
        except Mismatch as found:
            self._refuse_stated(found, node, value)
            return UNKNOWN

    def one_of(self, node: tree.UnionType, values: Sequence[Value], frame: Frame) -> None:
        """Says so if one of several values is none of those that it may be."""
        for value in values:
            self._one_of(node, value, frame)

    def _one_of(self, node: tree.UnionType, value: Value, frame: Frame) -> None:
        reasons: list[Mismatch] = []
        for option in node.options:
            facts = self.sizes.facts
            try:
                self.fitted(option, value, frame.inner(), "the result")
                return
            except Mismatch as found:
                if _same_form(option, value):
                    reasons.append(found)
            finally:
                self.sizes.facts = facts
        text = f"the result is declared {node.span.text}, but is {_shown(value)}"
        whole = Mismatch(text, "give one of these, or state what else it may be.")
        self._refuse_stated(reasons[0] if len(reasons) == 1 else whole, node, value)

    def _refuse_stated(self, found: Mismatch, node: tree.TypeExpr, value: Value) -> None:
        around = [each for each in origins([value]) if not _holds(each.span, node.span)]
        self.report(found, node.span, around)

    def promised(self, function: ir.Function, frame: Frame) -> Value:
        """What a signature says of a result that is not known."""
        if function.result is None or isinstance(function.result, tree.UnionType):
            return UNKNOWN
        try:
            return self.fitted(function.result, UNKNOWN, frame, "the result")
        except Mismatch:
            return UNKNOWN

    # ---- symbolic inputs -----------------------------------------------------

    def symbolic_input(self, node: tree.TypeExpr | None, frame: Frame) -> Value:
        """An input of a declared type, of any sizes that it allows."""
        match node:
            case tree.OptionalType():
                return UNKNOWN
            case tree.TupleType(elements):
                return Items(tuple(self.symbolic_input(each, frame) for each in elements), "tuple")
            case tree.NamedType(name, dims) if dims is not None and name != "list":
                parts = tuple(self._symbolic_part(dim, frame) for dim in dims)
                if sum(isinstance(part, Run) for part in parts) > 1:
                    return Tensor(ANY, _DTYPES.get(name), node.span)
                return Tensor(Shape(parts), _DTYPES.get(name), node.span)
            case _:
                return UNKNOWN

    def _symbolic_part(self, dim: tree.Node, frame: Frame) -> Part:
        if isinstance(dim, tree.AnyDims):
            run = Run(dim.name, id(frame))
            frame.variables.setdefault(f"*{dim.name}", Items((run,), "size"))
            frame.variables.setdefault(dim.name, Items((run,), "size"))
            found = frame.variables[f"*{dim.name}"].elements
            return found[0] if len(found) == 1 else run
        if isinstance(dim, tree.Name) and dim.id != "_" and self._named_size(dim.id, frame) is None:
            frame.variables[dim.id] = symbol(dim.id)
        size = self.size_in(dim, frame)
        return size if isinstance(size, Dimension) else None


def _can_have(shape: Shape, axes: int, more: bool) -> bool:
    """Whether a shape can have so many axes, or `more` than these."""
    if shape.rank is None:
        return more or shape.least_rank <= axes
    return shape.rank == axes or (more and shape.rank > axes)


def _shown(value: Value) -> str:
    if isinstance(value, Items):
        return f"{len(value.elements)} values"
    return "None" if value is None else "a dict" if isinstance(value, Named) else str(value)


def _same_form(node: tree.TypeExpr, value: Value) -> bool:
    """Whether a value is a tensor, a dict or so many values as a type says."""
    match node, value:
        case tree.OptionalType(inner), _:
            return _same_form(inner, value)
        case tree.TupleType(elements), Items():
            return len(elements) == len(value.elements)
        case (tree.DictType(), Named()) | (tree.NamedType(), Tensor()):
            return True
        case _:
            return False


def _holds(one: Span, other: Span) -> bool:
    return one.source is other.source and one.start <= other.start and other.end <= one.end
