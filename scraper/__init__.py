"""nankai-archive: the archiver of university news.

As a library it offers what stands in `__all__`: see docs/library.md. A name is imported at its first use.
"""

from __future__ import annotations

import importlib
from typing import Any

from scraper.messages import say

__version__ = "0.2.0"

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
        msg = say("module {name!r} has no attribute {name2!r}", name=__name__, name2=name)
        raise AttributeError(msg)
    module = importlib.import_module(f"scraper.{_FROM_MODEL.get(name, 'library')}")
    return getattr(module, name)
