"""The page of the zoo: what each network takes to say, what it is made of, and what it equals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch

import netdsl
from netdsl.files import Folder
from tests.generated import ROOT
from tests.parity.table import Row, compiled, every_row
from tests.zoo import lines

PAGE = ROOT / "docs" / "zoo.md"
EXAMPLES = ROOT / "examples"
PATIENT = netdsl.Limits(seconds=None)

HEAD = """# The zoo

Written by `python -m tests.zoo`; `tests/test_zoo.py` holds it against the programs.

`examples/zoo/` has published networks, one program a family. A network is imported from its program,
`from "zoo/resnet.nd" import resnet50`, or built with `netdsl.load("examples/zoo/resnet.nd", "resnet50")`.

| | |
| --- | --- |
| program | the lines of all definitions that the network uses, in all files |
| generated | the lines of the classes and functions that are generated for it |
| reference | the lines of the classes that the reference is built of, torch's own apart, and of the functions and base classes beside them that they use; the functions that choose its sizes are not counted. It may do more: `transformers` keeps a cache, and has options |
| parameters | of the network, each counted once |
| multiply-adds | of products, convolutions and attention, for one input of the size that stands beside them; `?` where numbers decide what is computed |
| keys | of the state_dict, with buffers and ties |
| parity | what is equal, by `tests/test_parity.py` |

Lines that are blank, hold a comment or a docstring alone, or import something are not counted; a
program is read as it is written, and Python as black lays it out.

**bits**: the reference has the same keys in the same order, with the same shapes, dtypes, kinds and ties,
and draws the same weights from the same seed; its state loads strictly, and the outputs in eval, and the
outputs, gradients and buffers of a training step under one seed, are equal to the last bit.
"""

CHECKPOINTS = """
## Keys of published checkpoints

Keys are those of the libraries' own classes, so that checkpoints load with `strict=True`. Mixtral's
published checkpoints hold the matrices `w1`, `w2` and `w3` of each expert:
`examples/zoo/mixtral_keys.py` maps them to the program's fused ones, and back, and
`examples/moe.nd` is the block in that form.
"""


class Words(NamedTuple):
    """How many lines say a network."""

    program: int
    generated: int


class Facts(NamedTuple):
    """What the page says of a network."""

    words: Words
    reference: int
    size: str
    parameters: int
    multiply_adds: int | None
    keys: int


def published() -> dict[str, list[Row]]:
    """The entries at their published sizes, by program."""
    found: dict[str, list[Row]] = {}
    for row in every_row():
        if row.full and row.program.startswith("zoo/"):
            found.setdefault(row.program, []).append(row)
    return found


def words(row: Row) -> Words:
    """Of a program that imports the entry and nothing else."""
    text = f'from "{row.program}" import {row.entry} as entry\nlet net() = entry\n'
    try:
        result = _compiled(text, check_shapes=False)
    except netdsl.CompileError:  # sizes that are left open are worked out, which takes longer
        result = _compiled(text, check_shapes=True)
    return Words(
        lines.of_program(result.program.definitions, "entry.nd"),
        lines.of_python(result.source, without="net"),
    )


def _compiled(text: str, check_shapes: bool) -> netdsl.Result:
    return netdsl.compile(
        text,
        name="entry.nd",
        read=Folder(EXAMPLES).read,
        check_shapes=check_shapes,
        limits=PATIENT,
    )


def facts(row: Row) -> Facts:
    sizes = _sizes(row)
    counted = _summary(row, sizes)
    with torch.device("meta"):
        ours, theirs = row.build(compiled(row.program)), row.reference()
    return Facts(
        words(row),
        lines.of_reference(theirs),
        _size(sizes),
        counted.parameters,
        counted.multiply_adds,
        len(ours.state_dict()),
    )


def _size(sizes: Mapping[str, Sequence[int]]) -> str:
    """What is not of the batch, or of one number alone."""
    return ", ".join(
        "×".join(map(str, each)).removeprefix("1×") for each in sizes.values() if each != [1]
    )


def costs(row: Row) -> tuple[int, int | None]:
    """The parameters and multiply-adds of a network."""
    found = _summary(row, _sizes(row))
    return found.parameters, found.multiply_adds


def _summary(row: Row, sizes: Mapping[str, Sequence[int]]) -> netdsl.Summary:
    given = next(iter(sizes.values())) if len(sizes) == 1 else sizes
    text = (EXAMPLES / row.program).read_text(encoding="utf-8")
    return netdsl.summary(
        text,
        row.entry,
        inputs=given or None,
        name=row.program,
        read=Folder(EXAMPLES).read,
        limits=PATIENT,
    )


def _sizes(row: Row) -> dict[str, list[int]]:
    """The sizes of what the comparison gives the network, by position; one of each in a batch.
    An entry may leave out inputs that are optional."""
    text = (EXAMPLES / row.program).read_text(encoding="utf-8")
    stated = re.search(rf"(?ms)^let {row.entry}\(.*?\): (.*?) -> ", text)
    assert stated is not None, f"{row} does not state its input"
    shapes = [each.split(", ") for each in re.findall(r"\[([^]]*)\]", stated[1])]
    return {
        str(at): [1 if name == "B" else size for name, size in zip(names, given.shape, strict=True)]
        for at, (names, given) in enumerate(zip(shapes, row.inputs(), strict=False))
    }


def render(found: Mapping[str, Facts]) -> str:
    """The page, of what is known of each row."""
    text = [HEAD]
    notes = list(dict.fromkeys(row.because for rows in published().values() for row in rows))
    notes = [each for each in notes if each]
    for program, rows in published().items():
        text.append(f"\n## {program.removeprefix('zoo/').removesuffix('.nd')}\n")
        text.append(f"[`{program}`](../examples/{program}): {_about(program)}\n")
        text.append(
            "| network | program | generated | reference | parameters | multiply-adds | keys | parity |"
        )
        text.append("| --- | --: | --: | --: | --: | --: | --: | --- |")
        text += [_line(row, found[str(row)], notes) for row in rows]
    if notes:
        text += ["", "## Notes", ""]
        text += [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join(text).replace("\n\n\n", "\n\n") + "\n" + CHECKPOINTS


def _line(row: Row, of: Facts, notes: list[str]) -> str:
    work = "?" if of.multiply_adds is None else f"{of.multiply_adds:,}"
    parity = "keys" if row.meta else f"within {row.tolerance:g}" if row.tolerance else "bits"
    if not row.initial:
        parity += ", but for initial weights"
    note = f" ({notes.index(row.because) + 1})" if row.because else ""
    cells = [
        f"`{row.entry}`",
        str(of.words.program),
        str(of.words.generated),
        str(of.reference),
        f"{of.parameters:,}",
        f"{work} ({of.size})",
        str(of.keys),
        parity + note,
    ]
    return f"| {' | '.join(cells)} |"


def _about(program: str) -> str:
    """What the first comment of a program says."""
    text = (EXAMPLES / program).read_text(encoding="utf-8")
    found = re.match(r"(?:#.*\n)+", text)
    assert found is not None, f"{program} does not say what it is"
    return " ".join(line.lstrip("# ") for line in found[0].splitlines())
