"""Articles of no known family: which element is the body, what the title is, when it was published.

What a page says of itself to machines comes first (JSON-LD, OpenGraph, meta), what it shows second. Sure or
nothing: a page that may be a list, a front page or a scrap of text is an error, never a bad document.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from scraper import dates, dom, families, text, urls
from scraper.errors import NotAnArticle, UnknownLayout
from scraper.extractor import density, title_and_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.extractor.page import Page

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
_HEADINGS = "h1, h2, [class*=title i], [id*=title i]"
_LONG = 40  # characters of a text that is no title: with it the body has begun
_TAIL = re.compile(r"\s*(?:--+|[-_|–—]|::)\s*")  # before a site's name, in a page's `<title>`
_FRONT = re.compile(r"/(?:(?:index|default|main)\.\w+)?$")
_LONGEST_TITLE = 200  # characters
_SHORTEST_TITLE = 4  # visible characters that may be found again by chance otherwise
_ENOUGH = 120  # characters of sentences in a body that needs no other sign
_FEW = 30  # likewise, with a date beside it
_SURE = 200  # likewise, on a page of many links
_MANY = 6.5  # characters in links for each in sentences
_LINKED, _FEWER_LINKED = 0.35, 0.25  # the share of a body's characters in links that makes it a list
_DATED = 4  # rows of a link and a date that make a list
_LEVELS = 3  # that a link may stand below its row
_DEEPEST = 4  # of the lists within each other in JSON-LD
_ROW_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}(?!\d)")


def find(page: Page, *, titled: bool) -> tuple[str, density.Found]:
    """Return the title and where the body stands; `titled`: the config names the title.

    Raises `NotAnArticle` for a page that looks like a list, `UnknownLayout` where it is not sure.
    """
    found = density.find(page.root)
    if found is None:
        raise UnknownLayout(_unsure(page, "no sentence stands on it"))
    path = urls.split(page.url).path
    if path.count("/") <= 1 and _FRONT.search(path):
        msg = f"a front page where an article was expected: {page.url}"
        raise NotAnArticle(msg, what="list")
    most = _LINKED if found.prose >= _SURE else _FEWER_LINKED
    if found.linked > most or _rows(found.root) >= _DATED:
        msg = f"a list where an article was expected: {page.url}"
        raise NotAnArticle(msg, what="list")
    title = "" if titled else title_of(page, found.root)
    if not title and not titled:
        raise UnknownLayout(_unsure(page, "nothing names its title"))
    return title, density.find(page.root, title) or found


def check(page: Page, found: density.Found, *, dated: bool) -> None:
    """Raise `UnknownLayout` where too little speaks for an article."""
    enough = _FEW if dated else _ENOUGH
    if found.prose < enough or (found.prose < _SURE and found.around > _MANY * found.prose):
        why = f"{found.prose} characters of sentences are too few, beside {found.around} in links"
        raise UnknownLayout(_unsure(page, why))


def _unsure(page: Page, why: str) -> str:
    names = ", ".join(family.name for family in families.FAMILIES)
    return (
        f"no layout fits: {page.url}: no mark of a known family ({names}) is on the page, and its text alone "
        f"does not show an article: {why}"
    )


def _rows(root: dom.Node) -> int:
    """Return how many rows of a link and a date stand side by side below a node."""
    side_by_side: Counter[int] = Counter()
    looked_at: set[int] = set()
    for link in dom.select(root, "a[href]"):
        row = link.parent
        for _ in range(_LEVELS):
            if row is None or row.parent is None or row.mem_id == root.mem_id or row.mem_id in looked_at:
                break
            looked_at.add(row.mem_id)
            if _is_dated(row, link):
                side_by_side[row.parent.mem_id] += 1
                break
            row = row.parent
    return max(side_by_side.values(), default=0)


def _is_dated(row: dom.Node, link: dom.Node) -> bool:
    shown = text.fold(dom.text_of(row))
    return len(shown) <= _LONGEST_TITLE and bool(
        _ROW_DATE.search(shown.replace(text.fold(dom.text_of(link)), ""))
    )


# ── the title ─────────────────────────────────────────────────────────────────────────────────────────────


def title_of(page: Page, root: dom.Node) -> str:
    """Return the title of the article whose body is `root`; "" where nothing names one.

    The `<title>` and what is told to machines carry the site's name, headings may be the site's own: what
    both say is the title. The whole of a `<title>` may be the site's name too, and counts only near the body.
    """
    node = page.first("title")
    head = text.fold((node.text() if node is not None else "") or "")
    told = list(dict.fromkeys([*_told(page), head]))
    above, inside = title_and_date.headings_above([root]), _headings(root)
    holds_title = dom.first(root, "h1") is not None and bool(inside)
    near = list(dict.fromkeys([*inside, *above] if holds_title else [*above, *inside]))
    shown = list(dict.fromkeys([*near, *title_and_date.shown_above(page, [root])]))
    for name in told:
        for part in _parts(name):
            same = _same(part, near if part == head else shown)
            if same:
                return same
    within = [each for each in near if len(each) >= _SHORTEST_TITLE and any(each in name for name in told)]
    if within:
        return max(within, key=len)
    if told[0] != head:
        return told[0]
    return next((each for each in near if len(each) >= _SHORTEST_TITLE), "") or _first_part(head)


def _told(page: Page) -> list[str]:
    """Return what a page tells machines that its title is."""
    told = [str(data["headline"]) for data in articles(page) if isinstance(data.get("headline"), str)]
    for selector in _TITLES:
        node = page.first(selector)
        if node is not None:
            told.append(dom.attribute(node, "content") or dom.text_of(node))
    return [folded for name in told if (folded := text.fold(name))]


def _headings(root: dom.Node) -> list[str]:
    """Return the headings at the beginning of a body that holds its own title, real ones first."""
    chosen = {node.mem_id for node in dom.select(root, _HEADINGS)}
    found: list[dom.Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.mem_id in chosen:
            found.append(node)
        elif node.tag == "-text" and len(text.visible_text(node.text_content or "")) >= _LONG:
            break
        elif node.tag not in dom.UNSEEN:
            waiting.extend(reversed(dom.children(node)))
    found.sort(key=lambda node: node.tag not in {"h1", "h2", "h3"})
    inner = (inside for node in found for inside in (dom.first(node, "h1, h2, h3"), node) if inside)
    shown = (text.fold(dom.text_of(node)) for node in inner)
    return [each for each in shown if 0 < len(each) <= _LONGEST_TITLE]


def _same(part: str, shown: list[str]) -> str:
    """Return which of what is shown is the same as a part of a name; "" where none is."""
    wanted = text.visible_text(part)
    return next((each for each in shown if text.visible_text(each) == wanted), "")


def _parts(name: str) -> Iterator[str]:
    """Yield the parts of a name that a title may be, the longest first; one that ends it comes last."""
    breaks = list(_TAIL.finditer(name))
    yield name
    yield from (name[: match.start()] for match in reversed(breaks) if name[: match.start()].strip())
    yield from (name[match.end() :] for match in breaks if len(name) - match.end() > _SHORTEST_TITLE)


def _first_part(name: str) -> str:
    """Return a name without the site's: the part before the first break that is longer than what follows."""
    for match in _TAIL.finditer(name):
        if match.start() >= len(name) - match.end():
            return name[: match.start()]
    return name


