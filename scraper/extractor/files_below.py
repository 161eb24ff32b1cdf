"""Files of an article that stand below its container: links under 附件, or a script that writes such links.

Looked for only in the body's own surroundings: behind them stand the columns at the side, which offer forms
and rules of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom, text
from scraper.extractor import files
from scraper.families import generic as known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.addresses import Addresses
    from scraper.urls import Url

_LEVELS: Final = 3  # that the container may stand below what holds its files
_MOST: Final = 60  # elements beside a container that are looked at
_FEW: Final = 3  # links to pages; what holds more is a list of other articles
_AROUND: Final = frozenset([*known.AROUND_TAGS, "header"])
_WRITES_LINKS: Final = re.compile(r"href\s*=", re.IGNORECASE)


def below(roots: list[dom.Node], addresses: Addresses) -> dict[Url, str]:
    """Return the files that stand below the last element of a body, in page order, with their words."""
    node = roots[-1] if roots else None
    found: dict[Url, str] = {}
    for _ in range(_LEVELS):
        if node is None or node.tag in {"body", "html"}:
            break
        for beside in _behind(node):
            if _is_other(beside, addresses):
                return found
            for url, words in _files(beside, addresses):
                found.setdefault(url, words)
        node = node.parent
    return found


def _behind(node: dom.Node) -> Iterator[dom.Node]:
    """Yield the elements behind a node in what it stands in."""
    after, looked_at = node.next, 0
    while after is not None and looked_at < _MOST:
        if not (after.tag or "-").startswith("-"):
            looked_at += 1
            yield after
        after = after.next


def _is_other(node: dom.Node, addresses: Addresses) -> bool:
    """Tell whether an element is no more of the article's surroundings: by its name, or by its many links."""
    named = f"{dom.attribute(node, 'class')} {dom.attribute(node, 'id')}"
    if node.tag in _AROUND or known.SURROUNDINGS.search(named) is not None:
        return not any(True for _ in _files(node, addresses))
    links = dom.select(node, "a[href]")
    return sum(not _is_file(link, addresses) for link in links if _leads(link)) > _FEW


def _leads(link: dom.Node) -> bool:
    return files.leads_somewhere(dom.attribute(link, "href"))


def _is_file(link: dom.Node, addresses: Addresses) -> bool:
    return _file_of(link, addresses) is not None


def _file_of(link: dom.Node, addresses: Addresses) -> Url | None:
    href = addresses.link(dom.attribute(link, "href"))
    if href is None:
        return None
    named = files.may_be_program(href) and files.is_named_by(link.attributes, dom.text_of(link))
    return files.as_url(href) if files.is_attachment(href) or named else None


def _files(node: dom.Node, addresses: Addresses) -> Iterator[tuple[Url, str]]:
    """Yield the files that an element links to, or that a script in it writes links to, and their words."""
    if node.tag == "script":
        yield from _written(node, addresses)
        return
    if node.tag == "a":
        url = _file_of(node, addresses)
        if url is not None:
            yield url, text.fold(dom.text_of(node))
    for each in dom.select(node, "a[href], script"):
        yield from _files(each, addresses) if each.mem_id != node.mem_id else ()


def _written(script: dom.Node, addresses: Addresses) -> Iterator[tuple[Url, str]]:
    code = script.text() or ""
    if _WRITES_LINKS.search(code) is None:
        return
    named = files.named_in(code)
    for name in named.files:
        url = addresses.file(name)
        if url is not None:
            yield url, named.words.get(name, "")
