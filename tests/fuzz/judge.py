"""What is promised of every text: it is refused with words, or its output keeps its promises."""

from __future__ import annotations

import ast
import heapq
import importlib.util
import resource
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType

import netdsl
from netdsl.analysis import program as ir
from netdsl.diagnostics import codes
from netdsl.emit.black_door import format_module
from tests.test_safety import trespasses

SECONDS = 10.0
"""Far more than a text of a few thousand characters takes."""

_CODES = frozenset(codes())
_FORMATTER = importlib.util.find_spec("netdsl.formatting") is not None

_EXECUTION = (ArithmeticError, ValueError, LookupError, MemoryError, RecursionError, TypeError)
"""What values of a program may raise when its module is imported, `1 // 0` to begin with."""


@dataclass
class Tally:
    """What was tried, what was wrong with it, and which texts took longest."""

    texts: int = 0
    compiled: int = 0
    imported: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    largest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, text: str, *, execute: bool = False) -> list[str]:
        """Tries a text; what is wrong is kept and given back."""
        self.texts += 1
        size, begun = _peak(), time.perf_counter()
        result, found = compiled(text)
        took = time.perf_counter() - begun
        _keep(self.slowest, (took, text))
        if _peak() > size:
            _keep(self.largest, (_peak() - size, text))
        if took > SECONDS:
            found.append(f"it took {took:.1f} s")
        if result is not None:
            self.compiled += 1
            found += judged(text, result)
            if execute and not any(
                isinstance(each, ir.ExternDef) for each in result.program.definitions
            ):
                found += executed(result)
                self.imported += 1
        self.failures += [(each, text) for each in found]
        return found


def _keep(heap: list[tuple[float, str]] | list[tuple[int, str]], entry: tuple[float, str]) -> None:
    """Keeps the ten largest."""
    (heapq.heappush if len(heap) < 10 else heapq.heappushpop)(heap, entry)  # type: ignore[arg-type]


def _peak() -> int:
    """The most memory that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def compiled(text: str) -> tuple[netdsl.Result | None, list[str]]:
    """What a text compiles to, and what is wrong with how it is refused."""
    try:
        result = netdsl.compile(text, name="fuzz.nd")
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


def judged(text: str, result: netdsl.Result) -> list[str]:
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
    if netdsl.compile(text, name="fuzz.nd").source != source:
        found.append("it is another output the second time")
    if any(each.severity == "error" for each in netdsl.check(text)):
        found.append("it compiles, and is wrong")
    if _FORMATTER:
        found += _reformatted(text)
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
    if again != source:
        yield "black would lay the output out in another way"
    if ast.dump(ast.parse(again)) != ast.dump(tree):
        yield "black changes what the output says"


def _reformatted(text: str) -> Iterator[str]:
    """Layout may change, and nothing else."""
    from tests.fuzz.formatted import trouble

    yield from trouble(text)


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
