import math as math_

import torch as torch_
import torch.nn.functional as F_
from torch import Tensor as Tensor_
from torch import nn as nn_


def F(n: int) -> nn_.Linear:
    return nn_.Linear(n, n)


nn = 3


def torch(math: int) -> nn_.Sequential:
    return nn_.Sequential(F(math), nn_.ReLU())


len = 4
Tensor = 5
listed = [nn, len, Tensor]


class Module(nn_.Module):
    def __init__(self, torch: int, nn: int, F: int = 2) -> None:
        super().__init__()
        self.linear = nn_.Linear(torch, nn)
        self.range = nn_.Linear(nn, F)
        self.print = nn_.ReLU()

    def forward(self, input: Tensor_) -> Tensor_:
        """input: [B, torch] -> [B, F]."""
        tensor = self.linear(input)  # [B, nn]
        id = self.print(tensor)
        isinstance = F_.relu(id)
        return (
            self.range(isinstance)
            + torch_.cos(id).sum() * math_.pi
            + self.linear.bias.sum()
        )


def Sequential() -> nn_.Sequential:
    return nn_.Sequential(torch(nn), Module(3, 2))
