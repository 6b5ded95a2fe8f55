"""The tree: what was written, every node with its span.

Nodes are frozen and compare by what they say, not by where they stand. Brackets that only
group leave no node; everything else that was written does.
"""

from __future__ import annotations

from types import EllipsisType
from typing import Literal, TypeAlias

from netdsl.records import Frozen, field
from netdsl.source import Span


class Node(Frozen):
    """Anything that was written somewhere."""

    span: Span = field(compare=False, repr=False, kw_only=True)


class Resolved(Node):
    """What a later stage puts in the place of a name, a call or a statement. Nothing that
    was written is one; operators keep their nodes, whatever stands in them."""


# ---- expressions ------------------------------------------------------------


class Name(Node):
    """A name, normalised (NFKC) as Python does."""

    id: str


class Number(Node):
    """An int or a float; `text` is how it was written, underscores and all."""

    value: int | float
    text: str


class String(Node):
    """A string after its escapes are undone. Whether braces in it mean anything depends on
    where it stands: in a name they hold build-time expressions."""

    value: str


class Constant(Node):
    """`True`, `False`, `None` or `...`."""

    value: bool | EllipsisType | None


class List(Node):
    """`[a, b for b in c, *d]`: its items may repeat and may be groups."""

    items: tuple[ItemLike, ...]


class Tuple(Node):
    """`(a, *b)`, or `a, *b` where a statement allows it."""

    elements: tuple[Expr | Splice, ...]


class Pair(Node):
    """`key: value` in a dict."""

    key: Expr
    value: Expr


class Dict(Node):
    """`{a: b, **c}`."""

    pairs: tuple[Pair | Spread, ...]


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


class Slice(Node):
    """`lower:upper:step` inside an index."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Index(Node):
    """`value[a, b:c]`. `trailing` says that a comma follows the last subscript, which makes
    even a single one a tuple."""

    value: Expr
    subscripts: tuple[Expr | Slice, ...]
    trailing: bool = False


class Call(Node):
    """`f(a, k=b)`, or `f a k=b` when `juxtaposed`."""

    func: Expr
    items: tuple[ItemLike, ...]
    juxtaposed: bool = field(default=False, compare=False)


class Unary(Node):
    """`-a`, `+a`, `~a`, `not a`."""

    op: Literal["-", "+", "~", "not"]
    operand: Expr


class Binary(Node):
    """Arithmetic and bits: `a + b`, `a ** b`, `a @ b`, `a | b` …"""

    op: Literal["+", "-", "*", "/", "//", "%", "@", "**", "|", "&"]
    left: Expr
    right: Expr


class Compare(Node):
    """`a < b <= c`, one comparison: `first`, then operators with their right-hand sides."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


class Logical(Node):
    """`a and b`, `a or b`."""

    op: Literal["and", "or"]
    left: Expr
    right: Expr


class Ternary(Node):
    """`then if condition else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


class InitCall(Node):
    """An initialisation scheme, `normal` or `normal(std=0.02)`; `items` is None without
    brackets. `scheme` is a dotted name."""

    scheme: Expr
    items: tuple[ItemLike, ...] | None


class InitKeyword(Node):
    """`bias=zeros`."""

    name: str
    call: InitCall


class Inits(Node):
    """What follows `~`: the scheme of the weight, then those of other parameters by name."""

    weight: InitCall | None
    keywords: tuple[InitKeyword, ...]


class Initialised(Node):
    """`layer ~ xavier_uniform bias=zeros`."""

    layer: Expr
    inits: Inits


# ---- items of a call or a list ----------------------------------------------


class Clause(Node):
    """`for target in iterable if condition …`; `target` is a Name, or a Tuple of targets."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...] = ()


class Item(Node):
    """`value`, `name = value`, `"name {i}" = value for i in …`."""

    name: Name | String | None
    value: Expr
    clauses: tuple[Clause, ...] = ()


class Splice(Node):
    """`*value`."""

    value: Expr


class Spread(Node):
    """`**value`."""

    value: Expr


class ForItems(Node):
    """`for target in iterable { items }`."""

    target: Expr
    iterable: Expr
    items: tuple[ItemLike, ...]


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


class AnyDims(Node):
    """`*S` in a shape: any leading dimensions."""

    name: str


class NamedType(Node):
    """`int`, `int[B, T]`, `list[int]`, `tensor`, a record; a bare `[B, T]` has no name.
    `dims` is None where there are no brackets."""

    name: str | None
    dims: tuple[Expr | AnyDims, ...] | None


class OptionalType(Node):
    """`type?`."""

    inner: TypeExpr


class TupleType(Node):
    """`([B], [T])`."""

    elements: tuple[TypeExpr, ...]


class DictType(Node):
    """`{logits: [B], aux: [B]?}`."""

    fields: tuple[tuple[str, TypeExpr], ...]


class UnionType(Node):
    """`[B] | ([B], [B])`."""

    options: tuple[TypeExpr, ...]


TypeExpr: TypeAlias = NamedType | OptionalType | TupleType | DictType | UnionType


