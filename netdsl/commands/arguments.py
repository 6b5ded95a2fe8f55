"""What a command line may say, as a table from which argparse is fed, and a reader that needs no
argparse for what is said as the table has it.

argparse takes as long to load as a file takes that was compiled before. It is asked for what is
left: abbreviations, `--name=value`, help, and whatever is wrong.
"""

from __future__ import annotations

from netdsl.records import NamedTuple

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Literal

    Kind = Literal["value", "maybe", "many", "each", "rest", "flag", "toggle", "setting"]


class Options:
    """What a command line says: an attribute for each argument of its command, and `command`."""

    def __init__(self, **said: Any) -> None:
        self.__dict__.update(said)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


class Argument(NamedTuple):
    """One thing that a command line may say: options by their names, which begin with `-`, other
    words by the place where they stand.

    The kinds are: a `value`; a word that `maybe` is there; as `many` words as there are, at least
    one; `each` adds a value to a list; the `rest`, whatever it is; a `flag`; a `toggle`, which is
    a flag that `--no-` refuses; and a `setting`, which none says: it stands in a file.
    """

    names: tuple[str, ...]
    kind: Kind
    help: str | None = None
    metavar: str | None = None
    default: object = None
    choices: tuple[str, ...] | None = None
    read: Callable[[str], object] = str
    """What a word says. It raises ValueError, with a text, for one that says nothing."""
    to: str = ""
    """The attribute, if it is not called as the last of the names is."""

    @property
    def attribute(self) -> str:
        return self.to or self.names[-1].lstrip("-").replace("-", "_")

    @property
    def placed(self) -> bool:
        """Whether it is told by its place."""
        return not self.names[0].startswith("-") and self.kind != "setting"

    def words(self) -> Iterator[tuple[str, object]]:
        """The words that name it, each with what it says; None if the next word says that."""
        for name in self.names if self.names[0].startswith("-") else ():
            yield name, True if self.kind in ("flag", "toggle") else None
            if self.kind == "toggle":
                yield f"--no-{name.removeprefix('--')}", False

    def value(self, word: str) -> object:
        """
        Raises:
            ValueError: it says nothing.
        """
        found = self.read(word)
        if self.choices is not None and found not in self.choices:
            raise ValueError(f"{word!r} is no choice")
        return found


FORMAT = Argument(("--format",), "value", default="text", choices=("text", "json"))


# ---- without argparse -------------------------------------------------------


def read(arguments: Iterable[Argument], words: Sequence[str]) -> dict[str, object] | None:
    """What words say, by the names of attributes; None if argparse is to be asked.

    >>> files = Argument(("files",), "many")
    >>> read([files, Argument(("--root",), "value")], ["--root", "nets", "a.nd"])
    {'files': ['a.nd'], 'root': 'nets'}
    >>> read([files], ["a.nd", "--rot", "nets"]) is None
    True
    """
    said = _Said(arguments)
    try:
        return said.read(words)
    except (ValueError, StopIteration):
        return None


class _Said:
    """What is said so far."""

    def __init__(self, arguments: Iterable[Argument]) -> None:
        self.arguments = list(arguments)
        self.found = {each.attribute: _unsaid(each) for each in self.arguments}

    def read(self, words: Sequence[str]) -> dict[str, object]:
        """
        Raises:
            ValueError, StopIteration: argparse is to be asked.
        """
        options = {word: (each, says) for each in self.arguments for word, says in each.words()}
        places: list[int] = []
        left = iter(enumerate(words))
        for at, word in left:
            if word in options:
                each, says = options[word]
                self._put(each, each.value(_plain(next(left)[1])) if says is None else says)
            else:
                _plain(word)
                places.append(at)
        if places and places[-1] - places[0] >= len(places):
            raise ValueError("an option stands between words that are told by their places")
        self._place([words[at] for at in places])
        return self.found

    def _place(self, words: list[str]) -> None:
        for each in self.arguments:
            if each.kind == "rest":
                raise ValueError("what belongs to whom depends on where it stands")
            if not each.placed:
                continue
            if each.kind == "many" and words:
                self._put(each, [each.value(word) for word in words])
                words = []
            elif words:
                self._put(each, each.value(words.pop(0)))
            elif each.kind != "maybe":
                raise ValueError(f"{each.attribute} is missing")
        if words:
            raise ValueError("there are more words than places")

    def _put(self, argument: Argument, value: object) -> None:
        before = self.found[argument.attribute]
        if argument.kind == "each" and isinstance(before, list):
            value = [*before, value]
        self.found[argument.attribute] = value


def _unsaid(argument: Argument) -> object:
    """What an argument is if nothing says it."""
    if argument.kind == "each":
        return []
    return False if argument.kind == "flag" else argument.default


def _plain(word: str) -> str:
    """A word that says no more than what it is.

    Raises:
        ValueError: it looks like an option.
    """
    if word.startswith("-") and word != "-":
        raise ValueError(f"{word} may be an option")
    return word


# ---- with argparse ----------------------------------------------------------


def add_to(parser: argparse.ArgumentParser, arguments: Iterable[Argument]) -> None:
    """Tells argparse what a command line may say."""
    import argparse

    kinds: dict[Kind, dict[str, Any]] = {
        "value": {},
        "maybe": {"nargs": "?"},
        "many": {"nargs": "+"},
        "each": {"action": "append"},
        "rest": {"nargs": argparse.REMAINDER},
        "flag": {"action": "store_true"},
        "toggle": {"action": argparse.BooleanOptionalAction},
    }
    for each in arguments:
        if each.kind == "setting":
            parser.set_defaults(**{each.attribute: each.default})
            continue
        keywords = {"help": each.help, "metavar": each.metavar, **kinds[each.kind]}
        if each.kind not in ("flag", "toggle"):
            keywords["type"] = _Typed(each)
            keywords["choices"] = each.choices
        if each.kind != "rest":
            keywords["default"] = _unsaid(each)
        names = each.names
        if each.placed:
            names = (each.attribute,)
        else:
            keywords["dest"] = each.attribute
        if each.kind == "flag":
            del keywords["metavar"]
        parser.add_argument(*names, **keywords)


class _Typed:
    """Reads a word for argparse, which takes a text for a message from its own error alone."""

    def __init__(self, argument: Argument) -> None:
        self.read = argument.read

    def __call__(self, word: str) -> object:
        try:
            return self.read(word)
        except ValueError as error:
            from argparse import ArgumentTypeError

            raise ArgumentTypeError(str(error)) from None
