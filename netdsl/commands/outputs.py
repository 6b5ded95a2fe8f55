"""Where the outputs of `netdsl compile` go."""

from __future__ import annotations

import os

from netdsl.commands.arguments import Options
from netdsl.commands.folder import Input, imported, inputs, real_paths
from netdsl.commands.printing import shown
from netdsl.commands.status import UsageError
from netdsl.records import NamedTuple
from netdsl.writing import STDIN

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator


class Job(NamedTuple):
    """A program, where its output goes (None is standard output), and whether that output
    holds what the program imports."""

    program: Input
    output: str | None
    folder: str | None = None
    """The folder that the modules of its root's files lie in, which is made if need be; None if the
    output has a name of its own."""
    bundle: bool = True


def jobs_of(options: Options) -> list[Job]:
    """A job for each program that is named.

    Raises:
        UsageError: the command makes no sense.
    """
    if options.stdout and (options.check or options.output is not None):
        raise UsageError("--stdout goes neither with --check nor with -o")
    if options.output == STDIN and options.check:
        raise UsageError("--check compares with a file: give -o FILE")
    if options.output == "":
        raise UsageError("-o names no file")
    jobs = [_job(program, options) for program in inputs(options)]
    outputs = [job.output for job in jobs if job.output is not None]
    real = list(real_paths(outputs))
    programs = {*real_paths(job.program.path for job in jobs if job.program.path != STDIN)}
    for output, place in zip(outputs, real, strict=True):
        if place in programs:
            raise UsageError(f"{shown(output)} is a program, which would be overwritten")
    if len(jobs) > 1 and len(outputs) < len(jobs):
        raise UsageError(f"{len(jobs)} programs cannot all go to standard output: leave one")
    _refuse_twice(real)
    return jobs


def _refuse_twice(places: list[str]) -> None:
    seen = set()
    for place in places:
        if place in seen:
            raise UsageError(f"more than one program would be written to {shown(place)}")
        seen.add(place)


def _job(program: Input, options: Options) -> Job:
    where: str | None = options.output
    if options.stdout or where == STDIN:
        return Job(program, None)
    if where is None and program.path == STDIN:
        if options.check:
            raise UsageError("--check of standard input needs the file to compare with: -o FILE")
        return Job(program, None)
    if where is None:
        folder = options.folder or program.root.path
    elif not _is_folder(where):
        return Job(program, where)
    elif program.path == STDIN:
        raise UsageError("the output of standard input has no name of its own: give -o FILE")
    else:
        folder = where
    output = _module_path(folder, program.place)
    return Job(program, output, folder, bool(options.bundle))


class Planned:
    """The outputs that some job writes already."""

    def __init__(self, jobs: list[Job]) -> None:
        self._outputs = {*real_paths(job.output for job in jobs if job.output is not None)}

    def still_to_do(self, job: Job, imports: tuple[str, ...]) -> Iterator[Job]:
        """Jobs for what a program imports, each once."""
        if job.folder is None or job.bundle:
            return
        for other in imported(job.program, imports):
            output = _module_path(job.folder, other.place)
            real = os.path.realpath(output)
            if real not in self._outputs:
                self._outputs.add(real)
                yield Job(other, output, job.folder, bundle=False)


def _module_path(folder: str, place: str) -> str:
    """The path of a program's module, without the folder if that is where the process is."""
    name = place.removesuffix(".nd") + ".py"
    return name if folder == os.curdir else os.path.join(folder, name)


def _is_folder(where: str) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return where.endswith(separators) or os.path.isdir(where)
