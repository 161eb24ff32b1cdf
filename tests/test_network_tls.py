"""Over TLS: the certificate is held against the name, and the address that was resolved is connected to."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest
from networkworld import address, everything_is_here, network, request, site

from scraper.crawler.client import Client
from scraper.crawler.connection import Connection
from scraper.errors import Unreachable
from scraper.model import TlsSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from scraper.model import Capture

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl to make a certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for news.example, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=DNS:news.example,IP:127.0.0.1"
    wanted = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -addext {names}"
    subprocess.run(  # noqa: S603 - a fixed command
        [str(OPENSSL), *wanted.split(), "-keyout", key, "-out", made], check=True, capture_output=True
    )
    return made, key


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood")
    await writer.drain()
    writer.close()


def ask(
    certificate: tuple[Path, Path],
    host: str,
    trusted: ssl.SSLContext,
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = serve,
) -> Capture:
    names: list[str | None] = []

    async def story() -> Capture:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.sni_callback = lambda _, name, __: names.append(name)
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        home = address(f"https://{host}:{server.sockets[0].getsockname()[1]}/")
        place = site(home)
        async with server, network(place, tls=trusted, resolve=everything_is_here) as source:
            return await source.fetch(request(home), place)

    capture = asyncio.run(story())
    assert names == [host]
    return capture


def test_a_trusted_certificate_for_the_name_is_taken(certificate: tuple[Path, Path]) -> None:
    capture = ask(certificate, "news.example", ssl.create_default_context(cafile=certificate[0]))
    assert (capture.body, capture.ip_address) == (b"good", "127.0.0.1")


def test_a_certificate_for_another_name_is_not(certificate: tuple[Path, Path]) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed") as caught:
        ask(certificate, "other.example", ssl.create_default_context(cafile=certificate[0]))
    assert not caught.value.heals


def test_a_certificate_that_nobody_signed_is_not(certificate: tuple[Path, Path]) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed"):
        ask(certificate, "news.example", ssl.create_default_context())


def test_plain_words_where_tls_was_expected_are_no_answer() -> None:
    done = asyncio.Event()

    async def blurt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()
        done.set()

    async def story() -> None:
        server = await asyncio.start_server(blurt, "127.0.0.1", 0)
        home = address(f"https://news.example:{server.sockets[0].getsockname()[1]}/")
        place = site(home)
        async with server, network(place) as source:
            with pytest.raises(Unreachable) as caught:
                await source.fetch(request(home), place)
            await done.wait()
        assert caught.value.heals

    asyncio.run(story())


def test_a_connection_whose_end_was_heard_while_it_was_idle_is_left_for_a_new_one(
    certificate: tuple[Path, Path],
) -> None:
    async def story() -> None:
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(*certificate)
        closed = asyncio.Queue[None]()

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
            writer.close()
            await reader.read()  # until the other side has closed, too
            closed.put_nowait(None)

        server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=shown)
        home = address(f"https://news.example:{server.sockets[0].getsockname()[1]}/")
        place = site(home)
        trusted = ssl.create_default_context(cafile=certificate[0])
        async with server, network(place, tls=trusted) as source:
            for _ in range(2):
                assert (await source.fetch(request(home), place)).body == b"good"
                await closed.get()
                await asyncio.sleep(0)

    asyncio.run(story())


def test_what_nobody_has_read_yet_behind_a_large_body_is_not_taken_for_the_next_answer(
    certificate: tuple[Path, Path],
) -> None:
    """The body is taken late, so that reading rests; what came behind it lies undeciphered."""
    size = (1 << 20) + 100

    async def story() -> None:
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(*certificate)
        rests, sent = asyncio.Event(), asyncio.Event()

        async def two(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
            await rests.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse")
            await writer.drain()
            sent.set()
            await reader.read()
            writer.transport.abort()

        server = await asyncio.start_server(two, "127.0.0.1", 0, ssl=shown)
        async with server:
            connection = await Connection.connect("127.0.0.1", server.sockets[0].getsockname()[1])
            await connection.secure(ssl.create_default_context(cafile=certificate[0]), "news.example")
            await connection.ask(b"GET", b"GET / HTTP/1.1\r\n\r\n")
            while not connection._answers.whole:  # noqa: ASYNC110, SLF001 - it tells nobody
                await asyncio.sleep(0)
            rests.set()
            await sent.wait()
            await asyncio.sleep(0)
            assert sum([len(part) async for part in connection.body()]) == size
            assert not connection.is_quiet
            connection.abort()

    asyncio.run(story())


async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do as a proxy does at CONNECT: whatever the host is called, it is on this machine."""
    head = await reader.readuntil(b"\r\n\r\n")
    there, back = await asyncio.open_connection("127.0.0.1", int(head.split()[1].rpartition(b":")[2]))
    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")

    async def carry(one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
        while data := await one.read(65_536):
            other.write(data)
        other.close()

    try:
        await asyncio.gather(carry(reader, back), carry(there, writer))
    finally:
        back.transport.abort()
        writer.transport.abort()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_carries_what_only_the_host_can_read(certificate: tuple[Path, Path], scheme: str) -> None:
    """Over https the tunnel itself goes over TLS, too, and the proxy has to show who it is."""
    heads: list[bytes] = []

    async def two(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + bytes(200_000))
        await reader.read()
        writer.transport.abort()

    async def story() -> list[Capture]:
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(*certificate)
        host = await asyncio.start_server(two, "127.0.0.1", 0, ssl=shown)
        proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0, ssl=shown if scheme == "https" else None)
        way = f"{scheme}://me:secret@127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        home = address(f"https://news.example:{host.sockets[0].getsockname()[1]}/")
        place = site(home)
        trusted = ssl.create_default_context(cafile=certificate[0])
        async with host, proxy, network(place, tls=trusted, proxy=way) as source:
            return [await source.fetch(request(home), place) for _ in range(2)]

    assert [len(capture.body) for capture in asyncio.run(story())] == [200_000] * 2
    assert not any(b"secret" in head or b"Proxy" in head for head in heads)


def test_left_to_itself_it_trusts_somebody() -> None:
    async def story() -> ssl.SSLContext:
        async with Client(allow_private=False) as client:
            return client.trust.context(TlsSettings())

    context = asyncio.run(story())
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 0
