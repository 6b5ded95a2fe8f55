"""What each leaf of a line is to its neighbours, and where the line may break."""

from __future__ import annotations

from netdsl.emit.black_door import Unsupported
from netdsl.emit.layout.leaves import KEYWORDS, PARTNER, Leaf
from netdsl.records import Mutable, field

COMPREHENSION, COMMA, CHOICE, LOGIC, STRING, COMPARISON, DOT = 20, 18, 16, 14, 12, 10, 1
MATH = {"|": 9, "^": 8, "&": 7, "<<": 6, ">>": 6, "+": 5, "-": 5}
MATH |= {"*": 4, "/": 4, "//": 4, "%": 4, "@": 4, "**": 2}
_COMPARE = frozenset(["<", ">", "==", "!=", "<=", ">="])
ASSIGN = frozenset(
    ["=", "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//="]
)
_ARITHMETIC = frozenset(["+", "-", "<<", ">>", "&", "^"])

Pair = tuple[int, int, str]
"""Parentheses before one leaf and before another, and what they belong to."""


class _Level(Mutable):
    """What is known of the list or expression that is being read, inside one bracket."""

    kind: str
    start: int
    """Where the expression began."""
    choices: list[int] = field(default_factory=list)
    """Where the conditional expressions began that have not ended."""
    comprehension: bool = False
    target: bool = False
    """Whether this is between `for` and `in`."""


