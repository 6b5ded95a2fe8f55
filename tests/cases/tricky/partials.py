from collections.abc import Callable
from functools import partial

from torch import nn

norm = partial(nn.LayerNorm, eps=1e-6)
plain = partial(norm, bias=False)
three = partial(nn.Conv2d, kernel_size=3, padding=1)
wide = partial(nn.Linear, 4)
act = nn.LeakyReLU
kinds = [nn.BatchNorm1d, partial(nn.LayerNorm, eps=0.1)]


def make(f: Callable[..., nn.Module], i: int, o: int) -> nn.Module:
    return f(i, o)


def outer(f: Callable[..., nn.Module], d: int) -> nn.ModuleList:
    return nn.ModuleList([f(d), f(2 * d)])


class Holder(nn.Module):
    def __init__(
        self,
        norm: Callable[..., nn.Module] = partial(nn.LayerNorm, eps=1e-3),
        act: Callable[..., nn.Module] = nn.GELU,
        d: int = 4,
    ) -> None:
        super().__init__()
        wider = partial(norm, d)
        self.a = wider()
        self.b = act()
        self.c = nn.Sequential(act(), norm(d), wider(), act())


def net() -> nn.ModuleList:
    return nn.ModuleList(
        [
            norm(4),
            plain(8),
            plain([2, 4]),
            three(1, 2),
            three(2, 3, bias=False),
            three(in_channels=1, out_channels=2),
            wide(6),
            wide(7, False),
            wide(bias=False, out_features=9),
            act(0.5),
            act(),
            make(nn.Linear, 4, 5),
            make(partial(nn.Linear, bias=False), 4, 5),
            outer(norm, 4),
            outer(partial(nn.BatchNorm1d, affine=False), 8),
            kinds[0](4),
            *[kinds[-1](k) for k in [2, 3]],
            Holder(),
            Holder(norm, act=act, d=8),
        ]
    )
