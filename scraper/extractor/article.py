"""The engine that reads an article off a page, by the layouts of its family."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scraper import dates, dom, families, text, urls
from scraper.errors import ExtractError, NotAnArticle
from scraper.extractor import body as body_reader
from scraper.extractor import (
    containers_of_body,
    fidelity,
    files,
    files_below,
    further_pages,
    generic,
    layout_match,
    metadata,
    special,
    styled_words,
    title_and_date,
    witness,
)
from scraper.extractor.addresses import Addresses
from scraper.extractor.page import open_page
from scraper.extractor.page_kind import Verdict
from scraper.extractor.raw_body import RawBody
from scraper.extractor.survey import Survey
from scraper.extractor.title_and_date import DateLine
from scraper.families.generic import GENERIC as BY_DENSITY
from scraper.model import Article, EmbeddedPicture
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.blocks import Block
    from scraper.extractor.account import Rule
    from scraper.extractor.layout_match import LayoutMatch
    from scraper.extractor.page import Page
    from scraper.families.family import Layout
    from scraper.model import Capture, Site
    from scraper.urls import Url


def extract(capture: Capture, site: Site, *, max_bytes: int | None = None) -> Article:
    """Return the article that a capture holds, with what the captures of its further pages say.

    Raises `NotAnArticle`, `UnknownLayout` and `MissingField`; `TooLarge` for a body that inflates beyond
    `max_bytes`; None: the site's bound.
    """
    read = partial(_page, site=site, max_bytes=max_bytes or site.max_bytes, first=capture.url)
    article = read(capture)
    if article.next_page is None:
        return article
    return further_pages.joined(article, capture.further, read)


def kind_of(capture: Capture, site: Site) -> Verdict:
    """Return what a page is, for whoever asked for something else and could not read it: of any kind.

    It is an article exactly where `extract` reads one. Raises `TooLarge`.
    """
    try:
        article = extract(capture, site)
    except NotAnArticle as error:
        words = str(error).removesuffix(f": {capture.final_url}")
        return Verdict(kind=error.what, words=words, leads_to=error.leads_to)
    except ExtractError as error:
        return Verdict(kind="other", words=str(error), is_sure=False)
    is_sure = article.layout != BY_DENSITY.name
    return Verdict(kind="article", words=f"an article: {article.title}", is_sure=is_sure)


def _page(capture: Capture, *, site: Site, max_bytes: int, first: Url) -> Article:
    """Return what one page says of the article whose first page has the address `first`."""
    page = open_page(capture, max_bytes)
    worn = layout_match.worn_by(page, site)
    layout, roots = worn.layout, containers_of_body.of(page, worn, is_whole=_is_whole(capture))
    surveys = [Survey(RawBody(root)) for root in roots.nodes]
    pages = further_pages.named_on(page, first)
    left_out = _left_out(page, surveys, worn, pages)
    body = _read(page, layout, surveys, left_out)
    of_article = families.is_article(families.by_name(worn.family), page.url)
    title = worn.title or metadata.title_of(page, layout, roots.nodes, of_article=of_article)
    dating = _Dating(
        page=page, worn=worn, tz=site.timezone, roots=roots.nodes, left_out=left_out, of_article=of_article
    )
    beside = _date_line(dating, title)
    moment, comes_from = _published(dating, capture, beside, body.blocks)
    return Article(
        url=capture.url,
        title=title,
        published=moment,
        published_from=comes_from,
        family=worn.family,
        layout=layout.name,
        body=body.blocks,
        shown=body.testimony.shown,
        source=metadata.source_of(page, layout, beside.shown, worn.cut, moment),
        editor=metadata.editor_of(page, layout),
        channel=metadata.channel_of(capture.url) if worn.family == "ecms" else None,
        images=body.images,
        media=body.media,
        attachments=body.attachments,
        called=body.called,
        left_out=(*body.testimony.left_out, *roots.around),
        next_page=further_pages.next_page(page, capture.url, pages),
        embedded=body.embedded,
        robots=metadata.robots_of(page),
    )


class _Dating(Value, frozen=True, kw_only=True):
    """Where the day of an article is looked for."""

    page: Page
    worn: LayoutMatch
    tz: ZoneInfo
    roots: list[dom.Node]
    left_out: dict[int, Rule]  # by `mem_id`: what in the body is no part of the article
    of_article: bool  # the address is an article's


def _published(
    at: _Dating, capture: Capture, beside: DateLine, body: Sequence[Block]
) -> tuple[datetime, metadata.ComesFrom]:
    """Return the moment of publication and where it stands. Raises as `generic.check` does.

    Where nothing else shows it, that of the page's one `<time>` outside of the body counts, and last the day
    of the signature. Neither speaks for an article.
    """
    page, worn, tz = at.page, at.worn, at.tz
    moment, comes_from = metadata.published(page, worn.layout, tz, capture, beside)
    if worn.found is not None:
        generic.check(page, worn.found, dated=comes_from != "capture")
    if comes_from != "capture":
        return moment, comes_from
    told = generic.only_time(page, tz, at.roots, at.left_out) if worn.layout.nearby else None
    signed = fidelity.last_line(body) if worn.is_generic or at.of_article else ""
    found = told or metadata.signed_on(signed, tz, capture)
    return (moment, comes_from) if found is None else (found, "page")


def _date_line(at: _Dating, title: str) -> DateLine:
    """Return the line next to the body that shows the article's date; an empty one where none is looked for.

    A channel shows the dates of others: of one that is an article itself only a labelled date counts.
    """
    page, worn, tz = at.page, at.worn, at.tz
    layout = worn.layout
    is_sure = worn.is_generic or at.of_article
    if not (worn.is_generic or layout.nearby or (at.of_article and page.first(layout.published) is None)):
        return DateLine("")
    near = dates.date_in_path(page.url, tz)
    found = title_and_date.line(at.roots, title, tz, frozenset(at.left_out), near=near, cut=worn.cut)
    is_shown = is_sure or dates.find_labelled(found.shown, tz, near=near) is not None
    return found if is_shown else DateLine("")


def _is_whole(capture: Capture) -> bool:
    """Tell whether HTTP says that the body is all there: it is as long as its header promises."""
    length = (capture.header("Content-Length") or "").strip()
    return length.isdecimal() and int(length) == len(capture.body)


class _Body(Value, frozen=True, kw_only=True):
    """What the body says, and what its witness says of it."""

    blocks: tuple[Block, ...]
    images: tuple[Url, ...]
    media: tuple[Url, ...]
    attachments: tuple[Url, ...]
    called: tuple[tuple[Url, str], ...]
    embedded: tuple[EmbeddedPicture, ...]
    testimony: witness.Testimony


def _read(page: Page, layout: Layout, surveys: list[Survey], left_out: dict[int, Rule]) -> _Body:
    """Read the containers of a body, and hold what was read against them."""
    join, roots = urls.joining(page.base), [survey.root for survey in surveys]
    addresses = Addresses(page.base, join)
    read = body_reader.read(surveys, addresses, left_out, styled_words.shown_in(page, roots))
    told, media = fidelity.told_by(read.blocks), tuple(read.played)
    beside = _beside(page, layout, addresses)
    if layout.nearby:
        beside |= {
            url: words for url, words in files_below.below(roots, addresses).items() if url not in beside
        }
    own = _attachments(told.links, read.files)
    attachments = tuple(dict.fromkeys((*own, *beside)))
    testimony = witness.testify(
        [survey.raw for survey in surveys],
        join,
        witness.Told(images=told.images, links=told.links, others=(*media, *attachments), words=read.words),
        read.account.nodes,
        read.account.addresses,
    )
    return _Body(
        blocks=read.blocks,
        images=tuple(told.images),
        media=media,
        attachments=attachments,
        called=tuple((url, words) for url, words in beside.items() if words and url not in own),
        embedded=_embedded(told.images, addresses),
        testimony=testimony,
    )


def _left_out(
    page: Page, surveys: list[Survey], worn: LayoutMatch, pages: further_pages.Pages | None
) -> dict[int, Rule]:
    """Return the elements that are no part of the article, by their `mem_id`, each with its rule."""
    left_out: dict[int, Rule] = dict.fromkeys(worn.left_out, "surroundings")
    left_out |= special.hidden(surveys, worn.layout.drop, worn.layout.reveal)
    for node in further_pages.pager_lines(page, [survey.root for survey in surveys], pages):
        left_out.setdefault(node.mem_id, "navigation")
    return left_out


def _embedded(images: Iterable[Url], addresses: Addresses) -> tuple[EmbeddedPicture, ...]:
    """Return the pictures that the page holds itself, each once."""
    held = addresses.embedded
    return tuple(EmbeddedPicture(address=url, data=held[url]) for url in dict.fromkeys(images) if url in held)


def _attachments(links: Iterable[str], named: Iterable[Url]) -> tuple[Url, ...]:
    """Return the files that a body links to, each once, in page order."""
    known = dict.fromkeys(named)
    plain = (files.as_url(link) for link in links)
    found = [files.viewed(url) or url for url in plain if url in known or files.is_attachment(url)]
    return tuple(dict.fromkeys((*found, *known)))


def _beside(page: Page, layout: Layout, addresses: Addresses) -> dict[Url, str]:
    """Return the files that stand where the layout has them outside the body, each with its link's words."""
    found: dict[Url, str] = {}
    for selector in layout.attachments:
        for node in dom.select(page.root, selector):
            link = addresses.link(dom.attribute(node, "href") or dom.attribute(node, "pdfsrc"))
            if link is not None and link.startswith("http"):
                found.setdefault(files.as_url(link), text.fold(dom.text_of(node)))
    return found
