"""A site's archive held against itself: captures, state, documents and pictures, the documents on all cores.

Takes no lock and writes nothing. A run that is at work meanwhile does no harm: what it appends is the tail,
and a document that looks wrong is looked at once more, by what the state says then.
"""

from __future__ import annotations

from collections import Counter
from functools import partial, reduce
from hashlib import sha256
from typing import TYPE_CHECKING

from scraper import extractor, writer
from scraper.article_record import ADOPTED
from scraper.audit.verify_captures import Damage, Reconciling, damage_of
from scraper.errors import ArchiveError, ProgramError, StateTooNew, StoreError, TooCostly
from scraper.ingest.reextract import job_of, reread
from scraper.ingest.unsynced_names import keys_since_note
from scraper.messages import say
from scraper.parallel import NOTHING_ELSE, spread
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import OfSite, captures_of, documents_of, view_state
from scraper.stores.state import odd_in
from scraper.stores.warc_reader import Damaged
from scraper.urls import Url
from scraper.values import Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from scraper.article_record import ArticleRecord
    from scraper.ingest.reextract import Job
    from scraper.model import EmbeddedPicture, LeftOut, Shown, Site
    from scraper.progress import Progress
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State
    from scraper.stores.state.type_check import OddColumn


class Verified(Value, kw_only=True):
    """What was found of one site."""

    captures: int = 0  # that are whole
    tail: int = 0  # of these: not yet in the state, behind all that are
    documents: int = 0  # that should be there
    pictures: int = 0  # and files, that should be there
    outdated: int = 0  # documents that are as they were written, and would be written otherwise today
    accepted: int = 0  # damage that is known and not told again
    damaged: list[Damage] = field(default_factory=list)
    errors: list[ProgramError] = field(default_factory=list)  # of the program itself: no damage
    left_out: Counter[str] = field(default_factory=Counter)  # of the pages, by rule, where it was asked for

    def to_json(self) -> dict[str, Any]:
        """Return it as `--json` has it; an offset stands where there is one."""
        damaged = [
            {"file": one.file, "what": one.what} | ({} if one.offset is None else {"offset": one.offset})
            for one in self.damaged
        ]
        return {
            "captures": self.captures,
            "tail": self.tail,
            "documents": self.documents,
            "pictures": self.pictures,
            "accepted": self.accepted,
            "outdated": self.outdated,
            "damaged": damaged,
            **({"left_out": dict(self.left_out)} if self.left_out else {}),
        }


class Piece(Value, frozen=True, kw_only=True):
    """One document to be examined."""

    known: ArticleRecord
    job: Job | None  # what gives the document today; None: nothing to hold it against, or not yet
    comes_back: bool = False  # should it be missing: a power cut may have taken its name


class Examined(Value, frozen=True, kw_only=True):
    """What was found wrong with one document; nothing, where it is as it should be."""

    known: ArticleRecord
    wrong: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()  # of its page, by rule; asked for with `render` alone
    outdated: bool = False  # it is as it was written, by another config or version
    error: ProgramError | None = None  # of the program itself, which says nothing of the document


def verify(site: Site, archive: Path, *, render: bool, progress: Progress) -> Iterator[Damage | Verified]:
    """Yield each damage as it is found, and at the end what was found in all.

    `render`: each document is also read as its reader sees it, and held against what its page shows.
    """
    found = Verified()
    try:
        with view_state(archive, site.name) as state:
            for damage in _damages(site, state, archive, found, render=render, progress=progress):
                found.damaged.append(damage)
                yield damage
    except StateTooNew:
        raise
    except StoreError as error:
        file = _state_file(archive, site)
        for damage in (Damage(file=file, what=error.said), *_alone(site, archive, found)):
            found.damaged.append(damage)
            yield damage
    yield found


def _state_file(archive: Path, site: Site) -> str:
    folder = ArchiveFolder(archive)
    return folder.told(folder.state(site.name))


def _alone(site: Site, archive: Path, found: Verified) -> Iterator[Damage]:
    """Tell what is wrong with the captures where no state says which there should be."""
    found.captures = 0
    for one in captures_of(archive, site.name).verify():
        if isinstance(one, Damaged):
            yield damage_of(site.name, one, one.what)
        else:
            found.captures += one.capture is not None


def _damages(
    site: Site, state: State, archive: Path, found: Verified, *, render: bool, progress: Progress
) -> Iterator[Damage]:
    """Yield the damage that nobody has accepted."""
    known = state.losses.accepted(site.name)
    for damage in _every_damage(site, state, archive, found, render=render, progress=progress):
        if (damage.file, damage.offset, damage.what) in known:
            found.accepted += 1
        else:
            yield damage


def _lost(site: Site, state: State) -> Iterator[Damage]:
    """Tell of the captures that were seen to be lost before."""
    for loss in state.losses.all(site.name):
        since = f"{loss.found.astimezone(site.timezone):%F}"
        then = (
            "the next run fetches it again"
            if loss.fate is None
            else "nobody has it any more (`repair --accept` takes that as known)"
        )
        what = f"the capture of {loss.entry.url} is lost since {since}: {then}"
        yield damage_of(site.name, loss.entry.ref, what)


