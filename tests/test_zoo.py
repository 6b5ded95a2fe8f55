"""The page of the zoo says what is so, and its lines are counted as it says."""

from __future__ import annotations

import re

import pytest
from torch import nn

from tests.parity.table import Row
from tests.reference import lenet
from tests.zoo import lines
from tests.zoo.page import PAGE, costs, facts, published, render, words

FIRST = [rows[0] for rows in published().values()]
"""One network of each program."""


def told() -> dict[str, list[str]]:
    """The cells that the page has for each network, under the name of its program."""
    found: dict[str, list[str]] = {}
    program = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("[`zoo/"):
            program = line.split("`")[1]
        if line.startswith("| `"):
            name, *cells = [each.strip(" `") for each in line.strip("|").split("|")]
            found[f"{program}:{name}"] = cells
    return found


def key(row: Row) -> str:
    return f"{row.program}:{row.entry}"


def test_the_page_has_every_network_in_the_order_of_the_table() -> None:
    entries = [key(row) for rows in published().values() for row in rows]
    assert [each for each in told() if each.startswith("zoo/")] == entries, "python -m tests.zoo"


@pytest.mark.parametrize("row", FIRST, ids=key)
def test_the_page_counts_the_lines_of_programs_and_of_what_they_become(row: Row) -> None:
    assert told()[key(row)][:2] == [str(each) for each in words(row)], "python -m tests.zoo"


def test_the_page_tells_what_a_network_costs() -> None:
    row = next(each for each in FIRST if each.entry == "lenet5")
    parameters, work = costs(row)
    assert told()[key(row)][3] == f"{parameters:,}"
    assert told()[key(row)][4].startswith(f"{work:,} ")


@pytest.mark.full
def test_the_page_is_what_its_command_writes() -> None:
    found = {str(row): facts(row) for rows in published().values() for row in rows}
    assert PAGE.read_text(encoding="utf-8") == render(found)


PYTHON = '''
"""A module."""

import math
from torch import (
    nn,
)


# What is counted: five lines.
def f(x):
    """Says
    something."""
    return (
        x  # and this

        + 1
    )


def net():
    return f(1)
'''


def test_lines_of_python_are_those_that_hold_code() -> None:
    assert lines.of_python(PYTHON) == 5 + 2
    assert lines.of_python(PYTHON, without="net") == 5
    assert lines.of_python('text = """a\n\nb"""\n') == 3


class Base(nn.Module):
    def forward(self, x: int) -> int:
        return helper(x)


class Child(Base):
    """Has lines of its own, those of its base, and those of what they mention."""

    other = lenet.LeNet5


def helper(x: int) -> int:
    """Calls another one, and itself."""
    return helper(x - 1) if x else unseen_by_none()


def unseen_by_none() -> int:
    return int(re.escape("0"))


def test_lines_of_a_reference_are_those_of_what_it_is_built_of() -> None:
    # Child 2, Base 3, helper 2, unseen_by_none 2; neither torch's, nor what no module is built of
    assert lines.of_reference(nn.Sequential(Child(), nn.Linear(1, 1), Child())) == 9
