"""Names of new documents: synced together by the folder, and brought back where a power cut took them."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from archiving import Archive

from scraper.audit.verification import verify
from scraper.audit.verify_captures import Damage
from scraper.errors import NoRoom, StoreError
from scraper.ingest.unsynced_names import UnsyncedNames
from scraper.progress import Unwatched
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.documents import DocumentStore
from scraper.stores.lock import Lock
from scraper.stores.opening import open_site
from scraper.stores.state.renaming import rename_site
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.article_record import ArticleRecord
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import CaptureRef
    from scraper.stores.opening import SiteContext

CHANNEL = "bcyw"
SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
ARTICLES = 3


class Disk:
    """What of documents is synced: the folders, in their order."""

    def __init__(self, archive: Archive) -> None:
        self.folders: list[Path] = []
        self._inodes = {
            path.stat().st_ino: path.relative_to(archive.root)
            for path in archive.root.rglob("*")
            if path.is_dir()
        }
        self.noted: list[bool] = []
        self.context: SiteContext | None = None

    def sync(self, fd: int) -> None:
        folder = self._inodes.get(os.fstat(fd).st_ino)
        if folder is not None:
            self.folders.append(folder)
            self.noted.append(self.context is not None and is_noted(self.context))


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of a few articles, which ended as it should."""
    world.bulk(CHANNEL, ARTICLES, first=FIRST)
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    assert archive.run().exit_code == 0
    return archive


@pytest.fixture
def disk(archive: Archive) -> Disk:
    return Disk(archive)


@pytest.fixture
def context(archive: Archive, disk: Disk) -> Iterator[SiteContext]:
    """Return the site as the next run opens it, on a disk that tells what is synced."""
    [site] = archive.config.sites
    with open_site(archive.root, site, now=archive.clock) as context:
        disk.context = replace(context, documents=DocumentStore(archive.root, sync=disk.sync))
        yield disk.context


def is_noted(context: SiteContext) -> bool:
    return context.state.notes.get("unsynced", SITE) is not None


def held(context: SiteContext) -> list[ArticleRecord]:
    return list(context.state.articles.held(SITE))


def note(context: SiteContext, known: ArticleRecord) -> None:
    """Leave the state as a run leaves it that ended after this article."""
    assert known.capture is not None
    place = [known.capture.file, known.capture.offset]
    with context.state.transaction():
        context.state.notes.put("unsynced", SITE, place)


def path_of(archive: Archive, known: ArticleRecord) -> Path:
    assert known.path is not None
    return archive.root / known.path


def in_order(context: SiteContext) -> list[tuple[ArticleRecord, CaptureRef]]:
    """Return the articles in the order in which they were fetched, each with its capture."""
    found = [(known, known.capture) for known in held(context) if known.capture is not None]
    return sorted(found, key=lambda one: one[1].offset)


def newest(context: SiteContext) -> ArticleRecord:
    return in_order(context)[-1][0]


def oldest(context: SiteContext) -> ArticleRecord:
    return in_order(context)[0][0]


def test_a_run_that_ended_leaves_no_note(context: SiteContext) -> None:
    assert not is_noted(context)


def test_the_note_stands_until_the_names_are_synced(
    archive: Archive, context: SiteContext, disk: Disk
) -> None:
    known = newest(context)
    assert known.capture is not None
    path = path_of(archive, known)
    text = path.read_bytes()
    path.unlink()
    context.documents.save_file(str(known.path), text, name_later=True)
    names = UnsyncedNames(context)
    names.saved(known.capture)
    assert (disk.folders, is_noted(context)) == ([], True)
    names.settle()
    assert (disk.folders, disk.noted) == ([path.parent.relative_to(archive.root)], [True])
    assert not is_noted(context)


def test_the_note_is_put_down_once_for_many_documents(context: SiteContext) -> None:
    names = UnsyncedNames(context)
    for number, (_, ref) in enumerate(in_order(context)):
        context.documents.save_file(f"{SITE}/{number}.md", b"new", name_later=True)
        names.saved(ref)
    first = oldest(context).capture
    assert first is not None
    assert context.state.notes.get("unsynced", SITE) == [first.file, first.offset]


