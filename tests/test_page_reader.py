"""Pages are read in bounded processes: what hangs or kills a reader costs its own page, and is known."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from article_cases import bare_site
from listing_cases import capture, site

from scraper import extractor
from scraper.article_record import Failed, Status
from scraper.errors import NotAnArticle, TooCostly
from scraper.ingest import page_reader, reading_process
from scraper.ingest.begun import Begun
from scraper.ingest.ingester import Ingester
from scraper.ingest.page_reader import DirectReader, PageReader
from scraper.ingest.reextract import jobs
from scraper.ingest.replay import Replay
from scraper.model import Kind
from scraper.stores.opening import open_site
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import Capture
    from scraper.stores.opening import SiteContext

PAGE = '<html><body><h1>题目</h1><i class="date">2021-03-12</i><div id="body"><p>正文</p></div></body></html>'
ADDRESS = "http://news.qingcheng.example/a/b.html"
NOW = datetime(2021, 3, 13, tzinfo=UTC)
PATIENCE = 30.0  # seconds, after which a test fails instead of hanging


def article(page: str = PAGE, address: str = ADDRESS) -> Capture:
    return capture(address, page)


def long_page(lines: int = 120_000) -> Capture:
    """Return an honest page that takes seconds to read, some 40 µs a line."""
    return article(PAGE.replace("<p>正文</p>", "<p>正<b>文</b>，一" * lines))


def packed(asked: Capture) -> Capture:
    """Return a page as a server sends it that packs what it sends."""
    coding = (b"Content-Encoding", b"gzip")
    return replace(asked, body=gzip.compress(asked.body), headers=(*asked.headers, coding))


@pytest.fixture(params=["copied", "anew"])
def beginning(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have readers begun as copies of this process, or anew."""
    if request.param == "anew":
        monkeypatch.setattr(page_reader, "fork_server", lambda *_: None)
    else:  # whatever threads other tests have left: they sleep
        monkeypatch.setattr(page_reader, "fork_server", reading_process.ForkServer)
    return str(request.param)


@pytest.fixture
def reader(beginning: str) -> Iterator[PageReader]:
    del beginning
    made = PageReader(at_once=2)
    made.open()
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path) -> Iterator[SiteContext]:
    with open_site(tmp_path, bare_site(), now=lambda: NOW) as opened:
        yield opened


def test_an_article_comes_as_if_it_was_read_here(reader: PageReader) -> None:
    there, here = reader.extract(article(), bare_site()), DirectReader().extract(article(), bare_site())
    assert there == here


def test_errors_come_as_they_are(reader: PageReader) -> None:
    with pytest.raises(NotAnArticle, match="empty") as told:
        reader.extract(article(" "), bare_site())
    assert told.value.what == "empty"


def test_what_was_prepared_is_not_read_again(reader: PageReader) -> None:
    asked = article()

    async def prepare() -> None:
        await reader.prepare("extract", asked, bare_site())

    asyncio.run(prepare())
    reader.close()  # nobody could read it now
    assert reader.extract(asked, bare_site()).title == "题目"


@pytest.mark.usefixtures("beginning")
def test_a_page_that_takes_too_long_is_too_costly_and_the_next_one_is_read() -> None:
    reader = PageReader(at_once=1, seconds=0.05)
    reader.open()
    try:
        with pytest.raises(TooCostly, match="its reader ended with"):
            reader.extract(long_page(), bare_site())
        assert reader.extract(article(), bare_site()).title == "题目"
    finally:
        reader.close()


@pytest.mark.usefixtures("beginning")
def test_a_page_that_needs_too_much_memory_is_too_costly_and_the_next_one_is_read() -> None:
    reader = PageReader(at_once=1, memory=200 << 20)
    reader.open()
    try:
        with pytest.raises(TooCostly):
            reader.extract(article(PAGE + "字" * 40_000_000), bare_site())
        assert reader.extract(article(), bare_site()).title == "题目"
    finally:
        reader.close()


@pytest.mark.usefixtures("beginning")
def test_a_page_that_is_being_read_can_be_left() -> None:
    """As SIGTERM and the end of the time do: nobody waits for the page."""
    reader = PageReader(at_once=1)
    reader.open()

    async def leave() -> None:
        task = asyncio.create_task(reader.prepare("extract", long_page(), bare_site()))
        while not reader.is_reading:  # noqa: ASYNC110 - it is begun by another thread, which tells nobody
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert reader.extract(article(), bare_site()).title == "题目"
    reader.close()


def test_a_reader_that_is_free_is_asked_without_a_thread(reader: PageReader) -> None:
    reader.extract(article(), bare_site())
    asked = article()
    asyncio.run(reader.prepare("extract", asked, bare_site()))
    assert not reader._threads._threads  # noqa: SLF001 - nobody else tells
    reader.close()
    assert reader.extract(asked, bare_site()).title == "题目"


