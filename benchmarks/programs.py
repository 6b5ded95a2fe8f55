"""What is compiled: programs by their number of lines, and one network in every language."""

from __future__ import annotations

from benchmarks.measuring import ROOT

EXAMPLES = ("vit.nd", "misc.nd", "llama.nd")
"""Examples of about 50 lines."""

LINE = "seq(linear 784 256, relu, linear 256 10)"

BLOCK = """module Block{at}(d, p=0.1) {{
  fc1 = linear d (4 * d)
  fc2 = linear (4 * d) d
  norm = layer_norm d
  drop = dropout p
  def forward(x: [B, d]) -> [B, d] {{
    y = drop(fc2(gelu(fc1(norm(x)))))
    return x + y
  }}
}}
"""


def blocks(lines: int) -> str:
    """A program of so many lines: a module every ten lines, all of them in one network."""
    count = lines // 10
    text = "".join(BLOCK.format(at=at) for at in range(count))
    return text + f"seq({', '.join(f'Block{at} 64' for at in range(count))})\n"


def changed(text: str) -> str:
    """Such a program after a change in the module in its middle."""
    middle = text.count("module ") // 2
    head = (
        f"module Block{middle}(d, p=0.1) {{\n  fc1 = linear d (4 * d)\n  fc2 = linear (4 * d) d\n"
    )
    assert head in text
    return text.replace(head, head.replace("4 * d", "2 * d"))


def layers(count: int) -> str:
    """A network of so many layers, one a line."""
    return "seq(\n" + "  linear 8 8,\n" * count + ")\n"


def example(name: str) -> str:
    return (ROOT / "examples" / name).read_text(encoding="utf-8")


NETDSL = (
    "let net: [B, 1, 48, 48] -> [B, 64, 12, 12] = seq(conv2d 1 32 3 padding=1, relu, max_pool2d 2,"
    " conv2d 32 64 3 padding=1, relu, max_pool2d 2)"
)

HNDL = """
conv(32, kernel_size=3, padding=1)
relu()
max_pool(2)
conv(64, kernel_size=3, padding=1)
relu()
max_pool(2)
"""

ULTRALYTICS = """
nc: 10
backbone:
  - [-1, 1, nn.Conv2d, [1, 32, 3, 1, 1]]
  - [-1, 1, nn.ReLU, []]
  - [-1, 1, nn.MaxPool2d, [2]]
  - [-1, 1, nn.Conv2d, [32, 64, 3, 1, 1]]
  - [-1, 1, nn.ReLU, []]
  - [-1, 1, nn.MaxPool2d, [2]]
head: []
"""

KRAKEN = "[1,48,0,1 Cr3,3,32 Mp2,2 Cr3,3,64 Mp2,2]"
