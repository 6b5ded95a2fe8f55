"""What the check says of a program, and what torch does with it."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from netdsl.analysis.program import Program as Resolved
from netdsl.checking import values
from netdsl.checking.check import check_sizes, results_of
from netdsl.compiler import check_source
from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.emit.python import emit
from netdsl.source import Source
from tests.soundness.compared import Compared
from tests.soundness.tried import tensor_of

SIZES = frozenset({"shape-mismatch", "bad-value", "wrong-dtype", "assertion-fails"})
"""The codes of findings about sizes; a program with others is no test of them."""

OWN = re.compile(
    "the pattern names|.* is declared |.* normalises over the axes of space"
    "|.*key and value differ in length|`conv_transpose.d` would give 0 "
    "|.* wants _ "
)
"""How findings begin that the language has and torch has not: a pattern names every axis, a
signature states sizes, and what is written for them may run with others. Lazy norms, which stand
for those whose size is left open, do not look how much space there is. Attention reads past the
end of a value that is shorter than its key. Whether a transposed convolution may give nothing
depends on the batch. A size that is left open is at least 1."""

DATA = re.compile(
    "Number of elements of source < number of ones in mask|^RuntimeError: ZeroDivisionError"
    "|Found an invalid max index"
)
"""What torch says of what tensors hold, which no check can know."""

REFUSALS = (
    RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError,
    ZeroDivisionError, OverflowError,
)  # fmt: skip
"""What torch, and Python, raise for sizes that they refuse."""


class Text(NamedTuple):
    """A program without marks; `concrete` is the same with numbers only in its entry, and
    `symbols` what the names there stand for."""

    text: str
    concrete: str
    symbols: dict[str, int]
    lazy: str
    """With torch's lazy layers where sizes are left open, so that torch works them out."""


class Outcome(NamedTuple):
    """`why` the check and torch disagree, or "" if they do not; `unfit` says why a program is no
    test."""

    accepted: bool
    known: bool
    why: str = ""
    unfit: str = ""
    refusals: tuple[str, ...] = ()
    """The findings, without their places."""

    @property
    def agreed(self) -> bool:
        return not self.why


class Followed(NamedTuple):
    """A program as it is accepted, None if it is not; as torch runs it; and what is wrong."""

    sized: Resolved | None
    run: Resolved | None
    errors: list[Diagnostic]


def outcome(program: Text) -> Outcome:
    """A program whose entry has names may be accepted for other sizes than those that it is run
    with: if it fails, the check is asked again, with the numbers."""
    try:
        sized, run, errors = followed(program)
    except Exception as error:  # no program may do that
        return Outcome(False, True, f"the check itself fails: {type(error).__name__}: {error}")
    codes = {each.code for each in errors}
    refusals = tuple(f"{each.code}: {each.message}" for each in errors)
    numbers = program._replace(text=program.concrete, symbols={})
    if "size-not-inferred" in codes and program.symbols:
        return outcome(numbers)
    own = any(OWN.match(each.message) for each in errors)
    if run is None or not codes <= SIZES:
        return Outcome(False, True, unfit=refusals[0], refusals=refusals)
    result, failure = ran(run, program.concrete)
    if DATA.search(failure) or (own and not failure):
        return Outcome(sized is not None, True, unfit=failure or refusals[0], refusals=refusals)
    if sized is None:
        why = "" if failure else "the check refuses what runs"
        return Outcome(False, True, why, refusals=refusals)
    if failure and program.symbols:
        return outcome(numbers)
    if failure:
        return Outcome(True, True, f"the check accepts what fails: {failure}")
    compared = Compared(program.symbols)
    compared.compare(results_of(sized).get("entry", values.UNKNOWN), result, "result")
    return Outcome(True, compared.known, "; ".join(compared.wrong))


def followed(program: Text) -> Followed:
    """The check of a program. It is read once, unless it leaves sizes open."""
    source = Source(program.text, "program.nd")
    if program.lazy != program.text:
        checked = check_source(source)
        found = [each for each in checked.diagnostics if each.severity == "error"]
        if checked.program is not None:
            return Followed(checked.program, checked.program, found)
        unsized = check_source(Source(program.lazy, "program.nd"), check_shapes=False)
        return Followed(None, unsized.program, found)
    unsized = check_source(source, check_shapes=False)
    if unsized.program is None:
        return Followed(None, None, list(unsized.diagnostics))
    diagnostics = Diagnostics()
    sized = check_sizes(unsized.program, diagnostics)
    found = [each for each in diagnostics.sorted() if each.severity == "error"]
    return Followed(None if found else sized, unsized.program, found)


def ran(program: Resolved, text: str) -> tuple[Any, str]:
    """What a program gives, or why it fails."""
    generated = sys.modules["generated"] = ModuleType("generated")  # records look it up
    try:
        exec(emit(program).text, generated.__dict__)
        module = generated.__dict__["entry"]().eval()
        with torch.no_grad():
            return module(*inputs_of(text)), ""
    except REFUSALS as error:
        return None, f"{type(error).__name__}: {error}"


_ENTRY = re.compile(r"^let entry\(\): (.*?) = ", re.MULTILINE)
_SHAPE = re.compile(r"(int|bool|)\[([^\]]*)\]")


def inputs_of(concrete: str) -> list[Tensor]:
    """Tensors as the entry of a program states them."""
    header = _ENTRY.search(concrete)
    assert header is not None
    return [
        tensor_of([int(each) for each in sizes.split(",") if each.strip()], dtype or "float")
        for dtype, sizes in _SHAPE.findall(header[1])
    ]
