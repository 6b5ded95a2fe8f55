"""Where a statement has room for parentheses that show only when they are needed."""

from __future__ import annotations

from netdsl.emit.black_door import Unsupported
from netdsl.emit.layout.leaves import KEYWORDS, Leaf, read
from netdsl.emit.layout.roles import ASSIGN, MATH, Pair, Reader

_PLAIN = frozenset(
    ["raise", "global", "nonlocal", "pass", "break", "continue", "import", "else", "try", "finally"]
)
_CONDITIONS = frozenset(["if", "elif", "while"])


def leaves_of(line: str) -> list[Leaf]:
    """The leaves of a line, the unseen parentheses among them."""
    leaves = read(line)
    if not leaves:
        return leaves
    reader = Reader(leaves)
    reader.read()
    pairs = _statement_pairs(reader)
    taken = {(first, last) for first, last, _ in pairs}
    pairs += [pair for pair in reader.choices if pair[:2] not in taken]
    return _with_pairs(leaves, pairs)


def _statement_pairs(reader: Reader) -> list[Pair]:
    """The unseen parentheses that the kind of statement gives a line."""
    leaves, first, end = reader.leaves, reader.first, len(reader.leaves)
    header = leaves[-1].text == ":" and leaves[-1].kind == "op"
    if first in _CONDITIONS or first == "with":
        return _wrap(reader, 1, _header_end(reader)) if header else _strange()
    match first:
        case "def" | "class":
            return _definition(reader) if header else _strange()
        case "for":
            inner = next((at for at in reader.top(1, end) if leaves[at].text == "in"), 0)
            if not (header and inner):
                return _strange()
            return _wrap(reader, 1, inner) + _wrap(reader, inner + 1, end - 1)
        case "return" | "del":
            return _wrap(reader, 1, end)
        case "assert":
            comma = next((at for at in reader.top(1, end) if _divides(leaves[at])), end)
            return _wrap(reader, 1, comma) + _wrap(reader, comma + 1, end)
        case "from":
            return _imported(reader)
        case _ if first in _PLAIN or leaves[0].text == "@":
            return []
        case _ if first in KEYWORDS and first not in ("lambda", "not"):
            return _strange()
    return _expression(reader)


def _divides(leaf: Leaf) -> bool:
    return leaf.text == "," and leaf.owner != "lambda"


def _strange() -> list[Pair]:
    raise Unsupported("a statement of an unknown form")


def _header_end(reader: Reader) -> int:
    return len(reader.leaves) - 1


def _wrap(reader: Reader, start: int, end: int) -> list[Pair]:
    """Unseen parentheses around an expression; those that it has and needs not are hidden."""
    leaves = reader.leaves
    if start >= end:
        return []
    if leaves[end - 1].text == ",":
        raise Unsupported("a tuple that ends with a comma")
    if leaves[start].text == "(" and reader.match[start] == end - 1:
        inner = reader.texts(start + 1, end - 1)
        commas = any(_divides(reader.leaves[at]) for at in reader.top(start + 1, end - 1))
        if not inner or commas or "for" in inner:
            return []
        if reader.first == "for" and {"if", "lambda"} & set(inner):
            return []
        reader.hide(start, end - 1)
        return []
    return [(start, end, "atom")]


def _imported(reader: Reader) -> list[Pair]:
    leaves = reader.leaves
    at = next((at for at, leaf in enumerate(leaves) if leaf.text == "import"), len(leaves))
    if at + 1 >= len(leaves) or leaves[at + 1].text == "*":
        return []
    if leaves[at + 1].text == "(":
        reader.hide(at + 1, len(leaves) - 1, "import")
        return []
    return [(at + 1, len(leaves), "import")]


def _definition(reader: Reader) -> list[Pair]:
    leaves = reader.leaves
    if reader.first == "class":
        return []
    if len(leaves) < 4 or leaves[2].text != "(":
        return _strange()
    close = reader.match[2]
    pairs: list[Pair] = []
    at = 3
    for stop in [*(each for each in reader.top(3, close) if leaves[each].text == ","), close]:
        pairs += _annotated(reader, at, stop)
        at = stop + 1
    if leaves[close + 1].text == "->":
        for leaf in leaves[close + 2 : -1]:
            leaf.note = "returned"
        pairs += _wrap(reader, close + 2, len(leaves) - 1)
    return pairs


