"""Older documents read, proved and mended: every kind of damage is named, none is guessed at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from old_documents import HOST, SENTENCE, address, old_document, picture, taken_apart

from scraper.adoption.defects import damages, mended
from scraper.adoption.reading import OldDocument, Unfit, published, read, title_of
from scraper.config import parse_config
from scraper.urls import Url
from scraper.writer import frontmatter

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
SITE = parse_config(
    {"sites": {"beichen": {"title": "北辰大学", "archive_name": "beichen.example", "home": f"{HOST}/"}}}
).sites[0]


def whole(text: str | bytes) -> OldDocument:
    found = read(text if isinstance(text, bytes) else text.encode())
    assert isinstance(found, OldDocument)
    return found


def refusal(text: str | bytes) -> str:
    found = read(text if isinstance(text, bytes) else text.encode())
    assert isinstance(found, Unfit)
    return str(found.why)


# ── what proves itself ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dialect", ["hugo", "hexo"])
def test_both_dialects_are_read(dialect: str) -> None:
    found = whole(old_document(7, dialect=dialect))
    assert found.url == address(7)
    assert title_of(found, SITE) == "第7期夜读会开讲"
    assert found.damages == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n\n \n",
        lambda text: text.replace("urlname: ", "urlname: '").replace("\nslug", "'\nslug"),
    ],
)
def test_what_editors_do_to_a_file_does_not_matter(change: object) -> None:
    assert callable(change)
    assert whole(change(old_document(7))).url == address(7)


def test_an_address_that_markdown_had_to_escape_is_read_as_it_was() -> None:
    url = f"{HOST}/a_(1).jsp?x=1&y=2"
    text = old_document(
        7, url=url, last=f"[转入文章首发地址]({url.replace('(', chr(92) + '(').replace(')', chr(92) + ')')})"
    )
    assert whole(text).url == url


def test_an_urlname_of_digits_stays_the_text_that_it_is() -> None:
    assert "is not the MD5" in refusal(old_document(7, urlname="1" * 30 + "e1"))


@pytest.mark.real
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not here")
def test_the_seeds_prove_themselves_and_the_second_one_is_mended() -> None:
    hexo, hugo = (whole((SEEDS / name).read_bytes()) for name in ("hexo-2020.md", "hugo-2021.md"))
    assert hexo.damages == ()
    assert len(hugo.damages) == 2
    body = mended(frontmatter.read((SEEDS / "hugo-2021.md").read_text(encoding="utf-8"))[1], hugo.url)
    assert body.count("![图](") == 1
    assert "/pic/003/000/430/" in body
    assert "\n\n<!--more-->\n\n" in body
    assert list(damages(body, hugo.url)) == []


# ── what proves nothing ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        (b"\xff\xfe\x00", "it is no UTF-8: byte 0"),
        ("# 札记\n\n文", "it has no front matter"),
        ("---\ntitle: 甲\n文", "its front matter is not closed"),
        (old_document(7).replace("title: ", "title: [", 1), "its front matter is broken: "),
        (old_document(7).replace("tags:", "urlname: x\ntags:", 1), "the key urlname stands twice"),
        (old_document(7).replace("title: ", "title:\n- ", 1), "title is a list"),
        (old_document(7, last="完"), "no last line"),
        (old_document(7)[:-20], "no last line"),
        (old_document(7, urlname="0" * 32), "is not the MD5 of http://news.beichen.example/"),
        (old_document(7).replace("urlname:", "name:"), "no urlname"),
        (old_document(7, url="ftp://a.example/x"), "names no web address"),
        (old_document(7, date="gestern"), "its date is none: gestern"),
        (old_document(7, date="0001-01-01 00:00:00"), "its date is none: 0001-01-01 00:00:00"),
        (old_document(7, date="9999-12-31 23:59:59"), "its date is none: 9999-12-31 23:59:59"),
    ],
)
def test_each_kind_of_damage_is_refused_with_its_reason(text: str | bytes, why: str) -> None:
    assert why in refusal(text)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert isinstance(read(data), Unfit)


@given(st.integers(0, 600), st.binary(max_size=3))
def test_a_document_with_bytes_changed_is_read_or_refused(place: int, bytes_: bytes) -> None:
    data = old_document(7).encode()
    assert isinstance(read(data[:place] + bytes_ + data[place + len(bytes_) :]), OldDocument | Unfit)


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_dated_by_its_capture_was_published_on_the_day_in_its_address() -> None:
    found = whole(old_document(7, date="2021-11-24 01:22:50.536139"))
    assert published(found, SHANGHAI) == datetime(2021, 11, 8, tzinfo=SHANGHAI)


def test_a_date_of_the_same_day_or_without_seconds_is_the_moment_of_publication() -> None:
    same = whole(old_document(7, date="2021-11-08 15:31:20"))
    assert published(same, SHANGHAI) == datetime(2021, 11, 8, 15, 31, 20, tzinfo=SHANGHAI)
    shown = whole(old_document(7, date="2021-11-10 15:31:00"))
    assert published(shown, SHANGHAI) == datetime(2021, 11, 10, 15, 31, tzinfo=SHANGHAI)


def test_without_any_date_nothing_is_made_up() -> None:
    found = whole(old_document(7, url=f"{HOST}/x/1.htm").replace("date:", "day:"))
    assert published(found, SHANGHAI) is None


# ── mending ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 2, 5])
def test_pictures_taken_apart_are_put_together_in_the_order_of_the_page(number: int) -> None:
    wanted = [picture(at) for at in range(number)]
    text = old_document(7, pictures=taken_apart(address(7), *wanted))
    body = frontmatter.read(text)[1]
    assert len(whole(text).damages) == 1
    fixed = mended(body, address(7))
    assert [line for line in fixed.split("\n") if "![" in line] == [f"![图]({one})" for one in wanted]
    assert fixed.partition("![")[0] == body.partition("![")[0]
    assert fixed.endswith(f"[转入文章首发地址]({address(7)})")


def test_whole_pictures_beside_those_taken_apart_stay() -> None:
    text = old_document(7, pictures=[picture(1), *taken_apart(address(7), picture(2)), picture(3)])
    shown = mended(frontmatter.read(text)[1], address(7))
    assert [shown.index(picture(at)) for at in (1, 2, 3)] == sorted(
        shown.index(picture(at)) for at in (1, 2, 3)
    )
    assert shown.count("![图]") == 3


@pytest.mark.parametrize(
    "letters",
    [
        taken_apart(address(7), "http://a.example/no-picture"),
        taken_apart(address(7), picture(1))[:-4],
        taken_apart(address(7), "a.jpg"),
        [picture(at) for at in range(12)],
    ],
)
def test_what_makes_no_address_of_a_picture_stays_as_it_is(letters: list[str]) -> None:
    body = frontmatter.read(old_document(7, pictures=letters))[1]
    assert mended(body, address(7)) == body
    assert list(damages(body, address(7))) == []


@pytest.mark.parametrize("divider", ["\n<!--more-->\n", "<!--more-->", "\r\n<!-- more -->\r\n"])
def test_a_divider_within_a_sentence_moves_to_the_end_of_its_block(divider: str) -> None:
    newline = "\r\n" if "\r" in divider else "\n"
    text = old_document(7, body=f"首段。{newline * 2}前半{divider}后半，{SENTENCE}{newline * 2}末段。")
    body = frontmatter.read(text)[1]
    assert mended(body, address(7)).startswith(
        f"首段。{newline * 2}前半后半，{SENTENCE}{newline * 2}<!--more-->{newline * 2}末段。"
    )


@pytest.mark.parametrize("divider", ["。\n<!--more-->\n", "\n\n<!--more-->\n\n", "：\n<!--more-->\n"])
def test_a_divider_between_sentences_or_blocks_stays(divider: str) -> None:
    body = f"首段{divider}次段，{SENTENCE}"
    assert mended(body, address(7)) == body


def test_mending_twice_is_mending_once() -> None:
    text = old_document(7, body="前半\n<!--more-->\n后半。", pictures=taken_apart(address(7), picture(1)))
    once = mended(frontmatter.read(text)[1], Url(address(7)))
    assert mended(once, address(7)) == once
