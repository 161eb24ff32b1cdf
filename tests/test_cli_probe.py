"""`probe`: what the program makes of a live page, over a real connection on loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from scraper import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARTICLE = "/ywsd/system/2022/03/07/030050001.shtml"
PAGES = {
    ARTICLE: (
        '<html><body><table><tr><td style="font-size:30px">星桥书院办起夜读会</td></tr>'
        "<tr><td><span>来源：校报</span><span>发稿时间：2022-03-07 19:05</span></td></tr>"
        '<tr><td id="txt"><p>夜读会每周三晚举行。</p></td></tr></table></body></html>'
    ),
    "/ywsd/index.shtml": (
        "<html><body>"
        + "".join(
            f'<table width="98%"><tr><td width="80%"><a href="/ywsd/system/2022/03/07/{number:09}.shtml">'
            f'第{number}条</a></td><td width="20%"><div>2022-03-07</div></td></tr></table>'
            for number in range(30)
        )
        + '<div id="pagetemple"></div><script src="/ywsd/system/count/0003000/000000000000/'
        'count_page_list_0003000000000000000.js"></script></body></html>'
    ),
    "/ywsd/system/count/0003000/000000000000/count_page_list_0003000000000000000.js": "var maxpage = 7;",
    "/sitemap.xml": (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>http://{{host}}{ARTICLE}</loc></url></urlset>"
    ),
    "/feed.xml": (
        '<rss version="2.0"><channel><title>x</title>'
        f"<item><title>夜读会</title><link>http://{{host}}{ARTICLE}</link></item></channel></rss>"
    ),
    "/about.html": "<html><body><p>书院简介。</p></body></html>",
}


class Site(BaseHTTPRequestHandler):
    """Serves `PAGES`."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        """Answer with a page, or with 404."""
        page = PAGES.get(self.path)
        self.asked.append(self.path)
        body = (page or "").replace("{host}", self.headers["host"]).encode()
        self.send_response(404 if page is None else 200)
        kind = {"xml": "text/xml", "js": "text/javascript"}.get(self.path.rpartition(".")[2], "text/html")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Write no log."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Serve the site on loopback; return its origin."""
    handler = type("Served", (Site,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def config(tmp_path: Path, origin: str) -> str:
    """Write a config that allows loopback; return its path."""
    file = tmp_path / "config.yaml"
    file.write_text(
        "network: {allow_private_addresses: true, retries: 0}\ndefaults: {delay: 0}\n"
        f"sites: {{xw: {{home: '{origin}/', family: ecms,"
        f" channels: {{ywsd: '{origin}/ywsd/index.shtml'}}}}}}\n",
        encoding="utf-8",
    )
    return str(file)


def probed(config: str, url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what `probe --json` prints."""
    cli.main(["probe", url, "--json", "--config", config])
    seen: dict[str, Any] = json.loads(capsys.readouterr().out)
    return seen


def test_an_article_is_shown_as_it_would_be_written(
    config: str, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["probe", origin + ARTICLE, "--config", config]) == 0
    out = capsys.readouterr().out
    assert "kind      an article\nfamily    ecms, layout g2-text\n" in out
    assert "title     星桥书院办起夜读会\n" in out
    assert "\ntitle: xw->星桥书院办起夜读会 | 127.0.0.1\n" in out
    seen = probed(config, origin + ARTICLE, capsys)
    assert (seen["what"], seen["site"], seen["status"]) == ("article", "xw", 200)
    assert seen["article"]["title"] == "星桥书院办起夜读会"


def test_a_list_is_shown_with_its_rows_and_the_number_of_its_pages(
    config: str, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = probed(config, f"{origin}/ywsd/index.shtml", capsys)
    assert seen["what"] == "list"
    assert len(seen["list"]["rows"]) == 30
    assert seen["list"]["rows"][1] == {
        "url": f"{origin}/ywsd/system/2022/03/07/000000001.shtml",
        "kind": "article",
        "title": "第1条",
        "date": "2022-03-07T00:00:00+08:00",
    }
    assert seen["list"]["pages"] == 7
    assert cli.main(["probe", f"{origin}/ywsd/index.shtml", "--config", config]) == 0
    out = capsys.readouterr().out
    assert "kind      a list\nfamily    ecms\nrows      30\n" in out
    assert "… and 20 more" in out


@pytest.mark.parametrize("what", ["sitemap", "feed"])
def test_sitemaps_and_feeds_are_known(
    what: str, config: str, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = probed(config, f"{origin}/{what}.xml", capsys)
    assert seen["what"] == what
    assert [row["url"] for row in seen["list"]["rows"]] == [origin + ARTICLE]


def test_a_page_that_is_neither_is_told_why_and_exits_3(
    config: str, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["probe", f"{origin}/about.html", "--config", config]) == 3
    out = capsys.readouterr().out
    assert "kind      neither an article nor a list\n" in out
    assert "NotAListing: " in out


def test_a_page_that_is_not_there_is_told_by_its_status(
    config: str, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["probe", f"{origin}/nothing.html", "--config", config]) == 3
    assert "answer    404 Not Found" in capsys.readouterr().out


def test_private_addresses_are_refused_without_a_config_that_allows_them(
    origin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"sites: {{xw: {{home: '{origin}/'}}}}\n", encoding="utf-8")
    assert cli.main(["probe", origin + ARTICLE, "--config", str(file)]) == 8
    assert capsys.readouterr().out == ""


def test_probe_writes_nothing(config: str, origin: str, tmp_path: Path) -> None:
    cli.main(["probe", origin + ARTICLE, "--config", config])
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]
