"""Compiling and checking that remember: what was worked out for a program is taken again as long
as the program, the files that it imports, the options and the compiler are the same.

What a program imports is known only when it is read, so an entry tells what was asked while it was
made: which files were read, and what their texts were; which folders are packages. It is good if
the same questions have the same answers now. Only programs without errors are kept, with their
warnings.
"""

from __future__ import annotations

from netdsl.records import NamedTuple
from netdsl.source import Source
from netdsl.store import Store, compiler, digest, packed, unpacked

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from netdsl.analysis.imports import Read
    from netdsl.compiler import IsPackage, Style
    from netdsl.diagnostics import Diagnostic
    from netdsl.limits import Limits


class Kept(NamedTuple):
    """What is to be had of a program without compiling it: the generated source, the places of
    what it imports, and warnings. All is empty but the last for one that was only checked."""

    source: str
    imports: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def compiled(
    store: Store,
    source: Source,
    style: Style,
    read: Read,
    package: IsPackage | None,
    *,
    shape_comments: bool,
    line_comments: bool,
    limits: Limits,
) -> Kept:
    """As `compile_source`.

    Raises:
        CompileError: the program is wrong.
    """
    asked = _Asked(source, read, package)
    layout = "bundle" if package is None else "modules"
    options = [style, layout, f"{shape_comments:d}", f"{line_comments:d}"]
    key = _key(store, "compile", limits, *options, source.name, source.text)
    found = asked.answered(store.get(key))
    if found is not None:
        return found
    from netdsl.compiler import compile_source

    result = compile_source(
        source,
        style,
        asked.read,
        None if package is None else asked.package,
        shape_comments=shape_comments,
        line_comments=line_comments,
        limits=limits,
    )
    made = Kept(result.source, result.imports, result.diagnostics)
    if style == "auto" and not result.fallbacks:  # else it depends on the version of black too
        asked.keep(store, key, made)
    return made


def checked(store: Store, source: Source, read: Read, limits: Limits) -> tuple[Diagnostic, ...]:
    """What `check_source` finds."""
    asked = _Asked(source, read, None)
    key = _key(store, "check", limits, source.name, source.text)
    found = asked.answered(store.get(key))
    if found is not None:
        return found.diagnostics
    from netdsl.compiler import check_source

    result = check_source(source, asked.read, limits=limits)
    if result.program is not None:
        asked.keep(store, key, Kept("", (), result.diagnostics))
    return result.diagnostics


def _key(store: Store, what: str, limits: Limits, *parts: str) -> str:
    """Under what it is kept. Where nothing is kept the compiler's files are not looked at."""
    return "" if store.folder is None else digest(what, compiler(), repr(limits), *parts)


class _Asked:
    """The questions of one compile, and their answers: three texts each."""

    def __init__(self, source: Source, read: Read, package: IsPackage | None) -> None:
        self._read = read
        self._package = package
        self._sources = {source.name: source}
        self._found: list[str] = []
        self._failed = False

    def read(self, place: str) -> Source:
        try:
            source = self._read(place)
        except (OSError, ValueError):
            self._failed = True
            raise
        self._sources[place] = source
        self._found += ["text", place, digest(source.text)]
        return source

    def package(self, folder: str) -> bool:
        if self._package is None:
            raise ValueError("nobody asks of a bundle which folders are packages")
        answer = self._package(folder)
        self._found += ["package", folder, f"{answer:d}"]
        return answer

    def keep(self, store: Store, key: str, made: Kept) -> None:
        """Keeps what was made, unless a finding is about a text that nobody asked for."""
        findings = _Findings(self._sources).written(made.diagnostics)
        if self._failed or findings is None:
            return
        store.put(key, [made.source, packed(made.imports), findings, *self._found])

    def answered(self, entry: list[str] | None) -> Kept | None:
        """What an entry says, if what was asked when it was made has the same answers now."""
        if entry is None:
            return None
        try:
            text, imports, findings, *found = entry
            if not self._same_answers(found):
                return None
            read = _Findings(self._sources).read(findings) if findings else ()
            return Kept(text, tuple(unpacked(imports)), read)
        except (OSError, ValueError, LookupError, TypeError):
            return None  # what was read then cannot be read now, or the entry is none of ours
        finally:
            self._found, self._failed = [], False

    def _same_answers(self, found: list[str]) -> bool:
        ask: dict[str, Callable[[str], object]] = {"text": self.read, "package": self.package}
        for at in range(0, len(found), 3):
            ask[found[at]](found[at + 1])
            if self._found[at:] != found[at : at + 3]:
                return False
        return True


class _Findings:
    """Diagnostics as a text, whose spans name their sources."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self.sources = sources

    def written(self, diagnostics: Sequence[Diagnostic]) -> str | None:
        """None if they cannot be written."""
        if not diagnostics:
            return ""
        import json

        spans = [found.span for found in diagnostics]
        spans += [label.span for found in diagnostics for label in found.labels]
        if any(span.source.name not in self.sources for span in spans):
            return None
        return json.dumps([self._data(found) for found in diagnostics])

    def _data(self, found: Diagnostic) -> list[Any]:
        labels = [[*self._place(label.span), label.message] for label in found.labels]
        place = self._place(found.span)
        return [found.code, found.message, place, labels, found.hint, found.severity]

    def _place(self, span: Any) -> list[Any]:
        return [span.source.name, span.start, span.end]

    def read(self, text: str) -> tuple[Diagnostic, ...]:
        import json

        from netdsl.diagnostics import Diagnostic, Label
        from netdsl.source import Span

        def span(name: str, start: int, end: int) -> Span:
            return Span(self.sources[name], start, end)

        return tuple(
            Diagnostic(
                code,
                message,
                span(*place),
                tuple(Label(span(*at), said) for *at, said in labels),
                hint,
                severity,
            )
            for code, message, place, labels, hint, severity in json.loads(text)
        )
