"""Pagers that a page draws by a script: what the call says, and whether anything was left that nobody read.

TRS WCM counts from 0 and says `createPageHTML(7, 0, "index", "html")`, or sets `countPage` and `currentPage`;
UCAP counts from 1 and says `createPageHTML('page_div', 50, 1, 'list', 'shtml', 1000)`. Any other script that
draws a pager is not understood, and says so: how many pages such a list has nobody knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper import dom, urls
from scraper.discovery.pager_links import steps, waits_for_script
from scraper.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.dom import Node
    from scraper.urls import Url

_CALL = re.compile(
    r"\b(?:create|set|show|draw|make|init|get)?_?[Pp]ag(?:e|er|ing|ination)\w{0,20}\s{0,4}\(([^()]{1,300})\)"
)
_SUFFIXES = frozenset(["html", "htm", "shtml", "jsp", "jhtml", "asp", "aspx", "php"])
_FIELD = re.compile(r"[\"']?(\w{2,20})[\"']?\s{0,3}:\s{0,3}(?:(['\"])([^'\"]{0,100})\2|(\d{1,7})\b)")
_GOTO = re.compile(r"\b_simple_list_gotopage_fun\s{0,3}\(\s{0,3}(\d{1,6})\s{0,3},")
_LINKED = re.compile(r"\breturn\s([^;{}]{1,300})[;}]")
_NAME_OF_LINK = "generPageHtml"
_LONGEST_WORDS = 30  # characters of what asks for more rows
_LONGEST_CALL = 3_000  # characters of a call
_DIGITS = 7
_MAY_DRAW = re.compile("[Pp]ag(?:e|ing|ination)")
_MORE = re.compile(
    r"^(?:点击|正在|上拉|下拉)?(?:加载|查看|显示|浏览)更多(?:内容|新闻|文章|信息|数据)?\W{0,3}$|^load\s?more$",
    re.IGNORECASE,
)
_COMPONENTS = "el-pagination, van-list, [class*=pagination][count], [class*=pagination][rows]"
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


class Drawn(NamedTuple):
    """What a script, or a field to pick a page in, says of a list's pages, both numbers counted from 1."""

    pages: int
    number: int
    next: str | None  # relative to the page; None: this is the last one


def drawn_pager(page: Node, base: Url) -> Drawn | None:
    """Return what a script says that draws a pager; None where none does that is understood."""
    for script in _scripts(page):
        if _MAY_DRAW.search(script) is None:
            continue
        for call in _CALL.finditer(script):
            drawn = _called(call[1], script)
            if drawn is not None:
                return drawn
        drawn = _set(script, base) or _by_kkpager(script)
        if drawn is not None:
            return drawn
    return _selected(page) or _of_vsb(page, base)


def _of_vsb(page: Node, base: Url) -> Drawn | None:
    """Return what VSB's field to go to a page says of how many there are: they are counted down to the first.

    `x.htm` is the first of 31 pages, `x/30.htm` the second, `x/1.htm` the last.
    """
    calls = [*_scripts(page), *(dom.attribute(node, "onclick") for node in dom.select(page, "a[onclick]"))]
    found = next((call for each in calls if "_gotopage_fun" in each and (call := _GOTO.search(each))), None)
    path = urls.split(base).path
    if found is None or not path.endswith(".htm"):
        return None
    pages, folder = int(found[1]), path.rpartition("/")[2].removesuffix(".htm")
    if folder.isdecimal() and len(folder) < _DIGITS and 0 < int(folder) < pages:
        at = int(folder)
        return Drawn(pages, pages - at + 1, f"{at - 1}.htm" if at > 1 else None)
    return Drawn(max(pages, 1), 1, f"{folder}/{pages - 1}.htm" if pages > 1 else None)


