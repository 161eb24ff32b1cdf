"""How well pages of no known family are read: ours against the libraries of the field.

    python benchmarks/bench_generic.py                  ours, and what is installed here
    python benchmarks/bench_generic.py --part report    the half of the pages that nothing was tuned on
    … --gne FOLDER      also the pages of gne's source package (pip download --no-binary gne gne)

The peers come with `pip install -e .[peers]`; those that are not installed are skipped. Ours reads every page
as `generic`, each family's container rule switched off. F1 is counted over pairs of neighbouring characters,
a page that is refused counts 0. `generic_samples` says which pages these are.
"""

from __future__ import annotations

import argparse
import importlib
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

from generic_samples import Said, Sample, gne_samples, shared_samples

from scraper import urls
from scraper.errors import ArchiveError, NotAnArticle
from scraper.extractor import extract
from scraper.model import Capture, Site
from scraper.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable

BEIJING = ZoneInfo("Asia/Shanghai")


# ── the readers ───────────────────────────────────────────────────────────────────────────────────────────


def _own(address: str, html: str, family: str | None) -> Said:
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
    except NotAnArticle as error:
        return Said(why=error.what)
    except ArchiveError as error:
        return Said(why=str(error))
    date = article.published.date().isoformat() if article.published_from != "capture" else None
    return Said(title=article.title, date=date, body=article.shown.text)


def by_family(address: str, html: str) -> Said:
    """Read a page as its own family does."""
    return _own(address, html, None)


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


def by_magic_html(sample: Sample) -> Said | None:
    """Read a page with magic-html, told that it is an article."""
    read = importlib.import_module("magic_html").GeneralExtractor().extract(sample.html, base_url=sample.url)
    shown = importlib.import_module("lxml.html").fromstring(read["html"]).text_content()
    return Said(title=read.get("title"), body=shown)


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
    "magic-html": ("magic_html", by_magic_html),
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
        if sample.truth is None and said is not None and said.body:
            worst.append(f"taken for an article: {sample.url}: {said.title!r}, {len(said.body)} characters")
        if sample.truth is not None:
            _compare(sample.truth, said or Said(), score, f"{sample.url}", worst)
    return score


def _compare(true: Said, said: Said, score: Score, name: str, worst: list[str]) -> None:
    body = f1(true.body, said.body)
    score.body += body
    if body < 0.9:  # noqa: PLR2004 - what is worth a look
        worst.append(f"{body:.2f} body {name} {(said.why or '').rpartition(': ')[2]}")
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
    args = _arguments()
    logging.disable(logging.CRITICAL)
    samples = [*shared_samples(by_family), *(gne_samples(args.gne) if args.gne else ())]
    samples = [sample for sample in samples if args.part in {None, sample.part}]
    for group in dict.fromkeys(sample.group for sample in samples):
        if args.group and group not in args.group:
            continue
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gne", metavar="FOLDER", type=Path, help="gne's source package, unpacked")
    parser.add_argument("--only", metavar="READER", action="append", help="only this reader")
    parser.add_argument("--group", action="append", help="only this group of pages")
    parser.add_argument("--part", choices=("tune", "report"), help="one half of the pages")
    parser.add_argument("-v", action="store_true", help="tell where ours is wrong")
    return parser.parse_args()


def _is_there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    main()
