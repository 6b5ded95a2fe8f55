"""Layers of torch.nn, each made with drawn arguments and applied to an input that fits."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import some
from tests.soundness.probes.spaces import image, per_axis, space_of
from tests.soundness.probes.table import layer_probe


def made(m: Maker, name: str, *arguments: str) -> str:
    """A child, by its name."""
    return m.layer(f"{name}({', '.join(arguments)})")


def sized(setting: str, number: int) -> str:
    return f"{setting}={marks.size(number)}"


@layer_probe(
    "Identity AlphaDropout FeatureAlphaDropout Dropout ReLU ReLU6 GELU SiLU Mish ELU CELU SELU"
    " LeakyReLU RReLU Sigmoid LogSigmoid Hardsigmoid Hardswish Hardtanh Hardshrink Softshrink"
    " Softplus Softsign Tanh Tanhshrink"
)
def same(m: Maker, name: str) -> str:
    tensor, _ = some(m, 1, 2, 3, 4)
    return f"{made(m, name)}({tensor})"


@layer_probe("Threshold")
def threshold(m: Maker, name: str) -> str:
    return f"{made(m, name, '0.1', '2')}({some(m, 1, 2, 3)[0]})"


@layer_probe("Dropout1d Dropout2d Dropout3d")
def dropout(m: Maker, name: str) -> str:
    return f"{made(m, name)}({image(m, space_of(name))[0]})"


@layer_probe("LocalResponseNorm CrossMapLRN2d")
def response_norm(m: Maker, name: str) -> str:
    tensor, _ = some(m, 4) if name.startswith("Cross") else some(m, 3, 4)
    return f"{made(m, name, marks.size(2))}({tensor})"


@layer_probe("Softmin Softmax LogSoftmax GLU Softmax2d PReLU")
def of_axis(m: Maker, name: str) -> str:
    shape = m.sizes(2, 3)
    axis = m.axis(len(shape))
    if name == "Softmax2d":
        return f"{made(m, name)}({some(m, 3, 4)[0]})"
    if name == "PReLU":
        count = [sized("num_parameters", shape[1])]
        return f"{made(m, name, *m.pick([], count))}({m.tensor(shape)})"
    if name == "GLU":
        shape[axis] = m.pick(2, 4)
    return f"{made(m, name, f'dim={marks.axis(axis)}')}({m.tensor(shape)})"


@layer_probe("Linear LazyLinear")
def linear(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    first = [] if name.startswith("Lazy") else [marks.size(shape[-1])]
    return f"{made(m, name, *first, marks.size(m.pick(2, 3)))}({tensor})"


@layer_probe("Bilinear")
def bilinear(m: Maker, name: str) -> str:
    shape, (one, other, out) = m.sizes(1, 2), m.sizes(3)
    layer = made(m, name, *map(marks.size, (one, other, out)))
    return f"{layer}({m.tensor([*shape[:-1], one])}, {m.tensor([*shape[:-1], other])})"


@layer_probe(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d"
    " InstanceNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyInstanceNorm1d"
    " LazyInstanceNorm2d LazyInstanceNorm3d"
)
def norm(m: Maker, name: str) -> str:
    space = space_of(name)
    shape = [m.pick(2, 3), m.pick(2, 4), *m.sizes(space)]
    if name.startswith("BatchNorm1d") and m.chance(0.4):
        shape = shape[:2]
    first = [] if name.startswith("Lazy") else [marks.size(shape[1])]
    if name.startswith("Inst") and m.chance(0.3):
        shape = shape[1:]
    affine = m.pick([], ["affine=True"], ["affine=False"])
    return f"{made(m, name, *first, *affine)}({m.tensor(shape)})"


@layer_probe("GroupNorm")
def group_norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3, 4)
    return f"{made(m, name, marks.size(m.divisor(shape[1])), marks.size(shape[1]))}({tensor})"


@layer_probe("LayerNorm RMSNorm")
def layer_norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    last = shape[-m.random.randrange(1, len(shape) + 1) :]
    sizes = f"[{', '.join(map(marks.size, last))}]"
    return f"{made(m, name, sizes if len(last) > 1 else marks.size(last[0]))}({tensor})"


@layer_probe("Embedding EmbeddingBag")
def embedding(m: Maker, name: str) -> str:
    bag = name.endswith("Bag")
    extra = m.pick([], ['mode="sum"'], ['mode="max"']) if bag else []
    layer = made(m, name, marks.size(m.pick(3, 5)), marks.size(m.pick(2, 4)), *extra)
    ids = m.tensor(m.sizes(2) if bag else m.sizes(1, 2, 3), "index")
    if bag and m.chance(0.3):
        return f"{layer}({m.tensor([6], 'index')}, {m.pick('tensor([0, 2])', 'arange(3)')})"
    return f"{layer}({ids})"


@layer_probe("RNN GRU LSTM")
def recurrent(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3)
    hidden, ways, rows = m.pick(2, 3), m.pick(1, 2), m.pick(1, 2)
    first = m.chance(0.5)
    settings = [marks.size(shape[-1]), marks.size(hidden), sized("num_layers", rows)]
    settings += ["bidirectional=True"] * (ways == 2) + ["batch_first=True"] * first
    layer = made(m, name, *settings)
    batch = [] if len(shape) == 2 else [shape[0 if first else 1]]
    if m.chance(0.4):
        state = m.tensor([rows * ways, *batch, hidden])
        other = m.tensor([rows * ways, *batch, hidden])
        return f"{layer}({tensor}, {f'({state}, {other})' if name == 'LSTM' else state})"
    return f"{layer}({tensor})"


@layer_probe("RNNCell GRUCell LSTMCell")
def cell(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2)
    hidden = m.pick(2, 3)
    layer = made(m, name, marks.size(shape[-1]), marks.size(hidden))
    if m.chance(0.4):
        state, other = (m.tensor([*shape[:-1], hidden]) for _ in range(2))
        return f"{layer}({tensor}, {f'({state}, {other})' if name == 'LSTMCell' else state})"
    return f"{layer}({tensor})"


@layer_probe("MultiheadAttention")
def attention(m: Maker, name: str) -> str:
    each, heads = m.pick(2, 3), m.pick(1, 2)
    width, batch, query, key = each * heads, m.pick(2, 3), m.pick(2, 3), m.pick(2, 4)
    first = m.chance(0.6)
    settings = [marks.size(width), marks.size(heads), *["batch_first=True"] * first]
    layer = made(m, name, *settings)
    if m.chance(0.2):
        q, k = m.tensor([query, width]), m.tensor([key, width])
    else:
        q = m.tensor([batch, query, width] if first else [query, batch, width])
        k = m.tensor([batch, key, width] if first else [key, batch, width])
    extra = m.pick("", ", need_weights=False", f", attn_mask={m.tensor([query, key], 'bool')}")
    return f"{layer}({q}, {k}, {k}{extra})"


@layer_probe(
    "Transformer TransformerEncoder TransformerEncoderLayer TransformerDecoder"
    " TransformerDecoderLayer"
)
def transformer(m: Maker, name: str) -> str:
    width, batch, one, other = m.pick(2, 4), m.pick(2, 3), m.pick(2, 3), m.pick(2, 4)
    first = m.chance(0.7)
    settings = [marks.size(width), marks.size(m.pick(1, 2)), *["batch_first=True"] * first]
    settings.append(sized("dim_feedforward", 3))
    tensors = [
        m.tensor([batch, length, width] if first else [length, batch, width])
        for length in (one, other)
    ]
    if name == "Transformer":
        settings += ["num_encoder_layers=1", "num_decoder_layers=1"]
        return f"{made(m, name, *settings)}({', '.join(tensors)})"
    if not name.endswith("Layer"):
        settings = [f"{name}Layer({', '.join(settings)})", "num_layers=1"]
    count = 2 if "Decoder" in name else 1
    return f"{made(m, name, *settings)}({', '.join(tensors[:count])})"


@layer_probe(
    "Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d ConvTranspose1d ConvTranspose2d"
    " ConvTranspose3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
)
def conv(m: Maker, name: str) -> str:
    space, groups = space_of(name), m.pick(1, 1, 2)
    depth, out = groups * m.pick(1, 2), groups * m.pick(1, 2)
    tensor, shape = image(m, space, depth)
    settings = [] if name.startswith("Lazy") else [marks.size(depth)]
    settings += [marks.size(out), per_axis(m, space, 1, 2, 3)]
    for setting, options in (("stride", (1, 2)), ("padding", (0, 1)), ("dilation", (1, 2))):
        if m.chance(0.4):
            settings.append(f"{setting}={per_axis(m, space, *options)}")
    if groups > 1:
        settings.append(sized("groups", groups))
    layer = made(m, name, *settings)
    if "Transpose" in name and m.chance(0.2):
        sizes = ", ".join(marks.size(each + m.pick(0, 1, 2)) for each in shape[-space:])
        return f"{layer}({tensor}, output_size=[{sizes}])"
    return f"{layer}({tensor})"


@layer_probe(
    "MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d LPPool3d"
)
def pool(m: Maker, name: str) -> str:
    space = space_of(name)
    settings = [*(["2"] if name[0] == "L" else []), per_axis(m, space, 2, 3)]
    if m.chance(0.4):
        settings.append(f"stride={per_axis(m, space, 1, 2)}")
    if m.chance(0.4) and name[0] != "L":
        settings.append(sized("padding", 1))
    if m.chance(0.4):
        settings.append("ceil_mode=True")
    if name[0] == "M" and m.chance(0.2):
        settings.append("return_indices=True")
    return f"{made(m, name, *settings)}({image(m, space)[0]})"


@layer_probe("FractionalMaxPool2d FractionalMaxPool3d")
def fractional(m: Maker, name: str) -> str:
    space = space_of(name)
    how = m.pick(f"output_size={per_axis(m, space, 1, 2)}", "output_ratio=0.5")
    settings = [per_axis(m, space, 1, 2), how]
    if m.chance(0.2):
        settings.append("return_indices=True")
    return f"{made(m, name, *settings)}({image(m, space)[0]})"


@layer_probe("MaxUnpool1d MaxUnpool2d MaxUnpool3d")
def unpool(m: Maker, name: str) -> str:
    """Of what the pool gives, or of indices of another shape."""
    space = space_of(name)
    size, tensor = marks.size(2), image(m, space)[0]
    pooled = made(m, f"MaxPool{space}d", size, "return_indices=True")
    indices = m.pick(f"{pooled}({tensor})[1]", f"{pooled}({image(m, space)[0]})[1]")
    return f"{made(m, name, size)}({pooled}({tensor})[0], {indices})"


@layer_probe(" ".join(f"Adaptive{kind}Pool{d}d" for kind in ("Avg", "Max") for d in (1, 2, 3)))
def adaptive(m: Maker, name: str) -> str:
    space = space_of(name)
    sizes = per_axis(m, space, 1, 2, 3)
    if space > 1 and m.chance(0.2):
        sizes = f"({', '.join(['None', marks.size(2), marks.size(1)][:space])})"
    return f"{made(m, name, sizes)}({image(m, space)[0]})"


@layer_probe(
    " ".join(
        f"{kind}Pad{d}d"
        for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
        for d in (1, 2, 3)
    )
)
def pad(m: Maker, name: str) -> str:
    space = space_of(name)
    sides = marks.size(m.pick(1, 2))
    if m.chance(0.4):
        sides = f"({', '.join(marks.size(m.pick(0, 1, 2)) for _ in range(2 * space))})"
    value = ["0.5"] if name.startswith("Constant") else []
    return f"{made(m, name, sides, *value)}({image(m, space)[0]})"


@layer_probe("Upsample UpsamplingNearest2d UpsamplingBilinear2d")
def upsample(m: Maker, name: str) -> str:
    space = 2 if name != "Upsample" else m.pick(1, 2, 3)
    tensor = m.tensor([2, 2, *m.sizes(space)])
    by = m.pick(f"scale_factor={m.pick('2', '1.5')}", f"size={per_axis(m, space, 3, 7)}")
    return f"{made(m, name, by)}({tensor})"


@layer_probe("PixelShuffle PixelUnshuffle ChannelShuffle")
def pixel_shuffle(m: Maker, name: str) -> str:
    if name == "ChannelShuffle":
        return f"{made(m, name, marks.size(m.pick(1, 2, 3)))}({m.tensor([2, 6, 3, 3])})"
    factor = m.pick(2, 3)
    depth, size = (2 * factor**2, 3) if name == "PixelShuffle" else (2, 2 * factor)
    tensor = m.tensor([*m.sizes(0, 1), depth, size, size])
    return f"{made(m, name, marks.size(factor))}({tensor})"


@layer_probe("Unfold Fold")
def fold(m: Maker, name: str) -> str:
    if name == "Unfold":
        settings = [
            marks.size(m.pick(1, 2, 3)),
            *m.pick([], [sized("stride", 2)], [sized("padding", 1)]),
        ]
        return f"{made(m, name, *settings)}({image(m, 2)[0]})"
    height, width, kernel = m.pick(4, 6), m.pick(4, 6), m.pick(1, 2)
    places = (height // kernel) * (width // kernel)
    sizes = f"({marks.size(height)}, {marks.size(width)})"
    layer = made(m, name, sizes, marks.size(kernel), sized("stride", kernel))
    return f"{layer}({m.tensor([2, 3 * kernel * kernel, places])})"


@layer_probe("Flatten")
def flatten(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3, 4)
    first = m.random.randrange(len(shape))
    last = m.random.randrange(first, len(shape))
    return f"{made(m, name, *m.pick([], [marks.axis(first)], [marks.axis(first), marks.axis(last)]))}({tensor})"


@layer_probe("Unflatten")
def unflatten(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    axis = m.axis(len(shape))
    factor = m.divisor(shape[axis])
    sizes = m.pick(
        f"({marks.size(factor)}, -1)",
        f"({marks.size(factor)}, {marks.size(shape[axis] // factor)})",
    )
    return f"{made(m, name, marks.axis(axis), sizes)}({tensor})"


@layer_probe("CosineSimilarity PairwiseDistance")
def similarity(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3)
    axis = f"dim={marks.axis(m.axis(len(shape)))}"
    settings = m.pick([], [axis if name[0] == "C" else "keepdim=True"])
    return f"{made(m, name, *settings)}({tensor}, {m.tensor(shape)})"


@layer_probe(
    "L1Loss MSELoss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss"
    " SoftMarginLoss CrossEntropyLoss NLLLoss HingeEmbeddingLoss MultiLabelSoftMarginLoss"
)
def loss(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    layer = made(m, name, *m.pick([], ['reduction="none"'], ['reduction="sum"']))
    target = m.tensor(shape)
    if name in ("CrossEntropyLoss", "NLLLoss"):
        target = m.tensor([] if len(shape) == 1 else [shape[0], *shape[2:]], "index")
    if name == "BCELoss":
        tensor, target = f"sigmoid({tensor})", f"sigmoid({target})"
    return f"{layer}({tensor}, {target})"


@layer_probe("CosineEmbeddingLoss MarginRankingLoss TripletMarginLoss GaussianNLLLoss")
def loss_of_three(m: Maker, name: str) -> str:
    shape = m.sizes(1 if name.startswith("Margin") else 2)
    tensor, other = m.tensor(shape), m.tensor(shape)
    third = m.tensor([shape[0]] if name.startswith("Cosine") else shape)
    if name.startswith("Gauss"):
        third = f"({third}.abs() + 1)"
    return f"{made(m, name)}({tensor}, {other}, {third})"
