"""What a pass over the sites tells at its end."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper.commands.crawl import tell
from scraper.report import Report, SiteReport

if TYPE_CHECKING:
    import pytest

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def report(site: SiteReport) -> Report:
    return Report(command="run", started=NOW, finished=NOW, exit_code=0, sites={"nankai": site})


def arguments(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**({"json": False, "verbosity": 0, "log_format": "text"} | given))


def test_the_last_line_of_a_json_log_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    tell(report(SiteReport(written=2)), arguments(log_format="json"))
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["site"], line["written"]) == ("finished", "nankai", 2)


def test_a_quiet_pass_that_changed_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tell(report(SiteReport(unchanged=30)), arguments(verbosity=-1))
    assert capsys.readouterr().err == ""
    tell(report(SiteReport(revised=1)), arguments(verbosity=-1))
    assert "revised 1" in capsys.readouterr().err
