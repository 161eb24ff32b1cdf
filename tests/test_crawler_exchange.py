"""What becomes of one exchange, whatever the server does."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import AGENT, fetch, network, request, site

from scraper.crawler import redirects
from scraper.errors import TooLarge, Unreachable

if TYPE_CHECKING:
    from faultserver import Answer

    from scraper.errors import FetchError
    from scraper.model import Capture


def ask(answer: Answer, **settings: float) -> Capture:
    async def story() -> Capture:
        async with FaultServer() as server:
            server.on("/a", answer)
            return await fetch(server, "/a", **settings)

    return virtualtime.run(story())


def failure(kind: type[FetchError], answer: Answer, **settings: float) -> str:
    with pytest.raises(kind) as caught:
        ask(answer, **settings)
    return str(caught.value)


def test_a_capture_is_what_came_unaltered() -> None:
    body = fault.compressed("gzip", "正文".encode("gbk"))
    headers: list[tuple[str | bytes, str | bytes]] = [
        ("cOnTeNt-TyPe", "text/html"),
        (b"X-Raw", b"\xc4\xcf\xbf\xaa"),
        ("Content-Encoding", "gzip"),
    ]
    capture = ask(fault.reply(200, body, headers))
    assert capture.body == body
    assert capture.headers[:2] == ((b"cOnTeNt-TyPe", b"text/html"), (b"X-Raw", b"\xc4\xcf\xbf\xaa"))
    assert (capture.status, capture.reason, capture.ip_address) == (200, "OK", "127.0.0.1")
    assert capture.fetched_at == virtualtime.BEGINNING
    assert capture.url == capture.final_url
    assert capture.hops == ()


def test_chunks_are_joined() -> None:
    assert ask(fault.chunked(b"one", b"two")).body == b"onetwo"


def test_the_header_lines_that_were_sent_are_kept() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.text("x"))
            capture = await fetch(server, "/a")
            sent = {name.decode().lower(): value.decode() for name, value in capture.request_headers}
            assert sent == server.seen[0].headers
            assert sent["user-agent"] == AGENT == "nankai-archive/9.9 (+https://example.org/we)"
            assert sent["accept-encoding"] == "gzip, deflate, br, zstd"

    virtualtime.run(story())


def test_cookies_are_not_kept() -> None:
    """Nor even read: a year of five thousand digits is too much for the standard library's jar."""

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.text("x", ("Set-Cookie", "a=b; expires=1-1-" + "9" * 5_000)))
            place = site(server.url("/"))
            async with network(place) as source:
                await source.fetch(request(server.url("/a")), place)
                await source.fetch(request(server.url("/a")), place)
            assert [("cookie" in seen.headers) for seen in server.seen] == [False, False]
            assert [seen.connection for seen in server.seen] == [1, 1]

    virtualtime.run(story())


@pytest.mark.parametrize(
    "path",
    [
        "/ywsd/system/count//0003000/000000000000/000/000/c0003000000000000000_000000001.shtml",
        "/a//b/?x=%2f%2F&y=[1]'!|",
        "/%C4%CF%BF%AA.htm",
        "/a%zz",
    ],
)
def test_every_byte_of_an_address_goes_out_as_it_stands(path: str) -> None:
    async def story() -> str:
        async with FaultServer() as server:
            url = server.url(path)
            server.on(url.partition(f":{server.port}")[2], fault.text("x"))
            await fetch(server, path)
            return server.seen[0].target

    assert virtualtime.run(story()) == path.replace("|", "%7C")


def test_chinese_in_an_address_goes_out_as_utf_8() -> None:
    async def story() -> str:
        async with FaultServer() as server:
            server.on("/%E5%8D%97", fault.text("x"))
            await fetch(server, "/南")
            return server.seen[0].target

    assert virtualtime.run(story()) == "/%E5%8D%97"


async def reset_within(connection: fault.Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    await asyncio.sleep(1)  # of the loop's own clock
    at_once = struct.pack("ii", 1, 0)
    connection.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    connection.reset()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fault.dropped(), id="dropped before the first byte"),
        pytest.param(fault.raw(b""), id="closed before the first byte"),
        pytest.param(fault.raw(b"HTTP/1.1 200 OK\r\nConte"), id="closed within the head"),
        pytest.param(fault.raw(b"\x16\x03\x01 no HTTP at all"), id="not HTTP"),
        pytest.param(fault.dropped_within(b"half", 8), id="shorter than announced"),
        pytest.param(reset_within, id="reset within a body of no length"),
        pytest.param(fault.chunks_broken(b"one", b"two"), id="no last chunk"),
        pytest.param(
            fault.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"), id="no chunk size"
        ),
        pytest.param(
            fault.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            id="two lengths",
        ),
        pytest.param(fault.stalled(), id="stalled after the head"),
        pytest.param(fault.stalled(b"half"), id="stalled within the body"),
        pytest.param(fault.drip(0.5), id="a drip"),
    ],
)
def test_a_broken_answer_is_no_answer(answer: Answer) -> None:
    assert failure(Unreachable, answer).startswith("no answer: http://127.0.0.1:")


