"""What makes tuples with names, and records, by the number of their fields: functions that differ
in nothing but these. They are written out, so that they are compiled with this file and not when a
program first needs one. Those of other forms the build compiles, and stores them by their source.
"""

from __future__ import annotations

import os

from netdsl import prebuilt

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType
    from typing import Any

_new: Any = tuple.__new__

TUPLES: tuple[Any, ...] = (
    lambda cls: _new(cls, ()),
    lambda cls, a: _new(cls, (a,)),
    lambda cls, a, b: _new(cls, (a, b)),
    lambda cls, a, b, c: _new(cls, (a, b, c)),
    lambda cls, a, b, c, d: _new(cls, (a, b, c, d)),
    lambda cls, a, b, c, d, e: _new(cls, (a, b, c, d, e)),
    lambda cls, a, b, c, d, e, f: _new(cls, (a, b, c, d, e, f)),
    lambda cls, a, b, c, d, e, f, g: _new(cls, (a, b, c, d, e, f, g)),
    lambda cls, a, b, c, d, e, f, g, h: _new(cls, (a, b, c, d, e, f, g, h)),
)
"""`__new__` of a tuple with so many fields."""

RECORDS: tuple[Any, ...] = (
    lambda: lambda self: None,
    lambda _a: lambda self, a: _a(self, a),
    lambda _a, _b: lambda self, a, b: _a(self, a) or _b(self, b),
    lambda _a, _b, _c: lambda self, a, b, c: _a(self, a) or _b(self, b) or _c(self, c),
    lambda _a, _b, _c, _d: lambda self, a, b, c, d: _a(self, a)
    or _b(self, b)
    or _c(self, c)
    or _d(self, d),
    lambda _a, _b, _c, _d, _e: lambda self, a, b, c, d, e: _a(self, a)
    or _b(self, b)
    or _c(self, c)
    or _d(self, d)
    or _e(self, e),
    lambda _a, _b, _c, _d, _e, _f: lambda self, a, b, c, d, e, f: _a(self, a)
    or _b(self, b)
    or _c(self, c)
    or _d(self, d)
    or _e(self, e)
    or _f(self, f),
    lambda _a, _b, _c, _d, _e, _f, _g: lambda self, a, b, c, d, e, f, g: _a(self, a)
    or _b(self, b)
    or _c(self, c)
    or _d(self, d)
    or _e(self, e)
    or _f(self, f)
    or _g(self, g),
)
"""`__init__` of a record with so many fields, from what sets each of them, which gives None."""


def named(form: Any, names: Sequence[str], kw_only: int = 0) -> Any:
    """A function of that form whose parameters have these names, the last ones to be named."""
    count = len(names) - kw_only
    code = form.__code__.replace(
        co_varnames=tuple(names), co_argcount=count, co_kwonlyargcount=kw_only
    )
    return type(form)(code, form.__globals__, closure=form.__closure__)


# ---- other forms ----------------------------------------------------------------

PREBUILT = os.path.join(os.path.dirname(__file__), "forms.bin")

_ASKED: dict[str, CodeType] = {}

_STORED: list[dict[str, CodeType]] = []
"""What is stored, once somebody looked: `functools.cache` would have to be imported."""


def code_of(source: str) -> CodeType:
    """What a source compiles to."""
    if source not in _ASKED:
        if not _STORED:
            _STORED.append(prebuilt.read(PREBUILT))
        _ASKED[source] = _STORED[0].get(source) or compile(source, "<record>", "exec")
    return _ASKED[source]


def made() -> bytes:
    """The forms of all records, as they are stored."""
    from importlib import import_module

    from netdsl import whole

    whole.load()
    _ASKED.clear()
    records = import_module("netdsl.records")
    for cls in (*_below(records.Frozen), *_below(records.Mutable)):
        records._initialiser(cls)
    found = {source: compile(source, "<record>", "exec") for source in sorted(_ASKED)}
    return prebuilt.stored(found)


def _below(cls: Any) -> Iterator[Any]:
    for each in cls.__subclasses__():
        yield each
        yield from _below(each)


if __name__ == "__main__":
    from netdsl import forms  # the one that records use

    prebuilt.write(PREBUILT, forms.made())
