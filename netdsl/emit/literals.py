"""Text and numbers as Python literals: what a program says, written so that black leaves it
alone and that nothing in it can end the literal early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from netdsl.patterns import compiled

WIDTH = 88
"""How wide a line may be."""

Part = str | tuple[Literal["expr"], str]
"""A piece of a text that is computed: plain text, or the source of an expression."""

_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    """A string literal. Double quotes, unless single ones need fewer escapes.

    >>> print(quote("it's"), quote('say "hi"'), quote("a\\nb\\x00"))
    "it's" 'say "hi"' "a\\nb\\x00"
    """
    mark = _mark(text)
    return mark + _escaped(text, mark) + mark


def fstring(parts: Sequence[Part]) -> str:
    """A string literal with expressions in it. An expression that an f-string of Python 3.11
    cannot hold makes it a call of `format`, which gives the same text.

    >>> print(fstring(["layer ", ("expr", "i + 1")]))
    f"layer {i + 1}"
    >>> print(fstring(["a", ("expr", "names['x'] + \\"y\\"")]))
    "a{}".format(names['x'] + "y")
    """
    if all(isinstance(part, str) for part in parts):
        return quote("".join(part for part in parts if isinstance(part, str)))
    holes = [part[1] for part in parts if not isinstance(part, str)]
    text = "".join(part for part in parts if isinstance(part, str))
    mark = _mark_around(holes, text)
    if mark is None:
        template = "".join(_braced(part) if isinstance(part, str) else "{}" for part in parts)
        return f"{quote(template)}.format({', '.join(holes)})"
    body = "".join(
        _escaped(_braced(part), mark) if isinstance(part, str) else "{" + part[1] + "}"
        for part in parts
    )
    return f"f{mark}{body}{mark}"


def _mark(text: str) -> str:
    return "'" if text.count("'") < text.count('"') else '"'


def _mark_around(holes: Sequence[str], text: str) -> str | None:
    """The quotation mark of an f-string with these expressions, None if none will do."""
    source = "".join(holes)
    if not all(_fits_a_hole(hole) for hole in holes):
        return None
    if "'" in source:
        return None if '"' in source else '"'
    return "'" if '"' in source else _mark(text)


def _fits_a_hole(expression: str) -> bool:
    """Whether an f-string can hold an expression: braces, colons, exclamation marks and
    comments have a meaning of their own there, except deep inside brackets. Being strict costs
    nothing but a less pretty literal."""
    if any(bad in expression for bad in ("\\", "#", "\n", "lambda", "{", "}", "!")):
        return False
    depth = 0
    for character in expression:
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in ":=":
            return False
    return bool(expression.strip())


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _escaped(text: str, mark: str) -> str:
    """The inside of a literal between such marks. What cannot be seen is escaped."""
    if text.isprintable() and "\\" not in text and mark not in text:
        return text
    return "".join(_escape(character, mark) for character in text)


def _escape(character: str, mark: str) -> str:
    if character == mark:
        return "\\" + mark
    if character in _NAMED:
        return _NAMED[character]
    return character if character.isprintable() else _code(character)


def _code(character: str) -> str:
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def number(text: str) -> str:
    """A number as black spells it.

    >>> [number(each) for each in ["1E+5", "1.", ".5", "0XfF", "1_000", "007"]]
    ['1e5', '1.0', '0.5', '0xFF', '1_000', '7']
    """
    if text.isdecimal() and text[0] != "0":
        return text
    low = text.lower()
    if low.startswith("0x"):
        return "0x" + low[2:].upper()
    if low.startswith(("0b", "0o")):
        return low
    if low.isdigit():
        return low.lstrip("0") or "0"
    mantissa, exponent_mark, exponent = low.partition("e")
    suffix = "j" if mantissa.endswith("j") else ""
    whole, point, fraction = mantissa.removesuffix("j").partition(".")
    if point:
        mantissa = f"{whole or '0'}.{fraction or '0'}{suffix}"
    return mantissa + exponent_mark + exponent.removeprefix("+")


def docstring(text: str, indent: int) -> str:
    """A docstring at an indentation, all of its lines; no text, no docstring.

    >>> print(docstring("Adds.", 4))
        \"""Adds.\"""
    >>> print(docstring("Adds.\\n\\nTwice.", 4))
        \"""Adds.
    <BLANKLINE>
        Twice.
        \"""
    """
    margin = " " * indent
    lines = _lines_of_doc(text, max(WIDTH - indent, 20))
    if not lines:
        return ""
    # Black puts a space beside a quotation mark at either end.
    first = " " + lines[0] if lines[0].startswith('"') else lines[0]
    if len(lines) == 1:
        end = " " if first.endswith('"') else ""
        return f'{margin}"""{first}{end}"""'
    rest = "".join(f"\n{margin}{line}" if line else "\n" for line in lines[1:])
    return f'{margin}"""{first}{rest}\n{margin}"""'


