"""What people do to an archive by hand: documents deleted or copied, sites taken out, the path changed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, only

from scraper import cli

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

SITE = "beichen"
CHANNEL = "bcyw"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of three articles."""
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    world.bulk(CHANNEL, 3, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    assert only(archive.run()).written == 3
    return archive


def told(
    archive: Archive, capsys: pytest.CaptureFixture[str], *command: str
) -> tuple[int, dict[str, Any], str]:
    """Return exit code, report and what was said beside of a command."""
    capsys.readouterr()
    code = cli.main([*command, "--json", "--config", str(archive.folder / "config.yaml")])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def change_path(archive: Archive) -> None:
    """File documents by day from now on."""
    file = archive.folder / "config.yaml"
    text = file.read_text("utf-8").replace(
        "defaults:\n", 'defaults:\n  path: "{site}/{year}/{urlname}.md"\n', 1
    )
    assert "{site}/{year}/{urlname}" in text
    file.write_text(text, "utf-8")


def test_a_document_that_was_deleted_is_asked_about_and_not_written(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = archive.documents()
    path = next(iter(documents))
    (archive.root / path).unlink()
    archive.clock.wait(days=1)
    [note] = only(archive.run()).notes
    assert note.message.startswith(f"1 documents are missing, {path} first: `reextract beichen` writes")
    assert path not in archive.documents()
    _, report, said = told(archive, capsys, "status")
    assert report["sites"][SITE]["missing_documents"] == 1
    assert path in said
    told(archive, capsys, "reextract")
    assert archive.documents() == documents
    assert told(archive, capsys, "status")[1]["sites"][SITE]["missing_documents"] == 0


def test_files_that_nobody_knows_are_named_and_are_no_damage(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next(iter(archive.documents()))
    folder = archive.root / SITE
    shutil.copy(archive.root / path, folder / path.rpartition("/")[2])
    shutil.copy(archive.root / path, (archive.root / path).with_name("copy.md"))
    (folder / ".0123456789abcdef.unfinished").write_bytes(b"---")
    (folder / "notes.txt").write_text("mine", "utf-8")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "x.jpg").write_bytes(b"x")
    [volume] = (archive.inside / "captures").glob("*.warc.gz")
    shutil.copy(volume, volume.with_name(f"{volume.name}.bak"))
    shutil.copytree(archive.inside, archive.inside.with_name("other"))
    code, report, _ = told(archive, capsys, "verify")
    assert code == 0
    found = {one["file"]: one["what"] for one in report["unknown"]}
    assert found == {
        ".scraper/beichen/captures/" + volume.name + ".bak": "it is no file of captures",
        ".scraper/other": "the config has no site of this name",
        ".scraper/other/captures/" + volume.name + ".bak": "it is no file of captures",
        "beichen/.0123456789abcdef.unfinished": (
            "half a file: what wrote it was killed; the next run removes it"
        ),
        f"beichen/{path.rpartition('/')[2]}": f"a second document of one article: the archive has {path}",
        str((archive.root / path).with_name("copy.md").relative_to(archive.root)): (
            "nobody knows this document: `adopt` takes over what is to be kept"
        ),
        "beichen/pictures/x.jpg": "no article shows it",
    }


@pytest.mark.parametrize("lost", ["the state", "the state and the captures"])
def test_no_second_document_after_a_change_of_path_and_a_loss(archive: Archive, lost: str) -> None:
    documents = archive.documents()
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    if "captures" in lost:
        shutil.rmtree(archive.inside / "captures")
    change_path(archive)
    archive.run()
    assert archive.documents().keys() == documents.keys()


def test_after_a_change_of_path_new_articles_lie_by_the_new_one(archive: Archive, world: EcmsWorld) -> None:
    before = archive.documents().keys()
    change_path(archive)
    world.publish(CHANNEL)
    assert only(archive.run()).written == 1
    [new] = archive.documents().keys() - before
    assert new.count("/") == 2


def test_documents_of_another_config_are_out_of_date_and_not_damaged(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    file = archive.folder / "config.yaml"
    file.write_text(file.read_text("utf-8").replace("tags: [", "tags: [另一个, "), "utf-8")
    capsys.readouterr()
    assert cli.main(["verify", "--config", str(file)]) == 0
    assert "beichen: 3 documents are out of date with the config or this version: see `reextract`" in (
        capsys.readouterr().err
    )
    path = archive.root / next(iter(archive.documents()))
    path.write_text(path.read_text("utf-8") + "改", "utf-8")
    code, report, _ = told(archive, capsys, "verify")
    assert (code, len(report["sites"][SITE]["damaged"]), report["sites"][SITE]["outdated"]) == (7, 1, 2)
    told(archive, capsys, "reextract")
    code, report, _ = told(archive, capsys, "verify")
    assert (code, report["sites"][SITE]["outdated"]) == (0, 0)
