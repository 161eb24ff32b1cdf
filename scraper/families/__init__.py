"""What is known of content management systems, family by family, as data.

Knows no site: a university is a few lines of config, and what neither config nor page says of a single one
stands in `known_sites`. Old layouts are kept for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.families.dedecms import DEDECMS
from scraper.families.ecms import ECMS
from scraper.families.jcms import JCMS
from scraper.families.jeecms import JEECMS
from scraper.families.phpcms import PHPCMS
from scraper.families.siteserver import SITESERVER
from scraper.families.trs import TRS
from scraper.families.ucap import UCAP
from scraper.families.vsb import VSB
from scraper.families.webplus import WEBPLUS
from scraper.families.wordpress import WORDPRESS

if TYPE_CHECKING:
    import re

    from scraper.families.family import Family
    from scraper.urls import Url

FAMILIES: tuple[Family, ...] = (
    *(ECMS, WEBPLUS, VSB, JEECMS),
    *(TRS, UCAP, JCMS, WORDPRESS, DEDECMS, PHPCMS, SITESERVER),
)
"""All families, in the order in which a page is tried against them."""

_BY_NAME = {family.name: family for family in FAMILIES}
_LIKE = 3  # links to articles of a family, that show a page to be of it


def by_name(name: str) -> Family | None:
    """Return the family that a config names; None for `generic` and for what nobody knows."""
    return _BY_NAME.get(name)


def recognise(document: dom.Node, url: Url) -> Family | None:
    """Return the family whose marks a page has; where several have one there, the one whose URLs look so.

    A page without any mark is of the family to whose articles several of its links lead.
    """
    by_address = sorted(FAMILIES, key=lambda family: _article(family, url) is None)  # those first
    return next((family for family in by_address if _is_marked(family, document)), None) or _linked(
        document, url
    )


def _is_marked(family: Family, document: dom.Node) -> bool:
    return bool(family.marks) and dom.first(document, ", ".join(family.marks)) is not None


def _linked(document: dom.Node, url: Url) -> Family | None:
    paths = [urls.split(url).path, *(dom.attribute(link, "href") for link in dom.select(document, "a[href]"))]
    for family in FAMILIES:
        if family.links is None:
            continue
        if family.links.search(paths[0]) or sum(map(bool, map(family.links.search, set(paths)))) >= _LIKE:
            return family
    return None


def recognise_url(url: Url) -> Family | None:
    """Return the family whose articles have such addresses; None where several have, or none."""
    found = [family for family in FAMILIES if _article(family, url)]
    return found[0] if len(found) == 1 else None


def identity_key(family: Family | None, url: Url, home: Url | None = None) -> str:
    """Return what names an article within its site: its number where its family has one, else the address.

    Two hosts of one site count their articles each from 1: a number of another host than the home's stands
    behind that host's name. But where a family takes its numbers along when it moves, the number is enough.
    """
    url = urls.without_session(url)
    match = _article(family, url) if family is not None else None
    numbers = (value for value in match.groupdict().values() if value) if match else ()
    number = next(iter(numbers), None)
    if family is None or number is None:
        return str(url)
    if home is None or family.moves or _host(url) == _host(home):
        return number
    return f"{_host(url)}/{number}"


def _host(url: Url) -> str:
    """Return the host and port of an address, `www.` aside."""
    return urls.split(url).authority.removeprefix("www.")


def is_article(family: Family | None, url: Url) -> bool:
    """Tell whether an address is that of an article of the family, and not of one of its channels."""
    return family is not None and _article(family, url) is not None


def has_list_frame(family: Family, document: dom.Node) -> bool:
    """Tell whether the frame of a list of the family is on a page: its container, or its pager."""
    frames = {part for rows in family.rows for part in (rows.within, rows.beside)} - {None, "body"}
    return any(dom.first(document, part) is not None for part in frames if part is not None)


def _article(family: Family, url: Url) -> re.Match[str] | None:
    parts = urls.split(urls.without_session(url))
    return family.article_url.search(parts.path + parts.query)
