"""From a capture to an article: bytes in, values out.

    capture → decode → dom → the layout it wears → title, moment, source, editor → blocks → article
                              └ none fits: what the page is instead (NotAnArticle), or which marks it lacks

Does no I/O, asks no clock and writes no log. The pages of a family differ only in the data of its layouts
(`families/`); this room is the engine that reads by them. The engine itself, `article`, is imported when it
is first asked for: a run that finds nothing new reads no page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.lazy import parts

if TYPE_CHECKING:
    from scraper.extractor.article import extract, kind_of

__all__ = ["MOST_FURTHER", "VERSION", "extract", "kind_of"]

MOST_FURTHER: Final = 60
"""Pages of one article behind its first one; more are not asked for."""

VERSION = 2
"""Raised when an article's values would come out otherwise than before."""

__getattr__ = parts(__name__, {"extract": "article", "kind_of": "article"})
