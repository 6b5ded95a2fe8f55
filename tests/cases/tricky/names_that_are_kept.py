from torch import Tensor, nn

_, width = (1, 4)
rest, _, _ = [2, 3, 4]


class Net(nn.Module):
    def __init__(self, parameters: int, half: int = 2) -> None:
        super().__init__()
        self._parameters_ = parameters
        self._half = half
        self.fc = nn.Linear(parameters, parameters)
        self._apply_, _ = half * 2, 1

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, parameters]."""
        return self.fc(x) * self._parameters_ + self._half - self._apply_


def net() -> Net:
    """Takes [B, 4]."""
    return Net(width, half=rest)
