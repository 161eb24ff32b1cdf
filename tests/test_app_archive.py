"""The parts of a run, joined as the program joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from archiving import opened

from scraper.app.config_file import load_config
from scraper.app.wiring import new_session
from scraper.crawl.plan import Incremental
from scraper.demo.settings import config_text
from scraper.model import Kind
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.config import Config
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import Capture


@pytest.fixture
def config(tmp_path: Path, server: Server, world: EcmsWorld) -> Config:
    file = tmp_path / "config.yaml"
    file.write_text(config_text(world, proxy=server.proxy), encoding="utf-8")
    return load_config(file)


def run(config: Config, *, dry: bool = False) -> None:
    session = new_session(config, progress=Unwatched(), dry=dry, limit=1)
    session.go("run", config.sites, Incremental())


def robots_of(config: Config) -> list[Capture]:
    """Return the robots.txt that lie on the shelf, each also known to the state."""
    (site,) = config.sites
    with opened(config) as context:
        known = {entry.ref for entry in context.state.captures.every(site.name)}
        shelf = context.captures.scan()
        return [capture for ref, capture in shelf if capture.kind is Kind.ROBOTS and ref in known]


def test_robots_txt_is_kept_so_that_the_archive_shows_why_something_was_not_asked(
    config: Config, world: EcmsWorld
) -> None:
    run(config)
    (kept,) = robots_of(config)
    assert kept.body == world.robots.encode()
    assert kept.url == f"{world.home}/robots.txt"
    run(config)
    assert len(robots_of(config)) == 1  # it is asked for once a day, and kept as often


def test_a_site_without_one_is_seen_to_have_none(config: Config, world: EcmsWorld) -> None:
    world.robots = ""
    run(config)
    (kept,) = robots_of(config)
    assert kept.status == 404


def test_a_dry_run_keeps_nothing(config: Config) -> None:
    run(config, dry=True)
    assert robots_of(config) == []
