"""Bodies: what markup becomes which block, and what it must never become."""

from __future__ import annotations

from functools import partial

import pytest
from article_cases import blocks_of, read_body
from effort import lines_run

from scraper.blocks import Listing, Quote, Strong, Text
from scraper.extractor.inline_runs import Style, inlines

PIC = "http://news.qingcheng.example/a.jpg"
PLAYER = "http://news.qingcheng.example/sys/player.swf"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>　　一段</p><p>&nbsp;&nbsp; 二段　</p>", [{"p": ["一段"]}, {"p": ["二段"]}]),
        ("<div>甲<div>乙</div>丙</div>", [{"p": ["甲"]}, {"p": ["乙"]}, {"p": ["丙"]}]),
        ("没有标签<p>一段</p>尾巴", [{"p": ["没有标签"]}, {"p": ["一段"]}, {"p": ["尾巴"]}]),
        ("<p>甲<br>乙</p>", [{"p": ["甲", "<br>", "乙"]}]),
        ("<p>甲<br><br>乙</p>", [{"p": ["甲"]}, {"p": ["乙"]}]),
        ("<p>甲<br>　　乙</p>", [{"p": ["甲"]}, {"p": ["乙"]}]),
        ("<p>甲<br>&nbsp;&nbsp;&nbsp;&nbsp;乙</p>", [{"p": ["甲"]}, {"p": ["乙"]}]),
        ("<p><br>甲<br></p><p><br></p>", [{"p": ["甲"]}]),
        ("<p>甲 \n  乙&nbsp;丙　丁</p>", [{"p": ["甲 乙\xa0丙　丁"]}]),
        ("<p>零\u200b宽\ufeff与\u200e标记</p>", [{"p": ["零宽与标记"]}]),
        ("<p></p><div>&nbsp;</div><p>\u200b</p>", []),
        ("<h2>一级<b>标题</b></h2><h3></h3>", [{"h2": ["一级", {"b": ["标题"]}]}]),
        ("<h1><img src=/a.jpg></h1>", [{"figure": PIC}]),
        ("<p><strong>粗体一行</strong></p>", [{"p": [{"b": ["粗体一行"]}]}]),
        ("甲<hr>乙", [{"p": ["甲"]}, "---", {"p": ["乙"]}]),
        ("<blockquote><p>引</p></blockquote>", [{"quote": [{"p": ["引"]}]}]),
        ("<pre>a = 1\n  b</pre>", [{"code": "a = 1\n  b"}]),
        ("<pre>　　春眠，\n处处。</pre>", [{"p": ["春眠，", "<br>", "处处。"]}]),
        ("<dl><dt>词</dt><dd>义</dd></dl>", [{"p": ["词"]}, {"p": ["义"]}]),
        ("<p>H<sub>2</sub>O<sup>①</sup><u>线</u><s>删</s></p>", [{"p": ["H₂O①线", {"s": ["删"]}]}]),
        ("<p>未闭合<font color=red>红<p>下段", [{"p": ["未闭合红"]}, {"p": ["下段"]}]),
    ],
)
def test_paragraphs_headings_and_breaks(body: str, expected: list[object]) -> None:
    assert blocks_of(body) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<b>甲</b><b>乙</b>", [{"b": ["甲乙"]}]),
        ("<b>甲</b> <strong>乙</strong>", [{"b": ["甲 乙"]}]),
        ("<b>甲 </b>乙", [{"b": ["甲"]}, " 乙"]),
        ("丙<b>　甲</b>", ["丙　", {"b": ["甲"]}]),
        ("<b><b>甲</b></b><b></b><b> </b>", [{"b": ["甲"]}]),
        ("<b>甲<br>乙</b>", [{"b": ["甲", "<br>", "乙"]}]),
        ("<b>甲</b><br><b>乙</b>丙", [{"b": ["甲", "<br>", "乙"]}, "丙"]),
        ("<i>甲<b>乙</b></i>", [{"i": ["甲", {"b": ["乙"]}]}]),
        ("<em><i>甲</i></em>", [{"i": ["甲"]}]),
        ("<b>甲<i>乙</b>丙</i>", [{"b": ["甲", {"i": ["乙"]}]}, {"i": ["丙"]}]),
        ("<span style='font-weight:bold'>甲</span>", ["甲"]),
        (
            "<a href=/x>甲<b>乙</b></a>",
            [{"a": "http://news.qingcheng.example/x", "text": ["甲", {"b": ["乙"]}]}],
        ),
        (
            "<b>甲<a href=/x>乙</a>丙</b>",
            [{"b": ["甲", {"a": "http://news.qingcheng.example/x", "text": ["乙"]}, "丙"]}],
        ),
        (
            "<b>甲</b><a href=/x><b>乙</b>丙</a>",
            [{"b": ["甲"]}, {"a": "http://news.qingcheng.example/x", "text": [{"b": ["乙"]}, "丙"]}],
        ),
        ("<a href=/x> </a>甲<a href=/y></a>", ["甲"]),
        ("甲<b><img src=/a.jpg></b>", ["甲", {"img": PIC}]),
        ("<b>甲<img src=/a.jpg alt=' 图  一 '>乙</b>", [{"b": ["甲", {"img": PIC, "alt": "图 一"}, "乙"]}]),
    ],
)
def test_runs_are_merged_trimmed_and_never_within_their_like(line: str, expected: list[object]) -> None:
    assert blocks_of(f"<p>{line}</p>") == [{"p": expected}]


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("http://news. qingcheng.example/a", "http://news.qingcheng.example/a"),
        ("https://x.example/#/detail/1", "https://x.example/#/detail/1"),
        (" /a\tb\n", "http://news.qingcheng.example/ab"),
        ("//x.example/a//b", "http://x.example/a//b"),
        ("mailto: news@x.example", "mailto:news@x.example"),
        ("ftp://x.example/a b.zip", "ftp://x.example/a%20b.zip"),
        ("news.", "http://news.qingcheng.example/news."),
        ("javascript:alert(1)", None),
        ("JavaScript:void(0)", None),
        ("data:text/html,x", None),
        ("file:///C:/a.doc", None),
        ("vbscript:x", None),
        ("mailto:", None),
        ("http:", None),
        ("http://", None),
        ("#top", None),
        ("", None),
    ],
)
def test_a_link_is_kept_where_it_leads_somewhere(href: str, leads_to: str | None) -> None:
    text = "文字" if leads_to is None else {"a": leads_to, "text": ["文字"]}
    assert blocks_of(f'<p><a href="{href}">文字</a></p>') == [{"p": [text]}]


