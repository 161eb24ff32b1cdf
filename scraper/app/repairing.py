"""What an archive has lost, had again: struck off, fetched, documents and pictures made again.

Each step is whole by itself and stands in the state: killed between two of them, the same command goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.app.archive_door import enter
from scraper.app.machine import clock
from scraper.app.open_sites import Sites
from scraper.app.reextraction import changes
from scraper.app.wiring import new_session
from scraper.audit.verification import Verified, verify
from scraper.crawl.plan import Refetch
from scraper.ingest.forgetting import Forgetting
from scraper.ingest.losses import ShelfLosses
from scraper.ingest.replay import Replay
from scraper.messages import say, translated
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.config import Config
    from scraper.model import Site
    from scraper.progress import Progress
    from scraper.report import Report
    from scraper.stores.opening import SiteContext


class Repaired(Value, kw_only=True):
    """What was repaired of one site."""

    lost: int = 0  # captures that were seen to be lost now
    waiting: int = 0  # of all that are lost: still to be fetched
    gone: int = 0  # of all that are lost: for good
    documents: int = 0  # written again, as their captures give them
    failed: int = 0  # documents that could not be
    accepted: int = 0  # damage that is taken as known now


def repair(
    config: Config, sites: Sequence[Site], *, accept: bool, progress: Progress, tell: Callable[[str], None]
) -> tuple[Report, dict[str, Repaired]]:
    """Repair these sites; return the report of what was fetched, and what became of each.

    `accept`: what stays damaged is taken as known. Raises Locked, StoreError.
    """
    now = clock(config)
    enter(config, now=now, new=False)
    repaired = {site.name: Repaired() for site in sites}
    opener = Sites(config, now=now, dry=False)
    for site in sites:
        with opener.open(site) as context:
            _mend(context, tell)
            Forgetting(context).finish()  # what was taken out on purpose is not lost
            repaired[site.name].lost = ShelfLosses(context).strike_damaged()
            for _ in Replay(context).all(lambda _: None):
                pass
    report = new_session(config, progress=progress).go("repair", sites, Refetch())
    for site in sites:
        with opener.open(site) as context:
            _make_again(context, repaired[site.name], Path(config.archive), tell)
            if accept:
                _accept(context, repaired[site.name], Path(config.archive), progress)
    return report, repaired


def _mend(context: SiteContext, tell: Callable[[str], None]) -> None:
    """Take out of the state what cannot be, where a run learns it again; make articles anew."""
    removed = context.state.mend()
    with context.state.transaction():
        renewed = context.state.articles.mend(context.name, context.now())
    for said in (
        say("{count} rows that held what cannot be were taken out", count=removed) if removed else "",
        say("{count} articles whose row held what cannot be are asked for again", count=renewed)
        if renewed
        else "",
    ):
        if said:
            tell(f"{context.name}: state: {translated(said)}")


def _make_again(context: SiteContext, done: Repaired, archive: Path, tell: Callable[[str], None]) -> None:
    for change in changes(context, archive, dry=False, tell=tell):
        done.documents += change.outcome in {"written", "revised"}
        done.failed += change.outcome == "failed"
    fates = [loss.fate for loss in context.state.losses.all(context.name)]
    done.waiting, done.gone = fates.count(None), fates.count("gone")


def _accept(context: SiteContext, done: Repaired, archive: Path, progress: Progress) -> None:
    for one in list(verify(context.site, archive, render=False, progress=progress)):
        if isinstance(one, Verified):
            continue
        with context.state.transaction():
            context.state.losses.accept(context.name, one.file, one.offset, one.what, context.now())
        done.accepted += 1
