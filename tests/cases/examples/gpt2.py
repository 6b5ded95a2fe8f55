import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class NewGELU(nn.Module):
    """The tanh approximation, in the operations of OpenAI's code."""

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S] -> [*S]."""
        return (
            0.5
            * x
            * (
                1.0
                + torch.tanh(
                    math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))
                )
            )
        )


class Conv1D(nn.Module):
    """GPT-2's linear layer: its weight is stored transposed."""

    def __init__(self, o: int, i: int) -> None:
        super().__init__()
        self.o = o
        self.i = i
        self.weight = nn.Parameter(torch.empty(i, o))
        nn.init.normal_(self.weight, std=0.02)
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S, i] -> [*S, o]."""
        S = x.shape[:-1]
        return torch.addmm(self.bias, x.view(-1, self.i), self.weight).view(*S, self.o)


class Attention(nn.Module):
    def __init__(self, d: int, num_heads: int, p: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.p = p
        self.c_attn = Conv1D(3 * d, d)
        self.c_proj = Conv1D(d, d)
        self.resid_dropout = nn.Dropout(p)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, d] -> [B, T, d]."""
        q, k, v = (
            self.c_attn(x).unflatten(2, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        )
        y = F.scaled_dot_product_attention(
            q, k, v, dropout_p=self.p if self.training else 0.0, is_causal=True
        )
        return self.resid_dropout(self.c_proj(y.transpose(1, 2).flatten(2)))


class MLP(nn.Module):
    def __init__(self, d: int, p: float) -> None:
        super().__init__()
        self.c_fc = Conv1D(4 * d, d)
        self.act = NewGELU()
        self.c_proj = Conv1D(d, 4 * d)
        self.dropout = nn.Dropout(p)

    def forward(self, x: Tensor) -> Tensor:
        x = self.c_fc(x)
        x = self.act(x)
        x = self.c_proj(x)
        return self.dropout(x)


class Block(nn.Module):
    def __init__(self, d: int, num_heads: int, p: float, eps: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(d, eps=eps)
        self.attn = Attention(d, num_heads, p)
        self.ln_2 = nn.LayerNorm(d, eps=eps)
        self.mlp = MLP(d, p)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, d] -> [B, T, d]."""
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT2Model(nn.Module):
    def __init__(
        self,
        vocab: int,
        context: int,
        depth: int,
        num_heads: int,
        d: int,
        p: float,
        eps: float,
    ) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocab, d)
        self.wpe = nn.Embedding(context, d)
        self.drop = nn.Dropout(p)
        self.h = nn.ModuleList(Block(d, num_heads, p, eps) for _ in range(depth))
        self.ln_f = nn.LayerNorm(d, eps=eps)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: int[B, T] -> [B, T, d]."""
        T = ids.shape[1]
        x = self.drop(self.wte(ids) + self.wpe(torch.arange(T, device=ids.device)))
        for block in self.h:
            x = block(x)
        return self.ln_f(x)


class GPT2(nn.Module):
    def __init__(
        self,
        vocab: int = 50257,
        context: int = 1024,
        depth: int = 12,
        num_heads: int = 12,
        d: int = 768,
        p: float = 0.1,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.transformer = GPT2Model(vocab, context, depth, num_heads, d, p, eps)
        self.lm_head = nn.Linear(d, vocab, bias=False)
        self.lm_head.weight = self.transformer.wte.weight
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: int[B, T] -> [B, T, vocab]."""
        return self.lm_head(self.transformer(ids))


def gpt2() -> GPT2:
    """Takes int[B, T]."""
    return GPT2()
