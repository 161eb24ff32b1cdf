"""Which problems a quiet run has told already: cron mails what is new, and the same thing only once."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper import report_text
from scraper.errors import Locked, StoreError
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import read_json
from scraper.stores.status_files import StatusFiles

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.report import Problem, Report

FILE: Final = "told.json"
_AGAIN: Final = timedelta(hours=23)  # after which an alarm that stays is told again
_FORGOTTEN: Final = timedelta(days=90)  # after which a problem counts as new again


def news_of(config: Config, report: Report) -> dict[str, list[Problem]]:
    """Return the problems of each site that no earlier run told of, and remember that this one did.

    That another run holds a site is no news: the one that holds it will tell how it ended.
    """
    now = report.finished.astimezone(UTC)
    folder = ArchiveFolder(Path(config.archive))
    news = {}
    for name, site in report.sites.items():
        told = _read(folder.site(name) / FILE)
        since, oldest = (now - _AGAIN).isoformat(), (now - _FORGOTTEN).isoformat()
        told = {key: moment for key, moment in told.items() if oldest < moment <= now.isoformat()}
        found = [problem for problem in site.problems if problem.kind != Locked.__name__]
        news[name], after = report_text.untold(found, told, now.isoformat(), since)
        if after != told and folder.site(name).is_dir():
            _keep(folder, name, after)
    return news


def _read(file: Path) -> dict[str, str]:
    """Return what was told; nothing where nobody can say: then it is told once more."""
    try:
        told = read_json(file)
    except (OSError, ValueError):
        return {}
    return {str(key): str(moment) for key, moment in told.items()} if isinstance(told, dict) else {}


def _keep(folder: ArchiveFolder, name: str, told: dict[str, str]) -> None:
    try:
        StatusFiles(folder.site(name)).put(FILE, json.dumps(told, ensure_ascii=False))
    except StoreError:
        return  # a full disk is told as such; the same mail once more is the lesser evil
