"""One page of a list: the articles that it names, and what it says of its other pages.

Reads what a list says and believes it. Which of the links are known already, or wanted at all, is not
decided here; neither is anything asked for.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scraper import dom, extractor, families, urls
from scraper.discovery import datastore, pager
from scraper.discovery.overview import sublists
from scraper.discovery.refusal import single_column, why_no_listing
from scraper.discovery.rows import RowReader
from scraper.discovery.scope import Row, Scope, is_file, scope_of
from scraper.discovery.source import source_page
from scraper.errors import EmptyListing, NotAListing, NotAnArticle, SingleColumn
from scraper.families.family import FOOT, Pager, Rows
from scraper.link_encoding import encode_queries
from scraper.messages import say
from scraper.model import ListingPage
from scraper.text import fold
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family
    from scraper.model import Capture, Channel, Site
    from scraper.urls import Url

_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|div|table|ul|script|meta|a)\b", re.IGNORECASE)
_ONWARD = re.compile(r"_redirect|/(?:list\d*|main|index)\.\w+$|/$")
_SEVERAL = 3  # rows of other hosts alone, that are a list by their days
_TITLE = 8  # characters of a link that is likely a title
_TEXT = 200  # characters of paragraphs that are an article's
_TAUGHT = "selectors"
_MAY_BE_LIST = frozenset({"list", "article", "other"})  # where a pager is all that shows it
_REPEATED = Rows(name="repeated", within="body", alike=True, dated=True, next="a[href]")
_OF_ANY_ADDRESS = replace(_REPEATED, name="of any address", drop=FOOT, sure=True)


def read_listing(capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
    """Return what a page of a list says.

    Links are the articles of the site that its rows name, in page order, each once: those of other channels
    too, navigation and side columns not. `elsewhere` holds the rows that lead to other hosts or to bare
    files. Raises `NotAListing` where the page is something else or lists nothing, and `SingleColumn` where
    it is a channel that has its one article in place of a list.
    """
    page = _parsed(capture, site)
    base = _base(page, capture)
    family = _family(page, capture, site)
    if families.is_article(family, capture.final_url):
        raise _at_an_articles_address(capture, site)
    scope = scope_of(capture, site, family, channel)
    reader = RowReader(page, base, site.timezone, scope.leads_out, partial(_is_paged, page, base))
    for template in _templates(page, site, family):
        if family is not None and _by_shape(template):
            _refuse_single_column(page, family, capture.final_url)
        rows = reader.read(template)
        wanted = scope.own if template.sure or template.name == _TAUGHT else scope.article
        own = [row for row in rows if wanted(row.url)]
        if own or (
            rows
            and ((not template.alike and not template.dated) or _is_press(rows, scope, capture, site, page))
        ):
            said = _said(page, template, family.pager if family is not None else Pager(), base)
            others = [row for row in rows if row not in own]
            if not own:
                _refuse_strange_rows(others, scope, capture)
            is_alone = said.next is None and said.pages in {None, 1}
            shorter = _shorter(page, base, scope, own) if is_alone else ()
            return replace(
                said,
                links=scope.links(own),
                elsewhere=scope.links(others),
                sublists=shorter,
                slips=reader.slips.told,
            )
    reader.slips.refuse()
    return _without_rows(capture, site, page, family, scope)


def _shorter(page: Node, base: Url, scope: Scope, own: list[Row]) -> tuple[Url, ...]:
    """Return the lists of an overview that has rows; of one whose rows all lead out those in its folder."""
    if own:
        return sublists(page, base, scope, {row.url for row in own})
    return sublists(page, base, scope, beyond=False) if scope.family is not None else ()


def _is_press(rows: tuple[Row, ...], scope: Scope, capture: Capture, site: Site, page: Node) -> bool:
    """Tell a list of other hosts' pages, or of bare files, each with its day: the press, downloads.

    They are no column at the side: most of the page's titles are theirs. Neither are they an article's.
    """
    if len(rows) < _SEVERAL or not all(
        row.date is not None and (is_file(row.url) or not scope.own(row.url)) for row in rows
    ):
        return False
    listed, base, theirs, others = {row.url for row in rows}, _base(page, capture), 0, 0
    for link in dom.select(page, "a[href]"):
        length = len(fold(dom.text_of(link)) or dom.attribute(link, "title"))
        if urls.join(base, dom.attribute(link, "href")) in listed:
            theirs += length
        elif length >= _TITLE:
            others += length
    if theirs <= max(others, _prose(page)):
        return False
    return extractor.kind_of(capture, site).kind != "article"


def _prose(page: Node) -> int:
    """Return how many characters stand in a page's paragraphs that link to nothing, rows of lists aside."""
    within = {each.mem_id for each in dom.select(page, "li p, tr p, dd p, footer p")}
    plain = (
        each
        for each in dom.select(page, "p")
        if each.mem_id not in within and dom.first(each, "a[href]") is None
    )
    return sum(len(fold(dom.text_of(each))) for each in plain)


