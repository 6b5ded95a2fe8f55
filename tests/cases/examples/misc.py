import torch
from torch import Tensor, nn
from torchvision.models._utils import _make_divisible as make_divisible
from torchvision.ops import roi_align


class ResNet(nn.Module):
    def __init__(
        self, block: type[nn.Module], layers: list[int], num_classes: int = 1000
    ) -> None:
        super().__init__()
        e = block.expansion

        def stage(i: int, width: int, n: int, stride: int = 1) -> nn.Sequential:
            return nn.Sequential(
                block(i, width, stride),
                *(block(width * e, width) for _ in range(n - 1)),
            )

        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(64, 64, layers[0])
        self.layer2 = stage(64 * e, 128, layers[1], 2)
        self.layer3 = stage(128 * e, 256, layers[2], 2)
        self.layer4 = stage(256 * e, 512, layers[3], 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * e, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(
                    module.weight, mode="fan_out", nonlinearity="relu"
                )
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                if module.weight is not None:
                    nn.init.ones_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, H, W] -> [B, num_classes]."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))  # [B, 64, 56, 56]
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))  # [B, 2048, 7, 7]
        return self.fc(torch.flatten(self.avgpool(x), 1))


def conv1x1(i: int, o: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, 1, stride=stride, bias=False)


def conv3x3(i: int, o: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, 3, stride=stride, padding=1, bias=False)


def project(i: int, o: int, stride: int) -> nn.Sequential | None:
    return (
        nn.Sequential(conv1x1(i, o, stride), nn.BatchNorm2d(o))
        if stride != 1 or i != o
        else None
    )


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, i: int, width: int, stride: int = 1) -> None:
        super().__init__()
        o = width * self.expansion
        self.conv1 = conv1x1(i, width)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = conv1x1(width, o)
        self.bn3 = nn.BatchNorm2d(o)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = project(i, o, stride)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W]."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def resnet50(num_classes: int = 1000) -> ResNet:
    """Takes [B, 3, 224, 224]."""
    return ResNet(Bottleneck, [3, 4, 6, 3], num_classes)


class Conv(nn.Module):
    """The layers, one after the other."""

    def __init__(
        self, i: int, o: int, k: int | tuple[int, int], stride: int, padding: int
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(i, o, k, stride=stride, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(o, eps=0.001)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.bn(x)
        return self.relu(x)


def conv(
    i: int, o: int, k: int | tuple[int, int], stride: int = 1, padding: int = 0
) -> Conv:
    return Conv(i, o, k, stride, padding)


class Inception(nn.Module):
    def __init__(
        self, i: int, c1: int, r3: int, c3: int, r5: int, c5: int, pp: int
    ) -> None:
        super().__init__()
        self.branch1 = conv(i, c1, 1)
        self.branch2 = nn.Sequential(conv(i, r3, 1), conv(r3, c3, 3, padding=1))
        self.branch3 = nn.Sequential(conv(i, r5, 1), conv(r5, c5, 3, padding=1))
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), conv(i, pp, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(
            [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1
        )


class Rearrange(nn.Module):
    """b c h w -> b h w c."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1)


class Rearrange2(nn.Module):
    """b h w c -> b c h w."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    def __init__(self, d: int, drop: float = 0.0, scale: float = 1e-6) -> None:
        super().__init__()
        self.layer_scale = nn.Parameter(torch.empty(d, 1, 1))
        nn.init.constant_(self.layer_scale, scale)
        self.block = nn.Sequential(
            nn.Conv2d(d, d, 7, padding=3, groups=d),
            Rearrange(),
            nn.LayerNorm(d, eps=1e-6),
            nn.Linear(d, 4 * d),
            nn.GELU(),
            nn.Linear(4 * d, d),
            Rearrange2(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d, H, W] -> [B, d, H, W]."""
        return x + self.layer_scale * self.block(x)


class WithAux(nn.Module):
    def __init__(self, n: int = 10, aux_logits: bool = True) -> None:
        super().__init__()
        self.stem = conv(3, 64, 7, stride=2, padding=3)
        if aux_logits:
            self.aux = nn.Linear(64, n)
        else:
            self.aux = None
        self.fc = nn.Linear(64, n)

    def pool(self, x: Tensor) -> Tensor:
        """x: [B, 64, H, W] -> [B, 64]."""
        return x.mean((2, 3))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> dict[str, Tensor]:
        """x: [B, 3, H, W], mask: bool[B]? -> {logits: [B, n], aux: [B, n]?}."""
        h = self.pool(self.stem(x))
        if mask is not None:
            h = h.masked_fill(mask[:, None], 0.0)
        y = {"logits": self.fc(h)}
        if self.training and self.aux is not None:
            y["aux"] = self.aux(h)
        return y


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Add(nn.Module):
    """The sum of the branches."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Identity(), nn.Linear(d, d)])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


def mixer(d: int) -> nn.Sequential:
    return nn.Sequential(Residual(d), Add(d), WithAux(10, aux_logits=False))


class Regions(nn.Module):
    """Scores for boxes in images, on the features of a residual network."""

    def __init__(self, n: int, width: float = 0.25) -> None:
        super().__init__()
        self.features = resnet50(num_classes=256)
        hidden = make_divisible(256 * width, 8)
        self.project = conv1x1(3, hidden)
        self.score = nn.Linear(hidden * 4, n)

    def forward(self, x: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, 3, H, W], boxes: [K, 5] -> ([K, n], [B, 256])."""
        regions = roi_align(self.project(x), boxes, 2)
        return self.score(regions.flatten(1)), self.features(x)
