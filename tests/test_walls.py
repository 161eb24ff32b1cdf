"""Pages that stand between a reader and what he asked for: the same for a list and for an article."""

from __future__ import annotations

import pytest
from listing_cases import capture, site

from scraper.discovery import read_listing
from scraper.errors import ExtractError, NotAListing, NotAnArticle
from scraper.extractor import extract

HOME = "http://news.lanhu.example/"
ROWS = "".join(
    f"<li><a href=/info/100{n}/{n}.html>蓝湖大学第{n}届银杏节开幕</a><span>2024-03-1{n}</span></li>"
    for n in range(6)
)


@pytest.mark.parametrize(
    "said",
    [
        "<h1>人机验证</h1><p>请拖动滑块</p>",
        "<p>安全验证</p><input name=code>",
        "<p>您的访问过于频繁，请稍后再试</p>",
        "<p>该资源仅限校园网访问</p>",
        "<p>Checking your browser before accessing</p>",
        "<title>统一身份认证</title><form><input type=password></form>",
        "<form>账号<input name=u>口令<input type=password></form>",
    ],
)
@pytest.mark.parametrize("family", ["generic", "vsb", None])
def test_a_wall_is_the_same_for_a_list_and_for_an_article(said: str, family: str | None) -> None:
    html = f"<html><body>{said}</body></html>"
    own = site(HOME, family=family)
    with pytest.raises(NotAnArticle) as of_article:
        extract(capture(f"{HOME}info/1001/7.htm", html), own)
    with pytest.raises(NotAListing) as of_list:
        read_listing(capture(f"{HOME}xw/list.htm", html), own, None)
    assert (of_article.value.what, of_list.value.what) == ("login", "login")


def test_a_password_box_beside_an_article_is_no_wall() -> None:
    html = (
        "<html><head><title>银杏节开幕-蓝湖大学</title></head><body><form>邮箱<input type=password></form>"
        "<h1>银杏节开幕</h1><p>发布时间：2024-03-12</p><div><p>银杏节在湖心岛开幕，师生同游。</p></div></body></html>"
    )
    article = extract(capture(f"{HOME}info/7.html", html), site(HOME, family="generic"))
    assert article.title == "银杏节开幕"


def test_a_password_box_beside_a_list_is_no_wall() -> None:
    html = f"<html><body><form><input type=password></form><ul>{ROWS}</ul></body></html>"
    read = read_listing(capture(f"{HOME}xw/list.htm", html), site(HOME, family="generic"), None)
    assert len(read.links) == 6


def test_a_front_page_with_a_mail_login_is_no_wall() -> None:
    blocks = "".join(
        f"<div class=b{n}><h3>栏目</h3><a href=/a/{n}.html>第{n}条消息的标题说明</a></div>" for n in range(8)
    )
    html = f"<html><body><form><input type=password></form>{blocks}</body></html>"
    with pytest.raises(ExtractError) as caught:
        extract(capture(f"{HOME}a/b/", html), site(HOME, family="generic"))
    assert getattr(caught.value, "what", None) != "login"
    with pytest.raises(NotAListing) as of_list:
        read_listing(capture(f"{HOME}a/b/", html), site(HOME, family="generic"), None)
    assert of_list.value.what == "other"
