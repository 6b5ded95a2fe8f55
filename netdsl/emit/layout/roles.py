"""What each leaf of a line is to its neighbours: where the line may break, and where there is
room for parentheses that show only when they are needed."""

from __future__ import annotations

from netdsl.emit.black_door import Unsupported
from netdsl.emit.layout.leaves import KEYWORDS, PARTNER, Leaf, read
from netdsl.records import Mutable, field

COMPREHENSION, COMMA, CHOICE, LOGIC, STRING, COMPARISON, DOT = 20, 18, 16, 14, 12, 10, 1
_MATH = {"|": 9, "^": 8, "&": 7, "<<": 6, ">>": 6, "+": 5, "-": 5}
_MATH |= {"*": 4, "/": 4, "//": 4, "%": 4, "@": 4, "**": 2}
_COMPARE = frozenset(["<", ">", "==", "!=", "<=", ">="])
_ASSIGN = frozenset(
    ["=", "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//="]
)
_ARITHMETIC = frozenset(["+", "-", "<<", ">>", "&", "^"])
_PLAIN = frozenset(
    ["raise", "global", "nonlocal", "pass", "break", "continue", "import", "else", "try", "finally"]
)
_CONDITIONS = frozenset(["if", "elif", "while"])

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


def leaves_of(line: str) -> list[Leaf]:
    """The leaves of a line, the unseen parentheses among them."""
    leaves = read(line)
    if not leaves:
        return leaves
    reader = _Reader(leaves)
    reader.read()
    pairs = statement_pairs(reader)
    taken = {(first, last) for first, last, _ in pairs}
    pairs += [pair for pair in reader.choices if pair[:2] not in taken]
    return _with_pairs(leaves, pairs)


class _Reader:
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
                _hide(self, start, end)

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
        elif text in _ASSIGN or text == "->":
            self._end(level, at)
        elif text == ".":
            closed = at and self.leaves[at - 1].closes
            leaf.before = DOT if closed and self.first not in ("from", "import") else 0
        elif text in _COMPARE:
            leaf.before = COMPARISON
        elif text in _MATH:
            self._math(at, leaf, level)

    def _math(self, at: int, leaf: Leaf, level: _Level) -> None:
        if not self.operand_before(at):
            if leaf.text in ("*", "**"):
                level.start = at + 1
            return
        if self.first == "from":
            return
        leaf.before = _MATH[leaf.text]
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


def statement_pairs(reader: _Reader) -> list[Pair]:
    """The unseen parentheses that the kind of statement gives a line."""
    leaves, first, end = reader.leaves, reader.first, len(reader.leaves)
    header = leaves[-1].text == ":" and leaves[-1].kind == "op"
    if first in _CONDITIONS or first == "with":
        return _wrap(reader, 1, _header_end(reader)) if header else _strange()
    match first:
        case "def" | "class":
            return _definition(reader) if header else _strange()
        case "for":
            inner = next((at for at in reader.top(1, end) if leaves[at].text == "in"), 0)
            if not (header and inner):
                return _strange()
            return _wrap(reader, 1, inner) + _wrap(reader, inner + 1, end - 1)
        case "return" | "del":
            return _wrap(reader, 1, end)
        case "assert":
            comma = next((at for at in reader.top(1, end) if _divides(leaves[at])), end)
            return _wrap(reader, 1, comma) + _wrap(reader, comma + 1, end)
        case "from":
            return _imported(reader)
        case _ if first in _PLAIN or leaves[0].text == "@":
            return []
        case _ if first in KEYWORDS and first not in ("lambda", "not"):
            return _strange()
    return _expression(reader)


def _divides(leaf: Leaf) -> bool:
    return leaf.text == "," and leaf.owner != "lambda"


def _strange() -> list[Pair]:
    raise Unsupported("a statement of an unknown form")


def _header_end(reader: _Reader) -> int:
    return len(reader.leaves) - 1


def _wrap(reader: _Reader, start: int, end: int) -> list[Pair]:
    """Unseen parentheses around an expression; those that it has and needs not are hidden."""
    leaves = reader.leaves
    if start >= end:
        return []
    if leaves[end - 1].text == ",":
        raise Unsupported("a tuple that ends with a comma")
    if leaves[start].text == "(" and reader.match[start] == end - 1:
        inner = reader.texts(start + 1, end - 1)
        commas = any(_divides(reader.leaves[at]) for at in reader.top(start + 1, end - 1))
        if not inner or commas or "for" in inner:
            return []
        if reader.first == "for" and {"if", "lambda"} & set(inner):
            return []
        return _hide(reader, start, end - 1)
    return [(start, end, "atom")]


def _hide(reader: _Reader, start: int, end: int, owner: str = "atom") -> list[Pair]:
    """Take parentheses out of sight that an earlier look at the line brought there."""
    leaves = reader.leaves
    if leaves[start + 1].text == "(" and reader.match[start + 1] == end - 1 and owner == "atom":
        raise Unsupported("more parentheses than any line needs")
    for leaf in (leaves[start], leaves[end]):
        leaf.text = ""
        leaf.owner = owner
    return []


