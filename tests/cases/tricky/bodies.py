import torch
from torch import Tensor, nn


class Body(nn.Module):
    def __init__(self, d: int, kind: str = "a", n: int = 3, deep: bool = False) -> None:
        super().__init__()
        assert d > 0, "d must be positive"
        assert kind in ["a", "b", "c"]
        if kind == "a":
            wide = 2 * d
            self.act = nn.ReLU()
            self.fc = nn.Linear(d, wide)
            self.back = nn.Linear(wide, d)
            self.gain = None
        elif kind == "b":
            self.act = nn.Tanh()
            self.fc = None
            self.back = nn.Identity()
            self.gain = nn.Parameter(torch.empty(d))
            nn.init.constant_(self.gain, 2)
        else:
            self.act = nn.GELU()
            self.fc = nn.Linear(d, d)
            self.back = None
            self.gain = None
        for i in range(n):
            if i > 0:
                k = i * 2
                self.add_module(f"conv{i}", nn.Conv1d(1, 1, k + 1, padding=i))
                if deep:
                    for j in range(i):
                        self.add_module(f"deep{i}_{j}", nn.Linear(d, d))
        for name, size in [("left", d), ("right", 1)]:
            self.add_module(f"{name}", nn.Linear(d, size))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        if self.fc is not None:
            x = self.fc(x)
        x = self.act(x)
        if self.back is not None:
            x = self.back(x)
        else:
            x = x + 1
        return x
