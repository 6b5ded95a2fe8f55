"""Tries everything, and writes the page if all went as it is held to go."""

from __future__ import annotations

import torch

from tests.survival.parallel import PARALLEL, training_together
from tests.survival.subject import Subject
from tests.survival.table import EXCEPTIONS, PAGE, families, render
from tests.survival.trials import TRIALS


def main() -> None:
    torch.set_num_threads(1)
    results: dict[tuple[str, str], str] = {}
    for program, row in families().items():
        for trial in TRIALS:
            key = program, trial.name
            try:
                trial.run(Subject.of(row))
            except Exception as error:
                if key not in EXCEPTIONS:
                    raise SystemExit(f"{program}, {trial.name}: {error}") from error
                results[key] = EXCEPTIONS[key]
            else:
                results[key] = ""
    for name in PARALLEL:
        training_together(name)
    PAGE.write_text(render(results), encoding="utf-8")


if __name__ == "__main__":
    main()