def _at_an_articles_address(capture: Capture, site: Site) -> NotAListing:
    """Return the error for a page whose address is an article's: what it is instead, where it says so."""
    verdict = extractor.kind_of(capture, site)
    if verdict.kind in _MAY_BE_LIST:
        msg = say("{url}: an article, where a list was expected", url=capture.url)
        return NotAListing(msg, what="article" if verdict.kind == "other" else verdict.kind)
    return NotAListing(f"{capture.url}: no list: {verdict.words}", what=verdict.kind)


def _without_rows(
    capture: Capture, site: Site, page: Node, family: Family | None, scope: Scope
) -> ListingPage:
    """Return what a page without rows is all the same: an overview, or a page of a list whose pager it draws.

    Raises `NotAListing` where it is neither.
    """
    base = _base(page, capture)
    error = why_no_listing(capture, site, page, family)
    may_be_overview = not isinstance(error, SingleColumn | EmptyListing) and error.what in {"list", "other"}
    may_be_overview = may_be_overview and _prose(page) < _TEXT
    is_looked_at = may_be_overview or family is not None
    shorter = sublists(page, base, scope, beyond=may_be_overview) if is_looked_at else ()
    if shorter:
        return ListingPage(links=(), sublists=shorter)
    if family is not None and not isinstance(error, SingleColumn) and error.what in _MAY_BE_LIST:
        framed = next((rows for rows in family.rows if rows.beside or rows.within == "body"), None)
        said = _said(page, framed, family.pager, base) if framed is not None else None
        if said is not None and said.next is not None and (said.pages or 1) > 1:
            return said
    raise error


def _refuse_strange_rows(rows: list[Row], scope: Scope, capture: Capture) -> None:
    """Raise `NotAListing` where most rows lead to pages of the site that are no articles as we know them."""
    strange = [row for row in rows if scope.own(row.url) and not is_file(row.url) and not _leads_on(row.url)]
    if len(strange) * 2 > len(rows):
        msg = say(
            "{url}: no row of {count} leads to an article, the first to {url2}",
            url=capture.url,
            count=len(rows),
            url2=strange[0].url,
        )
        raise NotAListing(msg, what="list")


def _leads_on(url: Url) -> bool:
    """Say whether an address is that of a column or of a redirect: both stand in lists of articles."""
    return _ONWARD.search(url) is not None


def _parsed(capture: Capture, site: Site) -> Node:
    """Return a page's tree. Raises `NotAListing` for an answer that is no page at all."""
    html, encoding, _ = source_page(capture, site.max_bytes)
    if html.strip() and _MARKUP.search(html) is None:
        msg = say("{url}: no HTML, no list", url=capture.url)
        raise NotAListing(msg, what="not-html")
    try:
        page = dom.parse(datastore.shown(html))
    except NotAnArticle as error:
        msg = say("{url}: no list: {error}", url=capture.url, error=error)
        raise NotAListing(msg, what=error.what) from error
    encode_queries(page, html, encoding)
    return page


def _family(page: Node, capture: Capture, site: Site) -> Family | None:
    """Return the family that the config names, else the one whose marks the page has."""
    if site.family is not None:
        return families.by_name(site.family)
    return families.recognise(page, capture.final_url)


def _base(page: Node, capture: Capture) -> Url:
    """Return what the links of a page are relative to: its address, or what its `<base>` says."""
    named = dom.first(page, "base[href]")
    return (named and urls.join(capture.final_url, dom.attribute(named, "href"))) or capture.final_url


def _templates(page: Node, site: Site, family: Family | None) -> tuple[Rows, ...]:
    """Return the templates to try, in order: what the config teaches wins, shape alone comes last.

    Where the frame of a list is on the page, nothing outside of it is a row.
    """
    taught = site.selectors.list_link
    if taught is not None:
        following = site.selectors.next_page or "a[href]"
        return (Rows(name=_TAUGHT, within="body", link=taught, next=following),)
    if family is None:
        return (_REPEATED,)
    framed = families.has_list_frame(family, page)
    own = tuple(rows for rows in family.rows if rows.within != "body" or not framed)
    return (*own, _OF_ANY_ADDRESS) if family.by_density and not framed else own


def _is_paged(page: Node, base: Url) -> bool:
    """Tell whether a page leads to a next one: a list does, and a front page does not."""
    return pager.next_page(page, _REPEATED, Pager(), base) is not None


def _refuse_single_column(page: Node, family: Family, url: Url) -> None:
    instead = single_column(page, family, url)
    if instead is not None:
        raise instead


def _by_shape(template: Rows) -> bool:
    """Say whether a template finds rows where there may be none: by no mark of the list itself."""
    return template.alike or (template.row is None and template.beside is None)


def _said(page: Node, template: Rows, numbering: Pager, base: Url) -> ListingPage:
    """Return what a page says of its list beside the rows."""
    said = ListingPage(
        links=(),
        next=pager.next_page(page, template, numbering, base),
        pager=pager.script_of(page, numbering, base),
        pages=pager.pages(page, template, numbering, base),
        stated=pager.stated(page, template),
        number=pager.current(page, template, numbering, base),
    )
    return replace(said, unread_pager=pager.is_unread(page, said, numbering, base))
