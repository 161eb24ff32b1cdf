"""A site's archive held against itself: captures, state and documents, the documents on all cores.

Takes no lock and writes nothing. A run that is at work meanwhile does no harm: what it appends is the tail,
and a document that looks wrong is looked at once more, by what the state says then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import extractor, writer
from scraper.app.archive import shelf_of
from scraper.app.cores import spread
from scraper.app.looking import state_of
from scraper.errors import ArchiveError, StoreError
from scraper.pipeline.rebuild import Job, reread
from scraper.review.reconciling import Damage, Reconciling
from scraper.stores.documents import DocumentStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from scraper.config import Config
    from scraper.known import Known
    from scraper.model import Article, Site
    from scraper.pipeline.progress import Progress
    from scraper.stores.state import State

_STATE = ".scraper/state.sqlite3"


@dataclass(slots=True, kw_only=True)
class Verified:
    """What was found of one site."""

    captures: int = 0  # that are whole
    tail: int = 0  # of these: not yet in the state, behind all that are
    documents: int = 0  # that should be there
    damaged: list[Damage] = field(default_factory=list)

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
            "damaged": damaged,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found wrong with one document; nothing, where it is as it should be."""

    known: Known
    wrong: tuple[str, ...]


def verify(site: Site, config: Config, *, render: bool, progress: Progress) -> Iterator[Damage | Verified]:
    """Yield each damage as it is found, and at the end what was found in all.

    `render`: each document is also read as its reader sees it, and held against what its page shows.
    """
    found = Verified()
    try:
        with state_of(config) as state:
            for damage in _damages(site, state, config, found, render=render, progress=progress):
                found.damaged.append(damage)
                yield damage
    except StoreError as error:
        damage = Damage(file=_STATE, what=str(error))
        found.damaged.append(damage)
        yield damage
    yield found


def _damages(
    site: Site, state: State, config: Config, found: Verified, *, render: bool, progress: Progress
) -> Iterator[Damage]:
    archive = Path(config.archive)
    shelf = Reconciling(site=site, state=state, shelf=shelf_of(archive))
    progress.waiting(site.name, state.counts.standing(site.name).articles, 0)
    yield from shelf.damages(lambda number: progress.listing(site.name, "captures", number, None))
    found.captures, found.tail = shelf.captures, shelf.tail
    if found.captures and not (archive / _STATE).exists():
        yield Damage(file=_STATE, what="the file is missing: the next run makes it again from the captures")
    suspects = []
    for one in _examined(site, state.articles.held(site.name), archive, render=render):
        found.documents += 1
        progress.article(site.name, "damaged" if one.wrong else "sound")
        if one.wrong:
            suspects.append(one.known)
    yield from _again(site, suspects, config, render=render)


def _examined(site: Site, held: Iterable[Known], archive: Path, *, render: bool) -> Iterator[Examined]:
    work = partial(examine, site=site, archive=archive, render=render)
    yield from (examined for _, examined in spread(work, held))


def _again(site: Site, suspects: Iterable[Known], config: Config, *, render: bool) -> Iterator[Damage]:
    """Look at what seemed wrong once more: a run may have revised the document meanwhile."""
    with state_of(config) as state:
        today = [state.articles.get(site.name, known.key) or known for known in suspects]
    for one in _examined(site, today, Path(config.archive), render=render):
        yield from (Damage(file=str(one.known.path), what=what) for what in one.wrong)


# ── one document, in a worker ─────────────────────────────────────────────────────────────────────────────


def examine(known: Known, *, site: Site, archive: Path, render: bool) -> Examined:
    """Hold one document against what its capture gives today."""
    nothing = Examined(known=known, wrong=())
    try:
        data = None if known.path is None else DocumentStore(archive).read_file(known.path)
    except StoreError as error:
        return replace(nothing, wrong=(str(error),))
    if data is None:
        return replace(nothing, wrong=("the document is missing",))
    if known.capture is None:  # taken over from an older archive: there is nothing to hold it against
        return nothing
    try:
        job = Job(known=known, ref=known.capture)
        article, document, _ = reread(job, site, shelf_of(archive).read)
    except ArchiveError as error:
        return replace(nothing, wrong=(f"its capture gives no document: {error.kind}: {error}",))
    wrong = list(_change(known, data, document.text.encode("utf-8")))
    if render:
        wrong += _losses(article, data)
    return replace(nothing, wrong=tuple(wrong))


def _change(known: Known, there: bytes, today: bytes) -> Iterator[str]:
    if there == today:
        return
    lines, expected = there.split(b"\n"), today.split(b"\n")
    same = next(
        (at for at, (one, other) in enumerate(zip(lines, expected, strict=False)) if one != other), None
    )
    where = f"line {min(len(lines), len(expected)) + 1 if same is None else same + 1}"
    older = known.extractor is not None and known.extractor != extractor.VERSION
    why = (
        f" (version {known.extractor} made it, this is {extractor.VERSION}: see `reextract`)" if older else ""
    )
    yield f"the document was changed: {where} is not what its capture gives{why}"


def _losses(article: Article, data: bytes) -> Iterator[str]:
    """Tell what a reader of the document does not see of the page."""
    body = data.decode("utf-8", "replace").removeprefix("---\n").partition("\n---\n")[2]
    lost = writer.loss_of(article.shown, body)
    counts = {"characters": lost.characters, "pictures": lost.images, "links": lost.links}
    said = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    if said:
        yield f"the document says less than its page; missing: {said}"