def _imported(reader: _Reader) -> list[Pair]:
    leaves = reader.leaves
    at = next((at for at, leaf in enumerate(leaves) if leaf.text == "import"), len(leaves))
    if at + 1 >= len(leaves) or leaves[at + 1].text == "*":
        return []
    if leaves[at + 1].text == "(":
        return _hide(reader, at + 1, len(leaves) - 1, "import")
    return [(at + 1, len(leaves), "import")]


def _definition(reader: _Reader) -> list[Pair]:
    leaves = reader.leaves
    if reader.first == "class":
        return []
    if len(leaves) < 4 or leaves[2].text != "(":
        return _strange()
    close = reader.match[2]
    pairs: list[Pair] = []
    at = 3
    for stop in [*(each for each in reader.top(3, close) if leaves[each].text == ","), close]:
        pairs += _annotated(reader, at, stop)
        at = stop + 1
    if leaves[close + 1].text == "->":
        for leaf in leaves[close + 2 : -1]:
            leaf.note = "returned"
        pairs += _wrap(reader, close + 2, len(leaves) - 1)
    return pairs


def _annotated(reader: _Reader, start: int, end: int) -> list[Pair]:
    """The annotation of a parameter: a union may be parenthesised, a plain type may not."""
    leaves = reader.leaves
    tops = reader.top(start, end)
    stop = next((at for at in tops if leaves[at].text == "="), end)
    begin = next((at for at in tops if leaves[at].text == ":" and at < stop), None)
    if begin is None or leaves[start].text == "*":
        return []
    for leaf in leaves[begin + 1 : stop]:
        leaf.note = "annotated"
    texts = reader.texts(begin + 1, stop)
    lone = reader.match.get(begin + 1) == stop - 1
    if lone and leaves[begin + 1].text == "(":
        if "," in reader.texts(begin + 2, stop - 1):
            return []
        return _hide(reader, begin + 1, stop - 1)
    union = "|" in texts and not {"if", "lambda", "and", "or", "not"} & set(texts)
    if union or lone or texts == [".", ".", "."]:
        return [(begin + 1, stop, "atom")]
    return []


def _expression(reader: _Reader) -> list[Pair]:
    """An assignment, or an expression that is a statement."""
    leaves, end = reader.leaves, len(reader.leaves)
    tops = reader.top(0, end)
    signs = [at for at in tops if leaves[at].kind == "op" and leaves[at].text in _ASSIGN]
    annotation = next((at for at in tops if leaves[at].text == ":"), None)
    texts = reader.texts(0, end)
    if "lambda" in texts:
        lambda_at = next(at for at in tops if leaves[at].text == "lambda")
        signs = [at for at in signs if at < lambda_at]
        if annotation is not None and annotation > lambda_at:
            annotation = None
    if annotation is not None and (not signs or annotation < signs[0]):
        value = signs[0] if signs else end
        return _wrap(reader, annotation + 1, value) + _wrap(reader, value + 1, end)
    if not signs:
        return [(0, end, "atom")] if _is_arithmetic(texts, reader) else []
    pairs = _target(reader, signs[0])
    for at, sign in enumerate(signs):
        pairs += _wrap(reader, sign + 1, signs[at + 1] if at + 1 < len(signs) else end)
    return pairs


def _target(reader: _Reader, end: int) -> list[Pair]:
    leaf = reader.leaves[0]
    listed = "," in reader.texts(0, end)
    return _wrap(reader, 0, end) if listed or (leaf.opens and reader.match[0] == end - 1) else []


def _is_arithmetic(texts: list[str], reader: _Reader) -> bool:
    loosest = max((leaf.before for leaf in _tops(reader)), default=0)
    commas = "," in texts or "lambda" in texts or texts[0] == "not"
    return not commas and _MATH["-"] <= loosest < _MATH["|"]


def _tops(reader: _Reader) -> list[Leaf]:
    return [reader.leaves[at] for at in reader.top(0, len(reader.leaves))]


def _with_pairs(leaves: list[Leaf], pairs: list[Pair]) -> list[Leaf]:
    """The leaves, with the unseen parentheses put in; the wider pair outside."""
    opening: dict[int, list[Pair]] = {}
    closing: dict[int, list[Pair]] = {}
    for pair in pairs:
        opening.setdefault(pair[0], []).append(pair)
        closing.setdefault(pair[1], []).append(pair)
    whole: list[Leaf] = []
    for at in range(len(leaves) + 1):
        for start, _, owner in sorted(closing.get(at, ()), key=lambda pair: -pair[0]):
            whole.append(_unseen(")", owner, leaves[start].note, ""))
        if at == len(leaves):
            break
        leaf = leaves[at]
        for _, _, owner in sorted(opening.get(at, ()), key=lambda pair: -pair[1]):
            whole.append(_unseen("(", owner, leaf.note, leaf.space))
            leaf.space = ""
        whole.append(leaf)
    return whole


def _unseen(shape: str, owner: str, note: str, space: str) -> Leaf:
    leaf = Leaf("op", "", space, shape)
    leaf.owner, leaf.note = owner, note
    return leaf
