from torch import Tensor, nn


class Noted(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.fc = nn.Linear(d, 2 * d)

    def forward(
        self, x: Tensor, scale: float = 1.0, n: int = 1
    ) -> dict[str, Tensor | tuple[Tensor, Tensor]]:
        """x: [B, T, d] -> {y: [B, T, d], parts: ([B, T, d], [B, T, d])}."""
        B, T = x.shape[:2]
        y = self.fc(x) * scale
        E = y.shape[2]
        a = y[..., : self.d]
        b = y[..., self.d :]
        count = B * T
        flag = count > n
        names = [B, T]
        pair = a, b
        out = {"y": a + b if flag else a - b}
        out["parts"] = pair
        out["n"] = len(names) * E
        return out
