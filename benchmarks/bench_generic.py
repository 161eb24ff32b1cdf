"""How well pages of no known family are read: ours against the libraries of the field.

    python benchmarks/bench_generic.py                  ours, and what is installed here
    PYTHONPATH=.:.venv/lib/python3.11/site-packages PEERS/bin/python benchmarks/bench_generic.py
    … --gne FOLDER      also the pages of gne's source package (pip download --no-binary gne gne)

The pages are those of ../shared: news articles against their truth, pages of the other hosts against what
their own family reads of them. Ours reads them as `generic`, every family's container rule switched off.
F1 is counted over pairs of neighbouring characters. Peers that are not installed are skipped.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scraper import charset, dom, urls
from scraper.errors import ArchiveError
from scraper.extractor import extract
from scraper.model import Capture, Site
from scraper.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEIJING = ZoneInfo("Asia/Shanghai")
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page and its truth; `truth` None: it is no article, and is to be refused."""

    group: str
    url: str
    html: str
    truth: Said | None


# ── the pages ─────────────────────────────────────────────────────────────────────────────────────────────


def shared_samples() -> Iterator[Sample]:
    """Yield the pages of ../shared: articles with a truth, lists and front pages without one."""
    lines = (SHARED / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        html = charset.text_of((SHARED / row["file"]).read_bytes(), row["content_type"])
        if "truth" in row:
            truth = row["truth"]
            body = truth.get("text") or ""
            if len(body) >= 50:  # noqa: PLR2004 - photos alone are no task for a reader of texts
                yield Sample(group="news", url=row["url"], html=html, truth=_truth_of_news(truth))
        elif row["kind"] in {"list", "home"} and "single" not in row["template"]:
            yield Sample(group="no article", url=row["url"], html=html, truth=None)
        elif "custom" not in row["template"] and (row["kind"] == "article" or "single" in row["template"]):
            article = _own(row["url"], html, None)
            if article is not None and len(article.body) >= 50:  # noqa: PLR2004 - likewise
                kind = "columns" if "single" in row["template"] else "other hosts"
                yield Sample(group=kind, url=row["url"], html=html, truth=article)


def _truth_of_news(truth: dict[str, str]) -> Said:
    return Said(title=truth["title"], date=truth["published"][:10], body=visible_text(truth["text"]))


def gne_samples(folder: Path) -> Iterator[Sample]:
    """Yield the pages of gne's source package whose container is known."""
    for file in sorted([*folder.glob("tests/*/*.html"), *folder.glob("visiable_test/*/*.html")]):
        html = charset.text_of(file.read_bytes(), None)
        root = dom.parse(re.sub(r"(?is)(<script\b[^>]*>).*?(</script)", r"\1\2", html))
        for selector in GNE_BODIES.get(file.parent.name, "").split(", "):
            found = dom.first(root, selector) if selector else None
            if found is not None and len(visible_text(dom.text_of(found))) >= 50:  # noqa: PLR2004 - likewise
                body = visible_text(dom.text_of(found))
                url = f"http://{file.parent.name}.example/a/{file.stem}"
                yield Sample(group="gne's pages", url=url, html=html, truth=Said(body=body))
                break


# ── the readers ───────────────────────────────────────────────────────────────────────────────────────────


def _own(address: str, html: str, family: str | None) -> Said | None:
    url = urls.parse(address)
    assert url is not None  # noqa: S101 - the manifest's own
    capture = Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=html.encode("utf-8", "replace"),
    )
    site = Site(name="n", title="n", archive_name="n", home=url, timezone=BEIJING, family=family)
    try:
        article = extract(capture, site)
    except ArchiveError:
        return None
    date = article.published.date().isoformat() if article.published_from != "capture" else None
    return Said(title=article.title, date=date, body=article.shown.text)


def ours(sample: Sample) -> Said | None:
    """Read a page as one of no known family."""
    return _own(sample.url, sample.html, "generic")


def by_trafilatura(sample: Sample) -> Said | None:
    """Read a page with trafilatura."""
    read = importlib.import_module("trafilatura").bare_extraction(
        sample.html, url=sample.url, favor_precision=False, with_metadata=True
    )
    if read is None:
        return None
    read = read.as_dict()
    return Said(title=read["title"], date=read["date"], body=read["text"] or "")


def by_trafilatura_baseline(sample: Sample) -> Said | None:
    """Read a page with trafilatura's `baseline`, which looks for the body alone."""
    return Said(body=importlib.import_module("trafilatura").baseline(sample.html)[1])


def by_readability(sample: Sample) -> Said | None:
    """Read a page with readability-lxml."""
    page = importlib.import_module("readability").Document(sample.html)
    summary = importlib.import_module("lxml.html").fromstring(page.summary())
    return Said(title=page.short_title(), body=summary.text_content())


