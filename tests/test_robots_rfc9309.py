"""robots.txt as RFC 9309 and google/robotstxt read it: the public cases, put into a table anew.

A case: lines of a file, an agent, and for each path whether it may be asked for. Where Google's parser and
the RFC differ, the RFC holds: escaped ASCII is decoded before comparing (a case of its own below), and an
address that its caller did not escape is escaped, as it is when it is sent.
"""

from __future__ import annotations

import pytest

from scraper import robots, urls
from scraper.urls import Url

ALL = "user-agent: bot|"
CASES: dict[str, tuple[str, str, dict[str, bool]]] = {
    # name: (lines divided by |, agent, {path: allowed})
    "an empty file allows everything": ("", "bot", {"/": True, "/x": True}),
    "a group forbids its agent": ("user-agent: bot|disallow: /", "bot", {"/": False, "/x/y": False}),
    "and nobody else": ("user-agent: bot|disallow: /", "other", {"/": True, "/x/y": True}),
    "an agent without a name is nobody": ("user-agent: bot|disallow: /", "", {"/": True}),
    "unknown fields say nothing": ("foo: bot|bar: /", "bot", {"/x/y": True}),
    "a missing colon is understood": ("user-agent bot|disallow /", "bot", {"/x/y": False}),
    "misspelt fields are understood": ("useragent: bot|dissallow: /", "bot", {"/x": False}),
    "capitals": ("USER-AGENT: bot|ALLOW: /x/|DISALLOW: /", "bot", {"/x/y": True, "/a/b": False}),
    "camels": ("uSeR-aGeNt: bot|AlLoW: /x/|dIsAlLoW: /", "bot", {"/x/y": True, "/a/b": False}),
    "the agent's name in capitals": ("User-Agent: BOT|Disallow: /", "bot", {"/x": False}),
    "our own name in capitals": ("User-Agent: bot|Disallow: /", "BoT", {"/x": False}),
    "a name up to the first blank": ("User-Agent: *|Disallow: /|User-Agent: Bot Two|Allow: /x/|Disallow: /",
                                     "bot", {"/x/y": True, "/y": False}),
    "a name with a blank is no name": ("User-Agent: *|Disallow: /|User-Agent: Bot Two|Allow: /x/|Disallow: /",
                                       "Bot Two", {"/x/y": False}),
    "a version is no part of the name": ("User-Agent: Bot/1.0|Disallow: /", "bot", {"/x": False}),
    "part of a name is another name": ("User-Agent: bo|Disallow: /", "bot", {"/x": True}),
    "a longer name is another name": ("User-Agent: bot-images|Disallow: /", "bot", {"/x": True}),
    "a star is for everybody": ("user-agent: *|allow: /|user-agent: bot|disallow: /", "other", {"/x": True}),
    "but not for who has a group": ("user-agent: *|allow: /|user-agent: bot|disallow: /", "bot",
                                    {"/x": False}),
    "an own group hides the star's": ("User-agent: *|Disallow: /x/|User-agent: bot|Disallow: /y/", "bot",
                                      {"/x/page": True, "/y/page": False}),
    "an own group without rules too": ("User-agent: *|Disallow: /|User-agent: bot", "bot", {"/x": True}),
    "a star and more words is for everybody": ("user-agent: * and all|disallow: /", "bot", {"/x": False}),
    "groups of others say nothing": ("user-agent: a|allow: /|user-agent: b|disallow: /", "bot", {"/x": True}),
    "rules outside a group say nothing": ("disallow: /foo|user-agent: bot|disallow: /bar", "bot",
                                          {"/foo": True, "/bar": False}),
    "blank lines do not end a group": ("user-agent: bot|disallow: /|||allow: /w/", "bot",
                                       {"/w/a": True, "/z": False}),
    "several agents share a group": ("user-agent: a||user-agent: bot|allow: /z/|disallow: /", "bot",
                                     {"/z/d": True, "/y": False}),
    "groups of one agent are one": (
        ALL + "disallow: /|allow: /x/|user-agent: b|disallow: /|allow: /y/|user-agent: bot|allow: /z/",
        "bot", {"/x/b": True, "/z/d": True, "/y/c": False}),
    "paths have capitals": (ALL + "disallow: /X/", "bot", {"/x/y": True, "/X/y": False}),
    "the longer rule wins: disallow": (ALL + "disallow: /x/page.html|allow: /x/", "bot",
                                       {"/x/page.html": False, "/x/": True}),
    "the longer rule wins: allow": (ALL + "allow: /x/page.html|disallow: /x/", "bot",
                                    {"/x/page.html": True, "/x/": False}),
    "rules without a path say nothing": (ALL + "disallow: |allow: ", "bot", {"/x": True}),
    "of equals allow wins": (ALL + "disallow: /|allow: /", "bot", {"/x": True}),
    "of equal pages too": (ALL + "disallow: /x.html|allow: /x.html", "bot", {"/x.html": True}),
    "a slash more is longer": (ALL + "disallow: /x|allow: /x/", "bot", {"/x": False, "/x/": True}),
    "a star counts as a character": (ALL + "allow: /page|disallow: /*.html", "bot",
                                     {"/page.html": False, "/page": True}),
    "a longer prefix beats the star": (ALL + "allow: /x/page.|disallow: /*.html", "bot",
                                       {"/x/page.html": True, "/x/y.html": False}),
    "an address within an address": (ALL + "disallow: /|allow: /a/b?q=t&z=http://foo.bar?tar&par", "bot",
                                     {"/a/b?q=t&z=http://foo.bar?tar&par": True, "/a/b?q=t": False}),
    "characters and their escapes are one": (ALL + "disallow: /|allow: /foo/ツ", "bot",
                                             {"/foo/%E3%83%84": True, "/foo/ツ": True, "/foo/%E3": False}),
    "escapes and their characters are one": (ALL + "disallow: /|allow: /foo/%E3%83%84", "bot",
                                             {"/foo/%E3%83%84": True, "/foo/ツ": True}),
    "escapes of ASCII": (ALL + "disallow: /|allow: /foo/%62%61%7A", "bot", {"/foo/%62%61%7A": True}),
    "escapes in small letters": (ALL + "disallow: /%aa", "bot", {"/%AA": False}),
    "a star is any run": (ALL + "disallow: /foo/bar/quz|allow: /foo/*/qux", "bot",
                          {"/foo/bar/quz": False, "/foo/quz": True, "/foo//quz": True,
                           "/foo/bax/quz": True}),
    "a dollar is the end": (ALL + "disallow: /foo/bar$|allow: /foo/bar/qux", "bot",
                            {"/foo/bar": False, "/foo/bar/qux": True, "/foo/bar/": True,
                             "/foo/bar/baz": True}),
    "a hash begins a comment": (ALL + "# disallow: /|disallow: /foo/quz#qux|allow: /", "bot",
                                {"/foo/bar": True, "/foo/quz": False}),
    "index.html is its folder": ("User-Agent: *|Allow: /a/index.html|Disallow: /", "bot",
                                 {"/a/": True, "/a/index.htm": False, "/a/index.html": True, "/b": False}),
    "/fish": (ALL + "disallow: /|allow: /fish", "bot",
              {"/bar": False, "/fish": True, "/fish.html": True, "/fish/salmon.html": True,
               "/fishheads": True, "/fishheads/yummy.html": True, "/fish.html?id=anything": True,
               "/Fish.asp": False, "/catfish": False, "/?id=fish": False}),
    "/fish*": (ALL + "disallow: /|allow: /fish*", "bot",
               {"/bar": False, "/fish": True, "/fish.html": True, "/fish/salmon.html": True,
                "/fishheads": True, "/fishheads/yummy.html": True, "/fish.html?id=anything": True,
                "/Fish.bar": False, "/catfish": False, "/?id=fish": False}),
    "/fish/": (ALL + "disallow: /|allow: /fish/", "bot",
               {"/bar": False, "/fish/": True, "/fish/salmon": True, "/fish/?salmon": True,
                "/fish/salmon.html": True, "/fish/?id=anything": True, "/fish": False, "/fish.html": False,
                "/Fish/Salmon.html": False}),
    "/*.php": (ALL + "disallow: /|allow: /*.php", "bot",
               {"/bar": False, "/filename.php": True, "/folder/filename.php": True,
                "/folder/filename.php?parameters": True, "//folder/any.php.file.html": True,
                "/filename.php/": True, "/index?f=filename.php/": True, "/php/": False, "/index?php": False,
                "/windows.PHP": False}),
    "/*.php$": (ALL + "disallow: /|allow: /*.php$", "bot",
                {"/bar": False, "/filename.php": True, "/folder/filename.php": True,
                 "/filename.php?parameters": False, "/filename.php/": False, "/filename.php5": False,
                 "/php/": False, "/filename?php": False, "/aaaphpaaa": False, "//windows.PHP": False}),
    "/fish*.php": (ALL + "disallow: /|allow: /fish*.php", "bot",
                   {"/bar": False, "/fish.php": True, "/fishheads/catfish.php?parameters": True,
                    "/Fish.PHP": False}),
    "order: the longer": (ALL + "allow: /p|disallow: /", "bot", {"/page": True}),
    "order: equal folders": (ALL + "allow: /folder|disallow: /folder", "bot", {"/folder/page": True}),
    "order: a longer star": (ALL + "allow: /page|disallow: /*.htm", "bot", {"/page.htm": False}),
    "order: only the root": (ALL + "allow: /$|disallow: /", "bot", {"/": True, "/page.html": False}),
    "robots.txt itself is always allowed": (ALL + "disallow: /", "bot", {"/robots.txt": True}),
    "other records do not end a run of agents": (
        "user-agent: bot|sitemap: http://h/s.xml|user-agent: b|disallow: /", "bot", {"/x": False}),
}  # fmt: skip


