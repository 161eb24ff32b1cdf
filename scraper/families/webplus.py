"""Sudy Webplus, the system of most Chinese universities: www, jwc, lib, law, history and so on.

Whatever a university's list looks like, it stands in a window `portletmode="simpleList"`, its pager beside
it: rows are read by shape where they do not have the system's own classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import urls
from scraper.families.family import Family, Pager, Rows
from scraper.model import PageRef

if TYPE_CHECKING:
    from scraper.model import Url

_LIST = re.compile(r"/list\d*(\.(?:htm|psp))$")
_WINDOW = "[portletmode=simpleList]"
_NEXT = "ul.wp_paging a.next, ul.pages a.pgNext, a.next"
_LAST = "ul.wp_paging a.last, ul.pages a"


def _page(url: Url, number: int) -> PageRef | None:
    """Return a page of a column by its number; the first has two addresses."""
    parts = urls.split(url)
    found = _LIST.search(parts.path)
    if found is None:
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


WEBPLUS = Family(
    name="webplus",
    marks=(
        "[portletmode]",
        "[frag^=窗口]",
        "[frag^=面板]",
        "ul.wp_article_list",
        "div.wp_articlecontent",
        "script[src*='/_js/sudy-jquery']",
        "link[href*='/_upload/tpl/']",
        "link[href*='/_css/_system/']",
    ),
    article_url=re.compile(
        r"/\d{4}/\d{4}/c\d+a(?P<number>\d+)/page[^/]*\.(?:htm|psp)|/c\d+a(?P<bare>\d+)/page"
    ),
    layouts=(),
    rows=(
        _rows("news_list", row=f"{_WINDOW} ul.news_list > li.news"),
        _rows("wp_article_list", row=f"{_WINDOW} ul.wp_article_list > li.list_item"),
        _rows("window", within=_WINDOW),
        Rows(name="repeated", within="body", alike=True, next=_NEXT, last=_LAST),
    ),
    pager=Pager(page=_page, number=re.compile(r"/list(\d*)\.(?:htm|psp)$")),
    single="[portletmode=simpleList] .wp_articlecontent, .wp_column_article",
)
