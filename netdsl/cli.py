"""The `netdsl` command: reads files, calls the compiler, prints, writes, and exits with

    0   all is well
    1   a program is wrong, a file cannot be read or written, or `--check` found a difference
    2   the command was not understood
    3   the compiler itself failed, which is our bug

What is slow to import is imported when it is needed, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from netdsl import __version__
from netdsl.writing import STDIN, FileError, read_existing, read_program, write_whole

if TYPE_CHECKING:
    from netdsl.compiler import Result
    from netdsl.diagnostics import Diagnostic
    from netdsl.source import Source

OK, WRONG, USAGE, BUG = 0, 1, 2, 3
_INTERRUPTED = 130

_EXAMPLES = """\
examples:
  netdsl compile model.nd                 writes model.py beside it
  netdsl compile nets/*.nd -o build/      writes each into a folder
  netdsl compile model.nd --check         exit 1 if model.py is not what model.nd says
  echo 'seq(linear 4 8, relu)' | netdsl compile -
  netdsl check model.nd --format json     what is wrong, for programs to read
  netdsl explain unclosed-bracket         what a code means, with an example
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else USAGE
    try:
        status: int = options.run(options)
        return status
    except _UsageError as error:
        _say(f"netdsl: {error}\n'netdsl {options.command} --help' shows how to call it", sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        return _own_bug(error)


class _UsageError(Exception):
    """A command that makes no sense as a whole."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="netdsl",
        description="Compiles networks written in a few lines to PyTorch source.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"netdsl {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    compile_ = commands.add_parser(
        "compile",
        help="write PyTorch source",
        description="Compiles programs. Without -o the output lies beside its program, "
        "model.py beside model.nd; that of standard input goes to standard output.",
    )
    compile_.add_argument("files", nargs="+", metavar="FILE", help="a program; - is standard input")
    compile_.add_argument(
        "-o", dest="output", metavar="FILE|DIR", help="where to write; DIR/ is made if need be"
    )
    compile_.add_argument("--stdout", action="store_true", help="print the source instead")
    compile_.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 if the output is not up to date (its header apart)",
    )
    compile_.add_argument(
        "--style", choices=("auto", "black"), default="auto", help="black: run black on the output"
    )
    compile_.add_argument(
        "--force", action="store_true", help="overwrite a file that was edited or not generated"
    )
    compile_.set_defaults(run=_compile)

    check = commands.add_parser(
        "check", help="say what is wrong", description="Checks programs and writes nothing."
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="a program; - is standard input")
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)

    explain = commands.add_parser(
        "explain",
        help="explain a code",
        description="Explains the code of a diagnostic; without CODE, lists them all.",
    )
    explain.add_argument("code", nargs="?", metavar="CODE")
    explain.set_defaults(run=_explain)
    return parser


# ---- compile ----------------------------------------------------------------


class _Job(NamedTuple):
    """A program and where its output goes: None is standard output."""

    path: str
    output: Path | None


def _compile(options: argparse.Namespace) -> int:
    jobs = _jobs(options)
    done: list[tuple[_Job, Result]] = []
    findings: list[Diagnostic] = []
    failures: list[FileError] = []
    for job in jobs:
        try:
            result = _compiled(job.path, options.style, findings)
        except FileError as error:
            failures.append(error)
            continue
        if result is not None:
            done.append((job, result))
    _print_findings(findings, sys.stderr)
    for job, result in done:
        try:
            _deliver(job, result.source, options)
        except FileError as error:
            failures.append(error)
    for failure in failures:
        _print_failure(failure)
    return WRONG if failures or len(done) < len(jobs) else OK


def _compiled(path: str, style: str, findings: list[Diagnostic]) -> Result | None:
    from netdsl.compiler import compile_source
    from netdsl.diagnostics import CompileError

    try:
        result = compile_source(_source(path), "black" if style == "black" else "auto")
    except CompileError as error:
        findings += error.diagnostics
        return None
    findings += result.diagnostics
    return result


def _jobs(options: argparse.Namespace) -> list[_Job]:
    files: list[str] = options.files
    if options.stdout and (options.check or options.output is not None):
        raise _UsageError("--stdout goes neither with --check nor with -o")
    if files.count(STDIN) > 1:
        raise _UsageError("standard input can be read once only")
    jobs = [_Job(file, _output(file, options)) for file in files]
    if len(jobs) == 1:
        return jobs
    outputs = [job.output for job in jobs]
    if None in outputs:
        raise _UsageError(f"{len(files)} programs cannot all go to standard output: leave one")
    for at, output in enumerate(outputs):
        if output in outputs[:at]:
            raise _UsageError(f"more than one program would be written to {_name(str(output))}")
    return jobs


def _output(file: str, options: argparse.Namespace) -> Path | None:
    where: str | None = options.output
    if options.stdout or where == STDIN:
        return None
    if where is None and file == STDIN:
        if options.check:
            raise _UsageError("--check of standard input needs the file to compare with: -o FILE")
        return None
    name = file.removesuffix(".nd") + ".py"
    if where is None:
        return Path(name)
    if not _is_folder(where):
        return Path(where)
    if file == STDIN:
        raise _UsageError("the output of standard input has no name of its own: give -o FILE")
    return Path(where, Path(name).name)


def _is_folder(where: str) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return where.endswith(separators) or Path(where).is_dir()


def _deliver(job: _Job, text: str, options: argparse.Namespace) -> None:
    """Prints, compares or writes one output."""
    if job.output is None:
        _print_source(text)
        return
    name = str(job.output)
    existing = read_existing(job.output)
    if options.check:
        if existing is None:
            raise FileError(name, "is not there; 'netdsl compile' writes it")
        if _below_header(existing) != _below_header(text):
            reason = f"is not what {job.path} says; 'netdsl compile' brings it up to date"
            raise FileError(name, reason)
        return
    if existing and not options.force:
        _refuse_to_lose(name, existing)
    if options.output is not None and _is_folder(options.output):
        _make_folder(job.output.parent)
    write_whole(job.output, text)
    _say(f"wrote {_name(name)}", sys.stdout)


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


# ---- check and explain ------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    from netdsl.compiler import check_source

    if options.files.count(STDIN) > 1:
        raise _UsageError("standard input can be read once only")
    findings: list[Diagnostic] = []
    failures: list[FileError] = []
    for file in options.files:
        try:
            findings += check_source(_source(file)).diagnostics
        except FileError as error:
            failures.append(error)
    if options.format == "json":
        from netdsl.report import render_json

        _say(render_json(_sorted(findings)), sys.stdout)
    else:
        _print_findings(findings, sys.stdout)
        _say(_summary(findings, len(options.files) - len(failures)), sys.stdout)
    for failure in failures:
        _print_failure(failure)
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


def _explain(options: argparse.Namespace) -> int:
    from netdsl.diagnostics import codes, explanation

    if options.code is None:
        titles = {code: (explanation(code) or "").partition("\n")[0] for code in codes()}
        width = max(map(len, titles))
        lines = (f"{code:<{width}}  {title.removeprefix('# ')}" for code, title in titles.items())
        _say("\n".join(lines), sys.stdout)
        return OK
    page = explanation(options.code)
    if page is None:
        from difflib import get_close_matches

        near = " or ".join(get_close_matches(options.code, codes()))
        more = f"did you mean {near}?" if near else "'netdsl explain' lists all codes"
        raise _UsageError(f"there is no code {_name(options.code)}: {more}")
    _say(page.rstrip("\n"), sys.stdout)
    return OK


# ---- printing ---------------------------------------------------------------


def _source(path: str) -> Source:
    """A program under its file's name, which goes into the output: its folder does not."""
    from netdsl.source import Source

    if path == STDIN:
        return Source(read_program(path), "<stdin>")
    return Source(read_program(path), Path(path).name, path)


def _sorted(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda found: (found.span.source.path or "", found.sort_key))


def _print_findings(findings: Sequence[Diagnostic], stream: TextIO) -> None:
    if findings:
        from netdsl.report import render_text

        _say(render_text(_sorted(findings), color=_wants_color(stream)) + "\n", stream)


def _print_failure(failure: FileError) -> None:
    _say(f"netdsl: {_name(failure.path)}: {_name(failure.reason)}", sys.stderr)


def _wants_color(stream: TextIO) -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def _name(text: str) -> str:
    from netdsl.report import visible

    return visible(text)


def _say(text: str, stream: TextIO) -> None:
    """Prints; a reader that has gone away has seen enough."""
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)


def _print_source(text: str) -> None:
    """Prints generated source: always in UTF-8, as Python reads it."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        raise FileError("standard output", str(error.strerror).lower()) from None


def _silence(stream: TextIO) -> None:
    """Sends what is still buffered nowhere, so that closing the stream does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _own_bug(error: Exception) -> int:
    if os.environ.get("NETDSL_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    _say(
        f"netdsl: internal error: {type(error).__name__}: {_name(str(error))}\n"
        "This is a bug in netdsl, not in your program. Please report it, with the program;\n"
        "NETDSL_DEBUG=1 shows where it happened.",
        sys.stderr,
    )
    return BUG
