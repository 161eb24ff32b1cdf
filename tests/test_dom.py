"""The tree: what it shows, what it refuses, and that refusing is cheap."""

from __future__ import annotations

import time

import pytest

from scraper import dom, text
from scraper.errors import NotAnArticle


def test_texts_are_those_that_a_page_shows() -> None:
    root = dom.parse(
        "<title>题</title><p>甲<script>x</script><b>乙</b><!--y--><style>z</style></p><noscript>n</noscript>丙"
    )
    assert dom.text_of(root) == "甲乙丙"


@pytest.mark.parametrize(
    "page", ["<p>甲\0乙", "\ufeff<p>题", "<pre>\r\n甲\r乙</pre>", "<p>\U0001f600\u2028\ufffd", ""]
)
def test_a_page_is_the_same_from_its_text_and_from_its_bytes(page: str) -> None:
    assert dom.parse(page, page.encode()).html == dom.parse(page).html


def test_elements_are_found_by_their_own_words_and_whether_they_are_seen() -> None:
    root = dom.parse("<body>甲<p>乙 <b>丙</b>\n</p><script>丙</script><noscript><i>甲丁</i></noscript>")
    found = [(node.tag, dom.is_unseen(node, root)) for node in dom.saying(root, ["甲", "丙"])]
    assert found == [("body", False), ("b", False), ("script", True), ("i", True)]


def test_elements_come_with_their_tags_and_attributes() -> None:
    page = dom.parse("<p id=a class>甲<!--x--><o:p><svg><foreignObject/></svg></o:p><template><b></template>")
    found = [(tag, told) for _, tag, told in dom.elements(dom.select(page, "p")[0])]
    named = ["p", "o:p", "svg", "foreignObject", "template"]
    assert found == list(zip(named, [{"id": "a", "class": None}, {}, {}, {}, {}], strict=True))


def test_a_tag_of_the_parsers_own_has_one_number_on_all_pages() -> None:
    numbered = dom.by_number({tag: tag for tag in ("-text", "-comment", "p", "svg", "mpvideo", "o:p")})
    assert sorted(numbered.values()) == ["-comment", "-text", "p", "svg"]
    page = dom.parse("<p>甲<!--x--><o:p></o:p><svg></svg><mpvideo></mpvideo>")
    told = [numbered.get(node.tag_id) for node in dom.children(dom.select(page, "p")[0])]
    assert told == ["-text", "-comment", None, "svg", None]


def test_elements_are_selected_in_page_order() -> None:
    root = dom.parse("<p id=a class=x></p><i id=b></i><p id=c></p>")
    assert [dom.attribute(node, "id") for node in dom.select(root, "#c, i, .x")] == ["a", "b", "c"]
    assert dom.first(root, "u") is None
    assert dom.attribute(dom.select(root, "i")[0], "class") == ""


@pytest.mark.parametrize(
    ("selector", "is_one"), [("td:has(> b) ~ i", True), ("td[", False), ("", False), ("::x", False)]
)
def test_a_selector_is_known_for_one(selector: str, *, is_one: bool) -> None:
    assert dom.is_selector(selector) is is_one


@pytest.mark.parametrize(
    "page",
    [
        "<p>段</p>" * 30_000,
        "<p>段" * 30_000,
        "<table>" + "<tr><td>甲<td><b>乙</b>" * 8_000 + "</table>",
        "<ul>" + "<li><a href=x title=y>行</a>" * 9_000 + "</ul>",
        "<div>" * 400 + "<p>段</p>" * 9_000 + "</div>" * 400,
        '<p style="' + "a:b;" * 9_000 + '">' + "字" * 90_000,
        "<font color=red>红</font>" * 20_000,
    ],
    ids=["paragraphs", "unclosed", "table", "list", "deep and long", "one long attribute", "fonts"],
)
def test_large_honest_pages_are_read(page: str) -> None:
    assert dom.parse(page).tag == "html"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 2_000_000,
        "<div></x>" * 60_000,
        "<p>" + "".join(f"<b id={n}>" for n in range(3_000)) + "<p>x" * 40_000,
        '<a x="<" ' + " ".join(f"b{n}='>'" for n in range(60_000)) + ">",
        "<a " + "é ù " * 40_000 + ">",
    ],
    ids=["deep", "closed by strangers", "formatting", "attributes in quotes", "short attributes"],
)
def test_tangles_are_refused_at_the_cost_of_one_look(page: str) -> None:
    started = time.process_time()
    with pytest.raises(NotAnArticle, match="too tangled"):
        dom.parse(page)
    assert time.process_time() - started < 5  # parsing them would take minutes and gigabytes


@pytest.mark.parametrize(
    ("shown", "visible"),
    [
        (" 甲\n乙　丙\xa0丁\u2028", "甲乙丙丁"),
        ("零\u200b宽\ufeff\u200e\u2060", "零宽"),
        ("👨\u200d👩", "👨👩"),
        ("soft\xadhyphen", "soft\xadhyphen"),
        ("bell\x07", "bell"),
        ("", ""),
    ],
)
def test_visible_text_has_neither_blanks_nor_what_has_no_face(shown: str, visible: str) -> None:
    assert text.visible_text(shown) == visible


def test_folding_as_html_does_keeps_the_blanks_that_are_seen() -> None:
    assert text.fold_html("甲 \n\t乙　　丙\xa0\xa0丁\u200b") == "甲 乙　　丙\xa0\xa0丁"
    assert text.fold(" 甲 \n　乙\xa0\u200b ") == "甲 乙"
