"""UCAP, the cloud of Kaipu (开普云) that many governments publish by. Tried on pages of one host.

An article is `/c100503/2020/12/29/<32 hexadecimal digits>.shtml`; what it looks like is every site's own.
Lists are `xwzx_list.shtml`, `xwzx_list_2.shtml` …, counted from 1, their pager drawn by a script.
"""

from __future__ import annotations

import re

from scraper.families.family import FOOT, Family, Layout, Pager, Rows

_BODY = "#UCAP-CONTENT, ucapcontent, .UCAPCONTENT"

UCAP = Family(
    name="ucap",
    marks=(
        _BODY,
        "script[src*='kaipuyun']",
        "script#_jiucuo_",
        "[href*='ucap.com.cn'], [src*='ucap.com.cn']",
    ),
    article_url=re.compile(r"/\d{4}/\d{1,2}/\d{1,2}/(?P<number>[0-9a-f]{32})(?:_\d+)?\.s?html?$"),
    links=re.compile(r"(?:^|/)\d{4}/\d{1,2}/\d{1,2}/[0-9a-f]{32}\.s?html?$"),
    layouts=(
        Layout(
            name="ucap",
            marks=(_BODY,),
            title="ucaptitle",
            published="publishtime",
            source="ucapsource",
            body=(_BODY,),
            nearby=True,
        ),
    ),
    rows=(Rows(name="repeated", within="body", alike=True, drop=FOOT, next="a[href]"),),
    pager=Pager(),
    by_density=True,
)
