"""What the network remembers of hosts, as JSON text in whatever keeps text and locks a host."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from scraper import foreign_json
from scraper.crawler.host_state import CachedRobots, HostBackoff

if TYPE_CHECKING:
    from typing import Any

_NOT_OURS: Final = (KeyError, TypeError, ValueError, OverflowError)  # what a text raises that we never wrote


class Texts(Protocol):
    """Keeps text, and holds hosts for one exchange: `stores.hosts` does."""

    def get(self, topic: str, name: str) -> str | None:
        """Return what was remembered; None: nothing."""

    def put(self, topic: str, name: str, value: str) -> None:
        """Remember."""

    def take(self, name: str) -> bool:
        """Take a host for one exchange; False: another process has it."""

    def ended(self, name: str) -> str | None:
        """Return when the last exchange with a host that is held ended; None: never."""

    def give_back(self, name: str, ended: str | None) -> None:
        """Let others have a host."""


class StoredHostState:
    """A `crawler.host_state.HostState` over texts."""

    def __init__(self, texts: Texts) -> None:
        """Take where the texts are kept."""
        self._texts = texts

    def take(self, name: str) -> bool:
        """Take a host for one exchange; False: another process has it now."""
        return self._texts.take(name)

    def last_exchange(self, name: str) -> datetime | None:
        """Return when the last exchange with a host that is taken ended, whoever made it; None: never."""
        text = self._texts.ended(name)
        try:
            return None if text is None else _moment(text)
        except ValueError:  # a power cut may leave anything: then nobody knows
            return None

    def give_back(self, name: str, ended: datetime | None) -> None:
        """Let others have a host; `ended`: when the exchange ended, None: there was none."""
        self._texts.give_back(name, None if ended is None else ended.isoformat())

    def host(self, name: str) -> HostBackoff | None:
        """Return what is known of a host; None where it never made trouble."""
        found = self._read("host", name)
        if found is None:
            return None
        try:
            return HostBackoff(
                pause=_seconds(found["pause"]),
                until=_moment(found["until"]),
                cause=str(found["cause"]),
                span=_seconds(found.get("span", 86_400.0)),
                asked=bool(found.get("asked", found["cause"] == "429")),
            )
        except _NOT_OURS:
            return None

    def remember_host(self, name: str, known: HostBackoff) -> None:
        """Keep what is known of a host in place of what was."""
        value = {
            "pause": known.pause,
            "until": known.until.isoformat(),
            "cause": known.cause,
            "span": known.span,
            "asked": known.asked,
        }
        self._texts.put("host", name, json.dumps(value))

    def robots(self, origin: str) -> CachedRobots | None:
        """Return the robots.txt of an origin; None where it was never read."""
        found = self._read("robots", origin)
        if found is None:
            return None
        try:
            return CachedRobots(
                fetched_at=_moment(found["fetched_at"]),
                status=int(found["status"]),
                body=b64decode(found["body"]),
            )
        except _NOT_OURS:
            return None

    def remember_robots(self, origin: str, known: CachedRobots) -> None:
        """Keep an origin's robots.txt in place of the older one."""
        value = {
            "fetched_at": known.fetched_at.isoformat(),
            "status": known.status,
            "body": b64encode(known.body).decode("ascii"),
        }
        self._texts.put("robots", origin, json.dumps(value))

    def _read(self, topic: str, name: str) -> dict[str, Any] | None:
        text = self._texts.get(topic, name)
        try:
            found = None if text is None else foreign_json.parse(text)
        except ValueError:  # a power cut may leave anything: then it is learnt again
            return None
        return found if isinstance(found, dict) else None


def _moment(text: str) -> datetime:
    """Return a moment that was remembered. Raises ValueError for one without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        msg = "it has no zone"
        raise ValueError(msg)
    return moment


def _seconds(value: float) -> float:
    """Return a span that was remembered. Raises ValueError for none that could be one."""
    seconds = float(value)
    if not 0 <= seconds < float("inf"):
        msg = "it is no span of time"
        raise ValueError(msg)
    return seconds