def allowed(text: str | bytes, agent: str, path: str) -> bool:
    url = urls.parse(f"http://foo.bar{path}")
    assert url is not None
    return robots.read(text if isinstance(text, bytes) else text.encode(), agent).allows(url)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_the_public_cases(name: str, end: str) -> None:
    lines, agent, paths = CASES[name]
    text = lines.replace("|", end)
    assert {path: allowed(text, agent, path) for path in paths} == paths


def test_an_escaped_letter_is_the_letter() -> None:
    """RFC 9309, 2.2.2 decodes it before comparing; Google's parser does not and says so."""
    rules = "user-agent: bot\ndisallow: /\nallow: /foo/bar/%62%61%7A\n"
    assert allowed(rules, "bot", "/foo/bar/baz")


@pytest.mark.parametrize(
    "start", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"], ids=["whole", "two bytes", "one byte"]
)
def test_a_byte_order_mark_says_nothing(start: bytes) -> None:
    assert not allowed(start + b"user-agent: bot\ndisallow: /\n", "bot", "/x")


@pytest.mark.parametrize(
    "text",
    [b"\xef\x11\xbfuser-agent: bot\ndisallow: /\n", b"user-agent: bot\n\xef\xbb\xbfdisallow: /\n"],
    ids=["a broken mark", "a mark within the file"],
)
def test_a_line_with_garbage_before_it_says_nothing(text: bytes) -> None:
    assert allowed(text, "bot", "/x")


