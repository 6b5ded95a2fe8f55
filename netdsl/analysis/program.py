"""The program: what the tree means, still parametric.

Names are bound, phases are known, arguments are matched, and what the language leaves
implicit is spelt out: where a recipe is built stands a Call, where it is passed on a Recipe.
Operators need no resolving, so an expression here is one of the tree's operator nodes
(`Number String Constant List Tuple Dict Attribute Index Slice Unary Binary Compare Logical
Ternary`, with `Splice Spread Pair Clause` inside) whose leaves are the nodes of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from netdsl.analysis.rearrange import Lowered
from netdsl.analysis.targets import Target
from netdsl.analysis.types import Type
from netdsl.records import Frozen, NamedTuple, field
from netdsl.source import Span
from netdsl.syntax import tree
from netdsl.syntax.tree import Node, Resolved

RefKind = Literal[
    "parameter",  # of the module, let or def that is being written: a Python parameter
    "local",  # a variable of a def; a loop variable of build time or tensor time
    "dim",  # a symbolic dimension that a def binds on entry
    "let",  # a value at file level or in __init__: a plain Python variable
    "class",  # a class attribute of the module: `self.name` (plain `name` in the class's own body)
    "stored",  # a module parameter or let that a method reads: `self.name`
    "child",  # a child, param, buffer or const: `self.name`
    "share",  # an instance in a local variable of __init__
    "self",
    "training",  # `self.training`
    "function",  # a LetFunction of the file or of the body: called to build or to compute
    "module",  # a class of the file
    "layer",  # a class of torch.nn, by torch's name: `Conv2d`
    "method",  # a def of the body: `self.name`
    "def",  # a def of the file
    "record",  # a frozen dataclass of the file
    "extern",  # something imported from a Python package
    "builtin",  # one of Python's builtins, or `accumulate`
    "math",  # a member of Python's math: `math.ceil`
    "torch",  # a function or value of torch, qualified: `torch.cat`, `F.relu`, `torch.int64`
    "init",  # a scheme of torch.nn.init, with its final `_`: `kaiming_normal_`
]


# ---- expressions ------------------------------------------------------------


class Ref(Resolved):
    """A name, bound."""

    kind: RefKind
    name: str
    type: Type


class Arg(Resolved):
    """An argument: positional, `name=value`, `*value` or `**value`."""

    value: Expr
    name: str | None = None
    star: Literal["", "*", "**"] = ""


class Call(Resolved):
    """`func(args)`. Where `func` is a layer, a module or a recipe, it builds an instance.

    `type` is the type of the result. `listed` says that the function gives an iterator
    (`zip`, `accumulate` …) and the program wants its list: `list(zip(a, b))`.
    """

    func: Expr
    args: tuple[Arg, ...]
    type: Type
    listed: bool = False


class Field(Resolved):
    """`value.name`, of a type that is known: a record's field, a class attribute."""

    value: Expr
    name: str
    type: Type


class Inferred(Resolved):
    """`_`: a size that is worked out, and stands in the output as a number or an expression."""


class Generator(Resolved):
    """`element for target in iterable …`, the only argument of a call."""

    element: Expr
    clauses: tuple[tree.Clause, ...]


class Text(Resolved):
    """A computed name: text, and build-time expressions that stood in braces."""

    parts: tuple[str | Expr, ...]


class Recipe(Resolved):
    """A layer that is not built yet: a callable that builds one each time it is called.

    Without arguments it is the callable itself; with arguments `functools.partial`, unless
    one of them is an instance that must be built anew each time.
    """

    func: Expr
    args: tuple[Arg, ...]
    target: Target | None = field(default=None, compare=False, repr=False)


class Deferred(Resolved):
    """A complete recipe that no partial can say: a function without parameters that
    evaluates `value` (a container, a combinator, a choice)."""

    value: Expr


class BuildEach(Resolved):
    """A list of recipes whose every element is built here: `(layer() for layer in value)`."""

    value: Expr


class LayerItem(Resolved):
    """An item of a container or combinator; `value` is an instance (or a value that may be
    None). With `clauses` it repeats."""

    name: str | Text | None
    value: Expr
    clauses: tuple[tree.Clause, ...] = ()


class LayerSplice(Resolved):
    """`*value`: an iterable of instances."""

    value: Expr


class LayerFor(Resolved):
    """`for target in iterable { items }`; names in targets are Ref("local")."""

    target: Expr
    iterable: Expr
    items: tuple[LayerItemLike, ...]


class LayerIf(Resolved):
    """`if condition { items } elif … else { items }`."""

    branches: tuple[tuple[Expr, tuple[LayerItemLike, ...]], ...]
    otherwise: tuple[LayerItemLike, ...]


LayerItemLike: TypeAlias = LayerItem | LayerSplice | LayerFor | LayerIf


