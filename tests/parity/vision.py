"""Vision networks, held against torchvision's and timm's, and against modules written by hand."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tests import vision
from tests.parity.table import Row, noise
from tests.reference import lenet, pointnet, unet, unet_unpadded

Build = Callable[[], nn.Module]


def models(family: str = "") -> Any:
    """torchvision.models, or one of its files; imported late, since it takes a second."""
    vision.cure()
    return importlib.import_module(f"torchvision.models{family}")


def torchvision(name: str, **arguments: Any) -> Build:
    """A builder or a class of torchvision.models, without weights."""

    def build() -> nn.Module:
        module: nn.Module = getattr(models(), name)(**arguments)
        return module

    return build


def timm(name: str, **arguments: Any) -> Build:
    """An entry of timm's registry, without weights."""

    def build() -> nn.Module:
        vision.cure()
        import timm

        module: nn.Module = timm.create_model(name, pretrained=False, **arguments)
        return module

    return build


def bottlenecks(**arguments: Any) -> Build:
    """A short residual network of torchvision's bottlenecks."""

    def build() -> nn.Module:
        resnet = models(".resnet")
        module: nn.Module = resnet.ResNet(resnet.Bottleneck, [1, 2, 1, 1], **arguments)
        return module

    return build


def fused() -> nn.Module:
    """A short EfficientNet of torchvision's, with both kinds of blocks."""
    tv = models(".efficientnet")
    module: nn.Module = tv.EfficientNet(
        [
            tv.FusedMBConvConfig(1, 3, 1, 16, 16, 1),
            tv.FusedMBConvConfig(4, 3, 2, 16, 24, 3),
            tv.MBConvConfig(4, 5, 2, 24, 32, 3),
        ],
        dropout=0.3,
        stochastic_depth_prob=0.5,
        norm_layer=functools.partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01),
        last_channel=1280,
    )
    return module


def fused_stages(program: Any) -> list[tuple[Any, ...]]:
    return [
        (program.fused, 1, 3, 1, 16, 1),
        (program.fused, 4, 3, 2, 24, 3),
        (program.separable, 4, 5, 2, 32, 3),
    ]


def transformer(**arguments: Any) -> Build:
    """A short and narrow vision transformer of torchvision's."""
    return torchvision(
        "VisionTransformer",
        image_size=32,
        patch_size=8,
        num_layers=2,
        num_heads=4,
        hidden_dim=32,
        **arguments,
    )


def convnext() -> nn.Module:
    """A short and narrow ConvNeXt of torchvision's."""
    tv = models(".convnext")
    settings = [tv.CNBlockConfig(8, 16, 1), tv.CNBlockConfig(16, None, 2)]
    module: nn.Module = tv.ConvNeXt(settings, stochastic_depth_prob=0.4, layer_scale=0.5)
    return module


def regnet(depth: int, *sizes: float, group: int, ratio: float) -> Build:
    """A short RegNet of torchvision's."""

    def build() -> nn.Module:
        tv = models(".regnet")
        params = tv.BlockParams.from_init_params(depth, *sizes, group, se_ratio=ratio)
        module: nn.Module = tv.RegNet(params)
        return module

    return build


def regnet_called(name: str) -> Build:
    """A RegNet of torchvision's, which works its sizes out by tensors, and so needs a device with
    numbers."""

    def build() -> nn.Module:
        with torch.device("cpu"):
            return torchvision(name)()

    return build


def mixer() -> nn.Module:
    """A short MLP-Mixer of timm's."""
    vision.cure()
    found = importlib.import_module("timm.models.mlp_mixer")
    module: nn.Module = found.MlpMixer(img_size=32, patch_size=8, num_blocks=2, embed_dim=16)
    return module


def outputs(module: nn.Module, x: Tensor) -> Any:
    """Those of a network of torchvision's that gives them names."""
    found = module(x)
    return found if isinstance(found, Tensor) else tuple(found)


SMALL, TINY = noise(2, 3, 64, 64), noise(2, 3, 32, 32)
SHORT = {"d": 32, "depth": 2, "num_heads": 4, "patch": 8, "image": 32}
"""A vision transformer for tiny pictures."""
MIXED = {"d": 16, "depth": 2, "patch": 8, "image": 32}
DROPS = {"p": 0.1, "attention_p": 0.2}
OTHER_DRAWS: dict[str, Any] = {
    "initial": False,
    "because": "its layers are filled as they are built, and the reference's when all are: "
    "the schemes are the same, and the numbers are drawn in another order",
}

