"""SchNet (Schütt et al., 2017, https://arxiv.org/abs/1706.08566) on a list of edges, its filters made
by a network that the interaction and its convolution share."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def dense(inputs: int, outputs: int, bias: bool = True) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=bias)
    nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class ShiftedSoftplus(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.shift = math.log(2.0)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.softplus(x) - self.shift


class GaussianSmearing(nn.Module):
    offset: Tensor

    def __init__(self, stop: float, num_gaussians: int) -> None:
        super().__init__()
        self.coeff = -0.5 / (stop / (num_gaussians - 1)) ** 2
        self.register_buffer("offset", torch.linspace(0.0, stop, num_gaussians))

    def forward(self, dist: Tensor) -> Tensor:
        dist = dist.view(-1, 1) - self.offset.view(1, -1)
        return torch.exp(self.coeff * torch.pow(dist, 2))


class CFConv(nn.Module):
    def __init__(self, channels: int, num_filters: int, network: nn.Module, cutoff: float) -> None:
        super().__init__()
        self.lin1 = dense(channels, num_filters, bias=False)
        self.lin2 = dense(num_filters, channels)
        self.nn = network
        self.cutoff = cutoff

    def forward(self, x: Tensor, edges: Tensor, weight: Tensor, attributes: Tensor) -> Tensor:
        envelope = 0.5 * (torch.cos(weight * (math.pi / self.cutoff)) + 1.0)
        filters = self.nn(attributes) * envelope.view(-1, 1)
        x = self.lin1(x)
        messages = x.index_select(0, edges[0]) * filters
        x = torch.zeros_like(x).index_add_(0, edges[1], messages)
        out: Tensor = self.lin2(x)
        return out


class InteractionBlock(nn.Module):
    def __init__(self, channels: int, num_gaussians: int, num_filters: int, cutoff: float) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            dense(num_gaussians, num_filters), ShiftedSoftplus(), dense(num_filters, num_filters)
        )
        self.conv = CFConv(channels, num_filters, self.mlp, cutoff)
        self.act = ShiftedSoftplus()
        self.lin = dense(channels, channels)

    def forward(self, x: Tensor, edges: Tensor, weight: Tensor, attributes: Tensor) -> Tensor:
        x = self.act(self.conv(x, edges, weight, attributes))
        out: Tensor = self.lin(x)
        return out


class SchNet(nn.Module):
    def __init__(
        self,
        channels: int = 128,
        num_filters: int = 128,
        num_interactions: int = 6,
        num_gaussians: int = 50,
        cutoff: float = 10.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, channels, padding_idx=0)
        self.distance_expansion = GaussianSmearing(cutoff, num_gaussians)
        self.interactions = nn.ModuleList(
            InteractionBlock(channels, num_gaussians, num_filters, cutoff)
            for _ in range(num_interactions)
        )
        self.lin1 = dense(channels, channels // 2)
        self.act = ShiftedSoftplus()
        self.lin2 = dense(channels // 2, 1)

    def forward(
        self,
        z: Tensor,
        positions: Tensor,
        edges: Tensor,
        molecule: Tensor | None = None,
        molecules: int = 1,
    ) -> Tensor:
        row, col = edges[0], edges[1]
        weight = (positions[row] - positions[col]).norm(dim=-1)
        attributes = self.distance_expansion(weight)
        h = self.embedding(z)
        for interaction in self.interactions:
            h = h + interaction(h, edges, weight, attributes)
        h = self.lin2(self.act(self.lin1(h)))
        if molecule is None:
            return h.sum(dim=0, keepdim=True)
        return h.new_zeros(molecules, 1).index_add_(0, molecule, h)
