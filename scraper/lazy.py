"""A package whose parts are imported when they are first asked for, and not with it.

For rooms that only some runs need: one that finds nothing new reads no page and writes no document.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def parts(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a package's `__getattr__`. `homes`: the module within it that has each name which it offers.

    It raises AttributeError for any other name, as a module does (PEP 562).
    """

    def found(name: str) -> Any:  # noqa: ANN401 - as a module's attributes are
        if name not in homes:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(import_module(package), name, value)
        return value

    return found
