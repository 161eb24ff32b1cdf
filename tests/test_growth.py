"""Whatever meets foreign text takes twice the time for twice the text, and no more.

Every pattern of the package is attacked with inputs made of itself (`pumps`), and every reader with inputs
of the kinds that were dear once. Looked at is how the CPU time of a character grows with the text: in a
quadratic place it grows like the text. What seems to grow is measured again.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest
from listing_cases import capture, site
from pumps import Recipe, recipes, text

import scraper
from scraper import (
    canary,
    charset,
    columns,
    console,
    dates,
    foreign_json,
    link_encoding,
    mementos,
    redaction,
    robots,
    urls,
)
from scraper import text as words
from scraper.adoption import defects
from scraper.adoption.reading import read as read_document
from scraper.crawler import missing_links, refusal
from scraper.crawler.header_repair import repaired
from scraper.crawler.retry import retry_after
from scraper.discovery import read_links
from scraper.errors import ArchiveError
from scraper.extractor import extract
from scraper.model import Kind
from scraper.rendering.document import render
from scraper.search import bigrams, folding, query
from scraper.values import Value, replace
from scraper.writer import markdown_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

Run = Callable[[Any], object]

_SIZES: Final = (
    20,
    80,
    320,
    1280,
    5120,
    20480,
)  # characters; the first find what is exponential, and cheaply
_TOO_DEAR: Final = 10e-6  # seconds of CPU for a character, at any size
_COUNTS: Final = 50e-9  # seconds for a character, below which nothing is said to grow
_GROWS: Final = 2.0  # times as dear a character, in a text that is four times as long
_DEAREST: Final = 2  # inputs of a pattern that go on to the larger sizes, beside those that seem to grow
_NOT_FOREIGN: Final = (
    "scraper.demo",
    "scraper.__main__",
)  # fake sites: their own texts are all that they meet


# ── patterns ──────────────────────────────────────────────────────────────────────────────────────────────


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return every module that may meet foreign text."""
    names = (module.name for module in pkgutil.walk_packages(scraper.__path__, "scraper."))
    return (scraper, *(import_module(name) for name in names if not name.startswith(_NOT_FOREIGN)))


@cache
def source_of(module: ModuleType) -> tuple[str, ast.Module]:
    """Return the text of a module, and its tree."""
    source = inspect.getsource(module)
    return source, ast.parse(source)


def patterns_in(value: object, depth: int = 6) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns that a module's value is or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth == 0:
        return
    elif isinstance(value, tuple | list | set | frozenset):
        yield from chain.from_iterable(patterns_in(each, depth - 1) for each in value)
    elif isinstance(value, dict):
        yield from chain.from_iterable(patterns_in(each, depth - 1) for each in value.values())
    elif isinstance(value, Value):
        yield from chain.from_iterable(
            patterns_in(getattr(value, name), depth - 1) for name in value.__struct_fields__
        )


def verbs_of(name: str, source: str) -> set[str]:
    """Return what a module does with a pattern of its own; `search` for a match that begins anywhere."""
    verbs = set(re.findall(rf"(?<![\w.]){name}\.(\w+)\(", source))
    if re.search(rf"(?<![\w.]){name}\.match\([^()]*,", source):
        verbs.add("search")
    return verbs


@cache
def patterns() -> dict[re.Pattern[Any], tuple[str, frozenset[str]]]:
    """Return every pattern of the package: its names, and what is done with it."""
    found: dict[re.Pattern[Any], tuple[str, frozenset[str]]] = {}
    for module in modules():
        source, tree = source_of(module)
        for name, value in vars(module).items():
            for pattern in patterns_in(value) if not name.startswith("__") else ():
                before, verbs = found.get(pattern, ("", frozenset()))
                place = f"{module.__name__}.{name}"
                found[pattern] = (f"{before} {place}".strip(), verbs | verbs_of(name, source))
        for verb, pattern in written_in_place(tree):
            found.setdefault(pattern, (f"{module.__name__}, re.{verb}", frozenset([verb])))
    return found


