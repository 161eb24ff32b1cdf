"""`forget`: an article leaves the archive with all that is its own, and never comes back."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import pytest
import warcio.archiveiterator
from archiving import Archive, only, opened, state_of
from gallery import CHANNEL, PICTURE, SECOND, kept, place, publish, served

from scraper import cli
from scraper.demo import pieces
from scraper.stores.captures import CaptureStore
from scraper.stores.disk import write_all
from scraper.stores.documents import DocumentStore
from scraper.stores.takedowns import Takedowns
from scraper.urls import Url, urlname

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.demo.story import Story

SITE = "beichen"
WORDS = "琉璃塔下的旧信第七封"
REASON = "当事人要求删除"


class Killed(BaseException):
    """The program ends here."""


@pytest.fixture
def stories(world: EcmsWorld) -> tuple[Story, Story]:
    """Publish two articles that share one picture; the first has words and a picture of its own."""
    body = (
        pieces.paragraph(f"{WORDS}，存于书院。"),
        pieces.picture(PICTURE, "塔"),
        pieces.picture(SECOND, "信"),
    )
    return world.publish(CHANNEL, body=body), publish(world, PICTURE)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld, stories: tuple[Story, Story]) -> Archive:
    """Return an archive of them that was read twice."""
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download")
    assert only(archive.run()).written == 2
    world.revise(stories[0].number, add="又添一句。")
    archive.clock.wait(days=112)
    assert only(archive.run()).revised == 1
    return archive


def address(archive: Archive, words: str = WORDS) -> Url:
    with state_of(archive.config) as state:
        [url] = [
            one.url
            for one in state.articles.held(SITE)
            if words in (archive.root / str(one.path)).read_text("utf-8")
        ]
    return url


def forget(archive: Archive, what: str, *options: str) -> int:
    config = str(archive.folder / "config.yaml")
    return cli.main(["forget", what, "--reason", REASON, "--config", config, *options])


def verified(archive: Archive, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    cli.main(["verify", "--json", "--config", str(archive.folder / "config.yaml")])
    damaged: list[dict[str, object]] = json.loads(capsys.readouterr().out)["sites"][SITE]["damaged"]
    return damaged


def traces(archive: Archive) -> list[str]:
    """Return the files that hold the article's words, packed or not."""
    found = []
    for file in sorted(path for path in archive.root.rglob("*") if path.is_file()):
        data = file.read_bytes()
        data += gzip.decompress(data) if file.name.endswith(".gz") else b""
        if WORDS.encode() in data or "又添一句".encode() in data:
            found.append(str(file.relative_to(archive.root)))
    return found


