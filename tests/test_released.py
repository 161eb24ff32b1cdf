"""Archives as released versions left them, stored and never made again: each is opened, brought over, sound.

`tests/released/format-N.tar.gz` is an archive of the bundled site, with a revision and a picture, as the last
version with that format wrote it. A new format adds a file here; none is ever replaced.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper import cli
from scraper.stores.archive_folder import FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASED = Path(__file__).parent / "released"
SITE = "beichen"
FORMATS = sorted(RELEASED.glob("format-*.tar.gz"))


@pytest.fixture(params=FORMATS, ids=lambda path: path.name.partition(".")[0])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder of a released archive and its config."""
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Return the command line over it: exit code and report."""

    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = cli.main([*words, "--json", "--config", str(folder / "config.yaml")])
        return code, json.loads(capsys.readouterr().out)

    return ask


def documents(folder: Path) -> dict[str, bytes]:
    """Return the documents by their paths."""
    found = (path for path in (folder / "archive").rglob("*.md") if ".scraper" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_there_is_one_of_each_format() -> None:
    assert [path.name for path in FORMATS] == [f"format-{number}.tar.gz" for number in range(1, FORMAT + 1)]


def test_all_its_captures_are_sound_and_nothing_is_lost(
    folder: Path, command: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    before = documents(folder)
    _, report = command("verify")
    found = report["sites"][SITE]
    assert (found["documents"], found["pictures"], found["tail"]) == (4, 4, 0)
    assert [one for one in found["damaged"] if not one["file"].endswith(".md")] == []
    assert documents(folder) == before
    assert json.loads((folder / "archive/.scraper/archive.json").read_bytes())["format"] == FORMAT


def test_made_again_by_this_version_it_is_sound(
    folder: Path, command: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    paths = documents(folder).keys()
    code, report = command("reextract")
    assert (code, report["sites"][SITE]["failed"]) == (0, 0)
    assert documents(folder).keys() == paths
    code, report = command("verify")
    assert (code, report["sites"][SITE]["damaged"], report["unknown"]) == (0, [], [])


def test_its_state_can_be_made_again_of_its_captures(
    folder: Path, command: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    command("reextract")
    before = documents(folder)
    for file in (folder / "archive/.scraper" / SITE).glob("state.sqlite3*"):
        file.unlink()
    command("reextract")
    assert documents(folder) == before
    assert command("verify")[0] == 0