def written_in_place(tree: ast.Module) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield the patterns that are given to `re.sub` and its like where they are used."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=verb),
                args=[ast.Constant(value=str() | bytes() as written), *_],
            ) if verb not in {"compile", "escape"}:
                yield verb, re.compile(written)


def run_of(pattern: re.Pattern[Any], verbs: frozenset[str]) -> Run:
    """Return how a pattern is used: at the text's beginning alone, or all over it."""
    if verbs and verbs <= {"match", "fullmatch"}:
        return lambda given: (pattern.match(given), pattern.fullmatch(given))
    return lambda given: sum(1 for _ in pattern.finditer(given))


def cost(run: Run, given: Any, again: int = 1) -> float:  # noqa: ANN401 - text or bytes
    """Return the seconds of CPU that a character takes, the least of some tries."""
    least = 1e9
    for _ in range(again):
        begun = time.thread_time()
        with suppress(ArchiveError):
            run(given)
        least = min(least, time.thread_time() - begun)
    return least / len(given)


def made(recipe: Recipe, size: int, pattern: re.Pattern[Any]) -> str | bytes:
    given = text(recipe, size)
    return given.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else given


def grows(pattern: re.Pattern[Any], verbs: frozenset[str]) -> str | None:
    """Return the beginning of a text that costs a pattern more than its length; None: none was found."""
    run = run_of(pattern, verbs)
    tried = [(recipe, _COUNTS) for recipe in recipes(pattern)]
    for size in _SIZES:
        found = []
        for recipe, before in tried:
            now = cost(run, made(recipe, size, pattern))
            if now > _TOO_DEAR and cost(run, made(recipe, size, pattern), again=2) > _TOO_DEAR:
                return f"{size} characters of {text(recipe, 60)!r}"
            found.append((now, recipe, before))
        found.sort(key=lambda each: -each[0])
        if size == _SIZES[-1]:
            return next((told for each in found if (told := _confirmed(run, each, pattern))), None)
        chosen = size < _SIZES[2]
        tried = [
            (recipe, now)
            for at, (now, recipe, before) in enumerate(found)
            if chosen or at < _DEAREST or (now > _COUNTS / 2 and now > 1.6 * before)
        ]
    return None


def _confirmed(run: Run, found: tuple[float, Recipe, float], pattern: re.Pattern[Any]) -> str | None:
    now, recipe, before = found
    if now < max(_COUNTS, _GROWS * before):
        return None
    small, large = (cost(run, made(recipe, size, pattern), again=3) for size in _SIZES[-2:])
    return (
        f"{text(recipe, 60)!r}: {small:.1e} s a character, then {large:.1e}"
        if large > _GROWS * small
        else None
    )


def test_every_pattern_is_linear() -> None:
    found = {name: told for pattern, (name, verbs) in patterns().items() if (told := grows(pattern, verbs))}
    assert found == {}
    assert len(patterns()) > 300


def test_the_attack_finds_what_is_not_linear() -> None:
    """Else the test above would say nothing."""
    search = frozenset(["search"])
    for bad in (
        r"\s*x",
        r"(?:\d{1,3}|a)*b",
        r"<!--.*?-->",
        r"a\s*b?\s*$",
        r"\?[^ ]*[^\x00-\x7f]",
        r"(?:x.*&)?id=",
    ):
        assert grows(re.compile(bad, re.DOTALL), search), bad
    for good in (r"(?:(?<!\s)\s++)?x", r"(?:\d{1,3}|a)*+", r"a{1,9}b", r"<[^<>]*>"):
        assert grows(re.compile(good, re.DOTALL), search) is None, good


def test_every_pattern_of_the_source_is_attacked() -> None:
    """A pattern stands in its module, where it is found; what is compiled within a function is not."""
    missed = []
    for module in modules():
        _, tree = source_of(module)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                missed += [f"{module.__name__}:{call.lineno}" for call in _compiled(node)]
        for statement in tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
            names = [each.id for each in targets if isinstance(each, ast.Name)]
            if names and any(True for _ in _compiled(statement)):
                missed += [f"{module.__name__}.{name}" for name in names if not _holds_one(module, name)]
    assert missed == []


