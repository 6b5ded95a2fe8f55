from torch import nn


def norms() -> nn.ModuleList:
    return nn.ModuleList(
        [
            nn.BatchNorm2d(2),
            nn.BatchNorm2d(2),
            nn.BatchNorm2d(2),
            nn.BatchNorm2d(2),
            nn.BatchNorm2d(2),
        ]
    )


def convs() -> nn.ModuleList:
    return nn.ModuleList(
        [
            nn.Conv2d(1, 1, 1),
            nn.Conv2d(1, 1, 1),
            nn.Conv2d(1, 1, 1),
            nn.ConvTranspose1d(1, 1, 1),
            nn.ConvTranspose1d(1, 1, 1),
        ]
    )


def many() -> nn.ModuleList:
    return nn.ModuleList(
        [
            nn.Sequential(
                nn.ReLU(), nn.ReLU(), nn.ReLU(), nn.ReLU(), nn.ReLU6(), nn.ReLU6()
            ),
            nn.Sequential(nn.GELU(), nn.GELU()),
            nn.Sequential(nn.Tanh()),
            nn.ModuleList([nn.SiLU(), nn.SiLU()]),
            nn.ModuleList([nn.Identity()]),
            nn.ModuleDict({"a": nn.LeakyReLU(0.1)}),
            nn.ModuleDict({"b": nn.LeakyReLU(negative_slope=0.1)}),
            nn.MultiheadAttention(4, 2),
            nn.MultiheadAttention(4, 2),
            nn.MultiheadAttention(4, 2),
            nn.LSTM(4, 2),
            nn.LSTM(4, 2),
            nn.GRUCell(4, 2),
            nn.GRUCell(4, 2),
            nn.LogSoftmax(1),
            nn.LogSoftmax(1),
            nn.AdaptiveAvgPool2d(1),
            nn.AdaptiveAvgPool2d(1),
            nn.Dropout2d(),
            nn.Bilinear(1, 2, 3),
            nn.PReLU(),
            nn.PReLU(),
        ]
    )
