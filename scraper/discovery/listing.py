"""One page of a list: the articles that it names, and what it says of its other pages.

Reads what a list says and believes it. Which of the links are known already, or wanted at all, is not
decided here; neither is anything asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.discovery import pager
from scraper.discovery.refusal import single_column, why_no_listing
from scraper.discovery.rows import Row, RowReader
from scraper.discovery.source import source_text
from scraper.errors import NotAListing, NotAnArticle
from scraper.families import by_name, recognise
from scraper.families.family import Pager, Rows
from scraper.model import Kind, Link, ListingPage

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family
    from scraper.model import Capture, Channel, Site, Url

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|mp[34])(?:$|\?)", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|div|table|ul|script|meta|a)\b", re.IGNORECASE)
_REPEATED = Rows(name="repeated", within="body", alike=True, dated=True, next="a[href]")


def read_listing(capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
    """Return what a page of a list says.

    Links are the articles of the site that its rows name, in page order, each once: those of other channels
    too, navigation and side columns not. `elsewhere` holds the rows that lead to other hosts or to bare
    files. Raises `NotAListing` where the page is something else or lists nothing, and `SingleColumn` where
    it is a channel that has its one article in place of a list.
    """
    html, page = _parsed(capture)
    base = _base(page, capture)
    family = by_name(site.family) if site.family is not None else recognise(page, capture.final_url)
    hosts = {urls.host(url) for url in (site.home, capture.final_url, *(c.index for c in site.channels))}
    reader = RowReader(page, base, site.timezone, lambda url: _leads_out(url, family, hosts))
    for template in _templates(site, family):
        if family is not None and _by_shape(template):
            instead = single_column(page, family, capture.final_url)
            if instead is not None:
                raise instead
        taught = template.name == "selectors"
        links: list[Link] = []
        elsewhere: list[Link] = []
        for row in reader.read(template):
            own = urls.host(row.url) in hosts and (taught or _is_article(row.url, family))
            (links if own else elsewhere).append(_link(row, capture, channel, own=own))
        if links or (elsewhere and not template.alike and not template.dated):
            said = _said(page, template, family.pager if family is not None else Pager(), base)
            return replace(said, links=tuple(links), elsewhere=tuple(elsewhere))
    raise why_no_listing(html, page, family, capture.final_url)


def _parsed(capture: Capture) -> tuple[str, Node]:
    """Return a page's text and tree. Raises `NotAListing` for an answer that is no page at all."""
    html = source_text(capture)
    if html.strip() and _MARKUP.search(html) is None:
        msg = f"{capture.url}: no HTML, no list"
        raise NotAListing(msg)
    try:
        return html, dom.parse(html)
    except NotAnArticle as error:
        msg = f"{capture.url}: no list: {error}"
        raise NotAListing(msg) from error


def _base(page: Node, capture: Capture) -> Url:
    """Return what the links of a page are relative to: its address, or what its `<base>` says."""
    named = dom.first(page, "base[href]")
    return (named and urls.join(capture.final_url, dom.attribute(named, "href"))) or capture.final_url


def _templates(site: Site, family: Family | None) -> tuple[Rows, ...]:
    """Return the templates to try, in order: what the config teaches wins, shape alone comes last."""
    taught = site.selectors.list_link
    if taught is not None:
        following = site.selectors.next_page or "a[href]"
        return (Rows(name="selectors", within="body", link=taught, next=following),)
    return family.rows if family is not None else (_REPEATED,)


def _leads_out(url: Url, family: Family | None, hosts: set[str]) -> bool:
    """Say whether a link may be a row: an article, a file, or another host; not the site's own columns."""
    return urls.host(url) not in hosts or _is_article(url, family) or _FILE.search(url) is not None


def _is_article(url: Url, family: Family | None) -> bool:
    if family is None:
        return _FILE.search(url) is None
    parts = urls.split(url)
    return family.article_url.search(parts.path + parts.query) is not None


def _link(row: Row, capture: Capture, channel: Channel | None, *, own: bool) -> Link:
    kind = Kind.FILE if not own and _FILE.search(row.url) else Kind.ARTICLE
    name = channel.name if channel is not None else None
    return Link(url=row.url, kind=kind, title=row.title, date=row.date, channel=name, found_on=capture.url)


def _by_shape(template: Rows) -> bool:
    """Say whether a template finds rows where there may be none: by no mark of the list itself."""
    return template.alike or (template.row is None and template.beside is None)


def _said(page: Node, template: Rows, numbering: Pager, base: Url) -> ListingPage:
    """Return what a page says of its list beside the rows."""
    return ListingPage(
        links=(),
        next=pager.next_page(page, template, numbering, base),
        pager=pager.script_of(page, numbering, base),
        pages=pager.pages(page, template, numbering, base),
        stated=pager.stated(page, template),
        number=pager.current(page, template, numbering, base),
    )
