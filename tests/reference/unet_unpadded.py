"""U-Net (Ronneberger et al., 2015, https://arxiv.org/abs/1505.04597) as it was published: its
convolutions look at what is there, so that what a level kept is cropped before it comes back."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def twice(inputs: int, outputs: int, padding: int, dropout: float = 0.0) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (inputs, outputs):
        layers.append(nn.Conv2d(channels, outputs, kernel_size=3, padding=padding))
        layers.append(nn.ReLU())
    if dropout > 0:
        layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


def crop(x: Tensor, rows: int, columns: int) -> Tensor:
    top = (x.shape[2] - rows) // 2
    left = (x.shape[3] - columns) // 2
    return x.narrow(2, top, rows).narrow(3, left, columns)


class Up(nn.Module):
    def __init__(self, inputs: int, outputs: int, padding: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, outputs, kernel_size=2, stride=2)
        self.convs = twice(2 * outputs, outputs, padding)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = self.up(x)
        y: Tensor = self.convs(torch.cat([crop(skip, x.shape[2], x.shape[3]), x], dim=1))
        return y


class UNet(nn.Module):
    def __init__(
        self,
        channels: int = 1,
        classes: int = 2,
        widths: Sequence[int] = (64, 128, 256, 512, 1024),
        padding: int = 0,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        before = channels
        for level, width in enumerate(widths):
            last_two = level >= len(widths) - 2
            self.down.append(twice(before, width, padding, dropout if last_two else 0.0))
            before = width
        self.up = nn.ModuleList()
        for width in list(widths)[-2::-1]:
            self.up.append(Up(before, width, padding))
            before = width
        self.head = nn.Conv2d(before, classes, kernel_size=1)
        self.pool = nn.MaxPool2d(kernel_size=2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level, convs in enumerate(self.down):
            if level > 0:
                x = self.pool(x)
            x = convs(x)
            kept.append(x)
        for step, up in enumerate(self.up):
            x = up(x, kept[-2 - step])
        y: Tensor = self.head(x)
        return y
