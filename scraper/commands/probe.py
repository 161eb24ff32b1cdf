"""`probe`: what the program makes of a live page. Archives nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.app.probe import Probe
    from scraper.app.saved_page import Read
    from scraper.model import Link, ListingPage

_ROWS = 10  # of a list, shown to a person; --json has them all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("url", metavar="URL", help=say("the page to look at"))
    parser.add_argument(
        "--site", metavar="NAME", help=say("the site of the config (default: the URL says it)")
    )
    parser.epilog = say(
        "Asks as a run would: robots.txt, pace and forbidden addresses included. Exit 3: the "
        "page is neither an article nor a list. Needs no config file."
    )


def run(args: argparse.Namespace) -> int:
    """Ask for the page and print what it is."""
    from scraper.app.probe import probe
    from scraper.app.saved_page import address, config_where_there_is_one, site_of

    config = config_where_there_is_one(args.config)
    url = address(args.url)
    seen = probe(url, site_of(url, config, args.site), config)
    if args.json:
        print(json.dumps(seen.to_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(seen)))
    return ExitCode.SOME_FAILED if seen.what == "other" else ExitCode.DONE


def _lines(seen: Probe) -> Iterator[str]:
    capture = seen.capture
    yield f"address   {capture.url}"
    if capture.final_url != capture.url:
        yield f"leads to  {capture.final_url}"
    kind = capture.header("content-type") or "no content type"
    yield f"answer    {capture.status} {capture.reason}, {kind}, {len(capture.body)} bytes"
    yield f"site      {seen.site.name} ({seen.site.title}), home {seen.site.home}"
    yield f"kind      {_KINDS[seen.what]}"
    layout = f", layout {seen.page.article.layout}" if seen.page else ""
    yield f"family    {seen.family or 'none known'}{layout}"
    if seen.page is not None:
        yield from _article(seen.page)
    if seen.listing is not None:
        yield from _listing(seen.listing)
    if seen.what == "other":
        yield from (
            f"          {error.kind}: {error}" for error in (seen.no_article, seen.no_listing) if error
        )


_KINDS = {
    "article": "an article",
    "list": "a list",
    "sitemap": "a sitemap",
    "feed": "a feed",
    "other": "neither an article nor a list",
}


def _article(page: Read) -> Iterator[str]:
    article, said = page.article, page.to_json()
    yield f"identity  {page.identity}"
    yield f"title     {article.title}"
    yield f"published {said['published']} (from the {article.published_from})"
    for name in ("source", "editor", "channel"):
        if said[name] is not None:
            yield f"{name:9} {said[name]}"
    characters = len(article.shown.text)
    pictures, media = _count(article.images, "picture"), _count(article.media, "medium")
    yield f"body      {characters} characters, {pictures}, {media}"
    for name in ("images", "media", "attachments"):
        yield from (f"          {url}" for url in said[name])
    lost = [f"{count} {what}" for what, count in said["loss"].items() if count]
    yield f"loss      {', '.join(lost) or 'none'}"
    yield ""
    yield page.document().rstrip("\n")


def _listing(listing: ListingPage) -> Iterator[str]:
    stated = f", the list states {listing.stated}" if listing.stated is not None else ""
    yield f"rows      {len(listing.links)}{stated}"
    yield from map(_row, listing.links[:_ROWS])
    if len(listing.links) > _ROWS:
        yield f"          … and {len(listing.links) - _ROWS} more"
    if listing.elsewhere:
        yield f"elsewhere {len(listing.elsewhere)} rows lead to other hosts or bare files"
    if listing.next is not None:
        yield f"next      {listing.next.urls[0]}"
    if listing.pager is not None:
        yield f"pager     {listing.pager}"
    if listing.pages is not None:
        yield f"pages     {listing.pages}"


def _row(link: Link) -> str:
    date = f"{link.date:%Y-%m-%d}" if link.date else "no date   "
    return f"          {date}  {link.url}  {link.title or ''}".rstrip()


def _count(items: tuple[object, ...], name: str) -> str:
    plural = {"medium": "media"}.get(name, f"{name}s")
    return f"{len(items)} {name if len(items) == 1 else plural}"
