"""A logical line, cut into leaves."""

from __future__ import annotations

from netdsl.emit.black_door import Unsupported
from netdsl.patterns import compiled

OPENING = frozenset("([{")
CLOSING = frozenset(")]}")
PARTNER = {"(": ")", "[": "]", "{": "}"}

KEYWORDS = frozenset(
    [
        "and",
        "as",
        "assert",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
    ]
)
_STRANGE = frozenset(["async", "await", "yield", ":=", ";"])

_TOKEN = compiled(r"""(?x)(?P<space>\ ?)(?:
    (?P<string>[rRbBfFuU]{0,2}(?:
        \"\"\"(?:[^\\\n]|\\.)*?\"\"\" | '''(?:[^\\\n]|\\.)*?'''
        | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' ))
    | (?P<number>0[xX][0-9a-fA-F_]+ | 0[bB][01_]+ | 0[oO][0-7_]+
        | (?:[0-9][0-9_]*(?:\.[0-9_]*)? | \.[0-9][0-9_]*)(?:[eE][-+]?[0-9_]+)?[jJ]?)
    | (?P<name>[^\W\d]\w*)
    | (?P<op>->|:=|\*\*=|//=|>>=|<<=|[-+*/%@&|^]=|[!=<>]=|\*\*|//|<<|>>|[-+*/%@&|^~<>=,:.;()\[\]{}])
    )""")


class Leaf:
    """A piece of a line that is never cut. What it is was settled when the line was read; its
    `depth` and its `partner` follow it from line to line as the line is cut.

    `shape` is the bracket that a leaf stands for, also where the bracket is not to be seen and
    `text` is empty. `before` and `after` are how readily a line breaks there, 0 for not at all.
    """

    __slots__ = (
        "after",
        "before",
        "closes",
        "depth",
        "kind",
        "note",
        "opens",
        "owner",
        "partner",
        "rooted",
        "shape",
        "space",
        "text",
    )

    def __init__(self, kind: str, text: str, space: str = "", shape: str = "") -> None:
        self.kind = kind
        self.text = text
        self.space = space
        self.shape = shape
        self.opens = shape in OPENING
        self.closes = shape in CLOSING
        self.before = 0
        self.after = 0
        self.owner = ""
        self.note = ""
        self.rooted = True
        self.depth = 0
        self.partner: Leaf | None = None

    def __repr__(self) -> str:
        return f"Leaf({self.space + self.text!r})"

    def copy(self) -> Leaf:
        twin = Leaf(self.kind, self.text, self.space, self.shape)
        twin.before, twin.after = self.before, self.after
        twin.owner, twin.note, twin.rooted = self.owner, self.note, self.rooted
        twin.depth, twin.partner = self.depth, self.partner
        return twin


def read(line: str) -> list[Leaf]:
    leaves: list[Leaf] = []
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None or found.lastgroup is None:
            raise Unsupported(f"no token at {line[at : at + 20]!r}")
        kind = found.lastgroup
        text = found[kind]
        if text in _STRANGE:
            raise Unsupported(f"{text!r} is not laid out")
        bracket = text if kind == "op" and text in "([{)]}" else ""
        leaves.append(Leaf(kind, text, found["space"], bracket))
        at = found.end()
    return leaves
