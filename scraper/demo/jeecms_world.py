"""A site under jeecms: lists whose pages a form turns, which `?curPage=` turns too."""

from __future__ import annotations

import re
from html import escape
from random import Random
from typing import TYPE_CHECKING

from scraper.demo import campus_pieces, pieces, template, words
from scraper.demo.campus import CampusWorld, Column, Route, body_html
from scraper.demo.story import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.exchange import Ask, Reply, Row
    from scraper.demo.pieces import Piece
    from scraper.demo.story import Story

_ARTICLE = re.compile(r"/(?P<column>\w+)/(?P<number>\d+)\.chtml")
_LIST = re.compile(r"/(?P<column>\w+)/index\.chtml(?:\?curPage=(?P<page>\d+))?")


class JeecmsWorld(CampusWorld):
    """A jeecms site."""

    family = "jeecms"
    form = Form.JEECMS
    shows_time = False
    names_source = False

    def path_of(self, story: Story) -> str:
        """Return `/<column>/<number>.chtml`."""
        return f"/{story.channel}/{story.number}.chtml"

    def page_path(self, column: Column, number: int) -> str:
        """Return `/<column>/index.chtml`, with the page's number behind it from the second on."""
        return f"/{column.name}/index.chtml{f'?curPage={number}' if number > 1 else ''}"

    def routes(self) -> tuple[Route, ...]:
        """Return what answers which path."""
        return ((_ARTICLE, self._article), (_LIST, self._list))

    def article(self, story: Story, column: Column) -> str:
        """Return an article's page."""
        values = self.shared() | {
            "title": escape(story.title, quote=False),
            "column": column.title,
            "published": f"{story.published:%Y-%m-%d}",
            "number": story.number,
            "body": body_html(self.body_of(story)),
        }
        return template.fill("jeecms", "article", values)

    def listing(self, column: Column, rows: Sequence[Row], number: int) -> str:
        """Return a page of a list."""
        total, last = len(self.entries(column.name)), self.pages(column.name)
        first = (number - 1) * column.per_page + 1
        values = self.shared() | {
            "column": column.title,
            "name": column.name,
            "rows": "".join(map(self._row_html, rows)),
            "total": str(total),
            "span": f"{first}-{min(total, first + column.per_page - 1)}",
            "last": str(last),
            "page": str(number),
            "next": str(min(last, number + 1)),
        }
        return template.fill("jeecms", "list", values)

    @staticmethod
    def _row_html(row: Row) -> str:
        number = row.address.rpartition("/")[2].partition(".")[0]
        values = {"address": row.address, "title": escape(row.title), "date": row.date, "number": number}
        return template.fill("jeecms", "row", values)

    def body_of(self, story: Story) -> tuple[Piece, ...]:
        """Return the story's own body, or one with what bodies of this system hold."""
        if story.body is not None:
            return story.body
        random = Random(f"{self.host} {story.number}")  # noqa: S311 -- invented news, no secret
        body = [pieces.paragraph(words.opening(random), indent="")]
        body += [pieces.paragraph(words.statement(random), indent="") for _ in range(random.randint(1, 3))]
        if random.random() < 0.5:  # noqa: PLR2004 -- half
            body.append(campus_pieces.jeecms_table(random))
        return tuple(body)

    def _article(self, found: re.Match[str], _ask: Ask) -> Reply:
        story = self.stories.get(found["number"])
        if story is None or story.channel != found["column"]:
            return self.not_found()
        return self.article_reply(story.number)

    def _list(self, found: re.Match[str], _ask: Ask) -> Reply:
        column = self.columns.get(found["column"])
        return self.not_found() if column is None else self.list_reply(column, int(found["page"] or 1))
