"""Containers whose items come in groups: statements that fill a list or a dict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdsl.analysis import program as ir
from netdsl.emit.code import Code, Line, indented
from netdsl.emit.containers import elements, repeated, show_name, show_value, spans_of
from netdsl.emit.expressions import target, write
from netdsl.emit.helpers import helper
from netdsl.emit.items import all_named, has_groups, is_named, may_repeat, numbered
from netdsl.emit.place import Place, names_in_target
from netdsl.records import replace
from netdsl.syntax import tree


def in_statements(node: object) -> bool:
    """Whether a container reads better as statements that fill it: it has groups, or items
    whose positions only running the program tells."""
    if not isinstance(node, ir.Container | ir.LayerList):
        return False
    positions = is_named(node.items) and not all_named(numbered(node.items))
    return has_groups(node.items) or positions


def filled(node: ir.Container | ir.LayerList, place: Place) -> tuple[list[Code], str]:
    """Statements that build a container's items, and the argument for its class."""
    if isinstance(node, ir.Container) and is_named(node.items):
        return _filled_dict(node.items, place)
    return _filled_list(node, place)


def _filled_list(node: ir.Container | ir.LayerList, place: Place) -> tuple[list[Code], str]:
    names = place.out.names
    layers = place.fresh("layers")
    first = _plain_run(node.items)
    shown = ", ".join(elements(node.items[:first], place, show_value, "layer"))
    of = f"{names.imported('nn')}.Module"
    if isinstance(node, ir.LayerList) and not node.built:
        of = f"{names.imported('Callable')}[..., {of}]"
    begins = f"{layers}: {names.builtin('list')}[{of}] = [{shown}]"
    lines: list[Code] = [Line(begins, parts=spans_of(node.items[:first]))]
    lines += _appended(layers, node.items[first:], place)
    star = "*" if isinstance(node, ir.Container) and node.kind == "seq" else ""
    return lines, f"{star}{layers}"


def _plain_run(items: Sequence[ir.LayerItemLike]) -> int:
    """How many items at the beginning are no groups."""
    for at, item in enumerate(items):
        if isinstance(item, ir.LayerFor | ir.LayerIf):
            return at
    return len(items)


def _appended(layers: str, items: Sequence[ir.LayerItemLike], place: Place) -> list[Code]:
    lines: list[Code] = []
    at = 0
    while at < len(items):
        run = _plain_run(items[at:])
        if run:
            lines.append(_append_line(layers, items[at : at + run], place))
            at += run
            continue
        lines += grouped(items[at], place, lambda inner, here: _appended(layers, inner, here))
        at += 1
    return lines


def _append_line(layers: str, items: Sequence[ir.LayerItemLike], place: Place) -> Line:
    match items:
        case (ir.LayerItem(clauses=()) as only,):
            text = f"{layers}.append({show_value(only, place)})"
        case (ir.LayerSplice(value),):
            text = f"{layers}.extend({write(value, place)})"
        case (ir.LayerItem() as only,):
            text = f"{layers}.extend({repeated(only, place, show_value, 'layer')})"
        case _:
            text = f"{layers} += [{', '.join(elements(items, place, show_value, 'layer'))}]"
    return Line(text, span=items[0].span, parts=spans_of(items))


def grouped(
    item: ir.LayerItemLike,
    place: Place,
    inside: Callable[[Sequence[ir.LayerItemLike], Place], Sequence[Code]],
) -> list[Code]:
    """A group as a real `for` or `if`, with what `inside` makes of its items."""
    match item:
        case ir.LayerFor(variables, iterable, inner):
            over = write(iterable, place)
            within = place
            for name in names_in_target(variables):
                within, _ = within.bind(name, looped=True)
            head = Line(f"for {target(variables, within)} in {over}:")
            return [head, *indented(inside(inner, within))]
        case ir.LayerIf(branches, otherwise):
            lines: list[Code] = []
            for at, (condition, inner) in enumerate(branches):
                word = "elif" if at else "if"
                lines.append(Line(f"{word} {write(condition, place)}:"))
                lines += indented(inside(inner, place))
            if otherwise:
                lines += [Line("else:"), *indented(inside(otherwise, place))]
            return lines
        case _:
            raise AssertionError(item)


def _filled_dict(items: Sequence[ir.LayerItemLike], place: Place) -> tuple[list[Code], str]:
    repeats = may_repeat(items)
    items = numbered(items)
    names = place.out.names
    layers = place.fresh("layers")
    module = f"{names.imported('nn')}.Module"
    if repeats:
        pair = f"{names.builtin('tuple')}[{names.builtin('str')}, {module}]"
        lines: list[Code] = [Line(f"{layers}: {names.builtin('list')}[{pair}] = []")]
        lines += _keyed(items, place, layers, f"{layers}.append(({{}}, {{}}))")
        return lines, f"{helper('distinct', place.out)}({layers})"
    made = f"{names.imported('OrderedDict')}[{names.builtin('str')}, {module}]()"
    lines = [Line(f"{layers} = {made}")]
    lines += _keyed(items, place, layers, f"{layers}[{{}}] = {{}}")
    return lines, layers


def _keyed(items: Sequence[ir.LayerItemLike], place: Place, layers: str, line: str) -> list[Code]:
    """One line an item; `line` has places for its name and its value."""
    key, _, rest = line.partition("{}")
    middle, _, end = rest.partition("{}")
    names = place.out.names

    def put(name: str, value: str) -> Line:
        return Line(f"{key}{name}{middle}{value}{end}")

    def position() -> str:
        return f"{names.builtin('str')}({names.builtin('len')}({layers}))"

    lines: list[Code] = []
    for item in items:
        match item:
            case ir.LayerItem(name, _, ()):
                shown = position() if name is None else show_name(item, place)
                lines.append(put(shown, show_value(item, place)))
            case ir.LayerItem(clauses=clauses):
                lines += clause_loops(
                    clauses,
                    place,
                    lambda here, item=item: _keyed(  # type: ignore[misc]
                        (replace(item, clauses=()),), here, layers, line
                    ),
                )
            case ir.LayerSplice(value):
                layer = place.own("layer")
                lines.append(Line(f"for {layer} in {write(value, place)}:"))
                lines += indented([put(position(), layer)])
            case _:
                lines += grouped(item, place, lambda inner, here: _keyed(inner, here, layers, line))
    return lines


def clause_loops(
    clauses: Sequence[tree.Clause], place: Place, inside: Callable[[Place], Sequence[Code]]
) -> Sequence[Code]:
    """The clauses of an item as real loops."""
    if not clauses:
        return inside(place)
    clause, *rest = clauses
    over = write(clause.iterable, place)
    within = place
    for name in names_in_target(clause.target):
        within, _ = within.bind(name, looped=True)
    body: Sequence[Code] = clause_loops(rest, within, inside)
    for condition in reversed(clause.conditions):
        body = [Line(f"if {write(condition, within)}:"), *indented(body)]
    return [Line(f"for {target(clause.target, within)} in {over}:"), *indented(body)]
