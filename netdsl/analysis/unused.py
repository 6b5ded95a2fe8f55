"""Warnings of what a module or a file declares and nothing uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from netdsl.analysis import program as ir
from netdsl.analysis.members import Members
from netdsl.analysis.walk import declarations, walk
from netdsl.diagnostics import Diagnostics
from netdsl.records import Frozen
from netdsl.syntax import tree

_UNNAMED = ("children", "named_children", "modules", "named_modules", "get_submodule")
"""The methods by which a module reaches children without their names."""


class Contents(Frozen):
    """What a module has, and what it uses of it. `used` are the names in it, each with what kind of
    thing it stands for; `whole` says that a method goes through its children, or looks one up."""

    used: frozenset[tuple[str, str]]
    whole: bool
    lets: tuple[ir.LetValue, ...]
    children: tuple[ir.ChildDecl | ir.ParameterDecl, ...]


def contents_of(module: ir.ModuleDef) -> Contents:
    used: set[tuple[str, str]] = set()
    whole = False
    for node in walk(module):
        if isinstance(node, ir.Ref):
            used.add((node.kind, node.name))
        elif isinstance(node, tree.Name):
            used.add(("let", node.id))
        elif isinstance(node, ir.Field):
            whole = whole or node.name in _UNNAMED
    lets: list[ir.LetValue] = []
    children: list[ir.ChildDecl | ir.ParameterDecl] = []
    for node in declarations(module.body):
        if isinstance(node, ir.LetValue) and not node.class_level:
            lets.append(node)
        elif isinstance(node, ir.ChildDecl | ir.ParameterDecl):
            children.append(node)
    return Contents(frozenset(used), whole, tuple(lets), tuple(children))


def warn_of_unused_members(
    module: ir.ModuleDef,
    contents: Contents,
    members: Members,
    attributes: Set[str],
    found: Diagnostics,
) -> None:
    """Says which shared layers, children and values of a module nothing uses.

    A child counts as used if the file reads an attribute of its name anywhere (`attributes`),
    and so does every child of a class that applies its children itself, or goes through them.
    """
    used = contents.used
    for name, span in members.shares.items():
        if ("share", name) not in used:
            found.warning(
                "unused-share",
                f"the shared layer `{name}` is used nowhere",
                span,
                hint="use it in the module's children, or remove it.",
            )
    for let in contents.lets:
        for name in let.names:
            kinds = ("let", "stored", "function", "class")
            if name != "_" and not any((kind, name) in used for kind in kinds):
                found.warning(
                    "unused-definition",
                    f"the value `{name}` is used nowhere in `{module.name}`",
                    let.span,
                    hint="use it, or remove it.",
                )
    if module.base is not None or not module.methods or contents.whole:
        return
    first = {child.name: child for child in reversed(contents.children)}
    for key, child in first.items():
        if isinstance(key, str) and ("child", key) not in used and key not in attributes:
            layer = isinstance(child, ir.ChildDecl)
            use = f"apply it in a `def`, such as `{key}(x)`" if layer else "compute with it"
            found.warning(
                "unused-child",
                f"no method of `{module.name}` uses the {'child' if layer else 'param'} `{key}`",
                child.span,
                hint=f"{use}, or remove it.",
            )


def warn_of_unused_definitions(
    statements: Mapping[str, tree.Node],
    mentioned: Mapping[str, list[str]],
    asserted: Sequence[str],
    found: Diagnostics,
) -> None:
    """Says which definitions of a file that has a network of its own no network uses: neither
    that one, nor a `let` that needs no arguments or states its shapes, nor what is asserted."""
    if not any(isinstance(each, tree.Net) for each in statements.values()):
        return
    waiting = [name for name, each in statements.items() if _is_entry(each)]
    waiting += [name for name in asserted if name in statements]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += mentioned.get(name, [])
    for name, each in statements.items():
        if name not in reached:
            assert isinstance(each, tree.Module | tree.Def | tree.Let | tree.Record)
            found.warning(
                "unused-definition",
                f"`{name}` is used by no network of this file",
                each.name.span,
                hint="use it, or remove it.",
            )


def _is_entry(statement: tree.Node) -> bool:
    match statement:
        case tree.Let():
            return statement.annotation is not None or not statement.parameters
        case tree.Module() | tree.Def() | tree.Record():
            return False
        case _:
            return True
