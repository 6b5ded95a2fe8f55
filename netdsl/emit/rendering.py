"""The templates, and what they render to.

Jinja compiles a template before it renders it. The build does that beforehand, and stores what
Jinja's own cache would: Jinja takes it if it is of this template, of this version and of this
Python, and compiles anew otherwise.
"""

from __future__ import annotations

import marshal
import os
import pickle
from functools import cache
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket, bc_magic

PREBUILT = os.path.join(os.path.dirname(__file__), "templates.bin")

_MARSHAL_VERSION = 2
"""Without references between equal values, whose number differs from run to run."""


class Stored(BytecodeCache):
    """Compiled templates by their names, in one file that is written by the build alone."""

    def __init__(self, found: dict[str, bytes]) -> None:
        self.found = found

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self.found.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As `bucket.bytecode_to_string`, but the same bytes each time."""
        head = bc_magic + pickle.dumps(bucket.checksum, 2)
        self.found[bucket.key] = head + marshal.dumps(bucket.code, _MARSHAL_VERSION)


def render(name: str, **values: Any) -> str:
    """A template with these values, without the line ends at its end."""
    text: str = _environment().get_template(name).render(**values)
    return text.rstrip("\n")


@cache
def _environment() -> Environment:
    return environment(_stored())


def environment(stored: dict[str, bytes]) -> Environment:
    """The templates; those that are compiled are added to what is stored."""
    return Environment(
        loader=PackageLoader("netdsl.emit"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        bytecode_cache=Stored(stored),
    )


def _stored() -> dict[str, bytes]:
    try:
        with open(PREBUILT, "rb") as file:
            found = marshal.load(file)
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def prebuilt() -> bytes:
    """All templates, compiled, as they are stored."""
    found: dict[str, bytes] = {}
    compiling = environment(found)
    for name in sorted(compiling.list_templates()):
        compiling.get_template(name)
    return marshal.dumps(found, _MARSHAL_VERSION)


if __name__ == "__main__":
    with open(PREBUILT, "wb") as file:
        file.write(prebuilt())
    print(f"wrote {PREBUILT}")
