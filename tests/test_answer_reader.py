"""Heads and chunks that browsers take though they are not by the letter: had, counted to their last byte."""

from __future__ import annotations

import asyncio
import re

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from hypothesis import given
from hypothesis import strategies as st
from networkworld import fetch, network, request, site

from scraper.crawler import answer_reader
from scraper.crawler.answer_reader import MOST, AnswerReader
from scraper.errors import TooLarge, Unreachable

PAGE = "云岫书院的银杏黄了。".encode()
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SIZED = OK + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE


def kept_open(data: bytes) -> fault.Answer:
    async def answer(connection: fault.Connection) -> None:
        await connection.send(data)

    return answer


OPEN = {
    "chunked, told twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunked, chunked": OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKS,
    "identity, chunked": OK + b"Transfer-Encoding: identity, chunked\r\n\r\n" + CHUNKS,
    "chunks and a wrong length": OK + b"Content-Length: 4\r\nTransfer-Encoding: Chunked\r\n\r\n" + CHUNKS,
    "chunks and two lengths": OK
    + b"Content-Length: 4\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    + CHUNKS,
    "identity": OK + b"Transfer-Encoding: identity\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "an empty coding": OK + b"Transfer-Encoding:\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "one length twice": OK + b"Content-Length: %d, %d\r\n\r\n" % (len(PAGE), len(PAGE)) + PAGE,
    "an empty length and a good one": OK
    + b"Content-Length:\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
    + PAGE,
    "a blank line first": b"\r\n" + SIZED,
    "two blank lines, bare": b"\n\n" + SIZED,
    "HTTP/2": SIZED.replace(b"HTTP/1.1", b"HTTP/2"),
    "HTTP/2.0": SIZED.replace(b"HTTP/1.1", b"HTTP/2.0"),
    "HTTP/1.2": SIZED.replace(b"HTTP/1.1", b"HTTP/1.2"),
    "small letters": SIZED.replace(b"HTTP/1.1", b"http/1.1"),
    "two blanks": SIZED.replace(b" 200 OK", b"  200  OK"),
    "no reason": SIZED.replace(b" 200 OK", b" 200"),
    "a reason with a control character": SIZED.replace(b" 200 OK", b" 200 O\x01K"),
    "chunks that end in LF": OK + b"Transfer-Encoding: chunked\r\n\r\n%x\n%b\n0\n\n" % (len(PAGE), PAGE),
    "sizes with blanks and extensions": OK
    + b'Transfer-Encoding: chunked\r\n\r\n 00%X ;name="v" \r\n%b\r\n0;x\r\n\r\n' % (len(PAGE), PAGE),
    "trailers": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-2] + b"X-After: 1\r\nno colon\r\n\r\n",
}
CLOSED = {
    "an empty length": OK + b"Content-Length: \r\n\r\n" + PAGE,
    "a length that is none": OK + b"Content-Length: many\r\n\r\n" + PAGE,
    "a negative length": OK + b"Content-Length: -1\r\n\r\n" + PAGE,
    "no length": OK + b"\r\n" + PAGE,
    "no line behind the last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-2],
    "an early hint first": b"HTTP/1.1 103 Early Hints\r\n\r\n" + SIZED,
}


def had(answer: fault.Answer) -> bytes:
    async def story() -> bytes:
        async with FaultServer() as server:
            server.on("/a", answer)
            server.on("/b", fault.text("next"))
            place = site(server.url("/"))
            async with network(place) as source:
                capture = await source.fetch(request(server.url("/a")), place)
                assert (await source.fetch(request(server.url("/b")), place)).body == b"next"
                return capture.body

    return virtualtime.run(story())


@pytest.mark.parametrize("name", OPEN)
def test_an_odd_answer_on_a_connection_that_stays_open_is_had(name: str) -> None:
    assert had(kept_open(OPEN[name])) == PAGE


@pytest.mark.parametrize("name", CLOSED | OPEN)
def test_an_odd_answer_on_a_connection_that_is_closed_is_had(name: str) -> None:
    assert had(fault.raw((CLOSED | OPEN)[name])) == PAGE


@pytest.mark.parametrize("name", CLOSED | OPEN)
@pytest.mark.parametrize("step", [1, 3])
def test_it_does_not_matter_in_which_pieces_an_answer_comes(name: str, step: int) -> None:
    data = (CLOSED | OPEN)[name]
    whole, pieces = AnswerReader(), AnswerReader()
    whole.asked(b"GET")
    pieces.asked(b"GET")
    at_once = whole.take(data)
    in_parts = [part for at in range(0, len(data), step) for part in pieces.take(data[at : at + step])]
    whole.end()
    pieces.end()
    assert b"".join(in_parts) == b"".join(at_once) == PAGE
    assert pieces.head == whole.head is not None
    assert pieces.whole
    assert not pieces.left_over


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nabc\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1" + b" " * 5_000 + b"\r\na\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
        OK + b"Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + SIZED,
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
    ],
)
def test_what_nobody_could_read_is_no_answer(data: bytes) -> None:
    with pytest.raises(Unreachable):
        had(fault.raw(data))


@given(st.binary(max_size=300), st.integers(1, 40))
def test_no_bytes_whatever_break_the_reader(data: bytes, step: int) -> None:
    for head in (
        b"",
        OK + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Content-Length: 9\r\n\r\n",
    ):
        reader = AnswerReader()
        reader.asked(b"GET")
        message = head + data
        for at in range(0, len(message), step):
            reader.take(message[at : at + step])
        reader.end()
        assert reader.whole or reader.fault


