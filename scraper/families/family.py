"""The shape of a family: everything that is known of one content management system, as values.

Selectors are CSS as selectolax's Lexbor engine reads it. Nothing here is code that runs on a page: the rooms
`extractor` and `discovery` read pages by these values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.values import Value

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from scraper.model import PageRef
    from scraper.urls import Url


FOOT = (
    "header, footer, nav, [class*=header i], [class*=foot i], [id*=foot i], [class*=copyright i]"
    ", [class*=crumb i], [class~=menu], [class~=nav], [id=menu], [id=nav]"
)
"""What is no list though it holds links to articles: 使用帮助, 网站声明."""


class Layout(Value, frozen=True, kw_only=True):
    """One template of a family's article pages. Layouts are kept for ever: old pages stay as they were."""

    name: str
    marks: tuple[str, ...]  # selectors that must all be on the page
    title: str
    published: str  # the element whose text holds the moment, labelled or not
    body: tuple[str, ...]  # every element that any of these selects, in page order
    only_first: bool = False  # True: of those, the first alone; later ones only look like it
    source: str | None = None  # None: this template names no source
    editor: str | None = None  # None: this template names no editor
    drop: tuple[str, ...] = ()  # what is no part of the article within the body
    attachments: tuple[str, ...] = ()  # links to files that stand outside the body
    reveal: tuple[
        str, ...
    ] = ()  # what is hidden at first and is part of the article, such as its second page
    nearby: bool = False  # True: a title or date that is not selected is looked for around the body


class Rows(Value, frozen=True, kw_only=True):
    """One template of a family's lists.

    Three ways to say where the rows are, the first that is given holds: `row` selects them; `within` selects
    the list, and a row is the largest element around a link that names no other page; `beside` selects the
    list's own pager, and the list is what stands nearest to it.
    """

    name: str
    row: str | None = None  # one element a row
    within: str | None = None  # the list; the first one that holds rows is it
    beside: str | None = None  # the pager of the list
    link: str = "a[href]"  # within the row or the list: the link to the article
    drop: str | None = None  # within the list: what is no row of it, such as its pager
    alike: bool = False  # True: of the rows found, those that stand side by side and look alike are the list
    dated: bool = False  # True: a row without a date is none
    sure: bool = False  # True: what a row leads to is an article, whatever its address looks like
    date: str | None = None  # within the row: what shows the date; None: the row's own text
    title: str | None = None  # within the row: what shows the title; None: the link's `title`, or its text
    next: str | None = None  # on the page: the link to the next older page; None: there is none
    last: str | None = None  # on the page: the link to the last page; the numbers in its address count them
    stated: str | None = None  # on the page: what says how many articles the list has
    pages: str | None = None  # on the page: what says how many pages the list has
    current: str | None = None  # on the page: what says which of them this one is


class Pager(Value, frozen=True, kw_only=True):
    """How a family numbers the pages of a list, where it does."""

    script: re.Pattern[str] | None = None  # the address of a script that knows the number of pages
    count: re.Pattern[str] | None = None  # in that script: group 1 is the number
    page: Callable[[Url, int], PageRef | None] | None = None  # (script or index, number) → its address
    number: re.Pattern[str] | None = None  # in the address of a page: group 1 is its number
    oldest_first: bool = False  # True: page 1 is the oldest, and a full page never changes again


class Family(Value, frozen=True, kw_only=True):
    """One content management system."""

    name: str
    marks: tuple[str, ...]  # selectors; a page that has any of them is of this family
    article_url: re.Pattern[
        str
    ]  # searched in path and query; group `number`, where there is one, is the identity
    layouts: tuple[Layout, ...]  # newest first
    rows: tuple[Rows, ...]  # newest first
    pager: Pager
    moves: bool = False  # True: its articles keep their numbers when the site moves to another host
    single: str | None = None  # on a channel's page: the text of the one article that the channel is
    links: re.Pattern[str] | None = None  # searched in a link: a page of several such ones is of this family
    by_density: bool = False  # True: an article that no layout fits is read by the density of its text
