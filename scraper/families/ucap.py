"""UCAP, the cloud of Kaipu (开普云) that many governments publish by. Tried on pages of one host.

An article is `/c100503/2020/12/29/<32 hexadecimal digits>.shtml`, on others `/c104602/202012/<32>.shtml`,
`/20201229/<32>.html` or `/c106256/c7654321/content.shtml`; what it looks like is every site's own.
Lists are `xwzx_list.shtml`, `xwzx_list_2.shtml` …, counted from 1, their pager drawn by a script.
"""

from __future__ import annotations

import re

from scraper.families.family import FOOT, Family, Layout, Pager, Rows

_BODY = "#UCAP-CONTENT, ucapcontent, .UCAPCONTENT"

_DAY = r"(?:\d{4}/\d{1,2}/\d{1,2}|(?:19|20)\d\d[01]\d(?:[0-3]\d)?)"

UCAP = Family(
    name="ucap",
    marks=(
        _BODY,
        "script[src*='kaipuyun']",
        "script#_jiucuo_",
        "[href*='ucap.com.cn'], [src*='ucap.com.cn']",
    ),
    article_url=re.compile(
        rf"/{_DAY}/(?P<number>[0-9a-f]{{32}})(?:_\d+)?\.s?html?$|/c\d+/c(?P<content>\d+)/content(?:_\d+)?\.s?html?$"
    ),
    links=re.compile(rf"(?:^|/){_DAY}/[0-9a-f]{{32}}\.s?html?$|/c\d+/c\d+/content\.s?html?$"),
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
