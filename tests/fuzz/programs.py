"""Strategies for programs that mean something: most of them compile, so that what is said of outputs
is said of many."""

from __future__ import annotations

import itertools
import re

from hypothesis import strategies as st

from tests.fuzz.mutations import mutated
from tests.strategies import PROGRAMS

Text = st.SearchStrategy[str]

WIDTHS = ("d", "h", "8", "(2 * d)", "(d + h)", "(h // 2)")
"""Widths of layers below `d` and `h`, which are parameters."""

_ACTIVATIONS = st.sampled_from(
    [
        "relu",
        "gelu",
        "silu",
        "tanh()",
        "leaky_relu 0.1",
        "softmax dim=-1",
        "dropout p",
        "identity",
        "act",
    ]
)
_CONDITIONS = st.sampled_from(
    [
        "flag",
        "not flag",
        "d > 4",
        "n == 2",
        "d % 2 == 0 and flag",
        "h in [8, 16]",
        "p > 0.0",
        "2 < n <= 6",
    ]
)
_RANGES = st.sampled_from(["range(n)", "range(1, n + 1)", "[1, 2, 3]", "reversed(range(3))"])
_SCHEMES = st.sampled_from(
    ["zeros", "ones", "xavier_uniform", "normal(std=0.02)", "trunc_normal(std=0.02)", "eye"]
)


def _layer(width: str, out: str) -> Text:
    """A layer from one width to another."""
    found = [
        st.just(f"linear {width} {out}"),
        st.just(f"linear({width}, {out}, bias=flag)"),
        st.just(f"Linear {width} {out} bias=False"),
        st.just(f"wide {width} {out}"),
        st.just(f"Two {width} {out}"),
        st.just(f"Two {width} {out} act=(prelu init=0.25)"),
    ]
    if width == out:
        found += [
            st.just(f"layer_norm {width}"),
            st.builds("residual({})".format, _layer_items(width, 1)),
            st.just(f"add(identity, linear {width} {width})"),
        ]
    return st.one_of(found)


def _layer_items(width: str, depth: int) -> Text:
    """Items of `seq` that keep a width."""
    plain = st.one_of(
        _ACTIVATIONS, st.sampled_from([f"linear {width} {width}", f"layer_norm {width}"])
    )
    if depth == 0:
        return plain
    inner = _layer_items(width, depth - 1)
    named = st.sampled_from(["fc", "norm", '"part"', '"item_{n}"'])
    more = st.one_of(
        plain,
        st.builds("{} for _ in {}".format, plain, _RANGES),
        st.builds(
            "linear {} {} for k in {} if k > 1".format, st.just(width), st.just(width), _RANGES
        ),
        st.builds("if {} {{ {} }}".format, _CONDITIONS, inner),
        st.builds("if {} {{ {} }} else {{ {} }}".format, _CONDITIONS, inner, inner),
        st.builds("for k in {} {{ {} }}".format, _RANGES, inner),
        st.builds("*pair({}, {})".format, st.just(width), st.just(width)),
        st.builds("seq({})".format, inner),
        st.builds("{} = {}".format, named, plain),
        st.builds("nest({})".format, inner),
    )
    return st.lists(more, min_size=1, max_size=3).map(", ".join)


@st.composite
def _layers(draw: st.DrawFn) -> str:
    """A chain of layers, from `d` to `h`."""
    widths = ["d", *draw(st.lists(st.sampled_from(WIDTHS), max_size=2)), "h"]
    found: list[str] = []
    for width, out in itertools.pairwise(widths):
        found.append(draw(_layer(width, out)))
        if draw(st.booleans()):
            found.append(draw(_layer_items(out, draw(st.integers(0, 2)))))
    return ", ".join(found)


_STEPS = st.one_of(
    st.sampled_from(
        [
            "y = fc(y)", "y = y + w", "y = y * 2 - x", "y += x.mean(dim=-1, keepdim=True)", "y = -y",
            "y = gelu(norm(y))", "y = softmax(y, -1)", "y = y.transpose(-1, -2).transpose(-1, -2)",
            "y = cat([y, x], dim=-1)[..., :d]", "z = y.shape[0]", "y = where(y > 0, y, zeros_like(y))",
            "y = stack([y, y]).sum(0)", "y = rearrange(y, \"b d -> d b\").T", "y = y[:, None].squeeze(1)",
            "assert n > 0, \"n is a count\"", "for blk in blocks { y = blk(y) }", "y = drop(y)",
            "y = einsum(\"b d, e d -> b e\", y, fc.weight)", "y, z = y.max(dim=-1, keepdim=True)",
            "if training { y = y + rand_like(y) }", "y = y if flag else x", "y = y.to(x.dtype).contiguous()",
            "y = self.fc(y) + self.scaled(y, 2.0)", "y = table[:1] + y", "y = sum([y, x, y])",
        ]
    ),
    st.builds("y = y * {} + {}".format, st.integers(-3, 9), st.floats(0, 1, width=16)),
    st.builds("for k in {} {{ y = y + k }}".format, _RANGES),
    st.builds("if {} {{ y = relu(y) }} else {{ y = y - 1 }}".format, _CONDITIONS),
)  # fmt: skip

