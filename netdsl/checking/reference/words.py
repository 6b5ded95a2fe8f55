"""What there is to build with besides the layers of torch, and what a name means."""

from __future__ import annotations

import inspect
from typing import Literal

from netdsl import prelude, torchlib
from netdsl.records import Frozen
from netdsl.syntax import tree

Kind = Literal["combinator", "prelude", "scheme", "function"]


class Word(Frozen):
    """Something that programs may name: how it is written, what it does, a program."""

    name: str
    kind: Kind
    spelt: tuple[str, ...]
    says: str
    example: str | None

    def text(self) -> str:
        """What there is to know of it, for people."""
        from netdsl.checking.reference.text import word_text

        return word_text(self)

    def to_json(self) -> dict[str, object]:
        """The same as data that `json` can write."""
        return {
            "name": self.name,
            "kind": self.kind,
            "signatures": list(self.spelt),
            "says": self.says,
            "example": self.example,
        }


_COMBINATORS = {
    "nest": ("nest(layers…)", "The layers, one after the other; a name is an attribute.",
             "let net: [B, 8] -> [B, 4] = nest(up = linear 8 16, relu, linear 16 4)"),
    "residual": ("residual(layers…)", "What the layers give, one after the other, and their input.",
                 "let net: [B, 8] -> [B, 8] = residual(linear 8 16, relu, linear 16 8)"),
    "add": ("add(layers…)", "The sum of what the layers give.",
            "let net: [B, 8] -> [B, 4] = add(linear 8 4, seq(linear 8 4, relu))"),
    "concat": ("concat(layers…, dim=1)", "What the layers give, joined along an axis.",
               "let net: [B, 8] -> [B, 20] = concat(linear 8 4, linear 8 16)"),
    "parallel": ("parallel(layers…)", "A tuple of what the layers give.",
                 "let net: [B, 8] -> ([B, 4], [B, 16]) = parallel(linear 8 4, linear 8 16)"),
    "rearrange": ('rearrange "pattern" size=…', "A layer that moves, splits and joins axes.",
                  'let net: [B, C, H, W] -> [B, H * W, C] = rearrange "b c h w -> b (h w) c"'),
}  # fmt: skip


def combinators() -> tuple[str, ...]:
    return tuple(_COMBINATORS)


def prelude_names() -> tuple[str, ...]:
    """What the prelude defines."""
    return tuple(_prelude())


def _prelude() -> dict[str, tree.Let | tree.Module]:
    return {
        each.name.id: each
        for each in prelude.load().statements
        if isinstance(each, tree.Let | tree.Module)
    }


def word(name: str) -> Word | None:
    """What a name means that is no layer of torch."""
    if name in _COMBINATORS:
        spelt, says, example = _COMBINATORS[name]
        return Word(name, "combinator", (spelt,), says, example)
    found = _prelude().get(name)
    if found is not None:
        text = found.span.text
        says = inspect.cleandoc(found.doc.value) if found.doc else ""
        return Word(name, "prelude", (text.partition(' "')[0],), says, text)
    scheme = torchlib.scheme(name)
    if scheme is not None:
        says = "A scheme of initialisation, after `~`: it fills the tensor that it gets."
        return Word(name, "scheme", _spelt(scheme), says, None)
    function = torchlib.function(name)
    if function is not None:
        return Word(name, "function", _spelt(function), "A function of tensor time.", None)
    return None


def at_tensor_time(name: str) -> tuple[str, ...]:
    """How the function of torch is called that has the name of a layer."""
    found = torchlib.function(name)
    return () if found is None else _spelt(found)


def _spelt(function: torchlib.TorchFunction) -> tuple[str, ...]:
    return tuple(dict.fromkeys(signature_text(function.name, each) for each in function.signatures))


def signature_text(name: str, signature: torchlib.Signature) -> str:
    """A signature as Python writes it.

    >>> relu = torchlib.function("relu")
    >>> assert relu is not None
    >>> signature_text("relu", relu.signatures[0])
    'relu(input: Tensor, inplace: bool = False) -> Tensor'
    """
    shown: list[str] = []
    kinds = [each.kind for each in signature.parameters]
    for at, each in enumerate(signature.parameters):
        if each.kind == "keyword" and not {"keyword", "variadic"}.intersection(kinds[:at]):
            shown.append("*")
        stars = {"variadic": "*", "keywords": "**"}.get(each.kind, "")
        default = "" if each.default is None else f" = {each.default}"
        shown.append(f"{stars}{each.name}: {each.type}{default}")
        if each.kind == "positional" and kinds[at + 1 : at + 2] != ["positional"]:
            shown.append("/")
    return f"{name}({', '.join(shown)}) -> {signature.result}"
