"""Random programs, valid ones and slightly broken ones, checked without torch and run with it.

`python -m tests.soundness [COUNT] [SEED]` prints what became of them: how many are refused, how
often a shape is not known, and every program on which the check and torch disagree.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

import netdsl
from netdsl.checking.check import results_of
from netdsl.checking.values import Items, Tensor
from netdsl.compiler import check_source
from netdsl.source import Source


class Outcome(NamedTuple):
    """What the check and torch say: `agreed` unless one accepts what the other refuses, or the
    shapes differ."""

    accepted: bool
    runs: bool
    known: bool
    why: str

    @property
    def agreed(self) -> bool:
        return self.accepted == self.runs and not self.why


@dataclass
class Maker:
    """Makes one program. `shape` is the shape that a correct program has so far; sizes are
    sometimes changed on purpose."""

    random: random.Random
    shape: list[int]
    lines: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def off(self, size: int) -> int:
        """A size that is mostly right."""
        if self.random.random() < 0.04:
            return max(1, size + self.random.choice([-1, 1, 2, 8]))
        return size

    def child(self, text: str) -> str:
        name = f"c{len(self.children)}"
        self.children.append(f"  {name} = {text}")
        return name

    def step(self) -> None:
        table = [maker for ranks, maker in STEPS if len(self.shape) in ranks]
        maker = self.random.choice(table)
        self.used.append(maker.__name__)
        maker(self)

    def say(self, expression: str) -> None:
        self.lines.append(f"    x = {expression}")

    def program(self) -> str:
        dims = ", ".join(["B" if self.symbolic else str(self.start[0]), *map(str, self.start[1:])])
        body = "\n".join([*self.children, f"  def forward(x: [{dims}]) {{", *self.lines])
        return f"module M {{\n{body}\n    return x\n  }}\n}}\nlet entry(): [{dims}] = M\n"

    def __post_init__(self) -> None:
        self.start = list(self.shape)
        self.symbolic = self.random.random() < 0.4


def linear(m: Maker) -> None:
    width = m.random.choice([4, 6, 8, 12, 16])
    m.say(f"{m.child(f'linear {m.off(m.shape[-1])} {width}')}(x)")
    m.shape[-1] = width


def activation(m: Maker) -> None:
    m.say(m.random.choice(["relu(x)", "gelu(x)", "silu(x)", "x.tanh()", "sigmoid(x)"]))


def layer_norm(m: Maker) -> None:
    m.say(f"{m.child(f'layer_norm {m.off(m.shape[-1])}')}(x)")


def residual(m: Maker) -> None:
    width = m.shape[-1]
    m.say(f"x + {m.child(f'linear {width} {m.off(width)}')}(x)")


def product_of_parts(m: Maker) -> None:
    m.say("x @ x.transpose(-2, -1)" if m.random.random() < 0.9 else "x @ x")
    if len(m.shape) >= 2:
        m.shape[-1] = m.shape[-2]


def conv(m: Maker) -> None:
    space = len(m.shape) - 2
    kernel, stride = m.random.choice([1, 2, 3, 5]), m.random.choice([1, 1, 2])
    padding, dilation = m.random.choice([0, 1, 2]), m.random.choice([1, 1, 2])
    out = m.random.choice([4, 8, 6])
    settings = f"stride={stride} padding={padding} dilation={dilation}"
    name = m.child(f"conv{space}d {m.off(m.shape[1])} {out} {kernel} {settings}")
    m.say(f"{name}(x)")
    m.shape[1] = out
    for at in range(2, len(m.shape)):
        m.shape[at] = (m.shape[at] + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def conv_transpose(m: Maker) -> None:
    space, kernel, stride = len(m.shape) - 2, m.random.choice([2, 3]), m.random.choice([1, 2])
    out = m.random.choice([4, 8])
    name = m.child(f"conv_transpose{space}d {m.off(m.shape[1])} {out} {kernel} stride={stride}")
    m.say(f"{name}(x)")
    m.shape[1] = out
    for at in range(2, len(m.shape)):
        m.shape[at] = (m.shape[at] - 1) * stride + kernel


def pool(m: Maker) -> None:
    space, kernel = len(m.shape) - 2, m.random.choice([2, 3])
    kind, ceil = m.random.choice(["max", "avg"]), m.random.random() < 0.3
    m.say(f"{m.child(f'{kind}_pool{space}d {kernel} ceil_mode={ceil}')}(x)")
    for at in range(2, len(m.shape)):
        room = m.shape[at] - kernel
        m.shape[at] = (-(-room // kernel) if ceil else room // kernel) + 1


def adaptive(m: Maker) -> None:
    space, size = len(m.shape) - 2, m.random.choice([1, 2, 3])
    m.say(f"{m.child(f'adaptive_avg_pool{space}d {size}')}(x)")
    m.shape[2:] = [size] * space


def batch_norm(m: Maker) -> None:
    m.say(f"{m.child(f'batch_norm{max(1, len(m.shape) - 2)}d {m.off(m.shape[1])}')}(x)")


def group_norm(m: Maker) -> None:
    groups = m.random.choice([1, 2, 3])
    m.say(f"{m.child(f'group_norm {groups} {m.off(m.shape[1])}')}(x)")


def flatten(m: Maker) -> None:
    start = m.random.randrange(len(m.shape))
    m.say(f"x.flatten({start})")
    total = 1
    for size in m.shape[start:]:
        total *= size
    m.shape[start:] = [total]


def view(m: Maker) -> None:
    total = m.shape[-1]
    factor = m.random.choice([each for each in (1, 2, 3, 4) if total % each == 0])
    sizes = [*m.shape[:-1], factor, -1]
    m.say(f"x.view({', '.join(str(m.off(each)) if each > 0 else '-1' for each in sizes)})")
    m.shape[-1:] = [factor, total // factor]


def permute(m: Maker) -> None:
    order = list(range(len(m.shape)))
    m.random.shuffle(order)
    m.say(f"x.permute({', '.join(map(str, order))})")
    m.shape = [m.shape[at] for at in order]
    m.lines.append("    x = x.contiguous()")


def reduce(m: Maker) -> None:
    axis, keep = m.random.randrange(-len(m.shape), len(m.shape)), m.random.random() < 0.5
    name = m.random.choice(["sum", "mean", "amax"])
    m.say(f"x.{name}({axis}, keepdim={keep})")
    if keep:
        m.shape[axis] = 1
    else:
        del m.shape[axis]


def unsqueeze(m: Maker) -> None:
    axis = m.random.randrange(len(m.shape) + 1)
    m.say(f"x.unsqueeze({axis})")
    m.shape.insert(axis, 1)


def joined(m: Maker) -> None:
    axis = m.random.randrange(len(m.shape))
    other = "x" if m.random.random() < 0.85 else "x.transpose(0, -1)"
    m.say(f"cat([x, {other}], {axis})")
    m.shape[axis] *= 2


def chunk(m: Maker) -> None:
    axis = m.random.randrange(len(m.shape))
    m.lines.append(f"    a, b = x.chunk(2, {axis})")
    m.say("a + b" if m.random.random() < 0.7 else "a")
    m.shape[axis] = -(-m.shape[axis] // 2)


def part(m: Maker) -> None:
    low, high = m.random.randrange(3), m.random.randrange(-2, 9)
    m.say(f"x[:, {low}:{high}]" if m.random.random() < 0.6 else f"x[:, {low}]")
    length = len(range(m.shape[1])[low:high])
    m.shape[1:2] = [length] if ":" in m.lines[-1].split(", ")[1] else []


def attention(m: Maker) -> None:
    width, heads = m.shape[-1], m.random.choice([1, 2, 3])
    name = m.child(f"multihead_attention {m.off(width)} {heads} batch_first=True")
    m.lines.append(f"    x, _ = {name}(x, x, x)")


def recurrent(m: Maker) -> None:
    hidden, both = m.random.choice([3, 5]), m.random.random() < 0.5
    kind = m.random.choice(["lstm", "gru"])
    name = m.child(f"{kind} {m.off(m.shape[-1])} {hidden} batch_first=True bidirectional={both}")
    m.lines.append(f"    x, _ = {name}(x)")
    m.shape[-1] = hidden * (1 + both)


def rearranged(m: Maker) -> None:
    heads = m.random.choice([1, 2, 3, 4])
    m.say(f'rearrange(x, "b t (h e) -> b h t e", h={heads})')
    if m.shape[-1] % heads == 0:
        m.shape = [m.shape[0], heads, m.shape[1], m.shape[2] // heads]


def broadcast(m: Maker) -> None:
    sizes = [m.random.choice([size, size, 1, m.off(size)]) for size in m.shape]
    sizes = sizes[m.random.randrange(len(sizes)) :]
    m.say(f"x * ones({', '.join(map(str, sizes))})")


STEPS: list[tuple[tuple[int, ...], Callable[[Maker], None]]] = [
    ((2, 3, 4), linear), ((2, 3, 4), activation), ((2, 3, 4), layer_norm), ((2, 3, 4), residual),
    ((3, 4), product_of_parts), ((3, 4, 5), conv), ((3, 4), conv_transpose), ((3, 4, 5), pool),
    ((3, 4), adaptive), ((2, 3, 4, 5), batch_norm), ((3, 4, 5), group_norm), ((2, 3, 4, 5), flatten),
    ((1, 2, 3), view), ((2, 3, 4), permute), ((2, 3, 4, 5), reduce), ((1, 2, 3), unsqueeze),
    ((2, 3, 4), joined), ((2, 3, 4), chunk), ((2, 3, 4), part), ((3,), attention), ((3,), recurrent),
    ((3,), rearranged), ((1, 2, 3, 4), broadcast),
]  # fmt: skip


def make(seed: int) -> tuple[str, Maker]:
    """One program, the same for the same seed."""
    chosen = random.Random(seed)
    shape = [chosen.choice([2, 3])] + [
        chosen.choice([4, 6, 8, 9, 12]) for _ in range(chosen.choice([1, 2, 2, 3, 3]))
    ]
    maker = Maker(chosen, shape)
    for _ in range(chosen.randrange(1, 7)):
        if not 1 <= len(maker.shape) <= 5 or any(each < 1 for each in maker.shape):
            break
        if max(maker.shape) > 3000:
            break
        maker.step()
    return maker.program(), maker


def outcome(text: str, start: list[int], symbolic: bool = False) -> Outcome:
    """What becomes of a program. With a `symbolic` first size it may be accepted for others, and
    fail for this one."""
    checked = check_source(Source(text, "program.nd"))
    accepted = checked.program is not None
    if not accepted and any(
        each.code not in ("shape-mismatch", "bad-value", "wrong-dtype")
        for each in checked.diagnostics
    ):
        return Outcome(False, False, True, f"another finding: {checked.diagnostics[0].message}")
    try:
        unchecked = netdsl.compile(text, check_shapes=False)
        namespace: dict[str, object] = {"__name__": "generated"}
        exec(unchecked.source, namespace)
        module = namespace["entry"]()  # type: ignore[operator]
        with torch.no_grad():
            result = module.eval()(torch.randn(start))
        runs = True
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError) as error:
        failed = "" if not accepted or symbolic else f"torch: {error}"
        return Outcome(accepted and not symbolic, False, True, failed)
    if not accepted:
        return Outcome(False, runs, True, f"refused: {checked.diagnostics[0].message}")
    assert checked.program is not None
    predicted = results_of(checked.program)["entry"]
    if isinstance(predicted, Items):
        predicted = predicted.elements[0]
    if not isinstance(predicted, Tensor) or predicted.shape.rank is None:
        return Outcome(True, True, False, "")
    sizes = [
        None if each is None else each.evaluate(dict.fromkeys(each.symbols(), start[0]))
        for each in predicted.shape.axes
    ]
    same = len(sizes) == result.dim() and all(
        each is None or each == actual for each, actual in zip(sizes, result.shape, strict=True)
    )
    why = "" if same else f"predicted {predicted}, is {list(result.shape)}"
    return Outcome(True, True, None not in sizes, why)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    refused, unknown, wrong = 0, 0, 0
    used: Counter[str] = Counter()
    for seed in range(first, first + count):
        text, maker = make(seed)
        used.update(maker.used)
        found = outcome(text, maker.start, maker.symbolic)
        refused += not found.accepted
        unknown += not found.known
        if not found.agreed:
            wrong += 1
            print(f"--- {seed}: {found}\n{text}")
    print(f"{count} programs: {refused} refused, {unknown} of unknown shape, {wrong} wrong")
    print(", ".join(f"{name} {number}" for name, number in used.most_common()))


if __name__ == "__main__":
    main()
