"""What layers compute, as functions: linear ones, norms, distances, losses."""

from __future__ import annotations

from tests.soundness import marks
from tests.soundness.maker import Maker
from tests.soundness.probes.elementwise import beside, some
from tests.soundness.probes.table import probe


def named(**tensors: str) -> list[str]:
    return [f"{name}={value}" for name, value in tensors.items()]


@probe("linear")
def linear(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    out = m.pick(2, 3)
    weight = m.tensor([out, shape[-1]])
    return f"linear({', '.join([tensor, weight, *m.pick([], [m.tensor([out])])])})"


@probe("bilinear")
def bilinear(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2)
    one, other, out = m.sizes(3)
    weight = m.tensor([out, one, other])
    both = [m.tensor([*shape[:-1], one]), m.tensor([*shape[:-1], other])]
    return f"bilinear({', '.join([*both, weight, *m.pick([], [m.tensor([out])])])})"


@probe("layer_norm rms_norm")
def layer_norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    last = shape[-m.random.randrange(1, len(shape) + 1) :]
    sizes = f"[{', '.join(map(marks.size, last))}]"
    return f"{name}({', '.join([tensor, sizes, *m.pick([], [m.tensor(last)])])})"


@probe("batch_norm instance_norm")
def batch_norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, *((2, 3, 4) if name == "batch_norm" else (3, 4)))
    both = [m.tensor([shape[1]]), f"rand({marks.size(shape[1])})"]
    scale = named(weight=m.tensor([shape[1]])) if m.chance(0.5) else []
    if name == "instance_norm" and m.chance(0.5):
        both = []
    more = ["training=True"] if name == "batch_norm" and m.chance(0.3) else []
    return f"{name}({', '.join([tensor, *both, *scale, *more])})"


@probe("group_norm")
def group_norm(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3, 4)
    groups = marks.size(m.divisor(shape[1]))
    scale = named(weight=m.tensor([shape[1]])) if m.chance(0.5) else []
    return f"group_norm({', '.join([tensor, groups, *scale])})"


@probe("local_response_norm")
def local_response_norm(m: Maker, name: str) -> str:
    return f"local_response_norm({some(m, 3, 4)[0]}, {marks.size(m.pick(2, 3))})"


@probe("normalize")
def normalize(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3)
    return f"normalize({tensor}{m.pick('', f', dim={marks.axis(m.axis(len(shape)))}')})"


@probe("glu")
def glu(m: Maker, name: str) -> str:
    shape = m.sizes(1, 2, 3)
    axis = m.axis(len(shape))
    shape[axis] = m.pick(2, 4, 6)
    return f"glu({m.tensor(shape)}, {marks.axis(axis)})"


@probe("cosine_similarity pairwise_distance")
def similarity(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2, 3)
    other = m.tensor(beside(m, shape))
    axis = f", dim={marks.axis(m.axis(len(shape)))}"
    return f"{name}({tensor}, {other}{m.pick('', axis if name[0] == 'c' else ', keepdim=True')})"


@probe("cdist")
def cdist(m: Maker, name: str) -> str:
    batch, (one, other, width) = m.sizes(0, 1), m.sizes(3)
    return f"cdist({m.tensor([*batch, one, width])}, {m.tensor([*batch, other, width])})"


@probe("pdist")
def pdist(m: Maker, name: str) -> str:
    return f"pdist({some(m, 2)[0]})"


def reduced(m: Maker) -> list[str]:
    return m.pick([], ['reduction="none"'], ['reduction="sum"'])


@probe("mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss soft_margin_loss"
       " binary_cross_entropy binary_cross_entropy_with_logits gaussian_nll_loss"
       " hinge_embedding_loss multilabel_soft_margin_loss")  # fmt: skip
def elementwise_loss(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3)
    target = m.tensor(
        shape if "cross" in name or "label" in name else m.pick(shape, beside(m, shape))
    )
    if name == "binary_cross_entropy":
        tensor, target = f"sigmoid({tensor})", f"sigmoid({target})"
    extra = [f"var=rand({', '.join(map(marks.size, shape))})"] if name.startswith("gauss") else []
    return f"{name}({', '.join([tensor, target, *extra, *reduced(m)])})"


@probe("cross_entropy nll_loss")
def cross_entropy(m: Maker, name: str) -> str:
    tensor, shape = some(m, 1, 2, 3, 4)
    target = m.tensor([] if len(shape) == 1 else [shape[0], *shape[2:]], "index")
    weight = named(weight=m.tensor([shape[min(1, len(shape) - 1)]])) if m.chance(0.2) else []
    if name == "cross_entropy" and m.chance(0.2):
        target = f"softmax({m.tensor(shape)}, -1)"
    return f"{name}({', '.join([tensor, target, *weight, *reduced(m)])})"


@probe("cosine_embedding_loss margin_ranking_loss triplet_margin_loss"
       " triplet_margin_with_distance_loss multi_margin_loss multilabel_margin_loss ctc_loss")  # fmt: skip
def loss_of_three(m: Maker, name: str) -> str:
    tensor, shape = some(m, 2)
    others = [m.tensor(shape), m.tensor([shape[0]])]
    if name.startswith(("margin", "triplet")):
        others = [m.tensor(shape), m.tensor(shape)]
    elif name.startswith("multi"):
        others = [m.tensor([shape[0]] if name[5] == "_" else shape, "index")]
    return f"{name}({', '.join([tensor, *others, *reduced(m)])})"
