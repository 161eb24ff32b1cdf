"""What a run takes of the machine it runs on, and the clock of whoever works in an archive."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from scraper.config import Config
    from scraper.crawler.dns import Resolve
    from scraper.stores.disk import Usage


class Machine(Value, frozen=True, kw_only=True):
    """What a run takes of the machine it runs on, each thing named so that another may be given."""

    now: Callable[[], datetime] | None = None  # None: the system's clock, in the first site's time zone
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    usage: Callable[[Path], Usage] = shutil.disk_usage
    resolve: Resolve | None = None  # None: the system's resolver
    cores: int | None = None  # that this process is to use; None: as many as it may
    hosts: Path | None = None  # where what is learnt of hosts is kept; None: in the archive


THIS_MACHINE = Machine()


def clock(config: Config, machine: Machine = THIS_MACHINE) -> Callable[[], datetime]:
    """Return the clock of a run: moments in the time zone of the first site."""
    return machine.now or partial(datetime.now, config.sites[0].timezone)
