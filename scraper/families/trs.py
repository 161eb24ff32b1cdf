"""TRS WCM, the system of most institutes of the academy and of many governments. Tried on pages of one host.

An article is a file `t20190111_500001.html` in a folder of its month, its body in a `TRS_Editor`; what stands
around is every site's own, and some pages have no such container. Lists are `index.html`, `index_1.html` …,
counted from 0, their pager drawn by a script.
"""

from __future__ import annotations

import re

from scraper.families.family import FOOT, Family, Layout, Pager, Rows

_EDITORS = (
    "div.TRS_Editor",
    "div.trs_editor_view",
    "div.TRS_UEDITOR",
    "div.trs_paper_default",
)
_ARTICLE = re.compile(r"/t\d{8}_(?P<number>\d+)(?:_\d+)?\.s?html?$")

TRS = Family(
    name="trs",
    marks=(", ".join(_EDITORS),),
    article_url=_ARTICLE,
    links=re.compile(r"(?:^|/)t(?:19|20)\d{6}_\d{3,}\.s?html?$"),
    layouts=(
        Layout(
            name="trs",
            marks=(", ".join(_EDITORS),),
            title='[class*="article-title" i], [class*="arti_title" i], [class*="content-title" i]',
            published='[class*="pubtime" i], [class*="pub-time" i]',
            body=_EDITORS,
            nearby=True,
        ),
    ),
    rows=(Rows(name="repeated", within="body", alike=True, drop=FOOT, next="a[href]"),),
    pager=Pager(),
    by_density=True,
)
