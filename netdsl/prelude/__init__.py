"""The small library that is written in the language itself."""

from __future__ import annotations

import os
from functools import cache

from netdsl.diagnostics import Diagnostics
from netdsl.limits import DEFAULT, using
from netdsl.source import Source
from netdsl.syntax import tree
from netdsl.syntax.parse import parse


@cache
def load() -> tree.File:
    """The prelude's tree: the same for every program, so it is read once."""
    with open(os.path.join(os.path.dirname(__file__), "prelude.nd"), encoding="utf-8") as file:
        text = file.read()
    diagnostics = Diagnostics()
    with using(DEFAULT):  # whatever bounds the program has that asks for it first
        found = parse(Source(text, name="prelude.nd"), diagnostics)
    assert found is not None and not diagnostics.sorted(), diagnostics.sorted()
    return found
