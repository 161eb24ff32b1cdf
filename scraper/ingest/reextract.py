"""Makes the documents again from the captures on the shelf: no network, all cores.

A worker reads one capture and gives back what its document is today; the one process that holds the archive
compares it with the file, writes, and remembers. The captures stay as they are.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from scraper import extractor, line_differences, urls, writer
from scraper.article_record import Status
from scraper.errors import (
    ArchiveError,
    CaptureDamaged,
    NoRoom,
    NotAnArticle,
    ProgramError,
    RepeatedBody,
    StoreError,
    TooCostly,
)
from scraper.ingest import further_pages
from scraper.ingest.article_decision import OK, article_digest, body_digest, dated, shown_by
from scraper.ingest.bounds import MOST_SECONDS, bounded
from scraper.mementos import as_of_site
from scraper.messages import say
from scraper.stores.warc_reader import Damaged
from scraper.values import Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from scraper.article_record import ArticleRecord
    from scraper.ingest.article_decision import Shown
    from scraper.model import Article, Capture, CaptureRef, Document, EmbeddedPicture, Site
    from scraper.stores.documents import DocumentStore
    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State
    from scraper.urls import Url

_log = logging.getLogger(__name__)
_SECONDS = MOST_SECONDS  # of one page


class Job(Value, frozen=True, kw_only=True):
    """One article to be made again: what is known of it, and the capture to make it of."""

    known: ArticleRecord
    ref: CaptureRef
    further: tuple[CaptureRef, ...] = ()  # of an article of several pages: those behind the first
    assets: Mapping[Url, str | None] = field(default_factory=dict)  # see `writer.write`
    hosts: frozenset[str] = frozenset()  # that its captures may be of; empty: of any


class Remade(Value, frozen=True, kw_only=True):
    """What a capture gives today."""

    document: Document
    digest: str
    title: str
    published: datetime
    captured: datetime
    layout: str
    body_digest: str | None  # None: nothing in the body
    characters: int
    shown: Shown
    embedded: tuple[EmbeddedPicture, ...] = ()  # pictures that the page itself holds


class Change(Value, frozen=True, kw_only=True):
    """What became of one article."""

    outcome: str  # `written`, `revised`, `unchanged`, `failed`
    known: ArticleRecord
    diff: str = ""  # unified, of the document before and after; "": nothing to compare
    error: ArchiveError | None = None  # of `failed`


def jobs(context: SiteContext) -> Iterator[Job]:
    """Yield what can be made again: every document, and every answer that gave none so far."""
    site, state = context.site, context.state
    for known in state.articles.every(site.name):
        if known.capture is not None:
            yield job_of(known, known.capture, site, state)
        elif known.status is Status.FAILED and not _is_repeated(known) and not _is_too_costly(known):
            entries = state.captures.of_article(site.name, known.key)
            answers = [entry for entry in entries if entry.status in OK]
            if answers:
                yield job_of(known, answers[-1].ref, site, state)


def _is_repeated(known: ArticleRecord) -> bool:
    """Say whether its page was refused for what other pages say: which one capture alone does not show."""
    return (known.error or "").startswith(RepeatedBody.__name__)


def _is_too_costly(known: ArticleRecord) -> bool:
    """Say whether this version of the reader was lost in its page already."""
    return (known.error or "").startswith(TooCostly.__name__) and known.extractor == extractor.VERSION


def job_of(known: ArticleRecord, ref: CaptureRef, site: Site, state: State) -> Job:
    """Return the job to make an article again of a capture, its pictures where the archive has them today."""
    assets = {} if site.images == "link" else state.assets.addresses_of(site.name, known.key)
    more = further_pages.further(state, site.name, known.key, ref)
    return Job(known=known, ref=ref, further=more, assets=assets, hosts=hosts_of(known, site, state))


def hosts_of(known: ArticleRecord, site: Site, state: State) -> frozenset[str]:
    """Return the hosts that an article was met at, and those of its site."""
    own = (site.home, *(url for channel in site.channels for url in channel.addresses))
    met = (known.url, known.ask, *own, *state.articles.aliases(site.name, known.key))
    return frozenset(map(urls.host, met))


def reread(
    job: Job,
    site: Site,
    shelf: Callable[[CaptureRef], Capture],
    read: Callable[[Capture, Site], Article] | None = None,
) -> tuple[Article, Document, datetime]:
    """Return what the job's capture gives today: article, document, the moment of the first capture.

    `read`: who reads its page; None: this process, within the bounds of one. Raises ArchiveError,
    CaptureDamaged for a capture of a host that the article was never met at among them; whatever else goes
    wrong with a page becomes a ProgramError, that page's own.
    """
    known = job.known
    try:
        capture = as_of_site(further_pages.joined(job.ref, job.further, shelf))
        captured = known.captured or capture.fetched_at
        _check_host(job, capture)
        extract = read or _extract
        article = dated(extract(capture, site), captured)
        document = writer.write(
            article, site, identity=known.url, captured=captured, path=known.path, assets=job.assets
        )
    except ArchiveError:
        raise
    except Exception as error:
        msg = say("article: {url}: {name}: {error}", url=known.url, name=type(error).__name__, error=error)
        failure = ProgramError(msg)
        failure.traceback = traceback.format_exc()  # it may have to travel to another process
        raise failure from error
    return article, document, captured


def _check_host(job: Job, capture: Capture) -> None:
    """Raise CaptureDamaged for a capture of a host that the article was never met at."""
    if job.hosts and urls.host(capture.url) not in job.hosts:
        what = say("it is of a host that its article never had: {url}", url=capture.url)
        raise CaptureDamaged(str(Damaged(file=job.ref.file, offset=job.ref.offset, what=what)))


def _extract(capture: Capture, site: Site) -> Article:
    return bounded(lambda: extractor.extract(capture, site), seconds=_SECONDS)


def remake(
    job: Job,
    site: Site,
    shelf: Callable[[CaptureRef], Capture],
    read: Callable[[Capture, Site], Article] | None = None,
) -> Remade | ArchiveError:
    """Return what the job's capture gives today, or the error that it gives. Runs in a worker."""
    try:
        article, document, captured = reread(job, site, shelf, read)
    except ArchiveError as error:
        return error
    if article.next_page is not None and job.known.path is None:  # the next run asks for the rest of it
        return NotAnArticle(f"unfinished: {job.known.url}: {article.next_page} is not at hand", what="part")
    return Remade(
        document=document,
        digest=article_digest(article),
        title=article.title,
        published=article.published,
        captured=captured,
        layout=article.layout,
        body_digest=body_digest(article),
        characters=len(article.shown.text),
        shown=shown_by(article, site),
        embedded=article.embedded,
    )


