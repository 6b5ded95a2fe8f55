"""The state of a network, as it is worked out, beside torch's own state_dict: keys in order,
sizes, which are parameters, numbers, ties."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedTensorMixin

import netdsl
from netdsl import torchlib
from netdsl.checking.state import State, networks, state_of
from netdsl.compiler import check_source
from netdsl.files import Folder
from netdsl.source import Source
from netdsl.torchlib.recording.samples import SAMPLES
from tests import vision
from tests.generated import ROOT, load
from tests.soundness import make
from tests.test_layers import NAMES, in_the_language

vision.cure()  # one example imports torchvision

pytestmark = pytest.mark.filterwarnings("ignore")

FOREIGN = {"Probe", "StochasticDepth"}
"""Classes of other packages that the examples use; they hold no tensors."""
ON_CPU = {"d2l"}
"""Examples that look at values while they are built."""


def numbers(tensor: Tensor) -> str:
    if tensor.dtype == torch.bool:
        return "bool"
    if tensor.is_complex():
        return "complex"
    return "float" if tensor.is_floating_point() else "int"


def by_torch(module: nn.Module) -> list[tuple[Any, ...]]:
    parameters = dict(module.named_parameters(remove_duplicate=False))
    first: dict[int, str] = {}
    found = []
    for key, tensor in module.state_dict(keep_vars=True).items():
        shape = None if isinstance(tensor, UninitializedTensorMixin) else tuple(tensor.shape)
        before = first.setdefault(id(tensor), key)
        kind = "parameter" if key in parameters else "buffer"
        found.append((key, shape, kind, numbers(tensor), None if before == key else before))
    return found


def worked_out(state: State) -> list[tuple[Any, ...]]:
    return [(each.key, each.shape, each.kind, each.dtype, each.tied) for each in state.tensors]


def state(text: str, entry: str = "net") -> State:
    checked = check_source(Source(text, "program.nd"))
    assert checked.program is not None, [each.message for each in checked.diagnostics]
    return state_of(checked.program, entry)


def assert_exact(text: str) -> None:
    found = state(text)
    assert not found.untold
    assert worked_out(found) == by_torch(load(text).net())


# ---- examples ------------------------------------------------------------------

LARGE = {
    "zoo/efficientnet",
    "zoo/densenet",
    "zoo/resnet",
    "zoo/vit",
    "zoo/vgg",
    "examples/densenet",
}
PATHS = {
    f"{path.parent.name}/{path.stem}": path for path in sorted((ROOT / "examples").rglob("*.nd"))
}
PROGRAMS = [
    pytest.param(path, id=name, marks=[pytest.mark.full] * (name in LARGE))
    for name, path in PATHS.items()
]


@pytest.mark.parametrize("path", PROGRAMS)
def test_every_network_of_the_examples(path: Path) -> None:
    folder = Folder(path.parent)
    program = check_source(Source(path.read_text(), path.name), folder.read).program
    assert program is not None
    module = load(path.read_text(), path.name, folder.read)
    for name in networks(program):
        with torch.device("cpu" if path.stem in ON_CPU else "meta"):
            network = getattr(module, name)()
        found = state_of(program, name)
        assert worked_out(found) == by_torch(network), name
        assert {each.kind for each in found.untold} <= FOREIGN


# ---- parameters that are worked out of others --------------------------------


PARAMETRIZED = """
extern module torch.nn.utils.parametrizations.weight_norm(layer: module, *, dim: int? = 0) as normed
extern module torch.nn.utils.parametrizations.spectral_norm(
  module: module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int? = None,
)
module Twice(act: layer) { a = act; b = act; def forward(x: [B, 4, 8]) = b(a(x)) }
seq(
  Twice normed(conv1d 4 4 3 padding=1),
  normed(conv1d 4 6 3 ~ ones bias=zeros), normed(linear 6 6, dim=-1), normed(linear 6 6 bias=False, dim=None),
  normed(conv_transpose1d 6 5 3 bias=False, dim=1), spectral_norm(conv1d 5 5 1),
  spectral_norm(conv_transpose1d 5 3 1), flatten, spectral_norm(module=(linear 24 7), dim=1),
  spectral_norm (linear 7 2) "bias",
)
"""


def test_parameters_that_are_worked_out_of_others() -> None:
    assert_exact(PARAMETRIZED)
    found = netdsl.summary(PARAMETRIZED)
    assert found.parameters == sum(each.numel() for each in load(PARAMETRIZED).net().parameters())
    assert not netdsl.check(PARAMETRIZED + "\nassert params(net) > 100")


# ---- torch's layers ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_of_torch(name: str) -> None:
    layer = torchlib.layer(name)
    assert layer is not None
    calls = [each for each in SAMPLES[name] if "torch." not in each and "{" not in each]
    for flag in _flags(layer.signature.parameters):
        calls.append(f"{calls[0]}, {flag}" if calls[0] else flag)
    assert calls
    for call in calls:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                torchs = eval(f"nn.{name}({call})", {"nn": nn, "torch": torch})
            except (ValueError, RuntimeError, TypeError, AssertionError):
                continue  # flags may exclude each other
        text = f"let net() = {in_the_language(name, call)}"
        found = state(text)
        assert worked_out(found) == by_torch(torchs), call
        assert not found.untold


def _flags(parameters: tuple[torchlib.SignatureParameter, ...]) -> list[str]:
    """Flags turned, where that may change what a layer holds."""
    return [
        f"{each.name}={each.default == 'False'}"
        for each in parameters
        if each.default in ("True", "False") and each.type == "bool"
    ]


@pytest.mark.parametrize(
    "call",
    [
        "lstm 4 6 num_layers=3 bidirectional=True proj_size=2",
        "gru 4 6 num_layers=2 bias=False bidirectional=True",
        "multihead_attention 8 2 kdim=4 add_bias_kv=True bias=False",
        "multihead_attention 8 2 kdim=8 vdim=8",
        "transformer d_model=8 nhead=2 num_encoder_layers=2 num_decoder_layers=1 bias=False",
        "transformer_encoder(transformer_encoder_layer(8, 2, 16), 3, norm=layer_norm 8)",
        "transformer_decoder(transformer_decoder_layer(8, 2, 16), 1)",
        "adaptive_log_softmax_with_loss 64 100 [10, 20, 50] div_value=3.0 head_bias=True",
        "linear_cross_entropy_loss 4 6 out_features=(2, 3) bias=True",
        "data_parallel(seq(linear 2 3, batch_norm1d 3))",
        "instance_norm2d 4 affine=True track_running_stats=True",
        "conv_transpose2d 4 6 (3, 2) groups=2",
    ],
)
def test_layers_that_are_made_of_others(call: str) -> None:
    assert_exact(f"let net() = {call}")


# ---- programs ------------------------------------------------------------------

BODIES = {
    "parameters, buffers and children": """
        buffer steps = tensor(0)
        fc = linear 8 8
        param w: [8, 2] ~ zeros
        const mask = ones(8)
        buffer mean: [8] = zeros(8)
        bn = batch_norm1d 8 affine=False
        param v = ones(3)
        """,
    "shares": "share s = linear 8 8; a = seq(s, relu, s); b = s",
    "ties": """
        embed = embedding 10 8
        head = linear 8 10 bias=False
        other = linear 8 10
        tie head.weight = embed.weight
        tie other.weight = head.weight
        param w: [10, 8] ~ zeros
        tie embed.weight = self.w
        """,
    "a tie into nothing": "a = linear 8 8 bias=False; b = linear 8 8; tie a.bias = b.bias",
    "ties into what layers of torch are made of": """
        one = transformer_encoder_layer 8 2 16
        stack = transformer_encoder(transformer_encoder_layer(8, 2, 16), 2)
        head = linear 8 16
        tie head.weight = one.linear1.weight
        tie stack.layers[1].linear1.weight = head.weight
        tie stack.layers[0].self_attn.out_proj.bias = one.norm1.bias
        """,
    "a tie before a tie": """
        a = linear 8 8
        b = linear 8 8
        c = linear 8 8
        tie a.weight = b.weight
        tie b.weight = c.weight
        """,
    "a parameter tied to one of a child": """
        param w: [8, 8] ~ zeros
        fc = linear 8 8
        tie fc.weight = self.w
        """,
    "names that are computed": """
        for k in range(3) { "head{k}" = linear 8 (k + 1) }
        if 3 > 2 { extra = linear 8 1 } else { extra = None }
        if 2 > 3 { absent = linear 8 1 }
        """,
    "combinators": """
        a = nest(first = linear 8 8, relu, linear 8 4, last = linear 4 8)
        b = residual(linear 8 8, relu)
        c = concat(linear 8 2, x = linear 8 3, linear 8 4)
        d = add("k{i}" = linear 8 8 for i in range(2))
        e = parallel(linear 8 2, rearrange "b (h d) -> b h d" h=2)
        f = seq(nest(linear 8 8), for i in range(2) { linear 8 8, relu })
        """,
    "containers": """
        a = list(linear 8 8, None, linear 8 4)
        b = dict(x = linear 8 8, y = seq(one = linear 8 8, relu, linear 8 4))
        """,
    "a combinator, then a layer that is made of others": """
        a = parallel(linear 8 8, linear 8 8)
        b = transformer_encoder_layer 8 2 16
        c = parallel(linear 8 8, linear 8 8)
        d = multihead_attention 8 2
        """,
    "copies of a shared layer": """
        share s = transformer_encoder_layer 8 2 16
        one = transformer_encoder(s, 2)
        two = s
        three = s
        """,
    "copies of a module of the program": "stack = transformer_encoder(Inner 8, 2, norm=Inner 8)",
    "derived": "a = Narrow 8; b = Stack 8; c = Named 8; d = Twice 8; e = Scaled 8",
}
BEFORE = """
module Inner(d) { share s = linear d d; a = s; b = s; param g: [d] ~ ones
  tie self.a.bias = self.g
  def forward(x: [B, d]) = a(x) }
