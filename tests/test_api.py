"""The pages about the embedding API are true and whole: their examples print what stands beside
them, they name every function with its parameters, and every field of what comes back."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

import netdsl
from netdsl.checking.summary import Row
from netdsl.compiler import Result
from netdsl.diagnostics import Diagnostic
from netdsl.syntax import tree, tree_json, visit
from tests.generated import ROOT

PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("api.md", "tree.md")}
BLOCK = re.compile(r"^```python\n(?P<text>.*?)^```$", re.S | re.M)
PRINTED = re.compile(r"^\s*print\(.*\)  # (?P<line>.+)$", re.M)
FUNCTIONS = [name for name in netdsl.__all__ if inspect.isfunction(getattr(netdsl, name))]


def examples() -> list[Any]:
    return [
        pytest.param(found["text"], id=f"{page}:{text.count(chr(10), 0, found.start()) + 1}")
        for page, text in PAGES.items()
        for found in BLOCK.finditer(text)
    ]


@pytest.mark.parametrize("example", examples())
def test_an_example_prints_what_stands_beside_it(
    example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", list(sys.path))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "<example>", "exec"), {"__name__": "documentation"})
    shown = [found["line"] for found in PRINTED.finditer(example)]
    assert printed.getvalue().splitlines() == shown
    assert shown


def section(page: str, title: str) -> str:
    """The text below a heading, up to the next one."""
    text = re.sub(r"^```python\n.*?^```$", "", PAGES[page], flags=re.S | re.M)
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    assert found is not None, title
    return found[1]


def named(page: str, title: str) -> set[str]:
    """What the tables of a section name in their first columns."""
    rows = re.findall(r"^\| ([^|]+) \|", section(page, title), re.M)
    return {word for row in rows for code in re.findall(r"`(.+?)`", row) for word in [code]}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_shown_with_all_its_parameters(name: str) -> None:
    signature = inspect.signature(getattr(netdsl, name))
    plain = re.sub(r"'([^']*)'", r"\1", re.sub(r"= '([^']*)'", r'= "\1"', f"{name}{signature}"))
    assert f"```text\n{plain}\n```" in section("api.md", name)


def test_every_name_is_told() -> None:
    told = "\n".join(PAGES.values())
    for name in netdsl.__all__:
        assert name == "__version__" or re.search(rf"\b{name}\b", told), name
        assert getattr(netdsl, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'compiel'"):
        netdsl.compiel  # noqa: B018


def test_every_option_of_compile_is_in_the_table() -> None:
    parameters = set(inspect.signature(netdsl.compile).parameters) - {"text"}
    assert parameters <= named("api.md", "compile")


@pytest.mark.parametrize(
    ("cls", "title", "hidden"),
    [
        (Result, "compile", set()),
        (Diagnostic, "check", {"sort_key"}),
        (netdsl.Summary, "summary", set()),
        (netdsl.State, "state", set()),
        (netdsl.Diff, "diff", set()),
    ],
)
def test_every_field_of_what_comes_back_is_told(cls: Any, title: str, hidden: set[str]) -> None:
    properties = {name for name, value in vars(cls).items() if isinstance(value, property)}
    told = named("api.md", title)
    assert {each.name for each in fields(cls)} | properties <= told | hidden


def test_every_field_of_a_row_of_a_summary_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", section("api.md", "summary")))
    assert {each.name for each in fields(Row)} - {"output"} | {"shape"} <= told


def test_every_group_of_nodes_and_function_on_trees_is_told() -> None:
    text = PAGES["tree.md"]
    groups = {name for name in tree_json.schema()["$defs"] if name not in visit.NODES}
    assert groups <= named("tree.md", "JSON")
    inner = {"field_types", "options", "elements"}
    for name, value in [*vars(visit).items(), *vars(tree_json).items()]:
        own = getattr(value, "__module__", "") in (visit.__name__, tree_json.__name__)
        if own and callable(value) and name[0] != "_" and name not in {*inner, "NodeT"}:
            assert re.search(rf"`(visit\.)?{name}\b", text), name


@pytest.mark.parametrize("page", PAGES)
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        file, _, anchor = target.partition("#")
        path = ROOT / "docs" / (file or page)
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^##+ (.+)$", path.read_text(encoding="utf-8"), re.M)
            assert anchor in {each.lower().replace(" ", "-") for each in titles}, target


# ---- parse and summary --------------------------------------------------------


def test_what_is_parsed_need_not_mean_anything() -> None:
    file = netdsl.parse("lienar 4 8", name="net.nd")
    assert isinstance(file, tree.File) and file.span.source.name == "net.nd"
    assert netdsl.check("lienar 4 8")
    assert netdsl.parse("").statements == ()


@pytest.mark.parametrize("text", ["seq(linear", "let = 4", "x" * 1_000_001, "(" * 500])
def test_what_is_no_program_is_not_parsed(text: str) -> None:
    with pytest.raises(netdsl.CompileError) as caught:
        netdsl.parse(text, name="net.nd")
    with pytest.raises(netdsl.CompileError) as compiled:
        netdsl.compile(text, name="net.nd")
    assert str(caught.value) == str(compiled.value) != ""


TWO = (
    "module Two(d) { fc = linear d d; def forward(x: [B, d], y: [B, d]) -> [B, d] = fc(x) + y }\n"
    "let first: ([B, 4], [B, 4]) -> [B, 4] = Two 4\nlet other = seq(relu, linear 4 2)"
)


def test_a_summary_is_of_the_entry_that_is_named() -> None:
    assert netdsl.summary(TWO).entry == "first"
    other = netdsl.summary(TWO, "other")
    assert (other.entry, other.parameters, len(other.root.children)) == ("other", 10, 2)


def test_inputs_are_given_by_name_by_position_or_alone() -> None:
    for inputs in ({"x": (3, 4), "y": (3, 4)}, {"0": [3, 4], "1": [3, 4]}):
        assert netdsl.summary(TWO, "first", inputs=inputs).root.shape == "[3, 4]"
    net = "let net: [B, 4] -> [B, 2] = seq(linear 4 2)"
    assert netdsl.summary(net, inputs=[5, 4]).multiply_adds == 40
    assert netdsl.summary(net).multiply_adds == 8


@pytest.mark.parametrize(
    ("entry", "inputs", "message"),
    [
        ("second", None, "there is no entry second; there are: first, other"),
        ("first", {"z": (3, 4)}, "first has no input called z; there is: x, y"),
        ("first", {"x": (-3, 4)}, "the input x has a size below 0"),
        ("first", {"x": (3, 5)}, "x is declared"),
    ],
)
def test_what_has_no_summary_says_why(entry: str, inputs: Any, message: str) -> None:
    wrong = netdsl.CompileError if "declared" in message else ValueError
    with pytest.raises(wrong, match=re.escape(message)):
        netdsl.summary(TWO, entry, inputs=inputs)


@pytest.mark.parametrize(
    ("call", "wrong", "message"),
    [
        (lambda: netdsl.compile(None), TypeError, "the text of a program is a str, not NoneType"),
        (lambda: netdsl.check("seq(relu)", name=3), TypeError, "the name of a program is a str"),
        (lambda: netdsl.compile("seq(relu)", style="x"), ValueError, "there is no style 'x'"),
        (lambda: netdsl.check("seq(relu)", limits=3), TypeError, "limits are a netdsl.Limits"),
        (lambda: netdsl.summary("seq(relu)", inputs=(1, 2.5)), TypeError, "2.5 of an input is no"),
        (lambda: netdsl.summary("seq(relu)", inputs=(True,)), TypeError, "True of an input is no"),
    ],
)
def test_what_is_given_wrongly_is_told_so(call: Any, wrong: Any, message: str) -> None:
    with pytest.raises(wrong, match=re.escape(message)):
        call()


def test_a_wrong_program_and_one_without_networks_have_no_summary() -> None:
    with pytest.raises(netdsl.CompileError, match="lienar"):
        netdsl.summary("seq(lienar 4 8)")
    with pytest.raises(ValueError, match="no network that needs no arguments"):
        netdsl.summary("let f(n) = linear n n")


def test_a_network_that_is_too_large_to_be_followed_has_no_summary() -> None:
    doubled = "\n".join(f"let a{n}: [B, 4] = seq(a{n - 1}, a{n - 1})" for n in range(1, 31))
    text = f"let a0: [B, 4] = seq(relu)\n{doubled}"
    assert netdsl.summary(text, "a3").root.children[0].children[1].kind == "Sequential"
    with pytest.raises(ValueError, match="a30 is too large"):
        netdsl.summary(text, "a30")


@pytest.mark.parametrize("work", [netdsl.parse, netdsl.check, netdsl.compile, netdsl.summary])
def test_limits_hold_for_the_program_that_they_are_given_with(work: Any) -> None:
    text = "seq(relu, relu)"
    try:
        refused = work(text, limits=netdsl.Limits(source=10))
    except netdsl.CompileError as error:
        refused = error.diagnostics
    assert [each.code for each in refused] == ["source-too-long"]
    assert work(text) is not None
    assert netdsl.check(text) == ()


def test_a_summary_reads_what_the_program_imports() -> None:
    files = {"blocks.nd": "module Block(d) = seq(linear d d)"}
    text = 'from "blocks.nd" import Block\nseq(Block 8)'
    found = netdsl.summary(text, read=lambda place: netdsl.Source(files[place], place))
    assert found.parameters == 72


def test_a_summary_as_text_and_as_data_agree_with_its_fields() -> None:
    found = netdsl.summary((ROOT / "examples" / "vit.nd").read_text(encoding="utf-8"))
    data = found.to_json()
    assert (data["parameters"], data["multiply_adds"]) == (found.parameters, found.multiply_adds)
    assert data["memory_bytes"] == found.memory and data["name"] == found.entry
    assert f"{found.parameters:,} parameters" in str(found) == found.text()
    assert len(found.text(1).splitlines()) < len(str(found).splitlines())


# ---- what an import costs -----------------------------------------------------


def imported_by(script: str) -> set[str]:
    """The modules that a fresh process has after a script, beside those it begins with."""
    whole = f"import sys; before = set(sys.modules)\n{script}\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_netdsl_imports_nothing_else() -> None:
    assert imported_by("import netdsl") - {"__future__"} == {"netdsl"}


@pytest.mark.parametrize(
    ("script", "heavy"),
    [
        ("netdsl.CompileError", {"lark", "jinja2", "black", "torch", "argparse"}),
        ("from netdsl.syntax import tree, visit", {"lark", "jinja2", "black", "torch", "argparse"}),
        ("netdsl.parse('relu')", {"jinja2", "black", "torch", "argparse", "netdsl.analysis"}),
        ("netdsl.check('relu')", {"jinja2", "black", "torch", "argparse", "netdsl.emit"}),
        ("netdsl.summary('seq(relu)')", {"jinja2", "black", "torch", "argparse", "netdsl.emit"}),
        ("netdsl.compile('seq(relu)')", {"black", "torch", "argparse", "netdsl.cli"}),
        (
            "netdsl.compile('seq(linear 4 8, relu)')",
            {"ast", "textwrap", "threading", "netdsl.checking.functions.spectral"},
        ),
    ],
)
def test_what_is_not_needed_is_not_imported(script: str, heavy: set[str]) -> None:
    assert imported_by(f"import netdsl; {script}") & heavy == set()
