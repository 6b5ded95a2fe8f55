"""Build time: what `let`, children and their arguments mean.

Expressions come out *unbuilt*: a layer is a Recipe (or Deferred, for what no partial can
say) until `build` turns it into the instance that is wanted where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdsl import torchlib
from netdsl.analysis import items, types
from netdsl.analysis import program as ir
from netdsl.analysis.inits import (
    Presence,
    resolve_inits,
    torch_presence,
    unknown_presence,
)
from netdsl.analysis.names import (
    BUILD_FUNCTIONS,
    COMBINATORS,
    CONTAINER_WORDS,
    CONTAINERS,
    OTHER_NAMES,
    PYTHON_CONSTANTS,
    shorten,
    similar,
)
from netdsl.analysis.phase import Phase
from netdsl.analysis.presence import may_be_none, path_of
from netdsl.analysis.python_calls import call_builtin, math_member, math_result
from netdsl.analysis.scope import Binding
from netdsl.analysis.spacing import blame_spacing
from netdsl.analysis.targets import (
    Argument,
    Target,
    TargetParameter,
    accepts,
    refuse_order,
    report_missing,
)
from netdsl.analysis.torch_layers import layer_binding
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.records import replace
from netdsl.syntax import tree

VALUE_METHODS = frozenset({"items", "keys", "values"})


class BuildTime(Phase):
    """Resolves expressions of build time in one scope."""

    # ---- names ---------------------------------------------------------------

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
        if name == "params":
            return "parameters are counted in an `assert` at file level, and nowhere else."
        if name in ("nn", "torch", "F"):
            return "layers are written without a prefix: `linear 3 4`."
        if torchlib.function(name) is not None:
            return (
                f"`{name}` is a function of tensor time: use it in a `def`, or give a layer here."
            )
        return "define it above, or correct the name."

    # ---- attributes ----------------------------------------------------------

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

    def index(self, node: tree.Index) -> ir.Expr:
        if isinstance(node.value, ir.Recipe | ir.Deferred):
            self.diagnostics.error(
                "wrong-operand",
                f"`{node.value.span.text}` is a recipe, and has no items before it is built",
                node.span,
                hint="give the item a name with `let`, and use it in both places.",
            )
        return node

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
        return self._no_attribute(node, types.describe(of))

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
            hint=f"write `{word}`." if word else "write the bare name.",
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

    # ---- calls ---------------------------------------------------------------

    def call(self, node: tree.Call) -> ir.Expr:
        mark = self.diagnostics.mark()
        found = self._call(node)
        if node.juxtaposed and self.diagnostics.errors_since(mark):
            blame_spacing(self, node, mark)
        return found

    def _call(self, node: tree.Call) -> ir.Expr:
        func = node.func
        if isinstance(func, tree.Name) and self._is_free(func):
            if func.id in CONTAINERS:
                return items.container(self, node, CONTAINERS[func.id])
            if func.id in COMBINATORS:
                return items.combinator(self, node, func.id)
            if func.id == "rearrange":
                return items.rearrange_layer(self, node)
            if func.id in BUILD_FUNCTIONS:
                return call_builtin(self, node, func)
        if isinstance(func, tree.Attribute):
            method = self._method_call(node, func)
            if method is not None:
                return method
        return self.apply(self.expr(func), node)

    def _is_free(self, name: tree.Name) -> bool:
        """Whether a name has only the meaning that the language gives it."""
        return self.scope.find(name.id) is None and self.files.find(name.id, name.span) is None

    def _method_call(self, node: tree.Call, func: tree.Attribute) -> ir.Expr | None:
        if isinstance(func.value, tree.Name) and func.value.id == "math":
            return None
        if func.name not in VALUE_METHODS or node.items:
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
        if isinstance(callee, ir.Ref):
            target = self._target_of(callee)
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
        """The arguments of a call, each resolved as its parameter wants it."""
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
            value = self.passed(item.value, parameter.type, parameter.name)
            self.learnt.learn(value, parameter.shown, self.scope, sure=False)
        return ir.Arg(value, argument.name, argument.star, span=argument.span)

    def _torch_argument(
        self, node: tree.Expr, parameter: TargetParameter | None, target: Target, spread: bool
    ) -> ir.Expr:
        """An argument of a layer of torch: a recipe is built, everything else is a value."""
        value = self.expr(node)
        wanted = types.UNKNOWN if parameter is None or spread else parameter.type
        if parameter is not None:
            self.files.gives(parameter.name)
        if types.is_layer(type_of(value)) and accepts(wanted, types.MODULE):
            return self.build(value)
        if isinstance(value, ir.LayerList):
            return items.build_list(self, value)
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

    def passed(self, node: tree.Expr, wanted: Type, name: str) -> ir.Expr:
        """An argument of something of the program: recipes stay recipes."""
        value = self.expr(node)
        of = type_of(value)
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

    def initialised(self, node: tree.Initialised) -> ir.Expr:
        """`layer ~ scheme`: complete, since the schemes need what they fill."""
        layer = self.expr(node.layer)
        presence, label = self._presence(layer)
        inits = resolve_inits(self, node.inits, label, presence)
        built = self.build(layer)
        _refuse_absent(built, inits, label, self.diagnostics)
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

    def sequence(self, node: tree.List) -> ir.Expr:
        return items.sequence(self, node)

    # ---- building ------------------------------------------------------------

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
                "splice a list with `*`."
                if isinstance(of, types.ListOf)
                else "give a layer, such as `linear 8 8`."
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


def _root(node: tree.Attribute) -> tree.Name | None:
    """What a dotted name begins with."""
    value: tree.Expr = node
    while isinstance(value, tree.Attribute):
        value = value.value
    return value if isinstance(value, tree.Name) else None


def _in_order(args: tuple[ir.Arg, ...]) -> tuple[ir.Arg, ...]:
    """Arguments that were given one after the other, as one call takes them: keywords last."""
    return tuple(sorted(args, key=lambda arg: arg.name is not None or arg.star == "**"))


def _as_list(generator: ir.Generator) -> ir.Expr:
    """A generator that is handed to the program's own definitions, which may read it twice."""
    item = tree.Item(None, generator.element, generator.clauses, span=generator.span)
    return tree.List((item,), span=generator.span)


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


def _function_result(callee: ir.Expr) -> Type:
    if isinstance(callee, ir.Ref) and callee.kind == "math":
        return math_result(callee.name)
    return types.UNKNOWN
