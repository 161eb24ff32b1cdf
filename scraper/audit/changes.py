"""What became of articles since a day: revised, vanished, returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.columns import padded
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from scraper.stores.state.events import Event

_WHATS = ("revised", "vanished", "returned")
_SAID = {"revised": say("revised"), "vanished": say("vanished"), "returned": say("returned")}
_WIDEST = 8  # cells


def to_json(since: datetime, sites: Mapping[str, Sequence[Event]]) -> dict[str, Any]:
    """Return what became of each site's articles, for programs."""
    return {
        "since": since.isoformat(timespec="seconds"),
        "sites": {
            name: {what: [_event(event) for event in events if event.what == what] for what in _WHATS}
            for name, events in sites.items()
        },
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "url": event.url,
        "at": event.at.isoformat(timespec="seconds"),
        "title": event.title,
        "path": event.path,
    }


def to_text(name: str, events: Iterable[Event], zone: tzinfo) -> Iterator[str]:
    """Yield a line for each, oldest first, moments in this time zone."""
    for event in events:
        moment = f"{event.at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        what = padded(translated(_SAID.get(event.what, event.what)), _WIDEST)
        yield f"{name}  {moment}  {what}  {event.url}  {event.title or ''}".rstrip()
