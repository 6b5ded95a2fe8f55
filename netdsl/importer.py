"""`import model` finds `model.nd`: importing this module is what makes it so.

A program is found wherever Python looks for modules, compiled when it is first imported, and kept
beside `__pycache__` until it, or a file that it imports, is another. A module of Python with the
same name, in the same folder, is what is imported instead.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import InspectLoader, MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

from netdsl.diagnostics import CompileError, Diagnostic
from netdsl.emit.header import edited, has_header, header_options, source_hash, split_header
from netdsl.files import Folder
from netdsl.kept import compiled
from netdsl.limits import DEFAULT
from netdsl.report import render_text
from netdsl.source import Source
from netdsl.store import digest, store
from netdsl.writing import FileError, read_existing, write_whole

_IMPORTS = "# imports "
_SUFFIXES = importlib.machinery.all_suffixes()


class ProgramError(SyntaxError):
    """A program that is imported is wrong. It points at the first mistake, as Python does, and
    tells of the others below; `diagnostics` are all of them."""

    def __init__(self, error: CompileError) -> None:
        errors = [each for each in error.diagnostics if each.severity == "error"]
        first = errors[0]
        source, start, end = first.span
        begins, ends = source.position(start), source.position(max(start, end))
        place = (
            source.path or source.name,
            begins.line,
            begins.column,
            source.line(begins.line),
            ends.line,
            ends.column,
        )
        super().__init__(first.message, place)
        self.diagnostics: tuple[Diagnostic, ...] = error.diagnostics
        if first.hint:
            self.add_note(f"  = {first.hint}")
        if errors[1:]:
            self.add_note(render_text(errors[1:]))


class Finder(MetaPathFinder):
    """Finds programs on Python's path."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        name = fullname.rpartition(".")[2]
        for entry in sys.path if path is None else path:
            folder = Path(entry or os.curdir)
            program = folder / f"{name}.nd"
            module = _module_in(folder, name)
            if module is not None:
                _warn_if_stale(module, program)
                return None
            if program.is_file():
                loader = Loader(fullname, program)
                return importlib.util.spec_from_file_location(fullname, program, loader=loader)
        return None


class Loader(InspectLoader):
    """Compiles one program. Its module's `__file__` is the generated source, which debuggers,
    tracebacks and `inspect` read; each line there names the line of the program."""

    def __init__(self, fullname: str, program: Path) -> None:
        self.fullname = fullname
        self.program = Path(os.path.abspath(program))
        depth = fullname.count(".")
        self.root = self.program.parents[depth]
        self.place = self.program.relative_to(self.root).as_posix()
        beside = Path(importlib.util.cache_from_source(str(self.program))).parent
        self.generated = beside / f"{self.program.stem}.nd.py"

    def is_package(self, fullname: str) -> bool:
        return False

    def exec_module(self, module: ModuleType) -> None:
        try:
            text = self.get_source(self.fullname)
        except ProgramError as error:
            raise error.with_traceback(None) from None  # how it was found out helps nobody
        module.__file__ = file = self._shown(text)
        code: CodeType = compile(text, file, "exec", dont_inherit=True)
        exec(code, module.__dict__)

    def get_source(self, fullname: str) -> str:
        """The generated source.

        Raises:
            ProgramError: the program is wrong.
            ImportError: it cannot be read.
        """
        folder = Folder(self.root)
        try:
            source = folder.read(self.place)
        except (OSError, ValueError) as error:
            raise ImportError(f"cannot read {self.program}: {error}", name=fullname) from None
        return self._kept(source, folder) or self._compiled(source, folder)

    def _compiled(self, source: Source, folder: Folder) -> str:
        try:
            result = compiled(
                store(),
                source,
                "auto",
                folder.read,
                self._is_package,
                shape_comments=True,
                line_comments=True,
                limits=DEFAULT,
            )
        except CompileError as error:
            raise ProgramError(error) from None
        if result.diagnostics:
            warnings.warn(render_text(result.diagnostics), stacklevel=2)
        text = result.source + _IMPORTS + json.dumps(result.imports) + "\n"
        try:
            self.generated.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.generated, text)
        except (OSError, FileError):
            pass  # what cannot be kept here is looked for in the store
        return text

    def _shown(self, text: str) -> str:
        """A file that holds the generated source: where the program's folder cannot be written to,
        one of the store's."""
        with suppress(FileError):
            if read_existing(self.generated) == text:
                return str(self.generated)
        name = f"{self.program.stem}_{digest(str(self.program))[:12]}.nd.py"
        return store().file(name, text) or str(self.generated)

    def _kept(self, source: Source, folder: Folder) -> str | None:
        """What was generated before, if it is still what the program says."""
        try:
            text = read_existing(self.generated)
        except FileError:
            return None
        above, found, last = (text or "").rpartition(_IMPORTS)
        split = split_header(above)
        if text is None or not found or split is None or edited(above):
            return None
        try:
            imports = {place: folder.read(place).text for place in json.loads(last)}
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        options = header_options("auto", "modules" if imports else None, True, True)
        current = source_hash(source.text, imports=imports, options=options)
        return text if current == split.source_hash else None

    def _is_package(self, inner: str) -> bool:
        return (self.root / inner / "__init__.py").is_file()


def _module_in(folder: Path, name: str) -> Path | None:
    """A module or package of Python's with that name in a folder."""
    package = folder / name
    if (package / "__init__.py").is_file():
        return package
    found = (folder / f"{name}{suffix}" for suffix in _SUFFIXES)
    return next((path for path in found if path.is_file()), None)


def _warn_if_stale(module: Path, program: Path) -> None:
    """Generated modules win over their programs, also when these were changed since."""
    if module.suffix != ".py" or not program.is_file():
        return
    if program.stat().st_mtime <= module.stat().st_mtime:
        return
    try:
        generated = has_header(read_existing(module) or "")
    except FileError:
        return
    if generated:
        warnings.warn(
            f"{module} is imported, but {program} is newer: compile it again, or remove"
            f" {module.name}",
            stacklevel=2,
        )


def install() -> None:
    """Makes programs importable; done already when this module is imported."""
    if not any(isinstance(each, Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def uninstall() -> None:
    """Undoes `install`. What was imported stays."""
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, Finder)]


install()
