"""Articles of several pages: the address of the next one, the lines that lead to them, all pages joined.

The pages of an article are known by their addresses, which are made of that of the first one:

    N.htm          N_1.htm, N_2.htm (or N_2.htm first); N-1.htm goes on as N-2.htm
    …/page.htm     …/page2.htm (Webplus)
    N.htm          N.htm?page=2
    …/slug/        …/slug/2/ (WordPress)

and a page must name the next one itself, by a link or a script that draws links (TRS: `createPageHTML`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from scraper import dom, text, urls
from scraper.errors import ArchiveError
from scraper.extractor import MOST_FURTHER
from scraper.model import LeftOut, Shown
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.extractor.page import Page
    from scraper.model import Article, Capture
    from scraper.urls import Url

_ENDS: Final = 60  # characters at the end of an article's path by which its pages are looked for
_FEW: Final = 50  # fields of a query
_MOST_NUMBER: Final = 100  # larger ones are numbers of articles
_LONGEST: Final = 240  # characters
_ANSWERED: Final = frozenset({200, 203})
_NAME: Final = re.compile(r"(?P<stem>[^/]+?)\.(?P<end>s?html?|jhtml|psp|jspx?|aspx?|php)")
_FIRST_OF_SOME: Final = re.compile(r"(.*\d)-1")  # PHPCMS: show-12-345-1.html
_NUMBERED: Final = frozenset(
    ["page", "pageno", "page_no", "pagenum", "pageindex", "currentpage", "curpage", "p", "pn"]
)
_MAY_BE_ARTICLES: Final = frozenset(["p", "pn"])  # which number articles where nothing stands beside them
_PAGE: Final = re.compile(r"page\d{1,2}\.")
_FIELD: Final = rf"(?:{'|'.join(sorted(_NUMBERED))})=\d"
_QUERY: Final = re.compile(rf"\?(?:[^<>?&;]*+[&;])*?{_FIELD}", re.IGNORECASE)
_ESCAPED_QUERY: Final = re.compile(  # behind a question mark that is written `&#63;`
    rf"#(?:0*+63|x0*+3f);(?:[^<>#&;]*+[&;])*?{_FIELD}", re.IGNORECASE
)
_DRAWN: Final = re.compile(
    r"createPageHTML\(\s*(?P<place>[\"'][\w-]{1,40}[\"']\s*,\s*)?(\d{1,3})\s*,\s*\d{1,3}\s*,\s*[\"']([\w-]{1,80})[\"']\s*,\s*[\"'](\w{2,5})[\"']"
)
_OPENED: Final = re.compile(r"location(?:\.href)?\s{0,3}=\s{0,3}['\"]([^'\"\s]{1,500})['\"]")
_PAGER_WORDS: Final = re.compile(
    r"(?:\d{1,3}|[\s|｜·.…\[\]【】<>«»‹›＜＞→←/:：,，()（）]|第|页|共|条|首页|尾页|末页|上一页|下一页|上页|下页|前一页|后一页"
    r"|全文|阅读|分页|next|prev(?:ious)?|pages?)*+",
    re.IGNORECASE,
)
_HOLDS_A_PAGER: Final = frozenset(["div", "p", "ul", "ol", "li", "nav", "span", "table", "tbody", "tr", "td"])


class Pages(Value, frozen=True):
    """How the addresses of an article's pages are made, from the address of its first page."""

    first: Url

    def number(self, url: str) -> int | None:
        """Return which page an address is, as it counts them itself; None: it is no numbered page."""
        own, other = urlsplit(self.first), urlsplit(url)
        if own.netloc.lower() != other.netloc.lower():
            return None
        if own.path == other.path and own.query != other.query:
            return self._by_query(own.query, other.query)
        if own.path.endswith("/") and own.query == other.query:
            return _by_folder(own.path, other.path)
        folder, _, name = own.path.rpartition("/")
        if other.path.rpartition("/")[0] != folder or own.query != other.query:
            return None
        return _by_name(name, other.path.rpartition("/")[2])

    def _by_query(self, own: str, other: str) -> int | None:
        mine, theirs = _fields(own), _fields(other)
        numbers = [value for name, value in theirs if name.lower() in _NUMBERED]
        rest = [field for field in theirs if field[0].lower() not in _NUMBERED]
        if not rest and any(name.lower() in _MAY_BE_ARTICLES for name, _ in theirs):
            return None
        if len(numbers) != 1 or rest != [field for field in mine if field[0].lower() not in _NUMBERED]:
            return None
        return _whole(numbers[0])

    def may_be_named(self, markup: str) -> bool:
        """Tell whether a page's markup can hold such an address at all."""
        path = urls.split(self.first).path
        name = _NAME.fullmatch(path.rpartition("/")[2])
        if name is None and path.endswith("/"):
            numbered = any(f"{path[-_ENDS:]}{digit}" in markup for digit in "123456789")
            return numbered or _has_numbered_query(markup)
        if name is None:
            return _has_numbered_query(markup)
        counted = _FIRST_OF_SOME.fullmatch(name["stem"])
        stem, joint = (counted[1], "-") if counted else (name["stem"], "_")
        marked = _PAGE.search(markup) is not None if stem == "page" else f"{stem}{joint}" in markup
        return marked or "createPageHTML" in markup or _has_numbered_query(markup)


