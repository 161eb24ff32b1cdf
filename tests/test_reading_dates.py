"""The line of an article's day, as many hands write it: it dates the article and is none of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from listing_cases import capture, site

from scraper.errors import ExtractError
from scraper.extractor import extract

if TYPE_CHECKING:
    from scraper.model import Article

HOME = "http://www.zhushan.example/"
PAGES = {  # by family: the address of an article, and the container of its body
    "generic": ("news/detail/88.html", "class=nr"),
    "trs": ("xw/202103/t20210312_88.html", "class=TRS_Editor"),
    "vsb": ("info/1025/88.htm", "class=v_news_content"),
}
TITLE = "竹山书院举行防震演练"
BODY = (
    "<p>竹山书院昨日举行防震演练，三百名学生在两分钟内到了操场。</p>"
    "<p>演练之后，老师讲了地震时怎样躲避，怎样求救。</p>"
)


def read(meta: str, *, family: str = "generic", first: str = "", end: str = "") -> Article:
    """Return the article below a title and a line of its day, in a small page of nobody's template."""
    address, container = PAGES[family]
    html = (
        f"<html><head><title>{TITLE}_竹山书院</title></head><body>"
        f"<div><a href=/>首页</a><a href=/xw>新闻</a></div><div class=box><h3>{TITLE}</h3>"
        f"<div class=meta>{meta}</div><div {container}>{first}{BODY}{end}</div></div></body></html>"
    )
    return extract(capture(f"{HOME}{address}", html), site(HOME, family=family))


@pytest.mark.parametrize(
    "meta",
    [
        "发布时间∶2021/3/11　来源∶教务处",
        "日期：２０２１－０３－１１",
        "发 布 时 间 ：2021 年 3 月 11 日",
        "Date: Thu, 11 Mar 2021",
        "时间：2021.03.11. 文：李四 图：王五",
        "2021–03–11 教务处",
        "21-03-11",
        "Post time：2021-03-11 Clicks:",
        "Publication date: 11 March 2021",
        "Uploaded on Mar. 11, 2021",
        "发布时间 2021-03-11 来源 教务处",
        "供稿单位：教务处 审核：王五 日期：2021-03-11",
    ],
)
def test_a_line_of_a_day_dates_the_article_and_is_none_of_its_text(meta: str) -> None:
    article = read(meta)
    assert article.published.date().isoformat() == "2021-03-11"
    assert article.shown.text.startswith("竹山书院昨日")


def test_a_day_before_the_box_of_the_text_comes_before_one_behind_it() -> None:
    html = (
        f"<html><head><title>{TITLE}</title></head><body><h3>{TITLE}</h3><p>发布时间：2021-03-11</p>"
        f"<div><div class=v_news_content>{BODY}</div></div><p>发布时间：2021-04-02</p></body></html>"
    )
    article = extract(capture(f"{HOME}info/1025/88.htm", html), site(HOME, family="vsb"))
    assert article.published.date().isoformat() == "2021-03-11"


@pytest.mark.parametrize("family", ["generic", "vsb"])
def test_what_shows_how_long_ago_that_was_is_dated_by_what_its_element_tells(family: str) -> None:
    article = read("<time datetime='2021-03-11T09:00:00+08:00'>3 天前</time>", family=family)
    assert article.published.isoformat() == "2021-03-11T09:00:00+08:00"
    assert article.source is None
    assert article.shown.text.startswith("竹山书院昨日")


def test_times_of_other_articles_date_none() -> None:
    meta = "<time datetime='2021-03-11'>3 天前</time> <time datetime='2021-03-12'>2 天前</time>"
    assert read(meta).published_from == "capture"


@pytest.mark.parametrize(
    ("around", "end"),
    [
        ("<aside>讲座预告 <time datetime='2021-03-02'>3月2日</time></aside>", ""),
        ("<div class=sidebar><time datetime='2021-03-02'>3月2日</time></div>", ""),
        ("", "<p>讲座在<time datetime='2021-03-02'>3月2日</time>，地点在二主楼。</p>"),
        ("", "</div><footer><time datetime='2021-03-02'>3月2日</time></footer><div>"),
    ],
)
def test_a_time_around_the_article_or_within_it_is_another_thing_s(around: str, end: str) -> None:
    assert read(around, family="trs", end=end).published.date().isoformat() == "2021-03-12"
    assert read(around, family="generic", end=end).published_from == "capture"


