"""Where programs are: files and folders, and the root folder, below which a program may import
from other files."""

from __future__ import annotations

import os

from netdsl.commands.arguments import Argument, Options
from netdsl.commands.status import UsageError
from netdsl.files import Folder
from netdsl.limits import DEFAULT, Limits, using
from netdsl.records import NamedTuple
from netdsl.source import Source
from netdsl.writing import STDIN, read_inside, read_program

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netdsl.analysis.program import Program

STDIN_NAME = "<stdin>"


class Input(NamedTuple):
    """A program: what the command calls it, its place below the root, and the root."""

    path: str
    place: str
    root: Folder
    found: bool = False
    """Whether it was found in a folder, and not named itself: it is then a file in there."""

    def text(self, limits: Limits = DEFAULT) -> str:
        """What it holds.

        Raises:
            FileError: it cannot be read.
        """
        with using(limits):
            return read_inside(self.path, self.root.path) if self.found else read_program(self.path)

    def source(self, limits: Limits = DEFAULT) -> Source:
        """The program as a source.

        Raises:
            FileError: it cannot be read.
        """
        path = None if self.path == STDIN else self.path
        return Source(self.text(limits), self.place, path)

    def program(self, limits: Limits) -> Program:
        """The program as the compiler understands it.

        Raises:
            FileError: it cannot be read.
            CompileError: it is wrong.
        """
        from netdsl.compiler import check_source
        from netdsl.diagnostics import CompileError

        checked = check_source(self.source(limits), self.root.read, limits=limits)
        if checked.program is None:
            raise CompileError(checked.diagnostics)
        return checked.program


def number_of_jobs(text: str) -> int:
    """How many processes that is.

    Raises:
        ValueError: it is no number.
    """
    number = 0 if text == "auto" else int(text) if text.isdecimal() else -1
    if number < 0:
        raise ValueError(f"{text!r} is neither a number nor auto")
    return number or _processors()


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


LIMITS = Argument(("limits",), "setting")
FILES = Argument(
    ("files",),
    "many",
    "a program, or a folder with all below it that end in .nd; - is standard input",
    "FILE|DIR",
)
ROOT = (
    Argument(
        ("--root",),
        "value",
        "programs import from below this folder (without it: the DIR that is named, or the folder"
        " that each FILE is in)",
        "DIR",
    ),
    LIMITS,
)
JOBS = Argument(
    ("-j", "--jobs"),
    "value",
    "work on N programs at once; 0 or auto: as many as there are processors",
    "N",
    read=number_of_jobs,
)


def inputs(options: Options) -> list[Input]:
    """The programs that a command names, each once.

    Raises:
        UsageError: standard input is named twice, a folder holds no program, or a program is not
            below the root.
    """
    files: list[str] = options.files
    root: str | None = options.root
    if files.count(STDIN) > 1:
        raise UsageError("standard input can be read once only")
    named: dict[str, Input] = {}
    for file in files:
        if file != STDIN and os.path.isdir(file):
            below = _below(file)
            for each, real in zip(below, real_paths(below), strict=True):
                named.setdefault(real, input_of(each, root or file)._replace(found=True))
        else:
            real = file if file == STDIN else os.path.realpath(file)
            named.setdefault(real, input_of(file, root))
    return [*named.values()]


def real_paths(paths: Iterable[str]) -> Iterator[str]:
    """Where files really are, whatever links lead there: each folder is looked at once."""
    folders: dict[str, str] = {}
    for path in paths:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = os.path.join(folders[folder], name)
        plain = name not in ("", os.curdir, os.pardir) and not os.path.islink(real)
        yield real if plain else os.path.realpath(path)


def _below(folder: str) -> list[str]:
    """The programs in a folder and below it, by their paths; what is hidden is left out.

    Raises:
        OSError: a folder cannot be read.
    """
    found: list[str] = []
    for here, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names = [name for name in files if name.endswith(".nd") and not name.startswith(".")]
        found += [os.path.normpath(os.path.join(here, name)) for name in names]
    if not found:
        raise UsageError(f"{folder} holds no program: no file that ends in .nd")
    return sorted(found, key=lambda path: path.split(os.sep))


def _raise(error: OSError) -> None:
    raise error


def input_of(file: str, root: str | None) -> Input:
    """The program that a command names.

    Raises:
        UsageError: it is not below the root.
    """
    if root is not None and not os.path.isdir(root):
        raise UsageError(f"--root {root} is no folder")
    if file == STDIN:
        return Input(file, STDIN_NAME, Folder(root or os.curdir))
    if root is None:
        folder, name = os.path.split(file)
        return Input(file, name, Folder(folder or os.curdir))
    place = os.path.relpath(os.path.abspath(file), os.path.abspath(root))
    if place == os.pardir or place.startswith(os.pardir + os.sep):
        raise UsageError(f"{file} is not below --root {root}")
    return Input(file, place.replace(os.sep, "/"), Folder(root))


def imported(program: Input, places: tuple[str, ...]) -> Iterator[Input]:
    """The files that a program imports, as programs of their own."""
    for place in places:
        path = os.path.normpath(os.path.join(program.root.path, place))
        yield Input(path, place, program.root, found=True)
