"""What each kind of declaration in a module's body means."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.inits import (
    resolve_scheme,
    torch_presence,
)
from netdsl.analysis.item_names import child_name
from netdsl.analysis.learn import Learnt
from netdsl.analysis.lets import resolve_function, resolve_unpack, resolve_value
from netdsl.analysis.members import Members
from netdsl.analysis.names import check_attribute, check_child_name, check_identifier
from netdsl.analysis.paths import Paths, parts
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.analysis.tensortime import TensorTime
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.analysis.walk import walk
from netdsl.diagnostics import Label
from netdsl.records import replace
from netdsl.source import Span
from netdsl.syntax import tree


class Declared(Paths):
    """Resolves single declarations, in the scope that those before them made."""

    def __init__(
        self,
        files: Files,
        scope: Scope,
        learnt: Learnt,
        members: Members,
        own_children: frozenset[str],
    ) -> None:
        super().__init__(files, scope, learnt)
        self.members = members
        self.implied = members.implied
        self.own_children = own_children
        self.top_level = True
        self.declared: dict[str, Span] = {}

    def _declaration(
        self,
        node: (
            tree.Child
            | tree.Let
            | tree.LetUnpack
            | tree.ParamDecl
            | tree.BufferDecl
            | tree.Share
            | tree.Tie
            | tree.Freeze
            | tree.Assert
        ),
    ) -> Iterator[ir.Declaration]:
        span = node.span
        match node:
            case tree.Child():
                yield self._child(node)
            case tree.Let() | tree.LetUnpack():
                yield self._let(node)
            case tree.ParamDecl():
                yield self._param(node)
            case tree.BufferDecl(name, stated, value, saved):
                resolved = self._tensor_value(value)
                self._refuse_plain(resolved, f"the buffer `{name.id}`")
                self._declare(name, types.TENSOR)
                self.members.tensors.add(name.id)
                yield ir.BufferDecl(name.id, resolved, saved, stated, span=span)
            case tree.Share(name, value):
                built = self.layer(value)
                self.bind_share(name, type_of(built))
                yield ir.ShareDecl(name.id, built, span=span)
            case tree.Tie(target, source):
                to, tied = self._tied(target), self._tied(source)
                held = [each for path in (to, tied) for each in parts(path, itself=False)]
                yield self.where_there(ir.TieDecl(to, tied, span=span), *held)
            case tree.Freeze(paths):
                for path in paths:
                    resolved = self.path(path)
                    parameter = isinstance(type_of(resolved), types.Tensor)
                    frozen = ir.FreezeDecl(resolved, parameter, span=path.span)
                    yield self.where_there(frozen, *parts(resolved))
            case tree.Assert(condition, message):
                said = None if message is None else self.expr(message)
                yield tree.Assert(self.asserted(condition), said, span=span)

    def _refuse_plain(self, value: ir.Expr, what: str) -> None:
        """A param and a buffer hold a tensor, or None by a choice that is written there."""
        of = type_of(value)
        name = what.split("`")[1]
        plain = of in (types.INT, types.FLOAT, types.BOOL, types.STR)
        if plain or types.is_layer(of) or isinstance(of, types.FunctionType):
            self.diagnostics.error(
                "wrong-type",
                f"{what} is a tensor, not {types.describe(of)}",
                value.span,
                hint=(
                    f"write `tensor({value.span.text})`, or `let {name} = …` for a plain value."
                    if plain
                    else f"give a tensor; a layer is a child, `{name} = …`."
                ),
            )

    def _tied(self, path: tree.Expr) -> ir.Expr:
        """A path to a parameter: what can be tied."""
        mark = self.diagnostics.mark()
        resolved = self.path(path)
        if self.diagnostics.errors_since(mark):
            return resolved
        of = type_of(resolved)
        owner = type_of(resolved.value) if isinstance(resolved, ir.Field) else None
        if types.is_instance(of):
            self.diagnostics.error(
                "no-such-parameter",
                f"`{path.span.text}` is a module, and parameters are what is tied",
                path.span,
                hint=f"name one of its parameters: `{path.span.text}.weight`.",
            )
        elif isinstance(owner, types.Instance) and owner.torch and owner.cls is not None:
            assert isinstance(resolved, ir.Field)
            if torch_presence(owner.cls)(resolved.name) is None:
                known = sorted(getattr(torchlib.layer(owner.cls), "parameters", ()))
                self.diagnostics.error(
                    "no-such-parameter",
                    f"`{path.span.text}` is no parameter: a `{owner.cls}` has no"
                    f" `{resolved.name}`",
                    path.span,
                    hint=f"it has: {', '.join(known) or 'none'}.",
                )
        return resolved

    def _let(self, node: tree.Let | tree.LetUnpack) -> ir.Declaration:
        names = node.names if isinstance(node, tree.LetUnpack) else (node.name,)
        for name in names:
            check_identifier(name.id, name.span, self.diagnostics)
            self.files.chosen(name.id)
        if isinstance(node, tree.LetUnpack):
            let = resolve_unpack(node, self)
        elif node.parameters is not None:
            let = resolve_function(node, self.files, self.scope)
        else:
            let = resolve_value(node, self, in_body=True)
        definition, bindings = let.definition, let.bindings
        if isinstance(definition, ir.LetValue) and self._is_class_level(definition):
            definition = replace(definition, class_level=True)
            bindings = tuple(replace(each, kind="class") for each in bindings)
        for binding in bindings:
            self._repeated_let(binding)
            self.scope.names[binding.name] = binding
            seen = isinstance(definition, ir.LetValue) and not types.is_layer(binding.type)
            if seen:
                self.members.lets[binding.name] = binding
            else:
                self.members.build_only.add(binding.name)
        return definition

    def _repeated_let(self, binding: Binding) -> None:
        self._refuse_repeated(binding.name, binding.span)

    def _refuse_repeated(self, name: str, span: Span) -> None:
        """A value or a share of a name that means something here already."""
        before = self.scope.names.get(name) or self.members.parameters.get(name)
        if before is not None:
            self.diagnostics.error(
                "duplicate-name",
                f"`{name}` is defined twice",
                span,
                labels=[Label(before.span, "the first is here")],
                hint="values never change: give the second a name of its own.",
            )

    def _is_class_level(self, let: ir.LetValue) -> bool:
        """Whether a value needs nothing of the instance: it is then an attribute of the class."""
        if not self.top_level or types.is_layer(let.type) or isinstance(let.value, ir.LayerList):
            return False
        if any(name in self.own_children for name in let.names):
            return False
        return not any(
            isinstance(node, ir.Ref)
            and (
                (
                    node.kind in ("parameter", "let", "child", "share", "self")
                    and not self._is_of_file(node)
                )
                or (node.kind == "function" and self.scope.find(node.name) is not None)
            )
            for node in walk(let.value)
        )

    def _is_of_file(self, ref: ir.Ref) -> bool:
        return ref.kind == "let" and self.scope.find(ref.name) is None

    def _child(self, node: tree.Child) -> ir.ChildDecl:
        mark = self.diagnostics.mark()
        value = self.layer(node.value)
        wrong = self.diagnostics.errors_since(mark)
        name = child_name(self, node.name, self.members.base)
        if isinstance(name, str):
            of = types.UNKNOWN if wrong else type_of(value)
            self._declare_name(name, node.name.span, of)
        else:
            self.members.add_computed(name.parts)
        return ir.ChildDecl(name, value, span=node.span)

    def _param(self, node: tree.ParamDecl) -> ir.ParameterDecl:
        shape = node.type
        dims: tuple[ir.Expr, ...] = ()
        init: ir.ParameterInit | None = None
        value: ir.Expr | None = None
        if node.init is not None:
            dims = self._sizes(shape, node)
            init = resolve_scheme(self, node.init, node.name.id)
        if node.value is not None:
            value = self._tensor_value(node.value)
            self._refuse_plain(value, f"the param `{node.name.id}`")
        self._declare(node.name, types.TENSOR)
        self.members.tensors.add(node.name.id)
        return ir.ParameterDecl(node.name.id, dims, init, value, shape, span=node.span)

    def _sizes(self, shape: tree.TypeExpr | None, node: tree.ParamDecl) -> tuple[ir.Expr, ...]:
        if not isinstance(shape, tree.NamedType) or shape.dims is None:
            self.diagnostics.error(
                "param-needs-shape",
                f"`param {node.name.id}` needs the sizes of its tensor",
                node.name.span,
                hint=f"write `param {node.name.id}: [3, 4] ~ …`.",
            )
            return ()
        sizes = []
        for dim in shape.dims:
            if isinstance(dim, tree.AnyDims):
                self.diagnostics.error(
                    "param-needs-shape",
                    "a parameter has sizes, not any number of dimensions",
                    dim.span,
                    hint="write each size.",
                )
            else:
                sizes.append(self.value(dim, types.INT, "an axis of a parameter"))
        return tuple(sizes)

    def _tensor_value(self, node: tree.Expr) -> ir.Expr:
        """The value of a param, buffer or const: tensor time, while the module is built."""
        phase = TensorTime(self.files, self.scope, self.learnt, self.members, building=True)
        return phase.expr(node)

    def bind_share(self, name: tree.Name, of: Type) -> None:
        instance = of if types.is_instance(of) else types.MODULE
        check_identifier(name.id, name.span, self.diagnostics)
        self._refuse_repeated(name.id, name.span)
        self.scope.names[name.id] = Binding("share", name.id, instance, name.span)
        self.members.shares[name.id] = name.span
        self.files.chosen(name.id)

    # ---- names of children ---------------------------------------------------

    def _declare(self, name: tree.Name, of: Type) -> None:
        check_attribute(name.id, name.span, self.diagnostics)
        reserved = torchlib.reserved_names(self.members.base)
        check_child_name(name.id, reserved, self.members.base, name.span, self.diagnostics)
        self._declare_name(name.id, name.span, of)

    def _declare_name(self, name: str, span: Span, of: Type) -> None:
        if name in self.declared:
            self.diagnostics.error(
                "duplicate-name",
                f"`{name}` is declared twice",
                span,
                labels=[Label(self.declared[name], "the first is here")],
                hint="give each child a name of its own.",
            )
        self.declared[name] = span
        kind = self.members.children.get(name)
        known = of if kind is None else types.either(kind, of)
        self.members.children[name] = known
        self.scope.names[f"self.{name}"] = Binding("child", name, known, span)
