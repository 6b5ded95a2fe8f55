from torch import Tensor, nn


class Thin(nn.Module):
    expansion = 1

    def __init__(self, i: int, width: int) -> None:
        super().__init__()
        self.fc = nn.Linear(i, width)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i]."""
        return self.fc(x)  # [B, width]


class Fat(nn.Module):
    expansion = 4
    twice = expansion * 2

    def __init__(self, i: int, width: float) -> None:
        super().__init__()
        o = width * self.expansion
        self.fc = nn.Linear(i, o)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i]."""
        return self.fc(x) + self.twice - self.expansion


class Net(nn.Module):
    def __init__(self, block: type[nn.Module], n: int, width: int = 2) -> None:
        super().__init__()
        self.e = block.expansion
        self.blocks = nn.ModuleList(
            block(width * (self.e if k else 1), width) for k in range(n)
        )
        self.head = nn.Linear(width * block.expansion, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, width]."""
        for each in self.blocks:
            x = each(x)
        return self.head(x) * self.e


def thin() -> Net:
    return Net(Thin, 2)


def fat(n: int) -> Net:
    return Net(Fat, n, width=3)


sum_of = Thin.expansion + Fat.twice