def test_a_day_in_the_address_comes_before_a_time_that_shows_none() -> None:
    article = read("<time datetime='2021-03-02'>3月2日</time>", family="trs")
    assert (article.published.date().isoformat(), article.published_from) == ("2021-03-12", "url")


@pytest.mark.parametrize(
    "meta",
    [
        "来　源：教务处　　作　者：张三　　日　期：2021-03-11",
        "稿源：教务处 2021-03-11",
        "来源∶教务处　发布时间∶2021-03-11",
    ],
)
def test_a_source_stands_behind_its_label_however_it_is_written(meta: str) -> None:
    assert read(meta, family="trs").source == "教务处"


def test_a_day_of_wordpress_in_chinese_is_that_of_publication() -> None:
    html = (
        f"<html><head><title>{TITLE}</title><meta name=generator content='WordPress 6.1'></head><body>"
        f"<article><h1 class=entry-title>{TITLE}</h1><span class=posted-on>"
        "<time class='entry-date published' datetime='2021-03-11T10:00:00+08:00'>3月 11, 2021</time>"
        "<time class=updated datetime='2021-05-01T10:00:00+08:00'>5月 1, 2021</time></span>"
        f"<div class=entry-content>{BODY}</div></article></body></html>"
    )
    article = extract(capture(f"{HOME}archives/88", html), site(HOME))
    assert (article.family, article.published.isoformat()) == ("wordpress", "2021-03-11T10:00:00+08:00")


def test_a_day_with_the_month_first_is_one_in_any_line() -> None:
    assert read("3月 11, 2021 由 教务处").published.date().isoformat() == "2021-03-11"


@pytest.mark.parametrize("first", ["3月10日，2020级学生到了操场", "3月10, 2020级学生到了操场"])
def test_a_year_of_students_behind_a_comma_is_none_of_the_day_before_it(first: str) -> None:
    article = read("", first=f"<p>{first}</p>")
    assert (article.published_from, article.shown.text[:6]) == ("capture", first.replace(" ", "")[:6])


@pytest.mark.parametrize(
    "first",
    [
        "Publication list 2023",
        "Post graduate 12",
        "Update Chapter 2",
        "Issue Volume 12",
        "Upload Form 12 here",
        "Update 2023.1",
        "Issue Decision 12",
        "2019—20—21 学年",
        "公告时间5个工作日",
        "公告时间2021年3月1日至2021年3月10日",
        "初审：5月1日 复审：6月1日 终审：7月1日",
    ],
)
def test_a_first_line_that_tells_nothing_about_the_article_is_of_its_text(first: str) -> None:
    assert read("", first=f"<p>{first}</p>").shown.text.startswith(first.replace(" ", ""))


@pytest.mark.parametrize("behind", ["<aside>2月 5, 2021</aside>", "<p>Updated 5 Feb 2021</p>"])
def test_a_day_of_another_thing_does_not_come_before_that_of_the_address(behind: str) -> None:
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1>"
        f"<div class=nr>{BODY * 2}</div></div>{behind}</body></html>"
    )
    article = extract(capture(f"{HOME}2021/0312/88.html", html), site(HOME, family="generic"))
    assert (article.published.date().isoformat(), article.published_from) == ("2021-03-12", "url")


TOLD = "<meta name=PubDate content='2021-03-12 08:00'>"


@pytest.mark.parametrize(
    ("meta", "moment"),
    [
        ("2021-03-11", "2021-03-11T00:00"),
        ("[2021年3月11日 10:20]　来源：教务处", "2021-03-11T10:20"),
        ("2021-03-12", "2021-03-12T08:00"),
        ("2021年3月9日校务会议通过", "2021-03-12T08:00"),
    ],
)
def test_a_day_that_stands_alone_by_the_text_comes_before_what_machines_are_told(
    meta: str, moment: str
) -> None:
    article = read(f"{meta}{TOLD}", family="trs")
    assert article.published.isoformat()[:16] == moment


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("", "<p>2021年3月10日 14:00</p><p>地点：二主楼</p>"),  # of a lecture
        ("<p>2021年3月13日</p>", ""),  # today
        ("<p>2021年3月10日</p>", ""),
    ],
)
@pytest.mark.parametrize("family", ["generic", "trs"])
def test_a_day_above_the_title_or_in_the_body_does_not_come_before_what_machines_are_told(
    head: str, first: str, family: str
) -> None:
    container = PAGES[family][1]
    html = (
        f"<html><head><title>{TITLE}</title><meta name=PubDate content='2020-01-01 08:00'></head><body>{head}"
        f"<h1>{TITLE}</h1><div {container}>{first}{BODY}</div></body></html>"
    )
    article = extract(capture(f"{HOME}news/detail/88.html", html), site(HOME, family=family))
    assert article.published.isoformat()[:10] == "2020-01-01"


