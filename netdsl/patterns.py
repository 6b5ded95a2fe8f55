"""Regular expressions that were compiled when the package was built.

Python compiles them anew in each process, which takes as long as to parse a program with them. It
compiles them to numbers. The build stores these beside the text that they are of; what is stored is
taken if it is of this text and of this Python, and `re` compiles what is not there.
"""

from __future__ import annotations

import os
import sys
from functools import cache

from netdsl import prebuilt

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from re import Pattern
    from typing import Any

PREBUILT = os.path.join(os.path.dirname(__file__), "patterns.bin")

_MADE: dict[str, Pattern[str]] = {}


def compiled(text: str) -> Pattern[str]:
    """A regular expression; what it says of itself stands in its text, as `(?x)` does.

    >>> compiled(r"(?i)[a-f]+").match("CAFE").group()
    'CAFE'
    """
    made = _MADE.get(text)
    if made is None:
        made = _MADE[text] = _from_stored(text) or _by_re(text)
    return made


def _from_stored(text: str) -> Pattern[str] | None:
    numbers = _stored().get(text)
    if numbers is None:
        return None
    try:
        found: Pattern[str] = _part_in_c().compile(text, *numbers)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None  # damaged: Python looks at each of the numbers
    return found


@cache
def _stored() -> dict[str, tuple[Any, ...]]:
    return prebuilt.read(PREBUILT, _python())


def _python() -> tuple[object, ...]:
    """What the numbers hold for."""
    of = _part_in_c()
    return prebuilt.PYTHON, of.MAGIC, of.CODESIZE, sys.byteorder


def _part_in_c() -> Any:
    """The part of `re` that is written in C."""
    import _sre  # type: ignore[import-not-found]

    return _sre


def _by_re(text: str) -> Pattern[str]:
    import re

    return re.compile(text)


# ---- the build ----------------------------------------------------------------


def made() -> bytes:
    """All that a compile may ask for, as it is stored."""
    from importlib import import_module

    from netdsl import whole

    whole.load()
    grammar = import_module("netdsl.syntax.grammar")
    grammar.driver()
    for _, text in grammar.tables().terminals:
        compiled(text)
    found = {text: _numbers(text) for text in sorted(_MADE)}
    return prebuilt.stored(found, _python())


def _numbers(text: str) -> tuple[Any, ...]:
    """What `re` gives to that part of it."""
    import re

    parts: Any = re._compiler  # type: ignore[attr-defined]
    made = re.compile(text)
    code = [*map(int, parts._code(parts._parser.parse(text, 0), 0))]
    names: list[str | None] = [None] * (made.groups + 1)
    for name, at in made.groupindex.items():
        names[at] = name
    return made.flags, code, made.groups, dict(made.groupindex), tuple(names)


if __name__ == "__main__":
    from netdsl import patterns  # the one that others have filled

    prebuilt.write(PREBUILT, patterns.made())