def _annotated(reader: Reader, start: int, end: int) -> list[Pair]:
    """The annotation of a parameter: a union may be parenthesised, a plain type may not."""
    leaves = reader.leaves
    tops = reader.top(start, end)
    stop = next((at for at in tops if leaves[at].text == "="), end)
    begin = next((at for at in tops if leaves[at].text == ":" and at < stop), None)
    if begin is None or leaves[start].text == "*":
        return []
    for leaf in leaves[begin + 1 : stop]:
        leaf.note = "annotated"
    texts = reader.texts(begin + 1, stop)
    lone = reader.match.get(begin + 1) == stop - 1
    if lone and leaves[begin + 1].text == "(":
        if "," in reader.texts(begin + 2, stop - 1):
            return []
        reader.hide(begin + 1, stop - 1)
        return []
    union = "|" in texts and not {"if", "lambda", "and", "or", "not"} & set(texts)
    if union or lone or texts == [".", ".", "."]:
        return [(begin + 1, stop, "atom")]
    return []


def _expression(reader: Reader) -> list[Pair]:
    """An assignment, or an expression that is a statement."""
    leaves, end = reader.leaves, len(reader.leaves)
    tops = reader.top(0, end)
    signs = [at for at in tops if leaves[at].kind == "op" and leaves[at].text in ASSIGN]
    annotation = next((at for at in tops if leaves[at].text == ":"), None)
    texts = reader.texts(0, end)
    if "lambda" in texts:
        lambda_at = next(at for at in tops if leaves[at].text == "lambda")
        signs = [at for at in signs if at < lambda_at]
        if annotation is not None and annotation > lambda_at:
            annotation = None
    if annotation is not None and (not signs or annotation < signs[0]):
        value = signs[0] if signs else end
        return _wrap(reader, annotation + 1, value) + _wrap(reader, value + 1, end)
    if not signs:
        return [(0, end, "atom")] if _is_arithmetic(texts, reader) else []
    pairs = _target(reader, signs[0])
    for at, sign in enumerate(signs):
        pairs += _wrap(reader, sign + 1, signs[at + 1] if at + 1 < len(signs) else end)
    return pairs


def _target(reader: Reader, end: int) -> list[Pair]:
    leaf = reader.leaves[0]
    listed = "," in reader.texts(0, end)
    return _wrap(reader, 0, end) if listed or (leaf.opens and reader.match[0] == end - 1) else []


def _is_arithmetic(texts: list[str], reader: Reader) -> bool:
    loosest = max((leaf.before for leaf in _tops(reader)), default=0)
    commas = "," in texts or "lambda" in texts or texts[0] == "not"
    return not commas and MATH["-"] <= loosest < MATH["|"]


def _tops(reader: Reader) -> list[Leaf]:
    return [reader.leaves[at] for at in reader.top(0, len(reader.leaves))]


def _with_pairs(leaves: list[Leaf], pairs: list[Pair]) -> list[Leaf]:
    """The leaves, with the unseen parentheses put in; the wider pair outside."""
    opening: dict[int, list[Pair]] = {}
    closing: dict[int, list[Pair]] = {}
    for pair in pairs:
        opening.setdefault(pair[0], []).append(pair)
        closing.setdefault(pair[1], []).append(pair)
    whole: list[Leaf] = []
    for at in range(len(leaves) + 1):
        for start, _, owner in sorted(closing.get(at, ()), key=lambda pair: -pair[0]):
            whole.append(_unseen(")", owner, leaves[start].note, ""))
        if at == len(leaves):
            break
        leaf = leaves[at]
        for _, _, owner in sorted(opening.get(at, ()), key=lambda pair: -pair[1]):
            whole.append(_unseen("(", owner, leaf.note, leaf.space))
            leaf.space = ""
        whole.append(leaf)
    return whole


def _unseen(shape: str, owner: str, note: str, space: str) -> Leaf:
    leaf = Leaf("op", "", space, shape)
    leaf.owner, leaf.note = owner, note
    return leaf
