"""Tuples with names, as those of `typing`: which compiles a function for each class of them, and
needs `collections` for it."""

from __future__ import annotations

from netdsl.forms import TUPLES, named

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from typing import NamedTuple as NamedTuple
else:
    try:
        from _collections import _tuplegetter
    except ImportError:  # Python has it for `namedtuple`; another Python need not
        from operator import itemgetter

        def _tuplegetter(index: int, doc: str) -> property:
            return property(itemgetter(index), doc=doc)

    def _form(count: int) -> Any:
        """`__new__` of a tuple with so many fields."""
        if count < len(TUPLES):
            return TUPLES[count]
        names = ", ".join(f"_{at}" for at in range(count))
        return eval(f"lambda cls, {names}: new(cls, ({names}))", {"new": tuple.__new__})

    class _Tuples(type):
        """Makes a tuple with names of the annotations of a class."""

        def __new__(
            meta, name: str, bases: tuple[type, ...], namespace: dict[str, Any]
        ) -> type[Any]:
            if not bases:
                return super().__new__(meta, name, (tuple,), namespace)
            if bases[0] is not NamedTuple:  # which has its fields already
                return super().__new__(meta, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", {}))
            defaults = tuple(namespace.pop(each) for each in fields if each in namespace)
            made = named(_form(len(fields)), ["_cls", *fields])
            made.__defaults__ = defaults
            made.__qualname__ = f"{name}.__new__"
            for at, each in enumerate(fields):
                namespace[each] = _tuplegetter(at, f"Field number {at}")
            options = dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=True))
            namespace |= {
                "__slots__": (),
                "__new__": made,
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": options,
            }
            return super().__new__(meta, name, bases, namespace)

    class NamedTuple(metaclass=_Tuples):
        """As that of `typing`, which compiles each annotation."""

        __slots__ = ()

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Any:
            return cls(*values)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: Any) -> Any:
            return type(self)(**(self._asdict() | changes))

        def __repr__(self) -> str:
            shown = (f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({', '.join(shown)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)
