import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Expert(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.w1 = nn.Linear(d, hidden, bias=False)
        self.w2 = nn.Linear(hidden, d, bias=False)
        self.w3 = nn.Linear(d, hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [N, d] -> [N, d]."""
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class SparseMoE(nn.Module):
    """Each token goes to its top_k experts."""

    def __init__(
        self, d: int, hidden: int, num_experts: int = 8, top_k: int = 2
    ) -> None:
        super().__init__()
        self.d = d
        self.top_k = top_k
        self.gate = nn.Linear(d, num_experts, bias=False)
        self.experts = nn.ModuleList(Expert(d, hidden) for _ in range(num_experts))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, T, d] -> ([B, T, d], [B * T, num_experts])."""
        B, T = x.shape[:2]
        x = x.view(B * T, self.d)  # [B * T, d]
        logits = self.gate(x)  # [B * T, num_experts]
        weight, chosen = torch.topk(F.softmax(logits, -1), self.top_k)
        weight = weight / weight.sum(-1, keepdim=True)  # [B * T, top_k]
        y = torch.zeros_like(x)  # [B * T, d]
        for i, expert in enumerate(self.experts):
            token, slot = torch.where(chosen == i)
            y[token] += weight[token, slot, None] * expert(x[token])
        return y.view(B, T, self.d), logits


def moe() -> SparseMoE:
    """Takes [B, T, 4096]."""
    return SparseMoE(4096, 14336)
