"""What public bug reports say of real servers, told by a site that does it: nothing is lost in silence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest
from archiving import Archive, only

from scraper.demo import beichen
from scraper.demo.exchange import Answer
from scraper.demo.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scraper.demo.exchange import Ask
    from scraper.demo.server import Server

HOST = "news.qingcheng.example"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
XML = (("Content-Type", "application/xml"),)
NAMES = ["星桥", "云岫", "听雨", "青禾", "砚秋", "望舒", "拾光", "远帆", "松涛", "晨曦"]

Page: TypeAlias = "Callable[[Ask], Answer | None]"


def title(number: int) -> str:
    return f"{NAMES[number % 10]}书院第{number}期读书会"


def day(number: int) -> str:
    return f"2024-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}"


def article(number: int) -> str:
    said = "".join(
        f"<p>第{number}期第{k}段：同学们谈论读过的书和写下的笔记{number * k}。</p>" for k in range(1, 7)
    )
    return (
        f"<!DOCTYPE html><html><head><title>{title(number)}</title></head><body><h1>{title(number)}</h1>"
        f"<div class=info>发布时间：{day(number)}</div><div class=content>{said}</div></body></html>"
    )


def listing(rows: dict[str, int] | list[int], more: str = "") -> str:
    named = rows if isinstance(rows, dict) else {f"/n/{number}.html": number for number in rows}
    items = "".join(
        f'<li><a href="{url}">{title(n)}</a><span>{day(n)}</span></li>' for url, n in named.items()
    )
    return f"<!DOCTYPE html><html><head><title>新闻</title></head><body><ul>{items}</ul>{more}</body></html>"


def html(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(status=status, headers=(*HTML, *headers), body=text.encode())


class Site:
    """A site of so many articles, newest first on one list; `pages` answer before it does."""

    hosts = (HOST,)

    def __init__(self) -> None:
        self.count = 6
        self.pages: list[Page] = []
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []

    def on(self, pattern: str, answer: Callable[[Ask], Answer] | Answer) -> None:
        def page(ask: Ask) -> Answer | None:
            if re.search(pattern, ask.path) is None:
                return None
            return answer if isinstance(answer, Answer) else answer(ask)

        self.pages.insert(0, page)

    def answer(self, ask: Ask) -> Answer:
        """Answer, as the server wants it of a fake site."""
        self.asked.append(ask.path)
        self.headers.append(ask.headers)
        for page in self.pages:
            found = page(ask)
            if found is not None:
                return found
        if ask.path == "/list.html":
            return html(listing(list(range(self.count, 0, -1))))
        match = re.fullmatch(r"/n/(\d+)\.html.*", ask.path)
        return html(article(int(match[1]))) if match else html("x", 404)

    def forget(self) -> list[str]:
        asked, self.asked, self.headers = self.asked, [], []
        return asked


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with serve(site) as running:
        yield running


@pytest.fixture
def archive_of(tmp_path: Path, server: Server) -> Callable[..., Archive]:
    """Return an archive of these channels: name and what stands for them in the config."""

    def make(channels: str | None = None, extra: str = "", network: str = "") -> Archive:
        archive = Archive(tmp_path, server, beichen.empty())
        channels = channels or f'      all: {{index: "http://{HOST}/list.html"}}\n'
        (tmp_path / "config.yaml").write_text(
            f"network:\n  proxy: {server.proxy}\n  retries: 0\n{network}"
            f"defaults:\n  delay: 0\nsites:\n  uni:\n    home: http://{HOST}/\n    family: generic\n{extra}"
            f"    channels:\n{channels}",
            encoding="utf-8",
        )
        return archive

    return make


def urls_of(archive: Archive) -> int:
    return len(archive.documents())


# ── 304 for ever ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("validator", "condition", "code"),
    [
        (("ETag", '"5f"'), "if-none-match", 304),
        (("Last-Modified", "Fri, 01 Jan 2038 00:00:00 GMT"), "if-modified-since", 304),
        (("ETag", '"5f"'), "if-none-match", 412),
        (("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"), "if-modified-since", 400),
    ],
)
def test_a_list_that_is_never_modified_is_read_whole_once_a_day_and_by_every_backfill(
    archive_of: Callable[..., Archive], site: Site, validator: tuple[str, str], condition: str, code: int
) -> None:
    def frozen(ask: Ask) -> Answer:
        if condition in ask.headers:
            return Answer(status=code, headers=(validator,))
        return html(listing(list(range(site.count, 0, -1))), 200, validator)

    site.on("/list", frozen)
    archive = archive_of()
    archive.run()
    site.count = 9
    archive.clock.wait(days=1)
    archive.run()
    assert urls_of(archive) == 9
    site.count = 12
    archive.backfill()
    assert urls_of(archive) == 12


def test_within_a_day_a_list_that_did_not_change_is_not_sent_again(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    site.on(
        "/list",
        lambda ask: (
            Answer(status=304)
            if "if-none-match" in ask.headers
            else html(listing([2, 1]), 200, ("ETag", '"a"'))
        ),
    )
    archive = archive_of()
    archive.run()
    site.forget()
    archive.clock.wait(hours=1)
    archive.run()
    assert site.headers[0]["if-none-match"] == '"a"'


# ── a clock that was ahead ────────────────────────────────────────────────────────────────────────────────


def test_what_a_run_with_the_clock_ahead_wrote_binds_no_later_run(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    site.on(r"/n/3\.html", html("x", 500))
    archive = archive_of()
    archive.clock.wait(days=400)
    archive.run()
    archive.clock.now -= timedelta(days=400)
    site.pages.clear()
    site.count = 12
    report = only(archive.run())
    assert urls_of(archive) == 12
    assert "clock" in report.notes[0].message
    assert only(archive.run()).notes == []


def test_a_backfill_after_a_clock_ahead_reads_every_page_again(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    def paged(ask: Ask) -> Answer:
        page = int((re.search(r"page=(\d+)", ask.path) or [0, 1])[1])
        rows = list(range(site.count - (page - 1) * 4, max(site.count - page * 4, 0), -1))
        more = f"<a href='/list.html?page={page + 1}'>下一页</a>" if site.count > page * 4 else ""
        return html(listing(rows, more))

    site.on("/list", paged)
    site.count = 12
    archive = archive_of()
    archive.clock.wait(days=400)
    archive.backfill()
    archive.clock.now -= timedelta(days=400)
    site.count = 30
    archive.backfill()
    assert urls_of(archive) == 30


# ── lists without end, and their ends ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("beyond", ["last", "first"])
def test_a_list_without_end_ends_with_a_word_and_the_next_channel_has_its_turn(
    archive_of: Callable[..., Archive], site: Site, beyond: str
) -> None:
    def endless(ask: Ask) -> Answer:
        page = int((re.search(r"page=(\d+)", ask.path) or [0, 1])[1])
        shown = page if page <= 3 else (3 if beyond == "last" else 1)
        rows = list(range(12 - (shown - 1) * 4, 12 - shown * 4, -1))
        return html(listing(rows, f"<a href='/list.html?page={page + 1}'>下一页</a>"))

    site.on("/list", endless)
    site.on("/b.html", html(listing([20, 19])))
    archive = archive_of(
        f'      a: {{index: "http://{HOST}/list.html"}}\n      b: {{index: "http://{HOST}/b.html"}}\n'
    )
    report = archive.backfill()
    assert (int(report.exit_code), urls_of(archive)) == (0, 14)
    assert sum("list" in path for path in site.forget()) < 20
    assert any("nothing new" in note.message for note in only(report).notes)


@pytest.mark.parametrize("end", [html("x", 404), html("<html><body><ul></ul></body></html>")])
def test_a_list_that_ends_with_a_link_to_nothing_is_whole(
    archive_of: Callable[..., Archive], site: Site, end: Answer
) -> None:
    site.on("/list", html(listing([4, 3], "<a href='/more.html'>下一页</a>")))
    site.on("/more", end)
    report = archive_of().backfill()
    if end.status == 404:
        assert int(report.exit_code) == 0
        assert any("not there" in note.message for note in only(report).notes)
    assert only(report).written == 2


def test_channels_go_on_beside_some_that_are_closed(archive_of: Callable[..., Archive], site: Site) -> None:
    site.on("/a.html", html("仅限校内", 403))
    site.on("/b.html", html('<html><title>统一身份认证</title><input type="password"></html>'))
    site.on("/c.html", html("x", 500))
    named = "".join(f'      {one}: {{index: "http://{HOST}/{one}.html"}}\n' for one in "abc")
    archive = archive_of(f'{named}      d: {{index: "http://{HOST}/list.html"}}\n')
    report = archive.run()
    assert (int(report.exit_code), urls_of(archive)) == (8, 6)


# ── who is kept out ───────────────────────────────────────────────────────────────────────────────────────


def test_articles_for_members_only_do_not_end_a_run(archive_of: Callable[..., Archive], site: Site) -> None:
    site.count = 30
    site.on(r"/n/(19|2\d|30)\.html", html("仅限校内", 403))
    archive = archive_of()
    archive.run()
    assert urls_of(archive) == 18


def test_where_every_article_is_refused_few_are_asked_for(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    site.count = 60
    site.on(r"/n/", html("<script>document.cookie='a=1';location.reload()</script>", 412))
    archive = archive_of()
    assert int(archive.run().exit_code) == 8
    assert len(site.forget()) < 9
    assert int(archive.run().exit_code) == 8
    assert len(site.forget()) < 9


# ── links that change at each look ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "link",
    [
        "/n/{n}.html;jsessionid={s}",
        "/n/{n}.html?PHPSESSID={s}",
        "/n/{n}.html?sid={s}",
        "/(S({s}))/n/{n}.html",
        "/n/{n}.html?_t=17{t:08d}",
        "/n/{n}.html?rnd=0.{t:09d}",
    ],
)
def test_a_session_s_number_makes_no_new_article(
    archive_of: Callable[..., Archive], site: Site, link: str
) -> None:
    visits = 0

    def changing(_: Ask) -> Answer:
        nonlocal visits
        visits += 1
        rows = {link.format(n=n, s=f"a{visits:031x}", t=visits): n for n in range(6, 0, -1)}
        return html(listing(rows))

    site.on("/list", changing)
    site.on(r"^/\(S\(", lambda ask: html(article(int(re.findall(r"/n/(\d+)", ask.path)[0]))))
    archive = archive_of()
    for _ in range(3):
        assert int(archive.run().exit_code) == 0
    assert urls_of(archive) == 6
    assert link.partition("{s}")[0].partition("{t")[0].format(n=6)[-6:] in "".join(site.asked)


def test_what_looks_new_and_is_held_raises_the_canary_before_the_second_document(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    visits = 0

    def changing(_: Ask) -> Answer:
        nonlocal visits
        visits += 1
        return html(listing({f"/n/{n}.html?visit={visits}x": n for n in range(6, 0, -1)}))

    site.on("/list", changing)
    archive = archive_of()
    archive.run()
    assert int(archive.run().exit_code) == 5
    assert urls_of(archive) == 7
    assert int(archive.run().exit_code) == 5
    assert urls_of(archive) == 7


# ── what is not there for an hour ─────────────────────────────────────────────────────────────────────────


def test_new_articles_that_are_not_there_are_told_and_had_by_the_next_run(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    archive = archive_of()
    archive.run()
    site.count = 12
    site.on(r"/n/(7|8|9|1\d)\.html", html("x", 404))
    report = archive.run()
    assert int(report.exit_code) == 3
    assert any("6 of 6 new articles are not there" in problem.message for problem in only(report).problems)
    site.pages.clear()
    archive.clock.wait(hours=1)
    archive.run()
    assert urls_of(archive) == 12


# ── a pace that is longer than the run ────────────────────────────────────────────────────────────────────


def test_with_a_long_crawl_delay_articles_get_their_turn(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    site.on(
        "robots", Answer(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nCrawl-delay: 60\n")
    )
    archive = archive_of()
    for _ in range(8):
        archive.run(seconds=50)
        archive.clock.wait(hours=1)
    assert urls_of(archive) >= 2
    assert sum("list" in path for path in site.asked) >= 2


# ── lists that lead on ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "stub",
    [
        '<html><head><meta http-equiv="refresh" content="0;url=/new.html"></head><body></body></html>',
        "<html><head><META HTTP-EQUIV='Refresh' CONTENT=\"0; URL='/new.html'\"></head></html>",
        "<html><script>window.location='/new.html'</script></html>",
        "<html><script>location.replace('/new.html')</script></html>",
    ],
)
def test_a_list_that_leads_on_is_followed_within_its_host(
    archive_of: Callable[..., Archive], site: Site, stub: str
) -> None:
    site.on("/list", html(stub))
    site.on("/new", html(listing([4, 3, 2])))
    archive = archive_of()
    assert int(archive.run().exit_code) == 0
    assert urls_of(archive) == 3


def test_a_list_that_leads_elsewhere_is_told_with_the_address(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    site.on("/list", html('<meta http-equiv="refresh" content="0;url=https://new.example/list.html">'))
    report = archive_of().run()
    assert "https://new.example/list.html" in only(report).problems[0].message
    assert [path for path in site.asked if path != "/robots.txt"] == ["/list.html"]


# ── what is whole all the same ────────────────────────────────────────────────────────────────────────────


def test_203_gives_lists_and_articles(archive_of: Callable[..., Archive], site: Site) -> None:
    site.on("/list", html(listing([2, 1]), 203))
    site.on("/n/2", html(article(2), 203))
    archive = archive_of()
    assert int(archive.run().exit_code) == 0
    assert urls_of(archive) == 2


def test_a_feed_with_a_fault_is_read_and_told(archive_of: Callable[..., Archive], site: Site) -> None:
    items = "".join(
        f"<item><title>{title(n)} R&D</title><link>http://{HOST}/n/{n}.html</link></item>" for n in (1, 2)
    )
    feed = f"<rss><channel>{items}</channel></rss><script>1</script>"
    site.on("/x.xml", Answer(headers=XML, body=feed.encode()))
    archive = archive_of(f'      all: {{feed: "http://{HOST}/x.xml"}}\n')
    report = archive.run()
    assert (int(report.exit_code), urls_of(archive)) == (0, 2)
    assert "not as it should be" in only(report).notes[0].message


def test_a_sitemap_index_whose_dates_never_move_is_seen_through(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    grown = [2]

    def answer(ask: Ask) -> Answer:
        if ask.path == "/smi.xml":
            named = "".join(
                f"<sitemap><loc>/sm{k}.xml</loc><lastmod>2020-01-01</lastmod></sitemap>" for k in range(4)
            )
            named += "<sitemap><loc>https://cdn.example/s.xml</loc></sitemap>"
            return Answer(headers=XML, body=f"<sitemapindex>{named}</sitemapindex>".encode())
        part = int(ask.path[3])
        pages = "".join(
            f"<url><loc>http://{HOST}/n/{part * 100 + n}.html</loc></url>" for n in range(1, grown[0] + 1)
        )
        return Answer(headers=XML, body=f"<urlset>{pages}</urlset>".encode())

    site.on(r"^/sm", answer)
    archive = archive_of(f'      all: {{sitemap: ["http://{HOST}/smi.xml"]}}\n')
    first = only(archive.run())
    assert urls_of(archive) == 8
    assert any("cdn.example" in note.message for note in first.notes)
    grown[0] = 4
    archive.clock.wait(days=1)
    second = only(archive.run())
    assert urls_of(archive) == 16
    assert any("its index says that it has not changed" in note.message for note in second.notes)


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_had_from_a_host_that_wants_to_know_its_page(
    archive_of: Callable[..., Archive], site: Site
) -> None:
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(200) + b"\xff\xd9"

    def checks(ask: Ask) -> Answer:
        good = ask.headers.get("referer", "").startswith(f"http://{HOST}/n/")
        return Answer(headers=(("Content-Type", "image/jpeg"),), body=jpeg) if good else html("no", 403)

    site.on(r"\.jpg", checks)
    site.on("/n/1", html(article(1).replace("</div></body>", '<p><img src="/p.jpg"></p></div></body>')))
    site.on("/list", html(listing([1])))
    archive = archive_of(extra="    images: download\n")
    assert int(archive.run().exit_code) == 0
    assert len(list(archive.root.rglob("pictures/*/*"))) == 1


# ── what else is told ─────────────────────────────────────────────────────────────────────────────────────


def test_a_dead_network_under_a_time_limit_is_no_spent_budget(
    archive_of: Callable[..., Archive], site: Site, server: Server
) -> None:
    archive = archive_of()
    config = archive.folder / "config.yaml"
    text = config.read_text(encoding="utf-8").replace(server.proxy, "http://127.0.0.1:9")
    config.write_text(text.replace("retries: 0", "retries: 4"), encoding="utf-8")
    report = archive.run(seconds=2)
    assert int(report.exit_code) == 3
    assert site.asked == []


def test_a_site_whose_certificate_is_not_checked_says_so_in_each_report(
    archive_of: Callable[..., Archive],
) -> None:
    archive = archive_of(extra="    tls: {verify: false, old_ciphers: true}\n")
    for _ in range(2):
        said = [note.message for note in only(archive.run()).notes]
        assert any("not checked" in text for text in said)
        assert any("old ciphers" in text for text in said)
