from torch import Tensor, nn


def heads(x: Tensor, h: int) -> Tensor:
    """x: [B, T, C] -> [B, h, T, E]."""
    return x.unflatten(2, (h, -1)).transpose(1, 2)


def back(x: Tensor) -> Tensor:
    """x: [B, H, T, E] -> [B, T, C]."""
    return x.transpose(1, 2).flatten(2)


def parts(x: Tensor) -> Tensor:
    """x: [B, T, C]."""
    q, k, v = x.unflatten(2, (3, -1)).permute(2, 0, 1, 3)
    return q * 1 + k * 2 + v * 3  # [B, T, C // 3]


def ones(x: Tensor) -> Tensor:
    """x: [B, C]."""
    return x.unsqueeze(1).unsqueeze(3)  # [B, 1, C, 1]


def gone(x: Tensor) -> Tensor:
    """x: [B, 1, C, 1]."""
    return x.squeeze(3).squeeze(1).transpose(0, 1)  # [C, B]


def dots(x: Tensor) -> Tensor:
    """x: [*S, A, B]."""
    return x.movedim(-1, 0)


def front(x: Tensor) -> Tensor:
    """x: [A, *S]."""
    return x.movedim(0, -1)


def whole(x: Tensor) -> Tensor:
    """x: [A, B, C]."""
    return x.permute(2, 0, 1).flatten(0)  # [A * B * C]


def same(x: Tensor) -> Tensor:
    """x: [A, B]."""
    return x


class Split(nn.Module):
    """b c (h p) (w q) -> b (h w) (p q c)."""

    def __init__(self, p: int) -> None:
        super().__init__()
        self.p = p
        self.q = p

    def forward(self, x: Tensor) -> Tensor:
        return (
            x.unflatten(3, (-1, self.q))
            .unflatten(2, (-1, self.p))
            .permute(0, 2, 4, 3, 5, 1)
            .flatten(3)
            .flatten(1, 2)
        )


class Patches(nn.Module):
    def __init__(self, p: int, d: int) -> None:
        super().__init__()
        self.p = p
        self.split = Split(p)
        self.fc = nn.Linear(p * p * 2, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2, H, W] -> [B, d, H / p, W / p]."""
        W = x.shape[3]
        y = self.fc(self.split(x))  # [B, (H // p) * (W // p), d]
        return y.unflatten(1, (-1, W // self.p)).permute(0, 3, 1, 2)


class Rearrange(nn.Module):
    """b c ... -> b ... c."""

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(1, -1)


class Rearrange2(nn.Module):
    """b ... c -> b c ...."""

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(-1, 1)


def channels_last(c: int | list[int]) -> nn.Sequential:
    return nn.Sequential(Rearrange(), nn.LayerNorm(c), Rearrange2())
