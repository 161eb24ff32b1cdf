"""`init`: from nothing to a config that runs, with nothing of what stood there lost."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from archiving import Clock

from scraper import cli
from scraper.app import site_discovery
from scraper.app.config_file import load_config
from scraper.app.machine import Machine
from scraper.app.new_archive import cron_line, write_units
from scraper.app.wiring import network_of
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.campus import CampusWorld


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CampusWorld]:
    made, clock = campus_sites.webplus(), Clock()
    machine = Machine(monotonic=clock.monotonic, sleep=clock.sleep)
    at_once = partial(network_of, machine=machine)  # the usual pace, in no time
    monkeypatch.setattr(site_discovery, "network_of", at_once)
    with serve(made) as server:
        monkeypatch.setenv("HTTP_PROXY", server.proxy)
        monkeypatch.chdir(tmp_path)
        yield made


def test_an_address_is_enough_for_a_config_that_check_finds_right(world: CampusWorld, tmp_path: Path) -> None:
    assert cli.main(["init", f"{world.home}/", "--yes", "--contact", "keeper@example.org"]) == ExitCode.DONE
    config = load_config(tmp_path / "config.yaml")
    assert config.contact == "keeper@example.org"
    assert [site.home for site in config.sites] == [f"{world.home}/"]
    assert {channel.index for channel in config.sites[0].channels} == {
        world.index(name) for name in world.channel_titles()
    }
    assert (tmp_path / "archive").is_dir()
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "archive/.scraper/\n"
    assert cli.main(["check"]) == ExitCode.DONE


def test_what_stands_there_is_not_overwritten(world: CampusWorld, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("# mine\n", encoding="utf-8")
    assert cli.main(["init", f"{world.home}/", "--yes"]) == ExitCode.WRONG_USAGE
    assert (tmp_path / "config.yaml").read_text(encoding="utf-8") == "# mine\n"


def test_a_gitignore_keeps_its_lines(world: CampusWorld, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log", encoding="utf-8")
    assert cli.main(["init", f"{world.home}/", "--yes"]) == ExitCode.DONE
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "*.log\narchive/.scraper/\n"


def test_without_an_address_and_without_a_person_it_says_what_is_missing(
    world: CampusWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    assert cli.main(["init", "--yes"]) == ExitCode.WRONG_USAGE
    assert "there is no address" in capsys.readouterr().err
    assert not (tmp_path / "config.yaml").exists()


def test_with_json_the_report_stands_alone(world: CampusWorld, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", f"{world.home}/", "--yes", "--json", "--schedule", "cron"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"site", "files", "cron"}
    assert " run -q " in told["cron"]


def test_a_crontab_line_survives_odd_folders(tmp_path: Path) -> None:
    folder = tmp_path / "my news 100%"
    folder.mkdir()
    minute, *_ = line = cron_line(folder / "config.yaml", "/opt/x/nankai-archive").split(" ")
    assert 0 <= int(minute) < 60
    assert "100\\%" in " ".join(line)


def test_units_are_written_once(tmp_path: Path) -> None:
    files = write_units(tmp_path / "config.yaml", "/opt/x/nankai-archive")
    assert [file.name for file in files] == ["nankai-archive.service", "nankai-archive.timer"]
    assert f"WorkingDirectory={tmp_path.resolve()}" in files[0].read_text(encoding="utf-8")
