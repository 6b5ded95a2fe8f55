"""What programs may use of torch and Python, held against torch itself."""

from __future__ import annotations

import inspect
import math
import types
from typing import Any

import pytest
import torch
from torch import nn

from netdsl import torchlib
from netdsl.torchlib.review import review
from netdsl.torchlib.table import table

CLASSES = {
    name: value
    for name, value in vars(nn).items()
    if isinstance(value, type) and issubclass(value, nn.Module)
}


def words(text: str) -> list[str]:
    return text.split()


def names_of(signature: torchlib.Signature) -> list[str]:
    return [parameter.name for parameter in signature.parameters]


# ---- the review: what programs may use ----------------------------------------


def public(owner: Any, prefix: str = "") -> set[str]:
    """The public names of a module or class; modules in it are no values."""
    return {
        prefix + name
        for name in dir(owner)
        if not name.startswith("_") and not isinstance(getattr(owner, name), types.ModuleType)
    }


def exists(name: str, *owners: Any) -> bool:
    for owner in owners:
        for part in name.split("."):
            owner = getattr(owner, part, None)
        if owner is not None or name == "newaxis":
            return True
    return False


OWNERS: dict[str, tuple[Any, ...]] = {
    "torch": (torch,),
    "functional": (nn.functional,),
    "tensor": (torch.Tensor,),
    "namespaces": (torch, nn),
}


@pytest.mark.parametrize("file", sorted(OWNERS))
def test_every_public_name_is_reviewed(file: str) -> None:
    reviewed = review(file).allowed | set(review(file).reasons)
    if file == "namespaces":
        names = public(nn.init, "init.")
        for prefix in ("linalg", "fft", "special"):
            names |= public(getattr(torch, prefix), f"{prefix}.")
    else:
        names = public(OWNERS[file][0])
    assert names - reviewed == set()
    assert {name for name in reviewed if not exists(name, *OWNERS[file])} == set()


def test_what_is_allowed_can_be_looked_up_and_what_is_refused_cannot() -> None:
    for file in ("torch", "functional", "namespaces"):
        for name in review(file).allowed:
            known = torchlib.function(name) or torchlib.value(name)
            assert name.startswith("init.") or known, name
            assert torchlib.refusal(name) is None
    allowed = review("torch").allowed | review("functional").allowed
    for name in (set(review("torch").reasons) | set(review("functional").reasons)) - allowed:
        assert torchlib.function(name) is None, name
        assert torchlib.value(name) is None, name
        assert torchlib.refusal(name)
    for name in review("tensor").allowed:
        assert (torchlib.method(name) is None) != (torchlib.attribute(name) is None), name
    for name, reason in review("tensor").reasons.items():
        assert torchlib.method(name) is None and torchlib.attribute(name) is None, name
        assert torchlib.method_refusal(name) == reason
    assert {f"init.{name}_" for name in torchlib.scheme_names()} == {
        name for name in review("namespaces").allowed if name.startswith("init.")
    }


DANGEROUS = words("""
load save hub jit ops classes os sys importlib compile vmap fork from_file frombuffer from_numpy
from_dlpack to_dlpack asarray Tensor FloatTensor TypedStorage UntypedStorage manual_seed seed
set_num_threads set_default_dtype set_grad_enabled no_grad enable_grad autocast Generator
default_generator while_loop cond sparse_coo_tensor sparse_csr_tensor segment_reduce
import_ir_module numpy tofile data_ptr storage untyped_storage set_ resize_ apply_ map_ map2_
register_hook share_memory_ pin_memory backward requires_grad_ grad_fn new as_subclass __class__
__reduce_ex__ _make_subclass to_sparse values indices
""")


@pytest.mark.parametrize("name", DANGEROUS)
def test_nothing_dangerous_is_allowed(name: str) -> None:
    lookups = (torchlib.function, torchlib.method, torchlib.attribute, torchlib.value)
    assert [lookup(name) for lookup in lookups] == [None] * 4
    assert torchlib.scheme(name) is None


def test_no_allowed_name_is_private_or_refused_elsewhere() -> None:
    """A value whose type is not known may have any attribute that some value may have: none of
    these must be one that tensors have and programs may not use."""
    layer_attributes = {name for each in torchlib.layers() for name in each.attributes}
    open_names = {
        *torchlib.function_names(),
        *torchlib.method_names(),
        *torchlib.scheme_names(),
        *layer_attributes,
    }
    python = {name for name in dir(str) if torchlib.python_method(name)}
    assert not [name for name in open_names | python if name.startswith("_")]
    refused = {
        name
        for name in review("tensor").reasons
        if name in layer_attributes
        or torchlib.python_method(name)
        or torchlib.python_attribute(name)
        or torchlib.result_field(name)
    }
    # The first two are dangerous on sparse tensors alone, which no program can make; the others
    # are harmless on a tensor.
    assert refused == {"values", "indices", "index", "name"}


