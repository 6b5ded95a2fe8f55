from torch import nn


class Block(nn.Sequential):
    def __init__(self, i: int, o: int) -> None:
        super().__init__(nn.Linear(i, o), nn.ReLU(inplace=True))