def test_nothing_of_it_stays_but_a_tombstone(
    archive: Archive, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    url = address(archive)
    volume = next((archive.inside / "captures").glob("*.warc.gz"))
    size, before = volume.stat().st_size, traces(archive)
    assert len(before) == 2
    assert forget(archive, url, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["urlname"], told["captures"], len(told["files"])) == (urlname(url), 3, 2)
    assert traces(archive) == []
    assert volume.stat().st_size == size
    assert kept(archive) == {place(served(PICTURE), "jpg"): served(PICTURE)}
    assert verified(archive, capsys) == []
    with volume.open("rb") as file:
        records = list(warcio.archiveiterator.ArchiveIterator(file))
    stones = [one.rec_headers["Archive-Forgotten"] for one in records if one.rec_headers["Archive-Forgotten"]]
    assert stones == [REASON] * 3
    asked = len(server.requests())
    archive.clock.wait(days=40)
    assert only(archive.run()).written == 0
    path = url.partition("news")[2].partition("/")[2]
    assert not [one for one in server.requests()[asked:] if path in one.path]
    assert len(archive.documents()) == 1


def test_by_its_urlname_under_another_scheme_and_twice(archive: Archive) -> None:
    url = address(archive)
    assert forget(archive, urlname(url)) == 0
    assert forget(archive, url.replace("http:", "https:")) == 0
    assert traces(archive) == []


def test_what_nobody_knows_cannot_be_forgotten(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert forget(archive, "http://news.beichen.example/system/2020/01/01/030099999.shtml") == 2
    assert "the archive knows no such article" in capsys.readouterr().err


def test_the_search_does_not_find_it(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(archive.folder / "config.yaml")
    assert cli.main(["search", "琉璃塔下的旧信", "--json", "--config", config]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1
    assert forget(archive, address(archive)) == 0
    capsys.readouterr()
    cli.main(["search", "琉璃塔下的旧信", "--json", "--config", config])
    assert json.loads(capsys.readouterr().out)["total"] == 0


def test_a_state_made_again_of_the_captures_does_not_fetch_it(archive: Archive, server: Server) -> None:
    url = address(archive)
    forget(archive, url)
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    asked = len(server.requests())
    assert only(archive.run()).written == 0
    assert not [one for one in server.requests()[asked:] if one.path in url]
    assert traces(archive) == []


def test_what_a_backup_brings_back_is_taken_out_again(archive: Archive, tmp_path: Path) -> None:
    url = address(archive)
    shutil.copytree(archive.root, tmp_path / "backup")
    forget(archive, url)
    list_of_takedowns = (archive.inside / "captures" / "forgotten.json").read_bytes()
    shutil.rmtree(archive.root)
    (tmp_path / "backup").rename(archive.root)
    (archive.inside / "captures" / "forgotten.json").write_bytes(list_of_takedowns)
    assert len(traces(archive)) == 2
    archive.run()
    assert traces(archive) == []
    with state_of(archive.config) as state:
        known = state.articles.find(SITE, url)
    assert known is not None
    assert known.is_forgotten


def half(real: Callable[..., None]) -> Callable[..., None]:
    """Return a write that ends the program with half of it done."""

    def write(fd: int, data: bytes) -> None:
        real(fd, data[: len(data) // 2])
        raise Killed

    return write


def after(real: Callable[..., None], times: int) -> Callable[..., None]:
    """Return a step that ends the program when it is done for the given time."""
    left = [times]

    def step(*args: object, **named: object) -> None:
        real(*args, **named)
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return step


KILLS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "noted": lambda patch: patch.setattr(Takedowns, "put", after(Takedowns.put, 1)),
    "document": lambda patch: patch.setattr(DocumentStore, "remove", after(DocumentStore.remove, 1)),
    "picture": lambda patch: patch.setattr(DocumentStore, "remove", after(DocumentStore.remove, 2)),
    "half a tombstone": lambda patch: patch.setattr("scraper.stores.tombstones.write_all", half(write_all)),
    "one tombstone": lambda patch: patch.setattr(CaptureStore, "bury", after(CaptureStore.bury, 1)),
    "all tombstones": lambda patch: patch.setattr(CaptureStore, "bury", after(CaptureStore.bury, 3)),
    "done": lambda patch: patch.setattr(Takedowns, "put", after(Takedowns.put, 2)),
}


@pytest.mark.parametrize("kill", KILLS)
def test_killed_anywhere_the_next_run_finishes_it(
    archive: Archive, kill: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = address(archive)
    with pytest.MonkeyPatch.context() as patch:
        KILLS[kill](patch)
        with pytest.raises(Killed):
            forget(archive, url)
    archive.run()
    assert traces(archive) == []
    assert verified(archive, capsys) == []
    with opened(archive.config) as context:
        assert [one.done for one in context.captures.takedowns.all().values()] == [True]
        assert [one.url for one in context.state.articles.held(SITE)] != [url]


def test_half_a_tombstone_is_no_damage_though_all_captures_are_read_again(archive: Archive) -> None:
    """What was begun is finished before the shelf is read: the state is made anew of it."""
    with pytest.MonkeyPatch.context() as patch:
        KILLS["half a tombstone"](patch)
        with pytest.raises(Killed):
            forget(archive, address(archive))
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    report = archive.run()
    assert (report.exit_code, only(report).problems) == (0, [])
    assert traces(archive) == []


def test_what_is_forgotten_is_not_lost_though_a_power_cut_brings_an_older_state_back(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    state = archive.inside / "state.sqlite3"
    older = state.read_bytes()
    url = address(archive)
    assert forget(archive, url) == 0
    state.write_bytes(older)
    config = str(archive.folder / "config.yaml")
    assert cli.main(["repair", "--json", "--config", config]) == 0
    assert json.loads(capsys.readouterr().out)["sites"][SITE]["lost"] == 0
    with state_of(archive.config) as mended:
        assert not list(mended.losses.all(SITE))
        assert all(known.url != url for known in mended.articles.held(SITE))
