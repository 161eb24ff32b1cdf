"""From a capture to an article: bytes in, values out.

    capture → decode → dom → the layout it wears → title, moment, source, editor → blocks → article
                              └ none fits: what the page is instead (NotAnArticle), or which marks it lacks

Does no I/O, asks no clock and writes no log. The pages of a family differ only in the data of its layouts
(`families/`); this room is the engine that reads by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import dates, dom, families
from scraper.blocks import Block, Media
from scraper.errors import MissingField, NotAnArticle
from scraper.extractor import body, fidelity, generic, layout_match, metadata, tables, title_and_date
from scraper.extractor.addresses import Addresses, is_attachment
from scraper.extractor.page import MAX_BYTES, open_page
from scraper.model import Article
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.extractor.layout_match import LayoutMatch
    from scraper.extractor.page import Page
    from scraper.families.family import Layout
    from scraper.model import Capture, Site

VERSION = 1
"""Raised when an article's values would come out otherwise than before."""


def extract(capture: Capture, site: Site, *, max_bytes: int = MAX_BYTES) -> Article:
    """Return the article that a capture holds.

    Raises `NotAnArticle`, `UnknownLayout`, `MissingField` and `LostText`; `TooLarge` for a body that inflates
    beyond `max_bytes`.
    """
    page = open_page(capture, max_bytes)
    worn = layout_match.worn_by(page, site)
    layout, roots = worn.layout, _roots(page, worn)
    left_out = body.left_out(roots, layout.drop, layout.reveal) | worn.left_out
    addresses = Addresses(page.base)
    blocks = body.read(roots, addresses, left_out)
    shown = fidelity.shown_by(roots, addresses, left_out)
    fidelity.check(shown, fidelity.told_by(blocks), page.url)
    of_article = families.is_article(families.by_name(worn.family), page.url)
    title = worn.title or metadata.title_of(page, layout, roots, of_article=of_article)
    beside = ""
    if worn.is_generic or (of_article and _shows_no_date(page, layout)):
        near = dates.date_in_path(capture.url, site.timezone)
        beside = title_and_date.line(roots, title, site.timezone, left_out, near=near, cut=worn.cut)
    moment, comes_from = metadata.published(page, layout, site.timezone, capture, beside)
    if worn.found is not None:
        generic.check(page, worn.found, dated=comes_from != "capture")
    return Article(
        url=capture.url,
        title=title,
        published=moment,
        published_from=comes_from,
        family=worn.family,
        layout=layout.name,
        body=blocks,
        shown=shown,
        source=metadata.source_of(page, layout, beside),
        editor=metadata.editor_of(page, layout),
        channel=metadata.channel_of(capture.url) if worn.family == "ecms" else None,
        images=shown.images,
        media=tuple(_media(blocks)),
        attachments=_attachments(page, layout, addresses, shown.links),
        robots=metadata.robots_of(page),
    )


def _shows_no_date(page: Page, layout: Layout) -> bool:
    """Tell whether an article's date is to be looked for around it; a channel shows the dates of others."""
    return layout.nearby or page.first(layout.published) is None


def _roots(page: Page, worn: LayoutMatch) -> list[dom.Node]:
    """Return the elements that hold the body, outermost only.

    Raises `MissingField` where there is none, `NotAnArticle` where the page breaks off.
    """
    if page.breaks_off:
        msg = f"truncated: {page.url}: the page breaks off, its end is missing"
        raise NotAnArticle(msg, what="truncated")
    if worn.found is not None:
        return [worn.found.root]
    layout = worn.layout
    found = dom.select(page.root, ", ".join(layout.body))
    if not found:
        msg = f"no body: {page.url}: {' and '.join(layout.body)} of layout {layout.name} select nothing"
        raise MissingField(msg)
    return found[:1] if layout.only_first else _outermost(found)


def _outermost(nodes: list[dom.Node]) -> list[dom.Node]:
    """Return the nodes that stand in none of the others."""
    if len(nodes) == 1:
        return nodes
    chosen = {node.mem_id for node in nodes}
    kept = []
    for node in nodes:
        above = node.parent
        while above is not None and above.mem_id not in chosen:
            above = above.parent
        if above is None:
            kept.append(node)
    return kept


def _media(blocks: Iterable[Block]) -> Iterable[Url]:
    """Yield what the blocks play, in order."""
    for block in tables.flat(blocks):
        if isinstance(block, Media):
            yield block.src


def _attachments(page: Page, layout: Layout, addresses: Addresses, links: Iterable[str]) -> tuple[Url, ...]:
    """Return the files that the article links to: those in its body, then those beside it, each once."""
    beside = (
        addresses.link(dom.attribute(node, "href") or dom.attribute(node, "pdfsrc"))
        for selector in layout.attachments
        for node in dom.select(page.root, selector)
    )
    found = [link for link in links if is_attachment(link)]
    found.extend(link for link in beside if link is not None and link.startswith("http"))
    return tuple(dict.fromkeys(Url(link.partition("#")[0]) for link in found))
