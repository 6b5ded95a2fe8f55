"""Words that mean something to this language, to Python or to neither."""

from __future__ import annotations

RESERVED = frozenset({"if", "else", "for", "in", "and", "or", "not", "is", "True", "False", "None"})

BINARY = frozenset(
    {
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "@",
        "**",
        "&",
        "|",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "and",
        "or",
    }
)
CHANGING = frozenset({"+=", "-=", "*=", "/=", "//=", "**=", "@=", "%=", "|=", "&="})
STARTS_VALUE = frozenset({"word", "number", "string"})
FILE_WORDS = frozenset({"from", "extern", "record", "let", "module", "def", "assert"})
BODY_WORDS = frozenset(
    {
        "let",
        "param",
        "buffer",
        "const",
        "share",
        "tie",
        "init",
        "freeze",
        "assert",
        "for",
        "if",
        "def",
    }
)
PYTHON_WORDS = {
    "try": "leave it out: what goes wrong ends the computation.",
    "except": "leave it out: what goes wrong ends the computation.",
    "finally": "leave it out: what goes wrong ends the computation.",
    "raise": 'write `assert condition, "message"`.',
    "with": "leave it out: who calls the network chooses `no_grad` and its kin.",
    "del": "leave it out.",
    "yield": "collect values in a list and return it.",
    "global": "leave it out: give the function a parameter.",
    "nonlocal": "leave it out: give the function a parameter.",
}
"""Words that begin a statement of Python's and none of this language's, and what to do."""

PYTHON_TYPES = {
    "Tensor": "state its shape, such as `[B, d]`, or write `tensor`.",
    "Module": "write `layer` for a recipe, `module` for one that exists.",
    "Optional": "write `?` behind the type: `int?`.",
    "Union": "write `|` between the types: `int | float`.",
    "List": "write `list[…]`, with the type of its items.",
    "list": "say what is in it: `list[int]`.",
    "Tuple": "write the types of its items in brackets: `(int, int)`.",
    "tuple": "write the types of its items in brackets: `(int, int)`.",
    "Dict": "leave the type out, or make it a `record`.",
    "dict": "leave the type out, or make it a `record`.",
    "Callable": "write `layer` for what makes layers, or leave the type out.",
    "type": "write `layer` for what makes layers.",
    "Any": "leave the type out.",
    "string": "write `str`.",
    "integer": "write `int`.",
    "boolean": "write `bool`.",
    "double": "write `float`.",
    "number": "write `int` or `float`.",
}
"""Types as other languages write them, and what to do."""

OF_MODULES = frozenset({"param", "buffer", "const", "share", "tie", "init", "freeze"})
"""Words that begin a declaration in a module's body and nothing in a file."""
TYPES = frozenset({"int", "float", "bool", "str", "layer", "module", "tensor", "list", "dict"})
OTHER_DEFS = frozenset({"function", "fn", "func", "fun", "async"})
DEF_WORDS = frozenset({"return", "for", "while", "if", "assert", "break", "continue"})

HEADERS = frozenset({"let", "module", "def", "record", "extern"})
