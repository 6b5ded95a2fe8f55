from collections import OrderedDict

from torch import Tensor, nn


class Quotes(nn.Module):
    """\"\"\" + __import__('os').system('id') + \"\"\" """

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        """ends in a backslash \\

        x: [B, 2] -> [B, 2].
        """
        return self.fc(x)


class Braces(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.add_module("{}{}".format(0, {}), nn.Linear(2, 2))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2] -> [B, 2]."""
        assert x.ndim == 2, "{x.__class__} {} {{ %s %(a)s \x00 \x1b[31m \u202e '\" \\"
        assert x.ndim == 2, 'a\nb"""c\''
        return x


class Newline(nn.Module):
    """first
    \"\"\"
    import os
    os.system('id')
    \"\"\"
    """

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2] -> [B, 2]."""
        return self.fc(x)


class Ends(nn.Module):
    """a quote at the end" """

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        """ "

        x: [B, 2] -> [B, 2].
        """
        return self.fc(x)


def names() -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            [
                ("a'b", nn.Linear(2, 2)),
                ('a"b', nn.Linear(2, 2)),
                ("a\\b", nn.Linear(2, 2)),
                ("a\nb", nn.Linear(2, 2)),
                (f"a\\N{1 + 1}", nn.Linear(2, 2)),
                *((f"{k}'\"\\{k + 1}", nn.Linear(2, 2)) for k in range(2)),
            ]
        )
    )


class Labelled(nn.Module):
    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2] -> [B, 2]."""
        assert self.label != "", self.label
        return x


def act() -> Labelled:
    return Labelled("tanh' + __import__('os').system('id') + '")


class Rearrange(nn.Module):
    """b c h w -> b (c h w)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


class Rearrange2(nn.Module):
    """b ... -> ... b."""

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(0, -1)


def pattern() -> nn.Sequential:
    return nn.Sequential(Rearrange(), Rearrange2())
