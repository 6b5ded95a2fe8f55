"""`netdsl diff`: which weights of one network carry over to another one."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from netdsl.commands.folder import add_root, input_of
from netdsl.commands.printing import print_failure, print_findings, say, shown
from netdsl.commands.status import OK, WRONG, UsageError
from netdsl.writing import STDIN, FileError

if TYPE_CHECKING:
    from netdsl.checking.state import State

ABOUT = (
    "Shows which tensors of the state_dict are added, removed, reshaped and renamed from OLD to"
    " NEW, without importing torch. Each is FILE or FILE:ENTRY, where ENTRY is a `let` or a"
    " `module` that needs no arguments; without it the file's own network, or its first entry, is"
    " meant. NEW may be :ENTRY, another one of the same file. The exit code is 0 whether something"
    " changes or not, unless --check is given."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name, also in (("OLD", "; - is standard input"), ("NEW", ", or :ENTRY")):
        about = f"FILE or FILE:ENTRY{also}"
        parser.add_argument("files", action="append", metavar=name, help=about)
    parser.add_argument(
        "--check",
        action="store_true",
        help="exit 1 if old weights do not load into NEW as they are",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    from netdsl.checking.state.diff import diff_of
    from netdsl.diagnostics import CompileError

    old, new = map(_named, options.files)
    if new[0] == "":
        new = old[0], new[1]
    if old[0] == new[0] == STDIN:
        raise UsageError("standard input can be read once only")
    try:
        found = diff_of(_state(*old, options), _state(*new, options))
    except FileError as error:
        print_failure(error)
        return WRONG
    except CompileError as error:
        print_findings(error.diagnostics, sys.stderr)
        return WRONG
    say(json.dumps(found.to_json(), indent=2) if options.format == "json" else found.text(),
        sys.stdout)  # fmt: skip
    return WRONG if options.check and not found.same else OK


def _named(text: str) -> tuple[str, str | None]:
    """A file, and the entry after its last colon; a file may have a colon in its name."""
    file, colon, entry = text.rpartition(":")
    if not colon or os.path.exists(text) or not entry.isidentifier():
        return text, None
    return file, entry


def _state(file: str, entry: str | None, options: argparse.Namespace) -> State:
    """The state of a network of a file.

    Raises:
        FileError: the file cannot be read, or the network is too large.
        CompileError: the program is wrong.
        UsageError: there is no such network.
    """
    from netdsl.checking.state import state_of
    from netdsl.checking.summary import NoSummary, TooLarge
    from netdsl.limits import using

    program = input_of(file, options.root).program(options.limits)
    try:
        with using(options.limits):
            return state_of(program, entry)
    except TooLarge as error:
        raise FileError(file, str(error)) from None
    except NoSummary as error:
        raise UsageError(f"{shown(file)}: {shown(str(error))}") from None
