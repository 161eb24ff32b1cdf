"""The keys of a channel, and a site's selectors: where articles are named, and how a page is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from scraper import dom
from scraper.config.sections import Key, Section
from scraper.config.value_types import Address, OneOrMore, OrNothing, Text
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from scraper.config.problems import Where
    from scraper.config.value_types import Schema


_LONGEST_SELECTOR: Final = 500
_MOST_HAS: Final = 2  # each looks at all that stands below an element


def _selector_slip(selector: str) -> str | None:
    if len(selector) > _LONGEST_SELECTOR or _depth(selector) > 1 or selector.count(":has(") > _MOST_HAS:
        return say(
            "is a selector that costs too much: at most {longest} characters, {most} `:has`, "
            "none within another",
            longest=_LONGEST_SELECTOR,
            most=_MOST_HAS,
        )
    return None if dom.is_selector(selector) else say("is no CSS selector: {selector!r}", selector=selector)


def _depth(selector: str) -> int:
    """Return how many `:has` stand within each other, at most."""
    opened: list[bool] = []
    deepest = 0
    for match in re.finditer(r":has\(|\(|\)", selector):
        if match[0] == ")":
            del opened[-1:]
        else:
            opened.append(match[0] != "(")
            deepest = max(deepest, sum(opened))
    return deepest


class ChannelForm(Value, frozen=True):
    """A channel: its index's address alone, or a mapping with a title."""

    section: Section

    def read(self, value: object, where: Where) -> dict[str, Any] | None:
        """Return the channel's keys."""
        if isinstance(value, str):
            return {"index": Address().read(value, where)}
        given = self.section.read(value, where)
        if given is not None and not any(way in given for way in WAYS):
            where.at("index").slip(say("is missing"))
        return given

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        named = self.section.schema() | {"type": "object", "anyOf": [{"required": [way]} for way in WAYS]}
        return {"anyOf": [Address().schema(), named]}


def _selector(name: str, text: str) -> Key:
    return Key(name=name, form=OrNothing(Text(say("a CSS selector"), check=_selector_slip)), text=text)


SELECTORS: Final = Section(
    (
        _selector("list_link", "On a list: every link to an article."),
        _selector("next_page", "On a list: the link to the next older page."),
        _selector("title", "On an article: its title."),
        _selector("date", "On an article: what holds the moment of publication."),
        _selector("source", "On an article: what names the source."),
        _selector("body", "On an article: its body, or each part of it."),
        _selector("drop", "Within the body: what is no part of the article."),
    )
)

CHANNEL: Final = Section(
    (
        Key(name="title", form=Text(), text="The channel's name, for people.", derived="the channel's key"),
        Key(
            name="index",
            form=Address(),
            text="The address of its newest list page.",
            derived="none; then there is a feed or a sitemap",
        ),
        Key(
            name="feed",
            form=OneOrMore(Address()),
            text="An RSS or Atom feed of it, or several, besides its list or in its place.",
            derived="none",
        ),
        Key(
            name="sitemap",
            form=OneOrMore(Address()),
            text="A sitemap of it, or several, besides its list or in its place.",
            derived="none",
        ),
    )
)

WAYS: Final = ("index", "feed", "sitemap")
"""The keys of a channel that name where its articles are named: one of them at least is there."""
