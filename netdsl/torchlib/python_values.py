"""What programs may use of values that are no tensors: lists, strings, modules, math.

Methods that evaluate text (`str.format` reaches any attribute), make bytes, or register
something in a module are left out.
"""

from __future__ import annotations

from functools import cache

from netdsl.records import Frozen

_METHODS: dict[str, str] = {
    "list": "append clear copy count extend index insert pop remove reverse sort",
    "dict": "clear copy get items keys pop popitem setdefault update values",
    "tuple": "count index",
    "Size": "count index numel",
    "int": "bit_count bit_length",
    "float": "is_integer",
    "str": (
        "capitalize casefold center count endswith find index isalnum isalpha isascii isdecimal"
        " isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust"
        " lower lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition"
        " rsplit rstrip split splitlines startswith strip swapcase title upper zfill"
    ),
    "Module": (
        "buffers children forward get_buffer get_parameter get_submodule modules named_buffers"
        " named_children named_modules named_parameters parameters"
    ),
    "ModuleDict": "items keys values",
    "ParameterDict": "get items keys values",
    "Sequential": "",
    "ModuleList": "",
    "ParameterList": "",
    "Transformer": "generate_square_subsequent_mask",
    "AdaptiveLogSoftmaxWithLoss": "log_prob predict",
    "RNN": "flatten_parameters",
    "LSTM": "flatten_parameters",
    "GRU": "flatten_parameters",
}
"""Methods by the kind of value that has them. Modules are read, never added to."""

_ATTRIBUTES: dict[str, str] = {
    "finfo": "bits dtype eps max min resolution smallest_normal tiny",
    "iinfo": "bits dtype max min",
    "device": "index type",
    "dtype": "is_complex is_floating_point itemsize",
}
"""Attributes by the kind of value that has them."""

Arity = tuple[int, int | None]

_MATH_CONSTANTS = "e inf nan pi tau"
_MATH_FUNCTIONS: dict[Arity, str] = {
    (0, None): "gcd hypot lcm",
    (1, 1): (
        "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs"
        " factorial floor frexp fsum gamma isfinite isinf isnan isqrt lgamma log10 log1p log2 modf"
        " prod radians sin sinh sqrt tan tanh trunc ulp"
    ),
    (1, 2): "log perm",
    (2, 2): "atan2 comb copysign dist fmod isclose ldexp nextafter pow remainder",
}
_MATH_KEYWORDS: dict[str, tuple[str, ...]] = {
    "isclose": ("rel_tol", "abs_tol"),
    "prod": ("start",),
}


class MathMember(Frozen):
    """A member of Python's math: a constant, or a function that takes `least` to `most`
    arguments (None: any number) and `keywords` by name."""

    name: str
    callable: bool
    least: int = 0
    most: int | None = 0
    keywords: tuple[str, ...] = ()


def _by_name(table: dict[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, line in table.items():
        for name in line.split():
            found.setdefault(name, set()).add(kind)
    return {name: frozenset(kinds) for name, kinds in found.items()}


_METHOD_KINDS = _by_name(_METHODS)
_ATTRIBUTE_KINDS = _by_name(_ATTRIBUTES)


@cache
def _math() -> dict[str, MathMember]:
    return {
        **{name: MathMember(name, callable=False) for name in _MATH_CONSTANTS.split()},
        **{
            name: MathMember(name, True, least, most, _MATH_KEYWORDS.get(name, ()))
            for (least, most), line in _MATH_FUNCTIONS.items()
            for name in line.split()
        },
    }


def python_method(name: str) -> frozenset[str]:
    """The kinds of values that have a method of that name, among those that programs may call.

    >>> sorted(python_method("keys")), sorted(python_method("format"))
    (['ModuleDict', 'ParameterDict', 'dict'], [])
    """
    return _METHOD_KINDS.get(name, frozenset())


def python_methods(kind: str) -> list[str]:
    """The methods that programs may call of a kind of value.

    >>> python_methods("tuple")
    ['count', 'index']
    """
    return _METHODS.get(kind, "").split()


def python_attribute(name: str) -> frozenset[str]:
    """The kinds of values, tensors and modules apart, that have an attribute of that name.

    >>> sorted(python_attribute("min"))
    ['finfo', 'iinfo']
    """
    return _ATTRIBUTE_KINDS.get(name, frozenset())


def python_attributes(kind: str) -> list[str]:
    """The attributes that a kind of value has.

    >>> python_attributes("iinfo")
    ['bits', 'dtype', 'max', 'min']
    """
    return _ATTRIBUTES.get(kind, "").split()


def math_member(name: str) -> MathMember | None:
    """The member of Python's math with that name.

    >>> math_member("log")
    MathMember(name='log', callable=True, least=1, most=2, keywords=())
    """
    return _math().get(name)


def math_names() -> tuple[str, ...]:
    """All members of Python's math."""
    return tuple(sorted(_math()))