class Reader:
    """One walk over a line, which gives every leaf its role."""

    def __init__(self, leaves: list[Leaf]) -> None:
        self.leaves = leaves
        self.match: dict[int, int] = {}
        self.choices: list[Pair] = []
        self.depth: list[int] = []
        self.first = leaves[0].text if leaves[0].kind == "name" else ""

    def read(self) -> None:
        """Walk."""
        levels = [_Level("line", 0)]
        opened: list[int] = []
        for at, leaf in enumerate(self.leaves):
            level = levels[-1]
            self.depth.append(len(opened))
            if leaf.opens:
                levels.append(self._open(at, leaf, level))
                opened.append(at)
            elif leaf.closes:
                if level.kind == "lambda":
                    raise Unsupported("lambda without body")
                self._end(level, at)
                levels.pop()
                if not opened or PARTNER[self.leaves[opened[-1]].text] != leaf.text:
                    raise Unsupported("brackets that do not match")
                first = opened.pop()
                self.depth[at] -= 1
                self.match[first], self.match[at] = at, first
                leaf.owner = self.leaves[first].owner
                if leaf.text != ")" and leaf.owner == "atom":
                    self._lone(first + 1, at - 1)
            elif leaf.kind == "name" and leaf.text in KEYWORDS:
                self._keyword(at, leaf, level, levels)
            elif leaf.kind == "op":
                self._operator(at, leaf, level, levels)
            elif leaf.kind == "string" and at and self.leaves[at - 1].kind == "string":
                leaf.before = STRING
        if opened or len(levels) != 1:
            raise Unsupported("brackets without end")
        self._end(levels[0], len(self.leaves))

    def _lone(self, start: int, end: int) -> None:
        """The only element of a list or a set needs no parentheses."""
        if self.leaves[start].text == "(" and self.match.get(start) == end:
            inner = self.texts(start + 1, end)
            if inner and "," not in inner and "for" not in inner:
                self.hide(start, end)

    def operand_before(self, at: int) -> bool:
        """Whether the leaf before ends an operand."""
        if not at:
            return False
        leaf = self.leaves[at - 1]
        if leaf.kind == "op":
            return leaf.closes or (leaf.text == "." and at > 1 and self.leaves[at - 2].text == ".")
        return leaf.kind != "name" or leaf.text not in KEYWORDS

    def _open(self, at: int, leaf: Leaf, level: _Level) -> _Level:
        before = self.operand_before(at)
        leaf.owner = "trailer" if before and leaf.text != "{" else "atom"
        if self.first in ("def", "class") and at == 2:
            leaf.owner = "header"
            return _Level("arguments", at + 1)
        if leaf.owner == "trailer" and leaf.text == "(":
            return _Level("arguments", at + 1)
        return _Level("other", at + 1)

    def _end(self, level: _Level, at: int) -> None:
        for start in level.choices:
            seen = start and self.leaves[start - 1].text == "(" and at < len(self.leaves)
            if not (seen and self.leaves[at].text == ")"):
                self.choices.append((start, at, "choice"))
        level.choices.clear()
        level.start = at + 1

    def _keyword(self, at: int, leaf: Leaf, level: _Level, levels: list[_Level]) -> None:
        text = leaf.text
        before = self.leaves[at - 1].text if at else ""
        match text:
            case "and" | "or":
                leaf.before = LOGIC
            case "is":
                leaf.before = COMPARISON
            case "not":
                leaf.before = COMPARISON if self.operand_before(at) else 0
            case "in" if level.target:
                level.target = False
                level.start = at + 1
            case "in":
                leaf.before = 0 if before == "not" else COMPARISON
            case "for" if at:
                self._end(level, at)
                leaf.before = COMPREHENSION
                level.comprehension = level.target = True
            case "for":
                level.target = True
            case "if" if not at:
                level.start = 1
            case "if" if level.comprehension:
                leaf.before = COMPREHENSION
            case "if":
                leaf.before = CHOICE
                level.choices.append(level.start)
            case "else" if at:
                leaf.before = CHOICE
                level.start = at + 1
            case "lambda":
                if level.comprehension:
                    raise Unsupported("lambda in a comprehension")
                levels.append(_Level("lambda", at + 1))
            case "as" | "from":
                self._end(level, at)
            case _:
                if at and text != "import":
                    raise Unsupported(f"{text!r} inside a line")
                level.start = at + 1

    def _operator(self, at: int, leaf: Leaf, level: _Level, levels: list[_Level]) -> None:
        text = leaf.text
        if text == ",":
            self._end(level, at)
            leaf.after = 0 if level.comprehension and level.target else COMMA
            leaf.owner = level.kind
        elif text == ":":
            self._end(level, at)
            if level.kind == "lambda":
                levels.pop()
                levels[-1].start = at + 1
        elif text in ASSIGN or text == "->":
            self._end(level, at)
        elif text == ".":
            closed = at and self.leaves[at - 1].closes
            leaf.before = DOT if closed and self.first not in ("from", "import") else 0
        elif text in _COMPARE:
            leaf.before = COMPARISON
        elif text in MATH:
            self._math(at, leaf, level)

    def _math(self, at: int, leaf: Leaf, level: _Level) -> None:
        if not self.operand_before(at):
            if leaf.text in ("*", "**"):
                level.start = at + 1
            return
        if self.first == "from":
            return
        leaf.before = MATH[leaf.text]
        if leaf.text == "**":
            # Whether it hugs its operands is decided line by line.
            leaf.space = " "
            self.leaves[at + 1].space = " "

    def top(self, start: int, end: int) -> list[int]:
        """The leaves from one to another that stand in no bracket of their own."""
        found = []
        at = start
        while at < end:
            found.append(at)
            at = self.match.get(at, at) + 1 if self.leaves[at].opens else at + 1
        return found

    def texts(self, start: int, end: int) -> list[str]:
        """What these leaves say, strings left out."""
        return [
            self.leaves[at].text for at in self.top(start, end) if self.leaves[at].kind != "string"
        ]

    def hide(self, start: int, end: int, owner: str = "atom") -> None:
        """Takes parentheses out of sight that an earlier look at the line brought there."""
        leaves = self.leaves
        if leaves[start + 1].text == "(" and self.match[start + 1] == end - 1 and owner == "atom":
            raise Unsupported("more parentheses than any line needs")
        for leaf in (leaves[start], leaves[end]):
            leaf.text = ""
            leaf.owner = owner