@pytest.mark.parametrize(
    ("image", "src"),
    [
        ('<img src=" \t/a.jpg\n">', PIC),
        ('<img src="/small.jpg" original-src="/a.jpg">', PIC),
        ('<img src="/small.jpg" orisrc="/a.jpg">', PIC),
        ('<img src="/images/loading.gif" data-src="/a.jpg">', PIC),
        ('<img src="data:image/gif;base64,R0=" data-original="/a.jpg">', PIC),
        ('<img data-src="/a.jpg">', PIC),
        ('<img src="/a.jpg" data-src="https://elsewhere.example/b">', PIC),
        ('<img src="file:///C:/a.jpg">', None),
        ('<img src="file:///C:/b.jpg" data-original="/a.jpg">', PIC),
        ('<img src="/b.jpg" width="\f1" height="1">', None),
        ('<img src="/b.jpg" style="WIDTH: 1PX; HEIGHT: 1PX">', None),
        ('<img src="/fj_mp3.gif">', None),
        ('<img src="data:image/gif;base64,R0=">', None),
        ('<img src="">', None),
        ("<img>", None),
    ],
)
def test_a_picture_has_the_address_that_can_be_asked_for(image: str, src: str | None) -> None:
    article = read_body(f"<p>{image}</p>")
    assert list(article.images) == ([src] if src else [])
    assert blocks_of(f"<p>{image}</p>") == ([{"figure": src}] if src else [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p><img src=/a.jpg>字</p>", [{"p": [{"img": PIC}, "字"]}]),
        ("<p><img src=/a.jpg> <img src=/a.jpg></p>", [{"figure": PIC}, {"figure": PIC}]),
        ("<a href=/x><img src=/a.jpg></a>", [{"figure": PIC, "href": "http://news.qingcheng.example/x"}]),
        (
            "<figure><img src=/a.jpg><figcaption>图注</figcaption></figure>",
            [{"figure": PIC, "caption": ["图注"]}],
        ),
        ("<figure><figcaption>先</figcaption><img src=/a.jpg></figure>", [{"p": ["先"]}, {"figure": PIC}]),
        ("<p><img src=/a.jpg></p><p>说明</p>", [{"figure": PIC}, {"p": ["说明"]}]),
    ],
)
def test_pictures_stand_alone_in_a_line_or_in_a_link(body: str, expected: list[object]) -> None:
    assert blocks_of(body) == expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ('<video src="\t/v.mp4"></video>', [{"video": "http://news.qingcheng.example/v.mp4"}]),
        (
            '<video><source src="/v.mp4"><p>看不了</p></video>',
            [{"video": "http://news.qingcheng.example/v.mp4"}],
        ),
        (
            '<audio src="/a.mp3" title="钟声"></audio>',
            [{"audio": "http://news.qingcheng.example/a.mp3", "title": "钟声"}],
        ),
        ('<embed src="/a.wma">', [{"audio": "http://news.qingcheng.example/a.wma"}]),
        ('<embed src="/a.swf">', [{"flash": "http://news.qingcheng.example/a.swf"}]),
        ('<embed src="">', []),
        ("<video controls></video>", []),
        ('<iframe src="https://v.example/p?id=1"></iframe>', [{"embed": "https://v.example/p?id=1"}]),
        ('<iframe src="about:blank"></iframe>', []),
        (f'<embed src="{PLAYER}?file=/v.flv">', [{"video": "http://news.qingcheng.example/v.flv"}]),
        (
            f'<embed src="{PLAYER}" flashvars="a=1&amp;vcastr_file=/v.flv">',
            [{"video": "http://news.qingcheng.example/v.flv"}],
        ),
        (f'<embed src="{PLAYER}" flashvars="skin=a">', [{"flash": PLAYER}]),
        (
            f'<object data="{PLAYER}?file=/x.flv"><param name=movie value="{PLAYER}?file=/v.flv"></object>',
            [{"video": "http://news.qingcheng.example/v.flv"}],
        ),
        (
            f'<object><param name=movie value="{PLAYER}"><embed src="{PLAYER}"><p>请安装</p></object>',
            [{"flash": PLAYER}],
        ),
    ],
)
def test_a_player_is_the_address_of_what_it_plays(element: str, expected: list[object]) -> None:
    assert blocks_of(element) == expected
    assert list(read_body(element).media) == [next(iter(block.values())) for block in expected]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul><li>甲<li>乙</ul>", [{"ul": [[{"p": ["甲"]}], [{"p": ["乙"]}]]}]),
        ("<ol start=3><li>甲</ol>", [{"ol": [[{"p": ["甲"]}]], "start": 3}]),
        ("<ul><li>甲<ul><li>乙</ul></ul>", [{"ul": [[{"p": ["甲"]}, {"ul": [[{"p": ["乙"]}]]}]]}]),
        ("<ul><li>甲</li><ul><li>乙</ul></ul>", [{"ul": [[{"p": ["甲"]}, {"ul": [[{"p": ["乙"]}]]}]]}]),
        ("<ul>散<li>甲</ul>", [{"ul": [[{"p": ["散"]}], [{"p": ["甲"]}]]}]),
        ("<ul><li></li><li> </li></ul>", []),
        ("<li>甲<li>乙", [{"p": ["甲"]}, {"p": ["乙"]}]),
        ("<ul><li><p>甲</p><p>乙</p></ul>", [{"ul": [[{"p": ["甲"]}, {"p": ["乙"]}]]}]),
    ],
)
def test_lists_nested_and_broken(body: str, expected: list[object]) -> None:
    assert blocks_of(body) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<tr><td>甲<td>乙<tr><td>丙<td>丁", [{"table": [[["甲"], ["乙"]], [["丙"], ["丁"]]]}]),
        (
            "<tr><th colspan=2>头<tr><td rowspan=9>甲<td>乙",
            [{"table": [[{"cell": ["头"], "colspan": 2, "header": True}], [["甲"], ["乙"]]]}],
        ),
        ("<caption>表一</caption><tr><td>甲<td>乙", [{"p": ["表一"]}, {"table": [[["甲"], ["乙"]]]}]),
        (
            "<tr><td><p>一</p><p>二</p><td><ul><li>三<li>四</ul>",
            [{"table": [[["一", "<br>", "二"], ["三", "<br>", "四"]]]}],
        ),
        (
            "<tr><td>字<td><a href=/x><img src=/a.jpg></a>",
            [{"table": [[["字"], [{"a": "http://news.qingcheng.example/x", "text": [{"img": PIC}]}]]]}],
        ),
        ("<tr><td><p>一</p><p>二</p>", [{"p": ["一"]}, {"p": ["二"]}]),
        ("<tr><td><img src=/a.jpg><tr><td>图注", [{"figure": PIC}, {"p": ["图注"]}]),
        ("<tr><td><img src=/a.jpg><td><img src=/a.jpg>", [{"figure": PIC}, {"figure": PIC}]),
        ("<tr><td>&nbsp;<td>正文<td>", [{"p": ["正文"]}]),
        (
            "<tr><td>左<td><table><tr><td>甲<td>乙</table>",
            [{"p": ["左"]}, {"table": [[["甲"], ["乙"]]]}],
        ),
        (
            "<tr><td>看<td><video src=/v.mp4></video>",
            [{"p": ["看"]}, {"video": "http://news.qingcheng.example/v.mp4"}],
        ),
        (
            "<tr><td>边栏<td><p>一<p>二<p>三<p>四",
            [{"p": ["边栏"]}, {"p": ["一"]}, {"p": ["二"]}, {"p": ["三"]}, {"p": ["四"]}],
        ),
        ("<tr><td><td>", []),
        ("", []),
    ],
)
def test_tables_of_data_stay_and_tables_of_layout_are_undone(table: str, expected: list[object]) -> None:
    assert blocks_of(f"<table>{table}</table>") == expected


