"""Networks that tell something of each place of a picture, held against torchvision's and
transformers'."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tests import vision
from tests.parity.compare import Inputs
from tests.parity.table import Row, noise
from tests.parity.vision import models

Build = Callable[[], nn.Module]


def two(*shape: int) -> Callable[[], Inputs]:
    """A picture and the next one, which are not the same."""

    def draw() -> tuple[Tensor, ...]:
        return torch.randn(2, *shape, generator=torch.Generator().manual_seed(0)).unbind()

    return draw


def flows(module: nn.Module, a: Tensor, b: Tensor) -> Any:
    """What two steps come to: each of the twelve costs the same."""
    return module(a, b, 2)


def raft() -> nn.Module:
    """A narrow RAFT of torchvision's, which compares pictures at two sizes."""
    tv = models(".optical_flow.raft")
    module: nn.Module = tv._raft(
        feature_encoder_layers=(8, 8, 12, 16, 20),
        feature_encoder_block=tv.ResidualBlock,
        feature_encoder_norm_layer=nn.InstanceNorm2d,
        context_encoder_layers=(8, 8, 12, 16, 28),
        context_encoder_block=tv.ResidualBlock,
        context_encoder_norm_layer=nn.BatchNorm2d,
        corr_block_num_levels=2,
        corr_block_radius=3,
        motion_encoder_corr_layers=(24, 16),
        motion_encoder_flow_layers=(16, 8),
        motion_encoder_out_channels=14,
        recurrent_block_hidden_state_size=16,
        recurrent_block_kernel_size=((1, 5), (5, 1)),
        recurrent_block_padding=((0, 2), (2, 0)),
        flow_head_hidden_size=24,
        use_mask_predictor=True,
    )
    return module


def raft_sizes(program: Any) -> Any:
    return program.Config(
        block=program.ResidualBlock,
        d=[8, 8, 12, 16],
        norm=nn.BatchNorm2d,
        context=12,
        hidden=16,
        radius=3,
        corr_layers=[24, 16],
        flow_layers=[16, 8],
        motion=14,
        kernels=[(1, 5), (5, 1)],
        features=20,
        flow_hidden=24,
        levels=2,
        mask=True,
    )


def flow(name: str) -> Build:
    """A RAFT of torchvision's, at its published size."""

    def build() -> nn.Module:
        module: nn.Module = getattr(models(".optical_flow"), name)()
        return module

    return build


def retinanet() -> nn.Module:
    """A short RetinaNet of torchvision's, for five classes."""
    resnet, detection = models(".resnet"), models(".detection")
    levels = importlib.import_module("torchvision.ops.feature_pyramid_network")
    backbone = importlib.import_module("torchvision.models.detection.backbone_utils")
    body = resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1])
    extra = levels.LastLevelP6P7(256, 256)
    fpn = backbone._resnet_fpn_extractor(body, 5, returned_layers=[2, 3, 4], extra_blocks=extra)
    module: nn.Module = detection.RetinaNet(fpn, 5)
    return module


def retinanet_resnet50() -> nn.Module:
    module: nn.Module = models(".detection").retinanet_resnet50_fpn(weights_backbone=None)
    return module


def boxes(module: Any, x: Tensor) -> Any:
    """What torchvision's network says of a picture before it draws boxes from it."""
    return module.head(list(module.backbone(x).values()))


DROPPED: dict[str, Any] = {
    "initial": False,
    "because": "torchvision draws the weights of a layer for classes, too, and then drops it",
}


def masks(**sizes: int) -> Build:
    """SAM's mask decoder of transformers'."""

    def build() -> nn.Module:
        vision.cure()
        library = importlib.import_module("transformers.models.sam.modeling_sam")
        configuration = library.SamMaskDecoderConfig(**sizes)
        configuration._attn_implementation = "sdpa"
        module: nn.Module = library.SamMaskDecoder(configuration)
        return module

    return build


def prompted(batch: int, prompts: int, d: int, side: int) -> Callable[[], Inputs]:
    """Pictures, their places, and what was pointed at, by two points each time."""

    def draw() -> Inputs:
        shapes = [(d, side, side), (d, side, side), (prompts, 2, d), (d, side, side)]
        generator = torch.Generator().manual_seed(0)
        return [torch.randn(batch, *shape, generator=generator) for shape in shapes]

    return draw


def masked(module: nn.Module, *inputs: Tensor) -> dict[str, Tensor]:
    found, quality = module(*inputs, multimask_output=True)
    return {"masks": found, "iou": quality}


ROWS = [
    Row(
        "zoo/raft.nd",
        "RAFT",
        raft,
        two(2, 3, 32, 40),
        classes={"c": raft_sizes},
        call=flows,
        reference_call=flows,
    ),
    Row(
        "zoo/retinanet.nd",
        "RetinaNet",
        retinanet,
        noise(2, 3, 32, 48),
        {"depths": [1, 1, 1, 1], "classes": 5},
        reference_call=boxes,
        **DROPPED,
    ),
    Row(
        "zoo/sam.nd",
        "MaskDecoder",
        masks(hidden_size=32, mlp_dim=64, num_attention_heads=4, iou_head_hidden_dim=16),
        prompted(2, 3, 32, 8),
        classes={
            "c": lambda program: program.Config(d=32, num_heads=4, hidden=64, iou_hidden=16),
        },
        reference_call=masked,
    ),
    # Every entry at its published size.
    *(
        Row(
            "zoo/raft.nd",
            name,
            flow(name),
            two(1, 3, 128, 160),
            full=True,
            call=flows,
            reference_call=flows,
        )
        for name in ("raft_large", "raft_small")
    ),
    Row(
        "zoo/retinanet.nd",
        "retinanet_resnet50_fpn",
        retinanet_resnet50,
        noise(1, 3, 256, 256),
        full=True,
        reference_call=boxes,
        **DROPPED,
    ),
    Row(
        "zoo/sam.nd",
        "sam_mask_decoder",
        masks(),
        prompted(1, 1, 256, 64),
        full=True,
        reference_call=masked,
    ),
]
