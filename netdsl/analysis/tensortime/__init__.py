"""Tensor time: what the expressions of a `def` mean."""

from __future__ import annotations

from netdsl.analysis import program as ir
from netdsl.analysis.tensortime.calls import TensorCalls
from netdsl.syntax import tree


class TensorTime(TensorCalls):
    """Resolves expressions of tensor time."""

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
