import torch
import torch.nn.functional as F
from torch import Tensor, nn


def rotate_half(x: Tensor) -> Tensor:
    """x: [*S, E] -> [*S, E]."""
    a, b = x.chunk(2, -1)
    return torch.cat([-b, a], -1)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x: [B, H, T, E], cos: [T, E], sin: [T, E] -> [B, H, T, E]."""
    return x * cos + rotate_half(x) * sin


class Rotary(nn.Module):
    inv_freq: Tensor

    def __init__(self, e: int, theta: float = 10000.0) -> None:
        super().__init__()
        self.register_buffer(
            "inv_freq", 1.0 / theta ** (torch.arange(0, e, 2) / e), persistent=False
        )

    def forward(self, T: int) -> tuple[Tensor, Tensor]:
        """-> ([T, e], [T, e])."""
        angle = torch.outer(torch.arange(T, device=self.inv_freq.device), self.inv_freq)
        angle = torch.cat([angle, angle], -1)
        return angle.cos(), angle.sin()


class Attention(nn.Module):
    def __init__(self, d: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        self.e = d // num_heads
        self.q_proj = nn.Linear(d, num_heads * self.e, bias=False)
        self.k_proj = nn.Linear(d, num_kv_heads * self.e, bias=False)
        self.v_proj = nn.Linear(d, num_kv_heads * self.e, bias=False)
        self.o_proj = nn.Linear(num_heads * self.e, d, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """x: [B, T, d], cos: [T, e], sin: [T, e] -> [B, T, d]."""
        q, k, v = [
            y.unflatten(2, (-1, self.e)).transpose(1, 2)
            for y in (self.q_proj(x), self.k_proj(x), self.v_proj(x))
        ]
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.o_proj(y.transpose(1, 2).flatten(2))


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(d, hidden, bias=False)
        self.up_proj = nn.Linear(d, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, d, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S, d] -> [*S, d]."""
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class DecoderLayer(nn.Module):
    def __init__(
        self, d: int, num_heads: int, num_kv_heads: int, hidden: int, eps: float = 1e-5
    ) -> None:
        super().__init__()
        self.self_attn = Attention(d, num_heads, num_kv_heads)
        self.mlp = MLP(d, hidden)
        self.input_layernorm = nn.RMSNorm(d, eps=eps)
        self.post_attention_layernorm = nn.RMSNorm(d, eps=eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """x: [B, T, d], cos: [T, E], sin: [T, E] -> [B, T, d]."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


def llama2_7b() -> DecoderLayer:
    """Takes ([B, T, 4096], [T, 128], [T, 128])."""
    return DecoderLayer(4096, 32, 32, 11008)


def llama3_8b() -> DecoderLayer:
    """Takes ([B, T, 4096], [T, 128], [T, 128])."""
    return DecoderLayer(4096, 32, 8, 14336)
