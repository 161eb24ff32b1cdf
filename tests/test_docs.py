"""The documentation says what the code says."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest
import yaml

from scraper import cli, urls
from scraper.app import saved_page
from scraper.config import parse_config
from scraper.config.keys import CONFIG, NETWORK, TUNING
from scraper.config.schema import json_schema
from scraper.exit_codes import ExitCode
from scraper.urls import Url

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT.parent / "shared" / "contract.md"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
BOTH = pytest.mark.parametrize("readme", [README, CHINESE], ids=["README.md", "README.zh-CN.md"])

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


def command_table(readme: str) -> dict[str, str]:
    """Return what a README's table says of each command, by its name."""
    rows = re.findall(r"^\| `([a-z]+)(?: [^`]*)?` \| (.+) \|$", readme, re.MULTILINE)
    return dict(rows)


def code(readme: str) -> list[str]:
    """Return the words of a README that are set as code: commands, options, files; sorted, each once."""
    prose = re.sub(r"^```.*?^```$", "", readme, flags=re.DOTALL | re.MULTILINE)
    return sorted({" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose)})


def commands(readme: str) -> list[str]:
    """Return the lines of code of a README, without comments and without what a terminal shows."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    shown = [block for language, block in blocks if language != "text"]
    return [line for block in shown for line in re.sub(r" +# .*", "", block).splitlines()]


def options_of(command: str) -> set[str]:
    """Return the long options that are a command's own."""
    parser = argparse.ArgumentParser()
    cli.command_module(command).add_arguments(parser)
    return {option for option in parser._option_string_actions if option.startswith("--")} - {"--help"}  # noqa: SLF001


@BOTH
def test_every_command_stands_in_the_readme_and_no_other(readme: str) -> None:
    assert set(command_table(readme)) == {command.name for command in cli.COMMANDS}


@BOTH
@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_every_option_of_a_command_stands_in_the_readme(command: str, readme: str) -> None:
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{command}"))
    assert set(re.findall(r"--[a-z-]+", row)) - {"--json"} == options_of(command)


@BOTH
def test_every_exit_code_stands_in_the_readme_and_no_other(readme: str) -> None:
    rows = re.findall(r"^\| ([0-9, ]+) \|", readme, re.MULTILINE)
    assert sorted(int(code) for row in rows for code in row.split(",")) == sorted(ExitCode)


@BOTH
def test_the_document_of_the_readme_is_the_one_that_the_program_makes(readme: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    config = parse_config(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    url = Url("http://news.nankai.edu.cn/ywsd/system/2022/03/07/030050001.shtml")
    read = saved_page.read(saved_page.saved_capture(str(page), url, None), config.sites[0])
    assert read.document() == code_block("markdown", readme)
    assert f"{urls.urlname(url)}.md`" in readme


def test_the_site_of_the_readme_is_a_config() -> None:
    assert parse_config(yaml.safe_load(code_block("yaml"))).sites[0].title == "lib"


@BOTH
def test_every_file_that_the_readme_links_to_is_there(readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_both_readmes_lead_to_each_other_in_their_first_line() -> None:
    assert "](README.zh-CN.md)" in README.splitlines()[0]
    assert "](README.md)" in CHINESE.splitlines()[0]


def test_both_readmes_name_the_same_commands_options_keys_and_files() -> None:
    assert code(CHINESE) == code(README)


def test_both_readmes_give_the_same_commands_and_configs() -> None:
    assert commands(CHINESE) == commands(README)


def test_both_readmes_have_the_same_sections_tables_and_links() -> None:
    def shape(readme: str) -> list[str]:
        prose = re.sub(r"^```.*?^```$", "", readme, flags=re.DOTALL | re.MULTILINE)
        return re.findall(r"^#+ |^\|(?=-)|^\|(?! -)", prose, re.MULTILINE)

    def links(readme: str) -> set[str]:
        return set(re.findall(r"\]\(([^)]+)\)", readme)) - {"README.md", "README.zh-CN.md"}

    assert shape(CHINESE) == shape(README)
    assert links(CHINESE) == links(README)


@BOTH
def test_every_key_of_the_config_that_a_readme_names_is_one(readme: str) -> None:
    schema = json.dumps(json_schema())
    named = re.findall(r"`([a-z_]+): [^`]+`", readme)
    assert named
    assert [key for key in named if f'"{key}": {{' not in schema] == []


def test_every_key_of_the_config_stands_in_the_config_that_the_readmes_point_to() -> None:
    shipped = (ROOT / "config.yaml").read_text(encoding="utf-8")
    keys = [*CONFIG.keys, *TUNING, *NETWORK.keys]
    assert [key.name for key in keys if key.name != "$schema" and f"{key.name}:" not in shipped] == []


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