ROWS = [
    Row("zoo/alexnet.nd", "alexnet", torchvision("alexnet"), SMALL),
    Row("zoo/vgg.nd", "vgg11_bn", torchvision("vgg11_bn"), TINY),
    Row("zoo/resnet.nd", "resnet18", torchvision("resnet18"), SMALL),
    Row(
        "zoo/resnet.nd",
        "ResNet",
        bottlenecks(groups=4, width_per_group=8),
        SMALL,
        {"depths": [1, 2, 1, 1]},
        {"block": lambda program: functools.partial(program.Bottleneck, groups=4, base=8)},
    ),
    Row(
        "zoo/densenet.nd",
        "DenseNet",
        torchvision(
            "DenseNet",
            growth_rate=12,
            block_config=(2, 3, 4, 2),
            num_init_features=16,
            drop_rate=0.1,
        ),
        SMALL,
        {"depths": [2, 3, 4, 2], "growth": 12, "stem": 16, "p": 0.1},
    ),
    Row(
        "zoo/mobilenet.nd",
        "mobilenet_v2",
        torchvision("mobilenet_v2", width_mult=0.35),
        SMALL,
        {"width": 0.35},
    ),
    Row("zoo/efficientnet.nd", "efficientnet_b0", torchvision("efficientnet_b0"), SMALL),
    Row(
        "zoo/efficientnet.nd",
        "EfficientNet",
        fused,
        SMALL,
        {"stem": 16, "p": 0.3, "drop": 0.5},
        {
            "stages": fused_stages,
            "norm": lambda _: functools.partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01),
        },
    ),
    Row(
        "zoo/vit.nd",
        "VisionTransformer",
        transformer(mlp_dim=128, dropout=0.1, attention_dropout=0.2),
        TINY,
        {**SHORT, **DROPS},
    ),
    Row(
        "zoo/vit.nd",
        "ViT",
        timm(
            "vit_tiny_patch16_224",
            img_size=32,
            patch_size=8,
            embed_dim=32,
            depth=2,
            num_heads=4,
            proj_drop_rate=0.1,
            attn_drop_rate=0.2,
        ),
        TINY,
        {**SHORT, **DROPS},
    ),
    Row("zoo/lenet.nd", "lenet5", lenet.LeNet5, noise(4, 1, 32, 32)),
    Row("zoo/pointnet.nd", "pointnet", pointnet.Classifier, noise(4, 3, 30)),
    Row("zoo/pointnet.nd", "pointnet_segmentation", pointnet.Segmenter, noise(4, 3, 30)),
    Row(
        "zoo/unet.nd",
        "UNet",
        lambda: unet_unpadded.UNet(widths=(4, 8, 16)),
        noise(2, 1, 44, 48),
        {"d": [4, 8, 16]},
    ),
    Row(
        "zoo/convnext.nd",
        "ConvNeXt",
        convnext,
        TINY,
        {"d": [8, 16], "depths": [1, 2], "drop": 0.4, "scale": 0.5},
    ),
    Row(
        "zoo/swin.nd",
        "Swin",
        torchvision(
            "SwinTransformer",
            patch_size=[4, 4],
            embed_dim=12,
            depths=[2, 2],
            num_heads=[2, 4],
            window_size=[3, 3],
            dropout=0.1,
            attention_dropout=0.2,
            stochastic_depth_prob=0.4,
        ),
        TINY,
        {"d": 12, "depths": [2, 2], "num_heads": [2, 4], "w": 3, "drop": 0.4, **DROPS},
    ),
    Row(
        "zoo/maxvit.nd",
        "MaxViT",
        torchvision(
            "MaxVit",
            input_size=(64, 64),
            stem_channels=8,
            partition_size=4,
            block_channels=[16, 32],
            block_layers=[1, 2],
            head_dim=8,
            stochastic_depth_prob=0.4,
        ),
        noise(2, 3, 64, 64),
        {"d": [16, 32], "depths": [1, 2], "size": 64, "stem": 8, "head": 8, "n": 4, "drop": 0.4},
    ),
    Row(
        "zoo/shufflenet.nd",
        "ShuffleNetV2",
        torchvision(
            "ShuffleNetV2", stages_repeats=[2, 2, 2], stages_out_channels=[8, 16, 32, 64, 128]
        ),
        SMALL,
        {"depths": [2, 2, 2], "d": [8, 16, 32, 64, 128]},
    ),
    Row(
        "zoo/regnet.nd",
        "RegNet",
        regnet(6, 24, 24.48, 2.54, group=8, ratio=0.25),
        SMALL,
        {"depth": 6, "first": 24, "slope": 24.48, "step": 2.54, "group": 8, "ratio": 0.25},
    ),
    Row(
        "zoo/mixer.nd",
        "MlpMixer",
        mixer,
        TINY,
        MIXED,
        {"block": lambda program: program.MixerBlock},
    ),
    # The examples beside the zoo, each of which shows one thing.
    Row("resnet.nd", "resnet18", torchvision("resnet18"), SMALL),
    Row(
        "resnet.nd",
        "ResNet",
        bottlenecks(),
        SMALL,
        {"layers": [1, 2, 1, 1]},
        {"block": lambda program: program.Bottleneck},
    ),
    Row(
        "densenet.nd",
        "DenseNet",
        torchvision("DenseNet", growth_rate=12, block_config=(2, 3, 4, 2), num_init_features=16),
        SMALL,
        {"growth": 12, "blocks": [2, 3, 4, 2], "init_features": 16},
    ),
    Row("efficientnet.nd", "efficientnet_b0", torchvision("efficientnet_b0"), SMALL),
    Row("unet.nd", "unet", lambda: unet.UNet(3, 2), noise(2, 3, 37, 41)),
    Row(
        "vit.nd",
        "VisionTransformer",
        transformer(mlp_dim=64),
        TINY,
        {**SHORT, "mlp_dim": 64},
        **OTHER_DRAWS,
    ),
]

