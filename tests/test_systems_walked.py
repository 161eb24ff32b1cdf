"""Systems that no live site was tried with: lists, pages of articles, files, by the whole program.

Each site is a handful of invented pages in the templates that come with its system. `add` finds its channel,
`run` and `backfill` archive it; nothing is taught.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import yaml

from scraper import cli
from scraper.demo.exchange import Answer, Reply, page
from scraper.demo.server import serve
from scraper.demo.world import World
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.exchange import Ask
    from scraper.demo.story import Story

HOST = "www.qingshan.example"
HOME = f"http://{HOST}"
TITLES = ("青山站完成秋季巡测", "湖边小路翻修完毕", "旧图书馆改作茶室", "新镜面运抵青山站")
DAYS = ("2022-03-04", "2022-03-02", "2022-02-28", "2022-02-25")
FIRST = "青山站的值班员顾青岚说，湖面结冰以前，冷凝器要拆下来洗一遍，否则来年的噪声会高出一倍。"
SECOND = "拆洗用去三天，装回之后又校准一天，其间所有观测改由星湖观测场代做，数据没有间断。"
NAV = "".join(f"<li><a href='/about{n}.html'>概况{n}</a></li>" for n in range(3))
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
CONFIG = """\
archive: kept
network: {{proxy: "{proxy}"}}
defaults: {{delay: 0, images: download}}
sites:
  own:
    home: http://own.example/
    channels: {{a: "http://own.example/a/"}}
"""


@dataclass(slots=True)
class Site:
    """One invented site: its channel's address, its pages by path, and where its file lies."""

    family: str
    index: str
    pages: dict[str, str]
    file: str
    whole: bool = True  # False: the pages behind the first are turned by a form that nobody can ask for
    redirects: dict[str, str] = field(default_factory=dict)


def html(head: str, body: str, title: str = "青山大学") -> str:
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>"
        f"<div class=nav><ul><li><a href='/'>首页</a></li>{NAV}</ul></div>{body}"
        "<div class=footer>版权所有：青山大学</div></body></html>"
    )


def text_of(at: int) -> str:
    """Return the body of an article; the first one goes on on its second page."""
    return f"<p>{FIRST}这是第{at}篇。</p>" + ("" if at == 0 else f"<p>{SECOND}</p>")


def rows(paths: list[str], form: str, only: slice) -> str:
    found = list(zip(paths, TITLES, DAYS, strict=True))[only]
    return "".join(form.format(u=u, t=t, d=d) for u, t, d in found)


def dedecms() -> Site:
    head = (
        "<link href='/templets/default/style/dedecms.css' rel=stylesheet><script src='/include/dedeajax2.js'>"
        "</script>"
    )
    paths = [f"/a/xinwen/{day[:4]}/{day[5:7]}{day[8:]}/12{at}.html" for at, day in enumerate(DAYS)]
    row = (
        "<li>[<b><a href='/a/xinwen/'>新闻</a></b>] <a href='{u}' class='title'>{t}</a><span class='info'>"
        "<small>日期：</small>{d} 10:20:00 <small>点击：</small>95</span><p class='intro'>摘要...</p></li>"
    )

    def listed(only: slice, onward: str) -> str:
        return html(
            head,
            f"<div class=listbox><ul class=e2>{rows(paths, row, only)}</ul></div><div class=dede_pages><ul "
            "class=pagelist><li><span class=pageinfo>共 <strong>2</strong>页<strong>4</strong>条</span></li>"
            f"{onward}</ul></div>",
        )

    def article(at: int, words: str, pager: str) -> str:
        return html(
            head,
            f"<div class=viewbox><div class=title><h2>{TITLES[at]}</h2></div><div class=info><small>"
            "时间:</small>"
            f"{DAYS[at]} 10:20<small>来源:</small>校报 <small>作者:</small>admin <small>点击:</small><script "
            f"src='/plus/count.php?view=yes&aid=12{at}&mid=1'></script>次</div><div class=content>"
            f"<table width='100%'><tr><td>{words}(责任编辑：admin)</td></tr></table></div><div "
            "class=dede_pages>"
            f"<ul class=pagelist>{pager}</ul></div><div class=boxoff><strong>"
            "------分隔线------</strong></div>"
            f"<div class=handle><div class=context><ul><li>上一篇：<a href='{paths[-1]}'>新镜面</a></li></ul>"
            "</div></div></div>",
            title=f"{TITLES[at]}_青山大学",
        )

    first = paths[0].removesuffix(".html")
    turn = f"<li><a>共2页: </a></li><li><a href='{first[-3:]}_2.html'>2</a></li>"
    turn += f"<li><a href='{first[-3:]}_2.html'>下一页</a></li>"
    return Site(
        family="dedecms",
        index="/a/xinwen/",
        pages={
            "/a/xinwen/": listed(slice(0, 2), "<li><a href='list_5_2.html'>下一页</a></li>"),
            "/a/xinwen/list_5_2.html": listed(slice(2, 4), "<li><a href='list_5_1.html'>上一页</a></li>"),
            **{path: article(at, text_of(at), turn if at == 0 else "") for at, path in enumerate(paths)},
            f"{first}_2.html": article(
                0, f"<p>{SECOND}</p><p><a href='/uploads/soft/1.pdf'>巡测表.pdf</a></p>", ""
            ),
        },
        file="/uploads/soft/1.pdf",
    )


