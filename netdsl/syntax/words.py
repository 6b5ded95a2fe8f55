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

DECLARED_AS = {
    "register_buffer": "declare it: `buffer name = zeros(3)`, or `const` for what is not saved.",
    "register_parameter": "declare it: `param name: [3] ~ zeros`.",
    "add_module": 'declare it: `name = …`, or `"name{k}" = …` for a name that is computed.',
    "forward": "a method begins with `def`: `def forward(…)`.",
    "from": "imports stand in the file, outside of modules.",
    "module": "a module stands in the file; what it is used for is a child, `name = …`.",
    "extern": "what other packages have is named in the file, outside of modules.",
    "record": "a record stands in the file, outside of modules.",
}
"""What begins no declaration in a module's body, though it does elsewhere or in PyTorch."""

IN_TURN = "put layers that are applied in turn into `seq(…)`, with commas between them."

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

_WORDS = {"file": FILE_WORDS, "body": BODY_WORDS, "def": DEF_WORDS}

_TAKEN_FOR = {
    "buf": "buffer", "df": "def", "fn": "def", "func": "def", "parameter": "param",
    "params": "param", "modul": "module", "mod": "module", "network": "module", "net": "module",
    "model": "module", "constant": "const", "initialise": "init", "initialize": "init",
    "frozen": "freeze", "struct": "record", "dataclass": "record", "val": "let", "var": "let",
    "set": "let", "ret": "return",
}  # fmt: skip
"""Words that are taken for those of declarations."""


def meant_word(level: str, word: str) -> str | None:
    """The word that begins a statement and was probably meant by one that begins none.

    >>> meant_word("file", "moduel"), meant_word("def", "retrun"), meant_word("body", "linear")
    ('module', 'return', None)
    """
    words = _WORDS[level]
    if word in words or word in RESERVED:
        return None
    taken = _TAKEN_FOR.get(word)
    if taken in words:
        return taken
    return next((each for each in sorted(words) if _is_one_slip_away(word, each)), None)


def _is_one_slip_away(word: str, meant: str) -> bool:
    """Whether letters are swapped, or, in a word that is not short, one is wrong, lacks or is too
    many."""
    if len(word) == len(meant):
        wrong = [at for at in range(len(word)) if word[at] != meant[at]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return word[wrong[0]] == meant[wrong[1]] and word[wrong[1]] == meant[wrong[0]]
        return len(wrong) == 1 and len(meant) > 4
    short, long = sorted((word, meant), key=len)
    if len(long) != len(short) + 1 or len(short) < 4:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
