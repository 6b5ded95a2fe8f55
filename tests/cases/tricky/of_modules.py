from torch import Tensor, nn


class Inner(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fc(x)


class Outer(nn.Module):
    def __init__(self, d: int, rate: float = 0.25) -> None:
        super().__init__()
        self.rate = rate
        self.fast = Inner(d)
        self.slow = Inner(d)
        self.plain = nn.Linear(d, d)
        self.slow.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fast(x) + self.slow(x) + self.plain(x)

    def follow(self) -> None:
        for old, new in zip(self.slow.parameters(), self.fast.parameters()):
            old.copy_(self.rate * old + (1 - self.rate) * new)

    def count(self) -> int:
        return sum(p.numel() for p in self.fast.parameters()) + len(
            [m for m in self.plain.modules()]
        )

    def names(self) -> list[str]:
        return [name for name, _ in self.slow.named_parameters()]
