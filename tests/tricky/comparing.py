"""Networks beside what they are meant to be."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def seeded(make: Callable[[], Any]) -> Any:
    """What a function makes from one seed, so that the order of initialisation counts."""
    torch.manual_seed(5)
    return make()


def assert_same_state(ours: nn.Module, theirs: nn.Module) -> None:
    """The same keys in the same order, with the same values."""
    one, other = ours.state_dict(), theirs.state_dict()
    assert list(one) == list(other)
    for key in one:
        assert torch.equal(one[key], other[key]), key


def assert_same(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], *inputs: Tensor
) -> None:
    """Both make the same parameters from one seed and then the same of the inputs."""
    one, other = seeded(ours), seeded(theirs)
    assert_same_state(one, other)
    assert torch.equal(seeded(lambda: one(*inputs)), seeded(lambda: other(*inputs)))


def keys(module: nn.Module) -> list[str]:
    return list(module.state_dict())


def linears(*sizes: int) -> list[nn.Linear]:
    """Linear layers from each size to the next."""
    return [nn.Linear(i, o) for i, o in itertools.pairwise(sizes)]
