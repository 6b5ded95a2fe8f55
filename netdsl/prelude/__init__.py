"""The small library that is written in the language itself."""

from __future__ import annotations

from functools import cache
from importlib import resources

from netdsl.diagnostics import Diagnostics
from netdsl.limits import DEFAULT, using
from netdsl.source import Source
from netdsl.syntax import tree
from netdsl.syntax.parse import parse


@cache
def load() -> tree.File:
    """The prelude's tree: the same for every program, so it is read once."""
    text = (resources.files(__name__) / "prelude.nd").read_text(encoding="utf-8")
    diagnostics = Diagnostics()
    with using(DEFAULT):  # whatever bounds the program has that asks for it first
        file = parse(Source(text, name="prelude.nd"), diagnostics)
    assert file is not None and not diagnostics.sorted(), diagnostics.sorted()
    return file
