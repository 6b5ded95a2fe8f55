"""A program whose files become modules of their own: what one of them holds, and how it
imports what it uses of the others."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from netdsl.analysis import program as ir
from netdsl.analysis.walk import transform, walk
from netdsl.emit.place import FILE_KINDS, Output
from netdsl.syntax import tree


class Outside:
    """What the program's own file has, and what the other files have.

    Definitions of the prelude, and what comes from Python packages, are its own as far as it
    uses them.
    """

    def __init__(self, program: ir.Program, package: Callable[[str], bool]) -> None:
        self._program = program
        self._package = package
        self._names = {each.name: each for each in program.elsewhere}

    def own_definitions(self) -> tuple[ir.Definition, ...]:
        """The definitions that the file's module holds, with the names that it imports others
        under."""
        needed = set(self._program.own)
        for definition in reversed(self._program.definitions):
            if needed.intersection(_names_of(definition)):
                needed |= set(_mentioned(definition))
        kept = (
            definition
            for definition in self._program.definitions
            if needed.intersection(_names_of(definition)) and self._stays(definition)
        )
        return tuple(transform(definition, self._called_here) for definition in kept)

    def provide(self, out: Output) -> None:
        """Tells the output where the rest comes from."""
        for each in self._program.elsewhere:
            module = import_path(self._program.name, each.place, self._package)
            for name in {each.name, each.local}:
                out.names.provide(name, module, each.written, each.local, own=True)
        kinds = ir.ModuleDef | ir.RecordDef
        out.written.update(
            definition.name
            for definition in self._program.definitions
            if isinstance(definition, kinds) and definition.name in self._names
        )

    def _stays(self, definition: ir.Definition) -> bool:
        here = not self._names.keys() & set(_names_of(definition))
        return here or isinstance(definition, ir.ExternDef)

    def _called_here(self, node: tree.Node) -> tree.Node | None:
        if isinstance(node, ir.Ref) and node.kind in FILE_KINDS and node.kind != "extern":
            found = self._names.get(node.name)
            if found is not None and found.local != found.name:
                return ir.Ref(node.kind, found.local, node.type, span=node.span)
        return None


def import_path(importer: str, imported: str, package: Callable[[str], bool]) -> str:
    """The module of one file as another names it.

    >>> import_path("model.nd", "blocks/resnet.nd", lambda folder: False)
    'blocks.resnet'
    >>> import_path("nets/model.nd", "blocks/resnet.nd", lambda folder: True)
    '..blocks.resnet'
    """
    module = imported.removesuffix(".nd").replace("/", ".")
    folder = posixpath.dirname(importer)
    dots = "."
    while package(folder):
        prefix = f"{folder}/" if folder else ""
        if imported.startswith(prefix):
            return dots + module[len(prefix) :]
        folder = posixpath.dirname(folder)
        dots += "."
    return module


def _names_of(definition: ir.Definition) -> tuple[str, ...]:
    return definition.names if isinstance(definition, ir.LetValue) else (definition.name,)


def _mentioned(definition: ir.Definition) -> Iterator[str]:
    for node in walk(definition):
        if isinstance(node, ir.Ref) and node.kind in FILE_KINDS:
            yield node.name
