"""Every bound of the compiler, in one place."""

from __future__ import annotations

SOURCE_CHARACTERS = 1_000_000
"""The longest program that is read, in characters."""

NESTING = 100
"""How deep a program may nest: the height of its tree."""

NUMBER_DIGITS = 100
"""How many characters a number may have."""

NAME_CHARACTERS = 200
"""How long a name may be, in characters."""

SYNTAX_ERRORS = 20
"""After so many syntax errors the rest of a file is not looked at."""

IMPORTED_FILES = 200
"""Of how many files a program may be made."""

CHECK_STEPS = 250_000
"""How many expressions are followed while sizes are worked out; the rest is not checked, and a
warning says so."""

CHECK_ITEMS = 10_000
"""How long a list may be for the check to follow each of its elements."""

CHECK_RECURSION = 10
"""How often a `def` is followed into itself; from there on its signature is believed."""
