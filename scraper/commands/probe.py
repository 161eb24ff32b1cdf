"""`probe`: what the program makes of a live page. Archives nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.columns import padded
from scraper.commands.arguments import named
from scraper.console import json_text, put
from scraper.exit_codes import ExitCode
from scraper.messages import say, say_count, translated

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
        print(json_text(seen.to_json(), indent=2))
    else:
        for line in _lines(seen):
            put(line)
    return ExitCode.SOME_FAILED if seen.what == "other" else ExitCode.DONE


def _lines(seen: Probe) -> Iterator[str]:
    capture = seen.capture
    yield named(say("address"), capture.url)
    if capture.final_url != capture.url:
        yield named(say("leads to"), capture.final_url)
    answer = say(
        "{status}, {kind}, {count} bytes",
        status=f"{capture.status} {capture.reason}".rstrip(),
        kind=capture.header("content-type") or say("no content type"),
        count=len(capture.body),
    )
    yield named(say("answer"), answer)
    site = seen.site
    home = say("{name} ({title}), home {home}", name=site.name, title=site.title, home=site.home)
    yield named(say("site"), home)
    yield named(say("kind"), _KINDS[seen.what])
    family = seen.family or say("none known")
    if seen.page:
        family = say("{family}, layout {layout}", family=family, layout=seen.page.article.layout)
    yield named(say("family"), family)
    if seen.page is not None:
        yield from _article(seen.page)
    if seen.listing is not None:
        yield from _listing(seen.listing)
    if seen.what == "other":
        yield from (
            f"          {error.kind}: {translated(error.said)}"
            for error in (seen.no_article, seen.no_listing)
            if error
        )


_KINDS = {
    "article": say("an article"),
    "list": say("a list"),
    "sitemap": say("a sitemap"),
    "feed": say("a feed"),
    "other": say("neither an article nor a list"),
}


def _article(page: Read) -> Iterator[str]:
    article, said = page.article, page.to_json()
    yield named(say("identity"), page.identity)
    yield named(say("title"), article.title)
    told = say("{moment} (from the {place})", moment=said["published"], place=article.published_from)
    yield named(say("published"), told)
    words = {"source": say("source"), "editor": say("editor"), "channel": say("channel")}
    for name, word in words.items():
        if said[name] is not None:
            yield named(word, said[name])
    body = say(
        "{characters} characters, {pictures}, {media}",
        characters=len(article.shown.text),
        pictures=say_count("{count} picture", "{count} pictures", len(article.images)),
        media=say_count("{count} medium", "{count} media", len(article.media)),
    )
    yield named(say("body"), body)
    for name in ("images", "media", "attachments"):
        yield from (f"          {url}" for url in said[name])
    lost = [f"{count} {what}" for what, count in said["loss"].items() if count]
    yield named(say("loss"), ", ".join(lost) or say("none"))
    yield ""
    yield page.document().rstrip("\n")


def _listing(listing: ListingPage) -> Iterator[str]:
    rows = str(len(listing.links))
    if listing.stated is not None:
        rows = say("{count}, the list states {stated}", count=rows, stated=listing.stated)
    yield named(say("rows"), rows)
    yield from map(_row, listing.links[:_ROWS])
    if len(listing.links) > _ROWS:
        yield say("          … and {count} more", count=len(listing.links) - _ROWS)
    if listing.elsewhere:
        off = say("{count} rows lead to other hosts or bare files", count=len(listing.elsewhere))
        yield named(say("elsewhere"), off)
    if listing.next is not None:
        yield named(say("next"), listing.next.urls[0])
    if listing.pager is not None:
        yield named(say("pager"), listing.pager)
    if listing.pages is not None:
        yield named(say("pages"), str(listing.pages))


def _row(link: Link) -> str:
    date = f"{link.date:%Y-%m-%d}" if link.date else padded(translated(say("no date")), 10)
    return f"          {date}  {link.url}  {link.title or ''}".rstrip()
