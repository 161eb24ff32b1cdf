"""The public website: what Hugo makes of an archive, what a second build touches, its search in a browser."""

from __future__ import annotations

import gzip
import json
import sqlite3
import threading
import xml.etree.ElementTree as ET
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import attacks
import pagefind_bin
import pytest
from archiving import Archive
from browser import needs_chromium, opened, stranger

from scraper import cli
from scraper.app.reading_room import ReadingRoom
from scraper.demo import beichen
from scraper.demo.pictures import png
from scraper.demo.server import serve
from scraper.errors import StoreError, UsageError
from scraper.stores.catalogue import Span
from scraper.urls import Url, urlname
from scraper.website.build import Wanted, build
from scraper.website.bundles import Record, bundle, pairs
from scraper.website.publication import Published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
BASE = "https://news.example/"
TODAY = datetime(2026, 6, 18, 6, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    opened_archive = Archive(tmp_path, server, world)
    opened_archive.clock.now = TODAY
    world.now = TODAY
    return opened_archive


def built(archive: Archive, target: Path) -> Published:
    wanted = Wanted(title="北辰档案", base=BASE, remote_pictures=False)
    return build(ReadingRoom(archive.config), target, wanted, lambda: None)


@pytest.mark.parametrize("change", ["title = x'ff'", "url = x'00'", "published = 'x'", "channel = x'ff'"])
def test_an_article_whose_row_cannot_be_read_whole_keeps_its_page_and_is_told(
    archive: Archive,
    world: EcmsWorld,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: str,
) -> None:
    story = world.publish(CHANNEL, published=datetime(2025, 3, 1, 1, tzinfo=UTC))
    archive.run()
    with closing(sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)) as connection:
        assert connection.execute(f"UPDATE article SET {change}").rowcount == 1  # noqa: S608 - a test's own
    shown: list[str] = []

    def build(room: ReadingRoom, *_: object) -> Published:
        shown.extend(entry.urlname for entry in room.catalogue.every(Span()))
        return Published(files=1, written=0, removed=0)

    monkeypatch.setattr("scraper.website.build.build", build)
    assert cli.main(["site", "www", "--config", str(archive.folder / "config.yaml")]) == 7
    assert f"the article {story.number}: its row in the state" in capsys.readouterr().err
    assert shown == [urlname(Url(world.address(story.number)))]


def test_every_article_has_its_permalink_and_lists_feeds_and_sitemap_lead_to_it(
    archive: Archive, world: EcmsWorld, tmp_path: Path
) -> None:
    story = world.publish(CHANNEL, title="桥要自己走过去 <二>", published=datetime(2025, 3, 1, 1, tzinfo=UTC))
    archive.run()
    target = tmp_path / "public"
    built(archive, target)
    name = urlname(Url(world.address(story.number)))
    page = (target / name / "index.html").read_text("utf-8")
    assert "<h1>桥要自己走过去 &lt;二&gt;</h1>" in page
    assert world.address(story.number) in page
    for place in (
        "index.html",
        "sites/beichen/index.html",
        "channels/beichen-bcyw/index.html",
        "years/2025/index.html",
    ):
        assert f"{name}/" in (target / place).read_text("utf-8")
    for place in ("index.xml", "sitemap.xml", "sites/beichen/index.xml"):
        text = (target / place).read_text("utf-8")
        assert ET.fromstring(text) is not None  # noqa: S314 - our own
        assert f"{BASE}{name}/" in text


