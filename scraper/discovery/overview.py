"""Overviews: a column's page that shows the newest rows of several lists, each with a way to the whole of it.

Such a page is no list of its own: what is older stands in its sub-lists alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper import dom, urls
from scraper.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from scraper.discovery.scope import Scope
    from scraper.dom import Node
    from scraper.urls import Url

_MORE = re.compile(r"^[\[【+>»\s]*(?:查看|点击)?(?:更多|more|全部)[.…>»+\]】\s]*$", re.IGNORECASE)
_FOLDER = re.compile(r"/(?:(?:index|list|default|main)\w*\.\w+)?$")  # of an address that a heading leads to
_MOST_BESIDE = 200  # links of an element that are looked at
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SEVERAL = 2
_MOST = 60  # ways to lists that are looked at
_LEVELS = 5  # that the way to a list may stand below what holds its rows


class Shown(NamedTuple):
    """The articles of one list that a page shows, and where."""

    area: Node
    rows: frozenset[Url]


def sublists(
    page: Node, base: Url, scope: Scope, rows: Collection[Url] | None = None, *, beyond: bool = True
) -> tuple[Url, ...]:
    """Return the lists whose newest rows a page shows; none of a front page, or of fewer than two.

    A way to one says 更多 or more and stands by links to articles, or is a heading whose rows lie in its
    folder. It leads to the page's own folder; or, where a system keeps its columns side by side, to another
    column. `rows`: what was read of the page as of a list, of which those articles must be some; None:
    nothing was, and any will do. Where not all of them stand at such ways, where most stand elsewhere too,
    and without `beyond`, lists outside of the page's own folder do not count: they are beside what was read.
    """
    found: dict[Url, Shown] = {}
    looked_at = 0
    for link in dom.select(page, "a[href]"):
        url = _way(link, base, scope)
        if url is None or url in found or (rows is not None and url in rows):
            continue
        looked_at += 1
        if looked_at > _MOST:
            break
        shown = _rows_by(link, url, base, scope)
        if shown is None or (rows is not None and shown.rows.isdisjoint(rows)):
            continue
        if _is_within(base, url) or (beyond and _are_columns(base, url, scope)):
            found[url] = shown
    if rows is not None and found and _stand_beside(page, base, rows, found.values()):
        found = {url: shown for url, shown in found.items() if _is_within(base, url)}
    return tuple(found) if len(found) >= _SEVERAL else ()


def _stand_beside(page: Node, base: Url, rows: Collection[Url], columns: Collection[Shown]) -> bool:
    """Tell whether columns stand beside the rows that were read: those are not all, or not only, theirs."""
    if not frozenset(rows) <= frozenset().union(*(shown.rows for shown in columns)):
        return True
    theirs = {link.mem_id for shown in columns for link in dom.select(shown.area, "a[href]")}
    others = (link for link in dom.select(page, "a[href]") if link.mem_id not in theirs)
    elsewhere = {urls.join(base, dom.attribute(link, "href")) for link in others}
    return len(elsewhere.intersection(rows)) * 2 > len(rows)


def _way(link: Node, base: Url, scope: Scope) -> Url | None:
    """Return where a link leads that may be the way to a list; None for any other."""
    said = fold(dom.text_of(link)) or fold(dom.attribute(link, "title")) or _picture_says(link)
    is_heading = not _MORE.search(said)
    if is_heading and not _heads(link):
        return None
    url = urls.join(base, dom.attribute(link, "href"))
    if url is not None and is_heading and _FOLDER.search(urls.split(url).path) is None:
        return None
    if url is None or url == base or not scope.own(url):
        return None
    return None if scope.family is not None and scope.leads_out(url) else url


def _picture_says(link: Node) -> str:
    image = dom.first(link, "img[alt]")
    return fold(dom.attribute(image, "alt")) if image is not None else ""


def _heads(link: Node) -> bool:
    return link.parent is not None and link.parent.tag in _HEADINGS


def _is_within(base: Url, url: Url) -> bool:
    """Tell whether an address stands in a page's own folder: `/xw/` of `/xw/index.htm`, and of `/xw.htm`."""
    above, _, name = urls.split(base).path.rpartition("/")
    path = urls.split(url).path
    own = f"{above}/{name.partition('.')[0]}/"
    if not above:
        return bool(name) and path.startswith(own)
    return path.startswith((f"{above}/", own))


def _are_columns(base: Url, url: Url, scope: Scope) -> bool:
    """Tell whether two addresses are lists of a system that numbers the pages of each."""
    page = scope.family.pager.page if scope.family is not None else None
    return page is not None and page(base, 1) is not None and page(url, 1) is not None


def _rows_by(link: Node, url: Url, base: Url, scope: Scope) -> Shown | None:
    """Return the articles that stand by a link, in the smallest element that holds any; None: there is none.

    Those of a heading, or of no known system, must lie in the folder of what it leads to.
    """
    folder = url.rpartition("/")[0] + "/"
    by_folder = scope.family is None or not _MORE.search(fold(dom.text_of(link)) or _picture_says(link))
    area = link.parent
    for _ in range(_LEVELS):
        if area is None or area.tag == "body":
            break
        beside = dom.select(area, "a[href]")[:_MOST_BESIDE]
        named = (urls.join(base, dom.attribute(each, "href")) for each in beside)
        others = [each for each in named if each is not None and each != url and scope.article(each)]
        shown = frozenset(each for each in others if not by_folder or each.startswith(folder))
        if shown and not (by_folder and len(shown) < _SEVERAL):
            return Shown(area, shown)
        if others and not shown:
            break
        area = area.parent
    return None
