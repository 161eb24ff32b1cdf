"""The documents of a site made again from its captures, on all cores."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.crawl.session import ingester_of, recover
from scraper.ingest.reextract import jobs, remake, settle
from scraper.parallel import spread
from scraper.stores.opening import shelf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.config import Config
    from scraper.errors import ArchiveError
    from scraper.ingest.reextract import Change, Job, Remade
    from scraper.model import Site
    from scraper.stores.opening import Stores


def changes(
    site: Site, stores: Stores, config: Config, *, dry: bool, say: Callable[[str], None]
) -> Iterator[Change]:
    """Yield what becomes of each article. What a killed run left on the shelf is taken in first.

    Pictures and files that are lost or changed are put back at the end, from their captures.
    """
    if not dry:
        number = recover(site, stores)
        if number:
            say(f"{site.name}: {number} captures that the state did not know were taken in")
    work = partial(_remake, site=site, archive=Path(config.archive))
    for job, made in spread(work, jobs(site, stores)):
        yield settle(job, made, stores, dry=dry)
    for asset, error in ingester_of(site, stores).assets.restore(dry=dry):
        done = f"cannot be put back: {error}" if error else "to be put back" if dry else "put back"
        say(f"{site.name}: {asset.path}: was lost or changed: {done}")


def _remake(job: Job, *, site: Site, archive: Path) -> Remade | ArchiveError:
    return remake(job, site, shelf_of(archive).read)
