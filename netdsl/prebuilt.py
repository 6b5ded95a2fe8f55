"""What the build stores so that no compile has to make it: entries by name, beside what they hold
for. `marshal` reads them, which is fast and, unlike a pickle, runs no code. What is not there, is
damaged or holds for something else is made anew.
"""

from __future__ import annotations

import marshal
import sys

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from typing import Any

DAMAGED = (EOFError, ValueError, TypeError)
"""What marshal says of what it did not write."""

PYTHON = f"{sys.implementation.cache_tag} {sys.hexversion:#x}"
"""What compiled code holds for."""

VERSION = 2
"""Of marshal: without references between equal values, whose number differs from run to run."""


def read(path: str, holds_for: Any = PYTHON) -> dict[str, Any]:
    """What is stored, if it holds for what is asked."""
    try:
        with open(path, "rb") as file:
            what, found = marshal.loads(file.read())
    except (OSError, *DAMAGED):
        return {}
    return found if what == holds_for and isinstance(found, dict) else {}


def stored(found: Any, holds_for: Any = PYTHON) -> bytes:
    """Entries, as they are stored."""
    return marshal.dumps((holds_for, found), VERSION)


def write(path: str, made: bytes) -> None:
    with open(path, "wb") as file:
        file.write(made)
    print(f"wrote {path}")
