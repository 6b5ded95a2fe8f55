"""What a trial is made on: a network, how it is called, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as trees

from tests.parity.compare import Call, Inputs, fill, plainly, tensors
from tests.parity.table import Row, compiled

Outputs = list[tuple[str, Tensor]]


class Called(nn.Module):
    """A module that is not called plainly, as one that is."""

    def __init__(self, module: nn.Module, call: Call) -> None:
        super().__init__()
        self.module = module
        self.call = call

    def forward(self, *inputs: Any) -> Any:
        return self.call(self.module, *inputs)


@dataclass(frozen=True)
class Subject:
    """A network, and another one whose hooks are known to fire."""

    build: Callable[[], nn.Module]
    inputs: Callable[[], Inputs]
    reference: Callable[[], nn.Module]
    call: Call = plainly
    reference_call: Call = plainly

    @classmethod
    def of(cls, row: Row) -> Subject:
        return cls(
            lambda: row.build(compiled(row.program)),
            row.inputs,
            row.reference,
            row.call,
            row.reference_call,
        )

    def module(self, seed: int = 0) -> nn.Module:
        """The network in eval, its state filled with noise of this seed."""
        torch.manual_seed(0)
        module = self.build().eval()
        fill(module, seed)
        return module

    def outputs(self, module: nn.Module, **to: Any) -> Outputs:
        """What comes out, the inputs being moved by `.to(**to)` first."""
        given = [moved(each, **to) for each in self.inputs()]
        with torch.no_grad():
            return list(tensors(self.call(module, *given)))

    def plain(self, module: nn.Module) -> nn.Module:
        """The module, or one around it, that takes the inputs as they are."""
        return module if self.call is plainly else Called(module, self.call)


def moved(value: Any, **to: Any) -> Any:
    """Tensors at any depth on another device, or those of floats in another dtype."""

    def move(each: Any) -> Any:
        if not isinstance(each, Tensor):
            return each
        if not each.is_floating_point():
            return each.to(**{key: where for key, where in to.items() if key != "dtype"})
        return each.to(**to)

    return trees.tree_map(move, value)
