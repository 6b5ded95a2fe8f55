import torch
from torch import Tensor, nn


class Frozen(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.a = nn.Linear(d, d)
        self.b = nn.Sequential(
            nn.Linear(d, d),
            nn.BatchNorm1d(d),
            nn.ModuleList([nn.Linear(d, d), nn.Linear(d, d)]),
        )
        self.c = nn.Linear(d, d)
        self.c2 = nn.Linear(d, d)
        self.gain = nn.Parameter(torch.ones(d))
        self.free = nn.Parameter(torch.ones(d))
        self.c2.weight = self.c.weight
        self.a.requires_grad_(False)
        self.b[0].requires_grad_(False)
        self.b[2][1].weight.requires_grad_(False)
        self.c.weight.requires_grad_(False)
        self.gain.requires_grad_(False)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.constant_(module.weight, 0.5)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.c2(self.c(self.b[1](self.b[0](self.a(x))))) * self.gain * self.free
