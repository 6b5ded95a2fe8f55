import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LayerNorm2d(nn.LayerNorm):
    def __init__(self, c: int) -> None:
        super().__init__(c)
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, c, H, W] -> [B, c, H, W]."""
        return F.layer_norm(
            x.permute(0, 2, 3, 1), [self.c], self.weight, self.bias, self.eps
        ).permute(0, 3, 1, 2)


class Standardised(nn.Conv2d):
    """With weights of mean 0 and deviation 1."""

    eps: Tensor

    def __init__(self, i: int, o: int, k: int = 3) -> None:
        super().__init__(i, o, k, padding=k // 2)
        self.register_buffer("eps", torch.tensor(1e-5), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W] -> [B, o, H, W]."""
        m = self.weight.mean((1, 2, 3), keepdim=True)  # [o, 1, 1, 1]
        s = self.weight.std((1, 2, 3), keepdim=True)
        return F.conv2d(
            x, (self.weight - m) / (s + self.eps), self.bias, self.stride, self.padding
        )


class Noisy(nn.Linear):
    noise: Tensor

    def __init__(self, d: int, sigma: float = 0.5) -> None:
        super().__init__(d, d, bias=False)
        self.sigma = sigma
        self.register_buffer("noise", torch.zeros(d, d))
        self.inner = nn.Linear(d, d)
        nn.init.zeros_(self.inner.weight)
        nn.init.zeros_(self.inner.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        w = self.weight + self.sigma * self.noise if self.training else self.weight
        return F.linear(x, w, self.bias) + self.inner(x)
