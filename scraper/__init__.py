"""nankai-archive: the archiver of university news.

As a library it offers what stands in `__all__`: see docs/library.md. A name is imported at its first use.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "ArchiveError",
    "Article",
    "Extracted",
    "Report",
    "extract",
    "load_config",
    "open_archive",
]

_FROM_MODEL = {"Article": "model", "Report": "report", "ArchiveError": "errors"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the library offers
    """Return a name of the library."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    module = importlib.import_module(f"scraper.{_FROM_MODEL.get(name, 'library')}")
    return getattr(module, name)
