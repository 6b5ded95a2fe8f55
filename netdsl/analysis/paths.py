"""Paths to children and parameters, and the rules of initialisation that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.inits import (
    Presence,
    resolve_inits,
    resolve_scheme,
    torch_presence,
    unknown_presence,
)
from netdsl.analysis.members import Members
from netdsl.analysis.names import similar
from netdsl.analysis.presence import may_be_none, path_of
from netdsl.analysis.switches import torch_class
from netdsl.analysis.type_of import type_of
from netdsl.diagnostics import Label
from netdsl.records import replace
from netdsl.syntax import tree

_Part = TypeVar("_Part", ir.PathRule, ir.TieDecl, ir.FreezeDecl)


class Paths(BuildTime):
    """Resolves what `init`, `tie` and `freeze` name."""

    members: Members

    def path(self, node: tree.Expr) -> ir.Expr:
        """A path to a child or a parameter: its first name is a child, with or without
        `self.`."""
        match node:
            case tree.Name(id=name):
                binding = self.scope.find(f"self.{name}") or self.scope.find(name)
                if binding is not None and binding.kind in ("child", "share"):
                    return binding.ref(node.span)
                known = [each[5:] for each in self.scope.all_names() if each.startswith("self.")]
                near = similar(name, known)
                self.diagnostics.error(
                    "unknown-child",
                    f"no child `{name}` is declared above",
                    node.span,
                    hint=(
                        f"a child with a similar name exists: `{near}`."
                        if near
                        else "declare the child before this line."
                    ),
                )
                return ir.Ref("child", name, types.UNKNOWN, span=node.span)
            case tree.Attribute(tree.Name("self"), _):
                return self.attribute(node)
            case tree.Attribute(value, name):
                inner = self.path(value)
                holder = types.without_none(type_of(inner))
                self._refuse_part(holder, node)
                return ir.Field(inner, name, self._part_of(holder, name), span=node.span)
            case tree.Index(value, subscripts):
                resolved = tuple(self._subscript(each) for each in subscripts)
                return tree.Index(self.path(value), resolved, span=node.span)
            case _:
                self.diagnostics.error(
                    "unknown-child",
                    "this is no path to a child",
                    node.span,
                    hint="write a path such as `encoder.layers[0].weight`.",
                )
                return ir.Ref("child", "_", types.UNKNOWN, span=node.span)

    def _part_of(self, of: types.Type, name: str) -> types.Type:
        """The type of what a module has under a name; of a module of which nothing is known, what
        is called as parameters of torch's layers are is one."""
        if of == types.UNKNOWN or of == types.Instance():
            return types.TENSOR if torchlib.names_parameter(name) else types.UNKNOWN
        if not isinstance(of, types.Instance) or of.cls is None:
            return types.UNKNOWN
        members = None if of.torch else self.files.members_of(of.cls)
        base = of.cls if of.torch else "Module" if members is None else members.base
        if members is not None and name in members.children:
            return members.children[name]
        return types.UNKNOWN if torch_presence(base)(name) is None else types.TENSOR

    def _refuse_part(self, of: types.Type, node: tree.Attribute) -> None:
        """Says so if a layer of torch, or a module of the program, has no such part."""
        if not isinstance(of, types.Instance) or of.cls is None:
            return
        if not of.torch:
            self._refuse_member(of.cls, node)
            return
        layer = torchlib.layer(of.cls)
        if (
            layer is None
            or of.cls in ("Sequential", "ModuleList", "ModuleDict")
            or node.name in layer.attributes
        ):
            return
        if layer.has_parameter(node.name):
            return
        near = similar(node.name, layer.attributes)
        known = ", ".join(sorted(layer.parameters))
        self.diagnostics.error(
            "no-such-parameter",
            f"`{node.value.span.text}`, a `{of.cls}`, has no `{node.name}`",
            node.name_span,
            hint=(
                f"one with a similar name exists: `{near}`."
                if near
                else f"it has: {known}." if known else "it has no parameters."
            ),
        )

    def _refuse_member(self, cls: str, node: tree.Attribute) -> None:
        """Says so if a module of the program has no such child or parameter."""
        members = self.files.members_of(cls)
        if members is None or members.base != "Module" or node.name in members.children:
            return
        if members.matches_computed(node.name):
            return
        near = similar(node.name, members.children)
        self.diagnostics.error(
            "unknown-child",
            f"`{node.value.span.text}`, a `{cls}`, has no child or parameter `{node.name}`",
            node.name_span,
            hint=(
                f"one with a similar name exists: `{near}`."
                if near
                else f"it has: {', '.join(members.children) or 'none'}."
            ),
        )

    def where_there(self, node: _Part, *parts: ir.Expr) -> _Part | ir.BodyIf:
        """What is done with a path, on the condition that what it leads through is there: a child
        that may be None has nothing to fill, to tie or to freeze."""
        asked: dict[str, ir.Expr] = {}
        for part in parts:
            name = path_of(part)
            if name is not None and may_be_none(type_of(part)) and name not in self.present:
                there = (("is not", tree.Constant(None, span=part.span)),)
                asked[name] = tree.Compare(part, there, span=part.span)
        if not asked:
            return node
        condition, *others = asked.values()
        for each in others:
            condition = tree.Logical("and", condition, each, span=node.span)
        return ir.BodyIf(((condition, (node,)),), (), span=node.span)

    def rules(self, node: tree.InitRule) -> Iterator[ir.Rule]:
        """The rules of a statement. Kinds that follow each other share one walk."""
        before: ir.Rule | None = None
        for clause in node.clauses:
            for rule in self._clause(clause):
                if isinstance(rule, ir.KindRule) and isinstance(before, ir.KindRule):
                    rule = replace(rule, joined=True)
                yield rule
                before = rule

    def _clause(self, node: tree.InitClause) -> Iterator[ir.Rule]:
        classes: list[ir.Ref] = []
        for path in node.paths:
            kind = self._kind(path)
            if kind is not None:
                classes.append(kind)
            else:
                rule = self.path_rule(path, node.inits)
                alone = isinstance(types.without_none(type_of(rule.path)), types.Tensor)
                yield self.where_there(rule, *parts(rule.path, itself=not alone))
        if classes:
            presences = [self._presence_of(each) for each in classes]
            wanted = [each.name for each in node.inits.keywords]
            wanted += ["weight"] if node.inits.weight is not None else []
            lacking = (
                each
                for each, has in zip(classes, presences, strict=True)
                if any(has(name) is None for name in wanted)
            )
            label = next(lacking, classes[0]).span.text

            def presence(parameter: str) -> Presence:
                each = [one(parameter) for one in presences]
                if None in each:
                    return None
                if "optional" in each:
                    return "optional"
                return "unknown" if "unknown" in each else "always"

            inits = resolve_inits(self, node.inits, label, presence)
            yield ir.KindRule(tuple(classes), inits, span=node.span)

    def _kind(self, path: tree.Expr) -> ir.Ref | None:
        """The class that a bare name after `init` means, if it means one."""
        if not isinstance(path, tree.Name):
            return None
        child = self.scope.find(f"self.{path.id}")
        found = self.files.find(path.id, path.span)
        kind: ir.Ref | None = None
        if found is not None and found.kind in ("module", "extern"):
            kind = found.ref(path.span)
            if found.target is not None and found.target.result == types.MODULE:
                self.diagnostics.error(
                    "unknown-name",
                    f"`{path.id}` is a function of a package, and no kind of layer",
                    path.span,
                    hint="name the class of the layers that it gives, or a child.",
                )
        elif found is None:
            layer = torchlib.layer(path.id)
            if layer is not None:
                kind = ir.Ref("layer", layer.name, types.LAYER, span=path.span)
        if kind is not None and child is not None:
            self.diagnostics.error(
                "ambiguous-init",
                f"`{path.id}` is a kind of layer and a child as well",
                path.span,
                labels=[Label(child.span, "the child")],
                hint=f"write `self.{path.id}` for the child, or rename the child.",
            )
        if kind is None and child is None:
            near = similar(path.id, [*torchlib.layer_names(), *self.files.all_names()])
            self.diagnostics.error(
                "unknown-name",
                f"`{path.id}` is neither a kind of layer nor a child declared above",
                path.span,
                hint=(
                    "name what this module derives from its base: `init weight ~ …`."
                    if path.id == "self"
                    else (
                        f"a layer with a similar name exists: `{near}`."
                        if near
                        else "name a class of layers, or a child."
                    )
                ),
            )
            return ir.Ref("layer", "Module", types.UNKNOWN, span=path.span)
        return kind

    def _presence_of(self, kind: ir.Ref) -> Callable[[str], Presence]:
        if kind.kind == "layer" and kind.type != types.UNKNOWN:
            return torch_presence(kind.name)
        if kind.kind == "module":
            return self.files.presence(kind.name)
        return unknown_presence

    def _torch_presence(self, path: ir.Expr) -> Presence:
        """Whether a parameter of one of torch's layers is there, or one that a module derives."""
        match path:
            case ir.Field(value, name):
                cls = torch_class(value)
                return None if cls is None else torch_presence(cls)(name)
            case ir.Ref("child", name) if name not in self.members.children:
                return torch_presence(self.members.base)(name)
            case _:
                return None

    def path_rule(self, path: tree.Expr, inits: tree.Inits) -> ir.PathRule:
        resolved = self.path(path)
        of = types.without_none(type_of(resolved))
        if isinstance(of, types.Tensor):
            if inits.weight is None or inits.keywords:
                self.diagnostics.error(
                    "no-such-parameter",
                    f"`{path.span.text}` is a parameter itself",
                    path.span,
                    hint=f"write `init {path.span.text} ~ normal`.",
                )
                return ir.PathRule(resolved, (), span=path.span)
            optional = self._torch_presence(resolved) == "optional"
            optional = optional or may_be_none(type_of(resolved))
            scheme = resolve_scheme(self, inits.weight, "", optional)
            return ir.PathRule(resolved, (scheme,), span=path.span)
        presence: Callable[[str], Presence] = unknown_presence
        holds = torch_class(resolved) in ("Sequential", "ModuleList", "ModuleDict")
        if isinstance(of, types.Instance) and of.cls is not None:
            presence = torch_presence(of.cls) if of.torch else self.files.presence(of.cls)
        return ir.PathRule(
            resolved,
            resolve_inits(self, inits, path.span.text, presence, holds),
            span=path.span,
        )


def parts(path: ir.Expr, *, itself: bool = True) -> Iterator[ir.Expr]:
    """What a path leads through, the shortest way first."""
    if isinstance(path, ir.Field | tree.Index):
        yield from parts(path.value)
    if itself:
        yield path
