"""A call signature of torch as data.

In files a parameter is the list `[name, kind, default, type]`; its default is the source text,
or null if an argument must be given.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from netdsl.records import Frozen

Kind: TypeAlias = Literal["positional", "normal", "keyword", "variadic", "keywords"]
RecordedParameter: TypeAlias = list[str | None]

NUMPY_SPELLINGS: dict[str, tuple[str, ...]] = {
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "input": ("x", "a", "x1"),
    "other": ("x2",),
}
"""The second names that torch's own argument parser knows, so that numpy's spelling works."""


class SignatureParameter(Frozen):
    """One parameter. `default` is source text; `type` is normalised text, in which `float`
    stands for any number and `Sequence` for lists and tuples alike. `aliases` are other
    keywords that torch takes for it."""

    name: str
    kind: Kind
    required: bool
    default: str | None
    type: str
    aliases: tuple[str, ...] = ()


class Signature(Frozen):
    """What a call takes, and the normalised text of the type it gives."""

    parameters: tuple[SignatureParameter, ...]
    result: str


def read_signature(recorded: dict[str, object], *, aliases: bool = False) -> Signature:
    """A signature from its recorded form; `aliases` if torch's own parser reads the arguments.

    >>> read_signature({"takes": [["p", "normal", "0.5", "float"]], "gives": "Tensor"})
    ... # doctest: +NORMALIZE_WHITESPACE
    Signature(parameters=(SignatureParameter(name='p', kind='normal', required=False,
        default='0.5', type='float', aliases=()),), result='Tensor')
    """
    takes = recorded["takes"]
    assert isinstance(takes, list)
    names = {each[0] for each in takes}
    parameters = tuple(
        SignatureParameter(
            name,
            kind,
            default is None and kind not in ("variadic", "keywords"),
            default,
            of,
            _aliases(name, names) if aliases else (),
        )
        for name, kind, default, of in takes
    )
    return Signature(parameters, str(recorded["gives"]))


def _aliases(name: str, names: set[str]) -> tuple[str, ...]:
    return tuple(each for each in NUMPY_SPELLINGS.get(name, ()) if each not in names)


def write_signature(parameters: Iterable[RecordedParameter], result: str) -> dict[str, object]:
    """The form that `read_signature` reads."""
    return {"takes": list(parameters), "gives": result}
