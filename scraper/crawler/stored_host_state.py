"""What the network remembers, as JSON text in whatever keeps text by topic and name."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from scraper.crawler.host_state import HostMemory, RobotsMemory

if TYPE_CHECKING:
    from typing import Any


class Texts(Protocol):
    """Keeps text: the state does."""

    def get(self, topic: str, name: str) -> str | None:
        """Return what was remembered; None: nothing."""

    def put(self, topic: str, name: str, value: str) -> None:
        """Remember."""


class StoredHostState:
    """A `crawler.memory.Memory` over texts."""

    def __init__(self, texts: Texts) -> None:
        """Take where the texts are kept."""
        self._texts = texts

    def host(self, name: str) -> HostMemory | None:
        """Return what is known of a host; None where it never made trouble."""
        found = self._read("host", name)
        if found is None:
            return None
        return HostMemory(
            pause=float(found["pause"]),
            until=datetime.fromisoformat(found["until"]),
            cause=str(found["cause"]),
            span=float(found.get("span", 86_400.0)),
            asked=bool(found.get("asked", found["cause"] == "429")),
        )

    def remember_host(self, name: str, known: HostMemory) -> None:
        """Keep what is known of a host in place of what was."""
        value = {
            "pause": known.pause,
            "until": known.until.isoformat(),
            "cause": known.cause,
            "span": known.span,
            "asked": known.asked,
        }
        self._texts.put("host", name, json.dumps(value))

    def robots(self, origin: str) -> RobotsMemory | None:
        """Return the robots.txt of an origin; None where it was never read."""
        found = self._read("robots", origin)
        if found is None:
            return None
        return RobotsMemory(
            fetched_at=datetime.fromisoformat(found["fetched_at"]),
            status=int(found["status"]),
            body=b64decode(found["body"]),
        )

    def remember_robots(self, origin: str, known: RobotsMemory) -> None:
        """Keep an origin's robots.txt in place of the older one."""
        value = {
            "fetched_at": known.fetched_at.isoformat(),
            "status": known.status,
            "body": b64encode(known.body).decode("ascii"),
        }
        self._texts.put("robots", origin, json.dumps(value))

    def _read(self, topic: str, name: str) -> dict[str, Any] | None:
        text = self._texts.get(topic, name)
        return None if text is None else json.loads(text)