def test_after_so_many_documents_their_names_are_synced(context: SiteContext, disk: Disk) -> None:
    names, ref = UnsyncedNames(context), oldest(context).capture
    assert ref is not None
    for number in range(64):
        assert disk.folders == []
        context.documents.save_file(f"{SITE}/{number}.md", b"new", name_later=True)
        names.saved(ref)
    assert [str(folder) for folder in disk.folders] == [SITE]
    assert not is_noted(context)


def test_what_a_power_cut_took_is_made_again(archive: Archive, context: SiteContext) -> None:
    known = newest(context)
    text = path_of(archive, known).read_bytes()
    path_of(archive, known).unlink()
    note(context, known)
    assert UnsyncedNames(context).restore() == 1
    assert path_of(archive, known).read_bytes() == text
    assert not is_noted(context)


def test_what_was_there_before_and_is_deleted_stays_so(archive: Archive, context: SiteContext) -> None:
    """Somebody deleted it, it may be on purpose."""
    known = oldest(context)
    path_of(archive, known).unlink()
    note(context, newest(context))
    assert UnsyncedNames(context).restore() == 0
    assert not path_of(archive, known).exists()


def test_what_a_kill_left_is_synced_before_the_note_goes(
    archive: Archive, context: SiteContext, disk: Disk
) -> None:
    """The kill took no name, but the next power cut may."""
    known = newest(context)
    note(context, known)
    assert UnsyncedNames(context).restore() == 0
    leaf = path_of(archive, known).parent.relative_to(archive.root)
    assert disk.folders == [*reversed(leaf.parents[:-1]), leaf]  # who made those was ended, it may be
    assert set(disk.noted) == {True}
    assert not is_noted(context)


def test_a_document_that_a_kill_left_unknown_is_synced_though_its_bytes_are_there(
    archive: Archive, context: SiteContext, disk: Disk
) -> None:
    known = newest(context)
    text = path_of(archive, known).read_bytes()
    assert context.documents.save_file(str(known.path), text, name_later=True) is False
    context.documents.sync_names()
    assert disk.folders == [path_of(archive, known).parent.relative_to(archive.root)]


def test_a_document_in_the_place_of_another_has_its_name_at_once(
    archive: Archive, context: SiteContext, disk: Disk
) -> None:
    """No power cut brings the older one back, which nobody could tell from one that was changed by hand."""
    known = newest(context)
    context.documents.save_file(str(known.path), b"revised", name_later=True)
    assert disk.folders == [path_of(archive, known).parent.relative_to(archive.root)]
    assert context.documents.unsynced.count == 0


@pytest.mark.parametrize("offset", ["odd", 2**63, -1, None])
def test_a_note_that_says_no_place_means_all(archive: Archive, context: SiteContext, offset: object) -> None:
    known = oldest(context)
    assert known.capture is not None
    odd = {"odd": 1} if offset is None else [known.capture.file, offset]
    path_of(archive, known).unlink()
    with context.state.transaction():
        context.state.notes.put("unsynced", SITE, odd)
    assert UnsyncedNames(context).restore() == 1


@pytest.mark.parametrize("file_instead", [False, True])
def test_a_folder_that_was_taken_away_needs_no_sync(
    archive: Archive, context: SiteContext, *, file_instead: bool
) -> None:
    context.documents.save_file(f"{SITE}/new/a.md", b"new", name_later=True)
    (archive.root / SITE / "new" / "a.md").unlink()
    (archive.root / SITE / "new").rmdir()
    if file_instead:
        (archive.root / SITE / "new").write_text("")
    context.documents.sync_names()
    assert context.documents.unsynced.count == 0


@pytest.mark.parametrize("later", [True, False])
def test_a_new_folders_own_name_is_synced_when_its_documents_is(archive: Archive, *, later: bool) -> None:
    synced: set[str] = set()

    def sync(fd: int) -> None:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        if path.is_dir():
            synced.add(str(path.relative_to(archive.root)))

    store = DocumentStore(archive.root, sync=sync)
    store.save_file(f"{SITE}/new/er/a.md", b"new", name_later=later)
    assert bool(synced) is not later
    store.sync_names()
    assert synced == {SITE, f"{SITE}/new", f"{SITE}/new/er"}


