from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


def norm() -> nn.LayerNorm:
    return nn.LayerNorm(8)
