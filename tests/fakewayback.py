"""A web archive in miniature, by the published protocol of the Internet Archive's CDX server and its replay.

internetarchive/wayback, wayback-cdx-server/README.md: `url`, `output=json`, `fl`, `filter=[!]field:regex`,
`collapse=field`, `limit=N` and `limit=-N`; http and https, with and without a port, are one address. Replay:
`/web/<14 digits>id_/<url>` gives the bytes as they were, another moment is redirected to the nearest one.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b32encode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from scraper.demo.exchange import Answer, Ask, page

_FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_REPLAY = re.compile(r"/web/(?P<moment>\d{14})id_/(?P<url>https?:/.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One capture of the archive."""

    timestamp: str
    original: str
    body: bytes
    mimetype: str = "text/html"
    statuscode: str = "200"
    charset: str = "utf-8"

    def row(self) -> dict[str, str]:
        digest = b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()
        values = (
            *(_key(self.original), self.timestamp, self.original, self.mimetype, self.statuscode, digest),
            str(len(self.body)),
        )
        return dict(zip(_FIELDS, values, strict=True))


@dataclass
class WebArchive:
    """The archive, as a site of the demo's server."""

    host: str = "web.archive.example"
    kept: list[Kept] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fails: int | None = None  # the status of every answer of the index; None: it works

    @property
    def hosts(self) -> tuple[str, ...]:
        return (self.host,)

    @property
    def home(self) -> str:
        return f"http://{self.host}/"

    def keep(self, address: str, body: bytes, *, on: str, **more: str) -> None:
        self.kept.append(Kept(timestamp=on, original=address, body=body, **more))
        self.kept.sort(key=lambda kept: kept.timestamp)

    def answer(self, ask: Ask) -> Answer:
        self.asked.append(ask.path)
        replay = _REPLAY.fullmatch(ask.path)
        if replay is not None:
            return self._replay(replay["moment"], replay["url"])
        if ask.path.startswith("/cdx/search/cdx?"):
            return self._index(parse_qs(urlsplit(ask.path).query))
        return page("<html><body>Not Found</body></html>", status=404)

    def _index(self, query: dict[str, list[str]]) -> Answer:
        if self.fails is not None:
            return page("<html><body>Service Unavailable</body></html>", status=self.fails)
        rows = [kept.row() for kept in self.kept if _key(kept.original) == _key(query["url"][0])]
        for wanted in query.get("filter", []):
            name, _, pattern = wanted.removeprefix("!").partition(":")
            inverted = wanted.startswith("!")
            rows = [row for row in rows if (re.fullmatch(pattern, row[name]) is None) == inverted]
        for name in query.get("collapse", []):
            rows = [row for at, row in enumerate(rows) if at == 0 or rows[at - 1][name] != row[name]]
        limit = int(query.get("limit", ["150000"])[0])
        rows = rows[limit:] if limit < 0 else rows[:limit]
        names = query.get("fl", [",".join(_FIELDS)])[0].split(",")
        table = [names, *([row[name] for name in names] for row in rows)] if rows else []
        return Answer(headers=(("Content-Type", "application/json"),), body=json.dumps(table).encode())

    def _replay(self, moment: str, address: str) -> Answer:
        there = [kept for kept in self.kept if _key(kept.original) == _key(address)]
        if not there:
            return page("<html><body>Not Found</body></html>", status=404)
        kept = min(there, key=lambda kept: abs(int(kept.timestamp) - int(moment)))
        if kept.timestamp != moment:
            place = f"{self.home}web/{kept.timestamp}id_/{kept.original}"
            return Answer(status=302, headers=(("Location", place),))
        headers = (
            ("Content-Type", f"{kept.mimetype}; charset={kept.charset}"),
            ("X-Archive-Orig-Server", "Apache"),
            ("X-Archive-Orig-Content-Type", kept.mimetype),
            ("Memento-Datetime", "Thu, 05 Mar 2020 10:20:00 GMT"),
        )
        return Answer(status=int(kept.statuscode), headers=headers, body=kept.body)


def _key(address: str) -> str:
    """Return an address as the index sorts it: the scheme and its port do not matter."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{','.join(reversed(host.split('.')))}){parts.path}?{parts.query}".lower()