class Container(Resolved):
    """An instance of Sequential (`seq`), ModuleList (`list`) or ModuleDict (`dict`)."""

    kind: Literal["seq", "list", "dict"]
    items: tuple[LayerItemLike, ...]


class LayerList(Resolved):
    """`[…]` of layers: a Python list of instances if `built`, else of recipes."""

    items: tuple[LayerItemLike, ...]
    built: bool


class Combined(Resolved):
    """An instance of a class of its own that applies its items: see LANGUAGE, combinators.

    `dim` is concat's. What the items use of their surroundings (parameters, loop variables,
    shares, `self.child`) becomes parameters of that class.
    """

    kind: Literal["nest", "residual", "add", "concat", "parallel"]
    items: tuple[LayerItemLike, ...]
    dim: Expr | None = None


class Rearranged(Resolved):
    """`rearrange "…"` as a layer: an instance of a class of its own."""

    pattern: str
    lowered: Lowered
    sizes: tuple[tuple[str, Expr], ...]


class Rearrange(Resolved):
    """`rearrange(value, "…", h=…)` at tensor time."""

    value: Expr
    lowered: Lowered
    sizes: tuple[tuple[str, Expr], ...]
    pattern: str = ""


class ParameterInit(Resolved):
    """One parameter of a layer, and the scheme that fills it. `scheme` is a Ref of kind
    "init" or "def"; with `optional` the parameter may be None, which skips it."""

    parameter: str
    scheme: Expr
    args: tuple[Arg, ...]
    optional: bool


class Initialised(Resolved):
    """An instance, after its own initialisers have run on it."""

    layer: Expr
    inits: tuple[ParameterInit, ...]


Expr: TypeAlias = tree.Expr
"""An expression whose leaves are resolved."""


# ---- signatures -------------------------------------------------------------


class Parameter(Node):
    """A parameter of a module, let, def or record. `shape` is what the program wrote after
    the colon, if that was a shape; `guessed` says that only its uses suggest its type."""

    name: str
    type: Type
    default: Expr | None
    kind: Literal["normal", "keyword", "variadic"] = "normal"
    shape: tree.TypeExpr | None = None
    guessed: bool = False


class DimBinding(Node):
    """A symbolic dimension that a def's body uses: `axis` of the tensor parameter.

    `rank` is the number of dimensions if it is fixed; with leading `*S` it is None and axes
    count from the end (negative). `run` is the name of a `*S` itself: a tuple of sizes, and
    `axis` is then the (negative) axis before which it ends, 0 if it is the whole shape.
    """

    name: str
    parameter: str
    axis: int
    rank: int | None
    run: bool = False


# ---- definitions ------------------------------------------------------------


class LetValue(Node):
    """`let name = value`, `let a, b = value`. In a module body `class_level` makes it a
    class attribute, `stored` an attribute of self (both may hold of several names at once)."""

    names: tuple[str, ...]
    value: Expr
    type: Type
    class_level: bool = False
    stored: bool = False


class LetFunction(Node):
    """`let f(a, b=1) = layer or value`; also `let name = layer` (no parameters) and the
    file's network (`net`). `result` is an instance, a list of instances, or a value.

    `annotation` is what it promises of shapes; with one it is an entry. `extended` says that
    a recipe without parameters is given more arguments somewhere, or handed on unbuilt, so
    that it must be the recipe itself and no function.
    """

    name: str
    parameters: tuple[Parameter, ...]
    doc: str | None
    annotation: tree.Annotation | None
    result: Expr
    type: Type
    extended: bool = False


class NamedAssign(Resolved):
    """`y: [B, d, h, w] = value`: an assignment, then the dimensions that are used of it
    (`parameter` of each is the variable). `new` are the names of sizes that nothing bound
    before."""

    name: Ref
    type: tree.TypeExpr
    value: Expr
    dims: tuple[DimBinding, ...]
    new: tuple[str, ...]


class Function(Node):
    """A `def`, of the file or of a module (`method`). `dims` are those its body uses.
    `type` is the result's. Statements are the tree's with resolved expressions, and
    NamedAssign in the place of AnnotatedAssign."""

    name: str
    parameters: tuple[Parameter, ...]
    doc: str | None
    result: tree.TypeExpr | None
    type: Type
    dims: tuple[DimBinding, ...]
    body: tuple[tree.Statement, ...]
    method: bool


class ModuleDef(Node):
    """A class.

    `base` is None for nn.Module; a Container for a subclass of Sequential, ModuleList or
    ModuleDict; a Combined for a class that is that combinator itself (an nn.Module with its
    forward); a Call for a subclass of a torch layer, of another module or of an extern.
    `body` runs in order in `__init__`, after the base's part; `rules` at its end. `stored`
    names the parameters (lets say so themselves) that methods read as `self.name`.
    """

    name: str
    parameters: tuple[Parameter, ...]
    doc: str | None
    annotation: tree.Annotation | None
    base: Container | Combined | Call | None
    body: tuple[Declaration, ...]
    rules: tuple[Rule, ...]
    methods: tuple[Function, ...]
    stored: tuple[str, ...]


