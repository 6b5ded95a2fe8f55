"""Grammar rules to nodes: one method for each rule, called by the parser as it reduces.

A method gets everything that its rule matched, tokens included, so that spans are exact;
where a rule has an optional part, None stands for what is absent. Grouping brackets leave
no node, yet what holds a group begins and ends at its brackets: `building` remembers them.
"""

from __future__ import annotations

from typing import Any

from netdsl.syntax import tree
from netdsl.syntax.building import (
    Group,
    check_annotation,
    check_begins_statement,
    check_is_of_files,
    check_method,
    check_sign_twice,
    current,
    end_of,
    identifier,
    make_name,
    make_name_or_string,
    make_optional_name,
    make_optional_string,
    make_string,
    nodes_in,
    over,
    span_of,
    start_of,
)
from netdsl.syntax.token import is_token
from netdsl.syntax.transform_expressions import ExpressionBuilder


class TreeBuilder(ExpressionBuilder):
    """The rules of `netdsl.lark` by name. Has no state, so one object serves every thread."""

    # ---- file level ---------------------------------------------------------

    def start(self, parts: list[Any]) -> tree.File:
        return tree.File(nodes_in(parts), span=span_of(0, len(current.source.text)))

    def import_(self, parts: list[Any]) -> tree.Import:
        names = tuple(part for part in parts[3:] if type(part) is tuple)
        end = (names[-1][1] or names[-1][0]).span.end
        return tree.Import(make_string(parts[1]), names, span=span_of(start_of(parts[0]), end))

    def import_name(self, parts: list[Any]) -> tuple[tree.Name, tree.Name | None]:
        return make_name(parts[0]), make_optional_name(parts[2])

    def extern_module(self, parts: list[Any]) -> tree.Extern:
        _, _, path, parameters, annotation, _, alias = parts
        return tree.Extern(
            "module", path, parameters.values, annotation, None, make_optional_name(alias),
            span=over(parts),
        )  # fmt: skip

    def extern_def(self, parts: list[Any]) -> tree.Extern:
        _, _, path, parameters, _, result, _, alias = parts
        return tree.Extern(
            "def",
            path,
            parameters.values,
            None,
            result,
            make_optional_name(alias),
            span=over(parts),
        )

    def extern_let(self, parts: list[Any]) -> tree.Extern:
        _, _, path, parameters, _, alias = parts
        return tree.Extern(
            "let", path, parameters.values, None, None, make_optional_name(alias), span=over(parts)
        )

    def record(self, parts: list[Any]) -> tree.Record:
        _, name, parameters, doc = parts
        return tree.Record(
            make_name(name), parameters.values, make_optional_string(doc), span=over(parts)
        )

    def let(self, parts: list[Any]) -> tree.Let:
        _, name, parameters, annotation, doc, _, value = parts
        return tree.Let(
            make_name(name), _values(parameters), annotation, make_optional_string(doc), value,
            span=over(parts),
        )  # fmt: skip

    def let_unpack(self, parts: list[Any]) -> tree.LetUnpack:
        names = tuple(make_name(part) for part in parts[1:-2:2])
        return tree.LetUnpack(names, parts[-1], span=over(parts))

    def net(self, parts: list[Any]) -> tree.Net:
        check_begins_statement(parts[0])
        check_is_of_files(parts[0])
        return tree.Net(parts[0], span=over(parts))

    def module_expr(self, parts: list[Any]) -> tree.Module:
        return self.module_block([*parts, None])

    def module_block(self, parts: list[Any]) -> tree.Module:
        _, name, parameters, annotation, doc, _, base, body = parts
        check_annotation(name, annotation, end_of(parameters or name))
        return tree.Module(
            make_name(name), _values(parameters), annotation, make_optional_string(doc), base,
            _values(body), span=over(parts),
        )  # fmt: skip

    def def_expr(self, parts: list[Any]) -> tree.Def:
        _, name, parameters, _, result, doc, _, value = parts
        body = (tree.Return(value, span=over(parts[-1:])),)
        called = make_name(name)
        check_method(called, parameters.values)
        return tree.Def(
            called, parameters.values, result, make_optional_string(doc), body, one_line=True,
            span=over(parts),
        )  # fmt: skip

    def def_block(self, parts: list[Any]) -> tree.Def:
        _, name, parameters, _, result, doc, body = parts
        called = make_name(name)
        check_method(called, parameters.values)
        return tree.Def(
            called, parameters.values, result, make_optional_string(doc), body.values,
            span=over(parts),
        )  # fmt: skip

    def params(self, parts: list[Any]) -> Group:
        return Group(nodes_in(parts), start_of(parts[0]), end_of(parts[-1]))

    def param(self, parts: list[Any]) -> tree.Parameter:
        name, _, type_, _, default = parts
        return tree.Parameter(make_name(name), type_, default, span=over(parts))

    def var_param(self, parts: list[Any]) -> tree.VariadicParameter:
        return tree.VariadicParameter(make_name(parts[1]), span=over(parts))

    def keyword_only(self, parts: list[Any]) -> tree.KeywordOnlyMarker:
        return tree.KeywordOnlyMarker(span=over(parts))

    # ---- shapes and types ---------------------------------------------------

    def annot(self, parts: list[Any]) -> tree.Annotation:
        _, input_, _, result = parts
        return tree.Annotation(input_, result, span=over(parts[1:]))

    def union(self, parts: list[Any]) -> tree.UnionType:
        return tree.UnionType(nodes_in(parts), span=over(parts))

    def optional(self, parts: list[Any]) -> tree.OptionalType:
        return tree.OptionalType(parts[0], span=over(parts))

    def tensor(self, parts: list[Any]) -> tree.NamedType:
        return tree.NamedType(None, parts[1] or (), span=over(parts))

    def named_type(self, parts: list[Any]) -> tree.NamedType:
        name, opening, dims, _ = parts
        sizes = None if opening is None else dims or ()
        return tree.NamedType(identifier(name), sizes, span=over(parts))

    def tuple_type(self, parts: list[Any]) -> tree.TupleType:
        return tree.TupleType(nodes_in(parts), span=over(parts))

    def dict_type(self, parts: list[Any]) -> tree.DictType:
        names = [part for part in parts if is_token(part) and part.type == "NAME"]
        fields = zip(map(identifier, names), nodes_in(parts), strict=True)
        return tree.DictType(tuple(fields), span=over(parts))

    def dims(self, parts: list[Any]) -> tuple[tree.Expr | tree.AnyDims, ...]:
        return nodes_in(parts)

    def any_dims(self, parts: list[Any]) -> tree.AnyDims:
        return tree.AnyDims(identifier(parts[1]), span=over(parts))

    # ---- module body --------------------------------------------------------

    def body(self, parts: list[Any]) -> Group:
        return Group(nodes_in(parts), start_of(parts[0]), end_of(parts[-1]))

    block = body

    def child(self, parts: list[Any]) -> tree.Child:
        return tree.Child(make_name_or_string(parts[0]), parts[2], span=over(parts))

    def param_decl(self, parts: list[Any]) -> tree.ParamDecl:
        _, name, _, type_, _, init = parts
        return tree.ParamDecl(make_name(name), type_, init, None, span=over(parts))

    def param_value(self, parts: list[Any]) -> tree.ParamDecl:
        _, name, _, type_, _, value = parts
        return tree.ParamDecl(make_name(name), type_, None, value, span=over(parts))

    def buffer(self, parts: list[Any]) -> tree.BufferDecl:
        keyword, name, _, type_, _, value = parts
        saved = keyword.type == "BUFFER"
        return tree.BufferDecl(make_name(name), type_, value, saved, span=over(parts))

    const = buffer

    def share(self, parts: list[Any]) -> tree.Share:
        return tree.Share(make_name(parts[1]), parts[3], span=over(parts))

    def tie(self, parts: list[Any]) -> tree.Tie:
        return tree.Tie(parts[1], parts[3], span=over(parts))

    def freeze(self, parts: list[Any]) -> tree.Freeze:
        return tree.Freeze(nodes_in(parts), span=over(parts))

    def init_rule(self, parts: list[Any]) -> tree.InitRule:
        return tree.InitRule(nodes_in(parts), span=over(parts))

    def init_clause(self, parts: list[Any]) -> tree.InitClause:
        return tree.InitClause(nodes_in(parts[:-1]), parts[-1], span=over(parts))

    def path(self, parts: list[Any]) -> tree.Expr:
        value: tree.Expr = make_name(parts[0])
        start = value.span.start
        for part in range(1, len(parts)):
            here = parts[part]
            if not is_token(here):
                span = span_of(start, end_of(parts[part + 1]))
                value = tree.Index(value, (here,), span=span)
            elif here.type == "NAME":
                value = tree.Attribute(value, identifier(here), span=span_of(start, end_of(here)))
        return value

    dotted = path

    def assert_(self, parts: list[Any]) -> tree.Assert:
        return tree.Assert(parts[1], parts[3], span=over(parts))

    def decl_for(self, parts: list[Any]) -> tree.DeclFor:
        _, target, _, iterable, body = parts
        return tree.DeclFor(target, iterable, body.values, span=over(parts))

    def decl_if(self, parts: list[Any]) -> tree.DeclIf:
        return tree.DeclIf(*_branches(parts), span=over(parts))

    # ---- run-time code ------------------------------------------------------

    def assign(self, parts: list[Any]) -> tree.Assign:
        target, _, value = parts
        check_sign_twice(target)
        return tree.Assign(target, value, span=over(parts))

    def annotated(self, parts: list[Any]) -> tree.AnnotatedAssign:
        name, _, type_, _, value = parts
        return tree.AnnotatedAssign(make_name(name), type_, value, span=over(parts))

    def aug_assign(self, parts: list[Any]) -> tree.AugAssign:
        target, operator, value = parts
        return tree.AugAssign(target, str(operator), value, span=over(parts))

    def expr_stmt(self, parts: list[Any]) -> tree.ExprStatement:
        check_begins_statement(parts[0])
        return tree.ExprStatement(parts[0], span=over(parts))

    def return_(self, parts: list[Any]) -> tree.Return:
        return tree.Return(parts[1], span=over(parts))

    def break_(self, parts: list[Any]) -> tree.Break:
        return tree.Break(span=over(parts))

    def continue_(self, parts: list[Any]) -> tree.Continue:
        return tree.Continue(span=over(parts))

    def for_(self, parts: list[Any]) -> tree.For:
        _, target, _, iterable, body = parts
        return tree.For(target, iterable, body.values, span=over(parts))

    def while_(self, parts: list[Any]) -> tree.While:
        return tree.While(parts[1], parts[2].values, span=over(parts))

    def if_(self, parts: list[Any]) -> tree.If:
        return tree.If(*_branches(parts), span=over(parts))

    def targets(self, parts: list[Any]) -> tree.Name | tree.Tuple:
        found = nodes_in(parts)
        return found[0] if len(found) == 1 else tree.Tuple(found, span=over(parts))

    def target_name(self, parts: list[Any]) -> tree.Name:
        return make_name(parts[0])

    def values(self, parts: list[Any]) -> tree.Tuple:
        return tree.Tuple(nodes_in(parts), span=over(parts))

    def bare_tuple(self, parts: list[Any]) -> tree.Tuple:
        return tree.Tuple(nodes_in(parts), span=over(parts))


def _values(group: Group | None) -> tuple[Any, ...] | None:
    return None if group is None else group.values


def _branches(parts: list[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The branches of `if c { … } elif d { … } else { … }`, and what is in the last."""
    *conditional, _, otherwise = parts
    pairs = zip(conditional[1::3], conditional[2::3], strict=True)
    branches = tuple((condition, body.values) for condition, body in pairs)
    return branches, otherwise.values if otherwise else ()
