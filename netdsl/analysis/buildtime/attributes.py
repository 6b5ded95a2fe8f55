"""Attributes at build time: of records, of modules, of children that are declared above."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.buildtime.names import BuildNames
from netdsl.analysis.names import (
    CONTAINER_WORDS,
    DECLARED_INSTEAD,
    similar,
)
from netdsl.analysis.python_calls import math_member
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.syntax import tree


class BuildAttributes(BuildNames):
    """Attributes, and what has items."""

    def attribute(self, node: tree.Attribute) -> ir.Expr:
        if isinstance(node.value, tree.Name) and self.scope.find(node.value.id) is None:
            if node.value.id == "self":
                return self._self_attribute(node)
            if node.value.id == "math":
                return math_member(node, self.diagnostics)
        root = _root(node)
        if root is not None and root.id in ("nn", "torch", "F") and self._is_free(root):
            return self._torch_prefix(node)
        value = self.expr(node.value)
        if isinstance(value, ir.Recipe) and not value.args:
            value = value.func
            if isinstance(value, ir.Ref) and value.kind in ("function", "layer"):
                return self._unbuilt_attribute(node)
        return self._attribute_of(value, node)

    def _unbuilt_attribute(self, node: tree.Attribute) -> ir.Expr:
        self.diagnostics.error(
            "unknown-attribute",
            f"`{node.value.span.text}` is a recipe, and has no `{node.name}` before it is built",
            node.name_span,
            hint="give the number a name with `let`, and use it in both places.",
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

    def _binary(self, node: tree.Binary) -> tree.Binary:
        if node.op == "@":
            self.diagnostics.error(
                "wrong-operand",
                "`@` multiplies tensors, of which there are none at build time",
                node.span,
                hint="numbers are multiplied by `*`; tensors are computed with in a `def`.",
            )
            return node
        return super()._binary(node)

    def type_of(self, expr: ir.Expr) -> Type:
        """There are no tensors at build time, so that `/` divides numbers."""
        if isinstance(expr, tree.Binary) and expr.op == "/":
            return types.FLOAT
        return type_of(expr)

    def index(self, node: tree.Index) -> ir.Expr:
        if isinstance(node.value, ir.Recipe | ir.Deferred):
            self.diagnostics.error(
                "wrong-operand",
                f"`{node.value.span.text}` is a recipe, and has no items before it is built",
                node.span,
                hint="give the item a name with `let`, and use it in both places.",
            )
        return super().index(node)

    def _attribute_of(self, value: ir.Expr, node: tree.Attribute) -> ir.Expr:
        of = type_of(value)
        if isinstance(value, ir.Ref) and value.kind in ("module", "record"):
            found = self.files.attribute(value.name, node.name)
            if found is None:
                return self._no_attribute(node, f"module `{value.name}`")
            return ir.Field(value, node.name, found, span=node.span)
        if isinstance(of, types.RecordType):
            fields = self.files.fields(of.name)
            if node.name not in fields:
                hint = f"it has: {', '.join(fields)}."
                return self._no_attribute(node, f"record `{of.name}`", list(fields), hint)
            return ir.Field(value, node.name, fields[node.name], span=node.span)
        if isinstance(value, ir.Recipe | ir.Deferred):
            return self._no_attribute(node, "a recipe")
        if of == types.UNKNOWN or types.is_layer(of):
            self.learnt.learn(value, types.Layer(attributes=True), self.scope)
            return ir.Field(value, node.name, types.UNKNOWN, span=node.span)
        if isinstance(of, types.Instance) or types.is_instance(of):
            return ir.Field(value, node.name, self._part_of(of, node.name), span=node.span)
        hint = "of values only a dict has methods: `keys()`, `values()` and `items()`."
        return self._no_attribute(node, types.describe(of), hint=hint)

    def _part_of(self, of: Type, name: str) -> Type:
        return types.UNKNOWN

    def _no_attribute(
        self,
        node: tree.Attribute,
        owner: str,
        names: Sequence[str] = (),
        hint: str = "an attribute of a module is a `let` in its body that uses no parameter.",
    ) -> ir.Expr:
        near = similar(node.name, names)
        self.diagnostics.error(
            "unknown-attribute",
            f"{owner} has no attribute `{node.name}`",
            node.name_span,
            hint=f"one with a similar name exists: `{near}`." if near else hint,
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

    def _self_attribute(self, node: tree.Attribute) -> ir.Expr:
        binding = self.scope.find(f"self.{node.name}")
        if binding is not None:
            return binding.ref(node.span)
        known = [name[5:] for name in self.scope.all_names() if name.startswith("self.")]
        near = similar(node.name, known)
        self.diagnostics.error(
            "unknown-child",
            f"no child `{node.name}` is declared above",
            node.name_span,
            hint=(
                f"a child with a similar name exists: `{near}`."
                if near
                else "declare the child before it is used."
            ),
        )
        return ir.Ref("child", node.name, types.UNKNOWN, span=node.span)

    def _torch_prefix(self, node: tree.Attribute) -> ir.Expr:
        found = torchlib.layer(node.name)
        word = CONTAINER_WORDS.get(node.name) or (found.snake if found is not None else None)
        self.diagnostics.error(
            "torch-prefix",
            "layers and functions are written without a prefix",
            node.span,
            hint=(
                f"write `{word}`."
                if word
                else DECLARED_INSTEAD.get(node.name, "write the bare name.")
            ),
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)


def _root(node: tree.Attribute) -> tree.Name | None:
    """What a dotted name begins with."""
    value: tree.Expr = node
    while isinstance(value, tree.Attribute):
        value = value.value
    return value if isinstance(value, tree.Name) else None
