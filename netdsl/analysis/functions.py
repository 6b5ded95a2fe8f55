"""`def`: functions of tensor time, with the dimensions that their signatures name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.annotations import resolve_type, shape_of
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.learn import Learnt
from netdsl.analysis.members import Members
from netdsl.analysis.names import check_identifier
from netdsl.analysis.parameters import (
    Declared,
    as_targets,
    declare,
    finished,
    open_names,
)
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.statements import Statements, assigned_names
from netdsl.analysis.surroundings import Files
from netdsl.analysis.targets import Target
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.analysis.walk import transform, walk
from netdsl.records import replace
from netdsl.syntax import tree


class DefResolver:
    """One `def`, in two steps: its header, which callers need, then its body."""

    def __init__(
        self,
        node: tree.Def,
        files: Files,
        members: Members | None = None,
        outer: Learnt | None = None,
    ) -> None:
        self.node = node
        self.files = files
        self.members = members
        outside = BuildTime(files, Scope(), Learnt())
        self.declared = declare(node.parameters, outside)
        self.learnt = Learnt(open_names(self.declared), outer, tensors=True)
        self.result = types.UNKNOWN if node.result is None else resolve_type(node.result, files)
        self._check_types()

    def target(self) -> Target:
        """The def as callers see it."""
        return Target(self.node.name.id, as_targets(self.declared, Learnt()), "value", self.result)

    def _check_types(self) -> None:
        for each in self.declared:
            if types.is_layer(each.stated):
                self.files.diagnostics.error(
                    "layer-at-tensor-time",
                    f"`{each.name}` cannot be a recipe: layers are made at build time",
                    each.node.span,
                    hint=f"take a module that exists: `{each.name}: module`.",
                )

    def resolve(self) -> ir.Function:
        """The whole def."""
        node = self.node
        scope = Scope()
        body = Scope(parent=scope)
        for each in self.declared:
            known = each.first_type
            scope.names[each.name] = Binding("parameter", each.name, known, each.node.span)
        bindings = self._dims(scope)
        later = frozenset(assigned_names(node.body))
        phase = Statements(self.files, body, self.learnt, self.members, later=later)
        statements = phase.block(node.body)
        forward = self.members is not None and node.name.id == "forward"
        if forward:
            self._wants_result(statements)
        if forward or node.result is not None:
            self._refuse_functions(statements)
        used = phase.used_dims
        self._check_bindable(used, bindings)
        dims = tuple(binding for binding in bindings if binding.name in used)
        return ir.Function(
            node.name.id,
            tuple(finished(each, self.learnt, types.TENSOR) for each in self.declared),
            None if node.doc is None else node.doc.value,
            node.result,
            self._type(statements),
            dims,
            tuple(transform(each, _only(used)) for each in statements),
            self.members is not None,
            span=node.span,
        )

    def _wants_result(self, statements: Sequence[tree.Statement]) -> None:
        if not any(
            isinstance(each, tree.Return) and each.value for each in walk(tuple(statements))
        ):
            self.files.diagnostics.error(
                "no-result",
                "`forward` gives nothing: there is no `return`",
                self.node.name.span,
                hint="end it with `return` and what the module computes.",
            )

    def _refuse_functions(self, statements: Sequence[tree.Statement]) -> None:
        """A function that is given back is a name that was misspelt, or never assigned."""
        for node in walk(tuple(statements)):
            given = node.value if isinstance(node, tree.Return) else None
            for each in given.elements if isinstance(given, tree.Tuple) else (given,):
                if isinstance(each, ir.Ref) and isinstance(each.type, types.FunctionType):
                    self.files.diagnostics.error(
                        "wrong-type",
                        f"`{self.node.name.id}` gives no functions, but `{each.span.text}` is one",
                        each.span,
                        hint="call it, or assign the value that is meant to this name first.",
                    )

    def _type(self, statements: Sequence[tree.Statement]) -> Type:
        """What the def gives. A `forward` of which nothing is known gives a tensor, as nearly
        all do."""
        if self.node.result is not None:
            return self.result
        of = _returned(statements)
        forward = self.members is not None and self.node.name.id == "forward"
        return types.TENSOR if forward and of == types.UNKNOWN else of

    # ---- dimensions ----------------------------------------------------------

    def _dims(self, scope: Scope) -> list[ir.DimBinding]:
        """The symbols that the parameters' shapes name, and where each is read."""
        found: dict[str, ir.DimBinding] = {}
        for each in sorted(self.declared, key=_may_be_none):
            if not isinstance(each.node, tree.Parameter):
                continue
            shape = shape_of(each.node.type)
            if shape is not None and shape.dims is not None:
                for binding in dim_bindings(shape, each.name):
                    if self._is_symbol(binding.name, scope):
                        found.setdefault(binding.name, binding)
                self._check_dims(shape.dims)
        for node in walk(self.node.result):
            if isinstance(node, tree.NamedType):
                self._check_dims(node.dims or ())
        for name, binding in found.items():
            check_identifier(name, binding.span, self.files.diagnostics)
            of: Type = types.ListOf(types.INT) if binding.run else types.INT
            scope.names[name] = Binding("dim", name, of, binding.span)
        return list(found.values())

    def _is_symbol(self, name: str, scope: Scope) -> bool:
        """Whether a bare name in a shape is a new symbol, and not a parameter or a let."""
        if name == "_" or name in scope.names:
            return False
        if self.members is not None and (
            name in self.members.parameters or name in self.members.lets
        ):
            return False
        shared = self.files.find_value(name)
        return shared is None

    def _check_dims(self, dims: Sequence[tree.Expr | tree.AnyDims]) -> None:
        """Sizes are ints: so are the parameters of the module that shapes name."""
        if self.learnt.outer is None:
            return
        for dim in dims:
            records = {node.value for node in walk(dim) if isinstance(node, tree.Attribute)}
            for node in walk(dim):
                if isinstance(node, tree.Name) and node not in records:
                    self.learnt.outer.note(node.id, types.INT)

    def _check_bindable(self, used: set[str], bindings: list[ir.DimBinding]) -> None:
        optional = {each.name for each in self.declared if _may_be_none(each)}
        for binding in bindings:
            if binding.name in used and binding.parameter in optional:
                self.files.diagnostics.error(
                    "unbound-dimension",
                    f"`{binding.name}` is known only if `{binding.parameter}` is given",
                    binding.span,
                    hint=f"read it where it is known: `{binding.parameter}.shape`.",
                )


