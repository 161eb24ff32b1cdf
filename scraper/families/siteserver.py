"""SiteServer CMS, a system of governments and schools. Never tried on a live site.

Its templates are every site's own; only its addresses and its folder of scripts are alike.
"""

from __future__ import annotations

import re

from scraper.families.family import Family, Pager, Rows

SITESERVER = Family(
    name="siteserver",
    marks=(
        "script[src*='/sitefiles/' i], link[href*='/sitefiles/' i]",
        "a[href*='/contents/'][href*='.html'] ~ a[href*='/channels/']",
    ),
    article_url=re.compile(r"/contents/\d+/(?P<number>\d+)(?:_\d+)?\.s?html$"),
    links=re.compile(r"/contents/\d+/\d+\.s?html$"),
    layouts=(),
    rows=(Rows(name="repeated", within="body", alike=True, next="a[href]"),),
    pager=Pager(number=re.compile(r"/channels/\d+(?:_(\d+))?\.s?html$")),
    by_density=True,
)
