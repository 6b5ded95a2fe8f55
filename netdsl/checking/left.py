"""What following a definition by itself leaves: for the output, and for the next time, when it need
not be followed again if all that it leads to is as it was."""

from __future__ import annotations

from collections.abc import Mapping

from netdsl.analysis import program as ir
from netdsl.checking.inference import Inference
from netdsl.checking.notes import Notes
from netdsl.checking.repeats import made_of
from netdsl.checking.run import Runner
from netdsl.checking.values import Value
from netdsl.memory import Memory, same
from netdsl.records import Frozen


class Left(Frozen):
    """What is left after a definition was followed, without a finding.

    `asked` are the definitions that it led to, itself not among them unless it leads there;
    `values` those of the `let`s among them; `own` the values that it is itself.
    """

    definition: ir.Definition
    asked: Mapping[str, ir.Definition | None]
    values: Mapping[str, Value]
    own: Mapping[str, Value]
    steps: int
    wanted: tuple[int, int]
    """How many sizes had been wanted before, and after."""
    sized: Inference
    notes: Notes

    def holds(self, definition: ir.Definition, runner: Runner) -> bool:
        """Whether following the definition now would leave the same."""
        before, after = self.wanted
        return (
            self.definition is definition
            and runner.steps + self.steps <= runner.most_steps
            and before in (after, runner.sized.count)
            and all(runner.definition(name) is each for name, each in self.asked.items())
            and all(runner.values.get(name) is each for name, each in self.values.items())
        )

    def take(self, runner: Runner) -> None:
        """Leaves a runner as if it had followed the definition."""
        before, after = self.wanted
        runner.steps += self.steps
        runner.values.update(self.own)
        runner.sized = Inference(count=runner.sized.count + after - before)


def as_before(definitions: tuple[ir.Definition, ...], memory: Memory) -> tuple[ir.Definition, ...]:
    """The definitions; those that are as they were before are the same."""
    return tuple(_as_before(each, memory.recall(names_of(each))) for each in definitions)


def _as_before(definition: ir.Definition, left: Left | None) -> ir.Definition:
    if left is not None and same(left.definition, definition):
        return left.definition
    return definition


def names_of(definition: ir.Definition) -> tuple[str, ...]:
    return definition.names if isinstance(definition, ir.LetValue) else (definition.name,)


def keep(left: Left, memory: Memory) -> None:
    """Keeps what was left, unless values are among it that can change, or are still open."""
    before, after = left.wanted
    plain = made_of("", list(left.own.items())) is not None
    if plain and (before == after or not left.own):
        memory.keep(names_of(left.definition), left)
