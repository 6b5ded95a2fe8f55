"""Every layer of torch.nn: a call compiles to what torch itself builds; a wrong one is refused."""

from __future__ import annotations

import netdsl
import pytest
from netdsl import torchlib

NAMES = [each.name for each in torchlib.layers()]


def test_there_are_163() -> None:
    assert len(NAMES) == 163


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_keyword_is_refused(name: str) -> None:
    layer = torchlib.layer(name)
    assert layer is not None
    codes = {each.code for each in netdsl.check(f"let l = {layer.snake} no_such_argument=1")}
    assert "unknown-keyword" in codes or layer.name in ("Sequential", "Container"), codes
