"""Articles of no known family: which element is the body, what the title is, when it was published.

What a page says of itself to machines comes first (JSON-LD, OpenGraph, meta), what it shows second. Sure or
nothing: a page that may be a list, a front page or a scrap of text is an error, never a bad document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scraper import dates, dom, families, foreign_json, text, urls
from scraper.errors import NotAnArticle, UnknownLayout
from scraper.extractor import density, heads, rows, title_and_date, titles, trim
from scraper.extractor.page_lines import read_lines
from scraper.families import generic as known
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.extractor.page import Page
    from scraper.extractor.page_lines import Line, PageLines, Place

_TITLES = (
    'meta[name="ArticleTitle" i]',
    'meta[property="og:title"]',
    'meta[name="twitter:title"]',
    '[itemprop="headline"]',
)
_DATES = (
    'meta[property="article:published_time"]',
    'meta[property="og:release_date"]',
    'meta[name="PubDate" i]',
    'meta[name="publishdate" i]',
    'meta[name="publish_time" i]',
    'meta[itemprop="datePublished"]',
    'time[itemprop="datePublished"]',
    "time[pubdate]",
)
_SOURCES = ('meta[name="ContentSource" i]', 'meta[name="source" i]', 'meta[name="mediaid"]')
_ARTICLE = re.compile(r"(?:News|Blog|Scholarly|Report)?(?:Article|Posting)$")  # schema.org's types
_FRONT = re.compile(r"/(?:(?:index|default|main)\.\w+)?$")
_NUMBERED = re.compile(r"=\d+(?:&|$)")  # `/index.php?…&id=7` is no front page
_ENOUGH = 120  # characters of sentences in a body that needs no other sign
_FEW = 30  # likewise, with a date beside it
_SURE = 200  # likewise, on a page of many links
_MANY = 6.5  # characters in links for each in sentences
_LINKED, _FEWER_LINKED = 0.35, 0.25  # the share of a body's characters in links that makes it a list
_HARDLY = 0.1  # the share of a body's characters in links, of an article that its head alone tells
_ABOVE = 3  # lines above a block, in one of which the title of its row may stand
_DATED = 4  # rows of a link and a date that make a list
_DEEPEST = 4  # of the lists within each other in JSON-LD


class Found(Value, frozen=True, kw_only=True):
    """The article on a page: its title, the block that holds it, and what speaks for it."""

    title: str  # "": the config names it
    root: dom.Node
    left_out: frozenset[int]  # `mem_id` of what in it is no part of the article
    cut: tuple[str, ...]  # the lines that were cut off and may tell about the article
    prose: int  # characters of sentences
    around: int  # characters of the whole page that stand in links
    headed: bool  # True: a title and a date stand above it, and that is enough


_MOST_TOLD = 20  # names that a page tells machines


def find(page: Page, *, titled: bool) -> Found:
    """Return the article on a page; `titled`: the config names the title.

    Raises `NotAnArticle` for a page that looks like a list, `UnknownLayout` where it is not sure.
    """
    parts = urls.split(page.url)
    path = parts.path
    if path.count("/") <= 1 and _FRONT.search(path) and _NUMBERED.search(parts.query) is None:
        msg = say("a front page where an article was expected: {url}", url=page.url)
        raise NotAnArticle(msg, what="list")
    seen = read_lines(page.first("body") or page.root)
    density.weigh(seen)
    try:
        found = _dense(page, seen, titled=titled)
    except (NotAnArticle, UnknownLayout):
        by_head = _by_head(page, seen)
        if by_head is None:
            raise
        return by_head
    return found if found.headed or found.prose >= _SURE else _by_head(page, seen) or found


def _by_head(page: Page, seen: PageLines) -> Found | None:
    """Return the article below a head; None where there is none, or rows of a list stand below it."""
    head = heads.below(seen, _told(page), is_sure=_is_article_by_address(page))
    if head is None:
        return None
    lines = trim.without_foot(head.lines)
    if not lines or rows.dated_rows(head.place.node, lines) >= _DATED:
        return None
    return _found(seen, head.place, lines, head.title, headed=True)


def _is_article_by_address(page: Page) -> bool:
    """Tell whether a page has the address of an article of any system: no list has."""
    return any(families.is_article(family, page.url) for family in families.FAMILIES)


def _dense(page: Page, seen: PageLines, *, titled: bool) -> Found:
    """Return the article in the densest block of sentences. Raises as `find` does."""
    place = density.best(seen, page.root)
    if place is None:
        raise UnknownLayout(_unsure(page, "no sentence stands on it"))
    title = "" if titled else titles.title_of(page, place.node, _told(page)) or heads.unnamed(seen, place)
    title = (title and heads.above_day(seen, place, title, _told(page))) or title
    lines = trim.kept(seen.inside(place), title, seen.lines[: place.first])
    prose = sum(len(line.said) for line in lines if line.is_prose)
    size = sum(len(line.said) for line in lines)
    linked = sum(line.linked for line in lines) / max(1, size)
    most = _LINKED if prose >= _SURE else _FEWER_LINKED
    is_list = linked > most or rows.dated_rows(place.node, lines) >= _DATED or rows.have_abstracts(lines)
    is_list = is_list or sum(line.is_moment for line in seen.inside(place)) >= _DATED
    if is_list or heads.leads_away(page, seen.lines[max(0, place.first - _ABOVE) : place.end], title):
        msg = say("a list where an article was expected: {url}", url=page.url)
        raise NotAnArticle(msg, what="list")
    if not title and not titled:
        raise UnknownLayout(_unsure(page, "nothing names its title"))
    headed = linked < _HARDLY and heads.stands_above(seen, lines, title, _told(page))
    return _found(seen, place, lines, title, headed=headed)


def _found(seen: PageLines, place: Place, lines: list[Line], title: str, *, headed: bool) -> Found:
    ids = {id(line) for line in lines}
    cut = [line for line in seen.inside(place) if id(line) not in ids]
    out = {node.mem_id for line in cut for node in line.nodes}
    out.update(each.node.mem_id for each in seen.below(place) if each.around or _is_cut(seen, each, ids))
    return Found(
        title=title_and_date.unescaped(title),
        root=place.node,
        left_out=frozenset(out),
        cut=tuple(line.shown for line in cut if not density.is_linked(line)),
        prose=sum(len(line.said) for line in lines if line.is_prose),
        around=sum(line.linked for line in seen.lines),
        headed=headed,
    )


def _is_cut(seen: PageLines, place: Place, kept: set[int]) -> bool:
    """Tell whether all that a block shows was cut off."""
    lines = seen.inside(place)
    return bool(lines) and not any(id(line) in kept for line in lines)


def check(page: Page, found: Found, *, dated: bool) -> None:
    """Raise `UnknownLayout` where too little speaks for an article."""
    enough = _FEW if dated else _ENOUGH
    if found.headed:
        return
    if found.prose < enough or (found.prose < _SURE and found.around > _MANY * found.prose):
        why = f"{found.prose} characters of sentences are too few, beside {found.around} in links"
        raise UnknownLayout(_unsure(page, why))


def _unsure(page: Page, why: str) -> str:
    names = ", ".join(family.name for family in families.FAMILIES)
    return (
        f"no layout fits: {page.url}: no mark of a known family ({names}) is on the page, and its text alone "
        f"does not show an article: {why}"
    )


def _told(page: Page) -> list[str]:
    """Return what a page tells machines that its title is; its `<title>` comes last."""
    told = [str(data["headline"]) for data in articles(page) if isinstance(data.get("headline"), str)]
    told += [dom.attribute(node, "content") or dom.text_of(node) for node in _each_first(page, _TITLES)]
    node = page.first("title")
    told.append((node.text() if node is not None else "") or "")
    folded = (text.fold(name)[: title_and_date.LONGEST_HEAD] for name in (*told[:_MOST_TOLD], *told[-1:]))
    return [name for name in dict.fromkeys(folded) if name]


# ── date and source ───────────────────────────────────────────────────────────────────────────────────────


def published(page: Page, tz: ZoneInfo) -> datetime | None:
    """Return the moment that a page tells machines, in `tz`; None where it tells none."""
    for data in articles(page):
        moment = _moment(data.get("datePublished"), tz)
        if moment is not None:
            return moment
    for node in _each_first(page, _DATES):
        moment = _moment(dom.attribute(node, "content") or dom.attribute(node, "datetime"), tz)
        if moment is not None:
            return moment
    return None


def only_time(
    page: Page, tz: ZoneInfo, roots: Sequence[dom.Node], left_out: Iterable[int]
) -> datetime | None:
    """Return the moment that the one `<time>` of a page tells, whatever it shows; None: there is not one.

    Likewise where it stands in the body (`roots`, without what is `left_out` of it) or in what stands around
    an article, such as a side column: there it is another thing's.
    """
    nodes = dom.select(page.root, "time[datetime]")
    if len(nodes) != 1:
        return None
    body, apart = {root.mem_id for root in roots}, frozenset(left_out)
    here: dom.Node | None = nodes[0]
    while here is not None and here.tag != "body":
        named = f"{dom.attribute(here, 'class')} {dom.attribute(here, 'id')}"
        if here.tag in known.AROUND_TAGS or known.SURROUNDINGS.search(named) is not None:
            return None
        body = set() if here.mem_id in apart else body
        if here.mem_id in body:
            return None
        here = here.parent
    return _moment(dom.attribute(nodes[0], "datetime"), tz)


def source_of(page: Page) -> str | None:
    """Return the source that a page tells machines; None where it tells none."""
    told = (text.fold(dom.attribute(node, "content")) for node in _each_first(page, _SOURCES))
    return next(filter(None, told), None)


def _each_first(page: Page, selectors: Sequence[str]) -> Iterator[dom.Node]:
    """Yield the first element that each selector names, if any: most pages have none, and are asked once."""
    if page.first(", ".join(selectors)) is not None:
        found = (page.first(selector) for selector in selectors)
        yield from (node for node in found if node is not None)


def _moment(said: object, tz: ZoneInfo) -> datetime | None:
    return dates.find_moment(said, tz) if isinstance(said, str) else None


def articles(page: Page) -> Iterator[dict[str, Any]]:
    """Yield the articles that a page describes as JSON-LD (schema.org)."""
    for node in dom.select(page.root, 'script[type="application/ld+json" i]'):
        try:
            data = foreign_json.parse(node.text())
        except ValueError:  # what is no JSON tells nothing
            continue
        yield from _of_type(data, 0)


def _of_type(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data:
            yield from _of_type(each, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in kinds) or "pubDate" in data:
            yield data | {"datePublished": data.get("datePublished") or data.get("pubDate")}
        yield from _of_type(data.get("@graph"), depth + 1)
