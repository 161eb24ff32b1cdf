"""A document says what its article says, in the form of the older documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from writer_samples import BEIJING, CAPTURED, HEXO, IDENTITY, SITE, article, paragraph

from scraper.blocks import (
    Anchor,
    Cell,
    Figure,
    Listing,
    Media,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    Text,
)
from scraper.urls import Url
from scraper.values import replace
from scraper.writer import frontmatter, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.model import Article, Site

LAST = f"[转入文章首发地址]({IDENTITY})"
NEWS = Paragraph(
    children=(
        Strong(children=(Text(text="北辰新闻网讯"),)),
        Text(text="（记者\u3000林一舟）2月8日，新学期工作会召开。"),
    )
)
ONE, TWO = Url("http://news.beichen.example/pic/1.jpg"), Url("http://news.beichen.example/pic/2.jpg")

HEXO_DOCUMENT = f"""\
---
title: 北辰大学->北辰大学召开新学期工作会 | beichen.info
date: 2023-02-08 14:40:00
urlname: a36bdde7bca6feb2563a91136f0d7413
tags:\x20
- 北辰大学
categories:
- beichen.info
- 北辰大学
---
**北辰新闻网讯**（记者　林一舟）2月8日，新学期工作会召开。

会议由何知秋主持。

![图](http://news.beichen.example/pic/1.jpg)

![图](http://news.beichen.example/pic/2.jpg)

{LAST}"""

HUGO_DOCUMENT = f"""\
---
title: 北辰大学->北辰大学召开新学期工作会 | beichen.info
date: 2023-02-08 14:40:00
urlname: a36bdde7bca6feb2563a91136f0d7413
slug: a36bdde7bca6feb2563a91136f0d7413
tags:\x20
- 北辰大学
categories:
- beichen.info
- 北辰大学
authorbox: false
sidebar: false
---
**北辰新闻网讯**（记者　林一舟）2月8日，新学期工作会召开。

<!--more-->

会议由何知秋主持。

![图](http://news.beichen.example/pic/1.jpg)

![图](http://news.beichen.example/pic/2.jpg)

{LAST}"""


def document(article: Article, site: Site = HEXO, assets: Mapping[Url, str | None] | None = None) -> str:
    return write(article, site, identity=IDENTITY, captured=CAPTURED, assets=assets or {}).text


def body(article: Article, site: Site = HEXO, assets: Mapping[Url, str | None] | None = None) -> list[str]:
    """Return the parts of a document's body, but for the last line."""
    parts = frontmatter.read(document(article, site, assets))[1].split("\n\n")
    assert parts.pop() == LAST
    return parts


@pytest.mark.parametrize(
    ("site", "expected"),
    [(HEXO, HEXO_DOCUMENT), (replace(SITE, summary_after=20), HUGO_DOCUMENT)],
    ids=["hexo", "hugo"],
)
def test_a_document_is_written_as_the_older_ones_are(site: Site, expected: str) -> None:
    """Key by key, line by line, the blank after `tags:` and the missing last line end included."""
    news = article(NEWS, Figure(src=ONE), paragraph("会议由何知秋主持。"), Figure(src=TWO), images=(ONE, TWO))
    assert document(news, site) == expected


def test_the_identity_gives_name_slug_and_last_line_whatever_the_page_came_from() -> None:
    assert article().url != IDENTITY
    written = document(article(NEWS), SITE)
    assert article().url not in written
    assert written.endswith(LAST)


@pytest.mark.parametrize(
    ("says", "moment", "expected"),
    [
        ("published", datetime(2023, 2, 8, 14, 40, tzinfo=BEIJING), "2023-02-08 14:40:00"),
        ("published", datetime(2023, 2, 8, 20, 0, 5, 999999, tzinfo=UTC), "2023-02-09 04:00:05"),
        ("published", datetime(2023, 2, 8, tzinfo=BEIJING), "2023-02-08 00:00:00"),
        ("captured", datetime(2023, 2, 8, tzinfo=BEIJING), "2026-06-01 23:59:58"),
    ],
)
def test_a_document_is_dated_in_the_time_zone_of_the_site_to_the_second(
    says: str, moment: datetime, expected: str
) -> None:
    site = replace(SITE, date="captured" if says == "captured" else "published")
    assert f"\ndate: {expected}\n" in document(replace(article(NEWS), published=moment), site)


@pytest.mark.parametrize(
    "title", ["一行\n---\ncategories: [甲]", "甲\u2028乙", "甲\r\n\t 乙", "null", "'甲", "甲: 乙 #丙"]
)
def test_a_title_cannot_act_in_the_front_matter(title: str) -> None:
    site = replace(SITE, title_pattern="{title}")
    metadata, _ = frontmatter.read(document(article(NEWS, title=title), site))
    assert metadata["title"] == " ".join(title.split())
    assert list(metadata) == [
        "title",
        "date",
        "urlname",
        "slug",
        "tags",
        "categories",
        "authorbox",
        "sidebar",
    ]


def test_a_site_without_tags_has_empty_lists() -> None:
    metadata, _ = frontmatter.read(document(article(NEWS), replace(HEXO, tags=(), categories=())))
    assert (metadata["tags"], metadata["categories"]) == ([], [])


# ── the summary ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (1, ["甲" * 10, "<!--more-->", "乙" * 10, "丙" * 10]),
        (10, ["甲" * 10, "<!--more-->", "乙" * 10, "丙" * 10]),
        (11, ["甲" * 10, "乙" * 10, "<!--more-->", "丙" * 10]),
        (30, ["甲" * 10, "乙" * 10, "丙" * 10]),
        (31, ["甲" * 10, "乙" * 10, "丙" * 10]),
        (0, ["甲" * 10, "乙" * 10, "丙" * 10]),
    ],
)
def test_the_summary_ends_after_the_block_that_holds_the_character(after: int, expected: list[str]) -> None:
    """And nowhere, where no block does, or where nothing follows that block."""
    news = article(*(paragraph(character * 10) for character in "甲乙丙"))
    assert body(news, replace(SITE, summary_after=after)) == expected


def test_pictures_that_follow_are_something_that_follows() -> None:
    news = article(paragraph("甲" * 10), images=(ONE,))
    assert body(news, replace(SITE, summary_after=5))[1] == "<!--more-->"


def test_a_list_or_table_is_never_divided() -> None:
    table = Table(rows=((Cell(children=(Text(text="甲"),)),),) * 3)
    quote = Quote(blocks=(Listing(items=((paragraph("乙"),),) * 3), table))
    parts = body(article(quote, paragraph("丙")), replace(SITE, summary_after=2))
    assert parts[-2:] == ["<!--more-->", "丙"]


def test_a_hexo_document_has_no_divider() -> None:
    assert "<!--more-->" not in document(article(paragraph("甲" * 300), paragraph("乙")), HEXO)


# ── pictures, media, files ────────────────────────────────────────────────────────────────────────────────


def test_pictures_stand_at_the_end_in_page_order_and_captions_where_they_stood() -> None:
    news = article(
        paragraph("甲"),
        Figure(src=TWO, caption=(Text(text="图为会场"),)),
        Paragraph(children=(Text(text="乙"), Picture(src=ONE), Text(text="丙"))),
        Figure(src=TWO),
        images=(TWO, ONE, TWO),
    )
    assert body(news) == ["甲", "图为会场", "乙丙", f"![图]({TWO})", f"![图]({ONE})", f"![图]({TWO})"]


def test_pictures_stay_in_place_where_the_config_says_so() -> None:
    news = article(
        Figure(src=TWO, caption=(Text(text="图为会场"),)),
        Paragraph(children=(Text(text="乙"), Picture(src=ONE))),
        images=(TWO, ONE),
    )
    assert body(news, replace(HEXO, image_position="inline")) == [
        f"![图]({TWO})",
        "图为会场",
        f"乙![图]({ONE})",
    ]


@pytest.mark.parametrize("position", ["end", "inline"])
def test_a_picture_that_no_block_shows_is_not_lost(position: str) -> None:
    site = replace(HEXO, image_position="end" if position == "end" else "inline")
    assert body(article(paragraph("甲"), images=(ONE,)), site) == ["甲", f"![图]({ONE})"]


def test_a_link_around_a_picture_goes_with_it() -> None:
    href = "http://news.beichen.example/special/"
    linked = Paragraph(children=(Anchor(href=href, children=(Picture(src=ONE),)),))
    assert body(article(linked, images=(ONE,))) == [f"[![图]({ONE})]({href})"]


def test_what_only_held_a_picture_is_gone_from_the_text() -> None:
    cell = Cell(children=(Picture(src=ONE),))
    blocks = (
        Listing(items=((Figure(src=ONE),),)),
        Quote(blocks=(Figure(src=ONE),)),
        Table(rows=((cell,),)),
        Paragraph(children=(Strong(children=(Picture(src=ONE),)),)),
    )
    assert body(article(*blocks, images=(ONE,) * 4)) == [f"![图]({ONE})"] * 4


def test_kept_pictures_and_files_are_linked_where_they_are_kept() -> None:
    file = Url("http://news.beichen.example/files/a.pdf")
    news = replace(
        article(
            Paragraph(children=(Anchor(href=file, children=(Text(text="报名表"),)),)),
            Figure(src=ONE),
            images=(ONE,),
        ),
        attachments=(file,),
    )
    kept = {ONE: "/files/3f/ab.jpg", file: "/files/77/cd.pdf"}
    assert body(news, HEXO, kept) == ["[报名表](/files/77/cd.pdf)", "![图](/files/3f/ab.jpg)"]


@pytest.mark.parametrize("position", ["end", "inline"])
def test_a_picture_that_is_gone_is_said_to_be_gone(position: str) -> None:
    site = replace(HEXO, image_position="end" if position == "end" else "inline")
    assert body(article(paragraph("甲"), Figure(src=ONE), images=(ONE,)), site, {ONE: None}) == [
        "甲",
        f"[图（已不存在）]({ONE})",
    ]


def test_media_are_links_that_say_what_they_are() -> None:
    video = Media(kind="video", src=Url("http://news.beichen.example/video/1.mp4"), title="校歌")
    flash = Media(kind="flash", src=Url("http://news.beichen.example/1.swf"))
    assert body(article(video, flash)) == [f"[视频：校歌]({video.src})", f"[Flash 动画]({flash.src})"]


def test_files_that_the_text_does_not_link_to_are_listed() -> None:
    named = Url("http://www.beichen.example/_upload/article/files/%E9%99%84%E8%A1%A8%281%29.xlsx")
    unnamed = Url("http://www.beichen.example/system/_content/download.jsp?wbfileid=7")
    news = replace(article(paragraph("甲")), attachments=(named, unnamed, named))
    assert body(news) == ["甲", f"[附件：附表(1).xlsx]({named})", f"[附件]({unnamed})"]


def test_an_article_without_text_is_still_a_document() -> None:
    assert body(article()) == []


def test_files_beside_the_text_are_called_as_their_links_call_them() -> None:
    one, other, third = (Url(f"http://x.example/download.jsp?id={number}") for number in (1, 2, 3))
    news = replace(
        article(paragraph("甲")),
        attachments=(one, other, third),
        called=((one, "名单.xlsx"), (other, "附件2：表.doc")),
    )
    assert body(news)[1:] == [f"[附件：名单.xlsx]({one})", f"[附件2：表.doc]({other})", f"[附件]({third})"]


def test_a_picture_in_the_words_below_another_keeps_its_link_at_the_end() -> None:
    led = Anchor(href="http://a.example/1", children=(Picture(src=TWO),))
    news = article(NEWS, Figure(src=ONE, caption=(led,)), images=(ONE, TWO))
    document = write(news, replace(SITE, image_position="end"), identity=IDENTITY, captured=CAPTURED)
    assert document.text.endswith(f"\n\n![图]({ONE})\n\n[![图]({TWO})](http://a.example/1)\n\n{LAST}")
