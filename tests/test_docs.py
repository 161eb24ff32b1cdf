"""The documentation says what the code says."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
import yaml

from scraper import cli, urls
from scraper.app import saved_page
from scraper.config import parse_config
from scraper.exit_codes import ExitCode
from scraper.urls import Url

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT.parent / "shared" / "contract.md"
README = (ROOT / "README.md").read_text(encoding="utf-8")

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
<table style="background:url(/images/tou2021.png)"><tr><td></td></tr></table>
<table><tr><td style="font-size:30px; line-height:42px">星桥书院办起夜读会</td></tr>
<tr><td><span>来源：校报</span> <span>发稿时间：2022-03-07 19:05</span></td></tr>
<tr><td id="txt"><p>　　<strong>本报讯</strong>（记者 柳青禾）每周三晚七点，星桥书院的阅览室里灯火通明。</p>
<p><img src="/pic/003/000/500/00300050001_1f2e3d4c.jpg"></p>
<p>　　“人人都来，人人都读。”书院导师沈砚秋说，夜读会将办满一个学期。</p></td></tr>
<tr><td align="right"><p><span class=" hong">编辑：</span>沈砚秋</p></td></tr></table></body></html>
"""


def code_block(language: str, text: str = README) -> str:
    """Return the first block of code in this language."""
    found = re.search(rf"^```{language}\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def command_table() -> dict[str, str]:
    """Return what README's table says of each command, by its name."""
    rows = re.findall(r"^\| `([a-z]+)(?: [^`]*)?` \| (.+) \|$", README, re.MULTILINE)
    return dict(rows)


def options_of(command: str) -> set[str]:
    """Return the long options that are a command's own."""
    parser = argparse.ArgumentParser()
    cli.command_module(command).add_arguments(parser)
    return {option for option in parser._option_string_actions if option.startswith("--")} - {"--help"}  # noqa: SLF001


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    assert set(command_table()) == {command.name for command in cli.COMMANDS}


@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_every_option_of_a_command_stands_in_the_readme(command: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{command}"))
    assert set(re.findall(r"--[a-z-]+", row)) - {"--json"} == options_of(command)


def test_every_exit_code_stands_in_the_readme_and_no_other() -> None:
    rows = re.findall(r"^\| ([0-9, ]+) \|", README, re.MULTILINE)
    assert sorted(int(code) for row in rows for code in row.split(",")) == sorted(ExitCode)


def test_the_document_of_the_readme_is_the_one_that_the_program_makes(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    config = parse_config(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    url = Url("http://news.nankai.edu.cn/ywsd/system/2022/03/07/030050001.shtml")
    read = saved_page.read(saved_page.saved_capture(str(page), url, None), config.sites[0])
    assert read.document() == code_block("markdown")
    assert f"{urls.urlname(url)}.md`" in README


def test_the_site_of_the_readme_is_a_config() -> None:
    assert parse_config(yaml.safe_load(code_block("yaml"))).sites[0].title == "lib"


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)\b", code_block("sh"))) | {"run", "bench"}:
        assert f"\n{target}:" in makefile


@pytest.mark.real
@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not beside the repository")
def test_the_config_that_ships_says_what_the_contract_says() -> None:
    promised = yaml.safe_load(code_block("yaml", CONTRACT.read_text(encoding="utf-8")))
    shipped = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    promised["sites"]["nankai"]["channels"] = shipped["sites"]["nankai"]["channels"]
    assert parse_config(promised) == parse_config(shipped)
