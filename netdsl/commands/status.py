"""Exit codes, and commands that make no sense."""

from __future__ import annotations

OK, WRONG, USAGE, BUG = 0, 1, 2, 3
INTERRUPTED = 130


class UsageError(Exception):
    """A command that makes no sense as a whole."""
