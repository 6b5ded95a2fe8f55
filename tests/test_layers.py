"""Every layer of torch.nn: a call compiles to what torch itself builds; a wrong one is refused."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

import netdsl
from netdsl import torchlib
from netdsl.checking.check import by_name
from netdsl.checking.run import Runner
from netdsl.checking.values import UNKNOWN, Items, Module, Tensor, Value
from netdsl.compiler import check_source
from netdsl.diagnostics import Diagnostics
from netdsl.shapes.dimension import Dimension
from netdsl.source import Source
from netdsl.torchlib.recording.samples import SAMPLES
from tests.generated import load

OPEN = {"Identity", "Container", "Sequential"}
"""These take any arguments, or any number of layers."""

NAMES = [each.name for each in torchlib.layers()]


def test_there_are_163() -> None:
    assert len(NAMES) == 163


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_keyword_is_refused(name: str) -> None:
    layer = torchlib.layer(name)
    assert layer is not None
    codes = {each.code for each in netdsl.check(f"let l = {layer.snake} no_such_argument=1")}
    assert "unknown-keyword" in codes or name in OPEN, codes


def in_the_language(name: str, arguments: str) -> str:
    """A call in Python's spelling, in the program's."""

    def spelt(found: re.Match[str]) -> str:
        layer = torchlib.layer(found[1])
        assert layer is not None
        return layer.snake

    return re.sub(r"nn\.(\w+)", spelt, f"nn.{name}({arguments})")


@pytest.mark.parametrize("name", NAMES)
def test_calls_build_what_torch_builds(name: str) -> None:
    calls = [call for call in SAMPLES[name] if "torch." not in call]
    assert calls
    for call in calls[:2]:
        torch.manual_seed(0)
        built = load(f"let made() = {in_the_language(name, call)}").made()
        torch.manual_seed(0)
        assert repr(built) == repr(eval(f"nn.{name}({call})", {"nn": nn, "torch": torch}))


def plain(value: Value) -> object:
    """A value that is worked out, as Python has it."""
    if isinstance(value, Items):
        return tuple(map(plain, value.elements))
    return value.as_int() if isinstance(value, Dimension) else value


@pytest.mark.parametrize("name", NAMES)
def test_attributes_are_what_torch_keeps_of_arguments(name: str) -> None:
    layer = torchlib.layer(name)
    assert layer is not None
    for call in (each for each in SAMPLES[name] if "torch." not in each):
        text = Source(f"let made() = {in_the_language(name, call)}", "program.nd")
        program = check_source(text).program
        assert program is not None
        runner = Runner(by_name(program), Diagnostics())
        ours = runner.build_call(runner.global_value("made"), [], program.definitions[0].span)
        theirs = eval(f"nn.{name}({call})", {"nn": nn, "torch": torch})
        for attribute in layer.attributes:
            known = plain(runner.attribute(ours, attribute))
            if known is not UNKNOWN and not isinstance(known, Tensor | Module):
                assert known == getattr(theirs, attribute), attribute


@pytest.mark.parametrize("name", NAMES)
def test_one_argument_too_many_is_refused(name: str) -> None:
    layer = torchlib.layer(name)
    assert layer is not None
    count = sum(each.kind in ("normal", "positional") for each in layer.signature.parameters)
    call = ", ".join(["1"] * (count + 1))
    codes = {each.code for each in netdsl.check(f"let made() = {layer.snake}({call})")}
    assert codes & {"too-many-arguments", "not-a-layer"} or name in OPEN, codes
