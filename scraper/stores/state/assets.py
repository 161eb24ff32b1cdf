"""Assets: the pictures and files that articles show, each known once, and which article shows which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.article_record import AT_ONCE, Asset, AssetStatus
from scraper.model import Kind
from scraper.stores.state.columns import Columns, digest, moment, number, set_moment, text
from scraper.stores.state.timestamps import stored
from scraper.stores.state.volumes import VOLUME_OF

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scraper.stores.state.volumes import Volumes
    from scraper.urls import Url

_ROW = Columns(
    Asset,
    (
        *(text("site"), text("url"), text("kind", Kind), set_moment("first_seen")),
        *(text("status", AssetStatus), moment("due"), number("attempts"), text("error"), text("path")),
        digest("asset_digest", field="digest"),
    ),
    ref="capture",
)
_UPSERT = (
    _ROW.upsert("asset", ("site", "url"), more=["visited_in"])
    + ", visited_in = coalesce(excluded.visited_in, visited_in)"
)
_SELECTED = _ROW.selected("a")
_VOLUME = VOLUME_OF.format(row="a")
_FIRST_OF_FILE = (
    "(SELECT min(url) FROM asset b INDEXED BY asset_path WHERE b.site = a.site AND b.path = a.path)"
)
_DUE = "a.due <= :now AND a.visited_in IS NOT :run"
_TOLD = "('held', 'gone')"  # what a document has to say of it; otherwise it links to the source


class Assets:
    """Verbs over the tables `asset` and `shown`."""

    def __init__(self, connection: sqlite3.Connection, volumes: Volumes) -> None:
        """Share the state's connection."""
        self._connection = connection
        self._volumes = volumes

    def get(self, site: str, url: Url) -> Asset | None:
        """Return what is known of a picture or file; None: nothing."""
        row = self._connection.execute(
            f"SELECT {_SELECTED} FROM asset a {_VOLUME} WHERE a.site = ? AND a.url = ?",  # noqa: S608 - constants
            (site, url),
        ).fetchone()
        return None if row is None else next(_sound([row]), None)

    def put(self, asset: Asset, *, run: int | None = None) -> None:
        """Remember; with `run`, that this run tried. Documents that show it are stale where it changed."""
        before = self.get(asset.site, asset.url)
        if asset.capture is not None:
            self._volumes.add(asset.site, asset.capture.file)
        self._connection.execute(_UPSERT, _ROW.values(asset) | {"visited_in": run})
        if _told(before) != _told(asset):
            self._connection.execute(
                "UPDATE shown SET stale = 1 WHERE site = ? AND url = ?", (asset.site, asset.url)
            )

    # ── which article shows which ─────────────────────────────────────────────────────────────────────────

    def show(
        self, site: str, key: str, shown: Iterable[tuple[Url, Kind]], now: datetime, *, told: Iterable[Url]
    ) -> None:
        """Remember what an article shows, in place of what it showed; what is new is to be asked for.

        `told`: of which its document, as it was just written, says what is known. Of the others it says what
        it said before; where one is new and held or gone already, the document is stale.
        """
        rows = self._connection.execute(
            "SELECT url, stale FROM shown WHERE site = ? AND key = ?", (site, key)
        )
        stale = {row["url"]: row["stale"] for row in rows}
        if stale:
            self._connection.execute("DELETE FROM shown WHERE site = ? AND key = ?", (site, key))
        stale |= dict.fromkeys(told, 0)
        for position, (url, kind) in enumerate(shown):
            asset = self.get(site, url)
            if asset is None:
                asset = Asset(site=site, url=url, kind=kind, first_seen=now, due=AT_ONCE)
                self.put(asset)
            self._connection.execute(
                "INSERT OR IGNORE INTO shown VALUES (?, ?, ?, ?, ?)",
                (site, key, url, position, stale.get(url, int(_told(asset) is not None))),
            )

    def addresses(self, site: str, urls: Iterable[Url]) -> dict[Url, str | None]:
        """Return where documents find these: on the built site, None where it is gone.

        What is neither held nor gone is left out: documents link to its source.
        """
        known = (self.get(site, url) for url in urls)
        return {asset.url: asset.address for asset in known if asset is not None and _told(asset)}

    def addresses_of(self, site: str, key: str) -> dict[Url, str | None]:
        """Return likewise where an article's document finds what the article shows."""
        rows = self._connection.execute(
            f"SELECT {_SELECTED} FROM shown s JOIN asset a USING (site, url) {_VOLUME} "  # noqa: S608 - constants
            f"WHERE s.site = ? AND s.key = ? AND a.status IN {_TOLD} ORDER BY s.position",
            (site, key),
        )
        return {asset.url: asset.address for asset in _sound(rows)}

    def stale(self, site: str) -> tuple[str, ...]:
        """Return the articles whose documents do not yet say what became of what they show."""
        rows = self._connection.execute(
            "SELECT DISTINCT key FROM shown INDEXED BY shown_stale WHERE site = ? AND stale ORDER BY key",
            (site,),
        )
        return tuple(row["key"] for row in rows)

    # ── what is to be asked for ───────────────────────────────────────────────────────────────────────────

    def due(self, site: str, key: str, now: datetime, *, run: int) -> tuple[Asset, ...]:
        """Return what is to be asked for now of what an article shows, in page order.

        What this run tried does not come again.
        """
        rows = self._connection.execute(
            f"SELECT {_SELECTED} FROM shown s JOIN asset a USING (site, url) {_VOLUME} "  # noqa: S608 - constants
            f"WHERE s.site = :site AND s.key = :key AND {_DUE} ORDER BY s.position",
            {"site": site, "key": key, "now": stored(now), "run": run},
        )
        return tuple(_sound(rows))

    def articles_due(self, site: str, now: datetime, *, run: int) -> Iterator[str]:
        """Yield the articles that show what is to be asked for now, by key."""
        query = (
            "SELECT DISTINCT s.key "  # noqa: S608 - a constant
            "FROM asset a INDEXED BY asset_due CROSS JOIN shown s INDEXED BY shown_url USING (site, url) "
            f"WHERE a.site = :site AND {_DUE} AND s.key > :last ORDER BY s.key LIMIT 1000"
        )
        values = {"site": site, "now": stored(now), "run": run, "last": ""}
        while rows := self._connection.execute(query, values).fetchall():
            yield from (row["key"] for row in rows)
            values["last"] = rows[-1]["key"]

    # ── what is held ──────────────────────────────────────────────────────────────────────────────────────

    def files(self, site: str) -> Iterator[tuple[str, str]]:
        """Yield the path and the sha256 (hex) of every picture and file that is held, each once, by path."""
        for asset in self.held(site):
            if asset.path is not None and asset.digest is not None:
                yield asset.path, asset.digest

    def held(self, site: str) -> Iterator[Asset]:
        """Yield what is held, by path; of what several addresses have in common only one."""
        query = (
            f"SELECT {_SELECTED} FROM asset a INDEXED BY asset_path {_VOLUME} "  # noqa: S608 - constants
            f"WHERE a.site = ? AND a.path > ? AND a.url = {_FIRST_OF_FILE} ORDER BY a.path LIMIT 1000"
        )
        last = ""
        while rows := self._connection.execute(query, (site, last)).fetchall():
            yield from _sound(rows)
            last = rows[-1]["path"]


def _sound(rows: Iterable[sqlite3.Row]) -> Iterator[Asset]:
    """Yield what rows say, but for those that hold what cannot be: `verify` names them."""
    for row in rows:
        try:
            yield _ROW.checked(row)
        except (ValueError, TypeError, OverflowError):
            continue


def _told(asset: Asset | None) -> str | None:
    """Return what a document has to say of an asset; None: it links to the source."""
    if asset is None or asset.status not in {AssetStatus.HELD, AssetStatus.GONE}:
        return None
    return asset.address or asset.status
