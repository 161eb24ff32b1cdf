"""Title, moment, source and editor where pages are untidy, and selectors of the config in their place."""

from __future__ import annotations

from datetime import datetime

import pytest
from article_cases import HOST, bare_site
from listing_cases import BEIJING, capture, site

from scraper.errors import UnknownLayout
from scraper.extractor import extract
from scraper.model import Article, Selectors

ADDRESS = f"{HOST}/ywsd/system/2019/06/14/030039601.shtml"
G3 = (
    '<html><table style="background:url(/images/tou2021.png)"></table><table>'
    '<tr><td style="font-size:30px">{title}</td></tr><tr><td>{meta}</td></tr>'
    '<tr><td id="txt"><p>正文</p></td></tr>'
    '<tr><td align="right"><p><span class=" hong">编辑：</span>{editor}</p></td></tr></table></html>'
)


def read(
    title: str = "题目", meta: str = "<span>发稿时间：2019-06-13 15:31</span>", editor: str = ""
) -> Article:
    page = G3.format(title=title, meta=meta, editor=editor)
    return extract(capture(ADDRESS, page), site(HOST, family="ecms"))


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("甲&#8226;乙", "甲•乙"),
        ("甲&amp;#8226;乙", "甲•乙"),
        ("甲&amp;mdash;&amp;mdash;乙", "甲——乙"),
        ("A&amp;B 与 R&amp;D", "A&B 与 R&D"),
        (" 甲\n\t 乙　丙&nbsp;丁 ", "甲 乙 丙 丁"),
        ("甲<br/>——乙", "甲 ——乙"),
        ("<span>甲</span><!-- 注 --><b>乙</b>", "甲乙"),
        ("甲-乙-丙", "甲-乙-丙"),
        ("零\u200b宽", "零宽"),
    ],
)
def test_a_title_is_one_line_of_plain_characters(markup: str, title: str) -> None:
    assert read(title=markup).title == title


@pytest.mark.parametrize(
    ("meta", "source"),
    [
        ("<span>来源： 青橙大学新闻网</span><span>发稿时间：2019-06-13</span>", "青橙大学新闻网"),
        ("<span>来源： 青橙大学新闻网</span><span>发稿时间： 2019-06-13", "青橙大学新闻网"),
        ("<span>来源： </span><span>发稿时间：2019-06-13</span>", None),
        ("<span>来源：<a href=/>青橙日报</a></span>&nbsp;<span>发稿时间：2019-06-13</span>", "青橙日报"),
        ("来源：2020年12月04日 青橙晚报 第12版　发稿时间：2019-06-13", "2020年12月04日 青橙晚报 第12版"),
        ("来源：青橙日报 作者：林望舒 发稿时间：2019-06-13", "青橙日报 作者：林望舒"),
        ("来源：青橙日报 作者：林望舒 发布时间：2019-06-13", "青橙日报"),
        ("<span>发稿时间：2019-06-13</span>", None),
    ],
)
def test_a_source_is_what_stands_behind_its_label(meta: str, source: str | None) -> None:
    article = read(meta=meta)
    assert article.source == source
    assert article.published == datetime(2019, 6, 13, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("markup", "editor"), [("秦越", "秦越"), (" 秦越\n 沈砚 ", "秦越 沈砚"), ("", None), ("&nbsp;", None)]
)
def test_an_editor_is_none_where_nobody_is_named(markup: str, editor: str | None) -> None:
    assert read(editor=markup).editor == editor


@pytest.mark.parametrize(
    ("meta", "address", "moment", "found"),
    [
        ("发稿时间：2019-06-13 15:31", ADDRESS, datetime(2019, 6, 13, 15, 31, tzinfo=BEIJING), "page"),
        ("来源：青橙", ADDRESS, datetime(2019, 6, 14, tzinfo=BEIJING), "url"),
        ("发稿时间：2019-13-45", ADDRESS, datetime(2019, 6, 14, tzinfo=BEIJING), "url"),
        ("来源：青橙", f"{HOST}/a.shtml", datetime(2021, 3, 13, 16, tzinfo=BEIJING), "capture"),
    ],
)
def test_the_moment_is_the_page_s_then_the_address_s_then_the_capture_s(
    meta: str, address: str, moment: datetime, found: str
) -> None:
    page = (
        G3.format(title="题目", meta=meta, editor="")
        + '<!--ecms sync check [sync_date="2018-01-01 10:00"]-->'
    )
    article = extract(capture(address, page), site(HOST, family="ecms"))
    assert (article.published, article.published_from) == (moment, found)
    assert article.published.tzinfo is BEIJING