def _every_damage(
    site: Site, state: State, archive: Path, found: Verified, *, render: bool, progress: Progress
) -> Iterator[Damage]:
    shelf = Reconciling(site=site, state=state, shelf=captures_of(archive, site.name))
    progress.waiting(site.name, state.counts.standing(site.name).articles, 0)
    seen: list[Damage | None] = []
    meanwhile = map(seen.append, _shelf_looked_at(shelf, site, progress))
    suspects = []
    pieces = _pieces(site, state.articles.held(site.name), state)
    for one in _examined(site, pieces, archive, render=render, meanwhile=meanwhile):
        yield from _taken(seen)
        _count(one, found)
        progress.article(site.name, "damaged" if one.wrong else "sound")
        if one.wrong:
            suspects.append(one.known)
    for _ in meanwhile:
        yield from _taken(seen)
    found.captures, found.tail = shelf.captures, shelf.tail
    yield from _lost(site, state)
    if found.captures and not ArchiveFolder(archive).state(site.name).exists():
        what = say("the file is missing: the next run makes it again from the captures")
        yield Damage(file=_state_file(archive, site), what=what)
    yield from _again(site, suspects, archive, render=render)
    for _ in state.articles.unheld(site.name):
        pass  # the others were read: what of them cannot be is known
    yield from _damaged_rows(site, state, archive)
    for path, digest in state.assets.files(site.name):
        found.pictures += 1
        yield from _damaged_file(site, path, digest, archive)


def _shelf_looked_at(shelf: Reconciling, site: Site, progress: Progress) -> Iterator[Damage | None]:
    """Yield what `shelf` does, while somebody hears how far it has come."""
    for damage in shelf.damages():
        progress.listing(site.name, "captures", shelf.captures, None)
        yield damage


def _taken(seen: list[Damage | None]) -> Iterator[Damage]:
    """Yield the damage that was seen meanwhile, and forget it."""
    yield from filter(None, seen)
    seen.clear()


def _count(one: Examined, found: Verified) -> None:
    """Add a document to what was found in all."""
    found.documents += 1
    found.outdated += one.outdated
    found.left_out.update({rule.what: rule.count for rule in one.left_out})
    found.errors += () if one.error is None else (one.error,)


def _damaged_rows(site: Site, state: State, archive: Path) -> Iterator[Damage]:
    """Tell which rows of the state, of all that were read, hold what cannot be."""
    for (_, key), why in state.articles.damaged.items():
        yield Damage(file=_state_file(archive, site), what=say("the article {key}: {why}", key=key, why=why))
    for (file, offset), why in state.captures.damaged.items():
        what = say("the capture {file} at {offset}: {why}", file=file, offset=offset, why=why)
        yield Damage(file=_state_file(archive, site), what=what)
    told = {
        *(["article"] if state.articles.damaged else []),
        *(["capture"] if state.captures.damaged else []),
    }
    for odd in odd_in(ArchiveFolder(archive).state(site.name)):
        if odd.table not in told:
            yield Damage(file=_state_file(archive, site), what=_told_odd(odd))


def _told_odd(odd: OddColumn) -> str:
    where = {"rows": odd.rows, "table": odd.table, "name": odd.name}
    if odd.is_text:
        return say("{rows} rows of the table {table} hold a text that is no UTF-8 in {name}", **where)
    return say("{rows} rows of the table {table} hold another type in {name}", **where)


def _damaged_file(site: Site, path: str, digest: str, archive: Path) -> Iterator[Damage]:
    """Tell what is wrong with the file of a picture."""
    try:
        data = documents_of(archive, site.name).read_file(path)
    except StoreError as error:
        yield Damage(file=path, what=error.said)
        return
    if data is None:
        yield Damage(file=path, what=say("the picture is missing: `reextract` puts it back"))
    elif sha256(data).hexdigest() != digest:
        yield Damage(file=path, what=say("the picture does not have its digest: `reextract` puts it back"))


def _pieces(site: Site, held: Iterable[ArticleRecord], state: State) -> Iterator[Piece]:
    """Yield what is to be examined. A document that has yet to follow its pictures is the next run's."""
    stale = frozenset(state.assets.stale(site.name))
    unsynced = frozenset(keys_since_note(state, site.name))
    for known in held:
        ref = None if known.key in stale else known.capture
        yield Piece(
            known=known,
            job=None if ref is None else job_of(known, ref, site, state),
            comes_back=known.key in unsynced and known.capture is not None,
        )


def _examined(
    site: Site,
    pieces: Iterable[Piece],
    archive: Path,
    *,
    render: bool,
    meanwhile: Iterator[object] = NOTHING_ELSE,
) -> Iterator[Examined]:
    """Yield what was found of each document; `meanwhile` as `parallel.spread` has it."""
    work = partial(examine, site=site, stores=OfSite(archive, site.name), render=render)
    yield from (examined for _, examined in spread(work, pieces, lost=_unread, meanwhile=meanwhile))


