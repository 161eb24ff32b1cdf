"""A config that is followed while a worker runs: what is changed in its files holds from the next run on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scraper.app.config_file import load_config
from scraper.app.site_process import pickled
from scraper.errors import ArchiveError
from scraper.values import replace

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.config import Config
    from scraper.model import Site

_log = logging.getLogger(__name__)


class FollowedConfig:
    """The config as it was last read without an error."""

    def __init__(self, path: Path, config: Config) -> None:
        """Take the file, or the folder of files, and what was read of it."""
        self._path = path
        self._seen = self._stamp()
        self._take(config)

    def site(self, name: str) -> Site | None:
        """Return a site; None: the config names no such site."""
        return self._sites.get(name)

    def line(self) -> bytes:
        """Return the config as the processes of sites are told it."""
        return self._line

    def look(self) -> bool:
        """Read the config again if its files have changed; say whether it is another one now.

        A broken one is told and not taken. Where the archive, the database and the store are stays as it was
        when the worker began.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            config = load_config(self._path)
        except ArchiveError as error:
            _log.error("config-kept", extra={"fields": {"error": f"{error.kind}: {error}"}})
            return False
        self._take(replace(config, archive=self._config.archive, cluster=self._config.cluster))
        _log.info("config-read", extra={"fields": {"sites": len(config.sites)}})
        return True

    def _take(self, config: Config) -> None:
        self._config = config
        self._sites = {site.name: site for site in config.sites}
        self._line = pickled(config)

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return what changes when a file does."""
        files = sorted(self._path.iterdir()) if self._path.is_dir() else [self._path]
        found = [(file, file.stat()) for file in files if file.is_file()]
        return tuple((file.name, about.st_mtime_ns, about.st_size) for file, about in found)
