"""The documents of a site made again from its captures, on all cores."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.app.archive import shelf_of
from scraper.pipeline.rebuild import jobs, remake, settle
from scraper.pipeline.session import recover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.config import Config
    from scraper.errors import ArchiveError
    from scraper.model import Site
    from scraper.pipeline.rebuild import Change, Job, Remade
    from scraper.pipeline.session import Stores

_AT_ONCE = 256  # jobs handed to the workers together: bounds the memory, not the speed


def changes(
    site: Site, stores: Stores, config: Config, *, dry: bool, say: Callable[[str], None]
) -> Iterator[Change]:
    """Yield what becomes of each article. What a killed run left on the shelf is taken in first."""
    if not dry:
        number = recover(site, stores)
        if number:
            say(f"{site.name}: {number} captures that the state did not know were taken in")
    work = partial(_remake, site=site, archive=Path(config.archive))
    every = jobs(site, stores)
    context = multiprocessing.get_context("spawn")  # a fork would keep the archive's lock open
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as workers:
        while batch := list(islice(every, _AT_ONCE)):
            for job, made in zip(batch, workers.map(work, batch, chunksize=16), strict=True):
                yield settle(job, made, stores, dry=dry)


def _remake(job: Job, *, site: Site, archive: Path) -> Remade | ArchiveError:
    return remake(job, site, shelf_of(archive).read)