def test_the_second_build_touches_only_what_changed_and_removes_only_its_own(
    archive: Archive, world: EcmsWorld, tmp_path: Path
) -> None:
    first, second = world.publish(CHANNEL), world.publish("xyzs")
    archive.run()
    target = tmp_path / "public"
    assert built(archive, target).written > 0
    (target / "CNAME").write_text("news.example")
    assert built(archive, target).written == 0
    path = next(p for p in archive.documents() if urlname(Url(world.address(first.number))) in p)
    before = {file: file.stat().st_mtime_ns for file in target.rglob("*") if file.is_file()}
    (archive.root / path).write_text("---\ntitle: x\n---\n改过的正文。\n", encoding="utf-8")
    built(archive, target)
    touched = {
        file.relative_to(target).parts[0]
        for file, at in before.items()
        if file.exists() and file.stat().st_mtime_ns != at
    }
    assert urlname(Url(world.address(first.number))) in touched
    assert urlname(Url(world.address(second.number))) not in touched
    (archive.root / path).unlink()
    assert built(archive, target).removed > 0
    assert not (target / urlname(Url(world.address(first.number)))).exists()
    assert (target / "CNAME").exists()


def test_a_folder_of_somebody_else_is_left_alone(archive: Archive, world: EcmsWorld, tmp_path: Path) -> None:
    world.publish(CHANNEL)
    archive.run()
    target = tmp_path / "public"
    target.mkdir()
    (target / "index.html").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        built(archive, target)
    assert (target / "index.html").read_text() == "mine"


def test_what_hugo_could_take_for_its_own_is_text(archive: Archive, world: EcmsWorld, tmp_path: Path) -> None:
    """Shortcodes, templates and raw HTML of a document are shown, not followed; held pictures come along."""
    story = world.publish(CHANNEL)
    archive.run()
    (path,) = archive.documents()
    file = archive.root / "beichen" / "pictures" / "ab" / "abcd.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(png("abcd"))
    body = "{{< figure src=x >}} {{% x %}} {{ .Site }} <script>x</script>\n\n![图](/pictures/ab/abcd.png)"
    (archive.root / path).write_text(f"---\ntitle: x\n---\n{body}\n", encoding="utf-8")
    target = tmp_path / "public"
    built(archive, target)
    page = (target / urlname(Url(world.address(story.number))) / "index.html").read_text("utf-8")
    assert "{{&lt; figure src=x &gt;}} {{% x %}} {{ .Site }} &lt;script&gt;x&lt;/script&gt;" in page
    assert (target / "pictures" / "ab" / "abcd.png").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("南开大学", "南开 开大 大学"), ("南", "南"), ("", ""), ("Ａb，c 南", "ab bc c南"), ("𠀀好", "𠀀好")],
)
def test_texts_are_fed_as_pairs(text: str, expected: str) -> None:
    assert pairs(text) == expected


def test_of_a_text_without_end_its_beginning_is_fed() -> None:
    fed = pairs("开" + "x" * 3_000_000)
    assert fed.startswith("开x xx xx")
    assert len(fed) < 3_000_000


def test_a_bundle_is_whole_and_kept_until_its_articles_change(tmp_path: Path) -> None:
    articles = [
        Record(f"{number:032x}", "题目", f"2025-01-{number:02}", "北辰", f"正文{number}")
        for number in range(1, 29)
    ]
    year = tmp_path / "2025"
    assert bundle(articles, year)
    packed = [file for file in year.rglob("*.pf_*") if gzip.decompress(file.read_bytes())]
    assert len([file for file in packed if file.suffix == ".pf_fragment"]) == len(articles)
    assert json.loads((year / "pagefind-entry.json").read_bytes())["languages"]["zxx"]["page_count"] == len(
        articles
    )
    assert "export" in (year / "pagefind.js").read_text("utf-8")
    assert not bundle(articles, year)
    assert bundle(articles[1:], year)


def test_a_bundle_with_a_torn_file_is_made_again(tmp_path: Path) -> None:
    article, year = Record("0" * 32, "题目", "2025-01-01", "北辰", "正文"), tmp_path / "2025"
    bundle([article], year)
    (torn,) = year.rglob("*.pf_fragment")
    whole = torn.read_bytes()
    for break_it in (lambda: torn.write_bytes(b""), torn.unlink):
        break_it()
        assert bundle([article], year)
        assert torn.read_bytes() == whole
    (year / ".stamp").write_bytes(b"\xff" * 64)
    assert bundle([article], year)


