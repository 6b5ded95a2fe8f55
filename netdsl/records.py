"""Classes that hold named fields, and cost next to nothing to define.

`class Point(Frozen): x: int; y: int = 0` is what `dataclass(frozen=True, slots=True)` would make
of it, and `dataclasses.fields` and `dataclasses.replace` take it for that. What differs is the
price: a dataclass compiles half a dozen functions when it is defined, and this compiler has two
hundred such classes, most of which no program needs. Here one function is made for a class, when
the first of its kind is, and as a rule from one that was compiled before.
"""

from __future__ import annotations

from operator import attrgetter

from netdsl.forms import RECORDS, code_of, named
from netdsl.tuples import NamedTuple as NamedTuple

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import field as field
    from dataclasses import replace as replace
    from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

    _R = TypeVar("_R", bound="Frozen")
else:

    def dataclass_transform(**_: Any) -> Callable[[type], type]:
        return lambda cls: cls

    def field(
        *,
        default: Any = ...,
        default_factory: Callable[[], Any] | None = None,
        kw_only: bool = False,
        compare: bool = True,
        hash: bool = True,
        repr: bool = True,
    ) -> _Field:
        """What is to be known of a field beside its type; as that of dataclasses."""
        return _Field(default, default_factory, kw_only, compare, compare and hash, repr)

    def replace(record: _R, **changes: Any) -> _R:
        """The same record with other values in some fields."""
        cls = type(record)
        for name in cls._fields:
            if name not in changes:
                changes[name] = getattr(record, name)
        return cls(**changes)


_MISSING: Any = ...
"""No field has an ellipsis for its default."""


class _Field(NamedTuple):
    default: Any = _MISSING
    factory: Callable[[], Any] | None = None
    kw_only: bool = False
    compare: bool = True
    hashed: bool = True
    shown: bool = True

    @property
    def optional(self) -> bool:
        return self.default is not _MISSING or self.factory is not None


_PLAIN = _Field()
"""A field of which nothing is said but its type."""


class _AsDataclass:
    """`__dataclass_fields__`, made when somebody asks for it."""

    def __get__(self, _: object, cls: _Meta) -> dict[str, Any]:
        import dataclasses

        found = {}
        for name, each in cls._fields.items():
            made: Any = dataclasses.field(kw_only=each.kw_only, compare=each.compare)
            made.name, made.type, made.repr = name, cls._types[name], each.shown
            if each.default is not _MISSING:
                made.default = each.default
            if each.factory is not None:
                made.default_factory = each.factory
            made._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
            found[name] = made
        return found


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _Meta(type):
    """Takes annotations for fields."""

    _fields: dict[str, _Field]
    _types: dict[str, Any]
    _key: Callable[[Any], Any]
    _hashed: Callable[[Any], Any]

    def __new__(
        meta,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        slots: bool = True,
        **options: Any,
    ) -> _Meta:
        """With `slots=False` a class has a `__dict__`, which `cached_property` needs."""
        fields: dict[str, _Field] = {}
        types: dict[str, Any] = {}
        own: list[str] = []
        for base in reversed(bases):
            fields |= getattr(base, "_fields", {})
            types |= getattr(base, "_types", {})
        for each, annotation in namespace.get("__annotations__", {}).items():
            if str(annotation).startswith("ClassVar"):
                continue
            said = namespace.pop(each, _PLAIN)
            fields[each] = said if isinstance(said, _Field) else _Field(said)
            types[each] = annotation
            own.append(each)
        if slots:
            namespace["__slots__"] = tuple(own)
        namespace.setdefault("__init__", _first)
        of = fields.items()
        compared = [each for each, field in of if field.compare]
        hashed = [each for each, field in of if field.hashed]
        key = _values_of(compared)
        namespace |= {
            "__match_args__": tuple([each for each, field in of if not field.kw_only]),
            "_fields": fields,
            "_types": types,
            "_key": key,
            "_hashed": key if hashed == compared else _values_of(hashed),
        }
        return super().__new__(meta, name, bases, namespace)

    def __init__(cls, *_: Any, **__: Any) -> None:
        pass


def _values_of(names: list[str]) -> Callable[[Any], Any]:
    """What tells records of one class apart: nothing does if they have no fields."""
    return attrgetter(*(names or ["__class__"]))


