"""What others spend on fetching and keeping the same pages: CPU seconds, each in a process of its own.

The start of Scrapy is taken off, as that of our program is; those of the others are a few hundredths.
Each does a part of the work alone: none of them syncs, remembers what it has, or proves anything.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import httpx
from figures import compiled, of_children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_SPIDER = """
import sys, scrapy, trafilatura
from pathlib import Path
from scrapy.crawler import CrawlerProcess

class News(scrapy.Spider):
    name = "news"
    custom_settings = {"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False,
                       "COOKIES_ENABLED": False, "CONCURRENT_REQUESTS": 1}

    async def start(self):
        for url in Path(sys.argv[1]).read_text(encoding="utf-8").split():
            yield scrapy.Request(url)

    def parse(self, response):
        text = trafilatura.extract(response.text, output_format="markdown", include_images=True)
        name = response.url.rpartition("/")[2]
        Path(sys.argv[2], f"{name}.md").write_text(text or "", encoding="utf-8")

process = CrawlerProcess()
process.crawl(News)
process.start()
"""


def peers(addresses: Sequence[str], proxy: str, folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the name and the CPU seconds of each peer that is installed."""
    listed = folder / "addresses"
    listed.write_text("\n".join(addresses), encoding="utf-8")
    wget = shutil.which("wget")
    if wget is not None:
        command = [wget, "-q", "-i", str(listed), f"--warc-file={folder / 'peer'}", "-O", os.devnull]
        yield "wget --warc-file (fetches and keeps)", _spent(command, proxy)
    if importlib.util.find_spec("warcio") is not None:
        command = [sys.executable, __file__, str(listed), str(folder / "warcio.warc.gz"), proxy]
        yield "httpx and warcio (fetch and keep)", _spent(command, proxy)
    if all(importlib.util.find_spec(name) is not None for name in ("scrapy", "trafilatura")):
        texts = folder / "texts"
        texts.mkdir()
        idle = _spent([sys.executable, "-c", _SPIDER, os.devnull, str(texts)], proxy)
        spent = _spent([sys.executable, "-c", _SPIDER, str(listed), str(texts)], proxy)
        yield "Scrapy and trafilatura (fetch, read, write)", spent - idle
        if len(list(texts.iterdir())) != len(addresses):
            sys.exit("crawl: Scrapy did not write a text for each page")


def _spent(command: list[str], proxy: str) -> float:
    begun = of_children()
    done = subprocess.run(  # noqa: S603 - our own words
        command, check=False, capture_output=True, env={**compiled(), "http_proxy": proxy}
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]!r}")
    return of_children() - begun


def _warcio(listed: str, file: str, proxy: str) -> None:
    from warcio.statusandheaders import StatusAndHeaders  # noqa: PLC0415 - where it is installed
    from warcio.warcwriter import WARCWriter  # noqa: PLC0415 - likewise

    with open(listed, encoding="utf-8") as addresses, open(file, "wb") as out:  # noqa: PTH123 - plain names
        writer = WARCWriter(out, gzip=True)
        with httpx.Client(proxy=proxy) as client:
            for url in addresses.read().split():
                answer = client.get(url)
                head = StatusAndHeaders("200 OK", list(answer.headers.items()), protocol="HTTP/1.1")
                record = writer.create_warc_record(
                    url, "response", payload=BytesIO(answer.content), http_headers=head
                )
                writer.write_record(record)


if __name__ == "__main__":
    _warcio(*sys.argv[1:])
