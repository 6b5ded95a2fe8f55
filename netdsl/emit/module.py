"""Classes of the output: modules and records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.presence import may_be_none
from netdsl.analysis.type_of import type_of
from netdsl.analysis.walk import walk
from netdsl.emit.annotations import annotation
from netdsl.emit.bodies import Body, guarded_names
from netdsl.emit.code import ClassCode, Code, FunctionCode, Line, spanned
from netdsl.emit.combinators import Parts, combined
from netdsl.emit.containers import CLASSES, contents, spans_of
from netdsl.emit.expressions import arguments, write
from netdsl.emit.filling import filled, in_statements
from netdsl.emit.functions import function
from netdsl.emit.place import FILE_KINDS, Output, Place, variables_of
from netdsl.emit.shapes import annotation_line, documentation
from netdsl.emit.signatures import header, parameter_types
from netdsl.records import replace
from netdsl.syntax import tree

_START = Line("super().__init__()")


# ---- modules -----------------------------------------------------------------


def module_class(node: ir.ModuleDef, out: Output) -> ClassCode:
    """A module as a class."""
    lets = [each for each in node.body if isinstance(each, ir.LetValue) and each.class_level]
    values = {name: value for let in lets for name, value in _values(let)}
    own = Place(
        out,
        "class",
        variables_of(tuple(lets), out.definitions),
        values=values,
        holder=node.name,
    )
    parts = _Module(node, own)
    attributes = [parts.class_attribute(let) for let in lets]
    late = bool(values.keys() & _names_in_headers(node))
    annotations = tuple(_buffer_annotations(node.body, out))
    line = annotation_line(node.annotation, own)
    forwarding = isinstance(node.base, ir.Combined) and not parts.has_forward
    functions = parts.functions(line if forwarding else None)
    code = ClassCode(
        f"class {node.name}({parts.base_class()}):",
        documentation(node.doc, None if forwarding else line),
        annotations if late else (*attributes, *annotations),
        tuple(functions),
        late=tuple(attributes) if late else (),
    )
    return spanned(code, node.span)


def _values(let: ir.LetValue) -> Iterator[tuple[str, ir.Expr]]:
    """The value of each name: `let a, b = pair` gives the parts of a pair."""
    if len(let.names) == 1:
        yield let.names[0], let.value
        return
    for at, name in enumerate(let.names):
        index = tree.Number(at, str(at), span=let.span)
        yield name, tree.Index(let.value, (index,), span=let.span)


def _names_in_headers(node: ir.ModuleDef) -> frozenset[str]:
    """The file's names that headers use. A class attribute of such a name stands below them,
    since it would hide the file's from there on."""
    parameters = [
        *node.parameters,
        *(each for method in node.methods for each in method.parameters),
    ]
    found = {
        ref.name
        for each in parameters
        for ref in walk(each.default)
        if isinstance(ref, ir.Ref) and ref.kind in FILE_KINDS
    }
    found |= {each.type.name for each in parameters if isinstance(each.type, types.RecordType)}
    return frozenset(found)


def _buffer_annotations(
    nodes: Sequence[ir.Declaration | ir.Rule], out: Output, absent: frozenset[str] = frozenset()
) -> Iterator[str]:
    """`name: Tensor`, which tells readers (and type checkers) what `register_buffer` makes."""
    for node in nodes:
        match node:
            case ir.BufferDecl(name, value):
                none = " | None" if name in absent or may_be_none(type_of(value)) else ""
                yield f"{name}: {out.names.imported('Tensor')}{none}"
            case ir.BodyFor(body=body):
                yield from _buffer_annotations(body, out, absent)
            case ir.BodyIf(branches, otherwise, missing):
                inner = absent | {name for names in missing for name in names}
                found: dict[str, None] = {}
                for body in (*(body for _, body in branches), otherwise):
                    found.update(dict.fromkeys(_buffer_annotations(body, out, inner)))
                yield from found


