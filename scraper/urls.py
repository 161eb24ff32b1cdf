"""Addresses: the one place where a `Url` is made.

Resolves as browsers do (WHATWG URL), with two differences that an archive needs: a doubled slash within a
path stays (`urllib.parse.urljoin` folds it, and ECMS lists live under `count//`), and whatever is no http or
https address is `None` and no guess.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, NewType

from scraper.messages import say
from scraper.numbers import whole
from scraper.text import whole as whole_text

if TYPE_CHECKING:
    from collections.abc import Callable

Url = NewType("Url", str)
"""An absolute http or https address with a host, cleaned. Made only here."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?")
_PORT = re.compile(r"(.*?)(?::([0-9]*))?", re.DOTALL)
_UNSAFE = re.compile(r"[\x00-\x20\"<>`{}|^\x7f-\xa0\u2028\u2029]")
_HOST = re.compile(r"(?!-)[a-z0-9_\-]+(\.[a-z0-9_\-]+)*\.?|\[[0-9a-f:.]+\]")
_PLAIN = re.compile(  # an address that is clean already: most are, and a page has hundreds
    r"https?://[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)+/[A-Za-z0-9_.\-~!$&'()*+,;=:@%/]*(?:\?[A-Za-z0-9_.\-~!$&'()*+,;=:@%/?]*)?"
)
_PLAIN_PATH = re.compile(
    r"/(?!/)[A-Za-z0-9_.\-~!$&'()*+,;=:@%/]*(?:\?[A-Za-z0-9_.\-~!$&'()*+,;=:@%/?]*)?"
)  # likewise
_AROUND = "".join(map(chr, range(0x21))) + "\u3000\ufeff\xa0"  # an address, and no part of it
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LAST_PORT = 65535
_SESSION_HINT = re.compile(
    r"sess|sid|cftoken|cfid|/\(|[?&](?:_|_?t|_?ts|_r|_dc|_?rnd|_?rand|_?random|_time|_?timestamp|_?nocache)=",
    re.IGNORECASE,
)
_SESSION_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*", re.IGNORECASE)  # Tomcat's
_SESSION_SEGMENT = re.compile(r"/\((?:[A-Z]\([\w-]*\))+\)(?=/)", re.IGNORECASE)  # ASP.NET's `/(S(…))/`
_SESSION_NAME = re.compile(
    r"phpsessid|jsessionid|aspsessionid[a-z]*|asp\.net_sessionid|session_?id|sess_?id|php_session_id|oscsid|zenid"
    r"|cfid|cftoken"
)
_SHORT_SESSION_NAMES = frozenset(["sid", "session", "sess", "s"])  # which may name a page too
_SESSION_VALUE = re.compile(r"(?=[A-Za-z-]*[0-9])(?=[0-9-]*[A-Za-z])[A-Za-z0-9_-]{16,}|[0-9]{20,}")
_CACHE_NAMES = re.compile(  # `t`, `r` and `time` alone may be a page's number
    r"_|_t|_r|_dc|_time|_?ts|_?rnd|_?rand|_?random|_?timestamp|_?nocache"
)
_MOMENT_OR_CHANCE = re.compile(r"0?\.[0-9]{3,}|[0-9]{10}|[0-9]{13}|[0-9]{14,}(?:\.[0-9]+)?")


class Parts(NamedTuple):
    """An address taken apart; joined again it is the same, byte for byte."""

    scheme: str
    authority: str  # host in lower case, with `:port` where it is not the scheme's own
    path: str  # from the first slash
    query: str  # with its question mark, or ""


def parse(text: str) -> Url | None:
    """Return an absolute address, cleaned; None for anything that is not http or https with a host."""
    return _absolute(_clean(text), base=None)


def join(base: Url, reference: str) -> Url | None:
    """Return what a reference on the page `base` leads to; None where that is no http or https address."""
    if _PLAIN.fullmatch(reference) and "/." not in reference:
        return Url(reference)
    if _PLAIN_PATH.fullmatch(reference) and "/." not in reference:
        return Url(f"{origin(base)}{reference}")
    return _absolute(_clean(reference), base=base)


def joining(base: Url) -> Callable[[str], Url | None]:
    """Return `join` for the page `base`, each reference joined once: a page says one again and again.

    Nobody can put anything into it, so that the reader and its witness may ask the same one.
    """
    return cache(partial(join, base))


@lru_cache(maxsize=64)  # of one address several things are asked, one after another
def split(url: Url) -> Parts:
    """Take an address apart."""
    match = _PARTS.fullmatch(url)
    if match is None:
        msg = say("not made by scraper.urls: {url!r}", url=url)
        raise ValueError(msg)
    return Parts(match[1], match[2], match[3], match[4] or "")


def is_whole(text: str) -> bool:
    """Say whether a text can be taken apart as an address, whether or not it is cleaned."""
    return _PARTS.fullmatch(text) is not None


