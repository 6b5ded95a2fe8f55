"""Tensor time: what the expressions of a `def` mean.

Names are looked up among locals, children, parameters, values and `def`s, Python's few
functions, then torch's; calls of torch are held against its recorded signatures.
"""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.inits import Presence
from netdsl.analysis.items import lower_pattern
from netdsl.analysis.learn import Learnt
from netdsl.analysis.members import Members
from netdsl.analysis.names import (
    COMBINATORS,
    CONTAINERS,
    PYTHON_CONSTANTS,
    TENSOR_FUNCTIONS,
    shorten,
    similar,
)
from netdsl.analysis.phase import Files, Phase
from netdsl.analysis.python_calls import call_builtin, math_member, math_result
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.targets import Argument, Target, match_arguments, refuse_order, report_missing
from netdsl.analysis.torch_calls import choose_overload
from netdsl.analysis.torch_types import attribute_type, gives_tensor, layer_result
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.source import Span
from netdsl.syntax import tree

__all__ = ["Presence", "TensorTime"]

_UNCALLED_DTYPES = {"float": "torch.float", "int": "torch.int", "bool": "torch.bool"}


class TensorTime(Phase):
    """Resolves expressions of tensor time.

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
            return local.ref(span)
        if name == "training":
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

    # ---- attributes ----------------------------------------------------------

    def attribute(self, node: tree.Attribute) -> ir.Expr:
        rooted = self._from_root(node)
        if rooted is not None:
            return rooted
        value = self.expr(node.value)
        of = type_of(value)
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
        near = similar(node.name, known or [*torchlib.method_names(), *self.files.member_names()])
        self.diagnostics.error(
            "unknown-attribute",
            (
                f"programs may not use `.{node.name}`: {reason}"
                if reason
                else f"{owner} has no attribute `{node.name}`"
            ),
            node.name_span,
            hint=(
                f"one with a similar name exists: `{near}`."
                if near and not reason
                else (
                    f"it has: {', '.join(known)}."
                    if known and len(known) < 12
                    else "a program can compute on tensors, and nothing else."
                )
            ),
        )
        return ir.Ref("local", node.name, types.UNKNOWN, span=node.span)

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
                    else "write the bare name of a function that computes on tensors."
                )
            ),
        )
        return ir.Ref("local", path[0], types.UNKNOWN, span=node.span)

    # ---- calls ---------------------------------------------------------------

    def call(self, node: tree.Call) -> ir.Expr:
        func = node.func
        if node.juxtaposed:
            self.diagnostics.error(
                "juxtaposed-at-tensor-time",
                "arguments without brackets are for build time",
                node.span,
                hint=(
                    f"declare the layer in the module's body, `child = {node.span.text}`, and"
                    " apply the child."
                    if isinstance(func, tree.Name) and torchlib.layer(func.id) is not None
                    else f"write `{func.span.text}(…)`."
                ),
            )
            return ir.Ref("local", "_", types.UNKNOWN, span=node.span)
        if isinstance(func, tree.Name):
            if func.id == "rearrange" and self.scope.find("rearrange") is None:
                return self._rearrange(node)
            bound = self._bound(func)
            if bound is None or bound.kind != "builtin":
                return self._apply(bound if bound is not None else self._unknown(func), node)
            return call_builtin(self, node, func)
        if isinstance(func, tree.Attribute):
            rooted = self._from_root(func)
            if rooted is not None:
                return self._apply(rooted, node)
            return self._method(func, node)
        return self._apply(self.expr(func), node)

    def _apply(self, callee: ir.Expr, node: tree.Call) -> ir.Expr:
        args = self._resolved(node)
        span = node.span
        if not isinstance(callee, ir.Ref):
            return ir.Call(callee, self._ordered(node, args), types.UNKNOWN, span=span)
        match callee.kind:
            case "torch":
                of = self._torch_result(callee, args, span)
            case "method":
                assert self.members is not None
                of = self._check(self.members.methods[callee.name], args, span)
            case "def" | "function" | "extern" | "record":
                binding = self.files.definition(callee.name)
                target = binding.target if binding is not None else None
                of = self._check(target, args, span) if target is not None else types.UNKNOWN
            case "math":
                of = math_result(callee.name)
                self._refuse_tensors(callee, args)
            case "child":
                of = self._child_result(callee, args, span)
            case "stored" | "parameter" if callee.type == types.UNKNOWN:
                self.learnt.learn(callee, types.MODULE, self.scope)
                of = types.UNKNOWN
            case _:
                of = types.UNKNOWN
                self._refuse_values(callee, node)
        return ir.Call(callee, self._ordered(node, args), of, span=span)

    def _ordered(self, node: tree.Call, args: list[Argument[ir.Expr]]) -> tuple[ir.Arg, ...]:
        refuse_order(shorten(node.func.span.text), args, self.diagnostics)
        return _plain(args)

    def _refuse_tensors(self, callee: ir.Ref, args: list[Argument[ir.Expr]]) -> None:
        """Python's `math` is for plain numbers."""
        for each in args:
            if isinstance(type_of(each.value), types.Tensor):
                self.diagnostics.error(
                    "wrong-type",
                    f"`math.{callee.name}` takes a number, not a tensor",
                    each.span,
                    hint=f"write `{callee.name}(…)`, which is torch's.",
                )

    def _refuse_values(self, callee: ir.Ref, node: tree.Call) -> None:
        of = callee.type
        if isinstance(
            of, types.Scalar | types.ListOf | types.TupleOf | types.DictOf | types.Tensor
        ):
            self.diagnostics.error(
                "not-callable",
                f"`{callee.name}` is {types.describe(of)}, which cannot be called",
                node.func.span,
                hint="call a child, a function or a method.",
            )

    def _check(self, target: Target, args: list[Argument[ir.Expr]], span: Span) -> Type:
        paired, filled = match_arguments(target, args, self.diagnostics)
        report_missing(filled, span, self.diagnostics)
        for argument, parameter in zip(args, paired, strict=True):
            if parameter is not None and not argument.star:
                what = f"`{parameter.name}` of `{target.label}`"
                self.expect(argument.value, parameter.type, what)
        return target.result

    def _torch_result(self, callee: ir.Ref, args: list[Argument[ir.Expr]], span: Span) -> Type:
        if not isinstance(callee.type, types.FunctionType):
            self.diagnostics.error(
                "not-callable",
                f"`{callee.span.text}` is a value, which cannot be called",
                callee.span,
                hint="use it without arguments.",
            )
            return types.UNKNOWN
        short = callee.name.removeprefix("F.").removeprefix("torch.")
        found = torchlib.function(short)
        if found is None:
            return types.UNKNOWN
        return choose_overload(self, short, found.signatures, args, span)

    def _child_result(self, callee: ir.Ref, args: list[Argument[ir.Expr]], span: Span) -> Type:
        of = types.without_none(callee.type)
        if isinstance(of, types.Tensor):
            self.diagnostics.error(
                "not-callable",
                f"`{callee.name}` is a tensor, which cannot be called",
                span,
                hint="call a child that is a layer.",
            )
        if not isinstance(of, types.Instance) or of.cls is None:
            return types.UNKNOWN
        if not of.torch:
            members = self.files.members_of(of.cls)
            forward = members.methods.get("forward") if members is not None else None
            return (
                self.files.forward_type(of.cls)
                if forward is None
                else self._check(forward, args, span)
            )
        if of.cls in ("ModuleList", "ModuleDict"):
            self.diagnostics.error(
                "not-callable",
                f"`{callee.name}` is a {'list' if of.cls == 'ModuleList' else 'dict'} of"
                " modules, which cannot be called as a whole",
                span,
                hint=(
                    f"call its items: `for layer in {callee.name} {{ … }}`."
                    if of.cls == "ModuleList"
                    else f"call one of its items, `{callee.name}['name'](x)`, or go over"
                    f" `{callee.name}.values()`."
                ),
            )
        return layer_result(of.cls)

    def _method(self, func: tree.Attribute, node: tree.Call) -> ir.Expr:
        value = self.expr(func.value)
        args = self._resolved(node)
        of = type_of(value)
        name, span = func.name, node.span
        field = ir.Field(value, name, types.FunctionType(), span=func.span)
        method = torchlib.method(name)
        if name.startswith("_"):
            self._refused(func, of, "names that begin with `_` are not for programs")
            result: Type = types.UNKNOWN
        elif isinstance(of, types.Tensor):
            if method is None and torchlib.attribute(name) is not None:
                self.diagnostics.error(
                    "not-callable",
                    f"`{name}` of a tensor is no method",
                    func.name_span,
                    hint=f"write `.{name}` without brackets, and an index behind it: `.{name}[0]`.",
                )
                result = types.UNKNOWN
            elif method is None:
                self._refused(func, of, torchlib.method_refusal(name))
                result = types.UNKNOWN
            else:
                result = choose_overload(self, name, method.signatures, args, span)
        elif self._has_no_method(of, name):
            self._refused(func, of, None)
            result = types.UNKNOWN
        elif (
            method is not None or torchlib.python_method(name) or name in self.files.member_names()
        ):
            only_tensor = method is not None and not (
                torchlib.python_method(name) or name in self.files.member_names()
            )
            result = types.TENSOR if only_tensor and gives_tensor(method) else types.UNKNOWN
        else:
            self._refused(func, of, torchlib.method_refusal(name))
            result = types.UNKNOWN
        return ir.Call(field, self._ordered(node, args), result, span=span)

    def _has_no_method(self, of: Type, name: str) -> bool:
        """Whether a module of the program surely has no method, and no child, of a name."""
        if not isinstance(of, types.Instance) or of.torch or of.cls is None:
            return False
        members = self.files.members_of(of.cls)
        if members is None or members.computed or members.base != "Module":
            return False
        return name not in members.names() and not torchlib.has_attribute("Module", name)

    def _resolved(self, node: tree.Call) -> list[Argument[ir.Expr]]:
        arguments = self.arguments(node.items) or []
        alone = len(arguments) == 1
        return [
            Argument(
                (
                    self.generator(each.value, alone)
                    if each.value.clauses
                    else (
                        self.iterable(each.value.value)
                        if each.star == "*"
                        else self.expr(each.value.value)
                    )
                ),
                each.span,
                each.name,
                each.star,
            )
            for each in arguments
        ]

    # ---- the rest ------------------------------------------------------------

    def sequence(self, node: tree.List) -> ir.Expr:
        items: list[tree.ItemLike] = []
        for item in node.items:
            match item:
                case tree.Item(None, value, clauses):
                    self.open_scope()
                    resolved = self.clauses(clauses)
                    element = self.expr(value)
                    self.close_scope()
                    items.append(tree.Item(None, element, resolved, span=item.span))
                case tree.Splice(value):
                    items.append(tree.Splice(self.iterable(value), span=item.span))
                case _:
                    self.diagnostics.error(
                        "items-in-call",
                        "named items and groups of items are for build time",
                        item.span,
                        hint="write a comprehension, or a loop that appends.",
                    )
        return tree.List(tuple(items), span=node.span)

    def initialised(self, node: tree.Initialised) -> ir.Expr:
        self.diagnostics.error(
            "init-at-tensor-time",
            "`~` initialises layers, which are made at build time",
            node.span,
            hint="write it at the child that is initialised.",
        )
        return self.expr(node.layer)

    def _rearrange(self, node: tree.Call) -> ir.Expr:
        value: ir.Expr | None = None
        pattern: tree.String | None = None
        sizes: list[tuple[str, ir.Expr]] = []
        for item in node.items:
            match item:
                case tree.Item(name=None, value=tree.String() as text, clauses=()) if value:
                    pattern = text
                case tree.Item(name=None, value=given, clauses=()) if value is None:
                    value = self.expr(given)
                case tree.Item(name=tree.Name(id=name), value=given, clauses=()):
                    sizes.append((name, self.value(given, types.INT, f"`{name}` of `rearrange`")))
                case _:
                    pattern = None
                    break
        if value is None or pattern is None:
            self.diagnostics.error(
                "bad-pattern",
                "`rearrange` takes a tensor, a pattern, and sizes by name",
                node.span,
                hint='write `rearrange(x, "b (h e) -> b h e", h=8)`.',
            )
            return ir.Ref("local", "rearrange", types.UNKNOWN, span=node.span)
        lowered = lower_pattern(self, pattern, [name for name, _ in sizes])
        return ir.Rearrange(value, lowered, tuple(sizes), pattern.value, span=node.span)


def _plain(args: list[Argument[ir.Expr]]) -> tuple[ir.Arg, ...]:
    return tuple(ir.Arg(each.value, each.name, each.star, span=each.span) for each in args)


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


def _dotted(node: tree.Expr) -> list[str] | None:
    names: list[str] = []
    while isinstance(node, tree.Attribute):
        names.append(node.name)
        node = node.value
    if not isinstance(node, tree.Name):
        return None
    return [node.id, *reversed(names)]