def test_a_cell_that_asks_for_a_million_columns_is_held() -> None:
    (table,) = blocks_of("<table>" + "<tr><td colspan=1000>甲<td colspan=1000>乙" * 2 + "</table>")
    assert table == {"table": [[["甲"], ["乙"]], [["甲"], ["乙"]]]}


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>document.write('暗')</script>",
        "<style>.a{content:'暗'}</style>",
        "<noscript>暗</noscript>",
        "<!-- 暗 -->",
        "<span style='display: none'>暗</span>",
        "<div STYLE='DISPLAY:NONE'><p>暗</p></div>",
        "<div hidden>暗</div>",
        "<select><option>暗</option></select>",
        "<textarea>暗</textarea>",
        "<template>暗</template>",
        "<svg><text>暗</text></svg>",
    ],
)
def test_what_no_reader_sees_is_not_told(hidden: str) -> None:
    assert blocks_of(f"<p>明{hidden}</p>") == [{"p": ["明"]}]


def test_nested_bodies_and_unknown_tags_are_read_through() -> None:
    body = (
        "<body class=x><p>甲<o:p>乙</o:p></p></body><founder-content>丙</founder-content><center>丁</center>"
    )
    assert blocks_of(body) == [{"p": ["甲乙"]}, {"p": ["丙"]}, {"p": ["丁"]}]


