import torch
from torch import Tensor, nn


def twos(w: Tensor) -> None:
    w.fill_(2.0)


def spread(w: Tensor, low: float = 0.0, high: float = 1.0) -> None:
    w.uniform_(low, high)


class Inner(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.constant_(module.weight, 7)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fc(x)


class Rules(nn.Module):
    def __init__(self, d: int, n: int = 2) -> None:
        super().__init__()
        self.first = nn.Linear(d, d)
        nn.init.xavier_uniform_(self.first.weight, gain=0.5)
        nn.init.constant_(self.first.bias, 0.25)
        self.norm = nn.LayerNorm(d, bias=False)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, d, bias=False))
            for _ in range(n)
        )
        self.inner = Inner(d)
        self.last = nn.Conv1d(d, d, 1)
        self.raw = nn.Parameter(torch.empty(d))
        with torch.no_grad():
            spread(self.raw, low=-1.0)
        for i in range(n):
            self.add_module(f"head{i}", nn.Linear(d, 1))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Conv1d)):
                nn.init.normal_(module.weight, 0.0, 0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                with torch.no_grad():
                    twos(module.weight)
                if module.bias is not None:
                    nn.init.ones_(module.bias)
        with torch.no_grad():
            twos(self.blocks[0][2].weight)
        if self.blocks[1][0].bias is not None:
            nn.init.constant_(self.blocks[1][0].bias, 3)
        if self.blocks[-1][2].bias is not None:
            nn.init.constant_(self.blocks[-1][2].bias, 3)
        if self.blocks[n - 1][2].bias is not None:
            nn.init.constant_(self.blocks[n - 1][2].bias, 3)
        nn.init.orthogonal_(self.last.weight)
        with torch.no_grad():
            twos(self.last.bias)
        nn.init.eye_(self.inner.fc.weight)
        if self.inner.fc.bias is not None:
            with torch.no_grad():
                spread(self.inner.fc.bias, high=0.0)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.last(self.inner(self.first(self.norm(x) * self.raw))[:, :, None])
