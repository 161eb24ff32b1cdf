"""CPU a request of `serve` over an invented archive of many articles; 100,000 unless a number is given."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from scraper.app.config_file import load_config
from scraper.app.reading_room import ReadingRoom
from scraper.article_record import ArticleRecord, Status
from scraper.serve.app import make_app
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.catalogue import Span
from scraper.stores.opening import prepare
from scraper.stores.state import open_state
from scraper.urls import Url, urlname
from scraper.values import replace

CONFIG = """\
sites:
  bench:
    title: 北辰大学
    home: http://news.bench.example/
    family: ecms
    channels:
      bcyw: {title: 要闻, index: "http://news.bench.example/bcyw/index.shtml"}
      xyzs: {title: 纵深, index: "http://news.bench.example/xyzs/index.shtml"}
"""
START = datetime(2003, 1, 1, tzinfo=UTC)
BODY = "“人人都来，人人都读。”书院导师沈砚秋说，夜读会将办满一个学期。[旧闻]({link})\n\n" * 25
REPEATS = 20


def main(count: int) -> None:
    """Make the archive, ask for each kind of page, print what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        room = ReadingRoom(load_config(config))
        prepare(room.root, now=room.now, new=True)
        fill(room, count)
        begun = time.process_time()
        room.refresh()
        print(f"{count} articles: catalogue read in {time.process_time() - begun:.2f} s of CPU")
        asyncio.run(measure(room))


def fill(room: ReadingRoom, count: int) -> None:
    """Put articles into the state, and a document for those that will be asked for."""
    step = timedelta(days=365 * 23) / count
    with open_state(ArchiveFolder(room.root).state("bench")) as state, state.transaction():
        for number in range(count):
            record = record_of(number, START + number * step)
            state.articles.put(record)
            if number % max(count // 100, 1) == 0:
                write(room.root, record)


def record_of(number: int, published: datetime) -> ArticleRecord:
    """Return an article that is held."""
    key = f"{30_000_000 + number:09}"
    channel = ("bcyw", "xyzs")[number % 2]
    url = Url(f"http://news.bench.example/{channel}/system/{published:%Y/%m/%d}/{key}.shtml")
    return ArticleRecord(
        site="bench",
        key=key,
        url=url,
        ask=url,
        first_seen=published,
        channel=channel,
        title=f"星桥书院办起第{number}场夜读会，人人都来",
        status=Status.HELD,
        published=published,
        captured=published,
        checked=published,
        path=f"bench/{published:%Y/%m}/{urlname(url)}.md",
    )


def write(root: Path, record: ArticleRecord) -> None:
    """Write an article's document."""
    file = root / (record.path or "")
    file.parent.mkdir(parents=True, exist_ok=True)
    link = replace(record).url
    file.write_text(f"---\ntitle: {record.title}\n---\n{BODY.format(link=link)}", encoding="utf-8")


async def measure(room: ReadingRoom) -> None:
    """Ask for each kind of page once, then several times."""
    app = make_app(room)
    catalogue, everything = room.catalogue, Span()
    held = [one for one in catalogue.every(everything) if (room.root / one.path).exists()]
    one = held[len(held) // 2]
    last = -(-catalogue.count(everything) // 50)
    day = one.day.replace("-", "/")
    paths = [
        "/",
        "/dates/",
        f"/dates/?page={last}",
        "/sites/bench/",
        f"/sites/bench/channels/{one.channel}/",
        f"/dates/{day[:4]}/",
        f"/sites/bench/dates/{day}/",
        "/dates/feed.atom",
        f"/{one.urlname}/",
        f"/by-url?u={one.url}",
        "/by-url?u=http://elsewhere.example/none",
        "/coverage/",
        "/status/",
    ]
    for path in paths:
        begun = time.process_time()
        await ask(app, path)
        first = time.process_time() - begun
        begun = time.process_time()
        for _ in range(REPEATS):
            await ask(app, path)
        each = (time.process_time() - begun) / REPEATS
        print(f"{path[:60]:60} first {first * 1000:7.1f} ms, then {each * 1000:6.1f} ms of CPU")


async def ask(app: Any, path: str) -> None:  # noqa: ANN401 - an ASGI application
    """Ask as a server would."""
    bare, _, query = path.partition("?")

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) < 500, path  # noqa: PLR2004, S101 - a page that fails measures nothing

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(bare),
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:80")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
