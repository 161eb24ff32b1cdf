"""What a page is that no layout fits: the one verdict on it, whether a list or an article was asked for.

Looked at only then, so that articles do not pay for it. A wall (a login, a check whether one is human, a
notice that strangers are kept out) shows little; a page that has a password box beside something to read is
none. The words are those of `page_words`.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper import dom, families, page_words, text, urls
from scraper.extractor import density, rows
from scraper.extractor.page_lines import read_lines
from scraper.extractor.truncation import breaks_off_in_markup
from scraper.numbers import whole
from scraper.values import Value, replace

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.errors import PageKind
    from scraper.extractor.page import Page
    from scraper.families.family import Family
    from scraper.urls import Url

_REFRESH = re.compile(r"(\d+)(?:\.\d{0,3})?\s*[;,]\s*(?:url\s*=\s*)?", re.IGNORECASE)  # no blanks around
_ADDRESS = re.compile(r"[^'\"\n;]{0,40}['\"]([^'\"\n]{1,2000})['\"]")  # behind what makes a script leave
_MOST = 1 << 20  # characters of markup in which a wall or a stub shows itself: what is larger is neither
_LITTLE = 400  # visible characters; an error or a wall says no more
_NOTHING = 80  # visible characters; a page that a script leaves at once says no more
_SOON = 30  # seconds until a stub refreshes; a page that renews itself waits longer
_ROWS = 3  # of a list
_DATED = 4  # rows of a link and a date that make a list
_PROSE = 120  # characters of sentences, of a page that is more than a list
_MANY_LINKS = 15  # of a page that is mostly links
_MOST_IN_LINKS = 100_000  # nodes: a page whose links hold more is no list but a knot of links in each other
_MOSTLY, _NEARLY_ALL = 0.5, 0.8  # the share of a list's characters that stand in links
_TITLE, _TITLES = 8, 4  # characters of a link that is worth reading, and so many of these, that show a page


class Verdict(Value, frozen=True, kw_only=True):
    """What a page is, and words for people."""

    kind: PageKind
    words: str
    leads_to: Url | None = None  # of a page that is left at once; None: it does not say
    is_sure: bool = True  # False: articles may look so too; what else it shows decides


_LIST = Verdict(kind="list", words="a list where an article was expected", is_sure=False)
_TRUNCATED = Verdict(kind="truncated", words="truncated: the page breaks off before its end")
_ENDLESS = replace(_TRUNCATED, is_sure=False)  # the tags that end a page may be left out


def of_page(page: Page, family: Family | None) -> Verdict | None:
    """Return what a page is instead of an article; None where it does not say."""
    shown = text.fold(dom.text_of(page.root))
    if len(shown) <= _LITTLE:
        verdict = _of_a_short_page(page, shown)
        if verdict is not None:
            return verdict
    if page.breaks_off:
        return _TRUNCATED if breaks_off_in_markup(page.text) else _ENDLESS
    if not shown:
        return Verdict(kind="empty", words="empty: the page shows no text")
    if _is_list(page, shown, family):
        return _LIST
    return None


def _of_a_short_page(page: Page, shown: str) -> Verdict | None:
    title = page.first("title")
    said = f"{shown} {text.fold(title.text()) if title is not None else ''}"
    return _wall(page, shown, said) or _error(said) or _stub(page, shown)


# ── walls ─────────────────────────────────────────────────────────────────────────────────────────────────


def _wall(page: Page, shown: str, said: str) -> Verdict | None:
    """Return the wall that stands in place of a page; None where none does."""
    says_nothing, html = len(shown) <= _NOTHING, page.text[:_MOST]
    if page_words.PORTAL.search(html):
        return _login("the page of a VPN portal")
    if (word := page_words.CHALLENGE.search(said)) is not None:
        return _challenge(f"it says {word[0]}")
    login = page_words.LOGIN.search(html if says_nothing else said)
    if (word := page_words.STRANGERS.search(said) or login) is not None:
        return _login(f"it says {word[0]}")
    return _asks(page, said) or (_script(html) if says_nothing else None)


def _asks(page: Page, said: str) -> Verdict | None:
    """Return the wall that asks for a password or a code, and has nothing to read besides."""
    password = page.first('input[type="password" i]') is not None
    word = page_words.MAY_BE_CHALLENGE.search(said)
    if (not password and word is None) or _leads_on(page.root):
        return None
    return _login("it asks for a password") if word is None or password else _challenge(f"it says {word[0]}")


def _script(html: str) -> Verdict | None:
    """Return the wall that a page is whose script alone matters."""
    if page_words.COOKIE in html and page_words.LEAVES.search(html):
        return _challenge("a script sets a cookie and asks again")
    mark = page_words.SCRIPTS.search(html)
    return None if mark is None else _challenge(f"its script is {mark[0]}, which only a browser passes")


def _login(why: str) -> Verdict:
    return Verdict(kind="login", words=f"a login wall: {why}", is_sure=False)


def _challenge(why: str) -> Verdict:
    return Verdict(kind="challenge", words=f"a challenge page: {why}", is_sure=False)


def _leads_on(page: Node) -> bool:
    """Tell whether a page has links that are worth reading: its password box stands beside them."""
    links = (
        link for link in dom.select(page, "a[href]") if len(text.visible_text(dom.text_of(link))) >= _TITLE
    )
    return len(list(islice(links, _TITLES))) == _TITLES


# ── errors and stubs ──────────────────────────────────────────────────────────────────────────────────────


def _error(said: str) -> Verdict | None:
    """Return what a page says went wrong: that nothing is there, or that it cannot be shown."""
    found: tuple[tuple[PageKind, re.Pattern[str], bool], ...] = (
        ("soft-404", page_words.MISSING, True),
        ("error", page_words.TROUBLE, True),
        ("soft-404", page_words.MAY_BE_MISSING, False),
        ("error", page_words.MAY_BE_TROUBLE, False),
    )
    for kind, words, is_sure in found:
        word = words.search(said)
        if word is not None:
            return Verdict(kind=kind, words=f"an error page: it says {word[0]}", is_sure=is_sure)
    return None


def _stub(page: Page, shown: str) -> Verdict | None:
    """Return a page that is left at once, by a refresh or by a script and nothing else; None: it stays."""
    target = _refresh(page)
    if target is None and len(shown) <= _NOTHING:
        target = _jump(page.text[:_MOST])
    if target is None:
        return None
    onward = urls.join(page.url, target.strip("'\" ")) if target else None
    return Verdict(
        kind="redirect",
        words=f"a redirect stub: it leads to {target or 'what a script says'}",
        leads_to=None if onward == page.url else onward,
    )


def _refresh(page: Page) -> str | None:
    """Return what a page refreshes itself to, soon; None: it does not."""
    node = page.first('meta[http-equiv="refresh" i]')
    said = dom.attribute(node, "content").strip() if node is not None else ""
    found = _REFRESH.match(said)
    if found is None or whole(found[1], _SOON) is None:
        return None
    return said[found.end() :].strip().strip("'\"") or None


def _jump(html: str) -> str | None:
    """Return what a script leads to, `""` where it does not say; None: no script leads anywhere."""
    found = next((each for each in page_words.LEAVES.finditer(html) if "reload" not in each[0]), None)
    if found is None:
        return None
    address = _ADDRESS.match(html[found.end() : found.end() + 3_000])
    return address[1] if address else ""


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def _is_list(page: Page, shown: str, family: Family | None) -> bool:
    """Tell a list by its family's rows, by an empty frame, or by most of its characters standing in links.

    The last asks for more where the address is an article's: short articles stand in long menus.
    """
    selectors = [rows.row for rows in family.rows if rows.row is not None] if family else []
    if any(len(dom.select(page.root, selector)) >= _ROWS for selector in selectors):
        return True
    is_elsewhere = family is not None and not families.is_article(family, page.url)
    if family is not None and is_elsewhere and families.has_list_frame(family, page.root):
        return True
    links = dom.select(page.root, "a[href]")
    if len(links) < _MANY_LINKS:
        return False
    said = dom.texts_within(links, _MOST_IN_LINKS)
    share = _MOSTLY if is_elsewhere else _NEARLY_ALL
    return said is not None and sum(len(text.fold(each)) for each in said) > share * len(shown)


def of_rows(page: Page) -> Verdict | None:
    """Return that a page is a list where rows of a link and a date are all it tells; None where they are not.

    Dearer than the rest: for a page of which nothing else is known.
    """
    seen = read_lines(page.first("body") or page.root)
    density.weigh(seen)
    if sum(len(line.said) for line in seen.lines if line.is_prose) >= _PROSE:
        return None
    return _LIST if rows.dated_rows(page.root, seen.lines) >= _DATED else None
