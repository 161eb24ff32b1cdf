"""Words that a style sheet alone shows: `.note::before { content: "重要提示：" }`.

They are no part of the page's text, and no document tells them: they are named as left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.page import Page

_MARK: Final = "content:"
_WORDS: Final = re.compile(r"\s{0,9}([\"'])([^\"'\n]{2,200})\1")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_PSEUDO: Final = re.compile(r"::?(?:before|after)\b", re.IGNORECASE)
_SELECTOR: Final = re.compile(r"[\w\s.#>~+:*\[\]=\"'-]{1,200}")
_BEFORE: Final = 600  # characters before a declaration in which its rule begins
_MOST: Final = 200  # declarations of a page


def shown_in(page: Page, roots: list[dom.Node]) -> tuple[str, ...]:
    """Return the words that the page's own style sheet shows in some containers, each once."""
    if _MARK not in page.text:
        return ()
    found: dict[str, None] = {}
    for selector, words in _declared(page.text):
        plain = _PSEUDO.sub("", selector).strip()
        if _SELECTOR.fullmatch(plain) and dom.is_selector(plain) and _selects(plain, roots):
            found[words] = None
    return tuple(found)


def _declared(html: str) -> Iterator[tuple[str, str]]:
    """Yield each rule's selector and the words that it shows, as they stand in the page."""
    at = html.find(_MARK)
    for _ in range(_MOST):
        if at < 0:
            return
        told = _WORDS.match(html, at + len(_MARK))
        if told is not None and _HAN.search(told[2]):
            before = html[max(0, at - _BEFORE) : at]
            begin = before.rfind("{")
            head = before[:begin]
            end = max(head.rfind("}"), head.rfind(">"), head.rfind("/"))
            if begin >= 0 and _PSEUDO.search(head[end + 1 :]):
                yield head[end + 1 :], told[2]
        at = html.find(_MARK, at + 1)


def _selects(selector: str, roots: list[dom.Node]) -> bool:
    return any(dom.first(root, selector) is not None for root in roots)
