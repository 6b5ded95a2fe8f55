"""The words for what does not parse: a table from how a place looks to a code and a hint.

The parser says where it stopped and what it would have taken; `RULES` names the mistakes
that people make, the most particular first, and where none of them fits, `expectation`
turns what would have been taken into words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netdsl.syntax.expected import expectation
from netdsl.syntax.literals import shortened
from netdsl.syntax.trouble import Trouble

RESERVED = frozenset({"if", "else", "for", "in", "and", "or", "not", "is", "True", "False", "None"})

_BINARY = frozenset(
    {
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "@",
        "**",
        "&",
        "|",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "and",
        "or",
    }
)
_CHANGING = frozenset({"+=", "-=", "*=", "/=", "//=", "**=", "@=", "%=", "|=", "&="})
_STARTS_VALUE = frozenset({"word", "number", "string"})
_FILE_WORDS = frozenset({"from", "extern", "record", "let", "module", "def"})
_BODY_WORDS = frozenset(
    {
        "let",
        "param",
        "buffer",
        "const",
        "share",
        "tie",
        "init",
        "freeze",
        "assert",
        "for",
        "if",
        "def",
    }
)
_DEF_WORDS = frozenset({"return", "for", "while", "if", "assert", "break", "continue"})


class Rule(NamedTuple):
    """A mistake that has a name: how to know it, what to say, and what to do about it."""

    code: str
    fits: Callable[[Trouble], bool]
    message: Callable[[Trouble], str]
    hint: Callable[[Trouble], str]
    skips_block: bool = False
    """Whether the indented lines below belong to the mistake."""
    points_at: str = ""
    """The word of the statement to point at, if not the one that was found."""


def _says(text: str) -> Callable[[Trouble], str]:
    return lambda trouble: text


def _keyword(t: Trouble) -> bool:
    if t.found in RESERVED:
        return t.wants_name_only or t.next == "="
    return t.found == "=" and len(t.before) == 1 and _is_keyword(t.level, t.first)


def _is_keyword(level: str, word: str) -> bool:
    words = {"file": _FILE_WORDS, "body": _BODY_WORDS, "def": _DEF_WORDS}[level]
    return word in words or word in RESERVED


def _about_keyword(t: Trouble) -> str:
    word = t.found if t.found in RESERVED else t.first
    if word in RESERVED:
        return f"`{word}` is reserved and cannot be a name"
    return f"`{word}` begins a statement of its own here, so it cannot be assigned to"


def _rename_keyword(t: Trouble) -> str:
    word = t.found if t.found in RESERVED else t.first
    is_child = t.level == "body" and not t.opening and len(t.before) <= 1
    if is_child and word not in RESERVED:
        return f'put the name in quotation marks, `"{word}" = …`.'
    return f"choose another name, such as `{word}_`."


def _operand(t: Trouble) -> str:
    if t.found == "-" and t.touches and t.next:
        return f"put the negative number in brackets, `(-{shortened(t.next)})`, or call the layer."
    if t.next and t.previous:
        product = shortened(f"{t.previous} {t.found} {t.next}")
        return f"put the argument in brackets, `({product})`, or write the call with brackets."
    return "put the argument in brackets, or write the call with brackets."


def _since_separator(t: Trouble) -> tuple[str, ...]:
    """The words after the last comma, bracket or `=` that is still open."""
    depth = 0
    for at in range(len(t.before) - 1, -1, -1):
        text = t.before[at]
        if text in (")", "]", "}"):
            depth += 1
        elif text in ("(", "[", "{") and depth:
            depth -= 1
        elif not depth and text in ("(", "[", "{", ",", "=", ":", "return"):
            return t.before[at + 1 :]
    return t.before


def _second_value(t: Trouble) -> bool:
    """A value after a value, with nothing between them."""
    return (t.kind in _STARTS_VALUE or t.found in ("(", "[")) and (
        t.follows_value and t.found not in RESERVED and not t.wants_value
    )


def _tensor_application(t: Trouble) -> bool:
    return t.level == "def" and _second_value(t) and _is_word(t.previous) and not t.opening


def _assigns(t: Trouble) -> bool:
    """Whether the statement is `name = …`, `name(…) = …` or `a, b = …`."""
    if t.found == "=":
        return True
    return t.level == "body" and t.found in ("(", ",") and "=" in t.after


def _with_let(t: Trouble) -> str:
    parameters = "(…)" if "(" in (*t.before, t.found) else ""
    return f"write `let {shortened(t.first)}{parameters} = …`."


def _is_word(text: str) -> bool:
    return text.isidentifier() and text not in RESERVED


PYTHON_IMPORT = (
    "python-import",
    "Python's modules are not imported into a program",
    "leave the import out: torch is always there, and `extern` names what other packages have.",
)
"""The code, the message and the hint for an `import` as Python writes it."""

RULES = (
    Rule(
        "python-class",
        lambda t: t.level != "def" and t.first == "class",
        lambda t: "a class is declared with `module` here",
        lambda t: "write `module Name(…) { … }`: its parameters in the header, its children in the"
        " body.",
        skips_block=True,
    ),
    Rule(
        "python-def",
        lambda t: t.first == "def" and t.found == ":" and not t.opening and ")" in t.before,
        lambda t: "the body of a `def` stands in braces, not after `:`",
        lambda t: "declare children in the module's body: no `__init__` is written."
        if t.before[1:2] == ("__init__",)
        else "write `def f(x) { … }`, or `def f(x) = …` for a single expression.",
        skips_block=True,
    ),
    Rule(
        "python-block",
        lambda t: t.first in ("if", "elif", "else", "for", "while", "with", "try")
        and t.found == ":"
        and not t.opening,
        lambda t: f"what belongs to `{t.first}` stands in braces, not after `:`",
        lambda t: f"write `{t.first} … {{ … }}`.",
        skips_block=True,
    ),
    Rule(
        "python-import",
        lambda t: t.level == "file" and t.first == "from" and t.kind == "word",
        _says(PYTHON_IMPORT[1]),
        _says(PYTHON_IMPORT[2]),
    ),
    Rule(
        "lambda",
        lambda t: "lambda" in t.before or t.found == "lambda",
        _says("there is no `lambda` here"),
        _says("give the function a name: `let f(x) = …` at build time, `def f(x) = …` on tensors."),
        points_at="lambda",
    ),
    Rule(
        "self-assignment",
        lambda t: t.level == "body" and t.first == "self" and t.found == ".",
        lambda t: f"`self.{shortened(t.next)}` cannot be assigned to",
        lambda t: f"leave out `self.`: `{shortened(t.next)} = …` declares the attribute.",
    ),
    Rule("keyword-as-name", _keyword, _about_keyword, _rename_keyword),
    Rule(
        "operator-line",
        lambda t: not t.before and t.found in ("+", "-"),
        lambda t: operator_line(t.found)[1],
        lambda t: operator_line(t.found)[2],
    ),
    Rule(
        "statement-outside-def",
        lambda t: t.level != "def" and bool(t.before) and not t.opening
        and (t.first in ("return", "while", "break", "continue") or t.found in _CHANGING),
        lambda t: f"`{t.found if t.found in _CHANGING else t.first}` stands outside a `def`",
        _says("put what computes on tensors into a `def`, such as `def forward(x) { … }`."),
    ),
    Rule(
        "declaration-in-def",
        lambda t: t.level == "def" and len(t.before) == 1 and t.kind == "word"
        and t.first in (_FILE_WORDS | _BODY_WORDS) - _DEF_WORDS,
        lambda t: f"`{t.first}` declares at build time, and this is a `def`",
        lambda t: "assign without `let`." if t.first == "let"
        else f"move the `{t.first}` out of the `def`.",
    ),
    Rule(
        "foreign-operator",
        lambda t: t.found == "?",
        _says("`?` is no operator: it marks a type whose value may be None"),
        _says("write `a if condition else b` for a choice."),
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: t.in_arguments and t.found in _BINARY,
        lambda t: f"`{t.found}` stands among arguments that have no brackets",
        _operand,
    ),
    Rule(
        "juxtaposed-at-tensor-time",
        _tensor_application,
        _says("arguments without brackets are for build time"),
        lambda t: f"write `{shortened(t.previous)}({shortened(t.found)})`.",
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: _second_value(t) and any(each in _BINARY for each in _since_separator(t)[1:-1]),
        lambda t: f"`{shortened(t.found)}` follows an expression with an operator",
        _says("put an argument with an operator in brackets, and a comma between items."),
    ),
    Rule(
        "missing-comma",
        lambda t: bool(t.opening) and "COMMA" in t.accepts and _second_value(t),
        lambda t: f"a comma is missing between `{shortened(t.previous)}` and `{shortened(t.found)}`",
        lambda t: f"write `{shortened(t.previous)}, {shortened(t.found)}`.",
    ),
    Rule(
        "missing-let",
        lambda t: t.level != "def" and not t.opening and _is_word(t.first)
        and not _is_keyword(t.level, t.first) and _assigns(t),
        lambda t: f"`{shortened(t.first)}` is assigned to without `let`",
        _with_let,
    ),
    Rule(
        "unnamed-child",
        lambda t: t.level == "body" and not t.opening and len(t.before) == 1 and t.found != "."
        and _is_word(t.first) and not _is_keyword("body", t.first),
        lambda t: f"`{shortened(t.first)}` stands in a module's body without a name",
        _says("name the child, `name = …`; what computes on tensors belongs in a `def`."),
    ),
)  # fmt: skip


def operator_line(sign: str) -> tuple[str, str, str]:
    """The code, the message and the hint for a statement that begins with a sign.

    >>> operator_line("+")[0]
    'operator-line'
    """
    message = f"a line that begins with `{sign}` does not go on with the line above"
    hint = "end the line above with the operator, or put the whole expression in brackets."
    return "operator-line", message, hint


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
    elif trouble.kind in _STARTS_VALUE:
        code = "unexpected-word"
    after = f" after `{shortened(trouble.previous)}`" if trouble.previous else ""
    message = f"expected {expectation(trouble, spelt)}{after}, but {_what_came(trouble)}"
    return Finding(code, message, _general_hint(trouble))


def _what_came(t: Trouble) -> str:
    match t.kind:
        case "end":
            return "the file ends"
        case "newline":
            return "the statement ends" if t.found == ";" else "the line ends"
        case _:
            return f"found `{shortened(t.found)}`"


def _general_hint(t: Trouble) -> str | None:
    if t.found == "=" and t.first in ("if", "elif", "while", "assert"):
        return "write `==` to compare."
    if t.first == "param" and t.found == "~":
        return "write the shape before `~`, as in `param w: [i, o] ~ normal`."
    if t.found == "," and t.previous == ",":
        return "remove the second comma."
    if t.found == "," and not t.opening:
        return "end the statement with a new line or `;`."
    if t.found == ";" and t.opening:
        return "separate what stands in brackets by commas."
    if t.previous == "return" and "=" in t.before:
        return "leave out the `return`."
    return None
