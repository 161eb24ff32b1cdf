"""Values that go to a reader's process and back are what they were."""

from __future__ import annotations

import pickle
from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from article_cases import bare_site
from listing_cases import capture

from scraper import blocks, extractor, model
from scraper.ingest import wire

if TYPE_CHECKING:
    from types import ModuleType

PAGE = (
    '<html><body><h1>题目</h1><i class="date">2021-03-12</i><div id="body"><h2>小标题</h2><p>正<b>文</b>，'
    '<a href="/a.pdf">文件</a><br><em>斜</em></p><ul><li>一</li></ul><table><tr><td>格</td></tr></table>'
    '<img src="/a.jpg"><blockquote><p>引</p></blockquote><pre>码</pre><hr></div></body></html>'
)
ADDRESS = "http://news.qingcheng.example/a/b.html"


def kinds_of(module: ModuleType) -> list[type]:
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and is_dataclass(kind)]
    return [kind for kind in kinds if kind.__module__ == module.__name__]


def test_an_article_and_its_site_come_back_equal_and_frozen() -> None:
    asked = capture(ADDRESS, PAGE)
    for value in (asked, bare_site(), extractor.extract(asked, bare_site())):
        again = pickle.loads(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - made right here
        assert again == value
        assert hash(again) == hash(value)


def test_all_that_an_article_is_made_of_goes_by_its_fields() -> None:
    sent = pickle.dumps(extractor.extract(capture(ADDRESS, PAGE), bare_site()), pickle.HIGHEST_PROTOCOL)
    assert b"_dataclass_setstate" not in sent
    for kind in (*kinds_of(blocks), *kinds_of(model)):
        assert kind in wire._SETTERS, kind  # noqa: SLF001 - the list that is looked at
