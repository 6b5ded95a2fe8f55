from collections import OrderedDict

import torch
from torch import Tensor, nn


class Step(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.nn = nn.Sequential(
            OrderedDict([("F", nn.Linear(i, o)), ("Tensor", nn.ReLU())])
        )
        self.torch = nn.Parameter(torch.ones(o))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x: [B, i], w: [T, F] -> [B, o]."""
        return self.nn(x) * self.torch + torch.tanh(w).sum() * 0


class Counted(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.range = nn.Linear(d, d)
        self.math = nn.ModuleDict({"nn": nn.Linear(d, d)})

    def forward(self, x: Tensor) -> Tensor:
        """x: [F, d] -> [F, d]."""
        F = x.shape[0]
        for k in [1, 2]:
            x = self.range(x) + self.math["nn"](x) / F**0.5
        return x
