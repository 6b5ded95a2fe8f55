"""The words of a program that is right, and its comments, each where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left

from netdsl.records import NamedTuple
from netdsl.syntax.words import RESERVED

_WORD = re.compile(
    r"""
      (?P<comment>  \#[^\n]*+ )
    | (?P<string>   \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                  | "(?!"")(?:[^"\\\n]|\\.)*+" | '(?!'')(?:[^'\\\n]|\\.)*+' )
    | (?P<number>   (?:[0-9][0-9_]*+(?:\.(?:[0-9][0-9_]*+)?+)?+ | (?<![\w)\]"'}])\.[0-9][0-9_]*+)
                    (?:[eE][+-]?[0-9_]++)?+ )
    | (?P<word>     [^\W\d]\w*+ )
    | (?P<sign>     \*\*= | //= | \*\* | // | \.\.\. | -> | [-+*/@%|&=!<>]= | [^\w\s] )
    """,
    re.VERBOSE | re.DOTALL,
)

PARTNER = {"(": ")", "[": "]", "{": "}"}
BRACKETS = frozenset("()")
OPTIONAL = BRACKETS | frozenset(",;")
"""Words that the same tree may be written with or without."""


class Comment(NamedTuple):
    """A comment: whether it has a line of its own, how many empty lines were written before it,
    and in which column it stood."""

    text: str
    own: bool
    blank: int
    column: int


class Word(NamedTuple):
    text: str
    start: int
    end: int
    blank: int
    """How many empty lines stand before it."""
    comments: tuple[Comment, ...]
    """The comments between the word before it and this one."""


class Words:
    """The words of a text, in which places are looked up; the last one is its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.all = _words(text)
        self._starts = [word.start for word in self.all]
        self._ends = [word.end for word in self.all]
        self.partner: dict[int, int] = {}
        waiting: list[int] = []
        for at, word in enumerate(self.all):
            if word.text in PARTNER:
                waiting.append(at)
            elif word.text in PARTNER.values():
                opening = waiting.pop()
                self.partner[opening], self.partner[at] = at, opening

    @property
    def comments(self) -> list[str]:
        """All comments, in their order."""
        return [comment.text for word in self.all for comment in word.comments]

    def at_or_after(self, offset: int) -> int:
        """The number of the first word that begins there or later."""
        return bisect_left(self._starts, offset)

    def ending(self, offset: int) -> int:
        """The number of the word that ends there."""
        return bisect_left(self._ends, offset)

    def find(self, text: str, offset: int) -> int:
        """The number of the first such word at a place or after it."""
        at = self.at_or_after(offset)
        while self.all[at].text != text:
            at += 1
        return at

    def apart(self, one: int, other: int) -> bool:
        """Whether a line ends between two words."""
        return "\n" in self.text[self.all[one].end : self.all[other].start]

    def groups(self, at: int) -> bool:
        """Whether a bracket only groups: it does not touch what it could belong to."""
        if self.all[at].text != "(" or at == 0:
            return self.all[at].text == "("
        before = self.all[at - 1]
        touches = before.end == self.all[at].start and before.text not in RESERVED
        return not touches or not (before.text[-1].isalnum() or before.text[-1] in "_)]}\"'")

    def around(self, start: int, end: int) -> tuple[int, int] | None:
        """The brackets right around a place that only group it."""
        opening = self.at_or_after(start) - 1
        closing = self.at_or_after(end)
        if opening < 0 or self.partner.get(opening) != closing or not self.groups(opening):
            return None
        return opening, closing

    def comments_within(self, opening: int, closing: int) -> bool:
        """Whether there are comments between two brackets."""
        return any(word.comments for word in self.all[opening + 1 : closing + 1])


def _words(text: str) -> list[Word]:
    found: list[Word] = []
    comments: list[Comment] = []
    last = blank = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        blank = max(0, text.count("\n", last, start) - (1 if found or comments else 0))
        if match.lastgroup == "comment":
            line = text.rfind("\n", 0, start) + 1
            own = not found or found[-1].end <= line
            comments.append(Comment(match.group().rstrip(), own, blank, start - line))
        else:
            found.append(Word(match.group(), start, end, blank, tuple(comments)))
            comments = []
        last = end
    found.append(Word("", len(text), len(text), 0, tuple(comments)))
    return found
