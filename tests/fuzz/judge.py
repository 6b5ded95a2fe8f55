"""What is promised of every text: it is refused with words, or its output keeps its promises."""

from __future__ import annotations

import ast
import heapq
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType, ModuleType

import netdsl
from netdsl.analysis import program as ir
from netdsl.diagnostics import codes
from netdsl.emit.black_door import format_module
from tests.fuzz.formatted import body_of, trouble
from tests.test_safety import trespasses

SECONDS = 10.0
"""Far more than a text of a few thousand characters takes, of the processor's time."""

_CODES = frozenset(codes())

_EXECUTION = (ArithmeticError, ValueError, LookupError, MemoryError, RecursionError, TypeError)
"""What values of a program may raise when its module is imported, `1 // 0` to begin with."""


class TooLong(BaseException):
    """What ends a text that goes on and on; not an Exception, so that nothing takes it for its own."""


@dataclass
class Tally:
    """What was tried, what was wrong with it, and which texts took longest."""

    texts: int = 0
    """Texts, each counted once."""
    repeated: int = 0
    compiled: int = 0
    imported: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    largest: list[tuple[int, str]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    outputs: set[int] = field(default_factory=set)

    def add(self, text: str, *, execute: bool = False) -> list[str]:
        """Tries a text that was not tried before; what is wrong is kept and given back."""
        if not _is_new(self.seen, text):
            self.repeated += 1
            return []
        self.texts += 1
        size, begun = _peak(), time.process_time()
        result, found = compiled(text)
        _keep(self.slowest, (time.process_time() - begun, text))
        if _peak() > size:
            _keep(self.largest, (_peak() - size, text))
        if result is not None:
            self.compiled += 1
            found += repeated(text, result)
            if _is_new(self.outputs, body_of(result.source)):
                found += judged(result)
                if execute and not _packages(result):
                    found += executed(result)
                    self.imported += 1
        self.failures += [(each, text) for each in found]
        return found


def _is_new(seen: set[int], text: str) -> bool:
    """Whether a text was not seen before; from now on it was."""
    before = len(seen)
    seen.add(hash(text))
    return len(seen) > before


@contextmanager
def _bounded() -> Iterator[None]:
    """Ends what takes more than `SECONDS`."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _keep(heap: list[tuple[float, str]] | list[tuple[int, str]], entry: tuple[float, str]) -> None:
    """Keeps the ten largest."""
    (heapq.heappush if len(heap) < 10 else heapq.heappushpop)(heap, entry)  # type: ignore[arg-type]


def _peak() -> int:
    """The most memory that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def compiled(text: str) -> tuple[netdsl.Result | None, list[str]]:
    """What a text compiles to, and what is wrong with how it is refused."""
    try:
        with _bounded():
            result = netdsl.compile(text, name="fuzz.nd")
    except TooLong:
        return None, [f"it takes more than {SECONDS:.0f} s"]
    except netdsl.CompileError as error:
        try:
            return None, list(_refused(error))
        except Exception as failure:
            return None, [f"showing: {_said(failure)}"]
    except Exception as failure:
        return None, [_said(failure)]
    return result, []


def _said(failure: BaseException) -> str:
    """An exception, and the line of the compiler that it comes from."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(failure).__name__}: {str(failure)[:200]}{where}"


def _refused(error: netdsl.CompileError) -> Iterator[str]:
    if not any(found.severity == "error" for found in error.diagnostics):
        yield "it is refused without an error"
    str(error)
    for found in error.diagnostics:
        if found.code not in _CODES:
            yield f"the code {found.code} has no page"
        if not 0 <= found.span.start <= found.span.end <= len(found.span.source.text):
            yield f"{found.code} stands outside of the text: {found.span.start}:{found.span.end}"
        if not found.message or "\n" in found.message:
            yield f"{found.code} has no message of one line"


def repeated(text: str, result: netdsl.Result) -> list[str]:
    """What is wrong with a program that compiles: it does not always, or is another one when it is
    laid out."""
    found = []
    if netdsl.compile(text, name="fuzz.nd").source != result.source:
        found.append("it is another output the second time")
    if any(each.severity == "error" for each in netdsl.check(text)):
        found.append("it compiles, and is wrong")
    found += trouble(text, output=body_of(result.source))
    return found


def judged(result: netdsl.Result) -> list[str]:
    """What is wrong with an output."""
    source = result.source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            compile(source, "<fuzzed>", "exec", dont_inherit=True)
        tree = ast.parse(source)
    except SyntaxWarning as warning:
        return [f"Python warns of the output: {warning}"]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [f"the output is no Python: {error}"]
    found = [f"the output holds {each}" for each in trespasses(source, _packages(result))]
    found += _unformatted(source, tree)
    return found


def _packages(result: netdsl.Result) -> set[str]:
    """What a program says it takes from other packages."""
    return {
        each.package or each.attribute
        for each in result.program.definitions
        if isinstance(each, ir.ExternDef)
    }


def _unformatted(source: str, tree: ast.Module) -> Iterator[str]:
    try:
        again = format_module(source)
    except Exception as error:
        yield f"black: {type(error).__name__}: {str(error)[:200]}"
        return
    if again == source:
        return
    yield "black would lay the output out in another way"
    if ast.dump(ast.parse(again)) != ast.dump(tree):
        yield "black changes what the output says"


def executed(result: netdsl.Result) -> list[str]:
    """What goes wrong when the output is imported, as far as that is not its program's doing."""
    module = ModuleType("fuzzed")
    sys.modules["fuzzed"] = module  # where dataclasses look for their names
    try:
        exec(compile(result.source, "<fuzzed>", "exec"), module.__dict__)
    except _EXECUTION:
        return []
    except Exception as error:
        return [f"imported: {_said(error)}"]
    finally:
        del sys.modules["fuzzed"]
    return []
