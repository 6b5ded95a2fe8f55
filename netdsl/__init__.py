"""netdsl: a neural network in a few lines, as the PyTorch source a good engineer would write.

>>> import netdsl
>>> print(netdsl.compile("seq(linear 4 8, relu)", name="tiny.nd").source)  # doctest: +ELLIPSIS
# Generated ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["CompileError", "Diagnostic", "Result", "__version__", "check", "compile"]

if TYPE_CHECKING:
    from netdsl.compiler import Result, Style
    from netdsl.diagnostics import CompileError, Diagnostic

_LAZY = {
    "CompileError": "netdsl.diagnostics",
    "Diagnostic": "netdsl.diagnostics",
    "Result": "netdsl.compiler",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'netdsl' has no attribute {name!r}")


def compile(text: str, *, name: str = "<string>", style: Style = "auto") -> Result:
    """Compiles a program.

    Args:
        text: the program.
        name: what messages and the output's header call it: a file's name.
        style: `auto` lays the output out as black would; `black` runs black itself.

    Raises:
        CompileError: the program is wrong; `error.diagnostics` say where and why.
    """
    from netdsl.compiler import compile_source
    from netdsl.source import Source

    return compile_source(Source(text, name), style)


def check(text: str, *, name: str = "<string>") -> tuple[Diagnostic, ...]:
    """What is wrong with a program, sorted by place; empty if nothing is."""
    from netdsl.compiler import check_source
    from netdsl.source import Source

    return check_source(Source(text, name)).diagnostics