class RecordDef(Node):
    """A frozen dataclass."""

    name: str
    parameters: tuple[Parameter, ...]
    doc: str | None


class ExternDef(Node):
    """Something imported from a Python package: `from package import attribute as name`."""

    name: str
    package: str
    attribute: str
    kind: Literal["module", "def", "let"]
    parameters: tuple[Parameter, ...]
    annotation: tree.Annotation | None


Definition: TypeAlias = LetValue | LetFunction | Function | ModuleDef | RecordDef | ExternDef


# ---- declarations of a module body ------------------------------------------


class ChildDecl(Node):
    """`name = value`. `value` is an instance, None, or either; an Initialised at its top is
    initialised in statements of its own. A Text, or a str that is no identifier, is added
    with `add_module`."""

    name: str | Text
    value: Expr


class ParameterDecl(Node):
    """`param name: shape ~ init` or `param name = value` (one of the two). `stated` is what
    the program says of the value, which may be a choice between a tensor and None."""

    name: str
    shape: tuple[Expr, ...]
    init: ParameterInit | None
    value: Expr | None
    stated: tree.TypeExpr | None = None


class BufferDecl(Node):
    """`buffer name = value` (saved), `const name = value` (not saved). `stated` as in a
    ParameterDecl."""

    name: str
    value: Expr
    saved: bool
    stated: tree.TypeExpr | None = None


class ShareDecl(Node):
    """`share name = layer`: a local variable of `__init__`."""

    name: str
    value: Expr


class TieDecl(Node):
    """`tie target = source`: the target's attribute becomes the source's parameter."""

    target: Expr
    source: Expr


class FreezeDecl(Node):
    """`freeze path`: requires_grad off, for a child or a parameter."""

    path: Expr
    parameter: bool


class BodyFor(Node):
    """`for target in iterable { declarations }`."""

    target: Expr
    iterable: Expr
    body: tuple[Declaration | Rule, ...]


class BodyIf(Node):
    """`if condition { declarations } … else { declarations }`. A child that only some of
    the branches declare is None in the others: `absent` lists, branch by branch and then
    for the else, the names to set to None."""

    branches: tuple[tuple[Expr, tuple[Declaration | Rule, ...]], ...]
    otherwise: tuple[Declaration | Rule, ...]
    absent: tuple[tuple[str, ...], ...] = ()


Declaration: TypeAlias = (
    ChildDecl
    | ParameterDecl
    | BufferDecl
    | ShareDecl
    | TieDecl
    | FreezeDecl
    | LetValue
    | LetFunction
    | tree.Assert
    | BodyFor
    | BodyIf
)


class KindRule(Node):
    """`init conv2d, linear ~ …`: for every module of these classes, self and below.
    `classes` are Refs of kind layer, module or extern. `joined` is one that goes through the
    modules together with the rule before it."""

    classes: tuple[Ref, ...]
    inits: tuple[ParameterInit, ...]
    joined: bool = False


class PathRule(Node):
    """`init head[1] ~ …`: for one child; `path` is an expression on self. Without a
    parameter name, a `param` itself: `inits` then has the parameter ""."""

    path: Expr
    inits: tuple[ParameterInit, ...]


Rule: TypeAlias = KindRule | PathRule | BodyFor | BodyIf


class Program(Frozen):
    """A file, resolved. `definitions` stand in an order in which Python can run them:
    whatever a definition uses comes before it, and otherwise as written; those that the
    prelude supplied come first."""

    name: str
    definitions: tuple[Definition, ...]
    names: frozenset[str]
    """Every identifier that the program itself chose, anywhere: the output's own names
    (`F`, `nn`, `math`) give way to these."""
    own: frozenset[str] = frozenset()
    """The names of the definitions of the file itself."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What of it stands in other files."""
    asserts: tuple[tree.Assert, ...] = ()
    """What its files assert of their definitions."""
    notes: Mapping[Span, Note] = field(default_factory=dict)
    """The shapes that statements and items give, where a reader would like to see them."""


class Note(NamedTuple):
    """The shape of a tensor as a comment may tell it: for any sizes of the parameters of its
    module, and for those of the networks that state their input. None where it is not known,
    differs, or is too long to be read."""

    general: str | None
    exact: str | None


class Elsewhere(Frozen):
    """A definition of another file. `name` is what the program's definitions call it,
    `place` the file, `written` its name there, and `local` what this file imports it as."""

    name: str
    place: str
    written: str
    local: str
