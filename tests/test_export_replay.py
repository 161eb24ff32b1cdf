"""A WACZ opened by replayweb.page's own build, in a Chromium: the archived pages are shown as they were."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive
from browser import needs_chromium, opened
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from scraper.app.exporting import Span, export

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.errors import StoreError

PLAYER = Path(__file__).parent / "replayweb" / "package"
CHANNEL = "bcyw"
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>replay</title>
<script src="/ui.js"></script>
<replay-web-page source="/out.wacz" url="{url}" replayBase="/replay/" embed="replayonly"></replay-web-page>
"""


class Ranges(SimpleHTTPRequestHandler):
    """A file server that gives parts of a file, as any public one does: a player reads a WACZ by parts."""

    def do_GET(self) -> None:
        """Answer the part that is asked for, or the whole."""
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if asked is None or not file.is_file():
            super().do_GET()
            return
        data = file.read_bytes()
        start = int(asked[1]) if asked[1] else max(len(data) - int(asked[2]), 0)
        end = min(int(asked[2]) + 1, len(data)) if asked[1] and asked[2] else len(data)
        self.send_response(206)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(end - start))
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        with suppress(OSError):  # the player stops listening when it has what it wants
            self.wfile.write(data[start:end])

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the base has it
        """Say nothing."""


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _refuse(error: StoreError) -> None:
    raise error


@needs_chromium
@pytest.mark.skipif(not PLAYER.is_dir(), reason="needs replayweb.page: make tests/replayweb/package/.ready")
def test_a_wacz_is_replayed_in_a_browser(tmp_path: Path, world: EcmsWorld, server: Server) -> None:
    numbers = world.bulk(CHANNEL, 3, first=datetime(2026, 2, 28, 12, tzinfo=UTC))
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    archive.run()
    stage = tmp_path / "stage"
    (stage / "replay").mkdir(parents=True)
    (stage / "ui.js").symlink_to(PLAYER / "ui.js")
    (stage / "replay" / "sw.js").symlink_to(PLAYER / "sw.js")
    config = archive.config
    now = datetime(2026, 3, 2, tzinfo=UTC)
    export(config, config.sites, "wacz", str(stage / "out.wacz"), span=Span(), now=now, tell=_refuse)
    (stage / "index.html").write_text(PAGE.format(url=world.address(numbers[1])), encoding="utf-8")
    title = world.truth(numbers[1]).title
    with folder_served(stage) as address, opened() as browser:
        page = browser.new_page()
        shown = page.frame_locator("iframe").frame_locator("iframe").get_by_text(title).last
        for _ in range(4):  # the player's service worker may begin too late for the first look at a page
            page.goto(f"{address}/index.html")
            with suppress(PlaywrightTimeout):
                shown.wait_for(timeout=20_000)
                break
        assert title in shown.inner_text()
