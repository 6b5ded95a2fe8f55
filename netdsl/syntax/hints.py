"""The words for what does not parse: a table from how a place looks to a code and a hint.

The parser says where it stopped and what it would have taken; `RULES` names the mistakes
that people make, the most particular first, and where none of them fits, `expectation`
turns what would have been taken into words.
"""

from __future__ import annotations

from collections.abc import Iterator

from netdsl.records import NamedTuple
from netdsl.syntax.expected import expectation
from netdsl.syntax.literals import shortened
from netdsl.syntax.looks import describes, is_word, since_separator
from netdsl.syntax.mistakes import RULES
from netdsl.syntax.trouble import Trouble
from netdsl.syntax.words import (
    BODY_WORDS,
    DEF_WORDS,
    FILE_WORDS,
    HEADERS,
    IN_TURN,
    RESERVED,
    STARTS_VALUE,
)


class Finding(NamedTuple):
    """What to say of a place, and how much of the text is part of the mistake."""

    code: str
    message: str
    hint: str | None
    skips_block: bool = False
    points_at: str = ""


def explain(trouble: Trouble, spelt: dict[str, str]) -> Finding:
    """What is wrong at a place. `spelt` says how the terminals with one spelling are written."""
    for rule in RULES:
        if rule.fits(trouble):
            message, hint = rule.message(trouble), rule.hint(trouble)
            return Finding(rule.code, message, hint, rule.skips_block, rule.points_at)
    code = "unexpected-symbol"
    if trouble.kind in ("newline", "end"):
        code = "unexpected-end"
    elif trouble.kind in STARTS_VALUE:
        code = "unexpected-word"
    after = f" after `{shortened(trouble.previous)}`" if trouble.previous else ""
    message = f"expected {expectation(trouble, spelt)}{after}, but {_what_came(trouble)}"
    # What is indented below a line that ends too early was meant to be its end.
    return Finding(code, message, _general_hint(trouble), skips_block=code == "unexpected-end")


def _what_came(t: Trouble) -> str:
    match t.kind:
        case "end":
            return "the file ends"
        case "newline":
            return "the statement ends" if t.found == ";" else "the line ends"
        case _:
            return f"found `{shortened(t.found)}`"


def _general_hint(t: Trouble) -> str | None:
    return next((hint for fits, hint in _hints(t) if fits), None)


