from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

norm = partial(nn.LayerNorm, eps=1e-6)


def initialised(
    layer: nn.Module, /, **schemes: Callable[[Tensor], object]
) -> nn.Module:
    """A layer whose parameters are filled by the schemes, unless they are None."""
    with torch.no_grad():
        for name, fill in schemes.items():
            parameter = getattr(layer, name)
            if parameter is not None:
                fill(parameter)
    return layer


class EncoderBlock(nn.Module):
    def __init__(self, d: int, num_heads: int, mlp_dim: int, p: float = 0.0) -> None:
        super().__init__()
        self.p = p
        self.ln_1 = norm(d)
        self.self_attention = nn.MultiheadAttention(
            d, num_heads, dropout=p, batch_first=True
        )
        self.ln_2 = norm(d)
        self.mlp = nn.Sequential(
            initialised(
                nn.Linear(d, mlp_dim),
                weight=nn.init.xavier_uniform_,
                bias=partial(nn.init.normal_, std=1e-6),
            ),
            nn.GELU(),
            nn.Dropout(p),
            initialised(
                nn.Linear(mlp_dim, d),
                weight=nn.init.xavier_uniform_,
                bias=partial(nn.init.normal_, std=1e-6),
            ),
            nn.Dropout(p),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, N, d] -> [B, N, d]."""
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + F.dropout(y, self.p, self.training)
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    def __init__(
        self,
        tokens: int,
        depth: int,
        d: int,
        num_heads: int,
        mlp_dim: int,
        p: float = 0.0,
    ) -> None:
        super().__init__()
        self.p = p
        self.pos_embedding = nn.Parameter(torch.empty(1, tokens, d))
        nn.init.normal_(self.pos_embedding, std=0.02)
        self.layers = nn.Sequential(
            OrderedDict(
                (f"encoder_layer_{i}", EncoderBlock(d, num_heads, mlp_dim, p))
                for i in range(depth)
            )
        )
        self.ln = norm(d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, tokens, d] -> [B, tokens, d]."""
        return self.ln(
            self.layers(F.dropout(x + self.pos_embedding, self.p, self.training))
        )


class VisionTransformer(nn.Module):
    def __init__(
        self,
        image: int,
        patch: int,
        depth: int,
        num_heads: int,
        d: int,
        mlp_dim: int,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        assert image % patch == 0, "the image must divide into patches"
        self.class_token = nn.Parameter(torch.zeros(1, 1, d))
        self.conv_proj = nn.Conv2d(3, d, patch, stride=patch)
        nn.init.trunc_normal_(self.conv_proj.weight, std=(1 / (3 * patch**2)) ** 0.5)
        nn.init.zeros_(self.conv_proj.bias)
        self.encoder = Encoder((image // patch) ** 2 + 1, depth, d, num_heads, mlp_dim)
        self.heads = nn.Sequential(
            OrderedDict(
                [
                    (
                        "head",
                        initialised(
                            nn.Linear(d, num_classes),
                            weight=nn.init.zeros_,
                            bias=nn.init.zeros_,
                        ),
                    )
                ]
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, image, image] -> [B, num_classes]."""
        B = x.shape[0]
        x = self.conv_proj(x).flatten(2).transpose(1, 2)  # [B, 196, 768]
        x = torch.cat([self.class_token.expand(B, -1, -1), x], 1)  # [B, 197, 768]
        return self.heads(self.encoder(x)[:, 0])


def vit_b_16() -> VisionTransformer:
    """Takes [B, 3, 224, 224]."""
    return VisionTransformer(224, 16, 12, 12, 768, 3072)
