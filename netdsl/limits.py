"""Every bound of the compiler, in one table, and which bounds hold for the program at hand.

`with using(Limits(source=1000)):` bounds what is compiled inside, in this thread alone; without it
the defaults hold.
"""

from __future__ import annotations

import time
from contextvars import ContextVar

from netdsl.records import Frozen


class Limits(Frozen):
    """What a program may cost at most. None is no bound, for `seconds` alone."""

    source: int = 1_000_000
    """The longest file that is read, in characters."""

    nesting: int = 100
    """How deep a program may nest: the height of its tree."""

    number: int = 100
    """How many characters a number may have."""

    name: int = 200
    """How long a name may be, in characters."""

    syntax_errors: int = 20
    """After so many syntax errors the rest of a file is not looked at."""

    findings: int = 1000
    """How many findings are told of a program; of the rest only their number."""

    files: int = 200
    """Of how many files a program may be made."""

    nodes: int = 1_000_000
    """Of how many nodes the trees of all files of a program may be made."""

    steps: int = 250_000
    """How many expressions are followed while sizes are worked out, and how many facts are looked
    at; the rest is not checked, and a warning says so."""

    items: int = 10_000
    """How long a list, and how many characters a text, may be for the check to know it."""

    recursion: int = 10
    """How often a `def` is followed into itself; from there on its signature is believed."""

    dimension: int = 2**63 - 1
    """The largest size that an axis or a layer may have: torch counts in 64 bits."""

    output: int = 20_000_000
    """How many characters of source are generated."""

    seconds: float | None = 60.0
    """How long one program may take, by the clock: a guard against what no other bound foresees,
    and the only one that can end differently on another day."""

    def __post_init__(self) -> None:
        for name in self._fields:
            value = getattr(self, name)
            if name == "seconds" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"the limit `{name}` is {value!r}, and no number")
            if not isinstance(value, int) and name != "seconds":
                raise TypeError(f"the limit `{name}` is {value!r}, and no whole number")
            if not value >= 1 and name != "seconds":
                raise ValueError(f"the limit `{name}` is {value!r}, and not at least 1")
            if not value > 0:
                raise ValueError(f"the limit `{name}` is {value!r}, and not above 0")


DEFAULT = Limits()


class LimitReached(Exception):
    """A bound is reached from which there is no way on. `compiler` makes a finding of it."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class _Run:
    """One program, with its bounds, and when its time is over."""

    __slots__ = ("compared", "deadline", "limits", "ticks", "work")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.ticks = 0
        self.work = 0
        self.compared = 0
        self.deadline = None if limits.seconds is None else time.monotonic() + limits.seconds


_TICKS = 64
"""How many ticks pass between two looks at the clock."""

_RUN: ContextVar[_Run | None] = ContextVar("netdsl_limits", default=None)


def current() -> Limits:
    """The bounds that hold here."""
    run = _RUN.get()
    return DEFAULT if run is None else run.limits


def using(limits: Limits) -> _Using:
    """The bounds of what is done inside; its time begins now."""
    return _Using(limits)


class _Using:
    def __init__(self, limits: Limits) -> None:
        if not isinstance(limits, Limits):
            raise TypeError(f"limits are a netdsl.Limits, not {type(limits).__name__}")
        self._limits = limits

    def __enter__(self) -> None:
        self._token = _RUN.set(_Run(self._limits))

    def __exit__(self, *_: object) -> None:
        _RUN.reset(self._token)


def tick() -> int:
    """Called wherever much work passes by; says what `spent` does.

    Raises:
        LimitReached: there was more of it than there is time for.
    """
    run = _RUN.get()
    if run is None:
        return 0
    if run.deadline is None:
        return run.work
    run.ticks += 1
    if run.ticks % _TICKS == 0 and time.monotonic() > run.deadline:
        raise LimitReached(
            "out-of-time",
            f"this takes longer than {run.limits.seconds:g} s to compile",
            "make the program smaller, or allow more `seconds`.",
        )
    return run.work


def spend(work: int) -> None:
    """Called when a question about sizes is answered, with what was looked at for it."""
    run = _RUN.get()
    if run is not None:
        run.work += work


def spent() -> int:
    """What was looked at for all questions so far."""
    run = _RUN.get()
    return 0 if run is None else run.work


_COMPARED = 1_000_000
"""With how many names those that are misspelt are compared: seconds."""


def compare(names: int) -> bool:
    """Called before a name is compared with so many others; whether there were not too many."""
    run = _RUN.get()
    if run is None:
        return True
    run.compared += names
    return run.compared <= _COMPARED