module Narrow(d) = linear d 2 { param gain: [2] ~ ones; buffer seen = zeros(2); extra = linear d 1
  def forward(x: [B, d]) = extra(x) * gain }
module Stack(d) = seq(linear d d, relu) { score = linear d 1; param p: [d] ~ ones
  def forward(x: [B, d]) = score(x) * p.sum() }
module Named(d) = dict(left = linear d d) { def forward(x: [B, d]) = self["left"](x) }
module Twice(d) = Narrow d { more = linear d 2; let k = 2
  def forward(x: [B, d]) = more(x) }
module Scaled(d) = residual(linear d d, relu) { param gain: [d] ~ ones
  def forward(x: [B, d]) = x + net(x) * gain }
"""


@pytest.mark.parametrize("name", BODIES)
def test_what_bodies_declare(name: str) -> None:
    assert_exact(f"{BEFORE}module Net {{ {BODIES[name]}\n}}\nlet net() = Net()\n")


def _agree(seeds: range) -> int:
    """How many of some generated programs hold tensors, and those that torch's have."""
    count = 0
    for seed in seeds:
        text = make(seed)[0].concrete
        checked = check_source(Source(text, "program.nd"))
        if checked.program is None:
            continue
        found = state_of(checked.program, "entry")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                network = load(text).entry()
            except (RuntimeError, ValueError, TypeError, AssertionError, ZeroDivisionError):
                continue
        count += bool(found.tensors)
        assert not found.untold, text
        assert worked_out(found) == by_torch(network), text
    return count


