"""What every grammar rule needs to make a node: spans, names and strings of the parse that
is under way.

One builder serves every thread, so what belongs to a single parse is kept here, by thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.records import NamedTuple
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.literals import normalised, string_value
from netdsl.syntax.token import Token
from netdsl.syntax.words import OF_MODULES, PYTHON_WORDS


class Group(NamedTuple):
    """Things in brackets that are no node of their own, and where the brackets stand."""

    values: tuple[Any, ...]
    start: int
    end: int


if TYPE_CHECKING:
    from threading import local
else:
    try:
        from _thread import _local as local  # as `threading` has it, which is slow to import
    except ImportError:
        from threading import local


class _Parse(local):
    """What belongs to the parse under way in this thread; the builder itself is shared."""

    source: Source
    diagnostics: Diagnostics
    limits: limits.Limits
    outer: dict[int, tuple[object, int, int]]
    """The brackets around nodes, by the identity of the node, which they keep."""


current = _Parse()


@contextmanager
def building(source: Source, diagnostics: Diagnostics) -> Iterator[None]:
    """Within it, nodes are made for this source."""
    current.source, current.diagnostics = source, diagnostics
    current.limits, current.outer = limits.current(), {}
    try:
        yield
    finally:
        current.outer = {}


def span_of(start: int, end: int) -> Span:
    return Span(current.source, start, end)


def start_of(part: Any) -> int:
    """Where a token, a node (with the brackets around it) or a group begins."""
    if isinstance(part, str):  # a token
        return part.start_pos  # type: ignore[attr-defined, no-any-return]
    if type(part) is Group:
        return part.start
    outer = current.outer
    found = outer.get(id(part)) if outer else None
    return found[1] if found else part.span.start


def end_of(part: Any) -> int:
    if isinstance(part, str):  # a token
        return part.end_pos  # type: ignore[attr-defined, no-any-return]
    if type(part) is Group:
        return part.end
    outer = current.outer
    found = outer.get(id(part)) if outer else None
    return found[2] if found else part.span.end


def over(parts: list[Any]) -> Span:
    """The span of everything a rule matched; the last part may be absent."""
    last = parts[-1]
    if last is None:
        last = next(part for part in reversed(parts) if part is not None)
    return Span(current.source, start_of(parts[0]), end_of(last))


def nodes_in(parts: list[Any]) -> tuple[Any, ...]:
    """The parts that are neither tokens nor absent."""
    return tuple([part for part in parts if part is not None and not isinstance(part, str)])


def identifier(token: Token) -> str:
    most = current.limits.name
    if len(token) > most:
        current.diagnostics.error(
            "name-too-long",
            f"a name of {len(token)} characters; at most {most} are read",
            span_of(token.start_pos or 0, token.end_pos or 0),
            hint="choose a shorter name.",
        )
        return normalised(str(token)[:most])
    return normalised(str(token))


def make_name(token: Token) -> tree.Name:
    span = Span(current.source, token.start_pos, token.end_pos)
    return tree.Name(identifier(token), span=span)


def make_optional_name(token: Token | None) -> tree.Name | None:
    return None if token is None else make_name(token)


def make_string(token: Token) -> tree.String:
    value, bad_escapes = string_value(str(token))
    start = token.start_pos or 0
    for bad in bad_escapes[: current.limits.syntax_errors]:
        at = start + bad.at
        current.diagnostics.error(
            "bad-escape",
            f"`{bad.text}` is no escape that a string knows",
            span_of(at, at + len(bad.text)),
            hint="write `\\\\` for a backslash.",
        )
    return tree.String(value, span=span_of(start, token.end_pos or 0))


def make_optional_string(token: Token | None) -> tree.String | None:
    return None if token is None else make_string(token)


def make_name_or_string(token: Token) -> tree.Name | tree.String:
    return make_string(token) if token.type == "STRING" else make_name(token)


def check_begins_statement(value: tree.Expr) -> None:
    """Some statements parse and yet are certainly not what was meant: a line that begins
    with a sign, Python's `import` and `pass`."""
    start = start_of(value)
    if type(value) is tree.Call and getattr(value.func, "id", "") == "import":
        given = value.items[0] if value.items else None
        of_file = type(given) is tree.Item and type(given.value) is tree.String
        _complain(_said().IMPORT_OF_FILE if of_file else _said().PYTHON_IMPORT, value.func.span)
    first = value.func if type(value) is tree.Call and value.juxtaposed else value
    if type(first) is not tree.Name:
        pass
    elif first.id == "pass":
        _complain(_said().NO_PASS, first.span)
    elif first.id in ("return", "break", "continue"):
        _complain(_said().outside_def(first.id), first.span)
    elif first.id in PYTHON_WORDS and first is not value:
        _complain(_said().no_such_statement(first.id), first.span)
    sign = current.source.text[start]
    if sign in "+-":
        _complain(_said().operator_line(sign), span_of(start, start + 1))


def check_annotation(name: Token, annotation: tree.Annotation | None, end: int) -> None:
    """A first child on the line below a `:` reads as the shapes of the module; `end` is where
    what stands before the `:` ends."""
    if annotation is None or annotation.result is not None:
        return
    type_, text = annotation.input, current.source.text
    is_word = type(type_) is tree.NamedType and type_.name is not None and type_.dims is None
    if is_word and "\n" in text[end : annotation.span.start]:
        colon = text.index(":", end)
        _complain(_said().python_module(str(name)), span_of(colon, colon + 1))


def check_is_of_files(value: tree.Expr) -> None:
    """A declaration of a module's body may read as a layer in a file: `const d = 8`."""
    call = value.layer if type(value) is tree.Initialised else value
    if type(call) is not tree.Call or not call.juxtaposed or type(call.func) is not tree.Name:
        return
    declares = (
        bool(call.items)
        and type(call.items[0]) is tree.Item
        and (call.items[0].name is not None or type(value) is tree.Initialised)
    )
    if declares and call.func.id in OF_MODULES:
        _complain(_said().outside_module(call.func.id), call.func.span)


def check_method(name: tree.Name, parameters: tuple[tree.Node, ...]) -> None:
    """Python's habits in a `def` that reads well otherwise: `__init__`, and `self`."""
    if name.id == "__init__":
        _complain(_said().NO_INIT, name.span)
        return
    for each in parameters[:1]:
        if type(each) is tree.Parameter and each.name.id == "self":
            _complain(_said().NO_SELF, each.name.span)


def check_sign_twice(target: tree.Expr) -> None:
    """`n++` reads as a sum that goes on in the next line."""
    if type(target) is tree.Binary and type(target.right) is tree.Unary:
        start = start_of(target.right)
        if target.op == target.right.op and current.source.text[start - 1] == target.op:
            _complain(_said().no_increment(target.op), span_of(start - 1, start + 1))


def _said() -> Any:
    """What is said of mistakes, which a program that has none does not load."""
    from netdsl.syntax import mistakes

    return mistakes


def _complain(said: tuple[str, str, str], span: Span) -> None:
    code, message, hint = said
    current.diagnostics.error(code, message, span, hint=hint)
