from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        s = nn.Linear(d, d)
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.fc(x)
