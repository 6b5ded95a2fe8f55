"""A place where the parser stopped, as the table of mistakes looks at it."""

from __future__ import annotations

from typing import Literal

from netdsl.records import Frozen
from netdsl.syntax.words import RESERVED


class Trouble(Frozen):
    """A place where the parser stopped."""

    level: Literal["file", "body", "def"]
    """What the statement stands in."""
    before: tuple[str, ...]
    """The words of the statement so far."""
    found: str
    """The word that does not fit; empty where a statement or the file ends."""
    kind: str
    """What `found` is: `word`, `number`, `string`, `operator`, `newline`, `end` …"""
    after: tuple[str, ...]
    """The next few words of the statement."""
    accepts: frozenset[str]
    """The terminals that would have fitted."""
    opening: str
    """The innermost bracket that the statement has open; empty if there is none."""
    touches: bool
    """Whether the next word touches `found`."""

    @property
    def first(self) -> str:
        return self.before[0] if self.before else self.found

    @property
    def previous(self) -> str:
        return self.before[-1] if self.before else ""

    @property
    def next(self) -> str:
        return self.after[0] if self.after else ""

    @property
    def _takes_value(self) -> bool:
        return {"INT", "STRING"} <= self.accepts

    @property
    def wants_value(self) -> bool:
        """Whether an expression could begin here: a bracket that touches calls nothing."""
        return self._takes_value and "_CALL" not in self.accepts

    @property
    def wants_no_value(self) -> bool:
        """Whether no expression can stand here, as between the parameters of a header."""
        return not self._takes_value

    @property
    def in_arguments(self) -> bool:
        """Whether another argument without brackets could follow here, but no operator."""
        return self._takes_value and "_CALL" in self.accepts and "MUL" not in self.accepts

    @property
    def after_name(self) -> bool:
        """Whether an operator or a first argument without brackets could follow here."""
        return self._takes_value and {"_CALL", "MUL"} <= self.accepts

    @property
    def wants_name_only(self) -> bool:
        return "NAME" in self.accepts and "INT" not in self.accepts

    @property
    def follows_value(self) -> bool:
        """Whether what stands before is, or ends, a value."""
        text = self.previous
        if text in RESERVED and text not in ("True", "False", "None"):
            return False
        return bool(text) and (text[-1] in ")]}\"'" or text[-1].isalnum() or text[-1] == "_")
