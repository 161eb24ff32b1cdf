"""The pages of the ECMS site (and of enorth webpublisher before it), as every generation writes them."""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING

from scraper.demo import template, words
from scraper.demo.story import Form
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.demo.exchange import Row
    from scraper.demo.pieces import Piece
    from scraper.demo.story import Story

_LONGEST_LISTED_TITLE = 30  # characters; the newer lists cut what is longer


class ChannelSpec(Value, frozen=True, kw_only=True):
    """A channel of the site. `aliases` are names it had before: its articles answer there too."""

    name: str
    code: str  # seven digits
    title: str
    old: bool = False  # True: its lists are still the old system's, in GBK
    cid: str = "32000000"  # the old system's number of the channel
    per_page: int = 30
    aliases: tuple[str, ...] = ()


class Frame(Value, frozen=True, kw_only=True):
    """What stands around every page: the site, the moment, and what changes with every fetch."""

    home: str  # without a slash
    channels: tuple[ChannelSpec, ...]
    hot: tuple[Story, ...]  # the sidebar's ten
    now: datetime
    fetch: int  # how often this address was asked for before

    def values(self) -> dict[str, str]:
        """Return the fields that all templates share."""
        thread = hashlib.md5(
            f"{self.home} {self.now} {self.fetch}".encode(), usedforsecurity=False
        ).hexdigest()
        return {
            "home": self.home,
            "university": words.UNIVERSITY,
            "newsroom": words.NEWSROOM,
            "banner": "tou2021.png",
            "nav": "\n".join(map(self._nav, self.channels[:8])),
            "hot": "\n".join(map(self._hot_link, self.hot)),
            "hot_rows": "\n".join(map(self._hot_row, self.hot)),
            "thread": thread,
            "uid": str(1_000_000 + self.fetch),
            "now": f"{self.now:%Y-%m-%d %H:%M:}{self.fetch % 60:02}",
            "cost": str(self.fetch % 300),
        }

    def _nav(self, channel: ChannelSpec) -> str:
        return f'    <td width="96"><a href="{self.home}/{channel.name}/index.shtml">{channel.title}</a></td>'

    def _hot_link(self, story: Story) -> str:
        shown = _cut(story.title, 13)
        return f'<a href="{self.home}{story.path}" target="_blank">{escape(shown, quote=False)}</a><br/>'

    def _hot_row(self, story: Story) -> str:
        shown = escape(story.title, quote=False)
        return (
            f'<tr><td></td><td  ><a href="{self.home}{story.path}"   target="_blank" >{shown}</a></td></tr>'
        )


_TEMPLATES = {
    Form.G0_TEXT: "g0_text",
    Form.G0_TOPIC: "g0_topic",
    Form.G1_TEXT: "g1_text",
    Form.G1_PHOTO: "g1_photo",
    Form.G1_AV: "g1_text",
    Form.G1_XS: "g1_xs",
    Form.G2_TEXT: "g3_text",
    Form.G3_TEXT: "g3_text",
    Form.G3_PHOTO: "g3_photo",
    Form.G3_TOPIC: "g3_text",
    Form.G3_AV: "g3_av",
}


def article(story: Story, body: Sequence[Piece], channel: ChannelSpec, frame: Frame) -> str:
    """Return an article's page."""
    title = story.title_html if story.title_html is not None else escape(story.title, quote=False)
    html = "\n\n".join(piece.html for piece in body)
    values = frame.values() | {
        "title": title,
        "channel": story.channel,
        "channel_title": channel.title,
        "description": escape("\n".join(piece.text for piece in body)[:120]) + "...",
        "source": story.source or "",
        "source_link": _source_link(story.source, frame.home),
        "published": f"{story.published:%Y-%m-%d %H:%M}",
        "editor": story.editor or "",
        "body": html,
        "rows": _film_rows(html),
    }
    if story.form is Form.G2_TEXT:
        values["banner"] = "tou.jpg"
    return template.fill("ecms", _TEMPLATES[story.form], values)


def _source_link(source: str | None, home: str) -> str:
    """Return the source as the old system writes it: its own newsroom linked, others plain."""
    if source == words.NEWSROOM:
        return f'<a href="{home}/"  target="_blank" >{source}</a>'
    return source or ""


def _film_rows(html: str) -> str:
    """Return the row of a film: a cell without an id; videos have a row with an unclosed span before it."""
    name = "g3_film" if "<video" in html else "g3_sound"
    return template.fill("ecms", name, {"body": html})


def renamed(channel: ChannelSpec, name: str) -> ChannelSpec:
    """Return a channel under a new name; it keeps its code, and knows its old names."""
    return replace(channel, name=name, aliases=(*channel.aliases, channel.name))


def moved(story: Story, channel: str) -> Story:
    """Return a story in another channel; its number stays."""
    return replace(story, channel=channel)


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def listing(rows: Sequence[Row], channel: ChannelSpec, frame: Frame, *, next_page: str | None = None) -> str:
    """Return a page of a channel's list; `next_page` is the old system's 下一页, where there is one."""
    values = frame.values() | {"channel": channel.name, "channel_title": channel.title}
    values |= {"title": words.NEWSROOM, "description": ""}
    if channel.old:
        turn = "" if next_page is None else f'<a href="{next_page}">下一页</a>'
        values |= {"rows": "\n".join(map(_old_row, rows)), "pager": turn}
        return template.fill("ecms", "g1_list", values)
    script = f"{frame.home}/{channel.name}/system/count/{channel.code}/{'0' * 12}/{pager_file(channel)}"
    pager = f'<div id="pagetemple"></div><script src="{script}"></script>'
    values |= {"rows": "\n".join(map(_row, rows)), "pager": pager}
    return template.fill("ecms", "g3_list", values)


def pager_file(channel: ChannelSpec) -> str:
    """Return the name of the script that knows the number of pages."""
    return f"count_page_list_{channel.code}{'0' * 12}.js"


def pager_script(channel: ChannelSpec, pages: int) -> str:
    """Return that script: the number, and the function that writes the numbered links."""
    return (
        f"var maxpage = {pages};\nvar countpage = {pages};\n"
        f'var pagepath = "/{channel.name}/system/count//{channel.code}/{"0" * 12}/";\n'
        "function pagetemple() {\n  var box = document.getElementById('pagetemple');\n"
        "  for (var i = maxpage; i > 0 && i > maxpage - 10; i--) { box.innerHTML += ' ' + i; }\n"
        "}\npagetemple();\n"
    )


def _row(row: Row) -> str:
    title = escape(_cut(row.title, _LONGEST_LISTED_TITLE), quote=False)
    return template.fill("ecms", "g3_row", {"address": row.address, "title": title, "date": row.date})


def _old_row(row: Row) -> str:
    title = escape(row.title, quote=False)
    return template.fill("ecms", "g1_row", {"address": row.address, "title": title, "date": row.date})


def _cut(title: str, longest: int) -> str:
    return title if len(title) <= longest else title[: longest - 1] + "..."


def front(blocks: Sequence[tuple[ChannelSpec, Sequence[Row]]], frame: Frame) -> str:
    """Return the site's first page: a block of newest titles for each channel."""
    parts = []
    for channel, rows in blocks:
        items = "".join(
            f'<li><a href="{row.address}">{escape(_cut(row.title, 20), quote=False)}</a></li>' for row in rows
        )
        more = f'<a href="{frame.home}/{channel.name}/index.shtml">{channel.title}</a>'
        parts.append(f'<div class="block"><h3>{more}</h3><ul>{items}</ul></div>')
    return template.fill("ecms", "home", frame.values() | {"rows": "\n".join(parts)})
