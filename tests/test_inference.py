"""`_`: sizes that are worked out, and written into the output."""

from __future__ import annotations

import pytest

import netdsl
from tests.generated import load

BLOCK = """
module Block(d, h) {
  norm = layer_norm _
  up = linear _ (h * 2)
  down = linear _ d
  def forward(x: [B, T, d]) -> [B, T, d] = x + down(gelu(up(norm(x))))
}
"""


def source(text: str) -> str:
    return netdsl.compile(text).source


@pytest.mark.parametrize(
    ("program", "written"),
    [
        ("let f: [B, 20] = seq(linear _ 256, relu, linear _ 10)", "nn.Linear(20, 256)"),
        ("let f: [B, 20] = seq(linear _ 256, relu, linear _ 10)", "nn.Linear(256, 10)"),
        ("let f: [B, 3, 8, 8] = seq(conv2d _ 6 3, batch_norm2d _, flatten, linear _ 2)", "(6)"),
        (
            "let f: [B, 3, 8, 8] = seq(conv2d _ 6 3, batch_norm2d _, flatten, linear _ 2)",
            "(216, 2)",
        ),
        ("let f: [B, 784] = seq(linear 784 _, relu, linear 256 10)", "nn.Linear(784, 256)"),
        ("seq(linear 8 16, relu, linear _ 4)", "nn.Linear(16, 4)"),
        ("let f: int[B, T] = seq(embedding 100 _, linear 32 4)", "nn.Embedding(100, 32)"),
        ("let f: [B, 8] = concat(linear _ 3, linear _ 5)", "nn.Linear(8, 3), nn.Linear(8, 5)"),
        (BLOCK, "self.up = nn.Linear(d, h * 2)"),
        (BLOCK, "self.down = nn.Linear(2 * h, d)"),
        (BLOCK, "self.norm = nn.LayerNorm(d)"),
        (
            "module M(d) { fc = linear _ d; def forward(x: [B, H, W]) = fc(x.flatten(1)) }\n"
            "let m: [B, 4, 5] = M 3",
            "nn.Linear(20, d)",
        ),
        (
            "module Half(d) {\n  out = linear _ d\n"
            "  def forward(x: [B, 4 * d]) { a, b = x.chunk(2, -1); return out(a * b) }\n}",
            "nn.Linear(2 * d, d)",
        ),
        (
            "record C(d=8, heads=2)\n"
            "module M(c: C) { fc = linear _ 1; def forward(x: [B, c.d // c.heads]) = fc(x) }",
            "nn.Linear(c.d // c.heads, 1)",
        ),
    ],
)
def test_a_size_follows_from_the_others(program: str, written: str) -> None:
    assert written in source(program)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("seq(linear _ 10, relu)", "nothing that is known decides this size"),
        (
            "module M { fc = linear _ 2; def forward(x) = fc(x) }\n"
            "let a: [B, 4] = M()\nlet b: [B, 5] = M()",
            "its uses want 4 and 5",
        ),
        ("let f: [B, H, W] = seq(flatten, linear _ 2)", "nothing that is known"),
    ],
)
def test_a_size_that_does_not_follow_is_an_error(program: str, said: str) -> None:
    (found,) = netdsl.check(program)
    assert found.code == "size-not-inferred"
    assert said in found.message


def test_without_the_check_nothing_is_worked_out() -> None:
    program = "let f: [B, 20] = seq(linear _ 256)"
    with pytest.raises(netdsl.CompileError, match="size-not-inferred"):
        netdsl.compile(program, check_shapes=False)


def test_inferred_networks_run() -> None:
    import torch

    out = load(BLOCK + "let net: [B, T, 6] = Block 6 5")
    x = torch.randn(2, 3, 6)
    assert out.net()(x).shape == x.shape
