"""The search index kept up to date with the documents, or made again of them, on all cores.

Reads the archive alone. What cannot be read is told, and is not found until it can.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from scraper import urls
from scraper.app.archive_door import enter
from scraper.app.machine import clock
from scraper.errors import StoreError
from scraper.messages import say
from scraper.parallel import spread
from scraper.search.article import IndexedArticle
from scraper.stores.opening import documents_of, view_state
from scraper.stores.search_index import NAME, open_index, prepare
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from scraper.config import Config
    from scraper.model import Site
    from scraper.stores.documents import DocumentStore
    from scraper.stores.search_index import Prepared, SearchIndex
    from scraper.stores.state.holdings import HeldText

_HERE: Final = 1_000  # documents that are read in this process while others would be begun for it
_END: Final = (None, "")  # of what is indexed
_BATCH: Final = 500  # articles of a transaction: what a kill takes back, and how long a reader may wait


class Indexed(Value, kw_only=True):
    """What became of an index."""

    put: int = 0
    removed: int = 0
    unreadable: list[StoreError] = field(default_factory=list)  # documents
    unopened: list[StoreError] = field(default_factory=list)  # sites of which nobody knows what they hold


def index_path(config: Config) -> Path:
    """Return where the archive's search index lies."""
    return Path(config.archive) / ".scraper" / NAME


class _Gone(Value, frozen=True):
    """An article that is indexed and not held any more."""

    site: str
    key: str


class _Unopened(Value, frozen=True):
    """A site whose state cannot be read, or not to its end."""

    error: StoreError


class _Whole(Value, frozen=True):
    """A site that is taken in whole, up to the event that its state's mark is of."""

    site: str
    mark: str


_Change: TypeAlias = "Prepared | StoreError | _Gone | _Unopened | _Whole"


def _changes(index: SearchIndex, site: Site, held: Iterable[HeldText], archive: Path) -> Iterator[_Change]:
    """Yield what of a site's part is to be put and what is to be removed, and what cannot be read."""
    gone: list[str] = []
    yield from _made(site.name, changes_of(site, held, index.versions(site.name), gone), archive)
    yield from (_Gone(site.name, key) for key in gone)


def _written(index: SearchIndex, changes: Iterator[_Change], advance: Callable[[], None]) -> Indexed:
    """Write changes, of however many sites, by the batch: each transaction waits for the disk."""
    done = Indexed()
    for batch in _batches(changes):
        with index.transaction():
            for change in batch:
                match change:
                    case _Gone(site=site, key=key):
                        done.removed += index.remove(site, key)
                        continue
                    case _Unopened(error=error):
                        done.unopened.append(error)
                        continue
                    case _Whole(site=site, mark=mark):
                        index.put_mark(site, mark)
                        continue
                    case StoreError():
                        done.unreadable.append(change)
                    case _:
                        index.put_prepared(change)
                        done.put += 1
                advance()
    return done


def _batches(changes: Iterator[_Change]) -> Iterator[list[_Change]]:
    """Yield changes by the batch. What was gathered before an error comes before it."""
    batch: list[_Change] = []
    try:
        for change in changes:
            batch.append(change)
            if len(batch) == _BATCH:
                yield batch
                batch = []
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _made(site: str, pieces: Iterator[IndexedArticle], archive: Path) -> Iterator[Prepared | StoreError]:
    """Yield each article of a site prepared for the index, on all cores where there are many."""
    first = next(pieces, None)
    if first is None:
        return
    work = _Preparing(archive, site)
    yield from (made for _, made in spread(work, chain([first], pieces), few=_HERE))


def rebuild(
    config: Config,
    *,
    advance: Callable[[], None] = lambda: None,
) -> Indexed:
    """Make the index anew beside the old one, which serves until it is whole.

    A site whose state cannot be read is not in it. Raises StoreError where that is all of them, or where it
    cannot be written; the old index then stays.
    """
    path = index_path(config)
    fresh = path.with_name(f"{NAME}.unfinished")
    names = {site.name for site in config.sites}
    try:
        fresh.unlink(missing_ok=True)
        with closing(open_index(fresh)) as index:
            done = _written(index, _changes_of_sites(config, index, names, None), advance)
            if names and len(done.unopened) == len(names):
                raise done.unopened[0]
            index.optimize()
        fresh.replace(path)
        path.with_name(f"{NAME}-journal").unlink(missing_ok=True)
    except OSError as error:
        msg = say("search: {path}: {strerror}", path=path, strerror=error.strerror)
        raise StoreError(msg) from error
    finally:
        fresh.unlink(missing_ok=True)
    return done