class _Module:
    """The parts of one class."""

    def __init__(self, node: ir.ModuleDef, own: Place) -> None:
        self.node = node
        self.own = own
        self.out = own.out
        variables = variables_of(
            (node.parameters, node.base, node.body, node.rules), own.out.definitions
        )
        called = {each.name: each.name for each in node.parameters}
        variables.used.update(called)
        known = parameter_types(node.parameters)
        self.place = Place(own.out, "init", variables, called, known, holder=node.name)
        self.has_forward = any(method.name == "forward" for method in node.methods)

    def base_class(self) -> str:
        nn = self.out.names.imported("nn")
        match self.node.base:
            case ir.Container(kind):
                return f"{nn}.{CLASSES[kind]}"
            case ir.Call(func):
                return write(func, self.own)
            case _:
                return f"{nn}.Module"

    def class_attribute(self, let: ir.LetValue) -> str:
        names = ", ".join(torchlib.kept_name(name) for name in let.names)
        return f"{names} = {write(let.value, self.own)}"

    def functions(self, forward_doc: str | None) -> list[FunctionCode]:
        found: list[FunctionCode] = []
        start, combinator = self.start()
        body = [*start, *self.stored(), *self.declared(combinator)]
        parameters = self.node.parameters
        if parameters or body != [_START]:
            result = "None"
            head = header("__init__", parameters, result, self.own, method=True)
            found.append(FunctionCode(head, None, tuple(body)))
        if combinator is not None and not self.has_forward:
            found.append(replace(combinator.forward, doc=forward_doc))
        found += [function(method, self.own) for method in self.node.methods]
        return found

    def start(self) -> tuple[list[Code], Parts | None]:
        """What `super().__init__` is given; a combinator goes on from there."""
        base = self.node.base
        match base:
            case None:
                return [_START], None
            case ir.Combined():
                taken = {*self.node.stored, *_declared_names(self.node.body)}
                parts = combined(base, self.place, taken=frozenset(taken), extensible=True)
                return [_START], parts
            case ir.Call(args=args):
                return [Line(f"super().__init__({arguments(args, self.place)})")], None
            case ir.Container() if in_statements(base):
                lines, argument = filled(base, self.place)
                return [*lines, Line(f"super().__init__({argument})")], None
            case ir.Container():
                text = f"super().__init__({contents(base, self.place)})"
                return [Line(text, parts=spans_of(base.items))], None

    def stored(self) -> Iterator[Code]:
        """The parameters that methods read. A module among them is registered elsewhere, and
        must not become a child here as well."""
        by_name = {each.name: each for each in self.node.parameters}
        for name in self.node.stored:
            attribute = torchlib.kept_name(name)
            if types.is_instance(by_name[name].type):
                setter = f"{self.out.names.builtin('object')}.__setattr__"
                shown = write(tree.String(attribute, span=self.node.span), self.place)
                yield Line(f"{setter}(self, {shown}, {name})")
            else:
                yield Line(f"self.{attribute} = {name}")

    def declared(self, combinator: Parts | None) -> Iterator[Code]:
        stored = {
            ref.name for ref in walk(self.node) if isinstance(ref, ir.Ref) and ref.kind == "stored"
        }
        if combinator is not None:
            yield from combinator.init
        body = Body(frozenset(stored), guarded_names(self.node))
        yield from body.lines((*self.node.body, *self.node.rules), self.place)


def _declared_names(nodes: Sequence[ir.Declaration | ir.Rule]) -> Iterator[str]:
    for node in walk(tuple(nodes)):
        if isinstance(node, ir.ChildDecl | ir.ParameterDecl | ir.BufferDecl):
            if isinstance(node.name, str):
                yield node.name
        elif isinstance(node, ir.LetValue):
            yield from node.names


# ---- records -----------------------------------------------------------------


def record_class(node: ir.RecordDef, out: Output) -> ClassCode:
    """A record as a frozen dataclass."""
    place = Place(out, "file", variables_of(node, out.definitions))
    fields: list[str] = []
    before: set[str] = set()
    keyword_only = False
    for each in node.parameters:
        if each.kind == "keyword" and not keyword_only:
            fields.append(f"_: {out.names.imported('KW_ONLY')}")
            keyword_only = True
        of = annotation(each.type, out)
        fields.append(f"{each.name}: {of}{_default(each, before, place)}")
        before.add(each.name)
    decorator = f"@{out.names.imported('dataclass')}(frozen=True)"
    return ClassCode(
        f"class {node.name}:", node.doc, tuple(fields), (), decorators=(decorator,), span=node.span
    )


def _default(each: ir.Parameter, before: Set[str], place: Place) -> str:
    """A field's default. What is made anew for each record, and what an earlier field of the
    same name would hide, stands in a function."""
    if each.default is None:
        return ""
    value = write(each.default, place)
    names = {ref.name for ref in walk(each.default) if isinstance(ref, ir.Ref)}
    if _is_mutable(each.default) or names & before:
        return f" = {place.out.names.imported('field')}(default_factory=lambda: {value})"
    return f" = {value}"


def _is_mutable(value: object) -> bool:
    if isinstance(value, tree.Constant | tree.Number | tree.String):
        return False
    return any(
        isinstance(node, tree.List | tree.Dict | ir.LayerList | ir.Generator)
        or (isinstance(node, ir.Call) and isinstance(node.type, types.ListOf | types.DictOf))
        or (isinstance(node, ir.Ref) and isinstance(node.type, types.ListOf | types.DictOf))
        for node in walk(value)
    )
