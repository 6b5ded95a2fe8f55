"""Programs as modules that run: compiled, executed and built, without a file in between."""

from __future__ import annotations

import linecache
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from netdsl.analysis.imports import Read, no_reader
from netdsl.compiler import Result, compile_source
from netdsl.files import Folder
from netdsl.hashing import sha256
from netdsl.source import Source
from netdsl.store import store
from netdsl.writing import FileError, read_program

if TYPE_CHECKING:
    from torch import nn


def load(
    program: str | os.PathLike[str], entry: str | None, parameters: dict[str, Any]
) -> nn.Module:
    """A network, built. See `netdsl.load`."""
    source, read = _source_of(program)
    result = compile_source(source, read=read, line_comments=True)
    module = module_of(result, source)
    name = entry if entry is not None else _only_entry(result, source.name)
    made = getattr(module, name, None)
    if name not in result.networks or not callable(made):
        known = ", ".join(result.networks) or "nothing"
        raise ValueError(f"{source.name} defines no network called {name!r}; it defines {known}")
    network: nn.Module = made(**parameters)
    return network


def module_of(result: Result, source: Source) -> ModuleType:
    """The generated module, executed. The same source gives the same module: its classes are
    one, and can be pickled. Its lines are there for tracebacks, debuggers and `inspect`: in a file,
    since Python itself shows no others when nobody catches an exception."""
    digest = sha256(result.source.encode()).hexdigest()[:12]
    stem = Path(source.name).stem
    name = f"netdsl_{stem if stem.isidentifier() else 'program'}_{digest}"
    found = sys.modules.get(name)
    if found is not None:
        return found
    file = store().file(f"{name}.py", result.source) or f"<{name}>"
    module = ModuleType(name, f"Generated from {source.name}.")
    module.__file__ = file
    linecache.cache[file] = len(result.source), None, result.source.splitlines(True), file
    code = compile(result.source, file, "exec")
    exec(code, module.__dict__)
    return sys.modules.setdefault(name, module)


def _source_of(program: str | os.PathLike[str]) -> tuple[Source, Read]:
    """A program by its path, or as a text."""
    if isinstance(program, str) and ("\n" in program or not program.endswith(".nd")):
        return Source(program), no_reader
    path = Path(program)
    try:
        text = read_program(str(path))
    except FileError as error:
        raise OSError(str(error)) from None
    return Source(text, path.name, str(path)), Folder(path.parent).read


def _only_entry(result: Result, called: str) -> str:
    entries = result.entries
    if "net" in entries:
        return "net"
    if len(entries) == 1:
        return entries[0]
    if not entries:
        raise ValueError(f"{called} defines no network that needs no arguments; name an entry")
    raise ValueError(f"{called} defines more than one network: name one of {', '.join(entries)}")
