"""`netdsl summary`: what a network is made of, and what it costs."""

from __future__ import annotations

import json
import sys

from netdsl.commands.arguments import FORMAT, Argument, Options
from netdsl.commands.folder import ROOT, input_of
from netdsl.commands.printing import print_failure, print_findings, say, shown
from netdsl.commands.status import OK, WRONG, UsageError
from netdsl.writing import FileError

ABOUT = (
    "Shows a network as a tree of modules, with what each gives, its parameters and its"
    " multiply-adds, without importing torch. ENTRY is a `let` that needs no arguments; without it"
    " the file's own network, or its first entry, is shown."
)


def _number(text: str) -> int:
    """
    Raises:
        ValueError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


ARGUMENTS = (
    Argument(("file",), "value", "a program; - is standard input", "FILE"),
    Argument(("entry",), "maybe", metavar="ENTRY"),
    Argument(
        ("--input",),
        "each",
        "the shape of an input, such as x=2,3,224,224",
        "[NAME=]SIZES",
    ),
    Argument(("--depth",), "value", "how deep to show the tree", "N", read=_number),
    FORMAT,
    *ROOT,
)


def run(options: Options) -> int:
    from netdsl.checking.summary import NoSummary, TooLarge, summary_of
    from netdsl.diagnostics import CompileError
    from netdsl.limits import using

    program = input_of(options.file, options.root)
    sizes = dict(map(_sizes, options.input))
    try:
        checked = program.program(options.limits)
        with using(options.limits):
            found = summary_of(checked, options.entry, sizes)
    except FileError as error:
        print_failure(error)
        return WRONG
    except CompileError as error:
        print_findings(error.diagnostics, sys.stderr)
        return WRONG
    except TooLarge as error:
        print_failure(FileError(options.file, str(error)))
        return WRONG
    except NoSummary as error:
        raise UsageError(f"{shown(options.file)}: {shown(str(error))}") from None
    if options.format == "json":
        say(json.dumps(found.to_json(), indent=2), sys.stdout)
    else:
        say(found.text(options.depth), sys.stdout)
    return OK


def _sizes(text: str) -> tuple[str, list[int]]:
    name, _, sizes = text.rpartition("=")
    try:
        found = [int(each) for each in sizes.split(",")]
    except ValueError:
        raise UsageError(f"--input {shown(text)} is no list of sizes: x=2,3,224,224") from None
    if any(each < 0 for each in found):
        raise UsageError(f"--input {shown(text)} has a size below 0")
    return name, found
