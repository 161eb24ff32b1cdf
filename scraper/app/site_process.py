"""The process of one site, which a worker starts: the ordinary run of it, as long as the lease allows.

Imports nothing of the database and the store, so that it begins at once.
"""

from __future__ import annotations

import base64
import os
import pickle
from typing import TYPE_CHECKING

from scraper.app.machine import clock
from scraper.app.wiring import new_session
from scraper.cluster.permit import SitePermit, lines_of
from scraper.crawl.plan import Backfill, Incremental
from scraper.crawler.network import hosts_of
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from datetime import timedelta

    from scraper.config import Config


def pickled(config: Config) -> bytes:
    """Return a config as one line: the process of a site reads it in a moment, where YAML takes seconds."""
    return base64.b64encode(pickle.dumps(config)) + b"\n"


def run_as_child(site: str, *, time_limit: timedelta | None, backfill: bool) -> int:
    """Run a site in the process that a worker started for it: see `cluster.permit` for their talk."""
    with os.fdopen(os.dup(1), "wb") as say_to_worker:
        os.dup2(2, 1)  # whatever prints, the talk is for nothing else
        listen = lines_of(0)
        config: Config = pickle.loads(base64.b64decode(next(listen)))  # noqa: S301 - our own worker's
        own = next(each for each in config.sites if each.name == site)
        permit = SitePermit(site, hosts_of(own), listen=listen, tell=say_to_worker, now=clock(config))
        permit.start()
        session = new_session(config, progress=Unwatched(), time_limit=time_limit, permit=permit)
        plan = Backfill() if backfill else Incremental()
        report = session.go("backfill" if backfill else "run", (own,), plan)
        permit.say({"report": report.to_json()})
        return report.exit_code
