"""Functions over one, two or three axes of space."""

from __future__ import annotations

import re

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import some
from tests.soundness.probes.table import called, probe

CONVOLUTIONS = "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d"
POOLS = "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d"
WITH_INDICES = "max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices"
ADAPTIVE = " ".join(
    f"adaptive_{kind}_pool{space}d{more}"
    for space in (1, 2, 3)
    for kind, more in (("avg", ""), ("max", ""), ("max", "_with_indices"))
)


def space_of(name: str) -> int:
    """How many axes of space a function has."""
    found = re.search(r"([123])d", name)
    return int(found[1]) if found else 2


def image(m: Maker, space: int, depth: int | None = None) -> tuple[str, list[int]]:
    """A batch of images, or one of them."""
    batch = [m.pick(1, 2)] if m.chance(0.8) else []
    shape = [*batch, depth or m.pick(2, 4), *(m.pick(4, 5, 6, 8) for _ in range(space))]
    return m.tensor(shape), shape


def per_axis(m: Maker, space: int, *options: int) -> str:
    """One number for all axes, or one for each."""
    if m.chance(0.7):
        return marks.size(m.pick(*options))
    return f"[{', '.join(marks.size(m.pick(*options)) for _ in range(space))}]"


@probe(CONVOLUTIONS)
def conv(m: Maker, name: str) -> str:
    space, groups = space_of(name), m.pick(1, 1, 2)
    depth = groups * m.pick(1, 2)
    tensor, _ = image(m, space, depth)
    out = groups * m.pick(1, 2)
    first = [depth, out // groups] if "transpose" in name else [out, depth // groups]
    weight = m.tensor([*first, *(m.pick(1, 2, 3) for _ in range(space))])
    given = [tensor, weight, *m.pick([], [f"bias={m.tensor([out])}"])]
    for setting, options in (("stride", (1, 2)), ("padding", (0, 1)), ("dilation", (1, 2))):
        if m.chance(0.4):
            given.append(f"{setting}={per_axis(m, space, *options)}")
    if groups > 1:
        given.append(f"groups={marks.size(groups)}")
    return f"{name}({', '.join(given)})"


@probe(f"{POOLS} {WITH_INDICES} lp_pool1d lp_pool2d lp_pool3d")
def pool(m: Maker, name: str) -> str:
    space = space_of(name)
    given = [
        image(m, space)[0],
        *(["2"] if name.startswith("lp") else []),
        per_axis(m, space, 2, 3),
    ]
    if m.chance(0.4):
        given.append(f"stride={per_axis(m, space, 1, 2)}")
    if m.chance(0.4) and not name.startswith("lp"):
        given.append(f"padding={marks.size(1)}")
    if m.chance(0.3) and name.startswith("max"):
        given.append(f"dilation={marks.size(2)}")
    if m.chance(0.4):
        given.append("ceil_mode=True")
    if m.chance(0.3) and name.startswith("max") and "indices" not in name:
        given.append("return_indices=True")
    return f"{name}({', '.join(given)})"


@probe(ADAPTIVE)
def adaptive(m: Maker, name: str) -> str:
    space = space_of(name)
    return f"{name}({image(m, space)[0]}, {per_axis(m, space, 1, 2, 3)})"


@probe("fold")
def fold(m: Maker, name: str) -> str:
    height, width, kernel = m.pick(4, 6), m.pick(4, 6), m.pick(1, 2)
    places = (height // kernel) * (width // kernel)
    sizes = f"[{marks.size(height)}, {marks.size(width)}]"
    tensor = m.tensor([2, 3 * kernel * kernel, places])
    return f"fold({tensor}, {sizes}, {marks.size(kernel)}, stride={marks.size(kernel)})"


@probe("pad")
def pad(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3, 4)
    mode = m.pick(
        "", "", ', mode="reflect"', ', mode="replicate"', ', mode="circular"', ", value=1.0"
    )
    count = m.random.randrange(1, len(shape) + 1)
    if "mode" in mode:
        count = max(1, len(shape) - 2)
    sides = ", ".join(marks.size(m.pick(0, 1, 1, 2)) for _ in range(2 * count))
    return f"pad({tensor}, {m.pick(f'[{sides}]', f'({sides})')}{mode})"


@probe("interpolate upsample")
def interpolate(m: Maker, name: str) -> str:
    space = m.pick(1, 2, 3)
    shape = [2, 3, *(m.pick(3, 4, 5) for _ in range(space))]
    smooth = ("linear", "bilinear", "trilinear")[space - 1]
    mode = m.pick([], [f'mode="{smooth}"'], ['mode="area"'] if name == "interpolate" else [])
    by = m.pick(
        f"size={per_axis(m, space, 2, 7)}", f"scale_factor={m.pick('0.5', '1.5', '2', '2.0')}"
    )
    return f"{name}({', '.join([m.tensor(shape), by, *mode])})"


@probe("pixel_shuffle pixel_unshuffle")
def pixel_shuffle(m: Maker, name: str) -> str:
    factor, more = m.pick(2, 3), m.sizes(0, 1)
    depth, size = (2 * factor**2, 3) if name == "pixel_shuffle" else (2, 2 * factor)
    return f"{name}({m.tensor([*more, depth, size, size])}, {marks.size(factor)})"


@probe("channel_shuffle native_channel_shuffle")
def channel_shuffle(m: Maker, name: str) -> str:
    return f"{name}({m.tensor([2, 6, *m.sizes(1, 2)])}, {marks.size(m.pick(1, 2, 3))})"


@probe("grid_sample")
def grid_sample(m: Maker, name: str) -> str:
    space = m.pick(2, 2, 3)
    tensor = m.tensor([2, 3, *m.sizes(space)])
    return f"grid_sample({tensor}, {m.tensor([2, *m.sizes(space), space])})"


@probe("affine_grid")
def affine_grid(m: Maker, name: str) -> str:
    space = m.pick(2, 2, 3)
    sizes = [2, 3, *m.sizes(space)]
    shown = ", ".join(map(marks.size, sizes))
    return f"affine_grid({m.tensor([2, space, space + 1])}, [{shown}])"


@probe("fft ifft rfft irfft hfft ihfft")
def along_one(m: Maker, name: str) -> str:
    real = name in ("rfft", "ihfft")
    tensor, shape = some(m, 1, 2, 3, dtypes="float" if real else "float complex")
    given = [
        *m.pick([], [f"n={marks.size(m.pick(4, 5))}"]),
        f"dim={marks.axis(m.axis(len(shape)))}",
    ]
    return f"fft.{name}({', '.join([tensor, *m.pick([], given)])})"


@probe("fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn hfft2 ihfft2 hfftn ihfftn")
def along_many(m: Maker, name: str) -> str:
    real = name.startswith(("rfft", "ihfft"))
    tensor, shape = some(m, 2, 3, dtypes="float" if real else "float complex")
    one, other = m.random.sample(range(len(shape)), 2)
    dims = f"dim=[{marks.axis(one)}, {marks.axis(other)}]"
    sizes = f"s=[{marks.size(3)}, {marks.size(4)}]"
    return f"fft.{name}({', '.join([tensor, *m.pick([], [dims], [sizes], [sizes, dims])])})"


@probe("fftshift ifftshift")
def shifted(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    return f"fft.{name}({tensor}{m.pick('', f', dim={marks.axis(m.axis(len(shape)))}')})"


@probe("real imag view_as_real")
def part_of_complex(m: Maker, name: str) -> str:
    return f"{name}({some(m, 1, 2, dtypes='complex')[0]})"


@probe("view_as_complex")
def view_as_complex(m: Maker, name: str) -> str:
    return f"view_as_complex({m.tensor([*m.sizes(0, 1, 2), 2])})"


@probe("complex polar")
def complex_of(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    return f"{name}({tensor}, {m.tensor(shape)})"


@probe("stft istft")
def stft(m: Maker, name: str) -> str:
    return called(m, name, m.tensor([2, 32]), "8", "return_complex=True")
