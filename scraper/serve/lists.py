"""Pages that list articles: the home page, a site, a channel, a year, a month, a day; each with its feed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from scraper.rendering import charts
from scraper.serve import addresses
from scraper.serve.answers import atom, desk_of, page
from scraper.stores.catalogue import Span
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.stores.catalogue import Catalogue, Entry

A_PAGE: Final = 50
_ON_HOME: Final = 20
_IN_FEED: Final = 50
_MONTH: Final = len("YYYY-MM")


class SiteCard(Value, frozen=True):
    """A site, as the home page shows it."""

    name: str
    title: str
    count: int
    newest: Entry | None


async def home(request: Request) -> Response:
    """Show the newest articles, a bar a month, and the sites."""
    room = desk_of(request).room
    catalogue, everything = room.catalogue, Span()
    counts = catalogue.sites()
    cards = [
        SiteCard(name, site.title, counts.get(name, 0), _newest(catalogue, Span(site=name)))
        for name, site in room.sites.items()
    ]
    return page(
        request,
        "home.html",
        days=by_day(catalogue.entries(everything, limit=_ON_HOME)),
        total=catalogue.count(everything),
        bars=bars(catalogue, everything),
        years=years(catalogue, everything),
        cards=cards,
        span=everything,
    )


async def listing(request: Request) -> Response:
    """Show the articles of a site, a channel, a year, a month or a day."""
    span = span_of(request)
    catalogue = desk_of(request).room.catalogue
    count = catalogue.count(span)
    number = page_number(request)
    pages = max(-(-count // A_PAGE), 1)
    if number > pages:
        raise HTTPException(404)
    whole = Span(site=span.site, channel=span.channel)
    return page(
        request,
        "listing.html",
        span=span,
        title=title_of(request, span),
        count=count,
        days=by_day(catalogue.entries(span, limit=A_PAGE, skip=(number - 1) * A_PAGE)),
        bars=bars(catalogue, whole, span.date),
        years=years(catalogue, whole),
        months=catalogue.months(Span(site=span.site, channel=span.channel, date=span.date[:4]))
        if span.date
        else {},
        day_counts=catalogue.days(Span(site=span.site, channel=span.channel, date=span.date[:_MONTH]))
        if len(span.date) >= _MONTH
        else {},
        channels=catalogue.channels(span.site) if span.site and span.channel is None else {},
        number=number,
        pages=pages,
    )


async def feed(request: Request) -> Response:
    """Answer with the newest articles of such a list, as Atom."""
    span = span_of(request)
    room = desk_of(request).room
    entries = room.catalogue.entries(span, limit=_IN_FEED)
    return atom(
        request,
        "feed.xml",
        title=title_of(request, span),
        entries=entries,
        about=addresses.of_span(span),
        published=room.published,
    )


def span_of(request: Request) -> Span:
    """Return which articles an address of a list means. What nobody knows is not found."""
    given = request.path_params
    site: str | None = given.get("site")
    channel: str | None = given.get("channel")
    room = desk_of(request).room
    if site is not None and site not in room.sites:
        raise HTTPException(404)
    if site is not None and channel is not None:
        configured = {known.name for known in room.sites[site].channels}
        if channel not in configured | room.catalogue.channels(site).keys():
            raise HTTPException(404)
    parts = [part for part in given.get("date", "").split("/") if part]
    lengths = [len(part) for part in parts]
    if lengths != [4, 2, 2][: len(parts)] or not all(part.isascii() and part.isdigit() for part in parts):
        raise HTTPException(404)
    return Span(site=site, channel=channel, date="-".join(parts))


def page_number(request: Request) -> int:
    """Return which page of a list is asked for."""
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 8) or int(text) < 1:  # noqa: PLR2004 - no list is longer
        raise HTTPException(404)
    return int(text)


def title_of(request: Request, span: Span) -> str:
    """Return what a list is called: site, channel, date."""
    room = desk_of(request).room
    parts = []
    if span.site is not None:
        site = room.sites[span.site]
        parts.append(site.title)
        if span.channel is not None:
            parts.append(channel_title(request, span.site, span.channel))
    parts += [span.date] if span.date else []
    return " · ".join(parts)


def channel_title(request: Request, site: str, channel: str) -> str:
    """Return what a site's config calls a channel; else its name."""
    channels = desk_of(request).room.sites[site].channels
    return next((known.title for known in channels if known.name == channel), channel)


def by_day(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return articles in groups of a day each, in the order in which they come."""
    return [(day, list(group)) for day, group in groupby(entries, key=lambda entry: entry.day)]


def bars(catalogue: Catalogue, span: Span, date: str = "") -> str:
    """Return a bar for each month of a span, those of `date` marked; each leads to its month."""
    return charts.bars(list(_bars(catalogue, span, date)))


def _bars(catalogue: Catalogue, span: Span, date: str) -> Iterator[charts.Bar]:
    for month, count in catalogue.months(span).items():
        href = addresses.span(span.site, span.channel, month)
        marked = bool(date) and month.startswith(date[:_MONTH])
        yield charts.Bar(month=month, count=count, href=href, marked=marked)


def years(catalogue: Catalogue, span: Span) -> dict[str, int]:
    """Return how many articles each year has, newest first."""
    found: dict[str, int] = {}
    for month, count in catalogue.months(span).items():
        found[month[:4]] = found.get(month[:4], 0) + count
    return dict(sorted(found.items(), reverse=True))


def _newest(catalogue: Catalogue, span: Span) -> Entry | None:
    found = catalogue.entries(span, limit=1)
    return found[0] if found else None
