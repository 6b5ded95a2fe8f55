"""The words for what does not parse: a table from how a place looks to a code and a hint.

The parser says where it stopped and what it would have taken; `RULES` names the mistakes
that people make, the most particular first, and where none of them fits, `expectation`
turns what would have been taken into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netdsl.syntax.expected import expectation
from netdsl.syntax.literals import shortened
from netdsl.syntax.trouble import Trouble
from netdsl.syntax.words import (
    BINARY,
    BODY_WORDS,
    CHANGING,
    DEF_WORDS,
    FILE_WORDS,
    HEADERS,
    OF_MODULES,
    OTHER_DEFS,
    PYTHON_TYPES,
    PYTHON_WORDS,
    RESERVED,
    STARTS_VALUE,
    TYPES,
)

FIRST = "^"
"""Stands for the word that begins a statement."""


class Rule(NamedTuple):
    """A mistake that has a name: how to know it, what to say, and what to do about it."""

    code: str
    fits: Callable[[Trouble], bool]
    message: Callable[[Trouble], str]
    hint: Callable[[Trouble], str]
    skips_block: bool = False
    """Whether the indented lines below belong to the mistake."""
    points_at: str = ""
    """The word to point at, the last of its kind before the one that was found; `FIRST` for
    the one that begins the statement."""


def _says(text: str) -> Callable[[Trouble], str]:
    return lambda trouble: text


def _keyword(t: Trouble) -> bool:
    if t.found in RESERVED:
        return t.next == "=" or (t.wants_name_only and t.previous != "for")
    return t.found == "=" and len(t.before) == 1 and _is_keyword(t.level, t.first)


def _is_keyword(level: str, word: str) -> bool:
    words = {"file": FILE_WORDS, "body": BODY_WORDS, "def": DEF_WORDS}[level]
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


def _since_comment(t: Trouble) -> str:
    """The `//` of a statement with two words after it, which was probably meant as a comment."""
    signs = [at for at, text in enumerate(t.before) if text == "//"]
    return "//" if signs and all(map(_is_word, t.before[signs[0] + 1 :])) else ""


def _second_value(t: Trouble) -> bool:
    """A value after a value, with nothing between them."""
    return (t.kind in STARTS_VALUE or t.found in ("(", "[")) and (
        t.follows_value and t.found not in RESERVED and not t.wants_value
    )


def _tensor_application(t: Trouble) -> bool:
    if not _second_value(t) or not _is_word(t.previous) or t.opening or _describes(t):
        return False
    if t.found in DEF_WORDS:
        return False
    return t.level == "def" or _is_value_of_tensors(t)


def _describes(t: Trouble) -> bool:
    """Whether the statement is `name: …` so far."""
    is_annotated = t.before[1:2] == (":",) and _is_word(t.first) and "=" not in t.before
    return is_annotated and not t.opening


def _is_value_of_tensors(t: Trouble) -> bool:
    """Whether the statement is a `def`, `param`, `buffer` or `const` whose value has begun."""
    return t.first in ("def", "param", "buffer", "const") and "=" in t.before[2:]


def _with_brackets(t: Trouble) -> str:
    """What a call without brackets would be with them, as far as its words are known."""
    if t.found in ("(", "["):
        return f"{shortened(t.previous)}{t.found}…{')' if t.found == '(' else ']'}"
    if t.next == "(":
        return f"{shortened(t.previous)}({shortened(t.found)}(…))"
    more = "…" if t.next in (".", "[") else ""
    return f"{shortened(t.previous)}({shortened(t.found)}{more})"


def _hint_for_tensor_application(t: Trouble) -> str:
    if t.first in ("param", "buffer", "const") and t.found not in ("(", "["):
        name = shortened(t.before[1])
        return f"give a tensor, computed with brackets; a layer is a child, `{name} = …`."
    if t.found in ("(", "["):
        return f"let the bracket touch what it belongs to, `{_with_brackets(t)}`."
    return f"write `{_with_brackets(t)}`."


def _assigns(t: Trouble) -> bool:
    """Whether the statement is `name = …`, `name(…) = …` or `a, b = …`."""
    if t.found == "=":
        return True
    return t.level == "body" and t.found in ("(", ",") and "=" in t.after and "=" not in t.before


def _with_let(t: Trouble) -> str:
    parameters = "(…)" if "(" in (*t.before, t.found) else ""
    return f"write `let {shortened(t.first)}{parameters} = …`."


def _name_the_child(t: Trouble) -> str:
    if t.found == "(" and (t.first == "forward" or ":" in t.after[:3] or "->" in t.after):
        return f"a method begins with `def`: `def {shortened(t.first)}(…)`."
    return "name the child, `name = …`; what computes on tensors belongs in a `def`."


def _is_word(text: str) -> bool:
    return text.isidentifier() and text not in RESERVED


_INTO_A_DEF = "put what computes on tensors into a `def`, such as `def forward(x) { … }`."

PYTHON_IMPORT = (
    "python-import",
    "Python's modules are not imported into a program",
    "leave torch out, it is always there; `extern` names what other packages have, and"
    ' `from "file.nd" import Name` imports from programs.',
)
"""The code, the message and the hint for an `import` as Python writes it."""

IMPORT_OF_FILE = (
    "python-import",
    "a program is not imported as a whole",
    'name what is imported: `from "file.nd" import Name`.',
)

NO_PASS = "unexpected-word", "there is no `pass`", "leave it out: a block may be empty, `{ }`."

NO_INIT = (
    "python-def",
    "no `__init__` is written",
    "declare children in the module's body, `name = …`, and its parameters in the header.",
)

NO_SELF = (
    "python-def",
    "`self` is no parameter of a `def`",
    "leave it out: children are called by their names.",
)

RULES = (
    Rule(
        "python-def",
        lambda t: t.level == "body" and t.first in OTHER_DEFS and len(t.before) == 1
        and t.kind == "word",
        lambda t: f"a function is declared with `def`, not with `{t.first}`",
        lambda t: "write `def f(x) { … }`, or `def f(x) = …` for a single expression.",
        points_at=FIRST,
    ),
    Rule(
        NO_INIT[0],
        lambda t: t.level == "body" and t.first == "super" and t.found == "(",
        _says("`super` is not called"),
        _says(f"leave it out: no `__init__` is written. {NO_INIT[2].capitalize()}"),
        points_at=FIRST,
    ),
    Rule(
        "unexpected-symbol",
        lambda t: t.found == "==" and t.first in ("let", "module", "def") and len(t.before) == 2,
        _says("`==` compares, and gives no name a value"),
        lambda t: f"write `{shortened(t.previous)} = …`.",
    ),
    Rule(
        "unexpected-word",
        lambda t: t.level == "file" and t.first in OF_MODULES and bool(t.before)
        and (_is_word(t.before[1]) if t.before[1:] else t.kind == "word"),
        lambda t: outside_module(t.first)[1],
        lambda t: outside_module(t.first)[2],
        points_at=FIRST,
    ),
    Rule(
        "python-class",
        lambda t: t.level != "def" and t.first == "class",
        lambda t: "a class is declared with `module` here",
        lambda t: "write `module Name(…) { … }`: its parameters in the header, its children in the"
        " body.",
        skips_block=True,
        points_at=FIRST,
    ),
    Rule(
        "python-def",
        lambda t: t.first == "def" and t.found == ":" and not t.opening and ")" in t.before,
        lambda t: "the body of a `def` stands in braces, not after `:`",
        lambda t: f"no `__init__` is written: {NO_INIT[2]}"
        if t.before[1:2] == ("__init__",)
        else "write `def f(x) { … }`, or `def f(x) = …` for a single expression.",
        skips_block=True,
    ),
    Rule(
        "unexpected-word",
        lambda t: t.first in PYTHON_WORDS and len(t.before) >= 1 and not t.opening
        and t.before[1:2] != ("=",) and (t.kind == "word" or t.found in ("{", ":")),
        lambda t: no_such_statement(t.first)[1],
        lambda t: no_such_statement(t.first)[2],
        skips_block=True,
        points_at=FIRST,
    ),
    Rule(
        "python-block",
        lambda t: t.first in ("if", "elif", "else", "for", "while")
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
        points_at=FIRST,
    ),
    Rule(
        "unknown-type",
        lambda t: t.found == "None" and t.wants_name_only and t.previous in (":", "|", "->"),
        _says("`None` is no type here"),
        lambda t: "leave out `-> None`."
        if t.previous == "->"
        else "write `?` behind the type of what may be None: `float?`.",
    ),
    Rule(
        "unknown-type",
        lambda t: t.found == "." and t.previous in ("torch", "nn", "typing", "np")
        and t.before[-2:-1] in ((":",), ("|",), ("->",), ("[",)),
        lambda t: f"no type is called `{t.previous}.{shortened(t.next)}`",
        lambda t: PYTHON_TYPES.get(t.next, "types are written without a prefix."),
    ),
    Rule(
        "keyword-as-name", lambda t: t.found in RESERVED and _keyword(t), _about_keyword,
        _rename_keyword,
    ),
    Rule("keyword-as-name", _keyword, _about_keyword, _rename_keyword, points_at=FIRST),
    Rule(
        "operator-line",
        lambda t: not t.before and t.found in ("+", "-"),
        lambda t: operator_line(t.found)[1],
        lambda t: operator_line(t.found)[2],
    ),
    Rule(
        "statement-outside-def",
        lambda t: t.level != "def" and bool(t.before) and not t.opening and t.found in CHANGING,
        lambda t: f"`{t.found}` stands outside a `def`",
        _says(f"a `let` keeps its value; {_INTO_A_DEF}"),
    ),
    Rule(
        "statement-outside-def",
        lambda t: t.level != "def" and bool(t.before) and not t.opening
        and t.first in ("return", "while", "break", "continue"),
        lambda t: f"`{t.first}` stands outside a `def`",
        _says(_INTO_A_DEF),
        points_at=FIRST,
    ),
    Rule(
        "declaration-in-def",
        lambda t: t.level == "def" and len(t.before) == 1 and t.kind == "word"
        and t.first in (FILE_WORDS | BODY_WORDS) - DEF_WORDS,
        lambda t: "a `def` stands inside a `def`" if t.first == "def"
        else f"`{t.first}` declares at build time, and this is a `def`",
        lambda t: "move it out, into the module's body or the file." if t.first == "def"
        else "assign without `let`." if t.first == "let"
        else f"move the `{t.first}` out of the `def`.",
        points_at=FIRST,
    ),
    Rule(
        "unexpected-word",
        lambda t: _since_comment(t) == "//" and _second_value(t),
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` after a `//`, which divides",
        _says("begin a comment with `#`."),
    ),
    Rule(
        "foreign-operator",
        lambda t: t.found == "?",
        _says("`?` is no operator: it marks a type whose value may be None"),
        _says("write `a if condition else b` for a choice."),
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: t.in_arguments and t.found in BINARY,
        lambda t: f"`{t.found}` stands among arguments that have no brackets",
        _operand,
    ),
    Rule(
        "juxtaposed-at-tensor-time",
        _tensor_application,
        _says("arguments without brackets are for build time"),
        _hint_for_tensor_application,
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: _second_value(t) and _since_separator(t)[1:2] == ("-",)
        and len(_since_separator(t)) == 3,
        lambda t: f"`{shortened(t.previous)}` is subtracted from `{shortened(t.before[-3])}` here",
        lambda t: f"put the negative number in brackets, `(-{shortened(t.previous)})`, or call the layer.",
        points_at="-",
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: _second_value(t) and any(each in BINARY for each in _since_separator(t)[1:-1]),
        lambda t: f"`{shortened(t.found)}` follows an expression with an operator",
        _says("put an argument with an operator in brackets, and a comma between items."),
    ),
    Rule(
        "unexpected-word",
        lambda t: t.kind == "word" and t.opening == "(" and t.previous in TYPES
        and t.first in HEADERS and t.before[-2:-1] in (("(",), (",",)) and t.wants_no_value,
        lambda t: f"the type `{t.previous}` stands before the name `{shortened(t.found)}`",
        lambda t: f"write the type after the name, `{shortened(t.found)}: {t.previous}`.",
    ),
    Rule(
        "unexpected-word",
        lambda t: t.opening == "{" and t.level != "def" and "COMMA" in t.accepts
        and "RBRACE" in t.accepts and _second_value(t) and ":" in t.before,
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` in a dict",
        _says("write calls in `{…}` with brackets; layers by name stand in `dict(name = …)`."),
    ),
    Rule(
        "unexpected-word",
        lambda t: t.opening == "[" and "COLON" in t.accepts and t.level != "def" and _second_value(t),
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` in the brackets of an index",
        _says("put arguments in round brackets, as in `seq(…)`."),
    ),
    Rule(
        "missing-comma",
        lambda t: bool(t.opening) and "COMMA" in t.accepts and _second_value(t),
        lambda t: f"a comma is missing between `{shortened(t.previous)}` and `{shortened(t.found)}`",
        lambda t: f"write `{shortened(t.previous)}, {shortened(t.found)}`."
        if t.previous != ")" or t.kind == "word"
        else f"put `{shortened(t.found)}` into the brackets, or a comma before it.",
    ),
    Rule(
        "missing-let",
        lambda t: t.level != "def" and not t.opening and _is_word(t.first)
        and not _is_keyword(t.level, t.first) and "." not in t.before and _assigns(t),
        lambda t: f"`{shortened(t.first)}` is assigned to without `let`",
        _with_let,
        points_at=FIRST,
    ),
    Rule(
        NO_PASS[0],
        lambda t: t.first == "pass" and len(t.before) == 1 and t.level == "body",
        _says(NO_PASS[1]),
        _says(NO_PASS[2]),
        points_at=FIRST,
    ),
    Rule(
        "unexpected-word",
        lambda t: t.level in ("body", "file") and len(t.before) == 1 and not t.opening
        and _meant(t.first) is not None and t.found not in (".", ":", "="),
        lambda t: f"no statement begins with `{shortened(t.first)}`",
        lambda t: f"a word with a similar name exists: `{_meant(t.first)}`.",
        points_at=FIRST,
    ),
    Rule(
        "unnamed-child",
        lambda t: t.level == "body" and not t.opening and len(t.before) == 1
        and t.found not in (".", ":") and _is_word(t.first) and not _is_keyword("body", t.first),
        lambda t: f"`{shortened(t.first)}` stands in a module's body without a name",
        _name_the_child,
        points_at=FIRST,
    ),
)  # fmt: skip


_MISSPELT = {
    "bufer": "buffer", "buf": "buffer", "df": "def", "fn": "def", "func": "def", "parameter": "param",
    "params": "param", "modul": "module", "mod": "module", "modules": "module", "constant": "const",
    "shared": "share", "frozen": "freeze", "ties": "tie", "initialise": "init", "initialize": "init",
}  # fmt: skip
"""Words that are taken for those of declarations."""


def _meant(word: str) -> str | None:
    return _MISSPELT.get(word)


def no_such_statement(word: str) -> tuple[str, str, str]:
    """The code, the message and the hint for a statement that only Python has.

    >>> no_such_statement("del")[1]
    'there is no `del`'
    """
    return "unexpected-word", f"there is no `{word}`", PYTHON_WORDS[word]


def outside_def(word: str) -> tuple[str, str, str]:
    """The code, the message and the hint for a statement that only a `def` has.

    >>> outside_def("return")[1]
    '`return` stands outside a `def`'
    """
    return "statement-outside-def", f"`{word}` stands outside a `def`", _INTO_A_DEF


def python_module(name: str) -> tuple[str, str, str]:
    """The code, the message and the hint for a `module` with a body after a `:`.

    >>> python_module("Net")[2]
    'write `module Net(…) { … }`.'
    """
    message = "what belongs to `module` stands in braces, not after `:`"
    return "python-block", message, f"write `module {shortened(name)}(…) {{ … }}`."


def outside_module(word: str) -> tuple[str, str, str]:
    """The code, the message and the hint for a declaration that no file has.

    >>> outside_module("const")[2]
    'write `let` for a value of the file.'
    """
    hint = "move it into the body of a `module`."
    if word == "const":
        hint = "write `let` for a value of the file."
    return "unexpected-word", f"`{word}` stands outside a module", hint


def no_increment(sign: str) -> tuple[str, str, str]:
    """The code, the message and the hint for `++` and `--` after a name.

    >>> no_increment("+")[2]
    'write `+= 1`.'
    """
    return "foreign-operator", f"`{sign}{sign}` is no operator", f"write `{sign}= 1`."


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
    elif trouble.kind in STARTS_VALUE:
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
    yield t.found == "," and t.previous == ",", "remove the second comma."
    yield t.previous == "else" and t.found == "if", "write `elif`."
    yield t.found == "//" and not t.before, "begin a comment with `#`."
    yield t.found == "@" and not t.before, "leave it out: there are no decorators."
    yield (
        t.found == "," and t.level == "file" and not t.opening and t.first not in FILE_WORDS,
        "put layers that are applied in turn into `seq(…)`.",
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
        t.found == ":" and _is_word(t.previous) and t.level != "def",
        f"write `{word} = …`: `:` states a type or a shape.",
    )
    yield _describes(t), f"write `{shortened(t.first)} = …`: `:` states a shape."
    if "ELSE" in t.accepts and "if" in t.before and t.found in ("", ";", ",", ")", "]", "}"):
        is_item = t.level != "def"
        yield is_item, "add `else …`; an item that is there on a condition only is `if … { item }`."
        yield True, "add `else …`."
    yield t.found == "*" and t.previous == "import", "name what is imported: there is no `*`."
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
    yield t.first == "record" and t.found == "{", "write every field in the brackets of the header."
    yield t.found == "=" and t.level != "def" and not t.opening and "." in t.before, (
        "values never change: give the new one a name of its own."
    )
    since = _since_separator(t)[:1]
    yield t.found == ":" and since in (("if",), ("elif",), ("for",), ("else",)), (
        f"write `{''.join(since)} … {{ … }}`."
    )
    yield (
        t.found == "-" and t.first in HEADERS and len(t.before) == 2 and _is_word(t.next),
        f"a name has no `-`: write `{word}_{shortened(t.next)}`.",
    )
    yield t.found == "=" and t.first == "let" and t.before[2:3] == ("=",) and not t.opening, (
        "give each name a `let` of its own."
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
    yield t.found == "->" and t.in_arguments, (
        "put layers that are applied in turn into `seq(…)`, with commas between them."
    )
    yield t.found in ("for", "if") and t.level == "file" and not t.opening, (
        f"`{t.found}` makes layers inside brackets, as in `seq(…)`, and in a module's body."
    )
    yield t.found == "{" and t.first == "let" and t.previous == ")" and "=" not in t.before, (
        "give the `let` a value, `let f(x) = …`; what has a block is a `module` or a `def`."
    )
    yield t.found == "{" and t.level != "def" and _is_word(t.previous), (
        f"put arguments in round brackets, `{word}(…)`."
    )
    yield t.first in HEADERS and len(t.before) == 2 and t.kind == "word", (
        f"put parameters in brackets, `{word}({shortened(t.found)}, …)`."
    )
    yield t.first == "let" and len(t.before) == 2 and not t.found, f"write `let {word} = …`."
