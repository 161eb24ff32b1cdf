"""Who is kept out, and how that is known: firewalls' answers, cookie checks, conditions that nobody bears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import fetch, network, request, site

from scraper.errors import BadStatus, Blocked
from scraper.model import Kind

if TYPE_CHECKING:
    from faultserver import Answer

    from scraper.errors import FetchError
    from scraper.model import Capture

GOOD = fault.text("good")
SCRIPT = b"<html><head></head><body><script>document.cookie='x=1';location.reload()</script></body></html>"
KEPT_OUT = "<html><title>405</title><body>您的请求可能对网站造成威胁，已被拦截。</body></html>".encode()
SORRY = "<html><body>服务器正在维护，请稍后再来。</body></html>".encode()
HTML = [("Content-Type", "text/html; charset=utf-8")]


def refused(answer: Answer, error: type[FetchError] = Blocked) -> tuple[str, int]:
    """Return what is said of an answer, and how often it was asked for."""

    async def story() -> tuple[str, int]:
        async with FaultServer() as server:
            server.on("/a", answer)
            with pytest.raises(error) as caught:
                await fetch(server, "/a", retries=4)
            return str(caught.value), server.asked()

    return virtualtime.run(story())


@pytest.mark.parametrize("code", [202, 405, 412, 418, 468, 567])
def test_a_firewalls_status_is_a_refusal_whatever_its_page(code: int) -> None:
    for page in (b"", SCRIPT, SORRY):
        said, asked = refused(fault.reply(code, page, HTML))
        assert asked == 1
        assert "a firewall's answer" in said
        assert f": {code} " in said


@pytest.mark.parametrize("code", [400, 404, 410, 429, 493, 500, 502, 503, 512, 521, 599])
@pytest.mark.parametrize("page", [SCRIPT, KEPT_OUT])
def test_an_error_with_a_challenge_is_a_refusal_and_is_asked_for_once(code: int, page: bytes) -> None:
    if code == 429:
        return  # the host itself asks for a pause
    said, asked = refused(fault.reply(code, page, HTML))
    assert asked == 1
    assert f"a challenge page, {code}" in said


def test_a_challenge_may_be_compressed_and_in_gbk() -> None:
    page = fault.compressed("gzip", "<html><body>请输入验证码</body></html>".encode("gbk"))
    lines = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    assert refused(fault.reply(503, page, lines))[1] == 1


@pytest.mark.parametrize("code", [500, 503, 521])
def test_an_error_that_says_sorry_is_an_error_and_is_tried_again(code: int) -> None:
    assert refused(fault.reply(code, SORRY, HTML), BadStatus)[1] == 5


def test_an_error_page_with_much_to_say_is_no_challenge() -> None:
    page = (
        "<html><script>document.cookie='seen=1'</script><body>" + "页面暂时无法显示。" * 90 + "</body></html>"
    )
    assert refused(fault.reply(500, page.encode(), HTML), BadStatus)[1] == 5


def test_a_page_of_scripts_without_end_is_judged_in_no_time() -> None:
    assert refused(fault.reply(500, b"<script" * 30_000, HTML), BadStatus)[1] == 5


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────


def asked_with(headers: dict[str, str]) -> bool:
    return "if-none-match" in headers or "if-modified-since" in headers


def unless_conditional(code: int) -> Answer:
    async def answer(connection: fault.Connection) -> None:
        await (fault.status(code) if asked_with(connection.request.headers) else GOOD)(connection)

    return answer


def conditional(
    answer: Answer,
    **validators: Any,  # noqa: ANN401 - any field of a request
) -> tuple[Capture, list[dict[str, str]]]:
    async def story() -> tuple[Capture, list[dict[str, str]]]:
        async with FaultServer() as server:
            server.on("/a", answer)
            place = site(server.url("/"))
            async with network(place) as source:
                capture = await source.fetch(request(server.url("/a"), **validators), place)
            return capture, [seen.headers for seen in server.seen]

    return virtualtime.run(story())


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 410, 412, 416, 417, 418])
@pytest.mark.parametrize("named", [{"etag": '"x"'}, {"last_modified": "Mon, 04 Mar 2024 10:00:00 GMT"}])
def test_an_error_to_a_condition_is_asked_again_at_once_without_it(code: int, named: dict[str, str]) -> None:
    capture, seen = conditional(unless_conditional(code), **named)
    assert capture.body == b"good"
    assert [asked_with(headers) for headers in seen] == [True, False]


@pytest.mark.parametrize(
    "ahead",
    ["Fri, 01 Jan 2038 00:00:00 GMT", "Tue, 05 Mar 2024 10:30:00 GMT", "Fri, 01 Jan 9999 00:00:00 GMT"],
)
def test_a_moment_in_the_future_is_not_sent_back(ahead: str) -> None:
    capture, (headers,) = conditional(unless_conditional(304), last_modified=ahead)
    assert capture.status == 200
    assert not asked_with(headers)


def test_beside_a_moment_in_the_future_the_tag_is_sent() -> None:
    _, (headers,) = conditional(GOOD, etag='"x"', last_modified="Fri, 01 Jan 2038 00:00:00 GMT")
    assert headers["if-none-match"] == '"x"'
    assert "if-modified-since" not in headers


def test_a_304_that_was_not_asked_for_is_no_answer() -> None:
    with pytest.raises(BadStatus):
        conditional(fault.status(304), last_modified="Fri, 01 Jan 2038 00:00:00 GMT")


# ── cookie checks ─────────────────────────────────────────────────────────────────────────────────────────


def wants_cookie(name: str, target: str) -> Answer:
    """Set a cookie and send to a target, until the cookie is there."""

    async def answer(connection: fault.Connection) -> None:
        if name in connection.request.headers.get("cookie", ""):
            await GOOD(connection)
        else:
            lines = [("Set-Cookie", f"{name}=1; Path=/; HttpOnly"), ("Location", target)]
            await fault.reply(302, b"", lines)(connection)

    return answer


@pytest.mark.parametrize("target", ["/a", "/b"])
def test_a_cookie_check_is_named_as_what_it_is(target: str) -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", wants_cookie("s", target))
            server.on("/b", fault.redirect("/a"))
            with pytest.raises(Blocked, match=r"a cookie check.*network\.cookies: session"):
                await fetch(server, "/a", retries=4)
            assert server.asked() == (1 if target == "/a" else 2)

    virtualtime.run(story())


def test_where_the_config_allows_it_a_cookie_is_given_back_within_one_visit() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", wants_cookie("s", "/a"))
            place = site(server.url("/"), delay=2.0)
            async with network(place, cookies="session") as source:
                for _ in range(2):
                    assert (await source.fetch(request(server.url("/a")), place)).body == b"good"
            assert [seen.headers.get("cookie") for seen in server.seen] == [None, "s=1", None, "s=1"]
            assert [seen.came for seen in server.seen] == pytest.approx([0, 2, 4, 6])

    virtualtime.run(story())


def test_a_cookie_that_does_not_help_is_given_back_once() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.reply(302, b"", [("Set-Cookie", "s=1"), ("Location", "/a")]))
            with pytest.raises(Blocked, match="though its cookie was given back"):
                await fetch(server, "/a", cookies="session", retries=4)
            assert server.asked() == 2

    virtualtime.run(story())


def test_a_cookie_goes_to_nobody_but_who_set_it() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on(
                "/a",
                fault.reply(
                    302, b"", [("Set-Cookie", "s=1"), ("Location", f"{server.url('/b', 'two.example')}")]
                ),
            )
            server.on(
                "/b",
                fault.reply(
                    302, b"", [("Set-Cookie", "t=2"), ("Location", f"{server.url('/c', 'one.example')}")]
                ),
            )
            server.on("/c", GOOD)
            one, two = (site(server.url("/", f"{name}.example"), name=name) for name in ("one", "two"))
            async with network(one, two, cookies="session") as source:
                wanted = request(server.url("/a", "one.example"), kind=Kind.IMAGE)
                await source.fetch(wanted, one)
            assert [seen.headers.get("cookie") for seen in server.seen] == [None, None, "s=1"]

    virtualtime.run(story())


def test_a_cookie_that_is_taken_back_or_no_cookie_is_not_sent() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            lines = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Max-Age=0"), ("Set-Cookie", "no cookie")]
            server.on("/a", fault.reply(302, b"", [*lines, ("Location", "/b")]))
            server.on("/b", fault.reply(302, b"", [("Set-Cookie", "c=3"), ("Location", "/c")]))
            server.on("/c", GOOD)
            await fetch(server, "/a", cookies="session")
            assert [seen.headers.get("cookie") for seen in server.seen] == [None, "a=1", "a=1; c=3"]

    virtualtime.run(story())


# ── who sends us ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_asked_for_in_the_name_of_the_page_that_shows_it() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/p.jpg", GOOD)
            place = site(server.url("/"))
            page = server.url("/info/1.htm")
            async with network(place) as source:
                await source.fetch(request(server.url("/p.jpg"), kind=Kind.IMAGE, referer=page), place)
                await source.fetch(request(server.url("/p.jpg"), kind=Kind.IMAGE), place)
            assert [seen.headers.get("referer") for seen in server.seen] == [page, None]

    virtualtime.run(story())


def test_another_host_learns_no_more_than_where_the_page_is() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/p.jpg", GOOD)
            place = site(server.url("/", "one.example"))
            page = server.url("/info/1.htm", "one.example")
            async with network(place) as source:
                picture = request(server.url("/p.jpg", "cdn.example"), kind=Kind.IMAGE, referer=page)
                await source.fetch(picture, place)
            assert server.seen[0].headers["referer"] == server.url("/", "one.example")

    virtualtime.run(story())


# ── many origins ──────────────────────────────────────────────────────────────────────────────────────────


def test_however_many_hosts_are_asked_at_once_each_is_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """More hosts than connections are kept for, each asked twice, all at the same time."""
    monkeypatch.setattr("scraper.crawler.transport._ORIGINS", 8)

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.slow(1.0, GOOD))
            sites = [site(server.url("/", f"{n}.example"), name=str(n)) for n in range(100)]
            async with network(*sites) as source:
                wanted = [
                    (request(server.url("/a", f"{s.name}.example")), s) for s in sites for _ in range(2)
                ]
                captures = await asyncio.gather(*(source.fetch(each, place) for each, place in wanted))
            assert [capture.status for capture in captures] == [200] * 200

    virtualtime.run(story())
