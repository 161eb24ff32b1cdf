"""A news site that is alive: it publishes, revises, removes and hides, and it can be given faults.

What is common to all systems; how pages look and where they stand is each system's own. Answers are made
when they are asked for: a world of sixty thousand articles holds their rows, and composes a body only for who
reads it. Whatever is random is seeded. Verbs may be used while a server serves the world.
"""

from __future__ import annotations

import gzip
import re
import threading
from abc import ABC, abstractmethod
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from random import Random
from typing import TYPE_CHECKING, Literal, Self

from scraper.demo import compose, pieces, words
from scraper.demo.exchange import Reply, Row
from scraper.demo.faults import Fault, Rule
from scraper.demo.story import BEIJING, Form, Story, Truth, truth_of
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from scraper.demo.exchange import Answer, Ask
    from scraper.demo.pieces import Piece

Gone = Literal[200, 404, 410]
_START = datetime(2026, 6, 18, 9, 0, tzinfo=BEIJING)


class World(ABC):
    """One fake site. Switches are plain attributes; set them before or while it is read."""

    family = ""  # the name of its system, as configs have it
    form = Form.G3_TEXT  # of articles for which none is given
    digits = 9  # of an article's number
    shows_time = True  # False: its pages show the day alone
    names_source = True  # False: its pages do not

    def __init__(self, host: str, *, name: str = "", title: str = "", now: datetime = _START) -> None:
        """Make a site without articles; `name` and `title` are for its config."""
        self.host = host
        self.name = name or host.split(".")[-2]
        self.title = title or words.UNIVERSITY
        self.now = now  # the site's clock: moves an hour with each article that is published
        self.robots = "User-agent: *\nDisallow: /m_fullsearch/\n"  # "": the site has none, 404
        self.validators: Literal["none", "etag", "modified", "both"] = "none"
        self.compress = False  # True: gzip for who takes it
        self.chunked = False
        self.stories: dict[str, Story] = {}
        self.lists: dict[str, list[str | Row]] = {}  # by channel, in the order of publication
        self.gone: dict[str, Gone] = {}
        self.missing: set[str] = set()  # paths that answer 404 whatever they are
        self._rules: list[Rule] = []
        self._timers: list[tuple[int, int, Callable[[], object]]] = []  # when, again after, what
        self._fetches: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()  # of each channel's list
        self._next_number = 30_040_001 if self.digits == 9 else 1_001  # noqa: PLR2004 -- ECMS has nine
        self._lock = threading.RLock()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it answers for."""
        return (self.host,)

    @property
    def home(self) -> str:
        """Its address without a slash at the end."""
        return f"http://{self.host}"

    @abstractmethod
    def channel_titles(self) -> dict[str, str]:
        """Return what each channel is called, by its name."""

    @abstractmethod
    def index(self, channel: str) -> str:
        """Return the address of a channel's list."""

    @abstractmethod
    def path_of(self, story: Story) -> str:
        """Return where a story stands."""

    @abstractmethod
    def respond(self, ask: Ask, fetch: int) -> Reply:
        """Answer without faults; `fetch` counts the earlier requests of this address."""

    def body_of(self, story: Story) -> tuple[Piece, ...]:
        """Return the story's own body, or the one that is made up for it."""
        return compose.body_of(story, self.home)

    # ── verbs ─────────────────────────────────────────────────────────────────────────────────────────────

    def publish(  # noqa: PLR0913 -- each is a field of an article, and each has its default
        self,
        channel: str,
        *,
        title: str | None = None,
        form: Form | None = None,
        published: datetime | None = None,
        day: date | None = None,
        number: str | None = None,
        source: str | None = words.NEWSROOM,
        editor: str | None = None,
        body: tuple[Piece, ...] | None = None,
        title_html: str | None = None,
        also_in: tuple[str, ...] = (),
    ) -> Story:
        """Put a new article on top of its channel's list, and of others'; what is not given is made up."""
        with self._lock:
            number = number or self._number()
            random = Random(number)  # noqa: S311 -- invented news, no secret
            self.now += timedelta(hours=1)
            shown = published or self.now
            story = Story(
                number=number,
                channel=channel,
                form=form or self.form,
                published=self._shown(shown),
                day=day or shown.date(),
                title=title or words.headline(random),
                title_html=title_html,
                source=source if self.names_source else None,
                editor=editor or words.person(random),
                body=body,
            )
            self.stories[number] = story
            for name in (channel, *also_in):
                self._append(name, number)
            return story

    def bulk(self, channel: str, count: int, *, first: datetime, minutes: int = 240) -> list[str]:
        """Publish very many articles, cheaply: one every so many minutes. Returns their numbers."""
        with self._lock:
            numbers = [self._number() for _ in range(count)]
            for at, number in enumerate(numbers):
                moment = first + timedelta(minutes=minutes * at)
                self.stories[number] = Story(
                    number=number,
                    channel=channel,
                    form=Form.G3_TEXT,
                    published=moment,
                    day=moment.date(),
                    title=words.short_title(int(number)),
                    source=words.NEWSROOM,
                    editor=words.SURNAMES[at % 14] + words.GIVEN[at // 14 % 14],
                )
            self.lists.setdefault(channel, []).extend(numbers)
            self._changes[channel] += 1
            return numbers

    def revise(self, number: str, *, title: str | None = None, add: str | None = None) -> Story:
        """Change an article's title, or add a paragraph at its end."""
        with self._lock:
            story = self.stories[number]
            body = self.body_of(story)
            more = (pieces.paragraph(add),) if add else ()
            new = replace(
                story,
                title=title or story.title,
                title_html=None if title else story.title_html,
                body=body + more,
                revision=story.revision + 1,
            )
            self.stories[number] = new
            self._changes[story.channel] += 1
            return new

    def remove(self, number: str, *, status: Gone = 404, keep_listed: bool = False) -> None:
        """Take an article off the site: 404, 410, or an error page that says 200."""
        with self._lock:
            self.gone[number] = status
            if not keep_listed:
                self.hide(number)

    def restore(self, number: str) -> None:
        """Bring a removed article back, at the place where it was listed if it still is."""
        with self._lock:
            self.gone.pop(number, None)
            if all(number not in rows for rows in self.lists.values()):
                self._append(self.stories[number].channel, number)

    def hide(self, number: str, *, channel: str | None = None) -> None:
        """Take an article out of one list, or of all; its page stays. Later rows move up by one."""
        with self._lock:
            for name, rows in self.lists.items():
                if channel in {None, name} and number in rows:
                    rows[:] = [entry for entry in rows if entry != number]
                    self._changes[name] += 1

    def list_twice(self, number: str, *, channel: str | None = None) -> None:
        """Name an article once more, on top of its own list or of another's."""
        self._append(channel or self.stories[number].channel, number)

    def list_address(self, channel: str, address: str, *, title: str = "", on: date | None = None) -> None:
        """Put a row with any address on top of a list: an alias, another host, a page that is gone."""
        shown = f"{on or self.now.date():%Y-%m-%d}"
        title = title or words.headline(Random(address))  # noqa: S311 -- invented news, no secret
        self._append(channel, Row(address=address, title=title, date=shown))

    def fail(
        self, where: str, fault: Fault, *, first: int | None = None, share: float = 1.0, seed: int = 0
    ) -> Self:
        """Give a fault to addresses that hold the pattern: always, the first few times, or at a share."""
        self._rules.append(Rule(where=re.compile(where), fault=fault, first=first, share=share, seed=seed))
        return self

    def heal(self) -> None:
        """Take all faults away."""
        self._rules.clear()

    def after(self, requests: int, do: Callable[[], object], *, again: bool = False) -> None:
        """Do something when so many more requests have come, before the next one is answered.

        With `again`, each time that so many have come: a site that publishes while it is read.
        """
        with self._lock:
            self._timers.append((self._fetches.total() + requests, requests if again else 0, do))

    # ── what is true ──────────────────────────────────────────────────────────────────────────────────────

    def address(self, number: str) -> str:
        """Return an article's own address."""
        return self.home + self.path_of(self.stories[number])

    def truth(self, number: str) -> Truth:
        """Return what is true of an article."""
        story = self.stories[number]
        return truth_of(story, self.body_of(story), self.address(number))

    def truths(self) -> dict[str, Truth]:
        """Return what is true of every article that is there, by its number; do not ask a bulk world."""
        return {number: self.truth(number) for number in self.stories if number not in self.gone}

    def listed(self) -> set[str]:
        """Return the numbers that some list names, those of removed articles too."""
        return {entry for rows in self.lists.values() for entry in rows if isinstance(entry, str)}

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, ask: Ask) -> Answer:
        """Answer one request as the server will send it."""
        with self._lock:
            self._ring()
            fetch = self._fetches[ask.path]
            self._fetches[ask.path] += 1
            answer = self._finished(ask, self.respond(ask, fetch))
            for rule in self._rules:
                if rule.strikes(ask.url, fetch):
                    return rule.fault(ask, answer)
            return answer

    def _finished(self, ask: Ask, reply: Reply) -> Answer:
        """Add validators, say 304 where they fit, and pack the body."""
        answer = reply.answer
        marks = self._marks(reply) if answer.status == 200 else {}  # noqa: PLR2004 -- OK
        answer = replace(answer, headers=(("Server", "Apache"), *answer.headers, *marks.items()))
        if _is_known(ask, marks):
            return replace(answer, status=304, body=b"")
        if self.compress and "gzip" in ask.headers.get("accept-encoding", "") and answer.body:
            packed = gzip.compress(answer.body, mtime=0)
            answer = replace(answer, body=packed, headers=(*answer.headers, ("Content-Encoding", "gzip")))
        return replace(answer, chunked=self.chunked)

    def _marks(self, reply: Reply) -> dict[str, str]:
        marks = {}
        if self.validators in {"etag", "both"} and reply.stamp is not None:
            marks["ETag"] = f'W/"{reply.stamp}"'
        if self.validators in {"modified", "both"} and reply.modified is not None:
            marks["Last-Modified"] = format_datetime(reply.modified.astimezone(UTC), usegmt=True)
        return marks

    def _ring(self) -> None:
        total = self._fetches.total()
        due = [timer for timer in self._timers if timer[0] <= total]
        self._timers = [timer for timer in self._timers if timer[0] > total]
        for moment, every, do in due:
            do()
            if every:
                self._timers.append((moment + every, every, do))

    def _append(self, channel: str, entry: str | Row) -> None:
        with self._lock:
            self.lists.setdefault(channel, []).append(entry)
            self._changes[channel] += 1

    def _number(self) -> str:
        self._next_number += 1
        return f"{self._next_number - 1:0{self.digits}}"

    def _shown(self, moment: datetime) -> datetime:
        whole = moment.replace(second=0, microsecond=0)
        return whole if self.shows_time else whole.replace(hour=0, minute=0)


def _is_known(ask: Ask, marks: dict[str, str]) -> bool:
    """Say whether the reader already has this (RFC 9110, 13.2.2: If-None-Match goes before the date)."""
    if (asked := ask.headers.get("if-none-match")) is not None:
        return "ETag" in marks and marks["ETag"] in asked
    since = ask.headers.get("if-modified-since")
    if since is None or "Last-Modified" not in marks:
        return False
    return parsedate_to_datetime(marks["Last-Modified"]) <= parsedate_to_datetime(since)
