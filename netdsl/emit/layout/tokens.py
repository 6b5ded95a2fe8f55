"""The tokens of a logical line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

OPENING = frozenset("([{")
CLOSING = frozenset(")]}")
PARTNER = {"(": ")", "[": "]", "{": "}"}


class Unsupported(Exception):
    """A line that only black knows how to lay out."""


@dataclass(slots=True, eq=False)
class Token:
    """A token. Splitting lines changes it: optional parentheses, which have no text, get one,
    and brackets learn what they belong to on the line that they are on."""

    kind: str
    """`name`, `number`, `string`; the text itself for everything else."""
    text: str
    space: str
    """What stands before it on a line."""
    before: int = 0
    """How much a line wants to be split before it."""
    after: int = 0
    """How much a line wants to be split after it."""
    atom: bool = False
    """Whether it opens a display, a tuple or a pair of optional parentheses."""
    header: str = ""
    """`return` in an annotation of what a function returns, `annotation` in another one."""
    opener: Token | None = None
    depth: int = 0
    gap: str = ""
    """What stands before it now."""

    def copy(self) -> Token:
        """The token as it was before it moved to another line."""
        return Token(
            self.kind, self.text, self.space, self.before, self.after, self.atom, self.header
        )


_TOKEN = re.compile(
    r"""(?P<space>[ ]*)(?:
      (?P<string>(?:[fF]|[rR]|[bB])?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    | (?P<number>(?:0[xXbBoO][0-9A-Fa-f_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)
        (?:[eE][+-]?[0-9_]+)?[jJ]?))
    | (?P<name>[^\W\d]\w*)
    | (?P<op>\*\*=|//=|>>=|<<=|\.\.\.|->|\*\*|//|<<|>>|[-+*/%@&|^]=|[<>=!]=|[-+*/%@&|^~<>=.,:()\[\]{}])
    )""",
    re.VERBOSE,
)


def tokens_of(line: str) -> list[Token]:
    """The tokens of a line.

    >>> [token.text for token in tokens_of("a.b += f(x, 1.5)")]
    ['a', '.', 'b', '+=', 'f', '(', 'x', ',', '1.5', ')']
    """
    tokens: list[Token] = []
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None or '"""' in found[0] or "'''" in found[0]:
            raise Unsupported(line)
        kind, text = found.lastgroup or "", found[found.lastgroup or 0]
        tokens.append(Token(text if kind == "op" else kind, text, found["space"]))
        at = found.end()
    return tokens


def width_of(text: str) -> int:
    """The columns that a text takes, where wide characters take two.

    >>> width_of("ab")
    2
    """
    if text.isascii():
        return len(text)
    try:
        from black.strings import str_width
    except ImportError:
        return len(text)
    return str_width(text)


_TRAILING = re.compile(r",[)\]}]")


def may_have_magic_comma(line: str) -> bool:
    """Whether something looks like a comma that splits brackets."""
    return _TRAILING.search(line) is not None


def check_commas(tokens: Sequence[Token]) -> None:
    """Refuses a comma before a closing bracket, which splits brackets that would fit, except
    where the comma is needed."""
    commas = [0]
    openers: list[bool] = []
    previous: Token | None = None
    for token in tokens:
        if token.kind in OPENING:
            follows = previous is not None and (
                previous.kind in CLOSING or previous.kind in ("string", "name")
            )
            openers.append(follows and (previous is None or previous.text not in _WORDS))
            commas.append(0)
        elif token.kind == ",":
            commas[-1] += 1
        elif token.kind in CLOSING:
            trailer = openers.pop() if openers else False
            count = commas.pop() if len(commas) > 1 else 0
            needed = count == 1 and {")": not trailer, "]": trailer}.get(token.kind, False)
            if previous is not None and previous.kind == "," and not needed:
                raise Unsupported("a comma before a closing bracket")
        previous = token


_WORDS = frozenset(
    "return in if elif else while for and or not is lambda assert del import raise".split()
)
