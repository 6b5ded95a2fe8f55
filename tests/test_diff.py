"""What carries over from one network to another: weights of one that torch built, in the other."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.parameter import UninitializedTensorMixin

import netdsl
from tests.generated import ROOT, fill, load
from tests.soundness import make
from tests.soundness.outcome import REFUSALS

BLOCK = """
module Block(d) "A block." {
  norm = layer_norm d
  fc1 = linear d (2 * d)
  fc2 = linear (2 * d) d
  def forward(x: [B, d]) = x + fc2(gelu(fc1(norm(x))))
}
"""
RENAMED_BLOCK = BLOCK.replace("fc1", "up").replace("fc2", "down").replace("Block", "Mlp")


def network(text: str, seed: int = 0) -> nn.Module:
    built: nn.Module = load(text).net()
    fill(built, seed)
    return built.eval()


def carried(old: str, new: str, *shape: int) -> netdsl.Diff:
    """What changes, after old weights were loaded into the new network, which lacks exactly what
    was announced. Where nothing lacks, and sizes of inputs are given, both compute the same."""
    found = netdsl.diff(old, new)
    one, other = network(old), network(new, 1)
    state = found.apply(one.state_dict())
    loaded = other.load_state_dict(state, strict=False)
    assert tuple(loaded.missing_keys) == found.missing
    assert loaded.unexpected_keys == []
    if not found.missing:
        other.load_state_dict(state, strict=True)
    if shape:
        x = torch.randn(shape)
        with torch.no_grad():
            assert torch.equal(one(x), other(x))
    return found


# ---- only names change ---------------------------------------------------------

RENAMES = {
    "nothing": ("seq(linear 8 8, relu, linear 8 4)",) * 2,
    "names of children": (
        "seq(a = linear 8 6, act = relu, b = linear 6 4)",
        "seq(first = linear 8 6, act = relu, second = linear 6 4)",
    ),
    "positions": (
        "seq(linear 8 8, linear 8 8, linear 8 8)",
        "seq(identity, linear 8 8, identity, linear 8 8, linear 8 8)",
    ),
    "positions that become names": (
        "seq(linear 8 6, relu, linear 6 4)",
        "seq(body = seq(linear 8 6, relu), head = linear 6 4)",
    ),
    "a module around all": ("seq(linear 8 6, relu, linear 6 4)", "seq(net = seq(linear 8 6, relu, linear 6 4))"),
    "a module less": ("seq(net = seq(linear 8 6, relu, linear 6 4))", "seq(linear 8 6, relu, linear 6 4)"),
    "blocks, and what is in them": (
        f"{BLOCK}seq(stem = linear 8 4, blocks = seq(Block 4 for _ in range(5)), head = linear 4 2)",
        f"{RENAMED_BLOCK}seq(stem = linear 8 4, layers = seq(Mlp 4 for _ in range(5)), fc = linear 4 2)",
    ),
    "buffers": (
        "seq(c = linear 8 8, n = batch_norm1d 8, linear 8 8)",
        "seq(c = linear 8 8, bn = batch_norm1d 8, linear 8 8)",
    ),
    "parameters": tuple(
        f"module M {{ param {name}: [8] ~ ones; fc = linear 8 8; def forward(x: [B, 8]) = fc(x) * {name} }}\n"
        f"let net: [B, 8] = M"
        for name in ("gain", "scale")
    ),
    "ties": tuple(
        f"module M {{ {a} = linear 8 8; {b} = linear 8 8; tie {b}.weight = {a}.weight;"
        f" c = linear 8 8; def forward(x: [B, 8]) = {b}({a}(x)) + c(x) }}\nlet net: [B, 8] = M"
        for a, b in (("a", "b"), ("one", "two"))
    ),
    "layers made of layers": tuple(
        f"seq({name} = transformer_encoder(transformer_encoder_layer(8, 2, 16), 2))"
        for name in ("encoder", "body")
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("name", RENAMES)
def test_a_network_with_other_names_computes_the_same(name: str) -> None:
    old, new = RENAMES[name]
    found = carried(old, new, 5, 8)
    assert not found.missing and not found.added and not found.removed and not found.reshaped
    assert found.same == (name == "nothing")
    back = netdsl.diff(new, old)
    state = network(old).state_dict()
    assert back.apply(found.apply(state)).keys() == state.keys()


def drawn(seed: int) -> tuple[str, str]:
    """A network of modules in modules, and the same with other names, on other levels. No two
    layers have the same sizes."""
    draw = random.Random(seed)
    width = [3]

    def layers(count: int) -> list[str]:
        found = []
        for _ in range(count):
            width.append(width[-1] + draw.randint(1, 3))
            found.append(f"linear {width[-2]} {width[-1]} bias={draw.random() < 0.5}")
        return found

    def grouped(items: list[str]) -> str:
        found, at = [], 0
        while at < len(items):
            size = draw.randint(1, 3)
            part = items[at : at + size]
            inner = part[0] if size == 1 or len(part) == 1 else f"seq({', '.join(part)})"
            found.append(f"{draw.choice('abcdef')}{at} = {inner}")
            at += size
        return f"seq({', '.join(found)})"

    made = layers(draw.randint(2, 9))
    return grouped(made), grouped(made)


def test_layers_are_found_wherever_they_went() -> None:
    for seed in range(40):
        old, new = drawn(seed)
        found = carried(old, new, 2, 3)
        assert not found.assumed and not found.missing, (old, new)


# ---- what changes beyond names -------------------------------------------------


def test_what_is_added_gets_no_value() -> None:
    new = "seq(linear 8 8, relu, linear 8 8, head = linear 8 4)"
    found = carried("seq(linear 8 8, relu, linear 8 8)", new)
    assert found.kept == ("0.weight", "0.bias", "2.weight", "2.bias")
    assert found.missing == ("head.weight", "head.bias")
    assert [each.key for each in found.added] == ["head.weight", "head.bias"]


def test_what_has_other_sizes_does_not_carry_over() -> None:
    found = carried("seq(linear 8 8, relu, linear 8 4)", "seq(linear 8 8, relu, linear 8 2)")
    assert [(each.old.key, each.old.shape, each.new.shape) for each in found.reshaped] == [
        ("2.weight", (4, 8), (2, 8)),
        ("2.bias", (4,), (2,)),
    ]
    assert found.missing == ("2.weight", "2.bias")
    assert not found.removed and not found.added


def test_an_item_put_in_moves_those_after_it() -> None:
    found = carried(
        "seq(linear 8 8, linear 8 8, linear 8 8)",
        "seq(layer_norm 8, linear 8 8, linear 8 8, linear 8 8)",
    )
    assert found.renamed == {
        f"{at + 1}.{name}": f"{at}.{name}" for at in range(3) for name in ("weight", "bias")
    }
    assert found.assumed == ()


def test_blocks_put_at_the_end_leave_the_others() -> None:
    one, more = (f"{BLOCK}seq(seq(Block 4 for _ in range({n})))" for n in (3, 5))
    found = carried(one, more)
    assert not found.renamed and len(found.kept) == 18
    assert {key.split(".")[1] for key in found.missing} == {"3", "4"}
    assert not carried(more, one).missing


def test_equal_layers_that_are_as_many_keep_their_order_and_that_is_said() -> None:
    found = carried(
        "seq(a = linear 8 8, b = linear 8 8)", "seq(c = linear 8 8, d = linear 8 8)", 2, 8
    )
    assert found.mapping == {
        "c.weight": "a.weight", "c.bias": "a.bias", "d.weight": "b.weight", "d.bias": "b.bias",
    }  # fmt: skip
    assert found.assumed == tuple(found.mapping)
    assert "by their order alone" in found.text()


def test_one_of_two_equal_layers_is_not_guessed() -> None:
    found = carried("seq(a = linear 8 8, b = linear 8 8)", "seq(c = linear 8 8)")
    assert found.mapping == {}
    ((old, new),) = [(each.old, each.new) for each in found.doubts]
    assert (old, new) == (("a", "b"), ("c",))
    assert "unclear    a, b -> c" in found.text()


def test_equal_layers_in_several_places_are_not_guessed() -> None:
    old = "seq(p = seq(linear 8 8, linear 8 4), q = seq(linear 4 8, linear 8 8))"
    new = "seq(r = seq(linear 8 8, linear 8 5), s = seq(linear 5 8, linear 8 8))"
    found = carried(old, new)
    assert found.mapping == {}
    assert [(each.old, each.new) for each in found.doubts] == [(("p.0", "q.1"), ("r.0", "s.1"))]


def test_a_network_inside_another_one_is_found_whole() -> None:
    blocks = "linear 8 8, relu, linear 8 8, linear 8 8"
    one, more = f"seq({blocks})", f"seq(body = seq({blocks}), head = linear 8 8)"
    found = carried(one, more)
    assert found.assumed == () and found.missing == ("head.weight", "head.bias")
    assert found.mapping["body.3.bias"] == "3.bias"
    back = carried(more, one)
    assert not back.missing and not back.assumed and len(back.removed) == 2


def test_a_layer_of_another_class_is_another_layer() -> None:
    found = carried("seq(a = linear 8 8)", "seq(b = conv1d 8 8 1)")
    assert not found.mapping and not found.reshaped
    found = carried("seq(a = batch_norm1d 8)", "seq(b = layer_norm 8)")
    assert not found.mapping
    found = carried("seq(a = batch_norm1d 8)", "seq(a = layer_norm 8)")
    assert found.kept == ("a.weight", "a.bias")  # what is called alike carries over


def test_what_becomes_one_tensor_has_one_value() -> None:
    body = "embed = linear 8 8; head = linear 8 8; {}\n def forward(x: [B, 8]) = head(embed(x))"
    apart, tied = (
        f"module M {{ {body.format(tie)} }}\nlet net: [B, 8] = M"
        for tie in ("", "tie head.weight = embed.weight")
    )
    found = carried(apart, tied)
    assert found.mapping["head.weight"] == "embed.weight"
    assert [each.key for each in found.removed] == ["head.weight"]
    assert carried(tied, apart, 2, 8).mapping["head.weight"] == "head.weight"
    alone = (
        "module M { embed = linear 8 8; def forward(x: [B, 8]) = embed(x) }\nlet net: [B, 8] = M"
    )
    assert carried(alone, tied).missing == ("head.bias",)


def test_what_another_package_holds_goes_where_it_goes() -> None:
    extern = "extern module somewhere.Backbone(n: int): [*S] -> [*S]\n"
    old = f"{extern}seq(body = Backbone 3, fc = linear 4 4)"
    new = f"{extern}seq(net = Backbone 3, fc = linear 4 4)"
    found = netdsl.diff(old, new)
    state = {"body.a.weight": 1, "fc.weight": 2, "fc.bias": 3}
    assert found.apply(state) == {"fc.weight": 2, "fc.bias": 3, "net.a.weight": 1}
    assert [(each.kind, each.old, each.new) for each in found.foreign] == [
        ("Backbone", "body", "net")
    ]
    assert "what Backbone holds is not known; it carries over" in found.text()
    assert not found.same and netdsl.diff(old, old).same
    lost = netdsl.diff(old, "seq(fc = linear 4 4)")
    assert [each.path for each in lost.untold] == ["body"]
    assert lost.apply(state) == {"fc.weight": 2, "fc.bias": 3}


def test_a_state_of_another_network_is_refused() -> None:
    found = netdsl.diff("seq(linear 4 4)", "seq(fc = linear 4 4)")
    with pytest.raises(ValueError, match=r"it lacks 0\.bias"):
        found.apply({"0.weight": 1})
    with pytest.raises(ValueError, match=r"it also has a, b, c, and 1 more"):
        found.apply({"0.weight": 1, "0.bias": 2, "a": 3, "b": 4, "c": 5, "d": 6})


def test_repeats_are_folded_but_never_into_another_order() -> None:
    old, new = RENAMES["blocks, and what is in them"]
    lines = netdsl.diff(old, new).text().splitlines()
    assert "renamed    blocks.{0..4}.fc1 -> layers.{0..4}.up  (10 tensors)" in lines
    swapped = netdsl.diff(
        "let net() = list(seq(linear 2 3, linear 3 4))",
        "let net() = list(seq(linear 3 4), seq(identity, linear 2 3))",
    ).text()
    assert "renamed    0.0 -> 1.1  (2 tensors)\nrenamed    0.1 -> 0.0  (2 tensors)\n" in "\n".join(
        sorted(swapped.splitlines(keepends=True))
    ).replace("\n\n", "\n")


# ---- any two networks ----------------------------------------------------------


def _programs(seeds: range) -> list[tuple[str, nn.Module]]:
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in seeds:
            text = make(seed)[0].concrete
            if any(each.severity == "error" for each in netdsl.check(text)):
                continue
            try:
                found.append((text, load(text).entry()))
            except REFUSALS:
                continue
    return [each for each in found if each[1].state_dict() and not _is_lazy(each[1])]


def _is_lazy(network: nn.Module) -> bool:
    return any(isinstance(each, UninitializedTensorMixin)
               for each in network.state_dict(keep_vars=True).values())  # fmt: skip


def test_what_carries_over_always_loads() -> None:
    """Between any two generated networks torch lacks what was said, and nothing else."""
    programs = _programs(range(400, 470))
    assert len(programs) > 12
    states = [netdsl.state(text) for text, _ in programs]
    for at, (_, one) in enumerate(programs):
        old = one.state_dict()
        for to in (at, (at + 1) % len(programs), (at + 7) % len(programs)):
            found = netdsl.diff(states[at], states[to])
            assert found.same or at != to
            loaded = programs[to][1].load_state_dict(found.apply(old), strict=False)
            assert tuple(loaded.missing_keys) == found.missing
            assert loaded.unexpected_keys == []


def test_renamed_children_keep_their_order() -> None:
    count = 0
    for text, one in _programs(range(600, 650)):
        renamed = re.sub(r"\bc(\d+)\b", r"child_\1", text)
        found = netdsl.diff(text, renamed)
        count += bool(found.renamed)
        assert tuple(found.mapping.values()) == tuple(one.state_dict()), text
        load(renamed).entry().load_state_dict(found.apply(one.state_dict()), strict=True)
    assert count > 8


def test_every_network_is_the_same_as_itself() -> None:
    text = (ROOT / "examples" / "resnet.nd").read_text()
    one, other = netdsl.state(text, "resnet18"), netdsl.state(text, "resnet50")
    assert netdsl.diff(one, one).same and netdsl.diff(other, other).same
    found = netdsl.diff(one, other)
    assert found.old.entry == "resnet18" and len(found.kept) == 98
    assert {*found.kept, *found.missing} == {each.key for each in other.tensors}


# ---- the command ---------------------------------------------------------------

OLD = "module M { fc1 = linear 8 8; def forward(x: [B, 8]) = fc1(x) }\nlet a: [B, 8] = M\nlet b: [B, 8] = seq(M, M)\n"
NEW = OLD.replace("fc1", "fc")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "old.nd").write_text(OLD)
    (tmp_path / "new.nd").write_text(NEW)
    (tmp_path / "with:colon.nd").write_text(NEW)
    (tmp_path / "wrong.nd").write_text("seq(linear 4 8, linear 4 4)")
    return tmp_path


def command(folder: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "netdsl", "diff", *arguments],
        cwd=folder, input=given, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    return run.returncode, run.stdout, run.stderr


def test_the_command_says_what_changes(files: Path) -> None:
    status, out, err = command(files, "old.nd", "new.nd")
    assert (status, err) == (0, "")
    assert out == (
        "renamed    fc1 -> fc  (2 tensors)\n\n"
        "2 of 2 tensors get their value from 2 old ones: 0 stay, 2 are renamed\n"
    )


def test_entries_are_named_after_a_colon(files: Path) -> None:
    assert "unclear    fc1 -> {0,1}.fc1" in command(files, "old.nd:a", ":b")[1]
    assert "{0,1}.fc1 -> {0,1}.fc" in command(files, "old.nd:b", "new.nd:b")[1]
    assert "fc1 -> fc" in command(files, "old.nd:M", "with:colon.nd")[1]
    assert "fc1 -> fc" in command(files, "-", "new.nd", given=OLD)[1]


def test_the_exit_code_tells_of_changes_if_asked(files: Path) -> None:
    assert command(files, "old.nd", "new.nd", "--check")[0] == 1
    assert command(files, "old.nd", "old.nd", "--check")[0] == 0
    assert "nothing changes" in command(files, "old.nd", "old.nd")[1]


def test_wrong_programs_and_names(files: Path) -> None:
    status, out, err = command(files, "old.nd", "wrong.nd")
    assert (status, out) == (1, "") and "error[shape-mismatch]" in err
    assert command(files, "old.nd", "none.nd")[0] == 1
    status, _, err = command(files, "old.nd:c", "new.nd")
    assert (
        status == 2 and "there is no network c that needs no arguments; there are: a, b, M" in err
    )
    status, _, err = command(files, "-", "-", given=OLD)
    assert status == 2 and "read once" in err


def test_json_has_all_of_it(files: Path) -> None:
    status, out, _ = command(files, "old.nd", "new.nd", "--format", "json")
    found: dict[str, Any] = json.loads(out)
    assert status == 0
    assert found["mapping"] == {"fc.weight": "fc1.weight", "fc.bias": "fc1.bias"}
    assert found["new"]["tensors"][0] == {
        "key": "fc.weight", "shape": [8, 8], "kind": "parameter", "dtype": "float",
        "class": "Linear", "tied_to": None,
    }  # fmt: skip
    assert found == netdsl.diff(OLD, NEW).to_json()


def test_torch_is_not_imported(files: Path) -> None:
    code = (
        "import sys; from netdsl.cli import main; main(['diff', 'old.nd', 'new.nd']);"
        " sys.exit('torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=files, env={"PYTHONPATH": str(ROOT)})
    assert run.returncode == 0


def test_limits_of_the_project_hold(files: Path) -> None:
    (files / "pyproject.toml").write_text("[tool.netdsl.limits]\nsource = 20\n")
    status, _, err = command(files, "old.nd", "new.nd")
    assert status == 1 and "longer than 80 bytes" in err
