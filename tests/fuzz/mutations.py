"""Text that was a program once: tokens moved, programs spliced, characters that nobody expects."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.golden import CASES, EXAMPLES

LONGEST = 4000
"""Characters of a text that is tried: more of them find nothing else, and take longer."""

_TOKEN = re.compile(r"\s+|\w+|\"[^\"\n]*\"|#[^\n]*|[^\w\s]", re.S)

WORDS = (
    "let", "module", "def", "record", "extern", "from", "import", "as", "share", "param", "buffer",
    "const", "tie", "freeze", "init", "return", "break", "continue", "while", "assert", "if", "elif",
    "else", "for", "in", "not", "and", "or", "is", "True", "False", "None", "self", "training", "seq",
    "list", "dict", "nest", "residual", "add", "concat", "parallel", "linear", "relu", "x", "layer",
    "tensor", "int", "0", "1", "-1", "0.5", "1e308", "9" * 30, '"', "'", '"""', '"a{', '"{i}"', "(", ")",
    "[", "]", "{", "}", ",", ";", "\n", "=", "==", "~", ":", "->", "*", "**", "-", "+", ".", "...", "?",
    "|", "&", "@", "//", "%", "_", "#", "\\", "$", "!", "`", "lambda x: x", ":=", "@property",
)  # fmt: skip

ODD = (
    "\ufeff", "\u200b", "\u202e", "\u2028", "\x85", "\x0c", "\x0b", "\r", "\r\n", "\t", "\x00", "\x1a",
    "\x1b[31m", "\x7f", "\ud800", "\udfff", "\U0001f600", "é", "e\u0301", "界", "µ", "ﬁ", "\u0660", "²",
    "\u00a0", "\u3000", "（", "“", "‘", "−", "…", "→", "\U0001d4d0", "\u0301", "\uffff", "\U0010ffff",
)  # fmt: skip


@cache
def corpus() -> tuple[str, ...]:
    """The programs that stand beside the tests: the right ones twice, and the wrong ones. Those that
    reach the limit of steps take as long as a thousand others."""
    wrong = [path for path in sorted(CASES.rglob("*.nd")) if not _reaches_a_limit(path)]
    right = [path for path in wrong if path.with_suffix(".py").exists()]
    paths = [*wrong, *right, *2 * sorted(EXAMPLES.glob("*.nd"))]
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def _reaches_a_limit(path: Path) -> bool:
    told = path.with_suffix(".txt")
    return told.exists() and "check-incomplete" in told.read_text(encoding="utf-8")


def _window(chance: random.Random, text: str) -> str:
    """A part of a text that is long, from the start of a line on."""
    if len(text) <= LONGEST:
        return text
    start = text.find("\n", chance.randrange(len(text) - LONGEST // 2)) + 1
    return text[start : start + chance.randrange(200, LONGEST)]


def _delete(chance: random.Random, tokens: list[str]) -> None:
    at = chance.randrange(len(tokens))
    del tokens[at : at + chance.choice((1, 1, 1, 2, 5))]


def _duplicate(chance: random.Random, tokens: list[str]) -> None:
    at = chance.randrange(len(tokens))
    end = at + chance.choice((1, 1, 3, 20))
    tokens[at:at] = tokens[at:end] * chance.choice((1, 1, 2, 30))


def _swap(chance: random.Random, tokens: list[str]) -> None:
    one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]


def _insert(chance: random.Random, tokens: list[str]) -> None:
    tokens.insert(chance.randrange(len(tokens) + 1), f" {chance.choice(WORDS)} ")


def _replace(chance: random.Random, tokens: list[str]) -> None:
    tokens[chance.randrange(len(tokens))] = chance.choice((*WORDS, *tokens))


def _odd(chance: random.Random, tokens: list[str]) -> None:
    tokens.insert(chance.randrange(len(tokens) + 1), chance.choice(ODD) * chance.choice((1, 1, 40)))


def _deepen(chance: random.Random, tokens: list[str]) -> None:
    opening, closing = chance.choice(("()", "[]", "{}"))
    depth = chance.choice((2, 30, 99, 101, 600))
    at = chance.randrange(len(tokens))
    closed = closing * (depth if chance.random() < 0.7 else chance.randrange(depth))
    tokens[at] = opening * depth + tokens[at] + closed


def _cut(chance: random.Random, tokens: list[str]) -> None:
    del tokens[chance.randrange(1, len(tokens) + 1) :]


_CHANGES: tuple[Callable[[random.Random, list[str]], None], ...] = (
    _delete, _delete, _duplicate, _swap, _swap, _insert, _insert, _replace, _replace, _odd, _deepen, _cut,
)  # fmt: skip


def mutated(chance: random.Random, text: str, others: tuple[str, ...] = ()) -> str:
    """A text with a few changes, of which the smallest leaves most programs programs."""
    tokens = _TOKEN.findall(_window(chance, text))
    if others and chance.random() < 0.15:  # the first part of one, and the last of another
        more = _TOKEN.findall(_window(chance, chance.choice(others)))
        tokens = (
            tokens[: chance.randrange(len(tokens) + 1)] + more[chance.randrange(len(more) + 1) :]
        )
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3, 8))):
        if tokens:
            chance.choice(_CHANGES)(chance, tokens)
    return "".join(tokens)


def _noise(chance: random.Random) -> str:
    """Bytes that were no text, words in no order, or characters of the language in none."""
    size = chance.choice((1, 10, 100, 1000))
    match chance.randrange(4):
        case 0:
            return chance.randbytes(size).decode("latin-1")
        case 1:
            return chance.randbytes(size).decode("utf-8", "surrogateescape")
        case 2:
            return " ".join(chance.choices(WORDS, k=size // 4 + 1))
        case _:
            return "".join(chance.choices("()[]{}:;,=~+-*.\"'#ab1 \n" + "".join(ODD), k=size))


def bytewise(chance: random.Random, text: str, others: tuple[str, ...]) -> str:
    """A text with some bytes of its own changed, which need not be a text any more."""
    data = bytearray(_window(chance, text).encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        end = at + chance.choice((1, 1, 1, 2, 4, 16))
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                del data[at:end]
            case 3:
                to = chance.randrange(len(data) + 1)
                data[to:to] = data[at:end]
            case 4:
                data[at:at] = chance.randbytes(end - at)
            case _:
                other = chance.choice(others).encode("utf-8", "surrogatepass")
                start = chance.randrange(len(other) + 1)
                data[at:end] = other[start : start + chance.choice((1, 4, 16, 64))]
    return data.decode("utf-8", chance.choice(("replace", "replace", "surrogateescape")))


def broken(seed: int) -> str:
    """A text that is hardly ever a program; the same for the same seed."""
    chance = random.Random(seed)
    programs = corpus()
    kind = chance.random()
    if kind < 0.1:
        return _noise(chance)
    change = bytewise if kind < 0.5 else mutated
    return change(chance, chance.choice(programs), programs)
