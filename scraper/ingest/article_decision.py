"""What a capture of an article comes to, before anything is written: the judge, and not the doer.

Reads the capture, looks up what is known, gives values. Writes nothing and remembers nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from scraper import canary, extractor, policy, robots, urls, writer
from scraper.article_record import (
    Aliased,
    ArticleRecord,
    Failed,
    Gone,
    Revised,
    Skipped,
    Status,
    Unchanged,
    Unfinished,
    Written,
)
from scraper.errors import ArchiveError, BadStatus, NotAnArticle, Refused, Replaced, TooCostly
from scraper.families import by_name, identity_key, recognise_url
from scraper.ingest.further_pages import whole
from scraper.ingest.page_reader import DirectReader
from scraper.mementos import as_of_site
from scraper.messages import say
from scraper.model import Kind
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from scraper.article_record import Outcome
    from scraper.families.family import Family
    from scraper.ingest.page_reader import Reader
    from scraper.model import Article, Capture, CaptureRef, Document, EmbeddedPicture, Site
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

OK = frozenset({200, 203})  # 203: somebody on the way has changed it, as proxies of schools do
_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
MOST_HOSTS = 16  # that one article's pictures and files are asked of

Shown: TypeAlias = tuple[tuple["Url", Kind], ...]
"""The pictures and files of an article, in page order, each once."""


class ArticleResult(Value, frozen=True, kw_only=True):
    """What a capture of an article comes to, before anything is written."""

    outcome: Outcome
    known: ArticleRecord
    document: Document | None = None  # None: nothing is to be written
    shown: Shown | None = None  # what of the article is to be kept beside it; None: no article was read
    embedded: tuple[EmbeddedPicture, ...] = ()  # pictures that the page itself holds
    left_at_source: int = 0  # pictures and files that are too many to be asked for


class ArticleDecider:
    """Judges the captures of one site's articles."""

    def __init__(
        self,
        *,
        site: Site,
        known_under: Callable[[str], ArticleRecord | None],
        shelf: Callable[[CaptureRef], Capture],
        addresses: Callable[[Iterable[Url]], Mapping[Url, str | None]],
        reader: Reader,
        filed: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Take the site, how to look an article up by its key, and how to read an older capture.

        `addresses` says where documents find pictures and files that are kept: see `writer.write`. `filed`
        says where a document of a urlname lies already, of which the state that was lost knew.
        """
        self._site = site
        self._known_under = known_under
        self._shelf = shelf
        self._addresses = addresses
        self._reader = reader
        self._filed = filed

    def judge(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> ArticleResult | Unfinished:
        """Return what came of asking for an article."""
        ages = self._site.revisit
        if capture.status == _NOT_MODIFIED and known.capture is not None:
            return ArticleResult(outcome=Unchanged(), known=policy.remember_unchanged(known, capture, ages))
        if capture.status in _GONE:
            after = policy.remember_gone(known, capture.fetched_at, ages)
            return ArticleResult(outcome=Gone(status=capture.status), known=after)
        try:
            return self._judge_page(known, capture, ref)
        except NotAnArticle as error:
            return self._other(known, capture, error)
        except Replaced as error:
            after = policy.remember_failure(known, error, capture.fetched_at)
            after = replace(after, soft_misses=known.soft_misses + 1)
            return ArticleResult(outcome=Failed(error=error), known=after)
        except TooCostly:
            raise
        except ArchiveError as error:
            after = policy.remember_failure(known, error, capture.fetched_at)
            return ArticleResult(outcome=Failed(error=error), known=after)

    def _judge_page(
        self, known: ArticleRecord, capture: Capture, ref: CaptureRef
    ) -> ArticleResult | Unfinished:
        read = self._read(known, capture)
        if isinstance(read, ArticleResult):
            return read
        if read.next_page is not None and len(capture.further) < extractor.MOST_FURTHER:
            return Unfinished(next_page=read.next_page)
        return self._write(known, capture, ref, read)

    def _other(self, known: ArticleRecord, capture: Capture, error: NotAnArticle) -> ArticleResult:
        """Judge a page that is no article: a soft error page, seen twice in a row, is a 404."""
        if error.what == "soft-404" and policy.is_soft_gone(known):
            after = policy.remember_gone(known, capture.fetched_at, self._site.revisit)
            return ArticleResult(outcome=Gone(status=capture.status), known=after)
        after = policy.remember_failure(known, error, capture.fetched_at)
        misses = known.soft_misses + 1 if error.what == "soft-404" else 0
        return ArticleResult(outcome=Failed(error=error), known=replace(after, soft_misses=misses))

    def read(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> ArticleResult:
        """Return what a page comes to that should be the article. Raises ArchiveError where it is not."""
        read = self._read(known, capture)
        return read if isinstance(read, ArticleResult) else self._write(known, capture, ref, read)

    def _read(self, known: ArticleRecord, capture: Capture) -> Article | ArticleResult:
        """Return what a page says; what it comes to, where that is not to be kept."""
        if capture.status not in OK:
            msg = say("article: {url}: status {status}", url=capture.url, status=capture.status)
            raise BadStatus(msg, status=capture.status)
        moved_to = self._moved_to(known, capture)
        if moved_to is not None:
            return ArticleResult(
                outcome=Aliased(to=moved_to),
                known=replace(known, status=Status.ALIASED, due=None, error=None),
            )
        article = self._reader.extract(capture, self._site)
        if self._site.robots == "obey" and robots.forbids_archiving(article.robots, capture.headers):
            error = Refused(
                say("article: {url}: the page asks not to be archived", url=capture.url), robots=True
            )
            after = policy.remember_refusal(known, error, capture.fetched_at)
            return ArticleResult(outcome=Skipped(error=error), known=after)
        return article

    def _moved_to(self, known: ArticleRecord, capture: Capture) -> Url | None:
        """Return the identity of the other, known article that a redirect led to; None: it led to none."""
        if capture.final_url == capture.url:
            return None
        led_to = urls.identity(capture.final_url, self._site.home)
        key = identity_key(family_of(self._site, capture.final_url), led_to, self._site.home)
        other = None if key == known.key else self._known_under(key)
        return None if other is None else other.url

    def _write(
        self, known: ArticleRecord, capture: Capture, ref: CaptureRef, article: Article
    ) -> ArticleResult:
        captured = known.captured or capture.fetched_at
        article = dated(article, captured)
        digest = article_digest(article)
        shown = shown_by(article, self._site)
        if known.path is not None and digest == self._digest_before(known):
            after = policy.remember_answer(known, capture, self._site.revisit)
            if known.capture is None or known.origin is not None:  # lost, or a copy's: this page is it now
                after = replace(after, capture=ref, origin=None)
            return ArticleResult(outcome=Unchanged(), known=after, shown=shown)
        self._check_likeness(known, article)
        document = writer.write(
            article,
            self._site,
            identity=known.url,
            captured=captured,
            path=known.path or self._filed(urls.urlname(known.url)),
            assets=self._addresses(url for url, _ in shown),
        )
        after = replace(known, captured=captured, capture=ref, origin=None, **facts_of(article, digest))
        after = replace(after, path=document.path, document_digest=document.digest)
        thin = after.body_digest is None
        outcome: Outcome = Written(path=document.path, thin=thin)
        if known.path is not None:
            outcome = Revised(path=document.path, thin=thin and known.body_digest is not None)
        return ArticleResult(
            outcome=outcome,
            known=policy.remember_answer(after, capture, self._site.revisit),
            document=document,
            shown=shown,
            embedded=article.embedded,
            left_at_source=left_at_source(article, self._site, shown),
        )

    def _check_likeness(self, known: ArticleRecord, article: Article) -> None:
        """Raise Replaced where the page has nothing of the article that it was, and was not seen often so."""
        if known.path is None or known.capture is None or known.soft_misses >= policy.OTHER_PAGES:
            return
        try:
            before = self._reader.extract(as_of_site(self._shelf(known.capture)), self._site)
        except ArchiveError:  # nobody knows what it was
            return
        if canary.is_replaced(before.shown.text, article.shown.text):
            msg = say("another page: {url}: it has nothing of the article that was there", url=known.url)
            raise Replaced(msg)

    def _digest_before(self, known: ArticleRecord) -> str | None:
        """Return the digest of what the article said before, as this version of the extractor reads it."""
        if known.extractor == extractor.VERSION or known.capture is None or known.captured is None:
            return known.article_digest
        try:
            before = self._reader.extract(as_of_site(self._shelf(known.capture)), self._site)
        except ArchiveError:  # this version reads the older capture as no article: then it did change
            return None
        return article_digest(dated(before, known.captured))


def decider_of(context: SiteContext, reader: Reader | None = None) -> ArticleDecider:
    """Return who judges the articles of an open site. `reader`: who reads pages; None: this process."""
    state, name = context.state, context.name
    return ArticleDecider(
        site=context.site,
        known_under=partial(state.articles.get, name),
        shelf=partial(whole, state=state, site=name, shelf=context.captures.read),
        addresses=partial(state.assets.addresses, name),
        reader=reader or DirectReader(),
        filed=context.documents.named if _is_new(context) else lambda _: None,
    )


def _is_new(context: SiteContext) -> bool:
    """Say whether documents may be there that the state does not know: it was lost, or captures were."""
    return context.run is None or next(iter(context.state.runs.of_site(context.name)), None) is None


def family_of(site: Site, url: Url) -> Family | None:
    """Return the family of an article: the config's, else the one whose articles have such addresses."""
    return by_name(site.family) if site.family else recognise_url(url)


def shown_by(article: Article, site: Site) -> Shown:
    """Return what of an article is to be asked for: nothing where pictures stay where they are.

    A picture that the page itself holds is kept in any case, and nobody is asked for it. Of one host it is
    the site's `max_assets` at most, in page order, and of `MOST_HOSTS` hosts: the rest stays at its source.
    """
    if site.images == "link":
        return ()
    held = {picture.address for picture in article.embedded}
    kinds = dict.fromkeys(article.attachments, Kind.FILE) | dict.fromkeys(article.images, Kind.IMAGE)
    asked: Counter[str] = Counter()
    shown: list[tuple[Url, Kind]] = []
    for url in dict.fromkeys((*article.images, *article.attachments)):
        if url in held:
            continue
        host = urls.host(url)
        if asked[host] >= site.max_assets or (host not in asked and len(asked) >= MOST_HOSTS):
            continue
        asked[host] += 1
        shown.append((url, kinds[url]))
    return tuple(shown)


def left_at_source(article: Article, site: Site, shown: Shown) -> int:
    """Return of how many pictures and files of an article more are there than are asked for."""
    if site.images == "link":
        return 0
    held = {picture.address for picture in article.embedded}
    return len({*article.images, *article.attachments} - held) - len(shown)


def dated(article: Article, captured: datetime) -> Article:
    """Return the article, its moment that of its first capture where neither page nor address shows one."""
    return replace(article, published=captured) if article.published_from == "capture" else article


def facts_of(article: Article, digest: str | None = None) -> dict[str, Any]:
    """Return the fields of an `ArticleRecord` that only the article says, as this version reads it.

    `digest`: what `article_digest` returns of it; None: it is reckoned.
    """
    return {
        "title": article.title,
        "article_digest": digest or article_digest(article),
        "extractor": extractor.VERSION,
        "published": article.published,
        "layout": article.layout,
        "body_digest": body_digest(article),
        "characters": len(article.shown.text),
    }


def body_digest(article: Article) -> str | None:
    """Return the sha256 (hex) of an article's title and of what its body shows; None: it shows nothing."""
    shown = article.shown
    body = (shown.text, shown.images, shown.links, article.media, article.attachments)
    if not any(body):
        return None
    return hashlib.sha256(repr((article.title, body)).encode("utf-8", "surrogatepass")).hexdigest()


def article_digest(article: Article) -> str:
    """Return the sha256 (hex) of what an article says, not of its page: sidebars change at each fetch."""
    said = (
        article.title,
        article.published.isoformat(),
        article.source,
        article.editor,
        article.body,
        article.images,
        article.media,
        article.attachments,
        *([article.called] if article.called else []),
    )
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
