"""Tensor time: statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.annotations import named_sizes, resolve_type, shape_of
from netdsl.analysis.names import check_identifier
from netdsl.analysis.scope import Binding
from netdsl.analysis.tensortime import TensorTime
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.records import replace
from netdsl.syntax import tree

_EFFECTS = frozenset({"append", "extend", "insert", "pop", "clear", "reverse", "sort", "update"})


class Statements(TensorTime):
    """Resolves the body of a `def`. A variable is known from where it is first assigned."""

    def block(self, statements: Sequence[tree.Statement]) -> tuple[tree.Statement, ...]:
        """Statements one after the other; what follows a jump is never reached."""
        resolved: list[tree.Statement] = []
        ended = False
        for node in statements:
            if ended:
                self.diagnostics.warning(
                    "unreachable",
                    "this is never reached",
                    node.span,
                    hint="remove it, or the jump before it.",
                )
                ended = False
            resolved.append(self.statement(node))
            jumps = isinstance(node, tree.Break | tree.Continue) and self.loops > 0
            ended = ended or jumps or isinstance(node, tree.Return)
        return tuple(resolved)

    def statement(self, node: tree.Statement) -> tree.Statement:
        span = node.span
        match node:
            case tree.Assign(target, value):
                resolved = self.expr(value)
                changed = self._target(target, resolved)
                self._widen(changed, type_of(resolved))
                return tree.Assign(changed, resolved, span=span)
            case tree.AnnotatedAssign():
                return self._annotated(node)
            case tree.AugAssign(target, op, value):
                changed = self._changed(target)
                return tree.AugAssign(changed, op, self.expr(value), span=span)
            case tree.ExprStatement(tree.Compare(tree.Name() as name, (("==", _),)) as value):
                self._compared(name, value)
                return tree.ExprStatement(value.first, span=span)
            case tree.ExprStatement(value):
                effect = self._check_effect(value)
                resolved = self.expr(value)
                if effect and _only_computes(resolved):
                    self._no_effect(value)
                return tree.ExprStatement(resolved, span=span)
            case tree.Return(value):
                return tree.Return(value and self.expr(value), span=span)
            case tree.Assert(condition, message):
                said = message and self.expr(message)
                return tree.Assert(self.asserted(condition), said, span=span)
            case tree.Break() | tree.Continue():
                if self.loops == 0:
                    word = "break" if isinstance(node, tree.Break) else "continue"
                    self.diagnostics.error(
                        "outside-loop",
                        f"`{word}` stands outside a loop",
                        span,
                        hint="remove it, or put it into a `for` or `while`.",
                    )
                return node
            case tree.For(target, iterable, body):
                over = self.iterable(iterable)
                variables = self.bind_target(target, over)
                return tree.For(variables, over, self._loop(body), span=span)
            case tree.While(condition, body):
                return tree.While(self.expr(condition), self._loop(body), span=span)
            case tree.If(branches, otherwise):
                return tree.If(
                    tuple((self.expr(condition), self.block(body)) for condition, body in branches),
                    self.block(otherwise),
                    span=span,
                )
            case tree.Resolved():
                raise AssertionError(node)

    def _loop(self, body: Sequence[tree.Statement]) -> tuple[tree.Statement, ...]:
        self.loops += 1
        resolved = self.block(body)
        self.loops -= 1
        return resolved

    # ---- targets -------------------------------------------------------------

    def _target(self, target: tree.Expr, value: ir.Expr | None) -> ir.Expr:
        """What is assigned to; names are bound by it."""
        match target:
            case tree.Name():
                return self.bind_assigned(target, type_of(value) if value else types.UNKNOWN)
            case tree.Tuple(elements):
                of = type_of(value) if value is not None else types.UNKNOWN
                parts = [self._part(element, of, at) for at, element in enumerate(elements)]
                return tree.Tuple(tuple(parts), span=target.span)
            case tree.Index():
                return self.expr(target)
            case tree.Attribute(tree.Name("self"), name):
                return self._buffer(target, name)
            case _:
                self.diagnostics.error(
                    "not-assignable",
                    "this cannot be assigned to",
                    target.span,
                    hint="assign to a name, an index such as `y[0]`, or a tuple of them.",
                )
                return target

    def _widen(self, target: ir.Expr, of: Type) -> None:
        """A dict that is given an item of another type holds either from here on."""
        match target:
            case tree.Index(ir.Ref("local", name, types.DictOf(held)), _) if held != of:
                known = self.scope.find(name)
                if known is not None:
                    widened = types.DictOf(types.either(held, of))
                    self.scope.names[name] = replace(known, type=widened)

    def _part(self, element: tree.Expr | tree.Splice, of: Type, at: int) -> ir.Expr | tree.Splice:
        if isinstance(element, tree.Splice):
            return tree.Splice(self._target(element.value, None), span=element.span)
        match of:
            case types.TupleOf(elements) if elements and at < len(elements):
                inner = elements[at]
            case _:
                inner = types.element_of(of)
        if isinstance(element, tree.Name):
            return self.bind_assigned(element, inner)
        return self._target(element, None)

    def bind_assigned(self, name: tree.Name, of: Type) -> ir.Ref:
        """A variable that is assigned. If it is assigned again with another type, nothing is
        known of it from here on."""
        known = self.scope.find(name.id)
        if known is not None and known.kind == "parameter" and name.id != "_":
            binding = Binding("parameter", name.id, of, name.span)
            self.scope.names[name.id] = binding
            return binding.ref(name.span)
        if known is not None and known.type != of and self.loops:
            of = types.UNKNOWN
        return self.bind_local(name, of)

    def _buffer(self, target: tree.Attribute, name: str) -> ir.Expr:
        members = self.members
        if members is not None and name in members.tensors:
            return ir.Ref("child", name, types.TENSOR, span=target.span)
        self.diagnostics.error(
            "self-assignment",
            f"`self.{name}` cannot be assigned to",
            target.span,
            hint=f"assign to a local, `{name} = …`; what a module keeps is declared in its body"
            " as a `buffer`.",
        )
        return ir.Ref("child", name, types.UNKNOWN, span=target.span)

    def _changed(self, target: tree.Expr) -> ir.Expr:
        """The target of `+=` and kin, which is read first."""
        match target:
            case tree.Name(id=name):
                resolved = self.expr(target)
                if isinstance(resolved, ir.Ref) and resolved.kind not in (
                    "local",
                    "parameter",
                    "dim",
                ):
                    self._not_local(target, name, resolved)
                return resolved
            case tree.Index():
                return self.expr(target)
            case tree.Attribute(tree.Name("self"), name):
                return self._buffer(target, name)
            case _:
                return self._target(target, None)

    def _not_local(self, target: tree.Expr, name: str, found: ir.Ref) -> None:
        if found.kind == "child" and self.members is not None and name in self.members.tensors:
            hint = f"write `self.{name}` to change the buffer, or assign to a local first."
        else:
            hint = f"assign to a local first: `{name} = …`."
        self.diagnostics.error(
            "not-assignable", f"`{name}` is no variable of this `def`", target.span, hint=hint
        )

    def _annotated(self, node: tree.AnnotatedAssign) -> tree.Statement:
        stated = resolve_type(node.type, self.files)
        value = self.value(node.value, stated, f"`{node.name.id}`")
        name = self.bind_assigned(node.name, stated)
        shape = shape_of(node.type)
        new = tuple(dict.fromkeys(each for each in named_sizes(node.type) if self._is_new(each)))
        dims: tuple[ir.DimBinding, ...] = ()
        if shape is not None:
            from netdsl.analysis.functions import dim_bindings

            dims = tuple(each for each in dim_bindings(shape, name.name) if each.name in new)
            for each in dims:
                check_identifier(each.name, each.span, self.diagnostics)
                of: Type = types.ListOf(types.INT) if each.run else types.INT
                self.scope.names[each.name] = Binding("dim", each.name, of, each.span)
                self.files.chosen(each.name)
        return ir.NamedAssign(name, node.type, value, dims, new, span=node.span)

    def _is_new(self, name: str) -> bool:
        if name == "_" or self.scope.find(name) is not None:
            return False
        members = self.members
        if members is not None and (name in members.parameters or name in members.lets):
            return False
        return self.files.find_value(name) is None

    def _check_effect(self, value: tree.Expr) -> bool:
        """Whether a statement may do something: one that is no call only computes a value."""
        if isinstance(value, tree.Call):
            return True
        self._no_effect(value)
        return False

    def _compared(self, name: tree.Name, value: tree.Compare) -> None:
        """`y == f(x)` as a statement, which was probably meant to assign."""
        self.bind_assigned(name, types.UNKNOWN)
        self.diagnostics.error(
            "no-effect",
            "`==` compares, and gives no name a value",
            value.span,
            hint=f"write `{name.id} = …`.",
        )

    def _no_effect(self, value: tree.Expr) -> None:
        self.diagnostics.error(
            "no-effect",
            "this computes a value and drops it",
            value.span,
            hint="assign it, return it, or remove it; an operator at the end of a line makes it"
            " go on.",
        )


def _only_computes(call: ir.Expr) -> bool:
    """Whether a call surely changes nothing: a function of torch, or a method of a tensor, whose
    name does not end in `_`."""
    match call:
        case ir.Call(func=ir.Ref("torch", name)):
            return not name.endswith("_")
        case ir.Call(func=ir.Ref("builtin" | "math")):
            return True
        case ir.Call(func=ir.Field(value, name)) if isinstance(type_of(value), types.Tensor):
            return not name.endswith("_") and torchlib.method(name) is not None
        case _:
            return False


def assigned_names(statements: Sequence[tree.Statement]) -> Iterator[str]:
    """Every name that the statements assign, in branches and loops too."""
    for node in statements:
        match node:
            case tree.Assign(target=target) | tree.AugAssign(target=target):
                yield from _target_names(target)
            case tree.AnnotatedAssign(name=name):
                yield name.id
            case tree.For(target=target, body=body):
                yield from _target_names(target)
                yield from assigned_names(body)
            case tree.While(body=body):
                yield from assigned_names(body)
            case tree.If(branches, otherwise):
                for _, body in branches:
                    yield from assigned_names(body)
                yield from assigned_names(otherwise)
            case _:
                pass


def _target_names(target: tree.Expr | tree.Splice) -> Iterator[str]:
    match target:
        case tree.Name(id=name):
            yield name
        case tree.Tuple(elements):
            for element in elements:
                yield from _target_names(element)
        case tree.Splice(value):
            yield from _target_names(value)
        case _:
            pass
