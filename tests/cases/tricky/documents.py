from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class R:
    """A record "quoted"."""

    a: int = 1


def layer(d: int) -> nn.Linear:
    """A layer: it's fine."""
    return nn.Linear(d, d)


def wide() -> nn.Linear:
    """Four to eight.

    [B, 4] -> [B, 8].
    """
    return nn.Linear(4, 8)


def f(x: Tensor) -> Tensor:
    """One "def".

    x: [*S] -> [*S].
    """
    return x


def g(x: Tensor) -> Tensor:
    """Back\\slash and end\\

    x: [*S].
    """
    return x


class M(nn.Module):
    """Several

      lines, with \"\"\"three\"\"\" quotes.

    [B, d] -> [B, d].
    """

    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """Says what it does.

        x: [B, d] -> [B, d].
        """
        return self.fc(x)

    def other(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Other.

        x: [*S], y: int[B]?.
        """
        return x


class N(nn.ReLU):
    """Ends in a quote" """


class Wide(nn.Module):
    def __init__(self, d: int, h: int) -> None:
        super().__init__()

    def forward(
        self, first: Tensor, second: Tensor, third: Tensor
    ) -> tuple[Tensor, Tensor]:
        """first: [B, d, h], second: [B, d, d // h + 1, h], third: [B, 2 * d, h]
        -> ([B, d, h], [B, 2 * d, h]).
        """
        return first + second.mean(2), third
