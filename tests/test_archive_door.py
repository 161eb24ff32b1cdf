"""An archive that is not there, is another one, or knows a site by another name."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from effort import lines_run

from scraper import cli
from scraper.app import load_config
from scraper.app.archive_view import count_held
from scraper.demo import beichen
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.exit_codes import ExitCode
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

FEW = ("--limit", "4")


@pytest.fixture
def world() -> EcmsWorld:
    return beichen.site()


@pytest.fixture
def server(world: EcmsWorld) -> Iterator[Server]:
    with serve(world) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, world: EcmsWorld, server: Server) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(config_text(world, proxy=server.proxy), encoding="utf-8")
    return file


def command(config: Path, *arguments: str) -> int:
    return cli.main([*arguments, "--config", str(config)])


def documents(config: Path) -> dict[str, bytes]:
    root = config.parent / "archive"
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*.md"))}


@pytest.mark.parametrize("name", ["verify", "status", "coverage", "reextract"])
def test_who_looks_at_an_archive_that_is_not_there_is_told_so(
    name: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(config, name) == ExitCode.WRONG_USAGE
    assert f"there is no archive at {config.parent / 'archive'}" in capsys.readouterr().err


def test_a_run_that_begins_an_archive_says_so_aloud_and_once(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(config, "run", "-q", *FEW) == ExitCode.BUDGET
    assert "this run begins one" in capsys.readouterr().err
    assert command(config, "run", "-q", *FEW) == ExitCode.BUDGET
    assert "begins one" not in capsys.readouterr().err


def test_an_empty_disk_in_the_place_of_the_archive_that_the_config_means_is_an_error(
    config: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    command(config, "run", "-q", *FEW)
    archive = config.parent / "archive"
    mark = json.loads((archive / ".scraper" / "archive.json").read_text(encoding="utf-8"))["id"]
    config.write_text(f"archive_id: {mark}\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    assert command(config, "run", "-q", *FEW) == ExitCode.BUDGET
    archive.rename(archive.with_name("unmounted"))
    asked = len(server.log)
    assert command(config, "run", "-q", *FEW) == ExitCode.WRONG_USAGE
    assert "there is no archive" in capsys.readouterr().err
    assert len(server.log) == asked
    assert not archive.exists()


def test_another_archive_than_the_config_means_is_an_error(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(config, "run", "-q", *FEW)
    config.write_text("archive_id: another\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    assert command(config, "run", "-q", *FEW) == ExitCode.WRONG_USAGE
    assert "the config means another" in capsys.readouterr().err


def test_a_site_under_another_name_is_offered_and_then_taken_over(
    config: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(config, "run", "-q") in {ExitCode.DONE, ExitCode.SOME_FAILED}
    before, asked = documents(config), len(server.log)
    text = config.read_text(encoding="utf-8")
    renamed = text.replace("  beichen:\n", "  north:\n")
    config.write_text(renamed, encoding="utf-8")
    assert command(config, "run", "-q") == ExitCode.WRONG_USAGE
    assert "`former: beichen` takes it over" in capsys.readouterr().err
    assert len(server.log) == asked

    config.write_text(renamed.replace("  north:\n", "  north:\n    former: beichen\n"), encoding="utf-8")
    capsys.readouterr()
    assert command(config, "run", "--json") in {ExitCode.DONE, ExitCode.SOME_FAILED}
    report = json.loads(capsys.readouterr().out)["sites"]["north"]
    assert (report["written"], report["revised"]) == (0, 0)
    assert documents(config) == before
    assert command(config, "verify") == ExitCode.DONE
    inside = config.parent / "archive" / ".scraper"
    assert (inside / "north").is_dir()
    assert not (inside / "beichen").exists()


def test_a_takeover_that_was_killed_after_the_folder_moved_is_gone_on_with(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(config, "run", "-q")
    inside = config.parent / "archive" / ".scraper"
    shutil.move(inside / "beichen", inside / "north")
    text = config.read_text(encoding="utf-8").replace("  beichen:\n", "  north:\n    former: beichen\n")
    config.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert command(config, "status", "--json") == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["sites"]["north"]["articles"] > 0


def test_a_site_without_a_channel_is_an_error_of_its_own_and_the_others_go_on(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "  bare: {home: 'http://bare.example/'}\n", encoding="utf-8")
    assert command(config, "run", "-q", "--json", *FEW) == ExitCode.WRONG_USAGE
    report = json.loads(capsys.readouterr().out)
    assert report["sites"]["beichen"]["written"] > 0
    assert "has no channel" in report["sites"]["bare"]["problems"][0]["message"]
    assert command(config, "run", "bare") == ExitCode.WRONG_USAGE
    assert command(config, "check") == ExitCode.DONE
    assert "`nankai-archive add http://bare.example/`" in capsys.readouterr().out


def test_to_look_at_all_sites_grows_as_they_do(tmp_path: Path) -> None:
    """Three thousand sites in one config: none of them is looked at once for each of the others."""

    def look_at(number: int) -> int:
        folder = tmp_path / str(number)
        sites = "".join(f"  s{n}: {{home: http://s{n}.example.edu.cn/}}\n" for n in range(number))
        folder.mkdir()
        (folder / "config.yaml").write_text(f"sites:\n{sites}", encoding="utf-8")
        config = load_config(folder / "config.yaml")
        prepare(Path(config.archive), now=partial(datetime.now, UTC), new=True)
        for site in config.sites:
            ArchiveFolder(Path(config.archive)).site(site.name).mkdir()
        return lines_run(lambda: count_held(config, config.sites))

    few, many = look_at(10), look_at(40)
    assert many < 5 * few  # the square: sixteen times as much
