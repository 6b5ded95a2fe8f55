"""What a summary says, beside what torch does: shapes of every submodule, parameters,
multiply-adds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import netdsl
from netdsl.analysis import program as ir
from netdsl.checking.summary import Row, entries, shown, summarise
from netdsl.compiler import check_source
from netdsl.files import Folder
from netdsl.source import Source
from netdsl.syntax import tree
from tests import vision
from tests.generated import ROOT, load

vision.cure()  # one example imports torchvision

OPEN = {"B": 2, "T": 6, "N": 5}
"""The sizes that stand for what an entry leaves open."""
OWN = sorted((Path(__file__).parent / "cases" / "summary").glob("*.nd"))


def device(path: Path) -> str:
    """Where a program's networks run: those that look at values need values."""
    return "cpu" if path.stem in ("moe", "d2l", "seeds", "model", "oneliner", "loops") else "meta"


@dataclass(frozen=True)
class Case:
    """An entry of a program, with inputs of the shapes that it states."""

    path: Path
    entry: str
    inputs: tuple[Tensor, ...]

    @property
    def id(self) -> str:
        return f"{self.path.stem}-{self.entry}"

    def network(self) -> nn.Module:
        module = load(self.path.read_text(), self.path.name, Folder(self.path.parent).read)
        with torch.device(device(self.path)):
            network: nn.Module = getattr(module, self.entry)()
        return network.train()

    def row(self) -> Row:
        names = forward_names(program_of(self.path), self.entry, len(self.inputs))
        sizes = {name: list(x.shape) for name, x in zip(names, self.inputs, strict=True)}
        row = summarise(program_of(self.path), self.entry, sizes)
        assert row is not None
        return row


@cache
def program_of(path: Path) -> ir.Program:
    checked = check_source(Source(path.read_text(), path.name), Folder(path.parent).read)
    assert checked.program is not None
    return checked.program


def forward_names(program: ir.Program, entry: str, count: int) -> list[str]:
    """What the inputs of an entry are called; positions for what has no names."""
    return [str(at) for at in range(count)] if count > 1 else [""]


def stated(node: tree.TypeExpr) -> Iterator[Tensor]:
    """Inputs of the stated shapes."""
    match node:
        case tree.TupleType(elements):
            for each in elements:
                yield from stated(each)
        case tree.NamedType(name, dims) if dims is not None:
            sizes = []
            for dim in dims:
                match dim:
                    case tree.Number(value):
                        sizes.append(int(value))
                    case tree.Name(symbol):
                        sizes.append(OPEN.get(symbol, 4))
                    case _:
                        raise AssertionError(dim)
            dtype = {"int": torch.int64, "bool": torch.bool}.get(name or "", torch.float32)
            yield torch.zeros(sizes, dtype=dtype)
        case _:
            raise AssertionError(node)


def cases() -> Iterator[Case]:
    for path in [*sorted((ROOT / "examples").glob("*.nd")), *OWN]:
        program = program_of(path)
        for name in entries(program):
            definition = next(d for d in program.definitions if getattr(d, "name", "") == name)
            annotation = getattr(definition, "annotation", None)
            if annotation is not None:
                inputs = (each.to(device(path)) for each in stated(annotation.input))
                yield Case(path, name, tuple(inputs))


CASES = list(cases())


def outputs(network: nn.Module, inputs: tuple[Tensor, ...]) -> dict[str, Any]:
    """What every submodule gave last, by its path."""
    found: dict[str, Any] = {}

    def keep(path: str) -> Any:
        def hook(module: nn.Module, given: Any, result: Any) -> None:
            found[path] = result

        return hook

    for path, module in network.named_modules(remove_duplicate=False):
        module.register_forward_hook(keep(path))
    network(*inputs)
    return found


def as_text(value: Any) -> str:
    match value:
        case Tensor():
            return str(list(value.shape))
        case tuple() | list():
            return f"({', '.join(map(as_text, value))})"
        case dict():
            return "{" + ", ".join(f"{key}: {as_text(each)}" for key, each in value.items()) + "}"
        case _:
            return "-"