def _hints(t: Trouble) -> Iterator[tuple[bool, str]]:
    """What to do about a place that has no rule of its own: whether it fits, and a hint."""
    word = shortened(t.previous)
    yield t.found == "=" and t.first in ("if", "elif", "while", "assert"), "write `==` to compare."
    yield (
        t.first == "param" and t.found == "~",
        "write the shape before `~`, as in `param w: [i, o] ~ normal`.",
    )
    yield (
        t.first == "init" and t.found == "=",
        f"write `~` before a scheme, `init {word} ~ …`.",
    )
    yield (
        t.first == "param" and t.kind in ("newline", "end"),
        f"write `param {shortened(''.join(t.before[1:2]))}: [3, 4] ~ normal`, or give it a value"
        " with `=`.",
    )
    yield (
        t.first == "buffer"
        and len(t.before) > 1
        and (t.found == "~" or not t.found or t.found == ";"),
        "give it a value, `buffer name = zeros(3)`; a scheme fills a `param`.",
    )
    yield (
        t.level == "body" and t.found == "." and t.next in ("append", "extend", "insert"),
        f"write its items where it is made: `{word} = list(… for k in range(n))`.",
    )
    yield (
        t.level == "body" and t.found == "." and len(t.before) == 1 and "=" in t.after,
        "values never change: give the new one a name of its own; `tie a.weight = b.weight` makes"
        " one parameter of two.",
    )
    yield (
        t.first in ("freeze", "tie", "init") and t.kind == "string",
        f"write the name of a child without quotation marks, `{t.first} child`.",
    )
    yield (
        t.level == "body" and len(t.before) == 1 and t.before[0][0] in "\"'" and not t.opening,
        'put the text that documents a module before its brace: `module M(…) "…" { … }`.',
    )
    yield (
        t.opening == "{" and t.level != "def" and ":" not in t.before and t.kind in STARTS_VALUE,
        "leave the braces out: items stand in the round brackets themselves.",
    )
    yield (
        t.found == "=" and t.opening == "{" and t.level == "file" and len(t.before) == 1,
        "leave out the `=` before the braces of a `module`; a dict is written"
        ' `{"name": value}`.',
    )
    yield (
        t.first == "module" and t.found == "->" and t.previous == ")",
        "state shapes at the `def forward(…) -> …` in the body.",
    )
    yield (
        t.first not in FILE_WORDS and t.first.lower() in FILE_WORDS and t.level == "file",
        f"write `{t.first.lower()}` in small letters.",
    )
    yield (
        t.first == "extern" and t.previous == "extern",
        "say what it is: `extern module …` for a layer, `extern def …` for a function.",
    )
    yield (
        t.kind == "number" and t.opening == "(" and t.before[2:4] == (":", "("),
        "write a shape in square brackets, such as `[B, 10]`.",
    )
    yield t.found == "for" and since_separator(t)[:1] == ("*",), (
        "layers repeat as a group, `for … in … { item, item }`, values with one `for` more:"
        " `[y for ys in … for y in ys]`."
    )
    yield t.found == "," and t.previous == ",", "remove the second comma."
    yield t.previous == "else" and t.found == "if", "write `elif`."
    yield t.previous == "else" and t.accepts == {"LBRACE"}, "write `else { … }`."
    yield t.kind == "string" and t.first == "def" and t.previous in (":", "->"), (
        "write a shape in square brackets, such as `[B, 10]`."
    )
    yield t.found == "," and t.first == "def" and "->" in t.before and not t.opening, (
        "put several results in brackets: `-> ([B], [B])`."
    )
    yield (
        t.found == "else" and t.first == "if" and not t.opening,
        "a line that begins with `if` is a statement of its own: write the `if` of a choice, with"
        " its condition, on the line above.",
    )
    yield (
        t.previous in ("param", "buffer", "const") and t.kind == "string",
        f"write a plain name after `{t.previous}`, and one such line for each: names that are"
        " worked out are those of children.",
    )
    yield t.found == "//" and not t.before, "begin a comment with `#`."
    yield t.found == "@" and not t.before, "leave it out: there are no decorators."
    yield (
        t.found == "," and t.level == "file" and not t.opening and t.first not in FILE_WORDS,
        "put layers that are applied in turn into `seq(…)`.",
    )
    yield t.found == "," and t.next[:1].isdigit() and t.level != "def" and not t.opening, (
        "arguments without brackets have no commas between them: `linear 8 8`."
    )
    yield t.found == "=" and t.previous in RESERVED, (
        f"`{word}` is reserved: torch's names are longer, such as `in_channels`, `in_features`."
    )
    yield t.found == "," and not t.opening, "end the statement with a new line or `;`."
    yield (
        t.first in ("for", "while", "if", "elif") and t.previous == ")" and t.kind == "word",
        f"write `{t.first} … {{ … }}`.",
    )
    yield t.found == ";" and bool(t.opening), "separate what stands in brackets by commas."
    yield t.previous == "return" and "=" in t.before, "leave out the `return`."
    yield t.previous == ":" and "=" not in t.before and t.kind in STARTS_VALUE and (
        t.first in HEADERS
    ), f"write a default with `=`, `{shortened(''.join(t.before[-2:-1]))}={shortened(t.found)}`."
    yield (
        t.found == ":" and is_word(t.previous) and t.level != "def",
        f"write `{word} = …`: `:` states a type or a shape.",
    )
    yield describes(t), f"write `{shortened(t.first)} = …`: `:` states a shape."
    if "ELSE" in t.accepts and "if" in t.before and t.found in ("", ";", ",", ")", "]", "}"):
        is_item = t.level != "def"
        yield is_item, "add `else …`; an item that is there on a condition only is `if … { item }`."
        yield True, "add `else …`."
    yield t.found == "*" and t.previous == "import", "name what is imported: there is no `*`."
    yield t.found == "(" and t.previous == "import", "leave out the brackets: `import A, B`."
    yield t.found == "not" and t.next in ("=", "=="), "write `!=`."
    words = {"file": FILE_WORDS, "body": BODY_WORDS, "def": DEF_WORDS}[t.level]
    yield t.found in words and t.follows_value and not t.opening, (
        "end the statement before with a new line or `;`."
    )
    yield t.found == "~" and t.level == "def", (
        "initialise layers where they are made: at the child, or with `init` in the module's body."
    )
    yield t.previous == "~" and t.kind == "number", (
        f"name a scheme, such as `~ constant({shortened(t.found)})`."
    )
    yield t.first == "param" and t.found == "=" and "~" in t.before, (
        "write a scheme after `~` or a value after `=`, and not both."
    )
    yield t.first == "init" and not t.found and len(t.before) >= 2, (
        f"write the scheme: `init {word} ~ …`."
    )
    yield t.first == "def" and t.found == "=" and len(t.before) == 2, (
        f"write `def {word}() = …`; a value of build time is `let {word} = …`."
    )
    yield t.first == "def" and not t.found and t.previous == ")", (
        "write what it computes: `= …`, or `{ … }`."
    )
    yield t.previous in (")", "]", "}") and t.kind == "newline" and {
        "STRING",
        "EQUAL",
    } <= t.accepts, (
        "go on in this line: with `= …`, `{ … }`, or the string that documents it. Inside"
        " brackets a line ends nothing."
    )
    yield t.first == "record" and t.found == "{", "write every field in the brackets of the header."
    yield t.found == "=" and t.level != "def" and not t.opening and "." in t.before, (
        "values never change: give the new one a name of its own."
    )
    since = since_separator(t)[:1]
    yield t.found == ":" and since in (("if",), ("elif",), ("for",), ("else",)), (
        f"write `{''.join(since)} … {{ … }}`."
    )
    yield (
        t.found == "-" and t.first in HEADERS and len(t.before) == 2 and is_word(t.next),
        f"a name has no `-`: write `{word}_{shortened(t.next)}`.",
    )
    yield t.found == "=" and t.first == "let" and t.before[2:3] == ("=",) and not t.opening, (
        "give each name a `let` of its own."
    )
    yield t.found == "=" and t.level == "def" and "=" in t.before and not t.opening, (
        "write one assignment a statement: `a = x`, and then `b = a`."
    )
    yield t.found == "if" and t.opening == "[", (
        "work the size out in a `let`, and write its name into the shape."
    )
    yield t.found == "<" and t.previous == "list", "write `list[…]`, with the type of its items."
    yield (
        t.found == "**" and t.opening == "(" and t.first in HEADERS,
        "give each parameter a name: there is no `**`.",
    )
    yield t.found == "for" and t.opening == "{", (
        "write the pairs out: there are no comprehensions of dicts."
    )
    yield t.found == "=" and t.opening == "{", (
        'write a dict as `{"name": value}`; statements in braces are the body of a `def`.'
    )
    yield t.found == "->" and t.in_arguments, IN_TURN
    yield t.found in ("for", "if") and t.level == "file" and not t.opening, (
        f"`{t.found}` makes layers inside brackets, as in `seq(…)`, and in a module's body."
    )
    yield t.found == "{" and t.first == "let" and t.previous == ")" and "=" not in t.before, (
        "give the `let` a value, `let f(x) = …`; what has a block is a `module` or a `def`."
    )
    yield t.found == "{" and t.level != "def" and is_word(t.previous), (
        f"put arguments in round brackets, `{word}(…)`."
    )
    yield t.first in HEADERS and len(t.before) == 2 and t.kind == "word", (
        f"put parameters in brackets, `{word}({shortened(t.found)}, …)`."
    )
    yield t.first == "let" and len(t.before) == 2 and not t.found, f"write `let {word} = …`."
