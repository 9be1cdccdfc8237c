"""`NamedTuple` as readers and type checkers know it, made in a tenth of the time.

`typing.NamedTuple` compiles each annotation by itself, and each class from text. Over some eighty classes that was a
seventh of all a check takes from start to end, for annotations that nothing here reads while it runs. What comes of a
class is the same: a tuple whose fields have names.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple
    from functools import cache
    from types import FunctionType

    _made = tuple.__new__
    _like = cache(lambda number: namedtuple("Record", [f"field_{at}" for at in range(number)]))

    class _Record(tuple):
        """What every record can do: see `collections.namedtuple`."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = _made(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
            return made

        def _replace(self, /, **changed):
            made = _made(type(self), map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changed)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            named = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({named})"

    class _Fields(type):
        """Makes a record of a class whose body names fields; of this class itself there is only `NamedTuple`."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            # One tuple for each number of fields lends its code and look-ups, which only get other names.
            like = _like(len(fields))
            code = like.__new__.__code__.replace(co_name="__new__", co_varnames=("_cls", *fields))
            defaults = tuple([body[field] for field in fields if field in body])
            named = {field: getattr(like, other) for field, other in zip(fields, like._fields, strict=True)}
            new = FunctionType(code, like.__new__.__globals__, "__new__", defaults)
            own = {"__slots__": (), "__new__": new, "_fields": fields, "__match_args__": fields}
            return type(name, (_Record,), {**body, **named, **own})

    class NamedTuple(metaclass=_Fields):
        """The base of every record."""
