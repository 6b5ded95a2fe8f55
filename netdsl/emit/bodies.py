"""Bodies of modules: declarations in order, as statements of `__init__`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.emit.building import assign_lines, value_lines
from netdsl.emit.code import Code, Line, indented, placed
from netdsl.emit.expressions import Binds, target, write
from netdsl.emit.functions import as_function, is_recipe, let_function, recipe_of
from netdsl.emit.helpers import helper
from netdsl.emit.inits import parameter_lines, rule_lines
from netdsl.emit.items import is_named, leaves, may_repeat
from netdsl.emit.names import is_plain
from netdsl.emit.place import Place, names_in_target
from netdsl.emit.statements import assertion
from netdsl.records import Frozen, field
from netdsl.syntax import tree


class Body(Frozen):
    """Writes declarations. `stored` are the lets that methods read; `guarded` are the names
    which another child might have been given already, when they are computed."""

    stored: frozenset[str]
    guarded: tuple[re.Pattern[str], ...] = field(default=())

    def lines(self, nodes: Sequence[ir.Declaration | ir.Rule], place: Place) -> list[Code]:
        """Declarations and rules, in order."""
        found: list[Code] = []
        rules: list[ir.Rule] = []
        for node in nodes:
            if isinstance(node, ir.KindRule | ir.PathRule):
                rules.append(node)
                continue
            found += rule_lines(rules, place)
            rules = []
            lines, place = self._declaration(node, place)
            found += placed(lines, node.span)
        return found + rule_lines(rules, place)

    def _declaration(self, node: ir.Declaration, place: Place) -> tuple[list[Code], Place]:
        """One declaration, and the place after it."""
        match node:
            case ir.ChildDecl():
                return self._child(node, place), place
            case ir.ParameterDecl():
                return parameter_lines(node, place), place
            case ir.BufferDecl(name, value, saved):
                shown = write(tree.String(name, span=node.span), place)
                keep = "" if saved else ", persistent=False"
                line = f"self.register_buffer({shown}, {write(value, place)}{keep})"
                return [Line(line)], place
            case ir.ShareDecl(name, value):
                after, called = place.bind(name)
                return assign_lines(called, value, place.held_by(name)), after
            case ir.TieDecl(to, source):
                return [Line(f"{write(to, place)} = {write(source, place)}")], place
            case ir.FreezeDecl(path):
                shown = write(path, place, Binds.ATOM)
                return [Line(f"{shown}.requires_grad_(False)")], place
            case ir.LetValue():
                return self._let(node, place)
            case ir.LetFunction(name=name):
                after, called = place.bind(name)
                if is_recipe(node):
                    return [Line(f"{called} = {recipe_of(node, place)}")], after
                return [let_function(node, place, called)], after
            case tree.Assert():
                return [assertion(node, place)], place
            case ir.BodyFor(variables, iterable, body):
                over = write(iterable, place)
                within = place
                for name in names_in_target(variables):
                    within, _ = within.bind(name, looped=True)
                head = Line(f"for {target(variables, within)} in {over}:")
                return [head, *indented(self.lines(body, within))], place
            case ir.BodyIf():
                return self._choice(node, place), place

    def _let(self, node: ir.LetValue, place: Place) -> tuple[list[Code], Place]:
        if node.class_level:
            return [], place
        function = as_function(node)
        if function is not None and not node.stored:
            return self._declaration(function, place)
        after = place
        shown: list[str] = []
        for name in node.names:
            if node.stored and name in self.stored:
                shown.append(f"self.{torchlib.kept_name(name)}")
            else:
                after, called = after.bind(name)
                shown.append(called)
        to = ", ".join(shown)
        held = place.held_by(node.names[0])
        if isinstance(node.value, tree.Tuple) and len(node.names) > 1:
            values = [write(each, held) for each in node.value.elements]
            return [Line(f"{to} = {', '.join(values)}")], after
        return value_lines(node.value, held, lambda text: f"{to} = {text}"), after

    def _child(self, node: ir.ChildDecl, place: Place) -> list[Code]:
        name, value = node.name, node.value
        if isinstance(name, str) and is_plain(name) and not self._is_guarded(name):
            return assign_lines(f"self.{name}", value, place.held_by(name))
        held = place.held_by(name if isinstance(name, str) else None)
        key = tree.String(name, span=node.span) if isinstance(name, str) else name
        shown = write(key, place)
        add = "self.add_module("
        if self._is_guarded(name):
            add = f"{helper('register', place.out)}(self, "
        return value_lines(value, held, lambda text: f"{add}{shown}, {text})")

    def _is_guarded(self, name: str | ir.Text) -> bool:
        if isinstance(name, str):
            return any(pattern.fullmatch(name) for pattern in self.guarded)
        return bool(self.guarded)

    def _choice(self, node: ir.BodyIf, place: Place) -> list[Code]:
        absent = node.absent or ((),) * (len(node.branches) + 1)
        lines: list[Code] = []
        for at, (condition, body) in enumerate(node.branches):
            lines.append(Line(f"{'elif' if at else 'if'} {write(condition, place)}:"))
            lines += indented([*self.lines(body, place), *_absent(absent[at])])
        otherwise = [*self.lines(node.otherwise, place), *_absent(absent[-1])]
        if otherwise:
            lines += [Line("else:"), *indented(otherwise)]
        return lines


def _absent(names: Sequence[str]) -> list[Line]:
    return [Line(f"self.{name} = None") for name in names if is_plain(name)]


# ---- what the whole body tells -----------------------------------------------


def guarded_names(node: ir.ModuleDef) -> tuple[re.Pattern[str], ...]:
    """The patterns of computed names, if two children of the module might come to have one
    name."""
    base = node.base.items if isinstance(node.base, ir.Container | ir.Combined) else ()
    items = (*(item for item in base if is_named((item,))), *_as_items(node.body))
    found = list(leaves(items))
    if not may_repeat(items):
        return ()
    return tuple(leaf.pattern for leaf in found if isinstance(leaf.item.name, ir.Text))


def _as_items(
    nodes: Sequence[ir.Declaration | ir.Rule],
) -> tuple[ir.LayerItemLike, ...]:
    """The names that a body declares, as items of a list of layers."""
    found: list[ir.LayerItemLike] = []
    for node in nodes:
        span = node.span
        match node:
            case ir.ChildDecl(name, value):
                found.append(ir.LayerItem(name, value, span=span))
            case ir.ParameterDecl(name=str(name)) | ir.BufferDecl(name=str(name)):
                found.append(ir.LayerItem(name, tree.Constant(None, span=span), span=span))
            case ir.BodyFor(variables, iterable, body):
                found.append(ir.LayerFor(variables, iterable, _as_items(body), span=span))
            case ir.BodyIf(branches, otherwise):
                choices = tuple((each, _as_items(body)) for each, body in branches)
                found.append(ir.LayerIf(choices, _as_items(otherwise), span=span))
            case _:
                pass
    return tuple(found)
