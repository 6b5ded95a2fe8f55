"""The newline rule: which line ends end a statement.

The lexer already drops a line end whose next line says that it goes on; what is left comes
here as `_NL`. It ends a statement where it stands outside round and square brackets and
the token before it could be a last word.
"""

from __future__ import annotations

from collections.abc import Iterator

from netdsl import limits
from netdsl.syntax.token import Token

OPENING = frozenset({"LPAR", "_CALL", "LSQB", "_INDEX", "LBRACE"})
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
_ENDS_CHAIN = OPENING | CLOSING | {"_NL", "_SEMI", "COMMA"}

ENDING = frozenset(
    [
        "NAME",
        "INT",
        "FLOAT",
        "STRING",
        "TRUE",
        "FALSE",
        "NONE",
        "ELLIPSIS",
        "RPAR",
        "RSQB",
        "RBRACE",
        "QMARK",
        "RETURN",
        "BREAK",
        "CONTINUE",
    ]
)
"""The terminals that can be a statement's last: one that ends in anything else goes on."""


_CHAIN = 50
"""So many times the words that may nest, without a comma, a bracket or a statement's end: a chain
of operators that would nest too deeply, told before the parser spends its time on the rest."""


class NestedTooDeeply(Exception):
    """More brackets are open, or a chain is longer, than the compiler follows; carries the
    word that is one too many."""

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.token = token


class Newlines:
    """The postlex. It holds no state of its own: one object serves every parse and thread."""

    always_accept = ("_NL",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens with each `_NL` made a `_SEMI` or dropped."""
        flat = depth = chain = 0
        last = ""
        nesting = limits.current().nesting
        for token in stream:
            kind = token.type
            chain += 1
            if kind not in _ENDS_CHAIN:
                if chain > _CHAIN * nesting:
                    raise NestedTooDeeply(token)
            else:
                limits.tick()
                if kind == "_NL":
                    if flat or last not in ENDING:
                        continue
                    kind = token.type = "_SEMI"
                elif kind in OPENING:
                    depth += 1
                    if depth > nesting:
                        raise NestedTooDeeply(token)
                    flat += kind != "LBRACE"
                elif kind in CLOSING:
                    depth -= 1
                    flat -= kind != "RBRACE"
                chain = 0
            last = kind
            yield token
