"""What a name means at build time: locals, what the file and the prelude define, torch's layers."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import (
    BUILD_FUNCTIONS,
    COMBINATORS,
    CONTAINERS,
    DECLARED_INSTEAD,
    OTHER_NAMES,
    PYTHON_CONSTANTS,
    PYTHON_INSTEAD,
    similar,
)
from netdsl.analysis.phase import Phase
from netdsl.analysis.scope import Binding
from netdsl.analysis.torch_layers import layer_binding
from netdsl.syntax import tree


class BuildNames(Phase):
    """Names."""

    def name(self, node: tree.Name) -> ir.Expr:
        binding = self.find(node)
        if binding is None:
            return self._unknown_name(node)
        ref = binding.ref(node.span)
        target = binding.target
        if target is not None and target.makes == "layer":
            return ir.Recipe(ref, (), target, span=node.span)
        if target is not None and target.makes == "layers" and target.parameters == ():
            return ir.Call(ref, (), target.result, span=node.span)
        return ref

    def find(self, node: tree.Name) -> Binding | None:
        """The binding of a name: local, of the file, of the prelude, of torch.nn."""
        found = self.scope.find(node.id) or self.files.find(node.id, node.span)
        return found or layer_binding(node.id, node.span)

    def _unknown_name(self, node: tree.Name) -> ir.Expr:
        name = node.id
        if name in BUILD_FUNCTIONS:
            return ir.Ref("builtin", name, types.FunctionType(), span=node.span)
        unknown = ir.Ref("local", name, types.UNKNOWN, span=node.span)
        if name == "_":
            return ir.Inferred(span=node.span)
        if name == "self":
            self.diagnostics.error(
                "self-alone",
                "`self` alone is no value at build time",
                node.span,
                hint="write `self.child` for a child that is declared above.",
            )
        elif name in CONTAINERS or name in COMBINATORS or name == "rearrange":
            self.diagnostics.error(
                "uncalled-combinator",
                f"`{name}` needs its items",
                node.span,
                hint=f"write `{name}(…)`.",
            )
        else:
            self.diagnostics.error(
                "unknown-name",
                f"nothing is called `{name}`",
                node.span,
                hint=self._hint_for(name),
            )
        return unknown

    def _hint_for(self, name: str) -> str:
        if self.scope.find(f"self.{name}") is not None:
            return (
                f"a child is not seen bare where layers are made: write `self.{name}` for this"
                f" instance, and declare a value or a recipe with `let {name} = …`."
            )
        if name.lower() in PYTHON_CONSTANTS:
            return f"write `{PYTHON_CONSTANTS[name.lower()]}`."
        if name in PYTHON_INSTEAD:
            return PYTHON_INSTEAD[name]
        if name in DECLARED_INSTEAD:
            return DECLARED_INSTEAD[name]
        own = [each for each in self.scope.all_names() if each != name]
        near = similar(name, [*own, *self.files.all_names()])
        if near is not None:
            return f"a name that is similar exists: `{near}`."
        near = OTHER_NAMES.get(name.lower().replace("_", ""))
        if near is not None:
            return f"the layer is called `{near}` here."
        near = similar(name, [*torchlib.layer_names(), *COMBINATORS, *CONTAINERS])
        if near is not None:
            return f"a layer with a similar name exists: `{near}`."
        if torchlib.is_layer_parameter(name):
            return f"an argument is named with `=`: `{name}=…`."
        if name == "params":
            return "parameters are counted in an `assert` at file level, and nowhere else."
        if name in ("nn", "torch", "F"):
            return "layers are written without a prefix: `linear 3 4`."
        if torchlib.function(name) is not None:
            return (
                f"`{name}` is a function of tensor time: use it in a `def`, or give a layer here."
            )
        return "define it above, or correct the name."

    def _is_free(self, name: tree.Name) -> bool:
        """Whether a name has only the meaning that the language gives it."""
        return self.scope.find(name.id) is None and self.files.find(name.id, name.span) is None
