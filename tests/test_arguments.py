"""What a person types, and what is wrong with it in words."""

from __future__ import annotations

import pytest

from scraper import cli


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2025-13-01", "there is no month 13: 2025-13-01"),
        ("2025-02-29", "that month has 28 days: 2025-02-29"),
        ("2024-02-30", "that month has 29 days: 2024-02-30"),
        ("0000-01-01", "there is no year 0: 0000-01-01"),
        ("2025-1-5", "'2025-1-5' is no day; did you mean 2025-01-05?"),
        ("yesterday", "'yesterday' is no day; a day is written as 2020-06-14"),
    ],
)
@pytest.mark.parametrize("command", [["backfill", "--since"], ["export", "--until"]])
def test_what_is_wrong_with_a_day_is_said_in_words(
    command: list[str], typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*command, typed]) == 2
    assert said in capsys.readouterr().err
