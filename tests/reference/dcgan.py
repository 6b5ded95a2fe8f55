"""DCGAN (Radford et al., 2016, https://arxiv.org/abs/1511.06434) for pictures of 64 x 64."""

from __future__ import annotations

import itertools

from torch import Tensor, nn


def initialise(module: nn.Module) -> None:
    """Weights as in the paper: of deviation 0.02, those of normalisation around 1."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.constant_(module.bias, 0)


class Generator(nn.Sequential):
    def __init__(self, noise: int = 100, maps: int = 64, channels: int = 3) -> None:
        layers: list[nn.Module] = []
        widths = [noise, 8 * maps, 4 * maps, 2 * maps, maps]
        for step, (before, after) in enumerate(itertools.pairwise(widths)):
            stride, padding = (1, 0) if step == 0 else (2, 1)
            layers.append(
                nn.ConvTranspose2d(
                    before, after, kernel_size=4, stride=stride, padding=padding, bias=False
                )
            )
            layers.append(nn.BatchNorm2d(after))
            layers.append(nn.ReLU(inplace=True))
        layers.append(nn.ConvTranspose2d(maps, channels, 4, 2, 1, bias=False))
        layers.append(nn.Tanh())
        super().__init__(*layers)
        self.apply(initialise)


class Discriminator(nn.Sequential):
    def __init__(self, maps: int = 64, channels: int = 3) -> None:
        layers: list[nn.Module] = []
        before = channels
        for step in range(4):
            after = maps << step
            layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=False))
            if step > 0:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(negative_slope=0.2, inplace=True))
            before = after
        layers.append(nn.Conv2d(before, 1, 4, 1, 0, bias=False))
        super().__init__(*layers)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).view(-1).sigmoid()
