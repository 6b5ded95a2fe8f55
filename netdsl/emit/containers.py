"""Sequential, ModuleList, ModuleDict and Python lists of layers.

As expressions, which is always possible; `filling` has a form that reads better for groups.
Everything is built once and in the order written, since layers draw random numbers as they
are built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdsl.analysis import program as ir
from netdsl.emit.expressions import Binds, loops, write
from netdsl.emit.helpers import helper
from netdsl.emit.items import all_named, is_named, may_repeat, numbered
from netdsl.emit.names import camel_case
from netdsl.emit.place import Place
from netdsl.records import replace
from netdsl.source import Span
from netdsl.syntax import tree

CLASSES = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}

Show = Callable[[ir.LayerItem, Place], str]
"""Writes one item, without its loops."""


# ---- one item ----------------------------------------------------------------


def holder_of(item: ir.LayerItem, place: Place) -> str | None:
    """What the class of a combinator is named after that stands in an item."""
    return item.name if isinstance(item.name, str) and camel_case(item.name) else None


def show_value(item: ir.LayerItem, place: Place) -> str:
    return write(item.value, place.held_by(holder_of(item, place)))


def show_pair(item: ir.LayerItem, place: Place) -> str:
    return f"({show_name(item, place)}, {show_value(item, place)})"


def show_name(item: ir.LayerItem, place: Place) -> str:
    match item.name:
        case None:
            return "None"
        case str(name):
            return write(tree.String(name, span=item.span), place)
        case text:
            return write(text, place)


# ---- expressions -------------------------------------------------------------


def spans_of(items: Sequence[ir.LayerItemLike]) -> tuple[Span, ...]:
    """What of the program the items are."""
    return tuple(item.span for item in items)


def elements(
    items: Sequence[ir.LayerItemLike], place: Place, show: Show, variable: str
) -> list[str]:
    """The items as the elements of a call or of a display."""
    return [_element(item, place, show, variable) for item in items]


def _element(item: ir.LayerItemLike, place: Place, show: Show, variable: str) -> str:
    match item:
        case ir.LayerItem(clauses=()):
            return show(item, place)
        case ir.LayerItem() | ir.LayerFor():
            return f"*({repeated(item, place, show, variable)})"
        case ir.LayerSplice(value):
            return _splice(value, place, show)
        case ir.LayerIf(branches, otherwise):
            parts = []
            for condition, inner in branches:
                shown = ", ".join(elements(inner, place, show, variable))
                parts.append(f"[{shown}] if {write(condition, place, Binds.OR)} else ")
            shown = ", ".join(elements(otherwise, place, show, variable))
            return f"*({''.join(parts)}[{shown}])"


def _splice(value: ir.Expr, place: Place, show: Show) -> str:
    """`*value`; beside named items, its layers have a position for a name."""
    if show is not show_pair:
        return f"*{spliced(value, place)}"
    layer = place.own("layer")
    return f"*((None, {layer}) for {layer} in {write(value, place, Binds.OR)})"


def spliced(value: ir.Expr, place: Place) -> str:
    """What follows a star, or is the argument of `extend`."""
    return write(value, place, Binds.BIT_OR)


def repeated(item: ir.LayerItem | ir.LayerFor, place: Place, show: Show, variable: str) -> str:
    """`layer for k in range(n)`: the items of a loop, one after the other."""
    clauses, inner = _unrolled(item)
    text, within = loops(clauses, place, inner)
    if len(inner) == 1 and isinstance(inner[0], ir.LayerItem):
        return f"{show(inner[0], within)} {text}"
    shown = elements(inner, within, show, variable)
    each = place.own(variable)
    comma = "," if len(shown) == 1 else ""
    return f"{each} {text} for {each} in ({', '.join(shown)}{comma})"


def _unrolled(
    item: ir.LayerItem | ir.LayerFor,
) -> tuple[tuple[tree.Clause, ...], tuple[ir.LayerItemLike, ...]]:
    """The clauses of a loop and of the only item in it, and what they repeat."""
    if isinstance(item, ir.LayerItem):
        return item.clauses, (replace(item, clauses=()),)
    own = (tree.Clause(item.target, item.iterable, span=item.span),)
    match item.items:
        case (ir.LayerItem() | ir.LayerFor() as only,):
            more, inner = _unrolled(only)
            return own + more, inner
        case _:
            return own, item.items


def container(node: ir.Container, place: Place) -> str:
    """`nn.Sequential(…)`, `nn.ModuleList(…)`, `nn.ModuleDict(…)`."""
    cls = f"{place.out.names.imported('nn')}.{CLASSES[node.kind]}"
    return f"{cls}({contents(node, place)})"


def contents(node: ir.Container, place: Place) -> str:
    """The arguments of a container's class."""
    if not node.items:
        return ""
    if node.kind == "dict":
        return _dict_of(node.items, place)
    if is_named(node.items):
        return _ordered(node.items, place)
    if node.kind == "list":
        return _iterable(node.items, place, show_value, "layer")
    return ", ".join(elements(node.items, place, show_value, "layer"))


def _iterable(items: Sequence[ir.LayerItemLike], place: Place, show: Show, variable: str) -> str:
    """A list of the items, or a generator if that is all there is."""
    match items:
        case (ir.LayerItem(clauses=clauses) as only,) if clauses:
            return repeated(only, place, show, variable)
        case (ir.LayerFor() as only,):
            return repeated(only, place, show, variable)
    return f"[{', '.join(elements(items, place, show, variable))}]"


def _dict_of(items: Sequence[ir.LayerItemLike], place: Place) -> str:
    if may_repeat(items):
        return f"{helper('distinct', place.out)}({_pairs(items, place)})"

    def entry(item: ir.LayerItem, at: Place) -> str:
        return f"{show_name(item, at)}: {show_value(item, at)}"

    match items:
        case (ir.LayerItem(clauses=clauses) as only,) if clauses:
            return f"{{{repeated(only, place, entry, 'pair')}}}"
    if all(isinstance(item, ir.LayerItem) and not item.clauses for item in items):
        return f"{{{', '.join(elements(items, place, entry, 'pair'))}}}"
    return _pairs(items, place)


def _ordered(items: Sequence[ir.LayerItemLike], place: Place) -> str:
    """`OrderedDict(…)`, with positions for names where there are none."""
    repeats = may_repeat(items)
    items = numbered(items)
    names = place.out.names
    call = helper("distinct", place.out) if repeats else names.imported("OrderedDict")
    pairs = _pairs(items, place)
    if all_named(items):
        return f"{call}({pairs})"
    at, name, layer = (place.own(each) for each in ("position", "name", "layer"))
    if not pairs.startswith("["):
        pairs = f"({pairs})"
    return (
        f"{call}(({names.builtin('str')}({at}) if {name} is None else {name}, {layer})"
        f" for {at}, ({name}, {layer}) in {names.builtin('enumerate')}({pairs}))"
    )


def _pairs(items: Sequence[ir.LayerItemLike], place: Place) -> str:
    return _iterable(items, place, show_pair, "pair")


def layer_list(node: ir.LayerList, place: Place) -> str:
    """`[…]`: a Python list of instances or of recipes."""
    text = _iterable(node.items, place, show_value, "layer")
    return text if text.startswith("[") and _is_display(node.items) else f"[{text}]"


def _is_display(items: Sequence[ir.LayerItemLike]) -> bool:
    match items:
        case (ir.LayerFor(),):
            return False
        case (ir.LayerItem(clauses=clauses),):
            return not clauses
        case _:
            return True
