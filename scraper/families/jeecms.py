"""jeecms, as procurement and office sites run it (nkzbb).

Its list pages are changed by a script that posts a form; the same pages are had by `?curPage=`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import urls
from scraper.families.family import Family, Layout, Pager, Rows
from scraper.model import PageRef

if TYPE_CHECKING:
    from scraper.urls import Url

_INDEX = re.compile(r"/index\.[cj]html$")


def _page(url: Url, number: int) -> PageRef | None:
    """Return a page of a column by its number; the first is the index itself."""
    parts = urls.split(url)
    if _INDEX.search(parts.path) is None:
        return None
    query = f"?curPage={number}" if number > 1 else ""
    page = urls.parse(f"{urls.origin(url)}{parts.path}{query}")
    return PageRef(urls=(page,), number=number) if page is not None else None


JEECMS = Family(
    name="jeecms",
    marks=("link[href*='/r/cms/']", "script[src*='/r/cms/']", "div.ctitle + div.ccontent", "dl.llist"),
    article_url=re.compile(r"/(?P<number>\d+)\.[cj]html$"),
    layouts=(
        Layout(
            name="jeecms",
            marks=("div.ctitle h1", "div.ccontent"),
            title="div.ctitle h1",
            published="div.ctitle div.info i",
            body=("div.ccontent",),
            attachments=("div.cattach a[href]",),
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
    ),
    pager=Pager(page=_page, number=re.compile(r"[?&]curPage=(\d+)")),
    single="div.ccontent, div.acontact",
)