def test_a_line_is_cut_at_eight_times_the_longest_address() -> None:
    long = "/x/" + "a" * (2083 * 8 - 3 - len("disallow: ") + 1)
    text = f"user-agent: bot\ndisallow: {long}/qux\n"
    assert allowed(text, "bot", "/fux")
    assert not allowed(text, "bot", f"{long}/fux")


def test_lines_are_cut_each_for_itself() -> None:
    path_a, path_b = ("/x/" + letter * (2083 * 8 - 3 - len("allow: ") + 1) for letter in "ab")
    text = f"user-agent: bot\ndisallow: /\nallow: {path_a}/qux\nallow: {path_b}/qux\n"
    assert not allowed(text, "bot", "/")
    assert allowed(text, "bot", f"{path_a}/qux")
    assert allowed(text, "bot", f"{path_b}/fux")


def test_line_ends_may_be_mixed_and_the_last_may_be_missing() -> None:
    text = "user-agent: foo\nallow: /some/path\r\nuser-agent: bot\n\r\n\rdisallow: /"
    assert not allowed(text, "bot", "/x")


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
def test_only_the_three_line_ends_end_a_line(sign: str) -> None:
    """Python knows eight more; a rule after one of them is part of the comment before."""
    assert allowed(f"user-agent: bot\n# no{sign}disallow: /\n", "bot", "/x")