def _by_kkpager(script: str) -> Drawn | None:
    """Return what a call of kkpager says, which makes an address of two parts and a number."""
    begin = script.find(_NAME_OF_LINK)
    if begin < 0:
        return None
    told = script[begin : begin + _LONGEST_CALL]
    fields = {field[1]: field[3] if field[3] is not None else field[4] for field in _FIELD.finditer(told)}
    pages, at = fields.get("total") or "", fields.get("pno") or "1"
    if not (pages.isdecimal() and at.isdecimal()) or fields.get("mode") == "click":
        return None
    parts = {
        "this.hrefFormer": fields.get("hrefFormer") or "",
        "this.hrefLatter": fields.get("hrefLatter") or "",
    }
    made = [*_LINKED.finditer(told)]
    said = made[-1][1] if made else "this.hrefFormer + '_' + n + this.hrefLatter"
    following = _put_together(said, parts, int(at) + 1)
    return None if following is None else _drawn(int(pages), int(at), following)


def _put_together(said: str, parts: dict[str, str], number: int) -> str | None:
    """Return an address that a script adds of strings, known parts and `n`; None: of other things."""
    made = ""
    for piece in (each.strip() for each in said.split("+")):
        if piece in parts:
            made += parts[piece]
        elif piece == "n":
            made += str(number)
        elif (word := _WORD.fullmatch(piece)) is not None:
            made += word[2]
        else:
            return None
    return made


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


def is_unread(page: Node, base: Url) -> bool:
    """Tell whether a page draws a pager in a way that is not understood."""
    scripts = [*_scripts(page)]
    if any(_DRAWS.search(script) for script in scripts) or waits_for_script(page, scripts):
        return True
    if dom.first(page, _COMPONENTS) is not None:
        return True
    if any(step.leads_to is None and _turns(step.node) for step in steps(page, base)):
        return True
    return any(
        _MORE.search(fold(dom.text_of(node))) and not _leads(node)
        for node in dom.select(page, "a, button, [onclick], [class*=more], [id*=more]")
        if len(dom.text_of(node)) <= _LONGEST_WORDS
    )


def _turns(node: Node) -> bool:
    """Tell whether a way to the next page is turned by a script: a link to nothing is the last page's."""
    if node.tag in {"button", "input"} or dom.attribute(node, "onclick"):
        return True
    return _STEPS.search(dom.attribute(node, "href").strip()) is not None


def _leads(node: Node) -> bool:
    """Tell whether an element, or what stands in or around it, leads to a page of its own."""
    link = node if node.tag == "a" else dom.first(node, "a[href]")
    href = dom.attribute(link, "href").strip().lower() if link is not None else ""
    return bool(href) and not href.startswith(("#", "javascript"))


def _scripts(page: Node) -> Iterator[str]:
    """Yield what stands in a page's own scripts; comments and definitions are no calls, and rare."""
    return (script.text() or "" for script in dom.select(page, "script:not([src])"))


def _called(said: str, script: str) -> Drawn | None:
    """Return what the call of a pager says; None for arguments of another order, or of other names."""
    if said.lstrip().startswith("{"):
        fields = {field[1]: field[3] if field[3] is not None else field[4] for field in _FIELD.finditer(said)}
        said = ",".join(f"'{fields.get(name) or ''}'" for name in ("size", "current", "prefix", "suffix"))
    bare = [_value(part.strip(), script) for part in said.split(",")]
    numbers = [int(part) if _NUMBER.fullmatch(part) else None for part in bare]  # '7' is a number too
    match numbers, bare:
        case [int(pages), int(at), None, None, *_], [_, _, name, suffix, *_] if suffix in _SUFFIXES:
            return _drawn(pages, at + 1, f"{name}_{at + 1}.{suffix}")
        case [None, int(pages), int(at), None, None, *_], [_, _, _, name, suffix, *_] if suffix in _SUFFIXES:
            return _drawn(pages, at or 1, f"{name}_{at + 1}.{suffix}")  # counted from 1, or the first of 0 …
    return None


def _value(part: str, script: str) -> str:
    """Return the value of an argument: a word, what a variable was set to, else as it stands."""
    word = _WORD.fullmatch(part)
    if word is not None:
        return word[2].lstrip(".")
    if part.isidentifier():
        told = re.search(rf"\b{part}\s{{0,3}}=\s{{0,3}}(?:(['\"])([\w.-]{{0,60}})\1|(\d{{1,7}})\b)", script)
        return "" if told is None else (told[2] if told[2] is not None else told[3]).lstrip(".")
    return part


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
