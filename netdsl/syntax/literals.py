"""What a literal means: the value of a number, the text of a string, a name's one spelling."""

from __future__ import annotations

import unicodedata

from netdsl import limits
from netdsl.patterns import compiled
from netdsl.records import NamedTuple

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from re import Match

_ESCAPE = compiled(
    r"(?s)\\(?:(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
    r"|U(?P<U>[0-9a-fA-F]{8})|N\{(?P<name>[^{}\n]{1,100})\}|(?P<one>.))",
)

_ONE = {
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class BadEscape(NamedTuple):
    """An escape that means nothing: where it begins in the literal, and how it is written."""

    at: int
    text: str


class BadNumber(NamedTuple):
    """Why a number cannot be one."""

    code: str
    message: str
    hint: str


def string_value(literal: str) -> tuple[str, list[BadEscape]]:
    r"""The text of a quoted string, and the escapes in it that are none.

    >>> string_value('"a\\tb\\q"')
    ('a\tb\\q', [BadEscape(at=5, text='\\q')])
    """
    width = 3 if literal[:3] in ('"""', "'''") else 1
    text = literal[width:-width]
    if "\\" not in text:
        return text, []
    bad: list[BadEscape] = []

    def replacement(match: Match[str]) -> str:
        value = _escaped(match)
        if value is None:
            bad.append(BadEscape(match.start() + width, match.group()))
            return match.group()
        return value

    return _ESCAPE.sub(replacement, text), bad


def _escaped(match: Match[str]) -> str | None:
    """The character an escape stands for, None if there is none."""
    kind = match.lastgroup
    assert kind is not None
    spelt = match[kind]
    if kind == "one":
        return _ONE.get(spelt)
    if kind == "name":
        try:
            return unicodedata.lookup(spelt)
        except KeyError:
            return None
    point = int(spelt, 8 if kind == "octal" else 16)
    is_surrogate = 0xD800 <= point <= 0xDFFF
    too_big = point > (0xFF if kind == "octal" else 0x10FFFF)
    return None if is_surrogate or too_big else chr(point)


def number_value(text: str) -> int | float | BadNumber:
    """The value of a number as it is written.

    >>> number_value("1_000"), number_value("5e-1")
    (1000, 0.5)
    >>> number_value("1e999").code
    'number-too-large'
    """
    if len(text) > limits.current().number:
        message = f"a number of {len(text)} characters; at most {limits.current().number} are read"
        return BadNumber("number-too-long", message, "write fewer digits, or an exponent, `1e120`.")
    if text.replace("_", "").isdecimal():
        return int(text)
    value = float(text)
    if value == float("inf"):
        message = f"`{text}` is larger than any float"
        hint = "write a smaller number: the largest float is about 1.8e308."
        return BadNumber("number-too-large", message, hint)
    return value


def normalised(name: str) -> str:
    """A name's one spelling, the one Python gives it (NFKC); as it is written if Python takes
    it for no name.

    >>> normalised("\ufb01t"), normalised("\u00b2nd")
    ('fit', '\u00b2nd')
    """
    if name.isascii():
        return name
    spelt = unicodedata.normalize("NFKC", name)
    return spelt if spelt.isidentifier() else name


def shortened(text: str) -> str:
    """A piece of a program as a message shows it: on one line, and not too long.

    >>> shortened("a +\\n  b")
    'a + b'
    """
    line = " ".join(text[:200].split())
    return line if len(line) <= 40 else f"{line[:39]}…"