# Every entry at its published size.
ROWS += [
    Row(
        f"zoo/{program}.nd",
        name,
        torchvision(name),
        noise(1 if side > 256 else 2, 3, side, side),
        full=True,
    )
    for program, side, names in [
        ("alexnet", 224, "alexnet"),
        ("vgg", 224, "vgg11 vgg13 vgg16 vgg19 vgg11_bn vgg13_bn vgg16_bn vgg19_bn"),
        ("resnet", 224, "resnet18 resnet34 resnet50 resnet101 resnet152"),
        ("resnet", 224, "resnext50_32x4d resnext101_32x8d resnext101_64x4d"),
        ("resnet", 224, "wide_resnet50_2 wide_resnet101_2"),
        ("densenet", 224, "densenet121 densenet161 densenet169 densenet201"),
        ("mobilenet", 224, "mobilenet_v2"),
        ("efficientnet", 224, "efficientnet_b0"),
        ("efficientnet", 240, "efficientnet_b1"),
        ("efficientnet", 288, "efficientnet_b2"),
        ("efficientnet", 300, "efficientnet_b3"),
        ("efficientnet", 380, "efficientnet_b4"),
        ("efficientnet", 456, "efficientnet_b5"),
        ("efficientnet", 528, "efficientnet_b6"),
        ("efficientnet", 600, "efficientnet_b7"),
        ("efficientnet", 384, "efficientnet_v2_s"),
        ("vit", 224, "vit_b_16 vit_l_16"),
        ("convnext", 224, "convnext_tiny convnext_small convnext_base convnext_large"),
        ("swin", 224, "swin_t swin_s swin_b"),
        ("maxvit", 224, "maxvit_t"),
        ("shufflenet", 224, "shufflenet_v2_x0_5 shufflenet_v2_x1_0"),
        ("shufflenet", 224, "shufflenet_v2_x1_5 shufflenet_v2_x2_0"),
    ]
    for name in names.split()
]

BY_NAME: dict[str, Any] = {
    "initial": False,
    "because": "timm fills layers by their names, those inside before those around them, so that "
    "numbers are drawn in another order",
}
REGNETS = "regnet_x_400mf regnet_x_3_2gf regnet_y_400mf regnet_y_3_2gf"
ROWS += [
    Row("zoo/regnet.nd", name, regnet_called(name), noise(2, 3, 224, 224), full=True)
    for name in REGNETS.split()
]

BY_HAND: list[tuple[str, str, Build, tuple[int, ...]]] = [
    ("lenet", "lenet5", lenet.LeNet5, (2, 1, 32, 32)),
    ("pointnet", "pointnet", pointnet.Classifier, (2, 3, 1024)),
    ("pointnet", "pointnet_segmentation", pointnet.Segmenter, (2, 3, 4096)),
    ("unet", "unet", unet_unpadded.UNet, (1, 1, 572, 572)),
    ("unet", "unet_padded", lambda: unet_unpadded.UNet(3, padding=1), (1, 3, 256, 256)),
]
ROWS += [
    Row(f"zoo/{program}.nd", entry, reference, noise(*shape), full=True)
    for program, entry, reference, shape in BY_HAND
]
ROWS += [
    Row(
        "zoo/vit.nd",
        "vit_tiny_patch16_224",
        timm("vit_tiny_patch16_224"),
        noise(2, 3, 224, 224),
        full=True,
    ),
    *(
        Row(
            "zoo/mixer.nd",
            name,
            timm(name),
            noise(2, 3, 224, 224),
            full=True,
            **({} if name.startswith("mixer") else BY_NAME),
        )
        for name in ("mixer_s32_224", "mixer_b16_224", "resmlp_12_224", "gmlp_s16_224")
    ),
    Row(
        "zoo/googlenet.nd",
        "googlenet",
        torchvision("googlenet", init_weights=True),
        noise(2, 3, 224, 224),
        full=True,
        reference_call=outputs,
    ),
    Row("resnet.nd", "resnet50", torchvision("resnet50"), SMALL, full=True),
    Row("densenet.nd", "densenet121", torchvision("densenet121"), SMALL, full=True),
    Row("densenet.nd", "densenet169", torchvision("densenet169"), SMALL, full=True),
    Row("efficientnet.nd", "efficientnet_b1", torchvision("efficientnet_b1"), SMALL, full=True),
    Row(
        "vit.nd",
        "vit_b_16",
        torchvision("vit_b_16"),
        noise(1, 3, 224, 224),
        full=True,
        **OTHER_DRAWS,
    ),
]
