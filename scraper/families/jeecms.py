"""jeecms, as procurement and office sites run it (nkzbb).

Articles are `/xwdt/130.jhtml` (`.chtml` on some), pages of a list `index_2.jhtml`; where a script that posts
a form changes them, `?curPage=` has the same pages. Templates are every site's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import urls
from scraper.families.family import FOOT, Family, Layout, Pager, Rows
from scraper.model import PageRef

if TYPE_CHECKING:
    from scraper.urls import Url

_INDEX = re.compile(r"/(?:index(?:_\d+)?\.([cj])html)?$")
_ATTACHMENTS = "a[href*='/attachment.jspx'], a[id^=attach][href]"
_PAGER = ".pagesite, .pagebar, .msdn"


def _page(url: Url, number: int) -> PageRef | None:
    """Return a page of a column by its number; the first is the index itself."""
    parts = urls.split(url)
    found = _INDEX.search(parts.path)
    if found is None:
        return None
    if found[1] == "c":
        path, query = parts.path, f"?curPage={number}" if number > 1 else ""
    else:
        folder = parts.path[: found.start()]
        path, query = f"{folder}/index{f'_{number}' if number > 1 else ''}.jhtml", ""
    page = urls.parse(f"{urls.origin(url)}{path}{query}")
    return PageRef(urls=(page,), number=number) if page is not None else None


JEECMS = Family(
    name="jeecms",
    marks=("link[href*='/r/cms/']", "script[src*='/r/cms/']", "div.ctitle + div.ccontent", "dl.llist"),
    article_url=re.compile(r"/(?P<number>\d+)(?:_\d+)?\.[cj]html$"),
    layouts=(
        Layout(
            name="jeecms",
            marks=("div.ctitle h1", "div.ccontent"),
            title="div.ctitle h1",
            published="div.ctitle div.info i",
            body=("div.ccontent",),
            attachments=("div.cattach a[href]",),
        ),
        Layout(
            name="jeecms-news",  # of the templates that come with it
            marks=("div.news h1", "div.news div.msgbar", "div.news div.content"),
            title="div.news h1",
            published="div.news div.msgbar",
            source="div.news div.msgbar",
            body=("div.news div.content",),
            attachments=(_ATTACHMENTS,),
            nearby=True,
        ),
    ),
    rows=(
        Rows(
            name="jeecms",
            row="dl.llist dd:has(a[href])",
            date="span.date",
            stated="table.table-page tr.cpage",
            pages="table.table-page tr.cpage",
            current="table.table-page tr.cpage",
        ),
        Rows(
            name="repeated",
            within="body",
            alike=True,
            drop=FOOT,
            next="a[href]",
            stated=_PAGER,
            pages=_PAGER,
            current=_PAGER,
        ),
    ),
    pager=Pager(page=_page, number=re.compile(r"(?:[?&]curPage=|/index_)(\d+)")),
    single="div.ccontent, div.acontact",
    by_density=True,
)
