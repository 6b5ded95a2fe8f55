"""Generated source computes and does nothing else, whatever the program tries: every node of
it is of a kind that the compiler means to write, and every name is one that it may use."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netdsl
from netdsl import torchlib
from tests.golden import CASES, cases, outcome

NODES = (
    # what a module consists of
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef,
    ast.arguments, ast.arg, ast.Lambda,
    # statements
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Assert, ast.Break,
    ast.Continue, ast.For, ast.While, ast.If, ast.With, ast.withitem, ast.Pass, ast.Raise,
    # expressions
    ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Attribute, ast.Slice,
    ast.Subscript, ast.Call, ast.keyword, ast.Starred, ast.UnaryOp, ast.BinOp, ast.Compare,
    ast.BoolOp, ast.IfExp, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.comprehension,
    ast.JoinedStr, ast.FormattedValue,
    ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip

IMPORTS = {
    "builtins", "math", "collections", "collections.abc", "dataclasses", "functools",
    "itertools", "typing", "torch", "torch.nn.functional",
}  # fmt: skip

BUILTINS = {
    "range", "len", "enumerate", "zip", "sorted", "reversed", "sum", "min", "max", "abs", "round",
    "all", "any", "int", "float", "bool", "str", "list", "dict", "tuple", "type", "super",
    "isinstance", "hasattr", "bytes", "object", "ValueError", "next", "iter",
}  # fmt: skip

UNDERSCORED = {"__init__", "_modules"}
OF_HELPERS = {"parameter = getattr(layer, name)", "parameter = builtins.getattr(layer, name)"}
"""The helper that fills the parameters of a layer by name, names that the compiler writes."""

OF_TORCH = {"no_grad", "Size", "Tensor", "dtype", "device"}


def trespasses(source: str, externs: set[str]) -> Iterator[str]:
    """Everything in generated source that has no business there."""
    tree = ast.parse(source)
    bound = set(_bound(tree))
    aliases, python = _imported(tree, "torch"), _imported(tree, "builtins")
    ours = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node) in OF_HELPERS
        for name in ast.walk(node)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ours |= {id(node.func) for node in calls if _asks_for_child(node) or _keeps_module(node)}
    attributes = set(_attributes(tree)) | UNDERSCORED
    for node in ast.walk(tree):
        if id(node) in ours:
            continue
        if not isinstance(node, NODES):
            yield f"a {type(node).__name__}"
        match node:
            case ast.Import(names):
                yield from (f"import {name.name}" for name in names if name.name not in IMPORTS)
            case ast.ImportFrom(module=module) if module not in IMPORTS | externs:
                yield f"from {module} import"
            case ast.Name(id=name) if name not in bound | BUILTINS:
                yield f"the name {name}"
            case ast.Attribute(attr=name) if name.startswith("_") and name not in attributes:
                yield f"the attribute {name}"
            case ast.Attribute(ast.Name(root), name) if root in aliases and not _of_torch(name):
                yield f"torch.{name}"
            case ast.Attribute(ast.Name(root), name) if root in python and name not in BUILTINS:
                yield f"builtins.{name}"
            case ast.Attribute(attr=name) if _no_method(name) and name not in bound:
                yield f"the method {name}"


def _imported(tree: ast.AST, module: str) -> set[str]:
    """What a module is called here."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == module
    }


def _asks_for_child(node: ast.Call) -> bool:
    """`getattr(self, "odd name")`: a fixed name that cannot stand behind a dot, so that it is none
    of Python's own."""
    match node:
        case ast.Call(ast.Name("getattr"), [_, ast.Constant(str(name))], []):
            return not name.isidentifier() or keyword.iskeyword(name)
        case _:
            return False


def _keeps_module(node: ast.Call) -> bool:
    """`object.__setattr__(self, "inner", inner)`: a module that is no child, under a fixed name."""
    match node:
        case ast.Call(
            ast.Attribute(ast.Name("object"), "__setattr__"),
            [ast.Name("self"), ast.Constant(str(name)), ast.Name()],
            [],
        ):
            return name.isidentifier() and not name.startswith("_")
        case _:
            return False


