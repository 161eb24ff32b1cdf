"""A site, or a span of days, handed on as one file: written beside, renamed when it is whole."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, NamedTuple, TextIO, TypeVar

from scraper import __version__, urls
from scraper.app.archive_view import captures_file, stream
from scraper.article_record import key_of_further_pages
from scraper.errors import NoRoom, StoreError, UsageError
from scraper.export.article import ExportedArticle
from scraper.export.parquet import write_parquet
from scraper.export.tables import write_csv, write_jsonl
from scraper.export.wacz import Group, Page, write_wacz
from scraper.mementos import key_of_copies
from scraper.messages import say
from scraper.parallel import spread
from scraper.stores.disk import store_error
from scraper.stores.documents import DocumentStore
from scraper.writer.markdown_reader import body_of, pictures, plain_text, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime, tzinfo

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.model import Site
    from scraper.stores.state import State

T = TypeVar("T")
Format = Literal["wacz", "jsonl", "csv", "parquet"]
FORMATS: Final[tuple[Format, ...]] = ("wacz", "jsonl", "csv", "parquet")
STDOUT: Final = "-"


class Span(NamedTuple):
    """Days of publication, both included; None: open."""

    since: date | None = None
    until: date | None = None

    def holds(self, site: Site, known: ArticleRecord) -> bool:
        """Say whether an article was published within; one of which nobody knows is, where nothing bounds."""
        if self == Span():
            return True
        if known.published is None:
            return False
        day = known.published.astimezone(site.timezone).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def export(
    config: Config,
    sites: Sequence[Site],
    form: Format,
    out: str,
    *,
    span: Span,
    now: datetime,
    tell: Callable[[StoreError], None],
    advance: Callable[[], None] = lambda: None,
) -> int:
    """Write the file; return how many articles, or of a WACZ how many captures, it holds.

    `out`: its path, or `-` for standard output. What cannot be read, a document or the state of one site of
    several, is told and left out. Raises UsageError, StoreError.
    """
    if form == "wacz":
        return _export_wacz(config, sites, out, span=span, now=now, tell=tell, advance=advance)
    articles = _articles(config, sites, span, tell, advance)
    if form == "parquet":
        with _binary(out) as file:
            return write_parquet(articles, file)
    with _text(out) as text:
        return (write_csv if form == "csv" else write_jsonl)(articles, text)


def _of_each(
    config: Config,
    sites: Sequence[Site],
    read: Callable[[Site, State], Iterable[T]],
    tell: Callable[[StoreError], None],
) -> Iterator[tuple[Site, T]]:
    """Yield what is read of each site's state; tell which cannot be read.

    Raises StoreError where that is all of them: an older file of that name stays.
    """
    unread: list[StoreError] = []
    yield from stream(config, sites, read, lambda _, error: unread.append(error))
    if len(unread) == len(sites):
        raise unread[0]
    for error in unread:
        tell(error)


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────


def _articles(
    config: Config,
    sites: Sequence[Site],
    span: Span,
    tell: Callable[[StoreError], None],
    advance: Callable[[], None],
) -> Iterator[ExportedArticle]:
    every = _of_each(config, sites, lambda site, state: state.articles.held(site.name), tell)
    wanted = (((site.name, site.timezone), known) for site, known in every if span.holds(site, known))
    for _, made in spread(partial(_article, archive=Path(config.archive)), wanted):
        advance()
        if isinstance(made, StoreError):
            tell(made)
        else:
            yield made


def _article(
    piece: tuple[tuple[str, tzinfo], ArticleRecord], *, archive: Path
) -> ExportedArticle | StoreError:
    """Read the document of an article of a site. Runs in a worker."""
    (site, zone), known = piece
    path = known.path or ""
    try:
        text = DocumentStore(archive).read(path)
    except StoreError as error:
        return error
    if text is None:
        return StoreError(str(say("cannot read: {path}: the document is missing", path=str(archive / path))))
    body = body_of(text)
    return ExportedArticle(
        url=known.url,
        urlname=urls.urlname(known.url),
        site=site,
        channel=known.channel,
        title=known.title or "",
        published=known.published and known.published.astimezone(zone),
        captured=known.captured and known.captured.astimezone(zone),
        checked=known.checked and known.checked.astimezone(zone),
        status=known.status.value,
        origin=known.origin,
        layout=known.layout,
        path=path,
        images=pictures(body),
        text=plain_text(body),
        markdown=said(body),
    )


# ── captures ──────────────────────────────────────────────────────────────────────────────────────────────


def _export_wacz(
    config: Config,
    sites: Sequence[Site],
    out: str,
    *,
    span: Span,
    now: datetime,
    tell: Callable[[StoreError], None],
    advance: Callable[[], None],
) -> int:
    title = "、".join(site.title for site in sites)
    groups = _of_each(config, sites, partial(_groups, config, span, advance), tell)
    pages = _of_each(config, sites, partial(_pages, span), lambda _: None)
    with _binary(out) as file, tempfile.TemporaryFile() as workspace:
        return write_wacz(
            (group for _, group in groups),
            (page for _, page in pages),
            file,
            title=title,
            software=f"nankai-archive/{__version__}",
            now=now,
            workspace=workspace,
        )


def _groups(
    config: Config, span: Span, advance: Callable[[], None], site: Site, state: State
) -> Iterator[Group]:
    """Yield the captures that are wanted, as they lie: of a span, those of its articles."""
    keys: set[str] = set()
    shown: set[str] = set()
    if span != Span():
        for known in state.articles.held(site.name):
            if span.holds(site, known):
                keys |= {known.key, key_of_copies(known.key), key_of_further_pages(known.key)}
                shown.update(state.assets.addresses_of(site.name, known.key))
    file, end = "", 0
    for entry in state.captures.every(site.name):
        ref = entry.ref
        start = end if ref.file == file else 0
        file, end = ref.file, ref.offset + ref.length
        if span == Span() or entry.key in keys or entry.url in shown:
            advance()
            yield Group(path=captures_file(config, site, ref), start=start, ref=ref)


def _pages(span: Span, site: Site, state: State) -> Iterator[Page]:
    """Yield the pages that documents were made of."""
    for known in state.articles.held(site.name):
        if known.capture is None or not span.holds(site, known):
            continue
        own = (known.key, key_of_copies(known.key))
        entries = chain.from_iterable(state.captures.of_article(site.name, key) for key in own)
        entry = next((entry for entry in entries if entry.ref == known.capture), None)
        if entry is not None:
            yield Page(url=entry.url, moment=entry.fetched_at, title=known.title or known.url)


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _binary(out: str) -> Iterator[IO[bytes]]:
    """Open a file that takes its name when it is whole."""
    if out == STDOUT:
        raise UsageError(say("export: this format needs a file: --out FILE"))
    path = Path(out)
    beside = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with beside.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        wrong = store_error(error, "write", path)
        if isinstance(wrong, NoRoom):
            raise wrong from error
        raise UsageError(str(wrong)) from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _text(out: str) -> Iterator[TextIO]:
    """Open a file for text in UTF-8, or standard output."""
    if out == STDOUT:
        yield sys.stdout
        return
    with _binary(out) as file:
        wrapped = os.fdopen(os.dup(file.fileno()), "w", encoding="utf-8", errors="replace", newline="")
        with wrapped:
            yield wrapped
