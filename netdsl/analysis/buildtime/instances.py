"""The layer that an unbuilt expression describes, where it stands."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.buildtime.attributes import BuildAttributes
from netdsl.analysis.inits import (
    Presence,
    resolve_inits,
    torch_presence,
    unknown_presence,
)
from netdsl.analysis.presence import may_be_none, path_of
from netdsl.analysis.switches import settled
from netdsl.analysis.targets import (
    Target,
    report_missing,
)
from netdsl.analysis.type_of import type_of
from netdsl.diagnostics import Diagnostics
from netdsl.syntax import tree


class BuildInstances(BuildAttributes):
    """Building."""

    @abstractmethod
    def bind(self, target: Target, node: tree.Call) -> tuple[tuple[ir.Arg, ...], Target]:
        """The arguments of a call, each resolved as its parameter wants it."""

    def layer(self, node: tree.Expr) -> ir.Expr:
        """An instance, from an expression that stands where a layer is wanted."""
        return self.build(self.expr(node))

    def build(self, expr: ir.Expr) -> ir.Expr:
        """The instance that an unbuilt expression describes."""
        span = expr.span
        match expr:
            case ir.Recipe(func, args, target):
                if target is not None:
                    report_missing(target, span, self.diagnostics)
                result = target.result if target is not None else types.MODULE
                return self._unless_none(func, ir.Call(func, args, result, span=span))
            case ir.Deferred(value):
                return value
            case ir.Initialised(layer, inits):
                return ir.Initialised(self.build(layer), inits, span=span)
            case tree.Ternary(condition, then, otherwise):
                with self.assuming(condition, True):
                    one = self.build(then)
                with self.assuming(condition, False):
                    other = self.build(otherwise)
                return tree.Ternary(condition, one, other, span=span)
            case tree.Constant(value=None):
                return expr
        of = type_of(expr)
        if types.is_instance(of):
            return expr
        if types.is_layer(of) or of == types.UNKNOWN:
            self.learnt.learn(expr, types.LAYER, self.scope)
            return self._unless_none(expr, ir.Call(expr, (), types.MODULE, span=span))
        self.diagnostics.error(
            "not-a-layer",
            f"a layer is wanted here, not {types.describe(of)}",
            span,
            hint=(
                "give a layer, such as `linear 8 8`."
                if not isinstance(of, types.ListOf)
                else (
                    "splice a list with `*`."
                    if types.is_layer(of.element) or of.element == types.UNKNOWN
                    else "`list` makes layers; a list of values is `[…]`, of what gives values"
                    " `[*range(3)]`."
                )
            ),
        )
        return expr

    def _unless_none(self, recipe: ir.Expr, built: ir.Expr) -> ir.Expr:
        """What is built of a recipe that may be None: None then."""
        value = not (isinstance(recipe, ir.Ref) and recipe.kind == "function")
        if not value or not may_be_none(type_of(recipe)) or path_of(recipe) in self.present:
            return built
        span = built.span
        none = tree.Constant(None, span=span)
        return tree.Ternary(
            tree.Compare(recipe, (("is not", none),), span=span), built, none, span=span
        )

    def initialised(self, node: tree.Initialised) -> ir.Expr:
        """`layer ~ scheme`: complete, since the schemes need what they fill."""
        layer = self.expr(node.layer)
        presence, label = self._presence(layer)
        inits = resolve_inits(self, node.inits, label, presence)
        built = self.build(layer)
        _refuse_absent(built, inits, label, self.diagnostics)
        if isinstance(layer, ir.Recipe) and layer.target is not None:
            torch = layer.target.torch
            inits = settled(inits, [torch], [(torch, name) for name in layer.target.given])
        return ir.Deferred(ir.Initialised(built, inits, span=node.span), span=node.span)

    def _presence(self, layer: ir.Expr) -> tuple[Callable[[str], Presence], str]:
        """Which parameters a layer has, and what messages call it."""
        if isinstance(layer, ir.Recipe) and layer.target is not None:
            target = layer.target
            if target.torch is not None:
                return torch_presence(target.torch), target.label
            if isinstance(layer.func, ir.Ref) and layer.func.kind == "module":
                return self.files.presence(layer.func.name), target.label
        return unknown_presence, layer.span.text


def _refuse_absent(
    built: ir.Expr,
    inits: Sequence[ir.ParameterInit],
    label: str,
    diagnostics: Diagnostics,
) -> None:
    """A layer's own initialiser of a parameter that its arguments leave out."""
    if not isinstance(built, ir.Call):
        return
    off = {
        arg.name
        for arg in built.args
        if isinstance(arg.value, tree.Constant) and arg.value.value is False
    }
    for init in inits:
        if init.parameter in off:
            diagnostics.error(
                "no-such-parameter",
                f"this `{label}` has no `{init.parameter}`: `{init.parameter}=False`",
                init.span,
                hint="leave out the scheme or the argument.",
            )
