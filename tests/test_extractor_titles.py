"""Titles as one line: what breaks a line on the page is a blank, what was escaped twice is undone once."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scraper import urls
from scraper.extractor import extract
from scraper.model import Capture, Site

ADDRESS = "http://www.qingshan.example/2026/0220/c3a50001/page.htm"
TITLES = {
    "冷凝器拆洗完毕<br>站里恢复观测": "冷凝器拆洗完毕 站里恢复观测",
    "<p>冷凝器拆洗完毕</p><p>站里恢复观测</p>": "冷凝器拆洗完毕 站里恢复观测",
    "冷凝器<b>拆洗</b>完<!-- 记 -->毕": "冷凝器拆洗完毕",
    "冷凝器&amp;ldquo;拆洗&amp;rdquo;完毕": "冷凝器“拆洗”完毕",
    "冷凝器 A&amp;amp;B 拆洗完毕": "冷凝器 A&B 拆洗完毕",
    "一、<br/>\n<br/>冷凝器": "一、 冷凝器",
}


@pytest.mark.parametrize("markup", sorted(TITLES))
def test_a_title_is_one_line_as_the_page_shows_it(markup: str) -> None:
    url = urls.parse(ADDRESS)
    assert url is not None
    page = (
        "<html><head><title>青山观测站</title></head><body><div class='article'>"
        f"<h1 class='arti_title'>{markup}</h1>"
        "<p class='arti_metas'><span class='arti_update'>发布时间：2026-02-20</span></p>"
        "<div class='wp_articlecontent'><p>值班员说，湖面结冰以前，冷凝器要拆下来洗一遍。</p></div>"
        "</div></body></html>"
    )
    capture = Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=page.encode(),
    )
    site = Site(
        name="qingshan",
        title="青山观测站",
        archive_name="archive",
        home=url,
        channels=(),
        timezone=ZoneInfo("Asia/Shanghai"),
    )
    assert extract(capture, site).title == TITLES[markup]
