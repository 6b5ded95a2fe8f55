"""Programs that nobody means well with: each ends in a diagnostic or compiles, in bounded time and
memory, through the command line as anyone would call it."""

from __future__ import annotations

import ast
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 60
"""Far more than any of the programs takes: what runs into it would never end."""

MEMORY = 2 << 30
DEEP = 10_000
MEGABYTE = 999_900
"""As much as a program may have, but for what stands around it."""

HOSTILE = {
    "nothing": "",
    "line ends": "\n" * 100_000,
    "a megabyte on one line": "seq(relu" + " " * MEGABYTE + ")",
    "a megabyte of one comment": "#" + "x" * MEGABYTE,
    "a megabyte of one name": "seq(" + "a" * MEGABYTE + ")",
    "a megabyte of one string": 'seq("' + "a" * MEGABYTE + '" = relu)',
    "a megabyte of one docstring": 'module M "' + "a b " * (MEGABYTE // 4) + '" = seq(relu)',
    "a megabyte of backslashes": 'let a = "' + "\\\\" * (MEGABYTE // 2) + '"',
    "a megabyte of bad escapes": 'let a = "' + "\\q" * (MEGABYTE // 2) + '"',
    "a megabyte of quotation marks": '"' * MEGABYTE,
    "round brackets": "let a = " + "(" * DEEP + "1" + ")" * DEEP,
    "round brackets that are never closed": "let a = " + "(" * DEEP,
    "square brackets": "let a = " + "[" * DEEP + "]" * DEEP,
    "square brackets that are never closed": "let a = " + "[" * DEEP,
    "braces": "let a = " + "{" * DEEP + "}" * DEEP,
    "braces that are never closed": "module M " + "{" * DEEP,
    "brackets that close nothing": ")]}" * DEEP,
    "brackets of every kind": "([{" * DEEP,
    "calls in calls": "seq(" * DEEP + "relu" + ")" * DEEP,
    "types in types": "def f(x: " + "(" * DEEP + "[B]" + ")" * DEEP + ") = x",
    "a pattern of brackets": 'seq(rearrange "' + "(" * DEEP + "a" + ")" * DEEP + ' -> a")',
    "a pattern of many axes": 'seq(rearrange "' + " ".join(f"a{k}" for k in range(DEEP)) + ' -> a")',
    "braces in a name": 'seq("' + "{" * DEEP + "1" + "}" * DEEP + '" = relu)',
    "ifs in ifs": "def f(x: [B]) { " + "if x.sum() > 0 { " * DEEP + "}" * DEEP + " return x }",
    "ifs in ifs of a body": "module M(a) { " + "if a { " * DEEP + "}" * DEEP + " }",
    "groups in groups": "seq(" + "if True { " * DEEP + "relu" + " }" * DEEP + ")",
    "minus minus": "let a = " + "-" * DEEP + "1",
    "not not": "let a = " + "not " * DEEP + "True",
    "a chain of sums": "let a = " + "1 + " * DEEP + "1",
    "a chain of comparisons": "let a = " + "1 < " * DEEP + "1",
    "a chain of ternaries": "let a = " + "1 if True else " * DEEP + "2",
    "a chain of attributes": "def f(x: [B]) = x" + ".T" * DEEP,
    "a chain of calls": "def f(x: [B]) = x" + ".abs()" * DEEP,
    "a chain of indices": "def f(x: [B]) = x" + "[0]" * DEEP,
    "a chain of equal signs": "let a " + "= " * DEEP + "1",
    "a range without end": "seq(linear 8 8 for _ in range(10 ** 12))",
    "a range without end in a body":
        'module M(d) { for i in range(10 ** 12) { "fc{i}" = linear d d }; def forward(x: [B, d]) = x }',
    "a range without end in a def": "def f(x: [B]) { for k in range(10 ** 12) { x = x + k }; return x }",
    "a sum without end": "let a = sum(range(10 ** 12))\nlinear a 8",
    "a power": "linear (2 ** 10 ** 10) 8",
    "a power in a shape": "def f(x: [2 ** 10 ** 10]) -> [10 ** 10 ** 10] = x",
    "a power in a name": 'seq("a{2 ** 10 ** 10}" = relu)',
    "a string times": 'let a = "a" * 10 ** 9\nseq(relu)',
    "a string times in a name": "seq(\"{'a' * 10 ** 9}\" = relu)",
    "a list times": "seq(*([linear 8 8] * 10 ** 9))",
    "a number of many digits": "linear " + "9" * 100_000 + " 8",
    "a fraction of many digits": "dropout 0." + "9" * 100_000,
    "an exponent of many digits": "dropout 1e" + "9" * 100_000,
    "a module in itself": "module M(d) = seq(linear d d, M d)\nseq(M 8)",
    "a module in its body": "module M(d) { m = M d; def forward(x: [B]) = m(x) }",
    "modules in each other": "module A(d) = seq(B d)\nmodule B(d) = nest(C d)\nmodule C(d) = seq(A d)",
    "a let in itself": "let a = a + 1\nlinear a 8",
    "lets in each other": "let a(n) = b(n)\nlet b(n) = c(n)\nlet c(n) = a(n)",
    "a def in itself": "def f(x: [B], n: int) -> [B] = f(x, n - 1) if n > 0 else x",
    "many lets, each of the one below":
        "\n".join(f"let a{k} = a{k + 1} + 1" for k in range(10_000)) + "\nlet a10000 = 1",
    "layers that double":
        "let a0 = seq(relu, relu)\n" + "\n".join(f"let a{k + 1} = seq(a{k}, a{k})" for k in range(20)),
    "definitions": "\n".join(f"let a{k} = {k}" for k in range(40_000)),
    "statements": "def f(x: [B]) {" + "x=x+1\n" * 100_000 + "return x }",
    "nothing but semicolons": ";" * 100_000,
    "zeros": "\0" * 100_000,
    "invisible characters": "\ufeff\u202e\u200b" * 10_000,
    "a let that applies itself": "let f(g) = g(g)\nlet a = f(f)",
    "many modules in each other":
        "\n".join(f"module M{k}(d) = seq(M{(k + 1) % 1000} d)" for k in range(1000)),
    "many lets in each other": "\n".join(f"let a{k} = a{(k + 1) % 1000}" for k in range(1000)),
    "many elifs":
        "def f(x: [B]) { if x.sum() > 0 { x = x + 1 } "
        + "elif x.sum() > 1 { x = x + 2 } " * DEEP + "return x }",
    "defaults that call each other":
        "let f0(a=1) = a\n" + "\n".join(f"let f{k + 1}(a=f{k}()) = a" for k in range(2000)),
}  # fmt: skip


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(program: bytes, folder: Path) -> tuple[int, str]:
    """The exit code and the messages of a compilation; what it wrote must be Python."""
    path = folder / "program.nd"
    path.write_bytes(program)
    ran = subprocess.run(
        [sys.executable, "-m", "netdsl", "compile", str(path)],
        capture_output=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=_bounded,
    )
    if ran.returncode == 0:
        ast.parse(path.with_suffix(".py").read_text(encoding="utf-8"))
    return ran.returncode, ran.stderr.decode("utf-8", "replace")


def ends_well(program: bytes, folder: Path) -> bool:
    """Whether a program compiles, or is refused with a diagnostic."""
    code, said = run(program, folder)
    return code == 0 or (code == 1 and ("error[" in said or "not UTF-8" in said))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_program_ends_well(name: str, tmp_path: Path) -> None:
    assert ends_well(HOSTILE[name].encode("utf-8", "surrogatepass"), tmp_path)


@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_random_bytes_end_well(size: int, tmp_path: Path) -> None:
    data = random.Random(size).randbytes(size)
    assert ends_well(data, tmp_path)
    assert ends_well(data.decode("latin-1").encode(), tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_random_words_end_well(seed: int, tmp_path: Path) -> None:
    """Words of the language in no order, which get further into it than bytes do."""
    chance = random.Random(seed)
    words = [
        "let", "module", "def", "record", "extern", "from", "seq", "linear", "relu", "x", "self", "8",
        "0.5", '"a{', '"', "(", ")", "[", "]", "{", "}", ",", ";", "\n", "=", "~", ":", "->", "*", "-",
        ".", "?", "|", "if", "else", "for", "in", "init", "param", "tie", "return", "not", "None", "#",
    ]  # fmt: skip
    program = " ".join(chance.choice(words) for _ in range(20_000))
    assert ends_well(program.encode(), tmp_path)


def test_what_is_no_program_is_told_apart(tmp_path: Path) -> None:
    """The two ways in which a hostile program ends, and the one in which none does."""
    assert run(b"seq(relu)", tmp_path) == (0, "")
    code, said = run(b"seq(lienar)", tmp_path)
    assert code == 1 and "error[unknown-name]" in said
    code, said = run(b"let a = '\xff'", tmp_path)
    assert code == 1 and "not UTF-8" in said