def rows(row: Row, path: str = "") -> Iterator[tuple[str, Row]]:
    yield path, row
    for child in row.children:
        yield from rows(child, f"{path}.{child.name}" if path else child.name)


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer of torch, whose parts are its own business."""
    containers = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
    return type(module).__module__.startswith("torch.nn") and not isinstance(module, containers)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_submodule_gives_what_the_summary_says(case: Case) -> None:
    network = case.network()
    found = outputs(network, case.inputs)
    said = {path: shown(row.output) for path, row in rows(case.row())}
    inside = tuple(f"{path}." for path, each in network.named_modules() if is_layer(each))
    alone = is_layer(network)
    missing = [path for path in found if path not in said and not path.startswith(inside)]
    assert missing == [] or alone
    found = {path: each for path, each in found.items() if path in said}
    wrong = {
        path: (said[path], as_text(result))
        for path, result in found.items()
        if "?" not in said[path] and as_text(result) not in said[path].split(" | ")
    }
    assert wrong == {}


def test_nearly_every_shape_is_known() -> None:
    said: list[str] = []
    for case in CASES:
        found = outputs(case.network(), case.inputs)
        said += [shown(row.output) for path, row in rows(case.row()) if path in found]
    unknown = sum("?" in each for each in said) / len(said)
    assert len(said) > 500 and unknown < 0.02, unknown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_parameters_are_counted_as_torch_counts_them(case: Case) -> None:
    assert case.row().parameters == sum(each.numel() for each in case.network().parameters())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_multiply_adds_are_half_of_what_torch_counts(case: Case) -> None:
    network = case.network()
    with FlopCounterMode(display=False) as counter:
        network(*case.inputs)
    counted = case.row().multiply_adds
    if case.path.stem == "moe":  # how many tokens an expert gets, only its input tells
        assert counted is None
    else:
        assert counted == counter.get_total_flops() // 2


def summary(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netdsl", "summary", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_the_tree_as_text() -> None:
    done = summary("examples/resnet.nd", "resnet50", "--depth", "1", "--input", "2,3,64,64")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.split("\n")
    assert lines[0].split() == ["module", "output", "parameters", "multiply-adds"]
    assert lines[1].startswith("resnet50: ResNet") and "[2, 1000]" in lines[1]
    assert "  layer1: Sequential" in done.stdout and "BasicBlock" not in done.stdout
    assert "25,557,032 parameters" in done.stdout


def test_like_neighbours_are_folded() -> None:
    done = summary("examples/vit.nd")
    assert "(× 12)" in done.stdout or "(× 11)" in done.stdout


def test_what_repeats_in_a_result_is_folded() -> None:
    path = str(OWN[-1])
    told = "([B, 1], (3 × [B, 4]))"
    assert told in summary(path, "staged").stdout
    data = json.loads(summary(path, "staged", "--format", "json").stdout)
    assert data["output"] == "([B, 1], ([B, 4], [B, 4], [B, 4]))"


def test_the_tree_as_data() -> None:
    done = summary(str(OWN[0]), "attends", "--format", "json")
    data = json.loads(done.stdout)
    assert data["class"] == "Attends" and data["output"] == "[B, T, 16]"
    assert data["parameters"] == 1088 and data["parameters_untold"] == []
    (child,) = data["children"]
    assert child["name"] == "attention" and child["output"].startswith("([B, T, 16]")


def test_what_is_not_told_is_said() -> None:
    done = summary("examples/efficientnet.nd")
    assert "not counted are the parameters of StochasticDepth" in done.stdout


def test_what_a_part_of_a_layer_costs_is_not_known() -> None:
    text = """module T(d) {
      both = transformer d 2 1 1 16
      def forward(x: [S, B, d]) -> [S, B, d] = both.encoder(x)
    }
    let net: [S, B, 8] -> [S, B, 8] = T 8"""
    found = netdsl.summary(text)
    with torch.device("meta"):
        wanted = sum(each.numel() for each in nn.Transformer(8, 2, 1, 1, 16).parameters())
    assert found.parameters == wanted and found.multiply_adds is None
    assert netdsl.summary(text.replace("both.encoder(x)", "both(x, x)")).multiply_adds


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["examples/resnet.nd", "resnet"], 2, "there is no entry resnet; there are: "),
        (["examples/resnet.nd", "--input", "x=2,three"], 2, "is no list of sizes"),
        (["examples/resnet.nd", "--input", "x=2,-3"], 2, "has a size below 0"),
        (["examples/resnet.nd", "--input", "y=2,3,64,64"], 2, "no input called y; there is: x"),
        (
            ["examples/resnet.nd", "--input", "2,4,64,64"],
            1,
            "x is declared [B, 3, H, W], but is [2, 4, 64, 64]",
        ),
        (["examples/nowhere.nd"], 1, "no such file"),
    ],
)
def test_what_cannot_be_summed_up(arguments: list[str], status: int, message: str) -> None:
    done = summary(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr and "Traceback" not in done.stderr


def test_torch_is_not_imported() -> None:
    script = (
        "import sys; from netdsl.cli import main;"
        "main(['summary', 'examples/vit.nd', '--depth', '1']);"
        "raise SystemExit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=-3).returncode == 0


STEPS = """
module Cell(d) {
  fc = linear d d
  gate = linear d d
  def forward(x: [B, d]) -> [B, d] = fc(x) * sigmoid(gate(x))
}
module Net(d, depth, steps) {
  layers = list(Cell d for _ in range(depth))
  def forward(x: [B, d]) -> [B, d] {
    for LOOP in range(steps) {
      for layer in layers { x = layer(x) @ fc_of(layer) }
      ys = [x]
      USE
    }
    return x
  }
  def fc_of(layer: module) = layer.fc.weight
}
let net: [2, 8] -> [2, 8] = Net 8 DEPTH COUNT
"""


@pytest.mark.parametrize(("depth", "count"), [(1, 1), (1, 2), (2, 3), (3, 20), (48, 1024)])
@pytest.mark.parametrize(("loop", "use"), [("_", "0"), ("k", "0"), ("k", "k")])
def test_rounds_that_do_not_differ_are_counted_and_not_followed(
    depth: int, count: int, loop: str, use: str
) -> None:
    count = min(count, 30) if use == "k" else count  # these differ
    text = STEPS.replace("DEPTH", str(depth)).replace("COUNT", str(count)).replace("LOOP", loop)
    text = text.replace("USE", f"y = {use}")
    assert netdsl.check(text) == ()
    assert netdsl.summary(text).multiply_adds == count * depth * 3 * 2 * 8 * 8
