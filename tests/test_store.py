"""What is remembered between commands: the same words as without it, and nothing but what holds."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdsl import cli, compiler, kept, store
from netdsl.files import Folder
from netdsl.source import Source
from netdsl.store import Store, digest, packed, unpacked

PROGRAM = 'from "blocks.nd" import Block\nlet net: [B, 4] -> [B, 4] = seq(Block 4, relu)\n'
BLOCKS = "module Block(d) { fc = linear d d; def forward(x: [B, d]) -> [B, d] = fc(x) }\n"
WARNED = "module Net { a = linear 4 4; b = relu; def forward(x: [B, 4]) -> [B, 4] = a(x) }\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are kept, in a folder of programs."""
    (tmp_path / "net.nd").write_text(PROGRAM)
    (tmp_path / "blocks.nd").write_text(BLOCKS)
    (tmp_path / "warned.nd").write_text(WARNED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETDSL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is compiled or checked from its text."""
    found: list[str] = []
    understood = compiler._checked

    def noted(source: Source, *rest: object) -> object:
        found.append(source.name)
        return understood(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(compiler, "_checked", noted)
    return found


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def entries(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.is_dir() else []


# ---- commands ---------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("compile", "net.nd", "--stdout"),
        ("compile", "net.nd", "--bundle", "--lines", "--no-shapes", "-o", "-"),
        ("compile", "warned.nd", "--stdout"),
        ("compile", "net.nd"),
        ("compile", "net.nd", "warned.nd", "-o", "build/"),
        ("check", "net.nd", "warned.nd"),
        ("check", "warned.nd", "--format", "json"),
    ],
)
def test_a_command_says_the_same_again_and_works_nothing_out(
    arguments: tuple[str, ...],
    cache: Path,
    worked: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = run(*arguments, "--no-cache", capsys=capsys)
    written = {path: path.read_bytes() for path in Path().rglob("*.py")}
    assert not cache.exists()
    assert run(*arguments, capsys=capsys) == plain
    assert worked
    del worked[:]
    assert run(*arguments, capsys=capsys) == plain
    assert worked == []
    assert {path: path.read_bytes() for path in Path().rglob("*.py")} == written


@pytest.mark.parametrize(
    "change",
    [
        lambda: Path("net.nd").write_text(PROGRAM + "# another\n"),
        lambda: Path("blocks.nd").write_text(BLOCKS + "# another\n"),
        lambda: Path("__init__.py").write_text(""),
    ],
    ids=["program", "import", "package"],
)
def test_what_changed_is_worked_out_anew(
    change: object, cache: Path, worked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("compile", "net.nd", capsys=capsys)
    assert callable(change)
    change()
    del worked[:]
    run("compile", "net.nd", capsys=capsys)
    assert "net.nd" in worked


def test_other_options_are_another_output(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [[], ["--bundle"], ["--lines"], ["--no-shapes"], ["--style", "black"]]
    for each in options * 2:
        plain = run("compile", "net.nd", "--stdout", *each, "--no-cache", capsys=capsys)
        assert run("compile", "net.nd", "--stdout", *each, capsys=capsys) == plain


def test_an_import_that_is_gone_is_an_error(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "net.nd", capsys=capsys)[0] == 0
    Path("blocks.nd").unlink()
    status, out, _ = run("check", "net.nd", capsys=capsys)
    assert (status, "import-not-found" in out) == (1, True)


def test_programs_with_errors_are_not_kept(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.nd").write_text("seq(lienar 4 8)")
    assert run("check", "wrong.nd", capsys=capsys)[0] == 1
    assert run("compile", "wrong.nd", "--stdout", capsys=capsys)[0] == 1
    assert entries(cache) == []


def test_another_compiler_works_it_out_anew(
    cache: Path,
    worked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("check", "net.nd", capsys=capsys)
    monkeypatch.setattr(kept, "compiler", lambda: "another")
    del worked[:]
    run("check", "net.nd", capsys=capsys)
    assert worked == ["net.nd"]


def test_a_compiler_whose_files_change_is_another(tmp_path: Path) -> None:
    package = tmp_path / "netdsl"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/rule.py", "store.py"):
        (package / name).write_text("__version__ = '1'\n")
    found = {"|".join(store._states_below(str(package)))}
    (package / "inner" / "rule.py").write_text("other = 1\n")
    found.add("|".join(store._states_below(str(package))))
    (package / "inner" / "new.py").write_text("")
    found.add("|".join(store._states_below(str(package))))
    assert len(found) == 3


# ---- entries ----------------------------------------------------------------


def damaged(data: bytes) -> list[bytes]:
    flipped = bytes([*data[:-3], data[-3] ^ 1, *data[-2:]])
    return [
        b"",
        b"\n",
        data[:-1],
        data + b"1:a",
        flipped,
        b"\xff" * 50,
        data[:20],
        b"0" * 9_000_000,
    ]


@pytest.mark.parametrize("which", range(8))
def test_an_entry_that_is_damaged_counts_as_none_and_is_replaced(
    which: int, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = run("compile", "net.nd", "--stdout", capsys=capsys)
    (entry,) = entries(cache)
    whole = entry.read_bytes()
    entry.write_bytes(damaged(whole)[which])
    assert run("compile", "net.nd", "--stdout", capsys=capsys) == plain
    assert entry.read_bytes() == whole


def test_an_entry_under_another_name_counts_as_none(cache: Path) -> None:
    kept_ = Store(str(cache))
    kept_.put(digest("a"), ["found"])
    os.rename(cache / digest("a"), cache / digest("b"))
    assert kept_.get(digest("b")) is None


def test_entries_that_are_no_answers_are_ignored() -> None:
    asked = kept._Asked(Source("relu"), Folder(Path()).read, None)
    for entry in ([], ["a"], ["", "x", ""], ["", "", "[1]"], ["", "", "", "text"]):
        assert asked.answered(entry) is None
    assert asked.answered(["", "", "", "run", "rm", "1"]) is None
    assert asked.answered(["", "", "", "package", "", "1"]) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no permissions")
def test_a_folder_that_others_can_write_to_is_not_used(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = run("compile", "net.nd", "--stdout", capsys=capsys)
    os.chmod(cache, 0o777)
    (entry,) = entries(cache)
    kept_ = Store(str(cache))
    assert kept_.get(entry.name) is None
    kept_.put(digest("a"), ["a"])
    assert entries(cache) == [entry]
    assert run("compile", "net.nd", "--stdout", capsys=capsys) == plain
    os.chmod(cache, 0o700)
    assert kept_.get(entry.name) is not None
    os.symlink(cache, tmp_path / "link")
    assert Store(str(tmp_path / "link")).get(entry.name) is None


def test_what_is_no_file_is_no_entry(cache: Path, tmp_path: Path) -> None:
    kept_ = Store(str(cache))
    kept_.put(digest("a"), ["a"])
    os.mkfifo(cache / digest("b"))
    os.symlink(cache / digest("a"), cache / digest("c"))
    (cache / digest("d")).mkdir()
    assert [kept_.get(digest(name)) for name in "abcd"] == [["a"], None, None, None]


def test_a_cache_that_cannot_be_written_changes_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    plain = run("check", "warned.nd", "--no-cache", capsys=capsys)
    for where in (
        tmp_path / "file",
        tmp_path / "file" / "below",
        Path("/proc/none"),
        Path("/dev/null"),
    ):
        monkeypatch.setenv("NETDSL_CACHE", str(where))
        assert run("check", "warned.nd", capsys=capsys) == plain


def test_there_are_only_so_many(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_ENTRIES", 8)
    kept_ = Store(str(cache))
    keys = [f"{number % 16:x}{digest(str(number))[1:]}" for number in range(33)]
    for at, key in enumerate(keys):
        kept_.put(key, [key])
        os.utime(cache / key, (at, at))
        if at == 31:
            assert kept_.get(keys[17]) == [keys[17]]  # used again, so that others go first
    assert len(entries(cache)) == 6
    assert kept_.get(keys[17]) == [keys[17]]
    assert kept_.get(keys[18]) is None


def test_they_are_only_so_large(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_ENTRY", 1_000)
    monkeypatch.setattr(store, "_BYTES", 5_000)
    kept_ = Store(str(cache))
    kept_.put(digest("large"), ["x" * 1_001])
    assert not cache.exists()
    for number in range(40):
        kept_.put(f"0{digest(str(number))[1:]}", ["x" * 900])
    assert sum(path.stat().st_size for path in entries(cache)) <= 5_000


def test_many_write_and_read_at_once(cache: Path) -> None:
    script = (
        "import sys; from netdsl.store import Store, digest\n"
        "kept = Store(sys.argv[1])\n"
        "for turn in range(100):\n"
        "    for name in 'abc':\n"
        "        text = [name * 50_000]\n"
        "        found = kept.get(digest(name))\n"
        "        assert found in (None, text)\n"
        "        kept.put(digest(name), text)\n"
    )
    command = [sys.executable, "-c", script, str(cache)]
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _: subprocess.run(command, capture_output=True), range(3)))
    assert [each.stderr for each in done] == [b""] * 3
    assert [path.name for path in entries(cache)] == sorted(digest(name) for name in "abc")


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"NETDSL_CACHE": ""}, None),
        ({"NETDSL_CACHE": "/some/where"}, "/some/where"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/netdsl"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.cache/netdsl"),
        ({"HOME": "/home/me"}, "/home/me/.cache/netdsl"),
        ({"HOME": "relative"}, None),
    ],
)
def test_where_things_are_kept(
    environment: dict[str, str], folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NETDSL_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert store.store().folder == folder


@given(st.lists(st.text(max_size=12)))
def test_texts_are_packed_and_unpacked(texts: list[str]) -> None:
    assert unpacked(packed(texts)) == texts


@given(st.text("0123456789:-_ ab", max_size=12))
def test_what_was_not_packed_is_refused_or_read(text: str) -> None:
    try:
        found = unpacked(text)
    except ValueError:
        return
    assert len(packed(found)) <= len(text)


def test_what_is_kept_is_taken_without_the_compiler(cache: Path) -> None:
    script = (
        "import sys; before = {*sys.modules};"
        "from netdsl.cli import main; main(['compile', 'net.nd', '--stdout']);"
        "heavy = {'lark', 'jinja2', 'json', 'netdsl.compiler', 'netdsl.report', 'hashlib',"
        " 'pathlib', 'shutil', 'typing', 'netdsl.commands.workers',"
        " 'argparse', 're', 'collections', 'functools', 'contextlib', 'enum', 'types'};"
        "print(sorted(heavy & ({*sys.modules} - before)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script]
    first, second = (subprocess.run(command, capture_output=True, text=True) for _ in range(2))
    assert first.stdout == second.stdout
    assert second.stderr == "[]\n"
