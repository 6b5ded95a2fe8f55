"""A template of Jinja's as a function of Python that needs no Jinja.

Importing Jinja takes longer than compiling a small program, and what our templates use of it is
little: text, values, `for` with `loop.first` and `loop.previtem`, `if`, and `and`, `or`, `not`. The
build turns that into Python; a template that uses more is refused there.

>>> source = python_of("{% for x in xs %}{% if not loop.first %}, {% endif %}{{ x.a }}{% endfor %}")
>>> namespace = {}
>>> exec(source, namespace)
>>> namespace["render"]({"xs": [{"a": 1}, {"a": 2}]})
'1, 2'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jinja2 import Environment, nodes

_SYNTAX = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)

_Names = Mapping[str, str]
"""What names of the template are in Python; others are looked up in what is rendered."""


def python_of(template: str) -> str:
    """The source of a function `render(values)`.

    Raises:
        ValueError: the template uses what is not known here.
    """
    body = _Translation().body(_SYNTAX.parse(template).body, {})
    lines = ["out = []", *body, "return ''.join(out)"]
    return "\n".join(["def render(values):", *_indented(lines)]) + "\n"


class _Translation:
    """One template. Loops are counted, so that each has variables of its own."""

    def __init__(self) -> None:
        self.loops = 0

    def body(self, parts: Iterable[nodes.Node], names: _Names) -> Iterator[str]:
        for part in parts:
            yield from self._statement(part, names)

    def _statement(self, node: nodes.Node, names: _Names) -> Iterator[str]:
        match node:
            case nodes.Output():
                for each in node.nodes:
                    yield f"out.append({_written(each, names)})"
            case nodes.If():
                yield f"if {_value(node.test, names)}:"
                yield from _indented(self.body(node.body, names))
                for other in node.elif_:
                    yield f"elif {_value(other.test, names)}:"
                    yield from _indented(self.body(other.body, names))
                if node.else_:
                    yield "else:"
                    yield from _indented(self.body(node.else_, names))
            case nodes.For(target=nodes.Name(), test=None, recursive=False, else_=[]):
                yield from self._for(node, names)
            case _:
                raise _unknown(node)

    def _for(self, node: nodes.For, names: _Names) -> Iterator[str]:
        assert isinstance(node.target, nodes.Name)
        self.loops += 1
        items, at, item = (f"{each}_{self.loops}" for each in ("items", "at", "item"))
        inner = {
            **names,
            node.target.name: item,
            "loop.first": f"{at} == 0",
            "loop.previtem": f"{items}[{at} - 1]",
        }
        yield f"{items} = {_value(node.iter, names)}"
        yield f"for {at}, {item} in enumerate({items}):"
        yield from _indented(self.body(node.body, inner))


def _written(node: nodes.Node, names: _Names) -> str:
    if isinstance(node, nodes.TemplateData):
        return repr(node.data)
    return f"str({_value(node, names)})"


def _value(node: nodes.Node, names: _Names) -> str:
    match node:
        case nodes.Name(name=name):
            return names.get(name, f"values[{name!r}]")
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attribute):
            if f"loop.{attribute}" not in names:
                raise _unknown(node)
            return names[f"loop.{attribute}"]
        case nodes.Getattr(node=of, attr=attribute):
            return f"{_value(of, names)}[{attribute!r}]"
        case nodes.Not(node=of):
            return f"(not {_value(of, names)})"
        case nodes.And(left=one, right=other):
            return f"({_value(one, names)} and {_value(other, names)})"
        case nodes.Or(left=one, right=other):
            return f"({_value(one, names)} or {_value(other, names)})"
        case _:
            raise _unknown(node)


def _unknown(node: nodes.Node) -> ValueError:
    kind = type(node).__name__
    return ValueError(f"line {node.lineno} of a template: `{kind}` is not translated to Python")


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
