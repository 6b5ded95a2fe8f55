"""The declarations in the body of a module."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from netdsl.analysis import program as ir
from netdsl.checking.builder.lists import ListBuilder
from netdsl.checking.composed import layers_of
from netdsl.checking.frame import Frame
from netdsl.checking.sizes import Mismatch, refuse_too_large
from netdsl.checking.values import (
    UNKNOWN,
    Closure,
    Items,
    Module,
    Repeated,
    Tensor,
    Value,
    as_int,
)
from netdsl.diagnostics import Label
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Shape
from netdsl.source import Span
from netdsl.syntax import tree


class BodyBuilder(ListBuilder):
    """Makes what the bodies of modules declare."""

    def declarations(self, nodes: Sequence[object], frame: Frame) -> None:
        """The declarations of a body, one after the other."""
        for node in nodes:
            self.tick()
            self._declaration(node, frame)

    def _declaration(self, node: object, frame: Frame) -> None:
        module = frame.owner
        assert module is not None
        match node:
            case ir.ChildDecl(name, value):
                self._child(name, self.value(value, frame), module, frame)
            case ir.ParameterDecl(name, shape, init, value, stated):
                module.registered[name] = "parameter"
                if value is not None:
                    held = self._held(name, value, stated, frame)
                    self._refuse_whole_numbers(name, held, value.span)
                    module.attributes[name] = held
                    return
                sizes = [self.value(size, frame) for size in shape]
                self._refuse_broken(sizes, shape)
                known = tuple(size if isinstance(size, Dimension) else None for size in sizes)
                self._refuse_empty(known, node.span)
                module.attributes[name] = Tensor(Shape(known), "float", node.span)
                self.fillable(() if init is None else (init,), module.attributes[name])
            case ir.BufferDecl(name, value, saved, stated):
                if saved:
                    module.registered[name] = "buffer"
                module.attributes[name] = self._held(name, value, stated, frame)
            case ir.ShareDecl(name, value):
                frame.variables[name] = self.value(value, frame)
            case ir.LetValue(names, value):
                self._let(names, self.value(value, frame), frame)
            case ir.LetFunction(name):
                frame.variables[name] = Closure(node, frame.variables, module)
            case ir.TieDecl(target, source):
                self._alike(target, source, frame)
                tied = self._parameter(target, frame)
                if tied is not None:
                    tied[0].tied[tied[1]] = self._origin(source, frame)
            case tree.Assert():
                self.hold(node, frame)
            case ir.BodyFor(target, iterable, body):
                self._loop(target, iterable, body, frame)
            case ir.BodyIf():
                self._choice(node, frame)

    def _refuse_whole_numbers(self, name: str, value: Value, span: Span) -> None:
        """Says so of a parameter that cannot be trained."""
        if isinstance(value, Tensor) and value.dtype in ("int", "bool"):
            found = Mismatch(
                f"the param `{name}` holds {value.dtype}s, and gradients are of floats",
                "convert it, `….float()`, or declare a `buffer`, which is not trained.",
                "wrong-dtype",
            )
            self.report(found, span)

    def _refuse_broken(self, sizes: Sequence[Value], nodes: Sequence[tree.Node]) -> None:
        """Says which sizes are floats."""
        for size, node in zip(sizes, nodes, strict=True):
            if isinstance(size, float):
                found = Mismatch(
                    f"an axis of a parameter is an int, not {size}",
                    "divide with `//`, which gives an int.",
                    "wrong-type",
                )
                self.report(found, node.span)

    def _parameter(self, path: tree.Node, frame: Frame) -> tuple[Module, str] | None:
        """The module that has a parameter, and its name there; None if that is not known."""
        match path:
            case ir.Field(value, name):
                owner = self._module(value, frame)
            case ir.Ref(_, name):
                owner = frame.owner
            case _:
                return None
        return None if owner is None else (owner, name)

    def _module(self, path: tree.Node, frame: Frame) -> Module | None:
        """A module by its path, which may lead into what a layer of torch is made of."""
        value = self.value(path, frame)
        match path:
            case _ if isinstance(value, Module):
                return value
            case ir.Field(inner, name):
                holder = self._module(inner, frame)
                found = None if holder is None else layers_of(holder).get(name)
            case tree.Index(inner, (subscript,)):
                holder, at = self._module(inner, frame), as_int(self.value(subscript, frame))
                items = list((holder.items or {}).values()) if holder is not None else []
                found = items[at] if at is not None and -len(items) <= at < len(items) else None
            case _:
                return None
        return found if isinstance(found, Module) else None

    def _origin(self, path: tree.Node, frame: Frame) -> tuple[Module, str] | None:
        """Where a parameter was made that may be tied itself."""
        found = self._parameter(path, frame)
        return found if found is None else found[0].tied.get(found[1], found)

    @abstractmethod
    def stated(self, node: tree.TypeExpr, value: Value, frame: Frame, what: str) -> Value:
        """A value that keeps what is stated of it."""

    def _held(
        self, name: str, node: tree.Node, stated: tree.TypeExpr | None, frame: Frame
    ) -> Value:
        """The tensor of a param or a buffer."""
        value = self.value(node, frame)
        return value if stated is None else self.stated(stated, value, frame.inner(), f"`{name}`")

    def _alike(self, target: tree.Node, source: tree.Node, frame: Frame) -> None:
        """What is tied has one shape."""
        one, other = self.value(target, frame), self.value(source, frame)
        if not isinstance(one, Tensor) or not isinstance(other, Tensor):
            return
        if not self.sizes.same_shape(one.shape, other.shape):
            found = Mismatch(
                f"`{target.span.text}` is {one}, and `{source.span.text}` is {other}",
                "tie parameters of one shape.",
            )
            self.report(found, target.span, [Label(source.span, f"this is {other}")])

    def _child(self, name: str | ir.Text, value: Value, module: Module, frame: Frame) -> None:
        key = name if isinstance(name, str) else self.value(name, frame)
        if not isinstance(key, str):
            module.undecided = True
            return
        module.registered[key] = "child"
        module.attributes[key] = value
        if module.items is not None and module.combined is None and isinstance(value, Module):
            module.items = {**module.items, key: value}

    def _refuse_empty(self, sizes: Sequence[Dimension | None], span: Span) -> None:
        try:
            refuse_too_large(sizes)
        except Mismatch as found:
            self.report(found, span)
        for size in sizes:
            if size is not None and not self.sizes.at_least(size, 0):
                self.report(Mismatch(f"a size of {size} is below 0", code="bad-value"), span)

    def _let(self, names: Sequence[str], value: Value, frame: Frame) -> None:
        values = [value]
        if len(names) > 1:
            whole = isinstance(value, Items) and len(value.elements) == len(names)
            values = list(value.elements) if whole else [UNKNOWN] * len(names)
        for name, each in zip(names, values, strict=True):
            frame.variables[name] = each
            if frame.owner is not None:
                frame.owner.attributes[name] = each

    def hold(self, node: tree.Assert, frame: Frame) -> None:
        """An assertion: what it says is known from here on."""
        condition, message, span = node.condition, node.message, node.span
        known = self.condition(condition, frame)
        if known is False:
            said = None if message is None else self.value(message, frame)
            why = f": {said}" if isinstance(said, str) else ""
            values = self._said_of(condition, frame)
            text = f"this does not hold{why}" + (f" ({values})" if values else "")
            self.report(Mismatch(text, "give sizes for which it does.", "assertion-fails"), span)
        elif known is None:
            self.assume(condition, True, frame)

    def _said_of(self, condition: tree.Node, frame: Frame) -> str:
        """`3 * d is 12`: what a condition compares, as far as that is not written out there."""
        if not isinstance(condition, tree.Compare):
            return ""
        sides = [condition.first, *(side for _, side in condition.rest)]
        found = [(side.span.text, self.value(side, frame)) for side in sides]
        return ", ".join(
            f"`{text}` is {value}"
            for text, value in found
            if isinstance(value, Dimension | float) and text.replace("_", "") != str(value)
        )

    def _loop(
        self, target: tree.Node, iterable: tree.Node, body: Sequence[object], frame: Frame
    ) -> None:
        over = self.gone_over(iterable, frame)
        if over is None or isinstance(over, Repeated):
            assert frame.owner is not None
            frame.owner.undecided = True
            inner = frame.inner()
            self.bind(target, over.element if isinstance(over, Repeated) else UNKNOWN, inner)
            self.declarations(body, inner)
            return
        for value in over:
            inner = frame.inner()
            self.bind(target, value, inner)
            self.declarations(body, inner)

    def _choice(self, node: ir.BodyIf, frame: Frame) -> None:
        module = frame.owner
        assert module is not None
        absent = node.absent or ((),) * (len(node.branches) + 1)
        before = self.sizes.facts
        outcomes: list[tuple[dict[str, Value], dict[str, Value]]] = []
        start = dict(module.attributes)
        decided = False
        for at, (condition, body) in enumerate(node.branches):
            known = self.condition(condition, frame)
            if known is False:
                continue
            outcomes.append(self._branch(body, absent[at], frame, start, condition, known))
            if known is None:
                module.undecided = True
            if known:
                decided = True
                break
            self.assume(condition, False, frame)
        if not decided:
            outcomes.append(self._branch(node.otherwise, absent[-1], frame, start, None, None))
        self.sizes.facts = before
        first_variables, first_attributes = outcomes[0]
        frame.variables.update(first_variables)
        module.attributes = first_attributes
        for variables, attributes in outcomes[1:]:
            frame.join(dict(frame.variables), variables)
            merged = Frame(dict(module.attributes))
            merged.join(module.attributes, attributes)
            module.attributes = merged.variables

    def _branch(
        self,
        body: Sequence[object],
        absent: Sequence[str],
        frame: Frame,
        start: Mapping[str, Value],
        condition: tree.Node | None,
        known: bool | None,
    ) -> tuple[dict[str, Value], dict[str, Value]]:
        """The variables and the attributes after one branch of a body's `if`."""
        module = frame.owner
        assert module is not None
        module.attributes = dict(start)
        facts = self.sizes.facts
        if condition is not None and known is None:
            self.assume(condition, True, frame)
        inner = frame.inner()
        self.declarations(body, inner)
        for name in absent:
            module.attributes[name] = None
        self.sizes.facts = facts
        return inner.variables, module.attributes
