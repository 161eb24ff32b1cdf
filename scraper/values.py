"""Our values: dataclasses whose `__init__` is written when the first of a class is made.

What `dataclasses` writes and compiles for a class as it is defined takes a millisecond: a third of the start
of a run, most of it for classes that it never makes one of. The fields, and whatever asks a class for them
(`fields`, `replace`, `asdict`, patterns of `match`), are those of `dataclasses`.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - to a type checker it is that one, by this name
else:

    def dataclass(*, slots: bool, frozen: bool = False, kw_only: bool = False) -> Callable[[type], type]:
        """Return what makes a class a dataclass, with `__init__`, `__repr__` and `__eq__` where it has none.

        `slots`: always true, and said for who reads it. `frozen`: it can be hashed, and setting a field
        raises FrozenInstanceError. Every field is an argument of `__init__`; none derives from another.
        """

        def made(plain: type) -> type:
            own = frozenset(vars(plain))
            plain.__doc__ = plain.__doc__ or plain.__name__  # else `dataclasses` makes out a signature
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
            kind = bare(plain)
            for name, method in _methods(kind, frozen=frozen).items():
                if name not in own:
                    setattr(kind, name, method)
            return kind

        return made


def _methods(kind: Any, *, frozen: bool) -> dict[str, Any]:  # noqa: ANN401 - some class with fields
    compared = _getter([field.name for field in dataclasses.fields(kind) if field.compare])

    def first(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever its fields are
        kind.__init__ = _init(kind)
        kind.__init__(self, *args, **kwargs)

    def equal(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    common = {"__init__": first, "__repr__": _repr, "__eq__": equal}
    if not frozen:
        return common | {"__hash__": None}
    refusing = {"__setattr__": _refuse, "__delattr__": _refuse, "__setstate__": _set_state}
    return common | refusing | {"__hash__": lambda self: hash(compared(self))}


def _getter(names: Sequence[str]) -> Callable[[object], object]:
    """Return what gives the values of these fields: of several as a tuple, of none an empty one."""
    return attrgetter(*names) if names else lambda _: ()


def _init(kind: Any) -> Callable[..., None]:  # noqa: ANN401 - some class with fields
    """Write and compile the `__init__` of a class. It sets each field by its slot, past what refuses it."""
    known: dict[str, Any] = {"none_given": dataclasses.MISSING}
    parameters: dict[bool, list[str]] = {False: [], True: []}  # by position, by name alone
    lines = []
    for number, field in enumerate(dataclasses.fields(kind)):
        name = value = field.name
        default = ""
        if field.default is not dataclasses.MISSING:
            known[f"default_{number}"] = field.default
            default = f" = default_{number}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"make_{number}"] = field.default_factory
            default = " = none_given"
            value = f"make_{number}() if {name} is none_given else {name}"
        known[f"put_{number}"] = getattr(kind, name).__set__
        parameters[bool(field.kw_only)].append(f"{name}{default}")
        lines.append(f"    put_{number}(self, {value})\n")
    named = ["*", *parameters[True]] if parameters[True] else []
    head = f"def __init__({', '.join(['self', *parameters[False], *named])}):\n"
    exec(head + ("".join(lines) or "    pass\n"), known)  # noqa: S102 - of the names of our own fields
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made


def _repr(self: Any) -> str:  # noqa: ANN401 - some value with fields
    fields = dataclasses.fields(self)
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, value: object = None) -> None:  # noqa: ARG001 - as `__setattr__` is called
    msg = f"cannot set or delete field {name!r}"
    raise dataclasses.FrozenInstanceError(msg)


def _set_state(self: Any, state: tuple[None, dict[str, Any]]) -> None:  # noqa: ANN401 - some value with fields
    """Take what `object.__getstate__` gave: no dict of its own, and the slots' values by their names."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)
