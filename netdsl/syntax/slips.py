"""Finds statements of a file that begin with a misspelt word, and so read as layers.

`modul M(d) = …` does not parse, but `recrod Config(d=8)` does: as a layer `recrod` with one
argument. What follows from that would be said in many places.
"""

from __future__ import annotations

from netdsl.diagnostics import Diagnostics
from netdsl.syntax import tree
from netdsl.syntax.words import meant_word


def refuse_misspelt(file: tree.File, diagnostics: Diagnostics) -> None:
    """An error for each layer without brackets that is called nearly like a word which begins a
    statement, and by nothing that the file defines."""
    for statement in file.statements:
        if not isinstance(statement, tree.Net) or not isinstance(statement.value, tree.Call):
            continue
        func = statement.value.func
        if not statement.value.juxtaposed or not isinstance(func, tree.Name):
            continue
        meant = meant_word("file", func.id)
        if meant is not None and func.id not in _defined(file):
            diagnostics.error(
                "unexpected-word",
                f"no statement begins with `{func.id}`",
                func.span,
                hint=f"a word with a similar name exists: `{meant}`.",
            )


def _defined(file: tree.File) -> set[str]:
    names: list[tree.Name] = []
    for statement in file.statements:
        match statement:
            case tree.Import(names=imported):
                names += [alias or name for name, alias in imported]
            case tree.LetUnpack(names=several):
                names += several
            case tree.Let(name=name) | tree.Module(name=name) | tree.Def(name=name):
                names.append(name)
            case tree.Extern(alias=alias) if alias is not None:
                names.append(alias)
            case _:
                pass
    return {name.id for name in names}
