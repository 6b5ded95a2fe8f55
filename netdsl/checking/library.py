"""Functions of torch and of the library, by their rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.checking import products  # noqa: F401  rules register
from netdsl.checking.alone import others
from netdsl.checking.builder import Builder, Given
from netdsl.checking.counting import parameter_count
from netdsl.checking.evaluate.base import origins
from netdsl.checking.mutation import Change, changeable
from netdsl.checking.python import builtin, math_function
from netdsl.checking.rules import FUNCTIONS, Call, bound
from netdsl.checking.signatures import Signatures
from netdsl.checking.sizes import Mismatch, refuse_too_large
from netdsl.checking.statements import Statements
from netdsl.checking.values import (
    UNKNOWN,
    Items,
    Module,
    Number,
    Record,
    Repeated,
    Tensor,
    Value,
)
from netdsl.checking.work import function_work
from netdsl.diagnostics import Diagnostics
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Run
from netdsl.source import Span


class Library(Signatures, Builder, Statements):
    """Follows calls of what is no part of the program."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        super().__init__(definitions, diagnostics)
        self.calls = []
        self.running: list[Module] = []
        """The modules that are applied, inside each other."""
        self.changes: list[Change] = []
        """What calls made of lists and dicts that they were given, and the caller does not know."""

    def binary(self, op: str, one: Value, other: Value) -> Value:
        result = super().binary(op, one, other)
        if op == "@" and self.running and isinstance(one, Tensor):
            call = Call("@", self.sizes, {"input": one, "other": other})
            self.does(self.running[-1], partial(function_work, call, result))
        return result

    def library(self, func: ir.Ref, given: Given, node: ir.Call) -> Value:
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        if func.kind == "builtin":
            if func.name == "params":
                count = parameter_count(positional[0]) if positional else None
                return UNKNOWN if count is None else Dimension(count)
            if func.name == "accumulate" and (len(positional) > 1 or named):
                return self._accumulated(positional, named, node.span)
            return builtin(func.name, positional, named, self)
        if func.kind == "math":
            return math_function(func.name, positional)
        short = func.name.rpartition(".")[2]
        if short in ("finfo", "iinfo"):
            known = [name for name in torchlib.python_attributes(short) if name != "dtype"]
            return Record(short, dict.fromkeys(known, Number()))
        self.refuse_others(func.name, given, node, method=False)
        return self.function(short, positional, named, node.span)

    def refuse_others(self, name: str, given: Given, node: ir.Call, *, method: bool) -> None:
        """Says which plain numbers stand where torch takes tensors alone, and what is None."""
        for found, span in others(name, method, given, node.args):
            self.report(found, span)

    def _accumulated(
        self, positional: Sequence[Value], named: Mapping[str, Value], span: Span
    ) -> Value:
        """`accumulate` with a function of the program."""
        function = positional[1] if len(positional) > 1 else named.get("func")
        values = self.elements(positional[0])
        if values is None or isinstance(values, Repeated) or function is None:
            return UNKNOWN
        found = list(values)
        if "initial" in named:
            found.insert(0, named["initial"])
        totals = found[:1]
        for each in found[1:]:
            totals.append(self.build_call(function, [(None, totals[-1]), (None, each)], span))
        return Items(tuple(totals), "list")

    def function(
        self, name: str, positional: Sequence[Value], named: dict[str, Value], span: Span
    ) -> Value:
        """What a function of torch, or a method of a tensor, gives."""
        entry = FUNCTIONS.get(name)
        if entry is None:
            return UNKNOWN
        taken = bound(entry, positional, named)
        if taken is None:
            return UNKNOWN
        call = Call(name, self.sizes, taken[0], extra=taken[1])
        result = self.ruled(entry.rule, call, span, positional)
        if self.running:
            self.does(self.running[-1], partial(function_work, call, result))
        return result

    def ruled(
        self,
        rule: object,
        call: Call,
        span: Span,
        inputs: Sequence[Value],
        made: Module | None = None,
    ) -> Value:
        """What a rule says; what it refuses is reported, with where its inputs come from and
        where the layer was made."""
        assert callable(rule)
        try:
            result: Value = rule(call)
            if isinstance(result, Tensor):
                refuse_too_large([each for each in result.shape.parts if not isinstance(each, Run)])
            return self._marked(result, span)
        except Mismatch as found:
            labels = [] if made is None else self.label(made)
            self.report(found, span, [*labels, *origins(inputs)[:2]])
        except (ArithmeticError, AssertionError, TypeError, ValueError, IndexError):
            pass
        return UNKNOWN

    def forget(self, given: Given) -> None:
        """Lists and dicts that went to where nobody follows them may be others now."""
        self.changes += [(each, UNKNOWN) for _, value in given for each in changeable(value)]
