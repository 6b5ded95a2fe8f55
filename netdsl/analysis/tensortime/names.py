"""What a name means at tensor time: locals, children, parameters, values and `def`s, Python's few
functions, then torch's.
"""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.learn import Learnt
from netdsl.analysis.members import Members
from netdsl.analysis.names import (
    BUILD_FUNCTIONS,
    COMBINATORS,
    CONTAINERS,
    DECLARED_INSTEAD,
    PYTHON_CONSTANTS,
    PYTHON_INSTEAD,
    TENSOR_FUNCTIONS,
    similar,
)
from netdsl.analysis.phase import Phase
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.source import Span
from netdsl.syntax import tree


class TensorNames(Phase):
    """Names.

    In a method `members` are those of its module. In the value of a `param` or `buffer`
    (`building`) the scope is that of build time, whose names are plain variables.
    """

    loops = 0
    """In how many loops the expression stands."""

    def __init__(
        self,
        files: Files,
        scope: Scope,
        learnt: Learnt,
        members: Members | None = None,
        building: bool = False,
        later: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(files, scope, learnt)
        self.members = members
        self.building = building
        self.later = later
        self.used_dims: set[str] = set()

    # ---- names ---------------------------------------------------------------

    def name(self, node: tree.Name) -> ir.Expr:
        found = self._bound(node)
        return found if found is not None else self._unknown(node)

    def _bound(self, node: tree.Name) -> ir.Ref | None:
        name, span = node.id, node.span
        local = self.scope.find(name)
        if local is not None and not _makes_layer(local):
            if local.kind == "dim":
                self.used_dims.add(name)
                self.files.chosen(name)
            return local.ref(span)
        if name == "training" and self.members is not None:
            return ir.Ref("training", name, types.BOOL, span=span)
        if name == "self" and self.members is not None and not self.building:
            return ir.Ref("self", name, types.Instance(self.members.name), span=span)
        if self.members is not None:
            member = self._member(name, span)
            if member is not None:
                return member
        shared = self.files.find(name, span)
        if shared is not None and _seen_by_tensors(shared):
            return shared.ref(span)
        if name in TENSOR_FUNCTIONS:
            return ir.Ref("builtin", name, types.FunctionType(), span=span)
        return _torch_name(name, span) or self._assigned_later(name, span)

    def _assigned_later(self, name: str, span: Span) -> ir.Ref | None:
        """A variable that an earlier round of a loop has assigned."""
        if name == "_" or name not in self.later or not self.loops:
            return None
        return ir.Ref("local", name, types.UNKNOWN, span=span)

    def _member(self, name: str, span: Span) -> ir.Ref | None:
        members = self.members
        assert members is not None
        if name in members.children:
            return ir.Ref("child", name, members.children[name], span=span)
        if members.base != "Module" and torchlib.has_attribute(members.base, name):
            return ir.Ref("child", name, types.UNKNOWN, span=span)
        if self.building:
            return None
        if name in members.methods:
            return ir.Ref("method", name, types.FunctionType(), span=span)
        if name in members.lets:
            binding = members.lets[name]
            if binding.kind == "class":
                return binding.ref(span)
            members.read.add(name)
            return ir.Ref("stored", name, binding.type, span=span)
        if name in members.parameters:
            binding = members.parameters[name]
            if types.is_layer(binding.type):
                return None
            members.read.add(name)
            return ir.Ref("stored", name, binding.type, span=span)
        return None

    def _unknown(self, node: tree.Name) -> ir.Expr:
        name, span = node.id, node.span
        unknown = ir.Ref("local", name, types.UNKNOWN, span=span)
        if name == "_":
            self.diagnostics.error(
                "underscore-value",
                "`_` is never a value: what is assigned to it is dropped",
                span,
                hint="give the value a name.",
            )
            return unknown
        reason = torchlib.refusal(name)
        layer = torchlib.layer(name)
        build_only = self.members is not None and (
            name in self.members.build_only
            or (name in self.members.parameters and name not in self.members.children)
        )
        shared = self.files.find(name, span)
        if build_only or (shared is not None and not _seen_by_tensors(shared)):
            message = f"`{name}` is of build time, and tensors cannot be given to it"
            hint = f"declare a child, `child = {name}`, and apply the child."
        elif reason is not None:
            message = f"programs may not use torch's `{name}`: {reason}"
            own = [*self.scope.all_names(), *(self.members.names() if self.members else ())]
            near = similar(name, [each for each in own if not each.startswith("self.")])
            hint = (
                f"a name that is similar exists: `{near}`."
                if near is not None
                else "a program can compute on tensors, and nothing else."
            )
        elif layer is not None or name in COMBINATORS or name in CONTAINERS:
            message = f"`{name}` is a layer, which is made at build time"
            hint = f"declare it in the module's body, `child = {name} …`, and apply the child."
        elif self.members is not None and name in self.members.shares:
            message = f"`{name}` is a shared layer, which is no child by itself"
            hint = f"declare a child that it is, `child = {name}`, and apply the child."
        elif name == "training":
            message = "`training` is of a module, and this `def` is of the file"
            hint = "give it a parameter, `train: bool`, or move it into a module."
        elif name == "print":
            message = "a program computes on tensors, and prints nothing"
            hint = "print in the Python that calls what is generated."
        else:
            message = f"nothing is called `{name}`"
            hint = self._hint_for(name)
        self.diagnostics.error("unknown-name", message, span, hint=hint)
        return unknown

    def _hint_for(self, name: str) -> str:
        if name.lower() in PYTHON_CONSTANTS:
            return f"write `{PYTHON_CONSTANTS[name.lower()]}`."
        if self.members is not None and self.members.matches_computed(name):
            return f"a child whose name is computed is reached as `self.{name}`."
        if name in DECLARED_INSTEAD:
            return DECLARED_INSTEAD[name]
        if name in PYTHON_INSTEAD:
            return PYTHON_INSTEAD[name]
        if name in BUILD_FUNCTIONS:
            return f"`{name}` is of build time: work its value out in a `let`, and use that."
        if name in ("np", "numpy", "jnp", "einops"):
            return "functions are torch's, and written without a prefix: `exp(x)`, `x.sum()`."
        own = self.members.names() if self.members is not None else []
        locals_ = [each for each in self.scope.all_names() if not each.startswith("self.")]
        near = similar(name, [*locals_, *own, *self.files.all_names()])
        if near is not None:
            return f"a name that is similar exists: `{near}`."
        near = similar(name, [*TENSOR_FUNCTIONS, *torchlib.function_names()])
        if near is not None:
            return f"a function with a similar name exists: `{near}`."
        if torchlib.method(name) is not None:
            return f"`{name}` is a method of tensors: write `x.{name}(…)`."
        return "assign it first, declare it as a child, or correct the name."


def _makes_layer(binding: Binding) -> bool:
    target = binding.target
    return types.is_layer(binding.type) or (target is not None and target.makes != "value")


def _seen_by_tensors(binding: Binding) -> bool:
    if binding.kind in ("def", "record", "extern"):
        return not _makes_layer(binding)
    return binding.kind in ("let", "function") and not _makes_layer(binding)


def _torch_name(name: str, span: Span) -> ir.Ref | None:
    found = torchlib.function(name)
    if found is not None:
        return ir.Ref("torch", found.qualified, types.FunctionType(), span=span)
    value = torchlib.value(name)
    if value is not None:
        return ir.Ref("torch", value, types.UNKNOWN, span=span)
    return None
