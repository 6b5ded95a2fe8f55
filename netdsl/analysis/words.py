"""The names that are written in a statement, whatever they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from netdsl.analysis.walk import walk
from netdsl.records import Frozen
from netdsl.syntax import tree


class Words(Frozen):
    """The names in a statement."""

    names: tuple[str, ...]
    """All that stand for something, each as often as it stands there."""
    spliced: tuple[str, ...]
    """Those of `*name` and `*name(…)`."""
    lets: frozenset[str]
    members: frozenset[str]
    """Children, params, buffers and methods."""
    attributes: frozenset[str]
    """What is read of something: `x.name`."""


def words_in(statement: tree.Node) -> Words:
    names: list[str] = []
    spliced: list[str] = []
    lets: set[str] = set()
    members: set[str] = set()
    attributes: set[str] = set()
    for node in walk(statement):
        if isinstance(node, tree.Name):
            names.append(node.id)
            continue
        match node:
            case tree.Splice(tree.Name(id=name)) | tree.Splice(tree.Call(tree.Name(id=name))):
                spliced.append(name)
            case tree.Attribute(name=name):
                attributes.add(name)
            case tree.Let(name=tree.Name(id=name)):
                lets.add(name)
            case tree.Child(name=tree.Name(id=name)) | tree.Item(name=tree.Name(id=name)):
                members.add(name)
            case tree.ParamDecl(name=tree.Name(id=name)) | tree.BufferDecl(name=tree.Name(id=name)):
                members.add(name)
            case tree.Def(name=tree.Name(id=name)):
                members.add(name)
            case _:
                pass
    return Words(
        tuple(names), tuple(spliced), frozenset(lets), frozenset(members), frozenset(attributes)
    )


def only_spliced(words: Iterable[Words]) -> frozenset[str]:
    """The names of lets whose every use is a splice."""
    spliced: Counter[str] = Counter()
    used: Counter[str] = Counter()
    lets: set[str] = set()
    for each in words:
        spliced.update(each.spliced)
        used.update(each.names)
        lets |= each.lets
    return frozenset(name for name in lets if 0 < used[name] <= spliced[name] + 1)
