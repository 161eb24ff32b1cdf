"""`extract --record`: a saved page becomes a case folder of the tests by one command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from article_cases import CASES, ArticleCase, as_expected
from listing_cases import site

from scraper import cli
from scraper.extractor import extract

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ECMS = CASES / "ecms" / "g3-topic"
ABOUT = json.loads((ECMS / "about.json").read_text(encoding="utf-8"))


def record(page: Path, case: Path) -> int:
    options = ["--url", ABOUT["url"], "--content-type", ABOUT["content_type"]]
    return cli.main(["extract", str(page), *options, "--record", str(case)])


def test_what_is_recorded_is_a_case_as_the_tests_have_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "ecms" / "new"
    assert record(ECMS / "page.html", case) == 0
    assert "g3-text" in capsys.readouterr().out
    assert sorted(path.name for path in case.iterdir()) == ["about.json", "expected.json", "page.html"]
    for name in ("about.json", "page.html", "expected.json"):
        assert (case / name).read_bytes() == (ECMS / name).read_bytes()
    read = ArticleCase(folder=case)
    assert as_expected(extract(read.capture, site())) == read.expected


def test_it_is_recorded_again_from_the_folder_itself(tmp_path: Path) -> None:
    case = tmp_path / "new"
    assert record(ECMS / "page.html", case) == 0
    (case / "expected.json").unlink()
    assert record(case / "page.html", case) == 0
    assert (case / "expected.json").exists()


def test_a_page_of_an_unknown_layout_stays_for_its_layout_to_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, case = tmp_path / "page.html", tmp_path / "new"
    page.write_text("<html><body><p>一段</p></body></html>", encoding="utf-8")
    assert record(page, case) == 3
    assert "record it again" in capsys.readouterr().err
    assert (case / "page.html").read_bytes() == page.read_bytes()
    assert not (case / "expected.json").exists()


def test_another_page_is_never_written_over_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, case = tmp_path / "page.html", tmp_path / "new"
    page.write_text("<html></html>", encoding="utf-8")
    record(ECMS / "page.html", case)
    assert record(page, case) == 2
    assert "holds another page" in capsys.readouterr().err
    assert (case / "page.html").read_bytes() == (ECMS / "page.html").read_bytes()
