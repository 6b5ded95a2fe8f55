from torch import Tensor, nn

d = 8
widths = [8, 16]
total = 1 + 2 * 3
chosen = d if d > 4 else 4


def layer() -> nn.Linear:
    layer2 = nn.Linear(8, 8)
    nn.init.zeros_(layer2.weight)
    return layer2


class Block(nn.Module):
    """A block."""

    def __init__(self, d: int, p: int, q: float = 0.1) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)
        self.act = nn.ReLU()
        layers: list[nn.Module] = []
        for k in range(2):
            layers.append(nn.Linear(d, d))
        if p > 0:
            layers.append(nn.Dropout(p))
        else:
            layers.append(nn.Dropout(q))
        self.blocks = nn.Sequential(*layers)
        if d > 1:
            self.extra = nn.Linear(d, d)
        else:
            self.extra = None
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.weight)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        y = self.fc(x) + x
        return self.act(y) + self.norm(y)