def test_what_is_allowed_computes_on_tensors() -> None:
    classes = {
        name
        for name in torchlib.function_names()
        if isinstance(getattr(torch, name, None), type) and not hasattr(nn.functional, name)
    }
    assert classes == {"finfo", "iinfo"}
    calling_back = {
        (name, parameter.name)
        for name in torchlib.function_names()
        for signature in torchlib.function(name).signatures  # type: ignore[union-attr]
        for parameter in signature.parameters
        if "Callable" in parameter.type or parameter.name.startswith("_")
    }
    assert calling_back == {("triplet_margin_with_distance_loss", "distance_function")}


@pytest.mark.parametrize("name", sorted(table("values")))
def test_values_are_torch_s(name: str) -> None:
    found = torchlib.value(name)
    assert found == f"torch.{name}"
    kinds = (torch.dtype, torch.memory_format, torch.layout, float)
    assert isinstance(getattr(torch, name), kinds)


# ---- functions and methods ----------------------------------------------------


def resolved(qualified: str) -> Any:
    owner: Any = {"F": nn.functional, "torch": torch, "nn": nn}[qualified.split(".")[0]]
    for part in qualified.split(".")[1:]:
        owner = getattr(owner, part)
    return owner


def test_names_mean_functional_s_function_first() -> None:
    expected = {
        "relu": "F.relu",
        "softmax": "F.softmax",
        "sigmoid": "torch.sigmoid",
        "tanh": "torch.tanh",
        "cat": "torch.cat",
        "linalg.norm": "torch.linalg.norm",
        "fft.fft2": "torch.fft.fft2",
        "special.expit": "torch.special.expit",
    }
    for name, qualified in expected.items():
        found = torchlib.function(name)
        assert found is not None and found.qualified == qualified
    for name in torchlib.function_names():
        found = torchlib.function(name)
        assert found is not None and callable(resolved(found.qualified))
        assert found.signatures
        functional = getattr(nn.functional, name, None)
        if functional is not None and name not in ("sigmoid", "tanh"):
            assert found.qualified == f"F.{name}"


def overloads(found: torchlib.TorchFunction | None) -> list[str]:
    assert found is not None
    return [f"({', '.join(names_of(each))}) -> {each.result}" for each in found.signatures]


def test_overloads() -> None:
    assert overloads(torchlib.function("cat")) == ["(tensors, dim, out) -> Tensor"]
    assert overloads(torchlib.function("topk")) == [
        "(input, k, dim, largest, sorted, out) -> tuple[Tensor, Tensor]"
    ]
    assert overloads(torchlib.method("view")) == [
        "(dtype) -> Tensor",
        "(size) -> Tensor",
        "(size) -> Tensor",
    ]
    view = torchlib.method("view")
    assert view is not None and view.signatures[2].parameters[0].kind == "variadic"
    pool = [words("input kernel_size stride padding dilation ceil_mode return_indices")] * 2
    found = torchlib.function("max_pool2d")
    assert found is not None and [names_of(each) for each in found.signatures] == pool
    assert [each.result for each in found.signatures] == ["Tensor", "tuple[Tensor, Tensor]"]
    assert [each.parameters[-1].required for each in found.signatures] == [False, True]
    assert "(condition) -> Sequence[Tensor]" in overloads(torchlib.function("where"))
    assert "(condition, input, other, out) -> Tensor" in overloads(torchlib.function("where"))
    arange = torchlib.function("arange")
    assert arange is not None
    assert {tuple(names_of(each)[:3]) for each in arange.signatures} >= {("start", "end", "step")}
    assert {names_of(each)[0] for each in arange.signatures} == {"start", "end"}
    normal = torchlib.method("normal_")
    assert overloads(normal) == ["(mean, std, generator) -> Tensor"]
    assert overloads(torchlib.scheme("normal")) == ["(tensor, mean, std, generator) -> Tensor"]
    softmax = torchlib.function("softmax")
    assert softmax is not None
    assert softmax.signatures[0].parameters[-1].kind == "keyword"  # a private one is before it


def test_second_names_of_torch_s_own_parser() -> None:
    total = torchlib.method("sum")
    assert total is not None
    aliases = {each.aliases for one in total.signatures for each in one.parameters}
    assert ("axis",) in aliases and ("keepdims",) in aliases
    assert torch.ones(2, 3).sum(axis=0, keepdims=True).shape == (1, 3)
    relu = torchlib.function("relu")
    assert relu is not None and relu.signatures[0].parameters[0].aliases == ()


