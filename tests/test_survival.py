"""Networks that the compiler writes go through what is done to modules in practice.

One small network of each family runs always; `-m full` tries every one at its published size.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.generated import load
from tests.parity.table import Row, noise, tokens
from tests.survival.parallel import PARALLEL, training_together
from tests.survival.subject import Subject
from tests.survival.table import EXCEPTIONS, LATER, PAGE, expected, families, render, zoo
from tests.survival.trials import TRIALS, Trial

BY_NAME = {trial.name: trial for trial in TRIALS}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other cost more than they bring to networks this small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def tried(trial: Trial, subject: Subject) -> None:
    for package in trial.needs:
        pytest.importorskip(package, reason=f"only those who want {trial.name} need {package}")
    trial.run(subject)


SMALL = families()
EACH = [
    *(
        pytest.param(row, id=name, marks=[pytest.mark.full] if name in LATER else [])
        for name, row in SMALL.items()
    ),
    *(
        pytest.param(row, id=str(row), marks=pytest.mark.full)
        for row in zoo()
        if row not in SMALL.values()
    ),
]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
@pytest.mark.parametrize("row", EACH)
def test_a_network_survives(row: Row, trial: Trial) -> None:
    why = EXCEPTIONS.get((row.program, trial.name))
    if why is None:
        tried(trial, Subject.of(row))
    else:
        with pytest.raises(Exception):  # noqa: B017
            tried(trial, Subject.of(row))


@pytest.mark.parametrize("name", PARALLEL)
def test_two_processes_train_as_one(name: str) -> None:
    training_together(name)


def test_the_page_tells_what_was_tried() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(expected()), "python -m tests.survival"


AWKWARD = """
record Sizes(vocab=11, d=8)

module Head(body: module, d) "Applies what stands elsewhere, too." {
  fc = linear d d
  def forward(x: [*S, d]) -> [*S, d] = fc(body(x))
}

module Awkward(c: Sizes, gate: bool = False, p=0.1) "Ties, shares, and what is no parameter." {
  share s = linear c.d c.d
  embed = embedding c.vocab c.d
  twice = seq(s, relu, s)
  head = Head self.twice c.d
  others = dict(left = linear c.d c.d, right = linear c.d c.d)
  if gate { scale = linear c.d c.d }
  out = linear c.d c.vocab bias=False
  param shift = zeros(c.d)
  buffer steps = tensor(0)
  const ramp = arange(c.d, dtype=float32)
  tie out.weight = embed.weight
  tie others["right"].weight = others["left"].weight

  def forward(ids: int[B, T]) -> {logits: [B, T, c.vocab], seen: list[tensor]} {
    x = embed(ids) + shift + ramp
    seen = []
    for other in others.values() { x = head(other(x)); seen.append(x) }
    if scale is not None { x = scale(x) }
    if training { self.steps += 1 }
    return {"logits": out(dropout(x, p, training)), "seen": seen}
  }
}
"""


@functools.cache
def awkward() -> Subject:
    program = load(AWKWARD)

    def build() -> nn.Module:
        module: nn.Module = program.Awkward(program.Sizes())
        return module

    return Subject(build, tokens(11, 2, 5), build)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_ties_and_shares_survive(trial: Trial) -> None:
    tried(trial, awkward())


class Small(nn.Module):
    """What the trials are tried on: each fault alone."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.norm = nn.LayerNorm(4)

    def forward(self, x: Tensor) -> Any:
        return self.norm(self.fc(x)).sin()


class Judging(Small):
    """Asks the numbers which way to go."""

    def forward(self, x: Tensor) -> Any:
        return super().forward(x) if bool(x.sum() < 1e3) else x


class Keeping(Small):
    """Keeps a tensor where torch does not look for it."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = [torch.ones(4)]

    def forward(self, x: Tensor) -> Any:
        return super().forward(x) * self.kept[0]


class Rounding(Small):
    """Computes in one dtype, whatever it is given."""

    def forward(self, x: Tensor) -> Any:
        return super().forward(x).to(torch.float32)


class Bound(Small):
    """Goes on with the layer that it was built with."""

    def __init__(self) -> None:
        super().__init__()
        layer = self.fc
        self.apply_it: Any = lambda x: layer(x)

    def forward(self, x: Tensor) -> Any:
        return self.norm(self.apply_it(x)).sin()


class Remembering(Small):
    """Takes a copy of its weights when it is first called."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: list[Tensor] = []

    def forward(self, x: Tensor) -> Any:
        if not self.memory:
            self.memory.append(self.fc.weight.detach().clone())
        return x @ self.memory[0] + 0 * super().forward(x)


class Bypassing(Small):
    """Computes with a layer's weights, and does not call it."""

    def forward(self, x: Tensor) -> Any:
        return self.norm(nn.functional.linear(x, self.fc.weight, self.fc.bias)).sin()


class Untying(Small):
    """Ties its weights by chance: each one that is built has other ties."""

    built = 0

    def __init__(self) -> None:
        super().__init__()
        self.other = nn.Linear(4, 4)
        if Untying.built % 2 == 0:
            self.other.weight = self.fc.weight
        Untying.built += 1


class Hidden(Small):
    """Gives another result when somebody draws its graph."""

    def forward(self, x: Tensor) -> Any:
        y = super().forward(x)
        return y + 1 if torch.compiler.is_compiling() else y


FAULTS = [
    ("torch.compile", Judging, "data-dependent"),
    ("torch.compile", Hidden, "in eval"),
    ("torch.export", Judging, "data-dependent"),
    ("torch.export", Hidden, "exported"),
    ("deepcopy", Bound, "the copy, changed"),
    ("deepcopy", Remembering, "the copy, changed"),
    ("pickle", Bound, "pickle|local object"),
    ("pickle", Remembering, "the copy, changed"),
    ("float64", Rounding, "float32"),
    ("meta", Keeping, "meta|device"),
    ("functional_call", Remembering, "with other weights"),
    ("hooks", Bypassing, "fc on one side alone"),
    ("safetensors", Untying, "keys|do not fit|shared|other.weight"),
    ("ONNX", Hidden, "by onnxruntime"),
]


@pytest.mark.parametrize(("name", "faulty", "said"), FAULTS)
def test_what_does_not_survive_is_caught(
    name: str, faulty: Callable[[], nn.Module], said: str
) -> None:
    with pytest.raises(Exception, match=said):
        tried(BY_NAME[name], Subject(faulty, noise(3, 4), Small))


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_what_has_no_fault_survives(trial: Trial) -> None:
    tried(trial, Subject(Small, noise(3, 4), Small))