def test_selectors_take_the_place_of_each_part_of_a_layout() -> None:
    page = G3.format(title="题目", meta="发稿时间：2019-06-13", editor="") + (
        "<h4>另一题目</h4><time>2018年1月2日</time><cite>另一来源</cite><div class=b>另文<i>去掉</i></div>"
    )
    chosen = Selectors(title="h4", date="time", source="cite", body="div.b", drop="i")
    article = extract(capture(ADDRESS, page), site(HOST, family="ecms", selectors=chosen))
    assert (article.title, article.source, article.shown.text) == ("另一题目", "另一来源", "另文")
    assert article.published == datetime(2018, 1, 2, tzinfo=BEIJING)


@pytest.mark.parametrize("family", ["generic", None])
def test_a_site_of_no_family_is_read_by_the_selector_of_its_body_alone(family: str | None) -> None:
    page = (
        "<html><head><title>题目-要闻-青橙大学</title></head><body><p>菜单</p><div class=tit>题目</div>"
        "<p class=info-date>日期：2018/1/2 08:30</p><div id=main><p>正文</p></div></body></html>"
    )
    chosen = site(HOST, family=family, selectors=Selectors(body="#main"))
    article = extract(capture(f"{HOST}/a.html", page), chosen)
    assert (article.family, article.title, article.shown.text) == ("generic", "题目", "正文")
    assert article.published == datetime(2018, 1, 2, 8, 30, tzinfo=BEIJING)


def test_a_selector_that_finds_no_body_is_named() -> None:
    with pytest.raises(UnknownLayout, match="#nowhere"):
        extract(capture(f"{HOST}/a.html", "<html><p>" + "字，" * 300 + "</html>"), bare_site(body="#nowhere"))


VSB = (
    '<html><title>题目</title><script src="/system/resource/js/a.js"></script>'
    '<form name="_newscontent_fromname"><h1>{title}</h1><p>{line}</p>'
    '<div id="vsb_content"><div class="v_news_content"><p>正文</p></div></div></form>'
)


def near(line: str, *, title: str = "题目", address: str = f"{HOST}/info/1011/4134.htm") -> Article:
    return extract(capture(address, VSB.format(title=title, line=line)), site(HOST, family="vsb"))


@pytest.mark.parametrize(
    "line",
    [
        "来源：校报 2022-03-04 点击：3",
        "(来源：校报 2022-03-04)",
        "[来源:校报] [2022-03-04]",
        "来源：校报【打印】【关闭】 2022-03-04",
        "来源：校报/作者：张三 2022-03-04",
        "信息来源：校报；发布日期：2022-03-04",
        "来源：校报 人气：12 2022-03-04",
        "来源：校报 (点击: 12) 2022-03-04",
        "来源：校报　审稿人：王 时间：2022-03-04",
        "来源：<a href=/x>校报</a> 记者：李 2022-03-04",
    ],
)
def test_a_source_in_a_line_of_many_things_is_its_name_alone(line: str) -> None:
    article = near(line)
    assert (article.source, article.published.date().isoformat()) == ("校报", "2022-03-04")


@pytest.mark.parametrize("line", ["来源：　时间：2022-03-04", "来源：2022-03-04", "供稿：校报 2022-03-04"])
def test_a_date_is_no_source(line: str) -> None:
    assert near(line).source is None


def test_a_newspaper_s_day_stays_where_it_is_not_that_of_publication() -> None:
    assert near("来源：城湖日报2022年3月1日 时间：2022-03-04").source == "城湖日报2022年3月1日"


def test_a_title_near_the_body_has_its_entities_undone_once() -> None:
    assert near("2022-03-04", title="甲&amp;amp;乙").title == "甲&乙"


def test_a_column_that_is_an_article_has_the_date_behind_its_label_alone() -> None:
    column = f"{HOST}/gywm/lxwm.htm"
    assert near("发布时间：2022-03-04", address=column).published.date().isoformat() == "2022-03-04"
    assert near("2022-03-04", address=column).published_from == "capture"
