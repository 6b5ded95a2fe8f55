"""Lists of layers, read: their leaves, names and positions, and whether names can repeat."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise, product

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.analysis.walk import walk
from netdsl.records import Frozen, replace
from netdsl.syntax import tree

_COMPARED = 100
"""So many computed names are compared with each other; more are taken to repeat."""


class Leaf(Frozen, slots=False):
    """An item, with the loops it stands in, outermost first, and the branches that lead to it:
    pairs of an `if` group and the number of the branch."""

    item: ir.LayerItem
    loops: tuple[tuple[object, object], ...]
    branches: tuple[tuple[int, int], ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a computed name can be."""
        assert isinstance(self.item.name, ir.Text)
        return re.compile("".join(map(self._part, self.item.name.parts)), re.DOTALL)

    def _part(self, part: str | ir.Expr) -> str:
        texts = self._texts(part)
        if texts is not None:
            return f"(?:{'|'.join(map(re.escape, texts))})"
        return "-?[0-9]+" if _is_int(part) else ".*"

    def _texts(self, part: str | ir.Expr) -> list[str] | None:
        """What a part of a computed name can be, if all of that is written out."""
        if isinstance(part, str):
            return [part]
        if not isinstance(part, ir.Ref) or part.kind != "local":
            return None
        for target, iterable in reversed(self.loops):
            if any(each.name == part.name for each in _references(target)):
                return _written(target, iterable).get(part.name)
        return None

    @cached_property
    def names(self) -> list[str]:
        """All that a computed name can be; none if that is not written out, or much."""
        assert isinstance(self.item.name, ir.Text)
        texts = [self._texts(part) for part in self.item.name.parts]
        if None in texts or math.prod(len(each or ()) for each in texts) > _COMPARED:
            return []
        return ["".join(each) for each in product(*(each or () for each in texts))]


def leaves(
    items: Sequence[ir.LayerItemLike],
    loops: tuple[tuple[object, object], ...] = (),
    branches: tuple[tuple[int, int], ...] = (),
) -> Iterator[Leaf]:
    """Every item, those of groups too; splices have none."""
    for item in items:
        match item:
            case ir.LayerItem(clauses=clauses):
                own = tuple((clause.target, clause.iterable) for clause in clauses)
                yield Leaf(item, loops + own, branches)
            case ir.LayerFor(target, iterable, inner):
                yield from leaves(inner, (*loops, (target, iterable)), branches)
            case ir.LayerIf(choices, otherwise):
                alternatives = [*(inner for _, inner in choices), otherwise]
                for number, inner in enumerate(alternatives):
                    yield from leaves(inner, loops, (*branches, (id(item), number)))


def is_named(items: Sequence[ir.LayerItemLike]) -> bool:
    """Whether an item has a name, so that all of them get one."""
    return any(isinstance(item, ir.LayerItem) and item.name is not None for item in _groups(items))


def has_groups(items: Sequence[ir.LayerItemLike]) -> bool:
    return any(isinstance(item, ir.LayerFor | ir.LayerIf) for item in items)


def numbered(items: Sequence[ir.LayerItemLike]) -> tuple[ir.LayerItemLike, ...]:
    """The items with names for those unnamed ones whose position is known here already."""
    found: list[ir.LayerItemLike] = []
    for position, item in enumerate(items):
        if not isinstance(item, ir.LayerItem) or item.clauses:
            return (*found, *items[position:])
        found.append(item if item.name is not None else replace(item, name=str(position)))
    return tuple(found)


def all_named(items: Sequence[ir.LayerItemLike]) -> bool:
    """Whether every item has a name, so that positions play no part."""
    return all(leaf.item.name is not None for leaf in leaves(items)) and not any(
        isinstance(node, ir.LayerSplice) for node in _groups(items)
    )


def _groups(items: Sequence[ir.LayerItemLike]) -> Iterator[ir.LayerItemLike]:
    for item in items:
        yield item
        match item:
            case ir.LayerFor(items=inner):
                yield from _groups(inner)
            case ir.LayerIf(choices, otherwise):
                for _, inner in choices:
                    yield from _groups(inner)
                yield from _groups(otherwise)


def may_repeat(items: Sequence[ir.LayerItemLike]) -> bool:
    """Whether two items might get one name when the program runs.

    False only where that is certain: names with the index of the loop in them, apart from each
    other by the text around it. (The resolver refuses fixed names that repeat.)
    """
    found = list(leaves(items))
    computed = [leaf for leaf in found if isinstance(leaf.item.name, ir.Text)]
    if not all_named(items) and any(map(_may_be_position, found)):
        return True
    if len(computed) > _COMPARED or any(not _tells_rounds_apart(leaf) for leaf in computed):
        return True
    for at, leaf in enumerate(computed):
        for other in found:
            fixed = isinstance(other.item.name, str) and not _exclusive(leaf, other)
            if fixed and leaf.pattern.fullmatch(str(other.item.name)):
                return True
        for other in computed[at + 1 :]:
            if not _exclusive(leaf, other) and not _apart(leaf, other):
                return True
    return False


def _may_be_position(leaf: Leaf) -> bool:
    """Whether the name could be a number, as the positions of unnamed items are."""
    match leaf.item.name:
        case None:
            return False
        case str(name):
            return name.isdecimal()
        case text:
            return not any(
                isinstance(part, str) and re.search("[^0-9]", part) for part in text.parts
            )


