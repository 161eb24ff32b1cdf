"""The mirror: saved pages at their addresses, and lists that name them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mirror import NEWS, Mirror

from scraper.demo.exchange import Ask

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages"


def ask(mirror: Mirror, url: str) -> tuple[int, str, bytes]:
    host, _, path = url.partition("//")[2].partition("/")
    answer = mirror.answer(Ask(host=host, path=f"/{path}"))
    return answer.status, answer.header("Content-Type") or "", answer.body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two saved pages."""
    (tmp_path / "a.html").write_bytes("<p>甲</p>".encode("gb18030"))
    (tmp_path / "b.html").write_bytes("<p>乙</p>".encode())
    path = "system/2014/05/20/000182635.shtml"
    lines = (
        {
            "file": "a.html",
            "url": f"http://{NEWS}/nkyw/{path}",
            "content_type": "text/html; charset=GBK",
            "kind": "article",
            "truth": {"title": "甲", "published": "2014-05-20 10:00"},
        },
        {
            "file": "b.html",
            "url": "https://other.example/x?id=1",
            "content_type": "text/html; charset=utf-8",
            "kind": "article",
        },
    )
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


def test_pages_stand_at_their_addresses_with_their_types(folder: Path) -> None:
    mirror = Mirror(folder)
    status, kind, body = ask(mirror, mirror.articles()[0])
    assert (status, kind, body.decode("gb18030")) == (200, "text/html; charset=GBK", "<p>甲</p>")
    assert ask(mirror, "http://other.example/x?id=1")[0] == 200
    assert ask(mirror, "http://other.example/x?id=2")[0] == 404
    assert set(mirror.hosts) == {NEWS, "other.example"}


def test_the_lists_name_them_in_the_channel_of_today(folder: Path) -> None:
    mirror = Mirror(folder)
    status, _, body = ask(mirror, f"http://{NEWS}/ywsd/index.shtml")
    assert status == 200
    assert re.findall(r'left"><a href="([^"]+)"', body.decode()) == mirror.articles()


@pytest.mark.real
@pytest.mark.skipif(not PAGES.exists(), reason="the real pages are not here")
def test_every_real_article_is_served_and_listed() -> None:
    mirror = Mirror(PAGES)
    lists = mirror.lists
    pages = [
        lists.count_page(name, number)
        for name in lists.channels
        for number in range(1, lists.pages(name) + 1)
    ]
    named = {
        address
        for url in pages
        for address in re.findall(r'left"><a href="([^"]+)"', ask(mirror, url)[2].decode())
    }
    assert named == set(mirror.articles())
    assert len(named) >= 250
    assert all(ask(mirror, address)[0] == 200 for address in named)
