from torch import nn

sums = [sum(i * j for j in range(500)) for i in range(600)]


def net() -> nn.Sequential:
    """Takes [B, 9]."""
    return nn.Sequential(nn.Linear(8, 8))