def _holds_one(module: ModuleType, name: str) -> bool:
    return any(pattern in patterns() for pattern in patterns_in(getattr(module, name)))


def _compiled(node: ast.AST) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
                yield each


# ── readers ───────────────────────────────────────────────────────────────────────────────────────────────

TZ: Final = ZoneInfo("Asia/Shanghai")
HERE: Final = urls.Url("http://news.qingcheng.example/info/1/2.htm")
HEAD: Final = "<html><body><h1>题目</h1><i class=date>2021-03-12</i>"
FOOT: Final = "完</p></div></body></html>"
SITE: Final = site(family=None)


def page(given: str) -> None:
    """Read a page as an article of an unknown system, which is looked at in every way."""
    extract(capture(HERE, HEAD + given + FOOT), SITE)


def whole_page(given: str) -> None:
    """Read a page that shows an article, and within it what is given."""
    said = "<p>青橙大学今天举行新学期的第一次音乐会，校园里的人都来听，掌声久久不停。</p>" * 4
    body = (
        f"<html><head><title>音乐会</title></head><body><h1>音乐会在礼堂举行</h1>{said}{given}</body></html>"
    )
    assert extract(capture(HERE, body), SITE).title


def listing(given: str) -> None:
    """Read a page as a list, likewise."""
    read_links(capture("http://news.qingcheng.example/x/list.htm", HEAD + given + FOOT), SITE, None)


def feed(given: str) -> None:
    """Read a feed, and the same as a sitemap."""
    for kind, root in ((Kind.FEED, "rss"), (Kind.SITEMAP, "urlset")):
        with suppress(ArchiveError):
            asked = replace(capture("http://news.qingcheng.example/x.xml", f"<{root}>{given}"), kind=kind)
            read_links(asked, SITE, None)


def header(given: str) -> None:
    """Read a head, and the value of a line of one."""
    with suppress(ArchiveError):
        repaired(b"HTTP/1.1 200 OK\r\n" + given.encode("utf-8", "replace"))
    retry_after(replace(capture(HERE, b""), headers=((b"Retry-After", given.encode("utf-8", "replace")),)))


def address(given: str) -> None:
    """Read an address, whole and as a part of one."""
    for found in (urls.parse(given), urls.join(HERE, given), urls.parse(f"http://a.example/{given}")):
        if found is not None:
            urls.identity(found, HERE)
            urls.without_session(found)
            dates.date_in_path(found, TZ)


def markdown(given: str) -> None:
    """Read a document's body in each way in which one is read."""
    for read in (markdown_reader.said, markdown_reader.plain_text, markdown_reader.pictures, render_alone):
        read(given)
    defects.mended("![" * 9 + given, HERE)
    list(defects.damages(given + "<!--more-->x", HERE))


class Nowhere:
    """Where nothing that a document names is."""

    remote_pictures = False

    def article(self, url: str) -> str | None:
        del url
        return None

    def held(self, path: str) -> str | None:
        del path
        return None


def render_alone(given: str) -> None:
    render(given, Nowhere())


def typed(given: str) -> None:
    """Read a query, and fold a text as the index does."""
    with suppress(ArchiveError):
        query.parse(given)
    folding.fold(given)


def certificate(given: str) -> None:
    """Read what should be a certificate."""
    data = given.encode("latin-1", "replace")[: missing_links.MAX_BYTES]
    with suppress(ValueError):
        missing_links.links_in(data)
    missing_links.issuer_address(data)


def shown(given: str) -> None:
    """Clean and lay out what is shown to a person."""
    console.line(console.clean(given))
    redaction.redacted(given)
    columns.wrapped(given, 80)


def decoded(given: str) -> None:
    """Find out how a text is encoded, and write the queries of its links."""
    data = given.encode("utf-8", "replace")
    charset.text_of(data, None)
    charset.text_of(data, f"text/html; {given}")
    link_encoding.query_in(f"?{given}", "gbk")


