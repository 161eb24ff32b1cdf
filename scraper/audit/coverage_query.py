"""From the state to a site's coverage: what its lists said, handed to the judgement article by article."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from scraper.article_record import Status
from scraper.audit import coverage
from scraper.audit.coverage_facts import ChannelFacts, ListedArticle, ListPage
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from scraper.audit.coverage import SiteCoverage
    from scraper.audit.coverage_facts import Why
    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.stores.state.queries import NamedArticle, PageCount
    from scraper.urls import Url

_MONTH = len("YYYY-MM")
NO_CHANNEL = ""  # what the state calls lists that belong to no channel: sitemaps, feeds


def coverage_of(site: Site, state: State) -> SiteCoverage:
    """Judge how much of a site the archive holds, by what the state knows."""
    judged = coverage.judge(
        site.name,
        site.title,
        tuple(channels_of(site, state)),
        (_listed(named, site.timezone) for named in state.counts.named(site.name)),
        state.counts.keys(site.name),
    )
    return replace(judged, empty=state.counts.thin(site.name))


def channels_of(site: Site, state: State, *, counted: bool = True) -> Iterator[ChannelFacts]:
    """Yield the facts of the configured channels, then of those that the config no longer names.

    `counted`: with how much of what each page names is held, for which all articles are gone through.
    """
    pages: dict[str, list[ListPage]] = {}
    indexes = frozenset(channel.index for channel in site.channels)
    for page in state.counts.pages(site.name, counted=counted):
        pages.setdefault(page.channel, []).append(_page(page, indexes))
    configured = {channel.name: channel for channel in site.channels}
    for name in dict.fromkeys((*configured, *sorted(pages.keys() - {NO_CHANNEL}))):
        known = state.listings.channel(site.name, name)
        broken = state.listings.broken(site.name, name) if name in configured else None
        channel = configured.get(name)
        yield ChannelFacts(
            name=name,
            title=channel.title if channel else "(no longer in the config)",
            index=channel.index if channel else _first(pages[name]),
            read_at=known.read_at,
            broken=None if broken is None else broken.error,
            broken_since=None if broken is None else broken.since,
            gap=bool(known.gap),
            counted=known.pager is not None,
            pages=known.pages,
            stated=known.stated,
            read=tuple(pages.get(name, ())),
        )


def _first(pages: list[ListPage]) -> Url:
    """Return the page that no other one names as the next: of a channel whose index nobody names any more."""
    named = {page.next_url for page in pages}
    return next((page.url for page in pages if page.url not in named), pages[0].url)


def _page(page: PageCount, channels: frozenset[Url]) -> ListPage:
    return ListPage(
        url=page.url,
        read_at=page.read_at,
        number=page.number,
        next_url=page.next_url,
        rows=page.rows,
        elsewhere=page.elsewhere,
        listed=page.listed,
        held=page.held,
        unread_pager=page.unread_pager,
        sublists=tuple(url for url in page.sublists if url not in channels),
    )


def _listed(named: NamedArticle, zone: ZoneInfo) -> ListedArticle:
    return ListedArticle(
        channel=named.channel,
        key=named.key,
        url=named.url,
        why=None if named.is_held else _why(named.status),
        error=named.error,
        month=None if named.day is None else named.day.astimezone(zone).isoformat()[:_MONTH],
    )


def _why(status: Status) -> Why:
    """Return why an article without a document is missing."""
    match status:
        case Status.WAITING | Status.ALIASED:
            return "waiting"
        case Status.FAILED | Status.HELD:
            return "failed"
        case Status.REFUSED:
            return "refused"
        case Status.GONE:
            return "gone"
        case _:
            assert_never(status)
