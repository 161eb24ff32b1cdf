"""A document's body read back as text, HTML and pictures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.writer.markdown_reader import html, pictures, plain_text, said

LAST = "\n\n[转入文章首发地址](http://news.beichen.example/1.shtml)"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("一段。\n\n二段。", "一段。\n二段。"),
        ("**本报讯**（记者 柳青禾）夜读会", "本报讯（记者 柳青禾）夜读会"),
        ("一半\n<!--more-->\n另一半", "一半\n另一半"),
        ("一段\n\n<!--more-->\n\n二段", "一段\n二段"),
        ("文\n\n![图](http://a.example/1.jpg)\n\n![海潮](http://a.example/2.jpg)", "文\n海潮"),
        ("1\\. 不是列表 \\*星\\* &#123;{ 书 }", "1. 不是列表 *星* {{ 书 }"),
        ("- 甲\n- 乙\n\n  丙", "甲\n乙\n丙"),
        ("> 引文\n\n## 题\n\n文", "引文\n题\n文"),
        ("| 名 | 数 |\n|---|---|\n| **甲** | 1 |", "名\n数\n甲\n1"),
        ("```\na  b\n```", "a  b"),
        ("[讲**座**](http://a.example/) <b>在</b> `x<y`", "讲座 在 x<y"),
        ("一行  \n又一行\n再一行", "一行\n又一行\n再一行"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(body: str, text: str) -> None:
    assert plain_text(body + LAST) == text
    assert plain_text((body + LAST).replace("\n", "\r\n")) == text


PIECES = st.sampled_from(
    ["\n", "\n\n", " ", "\t", "<!--more-->", "<!-- more -->", "<!--", "-->", "more", "文", "<!--x-->"]
)
DIVIDER = re.compile(
    r"(?P<above>(?:(?<!\n)\n+)?)(?:(?<![ \t])[ \t]+)?<!--[ \t]*more[ \t]*-->[ \t]*(?P<below>\n*)"
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_divider_is_taken_out_and_nothing_else(body: str) -> None:
    def joint(found: re.Match[str]) -> str:
        return "\n" * min(2, max(len(found["above"]), len(found["below"])))

    assert said(body) == DIVIDER.sub(joint, body.rstrip()).strip("\n")


def test_html_holds_no_markup_of_the_text_and_no_script() -> None:
    shown = html("<script>x</script>\n\n<!--more-->\n\n[a](javascript:alert(1)) **b** <img src=x>" + LAST)
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert "<strong>b</strong>" in shown
    assert "转入" not in shown


def test_pictures_are_those_shown_from_the_web_in_order() -> None:
    body = "![图](http://a.example/2.jpg)\n\n[![图](http://a.example/1_\\(1\\).jpg)](http://a.example/)\n\n![图](/pictures/a.png)"
    assert pictures(body) == ("http://a.example/2.jpg", "http://a.example/1_(1).jpg")
    assert pictures("![图](http://a.example/2.jpg)" + LAST) == ("http://a.example/2.jpg",)
    assert pictures("文" + LAST) == ()
