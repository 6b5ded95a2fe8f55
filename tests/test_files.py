"""Programs of several files: as one module, as modules that import each other, and what is
said of imports that cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import netdsl
from netdsl.files import Folder
from tests.generated import example, fill, load

BLOCKS = """
let act = relu
let norm = layer_norm eps=1e-6
record Sizes(d=8, deep=2)
def double(x: [*S]) -> [*S] = 2 * x
module Block(d, act: layer = act) "A block." = residual(linear d d, act, norm d)
module conv(c: Sizes) { fc = linear c.d c.d; def forward(x: [B, c.d]) -> [B, c.d] = double(fc(x)) }
"""
MODEL = """
from "parts/blocks.nd" import act, Block as B, norm, conv as other, Sizes
module conv(d, block: layer = B) {
  b = block d
  c = other (Sizes(d=d))
  def forward(x: [N, d]) -> [N, d] = c(b(x))
}
let act2(inplace=False) = relu inplace=inplace
seq(linear 8 8, B 8 act=act, conv 8, norm 8, act2 inplace=True)
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "netdsl", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def run(folder: Path, script: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return found.stdout


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    write(tmp_path, {"model.nd": MODEL, "parts/blocks.nd": BLOCKS})
    return tmp_path


def test_files_as_one_module(programs: Path) -> None:
    net = load(MODEL, "model.nd", Folder(programs).read).net()
    fill(net)
    assert list(net.state_dict())[:4] == ["0.weight", "0.bias", "1.net.0.weight", "1.net.0.bias"]
    assert [type(each).__name__ for each in net] == ["Linear", "Block", "conv", "LayerNorm", "ReLU"]
    assert type(net[2].c).__name__ == "conv2"
    x = torch.randn(3, 8)
    inner = net[2].b(x)
    assert torch.equal(net[2](x), 2 * net[2].c.fc(inner))


def test_what_is_not_used_of_a_file_is_not_in_the_bundle() -> None:
    texts = {"a.nd": "module A(d) = seq(linear d d)\nmodule Unused(d) = seq(relu)"}
    found = netdsl.compile(
        'from "a.nd" import A\nseq(A 4)', read=lambda place: netdsl.Source(texts[place], place)
    )
    assert "class A(" in found.source and "Unused" not in found.source


def test_files_as_modules_beside_them(programs: Path) -> None:
    found = command(programs, "compile", "model.nd")
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == [
        "wrote",
        "model.py",
        "wrote",
        os.path.join("parts", "blocks.py"),
    ]
    text = (programs / "model.py").read_text()
    assert "from parts.blocks import Block as B\n" in text
    assert "class Block" not in text and "class Block" in (programs / "parts/blocks.py").read_text()
    script = "import model, parts.blocks as p; n = model.net(); print(type(n[2].b) is p.Block)"
    assert run(programs, script) == "True\n"
    assert command(programs, "compile", "model.nd", "--check").returncode == 0
    write(programs, {"parts/blocks.nd": BLOCKS.replace("2 * x", "3 * x")})
    stale = command(programs, "compile", "model.nd", "--check")
    assert stale.returncode == 1 and "blocks.py" in stale.stderr


def test_files_as_a_package(programs: Path) -> None:
    write(programs, {"nets/__init__.py": "", "nets/parts/__init__.py": ""})
    found = command(programs, "compile", "model.nd", "-o", "nets")
    assert found.returncode == 0, found.stderr
    assert "from .parts.blocks import Block as B\n" in (programs / "nets/model.py").read_text()
    assert run(programs, "import nets.model; print(len(nets.model.net()))") == "5\n"


def test_a_module_in_a_package_reaches_up(tmp_path: Path) -> None:
    files = {
        "nets/model.nd": 'from "../blocks.nd" import Block\nseq(Block 8)',
        "blocks.nd": "module Block(d) = seq(linear d d)",
        "out/__init__.py": "",
        "out/nets/__init__.py": "",
    }
    write(tmp_path, files)
    found = command(tmp_path, "compile", "nets/model.nd", "--root", ".", "-o", "out")
    assert found.returncode == 0, found.stderr
    assert "from ..blocks import Block\n" in (tmp_path / "out/nets/model.py").read_text()
    assert run(tmp_path, "import out.nets.model as m; print(len(m.net()))") == "1\n"


@pytest.mark.parametrize("how", [["--stdout"], ["--bundle"], ["-o", "one.py"]])
def test_one_module_of_all_files(programs: Path, how: list[str]) -> None:
    found = command(programs, "compile", "model.nd", *how)
    assert found.returncode == 0, found.stderr
    target = programs / ("one.py" if "-o" in how else "model.py")
    text = found.stdout if how == ["--stdout"] else target.read_text()
    assert "class Block(" in text and "import Block" not in text
    assert not (programs / "parts/blocks.py").exists()


def test_one_file_imported_twice_is_compiled_once(tmp_path: Path) -> None:
    files = {
        "a.nd": 'from "c.nd" import C\nmodule A(d) = seq(C d)',
        "b.nd": 'from "a.nd" import A\nfrom "c.nd" import C\nseq(A 8, C 8)',
        "c.nd": "module C(d) = seq(linear d d)",
    }
    write(tmp_path, files)
    found = command(tmp_path, "compile", "a.nd", "b.nd")
    assert sorted(found.stdout.split()[1::2]) == ["a.py", "b.py", "c.py"]
    assert run(tmp_path, "import a, b, c; print(isinstance(b.net()[0][0], c.C))") == "True\n"


def test_an_error_in_an_imported_file_is_shown_there(tmp_path: Path) -> None:
    write(tmp_path, {"a.nd": "module A(d) = seq(lienar d d)", "b.nd": 'from "a.nd" import A\nA 8'})
    found = command(tmp_path, "compile", "b.nd")
    assert found.returncode == 1
    assert found.stderr.startswith("a.nd:1:19: error[unknown-name]")
    assert not list(tmp_path.glob("*.py"))


PROMISES = """
module Block(d) = seq(linear d d)
let narrow, wide = 2, 3
let small(): [B, 2] -> [B, 2] = Block narrow
let large(): [B, 3] -> [B, 3] = Block wide
assert params(large) == 12 and wide == 3
assert params(small) == 6
assert params(Block 4) == {count}
"""


def test_what_a_file_promises_of_its_own_networks_is_held_there() -> None:
    def check(text: str, count: int) -> list[str]:
        files = {"blocks.nd": netdsl.Source(PROMISES.format(count=count), "blocks.nd")}
        found = netdsl.check(text, name="model.nd", read=files.__getitem__)
        return [f"{each.code}:{each.message}" for each in found]

    user = 'from "blocks.nd" import small as s\nlet net(): [B, 2] -> [B, 2] = s\n'
    assert check(user, 20) == []
    assert check(user, 21) == [
        "assertion-fails:this does not hold (`params(Block 4)` is 20)",
    ]
    other = 'from "blocks.nd" import wide\nseq(linear wide wide)\n'
    assert check(other, 21) == []
    assert [each[:15] for each in check(PROMISES.format(count=21), 0)] == ["assertion-fails"]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"secret.nd": "module A(d) = seq(linear d d)", "in/b.nd": 'from "a.nd" import A\nA 8'},
    )
    (tmp_path / "in/a.nd").symlink_to(tmp_path / "secret.nd")
    found = command(tmp_path, "compile", "in/b.nd")
    assert found.returncode == 1 and "link that leads out" in found.stderr
    (tmp_path / "in/a.nd").unlink()
    os.mkfifo(tmp_path / "in/a.nd")
    found = command(tmp_path, "compile", "in/b.nd")
    assert found.returncode == 1 and "no regular file" in found.stderr


def test_a_text_without_a_folder_cannot_import() -> None:
    (found,) = netdsl.check('from "a.nd" import A\nA 8')
    assert found.code == "import-not-found" and "without a folder" in found.message


def test_what_generated_modules_import_is_never_hidden() -> None:
    from netdsl.analysis.imports import SHADOWED
    from netdsl.emit.names import IMPORTS

    assert {module.partition(".")[0] for module, _ in IMPORTS.values()} == SHADOWED


def test_a_foreign_package_is_imported_as_it_is() -> None:
    """The example uses torchvision's operators, and a function of its own."""
    from tests import vision

    vision.cure()
    misc = example("misc.nd")
    net = misc.Regions(5)
    assert misc.make_divisible.__module__ == "torchvision.models._utils"
    assert net.project.out_channels == 64
    mixed = misc.mixer(8)
    assert list(mixed[1].state_dict()) == ["branches.1.weight", "branches.1.bias"]
