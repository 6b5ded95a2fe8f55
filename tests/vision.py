"""torchvision beside CPU torch: its compiled operators do not load there, and are declared."""

from __future__ import annotations

import contextlib

import torch


def cure() -> None:
    """Declares the operators that torchvision registers fakes for, if they are not there."""
    with contextlib.suppress(RuntimeError):
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)


_KEPT: list[object] = []