def test_the_day_of_the_capture_by_the_text_does_not_come_before_what_machines_are_told() -> None:
    assert read(f"2021-03-13{TOLD}", family="trs").published.isoformat()[:10] == "2021-03-12"


@pytest.mark.parametrize(
    "end", ["<p>教务处</p><p>2021年3月11日</p>", "<p>竹山书院<br>二〇二一年三月十一日</p>"]
)
def test_a_notice_without_a_line_of_a_day_has_that_of_its_signature(end: str) -> None:
    article = read("", end=end)
    assert (article.published.date().isoformat(), article.published_from) == ("2021-03-11", "page")
    assert read("发布时间：2021-03-10", end=end).published.date().isoformat() == "2021-03-10"


@pytest.mark.parametrize(
    "end",
    [
        "<p>报名截止日期：2021年3月10日</p>",
        "<p>报名截止日期：</p><p>2021年3月10日</p>",
        "<p>展览时间：2021年3月1日至2021年3月10日</p>",
        "<p>展期2021年3月1日至2021年3月10日</p>",
        "<p>有效期至2030年12月31日</p>",
        "<p>竹山书院</p><p>2030年12月31日</p>",
        "<p>（数据截至2019年12月31日）</p>",
        "<p>竹山书院建于1919年10月17日</p>",
    ],
)
def test_a_deadline_or_a_span_at_the_end_signs_nothing(end: str) -> None:
    assert read("", end=end).published_from == "capture"


def test_a_signature_speaks_for_no_article() -> None:
    html = (
        "<html><title>中心简介</title><div><h3>中心简介</h3><div class=nr>"
        "<p>竹山书院防震中心讲怎样躲避，也讲怎样求救，老师和学生都去听，每年都有三百多名学生来。</p><p>竹山书院防震中心<br>2021年3月11日</p></div></div></html>"
    )
    with pytest.raises(ExtractError):
        extract(capture(f"{HOME}news/detail/88.html", html), site(HOME, family="generic"))


@pytest.mark.parametrize("family", ["generic", "trs", "vsb"])
@pytest.mark.parametrize(
    "head",
    [
        f"<h3>{TITLE}</h3><p>【2021-03-11】</p>",
        f"<h3>{TITLE}</h3><h4>——记竹山的三分钟</h4><p>教务处</p><p>2021-03-11</p>",
    ],
)
def test_a_day_higher_on_the_page_is_not_the_article_s(head: str, family: str) -> None:
    address, container = PAGES[family]
    html = (
        f"<html><head><title>{TITLE}_竹山书院</title></head><body><p>今天是2023年5月6日</p>"
        "<p>当前位置：<a href=/>首页</a> &gt; <a href=/xw>新闻</a> &gt; 正文</p>"
        f"{head}<div {container}>{BODY}</div></body></html>"
    )
    article = extract(capture(f"{HOME}{address}", html), site(HOME, family=family))
    assert article.published.date().isoformat() == "2021-03-11"


@pytest.mark.parametrize(
    ("above", "between", "behind", "day"),
    [
        ("<b>05</b><i>2021.02</i> 兰圃", "", "", "2021-03-12"),  # of another article
        ("", "", "<b>05</b><i>2021.02</i> 兰圃", "2021-03-12"),
        ("", "<b>11</b><i>2021.03</i>", "", "2021-03-11"),
    ],
)
def test_a_day_in_parts_comes_before_that_of_the_address_only_between_title_and_text(
    above: str, between: str, behind: str, day: str
) -> None:
    address, container = PAGES["trs"]
    html = (
        f"<html><head><title>{TITLE}</title></head><body><p>{above}</p><h3>{TITLE}</h3><p>{between}</p>"
        f"<div {container}>{BODY}</div><p>{behind}</p></body></html>"
    )
    article = extract(capture(f"{HOME}{address}", html), site(HOME, family="trs"))
    assert article.published.date().isoformat() == day
