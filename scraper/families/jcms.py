"""JCMS of Hanweb (大汉), a system of governments and of some universities. Never tried on a live site.

Columns are `/col/col1234/index.html`, articles `/art/2020/3/5/art_1234_567890.html`, of the newer version
`/art/2020/art_<32 hexadecimal digits>.html`. A list's rows may stand
in a script of type `text/xml`, as records that a script draws; it also names the address of the next ones.
"""

from __future__ import annotations

import re

from scraper.families.family import FOOT, Family, Layout, Pager, Rows

_BODY = "#zoom, .bt-content, .article-content, .art_con"

JCMS = Family(
    name="jcms",
    marks=(
        "a[href*='/art/20'][href*='/art_']",
        "[href*='/col/col']",
        "script[src*='/jpage/'], script[src*='jquery.jpage']",
        "a[href*='/module/download/downfile.jsp']",
    ),
    article_url=re.compile(
        r"/art/(?:\d{4}/\d{1,2}/\d{1,2}/)?art_\d+_(?P<number>\d+)(?:_\d+)?\.s?html?$"
        r"|/art/(?:\d{4}/)?art_(?P<key>[0-9a-f]{32})(?:_\d+)?\.s?html?$"
    ),
    links=re.compile(
        r"/art/(?:\d{4}/\d{1,2}/\d{1,2}/)?art_\d+_\d+\.s?html?$|/art/(?:\d{4}/)?art_[0-9a-f]{32}\.s?html?$"
    ),
    layouts=(
        Layout(
            name="jcms",
            marks=(_BODY, "a[href*='/col/col'], meta[name='ArticleTitle' i]"),
            title=".article-title, .art-title",
            published=".article-time, .art-time",
            body=(_BODY,),
            attachments=("a[href*='/module/download/downfile.jsp']",),
            nearby=True,
        ),
    ),
    rows=(
        Rows(
            name="records",
            within="div.jpage-records",
            next="a.jpage-next",
            stated="i.jpage-total",
            pages="i.jpage-pages",
        ),
        Rows(name="repeated", within="body", alike=True, drop=FOOT, next="a[href]"),
    ),
    pager=Pager(),
    by_density=True,
)
