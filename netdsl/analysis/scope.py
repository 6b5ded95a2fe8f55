"""What a name stands for, and where names are looked up."""

from __future__ import annotations

from netdsl.analysis.program import Definition, Expr, Ref, RefKind
from netdsl.analysis.targets import Target
from netdsl.analysis.types import Type
from netdsl.records import Frozen, Mutable, field
from netdsl.source import Span


class Binding(Frozen):
    """What a name stands for.

    `target` says how it is called, if it is. `value` is the expression behind a let or the
    iterable behind a loop variable, so that what is learnt of the name is learnt of that.
    """

    kind: RefKind
    name: str
    type: Type
    span: Span
    target: Target | None = None
    value: Expr | None = None
    definition: Definition | None = None

    def ref(self, span: Span) -> Ref:
        return Ref(self.kind, self.name, self.type, span=span)


class Scope(Mutable):
    """Names bound here, and those of the scopes around."""

    parent: Scope | None = None
    names: dict[str, Binding] = field(default_factory=dict)

    def find(self, name: str) -> Binding | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def all_names(self) -> list[str]:
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            names.extend(scope.names)
            scope = scope.parent
        return names
