"""The words of a program, as the parser sees them."""

from __future__ import annotations

from typing import TypeGuard


class Token(str):
    """A word, with its terminal's name and its place. Lark's own, which read the programs that
    are wrong, are strings of the same attributes."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


def is_token(part: object) -> TypeGuard[Token]:
    """Whether something that a rule matched is a word."""
    return isinstance(part, str)


def is_letter(character: str) -> bool:
    """Whether a character is one that names are made of, or numbers."""
    return character == "_" or character.isalnum()
