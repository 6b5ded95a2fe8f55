"""`netdsl check`: what is wrong with programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdsl.commands.folder import add_root, inputs
from netdsl.commands.printing import print_failure, print_findings, say, sorted_findings
from netdsl.commands.status import OK, WRONG
from netdsl.writing import FileError

if TYPE_CHECKING:
    from netdsl.diagnostics import Diagnostic

HELP = "say what is wrong"
ABOUT = "Checks programs, and the files that they import, and writes nothing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a program; - is standard input")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    from netdsl.compiler import check_source

    found: dict[object, Diagnostic] = {}
    failures: list[FileError] = []
    programs = inputs(options)
    for program in programs:
        try:
            checked = check_source(program.source(), program.root.read)
        except FileError as error:
            failures.append(error)
            continue
        for each in checked.diagnostics:  # a file that several programs import has its say once
            found.setdefault((each.span.source.path, each.sort_key), each)
    findings = list(found.values())
    if options.format == "json":
        from netdsl.report import render_json

        say(render_json(sorted_findings(findings)), sys.stdout)
    else:
        print_findings(findings, sys.stdout)
        say(_summary(findings, len(programs) - len(failures)), sys.stdout)
    for failure in failures:
        print_failure(failure)
    errors = any(found.severity == "error" for found in findings)
    return WRONG if errors or failures else OK


def _summary(findings: Sequence[Diagnostic], files: int) -> str:
    errors = sum(found.severity == "error" for found in findings)
    warnings = len(findings) - errors
    counts = [(errors, "error"), (warnings, "warning")]
    shown = ", ".join(_count(number, noun) for number, noun in counts if number)
    return f"{_count(files, 'file')} checked: {shown or 'nothing found'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
