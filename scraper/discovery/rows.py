"""The rows of a list, read off its page by what a family knows of its templates.

A row is a link and what stands around it. Where a template does not name its rows, they are found by shape:
the row of a link is the largest element around it that holds no link to another page. That reads tables,
lists and bare runs of `<div>` alike, and needs no class names, which every university changes.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from itertools import takewhile
from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.dates import writes_day_first
from scraper.discovery.rowtext import read_row
from scraper.discovery.scope import Row
from scraper.discovery.slips import Slips
from scraper.text import fold, visible_text
from scraper.urls import Url
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

    from scraper.dom import Node
    from scraper.families.family import Rows

_NEIGHBOUR = 60  # characters that may stand behind a row and still be of it, such as its date
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:side(?:bar|box|con|list)?|hot\w*|remen|rank\w*|paihang|recommend\w*|tuijian|related?|xgxw|xgwz"
    r"|footer|foot|copyright)"
    r"(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"暂无(?:内容|数据|信息|记录|文章|新闻)|没有(?:相关|找到)?(?:内容|数据|记录)")
_FRONT = re.compile(r"/?(?:(?:index|default|main)\w?\.\w+)?")  # which is no list, whatever stands at its side
_REPEATED = 2  # links to one page in the same words, such as a picture's and its title's
_BEFORE = 3  # elements before a pager that stands in the page itself
_FEW = 8  # pagers of one page that are looked at; the richest real one has four
_NO_ADDRESS = re.compile(r"javascript\s*:|#?$", re.IGNORECASE)
_OPENED = re.compile(r"""\(\s*['"]([^'"()\s]{1,300}\.(?:s?html?|jsp|aspx?|php)(?:\?[^'"\s]{0,200})?)['"]""")
_TITLE = 8  # visible characters of a link that is likely a title
_LONGEST_ROW = 400  # characters of a row that is the only one
_DAY_OF_A_YEAR = re.compile(r"(?<![\d.-])(?:1[0-2]|0?[1-9])(?:[-/.]|月)(?:3[01]|[12]\d|0?[1-9])日?(?![\d.-])")
_MAJORITY = 0.8  # of the rows on a page
_MORE_THAN_HALF = 0.5  # of those on a page that leads to a next one


class Place(Value, frozen=True, kw_only=True):
    """Where a row stands: its link, the element that is the row, and the bare text behind that."""

    url: Url
    link: Node
    row: Node
    behind: str = ""


class RowReader:
    """Reads the rows of one page. Holds what all templates share; keeps nothing between two readings.

    `leads_out` tells the links that may be rows from those that only lead about the site.
    """

    def __init__(
        self,
        page: Node,
        base: Url,
        tz: ZoneInfo,
        leads_out: Callable[[Url], bool],
        is_paged: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the parsed page, the address that its links are relative to, and the zone of its dates.

        `is_paged` tells whether the page leads to a next one: then it is a list, whatever stands beside it.
        """
        self._is_paged = is_paged
        self._page = page
        self._base = base
        self._tz = tz
        self._leads_out = leads_out
        self.slips = Slips()

    def read(self, template: Rows) -> tuple[Row, ...]:
        """Return the rows that a template finds, in page order, each address once.

        By shape alone a column at the side, named so, is no list, and none hides one.
        """
        dropped = self._dropped(template)
        found = self._found(template, dropped)
        if not template.alike or template.row is not None:
            return found
        if not found:
            aside = frozenset() if _FRONT.fullmatch(urls.split(self._base).path) else self._aside()
            return self._found(template, dropped | aside) if aside else ()
        if _EMPTY.search(dom.text_of(self._page)) is not None:
            others = {url for _, url in self._links(self._page, template, dropped | self._aside())}
            return found if any(row.url in others for row in found) else ()
        return found

    def _aside(self) -> frozenset[int]:
        """Return the links of the page that stand in a column at its side, or at its foot."""
        named = (
            node
            for node in dom.select(self._page, "[class], [id], aside, footer")
            if node.tag == "aside"
            or _ASIDE.search(f"{dom.attribute(node, 'class')} {dom.attribute(node, 'id')}")
        )
        return frozenset(link.mem_id for node in named for link in dom.select(node, "a"))

    def _found(self, template: Rows, dropped: frozenset[int]) -> tuple[Row, ...]:
        if template.row is not None:
            places = list(self._selected(template, dropped))
        else:
            areas = self._areas(template, dropped)
            places = next((found for area in areas if (found := self._shaped(area, template, dropped))), [])
        read = ((place, self.slips.within(self._row, place, template)) for place in places)
        rows = [(place, row) for place, row in read if row is not None]
        if any(row.date is None for _, row in rows):
            rows = self._by_order(rows, template)
        rows = [(place, row) for place, row in rows if row.title or _shows_a_picture(place.row)]
        if template.dated:
            rows = [
                (place, row)
                for place, row in rows
                if row.date is not None or (template.alike and _shows_a_day(place))
            ]
        return _once(_alike(rows, self._is_paged) if template.alike else [row for _, row in rows])

    def _by_order(self, rows: list[tuple[Place, Row]], template: Rows) -> list[tuple[Place, Row]]:
        """Return the rows, those without a date read by the order in which the page writes 25/03/2021."""
        day_first = writes_day_first(dom.text_of(self._page))
        if day_first is None:
            return rows
        return [
            (place, row if row.date is not None else self._row(place, template, day_first=day_first))
            for place, row in rows
        ]

    def _row(self, place: Place, template: Rows, *, day_first: bool | None = None) -> Row:
        title, date = read_row(place.link, place.row, place.behind, template, self._tz, day_first=day_first)
        return Row(url=place.url, title=title, date=date)

    def _links(self, area: Node, template: Rows, dropped: frozenset[int]) -> list[tuple[Node, Url]]:
        """Return the links of an area that can be followed, without those in what is no row of it."""
        links = []
        for found in dom.select(area, template.link):
            link = found if found.tag == "a" else dom.first(found, "a[href]")
            url = None if link is None else self.slips.within(self._target, link)
            if link is not None and url is not None and url != self._base and link.mem_id not in dropped:
                links.append((link, url))
        return links

    def _target(self, link: Node) -> Url | None:
        return urls.join(self._base, _address(link))

    def _dead(self, area: Node) -> list[tuple[Node, Url]]:
        """Return the titles of an area that lead nowhere: what they stand in is no part of another row."""
        named = ((link, _address(link)) for link in dom.select(area, "a"))
        dead = ((link, at) for link, at in named if not at or at.startswith(("#", "javascript")))
        return [
            (link, Url(f"#{link.mem_id}"))
            for link, _ in dead
            if len(visible_text(dom.text_of(link))) >= _TITLE
        ]

    def _dropped(self, template: Rows) -> frozenset[int]:
        """Return the links that stand in what is no row, such as the pager."""
        parts = ", ".join(part for part in (template.drop, template.beside) if part)
        nodes = dom.select(self._page, parts) if parts else []
        return frozenset(link.mem_id for node in nodes for link in dom.select(node, "a"))

    def _selected(self, template: Rows, dropped: frozenset[int]) -> Iterator[Place]:
        """Yield the rows that the template names; a row's link is the first that leads out, or the first."""
        for row in dom.select(self._page, template.row or ""):
            links = self._links(row, template, dropped)
            if links:
                link, url = next(
                    (each for each in links if template.sure or self._leads_out(each[1])), links[0]
                )
                said = (other for other, leads in links if leads == url and visible_text(dom.text_of(other)))
                yield Place(url=url, link=next(said, link), row=row)

    def _areas(self, template: Rows, dropped: frozenset[int]) -> Iterator[Node]:
        """Yield where the list may be: as the template selects it, or ever wider around its pager."""
        if template.beside is None:
            yield from dom.select(self._page, template.within or "body")
            return
        for pager in dom.select(self._page, template.beside)[:_FEW]:
            area = self._around(pager, template, dropped)
            if area is not None:
                yield area

    def _around(self, pager: Node, template: Rows, dropped: frozenset[int]) -> Node | None:
        """Return the nearest element around a pager that holds rows; None where it pages no links."""
        own = len(visible_text(dom.text_of(pager)))
        last, area = pager, pager.parent
        while area is not None and area.tag not in {"body", "html"}:
            if self._holds_rows(area, template, dropped):
                return area
            if len(visible_text(dom.text_of(area))) > own + _NEIGHBOUR:
                return None
            last, area = area, area.parent
        return next(filter(lambda each: self._holds_rows(each, template, dropped), _before(last)), None)

    def _holds_rows(self, area: Node, template: Rows, dropped: frozenset[int]) -> bool:
        return any(template.sure or self._leads_out(url) for _, url in self._links(area, template, dropped))

    def _shaped(self, area: Node, template: Rows, dropped: frozenset[int]) -> list[Place]:
        """Return the rows of an area by shape alone.

        Links that only lead about the site count where there is no other: a channel may list channels.
        """
        links = self._links(area, template, dropped)
        links = [each for each in links if template.sure or self._leads_out(each[1])] or links
        links = _without_columns(links)
        held = _held([*links, *self._dead(area)], area)
        places: dict[int, Place] = {}
        for link, url in links:
            alone = takewhile(lambda node: len(held[node.mem_id]) == 1, _up_to(link, area))
            row = next(iter(deque(alone, maxlen=1)), link)  # a link that holds others is a row of its own
            known = places.get(row.mem_id)
            if known is None or not visible_text(dom.text_of(known.link)):  # a picture before the title
                places[row.mem_id] = Place(url=url, link=link, row=row, behind=_behind(row, held))
        return list(places.values())


def _without_columns(links: list[tuple[Node, Url]]) -> list[tuple[Node, Url]]:
    """Return links without those to one page that rows repeat in the same words: the column's name."""
    if len(links) <= len({url for _, url in links}) + _REPEATED:
        return links
    said = [(url, fold(dom.text_of(link))) for link, url in links]
    counts = Counter(each for each in said if each[1])
    return [link for link, each in zip(links, said, strict=True) if counts[each] <= _REPEATED]


def _before(node: Node) -> Iterator[Node]:
    """Yield the few elements before a node in what it stands in, the nearest first."""
    before, looked_at = node.prev, 0
    while before is not None and looked_at < _BEFORE:
        if not (before.tag or "-").startswith("-"):
            looked_at += 1
            yield before
        before = before.prev


def _address(link: Node) -> str:
    """Return where a link leads: by its `href`, or by the page that its script opens in its stead."""
    href = dom.attribute(link, "href").strip()
    if not _NO_ADDRESS.match(href):
        return href
    opened = _OPENED.search(href) or _OPENED.search(dom.attribute(link, "onclick"))
    return opened[1] if opened is not None else href


def _shows_a_picture(row: Node) -> bool:
    """Tell whether a row that says nothing shows anything: a script's menu holds links nobody sees."""
    return dom.first(row, "img") is not None


def _shows_a_day(place: Place) -> bool:
    """Tell whether a row shows a month and a day, of whichever year, beside its title."""
    said = fold(dom.text_of(place.row)).replace(fold(dom.text_of(place.link)), " ")
    return _DAY_OF_A_YEAR.search(f"{said} {place.behind}") is not None


def _held(links: list[tuple[Node, Url]], area: Node) -> dict[int, set[Url]]:
    """Return the pages that each element around a link leads to; of more than one, two are enough to know."""
    held: dict[int, set[Url]] = {}
    for link, url in links:
        for node in _up_to(link, area):
            known = held.setdefault(node.mem_id, set())
            if url in known or len(known) > 1:
                break  # so it is further up
            known.add(url)
    return held


def _up_to(node: Node, area: Node) -> Iterator[Node]:
    """Yield a node and what it stands in, up to the area and without it."""
    walker: Node | None = node
    while walker is not None and walker.mem_id != area.mem_id:
        yield walker
        walker = walker.parent


def _behind(row: Node, held: dict[int, set[Url]]) -> str:
    """Return the short text between a row and the next one: flat lists keep their dates there."""
    text = ""
    walker = row.next
    while walker is not None and walker.mem_id not in held and len(text) <= _NEIGHBOUR:
        text += " " + fold(dom.text_of(walker))
        walker = walker.next
    return text if len(text) <= _NEIGHBOUR else ""


def _alike(rows: list[tuple[Place, Row]], is_paged: Callable[[], bool]) -> list[Row]:
    """Return the rows that stand side by side and look alike: most dates first, then most rows.

    None where they are no clear majority: a home page holds many such lists, and is none itself. Of a page
    that leads to a next one more than half are enough.
    """
    kinds = [(place.row.parent.mem_id if place.row.parent else 0, place.row.tag) for place, _ in rows]
    sizes = Counter(kinds)
    dates = Counter(kind for kind, (_, row) in zip(kinds, rows, strict=True) if row.date is not None)
    best = max(kinds, key=lambda kind: (dates[kind], sizes[kind]), default=None)
    if best is None or sizes[best] <= _MORE_THAN_HALF * len(rows):
        return []
    if sizes[best] < _MAJORITY * len(rows) and not is_paged():
        return []
    if len(rows) == 1 and not _is_row(*rows[0]):
        return []
    return [row for kind, (_, row) in zip(kinds, rows, strict=True) if kind == best]


def _is_row(place: Place, row: Row) -> bool:
    """Tell a list of one row by its date: any page has some link that stands alone, or holds but one."""
    return row.date is not None and len(visible_text(dom.text_of(place.row))) <= _LONGEST_ROW


def _once(rows: list[Row]) -> tuple[Row, ...]:
    """Keep each address once, where it first stood; what its first row does not show, a later one may."""
    kept: dict[Url, Row] = {}
    for row in rows:
        first = kept.get(row.url, row)
        kept[row.url] = Row(url=row.url, title=first.title or row.title, date=first.date or row.date)
    return tuple(kept.values())
