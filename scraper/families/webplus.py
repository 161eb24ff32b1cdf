"""Sudy Webplus, the system of most Chinese universities: www, jwc, lib, law, history and so on.

Whatever a university's list looks like, it stands in a window `portletmode="simpleList"`, its pager beside
it: rows are read by shape where they do not have the system's own classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import urls
from scraper.families.family import Family, Layout, Pager, Rows
from scraper.model import PageRef

if TYPE_CHECKING:
    from scraper.urls import Url

_LIST = re.compile(r"/list\d*(\.(?:htm|psp))$")
_OLD = re.compile(r"^/s/\d+/t/\d+/")  # version 2: /s/1/t/99/p/23/list.htm, then …/p/23/i/2/list.htm
_WINDOW = "[portletmode=simpleList]"
_NEXT = "ul.wp_paging a.next, ul.pages a.pgNext, a.next"
_LAST = "ul.wp_paging a.last, ul.pages a"


def _page(url: Url, number: int) -> PageRef | None:
    """Return a page of a column by its number; the first has two addresses."""
    parts = urls.split(url)
    found = _LIST.search(parts.path)
    if found is None or _OLD.search(parts.path):
        return None
    folder = f"{urls.origin(url)}{parts.path[: found.start()]}/list"
    names = ("", "1") if number == 1 else (str(number),)
    forms = tuple(page for name in names if (page := urls.parse(f"{folder}{name}{found[1]}")) is not None)
    return PageRef(urls=forms, number=number)


def _rows(name: str, *, row: str | None = None, within: str | None = None) -> Rows:
    return Rows(
        name=name,
        row=row,
        within=within,
        drop="[id^=wp_paging], #wp_pager, ul.wp_paging, ul.pages",
        next=_NEXT,
        last=_LAST,
        stated="em.all_count",
        pages="em.all_pages",
        current="em.curr_page, em.cur_page",
    )


_BODY = ("div.wp_articlecontent",)
_OLD_BODY = "td.Article_Content, div.Article_Content"
_ICONS = (  # before each attachment, by the file's kind
    "img[src*='/_ueditor/themes/']",
    "img[src*='/dialogs/attachment/fileTypeImages/']",
)
_PDF = ("[pdfsrc]",)
_PARTS = (".paging_content",)  # the second page of an article, which a script turns to

_LAYOUTS = (
    Layout(
        name="webplus-page-news",
        marks=("div.page-news-title", *_BODY),
        title="div.page-news-title",
        published="div.page-news-souse",
        source="div.page-news-souse",
        body=_BODY,
        drop=_ICONS,
        attachments=_PDF,
        reveal=_PARTS,
    ),
    Layout(
        name="webplus-arti",
        marks=("h1.arti_title, h1.arti-title, h2.arti_title, h2.arti-title", *_BODY),
        title="h1.arti_title, h1.arti-title, h2.arti_title, h2.arti-title",
        published=".arti_update, .arti-update, .arti_metas, .arti-metas",
        source=".arti_metas, .arti-metas",
        body=_BODY,
        drop=_ICONS,
        attachments=_PDF,
        reveal=_PARTS,
        nearby=True,
    ),
    Layout(
        name="webplus-column",  # a channel that is one article
        marks=(".wp_column_article div.wp_articlecontent",),
        title="[portletmode=simpleColumnAttri] .Column_Name",
        published=".wp_column_article .no-date",
        body=(".wp_column_article div.wp_articlecontent",),
        drop=_ICONS,
        attachments=_PDF,
        reveal=_PARTS,
        nearby=True,
    ),
    Layout(
        name="webplus",  # whatever a university drew around it
        marks=_BODY,
        title="[portletmode=simpleArticleAttri] .Article_Title",
        published="[portletmode=simpleArticleAttri] .Article_PublishDate",
        body=_BODY,
        drop=_ICONS,
        attachments=_PDF,
        reveal=_PARTS,
        nearby=True,
    ),
    Layout(
        name="webplus-2",  # version 2, until some 2014
        marks=(_OLD_BODY,),
        title="td.Article_Title, span.Article_Title, div.Article_Title, h1.Article_Title",
        published=".Article_PublishDate",
        body=(_OLD_BODY,),
        drop=_ICONS,
        nearby=True,
    ),
)

WEBPLUS = Family(
    name="webplus",
    marks=(
        "[portletmode]",
        "[frag^=窗口]",
        "[frag^=面板]",
        "ul.wp_article_list",
        "div.wp_articlecontent",
        _OLD_BODY,
        "script[src*='/_js/sudy-jquery']",
        "link[href*='/_upload/tpl/']",
        "link[href*='/_css/_system/']",
        "link[href*='/_css/tpl']",
    ),
    article_url=re.compile(
        r"/\d{4}/\d{4}/c\d+a(?P<number>\d+)/page[^/]*\.(?:htm|psp)|/c\d+a(?P<bare>\d+)/page"
        r"|^/s/\d+/t/\d+/(?:a/(?P<old>\d+)/info\.jspy|[0-9a-f]{2}/[0-9a-f]{2}/info(?P<older>\d+)\.htm)"
    ),
    layouts=_LAYOUTS,
    rows=(
        _rows("news_list", row=f"{_WINDOW} ul.news_list > li.news"),
        _rows("wp_article_list", row=f"{_WINDOW} ul.wp_article_list > li.list_item"),
        _rows("window", within=f"{_WINDOW}, [portletmode=simpleChildList]"),
        Rows(
            name="repeated",
            within="body",
            alike=True,
            next=f"{_NEXT}, a[href]",
            last=_LAST,
            stated="em.all_count",
            pages="em.all_pages",
            current="em.curr_page, em.cur_page",
        ),
    ),
    pager=Pager(page=_page, number=re.compile(r"(?:/i/(?=\d+/list\.)|/list(?=\d*\.(?:htm|psp)$))(\d*)")),
    single="[portletmode=simpleList] .wp_articlecontent, .wp_column_article",
)
