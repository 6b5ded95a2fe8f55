"""How a network is held against its reference: `compare` raises an AssertionError that names the
first difference, and otherwise says how much was compared.

Weights are equal to the last bit wherever they come from the same seed. Outputs, gradients and
buffers are, too, unless a tolerance is given.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

Inputs = Sequence[Any]
Call = Callable[..., Any]
"""Calls a module: `call(module, *inputs)`. What it returns holds tensors, at any depth."""


class Entry(NamedTuple):
    """One line of a state_dict, and what its tensor is in the module."""

    name: str
    shape: torch.Size
    dtype: torch.dtype
    is_parameter: bool
    trained: bool
    same_as: str
    """The first key of this very tensor: another one than `name` if weights are tied."""


class Count(NamedTuple):
    """What was compared: keys of the state_dict, and pairs of tensors. `tied` are the keys of
    tensors that have another one."""

    keys: int
    tensors: int
    tied: int = 0


def plainly(module: nn.Module, *inputs: Any) -> Any:
    return module(*inputs)


def describe(module: nn.Module) -> list[Entry]:
    """The state_dict in its order, without its numbers."""
    parameters = dict(module.named_parameters(remove_duplicate=False))
    buffers = dict(module.named_buffers(remove_duplicate=False))
    first: dict[int, str] = {}
    return [
        Entry(
            name,
            tensor.shape,
            tensor.dtype,
            name in parameters,
            name in parameters and parameters[name].requires_grad,
            first.setdefault(id(parameters.get(name, buffers.get(name))), name),
        )
        for name, tensor in module.state_dict().items()
    ]


def fill(module: nn.Module, seed: int = 0) -> None:
    """Fills the state with seeded noise, of a size that keeps signals alive in deep networks: a
    dead one would hide what differs behind it. Whole numbers, which may be indices, stay."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in module.state_dict().items():
        if not tensor.is_floating_point():
            continue
        noise = torch.randn(tensor.shape, generator=generator).to(tensor.dtype)
        if "var" in name:
            tensor.copy_(0.5 + noise.abs())
        elif tensor.ndim > 1:  # each row keeps the size of what it is multiplied with
            tensor.copy_(noise * (len(tensor) / tensor.numel()) ** 0.5)
        else:  # a gain stays near 1, a shift near 0
            tensor.add_(0.1 * noise)


def tensors(output: Any, path: str = "output") -> Iterator[tuple[str, Tensor]]:
    """The tensors in a result, each with the way to it."""
    match output:
        case Tensor():
            yield path, output
        case Mapping():
            for key, each in output.items():
                yield from tensors(each, f"{path}[{key!r}]")
        case list() | tuple():
            for index, each in enumerate(output):
                yield from tensors(each, f"{path}[{index}]")
        case None | bool() | int() | float() | str():
            pass
        case _ if dataclasses.is_dataclass(output):
            for field in dataclasses.fields(output):
                yield from tensors(getattr(output, field.name), f"{path}.{field.name}")
        case _:
            raise AssertionError(f"{path} is a {type(output).__name__}, which holds no tensors")


def same(
    what: str,
    ours: Iterator[tuple[str, Tensor]],
    theirs: Iterator[tuple[str, Tensor]],
    tolerance: float = 0.0,
) -> int:
    """Holds tensors against each other, and counts them."""
    left, right = dict(ours), dict(theirs)
    assert list(left) == list(right), f"{what}: {list(left)}, not {list(right)}"
    for name, one in left.items():
        other = right[name]
        said = f"{what}, {name}"
        assert one.shape == other.shape, f"{said}: {list(one.shape)}, not {list(other.shape)}"
        assert one.dtype == other.dtype, f"{said}: {one.dtype}, not {other.dtype}"
        if torch.equal(one, other):
            continue
        off = (one.double() - other.double()).abs().max().item()
        close = off <= tolerance * max(1.0, other.double().abs().max().item())
        assert tolerance and close, f"{said}: differs by {off:.3g}"
    return len(left)


def compare_keys(ours: nn.Module, theirs: nn.Module) -> int:
    """The same keys in the same order, with the same shapes, dtypes, kinds and ties."""
    left, right = describe(ours), describe(theirs)
    for one, other in zip(left, right, strict=False):
        assert one == other, f"keys: {one}, not {other}"
    assert len(left) == len(right), f"{len(left)} keys, not {len(right)}"
    return len(left)


