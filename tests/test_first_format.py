"""An archive of the first format is brought over by the next command, wherever that is killed."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from archiving import Archive
from gallery import HOME, PICTURE, SECOND, kept, publish
from old_format import make_first_format, rows

from scraper.audit.verification import Verified, verify
from scraper.config import parse_config
from scraper.demo import beichen, campus_sites
from scraper.demo.server import serve
from scraper.errors import ConfigError, Locked
from scraper.progress import Unwatched
from scraper.stores.archive_folder import ArchiveFolder, read_about
from scraper.stores.lock import Lock
from scraper.stores.opening import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STRIDE: Final = int(os.environ.get("KILL_STRIDE", "3"))  # every third instant; 1: each
TOUCHES: Final = ("rename", "replace", "link", "unlink", "mkdir", "fsync", "rmdir")


def now() -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Yield an archive of two sites that show one picture in common, and the server of both."""
    news, campus = beichen.empty(), campus_sites.webplus()
    publish(news, PICTURE, SECOND)
    publish(news, f"{HOME}/pic/3.jpg")
    with serve(news, campus) as server:
        archive = Archive(tmp_path, server, news, campus, images="download")
        archive.run()
        yield archive


class Told:
    """What there is to know of an archive."""

    def __init__(self, archive: Archive) -> None:
        folder = ArchiveFolder(archive.root)
        names = [site.name for site in archive.config.sites]
        self.documents = archive.documents()
        self.pictures = {name: kept(archive, name) for name in names}
        self.captures = {
            name: {path.name: path.read_bytes() for path in folder.captures(name).iterdir()} for name in names
        }
        self.rows = {name: rows(folder.state(name)) for name in names}

    def __eq__(self, other: object) -> bool:
        """Compare all that is told."""
        return vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment] # compared, and no key


def test_it_is_all_there_afterwards_site_by_site(archive: Archive) -> None:
    before = Told(archive)
    make_first_format(archive.root)
    prepare(archive.root, now=now, new=False)
    assert Told(archive) == before
    inside = archive.root / ".scraper"
    assert {path.name for path in inside.iterdir()} - {"heartbeat.json", "metrics.prom"} == {
        *("archive.json", ".hosts"),
        *(site.name for site in archive.config.sites),
    }
    assert not (archive.root / "pictures").exists()
    assert json.loads((inside / ".hosts" / "news.example.host").read_text()) == {"pause": 2.0}
    for site in archive.config.sites:
        *damaged, verified = verify(site, archive.root, render=True, progress=Unwatched())
        assert damaged == []
        assert isinstance(verified, Verified)
        assert verified.captures > 0


def test_no_site_may_be_called_what_stands_beside_the_sites(archive: Archive) -> None:
    def beside() -> set[str]:
        names = {path.name for path in (archive.root / ".scraper").iterdir() if path.name[0] != "."}
        return names - {site.name for site in archive.config.sites}

    found = beside()
    make_first_format(archive.root)
    found |= beside()
    for name in found:
        with pytest.raises(ConfigError, match="the archive keeps files of its own"):
            parse_config({"sites": {name: {"home": "http://news.example/"}}})
    assert {"captures", "lock", "archive.json"} <= found


def test_the_next_run_asks_for_nothing_that_is_there(archive: Archive) -> None:
    documents = archive.documents()
    make_first_format(archive.root)
    report = archive.run()
    assert sum(site.written + site.revised for site in report.sites.values()) == 0
    assert archive.documents() == documents


def test_killed_at_any_instant_the_next_command_comes_to_the_same_end(archive: Archive) -> None:
    before = Told(archive)
    make_first_format(archive.root)
    old = archive.root.with_name("old")
    archive.root.rename(old)
    instant, was_killed = 1 - STRIDE, True
    while was_killed:
        instant += STRIDE
        shutil.rmtree(archive.root, ignore_errors=True)
        shutil.copytree(old, archive.root)
        was_killed = killed_at(instant, lambda: prepare(archive.root, now=now, new=False))
        prepare(archive.root, now=now, new=False)
        assert Told(archive) == before, f"killed at instant {instant}"
        assert not (archive.root / ".scraper" / "state.sqlite3").exists()
    assert instant > 30


def test_the_old_state_stays_until_every_site_has_its_own(archive: Archive) -> None:
    make_first_format(archive.root)
    folder = ArchiveFolder(archive.root)
    old = folder.inside / "state.sqlite3"
    names = [site.name for site in archive.config.sites]
    instant = 0
    while old.exists():
        instant += 1
        killed_at(instant, lambda: prepare(archive.root, now=now, new=False))
        whole = all(folder.state(name).exists() for name in names)
        assert old.exists() or whole


def test_while_a_run_of_the_older_version_works_it_is_left_alone(archive: Archive) -> None:
    make_first_format(archive.root)
    with Lock(archive.root / ".scraper" / "lock", now=now), pytest.raises(Locked):
        prepare(archive.root, now=now, new=False)
    assert (archive.root / ".scraper" / "state.sqlite3").exists()
    assert read_about(ArchiveFolder(archive.root)) is None


def test_what_an_older_version_wrote_after_that_is_taken_in_by_the_next_run(archive: Archive) -> None:
    make_first_format(archive.root)
    saved = archive.root.with_name("saved")
    shutil.copytree(archive.root / ".scraper", saved)
    prepare(archive.root, now=now, new=False)
    name = archive.config.sites[0].name
    [file] = (saved / "captures" / name).iterdir()
    again = archive.root / ".scraper" / "captures" / name / file.name.replace("-2026", "-2999")
    again.parent.mkdir(parents=True)
    file.rename(again)
    shutil.copy(saved / "state.sqlite3", archive.root / ".scraper" / "state.sqlite3")
    prepare(archive.root, now=now, new=False)
    assert again.name in {path.name for path in ArchiveFolder(archive.root).captures(name).iterdir()}
    assert not (archive.root / ".scraper" / "captures").exists()


def killed_at(instant: int, work: Callable[[], None]) -> bool:
    """Do it in a process that is killed when it touches the disk for this time; say whether it was."""
    child = os.fork()
    if child == 0:
        left = [instant]

        def mortal(name: str) -> Callable[..., Any]:
            real = getattr(os, name)

            def touch(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the system's own
                left[0] -= 1
                if left[0] == 0:
                    os._exit(9)
                return real(*args, **kwargs)

            return touch

        for name in TOUCHES:
            setattr(os, name, mortal(name))
        try:
            work()
        except BaseException:  # noqa: BLE001 - told by the code
            os._exit(7)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, 9}
    return code == 9
