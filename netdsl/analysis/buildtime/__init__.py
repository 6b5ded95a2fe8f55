"""Build time: what `let`, children and their arguments mean.

Expressions come out *unbuilt*: a layer is a Recipe (or Deferred, for what no partial can
say) until `build` turns it into the instance that is wanted where it stands.
"""

from __future__ import annotations

from netdsl.analysis import items, layer_lists, types
from netdsl.analysis import program as ir
from netdsl.analysis.accepting import accepts
from netdsl.analysis.buildtime.instances import BuildInstances
from netdsl.analysis.names import (
    BUILD_FUNCTIONS,
    COMBINATORS,
    CONTAINERS,
    DECLARED_INSTEAD,
    shorten,
)
from netdsl.analysis.patterns import rearrange_layer
from netdsl.analysis.python_calls import call_builtin, math_result
from netdsl.analysis.targets import Argument, Target, TargetParameter, refuse_order, report_missing
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.records import replace
from netdsl.source import Span
from netdsl.syntax import tree

_VALUE_METHODS = frozenset({"items", "keys", "values"})
_WORDS = COMBINATORS | BUILD_FUNCTIONS | CONTAINERS.keys() | {"rearrange"}
"""The names that the language itself gives a meaning where they are called."""


class BuildTime(BuildInstances):
    """Resolves expressions of build time in one scope: calls, and the arguments of each."""

    def call(self, node: tree.Call) -> ir.Expr:
        mark = self.diagnostics.mark()
        found = self._call(node)
        if node.juxtaposed and self.diagnostics.errors_since(mark):
            from netdsl.analysis.spacing import blame_spacing

            blame_spacing(self, node, mark)
        return found

    def _call(self, node: tree.Call) -> ir.Expr:
        func = node.func
        if isinstance(func, tree.Name) and func.id in _WORDS and self._is_free(func):
            if func.id in CONTAINERS:
                return items.container(self, node, CONTAINERS[func.id])
            if func.id in COMBINATORS:
                return items.combinator(self, node, func.id)
            if func.id == "rearrange":
                return rearrange_layer(self, node)
            return call_builtin(self, node, func)
        if isinstance(func, tree.Attribute):
            method = self._method_call(node, func)
            if method is not None:
                return method
        mark = self.diagnostics.mark()
        callee = self.expr(func)
        if self.diagnostics.errors_since(mark):
            if _last_name(func) in DECLARED_INSTEAD:  # what it takes is of tensor time
                return callee
            if isinstance(func, tree.Attribute):
                self._plain(node)
                return callee
        return self.apply(callee, node)

    def _method_call(self, node: tree.Call, func: tree.Attribute) -> ir.Expr | None:
        if isinstance(func.value, tree.Name) and func.value.id == "math":
            return None
        if func.name not in _VALUE_METHODS or node.items:
            return None
        value = self.expr(func.value)
        if not isinstance(type_of(value), types.DictOf | types.Unknown):
            return None
        field = ir.Field(value, func.name, types.FunctionType(), span=func.span)
        of = type_of(value)
        inner = of.value if isinstance(of, types.DictOf) else types.UNKNOWN
        element = {
            "keys": types.STR,
            "values": inner,
            "items": types.TupleOf((types.STR, inner)),
        }[func.name]
        return ir.Call(field, (), types.ListOf(element), span=node.span)

    def apply(self, callee: ir.Expr, node: tree.Call) -> ir.Expr:
        """A callee with more arguments: a recipe that is nearer to complete, or a value."""
        span = node.span
        if isinstance(callee, ir.Recipe):
            return self._apply_recipe(callee, node)
        of = type_of(callee)
        if isinstance(callee, ir.Deferred):
            if node.items:
                self._finished(callee, node)
            return callee
        if isinstance(callee, ir.Ref):
            target = self._target_of(callee)
            if target is not None and callee.kind == "def" and _takes_tensors(target):
                self.diagnostics.error(
                    "applied-at-build-time",
                    f"`{callee.name}` computes on tensors, which there are none of here",
                    node.span,
                    hint="call it in a `def`; a layer that does what it does is a `module`.",
                )
                return ir.Ref("local", "_", types.UNKNOWN, span=span)
            if target is not None:
                args, filled = self.bind(target, node)
                report_missing(filled, node.span, self.diagnostics)
                return ir.Call(callee, args, target.result, span=span)
        if isinstance(of, types.FunctionType):
            return ir.Call(callee, self._plain(node), _function_result(callee), span=span)
        if of == types.UNKNOWN or types.is_layer(of):
            self.learnt.learn(callee, types.LAYER, self.scope)
            return ir.Recipe(callee, self._plain(node), None, span=span)
        self._not_callable(callee, of, node)
        return ir.Ref("local", "_", types.UNKNOWN, span=span)

    def _not_callable(self, callee: ir.Expr, of: Type, node: tree.Call) -> None:
        if types.is_instance(of):
            self.diagnostics.error(
                "applied-at-build-time",
                "a module that exists is applied to tensors, which there are none of here",
                node.span,
                hint="apply it in a `def`.",
            )
            return
        self.diagnostics.error(
            "not-callable",
            f"{types.describe(of)} cannot be applied to arguments",
            node.func.span,
            hint=(
                "put brackets and commas where they are meant: an item needs a comma after it."
                if node.juxtaposed
                else "call a layer or a function."
            ),
        )

    def _finished(self, callee: ir.Expr, node: tree.Call) -> None:
        first = Span(node.span.source, node.items[0].span.start, node.items[-1].span.end)
        self.diagnostics.error(
            "too-many-arguments",
            f"`{shorten(callee.span.text)}` is finished, and takes no arguments",
            first,
            hint="put layers into its brackets, or a comma between it and what follows.",
        )

    def _target_of(self, ref: ir.Ref) -> Target | None:
        binding = self.scope.find(ref.name) if ref.kind in ("local", "function") else None
        binding = binding or self.files.definition(ref.name)
        if binding is None or binding.kind != ref.kind:
            return None
        return binding.target

    def _apply_recipe(self, recipe: ir.Recipe, node: tree.Call) -> ir.Expr:
        target = recipe.target
        if target is None:
            args = _in_order(recipe.args + self._plain(node))
            given = [Argument(each, node.span, each.name, each.star) for each in args]
            refuse_order(shorten(node.func.span.text), given, self.diagnostics)
            return ir.Recipe(recipe.func, args, None, span=node.span)
        if isinstance(recipe.func, ir.Ref) and recipe.func.kind == "function" and node.items:
            self.files.extends(recipe.func.name, node.span)
        mark = self.diagnostics.mark()
        args, filled = self.bind(target, node)
        if self.diagnostics.errors_since(mark):  # what is missing then is not said as well
            filled = replace(filled, parameters=None)
        return ir.Recipe(recipe.func, _in_order(recipe.args + args), filled, span=node.span)

    def bind(self, target: Target, node: tree.Call) -> tuple[tuple[ir.Arg, ...], Target]:
        matched = self.match(target, node.items)
        if matched is None:
            return (), target
        pairs, filled = matched
        alone = len(pairs) == 1
        args = tuple(
            self._argument(argument, parameter, target, alone) for argument, parameter in pairs
        )
        return args, filled

    def _argument(
        self,
        argument: Argument[tree.Item],
        parameter: TargetParameter | None,
        target: Target,
        alone: bool,
    ) -> ir.Arg:
        item = argument.value
        if item.clauses:
            generator = self.generator(item, alone)
            assert isinstance(generator, ir.Generator)
            value: ir.Expr = _as_list(generator)
        elif target.torch is not None:
            value = self._torch_argument(item.value, parameter, target, bool(argument.star))
        elif parameter is None or argument.star:
            value = self.expr(item.value)
        else:
            wraps = target.foreign and target.makes == "layer"
            value = self.passed(item.value, parameter.type, parameter.name, wraps)
            self.learnt.learn(value, parameter.shown, self.scope, sure=False)
        return ir.Arg(value, argument.name, argument.star, span=argument.span)

    def _torch_argument(
        self, node: tree.Expr, parameter: TargetParameter | None, target: Target, spread: bool
    ) -> ir.Expr:
        """An argument of a layer of torch: a recipe is built, everything else is a value."""
        value = self.expr(node)
        wanted = types.UNKNOWN if parameter is None or spread else parameter.type
        self.files.gives(target.torch, None if parameter is None else parameter.name)
        if types.is_layer(type_of(value)) and accepts(wanted, types.MODULE):
            return self.build(value)
        if isinstance(value, ir.LayerList):
            return layer_lists.build_list(self, value)
        if isinstance(value, tree.Dict):
            return self._built_dict(value)
        name = "an argument" if parameter is None else f"`{parameter.name}`"
        self.expect(value, wanted, f"{name} of `{target.label}`")
        return value

    def _built_dict(self, node: tree.Dict) -> tree.Dict:
        """A dict whose recipes are built."""
        pairs = tuple(
            (
                tree.Pair(pair.key, self.build(pair.value), span=pair.span)
                if isinstance(pair, tree.Pair) and types.is_layer(type_of(pair.value))
                else pair
            )
            for pair in node.pairs
        )
        return tree.Dict(pairs, span=node.span)

    def passed(self, node: tree.Expr, wanted: Type, name: str, wraps: bool = False) -> ir.Expr:
        """An argument of something of the program: recipes stay recipes. A foreign layer that
        `wraps` another one takes it built, as torch's own do."""
        value = self.expr(node)
        of = type_of(value)
        if wraps and types.is_instance(wanted) and types.is_layer(of):
            return self.build(value)
        if types.is_layer(wanted) and types.is_instance(of):
            self.diagnostics.error(
                "needs-recipe",
                f"`{name}` takes a recipe, which is built anew at each use, not a module that"
                " exists",
                node.span,
                hint=f"give the layer itself, or type the parameter: `{name}: module`.",
            )
        elif types.is_instance(wanted) and types.is_layer(of):
            self.diagnostics.error(
                "needs-instance",
                f"`{name}` takes a module that exists, not a recipe for one",
                node.span,
                hint="`share` the layer, or give `self.child`.",
            )
        else:
            self.expect(value, wanted, f"`{name}`")
        if isinstance(value, ir.Recipe) and isinstance(value.func, ir.Ref):
            self.files.extends(value.func.name)
        return value

    def _plain(self, node: tree.Call) -> tuple[ir.Arg, ...]:
        """The arguments of something whose signature is not known."""
        arguments = self.arguments(node.items) or []
        refuse_order(shorten(node.func.span.text), arguments, self.diagnostics)
        alone = len(arguments) == 1
        for at, argument in enumerate(arguments):
            self.files.gives(None, None if argument.star else argument.name or at)
        return tuple(
            ir.Arg(
                (
                    self.generator(each.value, alone)
                    if each.value.clauses
                    else self.expr(each.value.value)
                ),
                each.name,
                each.star,
                span=each.span,
            )
            for each in arguments
        )

    def sequence(self, node: tree.List) -> ir.Expr:
        return layer_lists.sequence(self, node)


def _in_order(args: tuple[ir.Arg, ...]) -> tuple[ir.Arg, ...]:
    """Arguments that were given one after the other, as one call takes them: keywords last."""
    return tuple(sorted(args, key=lambda arg: arg.name is not None or arg.star == "**"))


def _as_list(generator: ir.Generator) -> ir.Expr:
    """A generator that is handed to the program's own definitions, which may read it twice."""
    item = tree.Item(None, generator.element, generator.clauses, span=generator.span)
    return tree.List((item,), span=generator.span)


def _function_result(callee: ir.Expr) -> Type:
    if isinstance(callee, ir.Ref) and callee.kind == "math":
        return math_result(callee.name)
    return types.UNKNOWN


def _takes_tensors(target: Target) -> bool:
    return any(isinstance(each.type, types.Tensor) for each in target.parameters or ())


def _last_name(func: tree.Expr) -> str | None:
    match func:
        case tree.Name(id=name) | tree.Attribute(name=name):
            return name
        case _:
            return None
