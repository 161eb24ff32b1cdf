"""How long a page takes from bytes to JSON, beside the bare parse of the same pages.

    python benchmarks/bench_extract.py [MANIFEST.jsonl]

Without a manifest: that of the real pages beside the repository, where they are. CPU seconds of one process,
the best of three rounds.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from scraper import charset
from scraper.app import saved_page, site_for
from scraper.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.model import Capture

MANIFEST = Path(__file__).resolve().parents[2] / "shared" / "pages" / "manifest.jsonl"


def pages_of(manifest: Path) -> list[Capture]:
    """Return the articles of a manifest as captures."""
    entries = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    return [
        saved_page.saved_capture(
            str(manifest.parent / entry["file"]), saved_page.address(entry["url"]), entry.get("content_type")
        )
        for entry in entries
        if entry.get("kind", "article") == "article"
    ]


def readable(capture: Capture) -> bool:
    """Tell whether a page gives an article."""
    try:
        saved_page.read(capture, site_for(capture.url))
    except ArchiveError:
        return False
    return True


def best_of_three(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the quickest of three rounds."""
    rounds = []
    for _ in range(3):
        begun = time.process_time()
        work()
        rounds.append(time.process_time() - begun)
    return min(rounds)


def parse_all(texts: list[str]) -> None:
    """Parse each text, and nothing else."""
    for text in texts:
        LexborHTMLParser(text)


def extract_all(captures: list[Capture]) -> None:
    """Make the article of each capture."""
    for capture in captures:
        saved_page.read(capture, site_for(capture.url))


def to_json_all(captures: list[Capture]) -> None:
    """Make the line of `extract --batch` of each capture."""
    for capture in captures:
        json.dumps(saved_page.read(capture, site_for(capture.url)).to_json(), ensure_ascii=False)


def main() -> int:
    """Measure and print."""
    manifest = Path(sys.argv[1]) if len(sys.argv) > 1 else MANIFEST
    if not manifest.exists():
        print(f"{manifest}: not here; name a manifest to measure over")
        return 0
    captures = [capture for capture in pages_of(manifest) if readable(capture)]
    texts = [charset.text_of(capture.body, capture.header("Content-Type")) for capture in captures]
    bare = best_of_three(partial(parse_all, texts))
    print(f"{len(captures)} articles, {sum(map(len, texts)) / len(texts) / 1000:.0f} k characters each")
    for name, seconds in (
        ("bare selectolax parse", bare),
        ("extract", best_of_three(partial(extract_all, captures))),
        ("extract --batch", best_of_three(partial(to_json_all, captures))),
    ):
        each, ratio = seconds / len(captures), seconds / bare
        print(f"{name:22} {each * 1000:6.2f} ms a page {1 / each:7.0f} pages/s {ratio:6.1f} × the parse")
    return 0


if __name__ == "__main__":
    sys.exit(main())