def _may_be_none(each: Declared) -> bool:
    node = each.node
    return isinstance(node, tree.Parameter) and isinstance(node.type, tree.OptionalType)


def dim_bindings(shape: tree.NamedType, parameter: str) -> Iterator[ir.DimBinding]:
    """Where the bare names of a shape stand."""
    dims = shape.dims or ()
    runs = [at for at, dim in enumerate(dims) if isinstance(dim, tree.AnyDims)]
    rank = None if runs else len(dims)
    for at, dim in enumerate(dims):
        after_run = bool(runs) and at > runs[0]
        axis = at - len(dims) if after_run else at
        if isinstance(dim, tree.Name):
            yield ir.DimBinding(dim.id, parameter, axis, rank, span=dim.span)
        elif isinstance(dim, tree.AnyDims) and at == 0 and len(runs) == 1:
            yield ir.DimBinding(dim.name, parameter, -(len(dims) - 1), None, True, span=dim.span)


def _only(used: set[str]) -> Callable[[tree.Node], tree.Node | None]:
    """Drops the dimensions of annotated locals that nothing uses."""

    def change(node: tree.Node) -> tree.Node | None:
        if not isinstance(node, ir.NamedAssign):
            return None
        dims = tuple(dim for dim in node.dims if dim.name in used)
        return replace(node, dims=dims)

    return change


def _returned(statements: Sequence[tree.Node]) -> Type:
    """The type of what a body returns; None where it never does."""
    found = [
        types.NONE if node.value is None else type_of(node.value)
        for node in walk(tuple(statements))
        if isinstance(node, tree.Return)
    ]
    return types.either(*found) if found else types.NONE
