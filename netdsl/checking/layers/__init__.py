"""Rules of torch.nn's layers, by family. Importing this adds them all."""

from netdsl.checking.layers import (
    arranged,
    attention,
    convolutions,
    losses,
    plain,
    pools,
    recurrent,
    space,
)

FAMILIES = (plain, convolutions, pools, space, recurrent, attention, arranged, losses)

__all__ = ["FAMILIES"]
