"""What was learnt of a site's hosts, which goes with its lease: back-offs and robots.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.hosts import HostFiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_LONGEST: Final = 65_536  # characters of one text; a longer robots.txt is asked for again


def told_of_hosts(archive: Path, hosts: Iterable[str]) -> dict[str, Any]:
    """Return what this machine knows of hosts, for the manifest."""
    files = HostFiles(ArchiveFolder(archive).hosts)
    found = ((topic, name, files.get(topic, name)) for topic, name in _names(hosts))
    return {
        f"{topic} {name}": text for topic, name, text in found if text is not None and len(text) <= _LONGEST
    }


def rest_hosts(archive: Path, hosts: Iterable[str], told: Mapping[str, Any], now: datetime) -> None:
    """Take over what another machine knew of hosts, and let each rest for its delay before the first request.

    The holder before may have asked it a moment ago, on another machine.
    """
    files = HostFiles(ArchiveFolder(archive).hosts)
    for topic, name in _names(hosts):
        text = told.get(f"{topic} {name}")
        if isinstance(text, str):
            files.put(topic, name, text)
    for host in hosts:
        if files.take(
            host
        ):  # not where another process of this machine asks it: then that one keeps the pace
            files.give_back(host, now.isoformat())


def _names(hosts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for host in sorted(hosts):
        yield "host", host
        yield from (("robots", f"{scheme}://{host}") for scheme in ("http", "https"))
