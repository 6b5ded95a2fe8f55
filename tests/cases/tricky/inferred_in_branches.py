from torch import Tensor, nn


class Branches(nn.Module):
    def __init__(self, d: int, n: int, deep: bool = True) -> None:
        super().__init__()
        self.d = d
        self.fc = nn.Linear(d, n)
        self.aux = nn.Linear(d, n)
        self.other = nn.Linear(d, d)
        self.each = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)
        self.gate = nn.Linear(d, d)
        self.extra = nn.Linear(d, 2 * d) if deep else None

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """x: [B, T, d] -> [B, n] | ([B, n], [B, n])."""
        T = x.shape[1]
        for k in range(T):
            x = self.norm(x + self.each(x))
        while x.norm() > 1:
            x = self.gate(x) / 2
        x = x if self.training else self.other(x)
        if self.extra is not None:
            x = self.extra(x)[..., : self.d]
        y = self.fc(x.mean(1))  # [B, n]
        if self.training:
            return y, self.aux(x.sum(1))
        return y


def net() -> Branches:
    """[B, 5, 8] -> [B, 3] | ([B, 3], [B, 3])."""
    return Branches(8, 3)
