"""Invented sites and their archives, as the benchmarks use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper import urls
from scraper.article_record import ArticleRecord, Status
from scraper.demo import beichen
from scraper.demo.exchange import Ask
from scraper.demo.settings import config_text
from scraper.model import Capture, CaptureRef, Kind
from scraper.stores.state.captures import CaptureEntry
from scraper.stores.state.listings import PageState
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.model import Site
    from scraper.stores.captures import CaptureStore
    from scraper.stores.state import State

CHANNEL = "bcyw"
ON_A_PAGE = 20  # articles
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
_LONG_AGO, _NEVER = datetime(2010, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def invented(number: int) -> tuple[EcmsWorld, list[str]]:
    """Return a site with so many articles in one channel, and their numbers."""
    world = beichen.empty()
    return world, list(world.bulk(CHANNEL, number, first=NOON - timedelta(days=number)))


def archive_of(folder: Path, world: EcmsWorld, *, proxy: str = "null") -> Path:
    """Write the config of an archive of the site into a folder; return its file."""
    file = folder / "config.yaml"
    lines = config_text(world, proxy=proxy).splitlines(keepends=True)
    of_channel = f"      {CHANNEL}: "  # the others are empty
    kept = (line for line in lines if "index:" not in line or line.startswith(of_channel))
    file.write_text("".join(kept), encoding="utf-8")
    return file


def answer(world: EcmsWorld, address: str, kind: Kind, moment: datetime) -> Capture:
    """Return what the site answers, as the network would hand it on."""
    url = Url(address)
    said = world.answer(Ask(host=world.host, path=urls.split(url).path))
    headers = tuple((name.encode(), value.encode()) for name, value in said.headers)
    return Capture(
        url=url,
        final_url=url,
        fetched_at=moment,
        status=said.status,
        reason="OK",
        headers=headers,
        body=said.body,
        kind=kind,
        channel=CHANNEL if kind is Kind.LISTING else None,
    )


def fill(shelf: CaptureStore, world: EcmsWorld, numbers: list[str]) -> int:
    """Put the site's captures on the shelf, every tenth article twice; return how many bytes they have."""
    size, moment = 0, NOON
    refs: list[CaptureRef] = [shelf.append(answer(world, world.index(CHANNEL), Kind.LISTING, moment))]
    for at, one in enumerate(numbers):
        moment += timedelta(seconds=1)
        capture = answer(world, world.address(one), Kind.ARTICLE, moment)
        refs.append(shelf.append(capture))
        size += len(capture.body)
        if at % 10 == 0:
            shelf.append(capture, same_as=refs[-1])
    return size


def held(site: Site, number: int) -> Iterator[ArticleRecord]:
    """Yield what is known of articles that nobody ever wrote: held, and not to be asked for again."""
    channel = site.channels[0].name
    for at in range(number):
        day = _LONG_AGO + timedelta(minutes=60 * at)
        url = Url(f"{site.home}/info/{at:07}.htm")
        yield ArticleRecord(
            site=site.name,
            key=f"x{at:07}",
            url=url,
            ask=url,
            first_seen=day,
            channel=channel,
            title=f"北辰大学举行第{at}次会议",
            status=Status.HELD,
            wanted=True,
            due=_NEVER,
            checked=day,
            captured=day,
            published=day,
            capture=CaptureRef(file="long-ago.warc.gz", offset=at * 5000, length=4000, digest=f"{at:064x}"),
            article_digest=f"{at:064x}",
            extractor=1,
            layout="invented",
            body_digest=f"{at:064x}",
            characters=500,
            path=f"{site.name}/{day:%Y/%m}/{at}.md",
        )


def fill_state(state: State, site: Site, known: int, *, captured: bool = True) -> None:
    """Put so many articles into a state that nobody ever wrote, each named by a list.

    `captured`: with a capture each, which a run would miss on the shelf.
    """
    with state.transaction():
        keys: list[str] = []
        for number, record in enumerate(held(site, known)):
            state.articles.put(record, run=1)
            ref = record.capture or CaptureRef(file="", offset=0, length=0, digest="")
            entry = CaptureEntry(
                ref=ref,
                site=site.name,
                kind=Kind.ARTICLE,
                url=record.url,
                status=200,
                fetched_at=record.first_seen,
                key=record.key,
            )
            if captured:
                state.captures.put(entry)
            keys.append(record.key)
            if len(keys) == ON_A_PAGE or number == known - 1:
                state.listings.put_page(list_page(site, number), keys, run=1)
                keys = []


def list_page(site: Site, number: int) -> PageState:
    """Return the page of a list that names the articles up to a number."""
    url = Url(f"{site.home}/{CHANNEL}/{number}.htm")
    return PageState(site=site.name, channel=CHANNEL, url=url, read_at=NOON, rows=ON_A_PAGE, number=number)
