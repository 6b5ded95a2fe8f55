"""A search for a network: programs are changed as trees, what is wrong is thrown away, and only
the best is ever built.

    python examples/embedding/search.py
"""

import dataclasses
import random

import torch

import netdsl
from netdsl.syntax import visit

START = """
module Block(d, wide=2) = residual(layer_norm d, linear d (wide * d), relu, linear (wide * d) d)
let net: [B, 16] -> [B, 4] = seq(linear 16 32, Block 32, Block 32 wide=4, relu, linear 32 4)
"""
ACTIVATIONS = ("relu", "gelu", "silu", "tanh")


class Mutation(visit.Transformer):
    """Sizes are doubled or halved, activations replaced, layers repeated or left out."""

    def visit_Let(self, node):  # what it is declared to take and to give stays
        return dataclasses.replace(node, value=self.change(node.value))

    def visit_Number(self, node):
        return visit.number(random.choice([node.value] * 30 + [node.value * 2, node.value // 2]))

    def visit_Name(self, node):
        return visit.expression(random.choice(ACTIVATIONS)) if node.id in ACTIVATIONS else node

    def visit_Item(self, node):
        return random.choice([self.below(node)] * 30 + [(node, node), None])


def search(budget=30_000, tries=60):
    """The programs within the budget, the largest first, and how many were wrong."""
    found, wrong, start = {}, 0, netdsl.parse(START)
    for _ in range(tries):
        text = netdsl.format(Mutation().change(start))
        if any(each.severity == "error" for each in netdsl.check(text)):
            wrong += 1
        elif (parameters := netdsl.summary(text, "net").parameters) <= budget:
            found[text] = parameters
    return sorted(found.items(), key=lambda each: -each[1]), wrong


def train(net, steps=100):
    """The loss before and after, on data without a meaning."""
    x, y = torch.randn(64, 16), torch.randn(64, 4)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses[0], losses[-1]


if __name__ == "__main__":
    random.seed(0)
    torch.manual_seed(0)
    ranked, wrong = search()
    print(f"{len(ranked)} networks within the budget, {wrong} wrong programs thrown away")
    best, parameters = ranked[0]
    print(f"the best has {parameters:,} parameters:\n\n{best}")
    before, after = train(netdsl.load(best, "net"))
    print(f"loss: {before:.3f} before training, {after:.3f} after")
