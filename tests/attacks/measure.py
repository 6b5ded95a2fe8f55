"""What a program costs: tried in a process of its own, with bounded memory and time."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from dataclasses import dataclass

import netdsl

MEMORY = 2 << 30
SECONDS = 60
"""Of the processor's time."""

WITHOUT_CLOCK = netdsl.Limits(seconds=None)
"""What else is going on must not decide what is found."""


@dataclass(frozen=True)
class Cost:
    """How a compilation ended: `said` are the codes of its findings, or an exception."""

    seconds: float
    megabytes: float
    compiled: bool
    said: tuple[str, ...]
    broke: str | None


def warm() -> None:
    """Loads what every compilation needs, so that it is not counted."""
    netdsl.compile("module M(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }\nM 8")
    netdsl.check("seq(lienar)")


def cost(text: str) -> Cost:
    """Compiles a program in a child of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            os.write(writing, json.dumps(_tried(text)).encode()[:60_000])
        finally:
            os._exit(0)
    os.close(writing)
    begun = time.perf_counter()
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status, usage = os.wait4(child, 0)
    took = usage.ru_utime + usage.ru_stime
    if not data:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        name = signal.Signals(number).name if number else "no answer"
        return Cost(
            took,
            usage.ru_maxrss / 1024,
            False,
            (),
            f"{name} after {time.perf_counter() - begun:.1f} s",
        )
    compiled, said, broke = json.loads(data)
    return Cost(took, usage.ru_maxrss / 1024, compiled, tuple(said), broke)


def _tried(text: str) -> tuple[bool, list[str], str | None]:
    try:
        result = netdsl.compile(text, name="attack.nd", limits=WITHOUT_CLOCK)
    except netdsl.CompileError as error:
        str(error)
        return False, sorted({each.code for each in error.diagnostics}), None
    except BaseException as error:
        import traceback

        return False, [], f"{type(error).__name__}: {error}\n{traceback.format_exc()[-1500:]}"
    return True, sorted({each.code for each in result.diagnostics}), None
