"""What a walk comes to, as it goes: counts, log lines, problems, exit codes, and our patience.

Decides nothing about an article. One line of the log for each, which a person and a program can read.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn, assert_never

from scraper import policy
from scraper.article_record import Aliased, Failed, Gone, Revised, Skipped, Unchanged, Written
from scraper.errors import (
    ArchiveError,
    BadStatus,
    Blocked,
    Canary,
    NotAListing,
    Paused,
    Refused,
    Thin,
    Unreachable,
)
from scraper.exit_codes import ExitCode, of_failure, worst
from scraper.messages import say
from scraper.report import Note, Problem, SiteReport

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scraper.article_record import ArticleRecord, Asset, Outcome
    from scraper.canary import Alarm
    from scraper.model import Channel, Site
    from scraper.progress import Progress
    from scraper.urls import Url

_log = logging.getLogger(__name__)
PATIENCE = 3  # requests in a row that the site refuses or does not answer, after which it is left alone


class SiteLeft(Exception):  # noqa: N818 - no error: a decision
    """The site is left alone for this run."""


class SiteReporter:
    """The counts of one walk over one site."""

    def __init__(self, *, site: Site, progress: Progress, now: Callable[[], datetime]) -> None:
        """Begin with nothing counted."""
        self._site = site
        self._progress = progress
        self._now = now
        self._strikes = 0
        self._patience = PATIENCE
        self._absent: list[Url] = []  # new articles that are not there
        self.in_doubt = False  # articles refuse us; whether the site does is to be found out
        self._codes: set[ExitCode] = set()
        self.declined = 0  # articles that we were asked not to keep
        self.report = SiteReport()

    @property
    def exit_code(self) -> ExitCode:
        """How the walk ended."""
        return worst(self._codes)

    def code(self, code: ExitCode) -> None:
        """Note something that holds, as an exit code."""
        self._codes.add(code)

    def problem(self, url: str, error: ArchiveError) -> None:
        """Note an address that could not be had, and why."""
        self.report.problems.append(Problem(url=url, kind=error.kind, message=error.said))

    def remark(self, url: str, text: str) -> None:
        """Note something odd, told once in this run; nothing failed."""
        note = Note(url=url, message=text)
        if note not in self.report.notes:
            self.report.notes.append(note)
            self._log(logging.WARNING, "odd", url=url, said=text)

    def page(self, channel: Channel, number: int | None, pages: int | None) -> None:
        """Count a page of a list that was read."""
        self._strikes = 0
        self._progress.listing(self._site.name, channel.name, number, pages)

    def broken_page(self, url: Url, error: ArchiveError) -> None:
        """Note a page of a list that could not be read. The other lists, and the articles, are asked for."""
        self._codes.add(of_failure(error))
        self.problem(url, error)
        self._log(logging.WARNING, "list", url=url, error=f"{error.kind}: {error}")

    def broken_index(self, channel: Channel, error: ArchiveError) -> None:
        """Note a channel that is closed to us, or does not answer. It counts for our patience with the site.

        Lists alone never make us leave: where the site is well, its articles say so.
        """
        self.broken_page(channel.index, error)
        self._strikes += isinstance(error, Blocked | Paused | Unreachable)
        wall = isinstance(error, NotAListing) and error.is_wall
        if wall or isinstance(error, Refused | Blocked):
            self._codes.add(ExitCode.REFUSED)

    def article(self, known: ArticleRecord, outcome: Outcome, begun: datetime) -> None:
        """Count an article. Raises SiteLeft where the site refused it, and it is one too many."""
        detail = self._count(known, outcome)
        name = type(outcome).__name__.lower()
        ms = (self._now() - begun).total_seconds() * 1000
        level = logging.WARNING if isinstance(outcome, Failed) else logging.INFO
        self._log(level, name, url=known.url, **detail, ms=round(ms))
        self._progress.article(self._site.name, name)
        if isinstance(outcome, Failed):
            self._strike(outcome.error, of_article=True)
        else:
            self._strikes = 0

    def would_ask(self, known: ArticleRecord) -> None:
        """Name an article that is due, in a run that asks for none."""
        self._log(logging.INFO, "would-ask", url=known.ask, title=known.title)

    def asset(self, asset: Asset, problem: ArchiveError | None, begun: datetime) -> None:
        """Note a picture or file that was asked for, and why it could not be had. It is no article."""
        self._progress.picture(self._site.name)
        ms = (self._now() - begun).total_seconds() * 1000
        if problem is None:
            self._log(logging.INFO, asset.kind, url=asset.url, ms=round(ms))
            return
        if not policy.is_declined(problem):
            self._codes.add(of_failure(problem))
        self.problem(asset.url, problem)
        self._log(
            logging.WARNING, asset.kind, url=asset.url, error=f"{problem.kind}: {problem}", ms=round(ms)
        )

    def alarm(self, alarm: Alarm) -> None:
        """Note that the site no longer looks as its layouts say."""
        self._codes.add(ExitCode.CANARY)
        self.problem(alarm.page.url, Canary(say("{sign}: {said}", sign=alarm.sign, said=alarm.message)))
        self._log(logging.ERROR, "canary", sign=alarm.sign, url=alarm.page.url, said=alarm.message)

    def unmade(self, known: ArticleRecord, error: ArchiveError) -> None:
        """Note a document that could not be made again, with its pictures in the archive."""
        self._codes.add(ExitCode.SOME_FAILED)
        self.problem(known.url, error)
        self._log(logging.WARNING, "document", url=known.url, error=f"{error.kind}: {error}")

    def _count(self, known: ArticleRecord, outcome: Outcome) -> dict[str, object]:
        """Count an outcome; return what the log says beside its name."""
        report = self.report
        match outcome:
            case Written(path=path, thin=thin):
                report.written += 1
                return {"path": path} | (self._thin(known) if thin else {})
            case Revised(path=path, thin=thin):
                report.revised += 1
                return {"path": path} | (self._thin(known) if thin else {})
            case Unchanged():
                report.unchanged += 1
                return {}
            case Aliased(to=to):
                report.aliased += 1
                return {"to": to}
            case Gone(status=status):
                report.gone += 1
                if known.path is None:
                    self._absent.append(known.url)
                return {"status": status}
            case Skipped(error=error):
                report.skipped += 1
                self.declined += 1
            case Failed(error=error):
                report.failed += 1
                self._codes.add(of_failure(error))
            case _:
                assert_never(outcome)
        self.problem(known.url, error)
        return {"error": f"{error.kind}: {error}"}

    def _thin(self, known: ArticleRecord) -> dict[str, object]:
        """Count a document that tells nothing, and tell it once, as it is written."""
        self.report.thin += 1
        self._codes.add(ExitCode.SOME_FAILED)
        text = say("the page of this article tells nothing: {url}", url=known.url)
        self.problem(known.url, Thin(text))
        return {"thin": True}

    def _log(self, level: int, event: str, **fields: object) -> None:
        _log.log(level, event, extra={"fields": {"site": self._site.name, **fields}})

    def restored(self, known: ArticleRecord, error: ArchiveError | None) -> None:
        """Note a document whose file was gone: written again from its capture, or why it could not be."""
        if error is not None:
            self.unmade(known, error)
        else:
            self._log(logging.WARNING, "restored", url=known.url, path=known.path)

    def host_left(self, known: ArticleRecord, error: ArchiveError, code: ExitCode) -> NoReturn:
        """Leave the site: its host needs a longer pause than we wait. The article was not asked for."""
        self.problem(known.url, error)
        self.leave(code)

    def leave(self, code: ExitCode) -> NoReturn:
        """Leave the site alone. Raises SiteLeft."""
        self._codes.add(code)
        self._log(logging.WARNING, "left", code=int(code))
        raise SiteLeft

    def is_well(self) -> None:
        """Note that it is not the site that refuses us: the articles do, and more of them may."""
        self.in_doubt = False
        self._strikes = 0
        self._patience *= 2

    def unanswered(self) -> None:
        """Note that nothing was answered: then it was not the time that ended the run."""
        if ExitCode.BUDGET in self._codes:
            self._codes.discard(ExitCode.BUDGET)
            self._codes.add(ExitCode.SOME_FAILED)
            self.problem(self._site.home, Unreachable(say("no answer to anything that was asked")))

    def tell_absent(self) -> None:
        """Tell where most of what is new is not there at all: the site may be broken for an hour."""
        absent, new = len(self._absent), len(self._absent) + self.report.written
        if absent >= PATIENCE and 2 * absent >= new:
            text = say("{absent} of {new} new articles are not there (404)", absent=absent, new=new)
            self.problem(self._absent[0], BadStatus(text, status=404))
            self._codes.add(ExitCode.SOME_FAILED)

    def _strike(self, error: ArchiveError, *, of_article: bool = False) -> None:
        """Count a request that the site refused or did not answer; leave it alone after some in a row.

        Articles that refuse us may do so by themselves: then it is in doubt whether the site does.
        """
        if not isinstance(error, Blocked | Paused | Unreachable):
            self._strikes = 0
            return
        self._strikes += 1
        if self._strikes < self._patience:
            return
        if of_article and isinstance(error, Blocked):
            self.in_doubt = True
            return
        self.leave(ExitCode.REFUSED if isinstance(error, Blocked) else ExitCode.SOME_FAILED)
