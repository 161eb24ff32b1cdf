"""A site under Boda VSB: pages that count down to the oldest, attachments beside the body, two addresses."""

from __future__ import annotations

import posixpath
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

_ARTICLE = re.compile(r"/info/(?P<column>\d+)/(?P<number>\d+)\.htm")
_CONTENT = re.compile(
    r"/content\.jsp\?urltype=news\.NewsContentUrl&wbtreeid=(?P<column>\d+)&wbnewsid=(?P<number>\d+)"
)
_LIST = re.compile(r"/(?P<column>\w+(?:/\w+)?)\.htm")
_PAGE = re.compile(r"/(?P<column>\w+(?:/\w+)?)/(?P<page>\d+)\.htm")


class VsbWorld(CampusWorld):
    """A VSB site: `x.htm` is the newest page, `x/7.htm` the second of eight, `x/1.htm` the oldest."""

    family = "vsb"
    form = Form.VSB

    # ── addresses ─────────────────────────────────────────────────────────────────────────────────────────

    def path_of(self, story: Story) -> str:
        """Return `/info/<column>/<number>.htm`."""
        return f"/info/{self.columns[story.channel].number}/{story.number}.htm"

    def content_address(self, number: str) -> str:
        """Return the article's other address."""
        column = self.columns[self.stories[number].channel].number
        return f"{self.home}/content.jsp?urltype=news.NewsContentUrl&wbtreeid={column}&wbnewsid={number}"

    def page_path(self, column: Column, number: int) -> str:
        """Return where a list's page stands: its own number counts from the oldest."""
        if number == 1:
            return f"/{column.name}.htm"
        return f"/{column.name}/{self.pages(column.name) - number + 1}.htm"

    def routes(self) -> tuple[Route, ...]:
        """Return what answers which path."""
        return (
            (_ARTICLE, self._article),
            (_CONTENT, self._article),
            (_PAGE, self._page),
            (_LIST, self._list),
        )

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────────────

    def article(self, story: Story, column: Column) -> str:
        """Return an article's page, its attachments below the body."""
        body = self.body_of(story)
        files = "".join(piece.html for piece in body if piece.outside)
        values = self.shared() | {
            "title": escape(story.title, quote=False),
            "column": column.title,
            "source": story.source or "",
            "published": f"{story.published:%Y-%m-%d %H:%M}",
            "number": story.number,
            "body": body_html(body),
            "files": f'<p></p><UL style="list-style-type:none;">{files}</UL>' if files else "",
        }
        return template.fill("vsb", "article", values)

    def listing(self, column: Column, rows: Sequence[Row], number: int) -> str:
        """Return a page of a list, its links relative to it."""
        here = self.page_path(column, number)
        values = self.shared() | {"title": column.title, "column": column.title}
        if column.single is not None:
            return template.fill("vsb", "single", values | {"body": body_html(column.single)})
        shown = [self._row_html(at, row, here) for at, row in enumerate(rows)]
        last = self.pages(column.name)
        values |= {"rows": "".join(shown), "pager": self._pager(column, number) if last > 1 else ""}
        return template.fill("vsb", "list", values)

    def _row_html(self, at: int, row: Row, here: str) -> str:
        address = _relative(row.address, here)
        values = {"at": str(at), "address": address, "title": escape(row.title), "date": row.date}
        return template.fill("vsb", "row", values)

    def _pager(self, column: Column, number: int) -> str:
        last, here = self.pages(column.name), self.page_path(column, number)

        def link(to: int, text: str) -> str:
            return f'<a href="{_relative(self.page_path(column, to), here)}">{text}</a>'

        def step(name: str, to: int, text: str) -> str:
            if 1 <= to <= last and to != number:
                return f'<span class="p_{name} p_fun">{link(to, text)}</span>'
            return f'<span class="p_{name}_d p_fun_d">{text}</span>'

        numbers = "".join(
            f'<span class="p_no_d">{at}</span>'
            if at == number
            else f'<span class="p_no">{link(at, str(at))}</span>'
            for at in range(1, last + 1)
        )
        values = {
            "total": str(len(self.entries(column.name))),
            "last": str(last),
            "steps_back": step("first", 1, "首页") + step("prev", number - 1, "上页"),
            "numbers": numbers,
            "steps_on": step("next", number + 1, "下页") + step("last", last, "尾页"),
        }
        return template.fill("vsb", "pager", values)

    def body_of(self, story: Story) -> tuple[Piece, ...]:
        """Return the story's own body, or one with what bodies of this system hold."""
        if story.body is not None:
            return story.body
        random = Random(f"{self.host} {story.number}")  # noqa: S311 -- invented news, no secret
        opening = words.opening(random)
        body = [pieces.raw(f'<p class="vsbcontent_start">{pieces.marked(opening)}</p>', opening)]
        body += [pieces.paragraph(words.statement(random), indent="") for _ in range(random.randint(1, 4))]
        made = random.choice(
            (campus_pieces.vsb_picture, campus_pieces.vsb_video, campus_pieces.vsb_attachment)
        )
        body.append(made(random, self.home))
        signature = f"（文/{words.person(random)}）"
        body.append(pieces.raw(f'<p class="vsbcontent_end">{signature}</p>', signature))
        return tuple(body)

    def _article(self, found: re.Match[str], _ask: Ask) -> Reply:
        story = self.stories.get(found["number"])
        if story is None or str(self.columns[story.channel].number) != found["column"]:
            return self.not_found()
        return self.article_reply(story.number)

    def _list(self, found: re.Match[str], _ask: Ask) -> Reply:
        column = self.columns.get(found["column"])
        return self.not_found() if column is None else self.list_reply(column, 1)

    def _page(self, found: re.Match[str], _ask: Ask) -> Reply:
        column = self.columns.get(found["column"])
        if column is None or int(found["page"]) >= self.pages(column.name):
            return self.not_found()
        return self.list_reply(column, self.pages(column.name) - int(found["page"]) + 1)


def _relative(address: str, here: str) -> str:
    """Return a path of this host relative to the page that names it, as VSB writes all of its links."""
    return posixpath.relpath(address, posixpath.dirname(here)) if address.startswith("/") else address
