"""Documents that tell nothing: written, told once by the run, and listed by whoever asks how things stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiving import Archive, only, state_of
from test_further_pages import FORMS, PartsWorld

from scraper.audit import coverage_text, status
from scraper.audit.coverage_query import coverage_of
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class EmptyWorld(PartsWorld):
    """A site whose newest article says nothing."""

    family = "trs"

    def __init__(self) -> None:
        super().__init__(*FORMS["underscore from one"])
        self.parts = [""]

    def _pager(self, own: int) -> str:  # noqa: ARG002 - it has no other page
        return ""


def test_a_document_that_tells_nothing_is_a_problem_once_and_listed_ever_after(tmp_path: Path) -> None:
    world = EmptyWorld()
    with serve(world) as running:
        archive = Archive(tmp_path, running, world)
        first, second = archive.run(), archive.run()
    assert (only(first).thin, first.exit_code) == (1, ExitCode.SOME_FAILED)
    assert (only(second).thin, second.exit_code) == (0, ExitCode.DONE)
    (site,) = archive.config.sites
    with state_of(archive.config) as state:
        standing, covered = status.status_of(site, state, NOW), coverage_of(site, state)
    (url,) = standing.thin
    assert url.endswith("t20260220_50001.html")
    assert covered.empty == (url,)
    assert status.to_json([standing])["sites"][site.name]["thin"] == [url]
    assert coverage_text.to_json([covered])["sites"][site.name]["thin"] == [url]
    assert url in status.to_text([standing], site.timezone, NOW)
    assert url in coverage_text.to_text(covered)
