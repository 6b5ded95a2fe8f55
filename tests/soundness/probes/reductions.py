"""Functions that take axes away, or order what lies along them."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import MIXED, some
from tests.soundness.probes.table import called, probe


def axes(m: Maker, rank: int) -> str:
    """One axis or several."""
    if m.chance(0.6):
        return marks.axis(m.axis(rank))
    found = m.random.sample(range(rank), m.random.randrange(1, rank + 1))
    shown = ", ".join(marks.axis(m.pick(each, each - rank)) for each in found)
    return m.pick(f"[{shown}]", f"({shown},)")


def kept(m: Maker) -> list[str]:
    return m.pick([], ["keepdim=True"], ["keepdim=False"])


@probe("sum nansum mean nanmean amax amin all any std var std_mean var_mean")
def over_any(m: Maker, name: str) -> str:
    """Over all axes, one or several."""
    tensor, shape = some(m, 1, 2, 3, 4, dtypes=MIXED)
    if m.chance(0.25):
        return called(m, name, tensor)
    return called(m, name, tensor, m.pick("", "dim=") + axes(m, len(shape)), *kept(m))


@probe("logsumexp")
def logsumexp(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    return called(m, name, tensor, axes(m, len(shape)), *kept(m))


@probe("prod argmax argmin median nanmedian max min mode cummax_ aminmax")
def over_one(m: Maker, name: str) -> str:
    """Over all axes or one of them."""
    tensor, shape = some(m, 1, 2, 3, dtypes="float float int")
    if name in ("max", "min") and m.chance(0.2):
        return called(m, name, tensor, m.tensor(shape))
    if m.chance(0.25):
        return called(m, name, tensor)
    axis = marks.axis(m.axis(len(shape)))
    return called(m, name, tensor, f"dim={axis}" if name == "aminmax" else axis, *kept(m))


@probe("count_nonzero")
def count_nonzero(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="float int bool")
    return called(m, name, tensor, *m.pick([], [axes(m, len(shape))]))


@probe("norm vector_norm")
def norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    over = f"dim={axes(m, len(shape))}"
    if name == "vector_norm":
        return f"linalg.vector_norm({', '.join([tensor, *m.pick([], ['2']), *m.pick([], [over, *kept(m)])])})"
    given = m.pick([], ["p=1"], ["p=2", f"dim={marks.axis(m.axis(len(shape)))}"], [over, *kept(m)])
    return m.pick(
        f"{tensor}.norm({', '.join(given)})", f"linalg.norm({tensor}{m.pick('', f', {over}')})"
    )


@probe("matrix_norm")
def matrix_norm(m: Maker, name: str) -> str:
    tensor, _ = some(m, 2, 3)
    return f"linalg.matrix_norm({', '.join([tensor, *m.pick([], kept(m))])})"


@probe("kthvalue topk")
def ranked(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    count = m.random.randrange(1, shape[axis] + 1)
    if m.chance(0.3):
        count, where = m.random.randrange(1, shape[-1] + 1), []
    else:
        where = [m.pick("", "dim=") + marks.axis(axis)]
    return called(
        m, name, tensor, marks.size(count), *where, *(kept(m) if name == "kthvalue" else [])
    )


@probe("quantile nanquantile")
def quantile(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    count = m.pick(1, 2, 3)
    share = m.pick("0.5", f"rand({marks.size(count)})")
    return called(
        m, name, tensor, share, *m.pick([], [f"dim={marks.axis(m.axis(len(shape)))}", *kept(m)])
    )


@probe("dist")
def dist(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    return called(m, name, tensor, m.tensor(shape), *m.pick([], ["1"]))


@probe("sort argsort")
def sort(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, dtypes="float int")
    axis = marks.axis(m.axis(len(shape)))
    return called(m, name, tensor, *m.pick([], [axis], [f"dim={axis}", "descending=True"]))


@probe("trapezoid trapz cumulative_trapezoid")
def trapezoid(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    axis = m.axis(len(shape))
    spots = m.pick([], [f"rand({marks.size(shape[axis])})"])
    return f"{name}({', '.join([tensor, *spots, f'dim={marks.axis(axis)}'])})"


@probe("diff")
def diff(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    times = m.pick(1, 1, 2)
    axis = m.axis(len(shape))
    more = list(shape)
    more[axis] = m.pick(1, 2)
    ends = m.pick([], [f"{m.pick('prepend', 'append')}={m.tensor(more)}"])
    return called(m, name, tensor, marks.size(times), f"dim={marks.axis(axis)}", *ends)


@probe("cov corrcoef")
def covariance(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2)
    return called(m, name, tensor)
