import torch
from torch import Tensor, nn

a = 1
b = 2
c = a + b
bits = 6 & 3 | 8
rest = 17 % 5
grown = 2 * 3 / 4
small = a < b
large = a > b
both = a == 1 and b == 2
either = a == 2 or b == 1
inside = a in [1, 2]
same = None is None
chosen = 10 if a == 1 else 20
negated = not a == 2
from_dict = {"a": 1, "b": -2}
indexed = [1, 2][0]
first, second = (a, b)


def power(x: Tensor, y: Tensor) -> Tensor:
    """x: [*S], y: [*S] -> [*S]."""
    return (x @ y).relu()


def scheme(d: int) -> nn.Linear:
    layer = nn.Linear(d, d + 1)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Lines(nn.Module):
    def __init__(self, d: int, n: int = 2) -> None:
        super().__init__()
        self.n = n
        self.fc = nn.Linear(d, d)
        self.many = nn.ModuleList(nn.Linear(d, d) for _ in range(n))
        self.w = nn.Parameter(torch.ones(d))
        if n > 1:
            self.a = nn.Linear(d, d)
            self.b = nn.Linear(d, d)
            nn.init.zeros_(self.b.weight)
        elif n == 1:
            self.b = nn.Identity()
            self.a = None
        else:
            self.b = nn.ReLU()
            self.a = None

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        y = self.fc(x)
        if self.n > 1:
            y = y * 2
        else:
            y = y * 3
        for each in self.many:
            y = each(y)
        return y.relu() * self.w
