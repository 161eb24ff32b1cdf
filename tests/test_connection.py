"""One connection by itself: what it says when there is no other side any more."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest

from scraper.crawler.connection import Connection, LostPlace, NotConnected, WireError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REQUEST = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def talk(story: Callable[[Connection], Awaitable[None]], *, answered: bool) -> None:
    """Tell a story of a connection to a server that answers once, or not at all, and then is gone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answered:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def tell() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            connection = await Connection.connect("127.0.0.1", server.sockets[0].getsockname()[1])
            try:
                if answered:
                    await connection.ask(b"GET", REQUEST)
                while not connection._is_over:  # noqa: ASYNC110, SLF001 - it tells nobody
                    await asyncio.sleep(0)
                await story(connection)
            finally:
                connection.abort()

    asyncio.run(tell())


@pytest.mark.parametrize(("answered", "error"), [(False, WireError), (True, LostPlace)])
def test_who_asks_over_a_connection_that_was_lost_is_told_at_once(
    answered: bool,  # noqa: FBT001 - a parameter of the test
    error: type[WireError],
) -> None:
    async def ask(connection: Connection) -> None:
        asked = asyncio.ensure_future(connection.ask(b"GET", REQUEST))
        await asyncio.sleep(0)
        assert asked.done(), "waits for what cannot come"
        with pytest.raises(error, match="the server closed the connection"):
            asked.result()

    talk(ask, answered=answered)


def test_no_handshake_is_begun_over_a_connection_that_was_lost() -> None:
    async def secure(connection: Connection) -> None:
        tried = asyncio.ensure_future(connection.secure(ssl.create_default_context(), "a.example"))
        await asyncio.sleep(0)
        assert tried.done(), "waits for what cannot come"
        with pytest.raises(NotConnected, match="the server closed the connection"):
            tried.result()

    talk(secure, answered=False)


@pytest.mark.parametrize("name", ["a..example", ".example", "x" * 64 + ".example"])
def test_a_name_that_tls_cannot_ask_for_is_not_connected_to(name: str) -> None:
    """As a page may show a picture of it: a proxy connects, and resolves no name here."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.transport.abort()

    async def story() -> None:
        server = await asyncio.start_server(hear, "127.0.0.1", 0)
        async with server:
            connection = await Connection.connect("127.0.0.1", server.sockets[0].getsockname()[1])
            try:
                with pytest.raises(NotConnected):
                    await connection.secure(ssl.create_default_context(), name)
            finally:
                connection.abort()

    asyncio.run(story())
