"""Overviews: a column's page that shows the newest rows of several lists, each with a way to the whole of it.

Such a page is no list of its own: what is older stands in its sub-lists alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.text import fold

if TYPE_CHECKING:
    from scraper.discovery.scope import Scope
    from scraper.dom import Node
    from scraper.urls import Url

_MORE = re.compile(r"^[\[【+>»\s]*(?:查看|点击)?(?:更多|more|全部)[.…>»+\]】\s]*$", re.IGNORECASE)
_SEVERAL = 2
_MOST = 60  # ways to lists that are looked at
_LEVELS = 5  # that the way to a list may stand below what holds its rows


def sublists(page: Node, base: Url, scope: Scope) -> tuple[Url, ...]:
    """Return the lists whose newest rows a page shows; none of a front page, or of fewer than two.

    A way to one says 更多 or more, leads to the page's own folder, and stands by links to articles.
    """
    folder = urls.split(base).path.rpartition("/")[0] + "/"
    if folder == "/":
        return ()
    found: dict[Url, None] = {}
    looked_at = 0
    for link in dom.select(page, "a[href]"):
        said = fold(dom.text_of(link)) or fold(dom.attribute(link, "title"))
        url = urls.join(base, dom.attribute(link, "href")) if _MORE.search(said) else None
        if url is None or url == base or url in found or scope.leads_out(url):
            continue
        looked_at += 1
        if looked_at > _MOST:
            break
        if urls.split(url).path.startswith(folder) and _stands_by_rows(link, base, scope):
            found[url] = None
    return tuple(found) if len(found) >= _SEVERAL else ()


def _stands_by_rows(link: Node, base: Url, scope: Scope) -> bool:
    area = link.parent
    for _ in range(_LEVELS):
        if area is None or area.tag == "body":
            return False
        named = (urls.join(base, dom.attribute(each, "href")) for each in dom.select(area, "a[href]"))
        if any(url is not None and scope.family is not None and scope.article(url) for url in named):
            return True
        area = area.parent
    return False
