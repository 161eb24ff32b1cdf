from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scraper.errors import NoRoom, StoreError
from scraper.stores.disk import append_synced, ensure_room, free_bytes, make_folder, store_error
from scraper.stores.status_files import StatusFiles


class Free(NamedTuple):
    """A disk with so many bytes left."""

    free: int


def test_free_space_is_asked_where_the_archive_will_lie(tmp_path: Path) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Free:
        asked.append(path)
        return Free(12345)

    assert free_bytes(tmp_path / "not" / "yet" / "there", usage) == 12345
    assert asked == [tmp_path]


def test_the_real_disk_has_room(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
    assert free_bytes(Path("a folder that is not there")) > 0


def test_too_little_room_is_told_with_both_figures(tmp_path: Path) -> None:
    ensure_room(tmp_path, 100 * 2**20, lambda _: Free(100 * 2**20))
    with pytest.raises(NoRoom, match=f"{tmp_path}: 99 MiB free, 200 MiB needed"):
        ensure_room(tmp_path, 200 * 2**20, lambda _: Free(99 * 2**20))


def test_a_disk_that_does_not_answer_is_a_store_error(tmp_path: Path) -> None:
    def usage(_: Path) -> Free:
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(StoreError, match="free space"):
        free_bytes(tmp_path, usage)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, NoRoom), (errno.EDQUOT, NoRoom), (errno.EROFS, StoreError), (errno.EACCES, StoreError)],
)
def test_an_error_of_the_system_says_what_which_and_why(number: int, kind: type[StoreError]) -> None:
    error = store_error(OSError(number, "why"), "write", "which")
    assert type(error) is kind
    assert str(error) == "cannot write: which: why"


def test_a_new_files_name_is_durable_and_only_a_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def watched(fd: int) -> None:
        synced.append(os.fstat(fd).st_ino)
        fsync(fd)

    monkeypatch.setattr(os, "fsync", watched)
    path = tmp_path / "a.warc.gz"
    append_synced(path, b"one", size=0, sync=watched)
    assert synced == [path.stat().st_ino, tmp_path.stat().st_ino]  # what it holds, then that it is there
    append_synced(path, b"two", size=3, sync=watched)
    assert synced[2:] == [path.stat().st_ino]


def test_folders_are_made_with_those_above_them(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_each_new_folder_is_durable_in_the_one_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is lost takes the synced captures below it along."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_ino))
    make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path.stat().st_ino, (tmp_path / "a").stat().st_ino]
    make_folder(tmp_path / "a" / "b" / "c")
    assert synced[2:] == [(tmp_path / "a" / "b").stat().st_ino]


@pytest.mark.parametrize("stopped", ["write", "sync"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "broken"), KeyboardInterrupt]
)
def test_whatever_stops_an_append_the_file_ends_as_it_did_before(
    tmp_path: Path, stopped: str, error: BaseException | type[BaseException]
) -> None:
    path = tmp_path / "a.warc.gz"
    append_synced(path, b"whole", size=0)

    def half(fd: int, data: memoryview) -> int:
        if len(data) <= 2:
            raise error
        return os.write(fd, data[:2])

    def never(_: int) -> None:
        raise error

    world: dict[str, Any] = {"write": half} if stopped == "write" else {"sync": never}
    with pytest.raises((StoreError, KeyboardInterrupt)):
        append_synced(path, b"torn", size=5, **world)
    assert path.read_bytes() == b"whole"


def test_a_file_in_a_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(StoreError, match=f"cannot make the folder: {tmp_path / 'a'}: "):
        make_folder(tmp_path / "a" / "b")


def test_a_status_file_takes_over_what_a_killed_process_left_unfinished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(os, "rename", killed)
        dying.setattr(os, "unlink", killed)  # whoever is killed clears nothing away
        with pytest.raises(KeyboardInterrupt):
            StatusFiles(tmp_path).put("status.json", "half")
    assert len(list(tmp_path.iterdir())) == 1
    StatusFiles(tmp_path).put("status.json", "whole")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["whole"]


@pytest.mark.parametrize("code", [errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_status_file_is_written_where_a_folder_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """On NFS a lock takes a file that is open for writing, which no folder is."""

    def refused(_: int, __: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refused)
    (tmp_path / ".status.json.unfinished").write_text("another's, at work")
    StatusFiles(tmp_path).put("status.json", "whole")
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"status.json": "whole", ".status.json.unfinished": "another's, at work"}


def test_a_status_file_whose_folder_is_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int, __: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", broken)
    with pytest.raises(StoreError, match=r"status\.json"):
        StatusFiles(tmp_path).put("status.json", "whole")