def named_on(page: Page, first: Url) -> Pages | None:
    """Return the pages of the article that begins at `first`; None where this page can name none of them."""
    pages = Pages(first)
    return pages if pages.may_be_named(page.text) else None


def _has_numbered_query(markup: str) -> bool:
    """Tell whether a query in a page's markup names a page by its number."""
    at = markup.find("?")
    while at >= 0:
        if _QUERY.match(markup, at) is not None:
            return True
        at = markup.find("?", at + 1)
    return _ESCAPED_QUERY.search(markup) is not None


def _fields(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, max_num_fields=100) if query.count("&") < _FEW else []


def _whole(digits: str) -> int | None:
    return int(digits) if digits.isascii() and digits.isdecimal() and 0 < len(digits) <= len("999") else None


def _by_folder(own: str, other: str) -> int | None:
    """Return the page that a folder of an article's own is: `/slug/2/`; no year, which is an archive's."""
    digits = other.removeprefix(own).removesuffix("/") if other.startswith(own) and own != "/" else ""
    number = _whole(digits)
    return number if number is not None and 1 < number < _MOST_NUMBER else None


def _by_name(own: str, other: str) -> int | None:
    mine, theirs = _NAME.fullmatch(own), _NAME.fullmatch(other)
    if mine is None or theirs is None or mine["end"] != theirs["end"]:
        return None
    counted = _FIRST_OF_SOME.fullmatch(mine["stem"])
    stems = (f"{counted[1]}-",) if counted else (f"{mine['stem']}_",)
    stems = ("page",) if mine["stem"] == "page" else stems
    for stem in stems:
        if theirs["stem"].startswith(stem):
            number = _whole(theirs["stem"].removeprefix(stem))
            return number if number is None or number < _MOST_NUMBER else None
    return None


def next_page(page: Page, asked: Url, pages: Pages | None) -> Url | None:
    """Return the address of the page that follows, where this page names it; `asked`: its own address."""
    if pages is None:
        return None
    first = pages.first
    named = {number: url for url in _named(page, first) if (number := pages.number(url)) is not None}
    own = None if asked == first else pages.number(asked)
    if own is not None:
        return named.get(own + 1)
    return named.get(1, named.get(2)) if pages.number(first) is None else named.get(2)


