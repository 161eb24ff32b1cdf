"""The way to a list's next page where no link says so: arrows, numbers, pictures, fields, scripts.

Looked for only where the words were not found; arrows and numbers only in what is called a pager.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from scraper import dom, urls
from scraper.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.dom import Node
    from scraper.urls import Url

_PAGERS: Final = ", ".join(
    f"[{attribute}*={name} i]" for attribute in ("class", "id") for name in ("pag", "fenye", "fanye", "fany")
)
_MOST: Final = 12  # pagers of a page that are looked at
_LONGEST: Final = 400  # characters of a pager
_NUMBER: Final = re.compile(r"[\[【(]?\s?(\d{1,5})\s?[\]】)]?")
_ARROW: Final = re.compile(r"[>›»→＞]|&gt;|▶|下")
_NEXT_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:next|pgnext|page-?next|nextpage|p_next|xia?yiye|xyy)(?:$|[\s_-])", re.IGNORECASE
)
_SAYS: Final = re.compile(r"下一?[页頁]|后一?[页頁]|\bnext\b", re.IGNORECASE)
_OFF: Final = re.compile(r"disabled|\boff\b|no_?more|swiper|slick|carousel|slide", re.IGNORECASE)
_CLICKED: Final = re.compile(
    r"(?:location(?:\.href)?\s{0,3}=\s{0,3}|(?:open|assign|replace|encodeURI)\(\s{0,3})(['\"])([^'\"\s]{1,500})\1"
)
_CLICKABLE: Final = "a, button, input[onclick], span[onclick], li[onclick], div[onclick]"
_BY_VALUE: Final = re.compile(
    r"(?:location(?:\.href)?\s{0,3}=|open\()\s{0,3}(['\"])([^'\"\s]{0,500})\1\s{0,3}\+\s{0,3}"
    r"(?:this\.value|this\.options\[[^\]]{1,40}\]\.value)(?:\s{0,3}\+\s{0,3}(['\"])([^'\"\s]{0,100})\3)?"
)
_OPTION: Final = re.compile(r"第?\s?(\d{1,6})\s?页?")
_SECOND: Final = 2
_DOTS: Final = re.compile(r"…|⋯|\.\.")
_MARKED: Final = (
    ", ".join(
        ["[aria-current]", *(f"[class*={name} i]" for name in ("cur", "active", "select", "now", "this"))]
    )
    + ", [class~=on i], [class~=here i]"
)
_NAMES: Final = 6  # of a pager that are looked for in scripts
_HOLDS_PAGER: Final = frozenset(["div", "ul", "ol", "nav", "span", "p", "td", "center"])
_PAGER_NAME: Final = re.compile("pag|fenye|fany", re.IGNORECASE)
_NO_PAGER: Final = re.compile(
    r"(?:home|web)page|page[-_]?(?:view|bg|back|load|head|title|top|main|content|wrap|body|foot|mask|cover)",
    re.IGNORECASE,
)
_BY_ID: Final = ("getElementById(",)
_BY_CLASS: Final = ("getElementsByClassName(",)
_FEWEST: Final = 2  # options of a field to pick a page in
_LONGEST_WORDS: Final = 24  # characters of a way to the next page


class Step(NamedTuple):
    """A way that a page offers: what it says, and where it leads; None: a script alone knows."""

    words: str
    leads_to: Url | None
    node: Node


def next_address(page: Node, base: Url) -> Url | None:
    """Return where the next page is; None where nothing that is understood leads there."""
    linked = dom.first(page, "link[rel=next i][href]")
    if linked is not None and (url := urls.join(base, dom.attribute(linked, "href"))) not in {None, base}:
        return url
    for step in steps(page, base):
        if step.leads_to is not None and step.leads_to != base and _SAYS.search(step.words):
            return step.leads_to
    for pager in _pagers(page):
        found = _in_pager(pager, base)
        if found is not None:
            return found
    return _by_field(page, base)


def steps(page: Node, base: Url) -> Iterator[Step]:
    """Yield what may be clicked in a page and says few words, in page order."""
    for node in dom.select(page, _CLICKABLE):
        words = _words(node)
        if 0 < len(words) <= _LONGEST_WORDS and _SAYS.search(words) and not _is_off(node):
            yield Step(words, _address(node, base), node)


def _words(node: Node) -> str:
    """Return what an element says, without blanks: its words, else its value, title, or picture."""
    own = fold(dom.text_of(node)).replace(" ", "")
    if own:
        return own
    for name in ("value", "title", "aria-label"):
        if said := fold(dom.attribute(node, name)):
            return said
    image = dom.first(node, "img")
    return fold(dom.attribute(image, "alt") or dom.attribute(image, "title")) if image is not None else ""


def _is_off(node: Node) -> bool:
    """Tell a way that leads nowhere, as on the last page, and one that turns pictures."""
    if "disabled" in node.attributes or dom.attribute(node, "onclick").strip("; ") == "return false":
        return True
    above = node.parent
    names = f"{dom.attribute(node, 'class')} {dom.attribute(above, 'class') if above is not None else ''}"
    return _OFF.search(names) is not None


def _address(node: Node, base: Url) -> Url | None:
    """Return where an element leads: by its `href`, or by the address in what a click does."""
    href = dom.attribute(node, "href").strip()
    clicked = _CLICKED.search(href) or _CLICKED.search(dom.attribute(node, "onclick"))
    if clicked is not None:
        return urls.join(base, clicked[2])
    if not href or href.startswith("#") or href.lower().startswith("javascript"):
        return None
    return urls.join(base, href)


def _pagers(page: Node) -> Iterator[Node]:
    """Yield the elements that are called pagers, the innermost of those within each other last."""
    for pager in dom.select(page, _PAGERS)[:_MOST]:
        if (
            pager.tag not in {"body", "html", "a", "script", "link"}
            and len(fold(dom.text_of(pager))) <= _LONGEST
        ):
            yield pager


def _in_pager(pager: Node, base: Url) -> Url | None:
    """Return what a pager leads to behind the page that it shows as the present one."""
    numbered: dict[int, Url] = {}
    arrow: Url | None = None
    for link in dom.select(pager, "a, button"):
        words, url = _words(link), _address(link, base)
        if url is None or url == base or _is_off(link):
            continue
        number = _NUMBER.fullmatch(words)
        if number is not None:
            numbered.setdefault(int(number[1]), url)
        elif arrow is None and (_ARROW.fullmatch(words) or (not words and _is_called_next(link))):
            arrow = url
    here = _present(pager, numbered)
    if here is None and arrow is None:
        here = _left_out(pager, numbered)
    if here is not None and here + 1 in numbered:
        return numbered[here + 1]
    return arrow


def _is_called_next(link: Node) -> bool:
    inner = dom.first(link, "i, span, em, svg")
    names = f"{dom.attribute(link, 'class')} {dom.attribute(inner, 'class') if inner is not None else ''}"
    return _NEXT_NAME.search(names) is not None


def _present(pager: Node, numbered: dict[int, Url]) -> int | None:
    """Return the number that a pager shows and does not link to; None where it shows several, or none."""
    own = [number for number in dict.fromkeys(_shown(pager)) if number not in numbered]
    return own[0] if len(own) == 1 else None


def _left_out(pager: Node, numbered: dict[int, Url]) -> int | None:
    """Return the one number that a pager leaves out as the present one's; None: none is so clear.

    A gap before the last number stands for more pages, as does one that dots fill; and where a number is
    marked as the present one, none is left out.
    """
    if (
        not set(_shown(pager)) <= numbered.keys()
        or _DOTS.search(dom.text_of(pager))
        or dom.first(pager, _MARKED) is not None
    ):
        return None
    last = max(numbered, default=0)
    gaps = [
        number - 1
        for number in numbered
        if number - 1 not in numbered and number != last and (number == _SECOND or number - 2 in numbered)
    ]
    return gaps[0] if len(gaps) == 1 else None


def _shown(pager: Node) -> list[int]:
    return [int(found[1]) for run in dom.texts(pager) if (found := _NUMBER.fullmatch(run.strip()))]


def _holds_elements(pager: Node) -> bool:
    return any(not (child.tag or "-").startswith("-") for child in dom.children(pager))


def waits_for_script(page: Node, scripts: Sequence[str]) -> bool:
    """Tell whether a page has an empty pager that one of its scripts picks out: that one fills it."""
    for pager in dom.select(page, _PAGERS)[:_MOST]:
        if pager.tag not in _HOLDS_PAGER or dom.text_of(pager).strip() or _holds_elements(pager):
            continue
        named = [("#", dom.attribute(pager, "id"))]
        named += [(".", name) for name in dom.attribute(pager, "class").split()]
        marks = [each for each in named if _PAGER_NAME.search(each[1]) and not _NO_PAGER.search(each[1])]
        marks = [] if _OFF.search(" ".join(name for _, name in named)) else marks
        if any(_picks(script, *each) for script in scripts for each in marks[:_NAMES]):
            return True
    return False


def _picks(script: str, mark: str, name: str) -> bool:
    """Tell whether a script calls for an id (`#`) or class (`.`); an option of a slide show is no call."""
    calls = _BY_ID if mark == "#" else _BY_CLASS
    return any(
        f"({quote}{mark}{name}{quote}" in script
        or f"({quote}{mark}{name} " in script
        or any(f"{call}{quote}{name}{quote}" in script for call in calls)
        for quote in "'\""
    )


def _by_field(page: Node, base: Url) -> Url | None:
    """Return the next page of a field to pick one in whose script adds the number that is picked."""
    for field in dom.select(page, "select[onchange]"):
        said = _BY_VALUE.search(dom.attribute(field, "onchange"))
        options = dom.select(field, "option")
        if said is None or len(options) < _FEWEST:
            continue
        if not all(_OPTION.fullmatch(fold(dom.text_of(option))) for option in options):
            continue
        at = next((n for n, option in enumerate(options) if "selected" in option.attributes), 0)
        if at + 1 < len(options):
            value = dom.attribute(options[at + 1], "value")
            return urls.join(base, f"{said[2]}{value}{said[4] or ''}")
    return None
