"""What a cluster's store has, as an archive to look at: pulled into a folder of its own, what changed alone.

No captures are pulled unless they are asked for, and nothing that is there as the store has it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper.app.cluster import store_of
from scraper.app.indexing import index_path, refresh_sites
from scraper.app.machine import clock
from scraper.cluster.holding import Holding
from scraper.cluster.pulling import Wanted, pull
from scraper.stores.opening import prepare
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.config import Config
    from scraper.model import Site

FOLDER: Final = ".from-store"  # in `.scraper`: no site can be called so
_AT_ONCE: Final = 8  # sites that are pulled side by side: the store is what is waited for


def store_view(config: Config, sites: Sequence[Site], wanted: Wanted) -> Config:
    """Pull sites, and return the config of the archive that they make. Raises UsageError, ObjectStoreAway."""
    archive = Path(config.archive) / ".scraper" / FOLDER
    view = replace(config, archive=str(archive), archive_id=None)
    store = store_of(config)
    prepare(archive, now=clock(config), new=True)

    def pulled(site: Site) -> bool:
        before = Holding(archive, site.name).held()
        pull(archive, site.name, store, wanted)
        after = Holding(archive, site.name).held()
        return after is not None and (before is None or before.serial != after.serial)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        changed = [site.name for site, new in zip(sites, threads.map(pulled, sites), strict=True) if new]
    if wanted.documents and changed and index_path(view).exists():
        for error in refresh_sites(view, changed).unopened:
            raise error
    return view
