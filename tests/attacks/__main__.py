"""Tries every costly program at every size, and says what it costs.

python -m tests.attacks [WORD]
"""

from __future__ import annotations

import sys

from tests.attacks.costly import ATTACKS
from tests.attacks.measure import cost, warm


def main() -> None:
    wanted = sys.argv[1:]
    warm()
    for name, (attack, sizes) in ATTACKS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        for size in sizes:
            found = cost(attack(size))
            outcome = "compiled" if found.compiled else "refused"
            said = found.broke or ", ".join(found.said)
            print(
                f"{found.seconds:7.2f} s {found.megabytes:6.0f} MB  {name:45} {size:5}  {outcome} {said}",
                flush=True,
            )


if __name__ == "__main__":
    main()