class Turns(threading.BoundedSemaphore):
    """Turns for which nobody waits who would wait for ever."""

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002
        """Take a turn."""
        del timeout
        got = super().acquire(blocking=False)
        assert got or not blocking, "waits on the loop for what the loop would give back"
        return got


def test_a_page_that_nobody_prepared_does_not_wait_on_the_loop_for_one_that_is_read_beside_it(
    beginning: str,
) -> None:
    """As a list that is as it was, read by a newer version while another site's page is being read."""
    del beginning
    reader = PageReader(at_once=1)
    reader._turns = Turns(1)  # noqa: SLF001 - a test that waits would wait for ever
    reader.open()
    reader.extract(article(), bare_site())
    asked = packed(long_page(12_000))

    async def both() -> None:
        beside = asyncio.create_task(reader.prepare("extract", asked, bare_site()))
        while not reader.is_reading:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        assert reader.extract(article(), bare_site()).title == "题目"
        await beside

    try:
        asyncio.run(both())
        assert reader.extract(asked, bare_site()).title == "题目"
    finally:
        reader.close()


@pytest.mark.usefixtures("beginning")
def test_what_hangs_a_reader_that_was_free_costs_its_own_page() -> None:
    reader = PageReader(at_once=1, seconds=0.05)
    reader.open()
    try:
        reader.extract(article(), bare_site())
        asked = packed(long_page())
        asyncio.run(reader.prepare("extract", asked, bare_site()))
        assert not reader._threads._threads  # noqa: SLF001 - nobody else tells
        with pytest.raises(TooCostly, match="its reader ended with"):
            reader.extract(asked, bare_site())
        assert reader.extract(article(), bare_site()).title == "题目"
    finally:
        reader.close()


@pytest.mark.usefixtures("beginning")
def test_a_page_that_a_free_reader_reads_can_be_left() -> None:
    reader = PageReader(at_once=1)
    reader.open()
    reader.extract(article(), bare_site())
    [process] = reader._free  # noqa: SLF001 - it does not answer from now on
    inner: Any = process._inner  # noqa: SLF001 - copied or begun anew
    os.kill(inner._pid if hasattr(inner, "_pid") else inner._popen.pid, signal.SIGSTOP)  # noqa: SLF001

    async def leave() -> None:
        task = asyncio.create_task(reader.prepare("extract", article(), bare_site()))
        while not reader.is_reading:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert reader.extract(article(), bare_site()).title == "题目"
    reader.close()


def test_who_closes_a_reader_need_not_wait_for_what_is_read() -> None:
    """As `serve` does at Ctrl-C: a page that hangs its reader holds the end up no longer."""
    reader = PageReader(at_once=1)
    reader._server = reading_process.ForkServer(1 << 30, 5)  # noqa: SLF001 - whatever threads there are
    reader.extract(article(), bare_site())
    [process] = reader._free  # noqa: SLF001 - it hangs from now on
    os.kill(process._inner._pid, signal.SIGSTOP)  # type: ignore[attr-defined] # noqa: SLF001 - to stop it
    told: list[TooCostly] = []

    def read() -> None:
        with pytest.raises(TooCostly) as error:
            reader.extract(article(), bare_site())
        told.append(error.value)

    others = [threading.Thread(target=read, daemon=True) for _ in range(2)]  # the second waits for the first
    for other in others:
        other.start()
    while not reader.is_reading:
        others[0].join(0.001)
    reader.close()
    for other in others:
        other.join(PATIENCE)
    assert len(told) == len(others)


def test_what_was_too_costly_is_kept_told_and_asked_for_no_more(context: SiteContext) -> None:
    reader = PageReader(at_once=1, seconds=0.05)
    asked = long_page()
    ref = context.captures.append(asked)
    replay = Replay(context, reader)
    replay.take(asked, ref)
    reader.close()
    known = next(context.state.articles.every(context.name))
    assert (known.status, known.due) == (Status.FAILED, None)
    assert (known.error or "").startswith("TooCostly: too costly")
    assert list(jobs(context)) == [], "this version of the reader tries it again"
    with context.state.transaction():
        context.state.articles.put(replace(known, extractor=extractor.VERSION - 1))
    assert [job.known.key for job in jobs(context)] == [known.key]


def test_a_capture_that_ended_the_program_twice_is_not_looked_at_again(context: SiteContext) -> None:
    """A program that was ended once may have been killed by anybody."""
    asked = article()
    ref = context.captures.append(asked)
    assert Begun(context.state, context.name).begin(ref)  # and there the program ends
    assert Begun(context.state, context.name).begin(ref)  # and once more
    ingester = Ingester(context)
    known = Replay(context)._known(asked)  # noqa: SLF001 - as a start makes it
    outcome = ingester.article(known, asked, ref)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, TooCostly)
    assert [left.number for left in Replay(context).all(lambda _: None)] == []
    other = article(address="http://news.qingcheng.example/a/c.html")
    assert not isinstance(Ingester(context).article(known, other, context.captures.append(other)), Failed)


