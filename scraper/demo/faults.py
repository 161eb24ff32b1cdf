"""What can go wrong between a site and its reader, as functions from an answer to a worse one.

A `Rule` says where and how often a fault strikes. It is deterministic: the same requests in the same order
for one address meet the same faults, whatever is asked for in between.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING

from scraper.demo.exchange import Answer, Ask, BrokenChunks, Dripped, Reset, Short, Stalled, page
from scraper.values import Value, replace

if TYPE_CHECKING:
    import re
    import threading

Fault = Callable[[Ask, Answer], Answer]


class Rule(Value, frozen=True, kw_only=True):
    """A fault and where it strikes: `where` is searched in `http://host/path?query`."""

    where: re.Pattern[str]
    fault: Fault
    first: int | None = None  # the first so many requests of each address; None: all of them
    share: float = 1.0  # of the requests, chosen by a digest of seed, address and the request's count
    seed: int = 0

    def strikes(self, url: str, attempt: int) -> bool:
        """Say whether the `attempt`-th request (from 0) of this address meets the fault."""
        if self.where.search(url) is None or (self.first is not None and attempt >= self.first):
            return False
        digest = hashlib.sha256(f"{self.seed} {attempt} {url}".encode()).digest()
        return int.from_bytes(digest[:4], "big") < self.share * 2**32


# ── answers that are not the page ─────────────────────────────────────────────────────────────────────────


def status(code: int, *, retry_after: str | int | None = None) -> Fault:
    """Answer with an error status, with a Retry-After where one is given."""
    extra = () if retry_after is None else (("Retry-After", str(retry_after)),)

    def strike(_ask: Ask, _answer: Answer) -> Answer:
        made = page(
            f"<html><head><title>{code}</title></head><body><h1>{code}</h1></body></html>", status=code
        )
        return replace(made, headers=made.headers + extra)

    return strike


def redirect(location: str, *, code: int = 302) -> Fault:
    """Send the reader elsewhere; `{url}` and `{path}` in the location stand for what was asked."""

    def strike(ask: Ask, _answer: Answer) -> Answer:
        place = location.replace("{url}", ask.url).replace("{path}", ask.path)
        return Answer(status=code, headers=(("Location", place),))

    return strike


def redirect_loop() -> Fault:
    """Send the reader round and round: each address redirects to itself with one more step in its query."""

    def strike(ask: Ask, _answer: Answer) -> Answer:
        path, _, query = ask.path.partition("?")
        step = int(query.removeprefix("step=") or 0) + 1 if query.removeprefix("step=").isdigit() else 1
        return Answer(status=302, headers=(("Location", f"http://{ask.host}{path}?step={step}"),))

    return strike


def empty_body() -> Fault:
    """Answer 200 with nothing."""
    return lambda _ask, answer: replace(answer, body=b"")


def login_wall() -> Fault:
    """Answer 200 with the page of a VPN's login, the same bytes for every address."""
    html = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>统一身份认证</title></head><body>'
        '<form id="login" action="/login/do" method="post"><label>账号 <input name="username"></label>'
        '<label>密码 <input name="password" type="password"></label><button>登录</button></form>'
        "</body></html>"
    )
    return lambda _ask, _answer: page(html)


def challenge() -> Fault:
    """Answer 200 with a page whose script sets a cookie and loads the address again."""
    html = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><script>document.cookie="clearance=1;path=/";'
        "setTimeout(function(){location.reload()},500)</script></head><body>"
        "<noscript>请开启 JavaScript 并刷新页面</noscript></body></html>"
    )
    return lambda _ask, _answer: page(html)


def soft_error() -> Fault:
    """Answer 200 with a page that says that there is nothing here."""
    html = (
        '<html><head><meta charset="utf-8"><title>提示信息</title></head><body><div class="tip">'
        "您访问的页面不存在或已被删除！</div></body></html>"
    )
    return lambda _ask, _answer: page(html)


def other_body(body: bytes, content_type: str = "text/html; charset=utf-8") -> Fault:
    """Answer 200 with any bytes under any content type."""
    return lambda _ask, _answer: Answer(headers=(("Content-Type", content_type),), body=body)


def cut(size: int) -> Fault:
    """Answer with the first bytes of the page as if they were all of it."""
    return lambda _ask, answer: replace(answer, body=answer.body[:size])


def gzip_bomb(size: int = 100_000_000) -> Fault:
    """Answer with a small gzip body that holds `size` zero bytes."""
    return _bomb(gzip.compress(bytes(size), mtime=0), "gzip")


def deflate_bomb(size: int = 100_000_000) -> Fault:
    """Answer with a small deflate body that holds `size` zero bytes."""
    return _bomb(zlib.compress(bytes(size)), "deflate")


def _bomb(packed: bytes, encoding: str) -> Fault:
    extra = (("Content-Encoding", encoding),)
    return lambda _ask, answer: replace(answer, body=packed, headers=answer.headers + extra)


def huge_headers(lines: int = 2000) -> Fault:
    """Answer with very many header lines."""
    extra = tuple((f"X-Padding-{number}", "x" * 100) for number in range(lines))
    return lambda _ask, answer: replace(answer, headers=answer.headers + extra)


# ── answers that do not arrive ────────────────────────────────────────────────────────────────────────────


def reset(after: int | None = None) -> Fault:
    """Reset the connection before the first byte, or after so many bytes of the body."""
    return lambda _ask, answer: replace(answer, manner=Reset(after=after))


def short_body(sent: int = 100) -> Fault:
    """Send fewer bytes than Content-Length says."""
    return lambda _ask, answer: replace(answer, manner=Short(sent=sent))


def broken_chunks() -> Fault:
    """Send a chunked body that breaks the chunking."""
    return lambda _ask, answer: replace(answer, manner=BrokenChunks())


def stall(until: threading.Event, *, after: int | None = None) -> Fault:
    """Send nothing more, at once or after so many bytes of the body, until the event is set."""
    return lambda _ask, answer: replace(answer, manner=Stalled(until=until, after=after))


def drip(*, step: int = 1, pause: float = 0.01) -> Fault:
    """Send the body a few bytes at a time."""
    return lambda _ask, answer: replace(answer, manner=Dripped(step=step, pause=pause))


# ── several at once ───────────────────────────────────────────────────────────────────────────────────────


def mixed(*faults: Fault) -> Fault:
    """Let one of several faults strike, the next one each time: for `share`, where any may come."""
    turns = cycle(faults)

    def strike(ask: Ask, answer: Answer) -> Answer:
        fault = next(turns)
        return fault(ask, answer)

    return strike


def transient() -> Fault:
    """Let one of the faults strike that heal when one asks again."""
    return mixed(
        status(500),
        reset(),
        status(503, retry_after=0),
        short_body(),
        reset(after=200),
        status(429),
        broken_chunks(),
    )
