"""What names and attributes stand for."""

from __future__ import annotations

import math
from itertools import chain

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.checking.alone import none_there
from netdsl.checking.attributes import setting
from netdsl.checking.costs import parameter
from netdsl.checking.evaluate.base import Evaluation
from netdsl.checking.frame import Frame
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Dtype,
    Items,
    Maybe,
    Module,
    Record,
    Tensor,
    Value,
    lineage,
    torch_class,
)
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Shape
from netdsl.source import Span


def own_names(module: Module) -> list[str]:
    """The parameters and lets of a module, without those of what it derives from."""
    definition = module.cls.definition
    if definition is None:
        return []
    lets = [each.names for each in definition.body if isinstance(each, ir.LetValue)]
    return [*(each.name for each in definition.parameters), *chain.from_iterable(lets)]


def own_values(module: Module) -> dict[str, Value]:
    """What these are."""
    return {name: module.attributes.get(name, UNKNOWN) for name in own_names(module)}


class NameEvaluation(Evaluation):
    """Names and attributes."""

    def name(self, ref: ir.Ref, frame: Frame) -> Value:
        name = ref.name
        match ref.kind:
            case "local" if name not in frame.variables:
                raise Mismatch(
                    f"`{name}` has no value on the way that leads here",
                    "assign it before the `if` or the loop.",
                    "unknown-name",
                )
            case "parameter" | "local" | "dim" | "share":
                return frame.variables.get(name, UNKNOWN)
            case "let" | "function":
                if name in frame.variables:
                    return frame.variables[name]
                return self.global_value(name)
            case "class" | "stored" | "child":
                if frame.building and name in frame.variables and ref.kind != "child":
                    return frame.variables[name]
                owner = frame.owner
                return UNKNOWN if owner is None else self.attribute(owner, name)
            case "self":
                return frame.owner if frame.owner is not None else UNKNOWN
            case "module" | "def" | "record" | "extern":
                return self.global_value(name)
            case "layer":
                return torch_class(name)
            case "method":
                return self._method(frame.owner, name)
            case "torch":
                return _dtype(name)
            case "math":
                constant = getattr(math, name, None)
                return constant if isinstance(constant, float) else UNKNOWN
            case _:
                return UNKNOWN

    def global_value(self, name: str) -> Value:
        """What a name of the file stands for; a value is worked out once."""
        definition = self.definition(name)
        if name not in self.values:
            self.values[name] = UNKNOWN
            self.values[name] = self._global(name, definition)
        return self.values[name]

    def _global(self, name: str, definition: ir.Definition | None) -> Value:
        match definition:
            case ir.ModuleDef():
                return Class(name, definition)
            case ir.LetFunction() | ir.Function():
                return Closure(definition, {})
            case ir.LetValue(names, value):
                found = self.value(value, Frame())
                if len(names) == 1:
                    return found
                if isinstance(found, Items) and len(found.elements) == len(names):
                    return found.elements[names.index(name)]
                return UNKNOWN
            case ir.RecordDef() | ir.ExternDef(kind="module"):
                return Class(name, declared=definition)
            case _:
                return UNKNOWN

    def _method(self, owner: Module | None, name: str) -> Value:
        """A method of a module, or of what it derives from."""
        if owner is None or owner.cls.definition is None:
            return UNKNOWN
        for each in lineage(owner):
            definition = each.cls.definition
            for method in definition.methods if definition is not None else ():
                if method.name == name:
                    return Closure(method, {} if each is owner else own_values(each), owner)
        return UNKNOWN

    def attribute(self, owner: Module, name: str) -> Value:
        """What `self.name` is."""
        if name in owner.attributes:
            return owner.attributes[name]
        if owner.items is not None and name in owner.items:
            return owner.items[name]
        parent = owner.attributes.get("super()")
        if isinstance(parent, Module) and name not in owner.arguments:
            return self.attribute(parent, name)
        if torchlib.has_part(owner.cls.torch, name):
            self.does(owner, _unknown)  # of a part: neither what it gives nor costs
            return UNKNOWN
        found = parameter(owner, name)  # before the argument `bias`
        return found if found is not UNKNOWN else setting(owner, name)

    def field(self, value: Value, name: str, span: Span) -> Value:
        match value:
            case Record(_, fields):
                return fields.get(name, UNKNOWN)
            case Tensor(shape, dtype):
                return self._tensor_field(shape, dtype, name)
            case Module():
                found = self.attribute(value, name)
                return found if found is not UNKNOWN else self._method(value, name)
            case Maybe(module):
                return self.field(module, name, span)
            case Class(cls, ir.ModuleDef() as definition):
                return self._class_attribute(cls, definition, name)
            case Items(elements, "values") if name in ("values", "indices"):
                return elements[name == "indices"]
            case None:
                raise none_there(f"`{name}`")
            case Dimension() | float() if name not in ("real", "imag"):
                raise Mismatch(
                    f"a number has no attribute `{name}`",
                    "see to what stands before the dot.",
                    "unknown-attribute",
                )
            case _:
                return UNKNOWN

    def _class_attribute(self, cls: str, definition: ir.ModuleDef, name: str) -> Value:
        """
        Raises:
            Mismatch: neither the class nor what it derives from has such an attribute.
        """
        for each in definition.body:
            if isinstance(each, ir.LetValue) and each.class_level and each.names == (name,):
                return self.value(each.value, Frame())
        match definition.base:
            case ir.Call(func=ir.Ref("module", base)):
                parent = self.definition(base)
                if isinstance(parent, ir.ModuleDef):
                    return self._class_attribute(cls, parent, name)
                return UNKNOWN
            case ir.Call(func=ir.Ref("extern")):
                return UNKNOWN
        raise Mismatch(
            f"the class `{cls}` has no attribute `{name}`",
            "such an attribute is a `let` in the body of the module that uses no parameter.",
            "unknown-attribute",
        )

    def _tensor_field(self, shape: Shape, dtype: str | None, name: str) -> Value:
        if name == "shape":
            return Items(tuple(UNKNOWN if part is None else part for part in shape.parts), "size")
        if name in ("mT", "T", "mH", "H") and shape.rank is not None:
            if shape.rank and name != "T" and (shape.rank < 2 or (name == "H" and shape.rank > 2)):
                raise Mismatch(
                    f"`.{name}` turns matrices, but this is {shape}",
                    "`x.transpose(a, b)` changes any two axes.",
                )
            if name == "T" or shape.rank < 2:
                return Tensor(Shape(tuple(reversed(shape.parts))), dtype)
            return Tensor(Shape((*shape.parts[:-2], shape.parts[-1], shape.parts[-2])), dtype)
        if name == "dtype":
            return Dtype(dtype)
        if name == "ndim":
            return UNKNOWN if shape.rank is None else Dimension(shape.rank)
        if name in ("real", "imag"):
            return Tensor(shape, "float" if dtype == "complex" else dtype)
        if name in ("data", "grad"):
            return Tensor(shape, dtype)
        return UNKNOWN


def _unknown() -> None:
    """What a module costs of which nothing is known."""


_KINDS = (("bool", "bool"), ("float", "float"), ("double", "float"), ("half", "float"),
          ("bfloat", "float"), ("int", "int"), ("uint", "int"), ("long", "int"), ("short", "int"),
          ("complex", "complex"), ("cfloat", "complex"), ("cdouble", "complex"))  # fmt: skip


def _dtype(qualified: str) -> Value:
    """The type of numbers that a name of torch stands for."""
    name = qualified.removeprefix("torch.")
    kind = next((kind for start, kind in _KINDS if name.rstrip("0123456789") == start), None)
    return UNKNOWN if kind is None else Dtype(kind)
