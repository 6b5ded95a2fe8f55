"""`import model` of a real model.nd, in a Python of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = """module Net(d) {
  fc = linear d 2
  def forward(x: [B, d]) -> [B, 2] = fc(x)
}
let net: [B, 4] = Net 4
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "model.nd").write_text(MODEL)
    return tmp_path


def python(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script that can import from the folder."""
    (folder / "script.py").write_text(script)
    return subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", **environment},
    )


def test_a_program_is_imported(here: Path) -> None:
    done = python("import netdsl.importer\nimport model\nprint(model.net())\n", here)
    assert done.stdout == "Net(\n  (fc): Linear(in_features=4, out_features=2, bias=True)\n)\n"
    assert done.stderr == ""


def test_a_script_runs_without_a_word_of_its_own(here: Path) -> None:
    script = "import sys, model\nprint(model.Net(3).fc.in_features, sys.argv[1:])\n"
    done = python("", here)
    (here / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "-m", "netdsl", "run", "script.py", "a", "--b"],
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "3 ['a', '--b']\n")


def test_what_a_script_raises_is_its_own(here: Path) -> None:
    (here / "script.py").write_text("import model\nraise KeyError('gone')\n")
    done = subprocess.run(
        [sys.executable, "-m", "netdsl", "run", "script.py"],
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith('Traceback (most recent call last):\n  File "script.py", line 2')
    assert done.stderr.endswith("KeyError: 'gone'\n")


def test_what_was_generated_is_kept_until_the_program_changes(here: Path) -> None:
    script = (
        "import netdsl.importer, netdsl.importer as hook\n"
        "import importlib\n"
        "compiled = []\n"
        "real = hook.compiled\n"
        "hook.compiled = lambda *a, **k: compiled.append(1) or real(*a, **k)\n"
        "import model\n"
        "print(len(compiled), model.net().fc.out_features)\n"
        "text = open('model.nd').read()\n"
        "open('model.nd', 'w').write(text.replace('linear d 2', 'linear d 5')"
        ".replace('[B, 2]', '[B, 5]'))\n"
        "importlib.reload(model)\n"
        "print(len(compiled), model.net().fc.out_features)\n"
    )
    assert python(script, here).stdout == "1 2\n2 5\n"
    (kept,) = (here / "__pycache__").glob("model.nd.py")
    assert python("import netdsl.importer, model", here).returncode == 0
    again = script.replace("linear d 2", "linear d 9")
    assert python(again, here).stdout == "0 5\n0 5\n"
    kept.write_text(kept.read_text().replace("Linear(d, 5)", "Linear(d, 6)"))
    assert python(again, here).stdout == "1 5\n1 5\n"
    kept.write_bytes(b"\xff\x00 nonsense")
    assert python(again, here).stdout == "1 5\n1 5\n"


def test_a_change_of_an_imported_file_is_seen(here: Path) -> None:
    (here / "blocks.nd").write_text("let width = 8\nmodule Block(d) = seq(linear d width)")
    (here / "model.nd").write_text('from "blocks.nd" import Block\nlet net: [B, 4] = Block 4')
    script = (
        "import netdsl.importer, model, blocks\nprint(model.net()[0], blocks.Block is model.Block)"
    )
    assert "out_features=8" in python(script, here).stdout
    (here / "blocks.nd").write_text("let width = 9\nmodule Block(d) = seq(linear d width)")
    done = python(script, here)
    assert "out_features=9" in done.stdout and done.stdout.endswith("True\n")


def test_packages_hold_programs(here: Path) -> None:
    package = here / "nets" / "small"
    package.mkdir(parents=True)
    for folder in (here / "nets", package):
        (folder / "__init__.py").write_text("")
    (here / "nets" / "blocks.nd").write_text("module Block(d) = seq(linear d d)")
    (package / "tiny.nd").write_text('from "../blocks.nd" import Block\nseq(Block 3)')
    script = (
        "import netdsl.importer\nfrom nets.small import tiny\nfrom nets.blocks import Block\n"
        "print(isinstance(tiny.net()[0], Block))"
    )
    done = python(script, here)
    assert done.stdout == "True\n", done.stderr


def test_a_wrong_program_is_shown_where_it_is_wrong(here: Path) -> None:
    (here / "model.nd").write_text("let net: [B, 4] = seq(\n  linear 3 2,\n)\n")
    done = python("import netdsl.importer\nimport model\n", here)
    assert done.returncode == 1
    *_, file, line, carets, message, hint = done.stderr.rstrip("\n").split("\n")
    assert file.strip() == f'File "{here / "model.nd"}", line 2'
    assert (line, carets[:5]) == ("    linear 3 2,", "    ^")
    assert message == "netdsl.importer.ProgramError: `linear` wants 3 features, but gets [B, 4]"
    assert hint.startswith("  = make the two sizes equal")
    assert done.stderr.count("netdsl/importer.py") == 1


def test_tracebacks_and_tools_show_the_generated_source(here: Path) -> None:
    script = (
        "import netdsl.importer, inspect, model, torch\n"
        "print(inspect.getsource(model.Net).splitlines()[0])\n"
        "model.net()(torch.ones(2, 5))\n"
    )
    done = python(script, here)
    assert done.stdout == "class Net(nn.Module):  # model.nd:1\n"
    assert "    return self.fc(x)  # model.nd:3\n" in done.stderr


def test_python_wins_and_what_is_stale_is_said(here: Path) -> None:
    subprocess.run([sys.executable, "-m", "netdsl", "compile", "model.nd"], cwd=here, check=True)
    script = "import netdsl.importer, model\nprint(model.__file__.endswith('model.py'))"
    fresh = python(script, here)
    assert (fresh.stdout, fresh.stderr) == ("True\n", "")
    os.utime(here / "model.nd", (2_000_000_000, 2_000_000_000))
    stale = python(script, here)
    assert stale.stdout == "True\n" and "is newer: compile it again" in stale.stderr


def test_other_imports_are_as_ever(here: Path) -> None:
    done = python("import netdsl.importer\nimport nowhere\n", here)
    assert "ModuleNotFoundError: No module named 'nowhere'" in done.stderr


def test_a_folder_that_cannot_be_written_is_no_hindrance(here: Path, tmp_path: Path) -> None:
    (here / "__pycache__").write_text("a file stands in the way")
    done = python("import netdsl.importer, model\nprint(model.net().fc.out_features)", here)
    assert done.stdout == "2\n", done.stderr
    cache = tmp_path / "cache"
    for _ in range(2):
        done = python(
            "import netdsl.importer, model, torch\nmodel.net()(torch.ones(2, 5))\n",
            here,
            NETDSL_CACHE=str(cache),
        )
        assert f'File "{cache}/model_' in done.stderr
        assert "    return self.fc(x)  # model.nd:3\n" in done.stderr


def test_what_is_kept_lies_where_python_keeps_its_own(here: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    script = "import netdsl.importer, model\nprint(model.__file__)"
    done = python(script, here, PYTHONPYCACHEPREFIX=str(elsewhere))
    assert done.stdout == f"{elsewhere}{here}/model.nd.py\n", done.stderr
    assert Path(done.stdout.strip()).is_file() and not (here / "__pycache__").exists()


def test_a_wheel_brings_programs_along(here: Path, tmp_path: Path) -> None:
    package = tmp_path / "project" / "nets"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from nets.model import net as net\n")
    (package / "model.nd").write_text('from "blocks.nd" import Block\nlet net = seq(Block 4)\n')
    (package / "blocks.nd").write_text("module Block(d) = seq(linear d d)")
    (package.parent / "pyproject.toml").write_text(
        "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
        "[project]\nname = 'nets'\nversion = '1'\n"
    )
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    options = ["--no-build-isolation", "--no-deps", "--target", str(tmp_path / "site")]
    subprocess.run([*pip, "install", "--quiet", *options, str(package.parent)], check=True)
    script = (
        "import netdsl.importer, nets, nets.blocks\n"
        "print(nets.net()[0][0].in_features, nets.blocks.Block.__module__, nets.model.__file__)"
    )
    done = python(script, here, PYTHONPATH=str(tmp_path / "site"))
    generated = tmp_path / "site/nets/__pycache__/model.nd.py"
    assert done.stdout == f"4 nets.blocks {generated}\n", done.stderr


def test_processes_that_import_at_once_do_not_meet(here: Path) -> None:
    (here / "script.py").write_text("import netdsl.importer, model\nprint(model.Net(3).fc)\n")
    environment = {**os.environ, "PYTHONPATH": ""}
    command = [sys.executable, "script.py"]
    several = [
        subprocess.Popen(
            command, cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    told = {each.communicate() for each in several}
    assert told == {(b"Linear(in_features=3, out_features=2, bias=True)\n", b"")}
    assert os.listdir(here / "__pycache__") == ["model.nd.py"]


def test_a_module_is_loaded_again_with_what_it_imports(here: Path) -> None:
    (here / "blocks.nd").write_text("module Block(d) = seq(linear d 8)")
    (here / "model.nd").write_text('from "blocks.nd" import Block\nlet net: [B, 4] = Block 4')
    script = (
        "import netdsl.importer, importlib, model, blocks\n"
        "first = model.Block\n"
        "open('blocks.nd', 'w').write('module Block(d) = seq(linear d 9)')\n"
        "importlib.reload(blocks), importlib.reload(model)\n"
        "print(model.net()[0].out_features, model.Block is blocks.Block, model.Block is first)"
    )
    assert python(script, here).stdout == "9 True False\n"
