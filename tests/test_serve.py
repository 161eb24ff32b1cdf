"""The pages of the archive: what they show, where they lead, what they refuse."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive
from serving import HOST, Client

from scraper.app.reading_room import ReadingRoom
from scraper.demo.pictures import png
from scraper.errors import TooCostly
from scraper.ingest.page_reader import guarded
from scraper.search.article import IndexedArticle
from scraper.serve.app import make_app
from scraper.stores.search_index import NAME, open_index
from scraper.urls import Url, urlname

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import Article, Capture, Site

CHANNEL = "bcyw"
TODAY = datetime(2026, 6, 18, 6, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    opened = Archive(tmp_path, server, world)
    opened.clock.now = TODAY
    world.now = TODAY
    return opened


def name_of(world: EcmsWorld, number: str) -> str:
    return urlname(Url(world.address(number)))


def test_articles_whose_row_cannot_be_read_are_told_and_shown(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    story = world.publish(CHANNEL, published=datetime(2025, 3, 1, 1, tzinfo=UTC))
    archive.run()
    with closing(sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)) as connection:
        connection.execute("UPDATE article SET title = x'ff'")
    app = make_app(ReadingRoom(archive.config), remote_pictures=False)

    async def begin() -> None:
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(begin())
    assert f"the article {story.number}: its row in the state" in capsys.readouterr().err


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_home_shows_the_newest_articles_the_sites_and_a_bar_a_month(
    archive: Archive, world: EcmsWorld
) -> None:
    first = world.publish(CHANNEL, title="先写的一篇", published=datetime(2025, 3, 1, 9, tzinfo=UTC))
    last = world.publish(CHANNEL, title="后写的一篇", published=datetime(2026, 2, 1, 9, tzinfo=UTC))
    archive.run()
    text = Client(archive).get("/").text
    assert text.index(last.title) < text.index(first.title)
    assert f'href="/{name_of(world, first.number)}/"' in text
    assert 'href="/sites/beichen/"' in text
    assert "<title>2025-03: 1</title>" in text


def test_lists_narrow_down_by_site_channel_year_month_and_day(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL, title="去年的一篇", published=datetime(2025, 3, 1, 1, tzinfo=UTC))
    world.publish(CHANNEL, title="今年的一篇", published=datetime(2026, 3, 1, 1, tzinfo=UTC))
    world.publish("xyzs", title="别栏的一篇", published=datetime(2026, 3, 2, 1, tzinfo=UTC))
    archive.run()
    pages = Client(archive)
    shown = {
        path: {word for word in ("去年", "今年", "别栏") if f"{word}的一篇</a>" in pages.get(path).text}
        for path in (
            "/dates/",
            "/sites/beichen/",
            "/sites/beichen/channels/xyzs/",
            "/dates/2025/",
            "/sites/beichen/dates/2026/03/",
            "/sites/beichen/channels/bcyw/dates/2026/03/01/",
            "/dates/2026/04/",
        )
    }
    assert list(shown.values()) == [
        {"去年", "今年", "别栏"},
        {"去年", "今年", "别栏"},
        {"别栏"},
        {"去年"},
        {"今年", "别栏"},
        {"今年"},
        set(),
    ]


def test_a_long_list_is_divided_and_every_article_is_on_one_page(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 61, first=datetime(2025, 1, 1, tzinfo=UTC))
    archive.backfill()
    pages = Client(archive)
    texts = [pages.get("/dates/").text, pages.get("/dates/?page=2").text]
    found = [[n for n in numbers if f"/{name_of(world, n)}/" in text] for text in texts]
    assert [len(one) for one in found] == [50, 11]
    assert set(found[0]) | set(found[1]) == set(numbers)
    assert pages.get("/dates/?page=3").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/sites/nowhere/",
        "/sites/beichen/channels/nothing/",
        "/dates/20/",
        "/dates/2026/3/",
        "/dates/2026/03/01/05/",
        "/dates/abcd/",
        "/dates/?page=0",
        "/dates/?page=-1",
        "/dates/?page=99999999999999999999",
        "/dates/?page=x",
        "/0123456789abcdef0123456789abcdef/",
        "/nothing/at/all",
        "/pictures/../.scraper/state.sqlite3",
        "/pictures/%2e%2e/.scraper/state.sqlite3",
        "/pictures/00/..%2f..%2fconfig.yaml",
        "/static/x/nothing.css",
        "/sites/beichen/captures/2026-02-30/",
        "/sites/beichen/captures/x.warc.gz/0/",
        "/sites/beichen/captures/x.warc.gz/0/replay",
        f"/sites/beichen/captures/x.warc.gz/{'9' * 19}/",
        f"/sites/beichen/captures/x.warc.gz/{'9' * 5_000}/",
        "/sites/beichen/captures/x.warc.gz/-1/",
        "/sites/beichen/captures/0001-01-01/",
        "/sites/beichen/captures/9999-12-31/",
        "/sites/beichen/captures/2026-W01-1/",
    ],
)
def test_what_is_not_there_is_not_found(archive: Archive, world: EcmsWorld, path: str) -> None:
    world.publish(CHANNEL)
    archive.run()
    assert Client(archive).get(path).status_code == 404


# ── one article ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_shows_its_text_and_where_it_is_from(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL, title="桥要自己走过去", source="星桥周刊", editor="闻人照野")
    archive.run()
    text = Client(archive).get(f"/{name_of(world, story.number)}/").text
    document = next(iter(archive.documents().values()))
    body = document.partition("\n---\n")[2]
    assert "桥要自己走过去" in text
    assert "星桥周刊" in text
    assert "闻人照野" in text
    assert world.address(story.number) in text
    assert "sha256:" in text
    assert body.splitlines()[0][:20] in text
    assert "转入文章首发地址" not in text


def test_neighbours_are_of_the_same_channel_and_go_by_time(archive: Archive, world: EcmsWorld) -> None:
    first = world.publish(CHANNEL)
    world.publish("xyzs")
    second = world.publish(CHANNEL)
    archive.run()
    text = Client(archive).get(f"/{name_of(world, first.number)}/").text
    assert f'rel="next" href="/{name_of(world, second.number)}/"' in text
    assert 'rel="prev" href="/' not in text


def test_links_to_held_articles_lead_to_the_held_copies(archive: Archive, world: EcmsWorld) -> None:
    held, other = world.publish(CHANNEL), world.publish(CHANNEL)
    archive.run()
    path = next(p for p in archive.documents() if name_of(world, other.number) in p)
    secure = world.address(held.number).replace("http://", "https://")
    body = f"[旧闻]({secure}) [外面](http://elsewhere.example/a)"
    (archive.root / path).write_text(f"---\ntitle: x\n---\n{body}", encoding="utf-8")
    text = Client(archive).get(f"/{name_of(world, other.number)}/").text
    assert f'<a href="/{name_of(world, held.number)}/">旧闻</a>' in text
    assert '<a href="http://elsewhere.example/a" rel="noreferrer nofollow external">外面</a>' in text


def test_pictures_that_are_held_are_shown_and_others_are_links(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.run()
    (path,) = archive.documents()
    file = archive.root / "beichen" / "pictures" / "ab" / "abcd.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(png("abcd"))
    body = "![图](/pictures/ab/abcd.png)\n\n![远处](http://elsewhere.example/a.jpg)"
    (archive.root / path).write_text(f"---\ntitle: x\n---\n{body}", encoding="utf-8")
    pages = Client(archive)
    text = pages.get(f"/{name_of(world, story.number)}/").text
    assert '<img src="/pictures/ab/abcd.png"' in text
    assert 'src="http://elsewhere.example/a.jpg"' not in text
    assert 'class="picture-away" href="http://elsewhere.example/a.jpg"' in text
    answer = pages.get("/pictures/ab/abcd.png")
    assert (answer.headers["Content-Type"], answer.content) == ("image/png", file.read_bytes())
    far = Client(archive, remote_pictures=True)
    assert '<img src="http://elsewhere.example/a.jpg"' in far.get(f"/{name_of(world, story.number)}/").text


def test_an_address_leads_to_its_article_whatever_it_was_called(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    alias = world.alias(story.number, channel="xyzs")
    archive.run()
    pages = Client(archive)
    address, home = world.address(story.number), f"/{name_of(world, story.number)}/"
    for asked in (address, address.replace("http://", "https://"), address.removeprefix("http://"), alias):
        answer = pages.get(f"/by-url?u={asked}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, home)
    assert pages.get("/by-url?u=http://elsewhere.example/").status_code == 404
    assert pages.get("/by-url").status_code == 200


# ── captures ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "UPDATE article SET status = 'surprise'",
            "UPDATE article SET published = -62135625600000000",
            "UPDATE article SET published = 'x'",
        ),
        *(
            "UPDATE article SET published = NULL, listed_date = '0000-00-00'",
            "UPDATE article SET url = x'00'",
        ),
        *(
            "UPDATE article SET title = x'ff'",
            "UPDATE article SET captured = 4611686018427387904, published = NULL",
        ),
        *("UPDATE capture SET fetched_at = 4611686018427387904", "UPDATE capture SET fetched_at = x'00'"),
        *(
            "UPDATE article SET path = CAST(x'ff' AS TEXT)",
            "UPDATE article SET channel = CAST(x'ff' AS TEXT)",
        ),
    ],
)
def test_a_row_that_cannot_be_takes_no_other_article_away(
    archive: Archive, world: EcmsWorld, odd: str
) -> None:
    """It ended `serve` and `site` at their beginning."""
    first, second = world.publish(CHANNEL), world.publish(CHANNEL, title="桥要自己走过去")
    archive.run()
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = 0")
    of = f"WHERE key = '{first.number}'"
    assert connection.execute(f"{odd} {of}").rowcount > 0
    connection.close()
    client = Client(archive)
    for path in (
        "/",
        "/sites/beichen/",
        "/sites/beichen/captures/",
        "/status/",
        "/coverage/",
        "/dates/feed.atom",
    ):
        assert client.get(path).status_code == 200
    assert second.title in client.get(f"/{name_of(world, second.number)}/").text


@pytest.mark.parametrize("error", [TooCostly("too costly"), RecursionError("so deep")])
def test_a_page_that_cannot_be_read_takes_nothing_else_away(
    archive: Archive, world: EcmsWorld, error: Exception
) -> None:
    """A later capture may be one that no run could read, and is shown all the same."""

    def read(_capture: Capture, _site: Site) -> Article:
        raise error

    story = world.publish(CHANNEL)
    archive.run()
    client = Client(archive, read=guarded(read))
    address = f"/{name_of(world, story.number)}/"
    assert story.title in client.get(address).text
    told = client.get(f"{address}versions/")
    assert (told.status_code, str(error) in told.text) == (200, True)


def test_versions_show_what_changed(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.run()
    world.revise(story.number, add="编者注：与会人数应为四十一人。")
    archive.clock.wait(days=2)
    archive.run()
    text = Client(archive).get(f"/{name_of(world, story.number)}/versions/").text
    assert "<ins>编者注：与会人数应为四十一人。</ins>" in text
    assert text.count("captures/beichen-") == 2


def test_a_capture_is_shown_inert_and_handed_out_as_it_came(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL, title="原来的样子")
    archive.run()
    pages = Client(archive)
    listed = pages.get("/sites/beichen/captures/2026-06-18/").text
    (row,) = (part for part in listed.split("<tr>") if f"/{name_of(world, story.number)}/" in part)
    capture = row.partition('href="')[2].partition('"')[0]
    shown = pages.get(f"{capture}replay")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "原来的样子" in shown.text
    assert f'src="{capture}replay"' in pages.get(capture).text
    raw = pages.get(f"{capture}bytes")
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.headers["Content-Type"] == "application/octet-stream"


def test_the_calendar_counts_the_captures_of_each_day(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    archive.run()
    archive.clock.wait(days=3)
    archive.run()
    text = Client(archive).get("/sites/beichen/captures/").text
    assert 'href="/sites/beichen/captures/2026-06-18/"' in text
    assert 'href="/sites/beichen/captures/2026-06-21/"' in text
    assert 'href="/sites/beichen/captures/2026-06-19/"' not in text


def test_status_and_coverage_say_what_is_missing(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    gone = world.publish(CHANNEL)
    world.remove(gone.number, keep_listed=True)
    archive.backfill()
    pages = Client(archive)
    english = pages.get("/sites/beichen/coverage/", accept_language="en").text
    assert world.address(gone.number) in english
    assert "Held 1 / Listed 2" in english
    assert 'href="/sites/beichen/channels/bcyw/"' in pages.get("/status/").text


# ── search and feeds ──────────────────────────────────────────────────────────────────────────────────────


def test_a_search_marks_its_words_and_has_a_feed(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL, title="桥要自己走过去 <二>")
    archive.run()
    address = Url(world.address(story.number))
    article = IndexedArticle(
        site="beichen",
        key=story.number,
        url=address,
        urlname=urlname(address),
        title=story.title,
        published=TODAY,
        path=next(iter(archive.documents())),
        channel=CHANNEL,
    )
    with open_index(archive.root / ".scraper" / NAME) as index, index.transaction():
        index.put(article, "河灯节 <b>的夜里</b>，人人都来")
    pages = Client(archive)
    text = pages.get("/search?q=河灯").text
    assert "<mark>河灯</mark>节 &lt;b&gt;的夜里" in text
    assert f'href="/{urlname(address)}/"' in text
    assert "桥要自己走过去 &lt;二&gt;" in text
    feed = ET.fromstring(pages.get("/search.atom?q=河灯").content)  # noqa: S314 - our own feed
    assert [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")] == [
        f"urn:md5:{urlname(address)}"
    ]
    assert "没有找到" in pages.get("/search?q=没有这样的词").text
    assert pages.get("/search?q=from:never").status_code == 400


def test_without_an_index_the_search_says_how_to_make_it(archive: Archive) -> None:
    answer = Client(archive).get("/search?q=河灯")
    assert (answer.status_code, "search --rebuild" in answer.text) == (503, True)


def test_each_list_has_a_feed(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL, title="一 & 二 <三>", published=datetime(2026, 3, 1, 1, tzinfo=UTC))
    world.publish("xyzs")
    archive.run()
    feed = ET.fromstring(Client(archive).get("/sites/beichen/channels/bcyw/feed.atom").content)  # noqa: S314 - likewise
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "一 & 二 <三>"
    assert entry.findtext(f"{ATOM}id") == f"urn:md5:{name_of(world, story.number)}"
    assert entry.findtext(f"{ATOM}published") == "2026-03-01T01:00:00+08:00"
    assert (feed.findtext(f"{ATOM}updated") or "").startswith("2026-06-18T")


# ── what guards the pages ─────────────────────────────────────────────────────────────────────────────────


def test_every_answer_forbids_what_a_page_could_do(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.run()
    pages = Client(archive)
    for path in (
        "/",
        f"/{name_of(world, story.number)}/",
        "/status/",
        "/nothing",
        "/dates/feed.atom",
        "/robots.txt",
    ):
        headers = pages.get(path).headers
        assert headers["Content-Security-Policy"].startswith(
            "default-src 'none'; style-src 'self'; img-src 'self';"
        )
        assert "script" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_other_names_of_this_machine_and_other_sites_are_refused(archive: Archive) -> None:
    pages = Client(archive)
    assert pages.get("/", host="attacker.example").status_code == 400
    assert pages.get("/", host="localhost:8023").status_code == 200
    assert pages.get("/", sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status_code == 403
    assert pages.get("/", sec_fetch_site="cross-site", sec_fetch_mode="navigate").status_code == 200


def test_the_language_is_that_of_the_browser(archive: Archive) -> None:
    pages = Client(archive)
    english = pages.get("/", accept_language="en-GB,en;q=0.9,zh;q=0.1")
    chinese = pages.get("/", accept_language="de,zh-CN;q=0.8,en;q=0.2")
    assert (english.headers["Content-Language"], 'lang="en"' in english.text) == ("en", True)
    assert (chinese.headers["Content-Language"], "检索" in chinese.text) == ("zh-Hans", True)
    assert pages.get("/", accept_language="fr;q=x, *").headers["Content-Language"] == "zh-Hans"


def test_what_a_run_adds_is_seen_after_a_refresh(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL, title="先有的")
    archive.run()
    pages = Client(archive)
    world.publish(CHANNEL, title="后来的")
    archive.clock.wait(hours=1)
    archive.run()
    assert "后来的" not in pages.get("/").text
    assert pages.room.stale() == ("beichen",)
    assert pages.room.refresh()
    assert "后来的" in pages.get("/").text
    assert not pages.room.refresh()


def test_serving_writes_nothing(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.run()
    before = {file: file.read_bytes() for file in archive.root.rglob("*") if file.is_file()}
    pages = Client(archive)
    for path in ("/", f"/{name_of(world, story.number)}/", "/status/", "/coverage/", "/search?q=x"):
        pages.get(path)
    known = {
        file
        for file in archive.root.rglob("*")
        if file.is_file() and not file.name.endswith(("-wal", "-shm"))
    }
    assert known == {file for file in before if not file.name.endswith(("-wal", "-shm"))}
    assert all(file.read_bytes() == before[file] for file in known)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_tells_its_address_first_and_ends_when_told(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    archive.run()
    config = str(archive.folder / "config.yaml")
    command = [sys.executable, "-m", "scraper", "serve", "--port", "0", "--config", config]
    with subprocess.Popen(  # noqa: S603 - this very Python
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        running.terminate()
        _, errors = running.communicate(timeout=60)
    assert address.startswith("http://127.0.0.1:")
    assert address != f"{HOST}/"
    assert "Traceback" not in errors
