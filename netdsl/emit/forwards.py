"""The forward of a combinator: its items, one after the other or side by side."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.analysis import program as ir
from netdsl.emit.code import Code, FunctionCode, Line, indented
from netdsl.emit.expressions import write
from netdsl.emit.items import is_named, is_optional, leaves
from netdsl.emit.names import is_plain
from netdsl.emit.place import Place
from netdsl.records import Frozen
from netdsl.syntax import tree


class _Applied(Frozen):
    """An attribute that forward calls; `optional` ones may be None."""

    path: str
    optional: bool


class Forward(Frozen):
    """Writes the forward of a combinator. `layers` is an iterable of its items, if their names
    are computed."""

    node: ir.Combined
    place: Place
    layers: str | None

    def function(self, dim: str | None) -> FunctionCode:
        body = self.sequence() if self.node.kind in ("nest", "residual") else self.joined(dim)
        tensor = self.place.out.names.imported("Tensor")
        result = tensor
        if _is_parallel(self.node):
            result = f"{self.place.out.names.builtin('tuple')}[{tensor}, ...]"
        return FunctionCode(f"def forward(self, x: {tensor}) -> {result}:", None, tuple(body))

    # ---- one after the other ----

    def sequence(self) -> list[Code]:
        residual = self.node.kind == "residual"
        variable = "y" if residual else "x"
        if self.layers is not None:
            body: list[Code] = [Line("y = x")] if residual else []
            each = _Applied("layer", self.has_optional())
            return [
                *body,
                Line(f"for layer in {self.layers}:"),
                *indented(_guarded(each, Line(f"{variable} = layer({variable})"))),
                Line("return x + y" if residual else "return x"),
            ]
        return self.chain(self.attributes(), variable)

    def chain(self, steps: Sequence[_Applied], variable: str) -> list[Code]:
        lines: list[Code] = []
        value = "x"
        if variable == "y" and steps[0].optional:
            lines.append(Line("y = x"))
            value = "y"
        added = "x + " if variable == "y" else ""
        for step in steps[:-1]:
            call = Line(f"{variable} = {step.path}({value})")
            lines += _guarded(step, call)
            value = variable
        last = steps[-1]
        if last.optional:
            lines += _guarded(last, Line(f"{variable} = {last.path}({value})"))
            return [*lines, Line(f"return {added}{variable}")]
        return [*lines, Line(f"return {added}{last.path}({value})")]

    # ---- side by side ----

    def joined(self, dim: str | None) -> list[Code]:
        branches = self.branches()
        kind = self.node.kind
        if kind == "add":
            return self.summed(branches)
        names = self.place.out.names
        if kind == "concat":
            outputs = branches if isinstance(branches, str) else ", ".join(branches)
            return [Line(f"return {names.imported('torch')}.cat([{outputs}], dim={dim})")]
        if isinstance(branches, str):
            return [Line(f"return {names.builtin('tuple')}({branches})")]
        if len(branches) == 1:
            return [Line(f"return ({branches[0]},)")]
        return [Line(f"return {', '.join(branches)}")]

    def summed(self, branches: list[str] | str) -> list[Code]:
        if not isinstance(branches, str):
            return [Line(f"return {' + '.join(branches)}")]
        return [
            Line(f"y, *others = [{branches}]"),
            Line("for other in others:"),
            Line("y = y + other", 1),
            Line("return y"),
        ]

    def branches(self) -> list[str] | str:
        """The outputs of the branches: one by one if they are known, else a comprehension."""
        guard = " if branch is not None" if self.has_optional() else ""
        if self.layers is not None:
            return f"branch(x) for branch in {self.layers}{guard}"
        unnamed = [item for item in self.node.items if not is_named((item,))]
        counted = all(isinstance(item, ir.LayerItem) and not item.clauses for item in unnamed)
        if counted and not guard:
            return [f"{each.path}(x)" for each in self.attributes()]
        if len(unnamed) == len(self.node.items):
            return f"branch(x) for branch in self.branches{guard}"
        paths = [each.path for each in self.attributes()]
        comma = "," if len(paths) == 1 else ""
        return f"branch(x) for branch in ({', '.join(paths)}{comma}){guard}"

    # ---- attributes ----

    def has_optional(self) -> bool:
        return any(each.optional for each in self.attributes()) or any(
            is_optional(leaf.item.value) for leaf in leaves(self.node.items)
        )

    def attributes(self) -> list[_Applied]:
        """The items by where forward finds them, in the order written."""
        found: dict[str, _Applied] = {}
        position = 0
        for item in self.node.items:
            if not is_named((item,)):
                if self.node.kind in ("nest", "residual"):
                    found.setdefault("self.net", _Applied("self.net", False))
                elif isinstance(item, ir.LayerItem) and not item.clauses:
                    path = f"self.branches[{position}]"
                    found[path] = _Applied(path, is_optional(item.value))
                    position += 1
                else:
                    found.setdefault("*", _Applied("*self.branches", False))
                continue
            for leaf in leaves((item,)):
                if not isinstance(leaf.item.name, str):
                    continue
                always = isinstance(item, ir.LayerItem) or _in_every_branch(item, leaf.item.name)
                optional = is_optional(leaf.item.value) or not always
                path = self.path(leaf.item.name, optional)
                before = found.get(path)
                optional = optional or (before is not None and before.optional)
                found[path] = _Applied(path, optional)
        return list(found.values())

    def path(self, name: str, optional: bool) -> str:
        if is_plain(name):
            return f"self.{name}"
        shown = write(tree.String(name, span=self.node.span), self.place)
        return f"self._modules.get({shown})" if optional else f"self.get_submodule({shown})"


def _is_parallel(node: ir.Combined) -> bool:
    """Whether the combinator gives a tuple, as far as it shows."""
    last = node.items[-1]
    inner = last.value if isinstance(last, ir.LayerItem) else None
    if node.kind == "nest" and isinstance(inner, ir.Combined):
        return _is_parallel(inner)
    return node.kind == "parallel"


def _in_every_branch(item: ir.LayerItemLike, name: str) -> bool:
    match item:
        case ir.LayerItem():
            return item.name == name
        case ir.LayerIf(branches, otherwise):
            alternatives = [*(inner for _, inner in branches), otherwise]
            return all(
                any(_in_every_branch(each, name) for each in inner) for inner in alternatives
            )
        case _:
            return False


def _guarded(step: _Applied, call: Line) -> list[Code]:
    if not step.optional:
        return [call]
    return [Line(f"if {step.path} is not None:"), *indented([call])]
