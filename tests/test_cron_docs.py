"""What docs/cron.md tells people to type is what the program takes."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from scraper import cli
from scraper.config import parse_config
from scraper.exit_codes import ExitCode

DOC = (Path(__file__).resolve().parents[1] / "docs" / "cron.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"nankai-archive ([a-z]+ ?[^\n`|>]*)", DOC)
BLOCKS = dict(re.findall(r"`/etc/systemd/system/([\w.-]+)`:\n\n```ini\n(.*?)\n```", DOC, re.DOTALL))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_is_one(command: str) -> None:
    words = shlex.split(command)
    assert cli.parse(words).command == words[0]


def test_the_units_say_which_ends_are_no_failures() -> None:
    service = configparser.ConfigParser(interpolation=None)
    service.optionxform = str  # type: ignore[assignment, method-assign] # the documented way to keep capitals
    service.read_string(BLOCKS["news-archive.service"])
    good = {int(code) for code in service["Service"]["SuccessExitStatus"].split()}
    assert good == {ExitCode.SOME_FAILED, ExitCode.LOCKED, ExitCode.BUDGET}
    assert set(BLOCKS) == {"news-archive.service", "news-archive.timer"}


def test_the_pings_of_the_page_are_a_config() -> None:
    block = re.search(r"```yaml\n(ping:.*?)\n```", DOC, re.DOTALL)
    assert block is not None
    config = parse_config({**yaml.safe_load(block[1]), "sites": {"s": {"home": "http://news.example/"}}})
    assert config.ping.success is not None
    assert config.ping.failure is not None


def test_every_file_that_the_page_names_is_one_that_a_run_leaves() -> None:
    from scraper.app import post_run  # noqa: PLC0415 - heavy, and only here

    for name in (post_run.HEARTBEAT, post_run.METRICS):
        assert f"archive/.scraper/{name}" in DOC
