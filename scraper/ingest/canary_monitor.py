"""The canary's eyes: what a run sees of one site, article by article, and what of it must not be written.

Judges nothing by itself (`canary` does). Remembers across runs what was usual, but not what was an alarm:
a site that has changed does not become usual by staying so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper import canary
from scraper.article_record import Aliased, Failed, Gone, Revised, Skipped, Status, Unchanged, Written
from scraper.canary import Page, Past, Sightings
from scraper.errors import ExtractError, NotAnArticle, RepeatedBody
from scraper.exit_codes import ExitCode
from scraper.messages import say
from scraper.values import asdict, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.article_record import ArticleRecord, Outcome
    from scraper.canary import Alarm
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

STREAK = 20  # answers in a row that give no article, after which it is asked whether it is the site
WALLS = 3  # login or challenge pages in a row, likewise
_ELSEWHERE = frozenset({"redirect", "not-html"})  # what a list may lead to, on a site that is well
_LENGTHS = 500  # bodies of a layout in a channel that say what is usual
_TOPIC = "canary"


class CanaryMonitor:
    """Watches one site for one run."""

    def __init__(self, context: SiteContext) -> None:
        """Begin with nothing seen."""
        self._site = context.site
        self._state = context.state
        self._documents = context.documents
        self._run = context.run
        self._seen = Sightings()
        self._streak = 0
        self._walls = 0
        self._new = 0  # articles that nobody had, in this run
        self._doubles = 0  # articles of new addresses that an earlier run had under others
        self._written_now: set[str] = set()  # keys of articles that this run wrote for the first time
        self._is_double = False  # the one that was checked last
        self.taken_back = 0  # documents that this run wrote, and then knew to be none

    @property
    def doubt(self) -> ExitCode | None:
        """Return how the walk ends if it is the site that gives no article any more; None: no doubt."""
        if self._walls >= WALLS:
            return ExitCode.REFUSED
        return ExitCode.CANARY if self._streak >= STREAK else None

    def calm(self) -> None:
        """Doubt no more: it is not the site. The pages stay what they are."""
        self._streak = self._walls = 0

    # ── what must not be written ──────────────────────────────────────────────────────────────────────────

    def check(self, before: ArticleRecord, after: ArticleRecord) -> None:
        """Raise RepeatedBody for a page that stands under many addresses and fits none of their rows.

        What the list calls otherwise than the page does, and has title and body of another article, is that
        other page once more; where the list calls it nothing, two others make it so. What this run wrote of
        the same page under other addresses is taken back: those are asked for again.
        """
        self._is_double = False
        if after.body_digest is None or (before.path and before.body_digest == after.body_digest):
            return
        called = canary.same_title(before.title, after.title)
        others = [
            other
            for other in self._state.articles.with_body(self._site.name, after.body_digest)
            if other.key != before.key
        ]
        self._check_names(before, others)
        if called or len(others) < (2 if called is None else 1):
            return
        named = f"{others[0].url}{f' and {len(others) - 1} more' if others[1:] else ''}"
        said = f"it says what {named} says"
        error = RepeatedBody(f"one page under many addresses: {before.url}: {said}")
        self._seen.repeated.setdefault(after.body_digest, []).append(Page(url=before.url, said=said))
        self._take_back(after.body_digest, error)
        raise error

    def _check_names(self, before: ArticleRecord, others: Sequence[ArticleRecord]) -> None:
        """Raise RepeatedBody where what is new is mostly what earlier runs hold: its links change.

        One copy under another address is the site's own affair; a second one is written no more, unless
        there is more that is really new.
        """
        ours = set() if self._run is None else self._written_now
        held = [other for other in others if other.path is not None and other.key not in ours]
        self._is_double = before.path is None and bool(held)
        if not self._is_double:
            return
        self._doubles += 1
        is_usual = self._doubles == 1 and len(held) == 1
        if is_usual or self._new >= self._doubles:
            return
        said = f"it is {held[0].url} under another address"
        self._seen.renamed.append(Page(url=before.url, said=said))
        msg = say(
            "nothing new: {url}: {said}; the links of this site may change at each look",
            url=before.url,
            said=said,
        )
        raise RepeatedBody(msg)

    def _take_back(self, digest: str, error: RepeatedBody) -> None:
        """Undo what this run wrote for the first time and now knows to be that page."""
        if self._run is None:
            return
        for other in self._state.articles.written_in(self._site.name, digest, self._run):
            if other.path is not None:
                with self._state.transaction():
                    self._state.articles.put(_unwritten(other, error))
                self._documents.remove(other.path)
                self.taken_back += 1

    # ── what is seen ──────────────────────────────────────────────────────────────────────────────────────

    def saw_index(self, url: Url, rows: int, before: int) -> None:
        """Take in a channel's newest list, and what it named before."""
        self._seen.saw_index(url, rows, before)

    def saw(self, before: ArticleRecord, after: ArticleRecord, outcome: Outcome) -> None:
        """Take in what came of an answer."""
        match outcome:
            case Failed(error=error):
                self._saw_failure(before, error)
                return
            case Gone(status=status):
                if before.path is not None and before.status is not Status.GONE:
                    self._seen.asked_again += 1
                    self._seen.vanished.append(Page(url=before.url, said=f"status {status}"))
                return
            case Aliased() | Skipped():
                return
            case Written() | Revised() | Unchanged():
                self.calm()
                self._seen.asked_again += before.path is not None
        layout = after.layout or before.layout or "?"
        self._seen.layouts[layout] += 1
        if isinstance(outcome, Written):
            self._written_now.add(after.key)
            self._new += not self._is_double
            self._is_double = False
            where = f"{layout} in {after.channel}"
            self._seen.saw_body(where, before.url, after.characters or 0, is_empty=after.body_digest is None)

    def _saw_failure(self, before: ArticleRecord, error: Exception) -> None:
        other = error if isinstance(error, NotAnArticle) else None
        if not isinstance(error, ExtractError) or (other is not None and other.what in _ELSEWHERE):
            return
        if other is not None and other.is_wall:
            self._walls += 1
            return
        self._streak += 1
        self._seen.asked_again += before.path is not None
        if not isinstance(error, RepeatedBody):
            self._seen.unreadable.append(Page(url=before.url, said=f"{type(error).__name__}: {error}"))

    # ── what it comes to ──────────────────────────────────────────────────────────────────────────────────

    def alarms(self) -> tuple[Alarm, ...]:
        """Return what is wrong, as far as this run shows; where nothing is, remember this run as usual."""
        past = _past(self._state.notes.get(_TOPIC, self._site.name))
        alarms = canary.judge(self._seen, replace(past, lengths=self._usual_lengths()))
        if not alarms and (self._seen.read or self._seen.unreadable or self._seen.asked_again):
            now = asdict(canary.remember(past, self._seen))
            del now["lengths"]
            with self._state.transaction():
                self._state.notes.put(_TOPIC, self._site.name, now)
        return alarms

    def _usual_lengths(self) -> dict[str, tuple[int, ...]]:
        """Return the lengths of bodies that were there before this run, for what this run saw."""
        found = {}
        for where in self._seen.lengths:
            layout, _, channel = where.partition(" in ")
            found[where] = self._state.articles.lengths(
                self._site.name, layout, channel, not_in=self._run, most=_LENGTHS
            )
        return found


def _past(noted: Any) -> Past:  # noqa: ANN401 - whatever JSON can say
    """Return what was remembered as usual; nothing where that cannot be read."""
    try:
        return Past() if noted is None else Past(**noted)
    except (ValueError, TypeError):
        return Past()


def _unwritten(known: ArticleRecord, error: RepeatedBody) -> ArticleRecord:
    """Return what is known of an article whose document was taken back: it failed, and is asked again."""
    return replace(
        known,
        status=Status.FAILED,
        attempts=known.attempts + 1,
        error=f"{error.kind}: {error}",
        due=known.checked,
        title=None,  # it was that page's
        captured=None,
        capture=None,
        article_digest=None,
        extractor=None,
        published=None,
        path=None,
        layout=None,
        characters=None,
        etag=None,
        last_modified=None,
    )
