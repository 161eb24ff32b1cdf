"""The pages of an archive under test: asked in process, or served over loopback for a browser."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import uvicorn

from scraper.app.reading_room import ReadingRoom
from scraper.extractor import extract
from scraper.serve.app import make_app
from scraper.serve.server import address_of, listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from archiving import Archive

    from scraper.audit.history import Read

HOST = "http://127.0.0.1:8023"


class Client:
    """Asks the pages of an archive in process; redirects are answers like others."""

    def __init__(self, archive: Archive, *, remote_pictures: bool = False, read: Read = extract) -> None:
        self.room = ReadingRoom(archive.config, read)
        self.room.refresh()
        self._app = make_app(self.room, remote_pictures=remote_pictures)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return asyncio.run(
            self._get(path, {name.replace("_", "-"): value for name, value in headers.items()})
        )

    async def _get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            return await client.get(path, headers=headers)


class _Server(uvicorn.Server):
    """Says when it answers, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = threading.Event()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            self.begun.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()


@contextmanager
def served(archive: Archive, *, remote_pictures: bool = False) -> Iterator[str]:
    """Serve the pages on a free port; return their address, without the last slash."""
    app = make_app(ReadingRoom(archive.config), remote_pictures=remote_pictures)
    with listen(0) as listening:
        server = _Server(uvicorn.Config(app, log_config=None, lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            server.begun.wait()
            yield address_of(listening).rstrip("/")
        finally:
            server.should_exit = True
            thread.join()
