from torch import nn


def blocks() -> nn.Sequential:
    return nn.Sequential(*(nn.Linear(8, 8) for i in range(300) for j in range(500)))


def net() -> nn.Sequential:
    """Takes [B, 9]."""
    return nn.Sequential(nn.Linear(8, 8))