def test_files_linked_in_the_text_are_its_attachments() -> None:
    body = "<a href=/a.PDF>甲</a><a href='/b.docx?x=1#p'>乙</a><a href=/a.PDF>又</a><a href=/c.html>丙</a>"
    host = "http://news.qingcheng.example"
    assert list(read_body(body).attachments) == [f"{host}/a.PDF", f"{host}/b.docx?x=1"]


def test_the_page_s_own_base_is_what_references_stand_on() -> None:
    article = read_body("<base href='http://pics.qingcheng.example/2021/'><img src=a.jpg>")
    assert list(article.images) == ["http://pics.qingcheng.example/2021/a.jpg"]


def test_a_body_deeper_than_python_recurses_is_read() -> None:
    article = read_body("<div>" * 1_500 + "底" + "</div>" * 1_500)
    assert article.shown.text == "底"


@pytest.mark.parametrize("tag", ["blockquote", "ul", "table"])
def test_blocks_within_blocks_end_before_those_who_recurse_do(tag: str) -> None:
    inner = {"blockquote": ("<blockquote>", "</blockquote>"), "ul": ("<ul><li>", "</ul>")}.get(
        tag, ("<table><tr><td>左<td>", "</table>")
    )
    article = read_body(inner[0] * 200 + "底" + inner[1] * 200)
    assert article.shown.text.endswith("底")
    depth, blocks = 0, article.body
    while blocks and isinstance(blocks[0], Quote | Listing):
        depth += 1
        blocks = blocks[0].blocks if isinstance(blocks[0], Quote) else blocks[0].items[0]
    assert depth <= 30


@pytest.mark.parametrize(
    ("before", "piece"),
    [
        ("<b>", "<img src=/a.jpg>"),
        ("", "<i></i>&nbsp;"),
        ("", "<span>字</span>"),
        ("", "<a href=/{n}>字</a>"),
        ("", "<b>甲<i>乙</b>丙</i>"),
    ],
    ids=["pictures in bold", "blanks", "spans", "links", "overlapping runs"],
)
def test_a_long_line_costs_no_more_than_its_length(before: str, piece: str) -> None:
    def read(pieces: int) -> None:
        line = "".join(piece.format(n=n) for n in range(pieces))
        assert read_body(f"<p>{before}{line}字</p>").shown.text

    few, many = (lines_run(partial(read, pieces)) for pieces in (90, 360))  # the guard counts neither
    assert many < 5 * few  # quadratic: sixteen times as much


def test_what_an_element_carries_comes_in_the_order_of_its_own_attributes() -> None:
    """Whatever the elements before it carry."""
    body = '<div data-two="/0.pdf"></div><div data-one="/1.pdf" data-two="/2.pdf"></div>'
    names = [address.rpartition("/")[2] for address in read_body(f"<p>字</p>{body}").attachments]
    assert names == ["0.pdf", "1.pdf", "2.pdf"]


def test_a_blank_alone_is_emphasised_by_nothing() -> None:
    strong = Style(strong=True)
    assert inlines([(" ", strong)], []) == (Text(text=" "),)
    assert inlines([("甲", strong)], []) == (Strong(children=(Text(text="甲"),)),)