def phpcms() -> Site:
    head = "<script src='/statics/js/jquery.min.js'></script>"
    paths = [f"/show-9-12{at}-1.html" for at in range(4)]
    row = "<li><span class=rt>{d} 10:20:30</span>·<a href='{u}' target=_blank>{t}</a></li>"

    def listed(only: slice, onward: str) -> str:
        return html(
            head,
            f"<div class=col-left><ul class='list lh24 f14'>{rows(paths, row, only)}</ul>"
            f"<div id=pages class=text-c><a class=a1>4条</a> {onward}</div></div>",
        )

    def article(at: int, words: str, pager: str) -> str:
        return html(
            head,
            f"<div id=Article><h1>{TITLES[at]}<br><span>{DAYS[at]} 10:20:30&nbsp;&nbsp;来源：校报&nbsp;&nbsp;"
            "评论：<a href='#comment_iframe'>0</a> 点击：</span><span id=hits></span></h1>"
            f"<div class=content>{words}</div><div id=pages class=text-c>{pager}</div><p><strong>"
            "相关热词搜索："
            "</strong><a href='/index.php?m=content&c=tag'>巡测</a></p></div>"
            f"<script src='/api.php?op=count&id=12{at}&modelid=1'></script>",
            title=f"{TITLES[at]} - 新闻 - 青山大学",
        )

    turn = "<a href='/show-9-120-1.html'>1</a><a href='/show-9-120-2.html'>2</a>"
    turn += "<a href='/show-9-120-2.html'>下一页</a>"
    file = "/uploadfile/2022/0304/1.pdf"
    return Site(
        family="phpcms",
        index="/list-9-1.html",
        pages={
            "/list-9-1.html": listed(slice(0, 2), "<a href='/list-9-2.html' class=a1>下一页</a>"),
            "/list-9-2.html": listed(slice(2, 4), "<a href='/list-9-1.html' class=a1>上一页</a>"),
            **{path: article(at, text_of(at), turn if at == 0 else "") for at, path in enumerate(paths)},
            "/show-9-120-2.html": article(0, f"<p>{SECOND}</p><p><a href='{file}'>巡测表.pdf</a></p>", ""),
        },
        file=file,
    )


