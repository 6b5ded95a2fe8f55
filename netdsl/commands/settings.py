"""`[tool.netdsl]` of a pyproject.toml: what options are where the command line leaves them open.

The nearest pyproject.toml counts, at or above the folder that holds all files of a command. Its
paths are relative to the folder that it is in.
"""

from __future__ import annotations

import os

from netdsl.commands.arguments import Options
from netdsl.commands.folder import number_of_jobs
from netdsl.commands.status import UsageError
from netdsl.limits import DEFAULT, Limits
from netdsl.records import NamedTuple
from netdsl.writing import STDIN, FileError, read_existing

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_FILE = "pyproject.toml"


class _Setting(NamedTuple):
    """An option, what it is if nobody says, and how what a file says is read: the reader gets
    the value and the folder of the file, and raises ValueError with what it must be."""

    option: str
    default: object
    read: Callable[[Any, str], object]


def settle(options: Options) -> None:
    """Gives a value to each option that a file can state and the command line does not.

    Raises:
        UsageError: the file is wrong.
    """
    known = {name: each for name, each in _SETTINGS.items() if hasattr(options, each.option)}
    if not known:
        return
    stated = _stated(options)
    for name, setting in known.items():
        if getattr(options, setting.option) is None:
            setattr(options, setting.option, stated.get(name, setting.default))


def _stated(options: Options) -> Mapping[str, object]:
    """What the file says, read and checked: all of it, whatever the command."""
    file = _nearest(_common_folder(options))
    if file is None:
        return {}
    folder = os.path.dirname(file)
    found = {}
    for name, value in _table(file).items():
        setting = _SETTINGS.get(name)
        if setting is None:
            raise _error(file, f"[tool.netdsl] has no `{name}`: {_instead(name, _SETTINGS)}")
        try:
            found[name] = setting.read(value, folder)
        except ValueError as error:
            raise _error(file, f"`{name}` in [tool.netdsl] {error}") from None
    return found


def _common_folder(options: Options) -> str:
    """The folder that holds all files of a command: for standard input that of the process."""
    files: list[str] = getattr(options, "files", None) or [getattr(options, "file", STDIN)]
    try:
        common = os.path.commonpath([os.path.abspath(each) for each in files if each != STDIN])
    except ValueError:  # there are none, or they lie on several drives
        return os.getcwd()
    return common if os.path.isdir(common) else os.path.dirname(common)


def _nearest(folder: str) -> str | None:
    while True:
        file = os.path.join(folder, _FILE)
        if os.path.isfile(file):
            return os.path.relpath(file)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _table(file: str) -> Mapping[str, object]:
    try:
        text = read_existing(file) or ""
    except FileError as error:
        raise UsageError(str(error)) from None
    if "netdsl" not in text:  # and the parser need not be imported
        return {}
    import tomllib

    try:
        table: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _error(file, f"it is no TOML: {error}") from None
    for name in ("tool", "netdsl"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise _error(file, f"`{name}` is no table")
    found: Mapping[str, object] = table
    return found


def _error(file: str, message: str) -> UsageError:
    return UsageError(f"{file}: {message}")


def _instead(name: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"


# ---- values -------------------------------------------------------------------


def _is(value: object, kind: str) -> ValueError:
    return ValueError(f"is {value!r}, and must be {kind}")


def _flag(value: object, _: str) -> bool:
    if not isinstance(value, bool):
        raise _is(value, "true or false")
    return value


def _style(value: object, _: str) -> str:
    if value not in ("auto", "black"):
        raise _is(value, '"auto" or "black"')
    return str(value)


def _jobs(value: object, _: str) -> int:
    if value != "auto" and (isinstance(value, bool) or not isinstance(value, int)):
        raise _is(value, 'a number or "auto"')
    try:
        return number_of_jobs(str(value))
    except ValueError:
        raise _is(value, 'a number or "auto"') from None


def _folder(value: object, folder: str) -> str:
    if not isinstance(value, str) or not value:
        raise _is(value, "the path of a folder")
    return os.path.normpath(os.path.join(folder, value))


def _limits(value: object, _: str) -> Limits:
    if not isinstance(value, dict):
        raise _is(value, "a table of limits")
    for name in value:
        if name not in Limits._fields:
            raise ValueError(f"has no `{name}`: {_instead(name, Limits._fields)}")
    try:
        return Limits(**value)
    except TypeError as error:
        raise ValueError(f"are wrong: {error}") from None


_SETTINGS = {
    "root": _Setting("root", None, _folder),
    "output": _Setting("folder", None, _folder),
    "jobs": _Setting("jobs", 1, _jobs),
    "style": _Setting("style", "auto", _style),
    "shapes": _Setting("shapes", True, _flag),
    "lines": _Setting("lines", False, _flag),
    "bundle": _Setting("bundle", False, _flag),
    "limits": _Setting("limits", DEFAULT, _limits),
}