def compare_initial(ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module]) -> int:
    """The same weights under the same seed."""
    return _compare_initial(*(_seeded(build) for build in (ours, theirs)))


def _seeded(build: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return build()


def _compare_initial(ours: nn.Module, theirs: nn.Module) -> int:
    return same("initial weights", _state(ours), _state(theirs))


def _state(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from module.state_dict().items()


def compare_loaded(ours: nn.Module, theirs: nn.Module) -> None:
    """Ours takes the state of the reference, which is noise from here on."""
    fill(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)


def compare_eval(
    ours: nn.Module,
    theirs: nn.Module,
    inputs: Inputs,
    *,
    call: Call = plainly,
    reference_call: Call = plainly,
    tolerance: float = 0.0,
) -> int:
    """The same outputs, which depend on the inputs."""
    with torch.no_grad():
        one = list(tensors(call(ours.eval(), *inputs)))
        other = list(tensors(reference_call(theirs.eval(), *inputs)))
    _alive(one)
    return same("in eval", iter(one), iter(other), tolerance)


def _alive(outputs: list[tuple[str, Tensor]]) -> None:
    """Numbers that say something: a network whose signal has died equals any other one."""
    assert outputs, "no tensor comes out"
    for path, tensor in outputs:
        if tensor.is_floating_point():
            assert tensor.isfinite().all(), f"{path} is not finite"
            assert tensor.numel() == 1 or tensor.std() > 0, f"{path} is constant"


def compare_training(
    ours: nn.Module,
    theirs: nn.Module,
    inputs: Inputs,
    *,
    call: Call = plainly,
    reference_call: Call = plainly,
    tolerance: float = 0.0,
) -> int:
    """Under one seed, the same outputs, gradients of parameters and inputs, and buffers."""
    one, other = _trained(ours, call, inputs), _trained(theirs, reference_call, inputs)
    _alive(one["outputs"])
    gradients = [gradient for _, gradient in one["gradients"]]
    assert all(each.isfinite().all() for each in gradients), "gradients are not finite"
    assert 2 * sum(bool(each.any()) for each in gradients) > len(gradients), "gradients are zero"
    return sum(
        same(f"in train, {what}", iter(one[what]), iter(other[what]), tolerance) for what in one
    )


def _trained(module: nn.Module, call: Call, inputs: Inputs) -> dict[str, list[tuple[str, Tensor]]]:
    given = [
        (
            each.clone().requires_grad_()
            if isinstance(each, Tensor) and each.is_floating_point()
            else each
        )
        for each in inputs
    ]
    module.train().zero_grad()
    torch.manual_seed(1)
    outputs = list(tensors(call(module, *given)))
    losses = [each.square().mean() for _, each in outputs if each.requires_grad]
    assert losses, "no output has a gradient"
    torch.stack(losses).sum().backward()
    leaves: list[tuple[str, Any]] = [
        *module.named_parameters(),
        *((f"input {index}", each) for index, each in enumerate(given)),
    ]
    return {
        "outputs": outputs,
        "gradients": [
            (name, each.grad)
            for name, each in leaves
            if isinstance(each, Tensor) and each.grad is not None
        ],
        "buffers": [
            (name, tensor)
            for name, tensor in module.state_dict().items()
            if name in dict(module.named_buffers(remove_duplicate=False))
        ],
    }


def compare(
    ours: Callable[[], nn.Module],
    theirs: Callable[[], nn.Module],
    inputs: Inputs,
    *,
    call: Call = plainly,
    reference_call: Call = plainly,
    tolerance: float = 0.0,
    initial: bool = True,
) -> Count:
    """All of it. Each side is built once, under the same seed; `initial=False` is for a reference
    that draws other weights, and the table says why."""
    one, other = _seeded(ours), _seeded(theirs)
    keys = compare_keys(one, other)
    count = _compare_initial(one, other) if initial else 0
    compare_loaded(one, other)
    for run in (compare_eval, compare_training):
        count += run(
            one,
            other,
            inputs,
            call=call,
            reference_call=reference_call,
            tolerance=tolerance,
        )
    return Count(keys, count, sum(each.same_as != each.name for each in describe(one)))
