"""`netdsl diff`: which weights of one network carry over to another one."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from netdsl.commands.arguments import FORMAT, Argument, Options
from netdsl.commands.folder import ROOT, input_of
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


_FILE = "FILE or FILE:ENTRY"

ARGUMENTS = (
    Argument(("files",), "each", f"{_FILE}; - is standard input", "OLD"),
    Argument(("files",), "each", f"{_FILE}, or :ENTRY", "NEW"),
    Argument(("--check",), "flag", "exit 1 if old weights do not load into NEW as they are"),
    FORMAT,
    *ROOT,
)


def run(options: Options) -> int:
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


def _state(file: str, entry: str | None, options: Options) -> State:
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
