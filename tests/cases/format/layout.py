from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

first = 1
second = 22
third = 333
fourth = 4
open = [1, 2, 3, 4]
closed = [1, 2, 3, 4]
numbers = [
    100000,
    200000,
    300000,
    400000,
    500000,
    600000,
    700000,
    800000,
    900000,
    1000000,
    1100000,
    1200000,
]
texts = [
    "the first text of many",
    "the second text of many",
    "the third text of many",
    "the fourth",
]
pairs = {"a": 1, "it's": 2, 'say "b"': -3, **{"c": 4}}
sum_of_products = (
    first * second
    + third * fourth
    + first * third
    + second * fourth
    + first * fourth
    + 1
)
condition = (
    first > 0
    and second > 0
    and (third > 0 or fourth > 0)
    and not first == second
    and first < 5
)
value = numbers[1:][:-1][first - 1 : second + 1][::2][0] ** -(2**1)


def layer_of_a_long_name(
    in_channels: int,
    out_channels: int,
    kernel_size: int = 3,
    stride: int = 1,
    groups: int = 1,
) -> nn.Conv2d:
    """Documented.

    [B, in_channels, H, W] -> [B, out_channels, _, _].
    """
    return nn.Conv2d(
        in_channels, out_channels, kernel_size, stride=stride, groups=groups
    )


def kept() -> nn.Linear:
    return nn.Linear(8, 8)


def wide(d: int) -> nn.Linear:
    layer = nn.Linear(d, 4 * d)
    nn.init.trunc_normal_(layer.weight, std=(1 / (3 * d**2)) ** 0.5)
    nn.init.constant_(layer.bias, 0.125)
    return layer


class Body(nn.Module):
    """Documented."""

    table: Tensor

    def __init__(
        self, d: int, *, depth: int = 2, act: Callable[..., nn.Module] | None = None
    ) -> None:
        super().__init__()
        self.d = d
        self.fc = nn.Linear(d, d)
        self.n = nn.ReLU()
        self.longer_name = nn.ReLU()
        self.blocks = nn.ModuleList(
            nn.Linear(d, d)
            for k in range(depth)
            if k % 2 == 0
            for j in range(depth)
            if j > k and j < depth - 1
        )
        self.add_module(f"odd{depth}", nn.Tanh())
        if act is not None:
            self.act = act()
        else:
            self.act = None
        for k in range(depth):
            self.add_module(f"layer{k}", nn.Linear(d, d))
        self.w = nn.Parameter(torch.empty(d, 1))
        nn.init.normal_(self.w, std=0.02)
        self.register_buffer(
            "table", (torch.arange(d)[:, None] * torch.ones(1, d))[0], persistent=False
        )
        self.fc.requires_grad_(False)
        self.blocks[0].requires_grad_(False)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Conv2d)):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def helper(self, x: Tensor, *rest: Tensor) -> Tensor:
        """x: [*S, d] -> [*S, d]."""
        return x

    def forward(
        self, x: Tensor, mask: Tensor | None = None
    ) -> dict[str, Tensor | tuple[Tensor, Tensor]]:
        """x: [B, d], mask: bool[B, d]? -> {y: [B, d], rest: ([B, d] | [B], [])?}."""
        a, b = x, x
        a += b
        a[0] = 1
        if mask is not None:
            a = a.masked_fill(mask, 0.0)
        if self.training:
            a = a * 2
        elif self.d > 1:
            a = a * 3
            b = a
        else:
            a = a * 4
        for k, (i, j) in enumerate([(1, 2), (3, 4)]):
            a = a + k * i * j
        while a.sum() > 100:
            a = a / 2
            if a.max() < 1:
                break
        assert self.d > 0, "a width"
        for layer in [*self.blocks, self.fc, self.n, self.longer_name]:
            if self.act is not None:
                a = self.act(a)
        y = self.helper(
            self.fc(self.n(a)) * self.w[:, 0]
            + self.table[0] * 0.5
            + self.longer_name(b)
            + F.scaled_dot_product_attention(a, b, a)
        )
        return {"y": y, "rest": None}


def chosen(d: list[int], i: int, j: int) -> nn.Sequential | nn.Identity:
    return (
        nn.Sequential(
            nn.Conv2d(d[j], d[i], 1, bias=False),
            nn.BatchNorm2d(d[i]),
            nn.Upsample(scale_factor=2 ** (j - i)),
        )
        if j > i
        else (
            nn.Identity()
            if i == j
            else nn.Sequential(
                nn.Conv2d(d[j], d[i], 3, stride=2 ** (i - j), padding=1, bias=False),
                nn.BatchNorm2d(d[i]),
            )
        )
    )


def short(n: int) -> nn.ReLU | nn.GELU | nn.Tanh:
    return nn.ReLU() if n > 2 else nn.GELU() if n > 1 else nn.Tanh()