def machines(given: str) -> None:
    """Read what machines write: JSON, an index of copies, robots.txt."""
    with suppress(ValueError):
        foreign_json.parse(given)
    with suppress(ArchiveError):
        mementos.read_index(given, HERE)
    robots.read(given.encode("utf-8", "replace")).allows(HERE)
    refusal.refusal(replace(capture(HERE, given), status=403))


def moments(given: str) -> None:
    """Look for a moment in each way in which one is looked for."""
    dates.find_moment(given, TZ)
    dates.find_labelled(given, TZ)
    dates.is_time(given)
    dates.writes_day_first(given)


def found(given: str) -> None:
    """Compare and search texts of documents."""
    canary.is_replaced(given, given[::-1])
    folding.occurrences(given, "南开大学")
    bigrams.terms(folding.fold(given))
    words.visible_text(words.fold(given))


def adopted(given: str) -> None:
    """Read a whole document of other hands."""
    read_document(f"---\ntitle: x\n{given}\n---\n{given}".encode("utf-8", "replace"))


_SPACES: Final = (" ", "\n", "\t", "　", "\r\n \n", "\x00")
_TAGS: Final = (
    *("<p>", "<b>x", "<div>", "</b>", "<a href=x>", "<a href='/info/1/2.htm'>题目</a> "),
    *("<td><tr>", "<table>", "<!--", "<!-- </p> -->", "<script>", "<script></script>", "<svg>"),
    *("<select><option>", "<li><ul>", "<br>", "<img src=a.png>", "<img src='"),
    *("<iframe src=a.mp4>", "<p style='a:b;", "<pre> x\t", "<h1>题", "&#xD800;"),
    *("<div class=v_news_content>", "<tr><td id=txt>", "<p>发布时间：", "2022-03-07 ", "（("),
    *(
        "<span>…",
        "|分享到|",
        "|分享到|<ul>.<table>",
        "<pre><a href=x>上一篇：9</a>",
        "<b><div><a href=x>题</a>",
    ),
)
_LISTS: Final = (
    *("<a href=x>", "<li><ul>", "<tr><td>x", "共", "第1页/", "下一页", "<option>1", "javascript:a(1)"),
    *("<li><a href=/info/1/2.htm>x</a>2022-03-07</li>", "<record><![CDATA["),
    *("<nextgroup><![CDATA[<a href=", "createPageHTML(", "currentPage=", "<a>更多</a>"),
    *("<li>05 2024-",),
)
_FEEDS: Final = (
    *("<item>", "<item><link>http://news.qingcheng.example/info/1/2.htm</link></item>", "<a b='"),
    *("<![CDATA[", "&amp;", "<!DOCTYPE ", "<url><loc>", "<a a=", "<!--", "</item>"),
    *("<item><title>x", "&#1;", "<?xml "),
)
_MARKDOWN: Final = (
    *("![", "![](a)\n", "![ ](a)\n\n", "[转入文章首发地址](", "<!--more-->", "<!--", "\r\n"),
    *("x \n", "|a|b|\n", "> ", "- ", "**", "`", "\\", "[a](b", "~~", "&#", "```\n", "# ", "1. "),
    *("*a_ ", "<b>", "http://a/"),
)
_WORDS: Final = (
    *("site:", '"', "“", "「", "-", "a ", "北京", "(", "é", "e\u0301", "from:2020 ", "\x1b["),
    *("@", "://a:b@"),
)
_MACHINES: Final = (
    *('{"a":', "[", '"', '"\\"', "\\ud83d", "[[],", "user-agent: *\n", "disallow: /*\n"),
    *("allow: /a*b$\n", "%", "*", "<meta charset =", "<meta ", "charset=", "?a&", "?é"),
    *("document.cookie", "<script", "crawl-delay: 9"),
)
_MOMENTS: Final = (
    *("发布时间：", "2022-03-07", "2022-03-07 ", "12/03/2021 ", "21-03-05 "),
    *("二〇二二年三月七日", "5 March 2021 ", "14:00", "时间", "日期 ", "posted ", "19", "年"),
    *("0日 ", "T", "，"),
)
_ADDRESSES: Final = (
    *("/", "?", "a", "&a=", ";jsessionid=", "/(S(a))", "%", "../", "@", ":", "[", "_r=1&", "-"),
    *("20240305",),
)
_HEADERS: Final = ("a: b\r\n", "a:", " ", "\r\n", "9", "HTTP/1.1 200 ", "\x00", ",")
_DER: Final = (
    *("0\x82\x7f\xff", "0\x82\x00\x10", "\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86"),
    *("-----BEGIN CERTIFICATE-----",),
)
READERS: Final[tuple[tuple[Run, tuple[str, ...]], ...]] = (
    (page, (*_SPACES, *_TAGS)),
    (listing, (*_SPACES, *_LISTS)),
    (feed, (*_SPACES, *_FEEDS)),
    (markdown, (*_SPACES, *_MARKDOWN)),
    (adopted, (*_SPACES, *_MARKDOWN, "a: b\n", "a: [", "- a\n", "{a: ")),
    (typed, (*_SPACES, *_WORDS)),
    (shown, (*_SPACES, *_WORDS)),
    (found, (*_SPACES, *_WORDS)),
    (decoded, (*_SPACES, *_MACHINES)),
    (machines, (*_SPACES, *_MACHINES)),
    (moments, (*_SPACES, *_MOMENTS)),
    (address, (*_SPACES, *_ADDRESSES)),
    (header, (*_SPACES, *_HEADERS)),
    (certificate, (*_SPACES, *_DER)),
)
_LEAST: Final = 3_000  # characters of the smallest text
_TIMES: Final = 3  # as long is each next one
_BY: Final = 2.0  # times as dear a character


