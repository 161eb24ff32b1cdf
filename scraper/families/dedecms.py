"""DedeCMS (织梦), a system of small sites.

Never tried on a live site: its marks are those of its own templates.
"""

from __future__ import annotations

import re

from scraper.families.family import Family, Layout, Pager, Rows

DEDECMS = Family(
    name="dedecms",
    marks=(
        "script[src*='/plus/count.php']",
        "form[action*='/plus/search.php']",
        "link[href*='/templets/'], script[src*='/templets/']",
        "ul.pagelist > li > span.pageinfo",
    ),
    article_url=re.compile(
        r"/\d{4}/\d{4}/(?P<number>\d+)(?:_\d+)?\.html$|/plus/view\.php\?(?:[^?]*&)?aid=(?P<query>\d+)"
        r"|/(?:19|20)\d\d-?[01]\d(?:-?[0-3]\d)?/\d+(?:_\d+)?\.html$"
    ),
    layouts=(
        Layout(
            name="dedecms",
            marks=("div.viewbox div.title", "div.viewbox div.content"),
            title="div.viewbox div.title",
            published="div.viewbox div.info",
            source="div.viewbox div.info",
            body=("div.viewbox div.content",),
            nearby=True,
        ),
    ),
    rows=(
        Rows(
            name="dedecms",
            row="div.listbox ul > li",
            link="a.title[href], a[href]",
            next="ul.pagelist a[href], .dede_pages a[href]",
            stated="span.pageinfo strong + strong",
            pages="span.pageinfo strong:first-child",
            current="ul.pagelist li.thisclass",
        ),
        Rows(
            name="repeated",
            within="body",
            alike=True,
            next="a[href]",
            stated="span.pageinfo strong + strong",
            pages="span.pageinfo strong:first-child",
        ),
    ),
    pager=Pager(number=re.compile(r"/list_\d+_(\d+)\.html$")),
    by_density=True,
)