def test_sitemaps_may_stand_anywhere() -> None:
    text = "Sitemap: http://h/a.xml\nuser-agent: bot\nallow: /x\nuser-agent: b\n\nsite-map: http://h/南.xml\n"
    assert robots.read(text.encode()).sitemaps == ("http://h/a.xml", "http://h/南.xml")


def test_what_lies_beyond_500_kib_is_not_read() -> None:
    filling = b"# " + b"x" * 1_000 + b"\n"
    assert allowed(filling * 511 + b"user-agent: *\ndisallow: /\n", "bot", "/x")
    assert not allowed(filling * 500 + b"user-agent: *\ndisallow: /\n", "bot", "/x")


def test_rules_in_gbk_are_about_those_bytes() -> None:
    text = b"user-agent: *\ndisallow: /" + "新闻".encode("gbk") + b"/\n"
    assert not allowed(text, "bot", "/%D0%C2%CE%C5/1.htm")
    assert allowed(text, "bot", "/%C4%CF%BF%AA/1.htm")
    assert allowed(text, "bot", "/%E6%96%B0%E9%97%BB/1.htm")


@pytest.mark.parametrize(
    "page", [b"<html>\nUser-agent: *\nDisallow: /\n</html>", b"\xef\xbb\xbf \r\n<!DOCTYPE html><p>404"]
)
def test_a_web_page_in_its_place_says_nothing(page: bytes) -> None:
    assert allowed(page, "bot", "/x")


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("crawl-delay: 10", 10.0),
        ("Crawl-Delay: 2.5", 2.5),
        ("crawl-delay: -1", None),
        ("crawl-delay: nan", None),
        ("crawl-delay: inf", None),
        ("crawl-delay: soon", None),
        ("disallow: /x", None),
    ],
)
def test_the_delay_that_a_site_asks_for(line: str, delay: float | None) -> None:
    assert robots.read(f"user-agent: *\n{line}\n".encode()).delay == delay


def test_our_own_group_has_our_own_delay() -> None:
    text = b"user-agent: *\ncrawl-delay: 10\n\nUser-Agent: Nankai-Archive\ncrawl-delay: 3\n"
    assert robots.read(text).delay == 3.0


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_that_an_editor_saved_with_a_mark_is_obeyed(coding: str) -> None:
    mark = "" if coding in {"utf-8-sig", "utf-16", "utf-32"} else "\ufeff"
    rules = robots.read(f"{mark}User-agent: *\nDisallow: /neibu/".encode(coding))
    assert not rules.allows(Url("http://a.example/neibu/1.htm"))
    assert rules.allows(Url("http://a.example/info/1.htm"))


@pytest.mark.parametrize("shift", range(14))
def test_a_line_that_is_cut_forbids_nothing(shift: int) -> None:
    body = b"User-agent: *\n#" + b"-" * shift + b"\n" + b"Disallow: /x\n" * 100_000
    rules = robots.read(body[: robots.MAX_BYTES] if shift % 2 else body)
    assert not rules.allows(Url("http://a.example/x/1.htm"))
    assert rules.allows(Url("http://a.example/info/1.htm"))
