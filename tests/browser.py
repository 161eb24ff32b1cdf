"""A Chromium of the machine's own, in which pages are looked at; without it tests are skipped by name."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@contextmanager
def opened() -> Iterator[Browser]:
    """Open the browser; it asks nobody on its own account.

    Playwright then holds the thread's event loop: what needs one of its own, such as a run, comes before.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


class Stranger:
    """Another server on this machine, which notes whoever connects: pages that are inert never do."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.visitors = 0
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}"

    def _hear(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visitors += 1
            visitor.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Run such a server."""
    running = Stranger()
    try:
        yield running
    finally:
        running.close()
