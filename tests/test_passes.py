"""What a pass over the sites tells at its end."""

from __future__ import annotations

import argparse
import json
import logging
from datetime import UTC, datetime

import pytest

from scraper import logs
from scraper.commands.crawl import tell_report
from scraper.console import json_text
from scraper.report import Problem, Report, SiteReport
from scraper.report_text import untold

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def report(site: SiteReport) -> Report:
    return Report(command="run", started=NOW, finished=NOW, exit_code=0, sites={"nankai": site})


def arguments(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**({"json": False, "verbosity": 0, "log_format": "text"} | given))


def test_the_last_line_of_a_json_log_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    tell_report(report(SiteReport(written=2)), arguments(log_format="json"))
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["site"], line["written"]) == ("finished", "nankai", 2)


def test_a_quiet_pass_that_changed_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tell_report(report(SiteReport(unchanged=30)), arguments(verbosity=-1))
    assert capsys.readouterr().err == ""
    tell_report(report(SiteReport(revised=1)), arguments(verbosity=-1))
    assert "revised 1" in capsys.readouterr().err


def test_what_is_not_zero_is_named_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    tell_report(report(SiteReport(listed=30, written=2, bytes=3_210_000, requests=5)), arguments())
    assert capsys.readouterr().err == "nankai: listed 30, written 2, requests 5, 3.2 MB\n"


def test_the_end_says_what_the_code_means(capsys: pytest.CaptureFixture[str]) -> None:
    ended = report(SiteReport(failed=2))
    ended.exit_code = 3
    tell_report(ended, arguments())
    assert capsys.readouterr().err.endswith("3: 2 articles failed, they are tried again by the next run\n")


def problem(number: int, kind: str = "BadStatus") -> Problem:
    url = f"http://a.example/{number}"
    return Problem(url=url, kind=kind, message=f"status 500: {url}")


def test_a_quiet_pass_names_what_failed_and_few_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    many = [problem(number) for number in range(9)]
    tell_report(report(SiteReport(failed=9, problems=many)), arguments(verbosity=-1))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "nankai: BadStatus: status 500: http://a.example/0"
    assert (len(lines), lines[-1]) == (6, "nankai: BadStatus: 4 more of this kind")


def test_a_problem_that_stays_is_told_once_and_the_canary_once_a_day() -> None:
    found = [problem(1), problem(2, "Canary")]
    news, told = untold(found, {}, "2026-03-01T10", "2026-02-28T11")
    assert news == found
    news, told = untold(found, told, "2026-03-01T11", "2026-02-28T12")
    assert news == []
    news, told = untold([*found, problem(3)], told, "2026-03-02T10", "2026-03-01T11")
    assert news == [problem(2, "Canary"), problem(3)]


def test_foreign_text_cannot_act_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    said = "reason \x1b[2J\u202egpj.exe\nnankai: fine"
    bad = Problem(url="http://a.example/", kind="BadStatus", message=said)
    tell_report(report(SiteReport(problems=[bad])), arguments(verbosity=-1))
    assert capsys.readouterr().err == (
        "nankai: http://a.example/: BadStatus: reason \\x1b[2J\\u202egpj.exe nankai: fine\n"
    )


ACTING = "\x1b]8;;http://a.example/\x07here\x9b31m\x85\u061c\u2028\u202e\ufeff\ud83d"


@pytest.mark.parametrize("form", ["text", "json"])
def test_foreign_text_in_the_log_cannot_act_on_a_terminal(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(form=form, verbosity=2)
    try:
        fields = {"url": f"http://a.example/{ACTING}", "said": ACTING}
        error = ValueError(ACTING)
        logging.getLogger(logs.LOGGER).error("failed", exc_info=error, extra={"fields": fields})
    finally:
        logging.getLogger(logs.LOGGER).handlers.clear()
    told = capsys.readouterr().err
    assert all(each.isprintable() for each in told.splitlines())
    if form == "json":
        assert json.loads(told)["said"] == ACTING


def test_json_on_a_terminal_is_clean_and_says_the_same() -> None:
    text = json_text({"title": ACTING, "中文": ["　"]}, indent=2)
    assert not set(ACTING) - set("]8;htp:/a.exmlr31") & set(text)
    assert "中文" in text
    assert json.loads(text) == {"title": ACTING, "中文": ["　"]}
