"""The trials. Each is given a subject, and raises an AssertionError, or what torch raises, where
the network does not survive."""

from __future__ import annotations

import contextlib
import copy
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from tests.parity.compare import (
    Call,
    compare_eval,
    compare_keys,
    compare_training,
    same,
    tensors,
)
from tests.survival.subject import Outputs, Subject

CLOSE = 1e-4
"""How far, as a share of the largest number, what computes in another order may be off."""


class Trial(NamedTuple):
    """What is tried, and what holds afterwards."""

    name: str
    what: str
    run: Callable[[Subject], None]
    needs: tuple[str, ...] = ()
    """Packages besides torch."""


def equal(one: Outputs, other: Outputs) -> bool:
    return all(torch.equal(a, b) for (_, a), (_, b) in zip(one, other, strict=True))


def compiling(subject: Subject) -> None:
    torch.compiler.reset()
    ours, plain = subject.module(), subject.module()
    with _recurrent_layers_too():
        _compiling(subject, ours, plain)
    torch.compiler.reset()


@contextlib.contextmanager
def _recurrent_layers_too() -> Iterator[None]:
    """Layers that torch compiles on demand only."""
    dynamo: Any = torch._dynamo.config
    with dynamo.patch(allow_rnn=True):
        yield


def _compiling(subject: Subject, ours: nn.Module, plain: nn.Module) -> None:
    run = torch.compile(subject.plain(ours), fullgraph=True, backend="aot_eager")
    for compare in (compare_eval, compare_training):
        compare(
            ours,
            plain,
            subject.inputs(),
            call=lambda _, *given: run(*given),
            reference_call=subject.call,
            tolerance=CLOSE,
        )


def exporting(subject: Subject) -> None:
    module = subject.module()
    # A short way through attention, which export does not take, adds up in another order.
    with _without_short_cuts():
        _exporting(subject, module)


@contextlib.contextmanager
def _without_short_cuts() -> Iterator[None]:
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _exporting(subject: Subject, module: nn.Module) -> None:
    exported = torch.export.export(subject.plain(module), tuple(subject.inputs()))
    assert set(exported.state_dict) == set(subject.plain(module).state_dict()), "other keys"
    with torch.no_grad():
        got = tensors(exported.module()(*subject.inputs()))
        same("exported", got, iter(subject.outputs(module)))


def deep_copying(subject: Subject) -> None:
    _twin(subject, copy.deepcopy)


def pickling(subject: Subject) -> None:
    _twin(subject, lambda module: pickle.loads(pickle.dumps(module)))


def _twin(subject: Subject, double: Callable[[nn.Module], nn.Module]) -> None:
    """A copy does what the module does, and leads a life of its own afterwards."""
    module, other = subject.module(), subject.module(seed=1)
    twin = double(module)
    compare_keys(twin, module)
    before, after = subject.outputs(module), subject.outputs(other)
    assert not equal(before, after), "the weights change nothing"
    same("the copy", iter(subject.outputs(twin)), iter(before))
    twin.load_state_dict(other.state_dict())
    same("the copy, changed", iter(subject.outputs(twin)), iter(after))
    same("the original", iter(subject.outputs(module)), iter(before))


def doubling(subject: Subject) -> None:
    module = subject.module()
    single = subject.outputs(module)
    double = subject.outputs(module.to(torch.float64), dtype=torch.float64)
    for name, tensor in double:
        assert tensor.dtype != torch.float32, f"{name} is still of float32"
    same("in float64", iter(_rounded(double)), iter(single), CLOSE)


def _rounded(outputs: Outputs) -> Outputs:
    return [(name, x.float() if x.is_floating_point() else x) for name, x in outputs]


def going_meta(subject: Subject) -> None:
    module = subject.module()
    expected = subject.outputs(module)
    with torch.device("meta"):
        built = subject.build().eval()
    compare_keys(built, module)
    for meta in (built, module.to("meta")):
        got = subject.outputs(meta, device="meta")
        for (name, one), (_, other) in zip(got, expected, strict=True):
            assert one.is_meta, f"{name} is on {one.device}"
            said = f"{name} is {one.dtype}{list(one.shape)}, not {other.dtype}{list(other.shape)}"
            assert (one.shape, one.dtype) == (other.shape, other.dtype), said


def calling_functionally(subject: Subject) -> None:
    module, other = subject.module(), subject.module(seed=1)
    before, after = subject.outputs(module), subject.outputs(other)
    assert not equal(before, after), "the weights change nothing"
    state = _places(subject.plain(other))
    with torch.no_grad():
        # Torch does not put a shared module's own weights back if it is to find ties itself.
        got = torch.func.functional_call(
            subject.plain(module), state, tuple(subject.inputs()), tie_weights=False
        )
    same("with other weights", tensors(got), iter(after))
    same("with its own", iter(subject.outputs(module)), iter(before))


