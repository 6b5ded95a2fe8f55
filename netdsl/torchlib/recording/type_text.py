"""Types as torch's stubs and annotations spell them, brought to one spelling.

`float` stands for any number, since torch takes an int or a bool wherever it takes a float;
`Sequence` for what may be a list, a tuple or a `torch.Size`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

_NAMES = {
    "_int": "int",
    "SymInt": "int",
    "_bool": "bool",
    "_float": "float",
    "SymFloat": "float",
    "Number": "float",
    "_complex": "complex",
    "_size": "Sequence[int]",
    "Size": "Sequence[int]",
    "_device": "device",
    "DeviceLikeType": "device",
    "_dtype": "dtype",
    "_layout": "layout",
    "_qscheme": "qscheme",
    "NoneType": "None",
    "object": "Any",
    "list": "Sequence[Any]",
    "TransformerEncoderLayer": "Module",
    "TransformerDecoderLayer": "Module",
    "T": "Module",
}

_SEQUENCES = frozenset({"list", "List", "Sequence", "Iterable"})


def normalise(text: str, returned: Mapping[str, str] | None = None) -> str:
    """One spelling for one type; `returned` are the named tuples that torch returns.

    >>> normalise("Optional[Union[_int, _size]]")
    'int | Sequence[int] | None'
    >>> normalise("Number | _complex"), normalise("Literal['zeros', 'circular']")
    ('float', 'str')
    >>> normalise("torch.return_types.topk", {"topk": "tuple[Tensor, Tensor]"})
    'tuple[Tensor, Tensor]'
    """
    expression = ast.parse(text.replace("~", "").strip(), mode="eval").body
    return _join(_options(expression, returned or {}))


def _options(node: ast.expr, returned: Mapping[str, str]) -> list[str]:
    match node:
        case ast.BinOp(left, ast.BitOr(), right):
            return _options(left, returned) + _options(right, returned)
        case ast.Constant(None):
            return ["None"]
        case ast.Constant(str(quoted)):
            return normalise(quoted, returned).split(" | ")
        case ast.Name(name):
            return [_NAMES.get(name, name)]
        case ast.Attribute(ast.Attribute(attr="return_types"), name) if name in returned:
            return [returned[name]]
        case ast.Attribute(_, name):
            return [_NAMES.get(name, name)]
        case ast.Subscript(head, inner):
            return _subscript(ast.unparse(head).rpartition(".")[2], inner, returned)
        case _:
            raise ValueError(f"no type: {ast.unparse(node)}")


def _subscript(head: str, inner: ast.expr, returned: Mapping[str, str]) -> list[str]:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match head:
        case "Optional":
            return [*_options(inner, returned), "None"]
        case "Union":
            return [option for part in parts for option in _options(part, returned)]
        case "Literal":
            values = [part.value for part in parts if isinstance(part, ast.Constant)]
            return ["bool" if isinstance(values[0], bool) else "str"]
        case "TypeGuard" | "TypeIs":
            return ["bool"]
        case "Callable" | "Mapping" | "dict":
            return [head]
    if head in _SEQUENCES:
        return [f"Sequence[{_join(_options(inner, returned))}]"]
    if head in ("tuple", "Tuple"):
        if isinstance(parts[-1], ast.Constant) and parts[-1].value is ...:
            return [f"Sequence[{_join(_options(parts[0], returned))}]"]
        elements = ", ".join(_join(_options(part, returned)) for part in parts)
        return [f"tuple[{elements}]"]
    return [_NAMES.get(head, head)]


def _join(options: Iterable[str]) -> str:
    unique = list(dict.fromkeys(options))
    if "Any" in unique:
        return "Any"
    if "float" in unique:
        unique = [each for each in unique if each not in ("int", "bool", "complex")]
    if "Sequence[float]" in unique:
        unique = [each for each in unique if each != "Sequence[int]"]
    if "None" in unique:
        unique = [each for each in unique if each != "None"] + ["None"]
    return " | ".join(unique)


def or_none(text: str) -> str:
    """The type and None.

    >>> or_none("int"), or_none("int | None"), or_none("Any")
    ('int | None', 'int | None', 'Any')
    """
    return text if text == "Any" or text.endswith("None") else f"{text} | None"
