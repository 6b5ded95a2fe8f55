"""The templates, and what they render to.

They are written for Jinja. The build translates them to Python and stores what that compiles to,
beside the text that it comes from; what is stored is taken if it is of this text and of this
Python, and is made anew otherwise, which imports Jinja.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any, TypeAlias, cast

from netdsl import prebuilt

PREBUILT = os.path.join(os.path.dirname(__file__), "templates.bin")

TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")

_Render: TypeAlias = Callable[[Mapping[str, Any]], str]


def render(name: str, **values: Any) -> str:
    """A template with these values, without the line ends at its end."""
    return _function(name)(values).rstrip("\n")


def names() -> list[str]:
    """The templates, sorted."""
    return sorted(os.listdir(TEMPLATES))


def text_of(name: str) -> str:
    """A template, as it is written."""
    with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
        return file.read()


@cache
def _function(name: str) -> _Render:
    text = text_of(name)
    stored, code = _stored().get(name, ("", None))
    if stored != text or not isinstance(code, CodeType):
        code = _compiled(text)
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    return cast(_Render, namespace["render"])


def _compiled(text: str) -> CodeType:
    from netdsl.emit.translating import python_of

    return compile(python_of(text), "<template>", "exec")


@cache
def _stored() -> dict[str, tuple[str, CodeType]]:
    return prebuilt.read(PREBUILT)


def made() -> bytes:
    """All templates, compiled, as they are stored."""
    found = {name: (text_of(name), _compiled(text_of(name))) for name in names()}
    return prebuilt.stored(found)


if __name__ == "__main__":
    prebuilt.write(PREBUILT, made())
