"""An article as a page for Hugo: all that it says as data in front matter, nothing as text to be read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from scraper.values import Value

if TYPE_CHECKING:
    from scraper.app.reading_room import ReadingRoom
    from scraper.model import Site
    from scraper.rendering.document import Rendered
    from scraper.stores.catalogue import Entry

_DESCRIPTION: Final = 120  # characters


class PublicPlaces(Value):
    """Where the links and pictures of documents lead on the website; remembers which files it shows."""

    room: ReadingRoom
    site: str
    remote_pictures: bool
    shown: dict[str, str]  # the address of each file that is shown, and its path in the archive

    def article(self, url: str) -> str | None:
        """Return the permalink of a held article; None: none is held."""
        entry = self.room.catalogue.at(url)
        return None if entry is None else f"/{entry.urlname}/"

    def held(self, path: str) -> str | None:
        """Return the address of a picture or file of the archive; None: it is not there."""
        found = self.room.picture(path, self.site)
        if found is None:
            return None
        self.shown[path] = found
        return path


def page_of(entry: Entry, site: Site, rendered: Rendered, beside: tuple[Entry | None, Entry | None]) -> bytes:
    """Return the file that Hugo makes an article's page of."""
    channels = {channel.name: channel.title for channel in site.channels}
    published = datetime.fromisoformat(entry.moment).replace(tzinfo=site.timezone)
    before, after = beside
    metadata = {
        "title": entry.title,
        "date": published.isoformat(),
        "lastmod": entry.updated,
        "url": f"/{entry.urlname}/",
        "description": " ".join(rendered.text.split())[:_DESCRIPTION],
        "sources": [entry.site],
        "channels": [channel_term(entry.site, entry.channel)] if entry.channel else [],
        "years": [entry.moment[:4]],
        "tags": list(rendered.tags),
        "params": {
            "article": True,
            "urlname": entry.urlname,
            "original": entry.url,
            "siteTitle": site.title,
            "channelTitle": channels.get(entry.channel or "", entry.channel),
            "html": rendered.html,
            "before": _neighbour(before),
            "after": _neighbour(after),
        },
    }
    return json.dumps(metadata, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def channel_term(site: str, channel: str) -> str:
    """Return what a channel is called among those of all sites."""
    return f"{site}-{channel}"


def _neighbour(entry: Entry | None) -> dict[str, str] | None:
    return None if entry is None else {"urlname": entry.urlname, "title": entry.title, "day": entry.day}
