"""A folder of older documents taken over: read on all cores, each handed to the site that it belongs to."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from scraper import line_differences
from scraper.adoption.defects import mended
from scraper.adoption.reading import OldDocument, Unfit, read
from scraper.app.archive_view import writing
from scraper.app.machine import clock
from scraper.app.sites import configured_site
from scraper.errors import UsageError
from scraper.ingest.adoption import Adopter, Candidate
from scraper.messages import Message, say
from scraper.parallel import spread
from scraper.stores.disk import read_small
from scraper.text import whole
from scraper.values import Value, field
from scraper.writer.markdown_reader import body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.config import Config
    from scraper.ingest.adoption import Adoption
    from scraper.model import Site
    from scraper.stores.opening import SiteContext

_BATCH: Final = 1_000  # documents of a transaction
_KINDS: Final = (".md", ".markdown")


class Problem(NamedTuple):
    """A file, and what is wrong with it."""

    file: str
    why: Message


class Adopted(Value, kw_only=True):
    """What became of a folder."""

    adopted: int = 0
    known: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)  # why each of the rejected was
    damaged: list[Problem] = field(default_factory=list)  # adopted as they are, and could be mended
    mended: int = 0
    sites: set[str] = field(default_factory=set)  # that documents came to

    def reject(self, file: str, why: Message) -> None:
        """Note that a file is not taken over."""
        self.rejected += 1
        self.problems.append(Problem(file, why))


class Choices(Value, frozen=True, kw_only=True):
    """How a folder is taken over."""

    only: Site | None = None  # None: every site of the config
    repair: bool = False
    by_pattern: bool = False
    refetch: bool = False
    dry: bool = False


class _Read(NamedTuple):
    file: Path
    found: OldDocument | Unfit


def files_of(folder: Path) -> list[Path]:
    """Return the documents of a folder and those below it, in the order of their names; no hidden ones.

    Symbolic links are not followed. Raises UsageError where there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(say("adopt: {folder}: there is no such folder", folder=str(folder)))
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise UsageError(
            say("adopt: {folder}: {error}", folder=str(error.filename), error=error.strerror or str(error))
        ) from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(place, name)
            for name in sorted(names)
            if name.lower().endswith(_KINDS) and not name.startswith(".")
        ]
    return found


def adopt(
    folder: Path,
    files: Iterable[Path],
    config: Config,
    choices: Choices,
    *,
    show: Callable[[str], None],
    advance: Callable[[], None] = lambda: None,
) -> Adopted:
    """Take over the documents of a folder.

    `show` is given the difference of each that is mended, before it is. Where two are of one article, a whole
    one is taken before a damaged one, then the first by name. Raises Locked, NoRoom.
    """
    report = Adopted()
    with ExitStack() as stack:
        taking = _Taking(config=config, folder=folder, choices=choices, report=report, show=show, stack=stack)
        damaged: list[_Read] = []
        for file, found in spread(_read, files, lost=_lost):
            advance()
            if isinstance(found, OldDocument) and found.damages:
                damaged.append(_Read(file, found))
            else:
                taking.add(_Read(file, found))
        for one in damaged:
            taking.add(one)
        taking.finish()
    report.problems.sort()
    return report


def _lost(_file: Path, why: str) -> Unfit:
    """Return what is told of a file that ended the process that read it."""
    return Unfit(why=say("it cannot be read: {error}", error=why))


def _read(file: Path) -> OldDocument | Unfit:
    """Read one file. Runs in a worker."""
    try:
        if whole(str(file)) != str(file):
            return Unfit(why=say("its name is no UTF-8"))
        if file.is_symlink():
            return Unfit(why=say("it is a symbolic link"))
        return read(read_small(file))
    except OSError as error:
        return Unfit(why=say("it cannot be read: {error}", error=error.strerror or str(error)))
    except Exception as error:  # noqa: BLE001 - one file's error ends nothing else
        return Unfit(why=say("it cannot be read: {error}", error=f"{type(error).__name__}: {error}"))


class _Desk(Value, kw_only=True):
    """One site's stores, who takes documents into them, and those that wait for the next transaction."""

    stores: SiteContext
    adopter: Adopter
    waiting: list[_Read] = field(default_factory=list)