class Annotation(Node):
    """`: input -> result` after a header; either of them may stand alone in a result."""

    input: TypeExpr
    result: TypeExpr | None


# ---- parameters -------------------------------------------------------------


class Parameter(Node):
    """`name: type = default`; `name_span` is the name's own."""

    name: Name
    type: TypeExpr | None
    default: Expr | None


class VariadicParameter(Node):
    """`*name`."""

    name: Name


class KeywordOnlyMarker(Node):
    """`*` alone: the parameters after it are keyword-only."""


ParameterLike: TypeAlias = Parameter | VariadicParameter | KeywordOnlyMarker


# ---- file level -------------------------------------------------------------


class Import(Node):
    """`from "file.nd" import A, B as C`; `names` pairs what is imported with its local name."""

    path: String
    names: tuple[tuple[Name, Name | None], ...]


class Extern(Node):
    """`extern module|def|let package.name(…) …`."""

    kind: Literal["module", "def", "let"]
    path: Expr
    parameters: tuple[ParameterLike, ...]
    annotation: Annotation | None
    result: TypeExpr | None
    alias: Name | None


class Record(Node):
    """`record Config(d=768) "doc"`."""

    name: Name
    parameters: tuple[ParameterLike, ...]
    doc: String | None


class Let(Node):
    """`let f(a, b=1): [B] "doc" = value`; `parameters` is None without brackets."""

    name: Name
    parameters: tuple[ParameterLike, ...] | None
    annotation: Annotation | None
    doc: String | None
    value: Expr


class LetUnpack(Node):
    """`let a, b = value`."""

    names: tuple[Name, ...]
    value: Expr


class Module(Node):
    """`module M(…): [B] "doc" = base { body }`; at least one of base and body is there."""

    name: Name
    parameters: tuple[ParameterLike, ...] | None
    annotation: Annotation | None
    doc: String | None
    base: Expr | None
    body: tuple[Declaration, ...] | None


class Def(Node):
    """`def f(x: [B]) -> [B] "doc" { statements }`; `def f(x) = expr` has one Return."""

    name: Name
    parameters: tuple[ParameterLike, ...]
    result: TypeExpr | None
    doc: String | None
    body: tuple[Statement, ...]
    one_line: bool = False


class Assert(Node):
    """`assert condition, message`, at build time and at tensor time."""

    condition: Expr
    message: Expr | None


class Net(Node):
    """A layer that stands alone: the file's own network."""

    value: Expr


FileStatement: TypeAlias = Import | Extern | Record | Let | LetUnpack | Module | Def | Assert | Net


class File(Node):
    """A whole program."""

    statements: tuple[FileStatement, ...]


# ---- module body (build time) -----------------------------------------------


class Child(Node):
    """`name = layer`, `"name {i}" = layer`."""

    name: Name | String
    value: Expr


class ParamDecl(Node):
    """`param w: [i, o] ~ normal(std=0.02)` has `init`; `param w = value` has `value`."""

    name: Name
    type: TypeExpr | None
    init: InitCall | None
    value: Expr | None


class BufferDecl(Node):
    """`buffer b = value` (saved) and `const c = value` (not saved)."""

    name: Name
    type: TypeExpr | None
    value: Expr
    saved: bool


class Share(Node):
    """`share s = layer`: one instance, used in several places."""

    name: Name
    value: Expr


class Tie(Node):
    """`tie a.weight = b.weight`."""

    target: Expr
    source: Expr


class InitClause(Node):
    """`conv2d, head[1] ~ kaiming_normal bias=zeros`."""

    paths: tuple[Expr, ...]
    inits: Inits


class InitRule(Node):
    """`init conv2d ~ kaiming_normal, linear ~ zeros`; kinds share one walk through the modules."""

    clauses: tuple[InitClause, ...]


class Freeze(Node):
    """`freeze a, b.c`."""

    paths: tuple[Expr, ...]


class DeclFor(Node):
    """`for target in iterable { declarations }`."""

    target: Expr
    iterable: Expr
    body: tuple[Declaration, ...]


class DeclIf(Node):
    """`if condition { declarations } elif … else { declarations }`."""

    branches: tuple[tuple[Expr, tuple[Declaration, ...]], ...]
    otherwise: tuple[Declaration, ...]


# ---- run-time code ----------------------------------------------------------


class Assign(Node):
    """`target = value`; a target is a Name, Attribute, Index or a Tuple of them."""

    target: Expr
    value: Expr


class AnnotatedAssign(Node):
    """`y: [B, d] = value`."""

    name: Name
    type: TypeExpr
    value: Expr


class AugAssign(Node):
    """`target += value` and kin; `op` includes the equals sign."""

    target: Expr
    op: str
    value: Expr


class ExprStatement(Node):
    """`features.append(x)`."""

    value: Expr


class Return(Node):
    """`return value`."""

    value: Expr | None


class Break(Node):
    """`break`."""


class Continue(Node):
    """`continue`."""


class For(Node):
    """`for target in iterable { statements }`."""

    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]


class While(Node):
    """`while condition { statements }`."""

    condition: Expr
    body: tuple[Statement, ...]


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
