"""The command line, through a real process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.generated import ROOT

RESNET = ROOT / "examples" / "resnet.nd"


def netdsl(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netdsl", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_compile_writes_and_check_agrees(tmp_path: Path) -> None:
    target = tmp_path / "resnet.py"
    assert netdsl("compile", str(RESNET), "-o", str(target)).returncode == 0
    text = target.read_text()
    assert "class ResNet(nn.Module):" in text
    assert netdsl("compile", str(RESNET), "-o", str(target), "--check").returncode == 0
    target.write_text(text + "# mine\n")
    refused = netdsl("compile", str(RESNET), "-o", str(target))
    assert refused.returncode == 1 and "--force" in refused.stderr
    assert netdsl("compile", str(RESNET), "-o", str(target), "--force").returncode == 0
    assert target.read_text() == text


def test_a_wrong_program_leaves_the_old_output(tmp_path: Path) -> None:
    program, target = tmp_path / "m.nd", tmp_path / "m.py"
    program.write_text("seq(linear 3 4)")
    assert netdsl("compile", str(program)).returncode == 0
    before = target.read_text()
    program.write_text("seq(linear 3 4,\n  lienar 4 5)")
    wrong = netdsl("compile", str(program))
    assert wrong.returncode == 1
    assert "m.nd:2:3" in wrong.stderr and "`linear`" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert target.read_text() == before


def test_json_has_the_promised_form() -> None:
    found = netdsl("check", "-", "--format", "json", stdin="seq(linear 3)")
    assert found.returncode == 1
    (diagnostic,) = json.loads(found.stdout)["diagnostics"]
    assert diagnostic["code"] == "missing-argument"
    assert diagnostic["start"] == {"line": 1, "column": 5}
    assert set(diagnostic) >= {"code", "severity", "message", "hint", "file", "end", "labels"}


def test_no_compile_imports_torch_and_every_run_gives_the_same_bytes() -> None:
    script = (
        "import sys, netdsl; r = netdsl.compile(open(sys.argv[1]).read(), name='resnet.nd');"
        "assert 'torch' not in sys.modules and 'black' not in sys.modules;"
        "sys.stdout.write(r.source)"
    )
    texts = set()
    for seed in ("0", "1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", script, str(RESNET)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        )
        texts.add(run.stdout)
    assert len(texts) == 1
