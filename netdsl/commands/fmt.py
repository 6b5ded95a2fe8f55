"""`netdsl fmt`: programs in the layout of the house."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from netdsl.commands.arguments import Argument, Options
from netdsl.commands.folder import FILES, LIMITS, Input, inputs
from netdsl.commands.printing import once, print_failure, print_findings, print_source, say, shown
from netdsl.commands.status import OK, WRONG
from netdsl.writing import STDIN, FileError, write_whole

if TYPE_CHECKING:
    from netdsl.diagnostics import Diagnostic
    from netdsl.limits import Limits

ABOUT = (
    "Lays programs out in the style of the house, each in its place; what standard input holds"
    " goes to standard output. Nothing but the layout changes: comments stay where they are. A"
    " file that cannot be read as a program is left alone."
)


ARGUMENTS = (
    FILES,
    Argument(("--check",), "flag", "write nothing; exit 1 if a file would change"),
    Argument(("--diff",), "flag", "write nothing; print what would change"),
    LIMITS,
)


def run(options: Options) -> int:
    failures: list[FileError] = []
    findings: list[Diagnostic] = []
    for program in inputs(Options(files=options.files, root=None)):
        try:
            before = program.text(options.limits)
            after = _formatted(program, before, options.limits, findings)
            if after is not None:
                _deliver(program, before, after, options)
        except FileError as error:
            failures.append(error)
    print_findings(once(findings), sys.stderr)
    for failure in failures:
        print_failure(failure)
    return WRONG if findings or failures else OK


def _formatted(program: Input, text: str, limits: Limits, findings: list[Diagnostic]) -> str | None:
    """The text as the house has it, None if it is no program."""
    from netdsl.diagnostics import CompileError
    from netdsl.formatting import format_source
    from netdsl.source import Source

    path = None if program.path == STDIN else program.path
    try:
        return format_source(Source(text, program.place, path), limits)
    except CompileError as error:
        findings += error.diagnostics
        return None


def _deliver(program: Input, before: str, after: str, options: Options) -> None:
    """Shows what would change, says that something would, or writes it.

    Raises:
        FileError: it cannot be written, or is to be as it should be, and is not.
    """
    changed = before != after
    if options.diff and changed:
        print_source(_difference(program.path, before, after))
    if options.check and changed:
        name = "standard input" if program.path == STDIN else program.path
        raise FileError(name, "is laid out in another way; 'netdsl fmt' changes that")
    if options.diff or options.check:
        return
    if program.path == STDIN:
        print_source(after)
    elif changed:
        write_whole(program.path, after)
        say(f"formatted {shown(program.path)}", sys.stdout)


def _difference(name: str, before: str, after: str) -> str:
    from difflib import unified_diff

    found = unified_diff(_lines(before), _lines(after), name, name)
    missing = "\n\\ No newline at end of file\n"
    return "".join(line if line.endswith("\n") else line + missing for line in found)


def _lines(text: str) -> list[str]:
    """The lines of a text, each with its end if it has one."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + [last] * (last != "")
