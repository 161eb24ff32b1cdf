"""The search as a page and as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from scraper.errors import StoreError, UsageError
from scraper.messages import translated
from scraper.search.matching import as_html
from scraper.search.query import parse
from scraper.serve import addresses
from scraper.serve.answers import atom, desk_of, page, words_of
from scraper.serve.lists import page_number

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.stores.search_index.queries import Hit

_A_PAGE: Final = 20
_IN_FEED: Final = 50
_LAST_PAGE: Final = 500  # further down nobody reads: a narrower search finds it


async def search(request: Request) -> Response:
    """Show what a search finds, newest first."""
    text = request.query_params.get("q", "").strip()
    if not text:
        return page(request, "search.html", found=None, problem=None)
    number = min(page_number(request), _LAST_PAGE)
    try:
        query = parse(text)
        with desk_of(request).room.search_index() as index:
            found = index.search(query, limit=_A_PAGE, offset=(number - 1) * _A_PAGE)
            years, _ = index.years(query) if number == 1 and found.total else ({}, True)
    except UsageError as error:
        return page(
            request, "search.html", status=400, query=text, found=None, problem=translated(str(error))
        )
    except StoreError:
        problem = words_of(request)(
            "The search index is not there yet: `nankai-archive search --rebuild` makes it."
        )
        return page(request, "search.html", status=503, query=text, found=None, problem=problem)
    return page(
        request,
        "search.html",
        query=text,
        problem=None,
        found=found,
        hits=[_shown(hit) for hit in found.hits],
        years=dict(sorted(years.items(), reverse=True)),
        number=number,
        pages=min(max(-(-found.total // _A_PAGE), 1), _LAST_PAGE),
        first=(number - 1) * _A_PAGE + 1,
    )


async def feed(request: Request) -> Response:
    """Answer with the newest articles that a search finds, as Atom."""
    text, room = request.query_params.get("q", "").strip(), desk_of(request).room
    try:
        with room.search_index() as index:
            found = index.search(parse(text), limit=_IN_FEED)
    except (UsageError, StoreError) as error:
        return page(request, "error.html", status=503, what=translated(str(error)))
    entries = [room.catalogue.named(hit.article.urlname) for hit in found.hits]
    return atom(
        request,
        "feed.xml",
        title=text,
        entries=[entry for entry in entries if entry is not None],
        about=addresses.search(text),
        published=room.published,
    )


def _shown(hit: Hit) -> dict[str, object]:
    return {
        "article": hit.article,
        "day": f"{hit.article.published:%Y-%m-%d}",
        "title": Markup(as_html(hit.title)),
        "snippet": Markup(as_html(hit.snippet)),
    }
