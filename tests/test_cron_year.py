"""Weeks of cron over a site to which everything happens: nothing lost, nothing doubled, nothing invented."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from archiving import Archive
from cronyear import CronYear

from scraper.audit.verification import Verified, verify
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server


@pytest.mark.parametrize("seed", [1])
def test_after_all_that_happens_to_a_site_the_archive_says_what_the_site_says(
    seed: int, tmp_path: Path, server: Server, world: EcmsWorld
) -> None:
    archive = Archive(tmp_path, server, world)
    year = CronYear(archive=archive, world=world, random=Random(seed))  # noqa: S311 - a game, no secret
    for _ in range(48):
        year.hour()
    year.quiet_days(40)
    assert year.wrong() == []
    *damage, found = verify(archive.config.sites[0], archive.root, render=True, progress=Unwatched())
    assert damage == []
    assert isinstance(found, Verified)
    assert found.documents == len(archive.documents())
