"""Pages that are no articles: each kind says what it is, and none becomes a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from article_cases import CASES, HOST, bare_site, read_body
from listing_cases import capture, site

from scraper.errors import MissingField, NotAnArticle, TooLarge, UnknownLayout
from scraper.extractor import extract
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.model import Capture

ARTICLE = f"{HOST}/ywsd/system/2021/11/19/030048901.shtml"
PORTAL = "<html><head><script>x={APP_NAME: '飞连'}</script></head><body><div id=root></div></body></html>"
ERROR = (
    "<html><head><title>提示信息</title></head><body><i>提示：访问地址无效，错误的参数！</i></body></html>"
)
LINKS = "".join(f"<li><a href=/{n}.htm>第{n}条消息的标题</a></li>" for n in range(30))


@pytest.mark.parametrize(
    ("body", "content_type", "what", "words"),
    [
        (b"", None, "empty", "empty"),
        (b" \r\n", "text/html", "empty", "empty"),
        (b"%PDF-1.4 \x00\x01", "text/html", "not-html", "a PDF"),
        (b"PK\x03\x04....", "text/html; charset=utf-8", "not-html", "ZIP"),
        (b"Rar!\x1a\x07", "text/html", "not-html", "RAR"),
        (b"\xff\xd8\xff\xe0JFIF", "text/html", "not-html", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", None, "not-html", "PNG"),
        (b"<html>", "image/jpeg", "not-html", "image/jpeg"),
        (bytes(range(256)) * 9, "text/html", "not-html", "binary"),
        (b'{"code": 404, "msg": "none"}', "text/html", "not-html", "no tag"),
        (b"plain words", "text/html", "not-html", "no tag"),
        (PORTAL, None, "login", "VPN portal"),
        ("<html><title>统一身份认证平台</title><form><input></form></html>", None, "login", "统一身份认证"),
        ("<html><form>口令<input type=password></form></html>", None, "login", "password"),
        (ERROR, None, "soft-404", "访问地址无效"),
        ("<html><body>操作失败，3秒后跳转<a href=/>返回</a></body></html>", None, "soft-404", "操作失败"),
        ("<html><title>404 Not Found</title><h1>nginx</h1></html>", None, "soft-404", "404 Not Found"),
        (
            "<html><meta http-equiv='Refresh' content='0;URL=main/index'></html>",
            None,
            "redirect",
            "main/index",
        ),
        ("<script>location='/e?page=cms.index'</script>", None, "redirect", "/e?page=cms.index"),
        (
            "<script>window.location.href = 'https://x.example/';</script>",
            None,
            "redirect",
            "https://x.example/",
        ),
        ("<script>top.location.replace('/x')</script>", None, "redirect", "/x"),
        ("<html><body><div id=root></div></body></html>", None, "empty", "no text"),
        (f"<html><ul>{LINKS}</ul></html>", None, "list", "a list"),
        ("<html><head><title>橙", None, "truncated", "truncated"),
        ("<html><body>" + "橙园" * 500, None, "truncated", "truncated"),
    ],
)
def test_a_page_that_is_no_article_says_what_it_is(
    body: bytes | str, content_type: str | None, what: str, words: str
) -> None:
    for family in ("ecms", None):
        with pytest.raises(NotAnArticle, match=re.escape(words)) as caught:
            extract(capture(ARTICLE, body, content_type), site(HOST, family=family))
        assert caught.value.what == what
        assert ARTICLE in str(caught.value) or what == "not-html"


@pytest.mark.parametrize("name", ["ecms-index", "enorth-index", "ecms-count-page"])
@pytest.mark.parametrize("address", [ARTICLE, f"{HOST}/ywsd/index.shtml"])
def test_a_list_is_no_article_whatever_its_address(name: str, address: str) -> None:
    page = (CASES / "lists" / name / "page.html").read_bytes()
    with pytest.raises(NotAnArticle) as caught:
        extract(capture(address, page, None), site(HOST, family="ecms"))
    assert caught.value.what == "list"


def test_a_page_that_no_layout_fits_names_the_marks_that_it_lacks() -> None:
    page = '<html><td style="font-size:30px">题目</td><p>' + "正文很长。" * 90 + "</p></html>"
    with pytest.raises(UnknownLayout, match=r"no layout of ecms fits.*lacks") as caught:
        extract(capture(ARTICLE, f"<table>{page}</table>"), site(HOST, family="ecms"))
    assert "g2-text lacks td#txt;" in str(caught.value)


def test_a_page_of_no_known_family_says_so() -> None:
    page = "<html><p>" + "正文很长。" * 90 + "</p></html>"
    with pytest.raises(UnknownLayout, match="no mark of a known family"):
        extract(capture(f"{HOST}/a.html", page), site(HOST))


def test_a_short_article_that_speaks_of_logging_in_is_still_an_article() -> None:
    assert read_body("<p>图书馆新系统上线，请登录后使用；旧页面不存在了。</p>").shown.text


def test_an_article_without_a_title_is_a_missing_field() -> None:
    with pytest.raises(MissingField, match="no title"):
        extract(capture(ARTICLE, "<html><div id=body>字</div></html>"), bare_site(title=".none"))


def test_a_page_that_inflates_beyond_the_bound_is_too_large() -> None:
    with pytest.raises(TooLarge):
        extract(capture(ARTICLE, "<html>" + " " * 2_000), site(HOST), max_bytes=1_000)


@pytest.mark.parametrize(
    "tangle",
    [
        "<div>" * 50_000,
        "<p>" + "".join(f"<font id=f{n}>" for n in range(900)) + "<p>x" * 5_000,
        "<div " + " ".join(f"a{n}" for n in range(20_000)) + ">",
        "<b><i></b>" * 40_000,
    ],
    ids=["nested", "formatting left open", "attributes", "misnested"],
)
def test_a_page_made_to_exhaust_the_parser_is_refused_before_it_is_parsed(tangle: str) -> None:
    with pytest.raises(NotAnArticle, match="too tangled"):
        extract(capture(ARTICLE, f"<html>{tangle}</html>"), site(HOST))


@pytest.mark.parametrize(("missing", "is_article"), [(0, True), (1, False), (900, False), (-1, False)])
def test_a_body_that_is_open_at_the_end_is_whole_where_its_length_says_so(
    missing: int,
    *,
    is_article: bool,
) -> None:
    page = f"<html><head><title>题</title></head><body><div id=body><p>{'正文。' * 40}"
    whole = capture(ARTICLE, page)
    length = str(len(whole.body) + missing).encode()
    told = replace(whole, headers=(*whole.headers, (b"Content-Length", length)))
    own = bare_site(title="title")
    if is_article:
        assert extract(told, own).shown.text
        return
    with pytest.raises(NotAnArticle) as caught:
        extract(told, own)
    assert caught.value.what == "truncated"


def measured(page: str) -> Capture:
    """Return a page whose header tells its length."""
    told = capture(f"{HOST}/a/1.html", page)
    length = str(len(told.body)).encode()
    return replace(told, headers=(*told.headers, (b"Content-Length", length)))


PROSE = "<p>橙园的钟停了三天，校工换了发条，又走了起来。</p>" * 4
HEAD = "<html><head><title>钟又走了</title></head><body><h1>钟又走了</h1><p>2021-03-11 10:00</p>"


@pytest.mark.parametrize("family", ["generic", "siteserver", "vsb", None])
def test_a_page_of_any_system_may_leave_out_the_tags_that_end_it(family: str | None) -> None:
    page = f"{HEAD}<div class=v_news_content>{PROSE}</div><div>橙园大学</div>"
    assert extract(capture(f"{HOST}/a/1.html", page), site(HOST, family=family)).shown.text.endswith("起来。")
    with pytest.raises(NotAnArticle) as caught:
        extract(capture(f"{HOST}/a/1.html", page.partition("</p></div>")[0]), site(HOST, family=family))
    assert caught.value.what == "truncated"


def test_a_page_of_no_system_without_end_tags_is_whole_where_its_length_says_so() -> None:
    page = f"{HEAD}{PROSE}"
    assert extract(measured(page), site(HOST, family="generic")).shown.text.endswith("起来。")


@pytest.mark.parametrize("behind", ["<div class=row></div>", "<div class=foot>橙园大学</div>"])
def test_half_an_article_of_no_system_whose_next_block_never_came_is_truncated(behind: str) -> None:
    half = f"{HEAD}<div class=wrap><div class=row>{PROSE}</div>{behind}"
    with pytest.raises(NotAnArticle) as caught:
        extract(capture(f"{HOST}/a/1.html", half), site(HOST, family="generic"))
    assert caught.value.what == "truncated"
    assert extract(measured(half), site(HOST, family="generic")).shown.text.endswith("起来。")
