"""`netdsl compile`: PyTorch source from programs."""

from __future__ import annotations

import os
import sys

from netdsl.commands.arguments import Argument, Options
from netdsl.commands.folder import FILES, JOBS, ROOT, real_paths
from netdsl.commands.keeping import NO_CACHE, store_of
from netdsl.commands.outputs import Job, Planned, jobs_of
from netdsl.commands.printing import (
    once,
    print_failure,
    print_findings,
    print_source,
    say,
    shown,
)
from netdsl.commands.progress import Progress
from netdsl.commands.status import OK, WRONG
from netdsl.commands.work import Work, every
from netdsl.records import NamedTuple
from netdsl.writing import FileError, read_existing, sweep, write_whole

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from netdsl.diagnostics import Diagnostic
    from netdsl.kept import Kept

ABOUT = (
    "Compiles programs. Without -o the output lies beside its program, model.py beside"
    " model.nd, and so do the modules of the files that it imports; that of standard input goes"
    " to standard output. A folder that holds __init__.py is a package: modules in it import"
    " each other relatively."
)


ARGUMENTS = (
    FILES,
    Argument(
        ("-o",),
        "value",
        "where to write; DIR/ is made if need be; one FILE holds imported programs as well",
        "FILE|DIR",
        to="output",
    ),
    Argument(("--stdout",), "flag", "print the source instead"),
    Argument(("--bundle",), "toggle", "one module, with what is used of other files in it"),
    Argument(
        ("--check",),
        "flag",
        "write nothing; exit 1 if the output is not up to date (its header apart)",
    ),
    Argument(("--style",), "value", "black: run black on the output", choices=("auto", "black")),
    Argument(
        ("--lines",),
        "toggle",
        "end each line with a comment that names the program's own, for tracebacks to show",
    ),
    Argument(
        ("--shapes",),
        "toggle",
        "tell shapes in comments where they change, which is done unless it is refused",
    ),
    Argument(("--force",), "flag", "overwrite a file that was edited or not generated"),
    *ROOT,
    JOBS,
    NO_CACHE,
    Argument(("folder",), "setting"),
)


class _Outcome(NamedTuple):
    """What came of a job, and nothing that is large."""

    right: bool = True
    imports: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    failure: FileError | None = None
    source: str | None = None
    """What is still to be printed."""
    wrote: str | None = None
    """The file that was written."""


def run(options: Options) -> int:
    jobs = jobs_of(options)
    planned = Planned(jobs)
    outcomes: list[_Outcome] = []
    with Progress("compiled") as progress:
        while jobs:  # what is imported comes after what imports it
            progress.expect(len(jobs))
            if not options.check:
                _sweep(jobs)
            found = every(_WORK, options, jobs, options.jobs, progress.step)
            outcomes += found
            done = zip(jobs, found, strict=True)
            jobs = [each for job, of in done for each in planned.still_to_do(job, of.imports)]
    print_findings(once(each for outcome in outcomes for each in outcome.findings), sys.stderr)
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    for outcome in outcomes:
        if outcome.wrote is not None:
            say(f"wrote {shown(outcome.wrote)}", sys.stdout)
        if outcome.source is not None:
            try:
                print_source(outcome.source)
            except FileError as error:
                failures.append(error)
    for failure in failures:
        print_failure(failure)
    return OK if not failures and all(outcome.right for outcome in outcomes) else WRONG


def _sweep(jobs: list[Job]) -> None:
    """Each folder once, which may be that of a thousand outputs."""
    outputs = real_paths(job.output for job in jobs if job.output is not None)
    for folder in {os.path.dirname(output) for output in outputs}:
        sweep(folder)


def _warm() -> None:
    from netdsl.compiler import compile_source
    from netdsl.source import Source

    compile_source(Source("seq(linear 1 1)"))


def _lost(job: Job, reason: str) -> _Outcome:
    return _Outcome(right=False, failure=FileError(job.program.path, reason))


def _outcome(options: Options, job: Job) -> _Outcome:
    from netdsl.diagnostics import CompileError

    try:
        result = _compiled(options, job)
    except FileError as error:
        return _Outcome(right=False, failure=error)
    except CompileError as error:
        return _Outcome(right=False, findings=error.diagnostics)
    outcome = _Outcome(imports=result.imports, findings=result.diagnostics)
    if job.output is None:
        return outcome._replace(source=result.source)
    try:
        wrote = _deliver(options, job, job.output, result.source)
    except FileError as error:
        return outcome._replace(failure=error)
    return outcome._replace(wrote=job.output if wrote else None)


_WORK = Work(_outcome, _lost, _warm)


def _compiled(options: Options, job: Job) -> Kept:
    from netdsl import kept

    folder = job.folder

    def is_package(inner: str) -> bool:
        return folder is not None and os.path.isfile(os.path.join(folder, inner, "__init__.py"))

    return kept.compiled(
        store_of(options),
        job.program.source(options.limits),
        options.style,
        job.program.root.read,
        None if job.bundle else is_package,
        shape_comments=options.shapes,
        line_comments=options.lines,
        limits=options.limits,
    )


# ---- writing ----------------------------------------------------------------


def _deliver(options: Options, job: Job, output: str, text: str) -> bool:
    """Compares or writes one output; whether it was written."""
    existing = read_existing(output)
    if options.check:
        if existing is None:
            raise FileError(output, "is not there; 'netdsl compile' writes it")
        if _below_header(existing) != _below_header(text):
            reason = f"is not what {job.program.path} says; 'netdsl compile' brings it up to date"
            raise FileError(output, reason)
        return False
    if existing and not options.force:
        _refuse_to_lose(output, existing)
    if job.folder is not None:
        _make_folder(os.path.dirname(output) or os.curdir)
    write_whole(output, text, swept=True)
    return True


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


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FileError(folder, str(error.strerror).lower()) from None
