"""How many pages a second are taken in again, made again, and verified, on all cores.

    python benchmarks/bench_verify.py [NUMBER]

Over captures of so many invented articles (2,000 where nothing is named), every tenth of them captured twice
with equal bodies, and their channel's index. Wall time of one round each, all that the command does included;
a disk that is slow at syncing shows in the first two figures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import urls
from scraper.app.config_file import load_config
from scraper.app.reextraction import changes
from scraper.audit.verification import Verified, verify
from scraper.demo import beichen
from scraper.demo.exchange import Ask
from scraper.demo.settings import config_text
from scraper.ingest.replay import Replay
from scraper.model import Capture, Kind
from scraper.progress import Unwatched
from scraper.stores.opening import captures_of, open_site
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import Config
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.model import CaptureRef
    from scraper.stores.captures import CaptureStore

NUMBER = 2_000
CHANNEL = "bcyw"
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def answer(world: EcmsWorld, address: str, kind: Kind, moment: datetime) -> Capture:
    """Return what the invented site answers, as the network would hand it on."""
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


def fill(shelf: CaptureStore, world: EcmsWorld, number: int) -> int:
    """Put the captures on the shelf and return how many bytes their bodies have."""
    size = 0
    moment = NOON
    numbers = world.bulk(CHANNEL, number, first=NOON - timedelta(days=number))
    index = answer(world, world.index(CHANNEL), Kind.LISTING, moment)
    refs: list[CaptureRef] = [shelf.append(index)]
    for at, one in enumerate(numbers):
        moment += timedelta(seconds=1)
        capture = answer(world, world.address(one), Kind.ARTICLE, moment)
        refs.append(shelf.append(capture))
        size += len(capture.body)
        if at % 10 == 0:
            shelf.append(capture, same_as=refs[-1])
    return size


@contextmanager
def timed(what: str, number: int) -> Iterator[None]:
    """Print how many pages a second were done."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"{what:30} {number / seconds:7.0f} pages/s {seconds:7.2f} s")


def check(what: str, *, sound: bool) -> None:
    """End the benchmark where a command did not do its work: its figure would mean nothing."""
    if not sound:
        sys.exit(f"{what}: the archive is not as it should be")


def measure(config: Config, number: int) -> None:
    """Measure each command over the archive."""
    [site] = config.sites
    archive = Path(config.archive)
    with open_site(archive, site, now=lambda: datetime.now(UTC)) as context:
        with timed("taken in after a lost state", number):
            sum(1 for _ in Replay(context).all(lambda _: None))
        with timed("reextract", number):
            outcomes = {change.outcome for change in changes(context, archive, dry=False, say=print)}
    check("reextract", sound=outcomes == {"unchanged"})
    for what, render in (("verify", False), ("verify --render", True)):
        with timed(what, number):
            *damaged, found = verify(site, archive, render=render, progress=Unwatched())
        check(what, sound=not damaged and isinstance(found, Verified) and found.documents == number)


def main() -> int:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    world = beichen.empty()
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "config.yaml"
        file.write_text(config_text(world, proxy="null"), encoding="utf-8")
        config = load_config(file)
        shelf = captures_of(Path(config.archive), config.sites[0].name)
        with timed("captures appended, synced", number):
            size = fill(shelf, world, number)
        print(f"{number} articles of {size / number / 1000:.0f} kB, {os.cpu_count()} cores")
        measure(config, number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
