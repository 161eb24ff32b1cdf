"""The pages that the reading of unknown systems is measured on, and what is true of each.

Four sources, each read where it is there: the articles of `../shared/pages` against their truth, or against
what their own family reads; those of `../shared/elsewhere`, nine other institutions; the two sets whose truth
people marked (`elsewhere/human`: DAnIEL and CWCED); and lists and front pages, which are to be refused.

Every page belongs to one of two parts, by the hash of its host (of its file, where a group has few hosts):
what was tuned on `tune` is told by `report`.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper import charset, dom
from scraper.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
_LEAST = 50  # characters of a body; photos alone are no task for a reader of texts
_ROWS = 5  # of a link and a day, that show a list
_DAY = re.compile(r"(?<!\d)(?:\d\d)?\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|(?<!\d)[01]?\d-[0-3]?\d(?!\d)")
GNE_BODIES = {  # where the hosts of gne's pages keep their bodies
    "163": "#endText, .post_body, #content",
    "baijiahao": ".article-content, .articleDetailContent, #left-container .item-wrap",
    "cjddsb": ".single-content",
    "cjn": ".TRS_Editor",
    "cmse": ".TRS_Editor",
    "csdn": ".con.news_content, .left .con",
    "ednchina": ".article_body",
    "gamersky": ".gsAreaContextArt",
    "gsc": ".xq_fonts",
    "guancha": ".all-txt",
    "gzggw": "#zoom",
    "hexun": ".art_contextBox",
    "ifeng": "[class^=text-], #artical_real .text",
    "mingridapan": ".page_art_content",
    "njxfhn": ".entry, .article-content",
    "other": "#UCAP-CONTENT",
    "people": "#rwb_zw",
    "qq": ".qq_article .content-article, .content-article, #Cnt-Main-Article-QQ",
    "shanxi": ".TRS_Editor",
    "sina": "#artibody, #article",
    "stcn": "#ctrlfscont",
    "thepaper": ".news_txt",
    "toutiao": ".article-content article, .article-content, .article-box article",
    "wechat": "#js_content",
    "xds": ".panel-body",
    "xinhuanet": "#p-detail",
    "zyyfy": "#zoom",
    "khan": "#artCont",
    "mydrivers": ".news_info",
    "021news": ".content",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is true of a page, or what somebody reads of it; None: nothing, or nobody asks."""

    title: str | None = None
    date: str | None = None  # the day, YYYY-MM-DD
    body: str = ""
    why: str | None = None  # why there is nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page and its truth; `truth` None: it is no article, and is to be refused."""

    group: str
    url: str
    html: str
    truth: Said | None
    part: str  # tune or report


def shared_samples(by_family: Callable[[str, str], Said]) -> Iterator[Sample]:
    """Yield all pages of ../shared; `by_family` reads one as its own family does."""
    yield from _nankai(by_family)
    yield from _elsewhere()
    for row, html in _rows("elsewhere/human"):
        truth = Said(title=row["truth"].get("title"), body=visible_text(row["truth"]["text"]))
        yield _sample(row["set"], row, html, truth, by_file=row["set"] == "cwced")


def _nankai(by_family: Callable[[str, str], Said]) -> Iterator[Sample]:
    for row, html in _rows("pages"):
        if "truth" in row:
            truth = row["truth"]
            body = visible_text(truth.get("text") or "")
            if len(body) >= _LEAST:
                said = Said(title=truth["title"], date=truth["published"][:10], body=body)
                yield _sample("news", row, html, said, by_file=True)
        elif row["kind"] in {"list", "home"} and "single" not in row["template"]:
            yield _sample("no article", row, html, None)
        elif "custom" not in row["template"] and (row["kind"] == "article" or "single" in row["template"]):
            read = by_family(row["url"], html)
            if len(read.body) >= _LEAST:
                group = "columns" if "single" in row["template"] else "other hosts"
                yield _sample(group, row, html, read)


def _elsewhere() -> Iterator[Sample]:
    for row, html in _rows("elsewhere"):
        if "truth" not in row:
            if _dated_links(html) >= _ROWS:
                yield _sample("no article", row, html, None, by_file=True)
            continue
        truth = row["truth"]
        body = visible_text(truth["text"])
        if len(body) >= _LEAST:
            said = Said(title=truth["title"], date=(truth["date"] or "")[:10] or None, body=body)
            yield _sample("elsewhere", row, html, said, by_file=True)


def _dated_links(html: str) -> int:
    """Return how many rows of a page show one link and a day: pages without a truth that are lists."""
    rows = (
        node for node in dom.select(dom.parse(html), "li, tr, dd") if len(dom.select(node, "a[href]")) == 1
    )
    return sum(_DAY.search(dom.text_of(row)) is not None for row in rows)


def _rows(folder: str) -> Iterator[tuple[dict[str, Any], str]]:
    manifest = SHARED / folder / "manifest.jsonl"
    if manifest.is_file():
        for row in map(json.loads, manifest.read_text(encoding="utf-8").splitlines()):
            yield row, charset.text_of((manifest.parent / row["file"]).read_bytes(), row["content_type"])


def _sample(
    group: str, row: dict[str, Any], html: str, truth: Said | None, *, by_file: bool = False
) -> Sample:
    return Sample(
        group=group,
        url=row["url"],
        html=html,
        truth=truth,
        part=_part(row["file"] if by_file else urlsplit(row["url"]).netloc),
    )


def _part(key: str) -> str:
    return ("tune", "report")[hashlib.sha256(key.encode()).digest()[0] % 2]


def gne_samples(folder: Path) -> Iterator[Sample]:
    """Yield the pages of gne's source package whose container is known."""
    for file in sorted([*folder.glob("tests/*/*.html"), *folder.glob("visiable_test/*/*.html")]):
        html = charset.text_of(file.read_bytes(), None)
        root = dom.parse(re.sub(r"(?is)(<script\b[^>]*>).*?(</script)", r"\1\2", html))
        for selector in GNE_BODIES.get(file.parent.name, "").split(", "):
            found = dom.first(root, selector) if selector else None
            body = visible_text(dom.text_of(found)) if found is not None else ""
            if len(body) >= _LEAST:
                url = f"http://{file.parent.name}.example/a/{file.stem}"
                yield Sample(
                    group="gne's pages", url=url, html=html, truth=Said(body=body), part=_part(file.name)
                )
                break
