"""Networks built from programs in one step."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
import torch
from torch import nn

import netdsl
from tests.generated import ROOT

RESNET = ROOT / "examples" / "resnet.nd"
MISTAKEN = """module Flat(n) {
  def forward(x: [*S]) -> [B, n] {
    return x.reshape(-1, n)
  }
}
let net = Flat 7
"""


def test_a_text_gives_its_network() -> None:
    net = netdsl.load("seq(linear 4 8, relu)")
    assert repr(net) == repr(nn.Sequential(nn.Linear(4, 8), nn.ReLU()))
    assert net(torch.ones(2, 4)).shape == (2, 8)


@pytest.mark.parametrize("path", [RESNET, str(RESNET)], ids=["path", "text"])
def test_a_file_gives_an_entry_with_its_parameters(path: str | Path) -> None:
    net = netdsl.load(path, "resnet18", num_classes=7)
    assert type(net).__name__ == "ResNet" and net.fc.out_features == 7


def test_modules_are_entries_too() -> None:
    block = netdsl.load(RESNET, "BasicBlock", i=8, width=8)
    assert block(torch.ones(1, 8, 4, 4)).shape == (1, 8, 4, 4)


def test_a_program_imports_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "blocks.nd").write_text("module Block(d) = seq(linear d d, relu)")
    (tmp_path / "model.nd").write_text('from "blocks.nd" import Block\nseq(Block 4)')
    assert len(list(netdsl.load(tmp_path / "model.nd").parameters())) == 2


@pytest.mark.parametrize(
    ("program", "entry", "message"),
    [
        ("let a: [B, 2] = seq(linear 2 2)\nlet b: [B, 2] = seq(relu)", None, "one of a, b"),
        ("let a(n) = linear n n", None, "name an entry"),
        ("let a(n) = linear n n", "b", "defines no network called 'b'; it defines a"),
        ("let n = 3\nlet a = seq(linear n n)", "n", "defines no network called 'n'"),
        ("seq(relu)", "torch", "defines no network called 'torch'"),
    ],
)
def test_entries_that_are_not_there(program: str, entry: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        netdsl.load(program, entry)


def test_wrong_programs_and_files() -> None:
    with pytest.raises(netdsl.CompileError, match="linear"):
        netdsl.load("seq(linear 4)")
    with pytest.raises(OSError, match="no such file"):
        netdsl.load("nowhere.nd")
    with pytest.raises(TypeError):
        netdsl.load("let a(n) = linear n n", "a", m=3)


def test_the_source_is_there_for_tools() -> None:
    net = netdsl.load(RESNET, "resnet18")
    source = inspect.getsource(type(net))
    assert source.startswith("class ResNet(nn.Module):  # resnet.nd:43\n")
    assert "def forward" in inspect.getsource(type(net).forward)


def test_tracebacks_name_the_lines_of_the_program() -> None:
    net = netdsl.load(MISTAKEN)
    with pytest.raises(RuntimeError) as caught:
        net(torch.ones(2, 3))
    shown = "".join(traceback.format_exception(caught.value))
    assert "return x.reshape(-1, self.n)  # <string>:3" in shown


def test_networks_are_copied_and_pickled() -> None:
    net = netdsl.load(RESNET, "BasicBlock", i=4, width=4)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert type(other) is type(net)
        assert all(map(torch.equal, other.state_dict().values(), net.state_dict().values()))


def test_the_same_program_has_the_same_classes() -> None:
    one, other = (netdsl.load(RESNET, "resnet18") for _ in range(2))
    assert type(one) is type(other) and one is not other


def test_threads_do_not_meet() -> None:
    programs = [f"seq({', '.join(f'linear {n} {n}' for _ in range(n))})" for n in range(1, 17)]
    found: dict[int, str] = {}

    def build(at: int) -> None:
        found[at] = repr(netdsl.load(programs[at]))

    threads = [threading.Thread(target=build, args=(at,)) for at in range(len(programs))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == {at: repr(netdsl.load(each)) for at, each in enumerate(programs)}


def test_nothing_heavy_is_imported_for_the_name_alone() -> None:
    script = (
        "import sys, netdsl\n"
        "heavy = {'torch', 'lark', 'jinja2', 'black'} & sys.modules.keys()\n"
        "raise SystemExit(f'imports {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