@pytest.mark.parametrize(("reader", "pieces"), READERS, ids=lambda each: getattr(each, "__name__", ""))
def test_every_reader_is_linear(reader: Run, pieces: tuple[str, ...]) -> None:
    cost(reader, pieces[0])  # what is imported or made at first is made before
    given = ([piece * (_LEAST * _TIMES**step // len(piece)) for step in range(4)] for piece in pieces)
    assert [told for texts in given if (told := outgrows(reader, texts))] == []


_EACH_ITS_OWN: Final = (
    *("<a href=/f/{n}.pdf>附件{n}</a>", "<script>'/f/{n}.pdf'</script>", "<script>'/f/a.pdf';{n}</script>"),
    *("<img src=/f/{n}.png>", "<li><a href=/info/1/{n}.htm>音乐会{n}</a> 2021-03-04</li>", "<p>段{n}。"),
    "<style>.c{n}{{display:none}}</style><p class=c{n}>x",
)
_ENTRIES: Final = (
    "<item><title>t{n}</title><link>http://news.qingcheng.example/info/1/{n}.htm</link></item>",
)


@pytest.mark.parametrize(
    ("reader", "pieces"), [(whole_page, _EACH_ITS_OWN), (listing, _EACH_ITS_OWN[3:5]), (feed, _ENTRIES)]
)
def test_values_that_are_each_their_own_cost_what_they_are_many(reader: Run, pieces: tuple[str, ...]) -> None:
    """What is kept once for all that are alike is kept as often as they are many."""
    many = (400, 1_200, 3_600, 10_800)
    for piece in pieces:
        texts = ["".join(piece.format(n=number) for number in range(count)) for count in many]
        assert outgrows(reader, texts) is None


def outgrows(reader: Run, texts: list[str]) -> str | None:
    """Return how a reader's work outgrows texts, each some times as long as the one before; None: not."""
    small, large = (cost(reader, given) for given in texts[:2])
    if large <= max(_BY * small, _COUNTS):  # or some way of looking begins at a size: it does so once
        return None
    costs = [cost(reader, given, again=2) for given in texts]
    if not all(after > _BY * before for before, after in pairwise(costs[1:])):
        return None
    seconds = [f"{each * len(given):.4f}" for each, given in zip(costs, texts, strict=True)]
    return f"{texts[0][:60]!r}: {', '.join(seconds)} s"
