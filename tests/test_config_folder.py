"""A folder of config files: each adds its sites, and what is wrong is told with its file and line."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from effort import lines_run

from scraper import app
from scraper.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, **files: str) -> Path:
    """Write the files of a folder, each under its name with `.yaml`."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def site(name: str, host: str = "", more: str = "") -> str:
    return f"  {name}:\n    home: http://{host or name}.example.edu.cn/\n{more}"


def slips_of(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        app.load_config(folder)
    return [slip.replace(f"{folder}{os.sep}", "") for slip in caught.value.slips]


def test_every_file_adds_its_sites_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "sites",
        b="sites:\n" + site("law") + site("arts"),
        config="archive: ../kept\ndefaults: {delay: 3}\nsites:\n" + site("news"),
        d="contact: web@example.edu.cn\n",
    )
    (folder / ".hidden.yaml").write_text("nonsense: [", encoding="utf-8")
    (folder / "README.md").write_text("no config", encoding="utf-8")
    config = app.load_config(folder)
    assert [site.name for site in config.sites] == ["law", "arts", "news"]
    assert {site.delay for site in config.sites} == {3.0}
    assert config.contact == "web@example.edu.cn"
    assert config.archive == str(folder / "../kept")


def test_the_archive_lies_in_the_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "sites", a="sites:\n" + site("news"))
    assert app.load_config(folder).archive == str(folder / "archive")


def test_what_stands_in_two_files_is_a_slip_that_names_both(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "sites",
        a="archive: x\nsites:\n" + site("news"),
        b="archive: y\nsites:\n" + site("news", "other") + site("arts"),
    )
    assert slips_of(folder) == [
        "a.yaml:1: archive: holds for all sites: it stands in config.yaml of this folder",
        "b.yaml:1: archive: holds for all sites: it stands in config.yaml of this folder",
        f"b.yaml:1: archive: stands in {folder}{os.sep}a.yaml:1 too".replace(f"{folder}{os.sep}", ""),
        f"b.yaml:3: sites.news: stands in {folder}{os.sep}a.yaml:3 too".replace(f"{folder}{os.sep}", ""),
    ]


@pytest.mark.parametrize("key", ["network: {proxy: http://127.0.0.1:1}", "ping: {}", "defaults: {delay: 0}"])
def test_a_site_s_own_file_sets_nothing_for_the_others(tmp_path: Path, key: str) -> None:
    folder = write(tmp_path / "sites", config="sites:\n" + site("news"), b=f"{key}\nsites:\n" + site("law"))
    name = key.partition(":")[0]
    assert slips_of(folder) == [
        f"b.yaml:1: {name}: holds for all sites: it stands in config.yaml of this folder"
    ]


def test_a_site_s_own_file_keeps_to_its_own_folder(tmp_path: Path) -> None:
    law = site("law", more='    path: "news/{urlname}.md"\n')
    folder = write(tmp_path / "sites", config="sites:\n" + site("news"), b="sites:\n" + law)
    assert slips_of(folder) == [
        "b.yaml:4: sites.law.path: leaves the site's own folder: it begins with {site}/"
    ]


@pytest.mark.parametrize("path", ["../a.pem", "/etc/ssl/a.pem", "~/a.pem", "link/a.pem"])
def test_a_site_s_own_file_names_certificates_of_the_folder_alone(tmp_path: Path, path: str) -> None:
    folder = write(tmp_path / "sites", a="sites:\n" + site("law", more=f'    tls: {{ca_file: "{path}"}}\n'))
    (folder / "link").symlink_to(tmp_path)
    (tmp_path / "a.pem").write_text("", encoding="utf-8")
    told = "sites.law.tls.ca_file: leaves the folder of the config"
    assert any(told in slip for slip in slips_of(folder))


def test_one_home_in_two_files_is_a_slip(tmp_path: Path) -> None:
    folder = write(tmp_path / "sites", a="sites:\n" + site("news"), b="sites:\n" + site("more", "news"))
    assert slips_of(folder) == [
        "b.yaml:3: sites.more.home: is the home of 'news' too; a site is configured once"
    ]


def test_the_slips_of_all_files_are_told_at_once_each_with_file_and_line(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "sites",
        a="sites:\n" + site("news", more="    delai: 3\n"),
        b="networks: {}\nsites:\n" + site("law", more="    family: webpuls\n    family: vsb\n"),
    )
    assert slips_of(folder) == [
        "a.yaml:4: sites.news.delai: unknown key; did you mean delay?",
        "b.yaml:1: networks: unknown key; did you mean network?",
        "b.yaml:5: sites.law.family: stands twice, again in line 6",
    ]


def test_files_that_cannot_be_read_are_told_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "sites", a="sites: [", b="", c="sites:\n" + site("law"))
    first, second = slips_of(folder)
    assert first.startswith("a.yaml:1: is not YAML")
    assert second == "b.yaml: is empty"


def test_a_file_that_is_no_mapping_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "sites", a="- 3\n", b="sites:\n" + site("law"))
    assert slips_of(folder) == ["a.yaml: must be a mapping of keys to values"]


def test_the_work_of_reading_a_folder_grows_as_its_sites_do(tmp_path: Path) -> None:
    folders = [folder_of(tmp_path / str(number), number) for number in (20, 80)]
    few, many = (lines_run(partial(app.load_config, folder)) for folder in folders)
    assert many < 4.5 * few


def folder_of(folder: Path, number: int) -> Path:
    """Write a folder of so many sites, ten a file, each with four channels."""
    channels = "".join(
        f'      c{n}: {{title: 栏目{n}, index: "http://NAME.example.edu.cn/{n}/list.htm"}}\n'
        for n in range(4)
    )
    blocks = [
        site(f"s{n}", more=f"    channels:\n{channels}".replace("NAME", f"s{n}")) for n in range(number)
    ]
    parts = (blocks[at : at + 10] for at in range(0, number, 10))
    return write(folder, **{f"f{at}": "sites:\n" + "".join(part) for at, part in enumerate(parts)})


def test_a_pipe_in_the_folder_is_named_and_nobody_waits_for_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "sites", a="sites:\n" + site("news"))
    os.mkfifo(folder / "b.yaml")
    assert slips_of(folder) == ["b.yaml: cannot be read: it is no file"]