def host(url: Url) -> str:
    """Return the host alone, without a port."""
    return _host_and_port(split(url).authority)[0]


def origin(url: Url) -> str:
    """Return `scheme://host[:port]`: what a robots.txt speaks for."""
    parts = split(url)
    return f"{parts.scheme}://{parts.authority}"


def with_scheme(url: Url, scheme: str) -> Url:
    """Return the same address under another scheme, the port dropped where it is that scheme's own."""
    parts = split(url)
    name, port = _host_and_port(parts.authority)
    if port in {None, _DEFAULT_PORTS[parts.scheme], _DEFAULT_PORTS[scheme]}:
        port = None
    return Url(f"{scheme}://{name}{f':{port}' if port else ''}{parts.path}{parts.query}")


def identity(url: Url, home: Url) -> Url:
    """Return the permalink of an article of the site at `home`: the address under the home's scheme."""
    return with_scheme(url, split(home).scheme)


def without_session(url: Url) -> Url:
    """Return an address without what names a visit and not a page: session numbers, moments against caches.

    Such an address may stand under another number in each answer, to a client that sends no cookies.
    """
    if ("?" not in url and ";" not in url and "/(" not in url) or not _SESSION_HINT.search(url):
        return url
    parts = split(url)
    path = _SESSION_SEGMENT.sub("", _SESSION_PARAMETER.sub("", parts.path))
    pairs = [pair for pair in parts.query.removeprefix("?").split("&") if pair and not _names_visit(pair)]
    query = "?" + "&".join(pairs) if pairs else ""
    return Url(f"{parts.scheme}://{parts.authority}{path}{query}")


def _names_visit(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if _SESSION_NAME.fullmatch(name):
        return True
    if name in _SHORT_SESSION_NAMES:
        return _SESSION_VALUE.fullmatch(value) is not None
    return _CACHE_NAMES.fullmatch(name) is not None and bool(_MOMENT_OR_CHANCE.fullmatch(value))


@lru_cache(maxsize=64)  # a document asks for it thrice
def urlname(identity_url: Url) -> str:
    """Return the MD5 of an identity URL in UTF-8 as 32 lower-case hex digits: the name of its document."""
    return hashlib.md5(identity_url.encode("utf-8"), usedforsecurity=False).hexdigest()


def _clean(text: str) -> str:
    """Strip what browsers strip: blanks and controls around, tabs and line ends anywhere, the fragment."""
    text = text.strip(_AROUND)
    return re.sub(r"[\t\r\n]", "", whole_text(text)).partition("#")[0]


def _absolute(text: str, base: Url | None) -> Url | None:
    match = _SCHEME.match(text)
    if match is None:
        return None if base is None else _relative(base, _slashes(text))
    scheme = match[1].lower()
    if scheme not in _DEFAULT_PORTS:
        return None
    rest = _slashes(text[match.end() :])
    if rest.startswith("//"):
        return _assemble(scheme, rest.lstrip("/"))
    if base is None or split(base).scheme != scheme or not rest:
        return None
    return _relative(base, rest)


def _slashes(text: str) -> str:
    """Turn the backslashes of the path around, as browsers do."""
    path, mark, query = text.partition("?")
    return path.replace("\\", "/") + mark + query


def _relative(base: Url, reference: str) -> Url | None:
    parts = split(base)
    if reference.startswith("//"):
        return _assemble(parts.scheme, reference.lstrip("/"))
    path, mark, query = reference.partition("?")
    if not reference:
        return base
    if not path:
        path = parts.path
    elif not path.startswith("/"):
        path = parts.path.rpartition("/")[0] + "/" + path
    return _assemble(parts.scheme, parts.authority + path + mark + query)


def _assemble(scheme: str, rest: str) -> Url | None:
    authority, path, query = _cut(rest)
    raw_name, port = _host_and_port(authority)
    name = _host_name(raw_name)
    if name is None or (port is not None and whole(port, _LAST_PORT) is None):
        return None
    shown_port = "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"
    path = _without_dots(path or "/")
    return Url(f"{scheme}://{name}{shown_port}{_quote(path)}{_quote(query)}")


def _cut(rest: str) -> tuple[str, str, str]:
    before, mark, query = rest.partition("?")
    authority, slash, path = before.partition("/")
    return authority, slash + path, mark + query


def _host_and_port(authority: str) -> tuple[str, str | None]:
    match = _PORT.fullmatch(authority)
    if match is None:  # the pattern takes anything; this is for the type checker
        return authority, None
    return match[1], match[2].lstrip("0") or None if match[2] else None


def _host_name(name: str) -> str | None:
    """Return a host in lower case, blanks within it dropped (21 links of the news site have one), or None."""
    name = re.sub(r"[\s\u3000]|%20", "", name).lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if _HOST.fullmatch(name) else None


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4) and leave empty segments where they are."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _quote(text: str) -> str:
    """Escape the characters that no address may hold; every other byte stays."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8")), text)
