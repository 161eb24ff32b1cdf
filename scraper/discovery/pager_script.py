"""Pagers that a page draws by a script: what the call says, and whether anything was left that nobody read.

TRS WCM counts from 0 and says `createPageHTML(7, 0, "index", "html")`, or sets `countPage` and `currentPage`;
UCAP counts from 1 and says `createPageHTML('page_div', 50, 1, 'list', 'shtml', 1000)`. Any other script that
draws a pager is not understood, and says so: how many pages such a list has nobody knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper import dom, urls
from scraper.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.dom import Node
    from scraper.urls import Url

_CALL = re.compile(r"\bcreatePageHTML\w{0,10}\s{0,4}\(([^()]{1,200})\)")
_NUMBER = re.compile(r"\d{1,7}")
_WORD = re.compile(r"""(['"])([^'"]{0,100})\1""")
_COUNT_PAGE = re.compile(r"\bcountPage\s{0,4}=\s{0,4}(\d{1,7})\b")
_CURRENT_PAGE = re.compile(r"\bcurrentPage\s{0,4}=\s{0,4}(\d{1,7})\b")
_NEXT_PAGE = re.compile(
    r"""(?<![\w-])([\w-]{1,60})_['"]\s{0,4}\+\s{0,4}(?:nextPage|\(?currentPage\s{0,4}\+\s{0,4}1\)?)"""
)
_SUFFIX = re.compile(r"""['"]\.(s?html?|jsp|aspx?|php)\b""")
_DRAWS = re.compile(  # a pager's name, called or set: of many pages, or of a number that is not written there
    r"(?<!function )\b(?:create|show|make|draw|write|init|load|build|set|render)_?"
    r"pag(?:e(?:r|s|html|nav|bar|list)?|ination|ing)\w{0,20}\s{0,4}\("
    r"|\.(?:pagination|jpage|pager|paging|createPage|laypage|twbsPagination|jqPaginator|Paging|generPageHtml)\s{0,4}\("
    r"|\blaypage(?:\.render)?\s{0,4}\("
    r"|\b(?:total_?pages?|page_?count|count_?page|max_?page|page_?total)\b['\"]?\s{0,4}[:=]\s{0,4}['\"]?(?!0*1\b)\d{1,7}\b",
    re.IGNORECASE,
)
_OPTION = re.compile(r"第?\s?\d{1,6}\s?页?")
_ADDRESS = re.compile(r"\.(?:s?html?|jsp|aspx?|php)\b|^/|\?")
_STEPS = re.compile(r"^javascript\s*:\s*\w{1,40}\s*\([^)]{0,60}[1-9a-z][^)]{0,60}\)", re.IGNORECASE)
_NEXT = re.compile(r"^[\s>»›\[【]*(?:下一?[页頁]|后一?[页頁]|next(?:\s+page)?)[\s>»›\]】]*$", re.IGNORECASE)


class Drawn(NamedTuple):
    """What a script, or a field to pick a page in, says of a list's pages, both numbers counted from 1."""

    pages: int
    number: int
    next: str | None  # relative to the page; None: this is the last one


def drawn_pager(page: Node, base: Url) -> Drawn | None:
    """Return what a script says that draws a pager; None where none does that is understood."""
    for script in _scripts(page):
        for call in _CALL.finditer(script):
            drawn = _called(call[1])
            if drawn is not None:
                return drawn
        drawn = _set(script, base)
        if drawn is not None:
            return drawn
    return _selected(page)


def _selected(page: Node) -> Drawn | None:
    """Return what a field says in which a reader picks a page: `<option value="index_1.htm">2</option>`."""
    for field in dom.select(page, "select"):
        options = dom.select(field, "option")
        names = [fold(dom.text_of(option)) for option in options]
        values = [dom.attribute(option, "value").strip() for option in options]
        if not options or not all(map(_OPTION.fullmatch, names)) or not all(map(_ADDRESS.search, values)):
            continue
        numbers = [int(_NUMBER.findall(name)[0]) for name in names]
        if numbers != list(range(1, len(numbers) + 1)):
            continue
        at = next((n for n, option in enumerate(options) if "selected" in option.attributes), 0)
        return Drawn(len(options), at + 1, values[at + 1] if at + 1 < len(options) else None)
    return None


def is_unread(page: Node) -> bool:
    """Tell whether a page draws a pager in a way that is not understood."""
    if any(_DRAWS.search(script) for script in _scripts(page)):
        return True
    links = (link for link in dom.select(page, "a") if _NEXT.search(fold(dom.text_of(link))))
    return any(
        _STEPS.search(dom.attribute(link, "href").strip()) or dom.attribute(link, "onclick") for link in links
    )


def _scripts(page: Node) -> Iterator[str]:
    """Yield what stands in a page's own scripts; comments and definitions are no calls, and rare."""
    return (script.text() or "" for script in dom.select(page, "script:not([src])"))


def _called(said: str) -> Drawn | None:
    """Return what a call of `createPageHTML` says; None for arguments of another order."""
    parts = [part.strip() for part in said.split(",")]
    words = [match[2] if (match := _WORD.fullmatch(part)) else None for part in parts]
    bare = [word if word is not None else part for word, part in zip(words, parts, strict=True)]
    numbers = [int(part) if _NUMBER.fullmatch(part) else None for part in bare]  # '7' is a number too
    match numbers, words:
        case [int(pages), int(at), None, None, *_], [_, _, str(name), str(suffix), *_]:
            return _drawn(pages, at + 1, f"{name}_{at + 1}.{suffix}")
        case [None, int(pages), int(at), None, None, *_], [str(), _, _, str(name), str(suffix), *_] if at:
            return _drawn(pages, at, f"{name}_{at + 1}.{suffix}")
    return None


def _set(script: str, base: Url) -> Drawn | None:
    """Return what a script says that sets the numbers and writes the links itself."""
    pages, at = _COUNT_PAGE.search(script), _CURRENT_PAGE.search(script)
    if pages is None or at is None:
        return None
    name, suffix = _NEXT_PAGE.search(script), _SUFFIX.search(script)
    own = urls.split(base).path.rpartition(".")[2]
    ending = suffix[1] if suffix else own if own.isalpha() else "html"
    return _drawn(int(pages[1]), int(at[1]) + 1, f"{name[1] if name else 'index'}_{int(at[1]) + 1}.{ending}")


def _drawn(pages: int, number: int, following: str) -> Drawn:
    return Drawn(max(pages, 1), number, following if number < pages else None)
