"""A sparse mixture of experts: each token is computed by the experts that a gate ranks highest,
and by no others (Shazeer et al., 2017, https://arxiv.org/abs/1701.06538), gated feed-forward
networks as in Mixtral (Jiang et al., 2024, https://arxiv.org/abs/2401.04088)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Expert(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.w1 = nn.Linear(width, hidden, bias=False)
        self.w2 = nn.Linear(hidden, width, bias=False)
        self.w3 = nn.Linear(width, hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.w2(F.silu(self.w1(x)) * self.w3(x))
        return y


class SparseMoE(nn.Module):
    def __init__(self, width: int, hidden: int, experts: int, chosen: int) -> None:
        super().__init__()
        self.chosen = chosen
        self.gate = nn.Linear(width, experts, bias=False)
        self.experts = nn.ModuleList([Expert(width, hidden) for _ in range(experts)])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        tokens = x.flatten(0, 1)
        logits = self.gate(tokens)
        share, index = logits.softmax(dim=-1).topk(self.chosen)
        share = share / share.sum(dim=-1, keepdim=True)
        out = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            token, rank = torch.nonzero(index == number, as_tuple=True)
            out.index_add_(0, token, expert(tokens[token]) * share[token, rank].unsqueeze(-1))
        return out.view_as(x), logits