def settle(job: Job, made: Remade | ArchiveError, context: SiteContext, *, dry: bool) -> Change:
    """Compare with the file that is there; unless `dry`, write it and remember."""
    if isinstance(made, ArchiveError):
        if isinstance(made, ProgramError):
            fields = {"url": job.known.url, "error": str(made), "traceback": made.traceback}
            _log.error("program-error", extra={"fields": fields})
        return Change(outcome="failed", known=job.known, error=made)
    try:
        return _kept(job, made, context, dry=dry)
    except NoRoom:
        raise
    except StoreError as error:  # a pipe or a folder stands in the document's place
        return Change(outcome="failed", known=job.known, error=error)


def _kept(job: Job, made: Remade, context: SiteContext, *, dry: bool) -> Change:
    found = context.documents.read_file(made.document.path)
    before = None if found is None else found.decode("utf-8", "replace")
    status = Status.HELD if job.known.status is Status.FAILED else job.known.status
    known = replace(renewed(job, made), status=status, error=None, attempts=0)
    is_same = found == made.document.text.encode("utf-8")
    if not dry:
        keep(known, job, made, context, is_written=is_same)
    if is_same:
        return Change(outcome="unchanged", known=known)
    outcome = "written" if before is None else "revised"
    return Change(outcome=outcome, known=known, diff=_diff(before or "", made.document))


def renewed(job: Job, made: Remade) -> ArticleRecord:
    """Return what is known of an article whose document was made again."""
    return replace(
        job.known,
        title=made.title,
        captured=made.captured,
        capture=job.ref,
        article_digest=made.digest,
        extractor=extractor.VERSION,
        published=made.published,
        path=made.document.path,
        document_digest=made.document.digest,
        layout=made.layout,
        body_digest=made.body_digest,
        characters=made.characters,
    )


def keep(
    known: ArticleRecord, job: Job, made: Remade, context: SiteContext, *, is_written: bool = False
) -> None:
    """Write a document that was made again, and remember what it was made of and what it shows.

    `is_written`: its file is as it is to be, as was just seen.
    """
    save_embedded(made.embedded, context.documents)
    if not is_written:
        context.documents.save(made.document)
    if known == job.known and not made.shown:
        return
    with context.state.transaction():
        context.state.articles.put(known)
        context.state.assets.show(known.site, known.key, made.shown, made.captured, told=job.assets)


def make_again(
    known: ArticleRecord,
    ref: CaptureRef,
    context: SiteContext,
    read: Callable[[Capture, Site], Article] | None = None,
) -> ArchiveError | None:
    """Write an article's document anew of a capture; return why it could not be. Raises NoRoom."""
    job = job_of(known, ref, context.site, context.state)
    made = remake(job, context.site, context.captures.read, read)
    if isinstance(made, ArchiveError):
        return made
    try:
        keep(renewed(job, made), job, made, context)
    except NoRoom:
        raise
    except StoreError as error:
        return error
    return None


def save_embedded(pictures: Iterable[EmbeddedPicture], documents: DocumentStore) -> None:
    """Write the files of the pictures that a page holds itself: the capture is all that has them."""
    for picture in pictures:
        documents.save_file(picture.address.lstrip("/"), picture.data)


def _diff(before: str, after: Document) -> str:
    names = (f"{after.path} (before)", f"{after.path} (after)")
    return "\n".join(line_differences.unified(before.splitlines(), after.text.splitlines(), names))
