"""The `netdsl` command: reads files, calls the compiler, prints, writes, and exits with

    0   all is well
    1   a program is wrong, a file cannot be read or written, or `--check` found a difference
    2   the command was not understood
    3   the compiler itself failed, which is our bug

What is slow to import is imported when it is needed, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from netdsl import __version__
from netdsl.commands.printing import say, shown
from netdsl.commands.status import BUG, INTERRUPTED, OK, USAGE, WRONG, UsageError

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any, NoReturn, TextIO

    from netdsl.commands.arguments import Options

COMMANDS = {
    "compile": "write PyTorch source",
    "check": "say what is wrong",
    "fmt": "lay programs out",
    "summary": "say what a network is made of",
    "diff": "say which weights carry over from one network to another",
    "layers": "say what there is to build with",
    "run": "run a Python script that imports programs",
    "explain": "explain a code",
}
"""The modules of `netdsl.commands` that are commands, and what `--help` says of them. Each has its
`ARGUMENTS` and runs; it is imported if it is asked for."""

_EXAMPLES = """\
examples:
  netdsl compile model.nd                 writes model.py beside it
  netdsl compile nets/ -o build/ -j 2     all below a folder, into another, at once
  netdsl compile model.nd -o one.py       one module, with what it imports
  netdsl compile model.nd --check         exit 1 if model.py is not what model.nd says
  echo 'seq(linear 4 8, relu)' | netdsl compile -
  netdsl check model.nd --format json     what is wrong, for programs to read
  netdsl fmt nets/                        lays all programs below a folder out
  netdsl fmt --check --diff model.nd      what that would change, and exit 1 if anything
  netdsl summary model.nd --depth 2       modules, shapes, parameters, multiply-adds
  netdsl diff nets/a.nd nets/b.nd         which weights carry over, and under which keys
  netdsl layers conv2d                    its arguments, shapes, tensors, an example
  netdsl run train.py                     a script that imports model.nd as `import model`
  netdsl explain unclosed-bracket         what a code means, with an example
"""


def command() -> NoReturn:
    """The process of the command, from its first step to its last.

    What Python does beside and after it costs more than an answer that is there already. So
    garbage is looked for seldom, since a compile leaves little; and when all is written the
    process ends at once: the system takes back what Python would clear away piece by piece.
    """
    import atexit
    import gc

    if sys.argv[1:2] == ["run"]:  # a script may leave garbage, and threads that are waited for
        sys.exit(main())
    gc.set_threshold(_GARBAGE)
    status = main()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = status or WRONG
    os._exit(status)


_GARBAGE = 100_000
"""After so many new objects Python looks for those that nobody has any more and that hold each
other: several programs of usual size, and some ten megabytes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    _open_streams()
    failure: OSError | None = None
    try:
        status = _run(arguments)
    except KeyboardInterrupt:
        status = INTERRUPTED
    except OSError as error:
        status, failure = WRONG, error
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            _silence(stream)
            if status == OK and not isinstance(error, BrokenPipeError):
                status, failure = WRONG, error
    if failure is not None:
        from contextlib import suppress

        from netdsl.writing import reason

        with suppress(OSError):
            where = str(failure.filename or "standard output")
            say(f"netdsl: {shown(where)}: {reason(failure)}", sys.stderr)
    return status


def _run(arguments: Sequence[str] | None) -> int:
    """Raises OSError for what cannot be printed."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--version"]:
        say(f"netdsl {__version__}", sys.stdout)
        return OK
    try:
        options = _options(given)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else USAGE
    try:
        from netdsl.commands.settings import settle

        settle(options)
        status: int = _command(options.command).run(options)
        return status
    except UsageError as error:
        about = f"'netdsl {options.command} --help' shows how to call it"
        say(f"netdsl: {shown(str(error))}\n{about}", sys.stderr)
        return USAGE
    except OSError:
        raise
    except Exception as error:
        return _own_bug(error)


def _command(name: str) -> Any:
    """The module of a command."""
    return __import__(f"netdsl.commands.{name}", fromlist=[name])


def _options(given: Sequence[str]) -> Options:
    """What is said.

    Raises:
        SystemExit: nothing is to be done, or the command was not understood.
    """
    from netdsl.commands.arguments import Options, read

    if given and given[0] in COMMANDS:
        said = read(_command(given[0]).ARGUMENTS, given[1:])
        if said is not None:
            return Options(command=given[0], **said)
    return _parser(given).parse_args(given, Options())


def _open_streams() -> None:
    """Python has no streams for what was closed. What is printed to standard output then
    fails, what is said on standard error is lost."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence(stream: TextIO) -> None:
    """Sends what is still buffered nowhere: Python would try to print it once more."""
    from contextlib import suppress

    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of what is given. Commands that nobody asks for have no arguments, and are not
    there at all if another one is the first word: the parser of one takes a millisecond."""
    import argparse
    from functools import partial

    from netdsl.commands.arguments import add_to

    width = _columns() - 2
    parser = argparse.ArgumentParser(
        prog="netdsl",
        description="Compiles networks written in a few lines to PyTorch source.",
        epilog=_EXAMPLES,
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=width),
    )
    parser.add_argument("--version", action="version", version=f"netdsl {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", prog="netdsl", required=True
    )
    asked = given[:1] if given and given[0] in COMMANDS else COMMANDS
    formatter = partial(argparse.HelpFormatter, width=width)
    for name in asked:
        known = name in given
        inner = commands.add_parser(
            name, help=COMMANDS[name], formatter_class=formatter, add_help=known
        )
        if not known:
            continue
        command = _command(name)
        inner.description = command.ABOUT
        add_to(inner, command.ARGUMENTS)
    return parser


def _columns() -> int:
    """How wide the terminal is: what `shutil` says, which is slow to import. argparse asks it each
    time that it is not told."""
    try:
        stated = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        stated = 0
    if stated > 0:
        return stated
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (AttributeError, ValueError, OSError):  # it is no terminal
        return 80


def _own_bug(error: Exception) -> int:
    if os.environ.get("NETDSL_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    say(
        f"netdsl: internal error: {type(error).__name__}: {shown(str(error))}\n"
        "This is a bug in netdsl, not in your program. Please report it, with the program;\n"
        "NETDSL_DEBUG=1 shows where it happened.",
        sys.stderr,
    )
    return BUG
