"""The command line: arguments, errors, exit codes, streams, and how little `--help` imports."""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper import __version__, cli, exit_codes, logs
from scraper.columns import cells
from scraper.errors import (
    ArchiveError,
    Blocked,
    CaptureDamaged,
    ConfigError,
    Locked,
    NoRoom,
    StoreError,
    Unreachable,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.exit_codes import ExitCode
    from scraper.parser import Command

ROOT = Path(__file__).resolve().parents[1]
SMALL = "sites: {xw: {home: 'http://news.example.edu.cn/', title: 新闻}}\n"
HEAVY = {
    "asyncio",
    "httpcore",
    "httpx",
    "selectolax",
    "yaml",
    "rich",
    "warcio",
    "sqlite3",
    "tenacity",
    "zoneinfo",
}


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Return the path of a small config file."""
    file = tmp_path / "config.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return str(file)


def raising(error: BaseException) -> Callable[[], int]:
    """Return an action that ends in an error."""

    def action() -> int:
        raise error

    return action


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python as a process of its own, from the project's folder."""
    return subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        timeout=60,
    )


# ── arguments ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("order", ["before", "after"])
def test_what_every_command_takes_may_stand_before_or_after_it(order: str, config: str) -> None:
    common = ["--config", config, "--json", "--log-format", "json", "-v"]
    args = cli.parse([*common, "check"] if order == "before" else ["check", *common])
    assert (args.config, args.json, args.log_format, args.verbosity) == (config, True, "json", 1)


def test_what_is_not_given_has_its_default() -> None:
    args = cli.parse(["check"])
    assert (args.config, args.json, args.log_format, args.verbosity) == (None, False, "text", 0)


def test_verbosity_adds_up() -> None:
    assert cli.parse(["-v", "check", "-v"]).verbosity == 2
    assert cli.parse(["check", "-vv", "-q"]).verbosity == 1
    assert cli.parse(["-q", "check"]).verbosity == -1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chek"], "there is no command 'chek'; did you mean 'check'?"),
        (["--config", "x.yaml", "chek"], "there is no command 'chek'; did you mean 'check'?"),
        (["fly"], "there is no command 'fly'"),
        (["check", "--jsn"], "there is no option '--jsn'; did you mean '--json'?"),
        (["--jsn", "check"], "there is no option '--jsn'; did you mean '--json'?"),
        (["check", "--js"], "there is no option '--js'"),
        (["check", "x"], "one argument too many: 'x'"),
        (["check", "--log-format", "xml"], "invalid choice: 'xml'"),
        (["check", "--config"], "expected one argument"),
        ([], "usage: nankai-archive"),
    ],
)
def test_wrong_usage_is_told_with_a_guess_and_exits_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"nankai-archive {__version__}\n"
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert [f"\n{title}:\n" in out for title in ("archive", "look", "check")] == [True] * 3
    assert [out.count(f"\n  {command.name} ") for command in cli.COMMANDS] == [1] * len(cli.COMMANDS)


@pytest.mark.parametrize("columns", [40, 80, 140])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_of_the_commands_help_is_wider_than_the_terminal(
    columns: int, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in cli.COMMANDS:
        assert cli.main(["--lang", language, command.name, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if cells(line) > columns and " " in line.strip()] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_offered_to_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--completion", shell]) == 0
    assert "nankai-archive" in capsys.readouterr().out


def test_the_manual_page_names_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--man"]) == 0
    page = capsys.readouterr().out.replace("\\-", "-")
    assert [command.name for command in cli.COMMANDS if f"\n\\fB{command.name}\\fR" not in page] == []
    assert "--time-limit" in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command.name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: nankai-archive {command.name} ")
    assert "--config FILE" in out
    assert command.help[0].islower()
    assert not command.help.endswith(".")


def test_every_file_that_is_a_command_stands_in_the_table() -> None:
    """And no command stands there without its file."""
    files = (ROOT / "scraper" / "commands").glob("*.py")
    modules = {file.stem: importlib.import_module(f"scraper.commands.{file.stem}") for file in files}
    commands = {name for name, module in modules.items() if hasattr(module, "run")}
    assert commands == {command.module for command in cli.COMMANDS}


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError(("a: b",)), 2),
        (UsageError("x"), 2),
        (Locked("x"), 4),
        (NoRoom("x"), 10),
        (CaptureDamaged("x"), 7),
        (Blocked("x"), 8),
        (Unreachable("x"), 3),
        (StoreError("x"), 1),
        (ArchiveError("x"), 1),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_that_ends_a_command_becomes_its_exit_code(error: BaseException, code: int) -> None:
    assert cli.guarded(raising(error)) == code


def test_an_error_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    cli.guarded(raising(Unreachable("article: http://a.cn/:\n  no answer")))
    assert capsys.readouterr() == ("", "nankai-archive: article: http://a.cn/: no answer\n")


def test_the_slips_of_a_config_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    cli.guarded(raising(ConfigError(("a: x", "b: y"))))
    assert capsys.readouterr().err == "nankai-archive: a: x\nnankai-archive: b: y\n"


def test_an_error_of_the_program_says_where_to_report_it(capsys: pytest.CaptureFixture[str]) -> None:
    cli.guarded(raising(ZeroDivisionError("oh")))
    err = capsys.readouterr().err
    assert "error of the program itself: ZeroDivisionError: oh" in err
    assert cli.REPORT_TO in err
    assert "Traceback" not in err
    cli.guarded(raising(ZeroDivisionError("oh")), verbosity=1)
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 3], 3),
        ([9, 3], 3),
        ([3, 6], 6),
        ([6, 143], 143),
        ([130, 5], 5),
        ([5, 8], 8),
        ([8, 7], 7),
        ([7, 10], 10),
        ([10, 1], 1),
        ([3, 9, 6, 130, 5, 8, 7, 10, 1], 1),
    ],
)
def test_of_several_codes_the_contract_says_which_wins(codes: list[ExitCode], worst: int) -> None:
    assert exit_codes.worst(codes) == worst
    assert exit_codes.worst(reversed(codes)) == worst


