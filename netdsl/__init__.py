"""netdsl: a neural network in a few lines, as the PyTorch source a good engineer would write.

>>> import netdsl
>>> print(netdsl.compile("seq(linear 4 8, relu)", name="tiny.nd").source)  # doctest: +ELLIPSIS
# Generated ...
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Checker",
    "CompileError",
    "Diagnostic",
    "Diff",
    "Limits",
    "Result",
    "Source",
    "Span",
    "State",
    "Summary",
    "__version__",
    "check",
    "compile",
    "diff",
    "format",
    "load",
    "parse",
    "state",
    "summary",
]

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import Any

    from torch import nn

    from netdsl.analysis.imports import Read
    from netdsl.analysis.program import Program
    from netdsl.checker import Checker
    from netdsl.checking.state import State
    from netdsl.checking.state.diff import Diff
    from netdsl.checking.summary import Summary
    from netdsl.compiler import IsPackage, Result, Style
    from netdsl.diagnostics import CompileError, Diagnostic
    from netdsl.limits import Limits
    from netdsl.source import Source, Span
    from netdsl.syntax.tree import File

_LAZY = {
    "Checker": "netdsl.checker",
    "CompileError": "netdsl.diagnostics",
    "Diagnostic": "netdsl.diagnostics",
    "Diff": "netdsl.checking.state.diff",
    "Limits": "netdsl.limits",
    "Result": "netdsl.compiler",
    "Source": "netdsl.source",
    "Span": "netdsl.source",
    "State": "netdsl.checking.state",
    "Summary": "netdsl.checking.summary",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'netdsl' has no attribute {name!r}")


def compile(
    text: str,
    *,
    name: str = "<string>",
    style: Style = "auto",
    read: Read | None = None,
    package: IsPackage | None = None,
    check_shapes: bool = True,
    shape_comments: bool = True,
    line_comments: bool = False,
    limits: Limits | None = None,
) -> Result:
    """Compiles a program.

    Args:
        text: the program.
        name: what messages and the output's header call it: a file's path below the root
            folder, with `/`.
        style: `auto` lays the output out as black would; `black` runs black itself.
        read: gives the `Source` of a file that is imported, by its path below the root folder;
            it raises OSError or ValueError for one that cannot be read. Without it nothing can
            be imported.
        package: None puts what the program uses of other files into the output. Else these
            become modules of their own, which the output imports: relatively from the folders
            that `package` says are Python packages, absolutely from others.
        check_shapes: whether sizes are worked out, and those that cannot meet are errors.
        shape_comments: whether comments in the output tell shapes where they change.
        line_comments: whether a comment at the end of each line tells which line of the
            program it comes from, which tracebacks then show.
        limits: what the program may cost, if not what it usually may.

    Raises:
        CompileError: the program is wrong; `error.diagnostics` say where and why.
    """
    from netdsl.analysis.imports import no_reader
    from netdsl.compiler import compile_source
    from netdsl.limits import DEFAULT
    from netdsl.source import Source

    return compile_source(
        Source(text, name),
        style,
        read or no_reader,
        package,
        check_shapes=check_shapes,
        shape_comments=shape_comments,
        line_comments=line_comments,
        limits=limits or DEFAULT,
    )


def check(
    text: str,
    *,
    name: str = "<string>",
    read: Read | None = None,
    limits: Limits | None = None,
) -> tuple[Diagnostic, ...]:
    """What is wrong with a program, and with the files that it imports, sorted by place; empty
    if nothing is. The arguments are those of `compile`."""
    from netdsl.analysis.imports import no_reader
    from netdsl.compiler import check_source
    from netdsl.limits import DEFAULT
    from netdsl.source import Source

    source = Source(text, name)
    return check_source(source, read or no_reader, limits=limits or DEFAULT).diagnostics


def parse(text: str, *, name: str = "<string>", limits: Limits | None = None) -> File:
    """The tree of a program: what was written, whatever it means. `netdsl.syntax.tree` has its
    nodes, `netdsl.syntax.visit` walks and changes them, `netdsl.syntax.tree_json` writes them as
    JSON. The arguments are those of `compile`.

    Raises:
        CompileError: it is no program, read as a text.

    >>> import netdsl
    >>> netdsl.parse("seq(relu)").statements[0].value.func
    Name(id='seq')
    """
    from netdsl.limits import DEFAULT
    from netdsl.source import Source
    from netdsl.syntax.parse import parsed

    return parsed(Source(text, name), limits or DEFAULT)


def format(program: str | File, *, name: str = "<string>", limits: Limits | None = None) -> str:
    """A program in the layout of the house; or the text of a tree, wherever it comes from.

    Layout alone changes: the text says the same, with its comments where they were. The names of
    torch's layers are written as `torch.nn.functional` writes names. The arguments are those of
    `compile`.

    Raises:
        CompileError: it is no program, read as a text.
        ValueError: there is no program with this tree.

    >>> import netdsl
    >>> netdsl.format("seq( Linear(4,8),relu )  # two")
    'seq(linear 4 8, relu)  # two\\n'
    """
    from netdsl import formatting
    from netdsl.limits import DEFAULT
    from netdsl.source import Source

    if not isinstance(program, str):
        return formatting.to_text(program, limits or DEFAULT)
    return formatting.format_source(Source(program, name), limits or DEFAULT)


def summary(
    text: str,
    entry: str | None = None,
    *,
    inputs: Mapping[str, Sequence[int]] | Sequence[int] | None = None,
    name: str = "<string>",
    read: Read | None = None,
    limits: Limits | None = None,
) -> Summary:
    """What a network is made of, and what it costs, without torch. Printing it shows a table.

    Args:
        text, name, read, limits: as for `compile`.
        entry: a `let` that needs no arguments; without it the network that stands alone, or the
            first that there is.
        inputs: other shapes than the entry states: of each input by its name, or by its position
            as a text, or one shape for the only input. Sizes that are left open count as 1.

    Raises:
        CompileError: the program is wrong, or does not take these inputs.
        ValueError: there is no such entry, or no such input; or the network is too large.
        TypeError: a size of an input is no int.

    >>> import netdsl
    >>> netdsl.summary("seq(linear 4 8, relu)").parameters
    40
    """
    from netdsl.checking.summary import summary_of
    from netdsl.limits import DEFAULT, using

    program = _program(text, name, read, limits)
    with using(limits or DEFAULT):
        return summary_of(program, entry, inputs)


def _program(text: str, name: str, read: Read | None, limits: Limits | None) -> Program:
    """A program that is right.

    Raises:
        CompileError: it is wrong.
    """
    from netdsl.analysis.imports import no_reader
    from netdsl.compiler import check_source
    from netdsl.diagnostics import CompileError
    from netdsl.limits import DEFAULT
    from netdsl.source import Source

    checked = check_source(Source(text, name), read or no_reader, limits=limits or DEFAULT)
    if checked.program is None:
        raise CompileError(checked.diagnostics)
    return checked.program


def state(
    text: str,
    entry: str | None = None,
    *,
    name: str = "<string>",
    read: Read | None = None,
    limits: Limits | None = None,
) -> State:
    """The tensors that a network keeps, as torch's state_dict has them, without torch.

    Args:
        text, name, read, limits: as for `compile`.
        entry: a `let` or a `module` that needs no arguments; without it the network that stands
            alone, or the first `let` that makes one.

    Raises:
        CompileError: the program is wrong.
        ValueError: there is no such network, or it is too large.

    >>> import netdsl
    >>> [(each.key, each.shape) for each in netdsl.state("seq(linear 4 8, relu)").tensors]
    [('0.weight', (8, 4)), ('0.bias', (8,))]
    """
    from netdsl.checking.state import state_of
    from netdsl.limits import DEFAULT, using

    program = _program(text, name, read, limits)
    with using(limits or DEFAULT):
        return state_of(program, entry)


def diff(old: str | State, new: str | State) -> Diff:
    """What changes from the state of one network to that of another one, and which weights carry
    over. Each is a program, of which the first network is meant, or what `state` gives.

    Raises:
        CompileError: a program is wrong.
        ValueError: a program has no network that needs no arguments, or too large a one.

    >>> import netdsl
    >>> found = netdsl.diff("seq(fc = linear 4 8)", "seq(head = linear 4 8)")
    >>> found.apply({"fc.weight": 1, "fc.bias": 2})
    {'head.weight': 1, 'head.bias': 2}
    """
    from netdsl.checking.state.diff import diff_of

    return diff_of(*(state(each) if isinstance(each, str) else each for each in (old, new)))


def load(program: str | os.PathLike[str], entry: str | None = None, **parameters: Any) -> nn.Module:
    """A network that runs: the program is compiled, and the network built with torch.

    The generated source is there for tracebacks, debuggers and `inspect.getsource`; its lines
    name those of the program.

    Args:
        program: a path (of `os.PathLike`, or a text that ends in `.nd`), or the program itself.
            A program with a path imports from below its own folder.
        entry: the `let` or the module to build: without it the network that stands alone, or
            the only `let` that makes a network and needs no arguments.
        parameters: what the entry is given.

    Raises:
        CompileError: the program is wrong.
        ValueError: there is no such entry, or more than one to choose from.
        TypeError: the entry does not take these parameters.
        OSError: the file cannot be read.

    >>> netdsl.load("seq(linear 4 8, relu)")  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
    )
    """
    from netdsl import live

    return live.load(program, entry, parameters)
