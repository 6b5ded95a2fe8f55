import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Twice(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fc(self.fc(x))


def twice() -> Twice:
    """Takes [B, 8]."""
    return Twice(8)


class Tied(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.one = nn.Linear(d, d)
        self.two = nn.Linear(d, d)
        self.two.weight = self.one.weight

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.two(self.one(x))


def tied() -> Tied:
    """Takes [B, 8]."""
    return Tied(8)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        s = nn.Linear(6, 6)
        self.net = nn.Sequential(s, nn.ReLU(), s)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 6] -> [B, 6]."""
        return self.net(x)


def shared() -> Shared:
    """Takes [B, 6]."""
    return Shared()


class Frozen(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.base = nn.Linear(d, d)
        self.head = nn.Linear(d, 3)
        self.base.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, 3]."""
        return self.head(self.base(x))


def frozen() -> Frozen:
    """Takes [B, 8]."""
    return Frozen(8)


class Tagger(nn.Module):
    def __init__(self, words: int, d: int, tags: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, d)
        self.lstm = nn.LSTM(d, d, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * d, tags)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: int[B, T] -> [B, T, tags]."""
        y, _ = self.lstm(self.embed(ids))
        return self.out(y)


def tagger() -> Tagger:
    """Takes int[B, T]."""
    return Tagger(50, 8, 5)


class Attends(nn.Module):
    def __init__(self, d: int, h: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(d, h, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, d] -> [B, T, d]."""
        y, _ = self.attention(x, x, x, need_weights=False)
        return x + y


def attends() -> Attends:
    """Takes [B, T, 16]."""
    return Attends(16, 4)


class Weighs(nn.Module):
    def __init__(self, d: int, h: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(d, h, batch_first=True)

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
        """q: [B, N, d], k: [B, T, d] -> ([B, N, d], [B, N, T])."""
        y, w = self.attention(q, k, k)
        return y, w


def weighs() -> Weighs:
    """Takes ([B, N, 16], [B, T, 16])."""
    return Weighs(16, 4)


def encodes() -> nn.TransformerEncoderLayer:
    """Takes [B, T, 16]."""
    return nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, batch_first=True)


def stack() -> nn.TransformerEncoder:
    """Takes [B, T, 16]."""
    return nn.TransformerEncoder(
        nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, batch_first=True), 2
    )


class Layers(nn.Module):
    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(d, d) for _ in range(n))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for layer in self.layers:
            x = F.relu(layer(x))
        return x


def layers() -> Layers:
    """Takes [B, 8]."""
    return Layers(8, 3)


class Maybe(nn.Module):
    def __init__(self, d: int, o: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, o) if d != o else None

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, o]."""
        return x if self.down is None else self.down(x)


def has_it() -> Maybe:
    """Takes [B, 8]."""
    return Maybe(8, 4)


def has_it_not() -> Maybe:
    """Takes [B, 8]."""
    return Maybe(8, 8)


def convs() -> nn.Sequential:
    """Takes [B, 4, 9, 9]."""
    return nn.Sequential(
        nn.Conv2d(4, 8, 3, groups=2),  # [B, 8, 7, 7]
        nn.Conv2d(8, 8, 3, padding="same", dilation=2),
        nn.ConvTranspose2d(8, 4, 3, stride=2, bias=False),  # [B, 4, 15, 15]
        nn.Flatten(),  # [B, 900]
        nn.Linear(900, 3),  # [B, 3]
    )


def signal() -> nn.Sequential:
    """Takes [B, 3, 20]."""
    return nn.Sequential(
        nn.Conv1d(3, 6, 5, stride=2),  # [B, 6, 8]
        nn.BatchNorm1d(6),
        nn.ConvTranspose1d(6, 3, 4, groups=3),  # [B, 3, 11]
    )


def volume() -> nn.Sequential:
    """Takes [B, 2, 5, 6, 7]."""
    return nn.Sequential(nn.Conv3d(2, 4, 3), nn.ConvTranspose3d(4, 2, (1, 2, 3)))


def bilinear_() -> nn.Bilinear:
    """Takes ([B, 4], [B, 5])."""
    return nn.Bilinear(4, 5, 3)


class Named(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.a = nn.Linear(d, 3)
        self.b = nn.Linear(d, 4)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """x: [B, d] -> {one: [B, 3], two: [B, 4]}."""
        return {"one": self.a(x), "two": self.b(x)}


def named() -> Named:
    """Takes [B, 8]."""
    return Named(8)


class Products(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.empty(d, d))
        nn.init.normal_(self.w)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x: [B, T, d], y: [B, N, d] -> [B, T, N]."""
        x = x @ self.w
        z = torch.einsum("btd,bnd->btn", x, y)  # [B, T, N]
        return z + torch.matmul(x, y.transpose(1, 2)) + torch.bmm(x, y.mT)


def products() -> Products:
    """Takes ([B, T, 8], [B, N, 8])."""
    return Products(8)