# ── date and source ───────────────────────────────────────────────────────────────────────────────────────


def published(page: Page, tz: ZoneInfo) -> datetime | None:
    """Return the moment that a page tells machines, in `tz`; None where it tells none."""
    for data in articles(page):
        moment = _moment(data.get("datePublished"), tz)
        if moment is not None:
            return moment
    for selector in _DATES:
        node = page.first(selector)
        said = dom.attribute(node, "content") or dom.attribute(node, "datetime") if node is not None else ""
        moment = _moment(said, tz)
        if moment is not None:
            return moment
    return None


def source_of(page: Page) -> str | None:
    """Return the source that a page tells machines; None where it tells none."""
    nodes = (page.first(selector) for selector in _SOURCES)
    told = (text.fold(dom.attribute(node, "content")) for node in nodes if node is not None)
    return next(filter(None, told), None)


def _moment(said: object, tz: ZoneInfo) -> datetime | None:
    return dates.find_moment(said, tz) if isinstance(said, str) else None


def articles(page: Page) -> Iterator[dict[str, Any]]:
    """Yield the articles that a page describes as JSON-LD (schema.org)."""
    for node in dom.select(page.root, 'script[type="application/ld+json" i]'):
        try:
            data = json.loads(node.text(), strict=False)
        except (ValueError, RecursionError):  # what is no JSON tells nothing
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
