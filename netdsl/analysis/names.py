"""Which names a program may choose, and which existing name it probably meant."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.source import Span

BUILD_FUNCTIONS = frozenset(
    [
        "range",
        "len",
        "sum",
        "min",
        "max",
        "abs",
        "int",
        "float",
        "bool",
        "str",
        "round",
        "enumerate",
        "zip",
        "sorted",
        "reversed",
        "all",
        "any",
        "accumulate",
    ]
)
"""The functions of build time; those of tensor time are the same without accumulate."""

TENSOR_FUNCTIONS = BUILD_FUNCTIONS - {"accumulate"}

CONTAINERS = {"seq": "seq", "list": "list", "dict": "dict", "sequential": "seq"}
"""What makes Sequential, ModuleList and ModuleDict out of items."""

CONTAINER_WORDS = {"Sequential": "seq", "ModuleList": "list", "ModuleDict": "dict"}
"""What torch's containers are called in programs."""

COMBINATORS = frozenset({"nest", "residual", "add", "concat", "parallel"})

PYTHON_CONSTANTS = {
    "true": "True",
    "false": "False",
    "none": "None",
    "null": "None",
    "nil": "None",
    "undefined": "None",
}
"""What other languages call Python's constants."""

PYTHON_INSTEAD = {
    "set": "a list without repetitions is `[x for k, x in enumerate(xs) if x not in xs[:k]]`.",
    "tuple": "write a tuple as `(a, b)`; a list does as well.",
    "map": "write a comprehension: `[f(x) for x in xs]`.",
    "filter": "write a comprehension: `[x for x in xs if …]`.",
    "pow": "write `a ** b`.",
    "divmod": "write `a // b` and `a % b`.",
    "getattr": 'look it up in a dict: `let kinds = {"relu": relu}`, then `kinds[name]`.',
    "isinstance": "state the type of the parameter; for two kinds, take a `bool` as well.",
    "print": "a program computes, and prints nothing.",
    "super": "write what the base does with a child that is that layer, or with torch's function.",
    "hasattr": "declare the child in any case, and ask `if child is not None`.",
    "type": "state the type of the parameter; for two kinds, take a `bool` as well.",
}
"""What to write in the place of functions of Python's that there are none of at build time."""

PYTHON_ONLY = frozenset({"self", "super", "training", "cls"})
"""Names that mean something in every generated method."""


def check_identifier(name: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether the output can use the name as it is; says why not."""
    return _check(name, PYTHON_ONLY, span, diagnostics)


def check_attribute(name: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether the name can stand behind a dot; says why not."""
    return _check(name, frozenset(), span, diagnostics)


def _check(name: str, taken: frozenset[str], span: Span, diagnostics: Diagnostics) -> bool:
    if keyword.iskeyword(name):
        why = "is reserved by Python"
    elif name in taken:
        why = "has a meaning of its own in every module"
    elif name.startswith("__"):
        why = "begins with two underscores, which Python changes inside a class"
    elif not (name if name.isascii() else unicodedata.normalize("NFKC", name)).isidentifier():
        why = "is no Python identifier"
    else:
        return True
    diagnostics.error(
        "reserved-name",
        f"`{shorten(name)}` cannot be a name: it {why}",
        span,
        hint=f"choose another name, such as `{_other(name)}`.",
    )
    return False


def is_python_name(name: str) -> bool:
    """Whether Python can import a module of that name."""
    plain = unicodedata.normalize("NFKC", name)
    return name == plain and plain.isidentifier() and not keyword.iskeyword(plain)


def _other(name: str) -> str:
    plain = name.strip("_")
    return f"{plain}_" if plain.isidentifier() and len(plain) < 40 else "value"


def check_child_name(
    name: str, reserved: frozenset[str], owner: str, span: Span, diagnostics: Diagnostics
) -> bool:
    """Whether a module of class `owner` can have a child of that name; says why not."""
    if name == "" or "." in name:
        diagnostics.error(
            "bad-child-name",
            f"a child cannot be called {name!r}: torch joins names with dots, so that a name"
            " is not empty and has none",
            span,
            hint="write the name without dots.",
        )
        return False
    if name in reserved or name.startswith("__"):
        diagnostics.error(
            "reserved-name",
            f"a child cannot be called `{shorten(name)}`: {owner} has an attribute of that name",
            span,
            hint=f"choose another name, such as `{_other(name)}`.",
        )
        return False
    return True


DECLARED_INSTEAD = {
    "Parameter": "a parameter is declared: `param w: [d] ~ zeros`, or `param w = zeros(d)`.",
    "Buffer": "a buffer is declared: `buffer b = zeros(d)`.",
    "Module": "a module of your own is declared: `module M(…) { … }`.",
    "functional": "functions are called in a `def`, by their names alone.",
    "init": "initialise with `~`: `linear 8 8 ~ normal(std=0.02)`, or `init linear ~ …`.",
}
"""What torch.nn has beside layers, and what is written instead."""

OTHER_NAMES = {
    "dense": "linear",
    "fullyconnected": "linear",
    "fc": "linear",
    "affine": "linear",
    "sequential": "seq",
    "modulelist": "list",
    "moduledict": "dict",
    "globalaveragepool": "adaptive_avg_pool2d",
    "globalavgpool": "adaptive_avg_pool2d",
    "attention": "multihead_attention",
    "selfattention": "multihead_attention",
    "swish": "silu",
    "skip": "residual",
    "cat": "concat",
    "concatenate": "concat",
    "sum": "add",
    "deconv": "conv_transpose2d",
    "deconv2d": "conv_transpose2d",
}
"""Layers as others call them, without `_`, and their names here."""


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is nearest to a misspelt name, if one is near. Where a program holds
    more misspelt names than can be compared with all others, nothing is said of the last ones."""
    if len(name) > 60:
        return None
    by_plain: dict[str, str] = {}
    known = list(candidates)
    if not limits.compare(len(known)):
        return None
    for candidate in known:
        by_plain.setdefault(_plain(candidate), candidate)
    if f"{_plain(name)}2d" in by_plain:
        return by_plain[f"{_plain(name)}2d"]
    from difflib import get_close_matches

    found = get_close_matches(_plain(name), by_plain, n=1, cutoff=0.75)
    return by_plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def shorten(text: str, width: int = 60) -> str:
    """Text for a message: what is too long loses its middle."""
    if len(text) <= width:
        return text
    half = (width - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
