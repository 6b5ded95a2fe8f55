"""What a module has, as its methods see it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netdsl.analysis import program as ir
from netdsl.analysis.scope import Binding
from netdsl.analysis.targets import Target
from netdsl.analysis.types import Type
from netdsl.records import Mutable, field
from netdsl.source import Span


class Members(Mutable):
    """Children, parameters, lets and methods of one module, while it is resolved.

    `base` is the torch.nn class that it derives from. `read` collects the parameters and lets
    that methods use, which are therefore stored on self.
    """

    name: str
    base: str = "Module"
    children: dict[str, Type] = field(default_factory=dict)
    tensors: set[str] = field(default_factory=set)
    computed: list[re.Pattern[str]] = field(default_factory=list)
    parameters: dict[str, Binding] = field(default_factory=dict)
    lets: dict[str, Binding] = field(default_factory=dict)
    build_only: set[str] = field(default_factory=set)
    methods: dict[str, Target] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    shares: dict[str, Span] = field(default_factory=dict)
    implied: dict[str, set[str]] = field(default_factory=dict)
    """The optional children that are there where a parameter is true, by its name."""
    inherited: dict[str, Span] = field(default_factory=dict)
    """What `self` keeps of the parameters and lets of modules that this one derives from."""

    @property
    def kept(self) -> dict[str, Span]:
        """What `self` keeps of the module's own parameters and lets, since methods read it."""
        values = {**self.parameters, **self.lets}
        return {
            name: binding.span
            for name, binding in values.items()
            if name in self.read and binding.kind != "class"
        }

    def derive(self, parent: Members) -> None:
        """Takes over what a module has that this one derives from."""
        self.base = parent.base
        self.children.update(parent.children)
        self.tensors |= parent.tensors
        self.computed += parent.computed
        self.methods.update(parent.methods)
        self.inherited = {**parent.inherited, **parent.kept}

    def matches_computed(self, name: str) -> bool:
        """Whether a child with a computed name could have this one."""
        return any(pattern.fullmatch(name) for pattern in self.computed)

    def add_computed(self, parts: Sequence[str | ir.Expr]) -> None:
        texts = [re.escape(part) if isinstance(part, str) else "[^.]*" for part in parts]
        self.computed.append(re.compile("".join(texts)))

    def names(self) -> list[str]:
        """What a method can name."""
        return [*self.children, *self.parameters, *self.lets, *self.methods]