def _attributes(tree: ast.AST) -> Iterator[str]:
    """The attributes that a module gives to its classes, as long as Python has no use for them."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("self"), name, ast.Store()) | ast.FunctionDef(name=name):
                if not name.startswith("__"):
                    yield name
            case ast.AnnAssign(ast.Name(name)) if not name.startswith("__"):
                yield name


def _no_method(name: str) -> bool:
    """`requires_grad_` is how the output says `freeze`; programs cannot call it."""
    allowed = name == "requires_grad_" or torchlib.python_method(name)
    return torchlib.method_refusal(name) is not None and not allowed


def _of_torch(name: str) -> bool:
    return (
        name in OF_TORCH | {"linalg", "fft", "special"}
        or torchlib.function(name) is not None
        or torchlib.value(name) is not None
    )


def _bound(tree: ast.AST) -> Iterator[str]:
    """The names that a module, its functions and its classes give to something."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def _outputs() -> dict[str, str]:
    return {case.id: output for case in cases() if (output := case.outcome().output) is not None}


OUTPUTS = _outputs()
EXTERNS = {
    "d2l_ext",
    "torch.nn.utils.parametrizations",
    "torchvision.models._utils",
    "torchvision.ops",
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs_compute_and_nothing_else(name: str) -> None:
    assert list(trespasses(OUTPUTS[name], EXTERNS)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import os", "from os import system", "eval('1')", "exec('1')", "open('f')",
        "getattr(x, 'y')", "x.__class__", "x._version", "torch.load('f')", "torch.hub", "x.numpy()",
        "async def f(): pass", "global y", "del x", "try:\n    pass\nfinally:\n    pass",
        "(y := 1)", "{*x}",
    ],
)  # fmt: skip
def test_what_would_be_a_trespass_is_seen(line: str) -> None:
    assert list(trespasses(f"import torch\nx = 1\n{line}\n", set()))


def test_attacks_are_refused_or_harmless() -> None:
    """The corpus holds both kinds."""
    found = [case.outcome() for case in cases() if case.id.startswith("attacks/")]
    assert any(each.output is None for each in found)
    assert any(each.output is not None for each in found)


TEXT = st.text(
    st.sampled_from("ab{}\"'\\\n\r\t#%();:= \x00\x1b\u202e\ud800é界") | st.characters(), max_size=40
)


def _literal(text: str) -> str:
    """A text as the language writes it."""
    escaped = "".join(
        character if character.isalnum() and character.isascii() else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'


@given(TEXT)
def test_no_text_leaves_its_literal(text: str) -> None:
    plain = _literal(text.replace(".", "").replace("{", "").replace("}", ""))
    string = _literal(text)
    program = (
        "module N(label) { def forward(x: [B]) -> [B] = x; }\n"
        f"module M(a={string}) {string} {{\n"
        f"  fc = linear 2 2\n"
        f"  act = N {string}\n"
        f"  assert a != 0, {string}\n"
        f"  def forward(x: [B, 2]) -> [B, 2] {string} = fc(x)\n"
        f"}}\n"
        f'let f = seq("a" = linear 2 2, {plain} = linear 2 2)\n'
    )
    found = outcome(program, name=text)
    if found.output is None:
        refusals = "bad-child-name", "duplicate-name", "reserved-name", "unexpected-character"
        assert any(f"error[{code}]" in found.findings for code in refusals)
        return
    assert list(trespasses(found.output, set())) == []
    tree = ast.parse(found.output)
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    assert names == ["N", "M", "f"]


@given(TEXT)
def test_no_file_name_leaves_the_header(name: str) -> None:
    source = netdsl.compile("seq(linear 2 2)", name=name).source
    assert ast.dump(ast.parse(source)) == ast.dump(
        ast.parse(netdsl.compile("seq(linear 2 2)").source)
    )


def test_there_are_attacks() -> None:
    assert len(list((CASES / "attacks").glob("*.nd"))) >= 4


def test_the_lists_name_builtins() -> None:
    assert {name for name in BUILTINS if not hasattr(builtins, name)} == set()


def test_a_module_that_is_no_child_is_kept_under_a_fixed_name() -> None:
    text = """module Wrap(inner: module) {
  kept = inner
  def forward(x: [*S]) -> [*S] = inner(x)
}
module Net {
  share core = linear 4 4
  wrap = Wrap core
  def forward(x: [B, 4]) -> [B, 4] = wrap(x)
}
"""
    source = netdsl.compile(text).source
    assert 'object.__setattr__(self, "inner", inner)' in source
    assert list(trespasses(source, set())) == []
    for other in ('"__class__"', "inner", '"a b"'):
        assert list(trespasses(source.replace('"inner"', other), set()))
