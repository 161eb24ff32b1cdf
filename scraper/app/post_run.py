"""What follows a run, joined: search, feeds, heartbeat, figures, ping. None of it changes how it ended."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.app.archive_view import read_each
from scraper.app.indexing import refresh_sites
from scraper.app.machine import clock
from scraper.audit import metrics
from scraper.audit.status import status_of
from scraper.crawler.network import user_agent
from scraper.crawler.ping import ping
from scraper.errors import ArchiveError, StoreError
from scraper.exit_codes import ExitCode
from scraper.messages import say
from scraper.stores.status_files import StatusFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import Config
    from scraper.report import Report

_MANY = 2_000  # articles that a run which was stopped leaves for the next one to index
HEARTBEAT = "heartbeat.json"
METRICS = "metrics.prom"


def leave_notes(config: Config, report: Report) -> tuple[bool, StoreError | None]:
    """Write the heartbeat and the figures; return whether the run went well, and what is not in the notes.

    The heartbeat is of the sites that the run was for, the figures are of all; a site whose state cannot be
    read is in neither.
    """
    archive = Path(config.archive)
    statuses, unread = read_each(archive, config.sites, partial(status_of, now=report.finished))
    asked = [status for status in statuses if status.name in report.sites]
    good = metrics.went_well(asked) and unread.keys().isdisjoint(report.sites)
    notes = StatusFiles(archive / ".scraper")
    try:
        notes.put(HEARTBEAT, metrics.heartbeat(report, asked))
        notes.put(METRICS, metrics.metrics(report, statuses))
    except StoreError as error:
        return good, error
    return good, next(iter(unread.values()), None)


def tell(config: Config, *, good: bool) -> ArchiveError | None:
    """Ask for the address that the config names for this end, if it does; return why nobody heard it."""
    url = config.ping.success if good else config.ping.failure
    if url is None:
        return None
    agent = user_agent(__version__, config.contact)
    try:
        asyncio.run(
            ping(
                url,
                user_agent=agent,
                now=clock(config),
                environment=os.environ,
                proxy=config.network.proxy,
            )
        )
    except ArchiveError as error:
        return error
    return None


def keep_up(config: Config, report: Report) -> Iterator[str]:
    """Bring the search, and the feeds where the config asks for them, up to date; yield what went wrong.

    A run that was stopped leaves many new articles to the next one.
    """
    changed = {name for name, site in report.sites.items() if site.written or site.revised}
    many = sum(site.written + site.revised for site in report.sites.values()) > _MANY
    if many and report.exit_code in {ExitCode.INTERRUPTED, ExitCode.TERMINATED}:
        return
    try:
        done = refresh_sites(config, report.sites, changed=changed)
        yield from (say("search: {error}", error=error.said) for error in done.unreadable + done.unopened)
        if config.feeds:
            from scraper.app.feeds import write_feeds  # noqa: PLC0415 - few ask for them

            write_feeds(config, report.sites)
    except StoreError as error:
        yield error.said