_DECLARATIONS = st.lists(
    st.one_of(
        st.builds("extra_{} = linear d d".format, st.integers(0, 3)),
        st.builds("param v{}: [d, h] ~ {}".format, st.integers(0, 2), _SCHEMES.filter(lambda s: s != "eye")),
        st.builds("init linear ~ {} bias=zeros".format, _SCHEMES),
        st.builds("init fc ~ {}".format, _SCHEMES),
        st.builds("if {} {{ spare{} = linear d h }}".format, _CONDITIONS, st.integers(0, 2)),
        st.builds('for k in {} {{ "row{}_{{k}}" = linear d d }}'.format, _RANGES, st.integers(0, 2)),
        st.sampled_from(
            [
                "freeze fc", "tie fc.bias = norm.bias", "let big = 4 * d", "buffer steps = tensor(0)",
                "share once = linear d d", "heads = dict(a = linear d h, b = seq(relu, linear d h))",
                "assert d > 0, \"a width\"", "pre = dropout p if p > 0 else identity",
            ]
        ),
    ),
    max_size=4,
    unique=True,
).map("\n  ".join)  # fmt: skip


@st.composite
def _module(draw: st.DrawFn, name: str, whole: bool) -> str:
    steps = "\n    ".join(draw(st.lists(_STEPS, max_size=5)))
    more = draw(_DECLARATIONS)
    known = {
        "fc": "fc = linear d d",
        "norm": "norm = layer_norm d",
        "drop": "drop = dropout p",
        "blocks": f"blocks = list(seq({draw(_layer_items('d', 1))}), residual(linear d d))",
        "w": f"param w: [d] ~ {draw(_SCHEMES.filter(lambda found: found != 'eye'))}",
        "table": "const table = 1.0 / 10000 ** (arange(0, d) / d)",
        "scaled": "def scaled(x: [B, d], by: float = 1.0) -> [B, d] = x * by",
    }
    children = "\n  ".join(_used(known, f"{more} {steps}", whole))
    return f"""\
module {name}(d, h=8, n=2, p=0.1, flag=True, act: layer = relu) {{
  {children}
  {more}
  def forward(x: [B, d]) -> [B, d] {{
    y = x
    {steps}
    return y
  }}
}}"""


def _used(known: dict[str, str], text: str, whole: bool) -> list[str]:
    """What a text uses of what it may use; if it is `whole`, what it does not use as well."""
    words = set(_WORD.findall(text))
    return [each for name, each in known.items() if whole or name in words]


_WORD = re.compile(r"\w+")

_HELPERS = {
    "wide": "let wide(i, o) = linear i o bias=False",
    "pair": "let pair(i, o) = [linear i o, relu]",
    "Two": "module Two(i, o, act: layer = relu) = seq(linear i o, act, linear o o)",
}


@st.composite
def _written(draw: st.DrawFn) -> str:
    """A program: a few definitions, and mostly a network of its own."""
    parts: list[str] = []
    whole = draw(st.integers(0, 3)) == 3
    names = draw(
        st.lists(st.sampled_from(["Net", "Block", "größe", "seq1"]), max_size=2, unique=True)
    )
    for name in names:
        parts.append(draw(_module(name, whole)))
    if draw(st.booleans()):
        parts.append(
            "let make(d, h=16, n=3, p=0.0, flag=False, act: layer = gelu)"
            f" = seq({draw(_layers())})"
        )
        names.append("make")
    parts.append(
        draw(
            st.sampled_from(["", "let size = max([4, 8])", "let w, v = 1, (2, 3)", "record C(d=8)"])
        )
    )
    if names and draw(st.booleans()):
        made = draw(st.sampled_from(names))
        parts.append(
            draw(
                st.sampled_from([f"{made} 8", f"let net = {made} 8 n=1", f"{made}(d=8, flag=True)"])
            )
        )
    parts[:0] = _used(_HELPERS, " ".join(parts), whole)
    order = draw(st.permutations(parts)) if draw(st.booleans()) else parts
    return draw(st.sampled_from(["\n", "\n\n", "\r\n", " ;\n"])).join(
        each for each in order if each
    )


WRITTEN = _written()
"""Programs that a person might write; most of them are right."""

NEARLY = st.builds(
    lambda text, chance: mutated(chance, text), WRITTEN, st.randoms(use_true_random=False)
)
"""The same, with a few tokens changed."""

GRAMMAR = PROGRAMS
"""Whatever the grammar allows; hardly any of it means something."""

ANY = st.one_of(GRAMMAR, GRAMMAR, NEARLY, WRITTEN)
"""Half of them small; the others are mostly right, or nearly."""