ENDLESS = {
    "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "blank lines": (b"", b"\r\n"),
    "a line": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-2], b"X-After: 1\r\n"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_counts_for_nothing_and_does_not_end_is_given_up(name: str) -> None:
    first, again = ENDLESS[name]

    async def send(connection: fault.Connection) -> None:
        await connection.send(first)
        for _ in range(2 * MOST // len(again)):
            await connection.send(again)

    with pytest.raises(TooLarge, match="its header lines do not end"):
        had(send)


@pytest.mark.parametrize("name", ENDLESS)
def test_no_more_is_passed_over_whatever_the_pieces(name: str) -> None:
    first, again = ENDLESS[name]
    message = first + again * (2 * MOST // len(again))
    for step in (len(again), 4_097, len(message)):
        reader = AnswerReader()
        reader.asked(b"GET")
        for at in range(0, len(message), step):
            reader.take(message[at : at + step])
        assert reader.is_endless


class Counted:
    """A pattern that counts the bytes it is given to look through."""

    def __init__(self) -> None:
        """Begin with none."""
        self.bytes = 0

    def search(self, data: bytes, start: int) -> re.Match[bytes] | None:
        """Look for the end of a head."""
        self.bytes += len(data) - start
        return re.compile(rb"\r?\n\r?\n").search(data, start)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n"])
def test_a_head_that_comes_byte_by_byte_is_looked_through_once(
    end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_reader, "_END", looked := Counted())
    reader = AnswerReader()
    reader.asked(b"GET")
    head = b"HTTP/1.1 204 OK\r\nX: " + b"x" * 5_000 + end
    for byte in head:
        reader.take(bytes([byte]))
    assert reader.whole
    assert looked.bytes < 5 * len(head)


def test_a_value_that_begins_on_the_next_line_has_no_blank_before_it() -> None:
    reader = AnswerReader()
    reader.asked(b"GET")
    reader.take(b"HTTP/1.1 302 Found\r\nLocation:\r\n http://a.example/ \r\nContent-Length: 0\r\n\r\n")
    assert reader.head is not None
    assert reader.head.headers[0] == (b"Location", b"http://a.example/")


# ── what comes after an answer ────────────────────────────────────────────────────────────────────────────

FALSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"


def followed_by(answer: bytes, more: bytes, *, after: float | None = None) -> fault.Answer:
    """Answer, and send more: at once, or after some seconds."""

    async def send(connection: fault.Connection) -> None:
        if after is None:
            await connection.send(answer + more)
            return
        await connection.send(answer)
        await asyncio.sleep(after)
        await connection.send(more)

    return send


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(SIZED, id="of known length"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS, id="in chunks"),
        pytest.param(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", id="without a body"),
        pytest.param(b"HTTP/1.1 204 Nothing\r\n\r\n", id="204"),
    ],
)
@pytest.mark.parametrize("more", [FALSE, b"x", b"\r\n", FALSE * 3])
@pytest.mark.parametrize("after", [None, 0.5])
def test_what_follows_an_answer_is_nobodys(answer: bytes, more: bytes, after: float | None) -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", followed_by(answer, more, after=after))
            server.on("/b", fault.text("true"))
            place = site(server.url("/"))
            async with network(place) as source:
                await source.fetch(request(server.url("/a")), place)
                await asyncio.sleep(2 * (after or 0))
                assert (await source.fetch(request(server.url("/b")), place)).body == b"true"
                assert (await source.fetch(request(server.url("/b")), place)).body == b"true"
            assert [seen.connection for seen in server.seen] == [1, 2, 2]

    virtualtime.run(story())


def test_an_answer_on_a_connection_that_had_one_is_doubted_where_more_comes_and_asked_for_anew() -> None:
    """The more may be the answer to this very request, behind one that was left over from the last."""

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.text("first"))
            server.on("/b", kept_open(FALSE + SIZED), kept_open(SIZED))
            place = site(server.url("/"))
            async with network(place, retries=0) as source:
                await source.fetch(request(server.url("/a")), place)
                assert (await source.fetch(request(server.url("/b")), place)).body == PAGE
            assert [seen.connection for seen in server.seen] == [1, 1, 2]

    virtualtime.run(story())


def test_an_article_that_always_has_more_behind_it_is_had() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.text("first"))
            server.on("/b", kept_open(SIZED + FALSE))
            place = site(server.url("/"))
            async with network(place, retries=0) as source:
                await source.fetch(request(server.url("/a")), place)
                assert (await source.fetch(request(server.url("/b")), place)).body == PAGE
            assert server.asked("/b") == 2

    virtualtime.run(story())


def test_a_connection_that_was_closed_meanwhile_costs_no_failure_and_no_pause() -> None:
    """A server that closes just when it is asked again: once more, over a new connection."""

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.text("first"))
            server.on("/b", fault.raw(b""), fault.text("second"))
            place = site(server.url("/"))
            async with network(place, retries=0) as source:
                await source.fetch(request(server.url("/a")), place)
                assert (await source.fetch(request(server.url("/b")), place)).body == b"second"
            assert [seen.came for seen in server.seen] == pytest.approx([0, 0, 0])

    virtualtime.run(story())


def test_a_connection_whose_end_was_heard_while_it_was_idle_is_left_for_a_new_one() -> None:
    """As servers do that keep connections open for a shorter time than a site's delay."""

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.raw(SIZED))
            place = site(server.url("/"))
            async with network(place, retries=0) as source:
                for _ in range(2):
                    assert (await source.fetch(request(server.url("/a")), place)).body == PAGE
                    await asyncio.sleep(1)
            assert [seen.connection for seen in server.seen] == [1, 2]

    virtualtime.run(story())


def test_203_is_an_answer() -> None:
    async def story() -> int:
        async with FaultServer() as server:
            server.on("/a", fault.reply(203, b"x"))
            return (await fetch(server, "/a")).status

    assert virtualtime.run(story()) == 203