def _first(self: Any, *args: Any, **named: Any) -> None:
    """The `__init__` of a class until one of its kind is made."""
    cls = type(self)
    cls.__init__ = _initialiser(cls)
    cls.__init__(self, *args, **named)


def _initialiser(cls: Any) -> Any:
    """An `__init__` as one would write it."""
    fields = sorted(cls._fields.items(), key=lambda field: field[1].kw_only)
    names = [name for name, _ in fields]
    plain = [each for _, each in fields if not each.kw_only]
    optional = [each for each in plain if each.optional]
    assert plain[len(plain) - len(optional) :] == optional, f"{cls}: defaults come last"
    ways = [_way(cls, name, each) for name, each in fields]
    usual = None not in ways and len(ways) < len(RECORDS) and not hasattr(cls, "__post_init__")
    form = RECORDS[len(ways)](*ways) if usual else _unusual(cls, fields)
    made = named(form, ["self", *names], len(fields) - len(plain))
    made.__defaults__ = tuple(_default(each) for each in optional)
    made.__kwdefaults__ = {
        name: _default(each) for name, each in fields if each.kw_only and each.optional
    }
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _way(cls: Any, name: str, field: _Field) -> Callable[[Any, Any], None] | None:
    """What sets a field; None for one that has no slot, and is set by its name."""
    slot, make = _slot(cls, name), field.factory
    if slot is None or make is None:
        return slot
    return lambda self, value: slot(self, make() if value is _MISSING else value)


def _slot(cls: Any, name: str) -> Callable[[Any, Any], None] | None:
    return getattr(getattr(cls, name, None), "__set__", None)


_put = object.__setattr__


def _unusual(cls: Any, fields: list[tuple[str, _Field]]) -> Any:
    """An `__init__` for what `RECORDS` has no form for."""
    scope: dict[str, Any] = {"_put": _put}
    body = [] if fields else ["pass"]
    for at, (name, each) in enumerate(fields):
        value = f"_{at}"
        if each.factory is not None:
            scope[f"_make{at}"] = each.factory
            value = f"_make{at}() if _{at} is ... else _{at}"
        slot = _slot(cls, name)
        scope[f"_set{at}"] = slot or name
        body.append(f"_set{at}(self, {value})" if slot else f"_put(self, _set{at}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join(["self", *(f"_{at}" for at in range(len(fields)))])
    exec(code_of(f"def __init__({parameters}):\n " + "\n ".join(body)), scope)
    return scope["__init__"]


def _default(each: _Field) -> Any:
    return _MISSING if each.factory is not None else each.default


def field_types(cls: type[Frozen]) -> Mapping[str, Any]:
    """The fields of a class in their order, each with its type as it is written."""
    return cls._types


def _again(cls: type[_R], values: tuple[Any, ...]) -> _R:
    """A record from its values, for pickle and copy."""
    return cls(**dict(zip(cls._fields, values, strict=True)))


class Frozen(metaclass=_Meta):
    """A record that never changes, and equals another one of its class with equal fields."""

    if TYPE_CHECKING:
        _fields: ClassVar[dict[str, _Field]]
        _types: ClassVar[dict[str, Any]]
        _key: ClassVar[Callable[[Any], Any]]
        _hashed: ClassVar[Callable[[Any], Any]]
    else:
        __dataclass_fields__ = _AsDataclass()

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if other.__class__ is not self.__class__:
            return NotImplemented
        key = type(self)._key
        return bool(key(self) == key(other))

    def __hash__(self) -> int:
        return hash(type(self)._hashed(self))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name, of in self._fields.items() if of.shown)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"`{name}` of {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"`{name}` of {type(self).__name__} cannot be deleted")

    def __reduce__(self) -> Any:
        values = tuple(getattr(self, name) for name in self._fields)
        return _again, (type(self), values)


@dataclass_transform(frozen_default=False, eq_default=False, field_specifiers=(field,))
class _OpenMeta(_Meta):
    """Takes annotations for fields that may change."""


class Mutable(metaclass=_OpenMeta):
    """A record that changes, and equals none but itself."""

    if TYPE_CHECKING:
        _fields: ClassVar[dict[str, _Field]]
    else:
        __dataclass_fields__ = _AsDataclass()

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name, of in self._fields.items() if of.shown)
        return f"{type(self).__qualname__}({', '.join(shown)})"