def by_resiliparse(sample: Sample) -> Said | None:
    """Read a page with resiliparse."""
    extract_text = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return Said(body=extract_text(sample.html, main_content=True))


def by_gne(sample: Sample) -> Said | None:
    """Read a page with gne."""
    read = importlib.import_module("gne").GeneralNewsExtractor().extract(sample.html)
    found = re.search(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", read["publish_time"] or "")
    date = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else None
    return Said(title=read["title"], date=date, body=read["content"])


def by_newspaper(sample: Sample) -> Said | None:
    """Read a page with newspaper4k, told that it is Chinese."""
    article = importlib.import_module("newspaper").Article(sample.url, language="zh")
    article.download(input_html=sample.html)
    article.parse()
    date = article.publish_date.date().isoformat() if article.publish_date else None
    return Said(title=article.title, date=date, body=article.text)


READERS: dict[str, tuple[str, Callable[[Sample], Said | None]]] = {
    "ours": ("scraper", ours),
    "trafilatura": ("trafilatura", by_trafilatura),
    "trafilatura.baseline": ("trafilatura", by_trafilatura_baseline),
    "readability-lxml": ("readability", by_readability),
    "resiliparse": ("resiliparse.extract.html2text", by_resiliparse),
    "gne": ("gne", by_gne),
    "newspaper4k": ("newspaper", by_newspaper),
}


# ── the figures ───────────────────────────────────────────────────────────────────────────────────────────


def f1(true: str, read: str) -> float:
    """Return the F1 of two texts over pairs of neighbouring characters."""
    one, other = Counter(pairwise(true)), Counter(pairwise(visible_text(read)))
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0


@dataclass(slots=True)
class Score:
    """The sums of one reader over one group."""

    pages: int = 0
    read: int = 0  # the pages of which it gives anything
    body: float = 0.0
    titles: int = 0
    right_titles: int = 0
    dates: int = 0
    right_dates: int = 0
    seconds: float = 0.0
    invented: int = 0  # dates given that are not the page's


def measure(read: Callable[[Sample], Said | None], samples: list[Sample], worst: list[str]) -> Score:
    """Read the samples and sum up."""
    score = Score()
    for sample in samples:
        begun = time.process_time()
        try:
            said = read(sample)
        except Exception as error:  # noqa: BLE001 - a peer's error is its result
            print(f"    {sample.url}: {type(error).__name__}: {str(error)[:80]}", file=sys.stderr)
            said = None
        score.seconds += time.process_time() - begun
        score.pages += 1
        score.read += said is not None and bool(said.body)
        if sample.truth is not None:
            _compare(sample.truth, said or Said(), score, f"{sample.url}", worst)
    return score


def _compare(true: Said, said: Said, score: Score, name: str, worst: list[str]) -> None:
    body = f1(true.body, said.body)
    score.body += body
    if body < 0.9:  # noqa: PLR2004 - what is worth a look
        worst.append(f"{body:.2f} body {name}")
    if true.title is not None:
        score.titles += 1
        right = visible_text(said.title or "") == visible_text(true.title)
        score.right_titles += right
        if not right:
            worst.append(f"title {name}: {said.title!r} is not {true.title!r}")
    if true.date is not None:
        score.dates += 1
        score.right_dates += said.date == true.date
        score.invented += said.date not in {None, true.date}
        if said.date != true.date:
            worst.append(f"date {name}: {said.date} is not {true.date}")


def tell(name: str, score: Score) -> str:
    """Return a reader's line of the table."""

    def share(part: float, whole: int) -> str:
        return f"{part / whole:.3f}" if whole else "  –  "

    milliseconds = 1000 * score.seconds / max(1, score.pages)
    return (
        f"  {name:22} {score.read:4}/{score.pages:<4} {share(score.body, score.pages)}  "
        f"{share(score.right_titles, score.titles)}  {share(score.right_dates, score.dates)}  "
        f"{score.invented:5}  {milliseconds:7.1f}"
    )


def main() -> None:
    """Print a table for each group of pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gne", metavar="FOLDER", type=Path, help="gne's source package, unpacked")
    parser.add_argument("--only", metavar="READER", action="append", help="only this reader")
    parser.add_argument("-v", action="store_true", help="tell where ours is wrong")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    samples = [*(shared_samples() if SHARED.is_dir() else ()), *(gne_samples(args.gne) if args.gne else ())]
    for group in dict.fromkeys(sample.group for sample in samples):
        chosen = [sample for sample in samples if sample.group == group]
        print(f"{group}: {len(chosen)} pages")
        print("  reader                    read    body   title   date  wrong   ms/page")
        for name, (module, read) in READERS.items():
            if (args.only and name not in args.only) or not _is_there(module):
                continue
            worst: list[str] = []
            print(tell(name, measure(read, chosen, worst)), flush=True)
            if args.v and name == "ours":
                print("\n".join(f"      {line}" for line in worst))


def _is_there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    main()