def changes_of(
    site: Site, held: Iterable[HeldText], there: Iterator[tuple[str, str]], gone: list[str]
) -> Iterator[IndexedArticle]:
    """Yield the articles that are not indexed as they are now; add to `gone` what is not held any more.

    What is held and what is indexed both come by key, so that neither needs to be there as a whole.
    """
    indexed_key, version = next(there, _END)
    for known in held:
        while indexed_key is not None and indexed_key < known.key:
            gone.append(indexed_key)
            indexed_key, version = next(there, _END)
        if indexed_key != known.key or version != _version(site, known):
            yield indexed(site, known)
        if indexed_key == known.key:
            indexed_key, version = next(there, _END)
    while indexed_key is not None:
        gone.append(indexed_key)
        indexed_key, version = next(there, _END)


def _version(site: Site, known: HeldText) -> str:
    """Return what is another one whenever the index is to say something else of an article."""
    published = known.published.astimezone(site.timezone).isoformat()
    said = (known.article_digest, known.path, known.title, known.channel, published)
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def indexed(site: Site, known: HeldText) -> IndexedArticle:
    """Return a held article as the index has it."""
    return IndexedArticle(
        site=site.name,
        key=known.key,
        url=known.url,
        urlname=urls.urlname(known.url),
        title=known.title or known.url,
        published=known.published.astimezone(site.timezone),
        path=known.path,
        channel=known.channel,
        version=_version(site, known),
    )


class _Preparing:
    """Reads the documents of a site and prepares them for the index. Is sent to a worker as it is made."""

    def __init__(self, archive: Path, site: str) -> None:
        self._archive = archive
        self._site = site

    @cached_property
    def _documents(self) -> DocumentStore:
        return documents_of(self._archive, self._site)

    def __call__(self, article: IndexedArticle) -> Prepared | StoreError:
        try:
            text = self._documents.read(article.path)
        except StoreError as error:
            return error
        if text is None:
            msg = say("cannot read: {value}: the document is missing", value=self._archive / article.path)
            return StoreError(msg)
        from scraper.writer.markdown_reader import body_of, plain_text  # noqa: PLC0415 - 15 ms: a run that finds nothing reads none

        return prepare(article, plain_text(body_of(text)))


def refresh_sites(
    config: Config, names: Collection[str], *, changed: Collection[str] | None = None
) -> Indexed:
    """Bring the parts of these sites up to date, but of those whose state cannot be read.

    Raises StoreError where the index cannot be written.

    `changed`: the sites of which something is known to have changed; of the others only the numbers of
    articles and of events are compared. None: any of them may have.
    """
    with open_index(index_path(config)) as index:
        return _written(index, _changes_of_sites(config, index, names, changed), lambda: None)


def _changes_of_sites(
    config: Config, index: SearchIndex, names: Collection[str], changed: Collection[str] | None
) -> Iterator[_Change]:
    archive, marks = Path(config.archive), index.marks()
    for number, site in enumerate(site for site in config.sites if site.name in names):
        if number == 0:
            enter(config, now=clock(config), new=False)
        may_differ = changed is None or site.name in changed
        there = -1 if may_differ else index.count(site.name)
        try:
            with view_state(archive, site.name) as state:
                mark = state.events.mark(site.name)  # before the articles: what comes meanwhile comes again
                is_same = marks.get(site.name) == mark
                if is_same and there >= 0 and state.counts.standing(site.name).articles == there:
                    continue
                whole = True
                for change in _changes(index, site, state.holdings.texts(site.name), archive):
                    whole = whole and not isinstance(change, StoreError)
                    yield change
                if whole and not is_same:
                    yield _Whole(site.name, mark)
        except StoreError as error:
            yield _Unopened(error)
