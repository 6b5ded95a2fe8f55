"""Attributes at tensor time: of tensors, records and modules, and those of what is no value."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import DECLARED_INSTEAD, TENSOR_FUNCTIONS, shorten, similar
from netdsl.analysis.python_calls import math_member
from netdsl.analysis.tensortime.names import TensorNames
from netdsl.analysis.torch_types import attribute_type
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.syntax import tree


class TensorAttributes(TensorNames):
    """Attributes."""

    def attribute(self, node: tree.Attribute) -> ir.Expr:
        rooted = self._from_root(node)
        if rooted is not None:
            return rooted
        value = self.expr(node.value)
        of = type_of(value)
        if isinstance(of, types.FunctionType):
            return self.of_function(node)
        if node.name.startswith("_"):
            return self._refused(node, of, "names that begin with `_` are not for programs")
        if isinstance(of, types.RecordType):
            fields = self.files.fields(of.name)
            if node.name in fields:
                return ir.Field(value, node.name, fields[node.name], span=node.span)
            return self._refused(node, of, None, list(fields))
        tensor_type = torchlib.attribute(node.name)
        if isinstance(of, types.Tensor):
            if tensor_type is None and torchlib.method(node.name) is not None:
                self.diagnostics.error(
                    "unknown-attribute",
                    f"`{node.name}` is a method of tensors",
                    node.name_span,
                    hint=f"call it: `.{node.name}(…)`.",
                )
                return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)
            if tensor_type is None:
                return self._refused(node, of, torchlib.method_refusal(node.name))
            return ir.Field(value, node.name, attribute_type(node.name), span=node.span)
        if tensor_type is not None:
            return ir.Field(value, node.name, attribute_type(node.name), span=node.span)
        if (
            node.name in self.files.member_names()
            or torchlib.is_layer_attribute(node.name)
            or torchlib.result_field(node.name)
            or torchlib.python_attribute(node.name)
        ):
            return ir.Field(value, node.name, types.UNKNOWN, span=node.span)
        return self._refused(node, of, torchlib.method_refusal(node.name))

    def of_function(self, node: tree.Attribute) -> ir.Expr:
        """An attribute of a function, which is to be called first."""
        name = shorten(node.value.span.text)
        self.diagnostics.error(
            "unknown-attribute",
            f"`{name}` is a function, which has no `{node.name}`",
            node.name_span,
            hint=f"call it, `{name}(…)`, or give the value that is meant a name of its own.",
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

    def _refused(
        self, node: tree.Attribute, of: Type, reason: str | None, known: list[str] | None = None
    ) -> ir.Expr:
        owner = "a value" if of == types.UNKNOWN else types.describe(of)
        if isinstance(of, types.Instance) and of.cls is not None:
            owner = f"`{node.value.span.text}`, a `{of.cls}`,"
            layer = torchlib.layer(of.cls) if of.torch else None
            members = None if of.torch else self.files.members_of(of.cls)
            known = sorted(layer.attributes) if layer is not None else known
            known = members.names() if members is not None else known
        known = known or _methods_of(of)
        near = similar(node.name, known or self._anyones(of))
        if node.name in TENSOR_FUNCTIONS or of == types.Instance("ModuleDict", torch=True):
            near = known = None
        self.diagnostics.error(
            "unknown-attribute",
            (
                f"programs may not use `.{node.name}`: {reason}"
                if reason
                else f"{owner} has no attribute `{node.name}`"
            ),
            node.name_span,
            hint=self._hidden(node)
            or (
                f"one with a similar name exists: `{near}`."
                if near and not reason
                else (
                    f"it has: {', '.join(known)}."
                    if known and len(known) < 12
                    else (
                        f'an item is reached by its key: `{node.value.span.text}["{node.name}"]`.'
                        if of == types.Instance("ModuleDict", torch=True)
                        else (
                            f"it is a function of Python: `{node.name}(…)`."
                            if node.name in TENSOR_FUNCTIONS
                            else "a program can compute on tensors, and nothing else."
                        )
                    )
                )
            ),
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

    def _hidden(self, node: tree.Attribute) -> str | None:
        """That a record of the module, which has what is asked for, is hidden by a local name."""
        members = self.members
        if members is None or not isinstance(node.value, tree.Name):
            return None
        name = node.value.id
        hidden = members.parameters.get(name) or members.lets.get(name)
        if hidden is None or not isinstance(hidden.type, types.RecordType):
            return None
        if node.name not in self.files.fields(hidden.type.name):
            return None
        return f"`{name}` of this `def` hides that of the module: give one of them another name."

    def _anyones(self, of: Type) -> list[str]:
        """What a value may have of which little is known."""
        methods = list(torchlib.method_names())
        return methods if isinstance(of, types.Tensor) else [*methods, *self.files.member_names()]

    def _from_root(self, node: tree.Attribute) -> ir.Expr | None:
        """`self.child`, `math.pi`, `linalg.norm`: attributes of what is no value."""
        path = _dotted(node)
        if path is None:
            return None
        root = path[0]
        if root == "self" and len(path) == 2 and self.members is not None:
            return self._self_attribute(node)
        if self.scope.find(root) or root == "self":
            return None
        if self.members is not None and self._member(root, node.span) is not None:
            return None
        if root == "math" and len(path) == 2:
            return math_member(node, self.diagnostics)
        if root in ("torch", "nn", "F") and self.files.find(root, node.span) is None:
            return self._torch_prefix(node, path)
        qualified = ".".join(path)
        if root in torchlib.namespaces() and self.files.find(root, node.span) is None:
            found = torchlib.function(qualified)
            if found is not None:
                return ir.Ref("torch", found.qualified, types.FunctionType(), span=node.span)
            near = similar(qualified, torchlib.function_names())
            self.diagnostics.error(
                "unknown-name",
                f"nothing is called `{qualified}`",
                node.span,
                hint=(
                    f"a function with a similar name exists: `{near}`."
                    if near
                    else "correct the name."
                ),
            )
            return ir.Ref("local", root, types.UNKNOWN, span=node.span)
        return None

    def _self_attribute(self, node: tree.Attribute) -> ir.Expr:
        members, name, span = self.members, node.name, node.span
        assert members is not None
        if self.building:
            binding = self.scope.find(f"self.{name}")
            if binding is not None:
                return binding.ref(span)
        member = self._member(name, span)
        if member is not None:
            return member
        if name == "training":
            return ir.Ref("training", name, types.BOOL, span=span)
        if members.matches_computed(name):
            return ir.Ref("child", name, types.MODULE, span=span)
        receiver = ir.Ref("self", "self", types.Instance(members.name), span=node.value.span)
        if members.base in torchlib.python_method(name) or "Module" in torchlib.python_method(name):
            return ir.Field(receiver, name, types.UNKNOWN, span=span)
        if members.base != "Module" and torchlib.has_attribute(members.base, name):
            return ir.Field(receiver, name, types.UNKNOWN, span=span)
        near = similar(name, members.names())
        self.diagnostics.error(
            "unknown-child",
            f"module `{members.name}` has no child `{name}`",
            node.name_span,
            hint=(
                f"a child with a similar name exists: `{near}`."
                if near
                else "declare it in the module's body."
            ),
        )
        return ir.Ref("child", name, types.UNKNOWN, span=span)

    def _torch_prefix(self, node: tree.Attribute, path: list[str]) -> ir.Expr:
        bare = ".".join(each for each in path if each not in ("torch", "nn", "functional", "F"))
        self.diagnostics.error(
            "torch-prefix",
            "layers and functions are written without a prefix",
            node.span,
            hint=(
                f"write `{bare}`."
                if torchlib.function(bare) is not None or torchlib.value(bare) is not None
                else (
                    "layers are declared in the body of a module, and applied here."
                    if torchlib.layer(bare) is not None
                    else DECLARED_INSTEAD.get(
                        bare, "write the bare name of a function that computes on tensors."
                    )
                )
            ),
        )
        return ir.Ref("local", path[0], types.UNKNOWN, span=node.span)


def _methods_of(of: Type) -> list[str]:
    """The methods of a value of Python."""
    match of:
        case types.ListOf():
            return torchlib.python_methods("list")
        case types.TupleOf():
            return torchlib.python_methods("tuple")
        case types.DictOf():
            return torchlib.python_methods("dict")
        case types.Scalar("str"):
            return torchlib.python_methods("str")
        case _:
            return []


def _dotted(node: tree.Expr) -> list[str] | None:
    names: list[str] = []
    while isinstance(node, tree.Attribute):
        names.append(node.name)
        node = node.value
    if not isinstance(node, tree.Name):
        return None
    return [node.id, *reversed(names)]
