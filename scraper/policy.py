"""What is to be done, and what is to be remembered: judgement alone, as values.

Touches nothing: no clock, no disk, no network. The crawl carries out what is decided here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from scraper.article_record import (
    AT_ONCE,
    Aliased,
    ArticleRecord,
    Asset,
    AssetStatus,
    Failed,
    Gone,
    Revised,
    Skip,
    Skipped,
    Status,
    Unchanged,
    Visit,
    Written,
)
from scraper.errors import Blocked, Refused, TooLarge, WrongType
from scraper.exit_codes import ExitCode
from scraper.model import Kind, Request
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.article_record import Became, Decision, Outcome
    from scraper.errors import ArchiveError
    from scraper.model import Capture, CaptureRef

PROMPT_ATTEMPTS = 3  # failures after which the next run still tries again at once
LONGEST_PAUSE = timedelta(days=30)  # between two tries of an article that keeps failing
FIRST_HOURS = 5  # more looks at a new article that is not there, after 1, 2, 4, 8 and 16 hours
OTHER_PAGES = PROMPT_ATTEMPTS  # looks at a page that has nothing of its article, before it is taken for it
UNSETTLED_PAGES = 2  # of an oldest-first list: the newest ones, which still take in articles
SOFT_MISSES = 2  # soft error pages in a row that make an article gone


def decide_visit(known: ArticleRecord, now: datetime) -> Decision:
    """Decide whether an article is asked for now, and with which request."""
    if not known.wanted:
        return Skip(reason="no run or backfill asked for it")
    if known.due is None:
        return Skip(reason="nothing is expected of it any more")
    if known.due > now:
        return Skip(reason=f"not before {known.due.isoformat(timespec='seconds')}")
    return Visit(
        request=Request(url=known.ask, kind=Kind.ARTICLE, etag=known.etag, last_modified=known.last_modified)
    )


def next_look(ages: Sequence[timedelta], born: datetime, now: datetime) -> datetime | None:
    """Return when an article is looked at again: at the first of the ages it has not yet reached.

    `born`: its publication, or where nobody knows it, when it was first seen. None: it is past all of them.
    """
    return next((born + age for age in sorted(ages) if born + age > now), None)


def next_try(attempts: int, now: datetime) -> datetime:
    """Return when a failed article is tried again: by the next run at first, then after doubling days."""
    if attempts <= PROMPT_ATTEMPTS:
        return AT_ONCE
    doublings = min(attempts - PROMPT_ATTEMPTS - 1, LONGEST_PAUSE.days.bit_length())
    return now + min(timedelta(days=2**doublings), LONGEST_PAUSE)


def remember_answer(known: ArticleRecord, capture: Capture, ages: Sequence[timedelta]) -> ArticleRecord:
    """Return what is known after an answer that gave the article, changed or not."""
    born = known.published or known.first_seen
    return replace(
        known,
        status=Status.HELD,
        attempts=0,
        soft_misses=0,
        error=None,
        checked=capture.fetched_at,
        etag=capture.header("etag"),
        last_modified=capture.header("last-modified"),
        due=next_look(ages, born, capture.fetched_at),
    )


def remember_unchanged(known: ArticleRecord, capture: Capture, ages: Sequence[timedelta]) -> ArticleRecord:
    """Return what is known after a 304: the validators of the answer before stay where it gives none."""
    after = remember_answer(known, capture, ages)
    return replace(
        after,
        etag=after.etag or known.etag,
        last_modified=after.last_modified or known.last_modified,
    )


def remember_gone(known: ArticleRecord, at: datetime, ages: Sequence[timedelta]) -> ArticleRecord:
    """Return what is known once the server says that it is not there: what was held stays held on disk.

    It is asked for again at the ages of `revisit`, counted from when it was first seen: pages do come back.
    One that nobody ever had is asked for by the next runs too: a site may answer so for an hour.
    """
    may_come = known.path is None and known.attempts < PROMPT_ATTEMPTS + FIRST_HOURS
    attempts = known.attempts + 1 if may_come else 0
    return replace(
        known,
        status=Status.GONE,
        attempts=attempts,
        error=None,
        checked=at,
        etag=None,
        last_modified=None,
        due=_look_at_gone(ages, known.first_seen, at, attempts),
    )


def _look_at_gone(
    ages: Sequence[timedelta], first_seen: datetime, at: datetime, attempts: int
) -> datetime | None:
    """Return when to ask again for what was not there; `attempts`: 0 where nobody waits for it."""
    due = next_look(ages, first_seen, at)
    if attempts == 0:
        return due
    late = attempts - PROMPT_ATTEMPTS
    soon = AT_ONCE if late <= 0 else at + timedelta(hours=2 ** (late - 1))
    return soon if due is None else min(due, soon)


def look_by(known: ArticleRecord, ages: Sequence[timedelta]) -> datetime | None:
    """Return when an article is due by other ages of `revisit` than those that its last answer found.

    What has no answer yet (an adopted document among it), what failed or was refused, and what is due at once
    stay as they are.
    """
    if known.checked is None or known.error is not None or known.due == AT_ONCE:
        return known.due
    if known.status is Status.HELD and known.attempts == 0 and known.capture is not None:
        return next_look(ages, known.published or known.first_seen, known.checked)
    if known.status is Status.GONE:
        return _look_at_gone(ages, known.first_seen, known.checked, known.attempts)
    return known.due


def remember_failure(known: ArticleRecord, error: ArchiveError, now: datetime) -> ArticleRecord:
    """Return what is known after a visit that brought no document. What is held stays held."""
    attempts = known.attempts + 1
    status = Status.REFUSED if isinstance(error, Blocked | Refused) else Status.FAILED
    return replace(
        known,
        status=known.status if known.path is not None else status,
        attempts=attempts,
        error=f"{error.kind}: {error}",
        due=next_try(attempts, now),
    )


def remember_refusal(known: ArticleRecord, error: ArchiveError, now: datetime) -> ArticleRecord:
    """Return what is known after we were asked not to keep it; it is asked about again in a month."""
    return replace(
        known,
        status=known.status if known.path is not None else Status.REFUSED,
        error=f"{error.kind}: {error}",
        due=now + LONGEST_PAUSE,
    )


def changes_of(before: ArticleRecord, outcome: Outcome) -> tuple[Became, ...]:
    """Return what a visit shows to have become of an article that was known before."""
    match outcome:
        case Gone():
            return ("vanished",) if before.path is not None and before.status is not Status.GONE else ()
        case Written() | Unchanged():
            return ("returned",) if before.status is Status.GONE else ()
        case Revised():
            return ("returned", "revised") if before.status is Status.GONE else ("revised",)
        case Aliased() | Skipped() | Failed():
            return ()
        case _:
            assert_never(outcome)


def is_success(code: int, listed: int) -> bool:
    """Say whether a run did for a site what it was there for: lists were read, and what they led to asked.

    Articles that failed do not make it a failure; a site of which not one list could be read does, and so
    does a run that was stopped early, by a budget too.
    """
    return code == ExitCode.DONE or (code == ExitCode.SOME_FAILED and listed > 0)


def is_soft_gone(known: ArticleRecord) -> bool:
    """Say whether one more soft error page makes the article gone."""
    return known.soft_misses + 1 >= SOFT_MISSES


# ── pictures and files ────────────────────────────────────────────────────────────────────────────────────


def remember_asset(asset: Asset, *, path: str, digest: str, capture: CaptureRef) -> Asset:
    """Return what is known of a picture or file that was had: it is not asked for again."""
    return replace(
        asset,
        status=AssetStatus.HELD,
        due=None,
        attempts=0,
        error=None,
        path=path,
        digest=digest,
        capture=capture,
    )


def remember_asset_gone(asset: Asset, at: datetime, ages: Sequence[timedelta]) -> Asset:
    """Return what is known of one that the server does not have: looked for once more, at the last age.

    Of the ages of `revisit`, counted from when it was first seen: whole sites answer 404 on a bad day.
    """
    if asset.path is not None:  # asked for because the capture of its file is lost: the file stays
        return replace(asset, due=None, attempts=0, error=None)
    due = next_look(sorted(ages)[-1:], asset.first_seen, at)
    return replace(asset, status=AssetStatus.GONE, due=due, attempts=0, error=None)


def remember_asset_failure(asset: Asset, error: ArchiveError, now: datetime) -> Asset:
    """Return what is known of one that was not had. What was gone stays gone until it is had."""
    after = replace(asset, error=f"{error.kind}: {error}")
    if is_declined(error):  # robots.txt may come to allow it; what it is stays what it is
        due = now + LONGEST_PAUSE if isinstance(error, Refused) else None
        return replace(after, status=AssetStatus.REFUSED if asset.path is None else asset.status, due=due)
    stays = asset.status is AssetStatus.GONE or asset.path is not None
    status = asset.status if stays else AssetStatus.FAILED
    attempts = asset.attempts + 1
    if isinstance(error, TooLarge):
        next_due = now + LONGEST_PAUSE
    else:  # who keeps us out does so at the next run too
        next_due = next_try(attempts + (PROMPT_ATTEMPTS if isinstance(error, Blocked) else 0), now)
    return replace(after, status=status, attempts=attempts, due=next_due)


def is_declined(error: ArchiveError) -> bool:
    """Say whether it is we who do not ask for a picture or do not keep it: then it did not fail."""
    return isinstance(error, Refused) or (isinstance(error, WrongType) and not error.heals)
