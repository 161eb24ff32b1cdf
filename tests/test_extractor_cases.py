"""Articles of every generation of ECMS: each folder of `cases/ecms` is one lesson of the real pages."""

from __future__ import annotations

import pytest
from article_cases import HOST, ArticleCase, article_cases, as_expected
from listing_cases import site

from scraper.errors import NotAnArticle
from scraper.extractor import extract
from scraper.model import Capture

CASES = article_cases("ecms")


@pytest.mark.parametrize("named", [True, False], ids=["family named", "family recognised"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
def test_an_article_is_read_as_its_page_shows_it(case: ArticleCase, *, named: bool) -> None:
    article = extract(case.capture, site(HOST, family="ecms" if named else None))
    assert as_expected(article) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
def test_sidebar_share_buttons_and_foot_stay_out(case: ArticleCase) -> None:
    shown = extract(case.capture, site(HOST, family="ecms")).shown
    assert not [word for word in ("侧栏", "边栏", "右栏", "旧闻", "分享", "热线") if word in shown.text]
    assert not [link for link in shown.links if "share" in link or "weibo" in link]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_a_page_cut_off_on_its_way_is_no_article(case: ArticleCase, share: float) -> None:
    """Unless its body ended before: an article may have an empty body, and a page need not say its end."""
    whole = case.capture
    cut = _with_body(whole, whole.body[: int(whole.body.rindex(b"</html>") * share)])
    said = [read_or_reason(page) for page in (whole, cut)]
    assert said[1] == "truncated" or (said[0] == said[1] and share > 0.5)


def read_or_reason(page: Capture) -> object:
    """Return the body of a page, or what it is instead of an article."""
    try:
        return extract(page, site(HOST, family="ecms")).body
    except NotAnArticle as error:
        return error.what


def test_the_same_page_under_https_and_another_final_address_keeps_the_address_asked_for() -> None:
    case = next(case for case in CASES if case.folder.name == "g3-text")
    asked, answered = case.capture.url, case.capture.url.replace("http:", "https:")
    capture = _with_body(case.capture, case.capture.body, final_url=answered)
    assert extract(capture, site(HOST, family="ecms")).url == asked


def _with_body(capture: Capture, body: bytes, final_url: str | None = None) -> Capture:
    return Capture(
        url=capture.url,
        final_url=type(capture.url)(final_url or capture.final_url),  # a Url is a str
        fetched_at=capture.fetched_at,
        status=capture.status,
        reason=capture.reason,
        headers=capture.headers,
        body=body,
    )