def _named(page: Page, first: Url) -> Iterator[Url]:
    """Yield the addresses that a page leads to, last first: of two for one page the first stays."""
    found: list[Url] = []
    for node in dom.select(page.root, "a[href]"):
        url = urls.join(page.base, dom.attribute(node, "href"))
        if url is not None:
            found.append(url)
    for node in dom.select(page.root, "option[value], [onclick]"):
        said = dom.attribute(node, "value") if node.tag == "option" else dom.attribute(node, "onclick")
        opened = _OPENED.search(said) if node.tag != "option" else None
        address = opened[1] if opened is not None else said if "." in said and node.tag == "option" else ""
        url = urls.join(page.base, address) if address else None
        if url is not None:
            found.append(url)
    for drawn in _DRAWN.finditer(page.text):
        name = _NAME.fullmatch(urlsplit(first).path.rpartition("/")[2])
        if name is not None and drawn[3] == name["stem"] and drawn[4] == name["end"]:
            begin = 1 if drawn["place"] is None else 2  # UCAP, which names a place, counts from 1
            for number in range(begin, min(int(drawn[2]) + begin - 1, MOST_FURTHER + 1)):
                url = urls.join(first, f"{drawn[3]}_{number}.{drawn[4]}")
                if url is not None:
                    found.append(url)
    return reversed(found)


def pager_lines(page: Page, roots: Iterable[dom.Node], pages: Pages | None) -> Iterator[dom.Node]:
    """Yield the outermost elements of a body that lead to the article's pages and say nothing else."""
    if pages is None:
        return
    for root in roots:
        taken: set[int] = set()
        for node in dom.select(root, "a[href]"):
            url = urls.join(page.base, dom.attribute(node, "href"))
            if url is None or pages.number(url) is None:
                continue
            found = _line_around(node, root)
            if found.mem_id not in taken:
                taken.add(found.mem_id)
                yield found


def _line_around(node: dom.Node, root: dom.Node) -> dom.Node:
    """Return the outermost element around a link that holds nothing but words of a pager."""
    found, above = node, node.parent
    while above is not None and above.mem_id != root.mem_id and above.tag in _HOLDS_A_PAGER:
        words = text.fold(dom.text_of(above))
        if len(words) > _LONGEST or _PAGER_WORDS.fullmatch(words) is None:
            break
        if dom.first(above, "img, video, audio, iframe, embed, object") is not None:
            break
        found, above = above, above.parent
    return found


def joined(first: Article, further: Iterable[Capture], read: Callable[[Capture], Article]) -> Article:
    """Return an article of several pages as one, in order; those that are not at hand are named.

    `next_page` of what is returned: the first page that is not at hand. A page that says what one before it
    said adds nothing.
    """
    answers = {answer.url: answer for answer in further}
    pages, url, left = [first], first.next_page, None
    while url is not None:
        answer = answers.pop(url, None)
        page = None if answer is None else _page(answer, read)
        if page is None:
            left = LeftOut(what="further-page", count=1, sample=url)
            url = url if answer is None else None
            break
        is_new = all(page.body != before.body for before in pages)
        if not is_new and len(pages) > 1:
            url = None
            break
        pages += [page] if is_new else []
        url = page.next_page
    return _one(pages, url, left)


def _page(answer: Capture, read: Callable[[Capture], Article]) -> Article | None:
    """Return what a further page says; None where it says nothing that can be read."""
    if answer.status not in _ANSWERED:
        return None
    try:
        return read(answer)
    except ArchiveError:
        return None


def _one(pages: list[Article], url: Url | None, left: LeftOut | None) -> Article:
    shown = Shown(
        text="".join(page.shown.text for page in pages),
        images=tuple(image for page in pages for image in page.shown.images),
        links=tuple(link for page in pages for link in page.shown.links),
        files=tuple(dict.fromkeys(file for page in pages for file in page.shown.files)),
    )
    return replace(
        pages[0],
        body=tuple(block for page in pages for block in page.body),
        shown=shown,
        images=tuple(image for page in pages for image in page.images),
        media=tuple(medium for page in pages for medium in page.media),
        attachments=tuple(dict.fromkeys(file for page in pages for file in page.attachments)),
        called=tuple({url: words for page in pages for url, words in page.called}.items()),
        left_out=(*_summed(one for page in pages for one in page.left_out), *([left] if left else [])),
        embedded=tuple({one.address: one for page in pages for one in page.embedded}.values()),
        next_page=url,
    )


def _summed(left_out: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Return what pages leave out, each rule once."""
    found: dict[str, LeftOut] = {}
    for one in left_out:
        before = found.get(one.what)
        found[one.what] = one if before is None else replace(before, count=before.count + one.count)
    return tuple(found.values())
