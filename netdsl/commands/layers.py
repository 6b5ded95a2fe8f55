"""`netdsl layers`: what there is to build with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

from netdsl.commands.arguments import FORMAT, Argument, Options
from netdsl.commands.printing import say, shown
from netdsl.commands.status import OK, WRONG

ABOUT = (
    "Lists the layers of torch.nn that programs may use, the combinators, what the prelude has and"
    " the schemes of initialisation. Of one NAME it tells the arguments, what becomes of shapes,"
    " the tensors that it holds, an example, and where torch documents it."
)


ARGUMENTS = (
    Argument(("name",), "maybe", "in any case, with or without _", "NAME"),
    Argument(("--functions",), "flag", "list the functions of tensor time instead"),
    FORMAT,
)


def run(options: Options) -> int:
    if options.name is None:
        _list(options)
        return OK
    from netdsl.checking.reference.lookup import looked_up, missing

    found = looked_up(options.name)
    if found is None:
        say(f"netdsl: {shown(missing(options.name))}", sys.stderr)
        return WRONG
    if options.format == "json":
        say(json.dumps(found.to_json(), indent=2, ensure_ascii=False), sys.stdout)
    else:
        say(found.text(), sys.stdout)
    return OK


def _list(options: Options) -> None:
    from netdsl.checking.reference.listing import functions, groups

    found = functions() if options.functions else groups()
    if options.format == "json":
        say(json.dumps(found, indent=2), sys.stdout)
        return
    lines: list[str] = []
    for title, names in found.items():
        lines += [title, *_wrapped(names), ""]
    lines.append("'netdsl layers NAME' tells of one; --functions lists those of tensor time")
    say("\n".join(lines), sys.stdout)


def _wrapped(names: Iterable[str]) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(", ".join(names), 96, initial_indent="  ", subsequent_indent="  ")
