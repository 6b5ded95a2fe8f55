"""The names of the output's own: imports on demand, generated classes, fresh variables.

A name that the program chose is never taken away from it: the import, class or variable that
would collide is called something else.
"""

from __future__ import annotations

import builtins
import keyword
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from netdsl.records import NamedTuple

IMPORTS: dict[str, tuple[str, str | None]] = {
    "builtins": ("builtins", None),
    "math": ("math", None),
    "OrderedDict": ("collections", "OrderedDict"),
    "Callable": ("collections.abc", "Callable"),
    "Iterable": ("collections.abc", "Iterable"),
    "KW_ONLY": ("dataclasses", "KW_ONLY"),
    "dataclass": ("dataclasses", "dataclass"),
    "field": ("dataclasses", "field"),
    "partial": ("functools", "partial"),
    "accumulate": ("itertools", "accumulate"),
    "Any": ("typing", "Any"),
    "torch": ("torch", None),
    "F": ("torch.nn.functional", None),
    "Tensor": ("torch", "Tensor"),
    "nn": ("torch", "nn"),
}
"""What the output may import: its usual name, the module, and the name in that module."""

_BUILTINS = frozenset(dir(builtins))


def is_plain(name: str) -> bool:
    """Whether Python reads the name after a dot as it is written.

    >>> is_plain("conv1"), is_plain("0"), is_plain("lambda")
    (True, False, False)
    """
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("__")
        and unicodedata.normalize("NFKC", name) == name
    )


def camel_case(name: str) -> str | None:
    """The name of a class for what is called `name`, if one can be made of it.

    >>> camel_case("down_block"), camel_case("none"), camel_case("0")
    ('DownBlock', None, None)
    """
    words = "".join(letter if letter.isalnum() else "_" for letter in name).split("_")
    found = "".join(word[:1].upper() + word[1:] for word in words)
    return found if found and is_plain(found) else None


class Import(NamedTuple):
    """`from module import attribute as name`, or `import module as name`."""

    module: str
    attribute: str | None
    name: str

    @property
    def usual(self) -> bool:
        """Whether the name is the one that an import without `as` gives."""
        return self.name == (self.attribute or self.module)


class Names:
    """Collects what one output imports, and hands out names that are still free."""

    def __init__(self, chosen: frozenset[str]) -> None:
        self._chosen = chosen
        self._made: set[str] = set()
        self._own: dict[str, str] = {}
        self._imports: dict[Import, None] = {}
        self._elsewhere: dict[str, Import] = {}
        self._own_modules: set[str] = set()

    def imported(self, key: str) -> str:
        """What the output calls one of its own imports, which it thereby has.

        >>> Names(frozenset({"F"})).imported("F")
        'F_'
        """
        if key not in self._own:
            module, attribute = IMPORTS[key]
            self._own[key] = self.unique(key, "_") if key in self._chosen else key
            self._imports[Import(module, attribute, self._own[key])] = None
        return self._own[key]

    def builtin(self, name: str) -> str:
        """One of Python's builtins, which the program may have given another meaning."""
        return f"{self.imported('builtins')}.{name}" if name in self._chosen else name

    def provide(
        self, name: str, module: str, attribute: str | None, local: str, own: bool = False
    ) -> None:
        """Where a name of file level comes from that is not defined in this output, which
        imports it as `local` if it is used. `own` modules are made from the same program."""
        self._elsewhere[name] = Import(module, attribute, local)
        if own:
            self._own_modules.add(module)

    def file_level(self, name: str) -> str:
        """What the output calls a name of file level, which is imported if need be."""
        found = self._elsewhere.get(name)
        if found is None:
            return name
        self._imports[found] = None
        return found.name

    def unique(self, name: str, suffix: str | None = None) -> str:
        """A free name at file level: `name`, `name2` … or, with a suffix, `name_`, `name__`."""
        found, number = name, 1
        while self._is_taken(found):
            number += 1
            found = f"{name}{number}" if suffix is None else name + suffix * (number - 1)
        self._made.add(found)
        return found

    def _is_taken(self, name: str) -> bool:
        return name in self._chosen or name in self._made or name in IMPORTS or name in _BUILTINS

    def sections(self) -> tuple[tuple[str, ...], ...]:
        """The import lines, in the sections and the order of isort."""
        standard: list[Import] = []
        other: list[Import] = []
        own: list[Import] = []
        for each in self._imports:
            top = each.module.partition(".")[0]
            if each.module in self._own_modules:
                own.append(each)
            else:
                (standard if top in sys.stdlib_module_names else other).append(each)
        return tuple(tuple(_lines(section)) for section in (standard, other, own) if section)


def _lines(section: Iterable[Import]) -> Iterator[str]:
    whole = [each for each in section if each.attribute is None]
    for each in sorted(whole):
        yield f"import {each.module}" + ("" if each.usual else f" as {each.name}")
    members = sorted((each for each in section if each.attribute is not None), key=_member_key)
    for module, group in groupby(members, key=lambda each: each.module):
        found = list(group)
        usual = [each.name for each in found if each.usual]
        if usual:
            yield f"from {module} import {', '.join(usual)}"
        for each in found:
            if not each.usual:
                yield f"from {module} import {each.attribute} as {each.name}"


def _member_key(each: Import) -> tuple[str, int, str, str]:
    """Constants, then classes, then the rest."""
    attribute = each.attribute or ""
    constant = attribute.isupper() and len(attribute) > 1
    rank = (not constant) + (not attribute[:1].isupper())
    return each.module, rank, attribute, each.name


class Variables:
    """The variables of one Python function.

    `hidden` are names from outside that the function uses: a variable of such a name would
    hide them in the whole function, so it is called something else. `used` are all names that
    occur, which a new variable must not have.
    """

    def __init__(self, hidden: Iterable[str] = (), used: Iterable[str] = ()) -> None:
        self.hidden = frozenset(hidden)
        self.used = {*used, *self.hidden, *IMPORTS}
        self._own: dict[str, str] = {}

    def copy(self) -> Variables:
        """Those of another function that has the same names, before it has its own."""
        return Variables(self.hidden, self.used)

    def named(self, name: str, is_bound: Callable[[str], bool]) -> str:
        """What a variable of the program is called, at a place where some are bound already."""
        if name != "_" and (name in self.hidden or is_bound(name)):
            return self.another(name)
        self.used.add(name)
        return name

    def another(self, name: str) -> str:
        """A variable in the place of one whose name means something else here: `name_`."""
        found = f"{name}_"
        while self._is_taken(found):
            found += "_"
        self.used.add(found)
        return found

    def fresh(self, name: str) -> str:
        """A new variable of the output's own: `name`, `name2` …"""
        found, number = name, 1
        while self._is_taken(found):
            number += 1
            found = f"{name}{number}"
        self.used.add(found)
        return found

    def own(self, name: str) -> str:
        """A variable of the output's own that loops and comprehensions share, since none of
        them needs it for longer."""
        if name not in self._own:
            self._own[name] = self.fresh(name)
        return self._own[name]

    def _is_taken(self, name: str) -> bool:
        return name in self.used or name in _BUILTINS
