"""`nest`, `residual`, `add`, `concat`, `parallel` and `rearrange`: classes of their own.

What a combinator takes from its surroundings becomes parameters of its class. The items are
attributes, registered and built in the order written; `forward` applies them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.emit.building import assign_lines, value_lines
from netdsl.emit.code import ClassCode, Code, FunctionCode, Line, indented, spanned
from netdsl.emit.containers import holder_of, show_name, show_value
from netdsl.emit.expressions import reference, write
from netdsl.emit.filling import clause_loops, grouped
from netdsl.emit.forwards import Forward
from netdsl.emit.helpers import helper
from netdsl.emit.items import is_named, leaves, may_repeat
from netdsl.emit.names import camel_case, is_plain
from netdsl.emit.place import Free, Place, free_names, variables_of
from netdsl.emit.rearranges import rearranging
from netdsl.emit.signatures import typed_header
from netdsl.records import Frozen, replace
from netdsl.syntax import tree

_SEQUENCES = ("nest", "residual")
_DOCS = {
    "nest": "The layers, one after the other.",
    "residual": "x + f(x).",
    "add": "The sum of the branches.",
    "concat": "The outputs of the branches, joined.",
    "parallel": "The outputs of the branches, side by side.",
}


# ---- inline combinators ------------------------------------------------------


def instance(node: ir.Combined | ir.Rearranged, place: Place) -> str:
    """The instance, `Nest(i, o)`."""
    name, given = class_of(node, place)
    return f"{name}({', '.join(given)})"


def class_of(node: ir.Combined | ir.Rearranged, place: Place) -> tuple[str, list[str]]:
    """The class of an inline combinator, which is written before its user, and the arguments
    that it needs there."""
    if isinstance(node, ir.Rearranged):
        named = [size for _, size in node.sizes if not isinstance(size, tree.Number)]
        free = free_names(tuple(named), place)
        wanted = "Rearrange"
    else:
        free = free_names((node.items, node.dim), place)
        wanted = node.kind.capitalize()
    if place.holder is not None:
        wanted = camel_case(place.holder) or wanted
    parameters = _parameters(free)
    own = _own_place(node, free, parameters, place)
    parts = rearranged(node, own) if isinstance(node, ir.Rearranged) else combined(node, own)
    doc = f"{node.pattern}." if isinstance(node, ir.Rearranged) else _DOCS[node.kind]
    functions: list[FunctionCode] = []
    if parts.init:
        start = Line("super().__init__()")
        typed = zip(parameters, (each.type for each in free), strict=True)
        header = typed_header("__init__", typed, place.out)
        functions.append(FunctionCode(header, None, (start, *parts.init)))
    functions.append(parts.forward)
    nn = place.out.names.imported("nn")

    def code(name: str) -> ClassCode:
        return spanned(
            ClassCode(f"class {name}({nn}.Module):", doc, (), tuple(functions)), node.span
        )

    name = place.out.add_class(wanted, code)
    return name, [reference(each.ref, place)[0] for each in free]


def _parameters(free: Sequence[Free]) -> list[str]:
    """A name for each parameter of the class: `x` and `self.x` may both be used."""
    found: list[str] = []
    for each in free:
        name = each.name
        while name in found:
            name += "_"
        found.append(name)
    return found


def _own_place(
    node: ir.Combined | ir.Rearranged,
    free: Sequence[Free],
    parameters: Sequence[str],
    place: Place,
) -> Place:
    bare = {each.name: name for each, name in zip(free, parameters, strict=True) if not each.own}
    own = {each.name: name for each, name in zip(free, parameters, strict=True) if each.own}
    function = variables_of(node, place.out.definitions)
    function.used.update(parameters)
    known = {each.name: each.type for each in free if not each.own}
    return Place(place.out, "init", function, bare, known, own)


# ---- what a class does -------------------------------------------------------


class Parts(Frozen):
    """Statements of `__init__`, and the `forward`."""

    init: tuple[Code, ...]
    forward: FunctionCode


def combined(
    node: ir.Combined,
    place: Place,
    *,
    taken: frozenset[str] = frozenset(),
    extensible: bool = False,
) -> Parts:
    """The combinator as the content of a class; `taken` are other attributes of that class,
    and `extensible` says that it may come to have children which are no items."""
    init = _registered(node, place)
    dynamic = _is_dynamic(node)
    unnamed = any(not is_named((item,)) for item in node.items)
    layers = "self._modules.values()"
    if dynamic and unnamed and node.kind not in _SEQUENCES:
        order = _free_attribute("_order", node, taken)
        init.append(Line(f"self.{order} = [{', '.join(_paths(node, place))}]"))
        layers = f"(self.get_submodule(name) for name in self.{order})"
    elif dynamic and extensible:
        order = _free_attribute("_order", node, taken)
        init.append(Line(f"self.{order} = {place.out.names.builtin('list')}(self._modules)"))
        layers = f"(self._modules[name] for name in self.{order})"
    dim = None
    if node.kind == "concat":
        dim, stored = _dim(node, place, taken)
        init = [*stored, *init]
    apply = Forward(node, place, layers if dynamic else None)
    return Parts(tuple(init), apply.function(dim))


def _paths(node: ir.Combined, place: Place) -> Iterator[str]:
    """Where the branches are, in the order written, if some have computed names and some none
    (there are no groups then)."""
    position = 0
    for item in node.items:
        assert isinstance(item, ir.LayerItem)
        if item.name is not None:
            yield show_name(item, place)
        else:
            yield f'"branches.{position}"'
            position += 1


def _dim(node: ir.Combined, place: Place, taken: frozenset[str]) -> tuple[str, list[Code]]:
    """The dimension to join along, which forward needs."""
    if node.dim is None:
        return "1", []
    text = write(node.dim, place)
    if text.removeprefix("-").isdecimal():
        return text, []
    attribute = _free_attribute("dim", node, taken)
    return f"self.{attribute}", [Line(f"self.{attribute} = {text}")]


def _free_attribute(name: str, node: ir.Combined, taken: frozenset[str]) -> str:
    used = {leaf.item.name for leaf in leaves(node.items)} | taken
    while name in used:
        name += "_"
    return name


def _is_dynamic(node: ir.Combined) -> bool:
    """Whether the attributes have names that only running the program tells."""
    return any(isinstance(leaf.item.name, ir.Text) for leaf in leaves(node.items))


# ---- registering -------------------------------------------------------------


def _registered(node: ir.Combined, place: Place) -> list[Code]:
    add = "self.add_module("
    if _is_dynamic(node) and may_repeat(node.items):
        add = f"{helper('register', place.out)}(self, "
    runs = [
        (named, tuple(run))
        for named, run in groupby(node.items, key=lambda item: is_named((item,)))
    ]
    apart = sum(not named for named, _ in runs) > 1
    lines: list[Code] = []
    if apart:
        lines.append(Line(f"self.branches = {place.out.names.imported('nn')}.ModuleList()"))
    for named, run in runs:
        if named:
            lines += _named(run, place, add)
        elif apart:
            for item in run:
                assert isinstance(item, ir.LayerItem)
                lines.append(Line(f"self.branches.append({show_value(item, place)})"))
        else:
            sequence = node.kind in _SEQUENCES
            own = ir.Container("seq" if sequence else "list", run, span=node.span)
            path = "self.net" if sequence else "self.branches"
            lines += value_lines(own, place, lambda text, path=path: f"{path} = {text}")  # type: ignore[misc]
    return lines


def _named(items: Sequence[ir.LayerItemLike], place: Place, add: str) -> list[Code]:
    lines: list[Code] = []
    for item in items:
        match item:
            case ir.LayerItem(str(name), value, ()):
                held = place.held_by(holder_of(item, place))
                if is_plain(name):
                    lines += assign_lines(f"self.{name}", value, held)
                else:
                    lines.append(_added(item, held, add))
            case ir.LayerItem(_, _, ()):
                lines.append(_added(item, place, add))
            case ir.LayerItem(clauses=clauses):
                once = replace(item, clauses=())
                lines += clause_loops(
                    clauses,
                    place,
                    lambda here, once=once: _named((once,), here, add),  # type: ignore[misc]
                )
            case ir.LayerIf():
                lines += _chosen(item, place, add)
            case _:
                lines += grouped(item, place, lambda inner, here: _named(inner, here, add))
    return lines


def _added(item: ir.LayerItem, place: Place, add: str) -> Line:
    return Line(f"{add}{show_name(item, place)}, {show_value(item, place)})")


def _chosen(item: ir.LayerIf, place: Place, add: str) -> list[Code]:
    """An `if` around named items: the attributes of the branches that are not taken are None."""
    names = [leaf.item.name for leaf in leaves((item,))]
    plain = [name for name in dict.fromkeys(names) if isinstance(name, str) and is_plain(name)]

    def inside(inner: Sequence[ir.LayerItemLike], here: Place) -> list[Code]:
        there = {leaf.item.name for leaf in leaves(inner)}
        absent = [Line(f"self.{name} = None") for name in plain if name not in there]
        return [*_named(inner, here, add), *absent]

    lines = grouped(item, place, inside)
    if not item.otherwise and plain:
        lines += [Line("else:"), *indented(inside((), place))]
    return lines


# ---- rearrange ---------------------------------------------------------------


def rearranged(node: ir.Rearranged, place: Place) -> Parts:
    """A layer that only moves the dimensions of its input."""
    init: list[Code] = []
    sizes: dict[str, str] = {}
    for name, size in node.sizes:
        if isinstance(size, tree.Number):
            sizes[name] = write(size, place)
        else:
            sizes[name] = f"self.{torchlib.kept_name(name)}"
            init.append(Line(f"{sizes[name]} = {write(size, place)}"))
    tensor = place.out.names.imported("Tensor")
    forward = FunctionCode(
        f"def forward(self, x: {tensor}) -> {tensor}:",
        None,
        (Line(f"return x{rearranging(node.lowered, sizes)}"),),
    )
    return Parts(tuple(init), forward)
