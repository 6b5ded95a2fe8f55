"""The tree: what was written, every node with its span.

Nodes are frozen and compare by what they say, not by where they stand. Brackets that only
group leave no node; everything else that was written does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import EllipsisType
from typing import Literal, TypeAlias

from netdsl.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that was written somewhere."""

    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Resolved(Node):
    """What a later stage puts in the place of a name, a call or a statement. Nothing that
    was written is one; operators keep their nodes, whatever stands in them."""


# ---- expressions ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, normalised (NFKC) as Python does."""

    id: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An int or a float; `text` is how it was written, underscores and all."""

    value: int | float
    text: str


@dataclass(frozen=True, slots=True)
class String(Node):
    """A string after its escapes are undone. Whether braces in it mean anything depends on
    where it stands: in a name they hold build-time expressions."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`True`, `False`, `None` or `...`."""

    value: bool | EllipsisType | None


@dataclass(frozen=True, slots=True)
class List(Node):
    """`[a, b for b in c, *d]`: its items may repeat and may be groups."""

    items: tuple[ItemLike, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """`(a, *b)`, or `a, *b` where a statement allows it."""

    elements: tuple[Expr | Splice, ...]


@dataclass(frozen=True, slots=True)
class Pair(Node):
    """`key: value` in a dict."""

    key: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Dict(Node):
    """`{a: b, **c}`."""

    pairs: tuple[Pair | Spread, ...]


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`value.name`."""

    value: Expr
    name: str

    @property
    def name_span(self) -> Span:
        text = self.span.text
        start = len(text)
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return Span(self.span.source, self.span.start + start, self.span.end)


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`lower:upper:step` inside an index."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`value[a, b:c]`. `trailing` says that a comma follows the last subscript, which makes
    even a single one a tuple."""

    value: Expr
    subscripts: tuple[Expr | Slice, ...]
    trailing: bool = False


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(a, k=b)`, or `f a k=b` when `juxtaposed`."""

    func: Expr
    items: tuple[ItemLike, ...]
    juxtaposed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-a`, `+a`, `~a`, `not a`."""

    op: Literal["-", "+", "~", "not"]
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic and bits: `a + b`, `a ** b`, `a @ b`, `a | b` …"""

    op: Literal["+", "-", "*", "/", "//", "%", "@", "**", "|", "&"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a < b <= c`, one comparison: `first`, then operators with their right-hand sides."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Logical(Node):
    """`a and b`, `a or b`."""

    op: Literal["and", "or"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Ternary(Node):
    """`then if condition else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class InitCall(Node):
    """An initialisation scheme, `normal` or `normal(std=0.02)`; `items` is None without
    brackets. `scheme` is a dotted name."""

    scheme: Expr
    items: tuple[ItemLike, ...] | None


@dataclass(frozen=True, slots=True)
class InitKeyword(Node):
    """`bias=zeros`."""

    name: str
    call: InitCall


@dataclass(frozen=True, slots=True)
class Inits(Node):
    """What follows `~`: the scheme of the weight, then those of other parameters by name."""

    weight: InitCall | None
    keywords: tuple[InitKeyword, ...]


@dataclass(frozen=True, slots=True)
class Initialised(Node):
    """`layer ~ xavier_uniform bias=zeros`."""

    layer: Expr
    inits: Inits


# ---- items of a call or a list ----------------------------------------------


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """`for target in iterable if condition …`; `target` is a Name, or a Tuple of targets."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Item(Node):
    """`value`, `name = value`, `"name {i}" = value for i in …`."""

    name: Name | String | None
    value: Expr
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Splice(Node):
    """`*value`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Spread(Node):
    """`**value`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class ForItems(Node):
    """`for target in iterable { items }`."""

    target: Expr
    iterable: Expr
    items: tuple[ItemLike, ...]


@dataclass(frozen=True, slots=True)
class IfItems(Node):
    """`if condition { items } elif … else { items }`."""

    branches: tuple[tuple[Expr, tuple[ItemLike, ...]], ...]
    otherwise: tuple[ItemLike, ...]


ItemLike: TypeAlias = Item | Splice | Spread | ForItems | IfItems


Expr: TypeAlias = (
    Name
    | Number
    | String
    | Constant
    | List
    | Tuple
    | Dict
    | Attribute
    | Index
    | Call
    | Unary
    | Binary
    | Compare
    | Logical
    | Ternary
    | Initialised
    | Resolved
)


# ---- shapes and types -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnyDims(Node):
    """`*S` in a shape: any leading dimensions."""

    name: str


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`int`, `int[B, T]`, `list[int]`, `tensor`, a record; a bare `[B, T]` has no name.
    `dims` is None where there are no brackets."""

    name: str | None
    dims: tuple[Expr | AnyDims, ...] | None


@dataclass(frozen=True, slots=True)
class OptionalType(Node):
    """`type?`."""

    inner: TypeExpr


@dataclass(frozen=True, slots=True)
class TupleType(Node):
    """`([B], [T])`."""

    elements: tuple[TypeExpr, ...]


@dataclass(frozen=True, slots=True)
class DictType(Node):
    """`{logits: [B], aux: [B]?}`."""

    fields: tuple[tuple[str, TypeExpr], ...]


@dataclass(frozen=True, slots=True)
class UnionType(Node):
    """`[B] | ([B], [B])`."""

    options: tuple[TypeExpr, ...]


TypeExpr: TypeAlias = NamedType | OptionalType | TupleType | DictType | UnionType


@dataclass(frozen=True, slots=True)
class Annotation(Node):
    """`: input -> result` after a header; either of them may stand alone in a result."""

    input: TypeExpr
    result: TypeExpr | None


# ---- parameters -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`name: type = default`; `name_span` is the name's own."""

    name: Name
    type: TypeExpr | None
    default: Expr | None


@dataclass(frozen=True, slots=True)
class VariadicParameter(Node):
    """`*name`."""

    name: Name


@dataclass(frozen=True, slots=True)
class KeywordOnlyMarker(Node):
    """`*` alone: the parameters after it are keyword-only."""


ParameterLike: TypeAlias = Parameter | VariadicParameter | KeywordOnlyMarker


# ---- file level -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import(Node):
    """`from "file.nd" import A, B as C`; `names` pairs what is imported with its local name."""

    path: String
    names: tuple[tuple[Name, Name | None], ...]


@dataclass(frozen=True, slots=True)
class Extern(Node):
    """`extern module|def|let package.name(…) …`."""

    kind: Literal["module", "def", "let"]
    path: Expr
    parameters: tuple[ParameterLike, ...]
    annotation: Annotation | None
    result: TypeExpr | None
    alias: Name | None


@dataclass(frozen=True, slots=True)
class Record(Node):
    """`record Config(d=768) "doc"`."""

    name: Name
    parameters: tuple[ParameterLike, ...]
    doc: String | None


@dataclass(frozen=True, slots=True)
class Let(Node):
    """`let f(a, b=1): [B] "doc" = value`; `parameters` is None without brackets."""

    name: Name
    parameters: tuple[ParameterLike, ...] | None
    annotation: Annotation | None
    doc: String | None
    value: Expr


@dataclass(frozen=True, slots=True)
class LetUnpack(Node):
    """`let a, b = value`."""

    names: tuple[Name, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Module(Node):
    """`module M(…): [B] "doc" = base { body }`; at least one of base and body is there."""

    name: Name
    parameters: tuple[ParameterLike, ...] | None
    annotation: Annotation | None
    doc: String | None
    base: Expr | None
    body: tuple[Declaration, ...] | None


@dataclass(frozen=True, slots=True)
class Def(Node):
    """`def f(x: [B]) -> [B] "doc" { statements }`; `def f(x) = expr` has one Return."""

    name: Name
    parameters: tuple[ParameterLike, ...]
    result: TypeExpr | None
    doc: String | None
    body: tuple[Statement, ...]
    one_line: bool = False


@dataclass(frozen=True, slots=True)
class Assert(Node):
    """`assert condition, message`, at build time and at tensor time."""

    condition: Expr
    message: Expr | None


@dataclass(frozen=True, slots=True)
class Net(Node):
    """A layer that stands alone: the file's own network."""

    value: Expr


FileStatement: TypeAlias = Import | Extern | Record | Let | LetUnpack | Module | Def | Assert | Net


@dataclass(frozen=True, slots=True)
class File(Node):
    """A whole program."""

    statements: tuple[FileStatement, ...]


# ---- module body (build time) -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Child(Node):
    """`name = layer`, `"name {i}" = layer`."""

    name: Name | String
    value: Expr


@dataclass(frozen=True, slots=True)
class ParamDecl(Node):
    """`param w: [i, o] ~ normal(std=0.02)` has `init`; `param w = value` has `value`."""

    name: Name
    type: TypeExpr | None
    init: InitCall | None
    value: Expr | None


@dataclass(frozen=True, slots=True)
class BufferDecl(Node):
    """`buffer b = value` (saved) and `const c = value` (not saved)."""

    name: Name
    type: TypeExpr | None
    value: Expr
    saved: bool


@dataclass(frozen=True, slots=True)
class Share(Node):
    """`share s = layer`: one instance, used in several places."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Tie(Node):
    """`tie a.weight = b.weight`."""

    target: Expr
    source: Expr


@dataclass(frozen=True, slots=True)
class InitRule(Node):
    """`init conv2d, head[1] ~ kaiming_normal bias=zeros`."""

    paths: tuple[Expr, ...]
    inits: Inits


@dataclass(frozen=True, slots=True)
class Freeze(Node):
    """`freeze a, b.c`."""

    paths: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class DeclFor(Node):
    """`for target in iterable { declarations }`."""

    target: Expr
    iterable: Expr
    body: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class DeclIf(Node):
    """`if condition { declarations } elif … else { declarations }`."""

    branches: tuple[tuple[Expr, tuple[Declaration, ...]], ...]
    otherwise: tuple[Declaration, ...]


# ---- run-time code ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """`target = value`; a target is a Name, Attribute, Index or a Tuple of them."""

    target: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class AnnotatedAssign(Node):
    """`y: [B, d] = value`."""

    name: Name
    type: TypeExpr
    value: Expr


@dataclass(frozen=True, slots=True)
class AugAssign(Node):
    """`target += value` and kin; `op` includes the equals sign."""

    target: Expr
    op: str
    value: Expr


@dataclass(frozen=True, slots=True)
class ExprStatement(Node):
    """`features.append(x)`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Return(Node):
    """`return value`."""

    value: Expr | None


@dataclass(frozen=True, slots=True)
class Break(Node):
    """`break`."""


@dataclass(frozen=True, slots=True)
class Continue(Node):
    """`continue`."""


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for target in iterable { statements }`."""

    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class While(Node):
    """`while condition { statements }`."""

    condition: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition { statements } elif … else { statements }`."""

    branches: tuple[tuple[Expr, tuple[Statement, ...]], ...]
    otherwise: tuple[Statement, ...]


Declaration: TypeAlias = (
    Child
    | Let
    | LetUnpack
    | ParamDecl
    | BufferDecl
    | Share
    | Tie
    | InitRule
    | Freeze
    | Assert
    | DeclFor
    | DeclIf
    | Def
)

Statement: TypeAlias = (
    Assign
    | AnnotatedAssign
    | AugAssign
    | ExprStatement
    | Return
    | Assert
    | Break
    | Continue
    | For
    | While
    | If
    | Resolved
)
