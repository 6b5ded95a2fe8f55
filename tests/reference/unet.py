"""U-Net (Ronneberger et al., 2015, https://arxiv.org/abs/1505.04597) with padded convolutions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoubleConv(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.double_conv(x)
        return y


class Down(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(inputs, outputs))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.maxpool_conv(x)
        return y


class Up(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, inputs // 2, kernel_size=2, stride=2)
        self.conv = DoubleConv(inputs, outputs)

    def forward(self, low: Tensor, skip: Tensor) -> Tensor:
        low = self.up(low)
        rows = skip.shape[2] - low.shape[2]
        columns = skip.shape[3] - low.shape[3]
        around = [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2]
        low = F.pad(low, around)
        y: Tensor = self.conv(torch.cat([skip, low], dim=1))
        return y


class Head(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y


class UNet(nn.Module):
    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.inc = DoubleConv(channels, 64)
        for step in range(4):
            self.add_module(f"down{step + 1}", Down(64 << step, 128 << step))
        for step in range(4):
            self.add_module(f"up{step + 1}", Up(1024 >> step, 512 >> step))
        self.outc = Head(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        kept = [self.inc(x)]
        for step in range(4):
            kept.append(self.get_submodule(f"down{step + 1}")(kept[-1]))
        y = kept.pop()
        for step in range(4):
            y = self.get_submodule(f"up{step + 1}")(y, kept.pop())
        out: Tensor = self.outc(y)
        return out
