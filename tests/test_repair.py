"""`repair`: what the shelf lost is fetched again, or marked as lost; an older backup costs nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, only, opened, state_of
from gallery import CHANNEL, PICTURE, kept, publish

from scraper import cli
from scraper.app.repairing import repair
from scraper.crawl.session import Session
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import CaptureRef

SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)

Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of four articles, one of them with a picture."""
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download")
    world.bulk(CHANNEL, 3, first=FIRST)
    publish(world, PICTURE)
    assert only(archive.run()).written == 4
    return archive


@pytest.fixture
def command(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return the command line over the archive: the exit code and what it says of the one site."""

    def ask(name: str, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = cli.main([name, "--config", str(archive.folder / "config.yaml"), "--json", *options])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)["sites"][SITE]
        return code, told

    return ask


def volume(archive: Archive) -> Path:
    [path] = (archive.inside / "captures").glob("*.warc.gz")
    return path


def articles(archive: Archive) -> list[tuple[str, CaptureRef]]:
    """Return address and place of the captures of articles, in order."""
    with state_of(archive.config) as state:
        return [(entry.url, entry.ref) for entry in state.captures.every(SITE) if entry.key is not None]


def spoil(archive: Archive, ref: CaptureRef) -> None:
    """Damage the middle of a record."""
    with volume(archive).open("r+b") as file:
        file.seek(ref.offset + ref.length // 2)
        file.write(bytes(40))


def test_a_sound_archive_needs_no_repair(server: Server, command: Command) -> None:
    asked = len(server.requests())
    code, told = command("repair")
    assert (code, told["lost"], told["documents"], told["failed"]) == (0, 0, 0, 0)
    assert len(server.requests()) == asked


def test_what_a_damaged_record_held_is_fetched_again(
    archive: Archive, server: Server, command: Command
) -> None:
    url, ref = articles(archive)[1]
    documents = archive.documents()
    spoil(archive, ref)
    assert command("verify")[0] == 7
    asked = len(server.requests())
    code, told = command("repair")
    assert (code, told["lost"], told["waiting"], told["gone"]) == (0, 1, 0, 0)
    paths = [one.path for one in server.requests()[asked:]]
    assert [path for path in paths if path != "/robots.txt"] == [f"/{url.split('/', 3)[3]}"]
    assert archive.documents() == documents
    assert command("verify") == (0, {**command("verify")[1], "damaged": []})


def test_a_lost_file_of_captures_is_made_good(archive: Archive, command: Command) -> None:
    documents, pictures = archive.documents(), kept(archive)
    volume(archive).unlink()
    code, told = command("repair")
    assert (code, told["waiting"], told["gone"]) == (0, 0, 0)
    assert command("verify")[0] == 0
    assert (archive.documents(), kept(archive)) == (documents, pictures)
    with opened(archive.config) as context:
        assert all(one.capture is not None for one in context.state.articles.held(SITE))
        assert all(one.capture is not None for one in context.state.assets.held(SITE))


def test_what_is_gone_for_good_is_told_until_it_is_accepted(
    archive: Archive, world: EcmsWorld, command: Command
) -> None:
    (_, first), (second_url, second) = articles(archive)[0], articles(archive)[1]
    documents = archive.documents()
    spoil(archive, second)
    world.remove(Path(second_url).stem, keep_listed=True)
    code, told = command("repair")
    assert (code, told["gone"]) == (7, 1)
    assert archive.documents() == documents
    code, told = command("verify")
    assert code == 7
    [damage] = told["damaged"]
    assert second_url in damage["what"]
    assert "lost since 20" in damage["what"]
    code, told = command("repair", "--accept")
    assert (code, told["accepted"]) == (0, 1)
    assert command("verify")[0] == 0
    spoil(archive, first)
    code, told = command("verify")
    assert (code, len(told["damaged"])) == (7, 2)  # the record, and the document that it no longer gives


def test_lost_documents_and_pictures_are_made_again(archive: Archive, command: Command) -> None:
    documents, pictures = archive.documents(), kept(archive)
    (archive.root / next(iter(documents))).unlink()
    (archive.root / SITE / next(iter(pictures))).unlink()
    assert command("repair")[0] == 0
    assert (archive.documents(), kept(archive)) == (documents, pictures)


def test_killed_before_it_fetches_the_same_command_goes_on(archive: Archive, command: Command) -> None:
    spoil(archive, articles(archive)[1][1])

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "go", killed)
        with pytest.raises(KeyboardInterrupt):
            repair(
                archive.config, archive.config.sites, accept=False, progress=Unwatched(), tell=lambda _: None
            )
    assert command("verify")[0] == 7
    code, told = command("repair")
    assert (code, told["lost"], told["waiting"], told["gone"]) == (0, 0, 0, 0)
    assert command("verify")[0] == 0


def test_a_run_fetches_again_what_an_older_backup_lacks(
    archive: Archive, world: EcmsWorld, command: Command, tmp_path: Path
) -> None:
    shutil.copytree(archive.inside / "captures", tmp_path / "backup")
    world.bulk(CHANNEL, 2, first=FIRST.replace(year=2026))
    archive.clock.wait(days=1)
    assert only(archive.run()).written == 2
    documents = archive.documents()
    shutil.rmtree(archive.inside / "captures")
    (tmp_path / "backup").rename(archive.inside / "captures")
    code, told = command("verify")
    assert code == 7
    assert "older backup" in told["damaged"][0]["what"]
    assert "`run`" in told["damaged"][0]["what"]
    archive.clock.wait(days=1)
    report = only(archive.run())
    assert any("older backup" in note.message for note in report.notes)
    assert report.failed == 0
    assert archive.documents() == documents
    assert command("verify")[0] == 0
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    archive.run()
    assert archive.documents() == documents