def test_a_pagefind_that_ends_is_told_and_its_bundle_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = Record("0" * 32, "题目", "2025-01-01", "北辰", "正文")
    with monkeypatch.context() as broken:
        broken.setattr(pagefind_bin, "get_executable", lambda: "/bin/false")
        with pytest.raises(StoreError, match="Pagefind ended early"):
            bundle([article], tmp_path / "2025")
    assert bundle([article], tmp_path / "2025")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "cannot be started: No such file"),
        ("no program", "cannot be started: Exec format error"),
        ("#!/bin/sh\nprintf '%s,' 'no base64'; cat", "answer cannot be read"),
        ("#!/bin/sh\nprintf '%s,' bm8ganNvbg==; cat", "answer cannot be read"),
        ("#!/bin/sh\nprintf '%s,' eyJwYXlsb2FkIjp7fX0=; cat", "answer cannot be read: KeyError: 'type'"),
        ("#!/bin/sh\nprintf '%s,' W10=; cat", "answer cannot be read: TypeError"),
    ],
    ids=["away", "no program", "no base64", "no json", "no type", "a list"],
)
def test_a_pagefind_that_cannot_serve_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, said: str
) -> None:
    program = tmp_path / "pagefind"
    if script is not None:
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setattr(pagefind_bin, "get_executable", lambda: program)
    with pytest.raises(StoreError, match=said):
        bundle([Record("0" * 32, "题目", "2025-01-01", "北辰", "正文")], tmp_path / "2025")


# ── in a browser ──────────────────────────────────────────────────────────────────────────────────────────


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base has it
        """Say nothing."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Host static files below a folder's name, as anywhere; return the address."""
    handler = partial(_Quiet, directory=str(folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{folder.name}"
        finally:
            server.shutdown()
            thread.join()


@needs_chromium
def test_the_search_finds_what_plain_search_finds_newest_first(tmp_path: Path) -> None:
    """Any piece of any length, over all years; two words find what has both; below any folder of a host."""
    world = beichen.site()
    with serve(world) as server:
        archive = Archive(tmp_path, server, world)
        archive.clock.now = TODAY
        archive.backfill()
    target = tmp_path / "public"
    built(archive, target)
    texts = list(archive.documents().values())
    with hosted(target) as address, opened() as browser:
        page = browser.new_page()
        heard: list[str] = []
        page.on("request", lambda asked: None if asked.url.startswith(address) else heard.append(asked.url))
        page.on("console", lambda said: heard.append(said.text))
        for words in (("一粒种子",), ("师生到场", "望河楼")):
            page.goto(f"{address}/search/?q={' '.join(words)}")
            page.wait_for_selector("body[data-searched]")
            count = page.locator("#said").inner_text()
            assert count == f"{sum(all(word in text for word in words) for text in texts)} 条结果"
            days = [day[:10] for day in page.locator("#results .about").all_inner_texts()]
            assert days == sorted(days, reverse=True)
        page.click("#results a >> nth=0")
        assert page.locator("article h1").count() == 1
    assert heard == []


@needs_chromium
def test_a_hostile_article_does_nothing_on_the_website(
    archive: Archive, world: EcmsWorld, tmp_path: Path
) -> None:
    with stranger() as other:
        story = world.publish(CHANNEL, title='<script>document.title="attack"</script>')
        archive.run()
        (path,) = archive.documents()
        (archive.root / path).write_text(attacks.filled(attacks.MARKDOWN, other.address), encoding="utf-8")
        target = tmp_path / "public"
        built(archive, target)
        with hosted(target) as address, opened() as browser:
            page = browser.new_page()
            for place in ("", f"{urlname(Url(world.address(story.number)))}/", "search/?q=attack"):
                page.goto(f"{address}/{place}")
                page.wait_for_load_state("networkidle")
                assert page.title() != "attack"
        assert other.visitors == 0
