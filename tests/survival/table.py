"""Which networks the trials are made on, and the page that tells how they went."""

from __future__ import annotations

import dataclasses
from typing import Any

from torch import nn

from tests.generated import ROOT
from tests.parity import language
from tests.parity.table import Row, every_row
from tests.survival.parallel import PARALLEL
from tests.survival.trials import TRIALS

PAGE = ROOT / "docs" / "survival.md"

SMALLER: dict[str, dict[str, Any]] = {
    "zoo/alexnet.nd": {"entry": "AlexNet", "arguments": {"hidden": 64}},
    "zoo/vgg.nd": {
        "entry": "VGG",
        "arguments": {"depths": [1, 1, 2, 2, 2], "hidden": 64},
        "classes": {"norm": lambda _: nn.BatchNorm2d},
    },
    "zoo/gpt2.nd": {
        "arguments": {"d": 24, "depth": 1, "num_heads": 3, "vocab": 31, "context": 16},
        "reference": language.gpt2(24, 1, 3, 31, 16),
    },
    "zoo/llama.nd": {
        "classes": language.sizes(24, 40, 1, 6, 2, 31),
        "reference": language.llama(24, 40, 1, 6, 2, 31),
    },
    "zoo/mixtral.nd": {
        "classes": language.sizes(24, 40, 1, 4, 4, 31),
        "reference": language.mixtral(24, 40, 1, 4, 4, 31, num_local_experts=3),
    },
}
"""Families whose smallest network is large, or deeper than what survives or not depends on: another
one, and its reference if modules have other names there."""

LATER = {
    f"zoo/{name}.nd"
    for name in [
        "bert",
        "clip",
        "convnext",
        "encodec",
        "gemma2",
        "mamba",
        "maxvit",
        "mixer",
        "raft",
        "regnet",
        "retinanet",
        "sam",
        "schnet",
        "shufflenet",
        "swin",
        "t5",
        "whisper",
    ]
}
"""Programs that are made of what others are made of, and so are tried with `-m full` alone."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    (
        "zoo/mixtral.nd",
        "meta",
    ): "which rows an expert computes is decided by numbers, and there are none "
    "on the meta device; building it there is fine",
    ("zoo/fno.nd", "float64"): "torch makes real numbers of complex ones, which lose a part",
    ("zoo/fno.nd", "ONNX"): "torch cannot write to ONNX what is put into a complex tensor",
    ("zoo/encodec.nd", "pickle"): "torch refuses to pickle layers whose weights are worked out of "
    "others; their state_dict is saved as any other",
    ("zoo/swin.nd", "hooks"): "torchvision computes with the weights of two layers without calling "
    "them, so that its hooks do not fire there; the program calls all layers",
    ("zoo/mamba.nd", "hooks"): "transformers computes with the weights of the convolution without "
    "calling it, so that its hooks do not fire there; the program calls it",
    ("zoo/t5.nd", "hooks"): "transformers has an embedding for each side, with tied weights, where "
    "the program applies one for both",
}
"""What does not survive, by program and trial, and why. A trial that is named here has to fail."""


def zoo() -> list[Row]:
    return [row for row in every_row() if row.program.startswith("zoo/") and not row.meta]


def families() -> dict[str, Row]:
    """One small network of each program: the last one in its table."""
    small = {row.program: row for row in zoo() if not row.full}
    return {
        program: dataclasses.replace(row, **SMALLER.get(program, {}))
        for program, row in small.items()
    }


def render(results: dict[tuple[str, str], str]) -> str:
    """The page, of what came of each trial of each program: nothing, or why it failed."""
    names = [trial.name for trial in TRIALS]
    notes = list(dict.fromkeys(results[key] for key in results if results[key]))
    lines = [
        "# What the networks survive",
        "",
        "Written by `python -m tests.survival`, which tries all of it; `tests/test_survival.py` tries it",
        "again, and with `-m full` on every network of the zoo at its published size.",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {trial.name} | {trial.what} |" for trial in TRIALS),
        "",
        f"| `examples/` | network | {' | '.join(names)} |",
        f"| --- | --- |{' :-: |' * len(names)}",
    ]
    for program, row in families().items():
        found = [results[program, name] for name in names]
        cells = ["yes" if not each else f"no ({notes.index(each) + 1})" for each in found]
        lines.append(f"| `{program}` | `{row.entry}` | {' | '.join(cells)} |")
    if notes:
        lines += ["", *(f"{number}. {note}" for number, note in enumerate(notes, 1))]
    lines += [
        "",
        "A step of training by two processes over gloo, each with half of a batch, comes to the gradients",
        "and the weights that one process comes to:",
        "",
        *(f"- {name}: {what}" for name, (what, _) in PARALLEL.items()),
    ]
    return "\n".join(lines) + "\n"


def expected() -> dict[tuple[str, str], str]:
    """What comes of each trial, as the tests hold it."""
    return {
        (program, trial.name): EXCEPTIONS.get((program, trial.name), "")
        for program in families()
        for trial in TRIALS
    }
