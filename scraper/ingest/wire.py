"""How values go from one process to another: our frozen dataclasses by their fields alone.

What `dataclasses` gives them for that asks each object for its fields anew, in Python, on both sides. An
article is hundreds of objects.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from scraper import blocks, model

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTERS: Final[dict[type, tuple[Callable[[Any, Any], None], ...]]] = {}  # past what is frozen


def _made(kind: type, *values: object) -> object:
    """Return an object of these fields."""
    made: object = object.__new__(kind)
    for put, value in zip(_SETTERS[kind], values, strict=False):
        put(made, value)
    return made


def _reduction(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = [field.name for field in fields(kind)]
    _SETTERS[kind] = tuple(getattr(kind, name).__set__ for name in names)
    if not names:
        return lambda _: (_made, (kind,))
    get = attrgetter(*names)
    if len(names) == 1:
        return lambda given: (_made, (kind, get(given)))
    return lambda given: (_made, (kind, *get(given)))


for _module in (blocks, model):
    for _kind in list(vars(_module).values()):
        if isinstance(_kind, type) and is_dataclass(_kind) and "__slots__" in vars(_kind):
            copyreg.pickle(_kind, _reduction(_kind))
