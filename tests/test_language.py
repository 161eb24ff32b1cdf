"""The program speaks Chinese and English to people; data, logs and exit codes are the same in both."""

from __future__ import annotations

import json
import os
import re
import string
import subprocess
import sys
from datetime import timedelta
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper import cli, language, messages, spans
from scraper.columns import cells
from scraper.exit_codes import ExitCode
from scraper.messages import translated

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = (40, 80, 140)
CHINESE = re.compile("[\u4e00-\u9fff]")


def the_tool() -> ModuleType:
    """Return tools/catalogue.py, which is no package."""
    spec = util.spec_from_file_location("catalogue", ROOT / "tools" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = the_tool()
ENTRIES = {message.id: message.string for message in TOOL.read() if message.id}
OWN = [text for file in sorted((ROOT / "scraper").rglob("*.py")) for text in TOOL._said_in(file)]  # noqa: SLF001


def braces(text: str) -> list[tuple[str, str, str]]:
    """Return the places in braces of a template, in the order of their names."""
    found = string.Formatter().parse(text)
    return sorted((name, form or "", kind or "") for _, name, form, kind in found if name is not None)


def percents(text: str) -> list[str]:
    """Return the places with a percent sign of a template."""
    return sorted(re.findall(r"%(?:\(\w+\))?[a-z%]", text))


# ── the catalogue ─────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_is_said_has_a_translation() -> None:
    assert [text for text in dict.fromkeys(OWN) if not ENTRIES.get(text)] == []


def test_the_catalogue_says_nothing_that_the_source_no_longer_says() -> None:
    known = {*OWN, *TOOL._said_by_argparse()}  # noqa: SLF001 - a tool's own parts
    old_pythons = {text for text in ENTRIES if "%" in text}  # argparse's, of the Python that made it
    assert set(ENTRIES) - known - old_pythons == set()


def test_a_translation_holds_what_its_template_holds() -> None:
    wrong = [
        text
        for text in OWN
        if (said := ENTRIES.get(text)) and (braces(text), percents(text)) != (braces(said), percents(said))
    ]
    assert wrong == []


def test_a_translation_begins_and_ends_with_the_blanks_of_its_template() -> None:
    def lines(text: str) -> tuple[bool, bool]:
        return text.startswith("\n"), text.endswith("\n")

    assert [text for text, said in ENTRIES.items() if lines(text) != lines(said)] == []


def test_commands_options_and_quoted_words_stay_as_they_are() -> None:
    """An option or a command that a reader is told to type is the same in both languages."""
    typed = re.compile(r"(?<![\w-])--[a-z][a-z-]+|`nankai-archive [a-z]+")
    wrong = [text for text, said in ENTRIES.items() if set(typed.findall(text)) != set(typed.findall(said))]
    assert wrong == []


def test_chinese_sentences_have_chinese_punctuation() -> None:
    half = re.compile("[\u4e00-\u9fff][,;:!?](?!\\d)|[,;!?][\u4e00-\u9fff]")
    assert [said for said in ENTRIES.values() if half.search(said)] == []


def test_what_gettext_reads_is_what_people_wrote() -> None:
    assert TOOL.MO.read_bytes() == TOOL.compiled(TOOL.read())


def test_the_catalogue_is_part_of_the_package() -> None:
    assert '"locale/**/*.mo"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert language.catalogue("zh").gettext("never") == "从未"


# ── which language ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "en_GB.UTF-8", "LANGUAGE": "zh_TW:en"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh", {"LANG": "C"}, "zh"),
        ("", {"LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_option_decides_else_the_locale(
    wanted: str | None, environment: dict[str, str], expected: str
) -> None:
    assert language.chosen(wanted, environment) == expected


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell does."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_"))}
    return subprocess.run(  # noqa: S603 - the program itself
        [sys.executable, "-m", "scraper", *words],
        cwd=ROOT,
        env=plain | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_chinese_locale_gives_chinese_help() -> None:
    done = program("--help", LANG="zh_CN.UTF-8")
    assert done.returncode == 0
    assert done.stdout.startswith("用法：nankai-archive ")
    assert "查看：\n" in done.stdout
    assert program("--help", LANG="C.UTF-8").stdout.startswith("usage: nankai-archive ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "没有命令 'rnu'；是否想写 'run'？"),
        (["run", "--limti", "1"], "没有选项 '--limti'"),
        (["backfill", "--since", "2025-13-01"], "没有 13 月"),
        (["run", "--time-limit", "soon"], "'soon' 不是时长"),
        (["run", "--limit"], "需要一个参数"),
        (["run", "--log-format", "xml"], "无效的选择"),
        (["extract"], "extract：需要 FILE"),
        (["check", "--config", "nowhere.yaml"], "没有这个文件"),
    ],
)
def test_wrong_usage_is_told_in_chinese_and_exits_the_same(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *rest = words
    assert cli.main([command, *rest, "--lang=en"]) == ExitCode.WRONG_USAGE
    assert not CHINESE.search(capsys.readouterr().err)
    assert cli.main(["--lang", "zh", command, *rest]) == ExitCode.WRONG_USAGE
    assert said in capsys.readouterr().err


def test_data_is_the_same_in_both_languages(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = []
    for speaks in ("en", "zh"):
        missing = str(tmp_path / "page.html")
        words = ["extract", missing, "--url", "http://a.example/", "--json", "--lang", speaks]
        code = cli.main(words)
        out, err = capsys.readouterr()
        told.append((code, json.loads(out)))
        assert bool(CHINESE.search(err)) == (speaks == "zh")
    assert told[0] == told[1]
    assert told[0][1]["error"]["kind"] == "UsageError"


# ── how wide ──────────────────────────────────────────────────────────────────────────────────────────────


def unbreakable(line: str, width: int) -> bool:
    """Say whether a line is one word, behind its indent, that no break could make shorter."""
    return len(line.split()) == 1 and cells(line.strip()) > width - 30


@pytest.mark.parametrize("speaks", language.LANGUAGES)
@pytest.mark.parametrize("width", COLUMNS)
@pytest.mark.parametrize("command", [None, *(command.name for command in cli.COMMANDS)])
def test_help_fits_the_terminal(
    command: str | None,
    width: int,
    speaks: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert cli.main(["--lang", speaks, *([command] if command else []), "--help"]) == ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert [line for line in lines if cells(line) > width and not unbreakable(line, width)] == []


@pytest.mark.usefixtures("chinese")
def test_a_span_is_told_in_its_largest_units() -> None:
    moments = [
        (timedelta(seconds=20), "just now", "刚刚"),
        (timedelta(minutes=59), "59 min ago", "59 分钟前"),
        (timedelta(hours=3, minutes=50), "3 h ago", "3 小时前"),
        (timedelta(hours=47), "47 h ago", "47 小时前"),
        (timedelta(days=9), "9 d ago", "9 天前"),
    ]
    for passed, english, chinese in moments:
        assert (spans.ago(passed), translated(spans.ago(passed))) == (english, chinese)
    assert translated(spans.span(3 * 3600 + 120)) == "3 小时 2 分钟"


@pytest.fixture
def chinese() -> None:
    """Speak Chinese; the fixture for all tests speaks English again."""
    messages.use(language.catalogue("zh"))