@pytest.mark.parametrize(
    "line",
    [
        *(
            b": no name",
            b"no colon",
            b"Na me: x",
            b"N\xc4\xcf: x",
            b"X-Nul: a\0b",
            b"X: a\x0bb",
            b" first of all",
        ),
        *(b"no colon\r\n goes on", b"", b"HTTP/1.1 200 OK"),
    ],
)
def test_an_illegal_header_line_is_skipped(line: bytes) -> None:
    before = b"HTTP/1.1 200 OK\r\n" + line + b"\r\n" * bool(line)
    capture = ask(fault.raw(before + b"Content-Length : 4\r\nX-Last: \xc4\xcf\r\n\r\ngood"))
    assert capture.body == b"good"
    assert capture.headers == ((b"Content-Length", b"4"), (b"X-Last", b"\xc4\xcf"))


def test_bare_line_feeds_end_header_lines_too() -> None:
    capture = ask(fault.raw(b"HTTP/1.1 200 OK\nContent-Length: 4\nX: y\n\ngood"))
    assert (capture.body, capture.header("x")) == (b"good", "y")


def test_a_header_line_may_go_on_below() -> None:
    assert ask(fault.raw(b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n")).header("x") == "a b"


def test_an_interim_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nno colon\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 4\r\n\r\ngood"
    assert ask(fault.raw(early + final)).body == b"good"


def test_a_head_may_come_byte_by_byte() -> None:
    async def dribble(connection: fault.Connection) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 4\r\n\r\ngood":
            await connection.send(bytes([byte]))
            await asyncio.sleep(0.01)  # of the loop's own clock

    assert ask(dribble).body == b"good"


def test_a_body_that_looks_like_a_head_stays_as_it_is() -> None:
    body = b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n: x\r\n\r\n"
    assert ask(fault.chunked(body, body)).body == body * 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_body_that_breaks_off_is_no_answer(encoding: str) -> None:
    whole = fault.compressed(encoding, bytes(range(256)) * 50)
    answer = fault.reply(200, whole[: len(whole) // 2], [("Content-Encoding", encoding)])
    assert "no answer" in failure(Unreachable, answer)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_given_up(encoding: str) -> None:
    failure(TooLarge, fault.bomb(encoding, 3_000_000), max_bytes=1_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_given_up_while_it_comes(encoding: str) -> None:
    """What is enough to see it came; the rest never does."""
    body = fault.compressed(encoding, bytes(9_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 999999\r\n\r\n" % encoding.encode()

    async def half(connection: fault.Connection) -> None:
        await connection.send(head + body[: len(body) * 2 // 3])
        await connection.reader.read()
        connection.writer.close()

    failure(TooLarge, half, max_bytes=1_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_inflates_within_the_bound_is_kept(encoding: str) -> None:
    assert len(ask(fault.bomb(encoding, 900_000), max_bytes=1_000_000).body) < 5_000


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fault.reply(200, bytes(1_001)), id="announced"),
        pytest.param(fault.chunked(bytes(600), bytes(600)), id="in chunks"),
        pytest.param(fault.raw(b"HTTP/1.0 200 OK\r\n\r\n" + bytes(1_001)), id="until the end"),
        pytest.param(fault.dropped_within(b"", 10**12), id="announced and never sent"),
        pytest.param(fault.reply(200, b"", [("X", "a" * 70_000)]), id="one long header line"),
        pytest.param(fault.reply(200, b"", [("X", "a")] * 300), id="many header lines"),
        pytest.param(fault.endless_head(), id="header lines without end"),
    ],
)
def test_what_is_over_the_bound_is_given_up(answer: Answer) -> None:
    assert failure(TooLarge, answer, max_bytes=1_000).startswith("given up: http://127.0.0.1:")


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_what_leads_elsewhere_has_no_large_body(code: int) -> None:
    """Every hop is kept beside the answer: eight of 64 MiB are no page."""
    long = fault.reply(code, bytes(redirects.MOST_BYTES + 1), [("Location", "/b")])
    assert "its body has" in failure(TooLarge, long)
    short = fault.reply(code, bytes(300_000), [("Location", "/b")])
    assert ask(short).status == 404


def test_a_body_of_just_the_bound_is_kept() -> None:
    assert len(ask(fault.reply(200, bytes(1_000)), max_bytes=1_000).body) == 1_000


def test_the_deadline_is_for_the_exchange_as_a_whole() -> None:
    """A byte every half second keeps every single wait short, and is given up all the same."""

    async def story() -> float:
        async with FaultServer() as server:
            server.on("/a", fault.drip(0.5))
            with pytest.raises(Unreachable, match="not whole within 30 s"):
                await fetch(server, "/a")
            return virtualtime.monotonic()

    assert virtualtime.run(story()) == pytest.approx(30)


def test_nobody_listening_is_no_answer() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            port = server.port
        gone = FaultServer(_port=port)
        with pytest.raises(Unreachable, match="no answer"):
            await fetch(gone, "/a")

    virtualtime.run(story())


def test_requests_and_bytes_are_counted_failures_too() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.reply(200, b"12345"))
            server.on("/b", fault.dropped_within(b"123", 9))
            place = site(server.url("/"))
            async with network(place) as source:
                await source.fetch(request(server.url("/a")), place)
                with pytest.raises(Unreachable):
                    await source.fetch(request(server.url("/b")), place)
                traffic = source.traffic(place)
            assert traffic.requests == 2
            assert traffic.bytes == 2 * len("Content-Length: 5\r\n") + 5 + 3

    virtualtime.run(story())
