"""Lists whose pagers scripts draw, walked by the program from their index to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only, state_of

from scraper.audit.coverage_query import coverage_of
from scraper.demo.exchange import Reply, page
from scraper.demo.server import serve
from scraper.demo.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.audit.coverage import ChannelCoverage
    from scraper.demo.exchange import Ask
    from scraper.demo.story import Story

HOST = "www.qingshan.example"
PAGES, ROWS = 3, 4
TEXT = "青山站的值班员说，湖面结冰以前，冷凝器要拆下来洗一遍，否则来年的噪声会高出一倍。"


class PagesWorld(World):
    """A site of one channel under a given system: three pages of four rows each."""

    def __init__(self, family: str, pager: str) -> None:
        super().__init__(HOST, name="qingshan")
        self.family = family
        self._pager = pager  # of page {number}, counted from 1 as {one}, from 0 as {zero}

    def channel_titles(self) -> dict[str, str]:
        return {"tzgg": "通知公告"}

    def index(self, channel: str) -> str:
        return f"{self.home}/{channel}/{self._list(1)}"

    def path_of(self, story: Story) -> str:
        raise NotImplementedError(story)

    def respond(self, ask: Ask, fetch: int) -> Reply:  # noqa: ARG002 - every answer is the same
        if ask.path == "/robots.txt":
            return Reply(answer=page("", status=404))
        for number in range(1, PAGES + 1):
            if ask.path == f"/tzgg/{self._list(number)}":
                return Reply(answer=page(self._listing(number)))
            for row in range(ROWS):
                if ask.path == f"/tzgg/{self._article(number, row)}":
                    return Reply(answer=page(self._text(number, row)))
        return Reply(answer=page("<h1>404 Not Found</h1>", status=404))

    def _list(self, number: int) -> str:
        if self.family == "ucap":
            return "xwzx_list.shtml" if number == 1 else f"xwzx_list_{number}.shtml"
        return "index.html" if number == 1 else f"index_{number - 1}.html"

    def _article(self, number: int, row: int) -> str:
        if self.family == "ucap":
            return f"2024/3/{28 - number * ROWS - row}/{'4d' * 15}{number}{row}.shtml"
        return f"202403/t202403{28 - number * ROWS - row:02}_5000{number}{row}.html"

    def _listing(self, number: int) -> str:
        rows = "".join(
            f"<li><a href='./{self._article(number, row)}'>青山站第{number}页第{row}次巡测</a>"
            f"<span>2024-03-{28 - number * ROWS - row:02}</span></li>"
            for row in range(ROWS)
        )
        script = self._pager.format(pages=PAGES, one=number, zero=number - 1)
        return f"<html><title>通知公告</title><body><ul>{rows}</ul><script>{script}</script></body></html>"

    def _text(self, number: int, row: int) -> str:
        title, day = f"青山站第{number}页第{row}次巡测", f"2024-03-{28 - number * ROWS - row:02}"
        return (
            f"<html><head><title>{title}--青山观测站</title></head><body><h1>{title}</h1>"
            f"<p>发布时间：{day}</p><div class='TRS_Editor'><p>{TEXT}</p></div></body></html>"
        )


DRAWN = {
    "trs": "createPageHTML({pages}, {zero}, 'index', 'html');",
    "ucap": "createPageHTML('page_div',{pages}, {one},'xwzx_list','shtml',12);",
}


def after_backfill(folder: Path, world: PagesWorld) -> tuple[int, ChannelCoverage, bool]:
    with serve(world) as running:
        archive = Archive(folder, running, world)
        report = archive.backfill()
        with state_of(archive.config) as state:
            covered = coverage_of(archive.config.sites[0], state)
    (channel,) = covered.channels
    return only(report).written, channel, covered.is_proven()


@pytest.mark.parametrize("family", sorted(DRAWN))
def test_a_list_that_a_script_turns_is_walked_to_its_end(tmp_path: Path, family: str) -> None:
    written, channel, proven = after_backfill(tmp_path, PagesWorld(family, DRAWN[family]))
    assert (written, channel.pages, channel.pages_read) == (PAGES * ROWS, PAGES, PAGES)
    assert proven


def test_a_list_that_an_unknown_script_turns_is_never_called_complete(tmp_path: Path) -> None:
    written, channel, proven = after_backfill(tmp_path, PagesWorld("trs", "drawPager({{total: {pages}}});"))
    assert (written, channel.pages, channel.unread_pager) == (ROWS, None, True)
    assert not proven
