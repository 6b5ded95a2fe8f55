"""Published networks: the same keys, the same weights, the same numbers to the last bit.

Rows that are small run always; `-m full` runs every entry at its published size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netdsl
from netdsl.files import Folder
from netdsl.syntax import tree
from tests.generated import ROOT, load
from tests.parity import compare
from tests.parity.table import Row, compiled, every_row
from tests.reference.tagger import PackedTagger

ALL = every_row()
ROWS = {str(row): row for row in ALL}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other cost more than they bring to networks this small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def parameters(rows: dict[str, Row]) -> list[Any]:
    return [
        pytest.param(row, id=name, marks=[pytest.mark.full] if row.full else [])
        for name, row in rows.items()
    ]


def test_no_row_stands_in_the_table_twice() -> None:
    assert len(ROWS) == len(ALL)


@pytest.mark.parametrize("row", parameters(ROWS))
def test_a_network_equals_its_reference(row: Row, record_property: Any) -> None:
    count = row.compare()
    record_property("keys", count.keys)
    record_property("tensors", count.tensors)
    # the initial weights, the outputs in eval and in train, gradients of all that is trained
    apart = count.keys - count.tied
    assert row.meta or count.tensors >= (2 if row.initial else 1) * apart


@pytest.mark.parametrize(
    "program", sorted({row.program for row in ALL if row.program.startswith("zoo/")})
)
def test_every_entry_of_the_zoo_is_compared_at_its_published_size(program: str) -> None:
    file = netdsl.parse((ROOT / "examples" / program).read_text(encoding="utf-8"))
    entries = {
        each.name.id
        for each in file.statements
        if isinstance(each, tree.Let) and each.annotation and each.annotation.result
    }
    assert entries
    assert entries == {row.entry for row in ALL if row.program == program and row.full}


WRONG = [
    # swapped layers
    ("zoo/resnet.nd:ResNet", "relu = relu inplace=True", "relu = gelu", "in eval"),
    ("zoo/mobilenet.nd:mobilenet_v2", "act=relu6", "act=relu", "in eval"),
    ("zoo/densenet.nd:DenseNet", "avg_pool2d 2", "max_pool2d 2", "in eval"),
    ("zoo/efficientnet.nd:EfficientNet", "k stride act=silu", "k stride act=relu", "in eval"),
    ("zoo/vit.nd:VisionTransformer", "ln_1 = norm d", "ln_1 = layer_norm d", "in eval"),
    # children with other names, or in another order
    ("zoo/resnet.nd:ResNet", "conv3", "conv4", "keys"),
    ("zoo/densenet.nd:DenseNet", "conv0", "conv", "keys"),
    ("zoo/vit.nd:ViT", "fc1", "first", "keys"),
    (
        "zoo/vit.nd:ViT",
        "  norm1 = norm d\n  attn = Attention d num_heads attention_p\n",
        "  attn = Attention d num_heads attention_p\n  norm1 = norm d\n",
        "keys",
    ),
    # statistics that move at another pace
    (
        "zoo/resnet.nd:ResNet",
        "bn1 = batch_norm2d d",
        "bn1 = batch_norm2d d momentum=0.2",
        "buffers",
    ),
    (
        "zoo/densenet.nd:DenseNet",
        "norm5 = batch_norm2d last",
        "norm5 = batch_norm2d last momentum=0.01",
        "buffers",
    ),
    # other weights from the same seed
    ("zoo/resnet.nd:ResNet", "fan_out", "fan_in", "initial"),
    ("zoo/vit.nd:VisionTransformer", "std=1e-6", "std=1e-5", "initial"),
    ("zoo/efficientnet.nd:EfficientNet", "1 / math.sqrt(classes)", "1 / classes", "initial"),
    (
        "zoo/vit.nd:ViT",
        "  init pos_embed ~ cut_normal(std=0.02)\n  init cls_token ~ normal(std=1e-6)\n",
        "  init cls_token ~ normal(std=1e-6)\n  init pos_embed ~ cut_normal(std=0.02)\n",
        "initial",
    ),
    # what happens in training alone
    ("zoo/densenet.nd:DenseNet", "p, training)", "p / 2, training)", "in train"),
    ("zoo/efficientnet.nd:EfficientNet", "(sum(n[:s]) + j)", "(sum(n[:s]) + j + 1)", "in train"),
    ("zoo/efficientnet.nd:EfficientNet", "dropout p", "dropout (p / 2)", "in train"),
    ("zoo/vit.nd:VisionTransformer", "dropout=attention_p", "dropout=p", "in train"),
    # the same layers, put together in another way
    ("zoo/resnet.nd:ResNet", "relu(y + (x if", "relu(y - (x if", "in eval"),
    (
        "zoo/densenet.nd:DenseNet",
        "features.append(layer(features))",
        "features = [layer(features), *features]",
        "in eval",
    ),
    ("zoo/vit.nd:ViT", "(three h e)", "(h three e)", "in eval"),
    # the same of networks that no library has
    ("zoo/lenet.nd:lenet5", "[0, 4, 5], [0, 1, 5]", "[0, 1, 5], [0, 4, 5]", "in eval"),
    ("zoo/lenet.nd:lenet5", "buffer codes", "const codes", "keys"),
    ("zoo/lenet.nd:lenet5", "2.4 / w", "2.5 / w", "initial"),
    ("zoo/pointnet.nd:pointnet", "turn(x) @ x", "turn(x).mT @ x", "in eval"),
    ("zoo/pointnet.nd:pointnet", "dropout p", "dropout (p / 2)", "in train"),
    ("zoo/pointnet.nd:pointnet", "~ zeros bias=unit(k)", "~ bias=unit(k)", "initial"),
    ("zoo/pointnet.nd:pointnet_segmentation", "[points, cloud", "[0 * points, cloud", "in eval"),
    ("zoo/unet.nd:UNet", "(W - 2 * w) // 2", "W - 2 * w", "in eval"),
    ("zoo/unet.nd:UNet", "k >= len(d) - 2", "k > len(d) - 2", "in train"),
    ("zoo/unet.nd:UNet", "bias=zeros", "", "initial"),
    # networks of language
    ("zoo/gpt2.nd:GPT2", "new_gelu(c_fc(x))", "gelu(c_fc(x))", "in eval"),
    ("zoo/gpt2.nd:GPT2", "ln_f", "ln_last", "keys"),
    ("zoo/gpt2.nd:GPT2", "  tie lm_head.weight = transformer.wte.weight\n", "", "keys"),
    ("zoo/gpt2.nd:GPT2", "math.sqrt(2 * depth)", "math.sqrt(depth)", "initial"),
    ("zoo/gpt2.nd:GPT2", "dropout_p=p if", "dropout_p=p / 2 if", "in train"),
    (
        "zoo/llama.nd:CausalLM",
        "silu(gate_proj(x)) * up_proj(x)",
        "silu(up_proj(x)) * gate_proj(x)",
        "in eval",
    ),
    ("zoo/llama.nd:CausalLM", "cat([-b, a], -1)", "cat([b, -a], -1)", "in eval"),
    ("zoo/llama.nd:CausalLM", "rms_norm c.d eps=c.eps", "rms_norm c.d", "in eval"),
    ("zoo/llama.nd:CausalLM", "o_proj", "out_proj", "keys"),
    ("zoo/llama.nd:CausalLM", "linear, embedding ~", "linear ~", "initial"),
    ("zoo/mixtral.nd:Mixtral", "share / share.sum(-1, keepdim=True)", "share", "in eval"),
    ("zoo/mixtral.nd:Mixtral", "silu(gate) * up", "silu(up) * gate", "in eval"),
    ("zoo/mixtral.nd:Mixtral", "gate_up_proj", "up_proj", "keys"),
    ("zoo/mixtral.nd:Mixtral", ",\n    Experts ~", "\n  init Experts ~", "initial"),
    (
        "zoo/transformer.nd:Transformer",
        "p batch_first=True,\n",
        "p batch_first=True norm_first=True,\n",
        "in eval",
    ),
    (
        "zoo/transformer.nd:Transformer",
        "[angle.sin(), angle.cos()]",
        "[angle.cos(), angle.sin()]",
        "in eval",
    ),
    ("zoo/transformer.nd:Transformer", "tokens", "words", "keys"),
    (
        "zoo/transformer.nd:Transformer",
        "linear ~ xavier_uniform",
        "linear ~ xavier_normal",
        "initial",
    ),
    (
        "zoo/transformer.nd:Transformer",
        "dropout = dropout p",
        "dropout = dropout (p / 2)",
        "in train",
    ),
    ("zoo/diffusion.nd:DiffusionUNet", "silu(norm2(y))", "relu(norm2(y))", "in eval"),
    ("zoo/diffusion.nd:DiffusionUNet", "(0, 1, 0, 1)", "(1, 0, 1, 0)", "in eval"),
    (
        "zoo/diffusion.nd:DiffusionUNet",
        "angle.sin(), angle.cos()",
        "angle.cos(), angle.sin()",
        "in eval",
    ),
    ("zoo/diffusion.nd:DiffusionUNet", "norm1", "norm0", "keys"),
    ("zoo/diffusion.nd:DiffusionUNet", "[True, False]", "[False, True]", "keys"),
    ("zoo/diffusion.nd:DiffusionUNet", "group_norm 32 eps=1e-6", "group_norm 32", "in eval"),
    ("zoo/diffusion.nd:DiffusionUNet", "conv2 = conv_zero o o", "conv2 = conv o o", "initial"),
    ("zoo/diffusion.nd:DiffusionUNet", "p, training)", "p / 2, training)", "in train"),
    ("zoo/dcgan.nd:Generator", "relu inplace=True", "leaky_relu 0.2", "in eval"),
    ("zoo/dcgan.nd:Generator", "tanh,", "softsign,", "in eval"),
    ("zoo/dcgan.nd:Generator", "normal(1.0, 0.02)", "normal(0.0, 0.02)", "initial"),
    (
        "zoo/dcgan.nd:Generator",
        "batch_norm2d (8 * d)",
        "batch_norm2d (8 * d) momentum=0.2",
        "buffers",
    ),
    ("zoo/dcgan.nd:Discriminator", "leaky_relu 0.2", "leaky_relu 0.1", "in eval"),
    ("zoo/dcgan.nd:Discriminator", "batch_norm2d o,", "batch_norm2d o momentum=0.2,", "buffers"),
    ("zoo/dcgan.nd:Discriminator", "leaky_relu 0.2 inplace=True,\n  *", "*", "keys"),
    ("zoo/vae.nd:VAE", "linear d hidden, tanh", "linear d hidden, relu", "in eval"),
    ("zoo/vae.nd:VAE", "exp(0.5 * ", "exp(", "in train"),
    ("zoo/vae.nd:VAE", "randn_like(mean)", "rand_like(mean)", "in train"),
    ("zoo/vae.nd:VAE", "(1 + log", "(2 + log", "in eval"),
    ("zoo/vae.nd:VAE", "log_variance", "log_sigma", "keys"),
    ("zoo/vae.nd:VAE", "bias=normal(std=0.1)", "bias=normal(std=0.2)", "initial"),
    ("zoo/tagger.nd:Tagger", "turned(behind, lengths)", "behind", "in eval"),
    ("zoo/tagger.nd:Tagger", "at <= last", "at < last", "in eval"),
    ("zoo/tagger.nd:Tagger", "back = lstm", "back = gru", "keys"),
    ("zoo/tagger.nd:Tagger", " padding_idx=pad", "", "initial"),
    ("zoo/tagger.nd:Tagger", "embed(ids), p, training", "embed(ids), p / 2, training", "in train"),
    ("zoo/gcn.nd:GCN", "relu(conv1", "tanh(conv1", "in eval"),
    ("zoo/gcn.nd:GCN", "a.sum(1)", "(a - eye(N)).sum(1)", "in eval"),
    ("zoo/gcn.nd:GCN", "weight", "kernel", "keys"),
    ("zoo/gcn.nd:GCN", "xavier_uniform", "xavier_normal", "initial"),
    # those that were written from the documentation alone
    ("zoo/convnext.nd:ConvNeXt", "gelu", "relu", "in eval"),
    ("zoo/convnext.nd:ConvNeXt", "layer_scale", "gamma", "keys"),
    ("zoo/convnext.nd:ConvNeXt", "std=0.02", "std=0.03", "initial"),
    ("zoo/convnext.nd:ConvNeXt", "StochasticDepth drop", "StochasticDepth (drop / 2)", "in train"),
    ("zoo/swin.nd:Swin", "part == part.mT", "part != part.mT", "in eval"),
    ("zoo/swin.nd:Swin", "j % 2 == 1", "j % 2 == 0", "in eval"),
    ("zoo/swin.nd:Swin", "(v u d)", "(u v d)", "in eval"),
    ("zoo/swin.nd:Swin", "buffer relative", "const relative", "keys"),
    ("zoo/swin.nd:Swin", "bias=normal(std=1e-6)", "", "initial"),
    ("zoo/swin.nd:Swin", "y.softmax(-1), attention_p", "y.softmax(-1), p", "in train"),
    ("zoo/maxvit.nd:MaxViT", "grid=True", "grid=False", "in eval"),
    ("zoo/maxvit.nd:MaxViT", "conv2d, linear ~ normal", "conv2d ~ normal", "initial"),
    ("zoo/maxvit.nd:MaxViT", "drop * k / (", "drop * k / (1 + ", "in train"),
    ("zoo/raft.nd:RAFT", "at = at / 2", "at = at / 4", "in eval"),
    ("zoo/raft.nd:RAFT", "      at = at.detach()\n", "", "in train"),
    ("zoo/raft.nd:RAFT", 'mode="fan_out"', 'mode="fan_in"', "initial"),
    ("zoo/retinanet.nd:RetinaNet", "b (h w a) n", "b (a h w) n", "in eval"),
    ("zoo/retinanet.nd:RetinaNet", "bbox_reg", "boxes", "keys"),
    ("zoo/sam.nd:MaskDecoder", "1 + k]", "k]", "in eval"),
    ("zoo/sam.nd:MaskDecoder", "layer_norm c eps=1e-6", "layer_norm c", "in eval"),
    ("zoo/sam.nd:MaskDecoder", "iou_token", "score_token", "keys"),
    ("zoo/shufflenet.nd:ShuffleNetV2", "(g c) h w -> b (c g)", "(g c) h w -> b (g c)", "in eval"),
    ("zoo/shufflenet.nd:ShuffleNetV2", "conv5", "last", "keys"),
    (
        "zoo/shufflenet.nd:ShuffleNetV2",
        "batch_norm2d c]",
        "batch_norm2d c momentum=0.2]",
        "buffers",
    ),
    ("zoo/bert.nd:Bert", "gelu", "relu", "in eval"),
    ("zoo/bert.nd:Bert", "eps=1e-12", "eps=1e-5", "in eval"),
    ("zoo/bert.nd:Bert", "pooler", "pool", "keys"),
    ("zoo/bert.nd:Bert", "  init embeddings.word_embeddings ~ padded(0)\n", "", "initial"),
    ("zoo/bert.nd:Bert", "dropout_p=c.p", "dropout_p=c.p / 2", "in train"),
    ("zoo/t5.nd:T5", "way = (-way).clamp(min=0)", "way = way.clamp(min=0)", "in eval"),
    (
        "zoo/t5.nd:T5",
        "  embed_tokens = embed_tokens\n",
        "  embed_tokens = embedding c.vocab c.d\n",
        "keys",
    ),
    ("zoo/t5.nd:T5", "EncDecAttention", "Attend", "keys"),
    ("zoo/t5.nd:T5", "w.softmax(-1), c.p", "w.softmax(-1), c.p / 2", "in train"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), WRONG)
def test_a_wrong_network_is_caught(name: str, old: str, new: str, said: str) -> None:
    row, folder = ROWS[name], ROOT / "examples"
    text = (folder / row.program).read_text(encoding="utf-8")
    assert old in text
    text = re.sub(r"(?m)^assert params.*\n", "", text)  # which would say so, too
    program = load(text.replace(old, new), row.program, Folder(folder).read)
    with pytest.raises(AssertionError, match=said):
        row.compare(program)


def test_a_tagger_reads_what_torch_packs() -> None:
    row = ROWS["zoo/tagger.nd:Tagger"]
    ours = row.build(compiled(row.program)).eval()
    packed = PackedTagger(ours)
    (ids,) = row.inputs()
    words = (ids != 0)[:, :, None]
    with torch.no_grad():
        torch.testing.assert_close(words * ours(ids), words * packed(ids))


class Small(nn.Module):
    """What the comparison is tried on: each difference alone."""

    table: Any

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4, **changes)
        self.out = nn.Linear(4, 4)
        self.out.weight = self.fc.weight
        self.register_buffer("table", torch.ones(4))

    def forward(self, x: Tensor) -> Any:
        return self.out(self.norm(self.fc(x))) * self.table


class Untied(Small):
    def __init__(self) -> None:
        super().__init__()
        self.out.weight = nn.Parameter(self.fc.weight.detach().clone())


class Trained(Small):
    def __init__(self) -> None:
        super().__init__()
        del self.table
        self.table = nn.Parameter(torch.ones(4))


class Frozen(Small):
    def __init__(self) -> None:
        super().__init__()
        self.fc.bias.requires_grad_(False)


class Double(Small):
    def __init__(self) -> None:
        super().__init__()
        self.table = self.table.double()


class Dead(Small):
    def forward(self, x: Tensor) -> Any:
        return 0 * super().forward(x)


class Detached(Small):
    def forward(self, x: Tensor) -> Any:
        return self.out(self.norm(self.fc(x)).detach() + x) * self.table


class Pair(Small):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x), x


class Off(Small):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x) + 1e-4


INPUT = (torch.linspace(-1, 1, 12).reshape(3, 4),)


def test_a_network_equals_itself() -> None:
    # 10 initial weights, an output in eval; an output, gradients of 5 parameters and an input,
    # and 4 buffers in train; one key is tied to another
    assert compare.compare(Small, Small, INPUT) == (10, 10 + 1 + (1 + 6 + 4), 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (Untied, Small, "keys.*out.weight"),
        (Trained, Small, "keys.*table"),
        (Frozen, Small, "keys.*fc.bias"),
        (Double, Small, "keys.*table"),
        (lambda: Small(affine=False), Small, "keys.*norm"),
        (lambda: Small(momentum=0.2), Small, "buffers, norm.running_mean"),
        (lambda: Small(eps=0.1), Small, "in eval"),
        (Pair, Small, "in eval.*not"),
        (Off, Small, "differs by"),
        (Detached, Small, "in eval"),
        (Dead, Dead, "constant"),
    ],
)
def test_a_difference_is_named(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        compare.compare(ours, theirs, INPUT)


def test_a_tolerance_holds_as_far_as_it_goes() -> None:
    compare.compare(Off, Small, INPUT, tolerance=1e-3)
    with pytest.raises(AssertionError, match="differs by"):
        compare.compare(Off, Small, INPUT, tolerance=1e-5)
