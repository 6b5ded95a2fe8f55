"""What became of many programs, and how often each rule was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, Rule, Table
from netdsl.checking.run import Runner  # noqa: F401  the rules are there
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Value
from tests.soundness.outcome import Outcome


@dataclass
class Tally:
    """Counts of outcomes, kinds of programs, and rules."""

    programs: int = 0
    broken: int = 0
    refused: int = 0
    refused_unbroken: int = 0
    unknown: int = 0
    unfit: int = 0
    wrong: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """In how many programs a rule was asked, and in how many it refused."""
    refusing: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._asked: set[str] = set()
        self._refusing: set[str] = set()

    def add(self, found: Outcome, kinds: list[str], broken: bool) -> None:
        self.programs += 1
        self.broken += broken
        self.refused += not found.accepted
        self.refused_unbroken += not found.accepted and not broken
        self.unknown += not found.known
        self.unfit += bool(found.unfit)
        self.wrong += not found.agreed
        self.kinds.update(set(kinds))
        self.asked.update(self._asked)
        self.refusing.update(self._refusing)
        self._asked.clear()
        self._refusing.clear()

    def merge(self, other: Tally) -> None:
        for each in fields(self):
            mine, more = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(more)
            else:
                setattr(self, each.name, mine + more)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Notes which rules are asked, and which refuse."""
        before = [(table, dict(table.entries)) for table in (LAYERS, FUNCTIONS)]
        for table, entries in before:
            for name, entry in entries.items():
                rule = self._counted(entry.rule, spelled(table, name))
                table.entries[name] = replace(entry, rule=rule)
        try:
            yield
        finally:
            for table, entries in before:
                table.entries.update(entries)

    def _counted(self, rule: Rule, name: str) -> Rule:
        def counted(call: Call) -> Value:
            self._asked.add(name)
            try:
                return rule(call)
            except Mismatch:
                self._refusing.add(name)
                raise

        return counted

    def least(self) -> list[tuple[int, str]]:
        """Every rule with how often it was asked, the least first."""
        names = [spelled(table, name) for table in (LAYERS, FUNCTIONS) for name in table.entries]
        return sorted((self.asked[name], name) for name in names)

    def report(self) -> Iterator[str]:
        share = 100 / max(1, self.programs)
        yield (
            f"{self.programs} programs, {self.broken * share:.1f} % broken on purpose:"
            f" {self.refused * share:.1f} % refused, {self.unknown * share:.1f} % of unknown shape,"
            f" {self.wrong} on which the check and torch disagree"
        )
        yield f"{self.refused_unbroken} refused that were not broken, {self.unfit} not about sizes"
        yield "kinds: " + ", ".join(f"{name} {count}" for name, count in self.kinds.most_common())
        least = self.least()
        rare = [each for each in least if each[0] < 50]
        yield f"{len(least)} rules, of which {len(rare)} were asked less than 50 times"
        yield "least asked: " + ", ".join(f"{name} {count}" for count, name in least[:60])
        silent = [name for count, name in least if count and not self.refusing[name]]
        yield f"{len(silent)} that refused nothing: " + ", ".join(silent)


def spelled(table: Table, name: str) -> str:
    """Layers and functions may have one name: functions are written with a dot before."""
    return name if table is LAYERS else f".{name}"
