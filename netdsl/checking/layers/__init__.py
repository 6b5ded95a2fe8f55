"""Rules of torch.nn's layers, by family. Importing this adds them all, but for those of layers that
move a window over space, which are in `windows`."""

from netdsl.checking.layers import arranged, attention, losses, plain, recurrent
from netdsl.checking.layers.common import channels, features, refuse_ints

FAMILIES = (plain, recurrent, attention, arranged, losses)

__all__ = ["FAMILIES", "channels", "features", "refuse_ints"]
