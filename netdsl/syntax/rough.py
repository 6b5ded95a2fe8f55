"""A rough reading of a text that the grammar refused: words that can be no words at all.

The lexer stops at the first character it does not know. This one never stops: it names
what is wrong with each piece of text, and puts something harmless of the same length in
its place, so that the parser can look at the rest and every offset still holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from netdsl.diagnostics import Diagnostic
from netdsl.records import NamedTuple
from netdsl.source import Source, Span
from netdsl.syntax.literals import shortened


class Rough(NamedTuple):
    """A piece of text: what kind it is (a group of `_PIECE`) and where it stands."""

    kind: str
    start: int
    end: int


_PIECE = re.compile(
    r"""
      (?P<blank>    [ \t\f]++ | \#[^\n]*+ )
    | (?P<newline>  \n (?:[ \t\f\n]++|\#[^\n]*+)*+ )
    | (?P<string>   \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                  | "(?!"")(?:[^"\\\n]|\\.)*+" | '(?!'')(?:[^'\\\n]|\\.)*+' )
    | (?P<endless>  \"\"\".*+ | '''.*+ )
    | (?P<quote>    ["'] )
    | (?P<curly>    [“”„‟«»][^\n“”„‟«»"]*+[“”«»]?+ | [‘’‚‛][^\n‘’‚‛']*+[‘’]?+ )
    | (?P<number>   (?:[0-9][0-9_]*+(?:\.(?:[0-9_]++)?+)?+ | (?<![\w)\]"'}])\.[0-9][0-9_]*+)
                    (?:[eE][+-]?[0-9_]++)?+ \w*+ )
    | (?P<word>     [^\W\d]\w*+ )
    | (?P<opening>  [(\[{] )
    | (?P<closing>  [)\]}] )
    | (?P<foreign>  (?:\+\+|--)(?=[ \t\f]*+(?:[\n;)}\#]|\Z)) | :=(?!=) | && | \|\| | === | !== | <> | << | >> | => | !(?!=) | \^ )
    | (?P<operator> \*\*= | //= | [-+*/@%|&=!<>]= | -> | \*\* | // | \.\.\. | [-+*/%@|&~<>=.,:;?] )
    | (?P<other>    . )
    """,
    re.VERBOSE | re.DOTALL,
)

_NUMBER = re.compile(
    r"(?:0++|[1-9](?:_?[0-9])*+)"
    r"|(?:[0-9](?:_?[0-9])*+\.(?:[0-9](?:_?[0-9])*+)?+|\.[0-9](?:_?[0-9])*+)"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*+)?+"
    r"|[0-9](?:_?[0-9])*+[eE][+-]?[0-9](?:_?[0-9])*+"
)

_FOREIGN = {
    "&&": "write `and`.",
    "||": "write `or`.",
    "!": "write `not`.",
    "===": "write `==`.",
    "!==": "write `!=`.",
    "<>": "write `!=`.",
    "^": "write `**` for a power.",
    "<<": "multiply by a power of two, `x * 2 ** n`.",
    ">>": "divide by a power of two, `x // 2 ** n`.",
    "=>": "write `->` before what a function returns.",
    "++": "write `+= 1`.",
    "--": "write `-= 1`.",
}

_LOOKALIKES = {
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "÷": "/", "→": "->", "⇒": "->", "≤": "<=",
    "≥": ">=", "≠": "!=", "…": "...", "，": ",", "：": ":", "；": ";", "（": "(", "）": ")", "［": "[",
    "］": "]", "｛": "{", "｝": "}", "＝": "=", "＋": "+", "．": ".", "。": ".", "、": ",", "∼": "~", "˜": "~",
}  # fmt: skip
"""Characters that look like one of the language's, and what to write instead."""

_NAMING = frozenset({"let", "module", "def", "record", "param", "buffer", "const", "share"})
"""Words that a name follows."""

_HINTS = {
    "$": "write a name without `$`.",
    "`": 'write a string between `"` and `"`.',
    "\\": "leave the `\\` out: a line that ends in an operator or a comma goes on by itself.",
}

_PREFIX_HINTS = {
    "f": "leave the prefix out: in a name, braces hold build-time expressions without one.",
    "t": "leave the prefix out: in a name, braces hold build-time expressions without one.",
    "r": "leave the prefix out and write each backslash twice.",
    "b": "leave the prefix out: there are no bytes.",
    "u": "leave the prefix out: every string is Unicode.",
}


def pieces(text: str) -> Iterator[Rough]:
    """The text cut up, blanks and comments left out; several line ends are one piece.

    >>> [piece.kind for piece in pieces("a = 4d # no")]
    ['word', 'operator', 'number']
    """
    for match in _PIECE.finditer(text):
        kind = match.lastgroup
        if kind != "blank" and kind is not None:
            yield Rough(kind, match.start(), match.end())


class Finding(NamedTuple):
    """What is wrong with a piece, and what to read instead, in as many characters."""

    diagnostic: Diagnostic
    replacement: str

    @property
    def start(self) -> int:
        return self.diagnostic.span.start

    @property
    def end(self) -> int:
        return self.diagnostic.span.end


def finding(source: Source, piece: Rough, before: Rough | None) -> Finding | None:
    """What is wrong with a piece of text in itself; `before` is the piece before it."""
    text = source.text[piece.start : piece.end]
    span = Span(source, piece.start, piece.end)
    match piece.kind:
        case "number" if not _NUMBER.fullmatch(text):
            if before and source.text[before.start : before.end] in _NAMING:
                message = f"`{shortened(text)}` begins with a digit, which a name does not"
                return _found("malformed-number", message, "begin it with a letter.", span, "0")
            return _found("malformed-number", *_about_number(text), span, "0")
        case "string" if before and before.kind == "word" and before.end == piece.start:
            return _about_prefix(source, before, piece)
        case "endless":
            message = f"the string that begins with `{text[:3]}` never ends"
            hint = f"end it with `{text[:3]}`."
            return _found("unterminated-string", message, hint, span._replace(end=span.start + 3))
        case "quote":
            message = f"the string that begins here has no closing `{text}` on its line"
            hint = f"end it with `{text}`, or begin and end it with `{text * 3}` to span lines."
            return _found("unterminated-string", message, hint, span)
        case "curly":
            message = f"`{text[0]}` is a typographic quotation mark, which begins no string"
            return _found(
                "unexpected-character", message, 'write straight quotation marks, `"`.', span,
                f'"{" " * (len(text) - 2)}"' if len(text) > 1 else " ",
            )  # fmt: skip
        case "foreign" if text == ":=":
            message = "`:=` assigns inside an expression, which this language does not do"
            return _found("walrus", message, "assign with `=` on a line before.", span, "= ")
        case "foreign":
            return _found("foreign-operator", f"`{text}` is no operator", _FOREIGN[text], span)
        case "other":
            return _found("unexpected-character", *_about_character(text), span, _plain(text))
    return None


def _found(code: str, message: str, hint: str | None, span: Span, instead: str = "") -> Finding:
    return Finding(Diagnostic(code, message, span, (), hint), instead.ljust(span.end - span.start))


def _plain(character: str) -> str:
    plain = _LOOKALIKES.get(character, " ")
    return plain if len(plain) == 1 else " "


def _about_number(text: str) -> tuple[str, str]:
    message = f"`{shortened(text)}` is no number"
    digits = re.match(r"[0-9_.]*", text)
    head = digits.group() if digits else ""
    letters = text[len(head) :]
    if re.fullmatch(r"0[xXoObB][0-9a-fA-F_]{1,50}", text):
        try:
            return message, f"write it in decimal, `{int(text, 0)}`."
        except ValueError:
            return message, "write it in decimal."
    if letters in ("j", "J"):
        return f"{message}: there are no imaginary numbers", "write a real number."
    if letters and re.fullmatch(r"[^\W\d]\w*", letters) and _NUMBER.fullmatch(head):
        if head.endswith("."):
            return message, f"put the number in brackets, `({head[:-1]}).{shortened(letters)}`."
        product = shortened(f"{head} * {letters}")
        return message, f"write `{product}` for a product; no letter may touch a number."
    if "_" in text:
        return message, "put a single `_` between two digits, and nowhere else."
    plain = text.lstrip("0") or "0"
    return message, f"leave out the zeros in front, `{shortened(plain)}`."


def _about_prefix(source: Source, word: Rough, string: Rough) -> Finding:
    prefix = source.text[word.start : word.end]
    span = Span(source, word.start, string.end)
    text = source.text[string.start : string.end]
    known = prefix.lower() if len(prefix) <= 2 else ""
    letter = next((letter for letter in known if letter in _PREFIX_HINTS), None)
    if letter is None:
        message = f"the string touches the word `{shortened(prefix)}`"
        return _found("string-prefix", message, "put a space or a comma between them.", span, text)
    message = f"a string has no prefix, and this one has `{prefix}`"
    instead = " " * len(prefix) + text
    return _found("string-prefix", message, _PREFIX_HINTS[letter], span, instead)


def _about_character(text: str) -> tuple[str, str]:
    if text in _LOOKALIKES:
        return f"`{text}` (U+{ord(text):04X}) is no character of this language", (
            f"write `{_LOOKALIKES[text]}`."
        )
    name = unicodedata.name(text, "").lower()
    described = f"U+{ord(text):04X}" + (f" ({name})" if name else "")
    if text.isprintable():
        hint = _HINTS.get(text, "leave it out, or write it inside a string.")
        return f"`{text}`, {described}, is no character of this language", hint
    if unicodedata.category(text) == "Cf":
        return f"the invisible character {described} cannot stand in a program", "leave it out."
    if text.isspace() or unicodedata.category(text) == "Zs":
        return f"the space {described} is none of this language's", "write an ordinary space."
    return f"the character {described} cannot stand in a program", "leave it out."
