"""An article of the invented site, and what is true of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING

from scraper.values import Value

if TYPE_CHECKING:
    from scraper.demo.pieces import Piece

BEIJING = timezone(timedelta(hours=8))


class Form(StrEnum):
    """The template that an article stands in: a generation of the site, and a kind."""

    G0_TEXT = "g0-text"
    G0_TOPIC = "g0-topic"  # the topic site: no editor, another frame
    G1_TEXT = "g1-text"
    G1_PHOTO = "g1-photo"
    G1_AV = "g1-av"
    G1_XS = "g1-xs"
    G2_TEXT = "g2-text"
    G3_TEXT = "g3-text"
    G3_PHOTO = "g3-photo"
    G3_TOPIC = "g3-topic"
    G3_AV = "g3-av"
    WEBPLUS = "webplus"  # the other systems: how their pages look is the site's, not the article's
    VSB = "vsb"
    JEECMS = "jeecms"

    @property
    def generation(self) -> int:
        """0 to 3; other systems count as the newest."""
        return int(self.value[1]) if self.value[0] == "g" else 3

    @property
    def is_gbk(self) -> bool:
        """Say whether its bytes are GBK."""
        return self.generation < 2  # noqa: PLR2004 -- G2 was the first in UTF-8


_WITHOUT_EDITOR = {Form.G0_TOPIC, Form.G1_XS, Form.WEBPLUS, Form.VSB, Form.JEECMS}


class Story(Value, frozen=True, kw_only=True):
    """One article as the site has it. Small: a world holds tens of thousands."""

    number: str  # nine digits
    channel: str  # the first part of its path
    form: Form
    published: datetime  # as shown
    day: date  # as in its address; in one article of ten another than the shown one
    title: str
    title_html: str | None = None  # None: the title, escaped
    source: str | None = None
    editor: str | None = None
    body: tuple[Piece, ...] | None = None  # None: composed from the number whenever it is asked for
    revision: int = 0

    @property
    def path(self) -> str:
        """Its address within the site."""
        return f"/{self.channel}/system/{self.day:%Y/%m/%d}/{self.number}.shtml"


class Truth(Value, frozen=True, kw_only=True):
    """What the program should read off an article's page."""

    url: str
    title: str
    published: datetime
    source: str | None
    editor: str | None
    channel: str
    images: tuple[str, ...]
    media: tuple[str, ...]
    links: tuple[str, ...]
    attachments: tuple[str, ...]
    text: str  # without white space
    form: Form


def truth_of(story: Story, body: tuple[Piece, ...], url: str) -> Truth:
    """Put together what is true of a story with this body at this address."""
    within = [piece for piece in body if not piece.outside]
    return Truth(
        url=url,
        title=story.title,
        published=story.published,
        source=story.source,
        editor=None if story.form in _WITHOUT_EDITOR else story.editor,
        channel=story.channel,
        images=tuple(image for piece in within for image in piece.images),
        media=tuple(film for piece in within for film in piece.media),
        links=tuple(target for piece in within for target in piece.links),
        attachments=tuple(dict.fromkeys(file for piece in body for file in piece.attachments)),
        text="".join("".join(piece.text for piece in within).split()),
        form=story.form,
    )
