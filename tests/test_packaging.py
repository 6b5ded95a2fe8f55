"""A wheel that is built from the sdist works where nothing else of the project is."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.generated import ROOT


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_of_the_sdist_in_a_clean_environment(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path)
    run(*build, "--sdist", ROOT, cwd=tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (tree,) = (tmp_path / "unpacked").iterdir()
    run(*build, "--wheel", tree, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "netdsl/syntax/tables.bin",
        "netdsl/emit/templates.bin",
        "netdsl/forms.bin",
        "netdsl/patterns.bin",
        "netdsl/torchlib/data.bin",
        "netdsl/grammars/netdsl.lark",
        "netdsl/prelude/prelude.nd",
        "netdsl/py.typed",
        "netdsl/torchlib/data/layers.json",
        "netdsl/codes/unknown-name.md",
    } <= names
    run(sys.executable, "-m", "venv", tmp_path / "clean", cwd=tmp_path)
    python = tmp_path / "clean" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "model.nd").write_text("seq(nest(linear 40 30, relu), linear 30 20, fancy 20)\n")
    netdsl = tmp_path / "clean" / "bin" / "netdsl"
    assert "0.1.0" in run(netdsl, "--version", cwd=elsewhere)
    run(netdsl, "compile", "model.nd", "-o", "model.py", cwd=elsewhere)
    assert "def net() -> nn.Sequential:" in (elsewhere / "model.py").read_text()
    run(python, "-m", "pip", "install", "--quiet", "pygments", cwd=tmp_path)
    by_name = run(tmp_path / "clean/bin/pygmentize", "-f", "raw", "model.nd", cwd=elsewhere)
    assert by_name.startswith("Token.Name.Builtin\t'seq'\n") and "Token.Error" not in by_name
    assert by_name == run(
        tmp_path / "clean/bin/pygmentize", "-l", "netdsl", "-f", "raw", "model.nd", cwd=elsewhere
    )
