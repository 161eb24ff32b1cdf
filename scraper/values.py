"""Our values: msgspec's structs, by the names that the house gives them.

A value is made in a seventh of the time that a dataclass takes, goes to another process in a few bytes and
calls of C, and its class costs a start twenty microseconds where `dataclasses` writes and compiles a
millisecond.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct as Value
from msgspec import field
from msgspec.structs import replace

__all__ = ["Value", "asdict", "field", "replace", "repr_without"]


def repr_without(value: Value, *secret: str) -> str:
    """Return the `repr` of a value whose fields of these names no log and no traceback may show."""
    shown = (f"{name}={getattr(value, name)!r}" for name in value.__struct_fields__ if name not in secret)
    return f"{type(value).__name__}({', '.join(shown)})"


def asdict(value: Value) -> dict[str, Any]:
    """Return the fields by their names; values within become dicts too, sequences lists, all else stays."""
    return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}


def _plain(told: object) -> object:
    if isinstance(told, Value):
        return asdict(told)
    if isinstance(told, list | tuple):
        return [_plain(each) for each in told]
    if isinstance(told, dict):
        return {name: _plain(each) for name, each in told.items()}
    return told
