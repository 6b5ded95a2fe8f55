"""`netdsl check`: what is wrong with programs."""

from __future__ import annotations

import sys

from netdsl.commands.arguments import FORMAT, Options
from netdsl.commands.folder import FILES, JOBS, ROOT, Input, inputs
from netdsl.commands.keeping import NO_CACHE, store_of
from netdsl.commands.printing import once, print_failure, print_findings, say
from netdsl.commands.progress import Progress
from netdsl.commands.status import OK, WRONG
from netdsl.commands.work import Work, every
from netdsl.records import NamedTuple
from netdsl.writing import STDIN, FileError

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Sequence

    from netdsl.diagnostics import Diagnostic

ABOUT = "Checks programs, and the files that they import, and writes nothing."


ARGUMENTS = (FILES, FORMAT, *ROOT, JOBS, NO_CACHE)


class _Checked(NamedTuple):
    """What was found in a program, or why it could not be read."""

    findings: tuple[Diagnostic, ...]
    failure: FileError | None = None


def run(options: Options) -> int:
    programs = inputs(options)
    count = 1 if STDIN in options.files else options.jobs  # which this process alone can read
    with Progress("checked") as progress:
        progress.expect(len(programs))
        checked = every(_WORK, options, programs, count, progress.step)
    findings = once(each for one in checked for each in one.findings)
    failures = [one.failure for one in checked if one.failure is not None]
    if options.format == "json":
        from netdsl.report import render_json

        say(render_json(findings), sys.stdout)
    else:
        print_findings(findings, sys.stdout)
        say(_summary(findings, len(programs) - len(failures)), sys.stdout)
    for failure in failures:
        print_failure(failure)
    errors = any(found.severity == "error" for found in findings)
    return WRONG if errors or failures else OK


def _checked(options: Options, program: Input) -> _Checked:
    from netdsl.kept import checked

    try:
        source = program.source(options.limits)
        return _Checked(checked(store_of(options), source, program.root.read, options.limits))
    except FileError as error:
        return _Checked((), error)


def _lost(program: Input, reason: str) -> _Checked:
    return _Checked((), FileError(program.path, reason))


def _warm() -> None:
    from netdsl.compiler import check_source
    from netdsl.source import Source

    check_source(Source("seq(linear 1 1)"))


_WORK = Work(_checked, _lost, _warm)


def _summary(findings: Sequence[Diagnostic], files: int) -> str:
    errors = sum(found.severity == "error" for found in findings)
    warnings = len(findings) - errors
    counts = [(errors, "error"), (warnings, "warning")]
    shown = ", ".join(_count(number, noun) for number, noun in counts if number)
    return f"{_count(files, 'file')} checked: {shown or 'nothing found'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
