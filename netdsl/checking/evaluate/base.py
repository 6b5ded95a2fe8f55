"""What every part of the evaluation has: what is known, what is said, and how much was done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking.frame import Frame, GaveUp
from netdsl.checking.inference import Inference
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import Module, Tensor, Value
from netdsl.diagnostics import Diagnostics, Label
from netdsl.shapes.shape import Axis
from netdsl.source import Span


class Evaluation(ABC):
    """The state of an evaluation."""

    def __init__(self, definitions: Mapping[str, ir.Definition], diagnostics: Diagnostics) -> None:
        self._definitions = definitions
        self.asked: dict[str, ir.Definition | None] = {}
        """The definitions that were asked for."""
        self.diagnostics = diagnostics
        self.sizes = Sizes()
        self._counted = -limits.spent()
        self.most_steps = limits.current().steps
        self.values: dict[str, Value] = {}
        self.sized = Inference()
        self.context: list[tuple[Span, str]] = []
        """Where the entry that is followed was written, and what it is called."""
        self.working: list[Module] = []
        """The modules that did something, in order."""

    def does(self, module: Module, work: Callable[[], Axis]) -> None:
        """What a module computes costs something."""
        module.work.append(work)
        self.working.append(module)

    def undo(self, mark: int) -> None:
        """What was done since `working` was as long as `mark` is not done after all."""
        while len(self.working) > mark:
            self.working.pop().work.pop()

    def again(self, mark: int, times: int) -> None:
        """What was done since `working` was as long as `mark` is done so often again."""
        done = self.working[mark:]
        counts = Counter(map(id, done))
        for module in {id(each): each for each in done}.values():
            last = module.work[-counts[id(module)] :]
            module.work += [partial(_times, each, times) for each in last]
        self.working += done

    def definition(self, name: str) -> ir.Definition | None:
        """What the program has under a name."""
        found = self.asked[name] = self._definitions.get(name)
        return found

    def report(self, found: Mismatch, span: Span, labels: Sequence[Label] = ()) -> None:
        """One finding, with the entry whose sizes led to it."""
        shown = [label for label in labels if label.span != span]
        if self.context:
            where, name = self.context[-1]
            if where.source is not span.source or not where.start <= span.start < where.end:
                shown.append(Label(where, f"in `{name}`"))
        self.diagnostics.error(found.code, found.message, span, hint=found.hint, labels=shown)

    def tick(self) -> None:
        spent = limits.tick()
        self._counted += 1 + self.sizes.facts.burden
        if self._counted + spent > self.most_steps:
            raise GaveUp

    @property
    def steps(self) -> int:
        """How much was followed, and looked at for questions about sizes."""
        return self._counted + limits.spent()

    @steps.setter
    def steps(self, value: int) -> None:
        self._counted = value - limits.spent()

    @abstractmethod
    def value(self, node: object, frame: Frame) -> Value:
        """What an expression gives, or UNKNOWN."""


_KINDS = {"int": "int", "bool": "bool"}
"""How programs write what a tensor holds, before its shape."""


def origins(values: Sequence[Value]) -> list[Label]:
    """Where the tensors among some values come from, each place once."""
    found = {
        each.origin: f"this is {_KINDS.get(each.dtype or '', '')}{each.shape}"
        for each in values
        if isinstance(each, Tensor) and each.origin is not None
    }
    return [Label(span, text) for span, text in found.items()]


def _times(work: Callable[[], Axis], times: int) -> Axis:
    found = work()
    return None if found is None else found * times
