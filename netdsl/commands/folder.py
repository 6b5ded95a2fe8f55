"""Where programs are: the root folder, below which a program may import from other files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from netdsl.commands.status import UsageError
from netdsl.files import Folder
from netdsl.source import Source
from netdsl.writing import STDIN, read_program

STDIN_NAME = "<stdin>"


class Input(NamedTuple):
    """A program: what the command calls it, its place below the root, and the root."""

    path: str
    place: str
    root: Folder

    def source(self) -> Source:
        """The program as a source.

        Raises:
            FileError: it cannot be read.
        """
        path = None if self.path == STDIN else self.path
        return Source(read_program(self.path), self.place, path)


def add_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="programs import from below this folder (without it: the one each program is in)",
    )


def inputs(options: argparse.Namespace) -> list[Input]:
    """The programs that a command names.

    Raises:
        UsageError: standard input is named twice, or a program is not below the root.
    """
    files: list[str] = options.files
    if files.count(STDIN) > 1:
        raise UsageError("standard input can be read once only")
    named = {file if file == STDIN else os.path.realpath(file): file for file in reversed(files)}
    return [_input(file, options.root) for file in reversed(named.values())]


def _input(file: str, root: str | None) -> Input:
    if root is not None and not Path(root).is_dir():
        raise UsageError(f"--root {root} is no folder")
    if file == STDIN:
        return Input(file, STDIN_NAME, Folder(Path(root or ".")))
    path = Path(file)
    if root is None:
        return Input(file, path.name, Folder(path.parent))
    place = os.path.relpath(os.path.abspath(path), os.path.abspath(root))
    if place.startswith(".."):
        raise UsageError(f"{file} is not below --root {root}")
    return Input(file, place.replace(os.sep, "/"), Folder(Path(root)))


def imported(program: Input, places: tuple[str, ...]) -> Iterator[Input]:
    """The files that a program imports, as programs of their own."""
    for place in places:
        yield Input(os.path.normpath(program.root.path / place), place, program.root)
