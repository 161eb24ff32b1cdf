"""Pages of no known family: read by what they tell machines and by the density of their text, or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from listing_cases import capture, site

from scraper.errors import ExtractError, NotAnArticle, UnknownLayout
from scraper.extractor import extract
from scraper.model import Selectors

if TYPE_CHECKING:
    from scraper.model import Article

HOME = "http://news.lanhu.example/"
URL = f"{HOME}info/8842.html"
SENTENCE = "蓝湖大学的师生在湖心岛上种下三百株银杏，校长顾青岚说，树会比人记得更久。"
BODY = "".join(f"<p>{n}、{SENTENCE}</p>" for n in range(6))
NAV = "".join(f"<li><a href=/c{n}/>栏目{n}</a></li>" for n in range(12))
ROWS = "".join(
    f"<li><a href=/info/{n}.html>第{n}则消息的标题在这里</a><span>2024-03-{n + 10}</span></li>"
    for n in range(9)
)


def page(body: str, *, head: str = "<title>银杏种上湖心岛-蓝湖大学新闻网</title>") -> str:
    return (
        f"<html><head>{head}</head><body><div class=top><h2>蓝湖大学新闻网</h2><ul>{NAV}</ul></div>{body}"
        f"<div class=side><h3>热点</h3><ul>{ROWS}</ul></div>"
        "<div class=bottom><p>蓝湖大学版权所有，未经许可不得转载。地址：蓝湖路1号</p></div></body></html>"
    )


def read(html: str, *, url: str = URL, family: str | None = "generic", **selectors: str) -> Article:
    return extract(capture(url, html), site(HOME, family=family, selectors=Selectors(**selectors)))


ARTICLE = page(
    "<div class=left><h1>银杏种上湖心岛</h1><p class=info>2024-04-05 09:30　来源：校报　浏览：12次</p>"
    f"<div class=x7>{BODY}<p><img src=/up/1.jpg></p></div>"
    "<p>上一篇：<a href=/info/1.html>别的消息</a></p></div>"
)


@pytest.mark.parametrize("family", ["generic", None])
def test_an_article_of_no_known_system_is_read(family: str | None) -> None:
    article = read(ARTICLE, family=family)
    assert article.title == "银杏种上湖心岛"
    assert article.published.isoformat() == "2024-04-05T09:30:00+08:00"
    assert article.published_from == "page"
    assert article.source == "校报"
    assert (article.family, article.layout) == ("generic", "density")
    assert article.shown.text == "".join(f"{n}、{SENTENCE}" for n in range(6))
    assert article.images == (f"{HOME}up/1.jpg",)


def test_a_body_that_holds_its_own_head_and_foot_is_cut_at_both_ends() -> None:
    html = page(
        f"<div class=x7><h1>银杏种上湖心岛</h1><p>2024-04-05 09:30 来源：校报</p>{BODY}"
        "<p>（责任编辑：陆知秋）</p><p>分享到：微博</p></div>"
    )
    article = read(html)
    assert article.shown.text == "".join(f"{n}、{SENTENCE}" for n in range(6))
    assert article.published.isoformat() == "2024-04-05T09:30:00+08:00"


def linked_data(**said: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    data = {"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle", **said}]}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    "told",
    [
        linked_data(datePublished="2024-04-01T08:00:00+08:00"),
        '<meta property="article:published_time" content="2024-04-01T00:00:00Z">',
        '<meta name="PubDate" content="2024-04-01 08:00">',
    ],
)
def test_what_a_page_tells_machines_comes_before_a_day_amid_other_words(told: str) -> None:
    html = ARTICLE.replace("<head>", f"<head>{told}").replace("2024-04-05 09:30", "校报2024-04-05号")
    assert read(html).published.isoformat() == "2024-04-01T08:00:00+08:00"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("<title>银杏种上湖心岛_蓝湖大学</title>", "<h1>银杏种上湖心岛</h1>"),
        ("<title>蓝湖大学新闻网</title>", "<h1>银杏种上湖心岛</h1>"),
        ('<title>蓝湖大学新闻网</title><meta property="og:title" content="银杏种上湖心岛">', ""),
        ("<title>蓝湖-银杏种上湖心岛</title>", "<div class=big>银杏种上湖心岛</div>"),
        ("<title>银杏种上湖心岛 - 综合新闻 - 蓝湖大学</title>", "<span>银杏种上湖心岛</span>"),
        (f"{linked_data(headline='银杏种上湖心岛')}<title>蓝湖大学新闻网</title>", "<h3>综合新闻</h3>"),
    ],
)
def test_the_title_is_what_the_page_both_tells_and_shows(told: str, shown: str) -> None:
    html = page(f"<div>{shown}<p>2024-04-05</p><div>{BODY}</div></div>", head=told)
    assert read(html).title == "银杏种上湖心岛"


def test_a_date_is_never_made_up_of_another_articles() -> None:
    article = read(page(f"<div><h1>银杏种上湖心岛</h1>{BODY}</div>"))
    assert article.published_from == "capture"


def test_lines_between_the_sentences_stay() -> None:
    table = "<h3>名单</h3><table><tr><td>组别<td>姓名<tr><td>一组<td>林溪</table>"
    parts = f"{BODY}{table}<p>附件：<a href=/f/1.pdf>名单</a></p>{BODY}"
    article = read(page(f"<div><h1>银杏种上湖心岛</h1><div>{parts}</div></div>"))
    assert "名单组别姓名一组林溪附件：名单" in article.shown.text
    assert article.attachments == (f"{HOME}f/1.pdf",)


@pytest.mark.parametrize("head", ["<p>2024-04-05 来源：校报</p>", "<div>2024-04-05 来源：校报</div>"])
def test_links_that_are_paragraphs_as_the_text_is_begin_it(head: str) -> None:
    """The paper that an article explains is named before it; what stands in other elements is its head."""
    first = "<p><b><a href=/info/1.htm>蓝湖大学树木管理办法</a></b></p>"
    html = page(f"<div><h1>银杏种上湖心岛</h1>{head}<div>{first}{BODY}</div></div>")
    article = read(html)
    assert article.shown.text.startswith(f"蓝湖大学树木管理办法0、{SENTENCE}")
    elsewhere = page(f"<div><h1>银杏种上湖心岛</h1>{head}<div><a href=/>首页</a></div>{BODY}</div>")
    assert read(elsewhere).shown.text.startswith(f"0、{SENTENCE}")


@pytest.mark.parametrize("said", ["（微信扫描分享）", "微信扫一扫：分享到朋友圈", "扫描二维码分享"])
def test_a_line_that_asks_to_share_by_a_code_is_no_part_of_an_article(said: str) -> None:
    html = page(
        f"<div><h1>银杏种上湖心岛</h1><p>2024-04-05</p><div>{BODY}<div><p>{said}</p></div></div></div>"
    )
    assert read(html).shown.text.endswith(SENTENCE)


def test_an_attachment_at_the_end_is_no_link_about_the_site() -> None:
    html = page(
        f"<div><h1>银杏种上湖心岛</h1><div>{BODY}<p><a href=/f/1.docx>报名表.docx</a></p></div></div>"
    )
    assert read(html).attachments == (f"{HOME}f/1.docx",)


@pytest.mark.parametrize(
    "line",
    [
        "联系电话：000-1234",
        "地址：蓝湖路1号",
        "主办：文学院",
        "蓝湖大学教务处</p><p>2024年4月5日",
        "原文链接：<a href=http://paper.example/1.html>http://paper.example/1.html</a>",
        "（作者：顾青岚，系蓝湖大学教授）",
        "相关附件：<a href=/f/1.pdf>名单.pdf</a>",
    ],
)
def test_the_last_line_of_a_notice_stays(line: str) -> None:
    html = page(f"<div class=left><h1>银杏种上湖心岛</h1><div class=x7>{BODY}<p>{line}</p></div></div>")
    last = read(html).shown.text.rpartition("更久。")[2]
    assert len(last) >= 6


def test_when_and_where_at_the_beginning_of_a_notice_stay() -> None:
    html = page(
        "<div class=left><h1>银杏种上湖心岛</h1><p>发布时间：2024-04-01 浏览：3</p>"
        f"<div class=x7><p>时间：2024年4月5日14:00</p><p>地点：湖心岛</p>{BODY}</div></div>"
    )
    article = read(html)
    assert article.shown.text.startswith("时间：2024年4月5日14:00地点：湖心岛0、")
    assert article.published.isoformat() == "2024-04-01T00:00:00+08:00"


SUMMARIES = "".join(
    f"<div><a href=/info/{n}.html>第{n}则消息</a><p>{SENTENCE}{SENTENCE}</p><i>2024-03-1{n}</i></div>"
    for n in range(7)
)


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (page(f"<div class=list><ul>{ROWS}</ul></div>"), f"{HOME}news/"),
        (page(f"<div class=list>{SUMMARIES}</div>"), f"{HOME}news/"),
        (page(f"<p>{SENTENCE}</p><div class=list><ul>{ROWS * 3}</ul></div>"), f"{HOME}news/list.htm"),
        (page("<p>建设中。</p>"), URL),
        (page(f"<h1>银杏种上湖心岛</h1><p>{SENTENCE}</p>"), HOME),
        (page(f"<div>{BODY}</div>", head=""), URL),
    ],
    ids=["rows", "summaries", "intro", "nothing", "front page", "untitled"],
)
def test_what_may_be_no_article_is_an_error_and_never_a_document(html: str, url: str) -> None:
    html = html.replace("<h2>蓝湖大学新闻网</h2>", "")
    with pytest.raises((NotAnArticle, UnknownLayout)) as caught:
        read(html, url=url)
    assert url in str(caught.value)


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({"title": ".side h3"}, {"title": "热点"}),
        ({"date": ".side li span"}, {"day": "2024-03-10"}),
        ({"source": ".top h2"}, {"source": "蓝湖大学新闻网"}),
        ({"body": ".bottom p"}, {"text": "蓝湖大学版权所有，未经许可不得转载。地址：蓝湖路1号"}),
        ({"drop": ".x7 p:nth-child(n+2)"}, {"text": f"0、{SENTENCE}"}),
    ],
    ids=["title", "date", "source", "body", "drop"],
)
def test_selectors_override_any_part(selectors: dict[str, str], expected: dict[str, str]) -> None:
    article = read(ARTICLE, **selectors)
    said = {
        "title": article.title,
        "day": article.published.date().isoformat(),
        "source": article.source,
        "text": article.shown.text,
    }
    untouched = read(ARTICLE)
    assert {name: said[name] for name in expected} == expected
    if "title" not in selectors:
        assert article.title == untouched.title
    if "body" not in selectors and "drop" not in selectors:
        assert article.shown == untouched.shown


def test_a_page_of_a_hundred_thousand_links_takes_no_time() -> None:
    """Linear, or this never ends."""
    rows = "<a href=/1.html>x</a>2024-03-05 " * 100_000
    with pytest.raises(ExtractError):
        read(page(f"<div>{rows}</div>"))


def test_scripts_that_look_like_tags_do_not_make_a_page_unreadable() -> None:
    script = "<script>var s='" + "<g.6.j;i++){5(n " + "a.b " * 900 + "';</script>"
    assert read(ARTICLE.replace("<h1>", f"{script}{'<!-- x -->' * 3000}<h1>")).title == "银杏种上湖心岛"


# ── the head, the foot, and what stands between ───────────────────────────────────────────────────────────


def test_head_and_foot_within_the_one_element_of_the_text_are_cut_at_the_line() -> None:
    html = page(
        "<div class=c>银杏种上湖心岛<br>发布时间：2024-04-05 09:30 来源：校报 分享：<br>"
        f"{'<br>'.join(f'{n}、{SENTENCE}' for n in range(6))}<br>责任编辑：沈砚<br>相关新闻<br>"
        "<a href=/info/1.html>湖边小路翻修完成</a></div>"
    )
    article = read(html)
    assert article.shown.text == "".join(f"{n}、{SENTENCE}" for n in range(6))
    assert (article.title, article.source) == ("银杏种上湖心岛", "校报")
    assert article.published.isoformat() == "2024-04-05T09:30:00+08:00"


def test_a_day_glued_to_the_title_is_taken_off_and_is_the_article_s() -> None:
    html = page(
        f"<div class=a><h2>银杏种上湖心岛<br><span>2024-04-05</span></h2><div>{BODY}</div></div>",
        head="<title>银杏种上湖心岛  蓝湖大学 Blue Lake University</title>",
    )
    article = read(html)
    assert (article.title, article.published.date().isoformat()) == ("银杏种上湖心岛", "2024-04-05")


def test_a_hyphen_within_a_title_is_kept() -> None:
    html = page(
        f"<h1>银杏-湖心岛的新住客</h1><div>{BODY}</div>",
        head="<title>银杏-湖心岛的新住客-蓝湖大学新闻网</title>",
    )
    assert read(html).title == "银杏-湖心岛的新住客"


@pytest.mark.parametrize("family", ["generic", None])
def test_a_labelled_date_that_the_page_shows_comes_before_what_it_tells_machines(family: str | None) -> None:
    head = "<title>银杏种上湖心岛-蓝湖大学</title><meta name=PubDate content='2026-09-26 03:45:00'>"
    above = page(f"<h1>银杏种上湖心岛</h1><p>发布时间：2024-04-05</p><div>{BODY}</div>", head=head)
    below = page(f"<h1>银杏种上湖心岛</h1><div>{BODY}</div><p>发布时间：2024-04-05</p>", head=head)
    bare = page(f"<h1>银杏种上湖心岛</h1><div>{BODY}</div>", head=head)
    days = [read(html, family=family).published.date().isoformat() for html in (above, below, bare)]
    assert days == ["2024-04-05", "2024-04-05", "2026-09-26"]


@pytest.mark.parametrize(
    "content",
    [
        "<p><a href=/f/1.doc>报考导师意见表.doc</a></p>",
        "<p><img src=/up/1.jpg></p><p><img src=/up/2.jpg></p>",
        "<p>照片由校报提供</p><p><img src=/up/1.jpg></p>",
        "<p>★<a href=/info/1.html>湖边小路翻修</a></p><p>★<a href=/info/2.html>旧图书馆改作茶室</a></p>",
    ],
    ids=["a file", "pictures", "a caption", "links"],
)
def test_a_title_and_a_day_show_an_article_however_little_it_says(content: str) -> None:
    html = page(f"<div><h1>银杏种上湖心岛</h1><p>发布时间：2024-04-05 浏览：3</p><div>{content}</div></div>")
    article = read(html)
    assert (article.title, article.published.date().isoformat()) == ("银杏种上湖心岛", "2024-04-05")


def test_rows_of_other_articles_amid_a_text_are_cut() -> None:
    rows = "".join(f"<li><a href=/info/{n}.html>食堂调整供餐</a> 2024-03-{n + 10}</li>" for n in range(4))
    html = page(f"<div><h1>银杏种上湖心岛</h1><div>{BODY}</div><ul>{rows}</ul><p>{SENTENCE}</p></div>")
    assert "食堂" not in read(html).shown.text


def test_a_list_with_long_abstracts_is_a_list() -> None:
    rows = "".join(
        f"<li><p><a href=/info/{n}.html>银杏种上湖心岛的第{n}天</a><span>2024-04-{n + 10}</span></p>"
        f"<div>{SENTENCE * 5}</div></li>"
        for n in range(6)
    )
    with pytest.raises(NotAnArticle) as caught:
        read(page(f"<ul>{rows}</ul>", head="<title>要闻-蓝湖大学</title>"), url=f"{HOME}news/list.htm")
    assert caught.value.what == "list"


def test_what_stands_in_an_iframe_is_unseen() -> None:
    frame = f"<iframe src=/x.html>{SENTENCE * 9}</iframe>"
    html = page(f"<h1>银杏种上湖心岛</h1><div class=f>{frame}</div><div class=x7>{BODY}</div>")
    assert read(html).shown.text == "".join(f"{n}、{SENTENCE}" for n in range(6))


def test_a_page_without_a_title_takes_the_line_above_its_text() -> None:
    html = page(f"<div><p>飞行常识</p><div>{BODY}</div></div>", head="")
    assert read(html.replace("<h2>蓝湖大学新闻网</h2>", "")).title == "飞行常识"


def test_labels_in_traditional_characters_are_labels() -> None:
    html = page(
        f"<div><h1>銀杏種上湖心島</h1><div>{BODY}<p>責任編輯：顧青嵐</p><p>相關新聞</p><p>湖邊小路</p>"
        "</div></div>",
        head="<title>銀杏種上湖心島-藍湖</title>",
    )
    assert read(html).shown.text.endswith("更久。")


def test_a_date_of_either_order_is_read_as_the_page_writes_its_others() -> None:
    html = page(f"<div><h1>银杏种上湖心岛</h1><p>12/03/2024</p><div class=x7>{BODY}</div></div>")
    html = html.replace(ROWS, "<li><a href=/info/1.html>湖边小路翻修</a> 25/03/2024</li>")
    assert read(html).published.date().isoformat() == "2024-03-12"


def test_a_page_of_files_alone_is_an_article_though_its_column_is_named_as_one_at_the_side() -> None:
    article = read(
        f"<html><head><title>银杏登记表-蓝湖大学</title></head><body><div class=menu><ul>{NAV}</ul></div>"
        "<div class=right><p class=t>银杏登记表</p><p>2024-04-05　作者：　浏览次数：</p><div>"
        "<p>银杏登记表</p>"
        "<ul><li>附件【<a href=/up/b.docx>银杏登记表.docx</a>】已下载次</li></ul>"
        "<p>上一条：<a href=/info/1.html>别的消息</a></p></div></div>"
        "<div class=foot><p>版权所有：蓝湖大学</p><p>地址：蓝湖路1号 邮编：300000</p></div></body></html>"
    )
    assert (article.title, article.published.date().isoformat()) == ("银杏登记表", "2024-04-05")
    assert article.attachments == (f"{HOME}up/b.docx",)
    assert "上一条" not in article.shown.text


def test_a_first_line_that_holds_the_title_is_of_the_article_where_another_shows_it_alone() -> None:
    first = "转发校长办公室《银杏种上湖心岛》："
    article = read(
        page(f"<div><h1>银杏种上湖心岛</h1><p>2024-04-05</p><div><p>{first}</p>{BODY}</div></div>")
    )
    assert article.title == "银杏种上湖心岛"
    assert article.shown.text.startswith(f"{first}0、")


def test_what_word_leaves_around_a_day_is_no_line_of_its_own() -> None:
    article = read(
        page(
            "<div><h1>银杏种上湖心岛</h1><p>| 24-04-05 | 【大 中 小】【打印】【关闭】</p>"
            f"<div><p><st1:chsdate>2024年3月29日</st1:chsdate>下午，{SENTENCE}</p>{BODY}</div></div>"
        )
    )
    assert article.published.date().isoformat() == "2024-04-05"
    assert article.shown.text.startswith("2024年3月29日下午，")


@pytest.mark.parametrize(
    "line",
    [
        "时间：2024-04-05",
        "Source: News Center　Date: 2024-04-05　Views: 12",
        "Posted on April 5, 2024",
        "[2024-04-05]",
    ],
)
def test_a_page_of_pictures_has_a_day_behind_any_label(line: str) -> None:
    html = page(f"<div><h1>银杏种上湖心岛</h1><p>{line}</p><div><p><img src=/up/1.jpg></p></div></div>")
    article = read(html)
    assert article.published.date().isoformat() == "2024-04-05"
    assert article.images == (f"{HOME}up/1.jpg",)


def test_a_page_that_is_called_as_its_site_has_the_title_above_its_day() -> None:
    head = "<title>蓝湖大学</title>"
    told = (
        page(
            "<table><tr><td>银杏种上湖心岛</td></tr><tr><td>2024-04-05 09:30　[ 大 中 小 ]</td></tr><tr>"
            f"<td>{BODY}"
            "</td></tr></table>",
            head=head,
        )
        .replace("蓝湖大学新闻网", "")
        .replace("蓝湖大学版权", "版权")
    )
    assert read(told).title == "银杏种上湖心岛"


def test_a_title_in_two_lines_is_whole() -> None:
    head = "<title>银杏种上湖心岛 校长说树会记得-蓝湖大学</title>"
    html = page(f"<p>银杏种上湖心岛</p><p>校长说树会记得</p><p>2024-04-05</p><div>{BODY}</div>", head=head)
    assert read(html).title == "银杏种上湖心岛 校长说树会记得"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布：2024-04-05", "2024-04-05 00:00"),
        ("发布于 2024-04-05 下午3:15", "2024-04-05 15:15"),
        ("日期：2024年4月5日 星期五", "2024-04-05 00:00"),
        ("时间：20240405", "2024-04-05 00:00"),
        ("时间：2024-04-05T10:20:00+08:00", "2024-04-05 10:20"),
        ("更新於 2024-05-01 發佈於 2024-04-05", "2024-04-05 00:00"),
        ("有效期至：2025-04-05 发布日期：2024-04-05", "2024-04-05 00:00"),
        ("最后更新：2024-05-06 | 2024-04-05", "2024-04-05 00:00"),
        ("二〇二四年四月五日", "2024-04-05 00:00"),
        ("Fri, 05 Apr 2024 08:30:00 +0800", "2024-04-05 08:30"),
        ("2024-Apr-05", "2024-04-05 00:00"),
        ("<em>05</em><i>2024-04</i>", "2024-04-05 00:00"),
    ],
)
def test_a_day_below_the_title_is_the_article_s_and_none_of_its_text(line: str, day: str) -> None:
    text = "<p>清晨湖上起了薄雾，各系的船队在码头边集合，教练逐一检查了桨和救生衣，裁判宣读了规则。</p>" * 3
    page = (
        f"<title>六组船赛一日赛完</title><div><h3>六组船赛一日赛完</h3><p>{line}</p><div>{text}</div></div>"
    )
    article = extract(capture("http://news.qingcheng.example/show.asp?id=7", page), site(family="generic"))
    assert article.published.strftime("%Y-%m-%d %H:%M") == day
    assert article.shown.text.startswith("清晨")


@pytest.mark.parametrize(
    "shown",
    ["<iframe src='/pdfjs/web/viewer.html?file=/u/a.pdf'></iframe>", "<video src='/u/a.mp4'></video>"],
)
def test_a_file_in_a_viewer_or_a_film_below_a_title_and_a_day_is_an_article(shown: str) -> None:
    page = (
        "<title>船赛录像</title><div><a href='/'>首页</a><a href='/gk'>概况</a></div>"
        f"<div><h1>船赛录像</h1><p>发布日期：2024-04-05</p>{shown}</div>"
    )
    article = extract(capture("http://news.qingcheng.example/show.asp?id=7", page), site(family="generic"))
    assert (article.title, len(article.attachments) + len(article.media)) == ("船赛录像", 1)


def test_a_long_text_beside_a_short_article_is_not_the_article() -> None:
    side = "星桥书院建于湖边，设六系，有学生三千，历来重视读书与划船，欢迎四方学子前来求学。" * 2
    said = "因湖上起了大雾，今天的船赛改在明天上午八点举行，各队请于七点半到码头集合，逾时不候。"
    page = (
        "<title>船赛改期</title><div><a href='/'>首页</a><a href='/gk'>概况</a></div>"
        f"<div><h1>船赛改期</h1><p>发布日期：2024-04-05</p><p>{said}</p></div>"
        f"<div class=side><h3>简介</h3><p>{side}</p></div><div>版权所有：星桥书院 地址：湖边路1号</div>"
    )
    article = extract(capture("http://news.qingcheng.example/show.asp?id=7", page), site(family="generic"))
    assert article.shown.text == said


def test_a_notice_of_the_site_below_a_text_is_none_of_it() -> None:
    text = "<p>清晨湖上起了薄雾，各系的船队在码头边集合，教练逐一检查了桨和救生衣，裁判宣读了规则。</p>" * 2
    notice = "<p>网站声明：转载本文须注明出处，违者必究</p>"
    page = f"<title>船赛开始</title><h1>船赛开始</h1><p>发布日期：2024-04-05</p><div>{text}{notice}</div>"
    article = extract(capture("http://news.qingcheng.example/show.asp?id=7", page), site(family="generic"))
    assert article.shown.text.endswith("裁判宣读了规则。")


def test_files_below_a_text_keep_the_words_of_their_links() -> None:
    text = "<p>清晨湖上起了薄雾，各系的船队在码头边集合，教练逐一检查了桨和救生衣，裁判宣读了规则。</p>" * 2
    form = "<form name='_newscontent_fromname'><h1>船赛</h1><p>2024-04-05</p><div class=v_news_content>"
    link = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&id=7"
    below = f"<p>附件【<a href='{link}'>名单.xlsx</a>】</p>"
    page = f"<title>船赛</title>{form}{text}</div>{below}</form>"
    article = extract(capture("http://news.qingcheng.example/info/1/7.htm", page), site(family="vsb"))
    assert [words for _, words in article.called] == ["名单.xlsx"]
    assert [url for url, _ in article.called] == list(article.attachments)


def test_a_page_of_a_number_at_the_root_of_a_site_is_no_front_page() -> None:
    text = "<p>清晨湖上起了薄雾，各系的船队在码头边集合，教练逐一检查了桨和救生衣，裁判宣读了规则。</p>" * 3
    page = f"<title>船赛开始</title><h1>船赛开始</h1><p>发布日期：2024-04-05</p><div>{text}</div>"
    address = "http://news.qingcheng.example/index.php?m=content&a=show&id=7"
    assert extract(capture(address, page), site(family="generic")).title == "船赛开始"


def test_a_short_article_at_an_article_s_address_may_have_a_long_link_as_its_source() -> None:
    page = (
        "<title>船赛改期</title><div><a href='/'>首页</a></div><h1>船赛改期</h1>"
        "<p>来源：<a href='http://www.other.example/'>星桥书院宣传部新闻中心办公室</a> 时间：2024-04-05</p>"
        "<div>因湖上起雾，今天的船赛改在明天上午八点举行。</div>"
    )
    address = "http://news.qingcheng.example/c1/202404/4dc5edf561e64b0f9e132a727d181421.shtml"
    article = extract(capture(address, page), site())
    assert (article.title, article.source) == ("船赛改期", "星桥书院宣传部新闻中心办公室")
