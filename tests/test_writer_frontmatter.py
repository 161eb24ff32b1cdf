"""Front matter reads the same in PyYAML, in Hexo and in Hugo, whatever a title holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from builders import hexo_reads, hugo_reads
from forest import Forest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.writer import frontmatter

if TYPE_CHECKING:
    from pathlib import Path

MISREAD = [
    *("1e5", "1.5e3", "08", "0o17", "0b1", "0x1F", "+.5", ".5", "5.", "1_000", "1,000", "12:30", "190:20:30"),
    *(
        "2020-06-14",
        "2020-06-14 15:31",
        "2020-06-14T15:31:20Z",
        "0",
        "-0",
        "+1",
        ".inf",
        "-.INF",
        ".NaN",
        "Infinity",
    ),
    *(
        "y",
        "N",
        "yes",
        "No",
        "on",
        "OFF",
        "true",
        "False",
        "null",
        "Null",
        "~",
        "nil",
        "",
        "=",
        "<<",
        "---",
        "...",
    ),
    *(
        "- x",
        "-x",
        "? x",
        "?x",
        ": x",
        ":x",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
    ),
    *(
        "[a",
        "{a",
        "]",
        "}",
        ",a",
        "'a",
        '"a',
        " a",
        "a ",
        "\u3000a",
        "a\nb",
        "a\tb",
        "a\u2028b",
        "a\u2029b",
        "a\x85b",
    ),
    *(
        "\ufeffa",
        "a\ufeff",
        "a\x00b",
        "a\x1bb",
        "a\x7fb",
        "\ufffe",
        "😀",
        "{{ x }}",
        "{{< x >}}",
        "<!--more-->",
        "a\\b",
    ),
    *(
        "123456789012345678901234567890e1",
        "12345678901234567890123456789012",
        "1234567890123456789e12345678901e",
    ),
]
ORDINARY = [
    "北辰大学->北辰大学召开“十四五”规划推进会 | beichen.info",
    "北辰大学->第8届校友杯：数学组3:2胜 | beichen.info",
    '北辰大学->It\'s 20% - "A" & B (2021) [图] {附} a,b#1 | beichen.info',
    "61acdd004be9e778932f5ffe7e27d13e",
    "beichen.info",
]


def nasty_texts() -> list[str]:
    """Return the misread ones and some hundred made of what readers stumble over."""
    forest = Forest(random.Random(20260601))  # noqa: S311 -- nothing to guess
    return [*MISREAD, *(forest.text() for _ in range(400))]


def written(text: str, number: int = 0) -> str:
    return frontmatter.document({"title": text, "tags": [text, "甲"], "urlname": f"{number:032}"}, "正文")


PLAUSIBLE = st.text(
    alphabet=st.sampled_from([*"aZx19 .,:-_#'\"()[]{}|>&*!%@`~?=+/\\中文，：“”·—\u3000\xa0é🙂"])
)


@example("校史\u3000")
@example("甲\ufeff乙")
@example("甲\uffff乙")
@given(
    st.one_of(st.text(alphabet=st.characters(exclude_categories=["Cs"])), PLAUSIBLE, st.sampled_from(MISREAD))
)
def test_what_is_written_at_once_is_what_the_yaml_dumper_writes(text: str) -> None:
    metadata: dict[str, object] = {
        "title": text,
        "date": datetime(2022, 3, 7, 19, 5, 0),  # noqa: DTZ001 - documents have none
        "slug": "be1209ea9105a1e66a758ab401f06acc",
        "tags": [text, "南开大学"],
        "categories": [],
        "sidebar": False,
    }
    lines = frontmatter.dumped(metadata).replace("\ntags:\n", "\ntags: \n")
    assert frontmatter.document(metadata, "text") == f"---\n{lines}\n---\ntext"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example("a\u2028b")
def test_any_text_survives_pyyaml_and_our_own_reading(text: str) -> None:
    document = written(text)
    assert yaml.safe_load(document.split("\n---\n")[0])["title"] == text
    assert frontmatter.read(document) == ({"title": text, "tags": [text, "甲"], "urlname": "0" * 32}, "正文")


def test_nasty_texts_survive_a_real_hexo(tmp_path: Path) -> None:
    texts = nasty_texts()
    read = hexo_reads([written(text, number) for number, text in enumerate(texts)], tmp_path)
    assert [(entry["title"], entry["tags"][0], entry["urlname"]) for entry in read] == [
        (text, text, f"{number:032}") for number, text in enumerate(texts)
    ]


def test_nasty_texts_survive_a_real_hugo(tmp_path: Path) -> None:
    texts = nasty_texts()
    read = hugo_reads([written(text, number) for number, text in enumerate(texts)], tmp_path)
    assert [(entry["title"], entry["tag"], entry["urlname"]) for entry in read] == [
        (text, text, f"{number:032}") for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_bare(text: str) -> None:
    assert f"\ntitle: {text}\n" in written(text)


def test_a_document_is_laid_out_as_the_older_ones() -> None:
    metadata = {"title": "甲", "date": datetime(2020, 6, 14, 15, 31, 20), "tags": ["乙"], "sidebar": False}  # noqa: DTZ001 -- as written
    assert frontmatter.document(metadata, "正文") == (
        "---\ntitle: 甲\ndate: 2020-06-14 15:31:20\ntags: \n- 乙\nsidebar: false\n---\n正文"
    )


def test_one_list_twice_is_written_twice() -> None:
    names = ["甲"]
    assert "&" not in frontmatter.document({"tags": names, "categories": names}, "")


@pytest.mark.parametrize("values", [["甲", 1], [1, "甲"], ["甲", None], ["甲", "a: b"], ["a: b", "甲"]])
def test_a_list_with_anything_that_cannot_stand_bare_is_read_as_it_was(values: list[object]) -> None:
    document = frontmatter.document({"tags": values}, "")
    assert yaml.safe_load(document.split("\n---\n")[0]) == {"tags": values}


def test_the_indents_of_a_body_stay() -> None:
    assert frontmatter.read("---\ntitle: 甲\n---\n\u3000\u3000正文\n\n") == (
        {"title": "甲"},
        "\u3000\u3000正文\n\n",
    )


def test_a_byte_order_mark_and_windows_line_ends_do_not_hide_front_matter() -> None:
    assert frontmatter.read("\ufeff---\r\ntitle: 甲\r\n---\r\n正文") == ({"title": "甲"}, "正文")


@pytest.mark.parametrize("name", ["12345678901234567890123456789012", "1234567890123456789012345678e123"])
def test_a_name_of_digits_that_stands_bare_is_read_as_it_stands(name: str) -> None:
    """Older documents wrote it so."""
    assert frontmatter.read(f"---\nurlname: {name}\n---\n")[0] == {"urlname": name}


@pytest.mark.parametrize("text", ["正文", "", "---\n没有结尾", "---\n- 甲\n---\n正文", "\ufeff正文"])
def test_what_is_no_front_matter_is_body(text: str) -> None:
    assert frontmatter.read(text) == ({}, text.removeprefix("\ufeff"))


def test_a_rule_in_the_body_does_not_end_the_front_matter_again() -> None:
    assert frontmatter.read("---\ntitle: 甲\n---\n乙\n---\n丙")[1] == "乙\n---\n丙"


def test_front_matter_that_is_no_yaml_is_an_error() -> None:
    with pytest.raises(ValueError, match="no YAML"):
        frontmatter.read("---\ntitle: [甲\n---\n")


def test_a_moment_is_read_as_it_is_written() -> None:
    document = frontmatter.document({"date": datetime(2020, 6, 14, tzinfo=UTC).replace(tzinfo=None)}, "")
    assert frontmatter.read(document)[0] == {"date": "2020-06-14 00:00:00"}


@pytest.mark.parametrize("sign", ["\x00", "\x7f", "\x85", "\u2028", "\ud800", "\ufeff", "\ufffe", "\uffff"])
def test_what_nobody_sees_or_no_yaml_holds_is_written_by_its_number(sign: str) -> None:
    assert sign not in frontmatter.document({"title": f"一{sign}二", "tags": [f"三{sign}四"]}, "")
