import torch
import torch.nn.functional as F
from torch import Tensor, nn


def conv_bn(i: int, o: int) -> list[nn.Module]:
    return [
        nn.Conv2d(i, o, 3, padding=1, bias=False),
        nn.BatchNorm2d(o),
        nn.ReLU(inplace=True),
    ]


class DoubleConv(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.double_conv = nn.Sequential(*conv_bn(i, o), *conv_bn(o, o))

    def forward(self, x: Tensor) -> Tensor:
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(i, o))

    def forward(self, x: Tensor) -> Tensor:
        return self.maxpool_conv(x)


class OutConv(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(i, o, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Up(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(i, i // 2, 2, stride=2)
        self.conv = DoubleConv(i, o)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """x: [B, i, h, w], skip: [B, i // 2, H, W] -> [B, o, H, W]."""
        h, w = x.shape[2:]
        H, W = skip.shape[2:]
        x = self.up(x)  # [B, i // 2, 2 * h, 2 * w]
        dy, dx = H - 2 * h, W - 2 * w
        x = F.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.conv(torch.cat([skip, x], 1))


class UNet(nn.Module):
    def __init__(self, n_channels: int, n_classes: int) -> None:
        super().__init__()
        self.inc = DoubleConv(n_channels, 64)
        self.down1 = Down(64, 128)
        self.down2 = Down(128, 256)
        self.down3 = Down(256, 512)
        self.down4 = Down(512, 1024)
        self.up1 = Up(1024, 512)
        self.up2 = Up(512, 256)
        self.up3 = Up(256, 128)
        self.up4 = Up(128, 64)
        self.outc = OutConv(64, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, n_channels, H, W] -> [B, n_classes, H, W]."""
        x1 = self.inc(x)  # [B, 64, H, W]
        x2 = self.down1(x1)  # [B, 128, H // 2, W // 2]
        x3 = self.down2(x2)  # [B, 256, H // 4, W // 4]
        x4 = self.down3(x3)  # [B, 512, H // 8, W // 8]
        x5 = self.down4(x4)  # [B, 1024, H // 16, W // 16]
        return self.outc(self.up4(self.up3(self.up2(self.up1(x5, x4), x3), x2), x1))


def unet() -> UNet:
    """[B, 3, 256, 256] -> [B, 2, 256, 256]."""
    return UNet(3, 2)
