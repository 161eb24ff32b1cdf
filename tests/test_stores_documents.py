from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import NoRoom, StoreError
from scraper.model import Document
from scraper.stores import documents
from scraper.stores.documents import DocumentStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "nankai/2026/03/0123456789abcdef.md"


KILLED = """
import os, sys
from pathlib import Path
from scraper.model import Document
from scraper.stores.documents import DocumentStore
store = DocumentStore(Path(sys.argv[1]), sync=lambda _: os._exit(0))
store.save(Document(path="a.md", text="half of it"))
"""


def document(text: str = "---\ntitle: 植树\n---\n\n正文\r\n\u3000\u3000完\n", path: str = PATH) -> Document:
    """Return an invented document."""
    return Document(path=path, text=text)


def files(root: Path) -> list[str]:
    """Return every file under a folder."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def full_disk(_: int, __: memoryview) -> int:
    """Write as on a disk without room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_document_is_written_byte_for_byte(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "archive")
    assert store.save(document()) is True
    assert (tmp_path / "archive" / PATH).read_bytes() == document().text.encode()
    assert store.read(PATH) == document().text
    assert files(tmp_path / "archive") == [PATH]


def test_a_document_that_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    store.save(document())
    before = (tmp_path / PATH).stat()
    assert store.save(document()) is False
    after = (tmp_path / PATH).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_document_that_differs_is_replaced_whole(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    store.save(document("a much longer text than the one that follows"))
    assert store.save(document("short")) is True
    assert store.read(PATH) == "short"


def test_pictures_are_kept_by_the_same_rules(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    assert store.save_file("nankai/images/a.jpg", b"\xff\xd8\xff") is True
    assert store.save_file("nankai/images/a.jpg", b"\xff\xd8\xff") is False
    assert store.read_file("nankai/images/a.jpg") == b"\xff\xd8\xff"


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert DocumentStore(tmp_path).read(PATH) is None
    assert DocumentStore(tmp_path / "nowhere").read(PATH) is None
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a.md",
            "a/../../b.md",
            "a//b.md",
            "./a.md",
            "a/.",
            "a/",
            "a\0.md",
        ),
        *(".scraper/state.sqlite3", ".scraper/captures/x.md", "a/b.unfinished"),
    ],
)
def test_no_path_leads_out_of_the_archive_or_into_its_own_affairs(tmp_path: Path, path: str) -> None:
    store = DocumentStore(tmp_path / "archive")
    with pytest.raises(StoreError, match="cannot be the path"):
        store.save(document(path=path))
    with pytest.raises(StoreError, match="cannot be the path"):
        store.read(path)
    assert files(tmp_path) == []


@settings(max_examples=100, deadline=None)
@given(path=st.text(st.sampled_from("ab./\\\0~. 南"), max_size=12))
def test_any_path_lands_within_the_archive_or_nowhere(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    root = tmp_path_factory.mktemp("around")
    try:
        DocumentStore(root / "archive").save(document(path=path))
    except StoreError:
        assert files(root) == []
    else:
        [name] = files(root)
        assert name == f"archive/{path}"


def test_a_symbolic_link_is_not_followed_out_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "nankai").symlink_to(tmp_path / "outside")
    store = DocumentStore(tmp_path / "archive")
    with pytest.raises(StoreError, match=r"archive/nankai/a\.md"):
        store.save(document(path="nankai/a.md"))
    with pytest.raises(StoreError, match=r"archive/nankai/a\.md"):
        store.read("nankai/a.md")
    assert files(tmp_path / "outside") == []


def test_a_link_in_a_documents_place_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("not ours")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(StoreError):
        DocumentStore(tmp_path / "archive").save(document(path="a.md"))
    assert (tmp_path / "outside.md").read_text() == "not ours"


def test_the_archive_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    (tmp_path / "archive").symlink_to(tmp_path / "big disk")
    DocumentStore(tmp_path / "archive").save(document())
    assert files(tmp_path / "big disk") == [PATH]


def test_a_full_disk_leaves_the_older_document_and_nothing_beside_it(tmp_path: Path) -> None:
    DocumentStore(tmp_path).save(document("older"))
    with pytest.raises(NoRoom, match=PATH):
        DocumentStore(tmp_path, write=full_disk).save(document("newer"))
    assert DocumentStore(tmp_path).read(PATH) == "older"
    assert files(tmp_path) == [PATH]


def test_what_a_signal_interrupts_leaves_nothing_behind(tmp_path: Path) -> None:
    def write(fd: int, data: memoryview) -> int:
        os.write(fd, data[:3])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DocumentStore(tmp_path, write=write).save(document())
    assert files(tmp_path) == []


