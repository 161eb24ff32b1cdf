"""The whole way of a page over loopback, at no delay: fetched, kept, read, written, remembered.

The floor is the sum of what its parts cost alone: a bare fetch by httpx, gzip appended with a sync, a commit
of SQLite, page → document, a file written beside and renamed. What of it a peer does stands with its name.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import crawl_peers
import httpx
from figures import Figure, compiled, of_children
from invented import NOON, answer, archive_of, invented

from scraper import extractor, writer
from scraper.app.config_file import load_config
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode
from scraper.ingest.ingester import Ingester
from scraper.model import Kind
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import open_site
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.model import Capture, Site

PAGES = 400
SMALL = 8


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield CPU of a page, and what of it goes to the state and the disk."""
    number = SMALL if small else PAGES
    world, numbers = invented(number)
    with tempfile.TemporaryDirectory() as name, serve(world) as server:
        folder = Path(name)
        site = load_config(archive_of(folder, world, proxy=server.proxy)).sites[0]
        captures = [answer(world, world.address(one), Kind.ARTICLE, NOON) for one in numbers]
        idle = _idle(folder)
        spent = _child([*_PROGRAM, "backfill", "-q", "--config", str(folder / "config.yaml")]) - idle
        parts = _floors(captures, site, server.proxy, folder)
        addresses = [capture.url for capture in captures]
        others = crawl_peers.peers(addresses, server.proxy, folder)
        yield Figure(
            name="whole pipeline",
            value=spent / number * 1e3,
            unit="ms CPU a page",
            floor=sum(parts.values()) / number * 1e3,
            floor_name=" + ".join(f"{part} {each / number * 1e3:.2f}" for part, each in parts.items()),
            peers={peer: seconds / number * 1e3 for peer, seconds in others},
        )
        yield from _state(folder, site, number)


_PROGRAM = [sys.executable, "-m", "scraper"]


def _child(command: list[str], **options: object) -> float:
    """Return the CPU seconds of a process and of those that it waited for."""
    begun = of_children()
    done = subprocess.run(command, check=False, capture_output=True, **{"env": compiled(), **options})  # type: ignore[call-overload] # noqa: S603
    if done.returncode != ExitCode.DONE:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]!r}")
    return of_children() - begun


def _idle(folder: Path) -> float:
    """Return what the program costs before it does anything: its start."""
    return _child([*_PROGRAM, "check", "--config", str(folder / "config.yaml")])


def _floors(captures: list[Capture], site: Site, proxy: str, folder: Path) -> dict[str, float]:
    """Return the CPU seconds of each part alone."""
    texts = [_document(capture, site) for capture in captures]
    works: dict[str, Callable[[], object]] = {
        "fetch": lambda: _fetch(captures, proxy),
        "gzip": lambda: _keep(captures, folder / "floor.gz"),
        "commit": lambda: _remember(captures, folder / "floor.sqlite3"),
        "read": lambda: [_document(capture, site) for capture in captures],
        "save": lambda: _save(texts, folder),
    }
    return {name: _forked(work) for name, work in works.items()}


def _forked(work: Callable[[], object]) -> float:
    """Return the CPU seconds of work in a child: the server's own, in this process, is not to be counted."""
    begun = of_children()
    process = get_context("fork").Process(target=work)
    process.start()
    process.join()
    return of_children() - begun


def _fetch(captures: list[Capture], proxy: str) -> None:
    with httpx.Client(proxy=proxy) as client:
        for capture in captures:
            client.get(capture.url).raise_for_status()


def _keep(captures: list[Capture], path: Path) -> None:
    with path.open("ab") as file:
        for capture in captures:
            file.write(gzip.compress(capture.body, 9))
            file.flush()
            os.fsync(file.fileno())


def _remember(captures: list[Capture], path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE article (key PRIMARY KEY, text)")
    for number, capture in enumerate(captures):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO article VALUES (?, ?)", (number, capture.url * 10))
        connection.execute("COMMIT")
    connection.close()


def _save(texts: list[str], folder: Path) -> None:
    for number, text in enumerate(texts):
        beside = folder / "beside"
        with beside.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / f"{number}.md")


def _document(capture: Capture, site: Site) -> str:
    article = extractor.extract(capture, site)
    return writer.write(article, site, identity=article.url, captured=NOON).text


def _state(folder: Path, site: Site, number: int) -> Iterator[Figure]:
    """Yield statements and transactions of one article's capture, and the bytes of a state."""
    with open_site(folder / "archive", site, now=lambda: datetime.now(UTC)) as context:
        known = next(context.state.articles.held(site.name))
        heard: list[str] = []
        [entry] = context.state.captures.of_article(site.name, known.key)
        capture = context.captures.read(entry.ref)
        ref = context.captures.append(capture)
        ingester = Ingester(replace(context, run=1))
        context.state.connection.set_trace_callback(heard.append)
        ingester.article(known, capture, ref)
        context.state.connection.set_trace_callback(None)
        if len(list(context.state.articles.held(site.name))) != number:
            sys.exit("crawl: not every article is held")
        context.state.checkpoint()
    size = ArchiveFolder(folder / "archive").state(site.name).stat().st_size
    yield Figure(name="statements of a capture", value=sum(map(_is_work, heard)), unit="statements")
    yield Figure(name="transactions of a capture", value=sum(map(_is_begin, heard)), unit="transactions")
    yield Figure(name="state of a site", value=size / number / 1000, unit="kB an article")


def _is_begin(statement: str) -> bool:
    return statement.startswith("BEGIN")


def _is_work(statement: str) -> bool:
    return not statement.startswith(("BEGIN", "COMMIT", "--"))
