"""`netdsl compile`: PyTorch source from programs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from netdsl.commands.folder import Input, add_root, imported, inputs
from netdsl.commands.printing import print_failure, print_findings, print_source, say, shown
from netdsl.commands.status import OK, WRONG, UsageError
from netdsl.writing import STDIN, FileError, read_existing, write_whole

if TYPE_CHECKING:
    from netdsl.compiler import Result
    from netdsl.diagnostics import Diagnostic

HELP = "write PyTorch source"
ABOUT = (
    "Compiles programs. Without -o the output lies beside its program, model.py beside"
    " model.nd, and so do the modules of the files that it imports; that of standard input goes"
    " to standard output. A folder that holds __init__.py is a package: modules in it import"
    " each other relatively."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a program; - is standard input")
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE|DIR",
        help="where to write; DIR/ is made if need be; one FILE holds imported programs as well",
    )
    parser.add_argument("--stdout", action="store_true", help="print the source instead")
    parser.add_argument(
        "--bundle", action="store_true", help="one module, with what is used of other files in it"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 if the output is not up to date (its header apart)",
    )
    parser.add_argument(
        "--style", choices=("auto", "black"), default="auto", help="black: run black on the output"
    )
    parser.add_argument(
        "--lines",
        action="store_true",
        help="end each line with a comment that names the program's own, for tracebacks to show",
    )
    parser.add_argument(
        "--no-shapes", action="store_true", help="leave out the comments that tell shapes"
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite a file that was edited or not generated"
    )
    add_root(parser)


class _Job(NamedTuple):
    """A program, where its output goes (None is standard output), and whether that output
    holds what the program imports."""

    program: Input
    output: Path | None
    folder: Path | None
    """The folder that the modules of its root's files lie in; None for a bundle."""


def run(options: argparse.Namespace) -> int:
    jobs = _jobs(options)
    done: list[tuple[_Job, Result]] = []
    findings: dict[object, Diagnostic] = {}
    failures: list[FileError] = []
    for job in jobs:  # which grows by what is imported
        try:
            result = _compiled(job, options, findings)
        except FileError as error:
            failures.append(error)
            continue
        if result is not None:
            done.append((job, result))
            jobs += _imported(job, result, jobs)
    print_findings(findings.values(), sys.stderr)
    for job, result in done:
        try:
            _deliver(job, result.source, options)
        except FileError as error:
            failures.append(error)
    for failure in failures:
        print_failure(failure)
    return WRONG if failures or len(done) < len(jobs) else OK


def _compiled(
    job: _Job, options: argparse.Namespace, findings: dict[object, Diagnostic]
) -> Result | None:
    from netdsl.compiler import compile_source
    from netdsl.diagnostics import CompileError

    folder = job.folder

    def is_package(inner: str) -> bool:
        return folder is not None and (folder / inner / "__init__.py").is_file()

    found: tuple[Diagnostic, ...]
    result: Result | None
    try:
        result = compile_source(
            job.program.source(),
            options.style,
            job.program.root.read,
            None if folder is None else is_package,
            shape_comments=not options.no_shapes,
            line_comments=options.lines,
        )
        found = result.diagnostics
    except CompileError as error:
        result, found = None, error.diagnostics
    for each in found:  # a file that several programs import has its say once
        findings.setdefault((each.span.source.path, each.sort_key), each)
    return result


def _imported(job: _Job, result: Result, jobs: list[_Job]) -> list[_Job]:
    """The jobs that are still to be done for what a program imports."""
    if job.folder is None:
        return []
    planned = {None if other.output is None else _real(other.output) for other in jobs}
    found = [
        _Job(other, job.folder / _module_path(other.place), job.folder)
        for other in imported(job.program, result.imports)
    ]
    return [each for each in found if each.output is None or _real(each.output) not in planned]


def _real(path: Path) -> str:
    return os.path.realpath(path)


# ---- where outputs go -------------------------------------------------------


def _jobs(options: argparse.Namespace) -> list[_Job]:
    if options.stdout and (options.check or options.output is not None):
        raise UsageError("--stdout goes neither with --check nor with -o")
    if options.output == STDIN and options.check:
        raise UsageError("--check compares with a file: give -o FILE")
    if options.output == "":
        raise UsageError("-o names no file")
    jobs = [_job(program, options) for program in inputs(options)]
    programs = {_real(Path(job.program.path)) for job in jobs if job.program.path != STDIN}
    for job in jobs:
        if job.output is not None and _real(job.output) in programs:
            raise UsageError(f"{shown(str(job.output))} is a program, which would be overwritten")
    if len(jobs) == 1:
        return jobs
    outputs = [None if job.output is None else _real(job.output) for job in jobs]
    if None in outputs:
        raise UsageError(f"{len(jobs)} programs cannot all go to standard output: leave one")
    for at, output in enumerate(outputs):
        if output in outputs[:at]:
            raise UsageError(f"more than one program would be written to {shown(str(output))}")
    return jobs


def _job(program: Input, options: argparse.Namespace) -> _Job:
    where: str | None = options.output
    if options.stdout or where == STDIN:
        return _Job(program, None, None)
    if where is None and program.path == STDIN:
        if options.check:
            raise UsageError("--check of standard input needs the file to compare with: -o FILE")
        return _Job(program, None, None)
    if where is None:
        folder = program.root.path
    elif not _is_folder(where):
        return _Job(program, Path(where), None)
    elif program.path == STDIN:
        raise UsageError("the output of standard input has no name of its own: give -o FILE")
    else:
        folder = Path(where)
    output = folder / _module_path(program.place)
    return _Job(program, output, None if options.bundle else folder)


def _module_path(place: str) -> str:
    return place.removesuffix(".nd") + ".py"


def _is_folder(where: str) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return where.endswith(separators) or Path(where).is_dir()


# ---- writing ----------------------------------------------------------------


def _deliver(job: _Job, text: str, options: argparse.Namespace) -> None:
    """Prints, compares or writes one output."""
    if job.output is None:
        print_source(text)
        return
    name = str(job.output)
    existing = read_existing(job.output)
    if options.check:
        if existing is None:
            raise FileError(name, "is not there; 'netdsl compile' writes it")
        if _below_header(existing) != _below_header(text):
            reason = f"is not what {job.program.path} says; 'netdsl compile' brings it up to date"
            raise FileError(name, reason)
        return
    if existing and not options.force:
        _refuse_to_lose(name, existing)
    if job.folder is not None and options.output is not None:
        _make_folder(job.output.parent)
    write_whole(job.output, text)
    say(f"wrote {shown(name)}", sys.stdout)


def _below_header(text: str) -> str:
    from netdsl.emit.header import split_header

    split = split_header(text)
    return text if split is None else split.text


def _refuse_to_lose(name: str, existing: str) -> None:
    """Work of a person is not overwritten unasked."""
    from netdsl.emit.header import edited, has_header

    if not has_header(existing):
        raise FileError(name, "is there and was not generated; --force overwrites it")
    if edited(existing):
        raise FileError(name, "was edited after it was generated; --force overwrites it")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(str(folder), str(error.strerror).lower()) from None
