"""The table of mistakes that people make: how each looks, what to say, what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from netdsl.records import NamedTuple
from netdsl.syntax.literals import shortened
from netdsl.syntax.looks import (
    about_keyword,
    assigns,
    hint_for_tensor_application,
    is_keyword,
    is_word,
    keyword,
    misspells,
    name_the_child,
    operand,
    rename_keyword,
    second_value,
    since_comment,
    since_separator,
    tensor_application,
    with_let,
)
from netdsl.syntax.trouble import Trouble
from netdsl.syntax.words import (
    BINARY,
    BODY_WORDS,
    CHANGING,
    DEF_WORDS,
    FILE_WORDS,
    HEADERS,
    IN_TURN,
    OF_MODULES,
    OTHER_DEFS,
    PYTHON_TYPES,
    PYTHON_WORDS,
    RESERVED,
    TYPES,
    meant_word,
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
        "unexpected-word",
        misspells,
        lambda t: f"no statement begins with `{shortened(t.first)}`",
        lambda t: f"a word with a similar name exists: `{meant_word(t.level, t.first)}`.",
        skips_block=True,
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
        lambda t: t.found == "==" and not t.opening
        and (
            (len(t.before) == 2 and t.first in ("let", "module", "def"))
            or (len(t.before) == 1 and t.level == "body" and is_word(t.first))
        ),
        _says("`==` compares, and gives no name a value"),
        lambda t: f"write `{shortened(t.previous)} = …`.",
    ),
    Rule(
        "unexpected-word",
        lambda t: t.level == "file" and t.first in OF_MODULES and bool(t.before)
        and (is_word(t.before[1]) if t.before[1:] else t.kind == "word"),
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
        "keyword-as-name", lambda t: t.found in RESERVED and keyword(t), about_keyword,
        rename_keyword,
    ),
    Rule("keyword-as-name", keyword, about_keyword, rename_keyword, points_at=FIRST),
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
        lambda t: since_comment(t) == "//" and second_value(t),
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` after a `//`, which divides",
        _says("begin a comment with `#`."),
    ),
    Rule(
        "foreign-operator",
        lambda t: t.found == "?",
        _says("`?` is no operator: it marks a type whose value may be None"),
        _says("write `a if condition else b` for a choice."),
    ),
    *(
        Rule(
            "unexpected-word",
            lambda t, word=word: word in t.before and second_value(t),  # type: ignore[misc]
            _says(f"there is no `{word}`"),
            _says("write `elif`."),
            points_at=word,
        )
        for word in ("elseif", "elsif")
    ),
    Rule(
        "foreign-operator",
        lambda t: (t.found, t.next) == ("|", ">") or (t.previous, t.found) == ("|", ">"),
        _says("`|>` is no operator"),
        lambda t: "apply one after the other, `g(f(x))`, or assign each result."
        if t.level == "def"
        else IN_TURN,
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: t.in_arguments and t.found in BINARY,
        lambda t: f"`{t.found}` stands among arguments that have no brackets",
        operand,
    ),
    Rule(
        "juxtaposed-at-tensor-time",
        tensor_application,
        _says("arguments without brackets are for build time"),
        hint_for_tensor_application,
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: second_value(t) and since_separator(t)[1:2] == ("-",)
        and len(since_separator(t)) == 3,
        lambda t: f"`{shortened(t.previous)}` is subtracted from `{shortened(t.before[-3])}` here",
        lambda t: f"a name has no `-`: write `{shortened(t.before[-3])}_{shortened(t.previous)}`."
        if is_word(t.previous) and is_word(t.before[-3])
        else f"put the negative number in brackets, `(-{shortened(t.previous)})`, or call the layer.",
        points_at="-",
    ),
    Rule(
        "juxtaposed-operator",
        lambda t: second_value(t) and any(each in BINARY for each in since_separator(t)[1:-1]),
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
        and "RBRACE" in t.accepts and second_value(t) and ":" in t.before,
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` in a dict",
        _says("write calls in `{…}` with brackets; layers by name stand in `dict(name = …)`."),
    ),
    Rule(
        "unexpected-word",
        lambda t: t.opening == "[" and "COLON" in t.accepts and t.level != "def" and second_value(t),
        lambda t: f"`{shortened(t.found)}` follows `{shortened(t.previous)}` in the brackets of an index",
        _says("put arguments in round brackets, as in `seq(…)`."),
    ),
    Rule(
        "missing-comma",
        lambda t: bool(t.opening) and "COMMA" in t.accepts and second_value(t),
        lambda t: f"a comma is missing between `{shortened(t.previous)}` and `{shortened(t.found)}`",
        lambda t: f"write `{shortened(t.previous)}, {shortened(t.found)}`."
        if t.previous != ")"
        else f"put a comma before `{shortened(t.found)}`."
        if t.kind == "word"
        else f"put `{shortened(t.found)}` into the brackets, or a comma before it.",
    ),
    Rule(
        "python-def",
        lambda t: t.level == "body" and len(t.before) == 1 and t.found == "(" and is_word(t.first)
        and (t.first == "forward" or t.after[1:2] == (":",) or "->" in t.after),
        lambda t: f"`{shortened(t.first)}` is declared without `def`",
        lambda t: f"a method begins with `def`: `def {shortened(t.first)}(…)`.",
        points_at=FIRST,
    ),
    Rule(
        "missing-let",
        lambda t: t.level != "def" and not t.opening and is_word(t.first)
        and not is_keyword(t.level, t.first) and "." not in t.before and assigns(t),
        lambda t: f"`{shortened(t.first)}` is assigned to without `let`",
        with_let,
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
        "unnamed-child",
        lambda t: t.level == "body" and not t.opening and len(t.before) == 1
        and t.found not in (".", ":") and is_word(t.first) and not is_keyword("body", t.first),
        lambda t: f"`{shortened(t.first)}` stands in a module's body without a name",
        name_the_child,
        points_at=FIRST,
    ),
)  # fmt: skip


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
