import builtins
from functools import partial as partial_

import torch as torch_
import torch.nn.functional as F_
from torch import Tensor as Tensor_
from torch import nn as nn_

math = 3


class nn(nn_.Module):
    F: Tensor_

    def __init__(self, len: int, str: int = math) -> None:
        super().__init__()
        self.list = nn_.ModuleList(
            nn_.Linear(len, str) for torch in builtins.range(len)
        )
        self.register_buffer("F", torch_.rand(len, len), persistent=False)
        for module in self.modules():
            if builtins.isinstance(module, nn_.Linear):
                nn_.init.normal_(module.weight, std=0.02)

    def forward(self, x: Tensor_) -> Tensor_:
        """x: [B, len] -> [B, str]."""
        torch = F_.relu(x)
        for enumerate in self.list:
            torch = enumerate(torch)  # [B, str]
        return torch


def F(torch: int, nn: int) -> nn_.Linear:
    return nn_.Linear(torch, nn)


def partial(isinstance: int, range: int) -> nn_.Sequential:
    return nn_.Sequential(nn_.Linear(isinstance, range), F(2, 2))


Tensor = partial_(nn_.LayerNorm, eps=1e-6)
