from typing import Any

from torch import Tensor, nn

base = 3


class Scoped(nn.Module):
    e = 2
    xs = [i * 2 for i in range(base)]
    best = max(x + 2 for x in xs if x < 2 * 2)
    pairs = [(x, y) for xs in [xs] for x in xs for y in xs if x < y]
    last = xs[e]

    def __init__(self) -> None:
        super().__init__()

        def grow(n: int) -> Any:
            return n * self.e + self.best

        self.fc = nn.Linear(self.e, grow(1))
        self.many = nn.ModuleList(
            nn.Linear(self.e, self.e) for x in self.xs if x > self.e
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2]."""
        return (
            self.fc(x) * self.last + sum(a * b for a, b in self.pairs) + len(self.many)
        )