def test_what_a_run_was_ended_by_counts_as_begun_once(context: SiteContext) -> None:
    """A run makes no note: its last capture lies on the shelf, unknown to the state."""
    run = Ingester(replace(context, run=1))
    for each in (article(address="http://news.qingcheng.example/a/c.html"), article()):
        asyncio.run(run.prepare(each, context.captures.append(each)))  # and there the program ends
    assert context.state.notes.get("begun", context.name) is None
    start = Replay(context)
    lying = start.all(lambda _: None)
    assert next(lying).capture.url != ADDRESS
    asyncio.run(start.prepare(next(lying)))  # and once more
    assert len(list(Replay(context).all(lambda _: None))) == 1
    told = {known.url: known.error for known in context.state.articles.every(context.name)}
    assert [url for url, error in told.items() if error and "TooCostly" in error] == [ADDRESS]
    assert len(told) == 2


def test_a_list_that_ended_the_program_twice_is_no_list(context: SiteContext) -> None:
    asked = replace(capture("http://news.qingcheng.example/ywsd/index.shtml", PAGE), kind=Kind.LISTING)
    ref = context.captures.append(asked)
    for _ in range(2):
        assert Begun(context.state, context.name).begin(ref)
    with pytest.raises(TooCostly):
        Ingester(context).listing(asked, ref)
    assert [left.number for left in Replay(context).all(lambda _: None)] == []


def list_page() -> Capture:
    rows = "".join(f'<li><a href="/info/1/{n}.htm">文章{n}号</a> 2022-03-0{n}</li>' for n in range(1, 6))
    asked = capture("http://news.qingcheng.example/x.htm", f"<html><body><ul>{rows}</ul></body></html>")
    return replace(asked, kind=Kind.LISTING)


def test_a_list_that_was_prepared_is_not_read_again(reader: PageReader, tmp_path: Path) -> None:
    asked = list_page()
    with open_site(tmp_path, site(family="vsb"), now=lambda: NOW) as context:
        ref, ingester = context.captures.append(asked), Ingester(context, reader)
        asyncio.run(ingester.prepare(asked, ref))
        reader.close()  # nobody could read it now
        assert ingester.listing(asked, ref, stands_for=asked.url).fresh == 5


def test_lists_are_read_there_too(reader: PageReader) -> None:
    asked, of_site = list_page(), site(family="vsb")
    assert reader.listing(asked, of_site, None) == DirectReader().listing(asked, of_site, None)


def test_a_reader_that_somebody_ended_costs_no_page(reader: PageReader) -> None:
    reader.extract(article(), bare_site())
    [process] = reader._free  # noqa: SLF001 - as the system does, where it has no memory left
    process.kill()
    assert reader.extract(article(), bare_site()).title == "题目"


def test_where_no_process_copies_itself_any_more_readers_are_begun_anew() -> None:
    reader = PageReader(at_once=1)
    reader._server = reading_process.ForkServer(1 << 30, 5)  # noqa: SLF001 - whatever threads there are
    os.kill(reader._server._pid, signal.SIGKILL)  # noqa: SLF001 - as the system does
    assert reader.extract(article(), bare_site()).title == "题目"
    reader.close()


def test_a_copy_has_nothing_open_of_what_its_original_has(tmp_path: Path) -> None:
    """Else a lock would be held, and a pipe be open, beyond the end of the run."""
    with (tmp_path / "lock").open("w") as held:
        server = reading_process.ForkServer(1 << 30, 5)
        reader = server.begin("extract")
        assert not isinstance(reader.ask(("extract", article(), bare_site()), 60), str)  # so it is at work
        pids = (server._pid, reader._inner._pid)  # type: ignore[attr-defined] # noqa: SLF001 - to look at them
        opened = [str(one.readlink()) for pid in pids for one in Path(f"/proc/{pid}/fd").iterdir()]
        reader.kill()
        server.close()
    assert held.name not in opened
    assert {one.partition(":")[0] for one in opened} == {os.devnull, "socket"}


def test_a_process_with_threads_is_not_copied() -> None:
    """What another thread holds at that moment, the copy would hold for ever."""
    goes_on = threading.Event()
    other = threading.Thread(target=goes_on.wait)
    other.start()
    try:
        assert reading_process.fork_server(1 << 30, 5) is None
    finally:
        goes_on.set()
        other.join()


def test_each_page_is_read_as_one_of_its_own_site(reader: PageReader) -> None:
    """A site goes to its reader once; the next site's pages are not read by the rules of the one before."""
    here, there = bare_site(), replace(bare_site(), timezone=ZoneInfo("UTC"))
    for each in (here, here, there, there, here):
        assert reader.extract(article(), each).published == extractor.extract(article(), each).published
    assert extractor.extract(article(), here).published != extractor.extract(article(), there).published
