"""The documents of a site made again from its captures, on all cores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scraper.errors import TooCostly
from scraper.ingest.assets import AssetIngester
from scraper.ingest.reextract import jobs, remake, settle
from scraper.ingest.replay import Replay
from scraper.messages import say
from scraper.parallel import spread
from scraper.stores.opening import OfSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.errors import ArchiveError
    from scraper.ingest.reextract import Change, Job, Remade
    from scraper.model import Site
    from scraper.stores.opening import SiteContext
    from scraper.stores.warc_reader import Damaged


def changes(
    context: SiteContext,
    archive: Path,
    *,
    dry: bool,
    tell: Callable[[str], None],
    damaged: Callable[[Damaged], None] = lambda _: None,
) -> Iterator[Change]:
    """Yield what becomes of each article. What a killed run left on the shelf is taken in first.

    Pictures and files that are lost or changed are put back at the end, from their captures.
    """
    site = context.site
    if not dry:
        number = sum(1 for _ in Replay(context).all(damaged))
        if number:
            tell(
                say(
                    "{site}: {count} captures that the state did not know were taken in",
                    site=site.name,
                    count=number,
                )
            )
    work = partial(_remake, site=site, stores=OfSite(archive, site.name))
    for job, made in spread(work, jobs(context), lost=_lost):
        yield settle(job, made, context, dry=dry)
    for asset, error in AssetIngester(context).restore(dry=dry):
        done = say("cannot be put back: {why}", why=error.said) if error else say("put back")
        if dry and not error:
            done = say("to be put back")
        tell(say("{site}: {path}: was lost or changed: {done}", site=site.name, path=asset.path, done=done))


def _remake(job: Job, *, site: Site, stores: OfSite) -> Remade | ArchiveError:
    return remake(job, site, stores.captures.read)


def _lost(job: Job, why: str) -> ArchiveError:
    """Return the error of an article whose page ended the process that read it."""
    return TooCostly(say("too costly: {url}: {why}", url=job.known.url, why=why))
