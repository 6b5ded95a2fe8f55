from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

later = 41
first = later + 1
a, b = [1, 2]
c, d = (a, (b, 3))


def pick(kind: str, n: int = 2) -> nn.Linear | nn.Tanh | nn.Identity:
    return (
        nn.Linear(n, n) if kind == "a" else nn.Tanh() if kind == "b" else nn.Identity()
    )


def sizes(n: int, *, extra: int = 0, scale: float = 1.0) -> list[Any]:
    return [int(i * scale) + extra for i in range(n)]


def nothing(x: int | None = None) -> bool:
    return x is None


def made(d: int) -> nn.Sequential:
    """A layer with a docstring."""
    return nn.Sequential(nn.Linear(d, d), pick("a", n=d), pick("b"), pick("c"))


def some(on: bool, d: int = 2) -> nn.Linear | None:
    return nn.Linear(d, d) if on else None


def table(k: Any) -> dict[str, Any]:
    return {"k": k, "list": [k] * 2, **{"more": (k, -k)}}


def greet(name: Any) -> str:
    return "hello {name}" + '\t"' + "multi\nline"


class Uses(nn.Module):
    w = sizes(3, extra=a)[-1]
    low, high = (w, w * 2)

    def __init__(self, on: bool = True) -> None:
        super().__init__()

        def local(i: int, o: int = 3) -> nn.Linear:
            return nn.Linear(i, o)

        self.extra = some(on)
        self.one = local(self.low)
        self.two = local(3, o=self.high)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3] -> [B, 6]."""
        if self.extra is not None:
            x = x + self.extra(x[:, :2]).sum()
        return self.two(self.one(x)) * self.w + first


def widened(block: Callable[..., nn.Module], width: int) -> nn.Module:
    return block(width, 2 * width)


class Guessed(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()

        def scaled(a: float, b: float = 0.5, n: int = 2) -> nn.Linear:
            return nn.Linear(int(a * n), int(b * 8))

        self.fc = widened(nn.Linear, d)
        self.out = scaled(8, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.out(self.fc(x))  # [B, 8]


def guessed() -> Guessed:
    return Guessed(8)
