"""PHPCMS v9, a system of small sites.

Never tried on a live site: its marks are those of its own templates.
"""

from __future__ import annotations

import re

from scraper.families.family import FOOT, Family, Layout, Pager, Rows

PHPCMS = Family(
    name="phpcms",
    marks=(
        "script[src*='api.php?op=count']",
        "link[href*='/statics/css/'], script[src*='/statics/js/']",
        "a[href*='m=content&c=index&a=']",
    ),
    article_url=re.compile(
        r"/show-\d+-(?P<number>\d+)-\d+\.html$|[?&]a=show&catid=\d+&id=(?P<query>\d+)"
        r"|/\d{4}/[a-z_]+_?\d{4}/(?P<file>\d+)\.html$"
    ),
    layouts=(
        Layout(
            name="phpcms",
            marks=("#Article > h1", "#Article .content"),
            title="[itemprop=headline]",
            published="#Article > h1 > span",
            source="#Article > h1 > span",
            body=("#Article .content",),
            nearby=True,
        ),
    ),
    rows=(
        Rows(name="phpcms", row="ul.list > li:has(> a[href])", next="#pages a[href]", stated="#pages a.a1"),
        Rows(
            name="repeated",
            within="body",
            alike=True,
            drop=FOOT,
            next="#pages a[href], a[href]",
            stated="#pages a.a1",
        ),
    ),
    pager=Pager(number=re.compile(r"/list-\d+-(\d+)\.html$")),
    by_density=True,
)