class _Taking:
    """Hands documents to their sites, a batch in a transaction."""

    def __init__(
        self,
        *,
        config: Config,
        folder: Path,
        choices: Choices,
        report: Adopted,
        show: Callable[[str], None],
        stack: ExitStack,
    ) -> None:
        self._config = config
        self._choices = choices
        self._report = report
        self._show = show
        self._stack = stack
        self._folder = folder
        root, real = Path(config.archive).resolve(), folder.resolve()
        self._within = real.is_relative_to(root)
        self._below = real.relative_to(root) if self._within else Path()
        self._desks: dict[str, _Desk] = {}

    def add(self, one: _Read) -> None:
        """Take the next document in."""
        if isinstance(one.found, Unfit):
            self._report.reject(self._name(one.file), one.found.why)
            return
        site = self._site_of(one.found)
        if isinstance(site, Message):
            self._report.reject(self._name(one.file), site)
            return
        desk = self._desk(site)
        desk.waiting.append(one)
        if len(desk.waiting) >= _BATCH:
            self._flush(desk)

    def finish(self) -> None:
        """Take in what still waits."""
        for desk in self._desks.values():
            self._flush(desk)

    def _site_of(self, document: OldDocument) -> Site | Message:
        site = configured_site(document.url, self._config)
        if site is None:
            return say("unknown site: the config names none that {url} belongs to", url=document.url)
        only = self._choices.only
        if only is not None and site.name != only.name:
            return say("it belongs to the site {site}, not to {only}", site=site.name, only=only.name)
        return site

    def _desk(self, site: Site) -> _Desk:
        if site.name not in self._desks:
            dry = self._choices.dry
            stores = self._stack.enter_context(writing(self._config, site, dry=dry))
            adopter = Adopter(
                site=site,
                state=stores.state,
                documents=stores.documents,
                now=clock(self._config)(),
                by_pattern=self._choices.by_pattern,
                refetch=self._choices.refetch,
                dry=dry,
            )
            self._desks[site.name] = _Desk(stores=stores, adopter=adopter)
        return self._desks[site.name]

    def _flush(self, desk: _Desk) -> None:
        """Hold what waits at a desk: first the files, on the disk, then what is known of them."""
        with desk.stores.state.transaction():
            for one in desk.waiting:
                self._take(desk, one)
            if not self._choices.dry:
                os.sync()  # one for a thousand files: their own would take minutes of a large archive
        desk.waiting.clear()

    def _take(self, desk: _Desk, one: _Read) -> None:
        document, name = cast("OldDocument", one.found), self._name(one.file)
        try:
            data = read_small(one.file)
        except OSError as error:
            self._report.reject(name, say("it cannot be read: {error}", error=error.strerror or str(error)))
            return
        mends = self._choices.repair and bool(document.damages)
        mended_data = _mended(data, document) if mends else data
        place = (self._below / name).as_posix()
        candidate = Candidate(
            file=name, document=document, path=place, data=mended_data, in_place=self._within
        )
        if mends and desk.adopter.is_new(candidate):
            self._show(_difference(name, data, mended_data))
        adoption = desk.adopter.take(candidate)
        self._note(name, document, adoption, mends=mends, site=desk)

    def _note(
        self, name: str, document: OldDocument, adoption: Adoption, *, mends: bool, site: _Desk
    ) -> None:
        report = self._report
        if adoption.why is not None:
            report.reject(name, adoption.why)
        elif adoption.outcome == "known":
            report.known += 1
        else:
            report.adopted += 1
            report.mended += mends
            report.sites.add(site.adopter.site)
            report.damaged += [] if mends else [Problem(name, why) for why in document.damages]

    def _name(self, file: Path) -> str:
        """Return a file as it is told: from the folder that was named."""
        return file.relative_to(self._folder).as_posix()


def _mended(data: bytes, document: OldDocument) -> bytes:
    """Return a document without the defects that are known how to mend; all else of it stays."""
    text = data.decode("utf-8")
    body = body_of(text)
    return (text[: len(text) - len(body)] + mended(body, document.url)).encode("utf-8")


def _difference(name: str, before: bytes, after: bytes) -> str:
    old, new = (data.decode("utf-8").splitlines() for data in (before, after))
    return "\n".join(line_differences.unified(old, new, (f"{name} (before)", f"{name} (after)")))
