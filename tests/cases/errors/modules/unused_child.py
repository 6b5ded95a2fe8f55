from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fc(x)
