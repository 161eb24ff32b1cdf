"""What a page is does not depend on what was asked for: one verdict, as a list and as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from effort import lines_run
from listing_cases import capture, site

from scraper import dom
from scraper.discovery import read_listing
from scraper.errors import EmptyListing, NotAListing, NotAnArticle, UnknownLayout, WrongPage
from scraper.extractor import extract
from scraper.extractor.page_lines import read_lines
from scraper.extractor.rows import dated_rows

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = "http://news.lanhu.example/"
TEXT = "银杏节在湖心岛开幕，师生与校友同游，听合唱，看展览，在树下写信给十年后的自己。"
ROWS = "".join(
    f"<li><a href=/info/100{n}/{n}.html>蓝湖大学第{n}届银杏节开幕</a><span>2024-03-1{n}</span></li>"
    for n in range(6)
)
MENU = "".join(f"<a href=/m{n}/>栏目{n}</a>" for n in range(12))
ARTICLE = (
    f"<div>{MENU}</div><h1>银杏节开幕</h1><p>发布时间：2024-03-12 来源：校报</p>"
    f"<div id=c>{f'<p>{TEXT}</p>' * 8}</div>"
)
PORTAL = "<script>x={APP_NAME: '飞连'}</script><div id=root></div>"
COOKIE = "<script>document.cookie='x=1';location.reload()</script>"

KINDS: dict[str, list[str]] = {
    "article": [ARTICLE],
    "list": [f"<ul>{ROWS}</ul>", f"<div>{MENU}</div><ul class=news>{ROWS}</ul>"],
    "login": [
        PORTAL,
        "<title>统一身份认证</title><form><input type=password></form>",
        "<form>账号<input name=u>口令<input type=password></form>",
        "<p>请先登录后再查看</p>",
        "<p>该资源仅限校园网访问</p>",
        "<p>此页面仅供内网访问</p>",
        "<p>该页面只允许校内IP访问</p>",
        "<p>非校园网用户不能访问本页</p>",
        "<script>location='/caslogin?service=x'</script>",
    ],
    "challenge": [
        "<h1>人机验证</h1><p>请拖动滑块</p>",
        "<p>安全验证</p><input name=code>",
        "<p>您的访问过于频繁，请稍后再试</p>",
        "<p>Checking your browser before accessing</p>",
        "<title>405</title><p>您的请求可能对网站造成威胁，已被拦截。</p>",
        "<p>请输入验证码</p><input name=code>",
        "<p>当前页面由网站防火墙保护</p>",
        "<p>系统检测到异常流量，请证明您不是机器人</p>",
        "<p>您的请求带有不合法参数，已被网站管理员设置拦截</p>",
        "<p>您的IP地址已被禁止访问</p>",
        "<h1>Sorry, you have been blocked</h1>",
        "<p>请启用 Cookie 和 JavaScript 后重新加载</p>",
        "<script>location='/_____tmd_____/punish?x=1'</script>",
        COOKIE,
        "<script src=/_guard/auto.js></script>",
    ],
    "soft-404": [
        "<title>提示信息</title><i>提示：访问地址无效，错误的参数！</i>",
        "操作失败，3秒后跳转<a href=/>返回</a>",
        "<title>404 Not Found</title><h1>nginx</h1>",
        "<p>没有找到您要的内容</p>",
        "<p>该内容已被发布者删除</p>",
        "<p>该信息已过期</p>",
        "<p>The requested article was not found.</p>",
        "<meta http-equiv=refresh content='3;url=/'><p>页面不存在，三秒后回到首页</p>",
    ],
    "error": [
        "<h1>502 Bad Gateway</h1>",
        "<title>系统错误</title><p>服务器内部错误，请稍后再试</p>",
        "<p>网站正在维护，请稍后再来</p>",
        "<p>您无权访问本页</p>",
        "<p>您没有权限查看此页</p>",
        "<h1>Access Denied</h1>",
        "<p>A database error occurred</p>",
    ],
    "redirect": [
        "<meta http-equiv=Refresh content='0;URL=/main/index.htm'>",
        "<meta http-equiv=refresh content='0.5; url=/x/'><p>正在转到新地址</p>",
        "<script>top.location.replace('/x')</script>",
        "<script>window.location.href = next()</script>",
    ],
    "empty": ["", "<div id=root></div>"],
    "other": ["<p>" + "正文很长。" * 90 + "</p>"],
}
CASES = [
    pytest.param(kind, said, id=f"{kind}-{at}")
    for kind, pages in KINDS.items()
    for at, said in enumerate(pages)
]


def as_article(html: bytes | str, family: str | None = None) -> str:
    """Return what a page is that was asked for as an article."""
    try:
        extract(capture(f"{HOME}xw/7.htm", html), site(HOME, family=family))
    except NotAnArticle as error:
        return error.what
    except UnknownLayout:
        return "other"
    return "article"


def as_list(html: bytes | str, family: str | None = None) -> str:
    """Return what a page is that was asked for as a list."""
    try:
        read_listing(capture(f"{HOME}xw/7.htm", html), site(HOME, family=family), None)
    except NotAListing as error:
        return error.what
    return "list"


@pytest.mark.parametrize("family", [None, "generic", "vsb", "webplus", "ecms", "wordpress"])
@pytest.mark.parametrize(("kind", "said"), CASES)
def test_a_page_is_the_same_whatever_was_asked_for(kind: str, said: str, family: str | None) -> None:
    html = f"<html><body>{said}</body></html>"
    verdicts = (as_list(html, family), as_article(html, family))
    if kind == "article" and family in {"vsb", "webplus", "ecms"}:
        kind = "other"  # none of its own layouts: nobody guesses
    assert verdicts == (kind, kind)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("empty", b""),
        ("empty", b" \r\n"),
        ("not-html", b"%PDF-1.7 \x00\x01"),
        ("not-html", b"PK\x03\x04...."),
        ("not-html", b"plain words"),
        ("not-html", b'{"code": 404}'),
        ("not-html", b"Rar!\x1a\x07 <a href=x>"),
        ("truncated", "<html><body><div>蓝湖大学银杏".encode()),
        ("truncated", ("<html><body><p>" + TEXT * 20).encode()),
    ],
)
def test_so_is_what_is_no_page_at_all(kind: str, body: bytes) -> None:
    assert (as_list(body), as_article(body)) == (kind, kind)


@pytest.mark.parametrize("said", [PORTAL, COOKIE, "<script>top.location.replace('/x')</script>"])
def test_a_wall_or_a_stub_shows_itself_in_the_first_mebibyte(said: str) -> None:
    """What scripts say behind it is not looked for: a page of blanks would cost seconds."""
    near, far = (f"<html><body>{' ' * blanks}{said}</body></html>" for blanks in (1 << 19, 1 << 21))
    assert {as_list(near), as_article(near)} <= {"login", "challenge", "redirect"}
    assert (as_list(far), as_article(far)) == ("empty", "empty")


def test_a_password_box_beside_something_to_read_is_no_wall() -> None:
    box = "<form>邮箱<input type=password>验证码<input></form>"
    assert as_article(f"<html><body>{box}{ARTICLE}</body></html>") == "article"
    assert as_list(f"<html><body>{box}<ul>{ROWS}</ul></body></html>") == "list"
    blocks = "".join(
        f"<div class=b{n}><h3>栏目</h3><a href=/a/{n}.html>第{n}条消息的标题说明</a></div>" for n in range(8)
    )
    front = f"<html><body>{box}{blocks}</body></html>"
    assert {as_list(front), as_article(front)} & {"login", "challenge"} == set()


@pytest.mark.parametrize(
    "said",
    [
        "本校网站正在维护",
        "Error analysis of lake models",
        "新系统上线，请登录后使用",
        "统一身份认证平台升级",
        "没有找到的银杏",
    ],
)
def test_an_article_may_say_the_words_of_an_error_or_of_a_wall(said: str) -> None:
    page = f"<h1>{said}</h1><p>发布时间：2024-03-12 来源：校报</p><div><p>{said}，{TEXT}</p></div>"
    html = f"<html><head><title>{said}</title></head><body>{page}</body></html>"
    assert (as_list(html), as_article(html)) == ("article", "article")


def test_sentences_with_dated_links_below_are_no_list() -> None:
    below = f"<ul>{ROWS}</ul>"
    html = f"<html><body><p>{'正文很长，没有题目。' * 30}</p>{below}</body></html>"
    assert as_article(html, "vsb") == "other"


def test_a_page_that_is_left_at_once_says_where_it_leads_and_an_error_page_leads_nowhere() -> None:
    def leads_to(html: str) -> str | None:
        with pytest.raises(WrongPage) as caught:
            read_listing(capture(f"{HOME}xw/", html), site(HOME), None)
        return caught.value.leads_to

    stub = "<html><head><meta http-equiv=refresh content='0;url=list.htm'></head></html>"
    assert leads_to(stub) == f"{HOME}xw/list.htm"
    assert leads_to("<html><script>location.href='/new/'</script></html>") == f"{HOME}new/"
    assert leads_to("<html><script>location.href='/xw/'</script></html>") is None
    jump = "<meta http-equiv=refresh content='3;url=/'><p>页面不存在，三秒后回到首页</p>"
    assert leads_to(f"<html>{jump}</html>") is None


def test_an_empty_frame_of_a_list_is_a_list_and_a_wall_within_it_is_a_wall() -> None:
    frame = '<div portletmode="simpleList"><div id="wp_news_w6"></div></div>'
    html = "<html><body>{}</body></html>"
    with pytest.raises(EmptyListing):
        read_listing(capture(f"{HOME}xw/list.htm", html.format(frame)), site(HOME, family="webplus"), None)
    assert as_article(html.format(f"<p>通知公告</p>{frame}"), "webplus") == "list"
    walled = html.format(f"{frame}<p>人机验证</p>")
    assert (as_list(walled, "webplus"), as_article(walled, "webplus")) == ("challenge", "challenge")


@pytest.mark.parametrize(
    ("of", "most"), [(read_lines, 3_000), (lambda body: dated_rows(body, read_lines(body).lines), 12_000)]
)
def test_links_within_each_other_cost_what_they_are_many(of: Callable[[dom.Node], object], most: int) -> None:
    """Formulas keep links apart that would end each other: a thousand of them hold half a million texts."""
    links = 500
    body = dom.parse_own("<body>" + "<math><a href='/info/1/2.htm'>题" * links)
    assert len(dom.select(body, "a[href]")) == links
    assert lines_run(lambda: of(body)) < most * links


def test_texts_that_are_counted_again_and_again_are_given_up() -> None:
    body = dom.parse_own("<body>" + "<math><a href='/info/1/2.htm'>题" * 500)
    links = dom.select(body, "a[href]")
    assert dom.texts_within(links, 10_000) is None
    assert dom.texts_within(links[-3:], 100) == ["题题题", "题题", "题"]
