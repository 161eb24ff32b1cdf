"""Articles of several pages: one document of all of them, however the archive comes to it."""

from __future__ import annotations

from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only, opened
from listing_cases import capture, site

from scraper.app.reextraction import changes
from scraper.audit.verification import verify
from scraper.demo.exchange import Reply, page
from scraper.demo.server import serve
from scraper.demo.world import World
from scraper.extractor import extract
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.exchange import Ask
    from scraper.demo.story import Story

HOST = "www.qingshan.example"
ROWS = 4
PARTS = (
    "第一页：青山站的值班员说，湖面结冰以前，冷凝器要拆下来洗一遍，否则来年的噪声会高出一倍。",
    "第二页：清洗从十月十二日开始，三个人轮流守在水泵旁边，夜里的温度记录每一刻钟抄写一次。",
    "第三页：最后一天下了小雪，仪器在中午以前全部装回原处，试机的读数与去年同期几乎一样。",
)
SHORT = "站里今天没有观测任务，值班员把上个月的记录重新抄写了一遍，并核对了每一个读数。"
FORMS = {  # of page {0}, counted from 1; the first has an address of its own
    "underscore from one": ("t20260220_50001.html", "t20260220_50001_{zero}.html"),
    "underscore from two": ("50001.html", "50001_{one}.html"),
    "a field of the query": ("50001.html", "50001.html?page={one}"),
    "a query written as a reference": ("50001.html", "50001.html&#63;page={one}"),
    "a folder of pages": ("c3a50001/page.htm", "c3a50001/page{one}.htm"),
    "a folder of its own": ("qiuji/", "qiuji/{one}/"),
    "behind a hyphen": ("show-3-50001-1.html", "show-3-50001-{one}.html"),
}


class PartsWorld(World):
    """A site whose newest article has three pages; the other ones have one."""

    family = "generic"

    def __init__(self, first: str, further: str, *, drawn: bool = False) -> None:
        super().__init__(HOST, name="qingshan")
        self._names = (first, *(further.format(zero=n - 1, one=n) for n in range(2, len(PARTS) + 1)))
        self._drawn = drawn
        self.absent: set[int] = set()  # pages that are not there
        self.broken: set[int] = set()  # pages at which the server fails
        self.asked: list[str] = []
        self.parts = list(PARTS)

    def channel_titles(self) -> dict[str, str]:
        return {"tzgg": "通知公告"}

    def index(self, channel: str) -> str:
        return f"{self.home}/{channel}/index.html"

    def path_of(self, story: Story) -> str:
        raise NotImplementedError(story)

    def respond(self, ask: Ask, fetch: int) -> Reply:  # noqa: ARG002 - every answer is the same
        self.asked.append(ask.path)
        if ask.path == "/tzgg/index.html":
            return Reply(answer=page(self._listing()))
        for number, name in enumerate(self._names):
            if ask.path == unescape(f"/tzgg/202602/{name}") and number not in self.absent:
                if number in self.broken:
                    return Reply(answer=page("<h1>500 Internal Server Error</h1>", status=500))
                text = self._text(self._names[0], self.parts[number], self._pager(number))
                return Reply(answer=page(text), stamp=sha256(text.encode()).hexdigest())
        for row in range(1, ROWS):
            if ask.path == f"/tzgg/202602/6000{row}.html":
                return Reply(answer=page(self._text(f"6000{row}", f"{SHORT}这是第{row}次。", "")))
        return Reply(answer=page("<h1>404 Not Found</h1>", status=404))

    def _listing(self) -> str:
        names = (self._names[0], *(f"6000{row}.html" for row in range(1, ROWS)))
        rows = "".join(
            f"<li><a href='./202602/{name}'>青山站冬季巡测第{row}次</a><span>2026-02-{20 - row}</span></li>"
            for row, name in enumerate(names)
        )
        return f"<html><title>通知公告</title><body><ul>{rows}</ul></body></html>"

    def _pager(self, own: int) -> str:
        if self._drawn:
            stem = self._names[0].removesuffix(".html")
            return f"<script>createPageHTML({len(PARTS)}, {own}, '{stem}', 'html');</script>"
        links = "".join(
            f"<a href='/tzgg/202602/{name}'>{n}</a> " for n, name in enumerate(self._names, 1) if n != own + 1
        )
        onward = f"<a href='/tzgg/202602/{self._names[own + 1]}'>下一页</a>" if own + 1 < len(PARTS) else ""
        return f"<div class='pages'>{links}{onward}</div>"

    def _text(self, name: str, words: str, pager: str) -> str:
        title = f"青山站冬季巡测（{name[:5]}）"
        return (
            f"<html><head><title>{title}--青山观测站</title></head><body><h1>{title}</h1>"
            f"<p>发布时间：2026-02-20 10:00</p><div class='TRS_Editor'><p>{words}</p>{pager}</div>"
            "</body></html>"
        )


def told(archive: Archive) -> str:
    """Return the document of the article with several pages."""
    (text,) = (text for text in archive.documents().values() if PARTS[0] in text)
    return text


def in_order(text: str) -> bool:
    places = [text.find(part) for part in PARTS]
    return -1 not in places and places == sorted(places)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_all_pages_of_an_article_are_one_document_in_order(tmp_path: Path, form: str) -> None:
    world = PartsWorld(*FORMS[form])
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        report = only(archive.run())
    assert (report.written, report.failed) == (ROWS, 0)
    assert in_order(told(archive))
    assert "下一页" not in told(archive)


