from collections.abc import Callable

from torch import Tensor, nn


class Given(nn.Module):
    def __init__(self, layer: Callable[..., nn.Module], d: int) -> None:
        super().__init__()
        self.first = layer(d, d, False)
        self.second = layer(d, d)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.ones_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Conv1d):
                nn.init.ones_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.second(self.first(x))


class Norms(nn.Module):
    """By default one kind has no weights, and others have."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.instance = nn.InstanceNorm1d(d)
        self.batch = nn.BatchNorm1d(d)
        self.plain = nn.LayerNorm(d, bias=False)
        self.fc = nn.Linear(d, d)
        nn.init.ones_(self.fc.weight)
        nn.init.ones_(self.fc.bias)
        self.conv = nn.Conv1d(d, d, 1, bias=True)
        nn.init.ones_(self.conv.weight)
        if self.conv.bias is not None:
            nn.init.ones_(self.conv.bias)
        for module in self.modules():
            if isinstance(module, nn.InstanceNorm1d):
                if module.weight is not None:
                    nn.init.ones_(module.weight)
        nn.init.ones_(self.batch.weight)
        nn.init.zeros_(self.batch.bias)
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                if module.weight is not None:
                    nn.init.zeros_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.GroupNorm):
                nn.init.zeros_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d, N] -> [B, d, N]."""
        return self.plain(self.fc(self.batch(self.instance(self.conv(x))).mT)).mT


def given() -> Given:
    return Given(nn.Linear, 4)


def norms() -> Norms:
    return Norms(4)
