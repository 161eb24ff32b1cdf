"""Articles of several pages: which captures belong together.

The first page is the article's capture. Those behind it were asked for right after, and lie under a key of
their own: they belong to the last answer of the first page before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.article_record import key_of_further_pages
from scraper.model import Kind
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.model import Capture, CaptureRef
    from scraper.stores.state import State
    from scraper.stores.state.captures import CaptureEntry

_ANSWERS: Final = frozenset({200, 203, 404, 410})  # a page that is not there is an answer: the article ends


def further(state: State, site: str, key: str, ref: CaptureRef) -> tuple[CaptureRef, ...]:
    """Return the captures of an article's further pages that belong to a capture of its first one."""
    pages = state.captures.of_article(site, key_of_further_pages(key))
    if not pages:
        return ()
    own = [entry for entry in state.captures.of_article(site, key) if entry.kind is Kind.ARTICLE]
    after = [_place(entry) for entry in own]
    begin = next((_place(entry) for entry in own if _is_at(entry, ref)), None)
    if begin is None:
        return ()
    end = min((place for place in after if place > begin), default=None)
    newest = {
        page.url: page.ref
        for page in pages
        if page.status in _ANSWERS and begin < _place(page) and (end is None or _place(page) < end)
    }
    return tuple(newest.values())


def whole(ref: CaptureRef, *, state: State, site: str, shelf: Callable[[CaptureRef], Capture]) -> Capture:
    """Return a capture of an article with its further pages."""
    entry = state.captures.at(site, ref.file, ref.offset)
    more = () if entry is None or entry.key is None else further(state, site, entry.key, ref)
    return joined(ref, more, shelf)


def joined(ref: CaptureRef, more: Iterable[CaptureRef], shelf: Callable[[CaptureRef], Capture]) -> Capture:
    """Return the capture of a first page with those of the pages behind it."""
    return replace(shelf(ref), further=tuple(map(shelf, more)))


def newest(state: State, site: str, key: str) -> CaptureRef | None:
    """Return the last capture that an article's first page answered with; None: there is none."""
    entries = [one for one in state.captures.of_article(site, key) if one.kind is Kind.ARTICLE]
    return next((one.ref for one in reversed(entries) if one.status in {200, 203}), None)


def _is_at(entry: CaptureEntry, ref: CaptureRef) -> bool:
    return (entry.ref.file, entry.ref.offset) == (ref.file, ref.offset)


def _place(entry: CaptureEntry) -> tuple[str, int]:
    return entry.ref.file, entry.ref.offset
