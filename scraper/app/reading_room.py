"""The archive opened for readers: catalogue, documents, captures, counts. Looks, and never writes.

Whoever shows the archive opens it here and nowhere else. A run may write meanwhile: what it changes is seen
once `refresh` was called.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scraper import extractor, mementos, urls
from scraper.app.machine import clock
from scraper.audit import history, status
from scraper.audit.coverage_query import coverage_of
from scraper.errors import ArchiveError
from scraper.families import by_name, identity_key, recognise_url
from scraper.ingest.further_pages import whole
from scraper.messages import say
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.catalogue import Catalogue
from scraper.stores.documents import DocumentStore
from scraper.stores.opening import captures_of, prepare, view_state
from scraper.stores.search_index import NAME, view_index
from scraper.urls import parse
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.article_record import ArticleRecord
    from scraper.audit.coverage import SiteCoverage
    from scraper.audit.history import Version
    from scraper.audit.status import SiteStatus
    from scraper.config import Config
    from scraper.model import Article, Capture, CaptureRef, Site
    from scraper.stores.catalogue import Entry
    from scraper.stores.search_index import SearchIndex
    from scraper.stores.state import State
    from scraper.stores.state.captures import CaptureEntry

T = TypeVar("T")
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")  # a part of a picture's path
Stamp = tuple[int, ...]


class Past(Value, frozen=True, kw_only=True):
    """An article as the state knows it, and its captures, oldest first."""

    record: ArticleRecord | None  # None: the state lost it since the catalogue was made
    aliases: tuple[str, ...] = ()
    captures: tuple[CaptureEntry, ...] = ()


class _Kept(Value):
    """What was counted of one site, and of which moment of its state."""

    stamp: Stamp
    values: dict[str, object] = field(default_factory=dict)


class ReadingRoom:
    """One archive, for those who read it."""

    def __init__(self, config: Config, read: Callable[[Capture, Site], Article] = extractor.extract) -> None:
        """Take the config. Nothing is read before `refresh`. `read`: who reads pages, within what bounds."""
        self.config = config
        self._read = read
        self.sites: dict[str, Site] = {site.name: site for site in config.sites}
        self.root = Path(config.archive)
        self.catalogue = Catalogue()
        self.now: Callable[[], datetime] = clock(config)
        self._documents = DocumentStore(self.root)
        self._folder = ArchiveFolder(self.root)
        self._shelves = {name: captures_of(self.root, name) for name in self.sites}
        self._stamps: dict[str, Stamp] = {}
        self.damaged: dict[str, tuple[str, ...]] = {}  # by site: keys of articles whose rows cannot be
        self._kept: dict[str, _Kept] = {}

    # ── what is held ──────────────────────────────────────────────────────────────────────────────────────

    def stale(self) -> tuple[str, ...]:
        """Return the sites whose state has changed since their articles were read."""
        return tuple(name for name in self.sites if self._stamps.get(name) != self._stamp(name))

    def refresh(self) -> bool:
        """Read the articles of the sites that changed, and say whether there were any.

        The catalogue that was there stays as it is, for whoever is reading it, and another takes its place.
        """
        if not self._stamps:
            prepare(self.root, now=self.now, new=False)
        changed = {name: self._stamp(name) for name in self.stale()}
        if not changed:
            return False
        catalogue = Catalogue() if changed.keys() == self.sites.keys() else self.catalogue.copy()
        for name in changed:
            site = self.sites[name]
            with self.state(name) as state:
                catalogue.replace(name, state.holdings.rows(name, site.timezone))
                self.damaged[name] = tuple(state.holdings.damaged)
        self.catalogue = catalogue
        self._stamps |= changed
        return True

    def damage(self) -> Iterator[str]:
        """Yield a line for each article whose row in the state holds what cannot be."""
        for site, keys in self.damaged.items():
            for key in keys:
                yield say(
                    "{site}: the article {key}: its row in the state holds what cannot be", site=site, key=key
                )

    def find(self, text: str) -> Entry | None:
        """Return the held article of an address, as a person may type it; None: none is held."""
        url = parse(text if "://" in text else f"http://{text}")
        if url is None:
            return None
        entry = self.catalogue.at(url)
        return entry or self._by_number(url)

    def _by_number(self, text: str) -> Entry | None:
        """Look the address up by the number that its family gives articles."""
        url = parse(text)
        if url is None:
            return None
        for site in self.sites.values():
            family = by_name(site.family) if site.family else recognise_url(url)
            entry = self.catalogue.of_key(site.name, identity_key(family, urls.identity(url, site.home)))
            if entry is not None:
                return entry
        return None

    def published(self, entry: Entry) -> str:
        """Return when an article was published, in ISO 8601 with the offset of its site's time zone."""
        zone = self.sites[entry.site].timezone
        return datetime.fromisoformat(entry.moment).replace(tzinfo=zone).isoformat()

    def document(self, entry: Entry) -> str | None:
        """Return an article's document; None: its file is not there. Raises StoreError."""
        return self._documents.read(entry.path)

    def picture(self, address: str, site: str | None = None) -> str | None:
        """Return the path of a picture or file by its address in documents; None: it is not held.

        The address names no site: it is made of the bytes. `site`: the one that is looked into first.
        """
        first, *parts = address.removeprefix("/").split("/")
        if first != "pictures" or not parts or not all(map(_PLAIN.fullmatch, parts)):
            return None
        names = dict.fromkeys((*([] if site is None else [site]), *self.sites))
        paths = (f"{name}/pictures/{'/'.join(parts)}" for name in names)
        return next(filter(self._documents.has, paths), None)

    def file(self, path: str) -> bytes | None:
        """Return the bytes of such a path; None: there is no such file. Raises StoreError."""
        return self._documents.read_file(path)

    # ── search ──────────────────────────────────────────────────────────────────────────────────────────────

    def search_index(self) -> SearchIndex:
        """Open the search index as it is at this moment. Raises StoreError where there is none."""
        return view_index(self.root / ".scraper" / NAME)

    # ── captures ──────────────────────────────────────────────────────────────────────────────────────────

    def past(self, entry: Entry) -> Past:
        """Return what the state knows of an article, with its captures."""
        with self.state(entry.site) as state:
            own, copies = entry.key, mementos.key_of_copies(entry.key)
            found = [one for key in (own, copies) for one in state.captures.of_article(entry.site, key)]
            return Past(
                record=state.articles.get(entry.site, entry.key),
                aliases=state.articles.aliases(entry.site, entry.key),
                captures=tuple(sorted(found, key=lambda one: one.fetched_at)),
            )

    def reading(self, past: Past) -> Article | None:
        """Return what the page says that a document was made of, read again; None: nobody can say.

        It tells what documents leave out: who wrote, who edited.
        """
        record = past.record
        if record is None or record.capture is None:
            return None
        try:
            return self._read(self._page(record.site, record.capture, record.origin), self.sites[record.site])
        except ArchiveError:  # `verify` is who tells of a damaged capture; the document can still be read
            return None

    def _page(self, site: str, ref: CaptureRef, origin: str | None) -> Capture:
        with self.state(site) as state:
            taken = whole(ref, state=state, site=site, shelf=self._shelves[site].read)
        return taken if origin is None else mementos.as_of_site(taken)

    def versions(self, entry: Entry) -> tuple[Version, ...]:
        """Return what each capture of an article says, and what changed between them."""
        past = self.past(entry)
        shelf = self._shelves[entry.site].read
        with self.state(entry.site) as state:
            pages = partial(whole, state=state, site=entry.site, shelf=shelf)
            return tuple(history.versions(past.captures, self.sites[entry.site], pages, self._read))

    def capture(self, site: str, ref: CaptureRef) -> Capture:
        """Return a capture. Raises CaptureDamaged."""
        return self._shelves[site].read(ref)

    def captures_a_day(self, site: str) -> dict[str, int]:
        """Return how many captures each day has, in the site's time zone, oldest first."""
        zone = self.sites[site].timezone
        return self._counted(site, "captures", lambda state: state.captures.days(site, zone))

    def captures_of(self, site: str, day: str, *, limit: int, skip: int) -> tuple[CaptureEntry, ...]:
        """Return a day's captures, oldest first."""
        zone = self.sites[site].timezone
        which = date.fromisoformat(day)
        with self.state(site) as state:
            return state.captures.of_day(site, which, zone, limit=limit, skip=skip)

    # ── counts ────────────────────────────────────────────────────────────────────────────────────────────

    def coverage(self, site: str) -> SiteCoverage:
        """Return how much of a site is held."""
        return self._counted(site, "coverage", lambda state: coverage_of(self.sites[site], state))

    def status(self, site: str) -> SiteStatus:
        """Return where a site stands."""
        return self._counted(
            site, "status", lambda state: status.status_of(self.sites[site], state, self.now())
        )

    def _counted(self, site: str, what: str, count: Callable[[State], T]) -> T:
        """Count once for each moment of a site's state."""
        stamp = self._stamp(site)
        kept = self._kept.get(site)
        if kept is None or kept.stamp != stamp:
            kept = self._kept[site] = _Kept(stamp)
        if what not in kept.values:
            with self.state(site) as state:
                kept.values[what] = count(state)
        return kept.values[what]  # type: ignore[return-value] # what `count` gave under this very name

    # ── the state ─────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def state(self, site: str) -> Iterator[State]:
        """Open a site's state as it is at this moment."""
        with view_state(self.root, site) as state:
            yield state

    def _stamp(self, site: str) -> Stamp:
        """Return what changes whenever a site's state does."""
        file = self._folder.state(site)
        found: list[int] = []
        for path in (file, file.with_name(f"{file.name}-wal")):
            size, moment = _size_and_moment(path)
            found += (size, moment if size else 0)  # whoever only looks leaves an empty journal beside it
        return tuple(found)


def _size_and_moment(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns
