"""A run that finds nothing new: what cron pays every hour.

Over the channels of a small invented site, with so many articles held. Start-up is that of the imports of a
run; its floor is the import of the libraries that fetch and parse.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, compiled, of_children
from invented import NOON, fill_state, held

from scraper.app.config_file import load_config
from scraper.demo import beichen
from scraper.demo.ecms import ChannelSpec
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.exit_codes import ExitCode
from scraper.stores.opening import open_site

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANNELS = 14
ROWS = 25  # of a list
KNOWN = 100_000
SMALL = 100
_IMPORTS = "import scraper.commands.run, scraper.app.wiring"
_FLOOR = "import httpx, selectolax.lexbor, sqlite3, yaml"


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield CPU of an idle run and of its start, and the requests that it makes."""
    start, floor = (min(_spent(["-c", code]) for _ in range(3)) for code in (_IMPORTS, _FLOOR))
    yield Figure(
        name="start-up", value=start, unit="s CPU", floor=floor, floor_name="imports of httpx, selectolax …"
    )
    world = _of_channels(CHANNELS)
    with tempfile.TemporaryDirectory() as name, serve(world) as server:
        file = Path(name) / "config.yaml"
        file.write_text(config_text(world, proxy=server.proxy), encoding="utf-8")
        config = load_config(file)
        run = ["-m", "scraper", "run", "-q", "--config", str(file)]
        _spent(run)
        known = SMALL if small else KNOWN
        now = datetime.now(UTC)
        opened = open_site(Path(config.archive), config.sites[0], now=lambda: now)
        with opened as context:
            fill_state(context.state, config.sites[0], known, captured=False)
            for record in held(config.sites[0], known):
                document = Path(config.archive) / (record.path or "")
                document.parent.mkdir(parents=True, exist_ok=True)
                document.touch()
        _spent(run)  # it takes what is new into the search, once
        before = len(server.log)
        spent = _spent(run)
        asked = len(server.log) - before
        channels = len(config.sites[0].channels)
    yield Figure(
        name=f"idle run, {channels} channels, {known:,} articles held",
        value=spent,
        unit="s CPU",
        floor=start,
        floor_name="start-up",
    )
    yield Figure(
        name="requests of an idle run",
        value=float(asked),
        unit="requests",
        floor=float(channels),
        floor_name="one a channel",
    )


def _of_channels(number: int) -> EcmsWorld:
    """Return a site of so many channels. Its lists differ in some bytes at each answer, as real ones do."""
    more = range(number - len(beichen.CHANNELS))
    own = (ChannelSpec(name=f"zt{at}", code=f"01{at:02}000", title=f"专题{at}") for at in more)
    world = EcmsWorld(beichen.HOST, (*beichen.CHANNELS, *own))
    for channel in world.channels:
        list(world.bulk(channel, ROWS, first=NOON - timedelta(days=ROWS)))
    return world


def _spent(arguments: list[str]) -> float:
    begun = of_children()
    command = [sys.executable, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, env=compiled())  # noqa: S603 - ours
    if done.returncode != ExitCode.DONE:
        sys.exit(f"{' '.join(arguments)}: {done.stderr[-2000:]!r}")
    return of_children() - begun
