"""Random programs, right ones and slightly broken ones, checked without torch and run with it.

`python -m tests.soundness [COUNT] [SEED]` prints what became of them: how many are refused, how
often a shape is not known, which rules are asked seldom, and every program on which the check and
torch disagree.

A program is drawn with sizes that fit (`maker.py`, `programs.py`): steps keep count of the shape
(`chains.py`, `windows.py`, `reshaping.py`, `attention.py`, `recurrent.py`, `branches.py`,
`blocks.py`), calls of single rules are tried by torch as they are drawn (`probes/`). Then a number
or two are changed in most of them (`marks.py`). `outcome.py` holds the check against torch.
"""

from __future__ import annotations

from tests.soundness.followed import Found, follow, follow_all
from tests.soundness.outcome import Outcome, outcome
from tests.soundness.programs import make
from tests.soundness.tally import Tally

__all__ = ["Found", "Outcome", "Tally", "follow", "follow_all", "make", "outcome"]
