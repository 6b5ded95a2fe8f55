import torch
from torch import Tensor, nn


def ramp(w: Tensor) -> None:
    w.copy_(torch.arange(w.numel()).view_as(w))


class State(nn.Module):
    table: Tensor
    steps: Tensor
    seen: Tensor
    table2: Tensor
    mask: Tensor
    positions: Tensor

    def __init__(self, d: int, n: int = 2, affine: bool = True) -> None:
        super().__init__()
        self.register_buffer(
            "table", torch.arange(n * d).view(n, d).float(), persistent=False
        )
        self.a = nn.Parameter(torch.empty(n, d))
        nn.init.constant_(self.a, 0.5)
        self.b = nn.Parameter(torch.zeros(d) + 1)
        self.c = nn.Parameter(torch.rand(d))
        self.e = nn.Parameter(torch.empty(1))
        with torch.no_grad():
            ramp(self.e)
        self.cls = nn.Parameter(torch.empty(1, 1, d + n))
        nn.init.trunc_normal_(self.cls, std=0.02)
        self.register_buffer("steps", torch.tensor(0))
        self.register_buffer("seen", torch.zeros(d, dtype=torch.int64))
        self.register_buffer("table2", self.table * 2)
        self.register_buffer(
            "mask", torch.ones(d, d, dtype=bool).tril(), persistent=False
        )
        self.register_buffer("positions", torch.arange(d)[None, :], persistent=False)
        if affine:
            self.scale = nn.Parameter(torch.ones(d))
        else:
            self.scale = None
        core = nn.Linear(d, d)
        self.x1 = core
        self.a.requires_grad_(False)
        self.x1.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        self.steps += 1
        self.seen.add_(self.positions[0])
        return (
            (self.x1(x) * self.b + self.a.sum(0) + self.c).masked_fill(
                ~self.mask[0], 0.0
            )
            + self.table[1]
            + self.table2[0]
        )
