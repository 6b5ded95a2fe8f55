"""The graph convolutional network (Kipf and Welling, 2016, https://arxiv.org/abs/1609.02907) of
two layers, on a matrix of adjacency."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GraphConvolution(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        support = torch.mm(x, self.weight)
        return torch.mm(adjacency, support)


class GCN(nn.Module):
    def __init__(self, features: int, classes: int, hidden: int = 16, dropout: float = 0.5) -> None:
        super().__init__()
        self.conv1 = GraphConvolution(features, hidden)
        self.conv2 = GraphConvolution(hidden, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        loops = adjacency + torch.eye(len(adjacency)).to(adjacency)
        degrees = torch.rsqrt(loops.sum(dim=1))
        normalised = degrees.unsqueeze(1) * loops * degrees.unsqueeze(0)
        hidden = torch.relu(self.conv1(self.dropout(x), normalised))
        out: Tensor = self.conv2(self.dropout(hidden), normalised)
        return out
