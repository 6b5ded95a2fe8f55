"""Rules of torch's functions and of tensors' methods, by family. Importing this adds them all.

Sources: https://docs.pytorch.org/docs/stable/torch.html
"""

from netdsl.checking.functions import (
    algebra,
    arithmetic,
    convolutions,
    copies,
    creating,
    einsum,
    elementwise,
    indexing,
    joining,
    layered,
    losses,
    parts,
    pools,
    reductions,
    sizing,
    space,
    spectral,
    subscripts,
    views,
)
from netdsl.checking.functions.arithmetic import combined
from netdsl.checking.functions.subscripts import subscripted
from netdsl.checking.functions.views import flattened, unflattened

FAMILIES = (
    arithmetic,
    elementwise,
    copies,
    reductions,
    views,
    sizing,
    joining,
    parts,
    indexing,
    subscripts,
    creating,
    algebra,
    spectral,
    layered,
    space,
    pools,
    convolutions,
    einsum,
    losses,
)

__all__ = ["FAMILIES", "combined", "flattened", "subscripted", "unflattened"]
