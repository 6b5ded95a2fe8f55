"""What following a part of a program by itself leaves. It need not be followed again if all that it
leads to is as it was."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from netdsl.analysis import program as ir
from netdsl.checking.inference import Inference
from netdsl.checking.notes import Notes
from netdsl.checking.run import Runner
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Dtype,
    Items,
    Named,
    Number,
    Recipe,
    Record,
    Value,
)
from netdsl.memory import Memory, same
from netdsl.records import Frozen, replace
from netdsl.shapes.dimension import Dimension
from netdsl.syntax import tree


class Left(Frozen):
    """What was left when a definition, or an assertion, was followed.

    `asked` are the definitions that it led to; `own` the values that it defines itself, and
    `values` those of other definitions. `notes` stand where it stood then.
    """

    node: tree.Node
    asked: Mapping[str, ir.Definition | None]
    values: Mapping[str, Value]
    own: Mapping[str, Value]
    steps: int
    wanted: tuple[int, int]
    """How many sizes had been wanted before, and after."""
    sized: Inference
    notes: Notes

    def holds(self, node: tree.Node, runner: Runner) -> bool:
        """Whether following it now would leave the same. Where something stands makes a difference
        only if that is among what is left."""
        before, after = self.wanted
        places = bool(self.own) or before != after
        return (
            runner.steps + self.steps <= runner.most_steps
            and before in (after, runner.sized.count)
            and same(self.node, node, places)
            and all(same(runner.definition(each), was, places) for each, was in self.asked.items())
            and all(same(runner.values.get(each), was, places) for each, was in self.values.items())
        )

    def take(self, runner: Runner) -> None:
        """Leaves a runner as if it had followed it."""
        before, after = self.wanted
        runner.steps += self.steps
        runner.values.update(self.own)
        runner.sized = Inference(count=runner.sized.count + after - before)

    @property
    def lasts(self) -> bool:
        """Whether it means the same another time."""
        before, after = self.wanted
        return all(map(_lasts, self.own.values())) and (before == after or not self.own)


def followed(
    key: Hashable, node: tree.Node, follow: Callable[[], None], runner: Runner, memory: Memory
) -> Left:
    """What a part of a program leaves. What is known of it is taken, and what is found out kept, if
    there is nothing to say of it."""
    known: Left | None = memory.recall(key)
    if known is not None and known.holds(node, runner):
        known.take(runner)
        asked = {each: runner.definition(each) for each in known.asked}
        memory.keep(key, replace(known, node=node, asked=asked))
        return known
    steps, wanted, said = runner.steps, runner.sized.count, runner.diagnostics.said
    runner.begin()
    follow()
    lets = {
        name: runner.values[name]
        for name, each in runner.asked.items()
        if isinstance(each, ir.LetValue)
    }
    own = {name: lets.pop(name) for name in names_of(node) if name in lets}
    left = Left(
        node,
        runner.asked,
        lets,
        own,
        runner.steps - steps,
        (wanted, runner.sized.count),
        runner.sized,
        runner.notes,
    )
    if memory.keeps and runner.diagnostics.said == said and left.lasts:
        memory.keep(key, left)
    return left


def names_of(node: tree.Node) -> tuple[str, ...]:
    """What a definition defines; an assertion defines nothing."""
    match node:
        case ir.LetValue(names):
            return names
        case ir.LetFunction() | ir.Function() | ir.ModuleDef() | ir.RecordDef() | ir.ExternDef():
            return (node.name,)
        case _:
            return ()


def _lasts(value: Value) -> bool:
    """Whether a value is the same for whoever has it: no module, which remembers what it gave."""
    match value:
        case Items(elements):
            return all(map(_lasts, elements))
        case Named(values) | Record(_, values) | Closure(_, values, None):
            return all(map(_lasts, values.values()))
        case Recipe(func, arguments):
            return _lasts(func) and all(_lasts(each) for _, each in arguments)
        case Class() | Dtype() | Number() | Dimension() | str() | float() | bool() | None:
            return True
        case _:
            return value is UNKNOWN