# ── streams ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *[[c.name, "--help"] for c in cli.COMMANDS]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """What makes `--help` quick: counted and not timed, for a machine may be busy."""
    code = (
        "import sys\nfrom scraper.__main__ import main\n"
        f"code = main({arguments!r})\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\nsys.exit(code)"
    )
    done = python("-c", code)
    assert done.returncode == 0
    assert set(done.stderr.decode().split()) & HEAVY == set()


@pytest.mark.parametrize("locale", ["C", "POSIX", "zh_CN.GBK"])
@pytest.mark.parametrize("coerced", ["0", "1"])
def test_output_is_utf8_in_every_locale(locale: str, coerced: str, config: str) -> None:
    done = python(
        "-m",
        "scraper",
        "check",
        "--config",
        config,
        LC_ALL=locale,
        PYTHONCOERCECLOCALE=coerced,
        PYTHONUTF8=coerced,
    )
    assert done.returncode == 0, done.stderr
    assert "新闻" in done.stdout.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error_message() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scraper", "schema"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_with_json_standard_output_holds_json_alone(config: str) -> None:
    done = python("-m", "scraper", "check", "--json", "-vv", "--config", config)
    assert json.loads(done.stdout) == {"config": config, "slips": []}


def test_with_json_what_ends_a_command_before_its_report_is_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--json", "--config", str(tmp_path / "none.yaml")]) == 2
    report = json.loads(capsys.readouterr().out)
    assert (report["command"], report["exit_code"], report["sites"]) == ("run", 2, {})
    assert report["error"]["kind"] == "ConfigError"


def test_check_tells_slips_as_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("sites: {}", encoding="utf-8")
    assert cli.main(["check", "--json", "--config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["slips"] == [f"{file}:1: sites: needs at least one site"]
    assert err == ""


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────


def record(**fields: object) -> logging.LogRecord:
    """Return a record of the event `written`."""
    made = logging.makeLogRecord({"msg": "written", "levelname": "INFO", "created": 0.0})
    made.fields = fields
    return made


def test_a_log_line_is_an_event_and_its_fields() -> None:
    line = logs.TextForm().format(record(site="xw", url="http://a.cn/b?c=d", path="a b.md", ms=12, note=None))
    event, at = line.rsplit(" at=", 1)
    assert event == 'written site=xw url="http://a.cn/b?c=d" path="a b.md" ms=12'
    assert at.startswith("19")


def test_no_field_can_end_a_log_line() -> None:
    line = logs.TextForm().format(record(title='a\nb\u2028c" x=1'))
    assert len(line.splitlines()) == 1


def test_a_log_line_as_json_is_one_object() -> None:
    entry = json.loads(logs.JsonForm().format(record(site="xw", title="新闻\n")))
    assert (entry["event"], entry["site"], entry["title"], entry["level"]) == (
        "written",
        "xw",
        "新闻\n",
        "info",
    )


@pytest.mark.parametrize(
    ("verbosity", "heard"), [(-1, ["e"]), (0, ["w", "e"]), (1, ["i", "w", "e"]), (2, ["d", "i", "w", "e"])]
)
def test_verbosity_says_how_much_is_heard(
    verbosity: int, heard: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(form="json", verbosity=verbosity)
    logger = logging.getLogger("scraper.crawl")
    logger.debug("d")
    logger.info("i")
    logger.warning("w")
    logger.error("e")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == heard
