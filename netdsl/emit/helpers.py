"""Small functions that the output brings along where it needs them."""

from __future__ import annotations

from collections.abc import Callable

from netdsl.emit.code import FunctionCode, Line
from netdsl.emit.names import Names
from netdsl.emit.place import Output


def helper(name: str, out: Output) -> str:
    """What a helper is called in this output, which has it from here on."""
    if name not in out.helpers:
        out.helpers[name] = out.names.unique(name)
        code = _HELPERS[name](out.helpers[name], out.names)
        out.pending.append(out.writer.function(code))
    return out.helpers[name]


def _distinct(name: str, names: Names) -> FunctionCode:
    module = f"{names.imported('nn')}.Module"
    text, pair = names.builtin("str"), names.builtin("tuple")
    made = f"{names.imported('OrderedDict')}[{text}, {module}]"
    return FunctionCode(
        f"def {name}(pairs: {names.imported('Iterable')}[{pair}[{text}, {module}]]) -> {made}:",
        "Layers by name, each name once.",
        (
            Line(f"layers = {made}()"),
            Line("for name, layer in pairs:"),
            Line("if name in layers:", 1),
            Line(f'raise {names.builtin("ValueError")}(f"two layers are called {{name}}")', 2),
            Line("layers[name] = layer", 1),
            Line("return layers"),
        ),
    )


def _register(name: str, names: Names) -> FunctionCode:
    module, text = f"{names.imported('nn')}.Module", names.builtin("str")
    return FunctionCode(
        f"def {name}(module: {module}, name: {text}, layer: {module} | None) -> None:",
        "Adds a layer under a name that is not taken yet.",
        (
            Line(f"if {names.builtin('hasattr')}(module, name):"),
            Line(f'raise {names.builtin("ValueError")}(f"two layers are called {{name}}")', 1),
            Line("module.add_module(name, layer)"),
        ),
    )


def _initialised(name: str, names: Names) -> FunctionCode:
    module = f"{names.imported('nn')}.Module"
    scheme = (
        f"{names.imported('Callable')}[[{names.imported('Tensor')}], {names.builtin('object')}]"
    )
    return FunctionCode(
        f"def {name}(layer: {module}, /, **schemes: {scheme}) -> {module}:",
        "A layer whose parameters are filled by the schemes, unless they are None.",
        (
            Line(f"with {names.imported('torch')}.no_grad():"),
            Line("for name, fill in schemes.items():", 1),
            Line(f"parameter = {names.builtin('getattr')}(layer, name)", 2),
            Line("if parameter is not None:", 2),
            Line("fill(parameter)", 3),
            Line("return layer"),
        ),
    )


_HELPERS: dict[str, Callable[[str, Names], FunctionCode]] = {
    "distinct": _distinct,
    "register": _register,
    "initialised": _initialised,
}
