"""Functions that make tensors from sizes."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import some
from tests.soundness.probes.table import called, probe


def shape_text(m: Maker) -> str:
    return ", ".join(map(marks.size, m.sizes(0, 1, 2, 3)))


@probe("zeros ones rand randn empty")
def filled(m: Maker, name: str) -> str:
    shown = shape_text(m)
    dtype = m.pick("", ", dtype=int64") if name in ("zeros", "ones") and shown else ""
    return m.pick(
        f"{name}({shown}{dtype})" if shown else f"{name}([])", f"{name}([{shown}]{dtype})"
    )


@probe("full")
def full(m: Maker, name: str) -> str:
    return f"full([{shape_text(m)}], {m.pick('1', '0.5', 'True')})"


@probe("new_zeros new_ones new_empty new_full")
def new_filled(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, dtypes="float int")
    return f"{tensor}.{name}([{shape_text(m)}]{', 3' if name == 'new_full' else ''})"


@probe("randint")
def randint(m: Maker, name: str) -> str:
    return f"randint({m.pick('5', '1, 5')}, [{shape_text(m)}])"


@probe("randperm hann_window hamming_window blackman_window bartlett_window kaiser_window")
def of_length(m: Maker, name: str) -> str:
    return f"{name}({marks.size(m.pick(3, 5))})"


@probe("tensor as_tensor")
def tensor(m: Maker, name: str) -> str:
    values = m.pick(
        "[1, 2, 3]", "[[1.0], [2.0]]", "2", "True", "[[1, 2], [3, 4]]", "0.5", "(1, 2.0)"
    )
    return f"{name}({values}{m.pick('', ', dtype=float32')})"


@probe("arange")
def arange(m: Maker, name: str) -> str:
    low, high, by = m.pick(0, 1, 2), m.pick(5, 8), m.pick(1, 2, 3)
    ways = [
        marks.size(high),
        f"{marks.size(low)}, {marks.size(high)}",
        f"{marks.size(low)}, {marks.size(high)}, {marks.size(by)}",
        f"{marks.size(high)}, {marks.size(low)}, -1",
        f"{marks.size(high)}, dtype=float32",
    ]
    return f"arange({m.pick(*ways)})"


@probe("range")
def range_(m: Maker, name: str) -> str:
    return f"range(0, {marks.size(4)})"


@probe("linspace logspace")
def linspace(m: Maker, name: str) -> str:
    return f"{name}({m.pick('0', '-1.5')}, 1, {marks.size(m.pick(2, 5))})"


@probe("eye")
def eye(m: Maker, name: str) -> str:
    return f"eye({marks.size(m.pick(2, 3))}{m.pick('', f', {marks.size(m.pick(2, 4))}')})"


@probe("tril_indices triu_indices")
def triangle_indices(m: Maker, name: str) -> str:
    return (
        f"{name}({marks.size(m.pick(2, 3))}, {marks.size(m.pick(2, 4))}{m.pick('', ', 1', ', -1')})"
    )


@probe("normal")
def normal(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2)
    return m.pick(f"normal({tensor}, 1.0)", f"normal(0.0, 1.0, [{shape_text(m)}])")


@probe("multinomial")
def multinomial(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    count = m.random.randrange(1, shape[-1] + 1)
    given = m.pick([marks.size(count)], [marks.size(9), "replacement=True"])
    return called(m, name, f"sigmoid({tensor})", *given)


@probe("fftfreq rfftfreq")
def frequencies(m: Maker, name: str) -> str:
    return f"fft.{name}({marks.size(m.pick(4, 5))}{m.pick('', ', 0.5')})"
