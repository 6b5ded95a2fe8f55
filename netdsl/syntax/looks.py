"""How a place looks where the parser stopped: what tells one mistake from another."""

from __future__ import annotations

from netdsl.syntax.literals import shortened
from netdsl.syntax.trouble import Trouble
from netdsl.syntax.words import (
    BODY_WORDS,
    DECLARED_AS,
    DEF_WORDS,
    FILE_WORDS,
    IN_TURN,
    RESERVED,
    STARTS_VALUE,
    meant_word,
)


def keyword(t: Trouble) -> bool:
    if t.found in RESERVED:
        return t.next == "=" or (t.wants_name_only and t.previous != "for")
    return t.found == "=" and len(t.before) == 1 and is_keyword(t.level, t.first)


def is_keyword(level: str, word: str) -> bool:
    words = {"file": FILE_WORDS, "body": BODY_WORDS, "def": DEF_WORDS}[level]
    return word in words or word in RESERVED


def about_keyword(t: Trouble) -> str:
    word = t.found if t.found in RESERVED else t.first
    if word in RESERVED:
        return f"`{word}` is reserved and cannot be a name"
    return f"`{word}` begins a statement of its own here, so it cannot be assigned to"


def rename_keyword(t: Trouble) -> str:
    word = t.found if t.found in RESERVED else t.first
    is_child = t.level == "body" and not t.opening and len(t.before) <= 1
    if is_child and word not in RESERVED:
        return f'put the name in quotation marks, `"{word}" = …`.'
    return f"choose another name, such as `{word}_`."


def operand(t: Trouble) -> str:
    if t.found == "-" and t.touches and t.next:
        return f"put the negative number in brackets, `(-{shortened(t.next)})`, or call the layer."
    if t.found == "|" and t.level != "def":
        return IN_TURN
    if t.found == "//" and is_word(t.next):
        quotient = shortened(f"{t.previous} // {t.next}")
        return f"begin a comment with `#`, or put the argument in brackets, `({quotient})`."
    if t.next and t.previous:
        product = shortened(f"{t.previous} {t.found} {t.next}")
        return f"put the argument in brackets, `({product})`, or write the call with brackets."
    return "put the argument in brackets, or write the call with brackets."


def since_separator(t: Trouble) -> tuple[str, ...]:
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


def since_comment(t: Trouble) -> str:
    """The `//` of a statement with two words after it, which was probably meant as a comment."""
    signs = [at for at, text in enumerate(t.before) if text == "//"]
    return "//" if signs and all(map(is_word, t.before[signs[0] + 1 :])) else ""


def second_value(t: Trouble) -> bool:
    """A value after a value, with nothing between them."""
    return (t.kind in STARTS_VALUE or t.found in ("(", "[")) and (
        t.follows_value and t.found not in RESERVED and not t.wants_value
    )


def tensor_application(t: Trouble) -> bool:
    if not second_value(t) or not is_word(t.previous) or t.opening or describes(t):
        return False
    if t.found in DEF_WORDS:
        return False
    return t.level == "def" or is_value_of_tensors(t)


def describes(t: Trouble) -> bool:
    """Whether the statement is `name: …` so far."""
    is_annotated = t.before[1:2] == (":",) and is_word(t.first) and "=" not in t.before
    return is_annotated and not t.opening


def is_value_of_tensors(t: Trouble) -> bool:
    """Whether the statement is a `def`, `param`, `buffer` or `const` whose value has begun."""
    return t.first in ("def", "param", "buffer", "const") and "=" in t.before[2:]


def with_brackets(t: Trouble) -> str:
    """What a call without brackets would be with them, as far as its words are known."""
    if t.found in ("(", "["):
        return f"{shortened(t.previous)}{t.found}…{')' if t.found == '(' else ']'}"
    if t.next == "(":
        return f"{shortened(t.previous)}({shortened(t.found)}(…))"
    more = "…" if t.next in (".", "[") else ""
    return f"{shortened(t.previous)}({shortened(t.found)}{more})"


def hint_for_tensor_application(t: Trouble) -> str:
    declares = t.first in ("param", "buffer", "const") and len(t.before) > 1
    if declares and t.found not in ("(", "["):
        name = shortened(t.before[1])
        return f"give a tensor, computed with brackets; a layer is a child, `{name} = …`."
    if t.found in ("(", "["):
        return f"let the bracket touch what it belongs to, `{with_brackets(t)}`."
    if (
        t.before[1:2] == ("=",)
        and t.level == "def"
        and t.next not in ("(", "")
        and len(t.before) == 3
    ):
        return (
            f"write `{with_brackets(t)}`; a layer is declared in the module's body,"
            f" `{shortened(t.first)} = …`, and applied here."
        )
    return f"write `{with_brackets(t)}`."


def misspells(t: Trouble) -> bool:
    """Whether the statement begins with a word that is nearly one of those that begin one, and
    goes on with another word."""
    if not t.before or t.first != t.first.lower() or meant_word(t.level, t.first) is None:
        return False
    return is_word(t.before[1]) if len(t.before) > 1 else t.kind == "word"


def assigns(t: Trouble) -> bool:
    """Whether the statement is `name = …`, `name(…) = …` or `a, b = …`."""
    if t.found == "=":
        return True
    return t.level == "body" and t.found in ("(", ",") and "=" in t.after and "=" not in t.before


def with_let(t: Trouble) -> str:
    parameters = "(…)" if "(" in (*t.before, t.found) else ""
    return f"write `let {shortened(t.first)}{parameters} = …`."


def name_the_child(t: Trouble) -> str:
    if t.first in DECLARED_AS:
        return DECLARED_AS[t.first]
    if t.found == "(" and (":" in t.after[:3] or "->" in t.after):
        return f"a method begins with `def`: `def {shortened(t.first)}(…)`."
    return "name the child, `name = …`; what computes on tensors belongs in a `def`."


def is_word(text: str) -> bool:
    return text.isidentifier() and text not in RESERVED
