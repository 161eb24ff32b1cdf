"""WordPress, by the classes that its own themes share. Never tried on a live site of a university.

Its feed, `/feed/`, names the newest articles: a channel's `feeds` may list it.
"""

from __future__ import annotations

import re

from scraper.families.family import Family, Layout, Pager, Rows

_NEXT = "a.next.page-numbers, a.wp-block-query-pagination-next, .nav-previous a[href], a[rel=next]"

WORDPRESS = Family(
    name="wordpress",
    marks=(
        "meta[name=generator][content^=WordPress]",
        "link[rel='https://api.w.org/']",
        "link[href*='/wp-content/'], script[src*='/wp-content/'], script[src*='/wp-includes/']",
    ),
    article_url=re.compile(
        r"/archives/(?P<number>\d+)/?$|[?&]p=(?P<query>\d+)|/(?:19|20)\d\d/\d\d/(?:\d\d/)?[^/?]+/?$"
    ),
    layouts=(
        Layout(
            name="wordpress",
            marks=(".entry-title", ".entry-content"),
            title=".entry-title",
            published="time.entry-date, time.published, .posted-on time, .entry-date",
            body=(".entry-content",),
            drop=(".sharedaddy", ".jp-relatedposts", ".post-navigation"),
            nearby=True,
        ),
        Layout(
            name="wordpress-blocks",
            marks=(".wp-block-post-title", ".wp-block-post-content"),
            title="h1.wp-block-post-title, .wp-block-post-title",
            published=".wp-block-post-date",
            body=(".wp-block-post-content",),
            drop=(".sharedaddy", ".jp-relatedposts"),
            nearby=True,
        ),
    ),
    rows=(
        Rows(
            name="posts",
            row="article[class*=type-post], .hentry:not(li.wp-block-post)",
            link=".entry-title a[href]",
            date="time, .entry-date, .posted-on",
            next=_NEXT,
            sure=True,
        ),
        Rows(
            name="blocks",
            row="li.wp-block-post",
            link=".wp-block-post-title a[href], a[href]",
            date="time, .wp-block-post-date",
            next=_NEXT,
            sure=True,
        ),
        Rows(
            name="repeated",
            within="body",
            alike=True,
            next=f"{_NEXT}, a[href]",
        ),
    ),
    pager=Pager(number=re.compile(r"/page/(\d+)/?$")),
    by_density=True,
)