def folders_synced(root: Path, synced: set[str]) -> Callable[[int], None]:
    """Return a sync that notes of which folders it is asked."""

    def sync(fd: int) -> None:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        if path.is_dir():
            synced.add(path.relative_to(root).as_posix())

    return sync


def test_a_new_folder_whose_document_could_not_be_written_has_its_name_at_once(tmp_path: Path) -> None:
    """The next to write there finds the folder, and does not know since when it is there."""
    synced: set[str] = set()

    def full(_: int, __: memoryview) -> int:
        raise OSError(errno.ENOSPC, "full")

    store = DocumentStore(tmp_path, write=full, sync=folders_synced(tmp_path, synced))
    with pytest.raises(NoRoom):
        store.save_file(f"{SITE}/new/a.md", b"new", name_later=True)
    assert (tmp_path / SITE / "new").is_dir()
    assert synced == {".", SITE}


def test_after_a_dead_run_every_name_is_synced_that_it_gave(tmp_path: Path) -> None:
    """A picture, or a document in place of another, that is there is not written again, nor synced."""
    synced: set[str] = set()
    DocumentStore(tmp_path).save_file(f"{SITE}/pictures/a.png", b"picture")
    store = DocumentStore(tmp_path, sync=folders_synced(tmp_path, synced))
    store.clear_leftovers(SITE)
    assert synced == {".", SITE, f"{SITE}/pictures"}


def test_what_a_dead_run_left_is_not_forgotten_by_whoever_could_not_mend_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    [site] = archive.config.sites
    leftover = archive.root / SITE / ".0123456789abcdef.unfinished"
    leftover.write_text("half")
    lock = ArchiveFolder(archive.root).lock(SITE)
    lock.write_text("process 1 on here since yesterday")
    with Lock(lock, now=archive.clock):  # one that only renames the site, or ships it
        pass
    with monkeypatch.context() as broken:
        broken.setattr("scraper.stores.opening.open_state", wrong_state)
        with pytest.raises(StoreError), open_site(archive.root, site, now=archive.clock):
            pass
    assert leftover.exists()
    with open_site(archive.root, site, now=archive.clock):
        assert not leftover.exists()
    assert lock.read_text() == ""


def wrong_state(path: Path) -> NoReturn:
    msg = f"{path} cannot be read"
    raise StoreError(msg)


def test_verify_says_of_a_document_that_the_next_run_makes_it_again(
    archive: Archive, context: SiteContext
) -> None:
    [site] = archive.config.sites
    gone, taken = oldest(context), newest(context)
    path_of(archive, gone).unlink()
    path_of(archive, taken).unlink()
    note(context, taken)
    found = verify(site, archive.root, render=False, progress=Unwatched())
    assert {one.file: one.what for one in found if isinstance(one, Damage)} == {
        gone.path: "the document is missing",
        taken.path: "the document is missing: the next run makes it again",
    }


def test_a_picture_in_a_folder_that_was_made_for_a_document_has_its_name_at_once(tmp_path: Path) -> None:
    """Nobody looks for pictures that a power cut took."""
    synced: set[str] = set()
    store = DocumentStore(tmp_path, sync=folders_synced(tmp_path, synced))
    store.save_file(f"{SITE}/2025/a.md", b"new", name_later=True)
    assert synced == set()
    store.save_file(f"{SITE}/pictures/a.png", b"picture")
    assert synced == {".", SITE, f"{SITE}/pictures"}


def test_what_a_power_cut_took_is_made_again_though_its_site_is_renamed_meanwhile(
    archive: Archive, context: SiteContext
) -> None:
    known = newest(context)
    path_of(archive, known).unlink()
    note(context, known)
    rename_site(context.state, SITE, "north")
    renamed = replace(context, site=replace(context.site, name="north"))
    assert UnsyncedNames(renamed).restore() == 1
    assert path_of(archive, known).exists()


def test_what_a_dead_run_left_under_a_sites_former_name_is_cleared(archive: Archive) -> None:
    [site] = archive.config.sites
    leftover = archive.root / "former" / ".0123456789abcdef.unfinished"
    leftover.parent.mkdir()
    leftover.write_text("half")
    ArchiveFolder(archive.root).lock(SITE).write_text("process 1 on here since yesterday")
    with open_site(archive.root, replace(site, former="former"), now=archive.clock):
        assert not leftover.exists()
