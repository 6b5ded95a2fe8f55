"""Lists, tuples and dicts, what goes through them, and the arguments of calls."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking.evaluate.conditions import ConditionEvaluation
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import elements_of, unpacked
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Items,
    Named,
    Repeated,
    Value,
)
from netdsl.syntax import tree


class CollectionEvaluation(ConditionEvaluation):
    """Collections."""

    def _items(self, elements: Sequence[object], frame: Frame, kind: str) -> Value:
        found: list[Value] = []
        for each in elements:
            if isinstance(each, tree.Splice):
                if not _extended(found, self.value(each.value, frame)):
                    return UNKNOWN
            else:
                found.append(self.value(each, frame))
        return Items(tuple(found), kind)

    def _list(self, node: tree.List, frame: Frame) -> Value:
        found: list[Value] = []
        for item in node.items:
            match item:
                case tree.Item(_, value, ()):
                    found.append(self.value(value, frame))
                case tree.Item(_, value, clauses):
                    each = self._comprehension(value, clauses, frame)
                    if len(node.items) == 1:
                        return each
                    if not _extended(found, each):
                        return UNKNOWN
                case tree.Splice(value):
                    if not _extended(found, self.value(value, frame)):
                        return UNKNOWN
                case _:
                    return UNKNOWN
        return Items(tuple(found), "list")

    def _comprehension(
        self, element: tree.Node, clauses: Sequence[tree.Clause], frame: Frame
    ) -> Value:
        scopes = self.iterations(clauses, frame)
        if scopes is None:
            return UNKNOWN
        found, whole = scopes
        if not whole:
            return Repeated(self.value(element, found[0])) if found else UNKNOWN
        return Items(tuple(self.value(element, each) for each in found), "list")

    def iterations(
        self, clauses: Sequence[tree.Clause], frame: Frame
    ) -> tuple[list[Frame], bool] | None:
        """The scopes that clauses run through: all of them, or one that is like each of those
        whose number is not known. None if nothing is known."""
        scopes, whole = [frame.turn()], True
        for clause in clauses:
            following: list[Frame] = []
            for scope in scopes:
                over = self.gone_over(clause.iterable, scope)
                if isinstance(over, Repeated):
                    whole = False
                    over_ = [over.element]
                elif over is None:
                    return None
                else:
                    over_ = list(over)
                for value in over_:
                    self.tick()
                    inner = scope.turn()
                    self.bind(clause.target, value, inner)
                    known = [self.condition(each, inner) for each in clause.conditions]
                    if None in known:
                        return None
                    if all(known):
                        following.append(inner)
                    if len(following) > limits.current().items:
                        return None
            scopes = following
        return scopes, whole

    def elements(self, value: Value) -> Sequence[Value] | Repeated | None:
        """What iterating over a value gives."""
        return elements_of(value, self.sizes)

    def gone_over(self, node: tree.Node, frame: Frame) -> Sequence[Value] | Repeated | None:
        """What a loop runs over. What has no items is said, and not known from then on."""
        value = self.value(node, frame)
        try:
            return self.elements(value)
        except Mismatch as found:
            self.report(found, node.span)
            return None

    def bind(self, target: tree.Node | None, value: Value, frame: Frame) -> None:
        """Gives variables their values."""
        match target:
            case ir.Ref("local" | "parameter" | "dim", name):
                frame.variables[name] = value
            case tree.Tuple(elements):
                values = unpacked(value, elements, self.sizes)
                for element, each in zip(elements, values, strict=True):
                    inner = element.value if isinstance(element, tree.Splice) else element
                    self.bind(inner, each, frame)
            case _:
                pass

    def _dict(self, pairs: Sequence[tree.Pair | tree.Spread], frame: Frame) -> Value:
        found: dict[str, Value] = {}
        complete = True
        for pair in pairs:
            if isinstance(pair, tree.Spread):
                inner = self.value(pair.value, frame)
                if not isinstance(inner, Named):
                    return UNKNOWN
                found.update(inner.values)
                complete = complete and inner.complete
                continue
            key = self.value(pair.key, frame)
            if not isinstance(key, str):
                return UNKNOWN
            found[key] = self.value(pair.value, frame)
        return Named(found, complete)

    def _subscript(self, node: object, frame: Frame) -> Value:
        if isinstance(node, tree.Slice):
            parts = (node.lower, node.upper, node.step)
            return Items(tuple(None if p is None else self.value(p, frame) for p in parts), "slice")
        return self.value(node, frame)

    def arguments(
        self, args: Sequence[ir.Arg], frame: Frame
    ) -> list[tuple[str | None, Value]] | None:
        """The arguments of a call; None if it is not known how many there are."""
        found: list[tuple[str | None, Value]] = []
        for arg in args:
            value = self.value(arg.value, frame)
            if arg.star == "*":
                more: list[Value] = []
                if not _extended(more, value) or len(found) + len(more) > limits.current().items:
                    return None
                found += [(None, each) for each in more]
            elif arg.star == "**":
                if not isinstance(value, Named) or not value.complete:
                    return None
                found += list(value.values.items())
            else:
                found.append((arg.name, value))
        return found


def _extended(found: list[Value], more: Value) -> bool:
    """Adds the elements of a list to others; not if they are unknown, or too many in all."""
    if not isinstance(more, Items):
        return False
    if len(found) + len(more.elements) > limits.current().items:
        return False
    found += more.elements
    return True
