from typing import Any

import torch
from torch import Tensor, nn

init = 0.25


def record(let: int, module: int = 2, param: int = 3) -> Any:
    return let + module + param


share = record(1, param=4)
tie, freeze = [5, 6]


def act() -> nn.PReLU:
    return nn.PReLU(init=0.125)


class Words(nn.Module):
    """Its children are called like words of the language."""

    buffer: Tensor

    def __init__(self, module: int, param: int = 1) -> None:
        super().__init__()
        self.init = nn.Linear(module, module)
        self.freeze = nn.PReLU(init=init)
        self.let = nn.Linear(module, param)
        self.tie = nn.ReLU()
        self.register_buffer("buffer", torch.full([module], 3.0), persistent=False)

    def forward(self, extern: Tensor) -> Tensor:
        """extern: [B, module] -> [B, param]."""
        record = self.init(extern)
        const = self.tie(self.freeze(record))
        buffer = const * self.buffer
        init = buffer + 1
        let = 2
        return self.let(init) * let


def net(nest: int) -> nn.Sequential:
    return nn.Sequential(Words(nest), Words(1, param=2))