def test_pages_that_a_script_leads_to_are_pages_of_the_article(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"], drawn=True)
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        archive.run()
    assert in_order(told(archive))


def test_a_page_that_is_not_there_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"])
    world.absent.add(2)
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        report = only(archive.run())
        again = only(archive.run())
    assert (report.written, report.failed) == (ROWS, 0)
    assert PARTS[1] in told(archive)
    assert (again.written, again.revised) == (0, 0)


def test_a_lost_state_and_a_new_reading_give_the_same_documents(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"])
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        archive.run()
        before = archive.documents()
        with opened(archive.config) as context:
            outcomes = {change.outcome for change in changes(context, archive.root, dry=False, tell=print)}
        assert outcomes == {"unchanged"}
        for file in archive.inside.glob("state.sqlite3*"):
            file.unlink()
        for path in before:
            (archive.root / path).unlink()
        world.asked.clear()
        archive.run()
    assert archive.documents() == before
    assert not [path for path in world.asked if "5000" in path]


def test_verify_finds_an_article_of_several_pages_sound(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"])
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        archive.run()
    *damages, _ = verify(archive.config.sites[0], archive.root, render=True, progress=Unwatched())
    assert damages == []


def test_what_changes_on_a_later_page_revises_the_article(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"])
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        archive.run()
        world.parts[2] += "后来补记：第二天雪停了，湖边的标尺也重新钉了一根。"
        archive.clock.wait(days=40)
        report = only(archive.run())
    assert report.revised == 1
    assert "后来补记" in told(archive)
    *damages, _ = verify(archive.config.sites[0], archive.root, render=True, progress=Unwatched())
    assert damages == []


@pytest.mark.parametrize("form", ["underscore from one", "a folder of its own"])
def test_a_later_page_is_asked_for_too_where_the_first_one_is_as_it_was(tmp_path: Path, form: str) -> None:
    world = PartsWorld(*FORMS[form])
    world.validators = "both"
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        archive.run()
        archive.clock.wait(days=10)
        before = only(archive.run())
        world.parts[2] += "后来补记：第二天雪停了，湖边的标尺也重新钉了一根。"
        archive.clock.wait(days=40)
        report = only(archive.run())
    assert (before.written, before.revised) == (0, 0)
    assert (report.written, report.revised) == (0, 1)
    assert in_order(told(archive))
    assert "后来补记" in told(archive)
    assert len(archive.documents()) == ROWS
    *damages, _ = verify(archive.config.sites[0], archive.root, render=True, progress=Unwatched())
    assert damages == []


def test_an_article_is_not_written_before_all_of_its_pages_answered(tmp_path: Path) -> None:
    world = PartsWorld(*FORMS["underscore from one"])
    world.broken.add(1)
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        assert only(archive.run()).failed == 1
        with opened(archive.config) as context:
            outcomes = [change.outcome for change in changes(context, archive.root, dry=False, tell=print)]
        assert sorted(outcomes) == ["failed", *["unchanged"] * (ROWS - 1)]
        assert not [text for text in archive.documents().values() if PARTS[0] in text]
        world.broken.clear()
        archive.clock.wait(days=2)
        archive.run()
    assert in_order(told(archive))


@pytest.mark.parametrize(
    ("at", "pager", "following"),
    [
        ("/n/7.html", "<select><option value='7.html'>1<option value='7_2.html'>2</select>", "/n/7_2.html"),
        ("/n/7.html", "<button onclick=\"location.href='7_2.html'\">下一页</button>", "/n/7_2.html"),
        ("/show.php?id=7", "<a href='show.php?id=7&p=2'>下一页</a>", "/show.php?id=7&p=2"),
        ("/view.aspx?id=7", "<a href='view.aspx?id=7&pageIndex=2'>2</a>", "/view.aspx?id=7&pageIndex=2"),
        ("/v.asp?id=7&a=1", "<a href='v.asp?id=7&a=1&page=2'>2</a>", "/v.asp?id=7&a=1&page=2"),
        ("/v.asp?id=7&a=1", "<a href='v.asp&#063;id=7&amp;a=1&amp;page=2'>2</a>", "/v.asp?id=7&a=1&page=2"),
        ("/v.asp?id=7&a=1", "<a href='v.asp&#X3F;id=7&amp;a=1&amp;page=2'>2</a>", "/v.asp?id=7&a=1&page=2"),
        ("/?p=7", "<a href='/?p=8'>下一页</a>", None),
        ("/c/abc.shtml", "<script>createPageHTML('at', 3, 1, 'abc', 'shtml', 9)</script>", "/c/abc_2.shtml"),
        ("/n/7.html", "<a href='8.html'>下一页</a>", None),
    ],
)
def test_the_next_page_of_an_article_is_found(at: str, pager: str, following: str | None) -> None:
    host = "http://news.qingcheng.example"
    text = "<p>清晨湖上起了薄雾，各系的船队在码头边集合，教练逐一检查了桨和救生衣，裁判宣读了规则。</p>" * 3
    head = "<title>船赛开始</title><h1>船赛开始</h1><p>发布日期：2024-04-05</p>"
    page = f"{head}<div>{text}</div><div>{pager}</div>"
    article = extract(capture(host + at, page), site(host, family="generic"))
    assert article.next_page == (following and host + following)