def _places(module: nn.Module) -> dict[str, Tensor]:
    """What each module holds itself, and no module twice: ties are there, aliases are not."""
    return {
        f"{path}.{name}" if path else name: tensor
        for path, each in module.named_modules()
        for held in (each.named_parameters(recurse=False), each.named_buffers(recurse=False))
        for name, tensor in held
    }


def hooking(subject: Subject) -> None:
    """Hooks fire where those of the reference do, and what they return is what goes on."""
    module, theirs = subject.module(), subject.reference().eval()
    before = subject.outputs(module)
    fired, expected = _fired(module, subject), _fired(theirs, subject, subject.reference_call)
    assert fired == expected, f"{_first(fired, expected)} on one side alone"
    same("with hooks", iter(subject.outputs(module)), iter(before))
    held = {id(each): each for each in module.modules()}
    last = [
        each for each in held.values() if next(each.parameters(recurse=False), None) is not None
    ]
    for each in last:
        each.register_forward_hook(lambda _module, _inputs, output: _doubled(output))
    assert not equal(subject.outputs(module), before), "what hooks return is lost"


def _holders(module: nn.Module) -> dict[str, nn.Module]:
    """The modules that hold weights, by name."""
    return {
        name: each
        for name, each in module.named_modules()
        if next(each.parameters(recurse=False), None) is not None
    }


def _fired(module: nn.Module, subject: Subject, call: Call | None = None) -> list[str]:
    """Which of them are called, in order."""
    fired: list[str] = []
    handles = [
        each.register_forward_hook(lambda *_, name=name: fired.append(name))
        for name, each in _holders(module).items()
    ]
    with torch.no_grad():
        (call or subject.call)(module, *subject.inputs())
    for handle in handles:
        handle.remove()
    return fired


def _first(one: list[str], other: list[str]) -> str:
    return next(iter(sorted(set(one) ^ set(other))), "their order")


def _doubled(output: object) -> object:
    return 2 * output if isinstance(output, Tensor) and output.is_floating_point() else output


def saving_safely(subject: Subject) -> None:
    from safetensors.torch import load_model, save_model

    module, fresh = subject.module(), subject.module(seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.safetensors"
        save_model(module, str(path))
        missing, unexpected = load_model(fresh, path)
    assert not missing and not unexpected, f"{missing} and {unexpected} do not fit"
    compare_keys(fresh, module)
    same("the state", iter(fresh.state_dict().items()), iter(module.state_dict().items()))
    same("loaded", iter(subject.outputs(fresh)), iter(subject.outputs(module)))


def leaving_for_onnx(subject: Subject) -> None:
    import onnxruntime

    module, given = subject.module(), tuple(subject.inputs())
    program = torch.onnx.export(subject.plain(module), given, dynamo=True, verbose=False)
    assert program is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        program.save(path)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = [each.name for each in session.get_inputs()]
        arrays = [each.numpy() for _, each in tensors(given)]
        got = session.run(None, dict(zip(names, arrays, strict=True)))
    expected = subject.outputs(module)
    found = [(name, torch.from_numpy(a)) for (name, _), a in zip(expected, got, strict=True)]
    same("by onnxruntime", iter(found), iter(expected), CLOSE)


TRIALS = [
    Trial(
        "torch.compile",
        '`torch.compile(fullgraph=True, backend="aot_eager")`, recurrent layers too, in eval and in train: outputs, '
        "gradients and buffers are close",
        compiling,
    ),
    Trial("torch.export", "`torch.export.export`: the same keys, the same bits", exporting),
    Trial(
        "deepcopy",
        "`copy.deepcopy`: the same bits, and no ties between the copy and the original",
        deep_copying,
    ),
    Trial("pickle", "`pickle.dumps` and `loads`: as `deepcopy`", pickling),
    Trial("float64", "`.to(float64)`: all results are of float64, and close", doubling),
    Trial(
        "meta",
        '`.to("meta")`, and built under `torch.device("meta")`: the same shapes and dtypes',
        going_meta,
    ),
    Trial(
        "functional_call",
        "`torch.func.functional_call` with other weights: the bits of a network that has them",
        calling_functionally,
    ),
    Trial(
        "hooks",
        "forward hooks on all modules that hold weights: they fire where those of the reference "
        "do, in its order, and what they return goes on",
        hooking,
    ),
    Trial(
        "safetensors",
        "`save_model` and `load_model` of safetensors: the same keys, ties and bits",
        saving_safely,
        ("safetensors",),
    ),
    Trial(
        "ONNX",
        "`torch.onnx.export(dynamo=True)`, run by onnxruntime: outputs are close",
        leaving_for_onnx,
        ("onnx", "onnxscript", "onnxruntime"),
    ),
]
