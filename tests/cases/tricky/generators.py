import math
from itertools import accumulate

import torch
from torch import Tensor, nn

widths = [4, 8, 16]
total = sum(w for w in widths)
biggest = max(w * k for w in widths for k in range(3) if k != 1)
ok = all(w % 4 == 0 for w in widths) and not any(w > 16 for w in widths)
pairs = [(a, b) for a, b in zip(widths, widths[1:])]
order = sorted(-w for w in widths)
steps = list(accumulate(w for w in widths))
nested = [[i * j for j in range(i)] for i in range(4)]
flat = [x for row in nested for x in row if x]
deep = [a + b + c for (a, b), c in zip(pairs, [1, 2])]
texts = [str(i) + ":" + s for i, s in enumerate(["a", "b"])]
text = round(math.sqrt(sum(w**2 for w in widths)), 2)


def net() -> nn.Sequential:
    return nn.Sequential(*(nn.Linear(i, o) for i, o in pairs))


class Sums(nn.Module):
    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.d = d
        self.n = n
        self.parts = nn.ModuleList(nn.Linear(d, d) for _ in range(n))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        y = sum(part(x) for part in self.parts)
        z = torch.stack(
            [part(x) * i for i, part in enumerate(self.parts) if i > 0]
        ).sum(0)
        if any(w > 100 for w in [self.d, self.n]) or not all(
            part.bias is not None for part in self.parts
        ):
            return x
        return (
            y + z + max(i for i in range(self.n)) + sum([i for i in range(self.n)], 2)
        )
