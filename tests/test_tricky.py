"""Valid programs that are easy to get wrong: each is run beside what it is meant to compute."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import netdsl
from tests import vision
from tests.generated import load
from tests.tricky import CHECKS

vision.cure()  # one program imports torchvision

FOLDER = Path(__file__).parent / "cases" / "tricky"


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.nd").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHECKS)
def test_a_tricky_program_runs_as_intended(name: str) -> None:
    torch.manual_seed(0)
    CHECKS[name](load(text_of(name), f"{name}.nd"))


@pytest.mark.parametrize("name", CHECKS)
def test_a_tricky_program_means_the_same_with_carriage_returns_and_a_byte_order_mark(
    name: str,
) -> None:
    text = text_of(name)
    plain = netdsl.compile(text, name="program.nd").source.splitlines()
    other = "\ufeff" + text.replace("\n", "\r\n")
    marked = netdsl.compile(other, name="program.nd").source.splitlines()
    assert plain[2:] == marked[2:]


def test_every_tricky_program_has_a_check() -> None:
    assert sorted(CHECKS) == sorted(path.stem for path in FOLDER.glob("*.nd"))
