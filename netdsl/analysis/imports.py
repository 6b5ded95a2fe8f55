"""The files that a program is made of: found through a reader that the caller hands in, read
once each, and put in an order in which whatever is imported comes first."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from netdsl import limits
from netdsl.analysis.names import is_python_name
from netdsl.diagnostics import Diagnostics
from netdsl.records import Frozen, field
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.bounds import NODES_PER_CHARACTER, size_of
from netdsl.syntax.parse import parse
from netdsl.syntax.slips import refuse_misspelt

Read: TypeAlias = Callable[[str], Source]
"""Gives the source of a file by its place: a path with `/` below the root folder, without `..`.

It raises OSError or ValueError, with the reason as its text, for a file that cannot be read.
"""

Parse: TypeAlias = Callable[[Source, Diagnostics], tree.File | None]
"""Reads a source; see `syntax.parse`."""

SUFFIX = ".nd"

SHADOWED = frozenset(
    ["builtins", "collections", "dataclasses", "functools", "itertools", "math", "torch", "typing"]
)
"""What generated modules import, and would not find behind a module of the same name."""


class Unit(Frozen):
    """One file of a program.

    `place` is its path below the root folder; `imports` gives, for each path that the file
    imports from, as written, the place that it leads to.
    """

    place: str
    source: Source
    tree: tree.File
    imports: Mapping[str, str] = field(default_factory=dict)


def no_reader(place: str) -> Source:
    """The reader of a text that comes from no folder.

    Raises:
        OSError: always.
    """
    raise OSError("this program was given as a text, without a folder to import from")


def load(
    source: Source,
    file: tree.File,
    read: Read,
    diagnostics: Diagnostics,
    parse: Parse = parse,
) -> list[Unit]:
    """A program's files, the imported before their importers, the program itself last."""
    loading = _Loading(read, parse, diagnostics)
    loading.visit(source.name, source, file)
    return list(loading.units.values())


class _Loading:
    def __init__(self, read: Read, parse: Parse, diagnostics: Diagnostics) -> None:
        self._read = read
        self._parse = parse
        self._diagnostics = diagnostics
        self._unreadable: set[str] = set()
        self._path: list[str] = []
        self._characters = 0
        self._nodes = 0
        self._uncounted: list[tree.File] = []
        self.units: dict[str, Unit] = {}

    def visit(self, place: str, source: Source, file: tree.File) -> None:
        self._refuse_size(file)
        refuse_misspelt(file, self._diagnostics)
        self._path.append(place)
        imports = {}
        for statement in file.statements:
            if isinstance(statement, tree.Import):
                found = self._follow(place, statement.path)
                if found is not None:
                    imports[statement.path.value] = found
        self._path.pop()
        self.units[place] = Unit(place, source, file, imports)

    def _refuse_size(self, file: tree.File) -> None:
        """
        Raises:
            LimitReached: with this file the program is too large.
        """
        most = limits.current().nodes
        self._uncounted.append(file)
        self._characters += len(file.span.source.text)
        if NODES_PER_CHARACTER * self._characters <= most:
            return
        self._nodes += sum(map(size_of, self._uncounted))
        self._uncounted.clear()
        if self._nodes > most:
            raise limits.LimitReached(
                "program-too-large",
                f"all files of this program together are made of more than {most:,} expressions,"
                " statements and names",
                "split the program, or write what repeats with `for`.",
            )

    def _follow(self, importer: str, path: tree.String) -> str | None:
        """The place of an imported file, which is read if it was not yet."""
        place = self._place(importer, path)
        if place is None or place in self._unreadable:
            return None
        if place in self.units:
            return place
        if place in self._path:
            circle = [*self._path[self._path.index(place) :], place]
            self._diagnostics.error(
                "import-cycle",
                f"files import each other: {' → '.join(circle)}",
                path.span,
                hint="move what both need into a file that imports neither.",
            )
            return None
        if len(self.units) + len(self._path) > limits.current().files:
            self._diagnostics.error(
                "too-many-imports",
                f"a program can be made of {limits.current().files} files at most",
                path.span,
                hint="put small files together.",
            )
            return None
        source = self._source(place, path.span)
        file = None if source is None else self._parse(source, self._diagnostics)
        if source is None or file is None:
            self._unreadable.add(place)
            return None
        self.visit(place, source, file)
        return place

    def _source(self, place: str, span: Span) -> Source | None:
        try:
            found = self._read(place)
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            self._diagnostics.error(
                "import-not-found",
                f"cannot read `{place}`: {reason[:1].lower()}{reason[1:]}",
                span,
                hint="the path is relative to the file that imports.",
            )
            return None
        return Source(found.text, place, found.path)

    def _place(self, importer: str, path: tree.String) -> str | None:
        """Where a path leads, seen from the file it is written in."""
        written = path.value
        trouble = next(_bad_path(written), None)
        if trouble is not None:
            self._diagnostics.error(
                "bad-import-path",
                f"{path.span.text} cannot be imported: {trouble}",
                path.span,
                hint="write the path of a program as seen from this file, such as"
                ' `"blocks/resnet.nd"`.',
            )
            return None
        place = posixpath.normpath(posixpath.join(posixpath.dirname(importer), written))
        if place.startswith(("/", "../")):
            self._diagnostics.error(
                "import-outside-root",
                f"`{written}` leads out of the folder that the program is in",
                path.span,
                hint="move the file below that folder, or compile with `--root` set to a folder"
                " that holds both.",
            )
            return None
        return place


def _bad_path(written: str) -> Iterator[str]:
    """What is wrong with a path before anything is looked for."""
    if not written.endswith(SUFFIX):
        yield f"the file's name must end in `{SUFFIX}`"
    if "\\" in written or any(ord(character) < 32 for character in written):
        yield "folders are separated by `/`"
    if posixpath.isabs(written) or written[1:2] == ":":
        yield "it is not relative"
    parts = written.removesuffix(SUFFIX).split("/")
    if parts[-1] in SHADOWED:
        yield f"as a Python module it would hide Python's own `{parts[-1]}`"
    for part in parts:
        if part not in (".", "..") and not is_python_name(part):
            yield f"`{part}` is the name of a Python module there, and Python cannot read it"
