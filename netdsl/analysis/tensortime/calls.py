"""Calls at tensor time, held against the signatures that torch records and programs declare."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.names import PYTHON_INSTEAD, shorten
from netdsl.analysis.patterns import lower_pattern
from netdsl.analysis.python_calls import call_builtin, math_result
from netdsl.analysis.targets import Argument, Target, match_arguments, refuse_order, report_missing
from netdsl.analysis.tensortime.attributes import TensorAttributes
from netdsl.analysis.torch_calls import choose_overload
from netdsl.analysis.torch_types import gives_tensor, layer_result
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.source import Span
from netdsl.syntax import tree


class TensorCalls(TensorAttributes):
    """Calls."""

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
                    else f"write `{shorten(func.span.text)}(…)`, or a comma behind it."
                ),
            )
            return ir.Ref("local", "_", types.UNKNOWN, span=node.span)
        if isinstance(func, tree.Name):
            if func.id == "rearrange" and self.scope.find("rearrange") is None:
                return self._rearrange(node)
            bound = self._bound(func)
            if bound is None and func.id in PYTHON_INSTEAD:  # what it takes is Python's as well
                return self._unknown(func)
            if bound is None or bound.kind != "builtin":
                return self._apply(bound if bound is not None else self._unknown(func), node)
            return call_builtin(self, node, func)
        if isinstance(func, tree.Attribute):
            rooted = self._from_root(func)
            if rooted is not None:
                return self._apply(rooted, node)
            return self._method(func, node)
        if isinstance(func, tree.Call) and self._makes_layer(func):
            self.diagnostics.error(
                "not-callable",
                f"`{shorten(func.span.text)}` makes no layer here, which could be called",
                func.span,
                hint=f"declare the layer in the module's body, `child = {shorten(func.span.text)}`,"
                " and apply the child.",
            )
            self._resolved(node)
            return ir.Ref("local", "_", types.UNKNOWN, span=node.span)
        return self._apply(self.expr(func), node)

    def _makes_layer(self, node: tree.Call) -> bool:
        """Whether a call would make a layer in Python: `linear(8, 8)`."""
        made = node.func
        if not isinstance(made, tree.Name) or torchlib.layer(made.id) is None:
            return False
        bound = self._bound(made)
        return bound is None or bound.kind == "torch"

    def _apply(self, callee: ir.Expr, node: tree.Call) -> ir.Expr:
        args = self._resolved(node)
        span = node.span
        if any(
            isinstance(i.value, tree.Call) and i.value.juxtaposed for i in _items(node)
        ):  # is said already
            return ir.Call(callee, _plain(args), types.UNKNOWN, span=span)
        if not isinstance(callee, ir.Ref):
            self._refuse_values(callee, type_of(callee), node)
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
                self._refuse_functions(callee, args)
            case "stored" | "parameter" if callee.type == types.UNKNOWN:
                self.learnt.learn(callee, types.MODULE, self.scope)
                of = types.UNKNOWN
            case _:
                of = types.UNKNOWN
                self._refuse_values(callee, callee.type, node)
                self._refuse_functions(callee, args)
        return ir.Call(callee, self._ordered(node, args), of, span=span)

    def _ordered(self, node: tree.Call, args: list[Argument[ir.Expr]]) -> tuple[ir.Arg, ...]:
        refuse_order(shorten(node.func.span.text), args, self.diagnostics)
        return _plain(args)

    def _refuse_functions(self, callee: ir.Ref, args: list[Argument[ir.Expr]]) -> None:
        """A function in the place of a tensor is a name that was misspelt, or never assigned."""
        for each in args:
            given = each.value
            if (
                isinstance(given, ir.Ref)
                and given.kind in ("torch", "builtin", "method", "def")
                and isinstance(given.type, types.FunctionType)
            ):
                self.diagnostics.error(
                    "wrong-type",
                    f"`{callee.span.text}` takes tensors, but `{given.span.text}` is a function",
                    given.span,
                    hint="call it, or assign the value that is meant to this name first.",
                )

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

    def _refuse_values(self, callee: ir.Expr, of: Type, node: tree.Call) -> None:
        if isinstance(
            of, types.Scalar | types.ListOf | types.TupleOf | types.DictOf | types.Tensor
        ):
            self.diagnostics.error(
                "not-callable",
                f"`{shorten(callee.span.text)}` is {types.describe(of)}, which cannot be called",
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
        elif isinstance(of, types.FunctionType):
            self.of_function(func)
            result = types.UNKNOWN
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
        elif _may_have_part(of, name):
            result = types.UNKNOWN
        elif (
            method is not None or torchlib.python_method(name) or name in self.files.member_names()
        ):
            only_tensor = method is not None and not (
                torchlib.python_method(name) or name in self.files.member_names()
            )
            result = types.TENSOR if only_tensor and gives_tensor(method) else types.UNKNOWN
        elif isinstance(of, types.Instance) and torchlib.has_attribute(of.cls or "", name):
            self.diagnostics.error(
                "not-callable",
                f"`{name}` of a `{of.cls}` is no module, and cannot be called",
                func.name_span,
                hint="use it without brackets, or call the layer itself.",
            )
            result = types.UNKNOWN
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
        return not (
            name in members.names()
            or torchlib.has_attribute("Module", name)
            or "Module" in torchlib.python_method(name)
        )

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

    def _rearrange(self, node: tree.Call) -> ir.Expr:
        value: ir.Expr | None = None
        pattern: tree.String | None = None
        sizes: list[tuple[str, ir.Expr]] = []
        for item in node.items:
            match item:
                case tree.Item(name=None, value=tree.String() as text, clauses=()) if value:
                    pattern = text
                case tree.Item(name=None, value=given, clauses=()) if value is None:
                    value = self.value(given, types.TENSOR, "what `rearrange` takes")
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


def _may_have_part(of: Type, name: str) -> bool:
    """Whether a value may be a layer of torch that is made of a module of that name."""
    if not isinstance(of, types.Instance):
        return of == types.UNKNOWN and torchlib.has_part(None, name)
    return (of.torch or of.cls is None) and torchlib.has_part(of.cls, name)


def _items(node: tree.Call) -> list[tree.Item]:
    return [each for each in node.items if isinstance(each, tree.Item)]


def _plain(args: list[Argument[ir.Expr]]) -> tuple[ir.Arg, ...]:
    return tuple(ir.Arg(each.value, each.name, each.star, span=each.span) for each in args)
