"""`add`: a site that nobody configured is recognised, shown, and written into a config that stays itself."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from scraper import cli
from scraper.app.config_editor import add_to, block_of
from scraper.app.config_file import load_config
from scraper.app.site_discovery import channel_name, name_of
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.errors import ConfigError, UsageError
from scraper.exit_codes import ExitCode
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.config import Config
    from scraper.demo.campus import CampusWorld
    from scraper.demo.server import Server

MAKERS = (campus_sites.webplus, campus_sites.vsb, campus_sites.jeecms)
CONFIG = """\
# Kept by hand.
archive: kept        # beside this file
network: {{proxy: "{proxy}"}}
defaults:
  delay: 0

sites:
   # the first one
   own:
      home: http://own.example/   # ours
      channels: {{a: "http://own.example/a/"}}

# the end
"""


@pytest.fixture(params=MAKERS, ids=["webplus", "vsb", "jeecms"])
def world(request: pytest.FixtureRequest) -> CampusWorld:
    make: Callable[[], CampusWorld] = request.param
    return make()


@pytest.fixture
def server(world: CampusWorld) -> Iterator[Server]:
    with serve(world) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, server: Server) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG.format(proxy=server.proxy), encoding="utf-8")
    return file


def add(config: Path, url: str, *more: str) -> int:
    return cli.main(["add", url, "--config", str(config), *more])


def test_a_site_is_recognised_and_its_channels_are_found(config: Path, world: CampusWorld) -> None:
    assert add(config, f"{world.home}/", "--yes", "--name", "neu") == ExitCode.DONE
    own, new = load_config(config).sites
    assert own.name == "own"
    assert (new.name, new.family, new.home) == ("neu", world.family, f"{world.home}/")
    wanted = {world.index(name): title for name, title in world.channel_titles().items()}
    assert {channel.index: channel.title for channel in new.channels} == wanted


def test_what_stands_in_the_config_stays_byte_for_byte(config: Path, world: CampusWorld) -> None:
    before = config.read_text(encoding="utf-8")
    add(config, f"{world.home}/", "--yes")
    after = config.read_text(encoding="utf-8")
    head, tail = before.split("\n# the end\n")
    assert after.startswith(head)
    assert after.endswith(f"\n# the end\n{tail}")
    block = after[len(head) :].removesuffix("\n# the end\n")
    assert block.startswith("   ")
    assert len(block.splitlines()) >= 7


def test_a_list_or_an_article_of_a_site_names_it_as_well(config: Path, world: CampusWorld) -> None:
    number = next(iter(world.stories))
    assert add(config, world.address(number), "--yes") == ExitCode.DONE
    assert len(load_config(config).sites[1].channels) == len(world.channel_titles())


def test_two_articles_are_shown_as_they_would_be_written(
    config: Path, world: CampusWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    add(config, f"{world.home}/", "--dry-run")
    shown = capsys.readouterr().out
    assert shown.count("\nurlname: ") == 2
    assert shown.count("[转入文章首发地址]") == 2
    for channel in world.channel_titles():
        assert world.index(channel) in shown
    assert f"family: {world.family}" in shown


def test_a_dry_run_writes_nothing(config: Path, world: CampusWorld) -> None:
    before = config.read_bytes()
    assert add(config, f"{world.home}/", "--dry-run") == ExitCode.DONE
    assert config.read_bytes() == before
    assert [file.name for file in config.parent.iterdir()] == [config.name]


def test_where_nobody_can_be_asked_nothing_is_asked_of_the_site_either(
    config: Path, world: CampusWorld, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not sys.stdin.isatty()
    assert add(config, f"{world.home}/") == ExitCode.WRONG_USAGE
    assert "--yes" in capsys.readouterr().err
    assert server.log == []


def test_a_site_that_is_there_is_refused_before_it_is_asked(
    config: Path, world: CampusWorld, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(config, "https://own.example/b/", "--yes") == ExitCode.WRONG_USAGE
    assert "'own'" in capsys.readouterr().err
    assert add(config, f"{world.home}/", "--yes", "--name", "OWN") == ExitCode.WRONG_USAGE
    assert add(config, f"{world.home}/", "--yes", "--name", "a b") == ExitCode.WRONG_USAGE
    assert server.log == []


def test_json_tells_the_same(config: Path, world: CampusWorld, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(config, f"{world.home}/", "--yes", "--json") == ExitCode.DONE
    said = json.loads(capsys.readouterr().out)
    assert said["family"] == world.family
    assert said["written"] == str(config)
    assert {each["index"] for each in said["channels"]} == {
        world.index(channel) for channel in world.channel_titles()
    }
    assert all(each["articles"] >= 7 for each in said["channels"])
    assert len(said["articles"]) == 2


def test_a_site_is_asked_politely(config: Path, world: CampusWorld, server: Server) -> None:
    world.robots = "User-agent: *\nDisallow: /\n"
    assert add(config, f"{world.home}/", "--yes") == ExitCode.REFUSED
    assert [access.path for access in server.log] == ["/robots.txt"]


def test_a_site_without_lists_is_not_written(config: Path, world: CampusWorld) -> None:
    before = config.read_bytes()
    for name in world.channel_titles():
        world.missing.update(world.page_path(world.columns[name], page) for page in range(1, 9))
    assert add(config, f"{world.home}/", "--yes") == ExitCode.SOME_FAILED
    assert config.read_bytes() == before


def test_the_block_goes_into_a_file_of_its_own_in_a_folder(
    tmp_path: Path, world: CampusWorld, server: Server
) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG.format(proxy=server.proxy), encoding="utf-8")
    assert add(folder, f"{world.home}/", "--yes", "--name", "neu") == ExitCode.DONE
    assert sorted(file.name for file in folder.iterdir()) == ["config.yaml", "neu.yaml"]
    assert [site.name for site in load_config(folder).sites] == ["own", "neu"]
    with pytest.raises(UsageError, match="there already"):
        add_to(folder, load_config(folder).sites[1])


# ── the block in the file ─────────────────────────────────────────────────────────────────────────────────

ONE = "sites:\n  own: {home: 'http://own.example/'}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "sites:\nBLOCK"),
        ("# mine\n", "# mine\nsites:\nBLOCK"),
        ("contact: a@b.cn", "contact: a@b.cn\nsites:\nBLOCK"),
        ("sites:\n", "sites:\nBLOCK"),
        ("sites:\n\narchive: x\n", "sites:\nBLOCK\narchive: x\n"),
        (ONE, f"{ONE}BLOCK"),
        (ONE.rstrip(), f"{ONE}BLOCK"),
        (f"{ONE}\n\n# end\n", f"{ONE}BLOCK\n\n# end\n"),
        (f"{ONE}  # of own\narchive: x\n", f"{ONE}  # of own\nBLOCKarchive: x\n"),
        (f"{ONE}\n# of the archive\narchive: x\n", f"{ONE}BLOCK\n# of the archive\narchive: x\n"),
        (f"\ufeff{ONE}", f"\ufeff{ONE}BLOCK"),
        (ONE.replace("\n", "\r\n"), f"{ONE}BLOCK".replace("\n", "\r\n")),
    ],
)
def test_a_block_goes_below_the_last_site(before: str, after: str, tmp_path: Path) -> None:
    site = load_config_text(
        tmp_path / "of.yaml", "sites: {neu: {channels: {a: 'http://neu.example/a/'}}}"
    ).sites[0]
    file = tmp_path / "config.yaml"
    file.write_bytes(before.encode())
    add_to(file, site)
    block = block_of(site).replace("\n", "\r\n" if "\r\n" in before else "\n")
    assert file.read_bytes().decode() == after.replace("BLOCK", block)
    assert load_config(file).sites[-1].name == "neu"


@pytest.mark.parametrize("before", ["sites: {own: {home: 'http://own.example/'}}\n", "{sites: {}}"])
def test_sites_in_braces_are_left_alone(before: str, tmp_path: Path) -> None:
    site = load_config_text(tmp_path / "of.yaml", "sites: {neu: {home: 'http://neu.example/'}}").sites[0]
    file = tmp_path / "config.yaml"
    file.write_text(before, encoding="utf-8")
    with pytest.raises(UsageError, match="braces"):
        add_to(file, site)
    assert file.read_text(encoding="utf-8") == before


def test_what_would_be_no_config_is_not_written(tmp_path: Path) -> None:
    site = load_config_text(tmp_path / "of.yaml", ONE).sites[0]
    file = tmp_path / "config.yaml"
    file.write_text(ONE, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        add_to(file, site)
    assert file.read_text(encoding="utf-8") == ONE
    assert {each.name for each in tmp_path.iterdir()} == {"of.yaml", "config.yaml"}


@pytest.mark.parametrize(
    "title", ["yes", "12", "a: b", "# x", "{x}", "南开大学", "a 'b' \"c\"", "文学院（一）", "-", "\\"]
)
def test_any_title_is_read_back_as_it_is(title: str, tmp_path: Path) -> None:
    site = load_config_text(tmp_path / "of.yaml", ONE).sites[0]
    file = add_to(tmp_path / "config.yaml", replace(site, title=title))
    assert load_config(file).sites[0].title == title


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("news.nankai.edu.cn", "nankai"),
        ("law.nankai.edu.cn", "nankai-law"),
        ("www.example.com", "example"),
        ("127.0.0.1", "1-0-0-127"),
    ],
)
def test_a_site_is_named_after_its_host(host: str, name: str) -> None:
    assert name_of(host) == name


@pytest.mark.parametrize(
    ("url", "known", "name"),
    [
        ("http://a.cn/xwzx/tzgg/list.htm", set(), "tzgg"),
        ("http://a.cn/xwzx/tzgg/list.htm", {"tzgg"}, "xwzx-tzgg"),
        ("http://a.cn/xwzx/tzgg.htm", set(), "tzgg"),
        ("http://a.cn/ywsd/index.shtml", set(), "ywsd"),
        ("http://a.cn/523/list.htm", set(), "523"),
        ("http://a.cn/news/", {"news"}, "news-2"),
        ("http://a.cn/", set(), "list"),
        ("http://a.cn/", {"list"}, "list-2"),
    ],
)
def test_a_channel_is_named_after_its_address(url: str, known: set[str], name: str) -> None:
    assert channel_name(Url(url), known) == name


def load_config_text(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load_config(file)
