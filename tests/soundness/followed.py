"""Many programs, one after the other or in several processes."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import torch

from tests.soundness.outcome import Outcome, outcome
from tests.soundness.programs import make
from tests.soundness.tally import Tally

CHUNK = 125


class Found(NamedTuple):
    """What became of the program of a seed."""

    seed: int
    text: str
    outcome: Outcome

    def __str__(self) -> str:
        found = self.outcome
        said = "\n".join(found.refusals) or "accepted"
        return f"--- {self.seed}: {found.why or found.unfit}\n{self.text}{said}\n"


def follow(seeds: Iterable[int], tally: Tally) -> Iterator[Found]:
    """What becomes of the programs of these seeds."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    try:
        with tally.counting(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for seed in seeds:
                torch.manual_seed(seed)
                text, program = make(seed)
                found = outcome(text)
                tally.add(found, program.kinds, program.broken)
                yield Found(seed, text.text, found)
    finally:
        gc.unfreeze()
        torch.set_num_threads(threads)


def notable(seeds: range) -> tuple[Tally, list[Found]]:
    """The counts, and the programs on which the check and torch disagree or that are no test."""
    tally = Tally()
    found = [each for each in follow(seeds, tally) if each.outcome.why or each.outcome.unfit]
    return tally, found


def follow_all(seeds: range, tally: Tally, jobs: int | None = None) -> Iterator[Found]:
    """The notable ones of many programs, which are shared out among processes."""
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    workers = jobs or min(4, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        for counted, found in pool.map(notable, chunks):
            tally.merge(counted)
            yield from found