def test_a_document_that_is_taken_back_stays_so_after_a_power_cut(tmp_path: Path) -> None:
    """Its folder is synced, once the name is gone."""
    DocumentStore(tmp_path).save(document(path="news/a.md"))
    left: list[tuple[int, bool]] = []

    def sync(fd: int) -> None:
        left.append((os.fstat(fd).st_ino, (tmp_path / "news" / "a.md").exists()))

    DocumentStore(tmp_path, sync=sync).remove("news/a.md")
    assert left == [((tmp_path / "news").stat().st_ino, False)]


def test_the_new_bytes_are_synced_before_they_get_their_name(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def sync(fd: int) -> None:
        os.fsync(fd)
        seen.append([name for name in files(tmp_path) if not name.endswith(".unfinished")])

    DocumentStore(tmp_path, sync=sync).save(document(path="a.md"))
    assert seen == [[], ["a.md"]]  # the file, then its folder


def test_a_folder_in_a_documents_place_is_named(tmp_path: Path) -> None:
    (tmp_path / PATH).mkdir(parents=True)
    with pytest.raises(StoreError, match=PATH):
        DocumentStore(tmp_path).save(document())


def test_a_name_that_is_too_long_is_named(tmp_path: Path) -> None:
    path = "标" * 200 + ".md"
    with pytest.raises(StoreError, match="too long"):
        DocumentStore(tmp_path).save(document(path=path))
    assert files(tmp_path) == []


def test_the_longest_name_that_there_can_be_is_written(tmp_path: Path) -> None:
    path = "x" * 252 + ".md"
    assert DocumentStore(tmp_path).save(document(path=path)) is True


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match=r"a\.md: it is no UTF-8"):
        DocumentStore(tmp_path).read("a.md")


def test_leftovers_of_killed_runs_are_cleared_and_nothing_else(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    store.save(document())
    strangers = ["nankai/.gitignore", "nankai/my.unfinished", ".scraper/x"]
    for name in strangers:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    for site in ("nankai", "other"):  # what another run is writing for its own site
        (tmp_path / site / "2026").mkdir(parents=True, exist_ok=True)
        (tmp_path / site / "2026" / ".0123456789abcdef.unfinished").write_text("half")
    strangers.append("other/2026/.0123456789abcdef.unfinished")
    assert store.clear_leftovers("nankai") == 1
    assert files(tmp_path) == sorted([PATH, *strangers])
    assert DocumentStore(tmp_path / "nowhere").clear_leftovers("nankai") == 0


def test_a_leftover_is_overwritten_by_the_document_it_was_to_be(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=True)  # noqa: S603 - our own
    assert len(files(tmp_path)) == 1
    assert DocumentStore(tmp_path).read("a.md") is None
    DocumentStore(tmp_path).save(document("all", path="a.md"))
    assert files(tmp_path) == ["a.md"]


def test_permissions_follow_the_umask_but_never_lock_the_owner_out(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        DocumentStore(tmp_path / "a").save(document())
        os.umask(0o777)
        DocumentStore(tmp_path / "b").save(document())
    finally:
        os.umask(before)
    assert (tmp_path / "a" / PATH).stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "b" / PATH).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "b" / PATH).parent.stat().st_mode & 0o777 == 0o700


def test_a_document_keeps_the_permissions_that_somebody_gave_it(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    store.save(document("older"))
    (tmp_path / PATH).chmod(0o664)
    store.save(document("newer"))
    assert (tmp_path / PATH).stat().st_mode & 0o777 == 0o664


@pytest.mark.parametrize("number", [3, 30])
def test_what_is_absent_is_told(tmp_path: Path, number: int) -> None:
    store = DocumentStore(tmp_path)
    paths = {f"k{n}": f"s/2026/0{n % 2 + 1}/{n}.md" for n in range(number)}
    for path in paths.values():
        store.save_file(path, b"x")
    assert list(store.absent(paths.values())) == []
    (tmp_path / paths["k1"]).unlink()
    (tmp_path / paths["k2"]).unlink()
    (tmp_path / paths["k2"]).mkdir()
    far = "s/1999/01/a.md"
    assert list(store.absent([*paths.values(), far])) == [paths["k1"], paths["k2"], far]


def test_a_large_folder_is_not_listed_again_for_a_few_of_its_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    scandir, store = os.scandir, DocumentStore(tmp_path)

    def heard(place: Path) -> Iterator[os.DirEntry[str]]:
        listed.append(place.name)
        return scandir(place)

    monkeypatch.setattr(documents, "_AT_ONCE", 10)
    monkeypatch.setattr(os, "scandir", heard)
    large = [f"s/2026/01/{number}.md" for number in range(200)]
    small = [f"s/2026/02/{number}.md" for number in range(20)]
    for path in large + small:
        store.save_file(path, b"x")
    (tmp_path / large[150]).unlink()
    assert list(store.absent(large + small)) == [large[150]]
    assert listed == ["01", "02", "02"]
