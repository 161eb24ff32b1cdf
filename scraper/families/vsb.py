"""Boda VSB, the other system that many Chinese universities run (站群).

Every university draws its own lists, so rows are known by the system's own marks (the ids `line_u9_0` and
the pager's classes) and by shape. Pages are numbered from the oldest (`x/1.htm`) up to the newest (`x.htm`),
but a new article moves one from each page to the one before it: no page is settled, and one walks by 下页.
"""

from __future__ import annotations

import re

from scraper.families.family import Family, Layout, Pager, Rows

_NEXT = "span.p_next a[href], a.Next[href], a[href].next, .pagination a[href]"
_LAST = "span.p_last a[href], a.Next[href]"
_PAGER = "span.p_pages, table[class^=headStyle]"

_FORM = "form[name=_newscontent_fromname]"
_ICONS = ("img[src*='/fileTypeImages/']",)  # before each attachment, by the file's kind
_ATTACHMENTS = (
    "a[href*='/_content/download.jsp']",
    "a[href*='DownloadAttachUrl']",
)


def _layout(name: str, *marks: str, body: str) -> Layout:
    """Return a layout: what stands around the body is every university's own."""
    return Layout(
        name=name,
        marks=(*marks, body),
        title=f"{_FORM} [class^=titlestyle]",
        published=f"{_FORM} [class^=timestyle]",
        source=f"{_FORM} [class^=authorstyle]",
        body=(body,),
        drop=_ICONS,
        attachments=_ATTACHMENTS,
        nearby=True,
    )


def _rows(
    name: str,
    *,
    row: str | None = None,
    within: str | None = None,
    beside: str | None = None,
    following: str = _NEXT,
) -> Rows:
    return Rows(
        name=name,
        row=row,
        within=within,
        beside=beside,
        alike=beside is None,
        next=following,
        stated="span.p_t, [id^=fanye]",
        pages="span.p_no, span.p_no_d, [id^=fanye]",
        current="span.p_no_d, [id^=fanye]",
    )


VSB = Family(
    name="vsb",
    marks=(
        "[id^=vsb_content]",
        ".v_news_content",
        "[id^=line_u]",
        "span.p_pages",
        "[id^=fanye]",
        "script[src*='/system/resource/js/']",
        "link[href*='_sitegray']",
        "script[src*='_sitegray']",
    ),
    article_url=re.compile(r"/info/\d+/(?P<number>\d+)\.htm|[?&]wbnewsid=(?P<query>\d+)"),
    layouts=(
        _layout("vsb-form", _FORM, body=f"{_FORM} .v_news_content"),
        _layout("vsb", body=".v_news_content"),
        _layout("vsb-bare", body="[id^=vsb_content], #vsb_newscontent"),
    ),
    rows=(
        _rows("pager", beside=_PAGER),
        _rows("lines", row="[id^=line_u], [id^=line]"),
        _rows("repeated", within="body", following="a[href]"),
    ),
    pager=Pager(),
    single=".v_news_content, [id^=vsb_content]",
)
