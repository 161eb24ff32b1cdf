"""Whatever comes from outside: a value or an error of ours, never another.

`make fuzz` tries FUZZ_EXAMPLES of each, others each time, again and again for FUZZ_MINUTES; by default there
are enough for half a minute, the same each time.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listing_cases import capture, site
from stores_samples import capture as page_capture
from stores_samples import store

from scraper import charset, dates, foreign_json, mementos, robots, urls
from scraper.app.config_yaml import read_config_file
from scraper.config import parse_config
from scraper.crawler.header_repair import repaired
from scraper.crawler.retry import retry_after
from scraper.discovery import read_links, read_pager
from scraper.errors import ArchiveError
from scraper.extractor import extract
from scraper.model import Kind
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "60"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TZ: Final = ZoneInfo("Asia/Shanghai")
PIECES: Final = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<td id=txt>",
            "<script>",
            "</script>",
        ),
        *(
            "<!--",
            "-->",
            "<div class=v_news_content>",
            "</div>",
            "<a href=",
            "/info/1/2.htm",
            "'",
            '"',
            ">",
            "<",
        ),
        *(
            "<li>",
            "<ul>",
            "<ol start=",
            "<svg>",
            "<math>",
            "<select>",
            "<option>",
            "<template>",
            "<pre>",
            "<img src=",
        ),
        *(
            "正文，今天。",
            "发布时间：",
            "2022-03-07",
            "14:00-16:00",
            "共",
            "页",
            "1/9",
            "9" * 30,
            "二〇二二年三月七日",
        ),
        *(
            "&#xD800;",
            "&lt;",
            "\\ud83d",
            "\x00",
            "\x1b",
            "\u202e",
            "\ud83d",
            "\ufffe",
            "　",
            "\n",
            "\t",
            "…",
            "...",
        ),
        *(
            "<item>",
            "<link>",
            "</link>",
            "</item>",
            "<rss>",
            "<urlset>",
            "<url>",
            "<loc>",
            "<![CDATA[",
            "]]>",
            "&",
        ),
        *(
            '<script type="application/ld+json">',
            '{"@type":"NewsArticle","headline":"',
            "[" * 40,
            '"}',
            "{",
            "}",
        ),
        *(
            "user-agent: *",
            "disallow: /",
            "crawl-delay: ",
            "http://",
            "//",
            "\\",
            "%",
            "@",
            ":",
            "65536",
            "[::1]",
        ),
        *(
            "<base href=",
            "<meta charset=",
            "x-user-defined",
            "gb2312",
            "utf-16",
            "<iframe src=",
            "a=b&c=",
            ".mp4",
        ),
    ]
)
TEXTS: Final = st.lists(PIECES | st.text(max_size=6), max_size=60).map("".join)
BYTES: Final = TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200)
SITES: Final = [site(family=name) for name in (None, "ecms", "webplus", "vsb", "jeecms")]


def tried(work: Callable[[], object]) -> None:
    """Do something that may fail in our own words."""
    try:
        work()
    except ArchiveError as error:
        str(error).encode("utf-8", "backslashreplace")


@fuzzed
@given(body=BYTES, of=st.sampled_from(SITES))
def test_pages(body: bytes, of: object) -> None:
    asked = capture("http://news.qingcheng.example/info/1/2.htm", b"<html><body><h1>x</h1>" + body, None)
    tried(lambda: extract(asked, of))  # type: ignore[arg-type]


@fuzzed
@given(body=BYTES, of=st.sampled_from(SITES), kind=st.sampled_from([Kind.LISTING, Kind.FEED, Kind.SITEMAP]))
def test_lists_feeds_and_sitemaps(body: bytes, of: object, kind: Kind) -> None:
    asked = replace(capture("http://news.qingcheng.example/x/list.htm", body, None), kind=kind)
    tried(lambda: read_links(asked, of, None))  # type: ignore[arg-type]
    tried(lambda: read_pager(asked, of))  # type: ignore[arg-type]


@fuzzed
@given(text=TEXTS)
def test_addresses(text: str) -> None:
    base = urls.Url("http://news.qingcheng.example/a/")
    for found in (urls.parse(text), urls.join(base, text), urls.parse(f"http://{text}")):
        if found is not None:
            assert urls.parse(found) == found
            found.encode()
            urls.urlname(urls.identity(found, base))


@fuzzed
@given(text=TEXTS)
def test_moments(text: str) -> None:
    found = dates.find_moment(text, TZ)
    assert found is None or dates.is_plausible(found)


@fuzzed
@given(body=BYTES, label=st.none() | TEXTS)
def test_texts(body: bytes, label: str | None) -> None:
    charset.text_of(body, label).encode()


@fuzzed
@given(body=BYTES)
def test_robots(body: bytes) -> None:
    rules = robots.read(body)
    rules.allows(urls.Url("http://news.qingcheng.example/a"))
    assert rules.delay is None or rules.delay >= 0


@fuzzed
@given(head=BYTES, value=TEXTS)
def test_heads(head: bytes, value: str) -> None:
    tried(lambda: repaired(b"HTTP/1.1 200 OK\r\n" + head))
    headers = ((b"Retry-After", value.encode("utf-8", "replace")), (b"Date", head))
    wait = retry_after(replace(capture("http://news.qingcheng.example/", b""), headers=headers))
    assert wait is None or 0 <= wait <= 31 * 86_400


@fuzzed
@given(text=TEXTS)
def test_json(text: str) -> None:
    with suppress(ValueError):
        foreign_json.parse(text)
    tried(lambda: mementos.read_index(text, urls.Url("http://a.example/")))


@fuzzed
@given(text=TEXTS)
def test_configs(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    file.write_text("sites:\n  xw:\n    home: http://a.example/\n    title: " + text, "utf-8", "replace")
    tried(lambda: parse_config(read_config_file(file).data))


@fuzzed
@given(number=st.integers(0, 2**32))
def test_captures(number: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file of captures of which some bytes are others: what is whole is read, what is not is named."""
    chance = random.Random(number)  # noqa: S311 - the same each time
    folder: Path = tmp_path_factory.mktemp("captures")
    shelf = store(folder)
    for page in range(3):
        shelf.append(page_capture(page))
    (file,) = folder.rglob("*.warc.gz")
    data = bytearray(file.read_bytes())
    for _ in range(chance.randrange(1, 4)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    file.write_bytes(data[: chance.randrange(1, len(data) + 1)])
    tried(lambda: list(shelf.scan(on_damage=lambda _: None)))
