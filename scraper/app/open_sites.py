"""The sites of one run, each opened when its turn comes."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.ingest.ingester import Ingester
from scraper.ingest.prior_captures import PriorCaptures
from scraper.stores.opening import open_site, try_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.config import Config
    from scraper.model import Capture, Site
    from scraper.stores.opening import SiteContext


class Sites:
    """The sites of one run, each opened when its turn comes."""

    def __init__(self, config: Config, *, now: Callable[[], datetime], dry: bool) -> None:
        """Open nothing yet. `dry`: states are copies in memory, and no lock is held."""
        self.archive = Path(config.archive)
        self._config = config
        self._now = now
        self._dry = dry
        self._open: dict[str, SiteContext] = {}

    @contextmanager
    def open(self, site: Site) -> Iterator[SiteContext]:
        """Open a site. Raises Locked, StateTooNew, StoreError."""
        opening = (
            try_site(self.archive, site, now=self._now)
            if self._dry
            else open_site(self.archive, site, now=self._now, contact=self._config.contact)
        )
        with opening as context:
            self._open[site.name] = context
            try:
                yield context
            finally:
                del self._open[site.name]

    def keep_robots(self, site: Site, capture: Capture) -> None:
        """Put a robots.txt on its site's shelf, so that the archive shows why something was not asked for."""
        context = self._open[site.name]
        same_as = context.state.captures.last_answer(site.name, capture.url)
        if PriorCaptures(context).is_repeated(capture, same_as, None):
            return
        Ingester(context).note(capture, context.captures.append(capture, same_as))
