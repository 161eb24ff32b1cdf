"""Articles of the systems beside ECMS: each folder of `cases/<family>` is one template, its news invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from article_cases import as_expected
from listing_cases import capture, site, url

from scraper import dom, families, urls
from scraper.extractor import extract
from scraper.families import FAMILIES, identity_key
from scraper.families.ecms import ECMS
from scraper.families.vsb import VSB
from scraper.model import Article, Loss
from scraper.writer.loss import loss_of
from scraper.writer.markdown import render

if TYPE_CHECKING:
    from scraper.families.family import Family

CASES = Path(__file__).parent / "cases"
FAMILIES_WITH_CASES = (
    *("webplus", "vsb", "jeecms", "trs", "ucap", "jcms"),
    *("dedecms", "phpcms", "siteserver", "wordpress"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCase:
    """One case folder: a page, and the article that it holds."""

    name: str
    page: bytes
    address: str
    content_type: str | None
    expected: dict[str, Any]


def article_cases() -> list[ArticleCase]:
    """Return every case folder, by family and name."""
    return [
        _case(f"{family}/{folder.name}", folder)
        for family in FAMILIES_WITH_CASES
        for folder in sorted((CASES / family).iterdir())
    ]


def _case(name: str, folder: Path) -> ArticleCase:
    """Return a case as `extract --record` writes it, or an older one, which tells the text alone."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    recorded = folder / "about.json"
    about = json.loads(recorded.read_text(encoding="utf-8")) if recorded.exists() else {}
    return ArticleCase(
        name=name,
        page=(folder / "page.html").read_bytes(),
        address=about.get("url") or expected["url"],
        content_type=about.get("content_type", "text/html; charset=utf-8"),
        expected=expected,
    )


@pytest.mark.parametrize("named", [True, False], ids=["family named", "family recognised"])
@pytest.mark.parametrize("case", article_cases(), ids=lambda case: case.name)
def test_a_page_of_the_system_is_read_whole(case: ArticleCase, *, named: bool) -> None:
    """Its fields are as they stand there, its text without loss."""
    home = f"{urls.origin(url(case.address))}/"
    own = site(home, family=case.expected["family"] if named else None)
    article = extract(capture(case.address, case.page, case.content_type), own)
    said = as_expected(article) if "body" in case.expected else _with_its_text(article)
    assert said == case.expected
    loss = loss_of(article.shown, render(article.body), article.attachments)
    assert loss == Loss()


def _with_its_text(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "family": article.family,
        "layout": article.layout,
        "title": article.title,
        "published": article.published.isoformat(),
        "source": article.source,
        "editor": article.editor,
        "images": list(article.images),
        "media": list(article.media),
        "attachments": list(article.attachments),
        "text": article.shown.text,
    }


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.qingcheng.example/2021/0312/c17471a341210/page.htm", "341210"),
        ("https://www.qingcheng.example/2021/0312/c9a341210/page_t12.htm", "341210"),
        ("https://www.qingcheng.example/2021/0312/c9a341210/page2.htm", "341210"),
        ("https://www.qingcheng.example/_s77/2021/0312/c9a341210/page.psp", "341210"),
        ("https://ai.qingcheng.example/info/1025/6194.htm", "6194"),
        (
            "https://ai.qingcheng.example/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1025&wbnewsid=6194",
            "6194",
        ),
        ("https://zbb.qingcheng.example/jggc/3148.chtml", "3148"),
        ("https://news.qingcheng.example/ywsd/system/2021/03/12/030045101.shtml", "030045101"),
    ],
)
def test_an_article_is_known_by_its_number_wherever_it_stands(address: str, key: str) -> None:
    assert {identity_key(family, url(address)) for family in FAMILIES} - {address} == {key}


@pytest.mark.parametrize(
    "address",
    [
        "https://www.qingcheng.example/tzgg/list.htm",
        "https://www.qingcheng.example/main.htm",
        "https://www.qingcheng.example/_redirect?siteId=1&columnId=2&articleId=3",
        "https://ai.qingcheng.example/xwzx/yjsjx/64.htm",
        "https://zbb.qingcheng.example/jggc/index.chtml",
        "https://news.qingcheng.example/ywsd/index.shtml",
    ],
)
def test_a_channel_is_no_article(address: str) -> None:
    assert {identity_key(family, url(address)) for family in FAMILIES} == {address}


@pytest.mark.parametrize("family", [None, VSB, ECMS])
def test_what_names_a_visit_names_no_article(family: Family | None) -> None:
    """An address without a number is an article's own, session aside: else each run fetches it anew."""
    plain = "https://www.qingcheng.example/xw/show.jsp?id=7"
    visits = (
        plain,
        "https://www.qingcheng.example/xw/show.jsp;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9?id=7",
        f"{plain}&PHPSESSID=4rd2kq9h0v1s6t3b8m5n7p2c1x",
    )
    assert {identity_key(family, url(visit)) for visit in visits} == {plain}


def test_a_visit_in_the_path_alone_names_no_article_of_its_own() -> None:
    plain = "https://www.qingcheng.example/xw/7.html"
    visits = (
        plain,
        f"{plain};jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "https://www.qingcheng.example/(S(4rd2kq9h0v1s6t3b8m5n7p2c))/xw/7.html",
    )
    assert {identity_key(None, url(visit)) for visit in visits} == {plain}


def test_a_number_is_one_host_s_own() -> None:
    """Two hosts of a site count from 1 each; where a family takes its numbers along, the number is enough."""
    home = url("http://xw.qingcheng.example/")
    here, there = (
        url("http://xw.qingcheng.example/info/1/7.htm"),
        url("http://yx.qingcheng.example/info/1/7.htm"),
    )
    assert identity_key(VSB, here, home) == "7"
    assert identity_key(VSB, url("https://www.xw.qingcheng.example/info/2/7.htm"), home) == "7"
    assert identity_key(VSB, there, home) == "yx.qingcheng.example/7"
    moved = url("http://news2.qingcheng.example/ywsd/system/2022/03/07/030050001.shtml")
    assert identity_key(ECMS, moved, home) == "030050001"


@pytest.mark.parametrize("family", [ECMS, VSB], ids=lambda family: family.name)
def test_of_marks_of_several_families_those_count_whose_articles_have_such_an_address(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "_is_marked", lambda *_: True)
    address = {
        ECMS.name: "http://news.beichen.example/ywsd/system/2022/03/07/030050001.shtml",
        VSB.name: "http://www.starbridge.example/info/1004/4134.htm",
    }[family.name]
    assert families.recognise(dom.parse("<p>"), url(address)) is family
