"""Samples of Fourier transforms."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed


@SAMPLES("fft ifft rfft irfft", 24)
def fft(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.1) else 1)
    dim = r.axis(shape)
    args = r.one("x", f"x, dim={dim}", "x, 4", f"x, n=6, dim={dim}", 'x, norm="ortho"', "x, 0")
    return given(args, typed(shape, r.one("", "", "", "int") if name == "rfft" else ""))


@SAMPLES("fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn", 20)
def fft2(name: str, r: Draw) -> Given:
    args = r.one("x", "x", 'x, norm="ortho"', "x, (4, 4)", "x, dim=(-2, -1)", "x, dim=(0, 1)", "x, (4,)", "x, dim=(0, 0)",
                 'x, s=(4, 5), dim=(-2, -1), norm="ortho"')  # fmt: skip
    return given(args, typed(r.wide(2 if r.chance(0.9) else 1)))


@SAMPLES("fftshift ifftshift", 10)
def fftshift(name: str, r: Draw) -> Given:
    return given(r.one("x", "x, dim=0", "x, dim=(0, 2)"), typed(r.shape(1), r.kind()))


@SAMPLES("fftfreq rfftfreq", 24)
def fftfreq(name: str, r: Draw) -> Given:
    return given(r.one("5", "6", "x.shape[0]", "4, 0.5", "8, d=0.1", "7"), "[4, 3]")


@SAMPLES("stft", 34)
def stft(name: str, r: Draw) -> Given:
    shape = [*r.one([], [2], [3]), r.one(8, 16, 21)] if r.chance(0.92) else [2, 2, 16]
    more = r.one("", ", 2", ", hop_length=3", ", center=False", ", 4, center=False")
    args = f"x, {r.one(4, 6, 8, 40)}{more}, return_complex=True"
    return given(args, typed(shape, "int" if r.chance(0.05) else ""))
