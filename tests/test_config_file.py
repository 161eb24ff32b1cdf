"""The config file on the disk: what is read of it, and how its slips are placed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scraper import app
from scraper.errors import ConfigError, UsageError
from scraper.urls import parse

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.urls import Url

SMALL = "sites: {xw: {home: 'http://news.example.edu.cn/'}}\n"


def write(folder: Path, text: str | bytes) -> Path:
    """Write a config file."""
    file = folder / "config.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def slips_of(file: Path) -> list[str]:
    """Return the slips of a file, without the folder it lies in."""
    with pytest.raises(ConfigError) as caught:
        app.load_config(file)
    return [slip.replace(f"{file.parent}{os.sep}", "") for slip in caught.value.slips]


def url(text: str) -> Url:
    """Return an address."""
    found = parse(text)
    assert found is not None
    return found


def test_the_archive_lies_beside_the_config(tmp_path: Path) -> None:
    assert app.load_config(write(tmp_path, SMALL)).archive == str(tmp_path / "archive")
    assert app.load_config(write(tmp_path, SMALL + "archive: /srv/a\n")).archive == "/srv/a"


def test_a_slip_has_the_line_of_its_key(tmp_path: Path) -> None:
    text = (
        "sites:\n  xw:\n    home: http://a.cn/\n    tags:\n      - a\n      - 3\n    delai: 3\ndefaults: 3\n"
    )
    assert slips_of(write(tmp_path, text)) == [
        "config.yaml:6: sites.xw.tags[1]: must be text; found the number 3; put it in quotes",
        "config.yaml:7: sites.xw.delai: unknown key; did you mean delay?",
        "config.yaml:8: defaults: must be a mapping of keys to values; found the number 3",
    ]


def test_what_is_missing_has_the_line_of_the_key_around_it(tmp_path: Path) -> None:
    text = "archive: a\nsites:\n  xw:\n    channels:\n      a: {title: b}\n"
    assert slips_of(write(tmp_path, text)) == ["config.yaml:5: sites.xw.channels.a.index: is missing"]


def test_a_key_that_stands_twice_is_a_slip(tmp_path: Path) -> None:
    text = SMALL + "archive: a\ndefaults: {delay: 1, delay: 2}\narchive: b\n"
    assert slips_of(write(tmp_path, text)) == [
        "config.yaml:2: archive: stands twice, again in line 4",
        "config.yaml:3: defaults.delay: stands twice, again in line 3",
    ]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert slips_of(tmp_path / "config.yaml") == [
        "config.yaml: there is no such file; --config names another one"
    ]


def test_an_empty_folder_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    assert slips_of(tmp_path / "config.yaml") == [
        "config.yaml: there is no file in it whose name ends in .yaml"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "config.yaml: is empty"),
        ("# nothing\n", "config.yaml: is empty"),
        ("a: b\n c: d\n", "config.yaml:2: is not YAML: mapping values are not allowed here"),
        ("a: [1\nb: 2", "config.yaml:2: is not YAML: "),
        ("a: 'x\n", "config.yaml:2: is not YAML: found unexpected end of stream"),
        ("a: b\n--- \na: c\n", "config.yaml:2: is not YAML: but found another document"),
        ("a:\n\tb: c", "config.yaml:2: is not YAML: "),
        ("a: *b\n", "config.yaml:1: is not YAML: found undefined alias 'b'"),
        ("? [a]\n: b\n", "config.yaml:1: is not YAML: found unhashable key"),
        ("a: 2024-13-45\n", "config.yaml: is not YAML: month must be in 1..12"),
        ("a: " + "9" * 5000, "config.yaml: is not YAML: "),
        ("a: \x00\n", "config.yaml: is not YAML: "),
        (b"a: \xc4\xcf\xbf\xaa\n", "config.yaml:1: is not UTF-8"),
        ("[" * 3000, "config.yaml: is nested too deeply"),
        (
            "a: !!python/object/apply:os.system ['true']\n",
            "config.yaml:1: is not YAML: could not determine a",
        ),
    ],
)
def test_what_is_no_config_is_told_with_its_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    (slip,) = slips_of(write(tmp_path, text))
    assert slip.startswith(told)


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (slip,) = slips_of(write(tmp_path, "\n".join(lines)))
    assert slip == "config.yaml: holds more than a config can, with every alias followed"


def test_a_value_that_holds_itself_is_refused(tmp_path: Path) -> None:
    (slip,) = slips_of(write(tmp_path, "a: &a [*a, *a]\n"))
    assert slip == "config.yaml: holds more than a config can, with every alias followed"


def test_a_file_of_many_bytes_is_no_config(tmp_path: Path) -> None:
    (slip,) = slips_of(write(tmp_path, b"#" * (9 * 2**20)))
    assert slip.startswith("config.yaml: is larger than")


def test_anchors_and_merges_are_followed(tmp_path: Path) -> None:
    text = (
        "sites:\n  a: &a {home: 'http://a.cn/', delay: 3}\n"
        "  b: {<<: *a, home: 'http://b.cn/', layout: hexo}\n"
    )
    _, second = app.load_config(write(tmp_path, text)).sites
    assert (second.home, second.delay, second.layout) == ("http://b.cn/", 3.0, "hexo")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert app.load_config(write(tmp_path, b"\xef\xbb\xbf" + SMALL.encode())).sites[0].name == "xw"


# ── whose site an address is ──────────────────────────────────────────────────────────────────────────────

TWO = """\
sites:
  www: {home: "http://www.example.edu.cn/", channels: {kx: "http://kx.example.edu.cn/list.htm"}}
  lib: {home: "https://www.example.edu.cn/lib/"}
"""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://www.example.edu.cn/a.htm", "www"),
        ("https://www.example.edu.cn/a.htm", "www"),
        ("http://www.example.edu.cn/lib/a.htm", "lib"),
        ("http://www.example.edu.cn/library/a.htm", "www"),
        ("http://kx.example.edu.cn/a.htm", "www"),
        ("http://elsewhere.edu.cn/a.htm", "elsewhere.edu.cn"),
    ],
)
def test_an_address_belongs_to_the_nearest_home_above_it(tmp_path: Path, address: str, name: str) -> None:
    config = app.load_config(write(tmp_path, TWO))
    assert app.site_for(url(address), config).name == name


def test_an_address_that_nobody_configured_gets_a_site_of_its_own() -> None:
    site = app.site_for(url("https://www.example.edu.cn:8443/a/b.htm?c=d"))
    assert (site.name, site.home) == ("www.example.edu.cn", "https://www.example.edu.cn:8443/")
    assert (site.title, site.archive_name) == ("www.example.edu.cn", "www.example.edu.cn")


def test_a_site_that_the_config_does_not_name_is_wrong_usage(tmp_path: Path) -> None:
    config = app.load_config(write(tmp_path, TWO))
    with pytest.raises(UsageError, match=r"site: ww: .*did you mean www\?"):
        app.site_named(config, "ww")


def test_no_name_means_every_site_and_a_name_twice_means_it_once(tmp_path: Path) -> None:
    config = app.load_config(write(tmp_path, TWO))
    assert app.sites_named(config, []) == config.sites
    assert [site.name for site in app.sites_named(config, ["lib", "lib"])] == ["lib"]
