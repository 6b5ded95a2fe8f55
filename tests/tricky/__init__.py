"""What each program of `tests/cases/tricky` does when it runs: `check_NAME` gets the module that was
generated for `NAME.nd`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tricky import bodies, definitions, lists, methods, recipes, written

CHECKS: dict[str, Callable[[Any], None]] = {
    name.removeprefix("check_"): check
    for chapter in (written, recipes, lists, definitions, bodies, methods)
    for name, check in vars(chapter).items()
    if name.startswith("check_")
}
