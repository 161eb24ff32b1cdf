"""Tells whom the config names (`notify`) what began or ended, once each, by Apprise.

What was told lies in `notices.json` of each site's folder. It is remembered where at least one address took
the message; where none did, the next run tries again. Nothing here changes how a run ended.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper import exit_codes, notices, policy
from scraper.errors import StoreError
from scraper.messages import say, translated
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import read_json
from scraper.stores.opening import view_state
from scraper.stores.status_files import StatusFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from scraper.config import Config
    from scraper.errors import ArchiveError
    from scraper.messages import Message
    from scraper.model import Site
    from scraper.notices import Finding
    from scraper.report import Report

    Send = Callable[[str, str, str], bool]  # address, subject, body → whether it was taken

FILE: Final = "notices.json"
OF_ENVIRONMENT: Final = "env:"


def after_run(config: Config, report: Report, send: Send | None = None) -> Iterator[Message]:
    """Tell what a run found; yield what hindered it."""
    if config.notify is None:
        return
    found = {
        site.name: finding
        for site in config.sites
        if site.name in report.sites and (finding := _found(config, site, report)) is not None
    }
    yield from _tell(config, found, report.finished, send)


def after_verify(
    config: Config, damaged: Mapping[str, int], now: datetime, send: Send | None = None
) -> Iterator[Message]:
    """Tell what `verify` found: damaged files of each site; yield what hindered it."""
    found = {name: notices.of_verify(count) for name, count in damaged.items()}
    yield from _tell(config, found, now, send)


def after_error(
    config: Config, sites: Iterable[str], error: ArchiveError, now: datetime, send: Send | None = None
) -> Iterator[Message]:
    """Tell of an error that ended a run before it had a report; yield what hindered it."""
    finding = notices.of_error(exit_codes.of_error(error), str(error))
    yield from _tell(config, dict.fromkeys(sites, finding), now, send)


def try_out(config: Config, send: Send | None = None) -> Iterator[Message]:
    """Send a trial message to every address; yield what hindered it."""
    if config.notify is None:
        yield say("the config has no `notify`: nobody is told anything")
        return
    subject = translated(say("nankai-archive: a trial"))
    body = translated(say("This is how an archive tells of an event."))
    _, hindrances = _sent(config.notify.to, subject, body, send)
    yield from hindrances


def _found(config: Config, site: Site, report: Report) -> Finding | None:
    """Return what this run found of a site; None where it had no turn."""
    if config.notify is None:
        return None
    with view_state(Path(config.archive), site.name) as state:
        run = next(iter(state.runs.of_site(site.name)), None)
        newest = state.counts.newest(site.name, report.finished)
    if run is None or run.finished < report.started:
        return None
    return notices.of_run(
        report.sites[site.name],
        code=run.exit_code,
        success=policy.is_success(run.exit_code, run.listed),
        newest=None if newest is None else newest.astimezone(site.timezone),
        now=report.finished,
        nothing_new_after=config.notify.nothing_new_after,
    )


def _tell(
    config: Config, found: Mapping[str, Finding], now: datetime, send: Send | None
) -> Iterator[Message]:
    """Send what is news in one message, and remember it."""
    if config.notify is None:
        return
    folder = ArchiveFolder(Path(config.archive))
    news, after = [], {}
    for name, finding in found.items():
        told = _read(folder.site(name) / FILE)
        new, known = notices.news_of(name, finding, told, now.isoformat(timespec="seconds"))
        news += new
        if known != told:
            after[name] = known
    if not news:
        return
    subject = f"nankai-archive: {notices.subject(news)}"
    heard, hindrances = _sent(config.notify.to, subject, notices.body(news), send)
    yield from hindrances
    if heard:
        for name, known in after.items():
            yield from _keep(folder, name, known)


def _sent(addresses: Iterable[str], subject: str, body: str, send: Send | None) -> tuple[bool, list[Message]]:
    """Send to every address; return whether one of them took it, and what hindered the others.

    No address is shown: it may hold a password. It is named by its number in the config, from 1.
    """
    try:
        send = send or _apprise()
    except ModuleNotFoundError:
        return False, [say("notify: needs more packages: pip install 'nankai-archive[notify]'")]
    heard, hindrances = False, []
    for number, entry in enumerate(addresses, 1):
        name = entry.removeprefix(OF_ENVIRONMENT) if entry.startswith(OF_ENVIRONMENT) else None
        address = entry if name is None else os.environ.get(name, "")
        if not address:
            hindrances.append(say("notify: the environment has no {name}", name=name))
        elif send(address, subject, body):
            heard = True
        else:
            hindrances.append(say("notify: address {number} did not take the message", number=number))
    return heard, hindrances


def _apprise() -> Send:
    """Return what sends by Apprise. Raises ModuleNotFoundError where the extra is not installed."""
    import apprise  # noqa: PLC0415 - an extra, and only where there is something to tell

    apprise.logger.disabled = True  # it tells addresses, passwords and all

    def send(address: str, subject: str, body: str) -> bool:
        notifier = apprise.Apprise()
        return bool(notifier.add(address)) and bool(
            notifier.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        )

    return send


def _read(file: Path) -> dict[str, str]:
    """Return what was told; nothing where nobody can say: then it is told once more."""
    try:
        told = read_json(file)
    except (OSError, ValueError):
        return {}
    return {str(key): str(moment) for key, moment in told.items()} if isinstance(told, dict) else {}


def _keep(folder: ArchiveFolder, name: str, told: Mapping[str, str]) -> Iterator[Message]:
    try:
        StatusFiles(folder.site(name)).put(FILE, json.dumps(told, ensure_ascii=False) + "\n")
    except StoreError as error:
        yield say("notify: not remembered, so it is told again: {error}", error=error)