def test_generated_programs() -> None:
    assert _agree(range(100)) > 15


@pytest.mark.full
def test_many_generated_programs() -> None:
    assert _agree(range(10_000, 14_000)) > 600


# ---- what is not known ---------------------------------------------------------


def test_what_another_package_holds_is_not_told() -> None:
    text = """
    extern module somewhere.Backbone(n: int): [*S] -> [*S]
    let net: [B, 4] = seq(linear 4 4, Backbone 3, linear 4 2)
    """
    found = state(text)
    assert [each.key for each in found.tensors] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert [(each.path, each.kind) for each in found.untold] == [("1", "Backbone")]


def test_a_class_of_another_package_may_be_called_like_one_of_torch() -> None:
    text = "extern module somewhere.Linear(a: int, b: int)\nlet net() = seq(Linear 4 4)"
    found = state(text)
    assert found.tensors == ()
    assert [(each.path, each.kind) for each in found.untold] == [("0", "Linear")]


def test_what_a_value_of_another_package_decides_is_not_told() -> None:
    text = """
    extern let somewhere.deep() as deep
    module Net { fc = linear 4 4; if deep() > 3 { more = linear 4 4 }
      def forward(x: [B, 4]) = fc(x) }
    let net() = dict(one = Net(), many = list(linear 4 4 for _ in range(deep())))
    """
    assert {each.path for each in state(text).untold} == {"one", "many"}


def test_sizes_that_another_package_decides_are_not_told() -> None:
    text = "extern let somewhere.width() as width\nlet net() = linear width() 4"
    assert [each.shape for each in state(text).tensors] == [(4, None), (4,)]