def siteserver() -> Site:
    head = "<script src='/sitefiles/assets/jquery/jquery-1.9.1.min.js'></script>"
    paths = [f"/contents/36/12{at}.html" for at in range(4)]
    row = "<li><a href='{u}' target=_blank>{t}</a><span>{d}</span></li>"

    def listed(only: slice, onward: str) -> str:
        return html(
            head,
            f"<div class=lb><ul>{rows(paths, row, only)}</ul></div><div>首页 上一页 {onward} 尾页</div>",
        )

    def article(at: int, words: str, below: str) -> str:
        return html(
            head,
            f"<div class=art><div class=art-t>{TITLES[at]}</div><div class=art-i>发布时间：{DAYS[at]} "
            "来源：校报"
            " 浏览：<script src='/api/stl/actions/addhits'></script></div><div class=art-c>"
            f"{words}</div>{below}"
            "</div>",
            title=f"{TITLES[at]}-青山大学",
        )

    file = "/api/stl/actions/download?siteId=1&channelId=36&contentId=120&fileUrl=abc"
    turn = "<div>上一页 <a href='/contents/36/120_2.html'>下一页</a></div>"
    return Site(
        family="siteserver",
        index="/channels/36.html",
        pages={
            "/channels/36.html": listed(slice(0, 2), "<a href='/channels/36_2.html'>下一页</a>"),
            "/channels/36_2.html": listed(slice(2, 4), "下一页"),
            **{path: article(at, text_of(at), turn if at == 0 else "") for at, path in enumerate(paths)},
            "/contents/36/120_2.html": article(
                0, f"<p>{SECOND}</p>", f"<div><a href='{file}'>附件：巡测表.pdf</a></div>"
            ),
        },
        file=file,
    )


def wordpress() -> Site:
    head = (
        "<meta name=generator content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>"
        "<link href='/wp-content/themes/x/style.css' rel=stylesheet>"
    )
    paths = [f"/{slug}/" for slug in ("qiuji-xunce", "xiaolu", "chashi", "xin-jingmian")]
    row = (
        "<article id=post-1 class='post-1 post type-post hentry'><header><h2 class=entry-title><a href='{u}' "
        "rel=bookmark>{t}</a></h2><span class=posted-on><time class='entry-date published' "
        "datetime='{d}T10:20:00+08:00'>{d}</time></span></header></article>"
    )

    def listed(only: slice, onward: str) -> str:
        return html(
            head,
            f"<main>{rows(paths, row, only)}<nav class='navigation pagination'><div class=nav-links>{onward}"
            "</div></nav></main>",
        )

    def article(at: int, words: str) -> str:
        return html(
            head,
            f"<main><article class='post type-post hentry'><h1 class=entry-title>{TITLES[at]}</h1><span "
            f"class=posted-on><time class='entry-date published' datetime='{DAYS[at]}T10:20:00+08:00'>"
            f"{DAYS[at]}"
            f"</time></span><div class=entry-content>{words}</div></article></main>",
            title=f"{TITLES[at]} &#8211; 青山大学",
        )

    file = "/wp-content/uploads/2022/03/1.pdf"
    turn = "<div class=page-links>页： <span class='post-page-numbers current'>1</span> <a "
    turn += "class=post-page-numbers href='/qiuji-xunce/2/'>2</a></div>"
    return Site(
        family="wordpress",
        index="/category/news/",
        pages={
            "/category/news/": listed(
                slice(0, 2), "<a class='next page-numbers' href='/category/news/page/2/'>下一页</a>"
            ),
            "/category/news/page/2/": listed(slice(2, 4), "<a href='/category/news/'>上一页</a>"),
            **{path: article(at, text_of(at) + (turn if at == 0 else "")) for at, path in enumerate(paths)},
            "/qiuji-xunce/2/": article(0, f"<p>{SECOND}</p><p><a href='{file}'>巡测表.pdf</a></p>"),
        },
        file=file,
    )


