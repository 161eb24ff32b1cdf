"""A site under Sudy Webplus: two of its many templates, its paging, its redirects, its soft error page."""

from __future__ import annotations

import re
from html import escape
from random import Random
from typing import TYPE_CHECKING

from scraper.demo import campus_pieces, pieces, template, words
from scraper.demo.campus import CampusWorld, Column, Route, body_html
from scraper.demo.exchange import Answer, Ask, Reply, Row, page
from scraper.demo.story import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.pieces import Piece
    from scraper.demo.story import Story

_ARTICLE = re.compile(r"/\d{4}/\d{4}/c\d+a(?P<number>\d+)/page(?:_t\d+)?\.(?:htm|psp)")
_LIST = re.compile(r"/(?P<column>\w+)/list(?P<page>\d*)\.(?:htm|psp)")
_REDIRECT = re.compile(r"/_redirect\?siteId=\d+&columnId=\d+&articleId=(?P<number>\d+)")
_NEWS_LIST = "news_list"


class WebplusWorld(CampusWorld):
    """A Webplus site. Columns of style `news_list` have the newer rows, others `wp_article_list`."""

    family = "webplus"
    form = Form.WEBPLUS
    shows_time = False

    def __init__(
        self, host: str, columns: tuple[Column, ...], *, name: str, title: str, newer: bool = True
    ) -> None:
        """Make a site with these columns and no articles; the older template of articles names no source."""
        super().__init__(host, columns, name=name, title=title)
        self.names_source = newer
        self._newer = newer
        self._elsewhere: dict[str, str] = {}

    def redirect_row(self, channel: str, target: str, *, title: str) -> str:
        """List a link of the system's own that leads to another host; return its address."""
        number = str(900_000 + len(self._elsewhere))
        self._elsewhere[number] = target
        path = f"/_redirect?siteId=7&columnId={self.columns[channel].number}&articleId={number}"
        self.list_address(channel, path, title=title)
        return self.home + path

    # ── addresses ─────────────────────────────────────────────────────────────────────────────────────────

    def path_of(self, story: Story) -> str:
        """Return `/YYYY/MMDD/c<column>a<number>/page.htm`."""
        return self._path(story, self.columns[story.channel])

    def page_path(self, column: Column, number: int) -> str:
        """Return `/<column>/list.htm`, `/<column>/list2.htm` and so on."""
        return f"/{column.name}/list{number if number > 1 else ''}.htm"

    def routes(self) -> tuple[Route, ...]:
        """Return what answers which path."""
        return ((_ARTICLE, self._article), (_LIST, self._list), (_REDIRECT, self._redirect))

    def row(self, entry: str | Row, column: Column) -> Row:
        """Return a row; an article of another column stands here under this column's number."""
        shown = super().row(entry, column)
        if isinstance(entry, Row):
            return shown
        return Row(address=self._path(self.stories[entry], column), title=shown.title, date=shown.date)

    def _path(self, story: Story, column: Column) -> str:
        return f"/{story.day:%Y/%m%d}/c{column.number}a{story.number}/page.htm"

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────────────

    def soft_error(self) -> Reply:
        """Return the system's error page: 200, and a sentence."""
        return Reply(answer=page(template.fill("webplus", "error", self.shared())))

    def article(self, story: Story, column: Column) -> str:
        """Return an article's page."""
        values = self.shared() | {
            "title": escape(story.title, quote=False),
            "column": column.title,
            "source": story.source or "",
            "published": f"{story.published:%Y-%m-%d}",
            "number": story.number,
            "body": body_html(self.body_of(story)),
        }
        return template.fill("webplus", "page_news" if self._newer else "arti", values)

    def listing(self, column: Column, rows: Sequence[Row], number: int) -> str:
        """Return a page of a list, or the one article that the column is."""
        values = self.shared() | {"title": column.title, "column": column.title, "name": column.name}
        if column.single is not None:
            return template.fill("webplus", "single", values | {"body": body_html(column.single)})
        name = "row_news" if column.style == _NEWS_LIST else "row_article"
        shown = [self._row_html(name, at, row) for at, row in enumerate(rows, start=1)]
        values |= {"rows": "".join(shown)} | self._paging(column, number)
        return template.fill("webplus", "list_news" if column.style == _NEWS_LIST else "list_article", values)

    def _row_html(self, name: str, at: int, row: Row) -> str:
        values = {"at": str(at), "address": row.address, "title": escape(row.title), "date": row.date}
        return template.fill("webplus", name, values)

    def _paging(self, column: Column, number: int) -> dict[str, str]:
        last, nowhere = self.pages(column.name), "javascript:void(0);"
        return {
            "per_count": str(column.per_page),
            "all_count": str(len(self.entries(column.name))),
            "all_pages": str(last),
            "curr_page": str(number),
            "first_href": f"/{column.name}/list1.htm" if number > 1 else nowhere,
            "prev_href": f"/{column.name}/list{number - 1}.htm" if number > 1 else nowhere,
            "next_href": f"/{column.name}/list{number + 1}.htm" if number < last else nowhere,
            "last_href": f"/{column.name}/list{last}.htm" if number < last else nowhere,
        }

    def body_of(self, story: Story) -> tuple[Piece, ...]:
        """Return the story's own body, or one with what bodies of this system hold."""
        if story.body is not None:
            return story.body
        random = Random(f"{self.host} {story.number}")  # noqa: S311 -- invented news, no secret
        body = [campus_pieces.webplus_paragraph(words.opening(random))]
        body += [
            campus_pieces.webplus_paragraph(words.statement(random)) for _ in range(random.randint(1, 4))
        ]
        made = random.choice(
            (
                campus_pieces.webplus_picture,
                campus_pieces.webplus_attachment,
                campus_pieces.webplus_pdf,
                campus_pieces.webplus_video,
            )
        )
        body.append(made(random, self.home))
        body.append(pieces.raw("<style>.x{margin:0}</style><p><p></p></p>"))
        return tuple(body)

    def _article(self, found: re.Match[str], _ask: Ask) -> Reply:
        return self.article_reply(found["number"])

    def _list(self, found: re.Match[str], _ask: Ask) -> Reply:
        column = self.columns.get(found["column"])
        return self.soft_error() if column is None else self.list_reply(column, int(found["page"] or 1))

    def _redirect(self, found: re.Match[str], _ask: Ask) -> Reply:
        target = self._elsewhere.get(found["number"])
        if target is None:
            return self.soft_error()
        return Reply(answer=Answer(status=302, headers=(("Location", target),)))