def spelt_overloads(function: Any) -> list[tuple[set[str], set[str]]]:
    """The overloads that torch's parser lists in its complaint: required names, all names."""
    message = ""
    for count in (0, 1, 12):
        try:
            function(*[object()] * count)
        except (TypeError, RuntimeError, ValueError) as error:
            message = str(error)
        if "expected one of" in message:
            break
    found = []
    for line in message.splitlines():
        if line.startswith(" * (") and "{" not in line:
            parts = line.removeprefix(" * (").removesuffix(")").split(", ")
            named = [part for part in parts if part and part != "*"]
            every = {part.split(" = ")[0].split()[-1] for part in named}
            found.append(({p.split()[-1] for p in named if " = " not in p}, every))
    return found


NEEDS_DEVICE = {"cuda", "ipu", "mtia", "xpu"}


def test_no_overload_of_torch_s_parser_is_missing() -> None:
    checked = 0
    for kind, names in (("functions", torchlib.function_names()), ("methods", table("methods"))):
        for name in names:
            entry: Any = table(kind)[name]
            if not entry["parsed"] or name in NEEDS_DEVICE:
                continue
            found = torchlib.function(name) if kind == "functions" else torchlib.method(name)
            assert found is not None
            function = (
                resolved(found.qualified)
                if kind == "functions"
                else getattr(torch.ones(2, 2), name)
            )
            for required, every in spelt_overloads(function):
                checked += 1
                assert any(
                    (
                        {each.name for each in one.parameters} >= every - {"from"}
                        and {each.name for each in one.parameters if each.required} <= required
                    )
                    or (name in ("uniform_", "random_"))
                    for one in found.signatures
                ), (found.qualified, required, every)
    assert checked > 500


def test_every_recorded_type_is_spelt_the_one_way() -> None:
    known = set(
        words(
            "Any Callable Generator LinearCrossEntropyOptions Mapping Module None"
            " Sequence Tensor bool device dtype finfo float iinfo int layout memory_format"
            " str tuple ..."
        )
    )
    for name in (*torchlib.function_names(), *table("methods")):
        for found in (torchlib.function(name), torchlib.method(name)):
            for signature in found.signatures if found else ():
                texts = [each.type for each in signature.parameters] + [signature.result]
                spelt = " ".join(texts).replace("[", " ").replace("]", " ").replace(",", " ")
                assert set(spelt.replace("|", " ").split()) <= known, name


# ---- Python's values ------------------------------------------------------------


EXAMPLES: dict[str, Any] = {
    "list": [],
    "dict": {},
    "tuple": (),
    "str": "",
    "int": 0,
    "float": 0.0,
    "Size": torch.Size(),
    "finfo": torch.finfo(torch.float32),
    "iinfo": torch.iinfo(torch.int32),
    "device": torch.device("cpu"),
    "dtype": torch.float32,
}


def test_python_methods_and_attributes_exist() -> None:
    for lookup in (torchlib.python_method, torchlib.python_attribute):
        for kind, example in {**EXAMPLES, **CLASSES}.items():
            for name in dir(example):
                assert kind not in lookup("_" + name)
        table_names = words("append keys numel join parameters items log_prob eps type is_complex")
        for name in table_names:
            for kind in lookup(name):
                assert hasattr(EXAMPLES.get(kind, CLASSES.get(kind)), name), (kind, name)
    for name in ("format", "format_map", "encode", "translate", "maketrans", "__class__"):
        assert not torchlib.python_method(name)
    for name in ("add_module", "append", "register_forward_hook", "apply", "state_dict", "train"):
        kinds = torchlib.python_method(name)
        assert not kinds & set(CLASSES)


def test_math_is_python_s() -> None:
    for name in torchlib.math_names():
        found, member = torchlib.math_member(name), getattr(math, name)
        assert found is not None and found.callable == callable(member)
        if not found.callable:
            continue
        try:
            signature = inspect.signature(member)
        except ValueError:
            assert name in ("hypot", "log")
            continue
        named = [
            each for each in signature.parameters.values() if each.kind is not each.KEYWORD_ONLY
        ]
        variadic = any(each.kind is each.VAR_POSITIONAL for each in named)
        assert found.most == (None if variadic else len(named))
        assert found.least == sum(
            each.default is each.empty and each.kind is not each.VAR_POSITIONAL for each in named
        )
    assert {name for name in dir(math) if not name.startswith("_")} >= set(torchlib.math_names())
    assert torchlib.math_member("system") is None