def _exclusive(one: Leaf, other: Leaf) -> bool:
    """Whether the two stand in different branches of one `if`, run once."""
    if one.loops or other.loops:
        return False
    chosen = dict(one.branches)
    return any(chosen.get(group, number) != number for group, number in other.branches)


def _tells_rounds_apart(leaf: Leaf) -> bool:
    """Whether a computed name differs each time that its loops come round."""
    assert isinstance(leaf.item.name, ir.Text)
    wanted = [_index_variable(target, iterable) for target, iterable in leaf.loops]
    if not wanted:
        return True
    if None in wanted or len(set(wanted)) < len(wanted):
        return False
    holes = [part for part in leaf.item.name.parts if not isinstance(part, str)]
    shown = [_shifted_variable(hole) for hole in holes]
    if not all(name in shown for name in wanted):
        return False
    bound = {each.name for target, _ in leaf.loops for each in _references(target)}
    changing = [hole for hole in holes if any(each.name in bound for each in _references(hole))]
    return len(changing) == 1 or (  # what does not change is like text
        all(re.search("[^0-9-]", part) is not None for part in _between(leaf.item.name.parts))
        and all(_is_int(hole) for hole in holes)
    )


def _references(node: object) -> Iterator[ir.Ref]:
    yield from (each for each in walk(node) if isinstance(each, ir.Ref))


def _between(parts: Sequence[object]) -> Iterator[str]:
    """The text between one computed part of a name and the next."""
    holes = [at for at, part in enumerate(parts) if not isinstance(part, str)]
    for first, second in pairwise(holes):
        yield "".join(str(part) for part in parts[first + 1 : second])


def _index_variable(target: object, iterable: object) -> str | None:
    """The variable of a loop that has another value in each round."""
    match iterable, target:
        case ir.Call(func=ir.Ref(kind="builtin", name="range")), ir.Ref(name=name):
            return name
        case (
            ir.Call(func=ir.Ref(kind="builtin", name="enumerate")),
            tree.Tuple((ir.Ref(name=name), *_)),
        ):
            return name
        case _:
            written = _written(target, iterable).items()
            return next((name for name, texts in written if len({*texts}) == len(texts)), None)


def _written(target: object, iterable: object) -> dict[str, list[str]]:
    """The texts that the variables of a loop have, where all of them are written out."""
    items = iterable.items if isinstance(iterable, tree.List) else ()
    rows = [each.value for each in items if isinstance(each, tree.Item) and not each.clauses]
    if not rows or len(rows) < len(items):
        return {}
    columns = _columns(target, rows)
    return {
        name: [each.value for each in column if isinstance(each, tree.String)]
        for name, column in columns.items()
        if len(column) == len(rows) and all(isinstance(each, tree.String) for each in column)
    }


def _columns(target: object, rows: Sequence[object]) -> dict[str, list[object]]:
    """The values that each variable of a loop has, round by round."""
    match target:
        case ir.Ref(name=name):
            return {name: [*rows]}
        case tree.Tuple(names):
            cells = [each.elements for each in rows if isinstance(each, tree.Tuple)]
            if any(isinstance(cell, tree.Splice) for row in cells for cell in row):
                return {}
            return {
                each.name: [row[at] for row in cells if at < len(row)]
                for at, each in enumerate(names)
                if isinstance(each, ir.Ref)
            }
        case _:
            return {}


def _shifted_variable(hole: object) -> str | None:
    """The variable that the hole shows, or shows moved by what does not change: `i`, `i + 1`."""
    match hole:
        case ir.Ref(name=name):
            return name
        case tree.Binary("+" | "-", ir.Ref(name=name), tree.Number()):
            return name
        case tree.Binary("+", tree.Number(), ir.Ref(name=name)):
            return name
        case _:
            return None


def _is_int(hole: object) -> bool:
    return type_of(hole) == types.INT  # type: ignore[arg-type]


def _apart(one: Leaf, other: Leaf) -> bool:
    """Whether the text around their holes keeps two computed names apart."""
    assert isinstance(one.item.name, ir.Text) and isinstance(other.item.name, ir.Text)
    for leaf, beside in ((one, other), (other, one)):
        if leaf.names and not any(map(beside.pattern.fullmatch, leaf.names)):
            return True
    first, second = _edge(one.item.name.parts), _edge(other.item.name.parts)
    if _differ(*first, *second):
        return True
    return _differ(
        *_edge(tuple(reversed(one.item.name.parts)), mirrored=True),
        *_edge(tuple(reversed(other.item.name.parts)), mirrored=True),
    )


def _edge(parts: Sequence[object], *, mirrored: bool = False) -> tuple[str, bool]:
    """The text before the first hole, and whether that hole shows a whole number."""
    first = parts[0] if parts else ""
    if not isinstance(first, str):
        return "", _is_int(first)
    hole = parts[1] if len(parts) > 1 else None
    return first[::-1] if mirrored else first, hole is not None and _is_int(hole)


def _differ(one: str, one_int: bool, other: str, other_int: bool) -> bool:
    shorter, is_int, longer = (
        (one, one_int, other) if len(one) <= len(other) else (other, other_int, one)
    )
    if not longer.startswith(shorter):
        return True
    rest = longer[len(shorter) :]
    return is_int and bool(rest) and re.match("[0-9-]", rest) is None


def is_optional(value: object) -> bool:
    """Whether an item may be None."""
    of = type_of(value)  # type: ignore[arg-type]
    return of == types.NONE or types.without_none(of) != of
