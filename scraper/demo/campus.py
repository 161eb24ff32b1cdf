"""What the sites of the other systems have in common: columns whose lists run from the newest to the oldest.

Every new article moves the last row of each page to the next one; sticky rows stand on top of all and break
the order of dates; a row may lead to another host, or to a column that is one article.
"""

from __future__ import annotations

from abc import abstractmethod
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from scraper.demo import pictures, words
from scraper.demo.exchange import Answer, Reply, Row, page
from scraper.demo.world import World
from scraper.values import Value

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from scraper.demo.exchange import Ask
    from scraper.demo.pieces import Piece
    from scraper.demo.story import Story


class Column(Value, frozen=True, kw_only=True):
    """A column of a campus site."""

    name: str  # as in its address: `tzgg`, or `xwzx/tzgg` for VSB
    number: int
    title: str
    per_page: int = 6
    style: str = ""  # which of the system's templates its list stands in; "": the first
    single: tuple[Piece, ...] | None = None  # not None: it is no list but this one article


Route = tuple["re.Pattern[str]", "Callable[[re.Match[str], Ask], Reply]"]
Announce: TypeAlias = "Callable[[str], Reply | None]"
"""Answers for the addresses of sitemaps and feeds; None: to any other."""


class CampusWorld(World):
    """A site whose lists count from the newest; which system it is, its heirs say."""

    digits = 1

    def __init__(self, host: str, columns: tuple[Column, ...], *, name: str, title: str) -> None:
        """Make a site with these columns and no articles."""
        super().__init__(host, name=name, title=title)
        self.columns = {column.name: column for column in columns}
        self.robots = ""
        self.announce: Announce | None = None  # what answers for sitemaps and feeds; None: it has none
        self.configures_singles = False  # True: its config names the columns that are one article, too
        self._sticky: dict[str, list[str]] = {}

    def stick(self, number: str, *, channel: str | None = None) -> None:
        """Hold an article on top of a list, however old it is."""
        with self._lock:
            name = channel or self.stories[number].channel
            self._sticky.setdefault(name, []).append(number)
            self._changes[name] += 1

    def channel_titles(self) -> dict[str, str]:
        """Return what each column is called that its config names."""
        return {
            column.name: column.title
            for column in self.columns.values()
            if column.single is None or self.configures_singles
        }

    def page_address(self, channel: str, number: int) -> str:
        """Return the address of a list's page; 1 is the newest."""
        return self.home + self.page_path(self.columns[channel], number)

    def index(self, channel: str) -> str:
        """Return the address of a list's newest page."""
        return self.page_address(channel, 1)

    def pages(self, channel: str) -> int:
        """Return how many pages a list has."""
        return max(1, -(-len(self.lists.get(channel, [])) // self.columns[channel].per_page))

    def entries(self, channel: str) -> list[str | Row]:
        """Return a whole list from top to bottom: what is sticky, then the newest first."""
        stuck: list[str | Row] = list(self._sticky.get(channel, []))
        return stuck + [entry for entry in reversed(self.lists.get(channel, [])) if entry not in stuck]

    @abstractmethod
    def page_path(self, column: Column, number: int) -> str:
        """Return where a list's page stands."""

    @abstractmethod
    def routes(self) -> tuple[Route, ...]:
        """Return what answers which path, the query included."""

    @abstractmethod
    def article(self, story: Story, column: Column) -> str:
        """Return an article's page."""

    @abstractmethod
    def listing(self, column: Column, rows: Sequence[Row], number: int) -> str:
        """Return a page of a list."""

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────

    def respond(self, ask: Ask, fetch: int) -> Reply:  # noqa: ARG002 -- nothing here differs on every fetch
        """Find out which page is asked for, and make it."""
        path = ask.path.partition("?")[0]
        if path in self.missing or (path == "/robots.txt" and not self.robots):
            return self.not_found()
        if path == "/robots.txt":
            return Reply(answer=Answer(headers=(("Content-Type", "text/plain"),), body=self.robots.encode()))
        if self.announce is not None and (announced := self.announce(path)) is not None:
            return announced
        for pattern, reply in self.routes():
            if (found := pattern.fullmatch(ask.path)) is not None:
                return reply(found, ask)
        if (file := pictures.bytes_for(path)) is not None:
            return Reply(answer=Answer(headers=(("Content-Type", file[0]),), body=file[1]), stamp=path[-20:])
        return self._home() if path in {"/", "/index.htm", "/main.htm"} else self.not_found()

    def not_found(self) -> Reply:
        """Return the site's answer to an address that is none of its own."""
        return Reply(answer=page("<html><body><h1>404 Not Found</h1></body></html>", status=404))

    def soft_error(self) -> Reply:
        """Return what the system says with 200 where an article or a column is gone."""
        return Reply(answer=page("<html><body><p>操作失败：您访问的页面不存在</p></body></html>"))

    def article_reply(self, number: str) -> Reply:
        """Return an article's page, or how it is gone."""
        story = self.stories.get(number)
        if story is None:
            return self.not_found()
        match self.gone.get(number):
            case 200:
                return self.soft_error()
            case 404 | 410 as status:
                return Reply(answer=page("<html><body><h1>Not Found</h1></body></html>", status=status))
            case None:
                html = self.article(story, self.columns[story.channel])
                stamp = f"{number}-{story.revision}"
                return Reply(answer=page(html), stamp=stamp, modified=story.published)

    def list_reply(self, column: Column, number: int) -> Reply:
        """Return a page of a list, by its number from the newest."""
        if not 1 <= number <= self.pages(column.name):
            return self.not_found()
        first = (number - 1) * column.per_page
        rows = [
            self.row(entry, column) for entry in self.entries(column.name)[first : first + column.per_page]
        ]
        stamp = f"{column.number}-{number}-{self._changes[column.name]}"
        return Reply(answer=page(self.listing(column, rows, number)), stamp=stamp, modified=self.now)

    def row(self, entry: str | Row, column: Column) -> Row:  # noqa: ARG002 -- heirs look at the column
        """Return a row as it is listed; addresses are relative to the host."""
        if isinstance(entry, Row):
            return entry
        story = self.stories[entry]
        return Row(address=self.path_of(story), title=story.title, date=f"{story.published:%Y-%m-%d}")

    def shared(self) -> dict[str, str]:
        """Return the fields that all of a site's templates share."""
        links = "".join(
            f'<li><a href="{self.page_path(column, 1)}" target="_self">{column.title}</a></li>'
            for column in self.columns.values()
        )
        return {"site": self.title, "university": words.UNIVERSITY, "nav": links, "home": self.home}

    def _home(self) -> Reply:
        parts = "".join(
            f'<h3><a href="{self.page_path(column, 1)}">{column.title}</a></h3>'
            for column in self.columns.values()
        )
        return Reply(
            answer=page(f"<html><head><title>{escape(self.title)}</title></head><body>{parts}</body></html>")
        )


def body_html(body: Sequence[Piece]) -> str:
    """Return what stands within the body's container."""
    return "".join(piece.html for piece in body if not piece.outside)