def jcms() -> Site:
    paths = [
        f"/art/{day[:4]}/{int(day[5:7])}/{int(day[8:])}/art_1035_12{at}.html" for at, day in enumerate(DAYS)
    ]
    row = "<record><![CDATA[<li><a title='{t}' href='{u}'>{t}</a><span>{d}</span></li>]]></record>"
    onward = "/module/web/jpage/dataproxy.jsp?page=1&webid=73&columnid=1035&unitid=764752"

    def article(at: int, words: str) -> str:
        return html(
            f"<meta name=ArticleTitle content='{TITLES[at]}'>",
            f"<a href='/col/col1035/index.html'>新闻</a><table><tr><td class=title>{TITLES[at]}</td>"
            "</tr><tr><td>"
            f"发布日期：{DAYS[at]} 10:20 来源：校报 浏览次数：<script src='/vc/vc.jsp'></script></td>"
            "</tr><tr><td>"
            f"<div id=zoom>{words}</div></td></tr></table>",
            title=f"青山大学 新闻 {TITLES[at]}",
        )

    file = "/module/download/downfile.jsp?classid=0&filename=abc.pdf"
    listing = (
        "<a href='/col/col1036/index.html'>别的</a><div id=764752><script type='text/xml'><datastore>"
        "<nextgroup>"
        f"<![CDATA[<a href='{onward}'></a>]]></nextgroup><recordset>"
        f"{rows(paths, row, slice(0, 2))}</recordset>"
        "</datastore></script></div><script src='/module/jslib/jquery/jpage/jquery.jpage.js'></script>"
    )
    return Site(
        family="jcms",
        index="/col/col1035/index.html",
        pages={
            "/col/col1035/index.html": html("", listing),
            onward: f"<datastore><recordset>{rows(paths, row, slice(2, 4))}</recordset></datastore>",
            **{
                path: article(
                    at,
                    text_of(at)
                    + (f"<p>{SECOND}</p><p><a href='{file}'>巡测表.pdf</a></p>" if at == 0 else ""),
                )
                for at, path in enumerate(paths)
            },
        },
        file=file,
    )


class PagesWorld(World):
    """A site that is nothing but its pages."""

    def __init__(self, site: Site) -> None:
        super().__init__(HOST, name="qingshan")
        self.family = site.family
        self.site = site
        self.asked: list[str] = []

    def channel_titles(self) -> dict[str, str]:
        return {"xinwen": "新闻动态"}

    def index(self, channel: str) -> str:
        raise NotImplementedError(channel)

    def path_of(self, story: Story) -> str:
        raise NotImplementedError(story)

    def respond(self, ask: Ask, fetch: int) -> Reply:  # noqa: ARG002 - every answer is the same
        self.asked.append(ask.path)
        if ask.path == "/":
            link = f"<div class=nav><a href='{self.site.index}'>新闻动态</a></div>"
            return Reply(answer=page(html("", link)))
        if ask.path == self.site.file:
            headers = (("Content-Type", "application/pdf"),)
            return Reply(answer=Answer(status=200, headers=headers, body=PDF))
        if ask.path in self.site.pages:
            return Reply(answer=page(self.site.pages[ask.path]))
        return Reply(answer=page("<h1>404 Not Found</h1>", status=404))


SITES = (dedecms, phpcms, siteserver, wordpress, jcms)


@pytest.mark.parametrize("make", SITES, ids=lambda make: make.__name__)
def test_a_site_of_the_system_is_added_and_archived_whole(
    tmp_path: Path, make: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(make)
    world = PagesWorld(make())
    config = tmp_path / "config.yaml"
    with serve(world) as running:
        config.write_text(
            CONFIG.format(proxy=running.proxy),
            encoding="utf-8",
        )
        assert (
            cli.main(["add", f"{HOME}/", "--config", str(config), "--yes", "--name", "neu"]) == ExitCode.DONE
        )
        made = yaml.safe_load(config.read_text(encoding="utf-8"))["sites"]["neu"]
        capsys.readouterr()
        code = cli.main(["backfill", "neu", "--config", str(config), "--json"])
        report = json.loads(capsys.readouterr().out)["sites"]["neu"]
        cli.main(["coverage", "neu", "--config", str(config), "--json"])
        coverage = json.loads(capsys.readouterr().out)["sites"]["neu"]
    assert made["family"] == world.family
    assert (code, report["problems"]) == (ExitCode.DONE, [])
    assert (report["listed"], report["written"]) == (len(TITLES), len(TITLES))
    assert (coverage["listed"], coverage["held"]) == (len(TITLES), len(TITLES))
    documents = [file.read_text(encoding="utf-8") for file in (tmp_path / "kept").rglob("*.md")]
    assert sorted(title for title in TITLES for each in documents if title in each.split("---")[1]) == sorted(
        TITLES
    )
    (several,) = (each for each in documents if f"{FIRST}这是第0篇。" in each)
    assert several.index(FIRST) < several.index(SECOND)
    assert ".pdf)" in several
    assert DAYS[0] in several
    for words in ("版权所有", "上一篇", "下一页", "热词"):
        assert not any(words in each for each in documents), words
    assert world.site.file in world.asked