def _lines_of_doc(text: str, width: int) -> list[str]:
    """The lines between the quotation marks, escaped, without indentation, none too wide."""
    plain = unindented(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    usual = plain.isprintable() and "\\" not in plain
    visible = plain if usual else "".join(map(_doc_character, plain))
    first, *rest = visible.replace('"""', '\\"\\"\\"').split("\n")
    # Both marks stand on the line of a docstring that has no other.
    lines = _wrapped(first.rstrip(), width, "   " if rest else "      ")
    for line in rest:
        lines += _wrapped(line.rstrip(), width)
    # Again: what was the second line's margin may be all that the first line had.
    return unindented("\n".join(lines)).split("\n") if any(lines) else []


def unindented(text: str) -> str:
    """A docstring without its margin, as `inspect.cleandoc` gives it; `inspect` is slow to import.

    >>> unindented("one\\n      two\\n    three\\n    ").split("\\n")
    ['one', '  two', 'three']
    """
    first, *rest = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [first.lstrip(), *(line[margin:] for line in rest)]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def _wrapped(line: str, width: int, quotes: str = "") -> list[str]:
    """A line, cut between words to fit, the first piece beside as many `quotes`: as `textwrap`
    cuts it, which is slow to import."""
    if len(quotes + line) <= width:
        return [line]
    margin = line[: len(line) - len(line.lstrip())]
    lines, gap = [quotes or margin], 0
    for word in _words(line.strip(), width - len(margin)):
        if not word:
            gap += 1
            continue
        if not gap or len(lines[-1]) + gap + len(word) <= width:
            lines[-1] += " " * gap + word
        else:
            lines.append(margin + word)
        gap = 1
    return [lines[0].removeprefix(quotes), *lines[1:]]


def _words(line: str, width: int) -> list[str]:
    """The words of a line; a shape is one, with what it is the shape of, if it has room.

    >>> _words("x: [B, d] -> [B], of a batch", 20)
    ['x: [B, d]', '-> [B],', 'of', 'a', 'batch']
    """
    found: list[str] = []
    parts: list[str] = []
    for word in line.split(" "):
        parts.append(word)
        text = " ".join(parts)
        if len(text) > width:
            found += parts
            parts = []
        elif text.count("[") <= text.count("]") and not (word.endswith(":") or word == "->"):
            found.append(text)
            parts = []
    return found + parts


def _doc_character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if "\ud800" <= character <= "\udfff":
        # A class cannot have a lone surrogate in its docstring: it is spelt out.
        return f"\\{_code(character)}"
    return character if character == "\n" or character.isprintable() else _code(character)


def _visible(character: str) -> str:
    return character if character.isprintable() else _code(character)


_DIRECTIVE = compiled(
    r"(?i)(\b(?:fmt|yapf|type|noqa|pylint|isort|ruff|mypy|pyright|flake8|pragma)|coding)(?=[:=])"
)


def comment(text: str) -> str:
    """A comment of one line. It steers no tool: a word that a formatter, a linter or Python
    itself looks for in comments loses its colon.

    >>> print(comment("made\\nby fmt: off"))
    # made by fmt : off
    """
    flat = " ".join(text.split())
    visible = flat if flat.isprintable() else "".join(map(_visible, flat))
    tame = _DIRECTIVE.sub(r"\1 ", visible)
    return f"# {tame}".rstrip()
