"""The archiver for other programs: one page read, an archive worked and read. `import scraper` offers it.

Prints nothing, and catches no signal unless asked to. May be used in a thread, and where an event loop runs.
"""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import urls
from scraper.app.archive_view import held
from scraper.app.config_file import load_config
from scraper.app.saved_page import address, read, site_of
from scraper.app.sites import sites_named
from scraper.app.wiring import new_session
from scraper.crawl.date_range import DateRange
from scraper.crawl.plan import Backfill, Incremental
from scraper.model import Capture
from scraper.progress import Unwatched
from scraper.stores.documents import DocumentStore
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.crawl.plan import Plan
    from scraper.errors import StoreError
    from scraper.model import Article
    from scraper.report import Report

__all__ = ["Archive", "Extracted", "extract", "load_config", "open_archive"]


class Extracted(Value, frozen=True, kw_only=True):
    """What a page says, and the document that a run would write of it."""

    article: Article
    document: str


def extract(
    body: bytes, url: str, content_type: str | None = None, *, config: Config | None = None
) -> Extracted:
    """Return the article of a page that somebody else has fetched, and its document.

    `content_type`: the header's value; None: there was none. `config`: whose sites the address may be of;
    None: the system is recognised by its marks. Raises ExtractError, and UsageError for what is no address.
    Reads in this very process, with no bound of time: a page of strangers may take minutes.
    """
    asked = address(url)
    headers = () if content_type is None else ((b"Content-Type", content_type.encode("latin-1", "replace")),)
    capture = Capture(
        url=asked,
        final_url=asked,
        fetched_at=datetime.now(UTC),
        status=200,
        reason="OK",
        headers=headers,
        body=body,
    )
    page = read(capture, site_of(asked, config, None))
    return Extracted(article=page.article, document=page.document())


def open_archive(config: Config) -> Archive:
    """Return the archive of a config. Touches nothing yet."""
    return Archive(config)


class Archive:
    """One archive: its sites are worked by `run` and `backfill`, read by `articles` and `read`."""

    def __init__(self, config: Config) -> None:
        """Take the config; `load_config` reads one."""
        self._config = config

    def run(
        self,
        sites: Sequence[str] = (),
        *,
        limit: int | None = None,
        time_limit: timedelta | None = None,
        signals: bool = False,
    ) -> Report:
        """Bring what is new on these sites, or on all, and return what came of it.

        `limit`: articles that are asked for at most. `signals`: end in order on SIGINT and SIGTERM, which
        only the main thread can. Raises Locked where other runs hold all of them.
        """
        return self._go("run", sites, Incremental(), limit=limit, time_limit=time_limit, signals=signals)

    def backfill(
        self,
        sites: Sequence[str] = (),
        *,
        channels: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        time_limit: timedelta | None = None,
        signals: bool = False,
    ) -> Report:
        """Bring the past of these sites, or of all, as far as the days go; given again, it goes on."""
        plan = Backfill(channels=tuple(channels), days=DateRange(since=since, until=until))
        return self._go("backfill", sites, plan, limit=limit, time_limit=time_limit, signals=signals)

    def articles(self, site: str | None = None) -> Iterator[ArticleRecord]:
        """Yield what is known of every article that has a document, of one site or of all, site by site.

        Raises StoreError at the end, where the state of a site cannot be read.
        """
        names = () if site is None else (site,)
        wrong: list[StoreError] = []
        sites = sites_named(self._config, names)
        for _, known in held(self._config, sites, lambda _, error: wrong.append(error)):
            yield known
        for error in wrong:
            raise error

    def read(self, urlname: str) -> str | None:
        """Return the text of a document by its `urlname`; None: there is none."""
        for known in self.articles():
            if known.path is not None and urls.urlname(known.url) == urlname:
                return DocumentStore(Path(self._config.archive)).read(known.path)
        return None

    def _go(
        self,
        command: str,
        sites: Sequence[str],
        plan: Plan,
        *,
        limit: int | None,
        time_limit: timedelta | None,
        signals: bool,
    ) -> Report:
        def work() -> Report:
            session = new_session(
                self._config, progress=Unwatched(), limit=limit, time_limit=time_limit, signals=signals
            )
            return session.go(command, sites_named(self._config, sites), plan)

        return _apart(work)


def _apart(work: Callable[[], Report]) -> Report:
    """Do it here; where an event loop runs in this thread, in another one, while this one waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    done: list[Report] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=run, name="archive")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