def _unread(piece: Piece, why: str) -> Examined:
    """Return what is told of a document whose page ended the process that read it."""
    said = say("its capture gives no document: {kind}: {said}", kind=TooCostly.__name__, said=why)
    return Examined(known=piece.known, wrong=(said,))


def _again(site: Site, suspects: Iterable[ArticleRecord], archive: Path, *, render: bool) -> Iterator[Damage]:
    """Look at what seemed wrong once more: a run may have revised the document meanwhile."""
    with view_state(archive, site.name) as state:
        known = (state.articles.get(site.name, suspect.key) or suspect for suspect in suspects)
        today = list(_pieces(site, known, state))
    for one in _examined(site, today, archive, render=render):
        yield from (Damage(file=str(one.known.path), what=what) for what in one.wrong)


# ── one document, in a worker ─────────────────────────────────────────────────────────────────────────────


def examine(piece: Piece, *, site: Site, stores: OfSite, render: bool) -> Examined:
    """Hold one document against what its capture gives today."""
    known = piece.known
    nothing = Examined(known=known, wrong=())
    try:
        data = None if known.path is None else stores.documents.read_file(known.path)
    except StoreError as error:
        return replace(nothing, wrong=(error.said,))
    if data is None:
        missing = say("the document is missing")
        again = say("the document is missing: the next run makes it again")
        return replace(nothing, wrong=(again if piece.comes_back else missing,))
    if known.origin == ADOPTED and known.capture is None:
        same = sha256(data).hexdigest() == known.article_digest
        return (
            nothing
            if same
            else replace(nothing, wrong=(say("the document was changed since it was adopted"),))
        )
    if piece.job is None:  # its pictures came, and it has yet to follow
        return nothing
    try:
        article, document, _ = reread(piece.job, site, stores.captures.read)
    except ArchiveError as error:
        said = say("its capture gives no document: {kind}: {said}", kind=error.kind, said=error.said)
        return replace(
            nothing, **({"error": error} if isinstance(error, ProgramError) else {"wrong": (said,)})
        )
    outdated = data != document.text.encode("utf-8") and _is_as_written(known, data)
    wrong = [] if outdated else list(_change(known, data, document.text.encode("utf-8")))
    wrong += _lost_pictures(article.embedded, stores.documents)
    wrong += _losses(_as_linked(article.shown, piece.job), data) if render else ()
    left_out = article.left_out if render else ()
    return replace(nothing, wrong=tuple(wrong), left_out=left_out, outdated=outdated)


def _is_as_written(known: ArticleRecord, there: bytes) -> bool:
    """Say whether nobody changed a document since the program wrote it."""
    return known.document_digest == sha256(there).hexdigest()


def _lost_pictures(pictures: Iterable[EmbeddedPicture], documents: DocumentStore) -> Iterator[str]:
    """Tell which pictures that the page itself holds have no file, or another one."""
    for picture in pictures:
        path = picture.address.lstrip("/")
        if documents.read_file(path) != picture.data:
            yield say("its picture {path} is missing or changed: `reextract` puts it back", path=path)


def _change(known: ArticleRecord, there: bytes, today: bytes) -> Iterator[str]:
    if there == today:
        return
    lines, expected = there.split(b"\n"), today.split(b"\n")
    same = next(
        (at for at, (one, other) in enumerate(zip(lines, expected, strict=False)) if one != other), None
    )
    number = min(len(lines), len(expected)) + 1 if same is None else same + 1
    older = known.extractor is not None and known.extractor != extractor.VERSION
    made, now = known.extractor, extractor.VERSION
    why = (
        say(" (version {made} made it, this is {now}: see `reextract`)", made=made, now=now) if older else ""
    )
    yield say(
        "the document was changed: line {number} is not what its capture gives{why}", number=number, why=why
    )


def _as_linked(shown: Shown, job: Job) -> Shown:
    """Return what a page shows, pictures where the archive has them, those gone left out."""
    images = (job.assets.get(url, url) for url in shown.images)
    links = tuple(job.assets.get(Url(link)) or link for link in shown.links)
    return replace(shown, images=tuple(Url(url) for url in images if url is not None), links=links)


def _losses(shown: Shown, data: bytes) -> Iterator[str]:
    """Tell what a reader of the document does not see of the page."""
    body = data.decode("utf-8", "replace").removeprefix("---\n").partition("\n---\n")[2]
    lost = writer.loss_of(shown, body)
    missing = [
        *([say("characters {count}", count=lost.characters)] if lost.characters else []),
        *([say("pictures {count}", count=lost.images)] if lost.images else []),
        *([say("links {count}", count=lost.links)] if lost.links else []),
    ]
    if missing:
        said = reduce(lambda one, other: say("{one}, {other}", one=one, other=other), missing)
        yield say("the document says less than its page; missing: {said}", said=said)
