"""`assert` at file level: what a program promises of its own networks."""

from __future__ import annotations

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.targets import Target, TargetParameter, report_missing
from netdsl.syntax import tree

COUNTS = {"params": TargetParameter("net", types.UNKNOWN, True, "positional")}
"""The functions that measure a network, and what they take."""


class Assertions(BuildTime):
    """Resolves conditions that are decided before anything runs, which may count parameters."""

    def resolve(self, node: tree.Assert) -> tree.Assert:
        said = None if node.message is None else self.expr(node.message)
        return tree.Assert(self.asserted(node.condition), said, span=node.span)

    def call(self, node: tree.Call) -> ir.Expr:
        func = node.func
        if isinstance(func, tree.Name) and func.id in COUNTS and self._is_free(func):
            return self._count(node, func.id)
        return super().call(node)

    def _count(self, node: tree.Call, name: str) -> ir.Expr:
        """`params(net)`: an int."""
        ref = ir.Ref("builtin", name, types.FunctionType(), span=node.func.span)
        matched = self.match(Target(name, (COUNTS[name],), "value", types.INT), node.items)
        if matched is None:
            return ir.Call(ref, (), types.INT, span=node.span)
        report_missing(matched[1], node.span, self.diagnostics)
        args = tuple(
            ir.Arg(self.layer(argument.value.value), span=argument.span)
            for argument, _ in matched[0]
        )
        return ir.Call(ref, args, types.INT, span=node.span)
